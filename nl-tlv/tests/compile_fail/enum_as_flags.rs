#[derive(nl_tlv::NlValue, Clone)]
#[nl(flags)]
enum State {
    Up,
    #[nl(other)]
    Other(u8),
}

fn main() {}
