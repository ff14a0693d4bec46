use nl_tlv::NlAttrs;
use std::time::Duration;

#[derive(NlAttrs, Clone, Debug)]
struct Set {
    #[nl(attr = 1)]
    timeout: Option<Duration>,
}

fn main() {}
