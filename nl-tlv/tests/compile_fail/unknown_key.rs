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
}

#[derive(NlMessage, Clone, Debug)]
#[nl(type = 20)]
struct Typed {}

fn main() {}
