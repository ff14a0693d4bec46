//! A specification as its file says it. An unknown key is an error, so that nothing new is overlooked.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// A file of `Documentation/netlink/specs`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Spec {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) protocol: Protocol,
    pub(crate) protonum: Option<u16>,
    pub(crate) version: Option<u8>,
    pub(crate) uapi_header: Option<String>,
    #[serde(default)]
    pub(crate) definitions: Vec<Definition>,
    pub(crate) attribute_sets: Vec<AttributeSet>,
    #[serde(default)]
    pub(crate) sub_messages: Vec<SubMessage>,
    pub(crate) operations: Operations,
    #[serde(default)]
    pub(crate) mcast_groups: Groups,
    #[serde(default, rename = "doc")]
    _doc: IgnoredAny,
    #[serde(default, rename = "c-family-name")]
    _c_family_name: IgnoredAny,
    #[serde(default, rename = "c-version-name")]
    _c_version_name: IgnoredAny,
    #[serde(default, rename = "max-by-define")]
    _max_by_define: IgnoredAny,
    #[serde(default, rename = "kernel-policy")]
    _kernel_policy: IgnoredAny,
    #[serde(default, rename = "kernel-family")]
    _kernel_family: IgnoredAny,
    #[serde(default, rename = "cmd-cnt-name")]
    _cmd_cnt_name: IgnoredAny,
}

#[derive(Debug, Default, Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Protocol {
    #[default]
    Genetlink,
    GenetlinkLegacy,
    NetlinkRaw,
}

#[derive(Debug, Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DefinitionType {
    Const,
    Enum,
    Flags,
    Struct,
}

/// A constant, an enum, a set of flags or a struct.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Definition {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) ty: DefinitionType,
    pub(crate) value: Option<Value>,
    pub(crate) value_start: Option<i64>,
    pub(crate) name_prefix: Option<String>,
    #[serde(default)]
    pub(crate) entries: Vec<Entry>,
    #[serde(default)]
    pub(crate) members: Vec<Member>,
    #[serde(default, rename = "enum-name")]
    _enum_name: IgnoredAny,
    #[serde(default, rename = "header")]
    _header: IgnoredAny,
    #[serde(default, rename = "scope")]
    _scope: IgnoredAny,
    #[serde(default, rename = "doc")]
    _doc: IgnoredAny,
    #[serde(default, rename = "render-max")]
    _render_max: IgnoredAny,
    #[serde(default, rename = "enum-cnt-name")]
    _enum_cnt_name: IgnoredAny,
}

/// A number, or a text.
#[derive(Debug, Deserialize, Clone, PartialEq, Eq)]
#[serde(untagged)]
pub(crate) enum Value {
    Number(i64),
    Text(String),
}

/// An entry of an enum, as a name alone or with a value.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Entry {
    Name(String),
    Valued(ValuedEntry),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValuedEntry {
    pub(crate) name: String,
    pub(crate) value: Option<i64>,
    #[serde(default, rename = "doc")]
    _doc: IgnoredAny,
}

/// A member of a struct.
#[derive(Debug, Deserialize, Clone)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Member {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) ty: String,
    pub(crate) byte_order: Option<String>,
    #[serde(rename = "enum")]
    pub(crate) enumeration: Option<String>,
    #[serde(default)]
    pub(crate) enum_as_flags: bool,
    pub(crate) len: Option<Value>,
    #[serde(rename = "struct")]
    pub(crate) structure: Option<String>,
    pub(crate) display_hint: Option<String>,
    #[serde(default, rename = "doc")]
    _doc: IgnoredAny,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct AttributeSet {
    pub(crate) name: String,
    pub(crate) subset_of: Option<String>,
    pub(crate) name_prefix: Option<String>,
    pub(crate) attributes: Vec<Attribute>,
    #[serde(default, rename = "doc")]
    _doc: IgnoredAny,
    #[serde(default, rename = "attr-max-name")]
    _attr_max_name: IgnoredAny,
    #[serde(default, rename = "attr-cnt-name")]
    _attr_cnt_name: IgnoredAny,
    #[serde(default, rename = "enum-name")]
    _enum_name: IgnoredAny,
    #[serde(default, rename = "header")]
    _header: IgnoredAny,
}

/// An attribute; of a subset, often only its name.
#[derive(Debug, Deserialize, Clone, Default)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    #[serde(rename = "type", default)]
    pub(crate) ty: String,
    pub(crate) value: Option<u16>,
    pub(crate) name_prefix: Option<String>,
    pub(crate) byte_order: Option<String>,
    pub(crate) display_hint: Option<String>,
    #[serde(default)]
    pub(crate) checks: Checks,
    pub(crate) nested_attributes: Option<String>,
    #[serde(rename = "enum")]
    pub(crate) enumeration: Option<String>,
    #[serde(default)]
    pub(crate) enum_as_flags: bool,
    #[serde(rename = "struct")]
    pub(crate) structure: Option<String>,
    #[serde(default)]
    pub(crate) multi_attr: bool,
    pub(crate) sub_type: Option<String>,
    #[serde(default)]
    pub(crate) type_value: Vec<String>,
    pub(crate) sub_message: Option<String>,
    pub(crate) selector: Option<String>,
    #[serde(default, rename = "doc")]
    pub(crate) _doc: Option<IgnoredAny>,
}

/// Limits; a number, or the name of one.
#[derive(Debug, Deserialize, Clone, Default)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Checks {
    pub(crate) min: Option<Value>,
    pub(crate) max: Option<Value>,
    pub(crate) min_len: Option<Value>,
    pub(crate) max_len: Option<Value>,
    pub(crate) exact_len: Option<Value>,
    #[serde(rename = "unterminated-ok")]
    _unterminated_ok: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubMessage {
    pub(crate) name: String,
    pub(crate) formats: Vec<Format>,
}

/// A form of a sub-message: what selects it, and what it is.
#[derive(Debug, Deserialize, Clone)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Format {
    pub(crate) value: String,
    pub(crate) attribute_set: Option<String>,
    pub(crate) fixed_header: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Operations {
    pub(crate) list: Vec<Operation>,
    pub(crate) enum_model: Option<String>,
    pub(crate) name_prefix: Option<String>,
    pub(crate) fixed_header: Option<String>,
    #[serde(default, rename = "enum-name")]
    _enum_name: IgnoredAny,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) attribute_set: Option<String>,
    pub(crate) fixed_header: Option<String>,
    pub(crate) value: Option<u16>,
    #[serde(rename = "do")]
    pub(crate) single: Option<Mode>,
    pub(crate) dump: Option<Mode>,
    pub(crate) notify: Option<String>,
    pub(crate) event: Option<Direction>,
    #[serde(default, rename = "doc")]
    _doc: IgnoredAny,
    #[serde(default, rename = "mcgrp")]
    _mcgrp: IgnoredAny,
    #[serde(default, rename = "flags")]
    _flags: IgnoredAny,
    #[serde(default, rename = "dont-validate")]
    _dont_validate: IgnoredAny,
    #[serde(default, rename = "config-cond")]
    _config_cond: IgnoredAny,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mode {
    pub(crate) request: Option<Direction>,
    pub(crate) reply: Option<Direction>,
    #[serde(default, rename = "pre")]
    _pre: IgnoredAny,
    #[serde(default, rename = "post")]
    _post: IgnoredAny,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Direction {
    pub(crate) value: Option<u16>,
    /// The attributes that the specification expects: some lists lack what the kernel sends.
    #[serde(default)]
    pub(crate) attributes: Vec<String>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct Groups {
    pub(crate) list: Vec<Group>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) value: Option<u32>,
    #[serde(default, rename = "c-define-name")]
    _c_define_name: IgnoredAny,
}

impl AttributeSet {
    /// Some attributes of another set.
    pub(crate) fn part<'n>(name: &str, whole: &str, names: impl Iterator<Item = &'n String>) -> Self {
        let attribute = |name: &String| Attribute { name: name.clone(), ..Attribute::default() };
        Self {
            name: name.to_owned(),
            subset_of: Some(whole.to_owned()),
            name_prefix: None,
            attributes: names.map(attribute).collect(),
            _doc: IgnoredAny,
            _attr_max_name: IgnoredAny,
            _attr_cnt_name: IgnoredAny,
            _enum_name: IgnoredAny,
            _header: IgnoredAny,
        }
    }
}

impl Operation {
    /// The attributes that the specification expects in a request, an answer or an event.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &String> {
        let modes = [&self.single, &self.dump].into_iter().flatten();
        let directions = modes.flat_map(|mode| [&mode.request, &mode.reply]).flatten();
        directions.chain(&self.event).flat_map(|direction| &direction.attributes)
    }
}

impl Entry {
    /// From `name=1`.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let Some((name, value)) = text.split_once('=') else { return Ok(Self::Name(text.to_owned())) };
        Ok(Self::Valued(ValuedEntry { name: name.to_owned(), value: Some(value.parse()?), _doc: IgnoredAny }))
    }
}

impl Spec {
    /// The names of all attributes of some sets.
    pub(crate) fn names_of_sets(&self, is_wanted: impl Fn(&AttributeSet) -> bool) -> BTreeSet<String> {
        let sets = self.attribute_sets.iter().filter(|set| is_wanted(set));
        sets.flat_map(|set| &set.attributes).map(|attribute| attribute.name.clone()).collect()
    }

    /// Reads a file: YAML of the kernel's, or TOML of ours with the same words.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let spec = match path.extension().is_some_and(|extension| extension == "toml") {
            true => toml::from_str(&text).map_err(anyhow::Error::from),
            false => serde_saphyr::from_str(&text).map_err(anyhow::Error::from),
        };
        spec.with_context(|| format!("{}", path.display()))
    }
}
