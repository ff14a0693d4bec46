//! `NLA_F_NET_BYTEORDER`: an attribute that says that its number is in network order is read so, whatever the definition
//! says, and a definition can say that the flag is written.
#![cfg(all(feature = "derive", target_endian = "little"))]

use nl_tlv::schema::{Strictness, Value, ValueType, dissect, validate};
use nl_tlv::value::{Array, Bitfield32};
use nl_tlv::{
    Attr, AttrType, AttrWriter, ErrorKind, Header, Message, MessageType, Messages, NlMessage, NlaType, Rest,
    Writer,
};
use nl_tlv_families::rt_link::Link;
use std::net::Ipv4Addr;

/// A link of which only the MTU is said: 1500 in network order, with the flag.
const LINK: &str = "280000001000000000000000000000000000000000000000000000000000000008000440000005dc";

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn only(bytes: &[u8]) -> Message<'_> {
    Messages::new(bytes).next().unwrap().unwrap()
}

/// The part of a link that is asked for.
#[derive(NlMessage, Debug)]
#[nl(ty = 16)]
#[allow(dead_code, reason = "read attribute by attribute")]
struct Mtu {
    #[nl(fixed_header)]
    header: nl_tlv_families::rt_link::IfInfoMsg,
    #[nl(attr = 4)]
    mtu: u32,
}

#[test]
fn number_with_the_flag_is_read_in_network_order() {
    let bytes = bytes(LINK);
    let message = only(&bytes);
    assert_eq!(Link::parse(&message).unwrap().mtu, Some(1500));
    let mut attrs = Mtu::attrs(&message).unwrap();
    assert!(matches!(attrs.next(), Some(Ok(MtuAttr::Mtu(1500)))));
    let text = dissect(Link::SCHEMAS, &bytes).to_string();
    assert!(text.contains("mtu") && text.contains("1500"), "{text}");
}

#[test]
fn every_kind_of_number_is_read_so() {
    let flagged = |payload: &'static [u8]| Attr::new(0x4001, payload);
    assert_eq!(flagged(&[1, 2]).parse::<u16>(), Ok(0x102));
    assert_eq!(flagged(&[0xff, 0xff, 0xff, 0xfe]).parse::<i32>(), Ok(-2));
    assert_eq!(flagged(&[0, 0, 0, 0, 0, 0, 1, 0]).parse::<u64>(), Ok(256));
    assert_eq!(flagged(&[7]).parse::<u8>(), Ok(7));
    for payload in [&[0, 0, 1, 0][..], &[0, 0, 0, 0, 0, 0, 1, 0]] {
        let read = Value::read(ValueType::Uint, Attr::new(0x4001, payload));
        assert!(matches!(read, Ok(Value::Number(256))), "{read:?}");
    }
    let bits = flagged(&[0, 0, 0, 1, 0, 0, 0, 3]).parse::<Bitfield32>();
    assert_eq!(bits, Ok(Bitfield32 { value: 1, selector: 3 }));
    let ports = flagged(&[0, 80, 1, 187]).parse::<Array<'_, u16>>().unwrap();
    assert!(ports.iter().eq([80, 443]));
}

/// Numbers of four bytes, which are read in a step of their own if they have no flags and exactly these bytes.
#[derive(NlMessage, Debug, PartialEq)]
#[nl(ty = 17)]
struct Numbers {
    #[nl(attr = 1)]
    first: Option<u32>,
    #[nl(attr = 2)]
    second: u32,
    #[nl(attr = 3, be)]
    third: Option<u32>,
    #[nl(attr = 4)]
    address: Option<Ipv4Addr>,
}

#[test]
fn numbers_of_four_bytes_are_read_in_the_order_that_each_says() {
    let mut buf = [0; 128];
    let mut read = |attrs: &[(u16, &[u8])]| {
        let mut w = Writer::new(&mut buf);
        let put = |w: &mut AttrWriter<'_>| {
            attrs.iter().try_for_each(|(ty, payload)| w.put(NlaType::from(*ty), payload))
        };
        w.message(MessageType(17).into(), Header::new(), put).unwrap();
        Numbers::parse(&only(w.as_bytes()))
            .map_err(|err| (err.kind(), err.attr_type(), err.offset(), err.found()))
    };
    let [one, two] = [1_u32, 2].map(u32::to_ne_bytes);
    let address = Some(Ipv4Addr::LOCALHOST);
    let all = Numbers { first: Some(1), second: 2, third: Some(258), address };
    let bytes: [&[u8]; 4] = [&one, &two, &[0, 0, 1, 2], &[127, 0, 0, 1]];
    let [a, b, c, d] = bytes;
    assert_eq!(read(&[(1, a), (2, b), (3, c), (4, d)]), Ok(all));
    // With flags, in any order, and among attributes of other types; the last one counts.
    let mixed =
        [(0x4001, &[0, 0, 0, 9][..]), (5, a), (0x8002, b), (0x4003, c), (0xc004, d), (0x4005, a), (1, b)];
    assert_eq!(read(&mixed), Ok(Numbers { first: Some(2), second: 2, third: Some(258), address }));
    let flagged = [(2, b), (1, a), (0x4001, &[0, 0, 0, 9])];
    assert_eq!(read(&flagged), Ok(Numbers { first: Some(9), second: 2, third: None, address: None }));
    assert_eq!(read(&[(2, b), (1, &[1, 2, 3])]), Err((ErrorKind::WrongLength, Some(1), 24, 3)));
    assert_eq!(read(&[(2, b), (0x4001, &[0; 8])]), Err((ErrorKind::WrongLength, Some(1), 24, 8)));
    assert_eq!(read(&[(1, a), (5, b)]), Err((ErrorKind::MissingAttr, Some(2), 16, 0)));
}

/// As ipset has them: a timeout and an address that the kernel takes with the flag only.
#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(ty = 1545)]
struct Entry<'a> {
    #[nl(attr = 6, net_byteorder, max = 1000)]
    timeout: Option<u32>,
    #[nl(attr = 1, net_byteorder)]
    address: Option<Ipv4Addr>,
    #[nl(attr = 4)]
    ports: Option<Array<'a, u16>>,
    #[nl(rest)]
    rest: Rest<'a>,
}

const EMPTY: Entry<'static> = Entry { timeout: None, address: None, ports: None, rest: Rest::new(&[]) };

fn types(message: &[u8]) -> Vec<u16> {
    only(message).attrs().map(|attr| attr.unwrap().nla_type()).collect()
}

#[test]
fn definition_says_that_the_flag_is_written() {
    let entry = Entry { timeout: Some(258), address: Some(Ipv4Addr::LOCALHOST), ..EMPTY };
    let mut buf = [0xa5; 64];
    let message = entry.emit(&mut buf, Header::new()).unwrap();
    assert_eq!(message[16..], [8, 0, 6, 0x40, 0, 0, 1, 2, 8, 0, 1, 0x40, 127, 0, 0, 1]);
    assert_eq!(Entry::parse(&only(message)).unwrap(), entry);
    let set = Entry::SCHEMAS[0].attrs;
    assert_eq!(set.attr(6).map(|attr| attr.is_net_byteorder), Some(true));
    let refused = Entry { timeout: Some(1001), ..EMPTY }.emit(&mut [0; 64], Header::new()).unwrap_err();
    assert_eq!((refused.kind(), refused.attr_type()), (ErrorKind::OutOfRange, Some(6)));
}

#[test]
fn what_is_copied_keeps_the_flag() {
    let (mut buf, mut again) = ([0; 64], [0; 64]);
    let mut w = Writer::new(&mut buf);
    w.message(MessageType(1545).into(), Header::new(), |w| {
        w.put(0x4004, &[0, 80])?;
        w.put(0x4007, &[0, 0, 0, 9])?;
        w.put(AttrType::new(8).with_flags(AttrType::NET_BYTEORDER_FLAG), &[0, 1])?;
        w.put(NlaType::from(0x8009), &[])
    })
    .unwrap();
    assert_eq!(types(w.as_bytes()), [0x4004, 0x4007, 0x4008, 0x8009]);
    let entry = Entry::parse(&only(w.as_bytes())).unwrap();
    assert!(entry.ports.unwrap().iter().eq([80]));
    assert_eq!(entry.emit(&mut again, Header::new()).unwrap(), w.as_bytes());
}

#[test]
fn limits_hold_for_the_number_that_is_meant() {
    let mut buf = [0; 64];
    let mut judge = |payload: u32| {
        let mut w = Writer::new(&mut buf);
        w.message(MessageType(16).into(), Header::new(), |w| w.put(0x4001, &payload.to_be_bytes())).unwrap();
        let verdict = validate(Limited::SCHEMAS[0], &only(w.as_bytes()), Strictness::STRICT);
        verdict.map_err(|refusal| refusal.message().map(str::to_owned))
    };
    assert_eq!(judge(9), Ok(()));
    assert_eq!(judge(10), Err(Some("integer out of range".to_owned())));
}

/// A number in host order, as far as the definition knows.
#[derive(NlMessage, Debug)]
#[nl(ty = 16)]
struct Limited {
    #[nl(attr = 1, max = 9)]
    _number: u32,
}
