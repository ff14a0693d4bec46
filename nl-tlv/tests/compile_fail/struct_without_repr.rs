use nl_tlv::NlStruct;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

#[derive(NlStruct, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(packed)]
struct Layout {
    byte: u8,
}

fn main() {}
