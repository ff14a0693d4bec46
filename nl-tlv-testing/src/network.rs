//! Netlink in memory: sockets that reach only one another, and faults on the way as a test wants them.

use nl_tlv::socket::{Address, RecvError, Transport};
use nl_tlv::{Flags, Messages};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::io;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
#[cfg(feature = "tokio")]
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// A netlink in memory: for tests without a kernel, and for situations that are hard to cause with one.
///
/// ```
/// use nl_tlv::NlMessage;
/// use nl_tlv::socket::{Connection, RequestError, Server};
/// use nl_tlv_testing::network::{Fault, Network};
/// # #[derive(NlMessage)] #[nl(ty = 20)] struct TableNew<'a> { #[nl(attr = 1)] name: &'a str }
///
/// let network = Network::new();
/// let mut server = Server::new(network.kernel()); // port id 0
/// let mut conn = Connection::new(network.open(), 0);
/// let serving = std::thread::spawn(move || {
///     for _ in 0..2 {
///         server.recv().unwrap().ack().unwrap();
///     }
/// });
/// conn.request(&TableNew { name: "blue" })?;
///
/// network.script(|sent| if sent.from == 0 { Fault::Overrun } else { Fault::None });
/// let lost = conn.request(&TableNew { name: "red" });
/// assert!(matches!(lost, Err(RequestError::Overrun)));
/// # serving.join().unwrap();
/// # Ok::<(), RequestError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Network {
    shared: Arc<Shared>,
}

/// A datagram on its way to one receiver.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// Its messages.
    pub bytes: &'a [u8],
    /// The port id of its sender.
    pub from: u32,
    /// The port id of its receiver.
    pub to: u32,
    /// The multicast group that it was sent to.
    pub group: Option<u32>,
}

/// What becomes of a datagram on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// It arrives.
    None,
    /// It is lost, and nobody is told.
    Drop,
    /// It is lost, and the receiver is told, as if its buffer had been full.
    Overrun,
    /// It arrives later, and what was sent behind it overtakes it.
    Delay(Duration),
    /// It arrives as if it were longer than any buffer.
    Truncate,
    /// Each of its messages says that the dump was interrupted.
    Interrupt,
    /// It arrives as if this port id had sent it.
    Forge(u32),
}

impl Network {
    /// A network without sockets.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens a socket with a port id that nobody has yet.
    #[must_use]
    pub fn open(&self) -> MemorySocket {
        let mut state = self.shared.state();
        state.last_port_id = state.last_port_id.saturating_add(1);
        let port_id = state.last_port_id;
        self.add(state, port_id)
    }

    /// Opens the socket with port id 0, that of the kernel. If there is one already, it receives nothing more.
    #[must_use]
    pub fn kernel(&self) -> MemorySocket {
        self.add(self.shared.state(), 0)
    }

    /// Has a function decide about each datagram from now on.
    pub fn script(&self, script: impl FnMut(&Sent<'_>) -> Fault + Send + 'static) {
        self.shared.state().script = Some(Script(Box::new(script)));
    }

    fn add(&self, mut state: MutexGuard<'_, State>, port_id: u32) -> MemorySocket {
        state.ends.insert(port_id, End { capacity: CAPACITY, ..End::default() });
        MemorySocket {
            shared: Arc::clone(&self.shared),
            port_id,
            #[cfg(feature = "tokio")]
            timer: Mutex::default(),
        }
    }
}

/// A socket of a [`Network`].
#[derive(Debug)]
pub struct MemorySocket {
    shared: Arc<Shared>,
    port_id: u32,
    /// When a delayed datagram is due that a task waits for.
    #[cfg(feature = "tokio")]
    timer: Mutex<Option<std::pin::Pin<Box<tokio::time::Sleep>>>>,
}

impl MemorySocket {
    /// How many bytes can wait to be received; more is lost, and the receiver told.
    pub fn set_recv_buffer(&self, len: usize) {
        if let Some(end) = self.shared.state().ends.get_mut(&self.port_id) {
            end.capacity = len;
        }
    }
}

#[cfg(feature = "tokio")]
impl MemorySocket {
    /// Whether a receive would bring something now; if not, the task is woken when it would.
    fn poll_due(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.shared.state();
        let Some(end) = state.ends.get_mut(&self.port_id) else { return Poll::Ready(()) };
        let due = end.queue.iter().map(|packet| packet.due).min();
        if end.is_overrun || due.is_some_and(|due| due <= Instant::now()) {
            return Poll::Ready(());
        }
        end.waker = Some(cx.waker().clone());
        drop(state);
        let mut timer = self.timer.lock().unwrap_or_else(PoisonError::into_inner);
        *timer = due.map(|due| Box::pin(tokio::time::sleep_until(due.into())));
        timer.as_mut().map_or(Poll::Pending, |timer| timer.as_mut().poll(cx))
    }
}

impl Drop for MemorySocket {
    fn drop(&mut self) {
        // Who waited is dropped without the lock, because that may run anything.
        let end = self.shared.state().ends.remove(&self.port_id);
        drop(end);
    }
}

impl Transport for MemorySocket {
    fn port_id(&self) -> u32 {
        self.port_id
    }

    fn send_to(&self, datagram: &[u8], to: Address) -> io::Result<()> {
        let mut state = self.shared.state();
        let sent = state.send(datagram, self.port_id, to);
        let woken = mem::take(&mut state.woken);
        drop(state);
        self.shared.arrived.notify_all();
        woken.into_iter().for_each(Waker::wake);
        sent
    }

    fn receive<'b>(
        &self,
        buffer: &'b mut [u8],
        deadline: Option<Instant>,
    ) -> Result<(&'b [u8], Address), RecvError> {
        let mut state = self.shared.state();
        let packet = loop {
            let end = state.ends.get_mut(&self.port_id);
            let end = end.ok_or_else(|| RecvError::Io(io::ErrorKind::NotConnected.into()))?;
            let next = match end.take()? {
                Ok(packet) => break packet,
                Err(next) => next,
            };
            let left = |at: Instant| at.saturating_duration_since(Instant::now());
            if deadline.is_some_and(|deadline| left(deadline).is_zero()) {
                return Err(RecvError::Timeout);
            }
            let wait =
                [deadline, next].into_iter().flatten().map(left).min().unwrap_or(Duration::from_secs(1));
            let arrived = self.shared.arrived.wait_timeout(state, wait);
            state = arrived.unwrap_or_else(PoisonError::into_inner).0;
        };
        drop(state);
        packet.copy_to(buffer)
    }

    fn join(&self, group: u32) -> io::Result<()> {
        if let Some(end) = self.shared.state().ends.get_mut(&self.port_id) {
            end.groups.insert(group);
        }
        Ok(())
    }

    fn leave(&self, group: u32) -> io::Result<()> {
        if let Some(end) = self.shared.state().ends.get_mut(&self.port_id) {
            end.groups.remove(&group);
        }
        Ok(())
    }

    fn groups(&self) -> Vec<u32> {
        let state = self.shared.state();
        state.ends.get(&self.port_id).into_iter().flat_map(|end| &end.groups).copied().collect()
    }

    fn recv_buffer(&self) -> io::Result<usize> {
        Ok(self.shared.state().ends.get(&self.port_id).map_or(0, |end| end.capacity))
    }

    #[cfg(feature = "tokio")]
    fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_due(cx).map(Ok)
    }
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    arrived: Condvar,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // A script that panicked has changed nothing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Default)]
struct State {
    ends: BTreeMap<u32, End>,
    last_port_id: u32,
    script: Option<Script>,
    /// Who is to be woken, without the lock, because that may run anything.
    woken: Vec<Waker>,
}

struct Script(Box<dyn FnMut(&Sent<'_>) -> Fault + Send>);

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Script")
    }
}

impl State {
    fn members(&self, group: u32) -> Vec<u32> {
        let members = self.ends.iter().filter(|(_, end)| end.groups.contains(&group));
        members.map(|(port_id, _)| *port_id).collect()
    }

    fn send(&mut self, bytes: &[u8], from: u32, to: Address) -> io::Result<()> {
        let group = to.group;
        let members = group.map(|group| self.members(group)).unwrap_or_default();
        for member in members.into_iter().filter(|&member| member != from) {
            self.deliver(&Sent { bytes, from, to: member, group });
        }
        // A group alone has no further receiver.
        if group.is_none() || to.port_id != 0 {
            if !self.ends.contains_key(&to.port_id) {
                return Err(io::ErrorKind::ConnectionRefused.into());
            }
            self.deliver(&Sent { bytes, from, to: to.port_id, group: None });
        }
        Ok(())
    }

    fn deliver(&mut self, sent: &Sent<'_>) {
        let fault = self.script.as_mut().map_or(Fault::None, |script| (script.0)(sent));
        let Some(end) = self.ends.get_mut(&sent.to) else { return };
        let mut packet = Packet {
            bytes: sent.bytes.to_vec(),
            sender: sent.from,
            group: sent.group,
            due: Instant::now(),
            is_cut: false,
        };
        match fault {
            Fault::None => {}
            Fault::Drop => return,
            Fault::Overrun => end.is_overrun = true,
            Fault::Delay(time) => packet.due = packet.due.checked_add(time).unwrap_or(packet.due),
            Fault::Truncate => packet.is_cut = true,
            Fault::Interrupt => interrupt(&mut packet.bytes),
            Fault::Forge(sender) => packet.sender = sender,
        }
        if fault != Fault::Overrun {
            end.push(packet);
        }
        self.woken.extend(end.waker.take());
    }
}

/// One socket's queue.
#[derive(Debug, Default)]
struct End {
    queue: VecDeque<Packet>,
    /// Bytes in the queue, with what each datagram costs beyond its own.
    len: usize,
    capacity: usize,
    is_overrun: bool,
    groups: BTreeSet<u32>,
    /// The task that waits.
    waker: Option<Waker>,
}

impl End {
    fn push(&mut self, packet: Packet) {
        let len = self.len + packet.cost();
        if len > self.capacity {
            self.is_overrun = true;
            return;
        }
        self.len = len;
        self.queue.push_back(packet);
    }

    /// The first datagram that is due, or when the next one will be. That some were lost is said before.
    fn take(&mut self) -> Result<Result<Packet, Option<Instant>>, RecvError> {
        if mem::take(&mut self.is_overrun) {
            return Err(RecvError::Overrun);
        }
        let now = Instant::now();
        let at = self.queue.iter().position(|packet| packet.due <= now);
        let Some(packet) = at.and_then(|at| self.queue.remove(at)) else {
            return Ok(Err(self.queue.iter().map(|packet| packet.due).min()));
        };
        self.len = self.len.saturating_sub(packet.cost());
        Ok(Ok(packet))
    }
}

#[derive(Debug)]
struct Packet {
    bytes: Vec<u8>,
    sender: u32,
    group: Option<u32>,
    due: Instant,
    is_cut: bool,
}

impl Packet {
    fn cost(&self) -> usize {
        self.bytes.len() + 512
    }

    fn copy_to<'b>(&self, buffer: &'b mut [u8]) -> Result<(&'b [u8], Address), RecvError> {
        let sender = Address { group: self.group, ..Address::port(self.sender) };
        let fitting = self.bytes.len().min(buffer.len());
        let (to, rest) = buffer.split_at_mut(fitting);
        to.copy_from_slice(&self.bytes[..fitting]);
        if self.is_cut || fitting < self.bytes.len() {
            let needed = if self.is_cut { fitting + rest.len() + 1 } else { self.bytes.len() };
            return Err(RecvError::Truncated { needed, sender });
        }
        Ok((to, sender))
    }
}

/// Sets the flag on each message.
fn interrupt(bytes: &mut [u8]) {
    let mut messages = Messages::new(bytes).map_while(Result::ok);
    let starts = std::iter::successors(Some(0), |&at| {
        Some(at + messages.next()?.as_bytes().len().next_multiple_of(4))
    });
    let starts: Vec<usize> = starts.collect();
    for at in starts {
        let field = at + 6..at + 8;
        if let Some(flags) = bytes.get_mut(field).and_then(|field| field.first_chunk_mut::<2>()) {
            *flags = (u16::from_ne_bytes(*flags) | Flags::DUMP_INTR.bits()).to_ne_bytes();
        }
    }
}

/// `net.core.rmem_default`, as most systems have it.
const CAPACITY: usize = 212_992;
