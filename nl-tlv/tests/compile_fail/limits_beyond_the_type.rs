use nl_tlv::{NlAttrs, NlValue};

const MANY: u32 = 300;

#[derive(NlValue, Clone, Copy, Debug)]
#[repr(u8)]
enum Kind {
    A = 1,
    #[nl(other)]
    Other(u8),
}

#[derive(NlAttrs, Clone, Debug)]
struct Limited {
    #[nl(attr = 1, range = 1..=300)]
    kind: Kind,
    #[nl(attr = 2, max = MANY)]
    number: u8,
    #[nl(attr = 3, max = 1 << 8, min = 2 - 3)]
    computed: u8,
    #[nl(attr = 4, mask = MANY)]
    bits: u8,
    #[nl(attr = 5, mask = 0x80 << 1)]
    flags: i8,
}

fn main() {}
