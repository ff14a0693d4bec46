//! Answers that wait until their clients have room for them.

use super::{Address, Transport};
use std::boxed::Box;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::time::{Duration, Instant};

/// What clients have no room for yet.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    clients: BTreeMap<u32, Client>,
    /// Bytes that wait for all of them, with what it costs to keep them.
    len: usize,
    /// When they are tried again, and how long after that if none of them reads.
    next: Option<Instant>,
    pause: Duration,
}

/// The datagrams of one client, in the order in which they were sent.
#[derive(Debug)]
struct Client {
    waiting: VecDeque<Box<[u8]>>,
    /// Whether answers were dropped. Those behind them are dropped too: a dump without its middle would look whole.
    is_cut: bool,
    /// When it is given up, unless it reads before.
    expires: Option<Instant>,
}

impl Outbox {
    /// Sends a datagram, or keeps it if its client has no room for it or others wait before it. One whose client has gone
    /// is dropped.
    ///
    /// # Errors
    ///
    /// If the system refuses to send it.
    pub(super) fn send(
        &mut self,
        transport: &impl Transport,
        client: u32,
        datagram: &[u8],
    ) -> io::Result<()> {
        self.make_room(transport, client);
        if !self.clients.contains_key(&client) {
            match transport.send_to(datagram, Address::port(client)) {
                Err(err) if err.kind() == io::ErrorKind::WouldBlock => {}
                Err(err) if err.kind() == io::ErrorKind::ConnectionRefused => return Ok(()),
                sent => return sent,
            }
        }
        self.keep(client, datagram);
        Ok(())
    }

    /// Sends what waits for a client that has read meanwhile: a long dump is read while it is written.
    fn make_room(&mut self, transport: &impl Transport, port_id: u32) {
        let Some(client) = self.clients.get_mut(&port_id) else { return };
        if client.flush(transport, port_id, &mut self.len) {
            client.expires = Instant::now().checked_add(PATIENCE);
        }
        if client.waiting.is_empty() && !client.is_cut {
            self.clients.remove(&port_id);
        }
    }

    fn keep(&mut self, client: u32, datagram: &[u8]) {
        if self.clients.is_empty() {
            self.pause = FIRST_PAUSE;
            self.next = Instant::now().checked_add(FIRST_PAUSE);
        }
        let client = self.clients.entry(client).or_insert_with(|| Client {
            waiting: VecDeque::new(),
            is_cut: false,
            expires: Instant::now().checked_add(PATIENCE),
        });
        let len = self.len.saturating_add(cost(datagram));
        client.is_cut |= len > MAX;
        if !client.is_cut {
            self.len = len;
            client.waiting.push_back(datagram.into());
        }
    }

    /// When [`flush`](Self::flush) is to be called next; `None` if nothing waits.
    pub(super) fn next(&self) -> Option<Instant> {
        self.next.filter(|_| !self.clients.is_empty())
    }

    /// Sends what clients have room for by now, if it is time to try. Clients that have not read for long lose what waits
    /// for them.
    pub(super) fn flush(&mut self, transport: &impl Transport) {
        let Some(next) = self.next() else { return };
        let now = Instant::now();
        if now < next {
            return;
        }
        let (mut has_progressed, len) = (false, &mut self.len);
        self.clients.retain(|&port_id, client| {
            let sent = client.flush(transport, port_id, len);
            if sent {
                has_progressed = true;
                client.expires = now.checked_add(PATIENCE);
            }
            let is_expired = client.expires.is_some_and(|expires| expires <= now);
            let is_done = client.waiting.is_empty() || is_expired;
            client.waiting.iter().filter(|_| is_done).for_each(|datagram| *len = less(*len, datagram));
            !is_done
        });
        let longer = self.pause.saturating_mul(2).min(MAX_PAUSE);
        self.pause = if has_progressed { FIRST_PAUSE } else { longer };
        self.next = now.checked_add(self.pause);
    }

    /// Waits until all is sent or given up, but not long: nobody will send it afterwards.
    pub(super) fn finish(&mut self, transport: &impl Transport) {
        let until = Instant::now().checked_add(LAST_WAIT);
        while let Some(next) = self.next().filter(|&next| until.is_some_and(|until| next < until)) {
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
            self.flush(transport);
        }
    }
}

impl Client {
    /// Sends what the client has room for, and says whether that was anything.
    fn flush(&mut self, transport: &impl Transport, port_id: u32, len: &mut usize) -> bool {
        let mut has_sent = false;
        while let Some(datagram) = self.waiting.front() {
            match transport.send_to(datagram, Address::port(port_id)) {
                Err(err) if err.kind() == io::ErrorKind::WouldBlock => break,
                // It has gone, or the system refuses: this will not get better.
                Ok(()) | Err(_) => *len = less(*len, datagram),
            }
            self.waiting.pop_front();
            has_sent = true;
        }
        has_sent
    }
}

fn less(len: usize, datagram: &[u8]) -> usize {
    len.saturating_sub(cost(datagram))
}

/// Bytes that a datagram takes while it waits.
const fn cost(datagram: &[u8]) -> usize {
    datagram.len().saturating_add(64)
}

/// Bytes that wait at most.
const MAX: usize = 64 << 20;

/// How long a client may read nothing before it loses what waits for it: as long as a connection waits for an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a server that is dropped waits for its clients.
const LAST_WAIT: Duration = Duration::from_secs(1);

/// How long it waits before it tries again: at first, and at most. Nothing tells when a client has read.
const FIRST_PAUSE: Duration = Duration::from_micros(200);
const MAX_PAUSE: Duration = Duration::from_millis(16);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::socket::{Protocol, Socket};
    use std::vec;
    use std::vec::Vec;

    /// A socket that does not read, and whose queue is full.
    fn stuffed(outbox: &mut Outbox, from: &Socket) -> Socket {
        let client = Socket::open(Protocol::USERSOCK).unwrap();
        let port_id = client.port_id();
        while outbox.next().is_none() {
            outbox.send(from, port_id, &[0; 16 << 10]).unwrap();
        }
        client
    }

    #[test]
    fn what_waits_is_sent_in_order_when_its_client_reads() {
        let (mut outbox, socket) = (Outbox::default(), Socket::open(Protocol::USERSOCK).unwrap());
        let client = stuffed(&mut outbox, &socket);
        for number in 1..100 {
            outbox.send(&socket, client.port_id(), &[number; 100]).unwrap();
        }
        let mut buffer = vec![0; 32 << 10];
        let mut heard = Vec::new();
        while heard.last() != Some(&99) {
            while let Ok(datagram) = client.try_recv(&mut buffer) {
                heard.extend(datagram.bytes.first());
            }
            std::thread::sleep(FIRST_PAUSE);
            outbox.flush(&socket);
        }
        heard.retain(|&number| number != 0);
        assert_eq!(heard, (1..100).collect::<Vec<_>>());
        assert_eq!((outbox.len, outbox.next()), (0, None));
    }

    #[test]
    fn client_that_reads_gets_all_of_a_long_answer() {
        let (mut outbox, socket) = (Outbox::default(), Socket::open(Protocol::USERSOCK).unwrap());
        let client = stuffed(&mut outbox, &socket);
        let mut buffer = vec![0; 32 << 10];
        for _ in 0..MAX / (16 << 10) + 100 {
            while client.try_recv(&mut buffer).is_ok() {}
            outbox.send(&socket, client.port_id(), &[0; 16 << 10]).unwrap();
            assert!(outbox.len < 1 << 20, "{} bytes wait", outbox.len);
        }
    }

    #[test]
    fn client_that_loses_one_answer_loses_those_behind_it() {
        let (mut outbox, socket) = (Outbox::default(), Socket::open(Protocol::USERSOCK).unwrap());
        let client = stuffed(&mut outbox, &socket);
        let kept = outbox.len;
        outbox.send(&socket, client.port_id(), &vec![0; MAX]).unwrap();
        outbox.send(&socket, client.port_id(), &[1]).unwrap();
        assert_eq!(outbox.len, kept);
        let other = stuffed(&mut Outbox::default(), &socket);
        outbox.send(&socket, other.port_id(), &[0; 16 << 10]).unwrap();
        assert!(outbox.len > kept, "another client has a queue of its own");
    }

    #[test]
    fn client_that_does_not_read_for_long_is_given_up() {
        let (mut outbox, socket) = (Outbox::default(), Socket::open(Protocol::USERSOCK).unwrap());
        let client = stuffed(&mut outbox, &socket);
        outbox.clients.get_mut(&client.port_id()).unwrap().expires = Some(Instant::now());
        std::thread::sleep(FIRST_PAUSE);
        outbox.flush(&socket);
        assert_eq!((outbox.len, outbox.next()), (0, None));
    }
}
