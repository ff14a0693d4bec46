use nl_tlv::{NlMessage, wire::GenlMsgHdr};

#[derive(NlMessage, Debug)]
#[nl(ty = 25)]
struct Message {
    #[nl(attr = 1)]
    number: u32,
    #[nl(fixed_header)]
    header: GenlMsgHdr,
}

fn main() {}
