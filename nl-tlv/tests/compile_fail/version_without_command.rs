use nl_tlv::NlMessage;

#[derive(NlMessage, Debug)]
#[nl(ty = 25, version = 1)]
struct Message {
    #[nl(attr = 1)]
    number: u32,
}

fn main() {}
