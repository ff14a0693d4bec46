use nl_tlv::NlMessage;

#[derive(NlMessage)]
#[nl(ty = 65536)]
struct Classic {}

#[derive(NlMessage)]
#[nl(cmd = 1, version = 256)]
struct Generic {}

fn main() {}
