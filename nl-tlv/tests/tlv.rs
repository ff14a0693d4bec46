//! Records of any format.

#[path = "formats/lldp.rs"]
mod lldp;

use lldp::Lldp;
use nl_tlv::tlv::{T8L8, TlvFormat, Tlvs};
use nl_tlv::zerocopy::big_endian::U16;
use nl_tlv::{Error, ErrorKind, Writer, iterate_tlv};

const NAME: u8 = 1;
const WEBSITE: u8 = 2;
const EMP_ID: u8 = 3;

fn unit<const N: usize>(text: &str) -> [u8; N] {
    let mut unit = [0; N];
    unit[..text.len()].copy_from_slice(text.as_bytes());
    unit
}

/// The course's buffer of 222 bytes.
fn course() -> Vec<u8> {
    let mut buf = [0xa5; 222];
    let mut w = Writer::new(&mut buf);
    w.record::<T8L8>(NAME, [unit::<32>("Abhishek Sagar"), unit("Shivani")].as_flattened()).unwrap();
    w.record::<T8L8>(WEBSITE, [unit::<64>("www.csepracticals.com"), unit("www.facebook.com")].as_flattened())
        .unwrap();
    w.record::<T8L8>(EMP_ID, [52437, 52438, 52439].map(u64::to_le_bytes).as_flattened()).unwrap();
    w.finish().to_vec()
}

#[test]
fn the_courses_buffer_has_222_bytes_and_reads_back() {
    let buf = course();
    assert_eq!(buf.len(), 222);
    let (mut names, mut ids) = (Vec::<&[u8; 32]>::new(), Vec::<u64>::new());
    let mut walk = || -> Result<(), Error> {
        iterate_tlv!(T8L8, &buf => |ty, tlv| match ty {
            NAME => names.extend(tlv.units::<[u8; 32]>()?),
            EMP_ID => ids.extend(tlv.units()?.map(|id| u64::from_le_bytes(*id))),
            _ => continue,
        })
    };
    walk().unwrap();
    assert_eq!(names, [&unit::<32>("Abhishek Sagar"), &unit("Shivani")]);
    assert_eq!(ids, [52437, 52438, 52439]);
}

#[test]
fn units_can_be_types_of_zerocopy() {
    let record = Tlvs::<T8L8>::new(&[7, 4, 0, 80, 1, 187]).next().unwrap().unwrap();
    assert!(record.units::<U16>().unwrap().eq(&[80, 443]));
}

#[test]
fn units_are_whole_and_have_a_size() {
    let record = Tlvs::<T8L8>::new(&[7, 4, 1, 2, 3, 4]).next().unwrap().unwrap();
    let err = record.units::<[u8; 3]>().err().unwrap();
    assert_eq!((err.kind(), err.expected(), err.found(), err.offset()), (ErrorKind::WrongLength, 3, 4, 2));
    assert!(record.units::<[u8; 0]>().is_err());
    let empty = Tlvs::<T8L8>::new(&[7, 0]).next().unwrap().unwrap();
    assert_eq!(empty.units::<[u8; 3]>().unwrap().count(), 0);
    assert!(empty.units::<[u8; 0]>().is_err());
}

#[test]
fn every_prefix_and_every_changed_byte_ends() {
    let buf = course();
    for end in 0..buf.len() {
        assert!(Tlvs::<T8L8>::new(&buf[..end]).count() <= end / 2 + 1);
    }
    for at in 0..buf.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut bad = buf.clone();
            bad[at] ^= flip;
            assert!(Tlvs::<T8L8>::new(&bad).count() <= bad.len() / 2 + 1);
        }
    }
}

#[test]
fn break_ends_the_loop_without_an_error() {
    let mut seen = 0;
    let outcome = iterate_tlv!(T8L8, &course() => |_, _| { seen += 1; break });
    assert_eq!((outcome, seen), (Ok(()), 1));
}

#[test]
fn damage_is_one_error_and_then_the_end() {
    let mut tlvs = Tlvs::<T8L8>::new(&[1, 0, 2]);
    assert!(tlvs.next().unwrap().is_ok());
    let err = tlvs.next().unwrap().unwrap_err();
    assert_eq!((err.kind(), err.offset(), err.found()), (ErrorKind::Truncated, 2, 1));
    assert!(tlvs.next().is_none() && tlvs.next().is_none());
}

#[test]
fn seven_and_nine_bits_are_told_apart() {
    // IEEE 802.1AB: TTL of 120 s, type 3; then a length of 9 bits
    let tlv = Tlvs::<Lldp>::new(&[0x06, 0x02, 0x00, 0x78]).next().unwrap().unwrap();
    assert_eq!((tlv.ty(), tlv.payload()), (3, &[0x00, 0x78][..]));
    let mut buf = [0; 600];
    let mut w = Writer::new(&mut buf);
    w.record::<Lldp>(127, &[1; 511]).unwrap();
    assert_eq!(w.as_bytes()[..2], [0xff, 0xff]);
    assert_eq!(w.record::<Lldp>(1, &[0; 512]).unwrap_err().kind(), ErrorKind::PayloadTooLong);
    assert_eq!(w.record::<Lldp>(128, &[]).unwrap_err().kind(), ErrorKind::TypeTooLarge);
    assert_eq!(w.finish().len(), 513);
}

/// One byte of type, one of length in words of four bytes. `UP` says whether a part of a word counts as one.
struct Words<const UP: bool>;

impl<const UP: bool> TlvFormat for Words<UP> {
    type Header = [u8; 2];
    type Type = u8;

    fn ty(header: &[u8; 2]) -> u8 {
        header[0]
    }

    fn len(header: &[u8; 2]) -> usize {
        2 + 4 * usize::from(header[1])
    }

    fn header(ty: u8, payload_len: usize) -> Option<[u8; 2]> {
        let words = if UP { payload_len.div_ceil(4) } else { payload_len / 4 };
        Some([ty, u8::try_from(words).ok()?])
    }
}

#[test]
fn record_that_would_be_read_otherwise_than_it_was_written_is_refused() {
    let mut buf = [0xa5; 32];
    let mut w = Writer::new(&mut buf);
    let err = w.record::<Words<true>>(1, b"abcde").unwrap_err();
    assert_eq!((err.kind(), err.expected(), err.found()), (ErrorKind::WrongLength, 8, 5));
    w.record::<Words<true>>(1, b"abcd").unwrap();
    w.record::<Words<true>>(2, b"efghijkl").unwrap();
    let read: Vec<_> = Tlvs::<Words<true>>::new(w.as_bytes()).map(|tlv| tlv.unwrap().payload()).collect();
    assert_eq!(read, [&b"abcd"[..], b"efghijkl"]);
    let err = Writer::new(&mut buf).record::<Words<false>>(1, b"abcde").unwrap_err();
    assert_eq!((err.kind(), err.expected(), err.found()), (ErrorKind::WrongLength, 4, 5));
}

#[test]
fn type_that_is_too_large_is_told_from_a_payload_that_is_too_long() {
    let mut buf = [0; 8];
    let mut w = Writer::new(&mut buf);
    let err = w.record::<Lldp>(200, b"abc").unwrap_err();
    assert_eq!(err.to_string(), "the type does not fit its field in the header (offset 0)");
    let err = w.record::<Lldp>(7, &[0; 600]).unwrap_err();
    assert_eq!(err.to_string(), "payload of 600 bytes; the length field holds at most 511 (offset 0)");
    let mut w = Writer::new(&mut buf);
    w.record::<T8L8>(1, b"a").unwrap();
    let err = w.record::<T8L8>(1, &[0; 256]).unwrap_err();
    assert_eq!((err.kind(), err.expected(), err.offset()), (ErrorKind::PayloadTooLong, 255, 3));
    let err = Writer::new(&mut buf).record::<Words<false>>(1, &[0; 4096]).unwrap_err();
    assert_eq!((err.kind(), err.expected()), (ErrorKind::PayloadTooLong, 1023));
}
