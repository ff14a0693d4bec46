//! Netlink sockets of this machine (feature `socket`): [`Socket`] sends and receives datagrams, [`Connection`] makes
//! requests and waits for their answers.
//!
//! | to | use |
//! |---|---|
//! | make requests, dumps, batches, transactions; wait for events | [`Connection`] |
//! | follow a table of the kernel's | [`Watch`] |
//! | answer requests of other processes | [`Server`] |
//! | send and receive datagrams as they are | [`Socket`] |
//! | do the same from async tasks | the module `tokio` (feature `tokio`) |
//! | talk over something else than a socket, in tests | [`Transport`] |
//!
//! ```
//! use nl_tlv::socket::{Connection, Protocol, RequestError};
//! use nl_tlv_families::rt_link::{GetLink, Link};
//!
//! let mut conn = Connection::open(Protocol::ROUTE)?;
//! let link: Link = conn.get(&GetLink::at(1))?; // one object
//! assert_eq!(link.ifname.unwrap(), "lo");
//!
//! let mut links = conn.dump(&GetLink::default())?; // all objects
//! while let Some(link) = links.next::<Link>()? {
//!     println!("{}: {}", link.header.index, link.ifname.unwrap_or_default());
//! }
//! drop(links);
//!
//! match conn.get::<Link>(&GetLink::named("no-such-link")) {
//!     Err(RequestError::Refused(refusal)) => println!("{refusal}"), // no such device (ENODEV, error code -19)
//!     other => panic!("{other:?}"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A request can end in three ways. If it succeeds, the call returns the answer. If the peer refuses it, the error is
//! [`RequestError::Refused`], with error number, text and place. Anything else that went wrong is another
//! [`RequestError`]. The connection can be used after each of them. Events that arrive while an answer is awaited are
//! kept for [`Connection::event`].
//!
//! A [`Dump`], a [`Batch`], a [`Transaction`] and a [`Watch`] have the type of the connection that made them as a
//! parameter: with that of `tokio`, their methods are `async`.
//!
//! Nothing here knows the protocol's rules: [`exchange`](crate::exchange) judges what arrives, and this module moves
//! the bytes.

mod connection;
mod datagram;
mod error;
mod lend;
mod options;
mod outbox;
mod server;
#[cfg(feature = "tokio")]
pub mod tokio;
mod transport;
mod watch;

pub use crate::exchange::Address;
pub use connection::Connection;
pub use connection::batch::Batch;
pub use connection::collect::Object;
pub use connection::dump::Dump;
pub use connection::transaction::Transaction;
pub use datagram::RecvError;
pub use error::{Malformed, RequestError};
pub use server::{Request, Server};
pub use transport::Transport;
pub use watch::{Change, Watch};

use connection::inbox::deadline;
use nl_tlv_sys::{NetlinkSocket, SocketOption};
use std::io;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// A netlink protocol: the third argument of `socket(2)`.
///
/// ```
/// use nl_tlv::socket::Protocol;
///
/// assert_eq!(Protocol::ROUTE.number(), 0);
/// let own = Protocol::new(30); // the number that a kernel module has registered
/// assert_ne!(own, Protocol::GENERIC);
/// ```
///
/// Source: `include/uapi/linux/netlink.h`, `NETLINK_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Protocol(u32);

impl Protocol {
    /// Links, addresses, routes, neighbours, rules, queueing.
    #[doc(alias = "NETLINK_ROUTE")]
    pub const ROUTE: Self = Self(0);
    /// Between processes: no kernel module answers.
    #[doc(alias = "NETLINK_USERSOCK")]
    pub const USERSOCK: Self = Self(2);
    /// Generic netlink: the families that have a name instead of a number.
    #[doc(alias = "NETLINK_GENERIC")]
    pub const GENERIC: Self = Self(16);

    /// The protocol with a number. The kernel has room for 0 to 31; others are refused when a socket is opened.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// A netlink socket.
///
/// It is closed on drop and on exec. Every method takes `&self`, so that one thread can receive while another sends.
///
/// It sets these options where the kernel knows them: extended acks; acks without the request's payload; once it has joined
/// a group, the group of each datagram; and on [`Protocol::ROUTE`] strict checks of dump requests, without which the kernel
/// ignores their filters.
///
/// ```
/// use nl_tlv::socket::{Address, Protocol, Socket};
///
/// let server = Socket::open(Protocol::USERSOCK)?;
/// let client = Socket::open(Protocol::USERSOCK)?;
/// client.send_to(b"sixteen bytes ..", Address::port(server.port_id()))?;
///
/// let mut buffer = [0; 64];
/// let (datagram, sender) = server.recv(&mut buffer)?;
/// assert_eq!(sender, Address::port(client.port_id()));
/// assert_eq!(datagram, b"sixteen bytes .."); // messages: `Messages::new(datagram)`
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Socket {
    socket: Inner,
    /// Known once it was needed: the kernel gives it when the socket first sends.
    port_id: OnceLock<u32>,
    timeout: Mutex<Option<Duration>>,
}

/// A socket that blocks, or one that tasks wait for.
#[derive(Debug)]
enum Inner {
    Blocking(NetlinkSocket),
    #[cfg(feature = "tokio")]
    Ready(nl_tlv_sys::ReadySocket),
}

impl Socket {
    /// A buffer of so many bytes holds any datagram of the kernel. It makes the datagrams of a dump as long as the buffer of
    /// the receive before, and this long at most. (A process can send longer ones: [`RecvError::Truncated`].)
    pub const RECV_BUFFER: usize = 32 * 1024;

    /// Opens a socket, with a port id that the kernel chooses.
    ///
    /// # Errors
    ///
    /// `EPROTONOSUPPORT` if no one has registered the protocol.
    pub fn open(protocol: Protocol) -> io::Result<Self> {
        let socket = NetlinkSocket::open(protocol.number())?;
        set_if_known(&socket, SocketOption::CapAck)?;
        set_if_known(&socket, SocketOption::ExtAck)?;
        if protocol == Protocol::ROUTE {
            set_if_known(&socket, SocketOption::GetStrictChk)?;
        }
        Ok(Self { socket: Inner::Blocking(socket), port_id: OnceLock::new(), timeout: Mutex::default() })
    }

    /// Opens a socket with a port id: for servers in user space, whose clients have to know it.
    ///
    /// ```
    /// use nl_tlv::socket::{Protocol, Socket};
    ///
    /// let port_id = 0x6e6c_0000 | std::process::id(); // clients have to know it
    /// let server = Socket::open_at(Protocol::USERSOCK, port_id)?;
    /// assert_eq!(server.port_id(), port_id);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open); `EADDRINUSE` if the port id is taken in this network namespace.
    pub fn open_at(protocol: Protocol, port_id: u32) -> io::Result<Self> {
        let new = Self::open(protocol)?;
        new.as_sys().bind(nl_tlv_sys::Address::port(port_id)).map_err(|err| error::unbound(err, port_id))?;
        Ok(new)
    }

    /// The socket's own port id, which the kernel gives it now if it has none.
    #[must_use]
    pub fn port_id(&self) -> u32 {
        *self.port_id.get_or_init(|| {
            // An open netlink socket has a name, and a port id is always free.
            let known = self.as_sys().local_port_id().ok().filter(|&port_id| port_id != 0);
            known.or_else(|| self.as_sys().autobind().ok()).unwrap_or(0)
        })
    }

    /// Joins a multicast group, by number.
    ///
    /// ```
    /// use nl_tlv::socket::{Protocol, Socket};
    /// use nl_tlv_families::rt_link::groups;
    ///
    /// let socket = Socket::open(Protocol::ROUTE)?;
    /// socket.join(groups::LINK)?; // from now on it receives what happens to links
    /// socket.leave(groups::LINK)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `EINVAL` if the protocol has no such group, `EPERM` if it may not be joined.
    #[doc(alias = "NETLINK_ADD_MEMBERSHIP")]
    pub fn join(&self, group: u32) -> io::Result<()> {
        // One without a port id gets no events.
        let _ = self.port_id();
        self.as_sys().add_membership(group)?;
        // So that the kernel says to which group a datagram was sent.
        set_if_known(self.as_sys(), SocketOption::PktInfo)
    }

    /// Leaves a group. What was queued of it still arrives.
    #[doc(alias = "NETLINK_DROP_MEMBERSHIP")]
    pub fn leave(&self, group: u32) -> io::Result<()> {
        self.as_sys().drop_membership(group)
    }

    /// Sends one datagram, of one or several messages, to the kernel.
    ///
    /// # Errors
    ///
    /// `ECONNREFUSED` if the protocol has no kernel side, `EMSGSIZE` over the send buffer.
    pub fn send(&self, datagram: &[u8]) -> io::Result<()> {
        self.send_to(datagram, Address::KERNEL)
    }

    /// Sends one datagram to a port id, or to a group, or to both. It waits for ever if that is a process that does not
    /// read; [`Transport::send_to`] does not.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send); `EPERM` for other addresses than the kernel's without `CAP_NET_ADMIN`, except on
    /// [`Protocol::USERSOCK`], `EINVAL` for a group beyond 32. To a group alone of a protocol without kernel side, it is delivered and *then* fails
    /// with `ECONNREFUSED`.
    pub fn send_to(&self, datagram: &[u8], to: Address) -> io::Result<()> {
        self.as_sys().send_to(datagram, to.to_sys()?)
    }

    /// Waits for a datagram, at most as long as [`set_timeout`](Self::set_timeout) says: the bytes, and who sent them, as the
    /// kernel says, so that it cannot be forged. The group of the address is the one that they were sent to.
    ///
    /// # Errors
    ///
    /// [`RecvError::Truncated`] if `buffer` is too small, [`RecvError::Overrun`] if the kernel had to drop datagrams,
    /// [`RecvError::Timeout`], and the kernel's other errors. The socket can be used after each of them.
    pub fn recv<'b>(&self, buffer: &'b mut [u8]) -> Result<(&'b [u8], Address), RecvError> {
        let timeout = *self.timeout.lock().unwrap_or_else(PoisonError::into_inner);
        match deadline(timeout) {
            None => datagram::received(self.as_sys().recv(buffer), buffer),
            Some(deadline) => self.recv_deadline(buffer, deadline),
        }
    }

    /// The datagram that is there already; [`RecvError::Timeout`] if there is none.
    pub fn try_recv<'b>(&self, buffer: &'b mut [u8]) -> Result<(&'b [u8], Address), RecvError> {
        datagram::received(self.as_sys().try_recv(buffer), buffer)
    }

    /// Waits for a datagram until the deadline; [`RecvError::Timeout`] if none comes.
    ///
    /// ```
    /// use nl_tlv::socket::{Protocol, RecvError, Socket};
    /// use std::time::{Duration, Instant};
    ///
    /// let socket = Socket::open(Protocol::USERSOCK)?;
    /// let deadline = Instant::now() + Duration::from_millis(5);
    /// assert!(matches!(socket.recv_deadline(&mut [0; 64], deadline), Err(RecvError::Timeout)));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn recv_deadline<'b>(
        &self,
        buffer: &'b mut [u8],
        deadline: Instant,
    ) -> Result<(&'b [u8], Address), RecvError> {
        loop {
            let received = self.as_sys().try_recv(buffer);
            // Mostly something is there already, which saves asking whether it is.
            if !received.as_ref().is_err_and(|err| err.kind() == io::ErrorKind::WouldBlock) {
                return datagram::received(received, buffer);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(RecvError::Timeout);
            }
            self.as_sys().wait_readable(Some(left)).map_err(RecvError::Io)?;
        }
    }

    /// How long [`recv`](Self::recv) waits, however many signals interrupt it; for ever (`None`) unless this was called.
    pub fn set_timeout(&self, timeout: Option<Duration>) {
        *self.timeout.lock().unwrap_or_else(PoisonError::into_inner) = timeout;
    }

    /// The socket below, with its other options.
    #[must_use]
    pub fn as_sys(&self) -> &NetlinkSocket {
        match &self.socket {
            Inner::Blocking(socket) => socket,
            #[cfg(feature = "tokio")]
            Inner::Ready(ready) => ready.socket(),
        }
    }
}

impl Address {
    /// As the kernel has it, with its group as a mask.
    fn to_sys(self) -> io::Result<nl_tlv_sys::Address> {
        let mask = |group: u32| group.checked_sub(1).and_then(|bit| 1_u32.checked_shl(bit));
        let groups =
            self.group.map_or(Some(0), mask).ok_or_else(|| io::Error::from_raw_os_error(libc::EINVAL))?;
        Ok(nl_tlv_sys::Address { port_id: self.port_id, groups })
    }
}

/// Sets an option, if the kernel is not older than it.
fn set_if_known(socket: &NetlinkSocket, option: SocketOption) -> io::Result<()> {
    match socket.set_option(option, true) {
        Err(err) if err.raw_os_error() == Some(libc::ENOPROTOOPT) => Ok(()),
        set => set,
    }
}
