use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug)]
struct Set {
    #[nl(attr = 1)]
    first: u32,
    #[nl(attr = 1)]
    second: u32,
}

fn main() {}
