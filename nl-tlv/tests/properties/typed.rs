//! Derived messages over random values, and over random attributes.

use crate::{encode, trees};
use arbtest::arbitrary::{Arbitrary, Result as Drawn, Unstructured};
use arbtest::arbtest;
use core::net::IpAddr;
use definition::{NextHop, Prefix, RouteNew};
use nl_tlv::{
    Attr, Error, ErrorKind, Header, Message, MessageType, Messages, NlMessage, Repeat, Rest, Writer,
};

/// RTM's route message, the one that the contract is about.
#[allow(unreachable_pub, reason = "it is a file of another test")]
#[path = "../contract/definition.rs"]
mod definition;

const KNOWN: [u16; 4] = [1, 2, 3, 4];

#[test]
fn a_route_emitted_reads_back_and_emits_the_same_bytes() {
    arbtest(|u| {
        let (hops, unknown) = (hops(u)?, unknown(u)?);
        let route = route(u, &hops, &unknown)?;
        let mut buf = vec![0xa5; 4096];
        let bytes = route.emit(&mut buf, Header::new()).unwrap();
        let read = RouteNew::parse(&only(bytes)).unwrap();
        assert_eq!(read, route);
        let mut exact = vec![0x5a; bytes.len()];
        assert_eq!(read.emit(&mut exact, Header::new()).unwrap(), bytes);
        let err = read.emit(&mut exact[1..], Header::new()).unwrap_err();
        assert_eq!((err.kind(), err.needed()), (ErrorKind::BufferTooSmall, u32::try_from(bytes.len()).ok()));
        Ok(())
    });
}

#[test]
fn typed_attributes_are_the_untyped_ones_in_order() {
    arbtest(|u| {
        let (hops, unknown) = (hops(u)?, unknown(u)?);
        let mut buf = vec![0xa5; 4096];
        let bytes = route(u, &hops, &unknown)?.emit(&mut buf, Header::new()).unwrap();
        let message = only(bytes);
        let mut again = vec![0x5a; bytes.len()];
        let mut w = Writer::new(&mut again);
        w.message(message.ty().into(), Header::new(), |w| {
            RouteNew::attrs(&message)?.try_for_each(|attr| nl_tlv::NlAttrs::emit_attrs(&attr?, w))
        })
        .unwrap();
        assert_eq!(w.as_bytes(), bytes);
        Ok(())
    });
}

#[test]
fn what_is_accepted_of_damaged_input_can_be_emitted_and_read_again() {
    arbtest(|u| {
        let (hops, unknown) = (hops(u)?, unknown(u)?);
        let mut buf = vec![0xa5; 4096];
        let mut bytes = route(u, &hops, &unknown)?.emit(&mut buf, Header::new()).unwrap().to_vec();
        for _ in 0..u.int_in_range(0..=3)? {
            let at = u.int_in_range(16..=bytes.len() - 1)?;
            bytes[at] = u8::arbitrary(u)?;
        }
        accept(&only(&bytes));
        Ok(())
    });
}

#[test]
fn random_attributes_are_read_or_refused() {
    arbtest(|u| {
        let area = if u.arbitrary()? { Vec::arbitrary(u)? } else { encode(&trees(u, 2)?) };
        let mut buf = vec![0xa5; 16 + area.len()];
        let mut w = Writer::new(&mut buf);
        w.message(MessageType(25).into(), Header::new(), |w| w.bytes(&area)).unwrap();
        accept(&only(w.as_bytes()));
        Ok(())
    });
}

/// Reads a message in every typed way; what is read, however it came about, must survive a round trip.
fn accept(message: &Message<'_>) {
    let most = message.as_bytes().len() / 4 + 1;
    assert!(RouteNew::attrs(message).unwrap().take(most + 1).count() <= most);
    let Ok(route) = RouteNew::parse(message) else { return };
    let hops: Result<Vec<NextHop<'_>>, Error> = route.nexthop.iter().take(most + 1).collect();
    assert!(hops.is_err() || hops.unwrap().len() == route.nexthop.len());
    let mut buf = vec![0xa5; 2 * message.as_bytes().len()];
    let emitted = match route.emit(&mut buf, Header::new()) {
        Ok(emitted) => emitted,
        // Limits bind what is written, not what is read.
        Err(err) => return assert!(is_of_a_limit(err.kind()), "{err}"),
    };
    let again = RouteNew::parse(&only(emitted)).unwrap();
    let mut twice = vec![0x5a; emitted.len()];
    assert_eq!(again.emit(&mut twice, Header::new()).unwrap(), emitted);
}

fn is_of_a_limit(kind: ErrorKind) -> bool {
    use ErrorKind::{OutOfRange, ReservedBit, TooLong, TooShort};
    matches!(kind, OutOfRange | ReservedBit | TooLong | TooShort)
}

fn route<'a, 'u: 'a>(
    u: &mut Unstructured<'u>,
    hops: &'a [NextHop<'u>],
    unknown: &'a [u8],
) -> Drawn<RouteNew<'a>> {
    Ok(RouteNew {
        table: text(u)?,
        dst: Prefix { addr: address(u)?, len: u.int_in_range(0..=128)? },
        nexthop: Repeat::new(hops),
        metric: u.arbitrary()?,
        rest: Rest::new(unknown),
    })
}

fn hops<'a>(u: &mut Unstructured<'a>) -> Drawn<Vec<NextHop<'a>>> {
    let hop = |u: &mut Unstructured<'a>| {
        let gateway = if u.arbitrary()? { Some(address(u)?) } else { None };
        let oif = if u.arbitrary()? { Some(text(u)?) } else { None };
        let weight = if u.arbitrary()? { Some(u.int_in_range(1..=255)?) } else { None };
        Ok(NextHop { gateway, oif, weight })
    };
    (0..u.int_in_range(0..=4)?).map(|_| hop(u)).collect()
}

/// Attributes that the message does not define.
fn unknown(u: &mut Unstructured<'_>) -> Drawn<Vec<u8>> {
    let known = |attr: &Attr<'_>| KNOWN.contains(&attr.ty().get());
    let area = encode(&trees(u, 1)?);
    let is_unknown = nl_tlv::Attrs::new(&area).all(|attr| !known(&attr.unwrap()));
    Ok(if is_unknown { area } else { Vec::new() })
}

/// 1 to 31 bytes without NUL; where what was drawn is none, a text that is.
fn text<'a>(u: &mut Unstructured<'a>) -> Drawn<&'a str> {
    let text = <&str>::arbitrary(u)?;
    let is_fit = (1..=31).contains(&text.len()) && !text.contains('\0');
    Ok(if is_fit { text } else { "blue" })
}

fn address(u: &mut Unstructured<'_>) -> Drawn<IpAddr> {
    Ok(if u.arbitrary()? {
        IpAddr::V4(u32::arbitrary(u)?.into())
    } else {
        IpAddr::V6(u128::arbitrary(u)?.into())
    })
}

fn only(bytes: &[u8]) -> Message<'_> {
    Messages::new(bytes).next().unwrap().unwrap()
}
