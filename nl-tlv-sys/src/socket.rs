//! The socket: open, bind, connect, send, wait. All of it through rustix, none of it `unsafe`.

use std::io;
use std::num::NonZeroU32;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, ioctl_fionbio, retry_on_intr};
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{self, AddressFamily, Protocol, SendFlags, SocketFlags, SocketType};

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
        let protocol = NonZeroU32::new(protocol).map(Protocol::from_raw);
        Ok(Self(net::socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, protocol)?))
    }

    /// Binds to a port id (0: the kernel chooses) and joins the groups 1 to 32 of the address's mask.
    ///
    /// # Errors
    ///
    /// `EADDRINUSE` if another socket of the protocol and namespace has the port id, `EINVAL` if this one has another.
    pub fn bind(&self, address: Address) -> io::Result<()> {
        Ok(net::bind(self, &address.to_rustix())?)
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
        Ok(SocketAddrNetlink::try_from(net::getsockname(self)?)?.pid())
    }

    /// Sets where [`send`](Self::send) goes. From then on the kernel refuses unicasts from any other port id
    /// (`ECONNREFUSED` at their sender); multicasts still arrive.
    ///
    /// # Errors
    ///
    /// `EPERM` for another address than the kernel's without `CAP_NET_ADMIN`, except on `NETLINK_USERSOCK`.
    pub fn connect(&self, address: Address) -> io::Result<()> {
        Ok(net::connect(self, &address.to_rustix())?)
    }

    /// Sends one datagram to the connected address, the kernel if there is none.
    ///
    /// # Errors
    ///
    /// `ECONNREFUSED` if nobody has that port id, `EMSGSIZE` over the send buffer, `EAGAIN` if the receiver is full
    /// and this socket does not block.
    pub fn send(&self, datagram: &[u8]) -> io::Result<()> {
        retry_on_intr(|| net::send(self, datagram, SendFlags::empty()))?;
        Ok(())
    }

    /// Sends one datagram to an address: to its port id, and before that to the lowest group of its mask.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send). A multicast on `NETLINK_USERSOCK` with port id 0 is delivered and *then* refused with
    /// `ECONNREFUSED`, because no kernel listens there: that is for the caller to ignore.
    pub fn send_to(&self, datagram: &[u8], to: Address) -> io::Result<()> {
        retry_on_intr(|| net::sendto(self, datagram, SendFlags::empty(), &to.to_rustix()))?;
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
            let left = left.map(Timespec::try_from).transpose().map_err(|_| Errno::INVAL)?;
            match poll(&mut [PollFd::new(self, PollFlags::IN)], left.as_ref()) {
                Err(Errno::INTR) => {}
                ready => return Ok(ready? > 0),
            }
        }
    }

    /// Makes sends and receives fail with `EAGAIN` where they would block, or lets them block again.
    pub fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> {
        Ok(ioctl_fionbio(self, nonblocking)?)
    }
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

    const fn to_rustix(self) -> SocketAddrNetlink {
        SocketAddrNetlink::new(self.port_id, self.groups)
    }
}
