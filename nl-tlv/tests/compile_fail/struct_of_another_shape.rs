use nl_tlv::nl_struct;

#[nl_struct]
enum Choice {
    One = 1,
}

#[nl_struct]
struct Unnamed(u32);

fn main() {}
