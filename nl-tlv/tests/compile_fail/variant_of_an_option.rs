use nl_tlv::{NlAttrs, Repeat};

#[derive(NlAttrs, Debug)]
enum Choice<'a> {
    #[nl(attr = 1)]
    Maybe(Option<u32>),
    #[nl(attr = 2)]
    Many(Repeat<'a, u32>),
}

fn main() {}
