//! The receive buffer of a connection, and how far the datagram in it has been judged.

use crate::exchange::{Address, Exchange, Objects, Verdict};
use crate::socket::{RecvError, Transport};
use crate::{Error, ErrorKind, Message, Messages};
use std::ops::Range;
use std::time::{Duration, Instant};
use std::vec;
use std::vec::Vec;

/// One datagram, read message by message.
#[derive(Debug)]
pub(in crate::socket) struct Inbox {
    buffer: Vec<u8>,
    /// The part of the buffer that has not been judged.
    unread: Range<usize>,
    /// Where the datagram that is here came from.
    pub(in crate::socket) sender: Address,
}

impl Inbox {
    pub(in crate::socket) fn new() -> Self {
        Self { buffer: vec![0; BUFFER], unread: 0..0, sender: Address::KERNEL }
    }

    /// The next message of the datagram that is here: the verdict, and where it lies.
    #[inline]
    pub(in crate::socket) fn judge<const N: usize>(
        &mut self,
        exchange: &mut Exchange<N>,
    ) -> Option<(Verdict, Range<usize>)> {
        let Range { start, end } = self.unread;
        let mut unread = self.buffer.get(start..end)?;
        let (verdict, message) = exchange.judge(&mut unread, self.sender)?;
        self.unread.start = end.saturating_sub(unread.len());
        Some((verdict, start..start.saturating_add(message.len())))
    }

    /// The next message of the datagram that is here, if it is plainly an object of a dump. Other messages stay to be
    /// [judged](Self::judge).
    #[inline(always)]
    pub(in crate::socket) fn object(&mut self, objects: &Objects) -> Option<Range<usize>> {
        let (len, consumed) = objects.next(self.buffer.get(self.unread.clone())?)?;
        let start = self.unread.start;
        self.unread.start = start.wrapping_add(consumed);
        Some(start..start.wrapping_add(len))
    }

    /// Receives the next datagram; what was left of the one before is dropped. A buffer that was too small for the peer
    /// grows; what another sends is nothing then.
    ///
    /// # Errors
    ///
    /// As [`Socket::recv`]; [`RecvError::Timeout`] if none came before the deadline (`None`: wait for ever).
    pub(in crate::socket) fn receive(
        &mut self,
        socket: &impl Transport,
        peer: u32,
        deadline: Option<Instant>,
    ) -> Result<(), RecvError> {
        self.unread = 0..0;
        let received = socket.receive(&mut self.buffer, deadline);
        match received.map(|(datagram, sender)| (datagram.len(), sender)) {
            Ok((len, sender)) => {
                (self.unread, self.sender) = (0..len, sender);
                Ok(())
            }
            Err(RecvError::Truncated { sender, .. }) if sender.port_id != peer => Ok(()),
            Err(err) => {
                if let RecvError::Truncated { needed, .. } = err {
                    self.buffer.resize(needed.max(self.buffer.len()), 0);
                }
                Err(err)
            }
        }
    }

    #[inline]
    pub(in crate::socket) fn bytes(&self, range: Range<usize>) -> &[u8] {
        self.buffer.get(range).unwrap_or_default()
    }

    /// The message of a range that [`judge`](Self::judge) gave.
    #[inline]
    pub(in crate::socket) fn message(&self, range: Range<usize>) -> Result<Message<'_>, Error> {
        first_message(self.bytes(range))
    }
}

/// The message at the start of the bytes.
#[inline]
pub(in crate::socket) fn first_message(bytes: &[u8]) -> Result<Message<'_>, Error> {
    let nothing = || Err(Error::new(ErrorKind::Truncated, 0, 16, 0));
    Messages::new(bytes).next().unwrap_or_else(nothing)
}

/// The end of a time span that begins now; `None` if it is endless, or ends after the clock does.
pub(in crate::socket) fn deadline(timeout: Option<Duration>) -> Option<Instant> {
    timeout.and_then(|timeout| Instant::now().checked_add(timeout))
}

/// Bytes of the receive buffer: more than any family sends in one datagram, so that no object is lost for its size. The
/// system gives memory to as much of it as is used.
pub(in crate::socket) const BUFFER: usize = 1 << 20;
