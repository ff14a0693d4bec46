use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug)]
struct Set<'a> {
    #[nl(attr = 1, be)]
    name: &'a str,
    #[nl(attr = 2, text)]
    title: String,
    #[nl(attr = 3, text)]
    path: Option<nl_tlv::value::NlString>,
}

fn main() {}
