use nl_tlv::{NlAttrs, Repeat};

#[derive(NlAttrs, Debug)]
struct Set<'a> {
    #[nl(attr = 1, uint)]
    count: u32,
    #[nl(attr = 2, sint)]
    delta: Option<u64>,
    #[nl(attr = 3, uint)]
    name: &'a str,
    #[nl(attr = 4, uint)]
    many: Repeat<'a, u64>,
    #[nl(attr = 5, no_nul)]
    names: Repeat<'a, &'a str>,
    #[nl(attr = 6, uint)]
    few: Vec<u32>,
}

fn main() {}
