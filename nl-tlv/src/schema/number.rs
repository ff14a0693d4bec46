//! Numbers with names: open enums and sets of flags, made with `#[derive(NlValue)]`.

use super::ValueType;
use super::output::{Bits, Output};
use core::fmt;

/// The description of a number whose values, or bits, have names. Others are values too.
///
/// ```
/// use nl_tlv::NlValue;
/// use nl_tlv::schema::ValueType;
/// use nl_tlv::value::Emit;
///
/// #[derive(NlValue, Debug, Clone, Copy, PartialEq)]
/// #[repr(u8)]
/// enum Mode {
///     Off = 0,
///     Heating = 1,
///     #[nl(other)]
///     Other(u8),
/// }
///
/// let ValueType::Named(schema) = <Mode as Emit>::TYPE else { panic!("its numbers have names") };
/// assert!(schema.names().eq([("Off", 0), ("Heating", 1)]));
/// ```
#[derive(Clone, Copy)]
pub struct NumberSchema {
    /// The type's name.
    pub name: &'static str,
    /// The type's doc comment.
    pub doc: &'static str,
    /// The prefix of its constants in C (`c_prefix`).
    pub c_prefix: Option<&'static str>,
    /// Its size, sign and order on the wire.
    pub base: ValueType,
    /// Whether the names are of bits, any of which may be set.
    pub is_flags: bool,
    /// The names with their numbers, by index.
    pub nth: &'static (dyn Fn(usize) -> Option<(&'static str, i128)> + Sync),
}

impl NumberSchema {
    /// The names with their numbers, in the order of the definition.
    pub fn names(&self) -> impl Iterator<Item = (&'static str, i128)> {
        (0..).map_while(self.nth)
    }

    /// Writes a number as text: `Up (6)`, `Create|Excl|0x8`; a number without a name as it is.
    pub(super) fn write_number(&self, number: i128, out: &mut Output<'_, '_>) -> fmt::Result {
        if self.is_flags {
            let mut bits = Bits::new(number, out);
            bits.named(self.names())?;
            return bits.unnamed();
        }
        match self.names().find(|(_, value)| *value == number) {
            Some((name, _)) => {
                out.text(name)?;
                out.text(" (")?;
                out.number(number)?;
                out.text(")")
            }
            None => out.number(number),
        }
    }
}

impl fmt::Debug for NumberSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NumberSchema").field("name", &self.name).field("base", &self.base).finish()
    }
}

/// Bits with names.
#[diagnostic::on_unimplemented(
    message = "the bits of `{Self}` have no names",
    note = "say them with `nl_tlv::bitflags::bitflags! {{ impl {Self}: u32 {{ const NAME = 1; }} }}`"
)]
pub trait NamedBits {
    /// The name and the bits of a flag, by its index.
    fn nth(i: usize) -> Option<(&'static str, i128)>;
}

#[diagnostic::do_not_recommend]
impl<T: bitflags::Flags<Bits: Into<i128>> + 'static> NamedBits for T {
    fn nth(i: usize) -> Option<(&'static str, i128)> {
        named::<T>().nth(i)
    }
}

/// The flags that have names.
pub(super) fn named<F: bitflags::Flags<Bits: Into<i128>> + 'static>()
-> impl Iterator<Item = (&'static str, i128)> {
    let named = F::FLAGS.iter().filter(|flag| !flag.name().is_empty());
    named.map(|flag| (flag.name(), flag.value().bits().into()))
}
