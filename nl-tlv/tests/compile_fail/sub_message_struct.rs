#[derive(nl_tlv::NlSubMessage)]
struct Data {
    number: u32,
}

fn main() {}
