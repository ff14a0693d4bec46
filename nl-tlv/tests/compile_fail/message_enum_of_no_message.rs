#[derive(nl_tlv::NlAttrs, Clone, Debug)]
struct Set {
    #[nl(attr = 1)]
    number: u32,
}

#[derive(nl_tlv::NlMessage)]
enum Messages {
    Set(Set),
}

fn main() {}
