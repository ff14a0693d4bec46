use nl_tlv::Attr;

#[derive(nl_tlv::NlSubMessage, Clone, Debug)]
enum Data<'a> {
    #[nl(other)]
    Other(Attr<'a>),
}

#[derive(nl_tlv::NlAttrs, Clone, Debug)]
struct Info<'a> {
    #[nl(attr = 1, select)]
    outer: Option<Data<'a>>,
    #[nl(attr = 2, select = kind)]
    missing: Option<Data<'a>>,
    #[nl(attr = 3, select = own)]
    own: Option<Data<'a>>,
    #[nl(attr = 4, select = outer, max = 7)]
    chain: Option<Data<'a>>,
}

#[derive(nl_tlv::NlAttrs, Clone, Debug)]
struct Words<'a> {
    #[nl(attr = 1)]
    r#type: u32,
    #[nl(attr = 2, select = type)]
    data: Option<Data<'a>>,
}

#[derive(nl_tlv::NlAttrs, Clone, Debug)]
#[nl(selected_outside)]
struct Without {
    #[nl(attr = 1)]
    number: u32,
}

fn main() {}
