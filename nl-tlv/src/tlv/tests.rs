use super::*;
extern crate std;
use crate::iterate_tlv;
use std::vec::Vec;
use zerocopy::little_endian::U64;

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
    let mut w = TlvWriter::<T8L8>::new(&mut buf);
    w.put_units(NAME, &[unit::<32>("Abhishek Sagar"), unit("Shivani")]).unwrap();
    w.put_units(WEBSITE, &[unit::<64>("www.csepracticals.com"), unit("www.facebook.com")]).unwrap();
    w.put_units(EMP_ID, &[52437, 52438, 52439].map(U64::new)).unwrap();
    w.finish().to_vec()
}

#[test]
fn the_courses_buffer_has_222_bytes_and_reads_back() {
    let buf = course();
    assert_eq!(buf.len(), 222);
    let (mut names, mut ids) = (Vec::<&[u8; 32]>::new(), Vec::<u64>::new());
    let mut walk = || -> Result<(), Error> {
        iterate_tlv!(T8L8, &buf => |ty, value| match ty {
            NAME => names.extend(value.units::<[u8; 32]>()?),
            EMP_ID => ids.extend(value.units::<U64>()?.map(|id| id.get())),
            _ => continue,
        })
    };
    walk().unwrap();
    assert_eq!(names, [&unit::<32>("Abhishek Sagar"), &unit("Shivani")]);
    assert_eq!(ids, [52437, 52438, 52439]);
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

    let mut tlvs = Tlvs::<T16L16>::new(&[1, 1, 3, 0, 9, 9]);
    #[cfg(target_endian = "little")]
    assert_eq!(tlvs.next().unwrap().unwrap_err().kind(), ErrorKind::LengthBelowHeader);
    #[cfg(target_endian = "big")]
    assert_eq!(tlvs.next().unwrap().unwrap_err().kind(), ErrorKind::LengthBeyondEnd);
    assert!(tlvs.next().is_none());
}

#[test]
fn seven_and_nine_bits_are_told_apart() {
    // IEEE 802.1AB: TTL of 120 s, type 3; then a length of 9 bits
    let tlv = Tlvs::<Lldp>::new(&[0x06, 0x02, 0x00, 0x78]).next().unwrap().unwrap();
    assert_eq!((tlv.ty(), tlv.payload().as_bytes()), (3, &[0x00, 0x78][..]));
    let mut buf = [0; 600];
    let mut w = TlvWriter::<Lldp>::new(&mut buf);
    w.put(127, &[1; 511]).unwrap();
    assert_eq!(w.as_bytes()[..2], [0xff, 0xff]);
    assert_eq!(w.put(1, &[0; 512]).unwrap_err().kind(), ErrorKind::PayloadTooLong);
    assert_eq!(w.put(128, &[]).unwrap_err().kind(), ErrorKind::PayloadTooLong);
    assert_eq!(w.finish().len(), 513);
}
