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

#[derive(NlAttrs, Clone, Debug)]
struct Others {
    #[nl(attr = 1, net_byteorder)]
    name: String,
    #[nl(attr = 2, no_nul)]
    number: u32,
    #[nl(attr = 3, text)]
    length: u32,
    #[nl(attr = 4, be)]
    is_up: bool,
}

fn main() {}
