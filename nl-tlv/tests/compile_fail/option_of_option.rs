use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug)]
struct Set {
    #[nl(attr = 1)]
    number: Option<Option<u32>>,
}

fn main() {}
