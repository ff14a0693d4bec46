use nl_tlv::NlMessage;

#[derive(NlMessage)]
#[nl(ty = 2)]
struct Refusal {}

fn main() {}
