use nl_tlv::{Attr, NlAttrs, NlSubMessage};

#[derive(NlSubMessage, Clone, Debug)]
enum Value<'a> {
    #[nl(when = 1)]
    Number(u32),
    #[nl(other)]
    Other(Attr<'a>),
}

#[derive(NlAttrs, Clone, Debug)]
struct Reading<'a> {
    #[nl(attr = 1)]
    kind: u8,
    #[nl(attr = 2, select = kind)]
    values: Vec<Value<'a>>,
}

#[derive(NlAttrs, Clone, Debug)]
enum Shared {
    #[nl(attr = 1)]
    List(Vec<u32>),
}

fn main() {}
