#[derive(nl_tlv::NlValue, Clone)]
#[repr(u8)]
enum State {
    Down = 2,
    Up = 6,
}

fn main() {}
