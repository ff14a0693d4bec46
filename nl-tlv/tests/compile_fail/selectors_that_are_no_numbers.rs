use nl_tlv::{NlAttrs, NlSubMessage, NlValue};

#[derive(NlValue, Clone, Copy, Debug)]
#[repr(u8)]
enum Kind {
    Up = 1,
    Down = 2,
    #[nl(other)]
    Other(u8),
}

#[derive(NlSubMessage, Clone, Debug)]
enum Value {
    #[nl(when = Kind::Up)]
    A(u32),
    #[nl(when = [2, 3])]
    B(u32),
    #[nl(when = "c\0")]
    C(u32),
}

#[derive(NlAttrs, Clone, Debug)]
struct Limited {
    #[nl(attr = 1, range = Kind::Up..=Kind::Down)]
    kind: Kind,
}

fn main() {}
