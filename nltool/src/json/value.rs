//! One value out of JSON, by its type. Numbers may be strings, so that what was typed as `key=value` is JSON too.

use crate::catalogue::names::{hint, same, value_name};
use crate::describe;
use crate::meaning::Meaning;
use nl_tlv::schema::{NumberSchema, StructField, StructSchema, ValueType};
use serde_json::Value as Json;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The payload of a value.
///
/// # Errors
///
/// What was expected, and what is there.
pub fn payload(ty: ValueType, json: &Json) -> Result<Vec<u8>, String> {
    if let (ValueType::Be32, Some(address)) =
        (ty, json.as_str().and_then(|text| text.parse::<Ipv4Addr>().ok()))
    {
        return Ok(address.octets().to_vec());
    }
    if let Some(width) = Width::of(ty) {
        return width.bytes(number(json)?);
    }
    Ok(match ty {
        ValueType::Named(schema) => {
            let width = Width::of(schema.base).ok_or("this number has no width")?;
            width.bytes(named(schema, json)?)?
        }
        ValueType::Flag => Vec::new(),
        ValueType::String => text(json)?.into_bytes(),
        ValueType::NulString => {
            let text = text(json)?;
            if text.contains('\0') {
                return Err("the string has a NUL in it".into());
            }
            [text.into_bytes(), vec![0]].concat()
        }
        ValueType::Bytes | ValueType::HwAddr | ValueType::SubMessage { .. } => bytes(json)?,
        ValueType::Array(len) => exactly(bytes(json)?, len)?,
        ValueType::Mac => exactly(bytes(json)?, 6)?,
        ValueType::Ipv4 => address::<Ipv4Addr>(json, "an IPv4 address")?.octets().to_vec(),
        ValueType::Ipv6 => address::<Ipv6Addr>(json, "an IPv6 address")?.octets().to_vec(),
        ValueType::Ip => match address::<IpAddr>(json, "an IP address")? {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        },
        ValueType::Bitfield32(names) => bitfield(names, json)?,
        ValueType::Struct(schema) => structure(schema, json)?,
        ValueType::Units { value, .. } => {
            units(json).iter().map(|unit| payload(*value, unit)).collect::<Result<Vec<_>, _>>()?.concat()
        }
        ValueType::Pad => return Err("padding is not written by hand".into()),
        ValueType::Reject => return Err("this attribute must not be sent".into()),
        _ => return Err("a value of this type cannot be written".into()),
    })
}

/// Whether a value is a number without names.
pub fn is_number(ty: ValueType) -> bool {
    Width::of(ty).is_some()
}

/// The size, sign and order of a number.
struct Width {
    len: usize,
    is_signed: bool,
    is_network: bool,
    /// Four bytes, or eight where the number needs them.
    may_grow: bool,
}

impl Width {
    fn of(ty: ValueType) -> Option<Self> {
        let width = |len, is_signed, is_network| Some(Self { len, is_signed, is_network, may_grow: false });
        match ty {
            ValueType::U8 => width(1, false, false),
            ValueType::U16 => width(2, false, false),
            ValueType::U32 => width(4, false, false),
            ValueType::U64 => width(8, false, false),
            ValueType::S8 => width(1, true, false),
            ValueType::S16 => width(2, true, false),
            ValueType::S32 => width(4, true, false),
            ValueType::S64 => width(8, true, false),
            ValueType::Be16 => width(2, false, true),
            ValueType::Be32 => width(4, false, true),
            ValueType::Be64 => width(8, false, true),
            ValueType::BeS16 => width(2, true, true),
            ValueType::BeS32 => width(4, true, true),
            ValueType::BeS64 => width(8, true, true),
            ValueType::Uint => Some(Self { len: 4, is_signed: false, is_network: false, may_grow: true }),
            ValueType::Sint => Some(Self { len: 4, is_signed: true, is_network: false, may_grow: true }),
            _ => None,
        }
    }

    fn bytes(&self, number: i128) -> Result<Vec<u8>, String> {
        let range = |len: usize| {
            let bits = len * 8;
            match self.is_signed {
                true => -(1_i128 << (bits - 1))..=(1_i128 << (bits - 1)) - 1,
                false => 0..=(1_i128 << bits) - 1,
            }
        };
        let len = if self.may_grow && !range(4).contains(&number) { 8 } else { self.len };
        if !range(len).contains(&number) {
            let range = range(len);
            return Err(format!(
                "expected a number from {} to {}, found {number}",
                range.start(),
                range.end()
            ));
        }
        let mut bytes = number.to_le_bytes()[..len].to_vec();
        if self.is_network || cfg!(target_endian = "big") {
            bytes.reverse();
        }
        Ok(bytes)
    }
}

/// A number, in JSON's form or as text in decimal or hexadecimal digits.
fn number(json: &Json) -> Result<i128, String> {
    let found = match json {
        Json::Number(number) => number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from)),
        Json::String(text) => parse_number(text),
        _ => None,
    };
    found.ok_or_else(|| format!("expected a number, found {}", shown(json)))
}

/// A number in decimal or hexadecimal digits.
pub fn parse_number(text: &str) -> Option<i128> {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let number = match digits.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok()?,
        None => digits.parse::<u64>().ok()?,
    };
    Some(if is_negative { -i128::from(number) } else { number.into() })
}

/// A number by its name; flags by a list of names, or names with `|` or commas between them.
fn named(schema: &NumberSchema, json: &Json) -> Result<i128, String> {
    let one = |json: &Json| {
        let text = match json {
            Json::String(text) => text,
            other => return number(other),
        };
        let found = schema.names().find(|(name, _)| same(name, text)).map(|(_, number)| number);
        found.or_else(|| parse_number(text)).ok_or_else(|| {
            let names: Vec<String> = schema.names().map(|(name, _)| value_name(name)).collect();
            format!(
                "expected a value of {}, found `{text}`{}",
                schema.name,
                hint(text, names.iter().map(String::as_str))
            )
        })
    };
    match json {
        Json::Array(bits) if schema.is_flags => bits.iter().map(one).try_fold(0, |all, bit| Ok(all | bit?)),
        Json::String(text) if schema.is_flags => {
            let words = text.split(['|', ',', '+']).map(str::trim).filter(|word| !word.is_empty());
            words.map(|word| one(&Json::String(word.to_owned()))).try_fold(0, |all, bit| Ok(all | bit?))
        }
        other => one(other),
    }
}

fn text(json: &Json) -> Result<String, String> {
    match json {
        Json::String(text) => Ok(text.clone()),
        Json::Number(number) => Ok(number.to_string()),
        other => Err(format!("expected a string, found {}", shown(other))),
    }
}

/// Bytes as hexadecimal digits, with colons, dashes or spaces between them.
///
/// # Errors
///
/// If it is another kind of value, or has other characters.
pub fn bytes(json: &Json) -> Result<Vec<u8>, String> {
    let Json::String(text) = json else {
        return Err(format!("expected a string of hexadecimal digits, found {}", shown(json)));
    };
    let digits: Option<Vec<u8>> = text
        .chars()
        .filter(|letter| !matches!(letter, ':' | '-' | ' '))
        .map(|letter| letter.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    match digits {
        Some(digits) if digits.len() % 2 == 0 => {
            Ok(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
        }
        _ => Err(format!("expected pairs of hexadecimal digits, found `{text}`")),
    }
}

fn exactly(bytes: Vec<u8>, len: usize) -> Result<Vec<u8>, String> {
    match bytes.len() {
        found if found == len => Ok(bytes),
        found => Err(format!("expected {}, found {found}", describe::bytes(len))),
    }
}

fn address<A: std::str::FromStr>(json: &Json, what: &str) -> Result<A, String> {
    let found = json.as_str().and_then(|text| text.parse().ok());
    found.ok_or_else(|| format!("expected {what}, found {}", shown(json)))
}

/// `{"value": 1, "selector": 1}`, `1/3`, or a number that is both; names where the bits have some.
fn bitfield(names: Option<&'static NumberSchema>, json: &Json) -> Result<Vec<u8>, String> {
    let word = |json: &Json| payload(names.map_or(ValueType::U32, ValueType::Named), json);
    let (value, selector) = match json {
        Json::Object(fields) => {
            let field = |name| fields.get(name).ok_or_else(|| format!("`{name}` is missing"));
            (word(field("value")?)?, word(field("selector")?)?)
        }
        Json::String(text) => {
            let (value, selector) = text.split_once('/').unwrap_or((text, text));
            (word(&value.into())?, word(&selector.into())?)
        }
        other => (word(other)?, word(other)?),
    };
    Ok([value, selector].concat())
}

/// The units of an array: a list, or text with commas.
fn units(json: &Json) -> Vec<Json> {
    match json {
        Json::Array(units) => units.clone(),
        Json::String(text) if text.is_empty() => Vec::new(),
        Json::String(text) => text.split(',').map(|unit| unit.trim().into()).collect(),
        other => vec![other.clone()],
    }
}

/// The bytes of a struct; fields that are not given are zero.
fn structure(schema: &StructSchema, json: &Json) -> Result<Vec<u8>, String> {
    let Json::Object(given) = json else {
        return Err(format!("expected an object with fields of {}, found {}", schema.name, shown(json)));
    };
    let mut bytes = vec![0; schema.len];
    for (name, value) in given {
        if name == "rest" {
            bytes.extend(self::bytes(value)?);
            continue;
        }
        let field = schema.fields.iter().find(|field| same(field.name, name));
        let field = field.ok_or_else(|| {
            format!(
                "{} has no field `{name}`{}",
                schema.name,
                hint(name, schema.fields.iter().map(|field| field.name))
            )
        })?;
        set_field(field, value, &mut bytes).map_err(|err| format!("{name}: {err}"))?;
    }
    Ok(bytes)
}

/// Writes a field into the bytes of its struct. Where a field is as long as an address, an address is understood.
///
/// # Errors
///
/// If the value does not fit.
pub fn set_field(field: &StructField, json: &Json, to: &mut [u8]) -> Result<(), String> {
    let address = json.as_str().and_then(|text| text.parse::<IpAddr>().ok());
    let own = match address {
        Some(IpAddr::V4(address)) if field.len == 4 => address.octets().to_vec(),
        Some(IpAddr::V6(address)) if field.len == 16 => address.octets().to_vec(),
        _ => match json.as_str().and_then(|word| Meaning::of_field(field.name)?.constant(word)) {
            Some(number) => payload(field.value, &number.into())?,
            None => payload(field.value, json)?,
        },
    };
    match to.get_mut(field.offset..field.offset + field.len) {
        Some(to) if own.len() == to.len() => to.copy_from_slice(&own),
        _ => return Err(format!("expected {}, found {}", describe::bytes(field.len), own.len())),
    }
    Ok(())
}

/// A JSON value for an error message.
pub fn shown(json: &Json) -> String {
    let text = json.to_string();
    match text.char_indices().nth(40) {
        Some((at, _)) => format!("{}..", &text[..at]),
        None => text,
    }
}
