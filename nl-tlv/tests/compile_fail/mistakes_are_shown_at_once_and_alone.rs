use nl_tlv::{Attr, Header, Message, NlAttrs, NlMessage};

#[derive(NlAttrs, Clone, Debug)]
struct Hop<'a> {
    #[nl(attr = 1, maximum = 31)]
    name: &'a str,
    #[nl(attr = 2)]
    index: u32,
}

#[derive(NlMessage, Debug)]
struct Route<'a> {
    #[nl(attr = 1)]
    hop: Hop<'a>,
    #[nl(attr = 1)]
    metric: u32,
    unsaid: u32,
}

#[derive(NlAttrs, Debug)]
enum Choice<'a> {
    Hop(Hop<'a>),
    #[nl(other)]
    Other(Attr<'a>),
}

fn uses(message: &Message<'_>) -> Result<(), nl_tlv::Error> {
    let route = Route::parse(message)?;
    route.emit(&mut [0; 64], Header::new())?;
    for attr in Route::attrs(message)? {
        match attr? {
            RouteAttr::Hop(hop) => assert_eq!(hop.index, route.metric),
            RouteAttr::Metric(metric) => assert_eq!(metric, 1),
            RouteAttr::Other(other) => assert!(matches!(other.parse::<Choice<'_>>()?, Choice::Other(_))),
        }
    }
    Ok(())
}

fn main() {
    let _ = uses;
}
