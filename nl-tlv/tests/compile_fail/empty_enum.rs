use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug)]
enum Choice {}

fn main() {}
