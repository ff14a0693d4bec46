//! The kernel's policy for one attribute: what it would have accepted.

use super::ext_ack::put;
use crate::error::Bytes;
use crate::schema::{AttrSchema, AttrSet, ValueType};
use crate::{AttrType, AttrWriter, Attrs, Error};
use core::fmt;

/// What the kernel accepts for an attribute. What it does not say is `None`.
///
/// Source: `include/uapi/linux/netlink.h`, `enum netlink_policy_type_attr`.
#[doc(alias = "netlink_policy_type_attr")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// What the attribute holds: one of the constants, of the kernel's `enum netlink_attribute_type`.
    #[doc(alias("NL_POLICY_TYPE_ATTR_TYPE", "netlink_attribute_type"))]
    pub ty: u32,
    /// The smallest number, of a signed type.
    #[doc(alias = "NL_POLICY_TYPE_ATTR_MIN_VALUE_S")]
    pub min_signed: Option<i64>,
    /// The largest number, of a signed type.
    #[doc(alias = "NL_POLICY_TYPE_ATTR_MAX_VALUE_S")]
    pub max_signed: Option<i64>,
    /// The smallest number, of an unsigned type.
    #[doc(alias = "NL_POLICY_TYPE_ATTR_MIN_VALUE_U")]
    pub min: Option<u64>,
    /// The largest number, of an unsigned type.
    #[doc(alias = "NL_POLICY_TYPE_ATTR_MAX_VALUE_U")]
    pub max: Option<u64>,
    /// The smallest payload in bytes.
    #[doc(alias = "NL_POLICY_TYPE_ATTR_MIN_LENGTH")]
    pub min_len: Option<u32>,
    /// The largest payload in bytes, of a string without its NUL.
    #[doc(alias = "NL_POLICY_TYPE_ATTR_MAX_LENGTH")]
    pub max_len: Option<u32>,
    /// The number of the policy of the attributes inside; in dumps of policies only.
    #[doc(alias = "NL_POLICY_TYPE_ATTR_POLICY_IDX")]
    pub policy_index: Option<u32>,
    /// The largest type of the attributes inside; in dumps of policies only.
    #[doc(alias = "NL_POLICY_TYPE_ATTR_POLICY_MAXTYPE")]
    pub policy_max_type: Option<u32>,
    /// The bits that a [`Bitfield32`](crate::value::Bitfield32) may have.
    #[doc(alias = "NL_POLICY_TYPE_ATTR_BITFIELD32_MASK")]
    pub bitfield32_mask: Option<u32>,
    /// The bits that a number may have.
    #[doc(alias = "NL_POLICY_TYPE_ATTR_MASK")]
    pub mask: Option<u64>,
}

/// Where the fields of a policy are on the wire: how they are read, written, and described for readers of schemas.
macro_rules! fields {
    ($($ty:literal $name:literal $value:ident $field:ident;)*) => {
        impl Policy {
            /// Reads a policy's attributes; as in an [`ExtAck`](super::ExtAck), what is damaged or not known counts as
            /// absent.
            #[must_use]
            pub fn parse(attrs: Attrs<'_>) -> Self {
                let mut found = Self::default();
                for attr in attrs.map_while(Result::ok) {
                    match attr.ty().get() {
                        1 => found.ty = attr.parse().unwrap_or(Self::INVALID),
                        $($ty => found.$field = attr.parse().ok(),)*
                        _ => {}
                    }
                }
                found
            }

            /// Appends the policy's attributes.
            pub fn emit(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
                w.put_value(1, &self.ty)?;
                $(put(w, AttrType::new($ty), self.$field)?;)*
                Ok(())
            }
        }

        pub(crate) static POLICY: AttrSet = AttrSet::new("Policy", "Policy of an attribute.", &[
            AttrSchema::plain(1, "type", ValueType::U32),
            $(AttrSchema::plain($ty, $name, ValueType::$value),)*
            AttrSchema::plain(11, "pad", ValueType::Bytes),
        ]);
    };
}

fields! {
    2 "min_value_s" S64 min_signed;
    3 "max_value_s" S64 max_signed;
    4 "min_value_u" U64 min;
    5 "max_value_u" U64 max;
    6 "min_length" U32 min_len;
    7 "max_length" U32 max_len;
    8 "policy_idx" U32 policy_index;
    9 "policy_maxtype" U32 policy_max_type;
    10 "bitfield32_mask" U32 bitfield32_mask;
    12 "mask" U64 mask;
}

/// What was expected, in words: `u8, at least 1, at most 128`.
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_type(f)?;
        say(f, "at least", self.min_signed)?;
        say(f, "at least", self.min)?;
        say(f, "at most", self.max_signed)?;
        say(f, "at most", self.max)?;
        say(f, "at least", self.min_len.map(Bytes))?;
        say(f, "at most", self.max_len.map(Bytes))?;
        match self.mask.or(self.bitfield32_mask.map(u64::from)) {
            Some(mask) => write!(f, ", only bits of {mask:#x}"),
            None => Ok(()),
        }
    }
}

fn say(f: &mut fmt::Formatter<'_>, words: &str, limit: Option<impl fmt::Display>) -> fmt::Result {
    limit.map_or(Ok(()), |limit| write!(f, ", {words} {limit}"))
}

/// The types of attributes, and the words for them.
macro_rules! types {
    ($($name:ident $number:literal $word:literal $doc:literal;)*) => {
        impl Policy {
            $(
                #[doc = $doc]
                pub const $name: u32 = $number;
            )*

            fn fmt_type(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.ty {
                    $(Self::$name => f.write_str($word),)*
                    other => write!(f, "attribute type {other}"),
                }
            }
        }
    };
}

types! {
    INVALID 0 "nothing" "Not accepted at all.";
    FLAG 1 "flag" "No payload: presence is the value.";
    U8 2 "u8" "Unsigned, 8 bits.";
    U16 3 "u16" "Unsigned, 16 bits.";
    U32 4 "u32" "Unsigned, 32 bits.";
    U64 5 "u64" "Unsigned, 64 bits.";
    S8 6 "s8" "Signed, 8 bits.";
    S16 7 "s16" "Signed, 16 bits.";
    S32 8 "s32" "Signed, 32 bits.";
    S64 9 "s64" "Signed, 64 bits.";
    BINARY 10 "binary" "Bytes.";
    STRING 11 "string" "A string; a NUL at its end is not required.";
    NUL_STRING 12 "string with NUL" "A string with a NUL at its end.";
    NESTED 13 "nest" "Attributes.";
    NESTED_ARRAY 14 "array of nests" "Attributes that hold attributes each.";
    BITFIELD32 15 "bitfield32" "A value and a selector of 32 bits.";
    SINT 16 "sint" "Signed, 32 or 64 bits.";
    UINT 17 "uint" "Unsigned, 32 or 64 bits.";
}
