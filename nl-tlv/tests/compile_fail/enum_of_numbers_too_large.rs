#[derive(nl_tlv::NlValue, Clone)]
#[repr(u16)]
enum State {
    Down = 256,
    #[nl(other)]
    Other(u8),
}

fn main() {}
