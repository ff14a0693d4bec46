use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug)]
struct Set<'a> {
    #[nl(attr = 1, max = 31)]
    name: &'a str,
    #[nl(attr = 2, max_len = 4)]
    number: u32,
}

fn main() {}
