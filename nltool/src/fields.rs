//! The fields of a struct of fixed layout, as values.

use nl_tlv::NlStruct;
use nl_tlv::value::{StructField, StructSchema, StructValueType};
use nl_tlv::wire::GenlMsgHdr;

/// The value of a field.
pub enum FieldValue<'m> {
    /// A number.
    Number(i128),
    /// Bytes.
    Bytes(&'m [u8]),
    /// The fields of another struct.
    Struct(&'static StructSchema, &'m [u8]),
}

/// Whether a header is that of generic netlink, whose command is the message's name already.
pub fn is_genl_header(schema: &StructSchema, at: u32) -> bool {
    at == 16 && schema.name == GenlMsgHdr::SCHEMA.name
}

/// Whether a field only fills space, and is zero as it has to be.
pub fn is_padding(field: &StructField, bytes: &[u8]) -> bool {
    let name = field.name.trim_start_matches('_');
    let is_named = name.len() < field.name.len() || name.starts_with("pad") || name.starts_with("reserved");
    let own = bytes.get(field.offset..field.offset.saturating_add(field.len));
    is_named && own.is_some_and(|own| own.iter().all(|byte| *byte == 0))
}

/// The value of a field out of the bytes of its struct; none if they end before it.
pub fn read<'m>(field: &StructField, bytes: &'m [u8]) -> Option<FieldValue<'m>> {
    let own = bytes.get(field.offset..field.offset.checked_add(field.len)?)?;
    Some(match field.value {
        StructValueType::Struct(schema) => FieldValue::Struct(schema, own),
        StructValueType::Native => FieldValue::Number(number(own, cfg!(target_endian = "big"))),
        StructValueType::Big => FieldValue::Number(number(own, true)),
        _ => FieldValue::Bytes(own),
    })
}

fn number(bytes: &[u8], is_big: bool) -> i128 {
    let add = |sum: i128, byte: &u8| sum << 8 | i128::from(*byte);
    match is_big {
        true => bytes.iter().take(8).fold(0, add),
        false => bytes.iter().take(8).rev().fold(0, add),
    }
}

/// Writes a number into the bytes of a field; false if it does not fit.
pub fn write(field: &StructField, number: i128, to: &mut [u8]) -> bool {
    let bits = u32::try_from(field.len.min(8) * 8).unwrap_or(64);
    let (most, least) = ((1_i128 << bits) - 1, -(1_i128 << (bits - 1).min(63)));
    if number > most || number < least {
        return false;
    }
    let all = number.to_le_bytes();
    let is_big = match field.value {
        StructValueType::Big => true,
        _ => cfg!(target_endian = "big"),
    };
    let Some(own) = to.get_mut(field.offset..field.offset + field.len) else { return false };
    own.copy_from_slice(&all[..field.len.min(16)]);
    if is_big {
        own.reverse();
    }
    true
}
