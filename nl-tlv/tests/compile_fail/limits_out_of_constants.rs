use nl_tlv::NlAttrs;

const LEAST: u32 = 9;
const MOST: u32 = 1;

#[derive(NlAttrs, Debug)]
struct Set {
    #[nl(attr = 1, min = LEAST, max = MOST)]
    number: u32,
}

fn main() {}
