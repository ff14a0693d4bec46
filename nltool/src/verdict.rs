//! What an error message holds: the request that it echoes, or only its header, and the extended ack behind it.

use nl_tlv::MessageId;
use nl_tlv::schema::{AttrSchema, AttrSet, MessageSchema, Presence, SetRef, ValueType};
use nl_tlv::{Attrs, MessageType, NlAttrs};
use nl_tlv_families::nlctrl::AttrPolicy;

/// The parts of an `NLMSG_ERROR`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict<'m> {
    /// The error code; 0 is an acknowledgement.
    pub code: i32,
    /// The request.
    pub request: &'m [u8],
    /// Where the extended ack begins, and what is in it.
    ext_ack: (usize, &'m [u8]),
    message: &'m [u8],
}

/// `NLM_F_CAPPED` and `NLM_F_ACK_TLVS`.
const CAPPED: u16 = 0x100;
const ACK_TLVS: u16 = 0x200;

/// Length of an `nlmsghdr`, which is also the offset of the error code.
const HEADER: usize = 16;

impl<'m> Verdict<'m> {
    /// Offset of the request in the message.
    pub const REQUEST: usize = HEADER + 4;

    /// Of a whole message; `None` if it ends before the request.
    pub fn of(message: &'m [u8]) -> Option<Self> {
        let code = i32::from_ne_bytes(message.get(HEADER..Self::REQUEST)?.try_into().ok()?);
        let echo = message.get(Self::REQUEST..)?;
        let len = u32::from_ne_bytes(echo.get(..4)?.try_into().ok()?);
        let flags = u16::from_ne_bytes(message.get(6..8)?.try_into().ok()?);
        let len = if flags & CAPPED != 0 { HEADER } else { usize::try_from(len).unwrap_or(usize::MAX) };
        let request = echo.get(..len.max(HEADER)).unwrap_or(echo);
        let at = (Self::REQUEST + request.len().next_multiple_of(4)).min(message.len());
        let tlvs = message.get(at..).filter(|_| flags & ACK_TLVS != 0).unwrap_or_default();
        Some(Self { code, request, ext_ack: (at, tlvs), message })
    }

    /// The request, if more than its header is there.
    pub fn whole_request(&self) -> Option<&'m [u8]> {
        Some(self.request).filter(|request| request.len() > HEADER)
    }

    /// Bytes whose contents as [`EXT_ACK`] are the extended ack, and their offset in the message.
    pub fn ext_ack(&self) -> Option<(usize, &'m [u8])> {
        let (at, tlvs) = self.ext_ack;
        let from = at.checked_sub(HEADER).filter(|_| !tlvs.is_empty())?;
        Some((from, self.message.get(from..)?))
    }

    /// Where an attribute of the extended ack lies in the message.
    pub fn place(&self, ty: u16) -> Option<u32> {
        let (at, tlvs) = self.ext_ack;
        let found = Attrs::new(tlvs).map_while(Result::ok).find(|attr| attr.ty().get() == ty)?;
        u32::try_from(at).ok()?.checked_add(found.offset())
    }
}

/// `NLMSGERR_ATTR_OFFS` and `NLMSGERR_ATTR_MISS_TYPE`.
pub const OFFSET: u16 = 2;
pub const MISS_TYPE: u16 = 5;

/// An extended ack: `enum nlmsgerr_attrs` of `linux/netlink.h`.
pub static EXT_ACK: MessageSchema = MessageSchema::new(
    "ExtAck",
    "",
    MessageId::Type(MessageType::ERROR),
    &AttrSet::new(
        "ExtAck",
        "",
        &[
            attr(1, "msg", ValueType::String),
            attr(OFFSET, "offset", ValueType::U32),
            attr(3, "cookie", ValueType::Bytes),
            attr(4, "policy", ValueType::Nested(SetRef::new(&|| AttrPolicy::SCHEMA))),
            attr(MISS_TYPE, "miss_type", ValueType::U32),
            attr(6, "miss_nest", ValueType::U32),
        ],
    ),
);

const fn attr(ty: u16, name: &'static str, value: ValueType) -> AttrSchema {
    AttrSchema::of(value, Presence::Optional).named(ty, name, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A refusal of a request of 24 bytes, echoed or not.
    fn message(flags: u16, request: &[u8], behind: &[u8]) -> Vec<u8> {
        let len = u32::try_from(HEADER + 4 + request.len() + behind.len()).unwrap();
        let header = [&len.to_ne_bytes()[..], &[2, 0], &flags.to_ne_bytes(), &[0; 8]].concat();
        [&header, &(-22_i32).to_ne_bytes()[..], request, behind].concat()
    }

    #[test]
    fn the_request_ends_where_it_says_or_behind_its_header() {
        let request = [&24_u32.to_ne_bytes()[..], &[16, 0, 5, 0], &[7; 16]].concat();
        let ack = [8_u16, OFFSET].map(u16::to_ne_bytes).concat();
        let ack = [&ack[..], &20_u32.to_ne_bytes()].concat();
        let whole = message(0x200, &request, &ack);
        let verdict = Verdict::of(&whole).unwrap();
        assert_eq!((verdict.code, verdict.whole_request()), (-22, Some(&request[..])));
        assert_eq!((verdict.place(OFFSET), verdict.place(MISS_TYPE)), (Some(44), None));
        assert_eq!(verdict.ext_ack().unwrap().0, 28);
        let capped = message(0x300, &request[..16], &ack);
        let verdict = Verdict::of(&capped).unwrap();
        assert_eq!((verdict.whole_request(), verdict.place(OFFSET)), (None, Some(36)));
        assert_eq!(Verdict::of(&message(0, &request, &ack)).unwrap().ext_ack(), None);
    }

    #[test]
    fn messages_that_end_early_are_read_as_far_as_they_go() {
        let whole = message(0x200, &[0xff; 24], &[0xff; 9]);
        for len in 0..whole.len() {
            let verdict = Verdict::of(&whole[..len]);
            assert_eq!(verdict.is_some(), len >= HEADER + 8, "{len}");
            assert_eq!(verdict.and_then(|verdict| verdict.place(OFFSET)), None);
        }
    }
}
