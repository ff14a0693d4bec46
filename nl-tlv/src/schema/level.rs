//! One step down into a message: what every reader of schemas goes by.

use super::dynamic::{resolve, selects};
use super::records::behind;
use super::types::Inside;
use super::{AttrSchema, AttrSet, MAX_DEPTH, MessageSchema, Selector, ValueType};
use crate::bytes::{add, from_u32, tail, to_u32};
use crate::{Attr, AttrWriter, Attrs, Error, ErrorKind};

/// Attributes, what they are, and what selects their sub-messages from outside.
#[derive(Clone, Copy)]
pub(super) struct Level<'m> {
    pub(super) area: Attrs<'m>,
    pub(super) inside: Inside,
    selector: Option<Selector<'m>>,
    /// How deep they are nested, as the kernel counts: an array and its entries are one level.
    pub(super) depth: usize,
}

impl<'m> Level<'m> {
    /// The attributes of a message, or of a nest that is looked at by itself.
    pub(super) const fn top(area: Attrs<'m>, inside: Inside, selector: Option<Selector<'m>>) -> Self {
        Self { area, inside, selector, depth: 1 }
    }

    /// What an attribute of the level holds, by its schema if it has one; and what lies in it, if that is attributes.
    pub(super) fn enter(
        self,
        attr: Attr<'m>,
        known: Option<&'static AttrSchema>,
    ) -> (ValueType, Option<Self>) {
        let (value, selector) = match (known, self.inside) {
            (Some(known), _) => resolve(known.value, self.inside, self.area, self.selector),
            (None, Inside::Values(value)) => (*value, self.selector),
            (None, Inside::Records(records)) => {
                (ValueType::Headed(records.header, records.set), self.selector)
            }
            (None, _) => (ValueType::Bytes, self.selector),
        };
        let (inside, depth) = match (known, self.inside) {
            (None, Inside::Items(set)) => (Some(Inside::Attrs(Some(set))), self.depth),
            (None, Inside::Values(_) | Inside::Records(_)) => (value.inside(), self.depth),
            (None, Inside::Attrs(_)) => (attr.is_nested().then_some(Inside::Attrs(None)), add(self.depth, 1)),
            (Some(_), _) => (value.inside(), add(self.depth, 1)),
        };
        let area = match value {
            ValueType::Headed(header, _) => behind(attr, self.header_len(), header.len),
            _ => attr.nested(),
        };
        (value, inside.map(|inside| Self { area, inside, selector, depth }))
    }

    /// Its attributes or records, as far as they can be read.
    pub(super) fn attrs(self) -> impl Iterator<Item = Attr<'m>> {
        self.inside.iter(self.area).map_while(Result::ok)
    }

    /// Whether it consists of records, which have no attribute headers.
    pub(super) const fn is_of_records(self) -> bool {
        matches!(self.inside, Inside::Records(_))
    }

    /// How many bytes lie in front of each payload: the header of an attribute, or nothing.
    pub(super) const fn header_len(self) -> usize {
        if self.is_of_records() { 0 } else { 4 }
    }

    /// Refuses nests that are deeper than [`MAX_DEPTH`]; what is not known is not looked into.
    fn check_depth(self) -> Result<(), Error> {
        for attr in self.attrs() {
            let known = self.inside.attr(attr.ty().get());
            let is_unknown = known.is_none() && matches!(self.inside, Inside::Attrs(_));
            if is_unknown || known.is_some_and(|known| known.value.is_leaf()) {
                continue;
            }
            let (_, Some(within)) = self.enter(attr, known) else { continue };
            if within.depth > MAX_DEPTH {
                return Err(attr.error(ErrorKind::TooDeep, MAX_DEPTH, within.depth));
            }
            within.check_depth()?;
        }
        Ok(())
    }
}

/// What selects the forms that nothing else in the message selects: the first field of its family header. In rtnetlink
/// and `sock_diag` it is the address family.
pub(super) fn of_header<'m>(schema: &MessageSchema, message: &'m [u8]) -> Option<Selector<'m>> {
    let field = schema.header?.fields.first()?;
    selects(field.value, Attr::new(0, field.bytes(tail(message, schema.header_offset()))))
}

/// Whether the known nests in these attributes, of a set that can contain itself, are at most [`MAX_DEPTH`] deep. The set
/// counts as the second level, because the first are the attributes of its message, as in the kernel. (One that lies
/// deeper can be read deeper than it can be written.) `selector` is what selects forms from outside the set.
///
/// # Errors
///
/// [`ErrorKind::TooDeep`], at the attribute that is.
pub fn check_depth(
    attrs: Attrs<'_>,
    set: &'static AttrSet,
    selector: Option<Selector<'_>>,
) -> Result<(), Error> {
    Level { area: attrs, inside: Inside::Attrs(Some(set)), selector, depth: 2 }.check_depth()
}

/// Whether the known nests of a message that was written are at most [`MAX_DEPTH`] deep.
///
/// # Errors
///
/// As [`check_depth`].
#[cold]
pub(crate) fn check_written_depth(schema: &MessageSchema, message: &[u8]) -> Result<(), Error> {
    if schema.payload.is_some() {
        return Ok(());
    }
    let start = schema.contents_offset();
    let area = Attrs::at(tail(message, start), to_u32(start));
    Level::top(area, Inside::Attrs(Some(schema.attrs)), of_header(schema, message)).check_depth()
}

/// Writes a set that can contain itself. One below the last level is refused before it is written, so that a value of any
/// depth takes a bounded stack; `check_written_depth` counts the sets of other kinds between them too.
///
/// # Errors
///
/// The error of `fill`; [`ErrorKind::TooDeep`].
pub fn emit_within_depth(
    w: &mut AttrWriter<'_>,
    fill: impl FnOnce(&mut AttrWriter<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let start = w.offset();
    w.deeper(|w, outer| match add(from_u32(outer), 2) {
        depth if depth > MAX_DEPTH => {
            Err(Error::new(ErrorKind::TooDeep, start, to_u32(MAX_DEPTH), to_u32(depth)))
        }
        _ => fill(w),
    })
}
