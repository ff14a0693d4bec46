use nl_tlv::{NlAttrs, wire::GenlMsgHdr};

#[derive(NlAttrs, Debug)]
struct Set {
    #[nl(header)]
    header: GenlMsgHdr,
}

fn main() {}
