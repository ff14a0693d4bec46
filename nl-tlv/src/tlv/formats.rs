//! A header that is met often.

use super::TlvFormat;
use crate::bytes::add;

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
