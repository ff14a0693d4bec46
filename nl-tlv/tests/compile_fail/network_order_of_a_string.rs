use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug)]
struct Set<'a> {
    #[nl(attr = 1, be)]
    name: &'a str,
}

fn main() {}
