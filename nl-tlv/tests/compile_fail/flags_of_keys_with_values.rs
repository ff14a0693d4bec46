#[derive(nl_tlv::NlAttrs, Clone, Debug)]
#[nl(recursive = 3, selector = 4)]
struct Set {
    #[nl(attr = 1)]
    number: u32,
}

fn main() {}
