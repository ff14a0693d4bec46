//! LLDP's records as a format: seven bits of type and nine bits of length of the payload alone, network order.
//!
//! Source: IEEE 802.1AB, 8.4.

use nl_tlv::tlv::TlvFormat;

/// A format whose header is not made of whole bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lldp;

impl TlvFormat for Lldp {
    type Header = [u8; 2];
    type Type = u8;

    fn ty(header: &[u8; 2]) -> u8 {
        header[0] >> 1
    }

    fn len(header: &[u8; 2]) -> usize {
        2 + usize::from(u16::from_be_bytes(*header) & 0x1ff)
    }

    fn header(ty: u8, payload_len: usize) -> Option<[u8; 2]> {
        let len = u16::try_from(payload_len).ok().filter(|&len| len <= 0x1ff)?;
        let ty = Some(ty).filter(|&ty| ty <= 0x7f)?;
        Some(((u16::from(ty) << 9) | len).to_be_bytes())
    }
}
