//! Socket options: those of `SOL_NETLINK`, the buffers and the filter.

use std::io;
use std::mem::size_of;

use libc::{c_int, sock_filter, socklen_t};

use crate::NetlinkSocket;
use crate::call::done;

/// The options of `SOL_NETLINK` that are on or off.
///
/// `ENOPROTOOPT` means a kernel that is older than the option.
///
/// Source: `include/uapi/linux/netlink.h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum SocketOption {
    /// Receive the group of each datagram: [`Received::group`](crate::Received::group).
    #[doc(alias = "NETLINK_PKTINFO")]
    PktInfo = libc::NETLINK_PKTINFO,
    /// Let a multicast fail with `ENOBUFS` at its sender if one receiver could not take it.
    #[doc(alias = "NETLINK_BROADCAST_ERROR")]
    BroadcastError = libc::NETLINK_BROADCAST_ERROR,
    /// Do not report an overrun: datagrams are lost in silence.
    #[doc(alias = "NETLINK_NO_ENOBUFS")]
    NoEnobufs = libc::NETLINK_NO_ENOBUFS,
    /// Receive the events of all namespaces that have an id here: [`Received::nsid`](crate::Received::nsid).
    #[doc(alias = "NETLINK_LISTEN_ALL_NSID")]
    ListenAllNsid = libc::NETLINK_LISTEN_ALL_NSID,
    /// Do not have the request echoed in an error.
    #[doc(alias = "NETLINK_CAP_ACK")]
    CapAck = libc::NETLINK_CAP_ACK,
    /// Receive extended acks.
    #[doc(alias = "NETLINK_EXT_ACK")]
    ExtAck = libc::NETLINK_EXT_ACK,
    /// Have the headers of rtnetlink's dump requests validated, and their filters honoured.
    #[doc(alias = "NETLINK_GET_STRICT_CHK")]
    GetStrictChk = libc::NETLINK_GET_STRICT_CHK,
}

impl NetlinkSocket {
    /// Sets an option on or off.
    pub fn set_option(&self, option: SocketOption, on: bool) -> io::Result<()> {
        self.set_netlink(option as c_int, c_int::from(on))
    }

    /// Whether an option is on.
    pub fn option(&self, option: SocketOption) -> io::Result<bool> {
        let mut value = [0];
        self.getsockopt(libc::SOL_NETLINK, option as c_int, &mut value)?;
        Ok(value != [0])
    }

    /// Joins a group, by number.
    ///
    /// # Errors
    ///
    /// `EINVAL` if the protocol has no such group, `EPERM` if it may not be joined.
    #[doc(alias = "NETLINK_ADD_MEMBERSHIP")]
    pub fn add_membership(&self, group: u32) -> io::Result<()> {
        self.set_netlink(libc::NETLINK_ADD_MEMBERSHIP, group as c_int)
    }

    /// Leaves a group, by number. Its datagrams that are queued already still arrive.
    #[doc(alias = "NETLINK_DROP_MEMBERSHIP")]
    pub fn drop_membership(&self, group: u32) -> io::Result<()> {
        self.set_netlink(libc::NETLINK_DROP_MEMBERSHIP, group as c_int)
    }

    /// The numbers of the joined groups, ascending.
    #[doc(alias = "NETLINK_LIST_MEMBERSHIPS")]
    pub fn joined_groups(&self) -> io::Result<Vec<u32>> {
        let mut bitmap = vec![0; 4];
        let needed = loop {
            match self.getsockopt(libc::SOL_NETLINK, libc::NETLINK_LIST_MEMBERSHIPS, &mut bitmap)? {
                needed if needed > bitmap.len() => bitmap.resize(needed, 0),
                needed => break needed,
            }
        };
        let groups = 1..=32 * needed as u32;
        Ok(groups.filter(|&group| bitmap[(group as usize - 1) / 32] >> ((group - 1) % 32) & 1 == 1).collect())
    }

    /// Asks for a receive buffer of `size` bytes, beyond the system's limit if that is allowed, else up to it.
    #[doc(alias("SO_RCVBUF", "SO_RCVBUFFORCE"))]
    pub fn set_recv_buffer(&self, size: usize) -> io::Result<()> {
        self.set_buffer(libc::SO_RCVBUFFORCE, libc::SO_RCVBUF, size)
    }

    /// The receive buffer in the kernel's count: twice what was asked for, because it includes the bookkeeping.
    pub fn recv_buffer(&self) -> io::Result<usize> {
        let mut value = [0];
        self.getsockopt(libc::SOL_SOCKET, libc::SO_RCVBUF, &mut value)?;
        Ok(value[0] as usize)
    }

    /// Asks for a send buffer of `size` bytes, as [`set_recv_buffer`](Self::set_recv_buffer): it limits one datagram.
    #[doc(alias("SO_SNDBUF", "SO_SNDBUFFORCE"))]
    pub fn set_send_buffer(&self, size: usize) -> io::Result<()> {
        self.set_buffer(libc::SO_SNDBUFFORCE, libc::SO_SNDBUF, size)
    }

    /// Makes the send buffer take a datagram of `len` bytes, if that is allowed, and returns how long one can be then.
    pub fn reserve_send_buffer(&self, len: usize) -> io::Result<usize> {
        let max = || {
            let mut value = [0];
            self.getsockopt(libc::SOL_SOCKET, libc::SO_SNDBUF, &mut value)?;
            Ok((value[0] as usize).saturating_sub(32))
        };
        match max() {
            Ok(max) if max < len => self.set_send_buffer(len)?,
            known => return known,
        }
        max()
    }

    /// Has the kernel run a classic BPF program over each datagram that arrives, and drop those for which it returns 0.
    ///
    /// It replaces the one before; what is queued already was not filtered by it. Loads of two and four bytes are in
    /// network order.
    ///
    /// # Errors
    ///
    /// `EINVAL` if the program is empty, too long or not valid.
    #[doc(alias = "SO_ATTACH_FILTER")]
    pub fn attach_filter(&self, program: &[sock_filter]) -> io::Result<()> {
        let len = program.len().try_into().map_err(|_| invalid())?;
        let value = libc::sock_fprog { len, filter: program.as_ptr().cast_mut() };
        // SAFETY: `value` points to `len` instructions, which live through the call; the kernel only reads them.
        unsafe { self.setsockopt(libc::SOL_SOCKET, libc::SO_ATTACH_FILTER, &value) }
    }

    /// Sets the size of a buffer, by the option for privileged users if this is one.
    fn set_buffer(&self, force: c_int, name: c_int, size: usize) -> io::Result<()> {
        let size = c_int::try_from(size).map_err(|_| invalid())?;
        // SAFETY: the value holds no pointer.
        let set = |name| unsafe { self.setsockopt(libc::SOL_SOCKET, name, &size) };
        match set(force) {
            Err(error) if error.raw_os_error() == Some(libc::EPERM) => set(name),
            forced => forced,
        }
    }

    fn set_netlink(&self, name: c_int, value: c_int) -> io::Result<()> {
        // SAFETY: no option of `SOL_NETLINK` holds a pointer.
        unsafe { self.setsockopt(libc::SOL_NETLINK, name, &value) }
    }

    /// # Safety
    ///
    /// A pointer in `value` must point to what the kernel reads there for this option, until the call returns.
    unsafe fn setsockopt<T>(&self, level: c_int, name: c_int, value: &T) -> io::Result<()> {
        let (fd, len) = (self.fd(), size_of::<T>() as socklen_t);
        // SAFETY: `value` is borrowed through the call, the length is its own, the kernel copies it and keeps no
        // pointer. What it points to is the caller's promise. The descriptor is open, because `self` owns it.
        done(unsafe { libc::setsockopt(fd, level, name, (&raw const *value).cast(), len) })
    }

    /// Reads an option into `words` and returns how many words the kernel has, which may be more.
    fn getsockopt(&self, level: c_int, name: c_int, words: &mut [u32]) -> io::Result<usize> {
        // A `socklen_t`, not a `usize`: the kernel would read the wrong half of that where the big end comes first.
        let (fd, mut len) = (self.fd(), size_of_val(words) as socklen_t);
        // SAFETY: `words` and `len` are exclusively borrowed through the call, the kernel writes at most `len` bytes
        // to `words`, and any bytes are valid `u32`s. The descriptor is open, because `self` owns it.
        done(unsafe { libc::getsockopt(fd, level, name, words.as_mut_ptr().cast(), &raw mut len) })?;
        Ok((len as usize).div_ceil(size_of::<u32>()))
    }
}

fn invalid() -> io::Error {
    io::Error::from_raw_os_error(libc::EINVAL)
}
