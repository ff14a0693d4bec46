use nl_tlv::NlMessage;
use std::time::Duration;

#[derive(Clone, Debug)]
struct Plain;

#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 20)]
struct Payload {
    #[nl(payload)]
    timeout: Duration,
}

#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 21)]
struct Headed {
    #[nl(fixed_header)]
    header: Plain,
}

#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 22)]
struct Whole {
    #[nl(attrs)]
    set: Plain,
}

#[derive(nl_tlv::NlAttrs, Clone, Debug)]
struct Set {
    #[nl(attr = 1)]
    number: u32,
}

#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 23)]
struct Optional {
    #[nl(attrs)]
    set: Option<Set>,
}

fn main() {}
