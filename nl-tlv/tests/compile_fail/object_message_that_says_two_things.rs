use nl_tlv::NlMessage;

#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(cmd = 1, changed = [2, 300], deleted = 1)]
struct Device {
    #[nl(attr = 1, key)]
    ifindex: u32,
}

fn main() {}
