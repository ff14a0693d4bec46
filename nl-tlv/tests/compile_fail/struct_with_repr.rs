use nl_tlv::nl_struct;

#[nl_struct]
#[repr(C, packed)]
struct Layout {
    byte: u8,
    number: u32,
}

fn main() {}
