//! [`Level`]: the attributes of a message or of a nest, and the step into a nest among them. All readers of schemas go down
//! this way.

use super::dynamic::{resolve, selects};
use super::records::behind;
use super::types::Inside;
use super::{AttrSchema, AttrSet, MAX_DEPTH, MessageSchema, Selector, ValueType};
use crate::bytes::{add, tail, to_u32};
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
    /// The attributes of a message.
    pub(super) fn of_message(schema: &MessageSchema, message: &'m [u8]) -> Self {
        let start = schema.contents_offset();
        let area = Attrs::at(tail(message, start), to_u32(start));
        Self::of_set(schema.attrs, area, of_header(schema, message))
    }

    /// Attributes of a set, with what selects forms from outside the set.
    pub(super) const fn of_set(
        set: &'static AttrSet,
        area: Attrs<'m>,
        selector: Option<Selector<'m>>,
    ) -> Self {
        Self { area, inside: Inside::Attrs(Some(set)), selector, depth: 1 }
    }

    /// What an attribute of the level holds, by its schema if it has one; and what lies in it, if that is attributes.
    pub(super) fn enter(
        self,
        attr: Attr<'m>,
        known: Option<&'static AttrSchema>,
    ) -> (ValueType, Option<Self>) {
        let item = self.inside.item();
        let (value, selector) = match known {
            Some(known) => resolve(known.value, self.inside, self.area, self.selector),
            None => (item.unwrap_or(ValueType::Bytes), self.selector),
        };
        let inside = match known.is_some() || item.is_some() {
            true => value.inside(),
            false => attr.is_nested().then_some(Inside::Attrs(None)),
        };
        let depth = if item.is_some() { self.depth } else { add(self.depth, 1) };
        let area = match value {
            ValueType::Headed(header, _) => behind(attr, self.header_len(), header.len),
            _ => attr.nested(),
        };
        (value, inside.map(|inside| Self { area, inside, selector, depth }))
    }

    /// Its attributes or records, as far as they can be read.
    pub(super) fn attrs(mut self) -> impl Iterator<Item = Attr<'m>> {
        core::iter::from_fn(move || self.inside.next(&mut self.area)).map_while(Result::ok)
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
            let value = known.map(|known| known.value).or(self.inside.item());
            if value.is_none_or(|value| value.is_leaf()) {
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
fn of_header<'m>(schema: &MessageSchema, message: &'m [u8]) -> Option<Selector<'m>> {
    let field = schema.header?.fields.first()?;
    selects(field.value, Attr::new(0, field.bytes(tail(message, schema.header_offset()))))
}

/// Whether the known nests in these attributes, of a set that can contain itself, are at most [`MAX_DEPTH`] deep. The set
/// counts as the level `depth`: the first is that of a message's attributes, as in the kernel, the second that of a nest.
/// (One that lies deeper can be read deeper than it can be written.) `selector` is what selects forms from outside the set.
///
/// # Errors
///
/// [`ErrorKind::TooDeep`], at the attribute that is.
pub fn check_depth(
    attrs: Attrs<'_>,
    set: &'static AttrSet,
    selector: Option<Selector<'_>>,
    depth: usize,
) -> Result<(), Error> {
    Level { depth, ..Level::of_set(set, attrs, selector) }.check_depth()
}

/// Whether the known nests of a message that was written are at most [`MAX_DEPTH`] deep.
///
/// # Errors
///
/// As [`check_depth`].
#[cold]
pub(crate) fn check_written_depth(schema: &MessageSchema, message: &[u8]) -> Result<(), Error> {
    match schema.payload {
        Some(_) => Ok(()),
        None => Level::of_message(schema, message).check_depth(),
    }
}

/// Writes a set that can contain itself, and is this level or a deeper one. One below the last level is refused before it is written, so that a value of any
/// depth takes a bounded stack; `check_written_depth` counts the sets of other kinds between them too.
///
/// # Errors
///
/// The error of `fill`; [`ErrorKind::TooDeep`].
pub fn emit_within_depth(
    w: &mut AttrWriter<'_>,
    level: u32,
    fill: impl FnOnce(&mut AttrWriter<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let (start, outer) = (w.offset(), w.depth);
    (w.depth, w.is_recursive) = (outer.saturating_add(1).max(level), true);
    let filled = match w.depth > to_u32(MAX_DEPTH) {
        true => Err(Error::new(ErrorKind::TooDeep, start, to_u32(MAX_DEPTH), w.depth)),
        false => fill(w),
    };
    w.depth = outer;
    filled
}
