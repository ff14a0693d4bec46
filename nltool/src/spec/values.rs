//! What attributes and members of structs hold.

use super::yaml::Node;
use super::{Spec, leak};
use nl_tlv::schema::{MAX_DEPTH, Selector, SetRef, StructField, StructSchema, SubMessageSchema, ValueType};

/// `NETLINK_SMC`, the last of the kernel's own netlink protocols: `include/uapi/linux/netlink.h`.
const LAST_OF_KERNEL: i128 = 22;

impl Spec {
    /// The type of an attribute. `set` has the attributes beside it.
    pub(super) fn value(&self, attr: &Node, set: &Node) -> Result<ValueType, String> {
        let nested = || self.set_ref(attr.text("nested-attributes").unwrap_or_default());
        Ok(match attr.text("type").ok_or("`type` is missing")? {
            "pad" => ValueType::Pad,
            "unused" => ValueType::Reject,
            "flag" => ValueType::Flag,
            "string" if attr.get("checks").is_some_and(|checks| checks.is_set("unterminated-ok")) => {
                ValueType::String
            }
            "string" | "nul-string" => ValueType::NulString,
            "binary" => self.binary(attr)?,
            "bitfield32" => ValueType::Bitfield32(
                attr.text("enum").map(|name| self.number_schema(name, ValueType::U32, true)).transpose()?,
            ),
            "nest" => ValueType::Nested(nested()?),
            "indexed-array" | "array-nest" => match attr.text("sub-type").unwrap_or("nest") {
                "nest" => ValueType::NestedArray(nested()?),
                sub => ValueType::Indexed(Box::leak(Box::new(
                    self.value(&attr.without("sub-type").with("type", sub), set)?,
                ))),
            },
            "nest-type-value" => {
                let levels = attr.list("type-value").count().max(1);
                let inner = ValueType::Nested(nested()?);
                (0..levels).fold(inner, |value, _| ValueType::ByType(Box::leak(Box::new(value))))
            }
            "sub-message" => self.sub_message(attr, set)?,
            number => self.number(attr, number)?,
        })
    }

    /// A number, with the names of an enum or the form of an address.
    fn number(&self, node: &Node, ty: &str) -> Result<ValueType, String> {
        let is_big = match node.text("byte-order") {
            Some("little-endian") if cfg!(target_endian = "big") => {
                return Err("numbers in little-endian order are not read on this machine".into());
            }
            order => order == Some("big-endian"),
        };
        let base = number(ty, is_big).ok_or_else(|| format!("there is no type `{ty}`"))?;
        if node.text("display-hint") == Some("ipv4") && len(base) == Some(4) {
            return Ok(ValueType::Ipv4);
        }
        let Some(name) = node.text("enum") else { return Ok(base) };
        self.number_schema(name, base, node.is_set("enum-as-flags")).map(ValueType::Named)
    }

    fn binary(&self, attr: &Node) -> Result<ValueType, String> {
        if let Some(name) = attr.text("struct") {
            return self.structure(name).map(ValueType::Struct);
        }
        if let Some(sub) = attr.text("sub-type") {
            let value = self.number(attr, sub)?;
            return Ok(ValueType::Units { value: Box::leak(Box::new(value)), len: len(value).unwrap_or(1) });
        }
        let exact = attr.get("checks").map(|checks| self.len(&checks, "exact-len")).transpose()?.flatten();
        Ok(match (attr.text("display-hint"), exact) {
            (Some("ipv4"), _) => ValueType::Ipv4,
            (Some("ipv6"), _) => ValueType::Ipv6,
            (Some("ipv4-or-v6"), _) => ValueType::Ip,
            (Some("mac"), Some(6)) => ValueType::Mac,
            (Some("mac"), _) => ValueType::HwAddr,
            (_, Some(len)) => ValueType::Array(len),
            _ => ValueType::Bytes,
        })
    }

    fn sub_message(&self, attr: &Node, set: &Node) -> Result<ValueType, String> {
        let name = attr.text("sub-message").unwrap_or_default();
        let definition = self.yaml.list("sub-messages").find(|message| message.text("name") == Some(name));
        let definition = definition.ok_or_else(|| format!("there is no sub-message `{name}`"))?;
        let selector = attr.text("selector").unwrap_or_default();
        let selecting = set.list("attributes").find(|attr| attr.text("name") == Some(selector));
        let mut forms = Vec::new();
        for format in definition.list("formats") {
            let when = format.get("value").and_then(|value| value.as_text()).unwrap_or_default();
            let form = self.form(&format).map_err(|err| format!("{name}.{when}: {err}"))?;
            forms.push((self.selector(&when, selecting.as_ref())?, form));
        }
        let schema = SubMessageSchema {
            name: leak(name),
            doc: "",
            forms: forms.leak(),
            otherwise: ValueType::Bytes,
            // The kernel's own families take the flag on each nest; a module has the policies of `nl-tlv-uapi`.
            nested_flag: self.yaml.number("protonum").is_some_and(|number| number <= LAST_OF_KERNEL),
        };
        // A selector that is not beside the attribute lies in the set around it.
        let selector = match selecting {
            Some(_) => self.number_of(set, selector)?,
            None if self.has_attribute(selector) => None,
            None => return Err(format!("no set has an attribute `{selector}`, the selector")),
        };
        Ok(ValueType::SubMessage { selector, schema: Box::leak(Box::new(schema)) })
    }

    /// What selects a form: a string, or the number that a name of an enum stands for.
    fn selector(&self, when: &str, selecting: Option<&Node>) -> Result<Selector<'static>, String> {
        if let Ok(number) = when.parse() {
            return Ok(Selector::Number(number));
        }
        let Some(names) = selecting.and_then(|attr| attr.text("enum")) else {
            return Ok(Selector::Text(leak(when).as_bytes()));
        };
        let schema = self.number_schema(names, ValueType::U32, false)?;
        let number = schema.names().find(|(name, _)| *name == when).map(|(_, number)| number);
        number.map(Selector::Number).ok_or_else(|| format!("the enum `{names}` has no `{when}`"))
    }

    /// Whether a set has an attribute of this name.
    fn has_attribute(&self, name: &str) -> bool {
        let mut all = self.yaml.list("attribute-sets").flat_map(|set| set.list("attributes"));
        all.any(|attr| attr.text("name") == Some(name))
    }

    fn form(&self, format: &Node) -> Result<ValueType, String> {
        let header = format.text("fixed-header").map(|name| self.structure(name)).transpose()?;
        let set = format.text("attribute-set").map(|name| self.set_ref(name)).transpose()?;
        Ok(match (header, set) {
            (Some(header), Some(set)) => ValueType::Headed(header, set),
            (Some(header), None) => ValueType::Struct(header),
            (None, Some(set)) => ValueType::Nested(set),
            (None, None) => ValueType::Bytes,
        })
    }

    /// A set, which may not be made yet.
    pub(super) fn set_ref(&self, name: &str) -> Result<SetRef, String> {
        let cell = *self.sets.get(name).ok_or_else(|| format!("there is no attribute set `{name}`"))?;
        Ok(SetRef::new(Box::leak(Box::new(move || cell.get().unwrap_or(&super::sets::EMPTY)))))
    }

    /// A struct, with the padding that C has and specifications do not write.
    pub(super) fn structure(&self, name: &str) -> Result<&'static StructSchema, String> {
        self.structure_within(name, 0)
    }

    fn structure_within(&self, name: &str, depth: usize) -> Result<&'static StructSchema, String> {
        if depth > MAX_DEPTH {
            return Err(format!("struct `{name}` is in itself, or too deep in others"));
        }
        let definition = self.definition(name).filter(|definition| definition.text("type") == Some("struct"));
        let definition = definition.ok_or_else(|| format!("there is no struct `{name}`"))?;
        let (mut fields, mut end, mut align) = (Vec::new(), 0_usize, 1_usize);
        for member in definition.list("members") {
            let named = |err| format!("{name}.{}: {err}", member.text("name").unwrap_or_default());
            let (value, len, own_align) = self.member(&member, depth).map_err(named)?;
            let offset = end.next_multiple_of(own_align);
            if member.text("type") != Some("pad") {
                let name = leak(&member.text("name").unwrap_or_default().replace('-', "_"));
                fields.push(StructField { name, offset, len, value });
            }
            end = offset + len;
            align = align.max(own_align);
        }
        let len = end.next_multiple_of(align);
        let schema = StructSchema {
            name: leak(name),
            len,
            align,
            fields: fields.leak(),
            items: None,
            zero_extend: false,
        };
        Ok(Box::leak(Box::new(schema)))
    }

    /// What a member holds, its size, and its alignment.
    fn member(&self, member: &Node, depth: usize) -> Result<(ValueType, usize, usize), String> {
        let ty = member.text("type").unwrap_or("binary");
        if !matches!(ty, "binary" | "string" | "pad") {
            let value = self.number(member, ty)?;
            let len = len(value).ok_or_else(|| format!("a struct cannot hold `{ty}`"))?;
            return Ok((value, len, len));
        }
        if let Some(name) =
            member.text("struct").filter(|name| *name != member.text("name").unwrap_or_default())
        {
            let schema = self.structure_within(name, depth + 1)?;
            return Ok((ValueType::Struct(schema), schema.len, schema.align));
        }
        let len = self.len(member, "len")?.ok_or("`len` is missing")?;
        let value = match (ty, member.text("display-hint")) {
            ("string", _) => ValueType::String,
            (_, Some("ipv4")) if len == 4 => ValueType::Ipv4,
            (_, Some("ipv6")) if len == 16 => ValueType::Ipv6,
            (_, Some("mac")) => ValueType::HwAddr,
            _ => ValueType::Array(len),
        };
        Ok((value, len, 1))
    }
}

fn number(ty: &str, is_big: bool) -> Option<ValueType> {
    Some(match (ty, is_big) {
        ("u8", _) => ValueType::U8,
        ("s8", _) => ValueType::S8,
        ("u16", false) => ValueType::U16,
        ("u32", false) => ValueType::U32,
        ("u64", false) => ValueType::U64,
        ("s16", false) => ValueType::S16,
        ("s32", false) => ValueType::S32,
        ("s64", false) => ValueType::S64,
        ("u16", true) => ValueType::Be16,
        ("u32", true) => ValueType::Be32,
        ("u64", true) => ValueType::Be64,
        ("s16", true) => ValueType::BeS16,
        ("s32", true) => ValueType::BeS32,
        ("s64", true) => ValueType::BeS64,
        ("uint", _) => ValueType::Uint,
        ("sint", _) => ValueType::Sint,
        _ => return None,
    })
}

/// The size of a value that has one.
fn len(value: ValueType) -> Option<usize> {
    Some(match value {
        ValueType::U8 | ValueType::S8 => 1,
        ValueType::U16 | ValueType::S16 | ValueType::Be16 | ValueType::BeS16 => 2,
        ValueType::U32 | ValueType::S32 | ValueType::Be32 | ValueType::BeS32 | ValueType::Ipv4 => 4,
        ValueType::U64 | ValueType::S64 | ValueType::Be64 | ValueType::BeS64 => 8,
        ValueType::Named(schema) => return len(schema.base),
        _ => return None,
    })
}
