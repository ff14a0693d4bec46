//! Attributes as views.

use nl_tlv::{Attrs, ErrorKind};

fn header(nla_len: u16, nla_type: u16) -> [u8; 4] {
    let ([a, b], [c, d]) = (nla_len.to_ne_bytes(), nla_type.to_ne_bytes());
    [a, b, c, d]
}

fn attr(nla_type: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = header(u16::try_from(payload.len()).unwrap() + 4, nla_type).to_vec();
    bytes.extend(payload);
    bytes
}

#[test]
fn an_unpadded_last_attribute_is_complete() {
    let bytes = attr(1, b"abc");
    let mut attrs = Attrs::new(&bytes);
    assert_eq!(attrs.next().unwrap().unwrap().payload(), b"abc");
    assert!(attrs.next().is_none());
}

#[test]
fn three_trailing_bytes_are_no_attribute_and_no_error() {
    let bytes = [&attr(1, &[0; 4])[..], &[1, 2, 3]].concat();
    let mut attrs = Attrs::new(&bytes);
    assert!(attrs.next().unwrap().is_ok());
    assert!(attrs.next().is_none());
    assert_eq!(attrs.remainder(), [1, 2, 3]);
}

#[test]
fn lying_lengths_are_one_error_and_then_the_end() {
    for (len, kind) in [
        (0, ErrorKind::LengthBelowHeader),
        (3, ErrorKind::LengthBelowHeader),
        (9, ErrorKind::LengthBeyondEnd),
        (0xffff, ErrorKind::LengthBeyondEnd),
    ] {
        let bytes = [&attr(1, &[0; 4])[..], &header(len, 2), &[0; 4]].concat();
        let mut attrs = Attrs::at(&bytes, 16);
        assert!(attrs.next().unwrap().is_ok());
        let err = attrs.next().unwrap().unwrap_err();
        assert_eq!((err.kind(), err.offset(), err.found()), (kind, 24, u32::from(len)));
        assert!(attrs.next().is_none() && attrs.next().is_none());
    }
}

#[test]
fn types_are_masked_and_flags_kept() {
    let bytes = attr(0xc005, &[]);
    let attr = Attrs::new(&bytes).find(5).unwrap().unwrap();
    assert_eq!((attr.ty().get(), attr.nla_type()), (5, 0xc005));
    assert!(attr.is_nested() && attr.is_net_byteorder());
}

#[test]
fn the_same_attribute_in_two_places_is_equal() {
    let bytes = [attr(3, &[1; 4]), attr(3, &[1; 4]), attr(0x8003, &[1; 4]), attr(3, &[2; 4])].concat();
    let attrs: Vec<_> = Attrs::at(&bytes, 16).map(Result::unwrap).collect();
    assert_eq!(attrs[0], attrs[1]);
    assert_ne!(attrs[0], attrs[2]);
    assert_ne!(attrs[0], attrs[3]);
}

#[test]
fn nested_errors_report_their_place_in_the_message() {
    let bytes = attr(0x8001, &attr(2, &[1, 2, 3]));
    let outer = Attrs::at(&bytes, 16).next().unwrap().unwrap();
    let err = outer.nested().next().unwrap().unwrap().parse::<u32>().unwrap_err();
    assert_eq!((err.kind(), err.attr_type(), err.offset()), (ErrorKind::WrongLength, Some(2), 20));
}

#[test]
fn find_takes_the_first_of_several() {
    let bytes = [attr(1, &[1, 0, 0, 0]), attr(1, &[2, 0, 0, 0])].concat();
    assert_eq!(Attrs::new(&bytes).find(1).unwrap().unwrap().payload(), [1, 0, 0, 0]);
    assert_eq!(Attrs::new(&bytes).find(2).unwrap(), None);
}
