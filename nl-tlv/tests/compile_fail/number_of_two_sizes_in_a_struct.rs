use nl_tlv::{NlValue, nl_struct};

#[derive(NlValue, Clone, Copy, Debug, PartialEq)]
#[nl(uint)]
#[repr(u64)]
enum Features {
    One = 1,
    #[nl(other)]
    Other(u64),
}

#[nl_struct]
struct Layout {
    features: Features,
}

fn main() {}
