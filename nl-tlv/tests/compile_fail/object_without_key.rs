use nl_tlv::NlMessage;

#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(cmd = 1, deleted = 3)]
struct Device {
    #[nl(attr = 1)]
    ifindex: u32,
}

fn main() {}
