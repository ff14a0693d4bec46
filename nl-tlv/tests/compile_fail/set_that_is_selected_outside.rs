use nl_tlv::{Attr, NlAttrs, NlMessage, NlSubMessage};

#[derive(NlSubMessage, Clone, Debug, PartialEq)]
enum Data<'a> {
    #[nl(when = "text")]
    Text(&'a str),
    #[nl(other)]
    Other(Attr<'a>),
}

#[derive(NlAttrs, Clone, Debug, PartialEq)]
#[nl(selected_outside)]
struct Options<'a> {
    #[nl(attr = 1, select)]
    data: Option<Data<'a>>,
}

#[derive(NlMessage, Debug)]
#[nl(ty = 16)]
struct Link<'a> {
    #[nl(attrs)]
    options: Options<'a>,
}

fn main() {}
