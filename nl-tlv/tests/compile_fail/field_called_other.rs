use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug)]
struct Set {
    #[nl(attr = 1)]
    other: u32,
}

fn main() {}
