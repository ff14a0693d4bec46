#[derive(nl_tlv::NlValue, Clone, Debug)]
#[repr(u8)]
enum State {
    Down = 2,
    #[nl(other)]
    Other(u32),
}

#[derive(nl_tlv::NlMessage)]
#[nl(ty = 20)]
struct Link {
    #[nl(attr = 1)]
    state: State,
}

fn main() {}
