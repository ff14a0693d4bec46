use nl_tlv::{NlAttrs, NlSubMessage, NlValue};

#[derive(NlValue, Clone, Copy, Debug)]
#[repr(u8)]
enum Kind {
    A = 1,
    B = 2,
    #[nl(other)]
    Other(u8),
}

#[derive(NlSubMessage, Clone, Debug)]
enum Value {
    #[nl(when = Kind::A)]
    A(u32),
    #[nl(when = [2, 3])]
    B(u32),
}

#[derive(NlAttrs, Clone, Debug)]
struct Limited {
    #[nl(attr = 1, range = Kind::A..=Kind::B)]
    kind: Kind,
}

fn main() {}
