//! Schemas: the validator over any bytes, and messages drawn from a schema through everything that reads them.

use crate::typed::TYPES;
use arbitrary::Unstructured;
use nl_tlv::control::Refusal;
use nl_tlv::schema::{AttrSet, MessageSchema, Strictness, dissect, dissect_generic, validate_attrs};
use nl_tlv::{Attrs, MessageId, MessageType, Messages};
use nl_tlv_testing::random::{message, near_miss};

/// Holds attributes against each set in each mode: the first byte is a mode, to which the others are compared.
pub fn validate(bytes: &[u8]) {
    let Some((&mode, attrs)) = bytes.split_first() else { return };
    let mode = Strictness::from_bits_truncate(mode.into());
    for set in TYPES.iter().filter_map(|(schema, _)| set(schema)) {
        let verdict = verdict(set, attrs, mode);
        for other in (0..0x20).map(Strictness::from_bits_retain) {
            let other_verdict = self::verdict(set, attrs, other);
            assert!(!mode.contains(other) || verdict.is_err() || other_verdict.is_ok(), "{mode:?} {other:?}");
        }
    }
}

/// The verdict, whose offset is that of an attribute.
fn verdict(set: &AttrSet, attrs: &[u8], mode: Strictness) -> Result<(), Refusal> {
    let verdict = validate_attrs(set, Attrs::at(attrs, 16), mode);
    if let Some(offset) = verdict.as_ref().err().and_then(|refusal| refusal.ext_ack().offset) {
        assert!(offset % 4 == 0 && offset >= 16 && offset as usize + 4 <= attrs.len() + 16);
    }
    verdict
}

fn set(schema: &MessageSchema) -> Option<&'static AttrSet> {
    schema.payload.is_none().then_some(schema.attrs)
}

/// Draws a valid message, which all readers accept, and one that just misses, which none may panic over.
pub fn generate(bytes: &[u8]) {
    let u = &mut Unstructured::new(bytes);
    let Ok(&(schema, reads)) = u.choose(TYPES) else { return };
    let valid = message(schema, u).unwrap();
    let read = Messages::new(&valid).next().unwrap().unwrap();
    let verdict = nl_tlv::schema::validate(schema, &read, Strictness::STRICT);
    assert!(verdict.is_ok(), "{verdict:?} in {}", dissect(&[schema], &valid));
    assert!(reads(&read), "{}", schema.name);
    let family = match schema.id {
        MessageId::Command { .. } => read.ty(),
        MessageId::Type(_) => MessageType(0),
    };
    let tree = dissect_generic(&[schema], Some(family), &valid).to_string();
    assert!(!tree.contains(" ! "), "{tree}");
    crate::typed(&valid);
    let missed = near_miss(schema, u).unwrap().bytes;
    crate::walk(&missed);
    crate::typed(&missed);
    crate::control(&missed);
    validate(missed.get(16..).unwrap_or_default());
}
