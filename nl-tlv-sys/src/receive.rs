//! Receive: the bytes, and everything the kernel says about them.

use std::io::{self, IoSliceMut};
use std::mem::{offset_of, size_of, zeroed};

use libc::{c_int, cmsghdr, msghdr, sockaddr_nl, socklen_t};

use crate::call::retry;
use crate::{Address, NetlinkSocket};

/// What a receive found out about one datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// How many bytes of the buffer are the datagram's.
    pub len: usize,
    /// The length of the whole datagram, more than `len` if the buffer was too small.
    pub full_len: usize,
    /// Who sent it, as the kernel knows: this cannot be forged. Its mask has the group that it was sent to, up to 32.
    pub sender: Address,
    /// The group that it was sent to, 0 if to this port id; `None` without
    /// [`PktInfo`](crate::SocketOption::PktInfo).
    pub group: Option<u32>,
    /// The id of the namespace that it came from; `None` for this one, and without
    /// [`ListenAllNsid`](crate::SocketOption::ListenAllNsid).
    pub nsid: Option<i32>,
}

impl Received {
    /// Whether the buffer was too small. The rest of the datagram is lost.
    #[doc(alias = "MSG_TRUNC")]
    pub const fn is_truncated(&self) -> bool {
        self.full_len > self.len
    }
}

impl NetlinkSocket {
    /// Receives one datagram, and waits for it if the socket blocks.
    ///
    /// # Errors
    ///
    /// `ENOBUFS` after an overrun: datagrams were lost, the socket stays usable and the queued ones come next.
    /// `EAGAIN` if there is none and the socket does not block.
    /// [`InvalidData`](io::ErrorKind::InvalidData) if the datagram has no netlink sender address.
    pub fn recv(&self, buffer: &mut [u8]) -> io::Result<Received> {
        self.recv_one(buffer, 0)
    }

    /// Receives one datagram if one is there, as [`recv`](Self::recv) on a socket that does not block.
    ///
    /// # Errors
    ///
    /// As [`recv`](Self::recv); `EAGAIN` if there is none.
    #[doc(alias = "MSG_DONTWAIT")]
    pub fn try_recv(&self, buffer: &mut [u8]) -> io::Result<Received> {
        self.recv_one(buffer, libc::MSG_DONTWAIT)
    }

    fn recv_one(&self, buffer: &mut [u8], flags: c_int) -> io::Result<Received> {
        let mut parts = [IoSliceMut::new(buffer)];
        // SAFETY: all its fields are integers, for which zero is a value.
        let mut name: sockaddr_nl = unsafe { zeroed() };
        let mut control = Control([0; CONTROL_LEN]);
        // SAFETY: all its fields are integers and raw pointers, for which zero is a value. It cannot be written as a
        // literal, because some C libraries have private padding in it.
        let mut header: msghdr = unsafe { zeroed() };
        header.msg_name = (&raw mut name).cast();
        header.msg_namelen = size_of::<sockaddr_nl>() as socklen_t;
        // The standard library promises that an `IoSliceMut` is an `iovec`.
        header.msg_iov = (&raw mut parts).cast();
        header.msg_iovlen = 1;
        header.msg_control = (&raw mut control).cast();
        header.msg_controllen = size_of::<Control>() as _;
        let full_len = retry(|| {
            // SAFETY: `header` points to `name`, `parts` and `control` with their lengths. They outlive its last use,
            // which is this call, and nothing else touches them before it has returned. The kernel writes integers
            // to `name`, `control` and the buffer of `parts`, which is exclusively borrowed. The descriptor is open,
            // because `self` owns it.
            unsafe { libc::recvmsg(self.fd(), &raw mut header, flags | libc::MSG_TRUNC) }
        })?;
        // Without this, an address that is not there would read as the kernel's. One that is too long was cut.
        let named = header.msg_namelen == size_of::<sockaddr_nl>() as socklen_t;
        if !named || i32::from(name.nl_family) != libc::AF_NETLINK {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "no netlink sender address"));
        }
        let (group, nsid) = parse_control(&control.0[..header.msg_controllen as _]);
        let sender = Address { port_id: name.nl_pid, groups: name.nl_groups };
        Ok(Received { len: full_len.min(parts[0].len()), full_len, sender, group, nsid })
    }
}

/// Room for the two control messages that netlink has. Others, of an adopted socket, come after them and are cut.
#[repr(C, align(8))]
struct Control([u8; CONTROL_LEN]);

const CONTROL_LEN: usize = 2 * (size_of::<cmsghdr>() + CONTROL_ALIGN);

/// Walks the control messages, which are a little TLV format of their own:
///
/// ```text
/// 0               8 (32 bit: 4)   12 (8)         16 (12)
/// | length: usize | level: c_int | type: c_int  | payload, padded to a usize
/// ```
fn parse_control(mut control: &[u8]) -> (Option<u32>, Option<i32>) {
    let (mut group, mut nsid) = (None, None);
    while let Some((level, ty, message)) = control_message(control) {
        let payload = word(message, size_of::<cmsghdr>());
        match (level, ty) {
            (libc::SOL_NETLINK, libc::NETLINK_PKTINFO) => group = payload.map(u32::from_ne_bytes),
            (libc::SOL_NETLINK, libc::NETLINK_LISTEN_ALL_NSID) => nsid = payload.map(i32::from_ne_bytes),
            _ => {}
        }
        control = control.get(message.len().next_multiple_of(CONTROL_ALIGN)..).unwrap_or_default();
    }
    (group, nsid)
}

/// The first control message: its level, its type, and all of its bytes.
fn control_message(control: &[u8]) -> Option<(c_int, c_int, &[u8])> {
    let len = word(control, offset_of!(cmsghdr, cmsg_len)).map(usize::from_ne_bytes)?;
    let message = control.get(..len)?;
    let level = word(message, offset_of!(cmsghdr, cmsg_level)).map(c_int::from_ne_bytes)?;
    let ty = word(message, offset_of!(cmsghdr, cmsg_type)).map(c_int::from_ne_bytes)?;
    Some((level, ty, message))
}

fn word<const N: usize>(bytes: &[u8], offset: usize) -> Option<[u8; N]> {
    bytes.get(offset..)?.first_chunk().copied()
}

const CONTROL_ALIGN: usize = size_of::<usize>();

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: usize = size_of::<cmsghdr>();

    fn control(len: usize, level: c_int, ty: c_int, payload: u32) -> Vec<u8> {
        let (level, ty, payload) = (level.to_ne_bytes(), ty.to_ne_bytes(), payload.to_ne_bytes());
        let mut bytes = [&len.to_ne_bytes()[..], &level, &ty, &payload].concat();
        bytes.resize(bytes.len().next_multiple_of(CONTROL_ALIGN), 0xa5);
        bytes
    }

    #[test]
    fn both_messages_are_found_in_either_order_and_behind_others() {
        let group = control(HEADER + 4, libc::SOL_NETLINK, libc::NETLINK_PKTINFO, 33);
        let nsid = control(HEADER + 4, libc::SOL_NETLINK, libc::NETLINK_LISTEN_ALL_NSID, 7);
        let other = control(HEADER + 4, libc::SOL_SOCKET, libc::NETLINK_PKTINFO, 1);
        assert_eq!(size_of::<Control>(), group.len() + nsid.len());
        for parts in [[&group, &nsid, &other], [&other, &nsid, &group], [&nsid, &other, &group]] {
            assert_eq!(parse_control(&parts.map(Vec::as_slice).concat()), (Some(33), Some(7)));
        }
        assert_eq!(parse_control(&group), (Some(33), None));
        assert_eq!(parse_control(&other), (None, None));
        assert_eq!(parse_control(&[]), (None, None));
    }

    #[test]
    fn impossible_lengths_end_the_walk() {
        let nsid = control(HEADER + 4, libc::SOL_NETLINK, libc::NETLINK_LISTEN_ALL_NSID, 7);
        for len in [0, 1, HEADER - 1, HEADER, HEADER + 3, 1000, usize::MAX] {
            let bad = control(len, libc::SOL_NETLINK, libc::NETLINK_PKTINFO, 33);
            assert_eq!(parse_control(&bad).0, None, "length {len}");
            if !(HEADER..100).contains(&len) {
                assert_eq!(parse_control(&[bad, nsid.clone()].concat()), (None, None), "length {len}");
            }
        }
    }

    #[test]
    fn every_prefix_returns() {
        let group = control(HEADER + 4, libc::SOL_NETLINK, libc::NETLINK_PKTINFO, 33);
        for end in 0..group.len() {
            let complete = end >= HEADER + 4;
            assert_eq!(parse_control(&group[..end]), (complete.then_some(33), None), "{end} bytes");
        }
    }
}
