//! The names of a message's flags, which depend on the kind of message.

use crate::bytes::tail;
use crate::flags::AckFlags;
use crate::schema::MessageSchema;
use crate::schema::number::named;
use crate::schema::output::{Bits, Output};
use crate::{DeleteFlags, Flags, GetFlags, MessageId, MessageType, NewFlags};
use core::fmt;

/// The flags of a message of this type and schema, for people: `REQUEST|ACK|CREATE`; bits without a name as a number.
///
/// ```
/// use nl_tlv::MessageType;
/// use nl_tlv::schema::flag_names;
///
/// assert_eq!(flag_names(0x0005, MessageType(24), None).to_string(), "REQUEST|ACK");
/// ```
#[must_use]
pub fn flag_names(flags: u16, ty: MessageType, schema: Option<&MessageSchema>) -> impl fmt::Display + use<> {
    FlagNames::new(flags, ty, schema)
}

pub(super) struct FlagNames {
    flags: u16,
    modifiers: Option<Names>,
}

/// Writes the names of the flags from 0x100 up, which differ by the kind of message.
type Names = fn(&mut Bits<'_, '_, '_>) -> fmt::Result;

fn names<F: bitflags::Flags<Bits: Into<i128>> + 'static>(bits: &mut Bits<'_, '_, '_>) -> fmt::Result {
    bits.named(named::<F>())
}

fn modifiers(flags: u16, ty: MessageType, schema: Option<&MessageSchema>) -> Option<Names> {
    match (ty, schema) {
        _ if flags < 0x100 => None,
        (MessageType::ERROR | MessageType::DONE, _) => Some(names::<AckFlags>),
        (_, Some(schema)) => {
            // Where types are numbers, a message that says what an object is like also makes one.
            let is_type = matches!(schema.id, MessageId::Type(_));
            by_name(schema.name).or(is_type.then_some(names::<NewFlags>))
        }
        (_, None) => None,
    }
}

/// A schema does not say what its modifiers mean, but a message's name does, in the words that the kernel uses.
fn by_name(name: &str) -> Option<Names> {
    let kinds: [(&[&str], Names); 3] = [
        (&["Get", "Dump", "Lookup"], names::<GetFlags>),
        (&["New", "Add", "Create", "Set"], names::<NewFlags>),
        (&["Del", "Delete", "Remove", "Flush", "Clear"], names::<DeleteFlags>),
    ];
    let is_named = |(words, _): &(&[&str], Names)| words.iter().any(|word| has_word(name, word));
    kinds.into_iter().find(is_named).map(|(_, names)| names)
}

/// Whether a name in camel case has this word: it occurs, and no lower-case letter follows.
fn has_word(name: &str, word: &str) -> bool {
    let is_whole = |rest: &[u8]| !rest.first().is_some_and(u8::is_ascii_lowercase);
    let (name, word) = (name.as_bytes(), word.as_bytes());
    let starts = name.iter().enumerate().filter(|(_, byte)| word.first() == Some(byte));
    starts.filter_map(|(at, _)| tail(name, at).strip_prefix(word)).any(is_whole)
}

impl fmt::Display for FlagNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Output::to(f, |out| self.write(out))
    }
}

impl FlagNames {
    pub(super) fn new(flags: u16, ty: MessageType, schema: Option<&MessageSchema>) -> Self {
        Self { flags, modifiers: modifiers(flags, ty, schema) }
    }

    pub(super) fn write(&self, out: &mut Output<'_, '_>) -> fmt::Result {
        let mut bits = Bits::new(self.flags.into(), out);
        bits.named(named::<Flags>())?;
        if let Some(modifiers) = self.modifiers {
            modifiers(&mut bits)?;
        }
        bits.unnamed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::AttrSet;
    extern crate std;
    use std::string::{String, ToString};

    fn shown(flags: u16, name: &'static str) -> String {
        let id = MessageId::Command { cmd: 1, version: 1 };
        let schema = MessageSchema::new(name, "", id, AttrSet::EMPTY);
        flag_names(flags, MessageType(20), Some(&schema)).to_string()
    }

    #[test]
    fn the_same_bits_have_other_names_by_kind() {
        assert_eq!(shown(0x301, "Get"), "REQUEST|DUMP");
        assert_eq!(shown(0x100, "Get"), "ROOT");
        assert_eq!(shown(0x605, "New"), "REQUEST|ACK|EXCL|CREATE");
        assert_eq!(shown(0x8101, "Other"), "REQUEST|0x8100");
        assert_eq!(shown(0, "Delete"), "0");
        assert_eq!(flag_names(0x300, MessageType::DONE, None).to_string(), "CAPPED|ACK_TLVS");
    }

    #[test]
    fn the_kind_is_read_from_whole_words() {
        let names = ["RouteGet", "NewAddr", "TableClear", "Newton"].map(|name| shown(0x100, name));
        assert_eq!(names, ["ROOT", "REPLACE", "NONREC", "0x100"]);
    }

    #[test]
    fn a_message_that_has_a_type_and_no_word_for_what_it_does_makes_its_object() {
        let schema = MessageSchema::new("Link", "", MessageId::Type(MessageType(16)), AttrSet::EMPTY);
        assert_eq!(flag_names(0x400, MessageType(16), Some(&schema)).to_string(), "CREATE");
    }
}
