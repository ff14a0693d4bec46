#[derive(nl_tlv::NlValue, Clone)]
#[nl(flags)]
struct Flags(u32);

fn main() {}
