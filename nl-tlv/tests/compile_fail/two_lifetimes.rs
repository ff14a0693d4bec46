use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug)]
struct Set<'a, 'b> {
    #[nl(attr = 1)]
    first: &'a str,
    #[nl(attr = 2)]
    second: &'b str,
}

fn main() {}
