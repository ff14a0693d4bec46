use nl_tlv::zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};
use nl_tlv::{NlMessage, NlStruct, NlSubMessage, NlValue};

#[derive(NlStruct, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[zerocopy(crate = "nl_tlv::zerocopy")]
#[repr(C)]
struct Fixed {
    #[nl(be)]
    number: u8,
    #[nl(width = 8)]
    another: u8,
}

#[derive(NlValue)]
#[repr(u8)]
enum Number {
    #[nl(attr = 1)]
    One = 1,
    #[nl(other)]
    Other(u8),
}

#[derive(NlMessage)]
enum Messages {
    #[nl(when = 1)]
    Fixed(Fixed),
}

#[derive(NlSubMessage)]
enum Forms {
    #[nl(select)]
    Number(u32),
}

fn main() {}
