use nl_tlv::{NlAttrs, wire::GenlMsgHdr};

#[derive(NlAttrs, Debug)]
struct Set {
    #[nl(fixed_header)]
    header: GenlMsgHdr,
}

fn main() {}
