//! Writing messages.

use nl_tlv::tlv::{TlvFormat, Tlvs};
use nl_tlv::{AttrWriter, Error, ErrorKind, Header, MessageId, MessageType, Messages, Writer};

const ID: MessageId = MessageId::Type(MessageType(20));

fn write(
    buf: &mut [u8],
    fill: impl FnOnce(&mut AttrWriter<'_>) -> Result<(), Error>,
) -> Result<Vec<u8>, Error> {
    let mut w = Writer::new(buf);
    w.message(ID, Header::new(), fill)?;
    Ok(w.finish().to_vec())
}

#[test]
fn every_byte_is_written() {
    let bytes = write(&mut [0xa5; 64], |w| {
        w.put(1, b"a")?;
        w.nest(2, |w| w.put_array(3, [1, 2, 3]))?;
        w.flag(4)
    })
    .unwrap();
    #[rustfmt::skip]
    let mut expected = vec![
        5, 0, 1, 0,  b'a', 0, 0, 0,
        12, 0, 2, 0x80,
            7, 0, 3, 0,  1, 2, 3, 0,
        4, 0, 4, 0,
    ];
    if cfg!(target_endian = "big") {
        for header in [0, 8, 12, 20] {
            expected[header..header + 2].reverse();
            expected[header + 2..header + 4].reverse();
        }
    }
    assert_eq!(bytes[16..], expected);
    assert_eq!(bytes[..4], 40u32.to_ne_bytes());
}

#[test]
fn a_payload_over_its_length_field_is_refused_and_nothing_written() {
    let bytes = write(&mut vec![0xa5; 200_000], |w| {
        for len in [65_532, 65_536, 70_000] {
            let err = w.put(7, &vec![0; len]).unwrap_err();
            assert_eq!(
                (err.kind(), err.attr_type(), err.expected()),
                (ErrorKind::PayloadTooLong, Some(7), 65_531)
            );
        }
        w.put(8, &vec![1; 65_531])
    })
    .unwrap();
    assert_eq!(bytes.len(), 16 + 65_536);
    let message = Messages::new(&bytes).next().unwrap().unwrap();
    let attrs: Vec<_> = message.attrs().map(|attr| attr.unwrap()).collect();
    assert_eq!((attrs.len(), attrs[0].ty().get(), attrs[0].payload().len()), (1, 8, 65_531));
}

#[test]
fn a_nest_that_outgrows_its_length_field_is_taken_back() {
    let bytes = write(&mut vec![0xa5; 200_000], |w| {
        w.put_array(1, [1])?;
        let nested = w.nest(2, |w| {
            w.put(1, &vec![0; 60_000])?;
            w.put(1, &vec![0; 10_000])
        });
        assert_eq!(nested.unwrap_err().kind(), ErrorKind::NestTooLong);
        w.put_array(3, [3])
    })
    .unwrap();
    assert_eq!(bytes.len(), 16 + 8 + 8);
}

#[test]
fn a_buffer_one_byte_too_small_is_an_error_with_the_needed_size() {
    let fill = |w: &mut AttrWriter<'_>| {
        w.put(1, b"abcdef")?;
        w.nest(2, |w| w.put_array(3, [0; 4]))
    };
    for len in 0..40 {
        let err = write(&mut vec![0; len], fill).unwrap_err();
        assert_eq!((err.needed(), err.found()), (Some(40), u32::try_from(len).unwrap()));
    }
    assert_eq!(write(&mut [0; 40], fill).unwrap().len(), 40);
}

#[test]
fn messages_before_a_failed_one_are_intact() {
    let mut buf = [0xa5; 64];
    let mut w = Writer::new(&mut buf);
    w.message(ID, Header::new().seq(1), |w| w.bytes(b"x")).unwrap();
    let before = w.as_bytes().to_vec();
    let err = w.message(ID, Header::new().seq(2), |w| w.put(1, &[0; 100])).unwrap_err();
    assert_eq!(err.needed(), Some(20 + 16 + 104));
    assert_eq!(w.as_bytes(), before);
    w.message(ID, Header::new().seq(3), |_| Ok(())).unwrap();
    let seqs: Vec<_> = Messages::new(w.as_bytes()).map(|m| m.unwrap().seq()).collect();
    assert_eq!(seqs, [1, 3]);
    assert_eq!(w.as_bytes()[17..20], [0; 3]);
}

#[test]
fn a_command_without_its_family_is_an_error() {
    let mut buf = [0; 64];
    let mut w = Writer::new(&mut buf);
    let id = MessageId::Command { cmd: 3, version: 1 };
    assert_eq!(w.message(id, Header::new(), |_| Ok(())).unwrap_err().kind(), ErrorKind::MissingFamily);
    w.message(id, Header::new().family(MessageType(0x1c)), |_| Ok(())).unwrap();
    assert_eq!(w.as_bytes()[16..], [3, 1, 0, 0]);
}

/// Two bytes of length of the whole record, one of type, one unused.
#[derive(Debug)]
enum Hop {}

impl TlvFormat for Hop {
    type Header = [u8; 4];
    type Type = u8;
    const ALIGN: usize = 4;

    fn ty(header: &[u8; 4]) -> u8 {
        header[2]
    }

    fn len(header: &[u8; 4]) -> usize {
        u16::from_ne_bytes([header[0], header[1]]).into()
    }

    fn header(ty: u8, payload_len: usize) -> Option<[u8; 4]> {
        let [a, b] = u16::try_from(payload_len).ok()?.checked_add(4)?.to_ne_bytes();
        Some([a, b, ty, 0])
    }
}

#[test]
fn records_of_another_format_know_their_length_and_are_padded() {
    let mut buf = [0xa5; 64];
    let mut w = Writer::new(&mut buf);
    let fill = |w: &mut AttrWriter<'_>| {
        w.put_with(9, |w| {
            w.record::<Hop>(7, |w| w.put(1, &[1, 2, 3, 4]))?;
            w.record::<Hop>(8, |w| w.bytes(&[5]))
        })
    };
    w.message(ID, Header::new(), fill).unwrap();
    let message = Messages::new(w.as_bytes()).next().unwrap().unwrap();
    let attr = message.attrs_after(0).next().unwrap().unwrap();
    let records: Vec<_> = Tlvs::<Hop>::new(attr.payload()).collect::<Result<_, _>>().unwrap();
    assert_eq!((records[0].ty(), records[0].as_bytes().len()), (7, 12));
    assert_eq!(attr.payload()[12..], [5_u16.to_ne_bytes(), [8, 0], [5, 0], [0, 0]].concat());
}

#[test]
fn record_that_its_format_has_no_header_for_is_taken_back() {
    let mut buf = vec![0xa5; 1 << 17];
    let mut w = Writer::new(&mut buf);
    w.message(ID, Header::new(), |w| {
        let err = w.record::<Hop>(7, |w| w.bytes(&[0; 0xffff])).unwrap_err();
        assert_eq!((err.kind(), err.offset(), err.found()), (ErrorKind::PayloadTooLong, 16, 0xffff));
        w.put(1, &[])
    })
    .unwrap();
    assert_eq!(w.as_bytes().len(), 20);
}
