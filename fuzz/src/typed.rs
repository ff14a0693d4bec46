//! Derived messages: what is accepted can be emitted, and reads the same again.

use nl_tlv::schema::MessageSchema;
use nl_tlv::{Header, Message, Messages, NlMessage};

#[allow(dead_code, reason = "the tests of the library read the fields")]
#[path = "../../nl-tlv/tests/families/family.rs"]
mod family;
#[allow(dead_code, reason = "the tests of the library read the fields")]
#[path = "../../nl-tlv/tests/families/link.rs"]
mod link;
#[allow(dead_code, reason = "the tests of the library read the fields")]
#[path = "../../nl-tlv/tests/families/route.rs"]
mod route;
#[allow(unreachable_pub, missing_docs, reason = "it is a file of the library's tests")]
#[path = "../../nl-tlv/tests/contract/definition.rs"]
mod rtm;

pub(crate) use family::Family;
pub(crate) use link::Link;
pub(crate) use route::Route;
pub(crate) use rtm::RouteNew;

/// Reads, emits, reads again; of `Repeat` every item too.
macro_rules! round_trip {
    ($message:expr, $($ty:ident)*) => {$(
        if let Ok(attrs) = $ty::attrs($message) {
            let most = $message.as_bytes().len() / 4 + 1;
            assert!(attrs.take(most + 1).count() <= most);
        }
        if let Ok(parsed) = $ty::parse($message) {
            let mut buf = vec![0xa5; 2 * $message.as_bytes().len()];
            let emitted = parsed.emit(&mut buf, header($message)).unwrap();
            let again = Messages::new(emitted).next().unwrap().unwrap();
            let again = $ty::parse(&again).unwrap();
            let mut twice = vec![0x5a; emitted.len()];
            assert_eq!(again.emit(&mut twice, header($message)).unwrap(), emitted);
            let _ = format!("{parsed:?}");
        }
    )*};
}

/// Reads each message as each type.
pub fn typed(bytes: &[u8]) {
    for message in Messages::new(bytes).map_while(Result::ok) {
        round_trip!(&message, RouteNew Link Route Family);
        if let Ok(route) = RouteNew::parse(&message) {
            assert!(route.nexthop.iter().take(bytes.len()).count() <= bytes.len() / 4);
        }
    }
}

/// Whether the type of a schema reads a message.
pub(crate) fn accepts(schema: &MessageSchema, message: &Message<'_>) -> bool {
    match schema.name {
        "RouteNew" => RouteNew::parse(message).is_ok(),
        "Link" => Link::parse(message).is_ok(),
        "Route" => Route::parse(message).is_ok(),
        _ => Family::parse(message).is_ok(),
    }
}

fn header(message: &Message<'_>) -> Header {
    Header::new().family(message.ty()).flags(message.flags()).seq(message.seq()).port_id(message.port_id())
}
