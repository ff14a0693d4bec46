//! The walk over the attributes of a set, by which a derived struct is read.

use super::{Attr, Attrs, NlAttrFormat};
use crate::bytes::{align4, is_aligned4, wrapping_sub};
use crate::tlv::{TlvFormat, Tlvs};
use crate::wire::NlAttrHdr;
use crate::{Error, NlStruct};
use core::marker::PhantomData;

/// The walk, at one of the attributes. It steps behind that one only when its value was read: the places of both at once would
/// take more registers than there are.
#[derive(Clone, Copy, Debug)]
pub struct Walk<'a> {
    /// The attributes from that one on.
    tlvs: Tlvs<'a, NlAttrFormat>,
    /// The length of that one, when it was looked at.
    len: usize,
}

impl<'a> Walk<'a> {
    /// At the first of these attributes.
    #[inline(always)]
    pub const fn new(attrs: Attrs<'a>) -> Self {
        Self { tlvs: attrs.0, len: 0 }
    }

    /// The attribute at which it is.
    ///
    /// # Errors
    ///
    /// That of damage.
    #[inline(always)]
    pub fn attr(&mut self) -> Result<Option<Attr<'a>>, Error> {
        let Some((header, behind)) = self.tlvs.rest.split_first_chunk() else { return Ok(None) };
        self.len = NlAttrFormat::len(header);
        match behind.get(..wrapping_sub(self.len, HEADER_LEN)) {
            Some(payload) => Ok(Some(self.made(NlAttrHdr::from_bytes(header).nla_type, payload))),
            None => Err(self.tlvs.damage()),
        }
    }

    /// The same if it holds exactly four bytes: its type with its flags, and they.
    #[inline(always)]
    pub fn word(&mut self) -> Option<(u16, &'a [u8])> {
        let (header, payload) = self.tlvs.rest.first_chunk::<WORD_LEN>()?.split_first_chunk()?;
        if NlAttrFormat::len(header) != WORD_LEN {
            return None;
        }
        self.len = WORD_LEN;
        Some((NlAttrHdr::from_bytes(header).nla_type, payload))
    }

    /// That attribute.
    #[inline(always)]
    pub fn made(&self, nla_type: u16, payload: &'a [u8]) -> Attr<'a> {
        Attr { payload, nla_type, origin: self.tlvs.origin }
    }

    /// Steps behind the attribute; not where that is beyond the end, because its padding is missing.
    #[inline(always)]
    pub fn step(&mut self) -> bool {
        let Some(behind) = self.tlvs.rest.get(align4(self.len)..) else { return false };
        self.tlvs.rest = behind;
        true
    }

    /// Steps behind the attribute and those with the same type and flags that follow it; all from that one on. It stops at damage,
    /// which the walk meets next.
    #[inline(always)]
    pub(crate) fn step_over_alike(&mut self, nla_type: u16) -> Attrs<'a> {
        let from = Attrs(self.tlvs, PhantomData);
        if self.step() {
            self.tlvs.rest = behind_alike(self.tlvs.rest, nla_type);
            self.len = 0;
        }
        from
    }
}

/// Length of an attribute's header.
const HEADER_LEN: usize = size_of::<NlAttrHdr>();

/// Length of an attribute that holds four bytes.
const WORD_LEN: usize = 8;

/// What is behind the attributes at the start of `rest` that have this type and these flags. Not inlined: otherwise every
/// repeated field would have a copy of it.
#[inline(never)]
fn behind_alike(mut rest: &[u8], nla_type: u16) -> &[u8] {
    while let Some((header, behind)) = rest.split_first_chunk::<HEADER_LEN>() {
        // Nests, numbers and addresses need no padding: then the step waits only for the length to be loaded and added. One of
        // less than the header wraps, and is beyond the end too.
        let step = match NlAttrFormat::len(header) {
            _ if NlAttrHdr::from_bytes(header).nla_type != nla_type => break,
            len if is_aligned4(len) => wrapping_sub(len, HEADER_LEN),
            len if len < HEADER_LEN => break,
            len => wrapping_sub(align4(len), HEADER_LEN),
        };
        let Some(next) = behind.get(step..) else { break };
        rest = next;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;
    extern crate std;

    #[test]
    fn a_walk_ends_behind_an_attribute_without_its_padding() {
        let header = [5_u16, 1].map(u16::to_ne_bytes).concat();
        let bytes = [&header[..], &[7, 0, 0, 0], &header[..], &[9]].concat();
        let mut walk = Walk::new(Attrs::new(&bytes));
        for payload in [7, 9] {
            assert_eq!(walk.attr().unwrap().unwrap().payload(), [payload]);
            walk.step_over_alike(1);
            assert_eq!(walk.step(), payload == 7);
        }
    }
}
