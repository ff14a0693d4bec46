//! What contradicts the header of its own message is refused before it is sent.

use nl_tlv::{Error, ErrorKind, Header, NlMessage, NlStruct, nl_struct};
use nl_tlv_families::rt_addr::{Address, DelAddress};
use nl_tlv_families::rt_neigh::{DelNeighbour, GetNeighbour, Neighbour};
use nl_tlv_families::rt_nexthop;
use nl_tlv_families::rt_route::{DelRoute, GetRoute, Route};
use nl_tlv_families::rt_rule::{DelRule, Rule};
use nl_tlv_families::values::NextHop;
use std::net::IpAddr;

const V4: u8 = 2;
const V6: u8 = 10;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// The place of the refusal, by name.
fn refused<M: NlMessage>(message: &M) -> Option<String> {
    let err = message.emit(&mut [0; 512], Header::request()).err()?;
    assert_eq!(err.kind(), ErrorKind::WrongFamily, "{err}");
    let text = err.within(message.schema(), &[]).to_string();
    text.split_once(": ").map(|(path, _)| path.to_owned())
}

/// Sets a field of a message with this family in its header.
macro_rules! with {
    ($message:ident, $family:expr, $($field:ident = $value:expr),*) => {{
        let mut message = $message::default();
        message.header.family = $family;
        $(message.attrs.$field = Some($value.into());)*
        refused(&message)
    }};
}

#[test]
fn addresses_of_another_family_than_the_header_are_refused() {
    let (four, six) = (ip("10.0.0.1"), ip("fd00:1::"));
    let at = |path: &str| Some(path.to_owned());
    assert_eq!(with!(Route, V4, dst = six), at("Route.dst"));
    assert_eq!(with!(Route, V4, dst = four, gateway = six), at("Route.gateway"));
    assert_eq!(with!(Route, V6, dst = six, prefsrc = four), at("Route.prefsrc"));
    assert_eq!(with!(Route, V6, src = four), at("Route.src"));
    assert_eq!(with!(DelRoute, V4, dst = six), at("DelRoute.dst"));
    assert_eq!(with!(GetRoute, V6, dst = four), at("GetRoute.dst"));
    assert_eq!(with!(Address, V4, local = six), at("Address.local"));
    assert_eq!(with!(Address, V6, address = four), at("Address.address"));
    assert_eq!(with!(Address, V4, address = four, broadcast = six), at("Address.broadcast"));
    assert_eq!(with!(DelAddress, V4, local = six), at("DelAddress.local"));
    assert_eq!(with!(Neighbour, V4, dst = six), at("Neighbour.dst"));
    assert_eq!(with!(DelNeighbour, V6, dst = four), at("DelNeighbour.dst"));
    assert_eq!(with!(GetNeighbour, V6, dst = four), at("GetNeighbour.dst"));
    assert_eq!(with!(Rule, V4, src = six), at("Rule.src"));
    assert_eq!(with!(DelRule, V6, dst = four), at("DelRule.dst"));
    let mut hop = rt_nexthop::NextHop::default();
    (hop.header.family, hop.attrs.gateway) = (V4, Some(six));
    assert_eq!(refused(&hop), at("NextHop.gateway"));
    let hops = [four, six].map(|gateway| NextHop::via(gateway, 1).unwrap());
    assert_eq!(refused(&Route::to(ip("10.9.0.0"), 16).multipath(&hops)), at("Route.multipath"));
}

#[test]
fn addresses_of_the_headers_family_and_of_families_without_their_own_pass() {
    let (four, six) = (ip("10.0.0.1"), ip("fd00:1::"));
    assert_eq!(with!(Route, V4, dst = four, gateway = four, prefsrc = four), None);
    assert_eq!(with!(Route, V6, dst = six, gateway = six), None);
    assert_eq!(refused(&Route::to(four, 32).via(six)), None, "by RTA_VIA");
    // The table of a bridge, with the other end of a tunnel.
    assert_eq!(with!(Neighbour, 7, dst = six), None);
    assert_eq!(with!(Route, 0, dst = six), None);
}

#[nl_struct]
struct Span {
    least: u32,
    most: u32,
}

/// A message that checks itself.
#[derive(NlMessage, Debug)]
#[nl(ty = 16, check = Self::check)]
struct Window<'a> {
    #[nl(fixed_header)]
    header: Span,
    #[nl(attr = 3)]
    name: Option<&'a str>,
}

impl Window<'_> {
    fn check(&self) -> Result<(), Error> {
        match self.header.least <= self.header.most {
            true => Ok(()),
            false => {
                Err(Error::new(ErrorKind::OutOfRange, 0, self.header.most, self.header.least).of_attr(3))
            }
        }
    }
}

#[test]
fn definition_has_a_check_of_its_own() {
    let window = |least, most| Window { header: Span { least, most }, name: Some("x") };
    let mut buf = [0; 64];
    assert_eq!(window(1, 2).emit(&mut buf, Header::new()).unwrap().len(), 16 + Span::SCHEMA.len + 8);
    let err = window(3, 2).emit(&mut buf, Header::new()).unwrap_err();
    assert_eq!((err.kind(), err.found(), err.attr_type()), (ErrorKind::OutOfRange, 3, Some(3)));
    assert!(err.within(Window::SCHEMAS[0], &[]).to_string().starts_with("Window.name: "));
}
