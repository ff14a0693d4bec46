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

fn main() {}
