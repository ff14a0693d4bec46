use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug)]
struct Set<'a, 'b> {
    #[nl(attr = 1)]
    first: &'a str,
    #[nl(attr = 2)]
    second: &'b str,
}

#[derive(nl_tlv::NlAttrs, Debug)]
struct Bounded<'a: 'static> {
    #[nl(attr = 1)]
    name: &'a str,
}

fn main() {}
