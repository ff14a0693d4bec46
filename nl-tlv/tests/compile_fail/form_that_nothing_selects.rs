#[derive(nl_tlv::NlSubMessage, Clone, Debug)]
enum Value {
    #[nl(when = 1)]
    Number(u32),
}

#[derive(nl_tlv::NlAttrs, Clone, Debug)]
struct Reading {
    #[nl(attr = 1)]
    kind: u8,
    #[nl(attr = 2)]
    value: Value,
}

fn main() {}
