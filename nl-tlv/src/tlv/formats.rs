//! Headers that are met often.

use super::TlvFormat;
use crate::bytes::{add, from_u16};
use zerocopy::network_endian::U16 as Be16;

/// One byte of type, one byte of length of the value alone, as in the information elements of Wi-Fi (IEEE 802.11).
///
/// ```text
/// +------+------+-----------------
/// | type | len  | value: len bytes
/// +------+------+-----------------
/// ```
#[derive(Clone, Copy, Debug)]
pub struct T8L8;

impl TlvFormat for T8L8 {
    type Header = [u8; 2];
    type Type = u8;

    #[inline(always)]
    fn ty(&[ty, _]: &[u8; 2]) -> u8 {
        ty
    }

    #[inline(always)]
    fn len(&[_, len]: &[u8; 2]) -> usize {
        add(2, usize::from(len))
    }

    #[inline]
    fn header(ty: u8, payload_len: usize) -> Option<[u8; 2]> {
        Some([ty, u8::try_from(payload_len).ok()?])
    }
}

/// Seven bits of type and nine bits of length of the value alone, network order.
///
/// ```
/// use nl_tlv::tlv::{Lldp, Tlvs};
///
/// let frame = [0x06, 0x02, 0x00, 0x78, 0x00, 0x00]; // time to live: 120 seconds; end
/// let ttl = Tlvs::<Lldp>::new(&frame).next().unwrap()?;
/// assert_eq!((ttl.ty(), ttl.payload()), (3, &[0, 120][..]));
/// # Ok::<(), nl_tlv::Error>(())
/// ```
///
/// Source: IEEE 802.1AB, 8.4.
#[derive(Clone, Copy, Debug)]
pub struct Lldp;

impl TlvFormat for Lldp {
    type Header = Be16;
    type Type = u8;

    #[inline(always)]
    fn ty(header: &Be16) -> u8 {
        let [high, _] = header.get().to_be_bytes();
        high >> 1
    }

    #[inline(always)]
    fn len(header: &Be16) -> usize {
        add(2, from_u16(header.get() & 0x1ff))
    }

    #[inline]
    fn header(ty: u8, payload_len: usize) -> Option<Be16> {
        let len = u16::try_from(payload_len).ok().filter(|&len| len <= 0x1ff)?;
        let ty = Some(ty).filter(|&ty| ty <= 0x7f)?;
        Some(((u16::from(ty) << 9) | len).into())
    }
}
