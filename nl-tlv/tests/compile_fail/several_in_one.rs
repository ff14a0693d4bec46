use nl_tlv::{NlAttrs, Repeat};

#[derive(NlAttrs, Clone, Debug)]
struct Set<'a> {
    #[nl(attr = 1)]
    names: Option<Vec<String>>,
    #[nl(attr = 2)]
    blobs: Vec<Vec<u8>>,
    #[nl(attr = 3)]
    blob: Option<Vec<u8>>,
    #[nl(attr = 4)]
    numbers: Option<Repeat<'a, u32>>,
    #[nl(attr = 5)]
    holes: Vec<Option<u32>>,
    #[nl(attr = 6)]
    table: Vec<Vec<u32>>,
    #[nl(attr = 7)]
    pair: (u8, u16),
}

fn main() {}
