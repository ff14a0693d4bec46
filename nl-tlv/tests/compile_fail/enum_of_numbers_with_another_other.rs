#[derive(nl_tlv::NlValue, Clone)]
enum State {
    Down,
    #[nl(other)]
    Other(bool),
}

#[derive(nl_tlv::NlValue, Clone)]
enum Empty {
    Down,
    #[nl(other)]
    Other,
}

fn main() {}
