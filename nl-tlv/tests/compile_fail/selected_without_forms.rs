#[derive(nl_tlv::NlAttrs, Clone, Debug)]
struct Info<'a> {
    #[nl(attr = 1)]
    kind: &'a str,
    #[nl(attr = 2, select = kind)]
    data: Option<u32>,
}

fn main() {}
