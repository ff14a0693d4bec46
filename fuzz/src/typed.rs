//! Derived messages: what is accepted can be emitted, and reads the same again.

use nl_tlv::schema::MessageSchema;
use nl_tlv::{ErrorKind, Header, Message, Messages, NlMessage};

#[allow(unreachable_pub, missing_docs, reason = "it is a file of the library's tests")]
#[path = "../../nl-tlv/tests/contract/definition.rs"]
mod rtm;

pub(crate) use nl_tlv_families::conntrack::Connection;
pub(crate) use nl_tlv_families::inet_diag::Socket;
pub(crate) use nl_tlv_families::nftables::Rule;
pub(crate) use nl_tlv_families::nlctrl::Family;
pub(crate) use nl_tlv_families::rt_addr::Address;
pub(crate) use nl_tlv_families::rt_link::Link;
pub(crate) use nl_tlv_families::rt_neigh::Neighbour;
pub(crate) use nl_tlv_families::rt_route::Route;
pub(crate) use rtm::RouteNew;

/// Reads, emits, reads again; of `Repeat` every item too.
macro_rules! round_trip {
    ($message:expr, $($ty:ident)*) => {$(
        if let Ok(attrs) = $ty::attrs($message) {
            let most = $message.as_bytes().len() / 4 + 1;
            assert!(attrs.take(most + 1).count() <= most);
        }
        if let Ok(parsed) = $ty::parse($message) {
            let _ = format!("{parsed:?}");
            // A struct that is shorter than known is written whole.
            let mut buf = vec![0xa5; 2 * $message.as_bytes().len() + 1024];
            match parsed.emit(&mut buf, header($message)) {
                Ok(emitted) => {
                    let again = Messages::new(emitted).next().unwrap().unwrap();
                    let again = $ty::parse(&again).unwrap();
                    let mut twice = vec![0x5a; emitted.len()];
                    assert_eq!(again.emit(&mut twice, header($message)).unwrap(), emitted);
                }
                // What is damaged inside an array is found when the array is read, and to write it is to read it. Limits, and
                // what the header says of addresses, bind what is written, not what is read.
                Err(err) => assert!(is_damage(err.kind()) || is_of_a_limit(err.kind()), "{err}"),
            }
        }
    )*};
}

fn is_damage(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::LengthBelowHeader | ErrorKind::LengthBeyondEnd | ErrorKind::Truncated)
}

fn is_of_a_limit(kind: ErrorKind) -> bool {
    use ErrorKind::{OutOfRange, ReservedBit, TooLong, TooShort, WrongFamily};
    matches!(kind, OutOfRange | ReservedBit | TooLong | TooShort | WrongFamily)
}

/// Reads each message as each type.
pub fn typed(bytes: &[u8]) {
    for message in Messages::new(bytes).map_while(Result::ok) {
        round_trip!(&message, RouteNew Address Connection Family Link Neighbour Route Rule Socket);
        if let Ok(route) = RouteNew::parse(&message) {
            assert!(route.nexthop.iter().take(bytes.len()).count() <= bytes.len() / 4);
        }
    }
}

/// A schema, and whether its type reads a message.
pub(crate) type Typed = (&'static MessageSchema, fn(&Message<'_>) -> bool);

macro_rules! types {
    ($($ty:ident)*) => { &[$(($ty::SCHEMAS[0], |message| $ty::parse(message).is_ok())),*] };
}

/// The types that random messages are drawn for: not [`Route`], one of whose values is read by hand, so that its schema
/// says only that it is bytes.
pub(crate) const TYPES: &[Typed] = types! { RouteNew Address Connection Family Link Neighbour Rule Socket };

fn header(message: &Message<'_>) -> Header {
    Header::new().family(message.ty()).flags(message.flags()).seq(message.seq()).port_id(message.port_id())
}
