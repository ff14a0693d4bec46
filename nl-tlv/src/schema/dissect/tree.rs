//! The lines of the tree, written as the message is walked.

use crate::bytes::{add, sub, to_u32};
use crate::error::Bytes;
use crate::schema::dynamic::{Value, cut, fields};
use crate::schema::output::Output;
use crate::schema::walk::{Item, Visitor, walk_attrs};
use crate::schema::{AttrSchema, AttrSet, StructSchema, ValueType};
use crate::{Attrs, Error, ErrorKind};
use core::fmt::{self, Write};

/// Writes lines: the offset, an indent, and what the caller writes into `out`.
pub(super) struct Tree<'f, 'o, 'g> {
    pub(super) out: &'f mut Output<'o, 'g>,
    /// Levels by which everything is indented.
    pub(super) indent: usize,
    /// Where the contents of the message begin, and how deep the next line lies in them.
    pub(super) contents: u32,
    pub(super) depth: usize,
    is_first: bool,
    /// The line of an attribute waits for the struct in front of its attributes.
    is_headed: bool,
}

impl<'f, 'o, 'g> Tree<'f, 'o, 'g> {
    pub(super) fn new(out: &'f mut Output<'o, 'g>) -> Self {
        Self { out, indent: 0, contents: 0, depth: 1, is_first: true, is_headed: false }
    }

    /// Begins a line about what lies at an offset.
    pub(super) fn line(&mut self, offset: u32, depth: usize) -> fmt::Result {
        if !core::mem::take(&mut self.is_first) {
            self.out.text("\n")?;
        }
        self.out.offset(offset, add(self.indent, depth))
    }

    /// A line that says what is damaged, and has the bytes.
    pub(super) fn damage_line(&mut self, err: Error, depth: usize, bytes: &[u8]) -> fmt::Result {
        self.line(err.offset(), depth)?;
        write!(self.out, "! {}: ", err.reason())?;
        cut(bytes, self.out)
    }

    /// Bytes at the end that are too few to be anything.
    pub(super) fn trailing_line(&mut self, offset: u32, depth: usize, bytes: &[u8]) -> fmt::Result {
        if bytes.is_empty() {
            return Ok(());
        }
        self.line(offset, depth)?;
        self.out.text("! trailing bytes: ")?;
        cut(bytes, self.out)
    }

    /// Attributes of a set, each on a line, and what is missing among them.
    pub(super) fn attrs(&mut self, set: &'static AttrSet, area: Attrs<'_>) -> fmt::Result {
        self.depth = 1;
        walk_attrs(set, area, self)
    }

    /// Begins the line of an attribute.
    fn item(&mut self, item: &Item<'_>) -> fmt::Result {
        if let (None, Some(name)) = (item.known, item.name) {
            // The payload of a message without attributes.
            self.line(self.contents, self.depth)?;
            return self.out.text(name);
        }
        self.line(item.attr.offset(), self.depth)?;
        let ty = item.attr.ty().get();
        match (item.known, item.index) {
            (None, None) => {
                self.out.text("attribute ")?;
                return self.out.number(ty);
            }
            (Some(known), None) => self.out.text(known.name)?,
            (known, Some(index)) => {
                self.out.text(known.map_or("", |known| known.name))?;
                self.out.text("[")?;
                self.out.number(index)?;
                self.out.text("]")?;
            }
        }
        if item.is_record {
            return Ok(());
        }
        self.out.text(" (")?;
        self.out.number(ty)?;
        self.out.text(")")
    }
}

impl<'m> Visitor<'m> for Tree<'_, '_, '_> {
    type Error = fmt::Error;

    fn header(&mut self, schema: &'static StructSchema, at: u32, bytes: &'m [u8]) -> fmt::Result {
        if core::mem::take(&mut self.is_headed) {
            self.out.text(" = { ")?;
            fields(schema, bytes, self.out)?;
            return self.out.text(" }");
        }
        self.line(at, self.depth)?;
        self.out.text(schema.name)?;
        self.out.text(": ")?;
        fields(schema, bytes, self.out)
    }

    fn value(&mut self, item: &Item<'m>, value: Value<'m>, limit: Option<Error>) -> fmt::Result {
        self.item(item)?;
        self.out.text(" = ")?;
        value.write(self.out)?;
        match limit {
            None => Ok(()),
            Some(err) => self.violated(item, err),
        }
    }

    fn open(&mut self, item: &Item<'m>) -> fmt::Result {
        self.item(item)?;
        self.depth = add(self.depth, 1);
        self.is_headed = matches!(item.value, ValueType::Headed(..));
        if self.is_headed {
            return Ok(());
        }
        self.out.text(": ")?;
        let len = item.attr.payload().len();
        self.out.number(to_u32(len))?;
        self.out.text(if len == 1 { " byte" } else { " bytes" })
    }

    fn close(&mut self) -> fmt::Result {
        self.depth = sub(self.depth, 1);
        Ok(())
    }

    fn damage(&mut self, item: Option<&Item<'m>>, err: Error, bytes: &'m [u8]) -> fmt::Result {
        let Some(item) = item else { return self.damage_line(err, self.depth, bytes) };
        self.item(item)?;
        if err.kind() == ErrorKind::TooDeep {
            write!(self.out, ": {}", Bytes(to_u32(bytes.len())))?;
        }
        write!(self.out, " ! {}: ", err.reason())?;
        cut(bytes, self.out)
    }

    fn trailing(&mut self, at: u32, bytes: &'m [u8]) -> fmt::Result {
        self.trailing_line(at, self.depth, bytes)
    }

    fn missing(&mut self, attr: &'static AttrSchema, at: u32) -> fmt::Result {
        self.line(at, self.depth)?;
        let err = Error::new(ErrorKind::MissingAttr, at, 0, 0);
        write!(self.out, "{} ({}) ! {}", attr.name, attr.ty, err.reason())
    }
}

impl Tree<'_, '_, '_> {
    #[cold]
    fn violated(&mut self, item: &Item<'_>, err: Error) -> fmt::Result {
        let limit = item.known.and_then(|known| known.limits.violated(&err));
        write!(self.out, " ! {}", err.reason_with(limit, None))
    }
}
