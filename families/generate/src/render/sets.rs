//! Sets of attributes, and sub-messages.

use std::fmt::Write as _;

use anyhow::{Context, Result};

use super::{alias, field_name};
use crate::family::Set;
use crate::module::Module;
use crate::names::camel;
use crate::spec::Format;
use crate::types::Presence;

pub(super) fn render(out: &mut String, module: &Module<'_>) -> Result<()> {
    for name in &module.sets {
        let found = module.family().set(name)?;
        let has_parts = module.family().fixes.parts.contains_key(name);
        if has_parts || has_rare(module, &found) {
            one_at_a_time(out, module, &found)?;
        }
        if !has_parts {
            set(out, module, &found)?;
        }
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
    let mut keys = Vec::from_iter(pads(set));
    let shared = shared(module, set);
    keys.extend(shared.as_ref().map(|shared| format!("attrs = {shared}<'a>")));
    if module.types.outer_selector(set.name)?.is_some() {
        keys.push("selected_outside".to_owned());
    }
    if is_first_of_a_cycle(module, set)? {
        keys.push("recursive".to_owned());
    }
    if !module.messages.iter().any(|message| message.set.as_deref() == Some(set.name)) {
        // Only of whole messages attributes are worth being read one at a time.
        keys.push("no_enum".to_owned());
    }
    if !keys.is_empty() {
        writeln!(out, "#[nl({})]", keys.join(", "))?;
    }
    writeln!(out, "pub struct {}<'a> {{", module.types.type_name(set.name))?;
    let docs = family.fixes.sets.get(set.name).map(|fix| &fix.docs);
    for (ty, attribute) in in_order(module, set) {
        if !module.types.has_field(set, attribute) {
            continue;
        }
        let Some(field) = module.types.field(set, attribute)? else { continue };
        let keys: String = field.keys.iter().map(|key| format!(", {key}")).collect();
        let rust = match field.presence {
            Presence::Optional => format!("Option<{}>", field.ty),
            Presence::Repeated | Presence::Flag => field.ty,
        };
        let alias = alias(family, &set.c_name(attribute));
        let doc = docs.and_then(|docs| docs.get(&attribute.name));
        let doc = doc.map(|doc| format!("/// {doc}\n")).unwrap_or_default();
        writeln!(out, "{doc}{alias}#[nl(attr = {ty}{keys})] pub {}: {rust},", field_name(&attribute.name))?;
    }
    let others = match shared {
        Some(shared) => format!("Other attributes: [`{shared}`] reads them."),
        None => "Attributes of other types.".to_owned(),
    };
    writeln!(out, "/// {others}\n#[nl(rest)] pub rest: Rest<'a>,\n}}\n")?;
    Ok(())
}

/// Whether it contains itself, and is the first of the sets by way of which it does so: one set that counts the levels
/// is enough for all of them.
fn is_first_of_a_cycle(module: &Module<'_>, set: &Set<'_>) -> Result<bool> {
    let before: Vec<_> = module.sets.iter().take_while(|name| *name != set.name).cloned().collect();
    Ok(module.family().sets_within_but(set.name, &before)?.contains(set.name))
}

/// Whether some attributes have no field.
fn has_rare(module: &Module<'_>, set: &Set<'_>) -> bool {
    module.types.plans.get(set.name).is_some_and(|plan| !plan.rare.is_empty())
}

/// The enum of one attribute that a set has in common with others, or that has more attributes than it.
fn shared(module: &Module<'_>, set: &Set<'_>) -> Option<String> {
    let whole = module.family().whole_of(set.name).or(has_rare(module, set).then_some(set.name))?;
    Some(format!("{}Attr", module.types.type_name(whole)))
}

/// The key that names the attributes which pad.
fn pads(set: &Set<'_>) -> Option<String> {
    let pads = set.attributes.iter().filter(|(_, attribute)| attribute.ty == "pad");
    let pads: Vec<String> = pads.map(|(ty, _)| ty.to_string()).collect();
    match &pads[..] {
        [] => None,
        [pad] => Some(format!("pad = {pad}")),
        pads => Some(format!("pad = [{}]", pads.join(", "))),
    }
}

/// One attribute of a set, for those that have no field.
fn one_at_a_time(out: &mut String, module: &Module<'_>, set: &Set<'_>) -> Result<()> {
    let name = module.types.type_name(set.name);
    let prefix = set.prefix.replace('-', "_").to_ascii_uppercase();
    writeln!(out, "/// One attribute `{prefix}*`. Those that a message has no field for are in its `rest`.")?;
    writeln!(out, "#[derive(NlAttrs, Clone, Debug, PartialEq)]")?;
    if let Some(pads) = pads(set) {
        writeln!(out, "#[nl({pads})]")?;
    }
    if set.attributes.iter().any(|(_, attribute)| variant(&attribute.name).contains('_')) {
        writeln!(
            out,
            "#[allow(non_camel_case_types, reason = \"the name of the attribute is made from it\")]"
        )?;
    }
    writeln!(out, "pub enum {name}Attr<'a> {{")?;
    for (ty, attribute) in &set.attributes {
        let Some(field) = module.types.field(set, attribute)? else { continue };
        let keys: String = field.keys.iter().map(|key| format!(", {key}")).collect();
        let alias = alias(module.family(), &set.c_name(attribute));
        let (variant, ty_of) = (variant(&attribute.name), field.item.as_ref().unwrap_or(&field.ty));
        writeln!(out, "{alias}#[nl(attr = {ty}{keys})] {variant}({ty_of}),")?;
    }
    writeln!(out, "/// An attribute of another type.\n#[nl(other)] Other(Attr<'a>),\n}}\n")?;
    Ok(())
}

/// The variant of an attribute. A derive makes the name of the attribute from it: in front of a digit, the underscore has
/// to stay.
fn variant(name: &str) -> String {
    let words = name.split('-').map(camel);
    words
        .reduce(|front, word| {
            let word = word
                .strip_prefix('N')
                .filter(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
                .map_or(word.clone(), |digits| format!("_{digits}"));
            front + &word
        })
        .unwrap_or_default()
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
    writeln!(out, "#[derive(NlSubMessage, Clone, Debug, PartialEq)]")?;
    // Some of the kernel's forms want the flag, and none refuses it.
    let is_nest = |format: &Format| format.attribute_set.is_some() && format.fixed_header.is_none();
    if found.formats.iter().any(is_nest) && !found.formats.iter().all(is_nest) {
        writeln!(out, "#[nl(nested_flag)]")?;
    }
    writeln!(out, "pub enum {rust}<'a> {{")?;
    for format in &found.formats {
        let (when, form) = (family.selects(&selector, &format.value)?, module.types.form(name, format)?);
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
