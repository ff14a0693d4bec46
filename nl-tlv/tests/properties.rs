//! Properties over random input: the walks against readers written another way, and what is written is what is read.

#[path = "formats/lldp.rs"]
mod lldp;
#[path = "properties/naive.rs"]
mod naive;
#[cfg(feature = "derive")]
#[path = "properties/typed.rs"]
mod typed;
#[path = "properties/usual.rs"]
mod usual;

use arbtest::arbitrary::{Arbitrary, Result as Drawn, Unstructured};
use arbtest::arbtest;
use lldp::Lldp;
use naive::{Node, Walked, encode, naive_walk, nla, nlmsg, push_message};
use nl_tlv::tlv::{T8L8, TlvFormat, Tlvs};
use nl_tlv::{AttrType, AttrWriter, Attrs, Error, Header, MessageType, Messages};
use nl_tlv::{ErrorKind, Writer};
use usual::NlAttr;

const TY: MessageType = MessageType(20);

/// Netlink's messages as a format.
struct NlMsg;

impl TlvFormat for NlMsg {
    type Header = [u8; 16];
    type Type = MessageType;
    const ALIGN: usize = 4;

    fn ty(header: &[u8; 16]) -> MessageType {
        MessageType(u16::from_ne_bytes([header[4], header[5]]))
    }

    fn len(header: &[u8; 16]) -> usize {
        u32::from_ne_bytes([header[0], header[1], header[2], header[3]]).try_into().unwrap()
    }

    fn header(ty: MessageType, payload_len: usize) -> Option<[u8; 16]> {
        let mut header = [0; 16];
        header[..4].copy_from_slice(&u32::try_from(payload_len + 16).ok()?.to_ne_bytes());
        header[4..6].copy_from_slice(&ty.0.to_ne_bytes());
        Some(header)
    }
}

#[test]
fn every_format_walks_as_the_naive_reader_does() {
    arbtest(|u| {
        let bytes = records(u)?;
        assert_eq!(walk::<NlAttr>(&bytes, |ty| ty.get()), naive_walk(&bytes, &nla()));
        assert_eq!(walk::<NlMsg>(&bytes, |ty| ty.0), naive_walk(&bytes, &nlmsg()));
        assert_eq!(walk::<T8L8>(&bytes, u16::from), naive_walk(&bytes, &naive::t8l8()));
        assert_eq!(walk::<Lldp>(&bytes, u16::from), naive_walk(&bytes, &naive::lldp()));
        Ok(())
    });
}

#[test]
fn netlinks_own_iterators_are_the_general_one() {
    arbtest(|u| {
        let bytes = records(u)?;
        let attrs =
            Attrs::new(&bytes).map(|attr| attr.map(|attr| (attr.offset(), attr.nla_type(), attr.payload())));
        let tlvs = Tlvs::<NlAttr>::new(&bytes);
        assert!(attrs.eq(tlvs.map(|tlv| {
            tlv.map(|tlv| {
                (tlv.offset(), u16::from_ne_bytes([tlv.header()[2], tlv.header()[3]]), tlv.payload())
            })
        })));
        let messages = Messages::new(&bytes).map(|message| message.map(|message| message.as_bytes()));
        let tlvs = Tlvs::<NlMsg>::new(&bytes);
        assert!(messages.eq(tlvs.map(|tlv| tlv.map(|tlv| tlv.as_bytes()))));
        Ok(())
    });
}

#[test]
fn attributes_written_are_the_naive_bytes_and_read_back() {
    arbtest(|u| {
        let tree = trees(u, 4)?;
        let expected = encode(&tree);
        let mut buf = vec![0xa5; 16 + expected.len()];
        let mut w = Writer::new(&mut buf);
        w.message(TY.into(), Header::new(), |w| write(&tree, w)).unwrap();
        let message = Messages::new(w.as_bytes()).next().unwrap().unwrap();
        assert_eq!(message.payload(), expected);
        assert_eq!(read(message.attrs()), tree);
        Ok(())
    });
}

#[test]
fn attributes_copied_raw_give_the_same_bytes() {
    arbtest(|u| {
        let area = encode(&trees(u, 4)?);
        let mut buf = vec![0xa5; 16 + area.len()];
        let mut w = Writer::new(&mut buf);
        let copy = |w: &mut AttrWriter<'_>| Attrs::new(&area).try_for_each(|attr| w.copy(attr?));
        w.message(TY.into(), Header::new(), copy).unwrap();
        assert_eq!(w.as_bytes()[16..], area);
        Ok(())
    });
}

#[test]
fn a_small_buffer_is_told_the_size_that_then_suffices() {
    arbtest(|u| {
        let tree = trees(u, 3)?;
        let needed = 16 + encode(&tree).len();
        let mut buf = vec![0xa5; needed + 8];
        let short = u.int_in_range(0..=needed - 1)?;
        let put = |w: &mut Writer<'_>| w.message(TY.into(), Header::new(), |w| write(&tree, w));
        let err = put(&mut Writer::new(&mut buf[..short])).unwrap_err();
        assert_eq!((err.kind(), err.expected()), (ErrorKind::BufferTooSmall, u32::try_from(needed).unwrap()));
        assert_eq!(buf[short..], vec![0xa5; needed + 8 - short], "written beyond the buffer");
        put(&mut Writer::new(&mut buf[..needed])).unwrap();
        Ok(())
    });
}

#[test]
fn messages_in_one_buffer_are_the_naive_bytes_and_a_failed_one_leaves_them_intact() {
    arbtest(|u| {
        let mut buf = vec![0xa5; u.int_in_range(0..=200)?];
        let mut w = Writer::new(&mut buf);
        let mut expected = Vec::new();
        for seq in 0..u.int_in_range(0..=5)? {
            let payload = <&[u8]>::arbitrary(u)?;
            let mut longer = expected.clone();
            push_message(&mut longer, TY.0, seq, payload);
            match w.message(TY.into(), Header::new().seq(seq), |w| w.bytes(payload)) {
                Ok(()) => expected = longer,
                Err(err) => assert_eq!(err.needed(), u32::try_from(longer.len()).ok()),
            }
            assert_eq!(w.as_bytes(), expected);
        }
        Ok(())
    });
}

#[test]
fn a_nest_that_fails_leaves_no_byte_behind() {
    arbtest(|u| {
        let (before, inside, after) = (trees(u, 2)?, trees(u, 2)?, trees(u, 2)?);
        let mut buf = vec![0xa5; 4096 * 4];
        let mut w = Writer::new(&mut buf);
        let refusal = Error::new(ErrorKind::UnknownAttr, 0, 0, 0);
        w.message(TY.into(), Header::new(), |w| {
            write(&before, w)?;
            let failed = w.nest(1, |w| write(&inside, w).and(Err(refusal)));
            assert_eq!(failed, Err(refusal));
            write(&after, w)
        })
        .unwrap();
        assert_eq!(w.as_bytes()[16..], [encode(&before), encode(&after)].concat());
        Ok(())
    });
}

#[test]
fn records_of_every_format_read_back() {
    arbtest(|u| {
        write_and_read::<T8L8>(u, |u| u.int_in_range(0..=u8::MAX))?;
        write_and_read::<Lldp>(u, |u| u.int_in_range(0..=127))?;
        write_and_read::<NlAttr>(u, |u| u16::arbitrary(u).map(AttrType::new))?;
        write_and_read::<NlMsg>(u, |u| u16::arbitrary(u).map(MessageType))
    });
}

/// Random bytes, or records of which some length fields may lie.
fn records(u: &mut Unstructured<'_>) -> Drawn<Vec<u8>> {
    let mut bytes = match u.int_in_range(0..=3)? {
        0 => return Vec::arbitrary(u),
        1 => [&[0; 16][..], &encode(&trees(u, 3)?)].concat(),
        _ => encode(&trees(u, 3)?),
    };
    for _ in 0..u.int_in_range(0..=2)? {
        if !bytes.is_empty() {
            let at = u.choose_index(bytes.len())?;
            bytes[at] = *u.choose(&[0, 1, 3, 4, 15, 16, 0x7f, 0x80, 0xff])?;
        }
    }
    let cut = u.int_in_range(0..=bytes.len())?;
    bytes.truncate(if u.ratio(1, 4)? { cut } else { bytes.len() });
    Ok(bytes)
}

fn trees(u: &mut Unstructured<'_>, depth: usize) -> Drawn<Vec<Node>> {
    (0..u.int_in_range(0..=4)?)
        .map(|_| {
            let ty = u.int_in_range(0..=AttrType::MASK)?;
            if depth > 0 && u.ratio(1, 3)? {
                Ok(Node::Nest(ty, trees(u, depth - 1)?))
            } else {
                let len = u.int_in_range(0..=40)?;
                Ok(Node::Leaf(ty, u.bytes(len.min(u.len()))?.to_vec()))
            }
        })
        .collect()
}

fn write(tree: &[Node], w: &mut AttrWriter<'_>) -> Result<(), Error> {
    tree.iter().try_for_each(|node| match node {
        Node::Leaf(ty, payload) => w.put(*ty, payload),
        Node::Nest(ty, inner) => w.nest(*ty, |w| write(inner, w)),
    })
}

fn read(attrs: Attrs<'_>) -> Vec<Node> {
    attrs
        .map(|attr| {
            let attr = attr.unwrap();
            match attr.is_nested() {
                true => Node::Nest(attr.ty().get(), read(attr.nested())),
                false => Node::Leaf(attr.ty().get(), attr.payload().to_vec()),
            }
        })
        .collect()
}

/// The walk in the naive reader's words; checks on the way that the end is the end.
fn walk<F: TlvFormat>(bytes: &[u8], number: impl Fn(F::Type) -> u16) -> Walked {
    let mut tlvs = Tlvs::<F>::new(bytes);
    let mut walked = Walked::default();
    while let Some(tlv) = tlvs.next() {
        match tlv {
            Ok(tlv) => {
                let payload = tlv.payload().to_vec();
                walked.records.push((usize::try_from(tlv.offset()).unwrap(), number(tlv.ty()), payload));
            }
            Err(err) => walked.damage = Some(usize::try_from(err.offset()).unwrap()),
        }
        assert!(walked.damage.is_none() || tlvs.next().is_none());
        assert!(walked.records.len() <= bytes.len(), "no progress");
    }
    assert!(tlvs.next().is_none());
    walked
}

/// Writes records until one does not fit, and reads those that did.
fn write_and_read<F: TlvFormat>(
    u: &mut Unstructured<'_>,
    ty: impl Fn(&mut Unstructured<'_>) -> Drawn<F::Type>,
) -> Drawn<()> {
    let mut buf = vec![0xa5; u.int_in_range(0..=900)?];
    let mut w = Writer::new(&mut buf);
    let mut written = Vec::new();
    for _ in 0..u.int_in_range(0..=6)? {
        let (ty, len) = (ty(u)?, u.int_in_range(0..=300)?);
        let payload = u.bytes(len.min(u.len()))?;
        match w.record::<F>(ty, payload) {
            Ok(()) => written.push((ty, payload)),
            Err(err) => assert!(matches!(err.kind(), ErrorKind::BufferTooSmall | ErrorKind::PayloadTooLong)),
        }
    }
    let read = Tlvs::<F>::new(w.as_bytes()).map(Result::unwrap);
    assert!(read.clone().map(|tlv| (tlv.ty(), tlv.payload())).eq(written));
    for tlv in read {
        let end = usize::try_from(tlv.offset()).unwrap() + tlv.as_bytes().len();
        assert!(w.as_bytes()[end..end.next_multiple_of(F::ALIGN)].iter().all(|&padding| padding == 0));
    }
    Ok(())
}
