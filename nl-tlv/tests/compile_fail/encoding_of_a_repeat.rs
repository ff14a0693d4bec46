use nl_tlv::{NlAttrs, Repeat};

#[derive(NlAttrs, Debug)]
struct Set<'a> {
    #[nl(attr = 1, be)]
    ports: Repeat<'a, u16>,
}

fn main() {}
