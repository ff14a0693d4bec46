use nl_tlv::nl_struct;

#[nl_struct]
struct Borrowed<'a> {
    bytes: &'a [u8; 4],
}

#[nl_struct]
struct Generic<const N: usize> {
    bytes: [u8; N],
}

fn main() {}
