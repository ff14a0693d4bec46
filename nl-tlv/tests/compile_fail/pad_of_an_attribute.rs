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

fn main() {}
