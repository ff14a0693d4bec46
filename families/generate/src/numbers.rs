//! Enums and flags in the widths that attributes and members give them.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::family::Family;
use crate::names::camel;
use crate::spec::DefinitionType;

/// A type for the numbers of a definition: an enum or flags, in one width.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Use {
    pub(crate) definition: String,
    pub(crate) is_flags: bool,
    /// The type of the number in Rust, `u8`; or `Uint` and `Sint` for those of 4 or 8 bytes.
    pub(crate) width: String,
}

/// The types that are used, and how they are called.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    counts: BTreeMap<Use, usize>,
}

impl Numbers {
    /// Notes that an attribute or a member has this type.
    pub(crate) fn add(&mut self, used: Use) {
        *self.counts.entry(used).or_default() += 1;
    }

    /// All types.
    pub(crate) fn uses(&self) -> impl Iterator<Item = &Use> {
        self.counts.keys()
    }

    /// Whether an attribute or a member has the numbers of a definition.
    pub(crate) fn is_used(&self, definition: &str) -> bool {
        self.counts.keys().any(|used| used.definition == definition)
    }

    /// The name of a type: that of the definition for its most frequent width, and with the width for others.
    pub(crate) fn name(&self, family: &Family, used: &Use) -> String {
        let own =
            family.fixes.names.get(&used.definition).cloned().unwrap_or_else(|| camel(&used.definition));
        let is_enum = family.definition(&used.definition).is_ok_and(|found| found.ty == DefinitionType::Enum);
        let base = if used.is_flags && is_enum { format!("{own}Flags") } else { own };
        let alike = self
            .counts
            .iter()
            .filter(|(other, _)| other.definition == used.definition && other.is_flags == used.is_flags);
        let most = alike.max_by_key(|(other, count)| (**count, other.width.len(), other.width.clone()));
        match most {
            Some((most, _)) if most == used => base,
            _ => format!("{base}{}", camel(&used.width)),
        }
    }
}

/// The type of an attribute's or member's number, if it has names.
pub(crate) fn used(
    family: &Family,
    enumeration: Option<&str>,
    enum_as_flags: bool,
    ty: &str,
) -> Result<Option<Use>> {
    let Some(name) = enumeration else { return Ok(None) };
    let definition = family.definition(name)?;
    let is_flags = enum_as_flags || definition.ty == DefinitionType::Flags;
    Ok(Some(Use { definition: name.to_owned(), is_flags, width: rust_integer(ty) }))
}

/// The Rust type of an integer type.
pub(crate) fn rust_integer(ty: &str) -> String {
    match ty {
        "uint" => "Uint".to_owned(),
        "sint" => "Sint".to_owned(),
        _ => ty.replace('s', "i"),
    }
}

/// The value of a number that is shown in hexadecimal, out of the type of an integer.
pub(crate) fn bits(ty: &str) -> String {
    format!("Bits{}", ty.trim_start_matches('u'))
}
