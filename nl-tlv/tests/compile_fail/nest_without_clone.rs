use nl_tlv::{NlAttrs, NlMessage};

#[derive(NlAttrs, Debug)]
struct Aggregate {
    #[nl(attr = 1)]
    count: u32,
}

#[derive(NlMessage, Debug)]
#[nl(ty = 20)]
struct Statistics {
    #[nl(attr = 1)]
    aggregate: Aggregate,
}

fn main() {}
