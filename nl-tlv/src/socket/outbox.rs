//! Answers that wait until their clients have room for them.

use super::error::unsent;
use super::{Address, Transport};
use std::boxed::Box;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::time::{Duration, Instant};

/// What clients have no room for yet.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    clients: BTreeMap<u32, Client>,
    /// When they are tried again, and how long after that if none of them reads.
    next: Option<Instant>,
    pause: Duration,
}

/// The datagrams of one client, in the order in which they were sent.
#[derive(Debug)]
struct Client {
    waiting: VecDeque<Box<[u8]>>,
    /// Bytes that wait, with what it costs to keep them.
    len: usize,
    /// Whether answers were dropped. Those behind them are dropped too: a dump without its middle would look whole.
    is_cut: bool,
    /// Whether it has read since the first of them waits.
    has_read: bool,
    /// When it is given up, unless it reads before.
    expires: Option<Instant>,
}

impl Outbox {
    /// Sends a datagram, or keeps it if its client has no room for it or others wait before it. If too much waits already,
    /// this waits as long as the client goes on reading. A datagram whose client has gone is dropped.
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
        let mut is_sent = self.try_send(transport, client, datagram)?;
        if !is_sent && self.has_no_room(cost(datagram)) {
            let (began, room) = (Instant::now(), cost(datagram).max(WAITED_FOR));
            while !is_sent && self.has_no_room(room) && began.elapsed() < self.patience(client) {
                std::thread::sleep(FIRST_PAUSE);
                self.send_waiting(transport);
                is_sent = self.try_send(transport, client, datagram)?;
            }
        }
        if !is_sent {
            self.keep(client, datagram);
        }
        Ok(())
    }

    /// Sends a datagram, unless it has to be kept.
    fn try_send(&mut self, transport: &impl Transport, client: u32, datagram: &[u8]) -> io::Result<bool> {
        self.make_room(transport, client);
        if self.clients.contains_key(&client) {
            return Ok(false);
        }
        let to = Address::port(client);
        match transport.send_to(datagram, to) {
            Err(err) if err.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Err(err) if err.kind() == io::ErrorKind::ConnectionRefused => Ok(true),
            sent => sent.map(|()| true).map_err(|err| unsent(err, to)),
        }
    }

    /// Sends what waits for a client that has read meanwhile: a long dump is read while it is written.
    fn make_room(&mut self, transport: &impl Transport, port_id: u32) {
        let Some(client) = self.clients.get_mut(&port_id) else { return };
        client.flush(transport, port_id);
        if client.waiting.is_empty() && !client.is_cut {
            self.clients.remove(&port_id);
        }
    }

    fn has_no_room(&self, len: usize) -> bool {
        self.len().saturating_add(len) > MAX
    }

    /// Bytes that wait for all clients.
    fn len(&self) -> usize {
        self.clients.values().map(|client| client.len).sum()
    }

    /// How long room for an answer to a client is waited for. All others wait as long, so one that reads nothing gets no
    /// longer than it takes to write that much.
    fn patience(&self, client: u32) -> Duration {
        match self.clients.get(&client) {
            Some(Client { is_cut: true, .. }) => Duration::ZERO,
            Some(Client { has_read: true, .. }) => PATIENCE,
            _ => FIRST_PATIENCE,
        }
    }

    fn keep(&mut self, client: u32, datagram: &[u8]) {
        if self.clients.is_empty() {
            self.pause = FIRST_PAUSE;
            self.next = Instant::now().checked_add(FIRST_PAUSE);
        }
        let is_full = self.has_no_room(cost(datagram));
        let client = self.clients.entry(client).or_insert_with(Client::new);
        client.is_cut |= is_full;
        if !client.is_cut {
            client.len = client.len.saturating_add(cost(datagram));
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
        let has_progressed = self.send_waiting(transport);
        let is_patient = |client: &Client| client.expires.is_none_or(|expires| now < expires);
        self.clients.retain(|_, client| !client.waiting.is_empty() && is_patient(client));
        let longer = self.pause.saturating_mul(2).min(MAX_PAUSE);
        self.pause = if has_progressed { FIRST_PAUSE } else { longer };
        self.next = now.checked_add(self.pause);
    }

    /// Sends what clients have room for by now, and says whether that was anything.
    fn send_waiting(&mut self, transport: &impl Transport) -> bool {
        self.clients
            .iter_mut()
            .fold(false, |has_sent, (&port_id, client)| client.flush(transport, port_id) || has_sent)
    }

    /// Waits until all is sent or given up: nobody will send it afterwards.
    pub(super) fn finish(&mut self, transport: &impl Transport) {
        let began = Instant::now();
        while let Some(next) = self.next().filter(|_| began.elapsed() < LONGEST_WAIT) {
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
            self.flush(transport);
        }
    }
}

impl Client {
    fn new() -> Self {
        let expires = Instant::now().checked_add(PATIENCE);
        Self { waiting: VecDeque::new(), len: 0, is_cut: false, has_read: false, expires }
    }

    /// Sends what the client has room for, and says whether that was anything.
    fn flush(&mut self, transport: &impl Transport, port_id: u32) -> bool {
        let mut has_sent = false;
        while let Some(datagram) = self.waiting.front() {
            let sent = transport.send_to(datagram, Address::port(port_id));
            if sent.is_err_and(|err| err.kind() == io::ErrorKind::WouldBlock) {
                break;
            }
            // If the client has gone, or the system refuses, this will not get better.
            self.len = self.len.saturating_sub(cost(datagram));
            self.waiting.pop_front();
            has_sent = true;
        }
        if has_sent {
            self.has_read = true;
            self.expires = Instant::now().checked_add(PATIENCE);
        }
        has_sent
    }
}

/// Bytes that a datagram takes while it waits.
const fn cost(datagram: &[u8]) -> usize {
    datagram.len().saturating_add(64)
}

/// Bytes that wait at most.
const MAX: usize = 64 << 20;

/// Bytes for which room is waited for at least, so that a client that reads slowly does not hold up the others for long.
const WAITED_FOR: usize = 1 << 20;

/// How long a client may read nothing before it loses what waits for it: as long as a connection waits for an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The same where other clients wait too, and this one has read nothing yet.
const FIRST_PATIENCE: Duration = Duration::from_millis(100);

/// How long a server that is dropped waits for clients that go on reading.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

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
            while let Ok((datagram, _)) = client.try_recv(&mut buffer) {
                heard.extend(datagram.first());
            }
            std::thread::sleep(FIRST_PAUSE);
            outbox.flush(&socket);
        }
        heard.retain(|&number| number != 0);
        assert_eq!(heard, (1..100).collect::<Vec<_>>());
        assert_eq!((outbox.len(), outbox.next()), (0, None));
    }

    #[test]
    fn client_that_reads_gets_all_of_a_long_answer() {
        let (mut outbox, socket) = (Outbox::default(), Socket::open(Protocol::USERSOCK).unwrap());
        let client = stuffed(&mut outbox, &socket);
        let mut buffer = vec![0; 32 << 10];
        for _ in 0..MAX / (16 << 10) + 100 {
            while client.try_recv(&mut buffer).is_ok() {}
            outbox.send(&socket, client.port_id(), &[0; 16 << 10]).unwrap();
            assert!(outbox.len() < 1 << 20, "{} bytes wait", outbox.len());
        }
    }

    #[test]
    fn client_that_does_not_read_holds_up_nobody_for_long() {
        let (mut outbox, socket) = (Outbox::default(), Socket::open(Protocol::USERSOCK).unwrap());
        let client = stuffed(&mut outbox, &socket);
        while outbox.len() + (1 << 20) < MAX {
            outbox.send(&socket, client.port_id(), &[0; 16 << 10]).unwrap();
        }
        let began = Instant::now();
        for _ in 0..200 {
            outbox.send(&socket, client.port_id(), &[0; 16 << 10]).unwrap();
        }
        assert!(began.elapsed() < Duration::from_secs(1), "it is waited for once: {:?}", began.elapsed());
        // Another client, whose queue is full at the moment, is waited for as it reads.
        let other = Socket::open(Protocol::USERSOCK).unwrap();
        let port_id = other.port_id();
        let reading = std::thread::spawn(move || {
            let mut buffer = vec![0; 32 << 10];
            let until = Instant::now() + Duration::from_secs(5);
            (0..100).all(|_| other.recv_deadline(&mut buffer, until).is_ok())
        });
        for _ in 0..100 {
            outbox.send(&socket, port_id, &[0; 16 << 10]).unwrap();
        }
        assert!(reading.join().unwrap());
    }

    #[test]
    fn client_that_loses_one_answer_loses_those_behind_it() {
        let (mut outbox, socket) = (Outbox::default(), Socket::open(Protocol::USERSOCK).unwrap());
        let client = stuffed(&mut outbox, &socket);
        let kept = outbox.len();
        outbox.send(&socket, client.port_id(), &vec![0; MAX]).unwrap();
        outbox.send(&socket, client.port_id(), &[1]).unwrap();
        assert_eq!(outbox.len(), kept);
        let other = stuffed(&mut Outbox::default(), &socket);
        outbox.send(&socket, other.port_id(), &[0; 16 << 10]).unwrap();
        assert!(outbox.len() > kept, "another client has a queue of its own");
    }

    #[test]
    fn client_that_does_not_read_for_long_is_given_up() {
        let (mut outbox, socket) = (Outbox::default(), Socket::open(Protocol::USERSOCK).unwrap());
        let client = stuffed(&mut outbox, &socket);
        outbox.clients.get_mut(&client.port_id()).unwrap().expires = Some(Instant::now());
        std::thread::sleep(FIRST_PAUSE);
        outbox.flush(&socket);
        assert_eq!((outbox.len(), outbox.next()), (0, None));
    }
}
