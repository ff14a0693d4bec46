use nl_tlv::nl_struct;

#[nl_struct]
struct Layout {
    first: u32,
    #[cfg(target_pointer_width = "32")]
    second: u32,
}

fn main() {}
