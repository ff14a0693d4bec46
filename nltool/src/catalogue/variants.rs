//! Messages with nests whose attributes mean one thing or another, which the address family in the header decides: a message
//! of its own for each.

use nl_tlv::NlAttrs;
use nl_tlv::schema::{AttrSchema, AttrSet, MessageSchema, SetRef, ValueType};
use nl_tlv_families::rt_link::{self, AfSpecAttrs, BridgePort, BridgeSpec, Inet6};

/// The messages of a family as they are with one address family.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// The first byte behind the netlink header.
    pub address_family: u8,
    /// The messages.
    pub messages: &'static [&'static MessageSchema],
}

/// What a nest holds: its type, and the set.
type Nests = [(u16, SetRef); 2];

/// `IFLA_AF_SPEC` and `IFLA_PROTINFO`.
static OF_ANY: Nests =
    [(26, SetRef::new(&|| <AfSpecAttrs<'_>>::SCHEMA)), (12, SetRef::new(&|| <Inet6<'_>>::SCHEMA))];
static OF_BRIDGE: Nests =
    [(26, SetRef::new(&|| <BridgeSpec<'_>>::SCHEMA)), (12, SetRef::new(&|| <BridgePort<'_>>::SCHEMA))];

/// `AF_BRIDGE`.
const BRIDGE: u8 = 7;

/// The messages of links.
pub(super) fn links() -> &'static [&'static MessageSchema] {
    with(rt_link::SCHEMAS, &OF_ANY)
}

/// The messages of links as a bridge sees them.
pub(super) fn bridge_links() -> &'static [Variant] {
    // The program has these as long as it runs.
    vec![Variant { address_family: BRIDGE, messages: with(rt_link::SCHEMAS, &OF_BRIDGE) }].leak()
}

fn with(schemas: &[&'static MessageSchema], nests: &Nests) -> &'static [&'static MessageSchema] {
    let made = schemas.iter().map(|schema| {
        if schema.attrs.attrs.iter().all(|attr| nest(attr, nests).is_none()) {
            return *schema;
        }
        let attrs = Box::leak(Box::new(set_with(schema.attrs, nests)));
        &*Box::leak(Box::new(MessageSchema { attrs, ..**schema }))
    });
    made.collect::<Vec<_>>().leak()
}

fn set_with(set: &AttrSet, nests: &Nests) -> AttrSet {
    let attrs = set.attrs.iter().map(|attr| match nest(attr, nests) {
        Some(set) => AttrSchema { value: ValueType::Nested(set), ..*attr },
        None => *attr,
    });
    AttrSet { attrs: attrs.collect::<Vec<_>>().leak(), ..*set }
}

/// The set of a nest that has none by itself.
fn nest(attr: &AttrSchema, nests: &Nests) -> Option<SetRef> {
    let ValueType::Nested(own) = attr.value else { return None };
    nests.iter().find(|(ty, _)| *ty == attr.ty && own().attrs.is_empty()).map(|(_, set)| *set)
}
