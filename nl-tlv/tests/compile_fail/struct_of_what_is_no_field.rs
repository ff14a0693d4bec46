use nl_tlv::{NlMessage, nl_struct};

#[nl_struct]
struct Layout {
    name: String,
    is_up: bool,
    len: usize,
    rate: f32,
    index: Option<u32>,
}

/// The struct can be used all the same, so that nothing else is reported.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 25)]
struct Message {
    #[nl(fixed_header)]
    layout: Layout,
}

fn main() {}
