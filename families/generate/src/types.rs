//! The Rust type of an attribute.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

use crate::budget::Plan;
use crate::corrections::StructFix;
use crate::family::{Family, Set};
use crate::numbers::{self, Numbers};
use crate::spec::Attribute;

/// From this size on in bytes, a nest or a struct is read when it is asked for.
const LARGE: usize = 160;

/// A byte order of our own definitions: big-endian, and the attribute has `NLA_F_NET_BYTEORDER`.
const FLAGGED: &str = "big-endian-flagged";

/// The size of `Lazy`.
const LAZY: usize = 24;

/// That of `Rest` and a word more: what a set takes at least.
const REST: usize = 40;

/// What a field is.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// Its type, without `Option`.
    pub(crate) ty: String,
    /// Its keys beside the number.
    pub(crate) keys: Vec<String>,
    pub(crate) presence: Presence,
    /// About how many bytes it has.
    pub(crate) size: usize,
    /// Whether it may be read when it is asked for.
    pub(crate) can_wait: bool,
    /// The type of one, where there may be several.
    pub(crate) item: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Optional,
    Repeated,
    Flag,
}

/// Names of types and sizes, for the fields that have them.
#[derive(Debug)]
pub(crate) struct Types<'f> {
    pub(crate) family: &'f Family,
    pub(crate) numbers: Numbers,
    /// How the sets of messages are made small enough, by their names.
    pub(crate) plans: BTreeMap<String, Plan>,
}

impl Types<'_> {
    fn large(&self) -> usize {
        self.family.fixes.large.unwrap_or(LARGE)
    }

    /// The name of a set or a struct in Rust.
    pub(crate) fn type_name(&self, name: &str) -> String {
        self.family.fixes.names.get(name).cloned().unwrap_or_else(|| crate::names::camel(name))
    }

    /// Whether the attribute is a field of its set, and not one of those that are read one at a time.
    pub(crate) fn has_field(&self, set: &Set<'_>, attribute: &Attribute) -> bool {
        self.plans.get(set.name).is_none_or(|plan| !plan.rare.contains(&attribute.name))
    }

    /// The field of an attribute; none for padding and numbers without use.
    pub(crate) fn field(&self, set: &Set<'_>, attribute: &Attribute) -> Result<Option<Field>> {
        // Nobody sends what is called unspecified.
        if matches!(attribute.ty.as_str(), "pad" | "unused") || attribute.name == "unspec" {
            return Ok(None);
        }
        // What is said of a whole set goes for its parts.
        let sets = [Some(set.name), self.family.whole_of(set.name)].into_iter().flatten();
        let mut fixes = sets.filter_map(|name| self.family.fixes.sets.get(name));
        let fixed = fixes.find_map(|fix| fix.types.get(&attribute.name));
        let mut field = match fixed {
            Some(ty) => plain(ty, LAZY),
            None => self.item(set, attribute).with_context(|| format!("{}.{}", set.name, attribute.name))?,
        };
        if attribute.multi_attr {
            field = Field {
                ty: format!("Repeat<'a, {}>", field.ty),
                presence: Presence::Repeated,
                size: 48,
                item: Some(field.ty),
                ..field
            };
        }
        Ok(Some(field))
    }

    fn item(&self, set: &Set<'_>, attribute: &Attribute) -> Result<Field> {
        let hint = attribute.display_hint.as_deref();
        let field = match (attribute.ty.as_str(), hint) {
            ("flag", _) => Field { presence: Presence::Flag, ..plain("bool", 1) },
            ("u32", Some("ipv4")) => flagged(attribute, plain("Ipv4Addr", 5)),
            ("u8" | "u16" | "u32" | "u64" | "s8" | "s16" | "s32" | "s64" | "uint" | "sint", _) => {
                self.number(attribute)?
            }
            ("string", _) => self.with_lengths(attribute, plain("NlStr<'a>", 16)),
            ("binary", _) => self.binary(set, attribute)?,
            ("bitfield32", _) => self.bitfield(attribute)?,
            ("nest", _) => self.nest(set, attribute)?,
            ("indexed-array", _) => self.indexed(attribute)?,
            ("nest-type-value", _) => self.by_type(attribute)?,
            ("sub-message", _) => self.sub_message(set, attribute)?,
            (other, _) => bail!("type {other}"),
        };
        Ok(field)
    }

    fn bitfield(&self, attribute: &Attribute) -> Result<Field> {
        let used = numbers::used(self.family, attribute.enumeration.as_deref(), true, "u32")?;
        Ok(match used {
            Some(used) => plain(&format!("Bitfield32<{}>", self.numbers.name(self.family, &used)), 12),
            None => plain("Bitfield32", 12),
        })
    }

    fn number(&self, attribute: &Attribute) -> Result<Field> {
        let used = numbers::used(
            self.family,
            attribute.enumeration.as_deref(),
            attribute.enum_as_flags,
            &attribute.ty,
        )?;
        let name = match (used, attribute.ty.as_str()) {
            (Some(used), _) => self.numbers.name(self.family, &used),
            (None, ty) if is_hex(attribute) => numbers::bits(ty),
            (None, "uint") => "u64".to_owned(),
            (None, "sint") => "i64".to_owned(),
            (None, ty) => numbers::rust_integer(ty),
        };
        let is_variable = matches!(name.as_str(), "u64" | "i64") && attribute.ty.ends_with("int");
        let size = 2 * crate::layout::integer_len(&attribute.ty).unwrap_or(8);
        let mut field = plain(&name, size);
        field.keys.extend(is_variable.then(|| attribute.ty.clone()));
        if size > 2 {
            field.keys.extend(byte_order(attribute));
        }
        let most = match attribute.ty.as_str() {
            "u8" => i64::from(u8::MAX),
            "u16" => u16::MAX.into(),
            "u32" => u32::MAX.into(),
            _ => i64::MAX,
        };
        let (min, max) = (&attribute.checks.min, &attribute.checks.max);
        if let Some(min) = min.as_ref().and_then(|min| self.family.number(min)).filter(|min| *min != 0) {
            field.keys.push(format!("min = {min}"));
        }
        if let Some(max) = max.as_ref().and_then(|max| self.family.number(max)).filter(|max| *max < most) {
            field.keys.push(format!("max = {max}"));
        }
        Ok(field)
    }

    fn with_lengths(&self, attribute: &Attribute, mut field: Field) -> Field {
        let checks = &attribute.checks;
        let number =
            |value: &Option<crate::spec::Value>| value.as_ref().and_then(|len| self.family.number(len));
        let (min, max) = (number(&checks.min_len), number(&checks.max_len));
        let exact = number(&checks.exact_len);
        field.keys.extend(min.or(exact).map(|min| format!("min_len = {min}")));
        field.keys.extend(max.or(exact).map(|max| format!("max_len = {max}")));
        field
    }

    fn binary(&self, set: &Set<'_>, attribute: &Attribute) -> Result<Field> {
        if let Some(name) = &attribute.structure {
            let (ty, layout) = (self.type_name(name), self.family.layout(self.family.definition(name)?)?);
            return Ok(match self.family.fixes.structs.get(name).and_then(|fix| fix.tail.as_ref()) {
                Some(tail) => self.maybe_lazy(set, attribute, self.flexible(&ty, layout.len, tail)),
                None => self.maybe_lazy(set, attribute, plain(&ty, layout.len + 1)),
            });
        }
        if let Some(sub_type) = attribute.sub_type.as_deref().filter(|sub_type| *sub_type != "u8") {
            let item =
                if is_hex(attribute) { numbers::bits(sub_type) } else { numbers::rust_integer(sub_type) };
            return Ok(plain(&format!("Array<'a, {item}>"), 24));
        }
        let exact = attribute.checks.exact_len.as_ref().and_then(|len| self.family.number(len));
        Ok(match (attribute.display_hint.as_deref(), exact) {
            (Some("mac"), _) => plain("HwAddr<'a>", 16),
            (Some("ipv6"), _) => flagged(attribute, plain("Ipv6Addr", 17)),
            (Some("ipv4"), _) => flagged(attribute, plain("Ipv4Addr", 5)),
            (Some("ipv4-or-v6"), _) => plain("IpAddr", 17),
            (_, Some(len)) => plain(&format!("[u8; {len}]"), usize::try_from(len)? + 1),
            _ => self.with_lengths(attribute, plain("&'a [u8]", 16)),
        })
    }

    /// A struct that ends in an array of others.
    fn flexible(&self, header: &str, len: usize, tail: &str) -> Field {
        let item = match crate::layout::integer_len(tail) {
            Some(_) => numbers::rust_integer(tail),
            None => self.type_name(tail),
        };
        plain(&format!("Headed<{header}, Array<'a, {item}>>"), len + 32)
    }

    fn nest(&self, set: &Set<'_>, attribute: &Attribute) -> Result<Field> {
        let Some(name) = &attribute.nested_attributes else {
            return Ok(self.maybe_lazy(set, attribute, plain("Unspecified<'a>", REST)));
        };
        let mut field = plain(&format!("{}<'a>", self.type_name(name)), 0);
        if let Some(selector) = self.outer_selector(name)? {
            if set.attribute(&selector).is_some() {
                field.keys.push(format!("select = {}", crate::names::snake(&selector)));
            }
            field.size = self.set_size(name)?;
            return Ok(field);
        }
        // A set that can contain itself has no size.
        let is_cycle = name == set.name || self.family.sets_within(name)?.contains(set.name);
        field.size = if is_cycle { usize::MAX / 2 } else { self.set_size(name)? };
        if attribute.multi_attr { Ok(field) } else { Ok(self.maybe_lazy(set, attribute, field)) }
    }

    /// A value that is large is read when it is asked for.
    fn maybe_lazy(&self, set: &Set<'_>, attribute: &Attribute, field: Field) -> Field {
        let fix = self.family.fixes.sets.get(set.name);
        let is_direct = fix.is_some_and(|fix| fix.direct.contains(&attribute.name));
        let is_planned = self.plans.get(set.name).is_some_and(|plan| plan.lazy.contains(&attribute.name));
        let is_lazy = is_planned || fix.is_some_and(|fix| fix.lazy.contains(&attribute.name));
        if is_lazy || (field.size > self.large() && !is_direct) {
            return lazy(field);
        }
        Field { can_wait: !is_direct && field.size > LAZY, ..field }
    }

    /// What selects the forms of a set from the set around it.
    pub(crate) fn outer_selector(&self, name: &str) -> Result<Option<String>> {
        let set = self.family.set(name)?;
        let selectors = set.attributes.iter().filter_map(|(_, attribute)| attribute.selector.clone());
        Ok(selectors.into_iter().find(|selector| set.attribute(selector).is_none()))
    }

    fn indexed(&self, attribute: &Attribute) -> Result<Field> {
        let hint = attribute.display_hint.as_deref();
        let ty = match (attribute.sub_type.as_deref(), &attribute.nested_attributes, hint) {
            (Some("nest"), Some(name), _) => format!("NestedArray<'a, {}<'a>>", self.type_name(name)),
            (_, _, Some("ipv4")) => "IndexedArray<'a, Ipv4Addr>".to_owned(),
            (_, _, Some("ipv6")) => "IndexedArray<'a, Ipv6Addr>".to_owned(),
            (Some("u32"), _, _) => "IndexedArray<'a, u32>".to_owned(),
            (Some("binary"), _, _) => "IndexedArray<'a, &'a [u8]>".to_owned(),
            other => bail!("an array of {other:?}"),
        };
        Ok(plain(&ty, 24))
    }

    fn by_type(&self, attribute: &Attribute) -> Result<Field> {
        let name = attribute.nested_attributes.as_deref().context("no set")?;
        let inner = format!("{}<'a>", self.type_name(name));
        let nested = attribute.type_value.iter().fold(inner, |inner, _| format!("ByType<'a, {inner}>"));
        Ok(plain(&nested, 24))
    }

    fn sub_message(&self, set: &Set<'_>, attribute: &Attribute) -> Result<Field> {
        let name = attribute.sub_message.as_deref().context("no sub-message")?;
        let selector = attribute.selector.as_deref().context("no selector")?;
        // That of `Attr`.
        let mut size = 40;
        for format in &self.family.sub_message(name)?.formats {
            size = size.max(self.form(name, format)?.size);
        }
        let mut field = plain(&format!("{}<'a>", self.type_name(name)), size + 8);
        field.keys.push(match set.attribute(selector) {
            Some(_) => format!("select = {}", crate::names::snake(selector)),
            None => "select".to_owned(),
        });
        Ok(field)
    }

    /// The type of a form of a sub-message.
    pub(crate) fn form(&self, of: &str, format: &crate::spec::Format) -> Result<Field> {
        let large = self.family.fixes.large_forms.get(of).copied().unwrap_or(self.large());
        let header = match &format.fixed_header {
            Some(name) => {
                let layout = self.family.layout(self.family.definition(name)?)?;
                Some((self.type_name(name), layout.len, self.family.fixes.structs.get(name)))
            }
            None => None,
        };
        let attrs = match &format.attribute_set {
            Some(name) => {
                // A form that can contain itself has no size.
                let is_cycle = self.family.sets_within(name)?.contains(name);
                let size = if is_cycle { large + 1 } else { self.set_size(name)? };
                Some((format!("{}<'a>", self.type_name(name)), size))
            }
            None => None,
        };
        let field = match (header, attrs) {
            (Some((header, len, Some(StructFix { tail: Some(tail), .. }))), None) => {
                self.flexible(&header, len, tail)
            }
            (Some((header, len, _)), Some((attrs, size))) => {
                plain(&format!("Headed<{header}, {attrs}>"), len + size)
            }
            (Some((header, len, _)), None) => plain(&header, len),
            (None, Some((attrs, size))) => plain(&attrs, size),
            (None, None) => plain("&'a [u8]", 16),
        };
        Ok(if field.size > large { lazy(field) } else { field })
    }

    /// About how many bytes the struct of a set has.
    pub(crate) fn set_size(&self, name: &str) -> Result<usize> {
        let set = self.family.set(name)?;
        let mut size = REST;
        for (_, attribute) in &set.attributes {
            if self.has_field(&set, attribute) {
                size += self.field(&set, attribute)?.map_or(0, |field| field.size);
            }
        }
        Ok(size.next_multiple_of(8))
    }
}

/// Whether a number is to be shown in hexadecimal.
fn is_hex(attribute: &Attribute) -> bool {
    attribute.display_hint.as_deref() == Some("hex")
}

/// The key for the order of a number's bytes.
fn byte_order(attribute: &Attribute) -> Option<String> {
    match attribute.byte_order.as_deref()? {
        "big-endian" => Some("be".to_owned()),
        FLAGGED => Some("net_byteorder".to_owned()),
        _ => None,
    }
}

/// An address; a flag of the attribute says that it is in network order, where the definition says so.
fn flagged(attribute: &Attribute, mut field: Field) -> Field {
    let is_flagged = attribute.byte_order.as_deref() == Some(FLAGGED);
    field.keys.extend(is_flagged.then(|| "net_byteorder".to_owned()));
    field
}

fn plain(ty: &str, size: usize) -> Field {
    let presence = Presence::Optional;
    Field { ty: ty.to_owned(), keys: Vec::new(), presence, size, can_wait: false, item: None }
}

fn lazy(field: Field) -> Field {
    Field { ty: format!("Lazy<'a, {}>", field.ty), size: LAZY, ..field }
}
