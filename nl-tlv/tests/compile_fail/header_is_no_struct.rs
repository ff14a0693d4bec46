use nl_tlv::NlMessage;

#[derive(NlMessage, Debug)]
#[nl(ty = 25)]
struct Message {
    #[nl(header)]
    header: u32,
}

fn main() {}
