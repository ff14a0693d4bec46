#[derive(nl_tlv::NlAttrs, Clone, Debug)]
#[nl(pad = 1)]
struct Set {
    #[nl(attr = 1)]
    number: u32,
}

#[derive(nl_tlv::NlAttrs, Clone, Debug)]
#[nl(pad = 0x4000)]
struct Large {
    #[nl(attr = 1)]
    number: u32,
}

const ONE: u16 = 1;

#[derive(nl_tlv::NlAttrs, Clone, Debug)]
#[nl(pad = ONE)]
struct Constant {
    #[nl(attr = 1)]
    number: u32,
}

fn main() {}
