#[derive(nl_tlv::NlMessage)]
#[nl(ty = 20)]
enum Messages {}

fn main() {}
