use nl_tlv::value::Bitfield32;
use nl_tlv::{NlAttrs, NlValue, bitflags::bitflags};

#[derive(NlValue, Clone, Copy, Debug, PartialEq)]
#[nl(flags)]
struct Flags(u64);

bitflags! {
    impl Flags: u64 {
        const UP = 1;
    }
}

#[derive(NlAttrs, Clone, Debug)]
struct Set {
    #[nl(attr = 1)]
    flags: Bitfield32<Flags>,
}

fn main() {}
