use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug)]
struct Set {
    #[nl(attr(2))]
    number: u32,
}

fn main() {}
