//! Settings of a socket: options, sizes of buffers, filters, and the network namespace that it is opened in.

use super::{Protocol, Socket};
use nl_tlv_sys::{SocketOption, enter_network_namespace, sock_filter};
use std::io;
use std::os::fd::AsFd;
use std::thread;
use std::vec::Vec;

impl Socket {
    /// Opens a socket in another network namespace, given as an open `/proc/<pid>/ns/net` or `/run/netns/<name>`. The
    /// socket stays there; neither this thread nor any other of the process changes its namespace.
    ///
    /// ```no_run
    /// use nl_tlv::socket::{Protocol, Socket};
    /// use std::fs::File;
    ///
    /// let blue = File::open("/run/netns/blue")?; // `ip netns add blue`
    /// let socket = Socket::open_in(&blue, Protocol::ROUTE)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open); [`PermissionDenied`](io::ErrorKind::PermissionDenied) without `CAP_SYS_ADMIN` in that
    /// namespace, `EINVAL` if it is not a network namespace.
    #[doc(alias = "setns")]
    pub fn open_in(namespace: impl AsFd, protocol: Protocol) -> io::Result<Self> {
        let namespace = namespace.as_fd();
        // A namespace is a thread's own: a thread that ends behind this takes it along.
        let opened = thread::scope(|scope| {
            let opening = thread::Builder::new().spawn_scoped(scope, || {
                enter_network_namespace(namespace)
                    .map_err(|err| not_permitted(err, "entering a network namespace needs CAP_SYS_ADMIN"))?;
                Self::open(protocol)
            });
            opening.map(|thread| thread.join())
        });
        opened?.unwrap_or_else(|_| Err(io::Error::other("the thread that opens the socket has ended")))
    }

    /// Whether the kernel drops events in silence when the receive buffer is full, instead of reporting
    /// [`Overrun`](super::RecvError::Overrun).
    ///
    /// ```
    /// use nl_tlv::socket::{Protocol, Socket};
    ///
    /// let socket = Socket::open(Protocol::ROUTE)?;
    /// socket.set_no_enobufs(true)?; // a sample of the events is enough
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "NETLINK_NO_ENOBUFS")]
    pub fn set_no_enobufs(&self, on: bool) -> io::Result<()> {
        self.as_sys().set_option(SocketOption::NoEnobufs, on)
    }

    /// Whether sending to a group fails with `ENOBUFS` if one of its members has no room for the datagram.
    #[doc(alias = "NETLINK_BROADCAST_ERROR")]
    pub fn set_broadcast_error(&self, on: bool) -> io::Result<()> {
        self.as_sys().set_option(SocketOption::BroadcastError, on)
    }

    /// Whether events of all network namespaces that have an id here are received, with
    /// [`Address::nsid`](super::Address::nsid).
    ///
    /// # Errors
    ///
    /// [`PermissionDenied`](io::ErrorKind::PermissionDenied) without `CAP_NET_BROADCAST`.
    #[doc(alias = "NETLINK_LISTEN_ALL_NSID")]
    pub fn set_listen_all_nsid(&self, on: bool) -> io::Result<()> {
        let set = self.as_sys().set_option(SocketOption::ListenAllNsid, on);
        set.map_err(|err| not_permitted(err, "events of all network namespaces need CAP_NET_BROADCAST"))
    }

    /// Whether the kernel checks the header of a dump request of [`Protocol::ROUTE`] and applies its filters: on, unless
    /// this is called.
    #[doc(alias = "NETLINK_GET_STRICT_CHK")]
    pub fn set_strict_check(&self, on: bool) -> io::Result<()> {
        self.as_sys().set_option(SocketOption::GetStrictChk, on)
    }

    /// Asks for a receive buffer of so many bytes, beyond the system's limit where that is allowed, and returns what
    /// there is: twice as much, because the kernel counts its bookkeeping too.
    ///
    /// ```
    /// use nl_tlv::socket::{Protocol, Socket};
    ///
    /// let socket = Socket::open(Protocol::ROUTE)?;
    /// assert_eq!(socket.set_recv_buffer(64 * 1024)?, 128 * 1024);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("SO_RCVBUF", "SO_RCVBUFFORCE"))]
    pub fn set_recv_buffer(&self, len: usize) -> io::Result<usize> {
        self.as_sys().set_recv_buffer(len)?;
        self.as_sys().recv_buffer()
    }

    /// Asks for a send buffer of so many bytes, which is what one datagram can have.
    #[doc(alias("SO_SNDBUF", "SO_SNDBUFFORCE"))]
    pub fn set_send_buffer(&self, len: usize) -> io::Result<()> {
        self.as_sys().set_send_buffer(len)
    }

    /// Has the kernel run a classic BPF program over each datagram that arrives, and drop those for which it says 0:
    /// answers too, if it is so written. Its instructions are `code`, `jt`, `jf` and `k` of the kernel's
    /// `struct sock_filter`, as `tcpdump -dd` prints them.
    ///
    /// ```
    /// use nl_tlv::socket::{Address, Protocol, RecvError, Socket};
    ///
    /// let receiver = Socket::open(Protocol::USERSOCK)?;
    /// receiver.attach_filter(&[(0x06, 0, 0, 0)])?; // `ret #0`: drops everything
    /// let sender = Socket::open(Protocol::USERSOCK)?;
    /// let _ = sender.send_to(b"sixteen bytes ..", Address::port(receiver.port_id()));
    /// assert!(matches!(receiver.try_recv(&mut [0; 64]), Err(RecvError::Timeout)));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `EINVAL` if the program is not valid.
    #[doc(alias = "SO_ATTACH_FILTER")]
    pub fn attach_filter(&self, program: &[(u16, u8, u8, u32)]) -> io::Result<()> {
        let program = program.iter().map(|&(code, jt, jf, k)| sock_filter { code, jt, jf, k });
        self.as_sys().attach_filter(&program.collect::<Vec<_>>())
    }
}

/// An error that says which capability is needed, if that is what was wrong.
fn not_permitted(err: io::Error, needs: &'static str) -> io::Error {
    match err.kind() {
        io::ErrorKind::PermissionDenied => io::Error::new(io::ErrorKind::PermissionDenied, needs),
        _ => err,
    }
}
