//! A [`Watch`] over datagrams that were prepared: 10,000 routes dumped, and then one event for each change. No kernel and
//! no thread, so that all of it is the watch's own work.

use std::cell::Cell;
use std::io;
use std::net::Ipv4Addr;
use std::time::Instant;

use nl_tlv::NlMessage;
use nl_tlv::socket::{Address, Change, Connection, RecvError, Transport, Watch};

use crate::contenders::nl_tlv::RtMsg;
use crate::data;
use crate::live::RouteGet;

/// How many routes there are.
pub const ROUTES: usize = 10_000;

/// A route, with what tells it from others.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 24, deleted = 25)]
pub struct Route {
    #[nl(fixed_header, key = [rtm_dst_len, rtm_tos])]
    header: RtMsg,
    #[nl(attr = 1, key)]
    dst: Option<Ipv4Addr>,
    #[nl(attr = 6, key)]
    priority: Option<u32>,
    #[nl(attr = 15, key)]
    table: Option<u32>,
    #[nl(attr = 4)]
    oif: Option<u32>,
    #[nl(attr = 5)]
    gateway: Option<Ipv4Addr>,
}

/// Our port id.
const PORT: u32 = 7;
/// Where a captured route has its number, its sender, its destination and the last byte of its gateway.
const SEQ: usize = 8;
const PID: usize = 12;
const DST: usize = 40;
const GATEWAY: usize = 59;

/// Hands out the dump when it is asked for, and events whenever somebody waits.
#[derive(Debug)]
pub struct Tape {
    routes: Vec<u8>,
    events: Vec<u8>,
    /// Bytes of the dump that were handed out; all of them before it is asked for.
    dumped: Cell<usize>,
    is_done: Cell<bool>,
    seq: Cell<u32>,
    heard: Cell<usize>,
}

/// Bytes of a route.
const LEN: usize = 68;
/// Routes of a datagram, as the kernel fills 32 KiB.
const PER_DATAGRAM: usize = 480;

impl Tape {
    fn new() -> Self {
        let mut routes = data::routes().bytes;
        for (n, route) in routes.chunks_exact_mut(LEN).enumerate() {
            let [_, _, high, low] = (n as u32).to_be_bytes();
            route[DST..DST + 4].copy_from_slice(&[10, high, low, 0]);
            route[PID..PID + 4].copy_from_slice(&PORT.to_ne_bytes());
        }
        let mut events = routes.clone();
        for event in events.chunks_exact_mut(LEN) {
            event[SEQ..PID + 4].fill(0);
            event[GATEWAY] ^= 0x80;
        }
        let dumped = Cell::new(routes.len());
        Self { routes, events, dumped, is_done: Cell::new(true), seq: Cell::new(0), heard: Cell::new(0) }
    }

    /// The next datagram of the dump; at its end the `NLMSG_DONE`.
    fn dump(&self, buffer: &mut [u8]) -> Option<usize> {
        let at = self.dumped.get();
        let left = self.routes.get(at..).unwrap_or_default();
        if left.is_empty() {
            if self.is_done.replace(true) {
                return None;
            }
            let done: Vec<u8> = [20, 0x0002_0003, self.seq.get(), PORT, 0]
                .iter()
                .flat_map(|word: &u32| word.to_ne_bytes())
                .collect();
            buffer.get_mut(..20)?.copy_from_slice(&done);
            return Some(20);
        }
        let len = left.len().min(PER_DATAGRAM * LEN);
        let datagram = buffer.get_mut(..len)?;
        datagram.copy_from_slice(left.get(..len)?);
        for route in datagram.chunks_exact_mut(LEN) {
            route[SEQ..SEQ + 4].copy_from_slice(&self.seq.get().to_ne_bytes());
            route[6] |= 2; // NLM_F_MULTI
        }
        self.dumped.set(at + len);
        Some(len)
    }
}

impl Transport for Tape {
    fn port_id(&self) -> u32 {
        PORT
    }

    fn send_to(&self, datagram: &[u8], _: Address) -> io::Result<()> {
        let seq = datagram.get(SEQ..).and_then(|tail| tail.first_chunk());
        self.seq.set(u32::from_ne_bytes(*seq.expect("a request has a header")));
        self.dumped.set(0);
        self.is_done.set(false);
        Ok(())
    }

    fn receive<'b>(
        &self,
        buffer: &'b mut [u8],
        deadline: Option<Instant>,
    ) -> Result<(&'b [u8], Address), RecvError> {
        let (len, group) = match self.dump(buffer) {
            Some(len) => (len, None),
            None if deadline.is_some_and(|deadline| deadline <= Instant::now()) => {
                return Err(RecvError::Timeout);
            }
            None => {
                let at = self.heard.replace(self.heard.get() + 1) % ROUTES * LEN;
                buffer[..LEN].copy_from_slice(&self.events[at..at + LEN]);
                (LEN, Some(7))
            }
        };
        Ok((&buffer[..len], Address { group, ..Address::KERNEL }))
    }

    fn join(&self, _: u32) -> io::Result<()> {
        Ok(())
    }

    fn leave(&self, _: u32) -> io::Result<()> {
        Ok(())
    }

    fn groups(&self) -> Vec<u32> {
        vec![1]
    }

    fn recv_buffer(&self) -> io::Result<usize> {
        Ok(1 << 20)
    }
}

/// A connection with datagrams that wait for a watch.
#[must_use]
pub fn connection() -> Connection<Tape> {
    Connection::new(Tape::new(), 0)
}

/// A watch that has told all the routes that were dumped.
///
/// # Panics
///
/// If it does not find them all.
#[must_use]
pub fn start(connection: Connection<Tape>) -> Watch<Route, Connection<Tape>> {
    let mut watch = connection.watch(&RouteGet::default()).expect("there is room");
    for _ in 0..ROUTES {
        assert!(matches!(watch.change(), Ok(Change::Added(_))));
    }
    assert_eq!(watch.len(), ROUTES);
    watch
}

/// Takes in so many events, each of which changes a route; whether all did.
pub fn follow(watch: &mut Watch<Route, Connection<Tape>>, events: usize) -> bool {
    (0..events).all(|_| matches!(watch.change(), Ok(Change::Changed { .. })))
}
