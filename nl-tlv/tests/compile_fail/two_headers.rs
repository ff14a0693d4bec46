use nl_tlv::{NlMessage, wire::GenlMsgHdr};

#[derive(NlMessage, Debug)]
#[nl(ty = 25)]
struct Message {
    #[nl(header)]
    first: GenlMsgHdr,
    #[nl(header)]
    second: GenlMsgHdr,
}

fn main() {}
