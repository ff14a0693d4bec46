use nl_tlv::{NlAttrs, NlMessage, NlSubMessage, NlValue, nl_struct};

#[derive(NlAttrs, Clone, Debug)]
enum Limit {
    Memory(u64),
    Cpu(u8),
}

#[derive(NlAttrs, Clone, Debug)]
struct Generic<T> {
    #[nl(attr = 1)]
    number: T,
}

#[derive(NlAttrs, Clone, Debug)]
struct Pair(u32, u32);

#[derive(NlValue, Clone, Copy, Debug, PartialEq)]
struct Wrapped<T>(T);

#[derive(NlValue, Clone, Copy)]
union Both {
    number: u32,
}

#[derive(NlValue, Clone, Copy, Debug, PartialEq)]
struct Named {
    number: u32,
}

#[derive(NlSubMessage, Clone, Debug)]
struct Form {
    number: u32,
}

#[nl_struct]
struct Header(u32);

#[nl_struct]
struct Inner<'a> {
    bytes: &'a [u8],
}

#[nl_struct]
enum Choice {
    One,
}

#[nl_struct]
struct Outer {
    choice: Choice,
}

#[derive(NlMessage, Debug)]
#[nl(ty = 16)]
struct Job<'a> {
    #[nl(fixed_header)]
    header: Header,
    #[nl(attr = 1)]
    limits: Vec<Limit>,
    #[nl(attr = 2)]
    generic: Option<Generic<u32>>,
    #[nl(attr = 3)]
    pair: Pair,
    #[nl(attr = 4)]
    wrapped: Wrapped<u32>,
    #[nl(attr = 5)]
    named: Vec<Named>,
    #[nl(attr = 6)]
    kind: u32,
    #[nl(attr = 7, select = kind)]
    form: Form,
    #[nl(attr = 8)]
    inner: Inner<'a>,
    #[nl(attr = 9)]
    outer: Outer,
    #[nl(attr = 10)]
    limit: Option<Limit>,
}

fn main() {}
