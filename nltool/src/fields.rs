//! The fields of a struct of fixed layout, as values.

use nl_tlv::schema::{MessageSchema, StructField, StructSchema, Value};
use nl_tlv::wire::GenlMsgHdr;
use nl_tlv::{Attr, Attrs, NlStruct};

/// Whether a header is that of generic netlink, whose command is the message's name already.
pub fn is_genl_header(schema: &StructSchema, at: u32) -> bool {
    at == 16 && schema.name == GenlMsgHdr::SCHEMA.name
}

/// Whether a field only fills space, and is zero as it has to be.
pub fn is_padding(field: &StructField, bytes: &[u8]) -> bool {
    field.bytes(bytes).iter().all(|byte| *byte == 0) && is_named_padding(field)
}

/// Whether a field has the name of one that only fills space.
pub fn is_named_padding(field: &StructField) -> bool {
    let name = field.name.trim_start_matches('_');
    name.len() < field.name.len()
        || name.trim_end_matches(|digit: char| digit.is_ascii_digit()).ends_with("pad")
        || ["pad", "reserved"].iter().any(|word| name.starts_with(word))
}

/// The value of a field out of the bytes of its struct; none if they end before it, or do not fit the field.
pub fn read<'m>(field: &StructField, bytes: &'m [u8]) -> Option<Value<'m>> {
    let own = field.bytes(bytes);
    if own.len() < field.len {
        return None;
    }
    Value::read(field.value, Attr::new(0, own)).ok()
}

/// The field of a header that has the length of the prefix that an attribute is: `dst_len` of `dst`, `prefixlen` of the
/// addresses of interfaces.
pub fn prefix_len(header: &StructSchema, attr: &str) -> Option<&'static StructField> {
    let is_len = |field: &&StructField| match attr {
        "dst" | "src" => field.name.strip_suffix("_len") == Some(attr),
        "local" | "address" => field.name == "prefixlen",
        _ => false,
    };
    header.fields.iter().find(is_len)
}

/// Whether a value is zero, or bytes that are.
pub fn is_zero(value: &Value<'_>) -> bool {
    match value {
        Value::Number(number) | Value::Named(_, number) => *number == 0,
        Value::Bytes(bytes) | Value::Text(bytes) | Value::Units(_, _, bytes) => {
            bytes.iter().all(|byte| *byte == 0)
        }
        _ => false,
    }
}

/// Whether the field of a name is zero, or not there.
pub fn is_zero_at(schema: &StructSchema, name: &str, bytes: &[u8]) -> bool {
    let field = schema.fields.iter().find(|field| field.name == name);
    field.and_then(|field| read(field, bytes)).is_none_or(|value| is_zero(&value))
}

/// The attribute of a type that is directly in a message.
pub fn attr<'m>(schema: &MessageSchema, message: &'m [u8], ty: u16) -> Option<Attr<'m>> {
    let attrs = Attrs::new(message.get(schema.contents_offset()..).unwrap_or_default());
    attrs.map_while(Result::ok).find(|attr| attr.ty().get() == ty)
}
