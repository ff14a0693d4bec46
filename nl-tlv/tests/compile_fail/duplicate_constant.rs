use nl_tlv::NlAttrs;

const FIRST: u16 = 1;
const SECOND: u16 = 1;

#[derive(NlAttrs, Debug)]
struct Set {
    #[nl(attr = FIRST)]
    first: u32,
    #[nl(attr = SECOND)]
    second: u32,
}

fn main() {}
