#[derive(nl_tlv::NlValue, Clone)]
struct Pair(u32, u32);

#[derive(nl_tlv::NlValue, Clone)]
struct Named {
    number: u32,
}

fn main() {}
