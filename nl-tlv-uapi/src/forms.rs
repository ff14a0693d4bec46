//! What a module checks a sub-message with. The policy of the attribute takes any bytes, unless all forms are nests; a
//! function behind the table of the set looks at the selector, and then at the form.

use crate::policy::Policy;
use crate::text::shown;
use crate::{ProtocolDef, names, numbers, policy};
use core::fmt::{self, Display, Formatter};
use nl_tlv::schema::{AttrSchema, AttrSet, Limits, Nest, Selector, SetRef, ValueType};

/// An attribute whose form another one of its set selects.
pub(crate) struct Selected {
    /// What the names of its function and its tables begin with.
    stem: String,
    attr: &'static AttrSchema,
    by: &'static AttrSchema,
    forms: Vec<Form>,
}

struct Form {
    when: Selector<'static>,
    /// What the name of its table ends in.
    key: String,
    value: ValueType,
}

impl Selected {
    /// Those of a set, in its order: with a policy that takes any bytes, and a selector that C can compare.
    pub(crate) fn of<'a>(stem: &'a str, set: &'static AttrSet) -> impl Iterator<Item = Self> + use<'a> {
        set.attrs.iter().filter_map(move |attr| {
            let ValueType::SubMessage { selector, schema } = attr.value else { return None };
            let by = set.attr(selector?).filter(|by| is_text(by.value) || number(by.value).is_some())?;
            let is_bytes = attr.value.nest().is_none() && !schema.nested_flag;
            let names = schema.forms.iter().map(|(when, _)| key(*when, by.value)).collect::<Vec<_>>();
            let forms = schema.forms.iter().zip(&names).enumerate().map(|(index, ((when, value), name))| {
                let is_taken = names.iter().take(index).any(|other| other == name);
                let key = if is_taken { format!("{name}_{index}") } else { name.clone() };
                Form { when: *when, key, value: *value }
            });
            let stem = format!("{stem}_{}", names::lower(names::upper(attr.name)));
            is_bytes.then(|| Self { stem, attr, by, forms: forms.collect() })
        })
    }

    pub(crate) const fn name(&self) -> &'static str {
        self.attr.name
    }

    /// The names of its tables and of its function.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> {
        let tables = self.forms.iter().filter(|form| form.has_table());
        let tables = tables.map(|form| format!("{}_{}_policy", self.stem, form.key));
        tables.chain([format!("{}_check", self.stem)])
    }

    /// The tables of its values, and the function.
    pub(crate) fn write(
        &self,
        f: &mut Formatter<'_>,
        protocol: &ProtocolDef,
        set: &'static AttrSet,
    ) -> fmt::Result {
        let Self { stem, attr, by, forms } = self;
        let (prefix, constant) = (names::prefix(protocol, set), names::attr(protocol, set, attr));
        for Form { key, value, .. } in forms.iter().filter(|form| form.has_table()) {
            let attr = &AttrSchema { value: *value, limits: Limits::NONE, ..**attr };
            let stem = &format!("{stem}_{key}");
            policy::long_range(f, stem, attr)?;
            writeln!(f, "static const struct nla_policy\n{stem}_policy[{prefix}_MAX + 1] = {{")?;
            writeln!(f, "\t[{constant}] = {},\n}};\n", Policy { protocol, stem, attr })?;
        }
        let by_constant = names::attr(protocol, set, by);
        writeln!(f, "/* Checks {constant} in the form that {by_constant} selects. */")?;
        writeln!(f, "static inline int")?;
        let name = format!("{stem}_check(");
        let aligned = "\t".repeat(name.len() / 8) + &" ".repeat(name.len() % 8);
        writeln!(f, "{name}const struct nlattr *attr,\n{aligned}const struct nlattr *by,")?;
        writeln!(f, "{aligned}struct netlink_ext_ack *extack)\n{{")?;
        if forms.iter().any(|form| matches!(form.value.nest(), Some(Nest::Items(_)))) {
            f.write_str("\tconst struct nlattr *item;\n\tint err, rem;\n\n")?;
        }
        match number(by.value) {
            Some(number) => {
                writeln!(f, "\tswitch ({number}) {{")?;
                for form in forms {
                    writeln!(f, "\tcase {}:", shown(|f| form.case(f, protocol, by)))?;
                    self.check(f, protocol, &prefix, form)?;
                }
                f.write_str("\t}\n")?;
            }
            None => {
                for form in forms {
                    let Selector::Text(text) = form.when else { continue };
                    writeln!(f, "\tif (!nla_strcmp(by, {}))", quoted(text))?;
                    self.check(f, protocol, &prefix, form)?;
                }
            }
        }
        f.write_str("\tNL_SET_ERR_MSG_ATTR(extack, by, \"selects no form\");\n\treturn -EINVAL;\n}\n\n")
    }

    /// The statement that checks one form, and returns.
    fn check(
        &self,
        f: &mut Formatter<'_>,
        protocol: &ProtocolDef,
        prefix: &dyn Display,
        form: &Form,
    ) -> fmt::Result {
        let policy = |set: SetRef| names::set_stem(protocol, set());
        let max = |set: SetRef| names::prefix(protocol, set());
        match form.value.nest() {
            Some(Nest::Attrs(set)) => {
                let (policy, prefix) = (policy(set), max(set));
                writeln!(f, "\t\treturn nla_validate(nla_data(attr), nla_len(attr), {prefix}_MAX,")?;
                writeln!(f, "\t\t\t\t    {policy}_policy, extack);")
            }
            Some(Nest::Items(set)) => {
                let (policy, prefix) = (policy(set), max(set));
                writeln!(f, "\t\tnla_for_each_nested(item, attr, rem) {{")?;
                writeln!(f, "\t\t\terr = nla_validate(nla_data(item), nla_len(item), {prefix}_MAX,")?;
                writeln!(f, "\t\t\t\t\t   {policy}_policy, extack);")?;
                writeln!(f, "\t\t\tif (err)\n\t\t\t\treturn err;\n\t\t}}\n\t\treturn 0;")
            }
            Some(Nest::Any) => f.write_str("\t\treturn 0;\n"),
            None if !form.has_table() => f.write_str("\t\treturn 0;\n"),
            None => {
                writeln!(f, "\t\treturn nla_validate(attr, attr->nla_len, {prefix}_MAX,")?;
                writeln!(f, "\t\t\t\t    {}_{}_policy, extack);", self.stem, form.key)
            }
        }
    }
}

impl Form {
    /// Whether it is a value that is not any bytes.
    fn has_table(&self) -> bool {
        self.value.nest().is_none() && !matches!(self.value, ValueType::Bytes)
    }

    /// The number that selects it.
    fn case(&self, f: &mut Formatter<'_>, protocol: &ProtocolDef, by: &AttrSchema) -> fmt::Result {
        let Selector::Number(number) = self.when else { return Ok(()) };
        if let ValueType::Named(schema) = by.value {
            if let Some((name, _)) = schema.names().find(|(_, own)| *own == number) {
                return write!(f, "{}_{}", numbers::prefix(protocol, schema), names::upper(name));
            }
        }
        numbers::literal(f, number)
    }
}

/// What a form is called: the text that selects it, or the name of the number.
fn key(when: Selector<'_>, by: ValueType) -> String {
    let name = match (when, by) {
        (Selector::Text(text), _) => String::from_utf8_lossy(text).into_owned(),
        (Selector::Number(number), ValueType::Named(schema)) => {
            let named = schema.names().find(|(_, own)| *own == number);
            named.map_or_else(|| number.to_string(), |(name, _)| name.to_owned())
        }
        (Selector::Number(number), _) => number.to_string(),
    };
    names::lower(names::upper(&name.replace(|c: char| !c.is_ascii(), "_"))).to_string()
}

fn is_text(value: ValueType) -> bool {
    matches!(value, ValueType::String | ValueType::NulString | ValueType::Bytes)
}

/// How a selector is read, if it is a number.
fn number(value: ValueType) -> Option<&'static str> {
    Some(match value {
        ValueType::U8 => "nla_get_u8(by)",
        ValueType::U16 => "nla_get_u16(by)",
        ValueType::U32 => "nla_get_u32(by)",
        ValueType::U64 => "nla_get_u64(by)",
        ValueType::S8 => "nla_get_s8(by)",
        ValueType::S16 => "nla_get_s16(by)",
        ValueType::S32 => "nla_get_s32(by)",
        ValueType::S64 => "nla_get_s64(by)",
        ValueType::Be16 => "be16_to_cpu(nla_get_be16(by))",
        ValueType::Be32 => "be32_to_cpu(nla_get_be32(by))",
        ValueType::Be64 => "be64_to_cpu(nla_get_be64(by))",
        ValueType::BeS16 => "(s16)be16_to_cpu(nla_get_be16(by))",
        ValueType::BeS32 => "(s32)be32_to_cpu(nla_get_be32(by))",
        ValueType::BeS64 => "(s64)be64_to_cpu(nla_get_be64(by))",
        ValueType::Uint => "nla_get_uint(by)",
        ValueType::Sint => "nla_get_sint(by)",
        ValueType::Named(schema) if !matches!(schema.base, ValueType::Named(_)) => {
            return number(schema.base);
        }
        _ => return None,
    })
}

/// A string in C.
fn quoted(text: &[u8]) -> impl Display {
    shown(move |f| {
        f.write_str("\"")?;
        for byte in text {
            match byte {
                b'"' | b'\\' | b'?' => write!(f, "\\{}", char::from(*byte))?,
                b' '..=b'~' => write!(f, "{}", char::from(*byte))?,
                other => write!(f, "\\{other:03o}")?,
            }
        }
        f.write_str("\"")
    })
}
