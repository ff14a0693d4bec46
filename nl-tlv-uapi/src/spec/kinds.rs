//! What an attribute or a member of a struct holds, in the words of a specification.

use super::{Writer, dashed};
use nl_tlv::schema::{AttrSet, Limits, NumberSchema, Selector, SubMessageSchema, ValueType};

/// A type with what belongs to it.
pub(super) struct Kind {
    pub(super) ty: &'static str,
    /// Other properties and their values.
    pub(super) more: Vec<(&'static str, String)>,
    /// The length that the type has by itself: of values that are `binary`.
    pub(super) len: Option<usize>,
}

impl Kind {
    fn new(ty: &'static str) -> Self {
        Self { ty, more: Vec::new(), len: None }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.more.push((name, value.into()));
        self
    }

    fn len(self, len: usize) -> Self {
        Self { len: Some(len), ..self }
    }
}

/// Whether only `genetlink-legacy` and `netlink-raw` have the type.
pub(super) fn is_legacy(value: ValueType) -> bool {
    match value {
        ValueType::String | ValueType::Struct(_) | ValueType::Bitfield32(_) => true,
        ValueType::Indexed(value) => is_legacy(*value),
        _ => false,
    }
}

impl Writer<'_> {
    /// The type of an attribute, which stands in `set`.
    pub(super) fn kind(&self, set: &'static AttrSet, value: ValueType) -> Kind {
        if let Some(kind) = self.number_kind(value) {
            return kind;
        }
        let nested = |ty, set: &'static AttrSet| Kind::new(ty).with("nested-attributes", self.set(set));
        match value {
            ValueType::Flag => Kind::new("flag"),
            ValueType::String | ValueType::NulString => Kind::new("string"),
            ValueType::Pad => Kind::new("pad"),
            ValueType::Reject => Kind::new("unused"),
            ValueType::Array(len) => Kind::new("binary").len(len),
            ValueType::Struct(schema) => Kind::new("binary").with("struct", dashed(schema.name)),
            ValueType::Units { value, .. } => self.array("binary", set, *value),
            ValueType::Ipv6 => Kind::new("binary").with("display-hint", "ipv6").len(16),
            ValueType::Ip => Kind::new("binary").with("display-hint", "ipv4-or-v6"),
            ValueType::Mac => Kind::new("binary").with("display-hint", "mac").len(6),
            ValueType::HwAddr => Kind::new("binary").with("display-hint", "mac"),
            ValueType::Bitfield32(names) => {
                let kind = Kind::new("bitfield32");
                names.map_or(Kind::new("bitfield32"), |names| kind.with("enum", self.number(names)))
            }
            ValueType::Nested(set) => nested("nest", set()),
            ValueType::NestedArray(set) => nested("indexed-array", set()).with("sub-type", "nest"),
            ValueType::Indexed(value) => self.array("indexed-array", set, *value),
            ValueType::ByType(ValueType::Nested(set)) => {
                nested("nest-type-value", set()).with("type-value", "[value]")
            }
            // A set whose own sub-messages are selected from outside.
            ValueType::SubMessage { schema, .. } if schema.forms.is_empty() => {
                self.kind(set, schema.otherwise)
            }
            ValueType::SubMessage { selector: Some(ty), schema } if self.is_raw() => match set.attr(ty) {
                Some(selector) => Kind::new("sub-message")
                    .with("sub-message", dashed(schema.name))
                    .with("selector", dashed(selector.name)),
                None => Kind::new("binary"),
            },
            _ => Kind::new("binary"),
        }
    }

    /// Several values of one type; bytes where the type has no name.
    fn array(&self, ty: &'static str, set: &'static AttrSet, value: ValueType) -> Kind {
        let Kind { ty: sub, more, .. } = self.kind(set, value);
        let is_known = ty != "binary" || self.number_kind(value).is_some();
        let kind = Kind::new(ty);
        if is_known { Kind { more, ..kind }.with("sub-type", sub) } else { kind }
    }

    /// The type of a number.
    fn number_kind(&self, value: ValueType) -> Option<Kind> {
        let ordered = |ty| Some(Kind::new(ty).with("byte-order", "big-endian"));
        match value {
            ValueType::U8 => Some(Kind::new("u8")),
            ValueType::U16 => Some(Kind::new("u16")),
            ValueType::U32 => Some(Kind::new("u32")),
            ValueType::U64 => Some(Kind::new("u64")),
            ValueType::S8 => Some(Kind::new("s8")),
            ValueType::S16 => Some(Kind::new("s16")),
            ValueType::S32 => Some(Kind::new("s32")),
            ValueType::S64 => Some(Kind::new("s64")),
            ValueType::Uint => Some(Kind::new("uint")),
            ValueType::Sint => Some(Kind::new("sint")),
            ValueType::Be16 => ordered("u16"),
            ValueType::Be32 => ordered("u32"),
            ValueType::Be64 => ordered("u64"),
            ValueType::BeS16 => ordered("s16"),
            ValueType::BeS32 => ordered("s32"),
            ValueType::BeS64 => ordered("s64"),
            ValueType::Ipv4 => ordered("u32").map(|kind| kind.with("display-hint", "ipv4")),
            ValueType::Named(schema) if !matches!(schema.base, ValueType::Named(_)) => {
                let kind = self.number_kind(schema.base)?;
                let has_names = schema.names().next().is_some();
                Some(if has_names { kind.with("enum", self.number(schema)) } else { kind })
            }
            _ => None,
        }
    }

    /// What selects a form: a string, the name of a number, or its digits.
    pub(super) fn selector(&self, when: Selector<'_>, names: Option<&NumberSchema>) -> String {
        match when {
            Selector::Text(text) => String::from_utf8_lossy(text).into_owned(),
            Selector::Number(number) => {
                let named = names.and_then(|names| names.names().find(|(_, own)| *own == number));
                named.map_or_else(|| number.to_string(), |(name, _)| dashed(name))
            }
        }
    }

    /// The sub-messages that the specification can define, each with the names of the numbers that select its forms.
    pub(super) fn sub_message_schemas(
        &self,
    ) -> Vec<(&'static SubMessageSchema, Option<&'static NumberSchema>)> {
        let mut found: Vec<(&'static SubMessageSchema, Option<&'static NumberSchema>)> = Vec::new();
        for set in self.sets.iter().filter(|_| self.is_raw()) {
            for attr in set.attrs {
                let ValueType::SubMessage { selector: Some(ty), schema } = attr.value else { continue };
                let names = match set.attr(ty).map(|selector| selector.value) {
                    Some(ValueType::Named(names)) => Some(names),
                    _ => None,
                };
                if !found.iter().any(|(known, _)| is_same(known, schema)) {
                    found.push((schema, names));
                }
            }
        }
        found
    }
}

/// Whether two sub-messages have one name and the same forms.
fn is_same(a: &'static SubMessageSchema, b: &'static SubMessageSchema) -> bool {
    let is_same_value = |a: ValueType, b: ValueType| match (a, b) {
        (ValueType::Nested(a), ValueType::Nested(b)) => crate::names::is_same(a(), b()),
        (a, b) => core::mem::discriminant(&a) == core::mem::discriminant(&b),
    };
    let mut forms = a.forms.iter().zip(b.forms);
    a.name == b.name
        && a.forms.len() == b.forms.len()
        && forms.all(|((a, one), (b, other))| a == b && is_same_value(*one, *other))
}

/// What limits the values of an attribute, as properties and their values.
pub(super) fn checks(kind: &Kind, value: ValueType, limits: &Limits) -> Vec<(&'static str, String)> {
    let mut checks = Vec::new();
    let mut add = |name, value: Option<String>| checks.extend(value.map(|value| (name, value)));
    // The kernel's schema of specifications has no negative limits.
    add("min", limits.min.filter(|min| *min >= 0).map(|min| min.to_string()));
    add("max", limits.max.filter(|max| *max >= 0).map(|max| max.to_string()));
    let is_exact = limits.min_len.is_some() && limits.min_len == limits.max_len;
    match (kind.len, limits.min_len, limits.max_len) {
        (Some(len), ..) => add("exact-len", Some(len.to_string())),
        (None, Some(len), _) if is_exact => add("exact-len", Some(len.to_string())),
        (None, min, max) => {
            add("min-len", min.map(|len| len.to_string()));
            add("max-len", max.map(|len| len.to_string()));
        }
    }
    if matches!(value, ValueType::String) {
        add("unterminated-ok", Some("true".to_owned()));
    }
    checks
}

/// Whether the mask is that of all bits that have names.
pub(super) fn is_mask_of_names(schema: &NumberSchema, mask: Option<u64>) -> bool {
    let named = schema.names().fold(0, |bits, (_, bit)| bits | bit);
    schema.is_flags && named != 0 && mask.map(i128::from) == Some(named)
}
