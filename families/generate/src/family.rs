//! A corrected specification, and what is looked up in it.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::corrections::{Corrections, Parts};
use crate::names;
use crate::spec::{Attribute, AttributeSet, Definition, DefinitionType, Entry, Spec, SubMessage, Value};

/// One family.
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) spec: Spec,
    pub(crate) fixes: Corrections,
    /// Whether the specification is ours.
    pub(crate) is_own: bool,
}

/// An entry of an enum or a set of flags; of flags, the value is the position of the bit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedNumber {
    pub(crate) name: String,
    pub(crate) value: i64,
    pub(crate) c_name: String,
}

/// A set with the number of every attribute.
#[derive(Debug)]
pub(crate) struct Set<'f> {
    pub(crate) name: &'f str,
    /// What the names of its attributes have in front in C.
    pub(crate) prefix: String,
    pub(crate) attributes: Vec<(u16, Attribute)>,
}

impl Set<'_> {
    /// The attribute of a name.
    pub(crate) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().map(|(_, attribute)| attribute).find(|attribute| attribute.name == name)
    }

    /// The name of an attribute in C.
    pub(crate) fn c_name(&self, attribute: &Attribute) -> String {
        names::c_constant(attribute.name_prefix.as_deref().unwrap_or(&self.prefix), &attribute.name)
    }
}

impl Family {
    /// Reads a specification and its corrections.
    pub(crate) fn read(spec: &Path, corrections: &Path) -> Result<Self> {
        let is_own = spec.extension().is_some_and(|extension| extension == "toml");
        let mut spec = Spec::read(spec)?;
        let mut fixes = Corrections::read(corrections, &spec.name)?;
        fixes.apply(&mut spec)?;
        Ok(Self { spec, fixes, is_own })
    }

    /// The name of the module, and with dashes that of the feature.
    pub(crate) fn module(&self) -> String {
        names::snake(&self.spec.name)
    }

    pub(crate) fn definition(&self, name: &str) -> Result<&Definition> {
        let found = self.spec.definitions.iter().find(|definition| definition.name == name);
        found.with_context(|| format!("{}: no definition {name}", self.spec.name))
    }

    pub(crate) fn sub_message(&self, name: &str) -> Result<&SubMessage> {
        let found = self.spec.sub_messages.iter().find(|found| found.name == name);
        found.with_context(|| format!("{}: no sub-message {name}", self.spec.name))
    }

    fn plain_set(&self, name: &str) -> Result<&AttributeSet> {
        let found = self.spec.attribute_sets.iter().find(|set| set.name == name);
        found.with_context(|| format!("{}: no attribute set {name}", self.spec.name))
    }

    /// A set; of a subset, numbers and types are those of the whole.
    pub(crate) fn set(&self, name: &str) -> Result<Set<'_>> {
        let set = self.plain_set(name)?;
        let Some(whole) = &set.subset_of else { return Ok(self.whole_set(set)) };
        let whole = self.set(whole)?;
        let mut attributes = Vec::new();
        for part in &set.attributes {
            let found = whole.attributes.iter().find(|(_, attribute)| attribute.name == part.name);
            let (ty, attribute) = found.with_context(|| format!("{name}: no {} in the whole", part.name))?;
            // Some are listed twice.
            if attributes.iter().all(|(before, _)| before != ty) {
                attributes.push((*ty, merged(attribute, part)));
            }
        }
        Ok(Set { name: &set.name, prefix: whole.prefix, attributes })
    }

    /// The set that a message has only a part of, if it is one of those that have parts.
    pub(crate) fn whole_of(&self, part: &str) -> Option<&str> {
        let has = |parts: &Parts| parts.sets.iter().any(|found| found.name == part);
        self.fixes.parts.iter().find(|(_, parts)| has(parts)).map(|(whole, _)| whole.as_str())
    }

    fn whole_set<'f>(&self, set: &'f AttributeSet) -> Set<'f> {
        let family = &self.spec.name;
        let prefix = match &set.name_prefix {
            Some(prefix) => prefix.clone(),
            None if set.name == *family => format!("{family}-a-"),
            None => format!("{family}-a-{}-", set.name),
        };
        let mut next = 1;
        let mut attributes = Vec::new();
        for attribute in &set.attributes {
            let ty = attribute.value.unwrap_or(next);
            next = ty + 1;
            attributes.push((ty, attribute.clone()));
        }
        Set { name: &set.name, prefix, attributes }
    }

    /// What a number or the name of a number stands for; none if this is known to the kernel alone.
    pub(crate) fn number(&self, value: &Value) -> Option<i64> {
        match value {
            Value::Number(number) => Some(*number),
            Value::Text(name) => match name.as_str() {
                "u8-max" => Some(u8::MAX.into()),
                "u16-max" => Some(u16::MAX.into()),
                "u32-max" => Some(u32::MAX.into()),
                "s32-max" => Some(i32::MAX.into()),
                "s16-max" => Some(i16::MAX.into()),
                "s8-max" => Some(i8::MAX.into()),
                name => self.number(self.definition(name).ok()?.value.as_ref()?),
            },
        }
    }

    /// The entries of an enum or a set of flags.
    pub(crate) fn entries(&self, definition: &Definition) -> Vec<NamedNumber> {
        let fixed = self.fixes.enums.get(&definition.name).and_then(|fix| fix.c_prefix.as_ref());
        let prefix = match (fixed, &definition.name_prefix) {
            (Some(prefix), _) | (None, Some(prefix)) => prefix.clone(),
            (None, None) => format!("{}-{}-", self.spec.name, definition.name),
        };
        let mut next = definition.value_start.unwrap_or(0);
        let mut entries = Vec::new();
        for entry in &definition.entries {
            let (name, value) = match entry {
                Entry::Name(name) => (name, None),
                Entry::Valued(entry) => (&entry.name, entry.value),
            };
            let value = value.unwrap_or(next);
            next = value + 1;
            entries.push(NamedNumber { name: name.clone(), value, c_name: names::c_constant(&prefix, name) });
        }
        entries
    }

    /// The name of a constant in C, or where this is corrected, the right one.
    pub(crate) fn corrected<'n>(&'n self, c_name: &'n str) -> &'n str {
        self.fixes.c_names.get(c_name).map_or(c_name, String::as_str)
    }

    /// The name of an enum that selects, of a type.
    pub(crate) fn selects(&self, attribute: &Attribute, value: &str) -> Result<String> {
        if attribute.ty == "string" {
            return Ok(format!("{value:?}"));
        }
        let Some(name) = &attribute.enumeration else { bail!("{} selects by a number", attribute.name) };
        let definition = self.definition(name)?;
        let entry = self.entries(definition).into_iter().find(|entry| entry.name == value);
        let entry = entry.with_context(|| format!("{name} has no {value}"))?;
        Ok(entry.value.to_string())
    }

    /// The sets that lie in a set, directly or in a form of a sub-message.
    pub(crate) fn inner_sets(&self, set: &Set<'_>) -> Result<BTreeSet<String>> {
        let mut inner = BTreeSet::new();
        for (_, attribute) in &set.attributes {
            inner.extend(attribute.nested_attributes.clone());
            if let Some(name) = &attribute.sub_message {
                let formats = &self.sub_message(name)?.formats;
                inner.extend(formats.iter().filter_map(|format| format.attribute_set.clone()));
            }
        }
        Ok(inner)
    }

    /// All sets that lie in a set, however deep.
    pub(crate) fn sets_within(&self, name: &str) -> Result<BTreeSet<String>> {
        self.sets_within_but(name, &[])
    }

    /// The same, not counting what lies only in `others`.
    pub(crate) fn sets_within_but(&self, name: &str, others: &[String]) -> Result<BTreeSet<String>> {
        let (mut found, mut open) = (BTreeSet::new(), vec![name.to_owned()]);
        while let Some(name) = open.pop() {
            for inner in self.inner_sets(&self.set(&name)?)? {
                if !others.contains(&inner) && found.insert(inner.clone()) {
                    open.push(inner);
                }
            }
        }
        Ok(found)
    }

    /// The structs of the specification.
    pub(crate) fn structs(&self) -> impl Iterator<Item = &Definition> {
        self.spec.definitions.iter().filter(|definition| definition.ty == DefinitionType::Struct)
    }
}

/// The attribute of a subset: what it says of itself, and else what the whole says.
fn merged(whole: &Attribute, part: &Attribute) -> Attribute {
    let ty = if part.ty.is_empty() { whole.ty.clone() } else { part.ty.clone() };
    Attribute {
        ty,
        nested_attributes: part.nested_attributes.clone().or(whole.nested_attributes.clone()),
        sub_message: part.sub_message.clone().or(whole.sub_message.clone()),
        multi_attr: part.multi_attr || whole.multi_attr,
        display_hint: part.display_hint.clone().or(whole.display_hint.clone()),
        ..whole.clone()
    }
}
