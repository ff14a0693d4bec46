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
    extern crate std;
    use std::string::ToString;

    #[test]
    fn the_same_bits_have_other_names_by_kind() {
        let names = |flags, kind| FlagNames { flags, kind }.to_string();
        assert_eq!(names(0x301, Kind::Get), "REQUEST|DUMP");
        assert_eq!(names(0x100, Kind::Get), "ROOT");
        assert_eq!(names(0x605, Kind::New), "REQUEST|ACK|EXCL|CREATE");
        assert_eq!(names(0x300, Kind::Ack), "CAPPED|ACK_TLVS");
        assert_eq!(names(0x8101, Kind::Unknown), "REQUEST|0x8100");
        assert_eq!(names(0, Kind::Delete), "0");
    }

    #[test]
    fn the_kind_is_read_from_whole_words() {
        assert!(Kind::of_name("RouteGet") == Kind::Get);
        assert!(Kind::of_name("NewAddr") == Kind::New);
        assert!(Kind::of_name("TableClear") == Kind::Delete);
        assert!(Kind::of_name("Newton") == Kind::Unknown);
    }
}
