//! Enums and flags; those that no attribute has are constants.

use std::fmt::Write as _;

use anyhow::Result;

use super::alias;
use crate::family::NamedNumber;
use crate::module::Module;
use crate::names::{camel, shout, snake};
use crate::numbers::Use;
use crate::spec::{Definition, DefinitionType};

pub(super) fn render(out: &mut String, module: &Module<'_>) -> Result<()> {
    let numbers = &module.types.numbers;
    for used in numbers.uses() {
        let name = numbers.name(module.family(), used);
        if used.is_flags { flags(out, module, used, &name)? } else { enumeration(out, module, used, &name)? }
    }
    let definitions = &module.family().spec.definitions;
    let unused = definitions.iter().filter(|found| {
        matches!(found.ty, DefinitionType::Enum | DefinitionType::Flags) && !numbers.is_used(&found.name)
    });
    for definition in unused {
        constants(out, module, definition)?;
    }
    Ok(())
}

fn enumeration(out: &mut String, module: &Module<'_>, used: &Use, name: &str) -> Result<()> {
    let entries = module.family().entries(module.family().definition(&used.definition)?);
    writeln!(out, "/// {}", described(module, &entries))?;
    let (key, width) = match used.width.as_str() {
        "Uint" => ("#[nl(uint)]\n", "u64"),
        "Sint" => ("#[nl(sint)]\n", "i64"),
        width => ("", width),
    };
    writeln!(
        out,
        "#[derive(NlValue, Clone, Copy, Debug, PartialEq, Eq)]\n{key}#[repr({width})]\npub enum {name} {{"
    )?;
    for (index, entry) in entries.iter().enumerate() {
        // The same number under a second name.
        if entries.iter().take(index).any(|before| before.value == entry.value) {
            continue;
        }
        // What C has as a large number without a sign.
        let value = if width == "i32" { i64::from(entry.value as i32) } else { entry.value };
        writeln!(out, "{}{} = {value},", alias(module.family(), &entry.c_name), camel(&entry.name))?;
    }
    // Behind the largest number there is no next one for the last variant.
    let largest = match width {
        "u8" => u8::MAX.into(),
        "u16" => u16::MAX.into(),
        _ => i64::from(u32::MAX),
    };
    let free = (0..).find(|free| entries.iter().all(|entry| entry.value != *free)).unwrap_or(0);
    let own =
        if entries.iter().any(|entry| entry.value == largest) { format!(" = {free}") } else { String::new() };
    writeln!(out, "/// A number without a name.\n#[nl(other)] Other({width}){own},\n}}\n")?;
    Ok(())
}

fn flags(out: &mut String, module: &Module<'_>, used: &Use, name: &str) -> Result<()> {
    let entries = module.family().entries(module.family().definition(&used.definition)?);
    let (encoding, width) = match used.width.as_str() {
        "Uint" => ("Uint", "u64"),
        "Sint" => ("Sint", "i64"),
        width => ("Each", width),
    };
    writeln!(out, "flags! {{\n    /// {}", described(module, &entries))?;
    writeln!(out, "    pub type {name} = FlagSet<{name}Names>;\n    type Bits = {width}, {encoding};")?;
    let bits = width.trim_start_matches(['u', 'i']).parse().unwrap_or(64);
    for entry in entries.iter().filter(|entry| entry.value < bits) {
        // What has no name in C is a bit that the kernel keeps free.
        match module.family().corrected(&entry.c_name) {
            "" => {}
            c_name => writeln!(out, "    {} = 1 << {}, {c_name:?};", shout(&entry.name), entry.value)?,
        }
    }
    writeln!(out, "}}\n")?;
    Ok(())
}

/// A module of constants.
fn constants(out: &mut String, module: &Module<'_>, definition: &Definition) -> Result<()> {
    let entries = module.family().entries(definition);
    if entries.is_empty() {
        return Ok(());
    }
    let is_flags = definition.ty == DefinitionType::Flags;
    let ty = if entries.iter().any(|entry| entry.value < 0) { "i32" } else { "u32" };
    writeln!(out, "/// {}\npub mod {} {{", described(module, &entries), snake(&definition.name))?;
    for entry in &entries {
        let value = if is_flags { format!("1 << {}", entry.value) } else { entry.value.to_string() };
        let c_name = module.family().corrected(&entry.c_name);
        let name = shout(&entry.name);
        let alias = if c_name == name { String::new() } else { alias(module.family(), &entry.c_name) };
        writeln!(out, "/// `{c_name}`.\n{alias}pub const {name}: {ty} = {value};")?;
    }
    writeln!(out, "}}\n")?;
    Ok(())
}

/// The first and the last name in C.
fn described(module: &Module<'_>, entries: &[NamedNumber]) -> String {
    let c_name = |entry: &NamedNumber| module.family().corrected(&entry.c_name).to_owned();
    match (entries.first().map(c_name), entries.last().map(c_name)) {
        (Some(first), Some(last)) if first != last => format!("`{first}` to `{last}`."),
        (Some(first), _) => format!("`{first}`."),
        _ => "Numbers.".to_owned(),
    }
}
