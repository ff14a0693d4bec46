use nl_tlv::NlAttrs;

#[derive(NlAttrs, Clone, Debug)]
struct Set {
    #[nl(attr = 1)]
    up: Option<bool>,
}

fn main() {}
