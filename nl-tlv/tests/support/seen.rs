//! Which attributes of a message a schema knows.

use nl_tlv::schema::{AttrSet, Selector, SetRef, SubMessageSchema, ValueType};
use nl_tlv::{Attr, Attrs, NlAttrs};
use nl_tlv_families::rt_link::{AfSpecAttrs, BridgePort, BridgeSpec, Inet6};
use std::ffi::CStr;

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
    /// Whether it is about IPv6 (`AF_INET6`).
    pub(crate) is_ipv6: bool,
}

impl Seen {
    pub(crate) fn walk(&mut self, set: &AttrSet, attrs: Attrs<'_>, path: &str) {
        for attr in attrs {
            let attr = match attr {
                Ok(attr) => attr,
                Err(err) => return self.unknown.push(format!("{path}: {err}")),
            };
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
                        _ if schema.name == "protinfo" && self.is_ipv6 => {
                            ValueType::Nested(SetRef::new(&|| Inet6::SCHEMA))
                        }
                        _ if path == "Link" && schema.name == "af_spec" => {
                            ValueType::Nested(SetRef::new(&|| AfSpecAttrs::SCHEMA))
                        }
                        ValueType::SubMessage { selector: Some(by), schema } => {
                            let selected = attrs.find(by).ok().flatten().map(|attr| attr.payload());
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
            // No specification names what is in it.
            ValueType::Nested(set) if set().attrs.is_empty() => {}
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
        for item in attr.nested().map_while(Result::ok) {
            self.known += 1;
            visit(self, item);
        }
    }
}
