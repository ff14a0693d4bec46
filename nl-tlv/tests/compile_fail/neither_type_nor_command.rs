use nl_tlv::NlMessage;

#[derive(NlMessage, Debug)]
struct Message {
    #[nl(attr = 1)]
    number: u32,
}

fn main() {}
