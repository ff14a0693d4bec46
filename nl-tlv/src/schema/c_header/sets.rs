//! The sets of a protocol, each once.

use super::names;
use crate::schema::{AttrSchema, AttrSet, Contents, MAX_DEPTH, MessageSchema, Protocol, ValueType};
use core::fmt;

/// Sets of attributes, each once and in the order in which they came.
pub(super) struct Sets {
    sets: [Option<&'static AttrSet>; Self::MAX],
}

impl Sets {
    /// How many sets of attributes a protocol can have; one more is an error of the formatter.
    const MAX: usize = 64;

    pub(super) const fn new() -> Self {
        Self { sets: [None; Self::MAX] }
    }

    /// All sets of a protocol: of its messages and commands, then the others, each before those nested in it.
    pub(super) fn of(protocol: &Protocol) -> Result<Self, fmt::Error> {
        let mut sets = Self::new();
        let answers = protocol.family.map_or(&[][..], |family| family.answers);
        let messages = [protocol.requests, protocol.answers, protocol.commands(), answers];
        for set in messages.into_iter().flatten().copied().filter_map(contents) {
            sets.add(set, 0)?;
        }
        protocol.sets.iter().try_for_each(|set| sets.add(set, 0))?;
        Ok(sets)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'static AttrSet> {
        self.sets.iter().copied().flatten()
    }

    pub(super) fn contains(&self, set: &'static AttrSet) -> bool {
        self.iter().any(|other| names::is_same(other, set))
    }

    /// Adds a set; whether it is new.
    pub(super) fn insert(&mut self, set: &'static AttrSet) -> Result<bool, fmt::Error> {
        if self.contains(set) {
            return Ok(false);
        }
        let slot = self.sets.iter_mut().find(|slot| slot.is_none()).ok_or(fmt::Error)?;
        *slot = Some(set);
        Ok(true)
    }

    fn add(&mut self, set: &'static AttrSet, depth: usize) -> fmt::Result {
        let set = names::whole(set);
        if depth > MAX_DEPTH {
            return Err(fmt::Error);
        }
        if !self.insert(set)? {
            return Ok(());
        }
        nested(set).try_for_each(|nest| self.add(nest, depth.saturating_add(1)))
    }
}

/// The attributes of a message, if it has any.
pub(super) fn contents(schema: &'static MessageSchema) -> Option<&'static AttrSet> {
    match schema.contents {
        Contents::Attrs(set) if !set.attrs.is_empty() => Some(set),
        _ => None,
    }
}

/// The sets that are nested in a set.
pub(super) fn nested(set: &'static AttrSet) -> impl Iterator<Item = &'static AttrSet> {
    set.attrs.iter().filter_map(|attr| match attr.value {
        ValueType::Nested(set) | ValueType::NestedArray(set) => Some(set()),
        _ => None,
    })
}

/// Attributes by number.
pub(super) fn sorted(attrs: &'static [AttrSchema]) -> impl Iterator<Item = &'static AttrSchema> {
    let mut last = None;
    core::iter::from_fn(move || {
        let next = attrs.iter().filter(|attr| last.is_none_or(|last| attr.ty > last));
        let next = next.min_by_key(|attr| attr.ty)?;
        last = Some(next.ty);
        Some(next)
    })
}
