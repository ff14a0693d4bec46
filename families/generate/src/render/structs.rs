//! Structs of C.

use std::fmt::Write as _;

use anyhow::Result;

use super::alias;
use crate::module::Module;
use crate::names::{c_name, snake};
use crate::numbers;
use crate::spec::{Definition, Member};

pub(super) fn render(out: &mut String, module: &Module<'_>) -> Result<()> {
    for definition in &module.structs {
        one(out, module, definition)?;
    }
    Ok(())
}

fn one(out: &mut String, module: &Module<'_>, definition: &Definition) -> Result<()> {
    let family = module.family();
    let fix = family.fixes.structs.get(&definition.name);
    let c = fix.and_then(|fix| fix.c.clone()).unwrap_or_else(|| c_name(&definition.name));
    let layout = family.layout(definition)?;
    writeln!(out, "/// `struct {c}`, {} bytes.\n{}", layout.len, alias(family, &c))?;
    // Structs grow from one release to the next, and old programs send short headers.
    writeln!(out, "#[nl_struct(zero_extend)]\npub struct {} {{", module.types.type_name(&definition.name))?;
    let names: Vec<&Member> = layout.members.iter().map(|(_, member)| member).collect();
    let prefix = common_prefix(&names);
    for (_, member) in &layout.members {
        let name = member.name.strip_prefix(prefix).unwrap_or(&member.name);
        let ty = match fix.and_then(|fix| fix.types.get(&member.name)) {
            Some(ty) => ty.clone(),
            None => member_type(module, member)?,
        };
        let is_be =
            member.byte_order.as_deref() == Some("big-endian") && member.ty != "u8" && !ty.starts_with("Ip");
        let be = if is_be { "#[nl(be)] " } else { "" };
        let doc = fix.and_then(|fix| fix.docs.get(&member.name));
        let doc = doc.map(|doc| format!("/// {doc}\n")).unwrap_or_default();
        writeln!(out, "{doc}{be}pub {}: {ty},", snake(name))?;
    }
    writeln!(out, "}}\n")?;
    Ok(())
}

/// What the names of all members begin with, as `ifi-`.
pub(crate) fn common_prefix<'m>(members: &[&'m Member]) -> &'m str {
    let mut names = members.iter().filter(|member| member.ty != "pad").map(|member| member.name.as_str());
    let Some(first) = names.next() else { return "" };
    let Some((prefix, _)) = first.split_once('-') else { return "" };
    let prefix = first.get(..=prefix.len()).unwrap_or_default();
    let is_shared = members.len() > 1
        && names.all(|name| {
            let rest = name.strip_prefix(prefix);
            rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_alphabetic()))
        });
    if is_shared { prefix } else { "" }
}

fn member_type(module: &Module<'_>, member: &Member) -> Result<String> {
    if let Some(name) = &member.structure {
        return Ok(module.types.type_name(name));
    }
    if let Some(used) =
        numbers::used(module.family(), member.enumeration.as_deref(), member.enum_as_flags, &member.ty)?
    {
        return Ok(module.types.numbers.name(module.family(), &used));
    }
    Ok(match (crate::layout::integer_len(&member.ty), member.display_hint.as_deref()) {
        (Some(4), Some("ipv4")) => "Ipv4Addr".to_owned(),
        (Some(_), Some("hex")) => numbers::bits(&member.ty),
        (Some(_), _) => numbers::rust_integer(&member.ty),
        (None, hint) => match (hint, module.family().member_len(member)?) {
            (Some("mac"), 6) => "MacAddr".to_owned(),
            (Some("ipv4"), 4) => "Ipv4Addr".to_owned(),
            (Some("ipv6"), 16) => "Ipv6Addr".to_owned(),
            (_, len) => format!("[u8; {len}]"),
        },
    })
}
