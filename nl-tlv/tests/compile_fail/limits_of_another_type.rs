use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug)]
struct Set<'a> {
    #[nl(attr = 1, max = 31)]
    name: &'a str,
    #[nl(attr = 2, max_len = 4)]
    number: u32,
}

type Name<'a> = &'a str;
type Number = u32;

#[derive(NlAttrs, Debug)]
struct Aliased<'a> {
    #[nl(attr = 1, max = 31)]
    name: Name<'a>,
    #[nl(attr = 2, max_len = 4)]
    number: Number,
}

fn main() {}
