//! Records in one attribute: each is a C struct that has the record's length in one of its fields, and attributes behind it.
//!
//! ```text
//! +----------------------+------------+-----------------------+------------
//! | struct with a length | attributes | struct with a length  | attributes ...
//! +----------------------+------------+-----------------------+------------
//! |<------------- length ------------>|   padded to a multiple of 4
//! ```
//!
//! Source: `include/uapi/linux/rtnetlink.h`, `struct rtnexthop` with `RTNH_NEXT`.

use super::Value;
use super::types::{Inside, Records};
use crate::bytes::{add, align4, from_u32, head, tail, to_u32};
use crate::{Attr, Attrs, Error, ErrorKind};

impl Inside {
    /// The next attribute of an area, or the next record.
    #[inline(always)]
    pub(super) fn next<'m>(self, area: &mut Attrs<'m>) -> Option<Result<Attr<'m>, Error>> {
        match self {
            Self::Records(records) => records.next(area),
            _ => area.next(),
        }
    }
}

impl Records {
    /// The next record. It has no attribute header: it is reported as an attribute of type 0 whose payload is the whole
    /// record, at the record's offset.
    ///
    /// The end is `None`, and damage is one `Err` and then `None` for ever: nothing says where the record behind a
    /// wrong length begins.
    fn next<'m>(self, area: &mut Attrs<'m>) -> Option<Result<Attr<'m>, Error>> {
        let (rest, at) = (area.remainder(), area.offset());
        if rest.len() < 4 {
            return None;
        }
        let record = self.record(rest, at);
        let taken = record.map_or(rest.len(), <[u8]>::len);
        area.take_bytes(align4(taken));
        Some(record.map(|record| Attr::placed(0, record, at)))
    }

    /// The record at the start of these bytes.
    fn record(self, rest: &[u8], at: u32) -> Result<&[u8], Error> {
        let own = self.header.len;
        let error = |kind, expected, found| Error::new(kind, at, to_u32(expected), to_u32(found));
        if rest.len() < own {
            return Err(error(ErrorKind::Truncated, own, rest.len()));
        }
        match self.len(rest) {
            len if len < own => Err(error(ErrorKind::LengthBelowHeader, own, len)),
            len if len > rest.len() => Err(error(ErrorKind::LengthBeyondEnd, rest.len(), len)),
            len => Ok(head(rest, len)),
        }
    }

    /// The length that a record has in its header.
    fn len(self, record: &[u8]) -> usize {
        let Some(field) = self.header.fields.get(usize::from(self.length)) else { return 0 };
        match Value::read(field.value, Attr::new(0, field.bytes(record))) {
            Ok(Value::Number(len)) => usize::try_from(len).unwrap_or(usize::MAX),
            _ => 0,
        }
    }
}

/// The attributes behind a struct of so many bytes, with `header_len` bytes in front of the payload.
pub(super) fn behind(attr: Attr<'_>, header_len: usize, len: usize) -> Attrs<'_> {
    let at = add(from_u32(attr.offset()), add(header_len, align4(len)));
    Attrs::at(tail(attr.payload(), align4(len)), to_u32(at))
}
