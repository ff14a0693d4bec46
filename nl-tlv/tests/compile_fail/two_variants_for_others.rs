use nl_tlv::{Attr, NlAttrs};

#[derive(NlAttrs, Debug)]
enum Choice<'a> {
    First(u32),
    #[nl(other)]
    Other(Attr<'a>),
    #[nl(other)]
    Another(Attr<'a>),
}

#[derive(NlAttrs, Debug)]
enum Kept {
    #[nl(attr = 1)]
    First(u32),
    #[nl(other)]
    Other(u32),
}

#[derive(NlAttrs, Debug)]
enum Empty {
    #[nl(attr = 1)]
    First(u32),
    #[nl(other)]
    Other,
}

#[derive(nl_tlv::NlMessage, Debug)]
enum Messages<'a> {
    #[nl(other)]
    Other(Attr<'a>),
}

fn main() {}
