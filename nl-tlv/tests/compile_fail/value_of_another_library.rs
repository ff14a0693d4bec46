use nl_tlv::NlMessage;
use std::time::Duration;

#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 20)]
struct Timer {
    #[nl(attr = 1)]
    lasts: Duration,
    #[nl(attr = 2)]
    pause: Option<Duration>,
}

fn main() {}
