//! The generic netlink family `nl_check` of `kmod/nl_check.ko`, for tests: it puts attributes to the kernel's validator.
//!
//! [`Checked`] has an attribute of each kind of policy. The module's header and policies are generated from it, and the
//! scenarios compare the kernel's verdict with that of the library's own validator.

use nl_tlv::schema::MessageSchema;
use nl_tlv::value::{Bitfield32, ByType, Headed, IndexedArray, NestedArray};
use nl_tlv::{NlAttrs, NlMessage, NlSubMessage, NlValue, Repeat};
use nl_tlv_uapi::{FamilyDef, ProtocolDef};
use std::convert::Infallible;

/// Name of the generic netlink family.
pub const FAMILY: &str = "nl_check";

/// What the module's header and policies are generated from.
pub static NL_CHECK: ProtocolDef = ProtocolDef {
    doc: "For tests: puts attributes to the kernel's validator.",
    family: Some(FamilyDef { name: FAMILY, version: 1, requests: REQUESTS, answers: &[], groups: &[] }),
    sets: &[<Checked<'_> as NlAttrs>::SCHEMA],
    ..ProtocolDef::new("nl_check")
};

const REQUESTS: &[&MessageSchema] = &[Check::SCHEMAS[0], Read::SCHEMAS[0]];

/// Puts attributes to the kernel's validator; the verdict is the ACK.
#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(cmd = 1, c_name = "NL_CHECK_CMD_CHECK", c_prefix = "NL_CHECK_CMD_CHECK_A")]
pub struct Check<'a> {
    /// How strict to be: bits of the kernel's enum netlink_validation, u32.
    #[nl(attr = 1, mask = 0x1f)]
    pub mode: Option<u32>,
    /// The attributes to check, from enum nl_check_attr, binary.
    #[nl(attr = 2)]
    pub attrs: Option<&'a [u8]>,
}

/// Puts a value to the policy of the form that its kind selects; the verdict is the ACK.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(cmd = 2, c_name = "NL_CHECK_CMD_READ", c_prefix = "NL_CHECK_CMD_READ_A")]
pub struct Read<'a> {
    /// Number of enum nl_check_kind.
    #[nl(attr = 1)]
    pub kind: ReadKind,
    /// What the kind selects.
    #[nl(attr = 2, select = kind)]
    pub value: ReadValue<'a>,
}

/// What a value is.
#[derive(NlValue, Clone, Copy, Debug, PartialEq)]
#[nl(c_prefix = "NL_CHECK_KIND")]
#[repr(u8)]
pub enum ReadKind {
    /// A number.
    Number = 1,
    /// A text.
    Text = 2,
    /// Attributes.
    Nest = 3,
    /// A struct with attributes behind it.
    Headed = 4,
    /// Another one.
    #[nl(other)]
    Other(u8),
}

/// A value: some forms are nests, and others are not.
#[derive(NlSubMessage, Clone, Debug, PartialEq)]
pub enum ReadValue<'a> {
    /// A number.
    #[nl(when = 1)]
    Number(u32),
    /// A text.
    #[nl(when = 2)]
    Text(&'a str),
    /// Attributes.
    #[nl(when = 3)]
    Nest(CheckedNest<'a>),
    /// A struct with attributes behind it.
    #[nl(when = 4)]
    Headed(Headed<Bitfield32, CheckedBehind>),
}

/// What the command [`Check`] puts to the kernel's validator: an attribute of each kind of policy.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
#[nl(c_prefix = "NL_CHECK_A")]
pub struct Checked<'a> {
    /// u8.
    #[nl(attr = 1)]
    pub u8: Option<u8>,
    /// u16.
    #[nl(attr = 2)]
    pub u16: Option<u16>,
    /// u32.
    #[nl(attr = 3)]
    pub u32: Option<u32>,
    /// u64.
    #[nl(attr = 4)]
    pub u64: Option<u64>,
    /// s8.
    #[nl(attr = 5)]
    pub s8: Option<i8>,
    /// s16.
    #[nl(attr = 6)]
    pub s16: Option<i16>,
    /// s32.
    #[nl(attr = 7)]
    pub s32: Option<i32>,
    /// s64.
    #[nl(attr = 8)]
    pub s64: Option<i64>,
    /// u16 in network order.
    #[nl(attr = 9, be)]
    pub be16: Option<u16>,
    /// u32 in network order.
    #[nl(attr = 10, be)]
    pub be32: Option<u32>,
    /// String of at most 8 bytes, the NUL optional.
    #[nl(attr = 11, no_nul, max_len = 8)]
    pub string: Option<&'a str>,
    /// String of at most 8 bytes and a NUL.
    #[nl(attr = 12, max_len = 8)]
    pub nul_string: Option<&'a str>,
    /// At most 8 bytes.
    #[nl(attr = 13, max_len = 8)]
    pub binary_max: Option<&'a [u8]>,
    /// At least 4 bytes.
    #[nl(attr = 14, min_len = 4)]
    pub binary_min: Option<&'a [u8]>,
    /// 4 to 16 bytes.
    #[nl(attr = 15, min_len = 4, max_len = 16)]
    pub binary_range: Option<&'a [u8]>,
    /// Exactly 6 bytes.
    #[nl(attr = 16)]
    pub exact_len: Option<[u8; 6]>,
    /// No payload.
    #[nl(attr = 17)]
    pub flag: bool,
    /// Nest of enum nl_check_nest_attr.
    #[nl(attr = 18)]
    pub nested: Option<CheckedNest<'a>>,
    /// Nest of nests of enum nl_check_nest_attr.
    #[nl(attr = 19)]
    pub nested_array: Option<NestedArray<'a, CheckedNest<'a>>>,
    /// Value and selector, bits 0 to 3.
    #[nl(attr = 20, mask = 0xf)]
    pub bitfield32: Option<Bitfield32>,
    /// u8 from 10 to 20.
    #[nl(attr = 21, range = 10..=20)]
    pub u8_range: Option<u8>,
    /// s32 from -10 to 10.
    #[nl(attr = 22, range = -10..=10)]
    pub s32_range: Option<i32>,
    /// u16 of at least 100.
    #[nl(attr = 23, min = 100)]
    pub u16_min: Option<u16>,
    /// u32 of at most 1000.
    #[nl(attr = 24, max = 1000)]
    pub u32_max: Option<u32>,
    /// u16 in network order from 10 to 20.
    #[nl(attr = 25, be, range = 10..=20)]
    pub be16_range: Option<u16>,
    /// u32 of bits 0 to 7.
    #[nl(attr = 26, mask = 0xff)]
    pub u32_mask: Option<u32>,
    /// Always refused.
    #[nl(attr = 27)]
    pub reject: Option<Infallible>,
    /// u32, after a type (28) that has no policy.
    #[nl(attr = 29)]
    pub last: Option<u32>,
    /// Nest of u32s, whose types count.
    #[nl(attr = 30)]
    pub indexed: Option<IndexedArray<'a, u32>>,
    /// Nest of nests of enum nl_check_nest_attr, whose types count.
    #[nl(attr = 31)]
    pub indexed_nests: Option<IndexedArray<'a, CheckedNest<'a>>>,
    /// Nest of nests of enum nl_check_nest_attr, whose types are values.
    #[nl(attr = 32)]
    pub by_type: Option<ByType<'a, CheckedNest<'a>>>,
    /// Struct of 8 bytes, and attributes of enum nl_check_behind_attr.
    #[nl(attr = 33)]
    pub headed: Option<Headed<Bitfield32, CheckedBehind>>,
    /// String that selects.
    #[nl(attr = 34, max_len = 8)]
    pub kind: Option<&'a str>,
    /// Nest, selected by the kind.
    #[nl(attr = 35, select = kind)]
    pub nested_form: Option<CheckedNests<'a>>,
    /// Bytes, selected by the kind.
    #[nl(attr = 36, select = kind)]
    pub bytes_form: Option<CheckedForms>,
    /// Number of enum nl_check_mood.
    #[nl(attr = 37)]
    pub mood: Option<CheckedMood>,
    /// Bits of enum nl_check_trait.
    #[nl(attr = 38, mask = 0x3)]
    pub traits: Option<CheckedTraits>,
    /// Nest of enum nl_check_newer_attr.
    #[nl(attr = 39)]
    pub newer: Option<CheckedNewer<'a>>,
    /// Nest or number, selected by the kind.
    #[nl(attr = 40, select = kind)]
    pub mixed_form: Option<CheckedMixed<'a>>,
    /// Nest or number, selected by the kind, in a family that has no policy for it.
    #[nl(attr = 41, select = kind)]
    pub flagged_form: Option<CheckedFlagged<'a>>,
    /// Nest of enum nl_check_outside_attr.
    #[nl(attr = 42, select = kind)]
    pub outside: Option<CheckedOutside<'a>>,
}

/// A set that was extended when its family was strict already.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
#[nl(c_prefix = "NL_CHECK_NEWER_A", strict_start_type = 3)]
pub struct CheckedNewer<'a> {
    /// u32, of any length where the mode is liberal.
    #[nl(attr = 1)]
    pub old: Option<u32>,
    /// Nest of enum nl_check_nest_attr.
    #[nl(attr = 2)]
    pub old_nest: Option<CheckedNest<'a>>,
    /// u32, always strict.
    #[nl(attr = 3)]
    pub new: Option<u32>,
    /// Nest of enum nl_check_nest_attr, always strict.
    #[nl(attr = 4)]
    pub new_nest: Option<CheckedNest<'a>>,
}

/// What is behind the struct in [`Checked`].
#[derive(NlAttrs, Clone, Copy, Debug, Default, PartialEq)]
#[nl(c_prefix = "NL_CHECK_BEHIND_A")]
pub struct CheckedBehind {
    /// u32.
    #[nl(attr = 1)]
    pub u32: Option<u32>,
}

/// Forms that are nests.
#[derive(NlSubMessage, Clone, Debug, PartialEq)]
pub enum CheckedNests<'a> {
    /// Attributes.
    #[nl(when = "nest")]
    Nest(CheckedNest<'a>),
    /// An array.
    #[nl(when = "array")]
    Array(NestedArray<'a, CheckedNest<'a>>),
}

/// Forms that are not.
#[derive(NlSubMessage, Clone, Debug, PartialEq)]
pub enum CheckedForms {
    /// A number.
    #[nl(when = "number")]
    Number(u32),
    /// A struct with attributes behind it.
    #[nl(when = "headed")]
    Headed(Headed<Bitfield32, CheckedBehind>),
}

/// Forms of which one is a nest.
#[derive(NlSubMessage, Clone, Debug, PartialEq)]
pub enum CheckedMixed<'a> {
    /// Attributes.
    #[nl(when = "nest")]
    Nest(CheckedNest<'a>),
    /// A number.
    #[nl(when = "number")]
    Number(u32),
}

/// The same, the nest with its flag.
#[derive(NlSubMessage, Clone, Debug, PartialEq)]
#[nl(nested_flag)]
pub enum CheckedFlagged<'a> {
    /// Attributes.
    #[nl(when = "nest")]
    Nest(CheckedNest<'a>),
    /// A number.
    #[nl(when = "number")]
    Number(u32),
}

/// A set with a value that is selected in the set around it.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
#[nl(c_prefix = "NL_CHECK_OUTSIDE_A", selected_outside)]
pub struct CheckedOutside<'a> {
    /// Nest or number.
    #[nl(attr = 1, select)]
    pub form: Option<CheckedMixed<'a>>,
}

/// How somebody feels.
#[derive(NlValue, Clone, Copy, Debug, PartialEq)]
#[nl(c_prefix = "NL_CHECK_MOOD")]
#[repr(u8)]
pub enum CheckedMood {
    /// Badly.
    Bad = 1,
    /// Well.
    Good = 2,
    /// Another one.
    #[nl(other)]
    Other(u8),
}

/// What somebody is like.
#[derive(NlValue, Clone, Copy, Debug, PartialEq)]
#[nl(flags, c_prefix = "NL_CHECK_TRAIT")]
pub struct CheckedTraits(u32);

nl_tlv::bitflags::bitflags! {
    impl CheckedTraits: u32 {
        /// Answers.
        const POLITE = 1;
        /// Asks.
        const CURIOUS = 2;
        const _ = !0;
    }
}

/// What is nested in [`Checked`].
#[derive(NlAttrs, Clone, Copy, Debug, Default, PartialEq)]
#[nl(c_prefix = "NL_CHECK_NEST_A")]
pub struct CheckedNest<'a> {
    /// u32.
    #[nl(attr = 1)]
    pub u32: Option<u32>,
    /// String of at most 8 bytes, the NUL optional.
    #[nl(attr = 2, no_nul, max_len = 8)]
    pub string: Option<&'a str>,
    /// Nest of the same, any number of them.
    #[nl(attr = 3)]
    pub nest: Repeat<'a, CheckedNest<'a>>,
}
