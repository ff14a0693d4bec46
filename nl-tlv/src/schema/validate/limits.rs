//! Whether what was received is within the limits of its definition, those included that no policy of the kernel can have.

use crate::bytes::to_u32;
use crate::schema::walk::{Item, Visitor, walk};
use crate::schema::{MessageSchema, Value};
use crate::{Error, Message};

/// Whether all values of a message are within their limits: those that are checked when it is written.
///
/// What cannot be read is left to the parser.
///
/// # Errors
///
/// The first limit that is violated, at its attribute.
pub(crate) fn check_limits(schema: &'static MessageSchema, message: &Message<'_>) -> Result<(), Error> {
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

    fn damage(&mut self, _: Option<&Item<'m>>, _: Error, _: &'m [u8]) -> Result<(), Error> {
        Ok(())
    }
}
