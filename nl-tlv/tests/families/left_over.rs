//! No attribute of any capture, in whatever nest, is one that the family's definition does not know.

use crate::support::Vector;
use crate::{each_family, only};
use nl_tlv::schema::{AttrSet, Contents, Selector, SetRef, SubMessageSchema, ValueType};
use nl_tlv::{Attr, Attrs, NlAttrs, NlMessage};
use nl_tlv_families::rt_link::{AfSpecAttrs, BridgePort, BridgeSpec};
use std::ffi::CStr;

macro_rules! knows_every_attribute {
    ($test:ident: $message:path, $($name:literal)*) => {
        #[test]
        fn $test() {
            use $message as Subject;
            for vector in [$($name),*].map(Vector::load) {
                let Contents::Attrs(set) = Subject::SCHEMAS[0].contents else { panic!("no attributes") };
                let start = Subject::SCHEMAS[0].contents_offset() - 16;
                let mut seen = Seen::default();
                seen.walk(set, only(&vector.bytes).attrs_after(start), Subject::SCHEMAS[0].name);
                assert_eq!(seen.unknown, Vec::<String>::new(), "{}", vector.name);
                assert_eq!(seen.known, attributes(&vector), "{}", vector.name);
            }
        }
    };
}

each_family! { knows_every_attribute }

/// How many attributes the annotations name; those of next hops lie behind structs, where this walk does not come.
fn attributes(vector: &Vector) -> usize {
    let hops = vector.lines.iter().position(|line| line.note.starts_with("struct rtnexthop"));
    let lines = &vector.lines[..hops.unwrap_or(vector.lines.len())];
    lines.iter().filter(|line| !line.note.starts_with("struct")).count()
}

/// What selects a form: a text, or where the forms have numbers, a number in network order.
fn selector<'a>(payload: &'a [u8], schema: &SubMessageSchema) -> Option<Selector<'a>> {
    match schema.forms.first()? {
        (Selector::Text(_), _) => Some(Selector::Text(CStr::from_bytes_until_nul(payload).ok()?.to_bytes())),
        (Selector::Number(_), _) => {
            Some(Selector::Number(u32::from_be_bytes(payload.try_into().ok()?).into()))
        }
    }
}

#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) known: usize,
    pub(crate) unknown: Vec<String>,
    /// Whether the message is about a bridge (`AF_BRIDGE`).
    pub(crate) is_bridge: bool,
}

impl Seen {
    pub(crate) fn walk(&mut self, set: &AttrSet, attrs: Attrs<'_>, path: &str) {
        for attr in attrs.map(Result::unwrap) {
            match set.attr(attr.ty().get()) {
                Some(schema) => {
                    self.known += 1;
                    let value = match schema.value {
                        // The header of the message says which set it is.
                        _ if schema.name == "af_spec" && self.is_bridge => {
                            ValueType::Nested(SetRef::new(&|| BridgeSpec::SCHEMA))
                        }
                        _ if schema.name == "protinfo" && self.is_bridge => {
                            ValueType::Nested(SetRef::new(&|| BridgePort::SCHEMA))
                        }
                        _ if schema.name == "af_spec" => {
                            ValueType::Nested(SetRef::new(&|| AfSpecAttrs::SCHEMA))
                        }
                        ValueType::SubMessage { selector: Some(by), schema } => {
                            let selected = attrs.find(by).unwrap().map(|attr| attr.payload());
                            schema.form(selected.and_then(|payload| selector(payload, schema)))
                        }
                        value => value,
                    };
                    self.inside(value, attr, &format!("{path}.{}", schema.name));
                }
                None => self.unknown.push(format!("{path}.{}", attr.ty().get())),
            }
        }
    }

    fn inside(&mut self, value: ValueType, attr: Attr<'_>, path: &str) {
        match value {
            ValueType::Nested(set) => self.walk(set(), attr.nested(), path),
            ValueType::NestedArray(set) => {
                self.each(attr, |seen, item| seen.walk(set(), item.nested(), path))
            }
            ValueType::Indexed(value) | ValueType::ByType(value) => {
                self.each(attr, |seen, item| seen.inside(*value, item, path));
            }
            _ => {}
        }
    }

    /// The items of an array, which are attributes too.
    fn each(&mut self, attr: Attr<'_>, mut visit: impl FnMut(&mut Self, Attr<'_>)) {
        for item in attr.nested().map(Result::unwrap) {
            self.known += 1;
            visit(self, item);
        }
    }
}
