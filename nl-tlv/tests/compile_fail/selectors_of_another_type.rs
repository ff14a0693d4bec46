use nl_tlv::{NlAttrs, NlSubMessage, NlValue};

#[derive(NlSubMessage, Clone, Debug)]
enum ByNumber {
    #[nl(when = 1)]
    One(u32),
}

#[derive(NlSubMessage, Clone, Debug)]
enum ByText {
    #[nl(when = "one")]
    One(u32),
}

#[derive(NlSubMessage, Clone, Debug)]
enum ByLarge {
    #[nl(when = 300)]
    One(u32),
}

#[derive(NlValue, Clone, Debug)]
#[repr(u8)]
enum Kind {
    One = 1,
    #[nl(other)]
    Other(u8),
}

#[derive(NlAttrs, Clone, Debug)]
struct Text<'a> {
    #[nl(attr = 1)]
    kind: &'a str,
    #[nl(attr = 2, select = kind)]
    value: ByNumber,
}

#[derive(NlAttrs, Clone, Debug)]
struct Number {
    #[nl(attr = 1, be)]
    kind: Option<u16>,
    #[nl(attr = 2, select = kind)]
    value: Option<ByText>,
}

#[derive(NlAttrs, Clone, Debug)]
struct Small {
    #[nl(attr = 1)]
    kind: Kind,
    #[nl(attr = 2, select = kind)]
    value: Option<ByLarge>,
}

#[derive(NlAttrs, Clone, Debug)]
#[nl(selected_outside)]
struct Inner {
    #[nl(attr = 1, select)]
    value: Option<ByText>,
}

#[derive(NlAttrs, Clone, Debug)]
struct Outer {
    #[nl(attr = 1)]
    kind: u8,
    #[nl(attr = 2, select = kind)]
    inner: Inner,
}

#[derive(NlAttrs, Clone, Debug)]
struct Unselected {
    #[nl(attr = 1)]
    inner: Inner,
}

fn main() {}
