use nl_tlv::nl_struct;

#[nl_struct]
struct Stats {
    #[nl(align = 3)]
    user: u32,
    #[nl(align)]
    group: u32,
}

fn main() {}
