use nl_tlv::{NlMessage, wire::GenlMsgHdr};

#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(ty = 24, deleted = 25)]
struct Route {
    #[nl(fixed_header, key = [cmd, rtm_dst_len])]
    header: GenlMsgHdr,
}

fn main() {}
