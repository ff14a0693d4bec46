//! What does not fit its length field or the buffer, and length fields that lie: refused where it happens, through the
//! derives as well as without them.
#![cfg(feature = "derive")]

use nl_tlv::tlv::T8L8;
use nl_tlv::{Attr, AttrWriter, Attrs, Error, ErrorKind, Header, Message, MessageType, Messages, nl_struct};
use nl_tlv::{NlAttrs, NlMessage, Repeat, Writer};

/// A nest that can hold anything.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
struct Blob<'a> {
    #[nl(attr = 7)]
    bytes: &'a [u8],
}

/// A message with a string, a nest and a repeated nest.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 21)]
struct Wide<'a> {
    #[nl(attr = 1)]
    name: &'a str,
    #[nl(attr = 2)]
    blob: Option<Blob<'a>>,
    #[nl(attr = 3)]
    blobs: Repeat<'a, Blob<'a>>,
}

/// Five bytes, so that padding follows.
#[nl_struct]
struct Odd {
    bytes: [u8; 5],
}

/// A generic netlink message with a family header.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(cmd = 9)]
struct Command {
    #[nl(fixed_header)]
    odd: Odd,
    #[nl(attr = 1)]
    number: u32,
}

/// One of the ways to append an attribute of type 7.
type Write = fn(&mut AttrWriter<'_>, &[u8]) -> Result<(), Error>;

const MAX: usize = 65_531;

/// Room for everything here.
const LARGE: usize = 300_000;

#[test]
fn an_attribute_of_65531_bytes_fits_and_one_more_is_refused() {
    let bytes = vec![0xee; MAX + 1];
    let (fits, over) = (&bytes[..MAX], &bytes[..]);
    let writes: [Write; 4] = [
        |w, payload| w.put(7, payload),
        |w, payload| w.put_value(7, &payload),
        |w, payload| w.put_with(7, |w| w.bytes(payload)),
        |w, payload| w.copy(Attr::new(7, payload)),
    ];
    for write in writes {
        let written = message(|w| {
            write(w, fits)?;
            let err = write(w, over).unwrap_err();
            assert_eq!((err.kind(), err.attr_type()), (ErrorKind::PayloadTooLong, Some(7)));
            assert_eq!((err.expected(), err.found()), (65_531, 65_532));
            w.put(8, b"after")
        });
        let attrs: Vec<_> = only(&written).attrs().map(Result::unwrap).collect();
        assert_eq!(attrs.iter().map(|attr| attr.payload().len()).collect::<Vec<_>>(), [MAX, 5]);
        assert_eq!(attrs[0].payload(), fits);
    }
}

#[test]
fn a_record_over_its_length_field_is_refused_by_the_general_writer() {
    let mut buf = vec![0xa5; LARGE];
    let mut w = Writer::new(&mut buf);
    w.record::<T8L8>(7, &[0; 255]).unwrap();
    let before = w.as_bytes().len();
    assert_eq!(w.record::<T8L8>(7, &[0; 256]).unwrap_err().kind(), ErrorKind::PayloadTooLong);
    assert_eq!(w.as_bytes().len(), before);
}

#[test]
fn a_string_whose_nul_is_the_byte_too_many_is_refused() {
    let name = "x".repeat(MAX);
    let (fits, over) = (wide(&name[1..]), wide(&name));
    let mut buf = vec![0xa5; LARGE];
    let written = fits.emit(&mut buf, Header::new()).unwrap();
    assert_eq!(Wide::parse(&only(written)).unwrap(), fits);
    let err = over.emit(&mut buf, Header::new()).unwrap_err();
    assert_eq!((err.kind(), err.attr_type(), err.found()), (ErrorKind::PayloadTooLong, Some(1), 65_532));
}

#[test]
fn a_nest_that_outgrows_its_length_field_is_refused_and_the_messages_before_are_intact() {
    let bytes = vec![0xee; MAX];
    // 4 of the inner header, and 65,524 and 65,525 rounded up: 65,528 and 65,532 in the nest
    let (fits, over) = (Blob { bytes: &bytes[..65_524] }, Blob { bytes: &bytes[..65_525] });
    let both = [fits.clone(), over.clone()];
    let mut buf = vec![0xa5; LARGE];
    let mut w = Writer::new(&mut buf);
    let good = Wide { blob: Some(fits.clone()), ..wide("a") };
    good.emit_into(&mut w, Header::new()).unwrap();
    let before = w.as_bytes().to_vec();
    for bad in [Wide { blob: Some(over), ..wide("a") }, Wide { blobs: Repeat::new(&both), ..wide("a") }] {
        let err = bad.emit_into(&mut w, Header::new()).unwrap_err();
        assert_eq!((err.kind(), err.expected(), err.found()), (ErrorKind::NestTooLong, 65_531, 65_532));
        assert_eq!(w.as_bytes(), before);
    }
    assert_eq!(Wide::parse(&only(w.as_bytes())).unwrap(), good);
}

#[test]
fn a_nest_in_a_nest_counts_for_both() {
    let written = message(|w| {
        let outer = w.nest(1, |w| {
            w.put(9, &[0; 100])?;
            w.nest(2, |w| w.put(7, &vec![0; 65_500]))
        });
        assert_eq!(
            outer.map_err(|err| (err.kind(), err.attr_type())),
            Err((ErrorKind::NestTooLong, Some(1)))
        );
        Ok(())
    });
    assert_eq!(written.len(), 16);
}

#[test]
fn a_buffer_one_byte_too_small_is_told_the_size_at_every_size() {
    let blobs = [Blob { bytes: b"abc" }, Blob { bytes: b"" }];
    let message = Wide { blob: Some(blobs[0].clone()), blobs: Repeat::new(&blobs), ..wide("blue") };
    let mut buf = [0xa5; 256];
    let needed = message.emit(&mut buf, Header::new()).unwrap().len();
    for len in 0..needed {
        let mut buf = [0xa5; 256];
        let err = message.emit(&mut buf[..len], Header::new()).unwrap_err();
        assert_eq!((err.kind(), err.needed()), (ErrorKind::BufferTooSmall, u32::try_from(needed).ok()));
        assert!(buf[len..].iter().all(|&byte| byte == 0xa5));
    }
    assert_eq!(message.emit(&mut buf[..needed], Header::new()).unwrap().len(), needed);
}

#[test]
fn attribute_lengths_that_lie_are_an_error_once_wherever_they_lie() {
    for (nla_len, kind) in [
        (0, ErrorKind::LengthBelowHeader),
        (3, ErrorKind::LengthBelowHeader),
        (9, ErrorKind::LengthBeyondEnd),
        (u16::MAX, ErrorKind::LengthBeyondEnd),
    ] {
        let lying = [&nla_len.to_ne_bytes()[..], &7_u16.to_ne_bytes(), b"abcd"].concat();
        let top = message(|w| {
            w.put_value(1, &"a")?;
            w.bytes(&lying)
        });
        once(only(&top).attrs(), kind, 24);
        typed_once(&top, kind, 24);
        assert_eq!(Wide::parse(&only(&top)).map_err(|err| (err.kind(), err.offset())), Err((kind, 24)));

        let nested = message(|w| {
            w.put_value(1, &"a")?;
            w.nest(2, |w| w.bytes(&lying))
        });
        once(only(&nested).attrs().nth(1).unwrap().unwrap().nested(), kind, 28);
        assert_eq!(Wide::parse(&only(&nested)).map_err(|err| (err.kind(), err.offset())), Err((kind, 28)));

        let repeated = message(|w| {
            w.put_value(1, &"a")?;
            w.nest(3, |w| w.bytes(&lying))
        });
        let read = Wide::parse(&only(&repeated)).unwrap();
        let errors: Vec<_> =
            read.blobs.iter().map(|blob| blob.map_err(|err| (err.kind(), err.offset()))).collect();
        assert_eq!(errors, [Err((kind, 28))], "an item's own error comes when it is read");
    }
}

#[test]
fn message_lengths_that_lie_are_an_error_once() {
    for (nlmsg_len, kind) in [
        (0, ErrorKind::LengthBelowHeader),
        (15, ErrorKind::LengthBelowHeader),
        (25, ErrorKind::LengthBeyondEnd),
        (1 << 31, ErrorKind::LengthBeyondEnd),
        (u32::MAX, ErrorKind::LengthBeyondEnd),
    ] {
        let mut bytes = message(|w| w.put_value(1, &"a"));
        assert_eq!(bytes.len(), 24);
        bytes[..4].copy_from_slice(&nlmsg_len.to_ne_bytes());
        let mut messages = Messages::new(&bytes);
        let err = messages.next().unwrap().unwrap_err();
        assert_eq!((err.kind(), err.offset(), err.found()), (kind, 0, nlmsg_len));
        assert!((0..3).all(|_| messages.next().is_none()));
    }
}

#[test]
fn a_family_header_is_padded_and_offsets_count_it() {
    let command = Command { odd: Odd { bytes: *b"12345" }, number: 7 };
    let mut buf = [0xa5; 64];
    let header = Header::new().family(MessageType(0x1c));
    let mut bytes = command.emit(&mut buf, header).unwrap().to_vec();
    assert_eq!(bytes[16..28], *b"\x09\x01\0\x0012345\0\0\0");
    assert_eq!(Command::parse(&only(&bytes)).unwrap(), command);
    bytes[28..30].copy_from_slice(&7_u16.to_ne_bytes());
    let err = Command::parse(&only(&bytes)).unwrap_err();
    assert_eq!((err.kind(), err.offset(), err.found()), (ErrorKind::WrongLength, 28, 3));
    bytes[28..30].copy_from_slice(&3_u16.to_ne_bytes());
    let err = Command::parse(&only(&bytes)).unwrap_err();
    assert_eq!((err.kind(), err.offset()), (ErrorKind::LengthBelowHeader, 28));
}

#[test]
fn a_message_too_short_for_its_headers_says_where_and_how_many_bytes_there_are() {
    let odd = Odd { bytes: *b"12345" };
    let mut buf = [0xa5; 64];
    let whole = Command { odd, number: 7 }.emit(&mut buf, Header::new().family(MessageType(0x1c))).unwrap();
    for len in 16..25 {
        let mut cut = whole[..len].to_vec();
        cut[..4].copy_from_slice(&u32::try_from(len).unwrap().to_ne_bytes());
        let err = Command::parse(&only(&cut)).unwrap_err();
        let (offset, needed) = if len < 20 { (16, 4) } else { (20, 5) };
        let found = u32::try_from(len).unwrap() - offset;
        assert_eq!((err.kind(), err.offset()), (ErrorKind::Truncated, offset), "{len}");
        assert_eq!((err.expected(), err.found()), (needed, found), "{len}");
    }
}

/// One good attribute may come first; then the error, and nothing more.
fn once(mut attrs: Attrs<'_>, kind: ErrorKind, offset: u32) {
    let err = attrs.find_map(Result::err).unwrap();
    assert_eq!((err.kind(), err.offset()), (kind, offset));
    assert!((0..3).all(|_| attrs.next().is_none()));
}

fn typed_once(bytes: &[u8], kind: ErrorKind, offset: u32) {
    let mut attrs = Wide::attrs(&only(bytes)).unwrap();
    assert!(matches!(attrs.next(), Some(Ok(WideAttr::Name("a")))));
    let err = attrs.next().unwrap().unwrap_err();
    assert_eq!((err.kind(), err.offset()), (kind, offset));
    assert!((0..3).all(|_| attrs.next().is_none()));
}

fn wide(name: &str) -> Wide<'_> {
    Wide { name, blob: None, blobs: Repeat::new(&[]) }
}

fn message(fill: impl FnOnce(&mut AttrWriter<'_>) -> Result<(), Error>) -> Vec<u8> {
    let mut buf = vec![0xa5; LARGE];
    let mut w = Writer::new(&mut buf);
    w.message(MessageType(21).into(), Header::new(), fill).unwrap();
    w.as_bytes().to_vec()
}

fn only(bytes: &[u8]) -> Message<'_> {
    Messages::new(bytes).next().unwrap().unwrap()
}
