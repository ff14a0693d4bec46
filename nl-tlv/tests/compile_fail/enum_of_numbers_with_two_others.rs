#[derive(nl_tlv::NlValue, Clone)]
#[repr(u8)]
enum State {
    Down = 2,
    #[nl(other)]
    Other(u8),
    #[nl(other)]
    Else(u8),
}

fn main() {}
