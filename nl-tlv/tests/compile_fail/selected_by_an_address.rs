use nl_tlv::Attr;

#[derive(nl_tlv::NlSubMessage, Clone, Debug)]
enum Data<'a> {
    #[nl(other)]
    Other(Attr<'a>),
}

#[derive(nl_tlv::NlAttrs, Clone, Debug)]
struct Info<'a> {
    #[nl(attr = 1)]
    address: core::net::Ipv4Addr,
    #[nl(attr = 2, select = address)]
    data: Option<Data<'a>>,
}

fn main() {}
