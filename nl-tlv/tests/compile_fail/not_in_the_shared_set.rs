use nl_tlv::{NlAttrs, NlMessage};

#[derive(NlAttrs, Debug)]
enum RouteAttr<'a> {
    #[nl(attr = 1)]
    Table(&'a str),
}

#[derive(NlMessage, Debug)]
#[nl(ty = 25, attrs = RouteAttr<'a>)]
struct Route<'a> {
    #[nl(attr = 1)]
    name: &'a str,
}

fn main() {}
