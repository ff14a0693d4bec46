use nl_tlv::NlStruct;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

#[derive(NlStruct, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
struct Layout {
    number: u32,
}

fn main() {}
