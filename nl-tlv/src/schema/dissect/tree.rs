//! The lines of the tree.

use crate::bytes::{add, align4, from_u32, head, sub, tail, to_u32};
use crate::schema::StructSchema;
use crate::schema::dynamic::{Cut, Value, resolve};
use crate::schema::types::Inside;
use crate::schema::{AttrSet, Limits, MAX_DEPTH, Presence, Selector, ValueType};
use crate::{Attr, Attrs, Error, ErrorKind};
use core::fmt;

/// Attributes, what they are, and what selects their sub-messages from outside.
#[derive(Clone, Copy)]
struct Set<'m> {
    area: Attrs<'m>,
    inside: Inside,
    selector: Option<Selector<'m>>,
    /// How deep they are nested, as the kernel counts: an array and its items are one level.
    level: usize,
}

impl<'m> Set<'m> {
    /// Those in one of these attributes.
    fn within(&self, attr: Attr<'m>, inside: Inside, selector: Option<Selector<'m>>) -> Self {
        let level = match self.inside {
            Inside::Attrs(_) => add(self.level, 1),
            Inside::Items(_) | Inside::Values(_) => self.level,
        };
        Self { area: attr.nested(), inside, selector, level }
    }
}

/// The first bytes of an attribute.
fn attr_head(attr: Attr<'_>, len: usize) -> Attr<'_> {
    Attr::new(attr.nla_type(), head(attr.payload(), len))
}

/// Writes lines: the offset, an indent, and what the caller writes into `f`.
pub(super) struct Tree<'f, 'g> {
    pub(super) f: &'f mut fmt::Formatter<'g>,
    /// Levels by which everything is indented.
    pub(super) indent: usize,
    is_first: bool,
}

impl<'f, 'g> Tree<'f, 'g> {
    pub(super) fn new(f: &'f mut fmt::Formatter<'g>) -> Self {
        Self { f, indent: 0, is_first: true }
    }

    /// Begins a line about what lies at an offset.
    pub(super) fn line(&mut self, offset: u32, depth: usize) -> fmt::Result {
        if !core::mem::take(&mut self.is_first) {
            self.f.write_str("\n")?;
        }
        write!(self.f, "{offset:>5}  ")?;
        (0..add(self.indent, depth)).try_for_each(|_| self.f.write_str("  "))
    }

    /// A line that says what is damaged, and has the bytes.
    pub(super) fn damage(&mut self, err: Error, depth: usize, bytes: &[u8]) -> fmt::Result {
        self.line(err.offset(), depth)?;
        write!(self.f, "! {}: {}", err.reason(), Cut(bytes))
    }

    /// Bytes at the end that are too few to be anything.
    pub(super) fn trailing(&mut self, offset: u32, depth: usize, bytes: &[u8]) -> fmt::Result {
        if bytes.is_empty() {
            return Ok(());
        }
        self.line(offset, depth)?;
        write!(self.f, "! trailing bytes: {}", Cut(bytes))
    }

    /// Attributes, each on a line, and what is missing among them.
    pub(super) fn attrs(&mut self, area: Attrs<'_>, inside: Inside, depth: usize) -> fmt::Result {
        self.set(Set { area, inside, selector: None, level: 1 }, depth)
    }

    fn set(&mut self, set: Set<'_>, depth: usize) -> fmt::Result {
        let Set { area, inside, .. } = set;
        let (mut attrs, mut counts) = (area, Counts::default());
        loop {
            let rest = attrs.remainder();
            match attrs.next() {
                Some(Ok(attr)) => self.attr(attr, set, &mut counts, depth)?,
                Some(Err(err)) => return self.damage(err, depth, rest),
                None => break,
            }
        }
        self.trailing(attrs.offset(), depth, attrs.remainder())?;
        match inside {
            Inside::Attrs(Some(set)) => self.missing(area, set, depth),
            _ => Ok(()),
        }
    }

    fn missing(&mut self, area: Attrs<'_>, set: &'static AttrSet, depth: usize) -> fmt::Result {
        let required = set.attrs.iter().filter(|attr| attr.presence == Presence::Required);
        for attr in required.filter(|attr| matches!(area.find(attr.ty), Ok(None))) {
            self.line(area.offset(), depth)?;
            let err = Error::new(ErrorKind::MissingAttr, area.offset(), 0, 0);
            write!(self.f, "{} ({}) ! {}", attr.name, attr.ty, err.reason())?;
        }
        Ok(())
    }

    fn attr<'m>(&mut self, attr: Attr<'m>, set: Set<'m>, counts: &mut Counts, depth: usize) -> fmt::Result {
        self.line(attr.offset(), depth)?;
        let ty = attr.ty().get();
        let Some(known) = set.inside.attr(ty) else { return self.unknown(attr, set, counts, depth) };
        self.f.write_str(known.name)?;
        let is_repeated = known.presence == Presence::Repeated;
        if let Some(index) = is_repeated.then(|| counts.next(ty)).flatten() {
            write!(self.f, "[{index}]")?;
        }
        write!(self.f, " ({ty})")?;
        let (value, selector) = resolve(known.value, set.inside, set.area, set.selector);
        match (value, value.inside()) {
            (ValueType::Headed(header, behind), _) => self.headed(attr, header, behind(), set.level, depth),
            (_, Some(inside)) => self.nest(attr, set.within(attr, inside, selector), depth),
            (_, None) => self.value(attr, value, &known.limits),
        }
    }

    /// The line of an attribute without a name: one that the schema does not have, or the item of an array.
    fn unknown<'m>(
        &mut self,
        attr: Attr<'m>,
        set: Set<'m>,
        counts: &mut Counts,
        depth: usize,
    ) -> fmt::Result {
        let ty = attr.ty();
        if let Inside::Items(items) = set.inside {
            write!(self.f, "[{}] ({ty})", counts.next(0).unwrap_or_default())?;
            return self.nest(attr, set.within(attr, Inside::Attrs(Some(items)), None), depth);
        }
        if let Inside::Values(value) = set.inside {
            write!(self.f, "[{}] ({ty})", counts.next(0).unwrap_or_default())?;
            return match value.inside() {
                Some(inside) => self.nest(attr, set.within(attr, inside, None), depth),
                None => self.value(attr, *value, &Limits::NONE),
            };
        }
        write!(self.f, "attribute {ty}")?;
        match attr.is_nested() {
            true => self.nest(attr, set.within(attr, Inside::Attrs(None), None), depth),
            false => write!(self.f, " = {}", Cut(attr.payload())),
        }
    }

    /// The rest of a nest's line, and its attributes below.
    fn nest(&mut self, attr: Attr<'_>, set: Set<'_>, depth: usize) -> fmt::Result {
        write!(self.f, ": {} bytes", attr.payload().len())?;
        if set.level > MAX_DEPTH {
            let err = attr.error(ErrorKind::TooDeep, MAX_DEPTH, set.level);
            return write!(self.f, " ! {}: {}", err.reason(), Cut(attr.payload()));
        }
        self.set(set, add(depth, 1))
    }

    /// A struct on the line of its attribute, and the attributes behind it below.
    fn headed(
        &mut self,
        attr: Attr<'_>,
        header: &'static StructSchema,
        behind: &'static AttrSet,
        level: usize,
        depth: usize,
    ) -> fmt::Result {
        self.value(attr_head(attr, header.len), ValueType::Struct(header), &Limits::NONE)?;
        let at = align4(header.len);
        if attr.payload().len() < header.len || level >= MAX_DEPTH {
            return Ok(());
        }
        let from = to_u32(add(from_u32(attr.offset()), add(4, at)));
        let area = Attrs::at(tail(attr.payload(), at), from);
        let inside = Inside::Attrs(Some(behind));
        self.set(Set { area, inside, selector: None, level: add(level, 1) }, add(depth, 1))
    }

    /// The rest of a value's line: the value, or why there is none.
    pub(super) fn value(&mut self, attr: Attr<'_>, ty: ValueType, limits: &Limits) -> fmt::Result {
        let value = match Value::read(ty, attr) {
            Ok(value) => value,
            Err(err) => return write!(self.f, " ! {}: {}", err.reason(), Cut(attr.payload())),
        };
        write!(self.f, " = {value}")?;
        match value.check(limits) {
            Ok(()) => Ok(()),
            Err(err) => write!(self.f, " ! {}", err.reason()),
        }
    }
}

/// How many attributes of each repeated type were seen; further types than there are slots remain uncounted.
#[derive(Default)]
struct Counts {
    seen: [Option<(u16, u32)>; 8],
}

impl Counts {
    /// The index of the next attribute of this type.
    fn next(&mut self, ty: u16) -> Option<u32> {
        let slot = self.seen.iter_mut().find(|slot| slot.is_none_or(|(seen, _)| seen == ty))?;
        let index = slot.map_or(0, |(_, index)| index.saturating_add(1));
        *slot = Some((ty, index));
        Some(index)
    }
}

/// A payload less its first bytes, and where that begins.
pub(super) fn after(payload: &[u8], offset: u32, len: usize) -> (&[u8], u32) {
    let skipped = sub(payload.len(), tail(payload, len).len());
    (tail(payload, len), offset.saturating_add(crate::bytes::to_u32(skipped)))
}
