//! Names in C: upper and lower case, made of the names in Rust where none is given.

use crate::ProtocolDef;
use crate::sets::sorted;
use crate::text::shown;
use core::fmt::{self, Display, Write};
use nl_tlv::MessageId;
use nl_tlv::schema::{AttrSchema, AttrSet, MessageSchema};

/// `NextHop`, `next_hop` and `next-hop` as `NEXT_HOP`.
pub(crate) fn upper(name: &str) -> impl Display {
    shown(move |f| {
        let mut was_lower = false;
        name.chars().try_for_each(|c| {
            if c.is_ascii_uppercase() && was_lower {
                f.write_char('_')?;
            }
            was_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
            // What is not ASCII stays, and is refused as a name in C.
            let is_mark = c.is_ascii() && !c.is_ascii_alphanumeric();
            f.write_char(if is_mark { '_' } else { c.to_ascii_uppercase() })
        })
    })
}

/// A name in C in lower case.
pub(crate) fn lower(name: impl Display) -> impl Display {
    struct Lower<'f, 'g>(&'f mut fmt::Formatter<'g>);

    impl Write for Lower<'_, '_> {
        fn write_str(&mut self, s: &str) -> fmt::Result {
            s.chars().try_for_each(|c| self.0.write_char(c.to_ascii_lowercase()))
        }
    }

    shown(move |f| write!(Lower(f), "{name}"))
}

/// The set whose constants stand for a set's attributes: that which it is a part of, or itself.
pub(crate) fn whole(set: &'static AttrSet) -> &'static AttrSet {
    set.part_of.map_or(set, |whole| whole())
}

/// What the constants of a set begin with, without `_A`: `GREET_CHECK`.
fn stem(protocol: &ProtocolDef, set: &'static AttrSet) -> impl Display {
    shown(move |f| match whole(set).c_prefix {
        Some(prefix) => f.write_str(prefix.strip_suffix("_A").unwrap_or(prefix)),
        None => write!(f, "{}_{}", upper(protocol.name), upper(whole(set).name)),
    })
}

/// What the constants of a set begin with: `GREET_CHECK_A`.
pub(crate) fn prefix(protocol: &ProtocolDef, set: &'static AttrSet) -> impl Display {
    shown(move |f| match whole(set).c_prefix {
        Some(prefix) => f.write_str(prefix),
        None => write!(f, "{}_A", stem(protocol, set)),
    })
}

/// Whether two sets have the same constants: the same names with the same numbers.
pub(crate) fn is_same(a: &'static AttrSet, b: &'static AttrSet) -> bool {
    let (a, b) = (whole(a), whole(b));
    let attrs = |set: &'static AttrSet| sorted(set.attrs).map(|attr| (attr.ty, attr.name));
    a.c_prefix == b.c_prefix && (a.c_prefix.is_some() || a.name == b.name) && attrs(a).eq(attrs(b))
}

/// The `enum` of a set: `greet_check_attr`.
pub(crate) fn set_enum(protocol: &ProtocolDef, set: &'static AttrSet) -> impl Display {
    shown(move |f| write!(f, "{}_attr", set_stem(protocol, set)))
}

/// What the policy of a set begins with: `greet_check`.
pub(crate) fn set_stem(protocol: &ProtocolDef, set: &'static AttrSet) -> impl Display {
    lower(stem(protocol, set))
}

/// The constant of an attribute: `GREET_CHECK_A_U8`.
pub(crate) fn attr(protocol: &ProtocolDef, set: &'static AttrSet, attr: &AttrSchema) -> impl Display {
    shown(move |f| write!(f, "{}_{}", prefix(protocol, set), upper(attr.name)))
}

/// The constant of a message: `GREET_CMD_CHECK`.
pub(crate) fn message(protocol: &ProtocolDef, schema: &MessageSchema) -> impl Display {
    shown(move |f| match (schema.c_name, schema.id) {
        (Some(name), _) => f.write_str(name),
        (None, MessageId::Type(_)) => write!(f, "{}_{}", upper(protocol.name), upper(schema.name)),
        (None, MessageId::Command { .. }) => {
            write!(f, "{}_CMD_{}", upper(protocol.name), upper(schema.name))
        }
    })
}

/// What the policy of a message begins with: `greet_cmd_check`.
pub(crate) fn message_stem(protocol: &ProtocolDef, schema: &MessageSchema) -> impl Display {
    lower(message(protocol, schema))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn names_are_split_at_capitals_and_marks() {
        assert_eq!(upper("NextHop").to_string(), "NEXT_HOP");
        assert_eq!(upper("miss_type").to_string(), "MISS_TYPE");
        assert_eq!(upper("bitfield32-mask").to_string(), "BITFIELD32_MASK");
        assert_eq!(upper("U8Range").to_string(), "U8_RANGE");
        assert_eq!(lower(upper("NextHop")).to_string(), "next_hop");
    }
}
