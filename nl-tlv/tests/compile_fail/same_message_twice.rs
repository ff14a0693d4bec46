#[derive(nl_tlv::NlMessage, Clone, Debug)]
#[nl(ty = 20)]
struct New {
    #[nl(attr = 1)]
    table: u32,
}

#[derive(nl_tlv::NlMessage, Clone, Debug)]
#[nl(ty = 20)]
struct Get {
    #[nl(attr = 1)]
    table: u32,
}

#[derive(nl_tlv::NlMessage)]
enum Messages {
    New(New),
    Get(Get),
}

const SET: u16 = 30;

#[derive(nl_tlv::NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = [30, SET], deleted = SET)]
struct Set {
    #[nl(attr = 1, key)]
    table: u32,
}

fn main() {}
