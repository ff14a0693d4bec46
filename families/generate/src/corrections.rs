//! What a specification does not say, or says wrongly: facts, one file per family, in the specification's own words.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::spec::{
    Attribute, AttributeSet, Definition, DefinitionType, Entry, Format, Group, Member, Operation, Protocol,
    Spec, SubMessage,
};

/// The corrections of one family.
#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Corrections {
    /// What the module is about, in one line.
    pub(crate) about: Option<String>,
    /// The version of the family.
    pub(crate) version: Option<u8>,
    /// An example for the page of the module.
    pub(crate) example: Option<String>,
    /// From this size on in bytes, a nest is read when it is asked for.
    pub(crate) large: Option<usize>,
    /// The same of the forms of sub-messages, by their names.
    #[serde(default)]
    pub(crate) large_forms: BTreeMap<String, usize>,
    /// What the names of operations have in front in C.
    pub(crate) operation_prefix: Option<String>,
    /// Whether requests and answers have their numbers from one enum.
    #[serde(default)]
    pub(crate) one_enum: bool,
    /// What the names of answers have behind that of the request in C.
    pub(crate) reply_suffix: Option<String>,
    /// Names in Rust, by the name in the specification: types and messages.
    #[serde(default)]
    pub(crate) names: BTreeMap<String, String>,
    /// Sets that nothing reaches but a value written by hand.
    #[serde(default)]
    pub(crate) also: Vec<String>,
    /// Definitions that replace those of the same name, or are added.
    #[serde(default)]
    pub(crate) definitions: Vec<Definition>,
    #[serde(default)]
    pub(crate) structs: BTreeMap<String, StructFix>,
    #[serde(default)]
    pub(crate) enums: BTreeMap<String, EnumFix>,
    #[serde(default)]
    pub(crate) sets: BTreeMap<String, SetFix>,
    #[serde(default)]
    pub(crate) new_sets: Vec<AttributeSet>,
    /// Sets that are too large for one message, and the parts of them that messages have.
    #[serde(default)]
    pub(crate) parts: BTreeMap<String, Parts>,
    #[serde(default)]
    pub(crate) sub_messages: BTreeMap<String, Vec<Format>>,
    #[serde(default)]
    pub(crate) new_sub_messages: Vec<SubMessage>,
    #[serde(default)]
    pub(crate) messages: BTreeMap<String, MessageFix>,
    /// Functions that say whether a message may be sent, by the message's name in Rust.
    #[serde(default)]
    pub(crate) checks: BTreeMap<String, String>,
    /// Operations that the specification does not have.
    #[serde(default)]
    pub(crate) new_operations: Vec<Operation>,
    /// Groups that the specification does not have.
    #[serde(default)]
    pub(crate) new_groups: Vec<Group>,
    /// Names of groups in C, where the rule gives another one.
    #[serde(default)]
    pub(crate) groups: BTreeMap<String, String>,
    /// Names in C, by the name that the rule gives.
    #[serde(default)]
    pub(crate) c_names: BTreeMap<String, String>,
    /// What C does not declare under this name, and why.
    #[serde(default)]
    pub(crate) undeclared: BTreeMap<String, String>,
    /// Attributes, messages and groups that C has and we have not, and why.
    #[serde(default)]
    pub(crate) lacks: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct StructFix {
    /// Its name in C.
    pub(crate) c: Option<String>,
    /// What the names of its members have in front in C.
    pub(crate) c_prefix: Option<String>,
    /// The struct that follows it, any number of times.
    pub(crate) tail: Option<String>,
    /// Members that replace those of the same name.
    #[serde(default)]
    pub(crate) members: Vec<Member>,
    /// Whether these are all members.
    #[serde(default)]
    pub(crate) all: bool,
    /// Rust types of members, where no rule gives them.
    #[serde(default)]
    pub(crate) types: BTreeMap<String, String>,
    /// Names of members in C, where the rule gives another one.
    #[serde(default)]
    pub(crate) c_members: BTreeMap<String, String>,
    /// What there is to say of members: their units.
    #[serde(default)]
    pub(crate) docs: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct EnumFix {
    /// What its names have in front in C.
    pub(crate) c_prefix: Option<String>,
    /// The value of the first entry.
    pub(crate) value_start: Option<i64>,
    /// Whether the entries are bits.
    #[serde(default)]
    pub(crate) flags: bool,
    /// All entries, as `name=1`.
    pub(crate) entries: Option<Vec<String>>,
    /// Entries behind those of the specification.
    #[serde(default)]
    pub(crate) more: Vec<String>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct SetFix {
    /// What its names have in front in C.
    pub(crate) c_prefix: Option<String>,
    /// Attributes that replace those of the same name, or are added.
    #[serde(default)]
    pub(crate) attributes: Vec<Attribute>,
    /// Numbers of attributes.
    #[serde(default)]
    pub(crate) values: BTreeMap<String, u16>,
    /// The order in which the kernel writes them, by number.
    #[serde(default)]
    pub(crate) order: Vec<u16>,
    /// Attributes that are read at once, however large they are.
    #[serde(default)]
    pub(crate) direct: Vec<String>,
    /// Attributes that are read when asked for, however small they are.
    #[serde(default)]
    pub(crate) lazy: Vec<String>,
    /// Attributes of messages that have no field: they are read one at a time.
    #[serde(default)]
    pub(crate) rare: Vec<String>,
    /// Rust types of attributes, where no rule gives them.
    #[serde(default)]
    pub(crate) types: BTreeMap<String, String>,
    /// What there is to say of attributes: their units.
    #[serde(default)]
    pub(crate) docs: BTreeMap<String, String>,
}

/// Parts of a set.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Parts {
    /// Attributes that all parts have.
    pub(crate) common: Vec<String>,
    pub(crate) sets: Vec<Part>,
}

/// A part: what its operations are known to have, and what begins with certain words and is not only in nests.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Part {
    pub(crate) name: String,
    /// How the names of the operations begin; of several parts, the first is that of an operation.
    pub(crate) operations: Vec<String>,
    /// How the names of the attributes begin.
    #[serde(default)]
    pub(crate) attributes: Vec<String>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct MessageFix {
    /// Members of the header that tell one object from another.
    #[serde(default)]
    pub(crate) header_key: Vec<String>,
    /// Attributes that do.
    #[serde(default)]
    pub(crate) key: Vec<String>,
    /// The message that says that the object has been deleted.
    pub(crate) deleted: Option<String>,
    /// Its header, where the operation has none.
    pub(crate) fixed_header: Option<String>,
    /// Its set, where the operation has none.
    pub(crate) attribute_set: Option<String>,
    /// The set of the request, where it is not that of the answer.
    pub(crate) request_set: Option<String>,
    /// The Rust type of what follows the header, where that is no attributes.
    pub(crate) payload: Option<String>,
    /// The name of its number in C.
    pub(crate) c: Option<String>,
    /// The name of what answers it, in Rust and in C.
    pub(crate) reply: Option<String>,
    pub(crate) reply_c: Option<String>,
    /// The request that the kernel answers with this message under the number of the request.
    pub(crate) answers: Option<String>,
    /// What there is to say of it beside its name in C.
    pub(crate) doc: Option<String>,
}

impl Corrections {
    /// Reads the file of a family, if there is one.
    pub(crate) fn read(dir: &Path, family: &str) -> Result<Self> {
        let path = dir.join(format!("{family}.toml"));
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(&path)?;
        toml::from_str(&text).with_context(|| format!("{}", path.display()))
    }

    /// Corrects the specification. What a correction names has to exist.
    pub(crate) fn apply(&mut self, spec: &mut Spec) -> Result<()> {
        spec.version = self.version.or(spec.version);
        for definition in std::mem::take(&mut self.definitions) {
            replace(&mut spec.definitions, definition, |definition| &definition.name);
        }
        for (name, fix) in &mut self.structs {
            let Some(found) = spec.definitions.iter_mut().find(|definition| definition.name == *name) else {
                bail!("{}: no struct {name} to correct", spec.name);
            };
            if fix.all {
                found.members.clear();
            }
            for member in std::mem::take(&mut fix.members) {
                replace(&mut found.members, member, |member| &member.name);
            }
            if let Some(doc) =
                fix.docs.keys().find(|doc| found.members.iter().all(|member| member.name != **doc))
            {
                bail!("{}: {name} has no member {doc}", spec.name);
            }
        }
        for (name, fix) in &mut self.enums {
            let Some(found) = spec.definitions.iter_mut().find(|definition| definition.name == *name) else {
                bail!("{}: no enum {name} to correct", spec.name);
            };
            found.value_start = fix.value_start.or(found.value_start);
            if fix.flags {
                found.ty = DefinitionType::Flags;
            }
            if let Some(entries) = fix.entries.take() {
                found.entries = entries.iter().map(|entry| Entry::parse(entry)).collect::<Result<_>>()?;
            }
            for entry in &fix.more {
                found.entries.push(Entry::parse(entry)?);
            }
        }
        spec.operations.list.append(&mut self.new_operations);
        spec.mcast_groups.list.append(&mut self.new_groups);
        if spec.protocol == Protocol::NetlinkRaw {
            // Only generic netlink joins groups by name.
            spec.mcast_groups.list.retain(|group| group.value.is_some());
        }
        if let Some(prefix) = self.operation_prefix.take() {
            spec.operations.name_prefix = Some(prefix);
        }
        spec.attribute_sets.append(&mut self.new_sets);
        for (name, fix) in &mut self.sets {
            let Some(set) = spec.attribute_sets.iter_mut().find(|set| set.name == *name) else {
                bail!("{}: no set {name} to correct", spec.name);
            };
            if let Some(prefix) = &fix.c_prefix {
                set.name_prefix = Some(prefix.clone());
            }
            for attribute in &mut set.attributes {
                attribute.value = fix.values.get(&attribute.name).copied().or(attribute.value);
            }
            for attribute in std::mem::take(&mut fix.attributes) {
                let ty = attribute.value;
                let before = set.attributes.iter().find(|before| before.name == attribute.name);
                let value = ty.or(before.and_then(|before| before.value));
                replace(&mut set.attributes, Attribute { value, ..attribute }, |attribute| &attribute.name);
            }
            if let Some(doc) =
                fix.docs.keys().find(|doc| set.attributes.iter().all(|found| found.name != **doc))
            {
                bail!("{}: {name} has no attribute {doc}", spec.name);
            }
        }
        spec.sub_messages.append(&mut self.new_sub_messages);
        for (name, formats) in &mut self.sub_messages {
            let Some(found) = spec.sub_messages.iter_mut().find(|found| found.name == *name) else {
                bail!("{}: no sub-message {name} to correct", spec.name);
            };
            for format in std::mem::take(formats) {
                replace(&mut found.formats, format, |format| &format.value);
            }
        }
        for (name, parts) in &self.parts {
            parts.apply(spec, name)?;
        }
        Ok(())
    }
}

impl Parts {
    /// Gives the operations of a set the parts of it that they have.
    fn apply(&self, spec: &mut Spec, whole: &str) -> Result<()> {
        let in_nests: BTreeSet<String> = spec.names_of_sets(|set| set.subset_of.as_deref() == Some(whole));
        let all = spec.attribute_sets.iter().find(|set| set.name == whole);
        let all: Vec<String> = match all {
            Some(set) => set.attributes.iter().map(|attribute| attribute.name.clone()).collect(),
            None => bail!("{}: no set {whole} that has parts", spec.name),
        };
        for part in &self.sets {
            let begins = |name: &str, words: &[String]| words.iter().any(|word| name.starts_with(word));
            let mut named: BTreeSet<String> = self.common.iter().cloned().collect();
            for operation in &mut spec.operations.list {
                let is_of = operation.attribute_set.as_deref() == Some(whole);
                if is_of && begins(&operation.name, &part.operations) {
                    named.extend(operation.attributes().cloned());
                    operation.attribute_set = Some(part.name.clone());
                }
            }
            let has = |name: &&String| {
                named.contains(*name) || (begins(name, &part.attributes) && !in_nests.contains(*name))
            };
            spec.attribute_sets.push(AttributeSet::part(&part.name, whole, all.iter().filter(has)));
        }
        Ok(())
    }
}

fn replace<T>(all: &mut Vec<T>, new: T, name: impl Fn(&T) -> &String) {
    match all.iter_mut().find(|old| name(old) == name(&new)) {
        Some(old) => *old = new,
        None => all.push(new),
    }
}
