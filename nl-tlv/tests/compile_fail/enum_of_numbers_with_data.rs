#[derive(nl_tlv::NlValue, Clone)]
#[repr(u8)]
enum State {
    Down(u32) = 2,
    #[nl(other)]
    Other(u8),
}

fn main() {}
