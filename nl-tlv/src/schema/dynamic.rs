//! Values read by their description instead of a Rust type.

use super::integer::Integer;
use super::output::Output;
use super::types::Inside;
use super::{AttrSet, Limits, NumberSchema, Selector, StructField, StructSchema, ValueType};
use crate::bytes::{head, sub, tail, to_u32, until_nul};
use crate::printable::Printable;
use crate::value::array::whole_units;
use crate::value::repeat::of_type;
use crate::value::{Bitfield32, Emit, HwAddr, Parse, Sint, Uint};
use crate::{Attr, Attrs, Error, ErrorKind};
use core::fmt::{self, Write};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an attribute holds, read by its description. It prints in one line at most, however large it is.
///
/// ```
/// use nl_tlv::Attr;
/// use nl_tlv::schema::{Limits, Value, ValueType};
///
/// let value = Value::read(ValueType::Be16, Attr::new(1, &[1, 187]))?;
/// assert_eq!(value.to_string(), "443");
/// assert!(value.check(&Limits::NONE.max(80)).is_err());
/// # Ok::<(), nl_tlv::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Value<'a> {
    /// A number of any size, sign and order.
    Number(i128),
    /// A number that may have a name.
    Named(&'static NumberSchema, i128),
    /// A string, up to its NUL.
    Text(&'a [u8]),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Values of one type and size (in bytes), one behind the other.
    Units(ValueType, usize, &'a [u8]),
    /// Nothing: presence is the value.
    Flag,
    /// An address.
    Ip(IpAddr),
    /// A link-layer address.
    HwAddr(HwAddr<'a>),
    /// A struct and its bytes.
    Struct(&'static StructSchema, &'a [u8]),
    /// Flag bits and which of them are meant.
    Bitfield32(Option<&'static NumberSchema>, Bitfield32),
    /// Attributes of a set.
    Nest(&'static AttrSet),
    /// Attributes of other types.
    Values,
}

impl<'a> Value<'a> {
    /// Reads the payload of `attr` as what `ty` says.
    ///
    /// # Errors
    ///
    /// As the [`Parse`] of the Rust type that `ty` describes.
    pub fn read(ty: ValueType, attr: Attr<'a>) -> Result<Self, Error> {
        Ok(match ty {
            ValueType::Uint => Self::Number(<u64 as Parse<Uint>>::parse(attr)?.into()),
            ValueType::Sint => Self::Number(<i64 as Parse<Sint>>::parse(attr)?.into()),
            // The base of a number with names has none itself.
            ValueType::Named(NumberSchema { base: ValueType::Named(_), .. }) => Self::Bytes(attr.payload()),
            ValueType::Named(schema) => return Self::named(schema, attr),
            ValueType::Flag => attr.array::<0>().map(|_| Self::Flag)?,
            ValueType::String | ValueType::NulString => Self::Text(until_nul(attr.payload())),
            ValueType::Bytes | ValueType::Pad | ValueType::Headed(..) | ValueType::SubMessage { .. } => {
                Self::Bytes(attr.payload())
            }
            ValueType::Units { value, len } if attr.is_net_byteorder() => {
                Self::Units(value.in_network_order(), len, whole_units(attr, len)?)
            }
            ValueType::Units { value, len } => Self::Units(*value, len, whole_units(attr, len)?),
            ValueType::Array(len) => Self::Bytes(exactly(attr, len)?),
            ValueType::Struct(schema) => Self::Struct(schema, at_least(attr, schema)?),
            ValueType::Ipv4 => Self::Ip(attr.parse::<Ipv4Addr>()?.into()),
            ValueType::Ipv6 => Self::Ip(attr.parse::<Ipv6Addr>()?.into()),
            ValueType::Ip => Self::Ip(attr.parse()?),
            ValueType::Mac => attr.array::<6>().map(|_| Self::HwAddr(HwAddr::new(attr.payload())))?,
            ValueType::HwAddr => Self::HwAddr(attr.parse()?),
            ValueType::Bitfield32(names) => Self::Bitfield32(names, attr.parse()?),
            ValueType::Nested(set) | ValueType::NestedArray(set) => Self::Nest(set()),
            ValueType::Indexed(_) | ValueType::ByType(_) | ValueType::Records { .. } => Self::Values,
            ValueType::Reject => return Err(attr.error(ErrorKind::Rejected, 0, attr.payload().len())),
            other => return Self::number(other, attr),
        })
    }

    /// A number of fixed length.
    fn number(ty: ValueType, attr: Attr<'a>) -> Result<Self, Error> {
        let Some(integer) = ty.integer() else { return Ok(Self::Bytes(attr.payload())) };
        let is_network = integer.is_network || attr.is_net_byteorder();
        let number = Integer { is_network, ..integer }.read(exactly(attr, integer.len)?);
        Ok(Self::Number(number.unwrap_or_default()))
    }

    fn named(schema: &'static NumberSchema, attr: Attr<'a>) -> Result<Self, Error> {
        match Self::read(schema.base, attr)? {
            Self::Number(number) => Ok(Self::Named(schema, number)),
            other => Ok(other),
        }
    }

    /// Whether the value is within limits.
    ///
    /// # Errors
    ///
    /// Which limit it violates, without place.
    pub fn check(&self, limits: &Limits) -> Result<(), Error> {
        match self {
            Self::Number(number) | Self::Named(_, number) => limits.check_number(*number),
            Self::Text(bytes) | Self::Bytes(bytes) | Self::Units(_, _, bytes) => {
                limits.check_len(bytes.len())
            }
            Self::Bitfield32(_, bits) => bits.check(limits),
            Self::HwAddr(address) => address.check(limits),
            Self::Flag | Self::Ip(_) | Self::Struct(..) | Self::Nest(_) | Self::Values => Ok(()),
        }
    }
}

/// The type of a value, which may depend on the attributes beside it, and the selector for the attributes in it.
pub(crate) fn resolve<'k>(
    value: ValueType,
    inside: Inside,
    area: Attrs<'k>,
    enclosing: Option<Selector<'k>>,
) -> (ValueType, Option<Selector<'k>>) {
    let ValueType::SubMessage { selector, schema } = value else { return (value, enclosing) };
    let selector = match selector {
        // If the attribute occurs more than once, the last one is used.
        Some(ty) => {
            of_type(area, ty).last().zip(inside.attr(ty)).and_then(|(attr, known)| selects(known.value, attr))
        }
        None => enclosing,
    };
    (schema.form(selector), selector)
}

pub(super) fn selects(ty: ValueType, attr: Attr<'_>) -> Option<Selector<'_>> {
    match Value::read(ty, attr) {
        Ok(Value::Text(text) | Value::Bytes(text)) => Some(Selector::Text(text)),
        Ok(Value::Number(number) | Value::Named(_, number)) => Some(Selector::Number(number)),
        _ => None,
    }
}

fn exactly<'a>(attr: Attr<'a>, len: usize) -> Result<&'a [u8], Error> {
    match attr.payload().len() {
        found if found == len => Ok(attr.payload()),
        found => Err(attr.error(ErrorKind::WrongLength, len, found)),
    }
}

/// The bytes of a struct: more where it has grown, fewer where the others may be zero.
fn at_least<'a>(attr: Attr<'a>, schema: &StructSchema) -> Result<&'a [u8], Error> {
    match attr.payload() {
        bytes if schema.accepts(bytes.len()) => Ok(bytes),
        bytes => Err(attr.error(ErrorKind::WrongLength, schema.len, bytes.len())),
    }
}

/// One line at most, however large the value is; a nest shows nothing but its existence.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Output::to(f, |out| self.write(out))
    }
}

impl Value<'_> {
    pub(super) fn write(&self, out: &mut Output<'_, '_>) -> fmt::Result {
        match self {
            Self::Number(number) => out.number(*number),
            Self::Named(schema, number) => schema.write_number(*number, out),
            Self::Text(bytes) => quoted(bytes, out),
            Self::Bytes(bytes) => cut(bytes, out),
            Self::Flag => out.text("set"),
            Self::Ip(IpAddr::V4(address)) => ipv4(*address, out),
            Self::Ip(IpAddr::V6(address)) => write!(out, "{address}"),
            Self::HwAddr(address) => write!(out, "{address}"),
            Self::Struct(schema, bytes) => {
                out.text("{ ")?;
                fields(schema, bytes, out)?;
                out.text(" }")
            }
            Self::Bitfield32(Some(names), bits) => {
                names.write_number(bits.value.into(), out)?;
                out.text(" of ")?;
                names.write_number(bits.selector.into(), out)
            }
            Self::Bitfield32(None, bits) => write!(out, "{:#x} of {:#x}", bits.value, bits.selector),
            Self::Units(value, len, bytes) => units_of(*value, *len, bytes, out),
            Self::Nest(set) => out.text(set.name),
            Self::Values => out.text("nested"),
        }
    }
}

fn ipv4(address: Ipv4Addr, out: &mut Output<'_, '_>) -> fmt::Result {
    for (i, byte) in address.octets().into_iter().enumerate() {
        if i > 0 {
            out.text(".")?;
        }
        out.number(byte)?;
    }
    Ok(())
}

/// The first units, and how many there are.
fn units_of(value: ValueType, len: usize, bytes: &[u8], out: &mut Output<'_, '_>) -> fmt::Result {
    let shown = head(bytes, len.saturating_mul(SHOWN_UNITS));
    out.text("[")?;
    for (i, unit) in shown.chunks_exact(len.max(1)).enumerate() {
        out.text(if i > 0 { ", " } else { "" })?;
        match Value::read(value, Attr::new(0, unit)) {
            Ok(Value::Units(..)) | Err(_) => out.hex(unit)?,
            Ok(value) => value.write(out)?,
        }
    }
    match bytes.len().checked_div(len) {
        Some(count) if shown.len() < bytes.len() => write!(out, ", ..] ({count})"),
        _ => out.text("]"),
    }
}

/// The fields of a struct that are there: `family 2, index 7`.
pub(super) fn fields(schema: &'static StructSchema, bytes: &[u8], out: &mut Output<'_, '_>) -> fmt::Result {
    let mut is_first = true;
    for field in schema.fields {
        let own = field.bytes(bytes);
        if own.is_empty() {
            continue;
        }
        if !core::mem::take(&mut is_first) {
            out.text(", ")?;
        }
        named_field(field, own, out)?;
    }
    match &schema.items {
        Some(items) => {
            out.text(", ")?;
            named_field(items, tail(bytes, items.offset), out)
        }
        None => Ok(()),
    }
}

fn named_field(field: &StructField, bytes: &[u8], out: &mut Output<'_, '_>) -> fmt::Result {
    out.text(field.name)?;
    out.text(" ")?;
    // Most fields are plain numbers, which need no value that may be anything.
    match (field.value, bytes) {
        (ValueType::U8, &[byte]) => return out.number(byte),
        (ValueType::U32, &[a, b, c, d]) => return out.number(u32::from_ne_bytes([a, b, c, d])),
        _ => {}
    }
    match Value::read(field.value, Attr::new(0, bytes)) {
        Ok(Value::Bytes(_)) | Err(_) => out.hex(bytes),
        Ok(value) => value.write(out),
    }
}

/// How many units of an array are shown.
const SHOWN_UNITS: usize = 16;

/// How many bytes of a string or of unknown bytes are shown.
const SHOWN: usize = 64;

/// Hexadecimal digits of the first bytes, and how many there are.
pub(super) fn cut(bytes: &[u8], out: &mut Output<'_, '_>) -> fmt::Result {
    let len = bytes.len();
    match len {
        0 => return out.text("(empty)"),
        1..=4 => return out.hex(bytes),
        5..=SHOWN => out.hex(bytes)?,
        _ => {
            out.hex(head(bytes, SHOWN))?;
            out.text(" ..")?;
        }
    }
    out.text(" (")?;
    out.number(to_u32(len))?;
    out.text(" bytes)")
}

/// A string in quotes, with everything escaped that is not printable.
fn quoted(text: &[u8], out: &mut Output<'_, '_>) -> fmt::Result {
    let shown = head(text, shown_len(text));
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\' | b'\'');
    if shown.len() == text.len() && shown.iter().all(is_plain) {
        out.text("\"")?;
        out.text(core::str::from_utf8(shown).unwrap_or_default())?;
        return out.text("\"");
    }
    write!(out, "{:?}", Printable(shown))?;
    match tail(text, shown.len()).len() {
        0 => Ok(()),
        _ => write!(out, " .. ({} bytes)", text.len()),
    }
}

/// As many bytes as are shown, less the start of a character that would be cut.
fn shown_len(text: &[u8]) -> usize {
    let is_inside = |at: &usize| text.get(*at).is_some_and(|byte| byte & 0xc0 == 0x80);
    let cut = (sub(SHOWN, 3)..=SHOWN).rev().find(|at| !is_inside(at));
    cut.unwrap_or(SHOWN).min(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    extern crate std;
    use std::string::ToString;

    #[test]
    fn strings_are_escaped_and_cut_between_characters() {
        let quoted = |text| Value::Text(text).to_string();
        assert_eq!(quoted(b"a\"\n\x1b[31m\xff"), r#""a\"\n\u{1b}[31m\xff""#);
        let long = "ä".repeat(40);
        assert_eq!(quoted(long.as_bytes()), std::format!("\"{}\" .. (80 bytes)", "ä".repeat(32)));
        let odd = std::format!("a{long}");
        assert_eq!(quoted(odd.as_bytes()), std::format!("\"a{}\" .. (81 bytes)", "ä".repeat(31)));
    }

    #[test]
    fn bytes_beyond_the_cut_are_counted() {
        let cut = |bytes| Value::Bytes(bytes).to_string();
        assert_eq!(cut(&[]), "(empty)");
        assert_eq!(cut(&[1, 2]), "0102");
        assert_eq!(cut(&[1, 2, 3, 4, 5]), "01020304 05 (5 bytes)");
        assert!(cut(&[0; 65]).ends_with("00000000 .. (65 bytes)"));
    }

    #[test]
    fn numbers_in_network_order_read_as_numbers() {
        let value = |ty, payload: &[u8]| Value::read(ty, Attr::new(1, payload)).unwrap().to_string();
        assert_eq!(value(ValueType::Be16, &[1, 2]), "258");
        assert_eq!(value(ValueType::S32, &(-7i32).to_ne_bytes()), "-7");
        assert_eq!(value(ValueType::Ip, &[10, 1, 2, 3]), "10.1.2.3");
        assert_eq!(value(ValueType::Mac, &[2, 0, 0, 0, 0, 5]), "02:00:00:00:00:05");
    }
}
