//! Values that were received and are written again: in the same message, and in a field of another one.
#![cfg(all(feature = "derive", target_endian = "little"))]

use nl_tlv::schema::dissect;
use nl_tlv::value::{Array, ByType, Headed, IndexedArray, Lazy, NestedArray};
use nl_tlv::{
    ErrorKind, Header, Message, MessageType, Messages, NlAttrs, NlMessage, Repeat, Writer, nl_struct,
};

fn only(bytes: &[u8]) -> Message<'_> {
    Messages::new(bytes).next().unwrap().unwrap()
}

fn bytes(message: &impl NlMessage) -> Vec<u8> {
    let mut buf = [0xa5; 512];
    message.emit(&mut buf, Header::new()).unwrap().to_vec()
}

/// A message of these attributes: type with flags, and payload.
fn message(attrs: &[(u16, &[u8])]) -> Vec<u8> {
    let mut buf = [0; 512];
    let mut w = Writer::new(&mut buf);
    w.message(MessageType(20).into(), Header::new(), |w| {
        attrs.iter().try_for_each(|(ty, payload)| w.put(*ty, payload))
    })
    .unwrap();
    w.as_bytes().to_vec()
}

#[derive(NlAttrs, Clone, Debug, PartialEq)]
struct Window {
    #[nl(attr = 1)]
    width: u32,
}

/// Every form in which values of any number can lie, as fields of these numbers.
macro_rules! lists {
    ($($name:ident: $a:literal $b:literal $c:literal $d:literal $e:literal $f:literal $g:literal;)*) => {$(
        #[derive(NlMessage, Clone, Debug, PartialEq)]
        #[nl(ty = 20)]
        struct $name<'a> {
            #[nl(attr = $a)]
            numbers: Repeat<'a, u8>,
            #[nl(attr = $b)]
            nests: Repeat<'a, Window>,
            #[nl(attr = $c)]
            array: Option<Array<'a, u16>>,
            #[nl(attr = $d)]
            nested: Option<NestedArray<'a, Window>>,
            #[nl(attr = $e)]
            indexed: Option<IndexedArray<'a, u8>>,
            #[nl(attr = $f)]
            by_type: Option<ByType<'a, u8>>,
            #[nl(attr = $g)]
            lazy: Option<Lazy<'a, Window>>,
        }
    )*};
}

lists! {
    Low: 1 2 3 4 5 6 7;
    High: 11 12 13 14 15 16 17;
}

const WINDOWS: [Window; 2] = [Window { width: 80 }, Window { width: 120 }];

fn low() -> Low<'static> {
    Low {
        numbers: Repeat::new(&[3, 5]),
        nests: Repeat::new(&WINDOWS),
        array: Some(Array::new(&[7])),
        nested: Some(NestedArray::new(&WINDOWS)),
        indexed: Some(IndexedArray::new(&[9])),
        by_type: Some(ByType::new(&[(80, 1)])),
        lazy: Some(Lazy::new(&WINDOWS[0])),
    }
}

fn moved(from: Low<'_>) -> High<'_> {
    let Low { numbers, nests, array, nested, indexed, by_type, lazy } = from;
    High { numbers, nests, array, nested, indexed, by_type, lazy }
}

#[test]
fn values_are_written_under_the_type_of_the_field_that_holds_them() {
    let sent = bytes(&low());
    let received = Low::parse(&only(&sent)).unwrap();
    assert_eq!(bytes(&received), sent, "where they were");
    let elsewhere = bytes(&moved(received));
    assert_eq!(elsewhere, bytes(&moved(low())), "as those that were built");
    assert_eq!(High::parse(&only(&elsewhere)).unwrap(), moved(low()));
}

#[test]
fn items_keep_their_flags_under_another_type() {
    let sent =
        message(&[(0x4001, &[3]), (2, &[8, 0, 1, 0, 80, 0, 0, 0]), (0x8002, &[8, 0, 1, 0, 81, 0, 0, 0])]);
    let elsewhere = bytes(&moved(Low::parse(&only(&sent)).unwrap()));
    let types = only(&elsewhere).attrs().map(|attr| attr.unwrap().nla_type());
    assert_eq!(types.collect::<Vec<_>>(), [0x400b, 12, 0x800c]);
}

#[test]
fn keys_that_are_no_attribute_types_are_refused() {
    for (key, is_type) in [(0x3fff, true), (0x4000, false), (0x8001, false), (0xffff, false)] {
        let items = [(key, 1)];
        let ports = Low { by_type: Some(ByType::new(&items)), ..low() };
        match ports.emit(&mut [0; 256], Header::new()) {
            Ok(written) => assert!(is_type && Low::parse(&only(written)).unwrap() == ports, "{key:#x}"),
            Err(err) => {
                assert!(!is_type, "{key:#x}");
                assert_eq!((err.kind(), err.attr_type()), (ErrorKind::TypeTooLarge, Some(6)));
                assert_eq!((err.expected(), err.found()), (0x3fff, key.into()));
                assert!(err.to_string().contains("the largest is 16383"), "{err}");
            }
        }
    }
}

/// Limits of a field bind each of its attributes.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 20)]
struct Limited<'a> {
    #[nl(attr = 1, max = 5)]
    numbers: Repeat<'a, u8>,
    #[nl(attr = 2, max_len = 4)]
    array: Option<Array<'a, u16>>,
    #[nl(attr = 3, max = 5)]
    lazy: Option<Lazy<'a, u8>>,
    #[nl(attr = 4, max_len = 2)]
    names: Repeat<'a, &'a str>,
}

#[test]
fn limits_hold_for_what_was_received() {
    let refused = |attrs: &[(u16, &[u8])]| {
        let sent = message(attrs);
        let emitted = Limited::parse(&only(&sent)).unwrap().emit(&mut [0; 64], Header::new()).map(drop);
        emitted.map_err(|err| (err.kind(), err.attr_type().unwrap(), err.offset()))
    };
    assert_eq!(refused(&[(1, &[5]), (2, &[1, 0, 2, 0]), (3, &[5]), (4, b"ab\0")]), Ok(()));
    let before: (u16, &[u8]) = (1, &[5]);
    assert_eq!(refused(&[before, (1, &[99])]), Err((ErrorKind::OutOfRange, 1, 16)));
    assert_eq!(refused(&[before, (2, &[0; 6])]), Err((ErrorKind::TooLong, 2, 24)));
    assert_eq!(refused(&[before, (3, &[99])]), Err((ErrorKind::OutOfRange, 3, 24)));
    assert_eq!(refused(&[before, (4, b"abc")]), Err((ErrorKind::TooLong, 4, 24)));
    assert_eq!(refused(&[before, (1, &[1, 2, 3])]), Err((ErrorKind::WrongLength, 1, 16)), "not read before");
}

#[test]
fn limits_hold_for_a_lazy_value_that_was_built() {
    let lazy = Some(Lazy::new(&99));
    let limited = Limited { numbers: Repeat::default(), array: None, lazy, names: Repeat::default() };
    assert_eq!(limited.emit(&mut [0; 64], Header::new()).unwrap_err().kind(), ErrorKind::OutOfRange);
}

#[nl_struct]
struct Count {
    count: u32,
}

/// A C struct with an array behind it.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 20)]
struct Keys<'a> {
    #[nl(attr = 4)]
    keys: Headed<Count, Array<'a, u32>>,
}

#[test]
fn struct_with_items_behind_it_is_in_host_order_whatever_its_attribute_says() {
    let sent = message(&[(0x4004, &[2, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0])]);
    let keys = Keys::parse(&only(&sent)).unwrap();
    assert_eq!(keys.keys.header.count, 2);
    assert!(keys.keys.contents.iter().eq([5, 6]));
    assert_eq!(Keys::parse(&only(&bytes(&keys))).unwrap(), keys);
    let text = dissect(Keys::SCHEMAS, &sent).to_string();
    assert!(text.contains("[5, 6]"), "{text}");
}

#[test]
fn items_in_network_order_are_the_same_numbers_behind_a_struct() {
    #[derive(NlMessage, Clone, Debug, PartialEq)]
    #[nl(ty = 20)]
    struct Plain<'a> {
        #[nl(attr = 4)]
        numbers: Array<'a, u32>,
    }
    let sent = message(&[(0x4004, &[0, 0, 0, 5, 0, 0, 0, 6])]);
    let contents = Plain::parse(&only(&sent)).unwrap().numbers;
    let keys = Keys { keys: Headed { header: Count { count: 2 }, contents } };
    let written = bytes(&keys);
    assert!(Keys::parse(&only(&written)).unwrap().keys.contents.iter().eq([5, 6]));
}

/// A server's requests are read as a whole, lists included.
#[cfg(feature = "socket")]
mod request {
    use super::{Low, message};
    use nl_tlv::schema::Strictness;
    use nl_tlv::socket::{Address, Server, Transport};
    use nl_tlv::{Error, ErrorKind, Flags, Messages, NlMessage};
    use nl_tlv_testing::network::Network;
    use std::time::Instant;

    fn parsed(attrs: &[(u16, &[u8])]) -> Result<(), Error> {
        judged(attrs, Strictness::STRICT)
    }

    fn judged(attrs: &[(u16, &[u8])], strictness: Strictness) -> Result<(), Error> {
        let mut bytes = message(attrs);
        bytes[6] |= u8::try_from(Flags::REQUEST.bits()).unwrap();
        assert!(Low::parse(&Messages::new(&bytes).next().unwrap()?).is_ok(), "parse is liberal");
        let network = Network::new();
        let mut server = Server::new(network.kernel());
        if strictness != Strictness::STRICT {
            server.set_strictness(strictness);
        }
        network.open().send_to(&bytes, Address::KERNEL).unwrap();
        let request = server.recv_deadline(Instant::now()).unwrap();
        request.parse::<Low<'_>>().map(drop)
    }

    #[test]
    fn items_that_cannot_be_read_are_refused() {
        let refused =
            |attrs: &[(u16, &[u8])]| parsed(attrs).map_err(|err| (err.kind(), err.attr_type(), err.offset()));
        let nest = [8, 0, 1, 0, 80, 0, 0, 0];
        let damaged = [2, 0, 1, 0, 80, 0, 0, 0];
        let (twice, lazy, array) = (0x8002, 0x8007, 0x8005);
        assert_eq!(refused(&[(1, &[3]), (twice, &nest), (lazy, &nest)]), Ok(()));
        assert_eq!(refused(&[(1, &[3]), (1, &[0; 40])]), Err((ErrorKind::WrongLength, Some(1), 24)));
        assert_eq!(
            refused(&[(twice, &nest), (twice, &damaged)]).unwrap_err().0,
            ErrorKind::LengthBelowHeader
        );
        assert_eq!(refused(&[(lazy, &damaged)]).unwrap_err().0, ErrorKind::LengthBelowHeader);
        assert_eq!(refused(&[(array, &[6, 0, 1, 0, 1, 2])]).unwrap_err().0, ErrorKind::WrongLength);
    }
    #[test]
    fn what_the_definition_does_not_have_is_refused_unless_the_server_is_liberal() {
        let nest = [8, 0, 1, 0, 80, 0, 0, 0];
        for attrs in [&[(99, &[0; 4][..])][..], &[(2, &nest)]] {
            assert!(judged(attrs, Strictness::STRICT).is_err(), "{attrs:?}");
            assert_eq!(judged(attrs, Strictness::LIBERAL), Ok(()));
        }
    }
}
