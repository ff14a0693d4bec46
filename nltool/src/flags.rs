//! The names of a message's flags, which depend on the kind of message.

use crate::catalogue::names::{by_verb, plain};
use nl_tlv::schema::{MessageSchema, flag_names};
use nl_tlv::{GetFlags, MessageType, NewFlags};

/// The flags from here up mean different things in different kinds of messages.
const MODIFIERS: u16 = 0xf00;

const DUMP: u16 = GetFlags::DUMP.bits();

/// The names of flags, with `|` between them: `REQUEST|DUMP`; bits without a name as a number.
pub fn names(flags: u16, ty: MessageType, schema: Option<&MessageSchema>) -> String {
    let like =
        kind(flags, schema).map(|name| MessageSchema { name, ..*schema.unwrap_or(MessageSchema::UNKNOWN) });
    flag_names(flags, ty, like.as_ref().or(schema)).to_string()
}

/// The name of a message that has the same flags, where the own name does not tell: specifications write `getlink`. Where no
/// definition tells the kind of request, the flags do: a request with CREATE or APPEND makes an object, and one with both bits
/// of DUMP asks for all objects.
fn kind(flags: u16, schema: Option<&MessageSchema>) -> Option<&'static str> {
    let Some(schema) = schema else {
        let is_new = flags & MODIFIERS & (NewFlags::CREATE | NewFlags::APPEND).bits() != 0;
        return is_new.then_some("New").or((flags & DUMP == DUMP).then_some("Get"));
    };
    let name = plain(schema.name);
    let is_told = schema.name.starts_with(|letter: char| letter.is_ascii_uppercase());
    let has = |verb: &str| name.starts_with(verb) || name.ends_with(verb);
    match by_verb(schema.name).0 {
        _ if is_told => None,
        "get" => Some("Get"),
        "del" => Some("Del"),
        "set" => Some("Set"),
        _ => has("new").then_some("New"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nl_tlv::MessageId;
    use nl_tlv::schema::AttrSet;

    fn of(name: &'static str, flags: u16) -> String {
        let id = MessageId::Type(MessageType(18));
        names(flags, MessageType(18), Some(&MessageSchema::new(name, "", id, AttrSet::EMPTY)))
    }

    #[test]
    fn names_of_specifications_tell_the_kind_of_request() {
        for name in ["getlink", "get-link", "link-get", "GetLink", "dump"] {
            assert_eq!(of(name, 0x301), "REQUEST|DUMP", "{name}");
        }
        assert_eq!(of("newlink", 0x505), "REQUEST|ACK|REPLACE|CREATE");
        assert_eq!(of("dellink", 0x201), "REQUEST|BULK");
    }

    #[test]
    fn without_a_definition_create_append_and_dump_tell_it() {
        let of = |flags| names(flags, MessageType(99), None);
        assert_eq!(of(0x605), "REQUEST|ACK|EXCL|CREATE");
        assert_eq!(of(0x301), "REQUEST|DUMP");
        assert_eq!(of(0x101), "REQUEST|0x100");
    }
}
