//! Every constant and every wire struct against the system's `linux/*.h`.

#[path = "support/c.rs"]
mod c;

use core::mem::offset_of;
use nl_tlv::wire::{Bitfield32, GenlMsgHdr, NlAttrHdr, NlMsgErr, NlMsgHdr};
use nl_tlv::{AckFlags, AttrType, AttrWriter, DeleteFlags, Flags, GetFlags, MessageType, NewFlags};

/// The C expression as it is written, and our value as a `u64`.
macro_rules! same {
    ($($c:expr => $ours:expr),* $(,)?) => {
        [$(($c, u64::try_from($ours).unwrap())),*]
    };
}

/// Size of a struct, and offset and size of each field.
macro_rules! layout {
    ($ours:ident, $c:literal { $($field:ident),* }) => {{
        let value = $ours::default();
        vec![
            (concat!("sizeof(struct ", $c, ")"), size_of::<$ours>()),
            $(
                (concat!("offsetof(struct ", $c, ", ", stringify!($field), ")"), offset_of!($ours, $field)),
                (concat!("sizeof(((struct ", $c, " *)0)->", stringify!($field), ")"), size_of_val(&value.$field)),
            )*
        ]
    }};
}

#[test]
fn flags_are_the_kernels() {
    let expected = same! {
        "NLM_F_REQUEST" => Flags::REQUEST.bits(),
        "NLM_F_MULTI" => Flags::MULTI.bits(),
        "NLM_F_ACK" => Flags::ACK.bits(),
        "NLM_F_ECHO" => Flags::ECHO.bits(),
        "NLM_F_DUMP_INTR" => Flags::DUMP_INTR.bits(),
        "NLM_F_DUMP_FILTERED" => Flags::DUMP_FILTERED.bits(),
        "NLM_F_ROOT" => GetFlags::ROOT.bits(),
        "NLM_F_MATCH" => GetFlags::MATCH.bits(),
        "NLM_F_ATOMIC" => GetFlags::ATOMIC.bits(),
        "NLM_F_DUMP" => GetFlags::DUMP.bits(),
        "NLM_F_REPLACE" => NewFlags::REPLACE.bits(),
        "NLM_F_EXCL" => NewFlags::EXCL.bits(),
        "NLM_F_CREATE" => NewFlags::CREATE.bits(),
        "NLM_F_APPEND" => NewFlags::APPEND.bits(),
        "NLM_F_NONREC" => DeleteFlags::NONREC.bits(),
        "NLM_F_BULK" => DeleteFlags::BULK.bits(),
        "NLM_F_CAPPED" => AckFlags::CAPPED.bits(),
        "NLM_F_ACK_TLVS" => AckFlags::ACK_TLVS.bits(),
    };
    c::assert_values("flags", &expected);
}

#[test]
fn types_and_limits_are_the_kernels() {
    let expected = same! {
        "NLMSG_NOOP" => MessageType::NOOP.0,
        "NLMSG_ERROR" => MessageType::ERROR.0,
        "NLMSG_DONE" => MessageType::DONE.0,
        "NLMSG_OVERRUN" => MessageType::OVERRUN.0,
        "NLMSG_MIN_TYPE" => MessageType::FIRST_OF_FAMILY.0,
        "(unsigned short)NLA_F_NESTED" => AttrType::NESTED_FLAG,
        "NLA_F_NET_BYTEORDER" => AttrType::NET_BYTEORDER_FLAG,
        "(unsigned short)NLA_TYPE_MASK" => AttrType::MASK,
        "(unsigned short)NLA_TYPE_MASK" => AttrType::MAX.get(),
        "(unsigned short)-1 - NLA_HDRLEN" => AttrWriter::MAX_PAYLOAD,
    };
    c::assert_values("types", &expected);
}

#[test]
fn wire_structs_are_laid_out_as_the_kernels() {
    let layouts = [
        layout!(NlMsgHdr, "nlmsghdr" { nlmsg_len, nlmsg_type, nlmsg_flags, nlmsg_seq, nlmsg_pid }),
        layout!(NlAttrHdr, "nlattr" { nla_len, nla_type }),
        layout!(NlMsgErr, "nlmsgerr" { error, msg }),
        layout!(GenlMsgHdr, "genlmsghdr" { cmd, version, reserved }),
        layout!(Bitfield32, "nla_bitfield32" { value, selector }),
    ];
    let expected: Vec<_> =
        layouts.into_iter().flatten().map(|(c, ours)| (c, u64::try_from(ours).unwrap())).collect();
    c::assert_values("layouts", &expected);
}
