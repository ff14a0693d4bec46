use nl_tlv::{NlMessage, wire::GenlMsgHdr};

#[derive(NlMessage)]
#[nl(ty = 20)]
struct Message<'a> {
    #[nl(fixed_header, select = kind)]
    header: GenlMsgHdr,
    #[nl(attr = 1)]
    kind: &'a str,
}

fn main() {}
