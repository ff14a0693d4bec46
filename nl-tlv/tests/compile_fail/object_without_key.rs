use nl_tlv::NlMessage;

#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(cmd = 1, changed = [2, 4], deleted = 3)]
struct Device {
    #[nl(attr = 1)]
    ifindex: u32,
}

fn main() {}
