//! Whole dumps: repeated until nothing changed meanwhile, but not for ever.

use super::{Connection, RequestError, Transport};
use crate::control::Errno;
use crate::{Message, NlMessage};
use std::vec::Vec;

impl<T: Transport> Connection<T> {
    /// How often a dump that was interrupted or lost datagrams is repeated, unless [`set_retries`](Self::set_retries) says otherwise.
    pub const RETRIES: u32 = 5;

    /// How often [`collect`](Self::collect) repeats a dump.
    pub fn set_retries(&mut self, retries: u32) {
        self.retries = retries;
    }

    /// Asks for all objects that match, and returns what `read` makes of each (`None` leaves it out). What a dump
    /// brought that was interrupted, or lost datagrams, is dropped, and the dump made again.
    ///
    /// Not every family tells that a dump was interrupted. IPv4 routes do not: of those that come and go meanwhile some
    /// are in it, but none that stays is missing.
    ///
    /// ```no_run
    /// # use nl_tlv::socket::{Connection, RequestError};
    /// # use nl_tlv::NlMessage;
    /// # fn example(conn: &mut Connection, link_get: impl NlMessage) -> Result<(), RequestError> {
    /// let lengths = conn.collect(&link_get, |link| Ok(Some(link.as_bytes().len())))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`RequestError::Interrupted`], [`RequestError::Overrun`] or [`RequestError::Truncated`] if that happened to the
    /// last repetition too; [`RequestError::Damaged`] with what `read` says; what else there is.
    pub fn collect<R, M: NlMessage>(
        &mut self,
        message: &M,
        mut read: impl FnMut(&Message<'_>) -> Result<Option<R>, crate::Error>,
    ) -> Result<Vec<R>, RequestError> {
        let mut left = self.retries;
        loop {
            match self.collect_once(message, &mut read) {
                Err(err) if may_repeat(&err, &mut left) => {}
                collected => return collected,
            }
        }
    }

    fn collect_once<R, M: NlMessage>(
        &mut self,
        message: &M,
        read: &mut impl FnMut(&Message<'_>) -> Result<Option<R>, crate::Error>,
    ) -> Result<Vec<R>, RequestError> {
        let mut dump = self.dump(message)?;
        let mut objects = Vec::new();
        while let Some(object) = dump.next_message()? {
            let object = read(&object).map_err(RequestError::Damaged)?;
            objects.extend(object);
        }
        Ok(objects)
    }
}

/// Whether the next dump may go well, and there is a try left for it, which is used up.
pub(super) fn may_repeat(err: &RequestError, left: &mut u32) -> bool {
    let may = *left > 0 && is_worth_repeating(err);
    *left = left.saturating_sub(u32::from(may));
    may
}

/// Whether the next dump may go well.
pub(super) fn is_worth_repeating(err: &RequestError) -> bool {
    match err {
        RequestError::Interrupted | RequestError::Overrun | RequestError::Truncated { .. } => true,
        // A dump that finds the receive buffer full of events is refused, and runs on as soon as there is room.
        RequestError::Refused(refusal) => [Errno::ENOBUFS, Errno::EBUSY].contains(&refusal.errno()),
        _ => false,
    }
}
