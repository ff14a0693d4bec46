use nl_tlv::{NlMessage, wire::GenlMsgHdr};

#[derive(NlMessage, Debug)]
#[nl(ty = 25)]
struct Message {
    #[nl(fixed_header)]
    first: GenlMsgHdr,
    #[nl(fixed_header)]
    second: GenlMsgHdr,
}

fn main() {}
