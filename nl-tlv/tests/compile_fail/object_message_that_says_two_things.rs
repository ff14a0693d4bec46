use nl_tlv::NlMessage;

#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(cmd = [1, 2, 2], deleted = 1)]
struct Device {
    #[nl(attr = 1, key)]
    ifindex: u32,
}

#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(cmd = 1, deleted = 300)]
struct Large {
    #[nl(attr = 1, key)]
    ifindex: u32,
}

#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(cmd = 1, deleted = Device)]
struct Named {
    #[nl(attr = 1, key)]
    ifindex: u32,
}

fn main() {}
