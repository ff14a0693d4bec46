use nl_tlv::NlAttrs;

#[derive(NlAttrs, Clone, Debug)]
struct Set {
    #[nl(attr = 1)]
    weights: Option<[u32; 4]>,
}

#[derive(NlAttrs, Clone, Debug)]
struct Slices<'a> {
    #[nl(attr = 1)]
    borrowed: &'a [u32],
    #[nl(attr = 2)]
    owned: Box<[u32]>,
    #[nl(attr = 3)]
    names: &'a [&'a str],
}

fn main() {}
