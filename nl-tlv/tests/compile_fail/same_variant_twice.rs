use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug)]
struct Set {
    #[nl(attr = 1)]
    max_len: u32,
    #[nl(attr = 2)]
    max__len: u32,
    #[nl(attr = 3)]
    _1: u32,
}

fn main() {}
