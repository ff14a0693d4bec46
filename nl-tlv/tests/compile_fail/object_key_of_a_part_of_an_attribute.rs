use nl_tlv::{NlMessage, wire::GenlMsgHdr};

#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(ty = 24, deleted = 25)]
struct Route {
    #[nl(attr = 1, key = [cmd])]
    header: GenlMsgHdr,
}

fn main() {}
