use core::net::{IpAddr, Ipv4Addr};
use nl_tlv::control::Errno;
use nl_tlv::schema::{Strictness, validate};
use nl_tlv::{ErrorKind, Flags, Header, Messages, NewFlags, NlAttrs, NlMessage, Repeat, Rest, Writer};

fn hops() -> [NextHop<'static>; 2] {
    [
        NextHop { gateway: Some(Ipv4Addr::new(11, 1, 1, 1).into()), oif: Some("eth0/6"), weight: None },
        NextHop { gateway: None, oif: Some("eth1"), weight: Some(3) },
    ]
}

fn route<'a>(hops: &'a [NextHop<'a>]) -> RouteNew<'a> {
    RouteNew {
        table: "blue",
        dst: Prefix { addr: IpAddr::V4(Ipv4Addr::new(10, 1, 1, 0)), len: 24 },
        nexthop: Repeat::new(hops),
        metric: Some(7),
        rest: Rest::default(),
    }
}

fn header() -> Header {
    Header::request().flags(NewFlags::CREATE | Flags::ACK).seq(1)
}

/// 16 header + 12 table + 20 dst + 24 and 24 next hops + 8 metric.
const LEN: usize = 104;

#[test]
fn a_built_message_reads_back_equal() {
    let (hops, mut buf) = (hops(), [0xa5; 256]);
    let bytes = route(&hops).emit(&mut buf, header()).unwrap();
    assert_eq!(bytes.len(), LEN);
    let message = Messages::new(bytes).next().unwrap().unwrap();
    assert_eq!(message.flags(), Flags::REQUEST | NewFlags::CREATE | Flags::ACK);
    let parsed = RouteNew::parse(&message).unwrap();
    assert_eq!(parsed, route(&hops));
    assert_eq!(parsed.nexthop.len(), 2);

    let mut again = [0xa5; 256];
    assert_eq!(parsed.emit(&mut again, header()).unwrap(), bytes, "emit after parse gives the same bytes");
}

#[test]
fn attributes_are_iterated_typed_and_in_order() {
    let (hops, mut buf) = (hops(), [0; 256]);
    let mut w = Writer::new(&mut buf);
    w.message(RouteNew::SCHEMAS[0].id, header(), |w| {
        w.put_value(1, &"blue")?;
        w.put(77, b"?")?;
        w.put_value(3, &hops[1])
    })
    .unwrap();
    let message = Messages::new(w.as_bytes()).next().unwrap().unwrap();
    let mut attrs = RouteNew::attrs(&message).unwrap();
    assert!(matches!(attrs.next(), Some(Ok(RouteNewAttr::Table("blue")))));
    assert!(matches!(attrs.next(), Some(Ok(RouteNewAttr::Other(other))) if other.payload() == b"?"));
    assert!(matches!(attrs.next(), Some(Ok(RouteNewAttr::Nexthop(hop))) if hop == hops[1]));
    assert!(attrs.next().is_none());
}

#[test]
fn unknown_attributes_are_kept_in_rest() {
    let mut buf = [0; 256];
    let mut w = Writer::new(&mut buf);
    w.message(RouteNew::SCHEMAS[0].id, header(), |w| {
        w.put_value(1, &"blue")?;
        w.nest(2, |w| Prefix { addr: Ipv4Addr::LOCALHOST.into(), len: 32 }.emit_attrs(w))?;
        w.put(0x3fff, b"kept")
    })
    .unwrap();
    let bytes = w.finish();
    let route = RouteNew::parse(&Messages::new(bytes).next().unwrap().unwrap()).unwrap();
    assert_eq!(route.rest.iter().map(|attr| attr.payload()).collect::<Vec<_>>(), [b"kept"]);
    let mut again = [0; 256];
    assert_eq!(route.emit(&mut again, header()).unwrap(), bytes);
}

#[test]
fn a_missing_required_attribute_is_named() {
    let mut buf = [0; 64];
    let mut w = Writer::new(&mut buf);
    w.message(RouteNew::SCHEMAS[0].id, header(), |w| w.put_value(1, &"blue")).unwrap();
    let err = RouteNew::parse(&Messages::new(w.as_bytes()).next().unwrap().unwrap()).unwrap_err();
    assert_eq!((err.kind(), err.attr_type(), err.offset()), (ErrorKind::MissingAttr, Some(2), 16));
}

#[test]
fn limits_bind_what_is_written_and_validate_judges_what_was_read() {
    let hops = hops();
    let mut route = route(&hops);
    route.table = "a-name-of-32-bytes-is-one-too-long";
    let err = route.emit(&mut [0; 256], header()).unwrap_err();
    assert_eq!((err.kind(), err.attr_type(), err.expected()), (ErrorKind::TooLong, Some(1), 31));

    let mut buf = [0; 256];
    let mut w = Writer::new(&mut buf);
    w.message(RouteNew::SCHEMAS[0].id, header(), |w| {
        w.put_value(1, &"blue")?;
        w.nest(2, |w| {
            w.put_value(1, &IpAddr::V4(Ipv4Addr::LOCALHOST))?;
            w.put_value(2, &129u8)
        })
    })
    .unwrap();
    let message = Messages::new(w.as_bytes()).next().unwrap().unwrap();
    assert_eq!(RouteNew::parse(&message).unwrap().dst.len, 129);
    let refusal = validate(RouteNew::SCHEMAS[0], &message, Strictness::LIBERAL).unwrap_err();
    assert_eq!((refusal.errno(), refusal.ext_ack().offset), (Errno::ERANGE, Some(28 + 4 + 8)));
}

#[test]
fn an_items_error_comes_when_it_is_read() {
    let mut buf = [0; 256];
    let mut w = Writer::new(&mut buf);
    w.message(RouteNew::SCHEMAS[0].id, header(), |w| {
        w.put_value(1, &"blue")?;
        w.nest(2, |w| Prefix { addr: Ipv4Addr::LOCALHOST.into(), len: 32 }.emit_attrs(w))?;
        w.put_value(3, &hops()[1])?;
        w.nest(3, |w| w.put(1, &[1, 2, 3]))
    })
    .unwrap();
    let message = Messages::new(w.as_bytes()).next().unwrap().unwrap();
    let route = RouteNew::parse(&message).unwrap();
    let hops: Vec<_> = route.nexthop.iter().collect();
    assert!(hops[0].is_ok());
    let err = hops[1].clone().unwrap_err();
    assert_eq!((err.kind(), err.offset(), err.found()), (ErrorKind::WrongLength, 76, 3));
}

#[test]
fn another_message_is_refused() {
    let mut buf = [0; 64];
    let mut w = Writer::new(&mut buf);
    w.message(nl_tlv::MessageType(24).into(), header(), |_| Ok(())).unwrap();
    let err = RouteNew::parse(&Messages::new(w.as_bytes()).next().unwrap().unwrap()).unwrap_err();
    assert_eq!((err.kind(), err.expected(), err.found()), (ErrorKind::WrongType, 25, 24));
}

#[test]
fn a_small_buffer_is_an_error_with_the_needed_size() {
    let hops = hops();
    for len in 0..LEN {
        let err = route(&hops).emit(&mut vec![0; len], header()).unwrap_err();
        assert_eq!(err.needed(), Some(LEN as u32));
    }
}
