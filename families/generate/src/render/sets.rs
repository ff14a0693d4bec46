//! Sets of attributes, and sub-messages.

use std::fmt::Write as _;

use anyhow::{Context, Result};

use super::{alias, field_name};
use crate::family::Set;
use crate::module::Module;
use crate::names::camel;
use crate::types::Presence;

pub(super) fn render(out: &mut String, module: &Module<'_>) -> Result<()> {
    for name in &module.sets {
        set(out, module, &module.family().set(name)?)?;
    }
    for name in &module.sub_messages {
        sub_message(out, module, name)?;
    }
    Ok(())
}

fn set(out: &mut String, module: &Module<'_>, set: &Set<'_>) -> Result<()> {
    let family = module.family();
    let prefix = set.prefix.replace('-', "_").to_ascii_uppercase();
    writeln!(out, "/// Attributes `{prefix}*`.\n#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]")?;
    let pads: Vec<String> = set
        .attributes
        .iter()
        .filter(|(_, attribute)| attribute.ty == "pad")
        .map(|(ty, _)| ty.to_string())
        .collect();
    let mut keys = Vec::new();
    match &pads[..] {
        [] => {}
        [pad] => keys.push(format!("pad = {pad}")),
        pads => keys.push(format!("pad = [{}]", pads.join(", "))),
    }
    if module.types.outer_selector(set.name)?.is_some() {
        keys.push("selected_outside".to_owned());
    }
    if !module.messages.iter().any(|message| message.set.as_deref() == Some(set.name)) {
        // Only of whole messages attributes are worth being read one at a time.
        keys.push("no_enum".to_owned());
    }
    if !keys.is_empty() {
        writeln!(out, "#[nl({})]", keys.join(", "))?;
    }
    writeln!(out, "pub struct {}<'a> {{", module.types.type_name(set.name))?;
    for (ty, attribute) in in_order(module, set) {
        let Some(field) = module.types.field(set, attribute)? else { continue };
        let keys: String = field.keys.iter().map(|key| format!(", {key}")).collect();
        let rust = match field.presence {
            Presence::Optional => format!("Option<{}>", field.ty),
            Presence::Repeated | Presence::Flag => field.ty,
        };
        let alias = alias(family, &set.c_name(attribute));
        writeln!(out, "{alias}#[nl(attr = {ty}{keys})] pub {}: {rust},", field_name(&attribute.name))?;
    }
    writeln!(out, "/// Attributes of other types.\n#[nl(rest)] pub rest: Rest<'a>,\n}}\n")?;
    Ok(())
}

/// In the order in which the kernel writes them, where that is known.
fn in_order<'s>(module: &Module<'_>, set: &'s Set<'_>) -> Vec<(u16, &'s crate::spec::Attribute)> {
    let order = module.family().fixes.sets.get(set.name).map_or(&[][..], |fix| &fix.order);
    let mut attributes: Vec<_> = set.attributes.iter().map(|(ty, attribute)| (*ty, attribute)).collect();
    attributes.sort_by_key(|(ty, _)| order.iter().position(|found| found == ty).unwrap_or(order.len()));
    attributes
}

fn sub_message(out: &mut String, module: &Module<'_>, name: &str) -> Result<()> {
    let family = module.family();
    let found = family.sub_message(name)?;
    let selector = selector(module, name)?;
    let rust = module.types.type_name(name);
    writeln!(out, "/// Its form depends on the attribute `{}` beside it.", selector.name)?;
    writeln!(out, "#[allow(clippy::large_enum_variant, reason = \"a box would need an allocator\")]")?;
    writeln!(out, "#[derive(NlSubMessage, Clone, Debug, PartialEq)]\npub enum {rust}<'a> {{")?;
    for format in &found.formats {
        let (when, form) = (family.selects(&selector, &format.value)?, module.types.form(format)?);
        writeln!(
            out,
            "/// Of `{}`.\n#[nl(when = {when})] {}({}),",
            format.value,
            camel(&format.value),
            form.ty
        )?;
    }
    writeln!(out, "/// Of anything else.\n#[nl(other)] Other(Attr<'a>),\n}}\n")?;
    Ok(())
}

/// The attribute that selects the form of a sub-message.
fn selector(module: &Module<'_>, name: &str) -> Result<crate::spec::Attribute> {
    let family = module.family();
    let sets = module.sets.iter().map(|name| family.set(name)).collect::<Result<Vec<_>>>()?;
    let user = sets.iter().find_map(|set| {
        let found =
            set.attributes.iter().find(|(_, attribute)| attribute.sub_message.as_deref() == Some(name));
        found.and_then(|(_, attribute)| Some((set, attribute.selector.clone()?)))
    });
    let (set, selector) = user.with_context(|| format!("no selector of {name}"))?;
    let outside = || sets.iter().find_map(|set| set.attribute(&selector));
    set.attribute(&selector).or_else(outside).cloned().with_context(|| format!("no attribute {selector}"))
}
