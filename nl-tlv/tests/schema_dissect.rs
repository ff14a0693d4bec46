//! What `dissect` prints: of whole messages, of refusals, and of damaged ones.
#![cfg(feature = "derive")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod support;

/// The contract's messages.
pub mod route {
    include!("contract/definition.rs");
}

use nl_tlv::control::Control;
use nl_tlv::schema::{MessageSchema, StructField, StructSchema, ValueType, dissect, dissect_generic};
use nl_tlv::{Flags, Header, MessageId, MessageType, Messages, NewFlags, NlMessage, Repeat, Rest, Writer};
use route::{NextHop, Prefix, RouteNew};

const ROUTE: &MessageSchema = RouteNew::SCHEMAS[0];

/// The contract's message, with an attribute that its schema does not know.
fn route() -> Vec<u8> {
    let mut rest = [0; 64];
    let mut w = Writer::new(&mut rest);
    w.message(MessageType(16).into(), Header::new(), |w| w.put(77, b"?")).unwrap();
    let hops = [
        NextHop { gateway: Some([11, 1, 1, 1].into()), oif: Some("eth0/6"), weight: None },
        NextHop { gateway: None, oif: Some("eth1"), weight: Some(3) },
    ];
    let route = RouteNew {
        table: "blue",
        dst: Prefix { addr: [10, 1, 1, 0].into(), len: 24 },
        nexthop: Repeat::new(&hops),
        metric: Some(7),
        rest: Rest::new(&w.finish()[16..]),
    };
    let header = Header::request().flags(NewFlags::CREATE | Flags::ACK).seq(1);
    route.emit(&mut [0; 256], header).unwrap().to_vec()
}

fn message(ty: u16, flags: u16, payload: &[u8]) -> Vec<u8> {
    let mut buf = vec![0; 32 + payload.len()];
    let mut w = Writer::new(&mut buf);
    let header = Header::new().flags(Flags::from_bits_retain(flags)).seq(9);
    w.message(MessageType(ty).into(), header, |w| w.bytes(payload)).unwrap();
    w.finish().to_vec()
}

fn attr(ty: u16, payload: &[u8]) -> Vec<u8> {
    let len = u16::try_from(payload.len() + 4).unwrap();
    let mut bytes = [len.to_ne_bytes(), ty.to_ne_bytes()].concat();
    bytes.extend(payload);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

#[track_caller]
fn assert_tree(schemas: &[&'static MessageSchema], bytes: &[u8], expected: &str) {
    assert_eq!(dissect(schemas, bytes).to_string(), expected.trim_matches('\n'));
}

#[test]
fn a_message_is_a_tree_of_names_values_and_offsets() {
    assert_tree(
        &[ROUTE],
        &route(),
        r#"
    0  RouteNew (25), 112 bytes, flags REQUEST|ACK|CREATE, seq 1, port id 0
   16    table (1) = "blue"
   28    dst (2): 16 bytes
   32      addr (1) = 10.1.1.0
   40      len (2) = 24
   48    nexthop[0] (3): 20 bytes
   52      gateway (1) = 11.1.1.1
   60      oif (2) = "eth0/6"
   72    nexthop[1] (3): 20 bytes
   76      oif (2) = "eth1"
   88      weight (3) = 3
   96    metric (4) = 7
  104    attribute 77 = 3f
"#,
    );
}

#[test]
fn an_unknown_message_shows_its_header_and_its_bytes() {
    assert_tree(
        &[ROUTE],
        &[message(26, 0x301, &[1, 2, 3, 4, 5]), vec![0; 3], message(1, 0, &[])].concat(),
        "
    0  message 26, 21 bytes, flags REQUEST|0x300, seq 9, port id 0
   16    payload = 01020304 05 (5 bytes)
    0  NLMSG_NOOP (1), 16 bytes, flags 0, seq 9, port id 0
",
    );
}

#[test]
fn headers_of_families_show_their_fields() {
    static IFINFO: StructSchema = StructSchema {
        name: "ifinfomsg",
        len: 4,
        align: 2,
        fields: &[
            StructField { name: "ifi_family", offset: 0, len: 1, value: ValueType::U8 },
            StructField { name: "ifi_type", offset: 2, len: 2, value: ValueType::Be16 },
        ],
        items: None,
        zero_extend: false,
    };
    static LINK: MessageSchema = MessageSchema {
        name: "LinkGet",
        doc: "",
        id: MessageId::Command { cmd: 3, version: 1 },
        c_name: None,
        header: Some(&IFINFO),
        attrs: nl_tlv::schema::AttrSet::EMPTY,
        payload: None,
        deleted: None,
    };
    let bytes = message(33, 0x301, &[3, 1, 0, 0, 2, 0, 0, 1]);
    let tree = dissect_generic(&[&LINK], Some(MessageType(33)), &bytes).to_string();
    assert_eq!(
        tree,
        "    0  LinkGet (33), 24 bytes, flags REQUEST|DUMP, seq 9, port id 0\n   16    GenlMsgHdr: cmd 3, version 1, \
         reserved 0\n   20    ifinfomsg: ifi_family 2, ifi_type 1"
    );
    let bytes = message(33, 1, &[3, 1, 0, 0, 2]);
    let tree = dissect_generic(&[&LINK], Some(MessageType(33)), &bytes).to_string();
    assert!(tree.ends_with("\n   20    ! expected 4 bytes, found only 1: 02"), "{tree}");
    let bytes = message(33, 1, &[9, 1, 0, 0, 2]);
    let tree = dissect_generic(&[&LINK], Some(MessageType(33)), &bytes).to_string();
    assert!(tree.ends_with("reserved 0\n   20    payload = 02"), "{tree}");
}

#[test]
#[cfg(target_endian = "little")]
fn what_is_wrong_is_shown_where_it_is() {
    let hop = [attr(1, &[1, 2, 3]), attr(3, &[0])].concat();
    let long = [&[9, 0, 4, 0][..], &[1, 2, 3, 4]].concat();
    let payload = [attr(1, &[b'x'; 40]), attr(2, &attr(2, &[24])), attr(3, &hop), long].concat();
    assert_tree(
        &[ROUTE],
        &message(25, 0, &payload),
        r#"
    0  RouteNew (25), 100 bytes, flags 0, seq 9, port id 0
   16    table (1) = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" ! expected at most 31 bytes, found 40
   60    dst (2): 8 bytes
   64      len (2) = 24
   64      addr (1) ! is missing
   72    nexthop[0] (3): 16 bytes
   76      gateway (1) ! expected 4 or 16 bytes, found 3: 010203
   84      weight (3) = 0 ! 0 is below the limit 1
   92    ! length field 9 is beyond the 8 bytes that remain: 09000400 01020304 (8 bytes)
"#,
    );
}

#[test]
fn trailing_bytes_are_shown() {
    let bytes =
        [message(25, 0, &[attr(1, b"a\0"), attr(2, &[]), vec![1, 2]].concat()), vec![0xff; 3]].concat();
    let tree = dissect(&[ROUTE], &bytes).to_string();
    assert!(tree.contains("\n   28    ! trailing bytes: 0102\n"), "{tree}");
}

#[test]
fn nests_deeper_than_the_bound_are_not_read() {
    let mut nest = attr(1, b"core");
    (0..200).for_each(|_| nest = attr(0x8001, &nest));
    let tree = dissect(&[], &message(25, 0, &nest)).to_string();
    assert_eq!(tree.lines().count(), 2, "without a schema the payload is bytes");
    let tree = dissect(&[ROUTE], &message(25, 0, &attr(0x8007, &nest))).to_string();
    assert!(tree.contains("nested deeper than 10 levels"), "{tree}");
    assert!(tree.lines().count() < 20, "{tree}");
}

#[test]
fn a_refusal_shows_the_request_and_what_is_refused() {
    let tlvs = [
        attr(1, b"no such gateway\0"),
        attr(2, &52u32.to_ne_bytes()),
        attr(5, &2u32.to_ne_bytes()),
        attr(6, &28u32.to_ne_bytes()),
        attr(0x8004, &attr(7, &31u32.to_ne_bytes())),
    ];
    let payload = [(-22i32).to_ne_bytes().to_vec(), route(), tlvs.concat()].concat();
    let tree = dissect(&[ROUTE], &message(2, 0x200, &payload)).to_string();
    let lines: Vec<_> = tree.lines().collect();
    assert_eq!(lines[0], "    0  NLMSG_ERROR (2), 188 bytes, flags ACK_TLVS, seq 9, port id 0");
    assert_eq!(lines[1], "   16    error = -22 (EINVAL)");
    assert_eq!(
        lines[2],
        "    0    request RouteNew (25), 112 bytes, flags REQUEST|ACK|CREATE, seq 1, port id 0"
    );
    assert_eq!(lines[8], "   52        gateway (1) = 11.1.1.1");
    assert_eq!(
        lines[15..],
        [
            r#"  132    msg (1) = "no such gateway""#,
            "  152    offset (2) = 52",
            "  160    miss_type (5) = 2",
            "  168    miss_nest (6) = 28",
            "  176    policy (4): 8 bytes",
            "  180      max_length (7) = 31",
            "  152    refused: RouteNew.nexthop[0].gateway",
            "  160    missing: RouteNew.dst.len",
        ]
    );
}

#[test]
fn a_capped_refusal_names_what_is_missing_at_the_top() {
    let payload = [&(-22i32).to_ne_bytes()[..], &route()[..16], &attr(5, &2u32.to_ne_bytes())].concat();
    let tree = dissect(&[ROUTE], &message(2, 0x300, &payload)).to_string();
    assert!(tree.contains("flags CAPPED|ACK_TLVS"), "{tree}");
    assert!(tree.ends_with("   36    miss_type (5) = 2\n   36    missing: RouteNew.dst"), "{tree}");
}

#[test]
#[cfg(target_endian = "little")]
fn captured_refusals_and_ends_read_as_annotated() {
    let tree = |name| dissect(&[], &support::Vector::load(name).bytes).to_string();
    assert!(tree("ack").contains("error = 0 (acknowledgement)\n    0    request message 16, 32 bytes"));
    let b = tree("error_b");
    assert!(b.contains("\n   76    msg (1) = \"bytes leftover after parsing attributes\""), "{b}");
    let d = tree("error_d");
    assert!(
        d.contains(
            "error = -22 (EINVAL)\n   20    msg (1) = \"Invalid values in header for FIB dump request\""
        ),
        "{d}"
    );
    assert!(tree("done_plain").ends_with("flags MULTI, seq 1, port id 5489\n   16    error = 0"));
}

/// A reply in an `NLMSG_DONE`, as greet has it.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 3)]
struct Reply<'a> {
    /// Text.
    #[nl(payload, text, max_len = 8)]
    text: &'a [u8],
}

#[test]
fn a_done_that_is_no_end_of_a_dump_is_the_familys_own_message() {
    assert_tree(
        Reply::SCHEMAS,
        &[message(3, 0, b"hello\n\0\0"), message(3, 2, &[0; 4]), message(3, 0, &(-22i32).to_ne_bytes())]
            .concat(),
        r#"
    0  Reply (3), 24 bytes, flags 0, seq 9, port id 0
   16    text = "hello\n"
    0  NLMSG_DONE (3), 20 bytes, flags MULTI, seq 9, port id 0
   16    error = 0
    0  NLMSG_DONE (3), 20 bytes, flags 0, seq 9, port id 0
   16    error = -22 (EINVAL)
"#,
    );
    let tree = dissect(Reply::SCHEMAS, &message(3, 0, b"hello, world")).to_string();
    assert!(tree.ends_with("text = \"hello, world\" ! expected at most 8 bytes, found 12"), "{tree}");
}

#[test]
fn a_done_is_shown_as_what_it_is_read_as() {
    for flags in [0, 2, 0x200, 0x202] {
        for len in 0..12 {
            let bytes = message(3, flags, &vec![0; len]);
            let read = Control::parse(&Messages::new(&bytes).next().unwrap().unwrap());
            let tree = dissect(Reply::SCHEMAS, &bytes).to_string();
            let is_end = tree.contains("NLMSG_DONE");
            assert_eq!(is_end, !matches!(read, Ok(Control::Family)), "{flags:#x}, {len} bytes: {tree}");
            assert_eq!(tree.contains("! expected 4 bytes"), read.is_err(), "{flags:#x}, {len} bytes: {tree}");
        }
    }
}

/// No damage may panic, loop, or blow the output up: a line for each header that fits in, and each line bounded.
#[track_caller]
fn assert_bounded(bytes: &[u8]) {
    let tree = dissect_generic(&[ROUTE], Some(MessageType(16)), bytes).to_string();
    assert!(tree.lines().count() <= 4 + bytes.len() / 2, "{tree}");
    assert!(tree.lines().all(|line| line.len() < 400), "{tree}");
}

#[test]
fn damaged_captures_dissect_in_bounded_output() {
    let mut vectors: Vec<_> = support::Vector::messages().into_iter().map(|vector| vector.bytes).collect();
    vectors.push(route());
    for bytes in vectors {
        assert_bounded(&bytes);
        support::prefixes(&bytes).for_each(assert_bounded);
        support::each_change(&bytes, assert_bounded);
    }
}
