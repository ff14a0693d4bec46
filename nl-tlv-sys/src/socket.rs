//! The socket: open, bind, connect, send, wait.

use std::io;
use std::mem::zeroed;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr;
use std::time::{Duration, Instant};

use libc::{c_int, pollfd, sockaddr, sockaddr_nl, socklen_t, timespec};

use crate::call::{done, retry};

/// A netlink socket that is closed on drop and on exec.
///
/// It is not `Clone`: one owner, one close. Every method takes `&self`, so that one thread may send while another
/// receives. A call that a signal interrupts is repeated; all other errors are the kernel's own, with their errno.
///
/// An open socket can be adopted with `From<OwnedFd>`. That it is a netlink socket is not checked then; with any
/// other kind the calls fail (a receive for want of a netlink sender address).
#[derive(Debug)]
pub struct NetlinkSocket(OwnedFd);

impl NetlinkSocket {
    /// Opens a socket of a netlink protocol, which may be any number (`NETLINK_ROUTE` is 0). It has no port id yet.
    ///
    /// # Errors
    ///
    /// `EPROTONOSUPPORT` if no one has registered the protocol, or it is above 31.
    pub fn open(protocol: u32) -> io::Result<Self> {
        // SAFETY: no argument is a pointer.
        let fd =
            unsafe { libc::socket(libc::AF_NETLINK, libc::SOCK_RAW | libc::SOCK_CLOEXEC, protocol as c_int) };
        done(fd.min(0))?;
        // SAFETY: the kernel has just opened the descriptor, and nobody else knows of it.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    /// Binds to a port id (0: the kernel chooses) and joins the groups 1 to 32 of the address's mask.
    ///
    /// # Errors
    ///
    /// `EADDRINUSE` if another socket of the protocol and namespace has the port id, `EINVAL` if this one has another.
    pub fn bind(&self, address: Address) -> io::Result<()> {
        let (name, len) = address.to_c();
        // SAFETY: `name` outlives the call, which reads `len` bytes of it. The descriptor is open, because `self` owns it.
        done(unsafe { libc::bind(self.fd(), (&raw const name).cast(), len) })
    }

    /// Binds to a port id that the kernel chooses, and returns it.
    ///
    /// # Errors
    ///
    /// `EINVAL` if the socket has a port id already. A first send or connect binds too.
    pub fn autobind(&self) -> io::Result<u32> {
        self.bind(Address::KERNEL)?;
        self.local_port_id()
    }

    /// The port id of this socket, 0 before it is bound.
    pub fn local_port_id(&self) -> io::Result<u32> {
        let (mut name, mut len) = Address::KERNEL.to_c();
        // SAFETY: `name` and `len` are exclusively borrowed through the call, which writes at most `len` bytes of
        // integers to `name`. The descriptor is open, because `self` owns it.
        done(unsafe { libc::getsockname(self.fd(), (&raw mut name).cast(), &raw mut len) })?;
        match c_int::from(name.nl_family) {
            libc::AF_NETLINK => Ok(name.nl_pid),
            _ => Err(io::Error::from_raw_os_error(libc::EAFNOSUPPORT)),
        }
    }

    /// Sets where [`send`](Self::send) goes. From then on the kernel refuses unicasts from any other port id
    /// (`ECONNREFUSED` at their sender); multicasts still arrive.
    ///
    /// # Errors
    ///
    /// `EPERM` for another address than the kernel's without `CAP_NET_ADMIN`, except on `NETLINK_USERSOCK`.
    pub fn connect(&self, address: Address) -> io::Result<()> {
        let (name, len) = address.to_c();
        // SAFETY: as in `bind`.
        done(unsafe { libc::connect(self.fd(), (&raw const name).cast(), len) })
    }

    /// Sends one datagram to the connected address, the kernel if there is none.
    ///
    /// # Errors
    ///
    /// `ECONNREFUSED` if nobody has that port id, `EMSGSIZE` over the send buffer, `EAGAIN` if the receiver is full
    /// and this socket does not block.
    pub fn send(&self, datagram: &[u8]) -> io::Result<()> {
        self.send_with(datagram, ptr::null(), 0, 0)
    }

    /// Sends one datagram to an address: to its port id, and before that to the lowest group of its mask.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send). A multicast on `NETLINK_USERSOCK` with port id 0 is delivered and *then* refused with
    /// `ECONNREFUSED`, because no kernel listens there: that is for the caller to ignore.
    pub fn send_to(&self, datagram: &[u8], to: Address) -> io::Result<()> {
        let (name, len) = to.to_c();
        self.send_with(datagram, (&raw const name).cast(), len, 0)
    }

    /// Sends one datagram to an address without waiting, as [`send_to`](Self::send_to) on a socket that does not block.
    ///
    /// # Errors
    ///
    /// As [`send_to`](Self::send_to); `EAGAIN` if the receiver is full.
    #[doc(alias = "MSG_DONTWAIT")]
    pub fn try_send_to(&self, datagram: &[u8], to: Address) -> io::Result<()> {
        let (name, len) = to.to_c();
        self.send_with(datagram, (&raw const name).cast(), len, libc::MSG_DONTWAIT)
    }

    /// Sends to an address of `len` bytes, or to the connected one if `len` is 0.
    fn send_with(
        &self,
        datagram: &[u8],
        to: *const sockaddr,
        len: socklen_t,
        flags: c_int,
    ) -> io::Result<()> {
        retry(|| {
            // SAFETY: the kernel reads the datagram with its own length, and `len` bytes of the address, which its
            // caller borrows through the call. The descriptor is open, because `self` owns it.
            unsafe { libc::sendto(self.fd(), datagram.as_ptr().cast(), datagram.len(), flags, to, len) }
        })?;
        Ok(())
    }

    /// Waits until a receive would not block, and says whether that came before the timeout (`None`: for ever).
    ///
    /// A pending error, an overrun for example, counts: the next receive returns it.
    pub fn wait_readable(&self, timeout: Option<Duration>) -> io::Result<bool> {
        // A deadline past the end of the clock is none.
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        loop {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            match self.poll(left) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                ready => return ready,
            }
        }
    }

    /// Makes sends and receives fail with `EAGAIN` where they would block, or lets them block again.
    pub fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> {
        let mut value = c_int::from(nonblocking);
        // SAFETY: this request reads an integer, which is borrowed through the call. The descriptor is open, because
        // `self` owns it.
        done(unsafe { libc::ioctl(self.fd(), libc::FIONBIO, &raw mut value) })
    }

    fn poll(&self, left: Option<Duration>) -> io::Result<bool> {
        let mut polled = pollfd { fd: self.fd(), events: libc::POLLIN, revents: 0 };
        let left = left.map(to_timespec);
        let timeout = left.as_ref().map_or(ptr::null(), ptr::from_ref);
        // SAFETY: `polled` is one `pollfd`, exclusively borrowed through the call, and its descriptor is open, because
        // `self` owns it; the kernel reads the timeout, which outlives the call, and there is no mask of signals.
        let ready = unsafe { libc::ppoll(&raw mut polled, 1, timeout, ptr::null()) };
        done(ready.min(0))?;
        Ok(ready > 0)
    }

    pub(crate) fn fd(&self) -> c_int {
        self.0.as_raw_fd()
    }
}

/// A duration as C has it; the longest where it is longer.
fn to_timespec(duration: Duration) -> timespec {
    // SAFETY: all its fields are integers, for which zero is a value. It cannot be written as a literal, because some
    // C libraries have private padding in it.
    let mut time: timespec = unsafe { zeroed() };
    time.tv_sec = duration.as_secs().try_into().unwrap_or(libc::time_t::MAX);
    time.tv_nsec = duration.subsec_nanos() as _;
    time
}

impl AsFd for NetlinkSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl From<OwnedFd> for NetlinkSocket {
    fn from(fd: OwnedFd) -> Self {
        Self(fd)
    }
}

impl From<NetlinkSocket> for OwnedFd {
    fn from(socket: NetlinkSocket) -> Self {
        socket.0
    }
}

/// A netlink address: a port id, and a mask of the groups 1 (lowest bit) to 32.
///
/// Higher groups have no place in it: they are joined by number, and seen with [`SocketOption::PktInfo`].
///
/// Source: `include/uapi/linux/netlink.h`, `struct sockaddr_nl`.
///
/// [`SocketOption::PktInfo`]: crate::SocketOption::PktInfo
#[doc(alias = "sockaddr_nl")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Address {
    /// The port id, 0 for the kernel.
    #[doc(alias = "nl_pid")]
    pub port_id: u32,
    /// The mask of groups.
    #[doc(alias = "nl_groups")]
    pub groups: u32,
}

impl Address {
    /// The kernel: port id 0, no group.
    pub const KERNEL: Self = Self { port_id: 0, groups: 0 };

    /// One socket, by its port id.
    pub const fn port(port_id: u32) -> Self {
        Self { port_id, groups: 0 }
    }

    /// Every member of the groups of a mask.
    pub const fn groups(groups: u32) -> Self {
        Self { port_id: 0, groups }
    }

    /// As C has it, with its length.
    fn to_c(self) -> (sockaddr_nl, socklen_t) {
        // SAFETY: all its fields are integers, for which zero is a value. It has private padding.
        let mut name: sockaddr_nl = unsafe { zeroed() };
        name.nl_family = libc::AF_NETLINK as _;
        name.nl_pid = self.port_id;
        name.nl_groups = self.groups;
        (name, size_of::<sockaddr_nl>() as socklen_t)
    }
}
