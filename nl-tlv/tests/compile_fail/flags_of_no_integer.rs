#[derive(nl_tlv::NlValue, Clone)]
#[nl(flags)]
struct Flags<'a>(&'a str);

fn main() {}
