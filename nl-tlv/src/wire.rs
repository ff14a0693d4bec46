//! The kernel's structs, with plain integers as fields: [`NlStruct::from_bytes`](crate::NlStruct::from_bytes) reads one
//! from bytes at any address, so that misaligned input does not exist.
//!
//! ```
//! use nl_tlv::NlStruct;
//! use nl_tlv::wire::NlMsgHdr;
//!
//! let header = NlMsgHdr { nlmsg_len: 16, nlmsg_type: 3, ..NlMsgHdr::default() };
//! let mut bytes = vec![0xa5]; // the header is at an odd address
//! bytes.extend(header.to_bytes());
//! assert_eq!(NlMsgHdr::from_prefix(&bytes[1..]), Some(header));
//! ```

use crate::structs::nl_structs;

/// The header of every netlink message.
///
/// ```text
///  0               2               4
/// +-------------------------------+
/// |           nlmsg_len           |  bytes, with this header, without padding
/// +---------------+---------------+
/// |  nlmsg_type   |  nlmsg_flags  |
/// +---------------+---------------+
/// |           nlmsg_seq           |
/// +-------------------------------+
/// |           nlmsg_pid           |  port id; the sender writes what it likes
/// +-------------------------------+
/// ```
///
/// Host byte order throughout.
///
/// Source: `include/uapi/linux/netlink.h`, `struct nlmsghdr`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
#[doc(alias = "nlmsghdr")]
pub struct NlMsgHdr {
    /// Length in bytes with this header, without the padding behind the message.
    pub nlmsg_len: u32,
    /// Message type; below 16 it is netlink's own.
    pub nlmsg_type: u16,
    /// Flags; what 0x100 and above mean depends on the kind of message.
    pub nlmsg_flags: u16,
    /// Sequence number, chosen by the requester and echoed by the kernel.
    pub nlmsg_seq: u32,
    /// Port id that the sender claims; never trust it, the socket address says who sent.
    pub nlmsg_pid: u32,
}

/// The header of an attribute.
///
/// Host byte order. The two top bits of `nla_type` are flags.
///
/// Source: `include/uapi/linux/netlink.h`, `struct nlattr`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
#[doc(alias = "nlattr")]
pub(crate) struct NlAttrHdr {
    /// Length in bytes with this header, without the padding behind the attribute.
    pub nla_len: u16,
    /// Type in the low 14 bits, `NLA_F_NESTED` 0x8000, `NLA_F_NET_BYTEORDER` 0x4000.
    pub nla_type: u16,
}

/// The fixed part of an `NLMSG_ERROR` payload.
///
/// Source: `include/uapi/linux/netlink.h`, `struct nlmsgerr`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
#[doc(alias = "nlmsgerr")]
pub(crate) struct NlMsgErr {
    /// 0 for an acknowledgement, otherwise a negative errno.
    pub error: i32,
    /// The header of the request that this answers.
    pub msg: NlMsgHdr,
}

/// The header of generic netlink, behind the [`NlMsgHdr`].
///
/// Source: `include/uapi/linux/genetlink.h`, `struct genlmsghdr`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
#[doc(alias = "genlmsghdr")]
pub struct GenlMsgHdr {
    /// Command of the family.
    pub cmd: u8,
    /// Version of the family.
    pub version: u8,
    /// Zero; the kernel refuses anything else for new families.
    pub reserved: u16,
}

nl_structs! {
    NlMsgHdr { nlmsg_len: u32, nlmsg_type: u16, nlmsg_flags: u16, nlmsg_seq: u32, nlmsg_pid: u32 }
    NlAttrHdr { nla_len: u16, nla_type: u16 }
    NlMsgErr { error: i32, msg: NlMsgHdr }
    GenlMsgHdr { cmd: u8, version: u8, reserved: u16 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_the_kernels() {
        assert_eq!(size_of::<NlMsgHdr>(), 16);
        assert_eq!(size_of::<NlAttrHdr>(), 4);
        assert_eq!(size_of::<NlMsgErr>(), 20);
        assert_eq!(size_of::<GenlMsgHdr>(), 4);
    }
}
