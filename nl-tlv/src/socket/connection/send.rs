//! Sending: without waiting for a peer that does not read, and with room for its answer.

use super::inbox::deadline;
use super::{Connection, write};
use crate::exchange::Expect;
use crate::schema::MessageSchema;
use crate::socket::error::unsent;
use crate::socket::lend::Lend;
use crate::socket::{Address, RecvError, RequestError, Transport};
use crate::{Error, GetFlags, Header, Writer};
use std::io;
use std::time::{Duration, Instant};

impl<T: Transport> Connection<T> {
    /// Sends a request, and says under which number it is answered.
    pub(in crate::socket) fn send_request(
        &mut self,
        expect: Expect,
        header: Header,
        schema: &'static MessageSchema,
        emit: impl Fn(&mut Writer<'_>, Header) -> Result<(), Error>,
    ) -> Result<u32, RequestError> {
        if expect == Expect::Dump || header.flags.intersects(GetFlags::DUMP.into()) {
            self.end_dump();
        }
        let header = self.exchange.request(expect, header).ok_or(RequestError::Busy)?;
        self.schema = schema;
        self.learn_port_id();
        self.empty_queue();
        let sent = write(&mut self.request, schema, |w| emit(w, header))
            .and_then(|()| self.send_datagram(&self.request));
        match sent {
            Ok(()) => Ok(header.seq),
            Err(err) => {
                self.exchange.forget(header.seq);
                Err(err)
            }
        }
    }

    /// Sends a datagram, if the peer has room for it now.
    pub(in crate::socket) fn send_datagram(&self, datagram: &[u8]) -> Result<(), RequestError> {
        send_datagram(&self.transport, datagram, self.peer)
    }

    /// Reads what is queued, if an overrun was before. Until the queue has been empty once, the kernel drops whatever it
    /// sends us, answers too, and does not say so again (`NETLINK_S_CONGESTED`).
    pub(in crate::socket) fn empty_queue(&mut self) {
        self.read_queue(MAX_QUEUED, |connection| connection.is_congested);
    }

    /// Reads a dump that nobody waits for to its end, because the kernel runs one at a time. It goes on with it while it is
    /// received: if nothing is there, nothing will come.
    pub(in crate::socket) fn end_dump(&mut self) {
        if self.peer == 0 {
            self.read_queue(MAX_QUEUED, |connection| connection.exchange.running_dump().is_some());
            while let Some(seq) = self.exchange.running_dump() {
                self.exchange.forget(seq);
            }
        }
    }

    /// Gives up a dump, and reads so many datagrams of it at most.
    pub(in crate::socket) fn leave_dump(&mut self, seq: u32, datagrams: u32) {
        self.exchange.abandon(seq);
        self.read_queue(datagrams, |connection| connection.exchange.running_dump().is_some());
    }

    /// Puts away what is here, and as long as that is needed what is queued: so many datagrams at most, and without waiting.
    fn read_queue(&mut self, datagrams: u32, is_needed: impl Fn(&Self) -> bool) {
        self.put_away();
        for _ in 0..datagrams {
            if !is_needed(self) {
                return;
            }
            match self.receive(Some(Instant::now())) {
                Ok(()) | Err(RecvError::Truncated { .. }) => self.put_away(),
                Err(RecvError::Overrun) => self.backlog.overrun(),
                Err(RecvError::Timeout | RecvError::Io(_)) => return,
            }
        }
    }
}

/// Sends, and tries again if the peer has no room for it, as long as an answer would be waited for. (The kernel always has
/// room.)
///
/// # Errors
///
/// [`RequestError::Timeout`] in the end.
pub(in crate::socket) async fn patiently<C: Lend, R>(
    timeout: Option<Duration>,
    mut send: impl FnMut() -> Result<R, RequestError>,
) -> Result<R, RequestError> {
    let mut sent = send();
    if sent.as_ref().is_err_and(is_full) {
        let (until, mut pause) = (deadline(timeout), FIRST_PAUSE);
        while sent.as_ref().is_err_and(is_full) {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Err(RequestError::Timeout);
            }
            C::pause(left.map_or(pause, |left| left.min(pause))).await;
            pause = pause.saturating_mul(2).min(MAX_PAUSE);
            sent = send();
        }
    }
    sent
}

/// Whether a datagram was not sent because its receiver has no room for it now.
pub(in crate::socket) fn is_full(err: &RequestError) -> bool {
    matches!(err, RequestError::Io(err) if err.kind() == io::ErrorKind::WouldBlock)
}

/// Sends a datagram now, if there can be one of this size.
pub(in crate::socket) fn send_datagram(
    transport: &impl Transport,
    datagram: &[u8],
    peer: u32,
) -> Result<(), RequestError> {
    reserve(transport, datagram)?;
    let to = Address::port(peer);
    Ok(transport.send_to(datagram, to).map_err(|err| unsent(err, to))?)
}

/// Makes room in the send buffer for a datagram, or says that there can be none of this size.
pub(in crate::socket) fn reserve(transport: &impl Transport, datagram: &[u8]) -> Result<(), RequestError> {
    if datagram.len() > ALWAYS_SENT {
        let max = transport.reserve_send_buffer(datagram.len())?;
        if datagram.len() > max {
            return Err(RequestError::TooLarge { len: datagram.len(), max });
        }
    }
    Ok(())
}

/// Bytes that every send buffer takes as one datagram, unless someone made it smaller.
const ALWAYS_SENT: usize = 64 * 1024;

/// How long a send waits before it tries again: at first, and at most. Nothing tells when the peer has read.
const FIRST_PAUSE: Duration = Duration::from_micros(100);
const MAX_PAUSE: Duration = Duration::from_millis(8);

/// How many datagrams a queue is taken to have at most.
const MAX_QUEUED: u32 = 1 << 16;
