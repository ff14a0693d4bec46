use nl_tlv::{NlAttrs, NlMessage, wire::GenlMsgHdr};

#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(ty = 24, deleted = 25)]
struct Route {
    #[nl(fixed_header, key)]
    header: GenlMsgHdr,
}

#[derive(NlAttrs, Debug, Clone, PartialEq)]
struct Device {
    #[nl(attr = 1)]
    ifindex: Option<u32>,
}

#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(cmd = 1, deleted = 2)]
struct DeviceNew {
    #[nl(attrs, key)]
    attrs: Device,
}

fn main() {}
