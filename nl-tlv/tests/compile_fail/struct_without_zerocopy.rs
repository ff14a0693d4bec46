use nl_tlv::NlStruct;

#[derive(NlStruct)]
#[repr(C)]
struct Layout {
    byte: u8,
}

fn main() {}
