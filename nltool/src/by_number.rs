//! Generic netlink families of which there is no definition: the number of a command is its operation, and attributes
//! have numbers (`#1`). What follows the `genlmsghdr` of some families, a struct of a known length, is zero unless it is
//! typed: `bytes=05000000`.

use crate::catalogue::names::same;
use crate::catalogue::{Family, GENERIC};
use crate::kernel;
use nl_tlv::MessageId;
use nl_tlv::schema::{AttrSet, MessageSchema, StructField, StructSchema, ValueType};

/// The family of this name as this kernel has it, with one operation: the command of the number that was typed.
pub fn family(name: &str, operation: Option<&str>) -> Option<(Family, &'static MessageSchema)> {
    let cmd: u8 = operation?.parse().ok()?;
    let known = kernel::families().ok()?.into_iter().find(|known| same(&known.name, name))?;
    let id = MessageId::Command { cmd, version: known.version.try_into().ok()? };
    let title: &'static str = format!("command {cmd}").leak();
    // One request is made, then the program ends.
    let schema: &'static MessageSchema = Box::leak(Box::new(MessageSchema {
        header: header(known.header_len.try_into().ok()?),
        ..MessageSchema::new(title, "", id, AttrSet::EMPTY)
    }));
    let family = Family {
        name: known.name.leak(),
        protocol: GENERIC,
        messages: &[],
        groups: &[],
        by_address_family: None,
        variants: &[],
    };
    Some((family, schema))
}

/// The header of a family, of which only the length is known.
fn header(len: usize) -> Option<&'static StructSchema> {
    let bytes = StructField { name: "bytes", offset: 0, len, value: ValueType::Array(len) };
    let fields: &'static [StructField] = Box::leak(Box::new([bytes]));
    let schema = StructSchema { name: "header", len, align: 4, fields, items: None, zero_extend: false };
    (len > 0).then(|| &*Box::leak(Box::new(schema)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::read;
    use serde_json::json;

    #[test]
    fn the_header_of_a_family_is_sent_as_zeros_or_as_typed() {
        let built = |len: usize, typed: serde_json::Value| {
            let id = MessageId::Command { cmd: 3, version: 1 };
            let schema =
                MessageSchema { header: header(len), ..MessageSchema::new("", "", id, AttrSet::EMPTY) };
            read::message(Box::leak(Box::new(schema)), &typed).unwrap().bytes[20..].to_vec()
        };
        let attr = [8, 0, 1, 0, 5, 0, 0, 0];
        assert_eq!(built(0, json!({ "#1": "05000000" })), attr);
        assert_eq!(built(6, json!({ "#1": "05000000" })), [&[0; 8][..], &attr].concat());
        let typed = json!({ "bytes": "010203040506", "#1": "05000000" });
        assert_eq!(built(6, typed), [&[1, 2, 3, 4, 5, 6, 0, 0][..], &attr].concat());
    }
}
