use nl_tlv::NlMessage;

#[derive(NlMessage, Debug)]
#[nl(ty = 20)]
struct Room {
    #[nl(attr = 1)]
    degrees: f32,
    #[nl(attr = 2)]
    seats: Option<usize>,
}

fn main() {}
