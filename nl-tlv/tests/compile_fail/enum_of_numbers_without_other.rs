#[derive(nl_tlv::NlValue, Clone, Debug)]
#[repr(u8)]
enum State {
    Down = 2,
    Up = 6,
}

#[derive(nl_tlv::NlValue, Clone, Debug)]
enum Mode {
    Off,
    On,
}

#[derive(nl_tlv::NlValue, Clone, Debug)]
enum Speed {
    Slow = 1,
    #[nl(other)]
    Other(u8),
}

#[nl_tlv::nl_struct]
struct Header {
    state: u8,
}

#[derive(nl_tlv::NlMessage, Debug)]
#[nl(ty = 20)]
struct Link {
    #[nl(fixed_header)]
    header: Header,
    #[nl(attr = 1)]
    state: State,
    #[nl(attr = 2)]
    states: Vec<State>,
    #[nl(attr = 3, max = 6)]
    last: Option<State>,
}

fn main() {}
