//! Random values within their limits.

use arbitrary::{Error, Result, Unstructured};
use nl_tlv::schema::{Limits, StructSchema, ValueType};

/// How many bytes a string or bytes have beyond the fewest.
const SPREAD: usize = 24;

/// The payload of a value; an error where there is none within the limits.
pub(super) fn draw(value: ValueType, limits: &Limits, u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    if let Some(number) = Number::of(value) {
        let drawn = number.draw(limits, u)?;
        return Ok(number.encode(drawn));
    }
    match value {
        ValueType::Flag => Ok(Vec::new()),
        // The kernel wants a byte.
        ValueType::String => text(1, limits, u),
        ValueType::NulString => {
            let mut text = text(0, limits, u)?;
            text.push(0);
            Ok(text)
        }
        ValueType::Bytes | ValueType::HwAddr => bytes(len(0, limits, u)?, u),
        ValueType::Bitfield32(_) => {
            let mask = u32::try_from(limits.mask.unwrap_or(u32::MAX.into())).unwrap_or(u32::MAX);
            let selector = u.arbitrary::<u32>()? & mask;
            let value = u.arbitrary::<u32>()? & selector;
            // A field without any bit is refused by the kernel.
            if mask == 0 {
                Err(Error::IncorrectFormat)
            } else {
                Ok([value.to_ne_bytes(), selector.to_ne_bytes()].concat())
            }
        }
        ValueType::Units { value, len } => units(*value, len, limits, u),
        ValueType::Ip => {
            let len = if u.arbitrary()? { 4 } else { 16 };
            bytes(len, u)
        }
        ValueType::Struct(schema) => structure(schema, u),
        value => bytes(fixed_len(value).ok_or(Error::IncorrectFormat)?, u),
    }
}

/// A struct, field by field, with zeros as padding.
pub(super) fn structure(schema: &StructSchema, u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut bytes = vec![0; schema.len];
    for field in schema.fields {
        let drawn = draw(
            field.value,
            &Limits { min_len: Some(field.len), max_len: Some(field.len), ..Limits::NONE },
            u,
        )?;
        bytes.iter_mut().skip(field.offset).zip(drawn).for_each(|(to, from)| *to = from);
    }
    Ok(bytes)
}

/// So many values that they have a length within the limits.
fn units(value: ValueType, len: usize, limits: &Limits, u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let least = limits.min_len.unwrap_or(0).div_ceil(len.max(1));
    let most = limits
        .max_len
        .and_then(|max| max.checked_div(len))
        .unwrap_or(usize::MAX)
        .min(least.saturating_add(4));
    if least > most {
        return Err(Error::IncorrectFormat);
    }
    (0..u.int_in_range(least..=most)?).try_fold(Vec::new(), |mut bytes, _| {
        bytes.extend(draw(value, &Limits::NONE, u)?);
        Ok(bytes)
    })
}

/// How many bytes a value always has.
pub(super) fn fixed_len(value: ValueType) -> Option<usize> {
    match value {
        ValueType::Uint | ValueType::Sint => None,
        ValueType::Named(schema) if !matches!(schema.base, ValueType::Named(_)) => fixed_len(schema.base),
        ValueType::Flag => Some(0),
        ValueType::Array(len) => Some(len),
        ValueType::Struct(schema) => {
            Some(schema.len).filter(|_| !schema.zero_extend && schema.items.is_none())
        }
        ValueType::Ipv4 => Some(4),
        ValueType::Mac => Some(6),
        ValueType::Bitfield32(_) => Some(8),
        ValueType::Ipv6 => Some(16),
        value => Number::of(value).map(|number| number.len),
    }
}

/// Whether a value consists of attributes.
pub(super) fn has_attrs(value: ValueType) -> bool {
    use ValueType::{ByType, Indexed, Nested, NestedArray};
    matches!(value, Nested(_) | NestedArray(_) | Indexed(_) | ByType(_))
}

/// So many bytes, zeros where nothing is left to draw from.
pub(super) fn bytes(len: usize, u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut bytes = vec![0; len];
    u.fill_buffer(&mut bytes)?;
    Ok(bytes)
}

fn len(least: usize, limits: &Limits, u: &mut Unstructured<'_>) -> Result<usize> {
    let least = limits.min_len.unwrap_or(0).max(least);
    let most = limits.max_len.unwrap_or(usize::MAX).min(least.saturating_add(SPREAD));
    if least > most { Err(Error::IncorrectFormat) } else { u.int_in_range(least..=most) }
}

/// Characters of one byte or, now and then, two; no NUL.
fn text(least: usize, limits: &Limits, u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let len = len(least, limits, u)?;
    let mut text = Vec::new();
    while text.len() < len {
        match len.saturating_sub(text.len()) {
            2.. if u.ratio(1, 16)? => text.extend("ä".bytes()),
            _ => text.push(u.int_in_range(b'!'..=b'~')?),
        }
    }
    Ok(text)
}

/// A number.
#[derive(Clone, Copy)]
pub(super) struct Number {
    /// How many bytes it has at most.
    pub(super) len: usize,
    /// Whether it has four bytes if they suffice.
    is_short: bool,
    is_signed: bool,
    is_big_endian: bool,
}

impl Number {
    pub(super) fn of(value: ValueType) -> Option<Self> {
        let host = |len, is_signed| {
            Some(Self { len, is_short: false, is_signed, is_big_endian: cfg!(target_endian = "big") })
        };
        let network = |len, is_signed| Some(Self { len, is_short: false, is_signed, is_big_endian: true });
        let short = |is_signed| host(8, is_signed).map(|number| Self { is_short: true, ..number });
        match value {
            ValueType::U8 => host(1, false),
            ValueType::U16 => host(2, false),
            ValueType::U32 => host(4, false),
            ValueType::U64 => host(8, false),
            ValueType::S8 => host(1, true),
            ValueType::S16 => host(2, true),
            ValueType::S32 => host(4, true),
            ValueType::S64 => host(8, true),
            ValueType::Be16 => network(2, false),
            ValueType::Be32 => network(4, false),
            ValueType::Be64 => network(8, false),
            ValueType::BeS16 => network(2, true),
            ValueType::BeS32 => network(4, true),
            ValueType::BeS64 => network(8, true),
            ValueType::Uint => short(false),
            ValueType::Sint => short(true),
            ValueType::Named(schema) if !matches!(schema.base, ValueType::Named(_)) => Self::of(schema.base),
            _ => None,
        }
    }

    /// The smallest and the largest of the type.
    fn ends(self) -> (i128, i128) {
        let unused = 64_u32.saturating_sub(u32::try_from(self.len).unwrap_or(8).saturating_mul(8));
        match self.is_signed {
            true => (i128::from(i64::MIN >> unused), i128::from(i64::MAX >> unused)),
            false => (0, i128::from(u64::MAX >> unused)),
        }
    }

    /// One within the limits.
    fn draw(self, limits: &Limits, u: &mut Unstructured<'_>) -> Result<i128> {
        let (min, max) = self.within(limits);
        if min > max {
            return Err(Error::IncorrectFormat);
        }
        let number = if u.ratio(1, 4)? { *u.choose(&[min, max])? } else { u.int_in_range(min..=max)? };
        let mask = limits.mask.map_or(-1, i128::from);
        let fits = |number: &i128| limits.check_number(*number).is_ok();
        [number, number & mask, min, max, max & mask].into_iter().find(fits).ok_or(Error::IncorrectFormat)
    }

    fn within(self, limits: &Limits) -> (i128, i128) {
        let (min, max) = self.ends();
        (limits.min.unwrap_or(min).max(min), limits.max.unwrap_or(max).min(max))
    }

    /// Those of the type that are just beyond the limits.
    pub(super) fn beyond(self, limits: &Limits) -> Vec<i128> {
        let (first, last) = self.ends();
        let (min, max) = self.within(limits);
        let near = [min.saturating_sub(1), max.saturating_add(1), first, last];
        let bits = (0..64).map(|bit| 1_i128 << bit);
        let is_beyond =
            |number: &i128| (first..=last).contains(number) && limits.check_number(*number).is_err();
        near.into_iter().chain(bits).filter(is_beyond).collect()
    }

    /// The number as it lies in a payload.
    pub(super) fn encode(self, number: i128) -> Vec<u8> {
        let bytes = number.to_le_bytes();
        let is_small =
            if self.is_signed { i32::try_from(number).is_ok() } else { u32::try_from(number).is_ok() };
        let len = if self.is_short && is_small { 4 } else { self.len };
        let host = bytes.iter().take(len).copied();
        if self.is_big_endian { host.rev().collect() } else { host.collect() }
    }
}
