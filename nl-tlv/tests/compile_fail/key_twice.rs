use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug)]
struct Set {
    #[nl(attr = 1, max = 3)]
    #[nl(max = 4)]
    number: u32,
}

fn main() {}
