//! The description of a C struct: its members, where each lies, and what each holds.

use super::ValueType;
use crate::bytes::{head, tail};

/// The description of a C struct.
#[derive(Clone, Copy, Debug)]
pub struct StructSchema {
    /// The struct's name.
    pub name: &'static str,
    /// Its size in bytes, with the padding at its end.
    pub len: usize,
    /// Its alignment in C, in bytes.
    pub align: usize,
    /// Its fields, in order.
    pub fields: &'static [StructField],
    /// The flexible array at its end, if it has one: where the first item begins, and the size of one item.
    pub items: Option<StructField>,
    /// Whether fewer bytes are read too; the missing ones are zero then (`zero_extend`).
    pub zero_extend: bool,
}

impl StructSchema {
    /// Whether so many bytes can be read as the struct: at least its size, or any number with `zero_extend`.
    #[must_use]
    pub const fn accepts(&self, len: usize) -> bool {
        len >= self.len || self.zero_extend
    }
}

/// One field of a C struct.
#[derive(Clone, Copy, Debug)]
pub struct StructField {
    /// Its name.
    pub name: &'static str,
    /// Where it begins: bytes from the start of the struct.
    pub offset: usize,
    /// Its size in bytes.
    pub len: usize,
    /// What it holds.
    pub value: ValueType,
}

impl StructField {
    /// The field's bytes, out of those of the struct; fewer where the struct is shorter.
    #[must_use]
    pub fn bytes<'a>(&self, of: &'a [u8]) -> &'a [u8] {
        head(tail(of, self.offset), self.len)
    }
}
