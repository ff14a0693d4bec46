//! Sending: without waiting for a peer that does not read, and with room for its answer.

use super::inbox::deadline;
use super::{Connection, write};
use crate::socket::error::unsent;
use crate::socket::{Address, RecvError, RequestError, Transport};
use crate::{Error, Header, Writer};
use std::io;
use std::thread::sleep;
use std::time::{Duration, Instant};

impl<T: Transport> Connection<T> {
    pub(in crate::socket) fn send_request(
        &mut self,
        header: Header,
        emit: impl Fn(&mut Writer<'_>, Header) -> Result<(), Error>,
    ) -> Result<(), RequestError> {
        self.learn_port_id();
        self.put_away();
        self.empty_queue();
        let sent = write(&mut self.request, self.schema, |w| emit(w, header))
            .and_then(|()| self.send_datagram(&self.request));
        if sent.is_err() {
            self.exchange.forget(header.seq);
        }
        sent
    }

    /// Sends a datagram. If the peer has no room for it, and it may be waited for, it is tried again for as long as an
    /// answer would be waited for.
    ///
    /// # Errors
    ///
    /// [`RequestError::Timeout`] then.
    pub(in crate::socket) fn send_datagram(&self, datagram: &[u8]) -> Result<(), RequestError> {
        let mut sent = send_datagram(&self.transport, datagram, self.peer);
        if self.waits_for_room && sent.as_ref().is_err_and(is_full) {
            let until = deadline(self.timeout);
            let mut pause = FIRST_PAUSE;
            while sent.as_ref().is_err_and(is_full) {
                let left = until.map(|until| until.saturating_duration_since(Instant::now()));
                if left.is_some_and(|left| left.is_zero()) {
                    return Err(RequestError::Timeout);
                }
                sleep(left.map_or(pause, |left| left.min(pause)));
                pause = pause.saturating_mul(2).min(MAX_PAUSE);
                sent = send_datagram(&self.transport, datagram, self.peer);
            }
        }
        sent
    }

    /// Sends without waiting from now on: for a task, which waits by itself.
    #[cfg(feature = "tokio")]
    pub(in crate::socket) const fn never_wait_for_room(&mut self) {
        self.waits_for_room = false;
    }

    /// Reads what is queued, if an overrun was before. Until the queue has been empty once, the kernel drops whatever it
    /// sends us, answers too, and does not say so again (`NETLINK_S_CONGESTED`).
    pub(in crate::socket) fn empty_queue(&mut self) {
        for _ in 0..MAX_QUEUED {
            if !self.is_congested {
                return;
            }
            self.put_away();
            match self.receive(Some(Instant::now())) {
                Err(RecvError::Overrun) => self.backlog.overrun(),
                Err(RecvError::Io(_)) => return,
                _ => {}
            }
        }
    }
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
    Ok(transport.send_to(datagram, Address::port(peer)).map_err(|err| unsent(err, peer))?)
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
