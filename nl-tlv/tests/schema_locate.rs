//! Offsets, errors and the kernel's extended acks as paths.
#![cfg(feature = "derive")]

/// The contract's messages.
pub mod route {
    include!("contract/definition.rs");
}

use nl_tlv::schema::{MessageSchema, Path, locate};
use nl_tlv::{
    AttrWriter, Error, ErrorKind, Header, MessageType, Messages, NlMessage, Repeat, Rest, Writer, nl_struct,
};
use route::{NextHop, Prefix, RouteNew};

const ROUTE: &MessageSchema = RouteNew::SCHEMAS[0];

fn hops() -> [NextHop<'static>; 2] {
    [
        NextHop { gateway: Some([11, 1, 1, 1].into()), oif: Some("eth0/6"), weight: None },
        NextHop { gateway: None, oif: Some("eth1"), weight: Some(3) },
    ]
}

fn route<'a>(hops: &'a [NextHop<'a>]) -> RouteNew<'a> {
    RouteNew {
        table: "blue",
        dst: Prefix { addr: [10, 1, 1, 0].into(), len: 24 },
        nexthop: Repeat::new(hops),
        metric: Some(7),
        rest: Rest::default(),
    }
}

fn message(fill: impl FnOnce(&mut AttrWriter<'_>) -> Result<(), Error>) -> Vec<u8> {
    let mut buf = [0; 256];
    let mut w = Writer::new(&mut buf);
    w.message(ROUTE.id, Header::request(), fill).unwrap();
    w.finish().to_vec()
}

/// What reading the message, items of `Repeat` included, says is wrong with it.
fn refusal(bytes: &[u8]) -> Option<Error> {
    let message = Messages::new(bytes).next().unwrap().unwrap();
    match RouteNew::parse(&message) {
        Ok(route) => route.nexthop.iter().find_map(Result::err),
        Err(err) => Some(err),
    }
}

fn at(bytes: &[u8], offset: u32) -> String {
    locate(ROUTE, bytes, offset).to_string()
}

#[test]
fn every_offset_of_a_message_has_its_path() {
    let mut buf = [0; 256];
    let bytes = route(&hops()).emit(&mut buf, Header::request()).unwrap();
    let expected = [
        (0..4, "RouteNew.nlmsg_len"),
        (4..6, "RouteNew.nlmsg_type"),
        (6..8, "RouteNew.nlmsg_flags"),
        (8..12, "RouteNew.nlmsg_seq"),
        (12..16, "RouteNew.nlmsg_pid"),
        (16..28, "RouteNew.table"),
        (28..32, "RouteNew.dst"),
        (32..40, "RouteNew.dst.addr"),
        (40..48, "RouteNew.dst.len"),
        (48..52, "RouteNew.nexthop[0]"),
        (52..60, "RouteNew.nexthop[0].gateway"),
        (60..72, "RouteNew.nexthop[0].oif"),
        (72..76, "RouteNew.nexthop[1]"),
        (76..88, "RouteNew.nexthop[1].oif"),
        (88..96, "RouteNew.nexthop[1].weight"),
        (96..104, "RouteNew.metric"),
        (104..120, "RouteNew"),
    ];
    for (offsets, path) in expected {
        for offset in offsets {
            assert_eq!(at(bytes, offset), path, "offset {offset}");
        }
    }
    assert_eq!(at(bytes, u32::MAX), "RouteNew");
}

#[test]
fn unknown_attributes_are_numbered_and_unknown_nests_entered() {
    let bytes = message(|w| w.nest(77, |w| w.nest(2, |w| w.put(3, b"?"))));
    assert_eq!(at(&bytes, 16), "RouteNew.attribute 77");
    assert_eq!(at(&bytes, 24), "RouteNew.attribute 77.attribute 2.attribute 3");
}

#[test]
fn a_path_ends_at_the_bound_and_not_beyond() {
    fn nest(w: &mut AttrWriter<'_>, depth: usize) -> Result<(), Error> {
        if depth == 0 { Ok(()) } else { w.nest(9, |w| nest(w, depth - 1)) }
    }
    let path = at(&message(|w| nest(w, 40)), 16 + 39 * 4);
    assert_eq!(path.matches("attribute 9").count(), nl_tlv::schema::MAX_DEPTH);
}

#[test]
fn an_error_of_emitting_is_not_named_after_what_was_in_the_buffer() {
    let too_long = [b'x'; AttrWriter::MAX_PAYLOAD + 1];
    let shown = |fill: &dyn Fn(&mut AttrWriter<'_>) -> Result<(), Error>| {
        let mut bytes = message(|w| {
            w.put_value(1, &"blue")?;
            w.put_value(2, &Prefix { addr: [10, 1, 1, 0].into(), len: 24 })
        });
        let err = Writer::new(&mut bytes).message(ROUTE.id, Header::new(), |w| {
            w.put_value(1, &"blue")?;
            fill(w)
        });
        err.unwrap_err().within(ROUTE, &bytes).to_string()
    };
    let what = format!("payload of {} bytes; the length field holds at most 65531", too_long.len());
    // `dst` was there.
    assert_eq!(shown(&|w| w.put(3, &too_long)), format!("RouteNew.nexthop: {what} (offset 28)"));
    assert_eq!(
        shown(&|w| w.nest(3, |w| w.put(2, &too_long))),
        format!("RouteNew.nexthop[0].oif: {what} (offset 32)")
    );
}

#[test]
fn an_error_says_its_place_by_name() {
    let hops = hops();
    let bytes = message(|w| {
        w.put_value(1, &"blue")?;
        w.put_value(2, &Prefix { addr: [10, 1, 1, 0].into(), len: 24 })?;
        w.put_value(3, &hops[1])?;
        w.nest(3, |w| w.put(1, &[1, 2, 3]))
    });
    let err = refusal(&bytes).unwrap();
    assert_eq!(
        err.within(ROUTE, &bytes).to_string(),
        "RouteNew.nexthop[1].gateway: expected 4 or 16 bytes, found 3 (offset 76)"
    );
}

#[test]
fn a_missing_attribute_is_named_with_its_nest() {
    let bytes = message(|w| w.put_value(1, &"blue"));
    let err = refusal(&bytes).unwrap();
    assert_eq!(err.within(ROUTE, &bytes).to_string(), "RouteNew.dst is missing");

    for has_len in [false, true] {
        let bytes = message(|w| {
            w.put_value(1, &"blue")?;
            w.nest(2, |w| if has_len { w.put_value(2, &24u8) } else { Ok(()) })?;
            w.put_value(3, &hops()[1])
        });
        let err = refusal(&bytes).unwrap();
        assert_eq!(err.within(ROUTE, &bytes).to_string(), "RouteNew.dst.addr is missing");
    }
}

#[test]
fn damaged_framing_is_an_error_of_what_surrounds_it() {
    let bytes = message(|w| {
        w.put_value(1, &"blue")?;
        w.nest(2, |w| w.bytes(&[9u16.to_ne_bytes(), 1u16.to_ne_bytes(), [1, 2], [3, 4]].concat()))
    });
    assert_eq!(
        refusal(&bytes).unwrap().within(ROUTE, &bytes).to_string(),
        "RouteNew.dst: length field 9 is beyond the 8 bytes that remain (offset 32)"
    );
}

#[test]
fn another_message_is_an_error_of_the_type() {
    let mut bytes = message(|_| Ok(()));
    bytes[4..6].copy_from_slice(&24u16.to_ne_bytes());
    assert_eq!(
        refusal(&bytes).unwrap().within(ROUTE, &bytes).to_string(),
        "RouteNew.nlmsg_type: expected message type 25, found 24 (offset 4)"
    );
}

#[test]
fn message_of_which_nothing_is_known_is_called_by_its_type() {
    let bytes = message(|w| w.nest(9, |w| w.put(1, &[1, 2, 3])));
    let unknown = nl_tlv::schema::MessageSchema::UNKNOWN;
    assert_eq!(locate(unknown, &bytes, 20).to_string(), "message 25.attribute 9.attribute 1");
    assert_eq!(locate(unknown, &bytes, 4).to_string(), "message 25.nlmsg_type");
    let err = Error::new(ErrorKind::MissingAttr, 16, 0, 0).of_attr(3);
    assert_eq!(err.within(unknown, &bytes).to_string(), "message 25.attribute 3 is missing");
    assert_eq!(locate(unknown, &[], 4).to_string(), "message.nlmsg_type");
}

#[test]
fn an_error_of_emitting_is_named_by_the_schema_alone() {
    let hops = hops();
    let err = route(&hops).emit(&mut [0; 8], Header::request()).unwrap_err();
    assert_eq!(err.within(ROUTE, &[]).to_string(), "RouteNew: buffer too small: 104 bytes needed, 8 there");
    let mut route = route(&hops);
    route.table = "";
    let err = route.emit(&mut [0; 256], Header::request()).unwrap_err();
    assert_eq!(
        err.within(ROUTE, &[]).to_string(),
        "RouteNew.table: expected at least 1 byte, found 0 (offset 16)"
    );
}

#[test]
fn the_kernels_missing_attribute_joins_its_nest() {
    let bytes = message(|w| w.nest(2, |w| w.put_value(2, &24u8)));
    assert_eq!(locate(ROUTE, &bytes, 16).join(1).to_string(), "RouteNew.dst.addr");
    assert_eq!(Path::new(ROUTE).join(1).to_string(), "RouteNew.table");
    assert_eq!(Path::new(ROUTE).join(77).to_string(), "RouteNew.attribute 77");
    assert_eq!(Path::new(ROUTE).join(3).attr().map(|attr| attr.name), Some("nexthop"));
}

/// A family header.
#[nl_struct]
struct Filter {
    family: u8,
    reserved: u8,
    port: u16,
    address: [u8; 5],
}

/// A generic netlink command with a family header.
#[derive(NlMessage, Clone, Debug)]
#[nl(cmd = 3)]
struct ListenerGet {
    #[nl(fixed_header)]
    filter: Filter,
    /// Another filter.
    #[nl(attr = 1)]
    second: Option<Filter>,
}

/// A message that is one value.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 20)]
struct Greeting<'a> {
    #[nl(payload, text)]
    text: &'a [u8],
}

#[test]
fn headers_structs_and_payloads_are_located_by_field() {
    let filter = Filter { family: 2, reserved: 0, port: 80, address: [0; 5] };
    let get = ListenerGet { filter, second: Some(filter) };
    let mut buf = [0; 64];
    let bytes = get.emit(&mut buf, Header::request().family(MessageType(33))).unwrap();
    let at = |offset| locate(ListenerGet::SCHEMAS[0], bytes, offset).to_string();
    let expected = [
        (16, "ListenerGet.cmd"),
        (17, "ListenerGet.version"),
        (20, "ListenerGet.family"),
        (23, "ListenerGet.port"),
        (28, "ListenerGet.address"),
        (30, "ListenerGet"),
        (32, "ListenerGet.second"),
        (36, "ListenerGet.second.family"),
        (39, "ListenerGet.second.port"),
        (46, "ListenerGet.second"),
    ];
    for (offset, path) in expected {
        assert_eq!(at(offset), path, "offset {offset}");
    }
    assert_eq!(locate(Greeting::SCHEMAS[0], &[], 16).to_string(), "Greeting.text");
}

/// Each byte of the message replaced in turn: whatever reading then says, it has a place within the message.
#[test]
fn the_error_of_any_changed_byte_is_located() {
    let mut buf = [0; 256];
    let bytes = route(&hops()).emit(&mut buf, Header::request()).unwrap().to_vec();
    let mut located = 0;
    for at in 16..bytes.len() {
        for value in 0..=u8::MAX {
            let mut changed = bytes.clone();
            changed[at] = value;
            let Some(err) = refusal(&changed) else { continue };
            let text = err.within(ROUTE, &changed).to_string();
            assert!(text.starts_with("RouteNew"), "{text}");
            assert!(err.kind() == ErrorKind::MissingAttr || text.ends_with(')'), "{text}");
            located += 1;
        }
    }
    assert!(located > 1000, "{located}");
}

#[test]
fn bytes_that_end_before_the_place_give_no_wrong_name() {
    let mut hops = hops();
    let long = "x".repeat(32);
    hops[1].oif = Some(&long);
    let mut buf = [0; 256];
    let err = route(&hops).emit(&mut buf, Header::request()).unwrap_err();
    let whole = "RouteNew.nexthop[1].oif: expected at most 31 bytes, found 32 (offset 76)";
    assert_eq!(err.within(ROUTE, &buf).to_string(), whole);
    let unnamed = whole.replace(".nexthop[1].oif", ": attribute 2");
    for len in 0..=buf.len() {
        let shown = err.within(ROUTE, &buf[..len]).to_string();
        assert_eq!(shown, if len < 76 { unnamed.as_str() } else { whole }, "{len} bytes");
    }

    let bytes = message(|w| {
        w.put_value(1, &"blue")?;
        w.nest(2, |w| w.put_value(2, &24u8))
    });
    let err = refusal(&bytes).unwrap();
    for len in 0..bytes.len() {
        let shown = err.within(ROUTE, &bytes[..len]).to_string();
        let (named, unnamed) = ("RouteNew.dst.addr is missing", "RouteNew: attribute 1 is missing");
        assert!(shown == named || shown == unnamed, "{len} bytes: {shown}");
    }
}
