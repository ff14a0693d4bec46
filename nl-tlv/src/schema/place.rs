//! From a path by names to an offset in a message: what [`locate`](super::locate) does, the other way round.

use super::level::Level;
use super::types::Inside;
use super::{AttrSchema, MessageSchema, Presence, StructSchema, ValueType};
use crate::Attr;
use crate::bytes::{add, from_u32, to_u32};

/// The step of a path that the definition has nothing for.
#[derive(Debug)]
pub(crate) struct Misplaced<'p>(pub(crate) &'p str);

/// The offset of what a path such as `steps[1].seconds` leads to: a path as [`locate`](super::locate) writes it, without the
/// name of the message. Without an index it is the last of several attributes, which is the one that a parser reads. `None`
/// if the message does not have it.
pub(crate) fn place<'p>(
    schema: &MessageSchema,
    message: &[u8],
    path: &'p str,
) -> Result<Option<u32>, Misplaced<'p>> {
    if let Some(at) = schema.header.and_then(|header| offset_of(header, path)) {
        return Ok(Some(to_u32(add(schema.header_offset(), at))));
    }
    let (offset, inside) = (to_u32(schema.contents_offset()), Some(Level::of_message(schema, message)));
    let mut place = Place { offset, value: ValueType::Bytes, header_len: 0, inside };
    for step in path.split('.') {
        match place.step(step).ok_or(Misplaced(step))? {
            Some(next) => place = next,
            None => return Ok(None),
        }
    }
    Ok(Some(place.offset))
}

/// How far a path has been followed.
struct Place<'m> {
    offset: u32,
    /// What lies there.
    value: ValueType,
    /// How many bytes lie in front of its payload.
    header_len: usize,
    /// Its attributes, if it consists of some.
    inside: Option<Level<'m>>,
}

impl<'m> Place<'m> {
    /// Goes on by a name, and by the indices behind it; `None` if there can be nothing of this name, `Some(None)` if there
    /// is nothing.
    fn step(self, step: &str) -> Option<Option<Self>> {
        let mut parts = step.split('[');
        let name = parts.next()?;
        let mut indices = parts.map(|index| index.strip_suffix(']')?.parse::<usize>().ok());
        if let Some(field) = self.field(name) {
            return Some(Some(field));
        }
        let level = self.inside?;
        let known = level.inside.named(name)?;
        let index = if known.presence == Presence::Repeated { indices.next() } else { None };
        let mut found = level.attrs().filter(|attr| attr.ty().get() == known.ty);
        let attr = match index {
            Some(index) => found.nth(index?),
            None => found.last(),
        };
        let Some(attr) = attr else { return Some(None) };
        let mut place = Self::of(level, attr, Some(known));
        for index in indices {
            let level = place.inside.filter(|level| level.inside.item().is_some())?;
            let Some(item) = level.attrs().nth(index?) else { return Some(None) };
            place = Self::of(level, item, None);
        }
        Some(Some(place))
    }

    fn of(level: Level<'m>, attr: Attr<'m>, known: Option<&'static AttrSchema>) -> Self {
        let (value, inside) = level.enter(attr, known);
        Self { offset: attr.offset(), value, header_len: level.header_len(), inside }
    }

    /// The field of this name, of a struct that lies here.
    fn field(&self, name: &str) -> Option<Self> {
        let (ValueType::Struct(schema) | ValueType::Headed(schema, _)) = self.value else { return None };
        let at = add(add(from_u32(self.offset), self.header_len), offset_of(schema, name)?);
        Some(Self { offset: to_u32(at), value: ValueType::Bytes, header_len: 0, inside: None })
    }
}

fn offset_of(schema: &StructSchema, name: &str) -> Option<usize> {
    schema.fields.iter().find(|field| field.name == name).map(|field| field.offset)
}

impl Inside {
    /// The attribute of a name, if it is known.
    fn named(self, name: &str) -> Option<&'static AttrSchema> {
        let Self::Attrs(Some(set)) = self else { return None };
        let mut all = set.attrs.iter().chain(set.part_of.into_iter().flat_map(|set| set().attrs));
        all.find(|attr| attr.name == name)
    }
}
