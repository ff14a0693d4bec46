use nl_tlv::{NlAttrs, NlMessage};

#[derive(NlAttrs, Debug)]
#[nl(prefix = "RTM_A")]
struct Set<'a> {
    #[nl(atr = 1)]
    first: u32,
    #[nl(attr = 2, maxlen = 31)]
    second: &'a str,
    #[nl(attr = 3, big_endian)]
    third: u32,
    #[nl(attr = 4, len = 3)]
    fourth: &'a str,
    #[nl(attribute = 5)]
    fifth: u32,
    #[nl(attr = 6, le)]
    sixth: u32,
}

#[derive(NlMessage, Clone, Debug)]
#[nl(type = 20)]
struct Typed {}

#[derive(nl_tlv::NlValue, Clone, Debug)]
#[repr(u8)]
enum State {
    Up = 1,
    #[nl(default)]
    Other(u8),
}

fn main() {}
