use super::*;
extern crate std;
use crate::{Attrs, ErrorKind, Header, MessageType, Messages, Writer};
use core::ffi::CStr;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::vec::Vec;

/// What a value looks like on the wire: the payload of the attribute that it emits.
pub(super) fn wire<T: Emit<E>, E>(value: &T) -> Vec<u8> {
    let mut buf = [0xa5; 128];
    let mut w = Writer::new(&mut buf);
    w.message(MessageType(20).into(), Header::new(), |w| value.emit(AttrType::new(9), w)).unwrap();
    let attr = Messages::new(w.as_bytes()).next().unwrap().unwrap().attrs().next().unwrap().unwrap();
    assert_eq!(attr.ty(), AttrType::new(9));
    attr.payload().to_vec()
}

pub(super) fn read<'a, T: Parse<'a, E>, E>(payload: &'a [u8]) -> Result<T, Error> {
    T::parse(Attr::new(9, payload))
}

#[test]
fn integers_round_trip_in_both_orders() {
    assert_eq!(wire::<u16, Native>(&0x1234), 0x1234u16.to_ne_bytes());
    assert_eq!(wire::<u32, Be>(&0x1234_5678), [0x12, 0x34, 0x56, 0x78]);
    assert_eq!(wire::<i64, Be>(&-2), [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe]);
    assert_eq!(read::<i64, Be>(&wire::<i64, Be>(&-2)), Ok(-2));
    assert_eq!(read::<u16, Native>(&0x1234u16.to_ne_bytes()), Ok(0x1234));
}

#[test]
fn integers_of_another_length_are_refused() {
    for len in [0, 2, 3, 5, 8] {
        let err = read::<u32, Native>(&[0; 8][..len]).unwrap_err();
        assert_eq!((err.kind(), err.expected(), err.found()), (ErrorKind::WrongLength, 4, len as u32));
    }
}

#[test]
fn strings_are_written_with_a_nul_and_read_without_one() {
    assert_eq!(wire::<&str, Native>(&"blue"), b"blue\0");
    assert_eq!(wire::<&str, NoNul>(&"blue"), b"blue");
    assert_eq!(wire::<&[u8], Text>(&&b"bl\xff"[..]), b"bl\xff\0");
    for payload in [&b"blue"[..], b"blue\0", b"blue\0x\0\0"] {
        assert_eq!(read::<&str, Native>(payload), Ok("blue"));
        assert_eq!(read::<&str, NoNul>(payload), Ok("blue"));
        assert_eq!(read::<&[u8], Text>(payload), Ok(&b"blue"[..]));
    }
    assert_eq!(read::<&str, Native>(b""), Ok(""));
    assert_eq!(read::<&CStr, Native>(b"blue\0"), Ok(c"blue"));
    assert_eq!(read::<&CStr, Native>(b"blue").unwrap_err().kind(), ErrorKind::MissingNul);
    assert_eq!(read::<&str, Native>(b"ab\xff").unwrap_err().found(), 2);
}

#[test]
fn a_string_with_a_nul_inside_is_not_written_and_without_one_none_that_is_empty() {
    let mut buf = [0; 64];
    let mut w = Writer::new(&mut buf);
    w.message(MessageType(20).into(), Header::new(), |w| {
        let empty = Emit::<NoNul>::emit(&"", AttrType::new(1), w).unwrap_err();
        assert_eq!((empty.kind(), empty.expected()), (ErrorKind::TooShort, 1), "the kernel refuses it too");
        for err in [
            w.put_value(1, &"a\0b").unwrap_err(),
            Emit::<NoNul>::emit(&"a\0b", AttrType::new(1), w).unwrap_err(),
        ] {
            assert_eq!((err.kind(), err.found()), (ErrorKind::InteriorNul, 1));
        }
        Ok(())
    })
    .unwrap();
    assert_eq!(w.as_bytes().len(), 16);
}

#[test]
fn addresses_are_told_apart_by_length() {
    let (v4, v6) = (Ipv4Addr::new(10, 1, 1, 0), Ipv6Addr::LOCALHOST);
    assert_eq!(wire::<IpAddr, Native>(&v4.into()), [10, 1, 1, 0]);
    assert_eq!(read::<IpAddr, Native>(&v4.octets()), Ok(v4.into()));
    assert_eq!(read::<IpAddr, Native>(&v6.octets()), Ok(v6.into()));
    for len in [0, 3, 5, 15, 17] {
        assert_eq!(read::<IpAddr, Native>(&[0; 17][..len]).unwrap_err().kind(), ErrorKind::WrongLength);
    }
    let text = std::format!("{}", read::<IpAddr, Native>(&[0; 5]).unwrap_err());
    assert_eq!(text, "attribute 9: expected 4 or 16 bytes, found 5 (offset 0)");
    assert!(read::<Ipv4Addr, Native>(&v6.octets()).is_err());
    assert_eq!(
        read::<MacAddr, Native>(&[2, 0, 0, 0, 0, 255]).map(|mac| std::format!("{mac}")).unwrap(),
        "02:00:00:00:00:ff"
    );
}

#[test]
fn an_empty_payload_is_no_attribute_less() {
    let mut attrs = Attrs::new(&[]);
    assert!(attrs.next().is_none());
    assert_eq!(read::<&[u8], Native>(&[]), Ok(&[][..]));
    assert_eq!(read::<[u8; 0], Native>(&[]), Ok([]));
}
