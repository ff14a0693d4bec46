#[derive(nl_tlv::NlAttrs, Clone, Debug)]
#[nl(zero_extend)]
struct Set {
    #[nl(attr = 1)]
    number: u32,
}

fn main() {}
