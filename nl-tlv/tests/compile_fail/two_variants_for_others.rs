use nl_tlv::{Attr, NlAttrs};

#[derive(NlAttrs, Debug)]
enum Choice<'a> {
    First(u32),
    #[nl(other)]
    Other(Attr<'a>),
    #[nl(other)]
    Another(Attr<'a>),
}

fn main() {}
