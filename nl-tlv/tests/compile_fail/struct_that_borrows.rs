use nl_tlv::NlStruct;

#[derive(NlStruct)]
#[repr(C)]
struct Borrowed<'a> {
    bytes: &'a [u8; 4],
}

#[derive(NlStruct)]
#[repr(u8)]
enum Choice {
    One = 1,
}

fn main() {}
