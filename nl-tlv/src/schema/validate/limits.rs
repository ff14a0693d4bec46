//! What a server asks of a request beyond what the kernel's policies say: that all of it can be read, and that it is within
//! the limits that no policy can say.

use crate::bytes::to_u32;
use crate::schema::walk::{Item, Visitor, walk};
use crate::schema::{MessageSchema, Value};
use crate::{Error, Message};

/// Whether all values of a message can be read, those in lists too, and are within their limits: those that are checked
/// when it is written.
///
/// # Errors
///
/// The first value that is not, at its attribute.
pub(crate) fn check_values(schema: &'static MessageSchema, message: &Message<'_>) -> Result<(), Error> {
    walk(schema, message.as_bytes(), &mut Check { contents: to_u32(schema.contents_offset()) })
}

struct Check {
    /// Where the contents begin: a payload that is no attribute has no place of its own.
    contents: u32,
}

impl<'m> Visitor<'m> for Check {
    type Error = Error;

    fn value(&mut self, item: &Item<'m>, _: Value<'m>, limit: Option<Error>) -> Result<(), Error> {
        match (limit, item.attr.offset()) {
            (None, _) => Ok(()),
            (Some(err), 0) => Err(err.payload_at(self.contents)),
            (Some(err), offset) => Err(err.of_attr(item.attr.ty().get()).at(offset)),
        }
    }

    fn damage(&mut self, _: Option<&Item<'m>>, err: Error, _: &'m [u8]) -> Result<(), Error> {
        Err(err)
    }

    /// Up to three bytes behind the last attribute are no error, as for `parse`.
    fn trailing(&mut self, _: u32, _: &'m [u8]) -> Result<(), Error> {
        Ok(())
    }
}
