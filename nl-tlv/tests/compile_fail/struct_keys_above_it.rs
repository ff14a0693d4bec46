use nl_tlv::nl_struct;

#[nl_struct]
#[nl(zero_extend)]
struct Layout {
    number: u32,
}

#[nl_struct(zero_extended)]
struct Another {
    number: u32,
}

fn main() {}
