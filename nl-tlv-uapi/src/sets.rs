//! The sets of a protocol, each once.

use crate::distinct::Distinct;
use crate::{ProtocolDef, names};
use core::fmt;
use nl_tlv::schema::{AttrSchema, AttrSet, MAX_DEPTH, MessageSchema, Nest, ValueType};

/// Sets of attributes in the order in which they came, of those with the same constants the first.
pub(crate) struct Sets {
    all: Distinct<&'static AttrSet>,
    visited: Distinct<&'static AttrSet>,
}

impl Sets {
    pub(crate) const fn new() -> Self {
        Self { all: Distinct::new(), visited: Distinct::new() }
    }

    /// All sets of a protocol: of its messages and commands, then the others, each before those nested in it.
    pub(crate) fn of(protocol: &ProtocolDef) -> Result<Self, fmt::Error> {
        let mut sets = Self::new();
        messages(protocol).try_for_each(|schema| sets.add_message(schema))?;
        protocol.sets.iter().try_for_each(|set| sets.add(set, 0))?;
        Ok(sets)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'static AttrSet> {
        self.all.iter()
    }

    /// Adds the set of a message.
    pub(crate) fn add_message(&mut self, schema: &'static MessageSchema) -> fmt::Result {
        contents(schema).map_or(Ok(()), |set| self.add(set, 0))
    }

    /// Adds a set and those nested in it.
    pub(crate) fn add(&mut self, set: &'static AttrSet, depth: usize) -> fmt::Result {
        let set = names::whole(set);
        if depth > MAX_DEPTH {
            return Err(fmt::Error);
        }
        if !self.visited.insert(set, |other| core::ptr::eq(other, set)) {
            return Ok(());
        }
        self.all.insert(set, |other| names::is_same(other, set));
        nested(set, &mut |nest, _| self.add(nest, depth.saturating_add(1)))
    }
}

/// The attributes of a message, if it has any.
pub(crate) fn contents(schema: &'static MessageSchema) -> Option<&'static AttrSet> {
    Some(schema.attrs).filter(|set| !set.attrs.is_empty())
}

/// What is done with a set that is nested in another, whose policy refers to its, or does not.
type Each<'e> = &'e mut dyn FnMut(&'static AttrSet, bool) -> fmt::Result;

/// The sets that are nested in a set: those that its policy refers to, and those behind a struct or of a form, with
/// which a handler goes on.
pub(crate) fn nested(set: &'static AttrSet, each: Each<'_>) -> fmt::Result {
    set.attrs.iter().try_for_each(|attr| match attr.value.nest() {
        Some(Nest::Attrs(set) | Nest::Items(set)) => each(set(), true),
        _ => inner(attr.value, each),
    })
}

fn inner(value: ValueType, each: Each<'_>) -> fmt::Result {
    match value {
        ValueType::Nested(set)
        | ValueType::NestedArray(set)
        | ValueType::Headed(_, set)
        | ValueType::Records { set, .. } => each(set(), false),
        ValueType::Indexed(value) | ValueType::ByType(value) => inner(*value, each),
        ValueType::SubMessage { schema, .. } => {
            schema.forms.iter().try_for_each(|(_, form)| inner(*form, each))
        }
        _ => Ok(()),
    }
}

/// All messages of a protocol, those of its family and of its exchanges too.
pub(crate) fn messages(protocol: &ProtocolDef) -> impl Iterator<Item = &'static MessageSchema> {
    let answers = protocol.family.map_or(&[][..], |family| family.answers);
    let listed = [protocol.requests, protocol.answers, protocol.commands(), answers].into_iter().flatten();
    listed.copied().chain(protocol.exchanges.iter().map(|exchange| exchange.answer()))
}

/// Attributes by number.
pub(crate) fn sorted(attrs: &'static [AttrSchema]) -> impl Iterator<Item = &'static AttrSchema> {
    let mut last = None;
    core::iter::from_fn(move || {
        let next = attrs.iter().filter(|attr| last.is_none_or(|last| attr.ty > last));
        let next = next.min_by_key(|attr| attr.ty)?;
        last = Some(next.ty);
        Some(next)
    })
}
