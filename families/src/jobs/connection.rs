//! Tracked connections, and those that are expected.

use super::NotRepresentable;
use crate::conntrack::{
    Connection, Conntrack, DelConnection, DelExpectation, Expectation, ExpectationAttrs, NfGenMsg,
};

/// The kernel finds an object by its tuple, and without one deletes all.
const NO_TUPLE: NotRepresentable = NotRepresentable::new(
    "it is deleted by its tuple, and this one has none: without one, all would be deleted",
);

impl<'a> DelConnection<'a> {
    /// Deletes exactly this connection; if it was read, not another one with the same addresses and ports that is there by
    /// now.
    ///
    /// # Errors
    ///
    /// If it has no tuple: the kernel would delete all connections.
    pub fn of(connection: &Connection<'a>) -> Result<Self, NotRepresentable> {
        let Conntrack { tuple_orig, tuple_reply, zone, id, .. } = &connection.attrs;
        if tuple_orig.is_none() && tuple_reply.is_none() {
            return Err(NO_TUPLE);
        }
        let (tuple_orig, tuple_reply) = (tuple_orig.clone(), tuple_reply.clone());
        let attrs = Conntrack { tuple_orig, tuple_reply, zone: *zone, id: *id, ..Conntrack::default() };
        Ok(Self { header: connection.header, attrs })
    }

    /// Deletes all connections of an address family, or with `AF_UNSPEC` all.
    #[must_use]
    pub fn all(family: u8) -> Self {
        // In messages of version 0, the kernel does not look at the family.
        let header = NfGenMsg { nfgen_family: family, version: 1, ..NfGenMsg::default() };
        Self { header, ..Self::default() }
    }
}

impl<'a> DelExpectation<'a> {
    /// Deletes exactly this expectation.
    ///
    /// # Errors
    ///
    /// If it has no tuple: the kernel would delete all expectations.
    pub fn of(expectation: &Expectation<'a>) -> Result<Self, NotRepresentable> {
        let ExpectationAttrs { tuple, zone, id, .. } = &expectation.attrs;
        let tuple = Some(tuple.clone().ok_or(NO_TUPLE)?);
        let attrs = ExpectationAttrs { tuple, zone: *zone, id: *id, ..ExpectationAttrs::default() };
        Ok(Self { header: expectation.header, attrs })
    }
}
