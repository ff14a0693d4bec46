//! What a format calls the usual length of a record makes no difference to what a walk finds.

use super::{Drawn, Unstructured, records};
use arbtest::arbitrary::Arbitrary;
use arbtest::arbtest;
use nl_tlv::tlv::{TlvFormat, Tlvs};
use nl_tlv::{AttrType, Attrs, Error};

/// Netlink's attributes as a format.
pub(crate) type NlAttr = Usual<0, 4>;

/// Netlink's attributes, if `LEN` bytes were usual and records began at multiples of `ALIGN`.
pub(crate) struct Usual<const LEN: usize, const ALIGN: usize>;

impl<const LEN: usize, const ALIGN: usize> TlvFormat for Usual<LEN, ALIGN> {
    type Header = [u8; 4];
    type Type = AttrType;
    const ALIGN: usize = ALIGN;
    const USUAL_LEN: usize = LEN;

    fn ty(&[_, _, low, high]: &[u8; 4]) -> AttrType {
        AttrType::new(u16::from_ne_bytes([low, high]))
    }

    fn len(&[low, high, ..]: &[u8; 4]) -> usize {
        u16::from_ne_bytes([low, high]).into()
    }

    fn header(ty: AttrType, payload_len: usize) -> Option<[u8; 4]> {
        let ([a, b], [c, d]) = (u16::try_from(payload_len + 4).ok()?.to_ne_bytes(), ty.get().to_ne_bytes());
        Some([a, b, c, d])
    }
}

/// A record's offset, type and bytes.
type Record<'a> = (u32, u16, &'a [u8], &'a [u8]);

/// Everything that a walk can say, and what it leaves.
fn everything<F: TlvFormat<Type = AttrType>>(bytes: &[u8]) -> (Vec<Result<Record<'_>, Error>>, u32, &[u8]) {
    let mut tlvs = Tlvs::<F>::at(bytes, 16);
    let found =
        tlvs.by_ref().map(|tlv| tlv.map(|tlv| (tlv.offset(), tlv.ty().get(), tlv.as_bytes(), tlv.payload())));
    (found.collect(), tlvs.offset(), tlvs.remainder())
}

fn agree<const ALIGN: usize>(bytes: &[u8]) {
    let expected = everything::<Usual<0, ALIGN>>(bytes);
    assert_eq!(everything::<Usual<1, ALIGN>>(bytes), expected);
    assert_eq!(everything::<Usual<4, ALIGN>>(bytes), expected);
    assert_eq!(everything::<Usual<7, ALIGN>>(bytes), expected);
    assert_eq!(everything::<Usual<8, ALIGN>>(bytes), expected);
    assert_eq!(everything::<Usual<12, ALIGN>>(bytes), expected);
    assert_eq!(everything::<Usual<{ usize::MAX }, ALIGN>>(bytes), expected);
}

/// Records of which many have a length near the usual one, and the last of which may be cut.
fn short_records(u: &mut Unstructured<'_>) -> Drawn<Vec<u8>> {
    let mut bytes = Vec::new();
    for _ in 0..u.int_in_range(1..=8)? {
        let len = u.int_in_range(0..=13u16)?;
        bytes.extend(len.to_ne_bytes());
        bytes.extend(u16::arbitrary(u)?.to_ne_bytes());
        bytes.resize(bytes.len() + usize::from(len.saturating_sub(4)).next_multiple_of(4), 0xa5);
    }
    bytes.truncate(bytes.len().saturating_sub(u.int_in_range(0..=7)?));
    Ok(bytes)
}

#[test]
fn what_is_usual_is_not_seen_in_the_result() {
    arbtest(|u| {
        let bytes = if u.ratio(1, 2)? { records(u)? } else { short_records(u)? };
        agree::<4>(&bytes);
        agree::<1>(&bytes);
        let attrs = Attrs::at(&bytes, 16)
            .map(|attr| attr.map(|attr| (attr.offset(), attr.ty().get(), attr.payload())));
        let general = everything::<NlAttr>(&bytes).0;
        assert!(attrs.eq(general.into_iter().map(|tlv| tlv.map(|(at, ty, _, payload)| (at, ty, payload)))));
        Ok(())
    });
}
