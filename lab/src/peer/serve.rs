//! The loop around a peer, and a thread for it.

use super::{Left, Peer, Sent, Service};
use nl_tlv::socket::{Address, Protocol, RecvError, Socket};
use std::io;
use std::thread;
use std::time::Duration;

/// A peer that runs in a thread of this process, until the process ends.
#[derive(Debug)]
pub struct PeerThread {
    /// Where it is reached on `NETLINK_USERSOCK`.
    pub port_id: u32,
}

/// Starts a peer in a thread, under a port id that others know (0: one that is free).
///
/// # Errors
///
/// `EADDRINUSE` if the port id is taken, probably by another such peer.
pub fn spawn<S>(service: S, port_id: u32) -> io::Result<PeerThread>
where
    S: Service<Dump: Send> + Send + 'static,
{
    let socket = Socket::open_at(Protocol::USERSOCK, port_id)?;
    let port_id = socket.port_id();
    thread::Builder::new().name("peer".into()).spawn(move || serve(&socket, Peer::new(service), None))?;
    Ok(PeerThread { port_id })
}

/// Answers what arrives on a socket, until nothing has arrived for as long as `idle` says (`None`: for ever). No receiver
/// can stall it: what one has no room for is kept and tried again.
///
/// # Errors
///
/// When the socket can no longer be read.
pub fn serve<S: Service>(socket: &Socket, mut peer: Peer<S>, idle: Option<Duration>) -> io::Result<()> {
    socket.as_sys().set_nonblocking(true)?;
    let mut buffer = vec![0; LARGEST];
    let mut pause = SHORTEST;
    loop {
        let mut progress = false;
        let left = peer.flush(|port_id, datagram| {
            let sent = send(socket, port_id, datagram);
            progress |= sent != Sent::Full;
            sent
        });
        pause = if progress { SHORTEST } else { LONGEST.min(pause * 2) };
        // Nothing says when a receiver has read: while something is left for one, it is tried from time to time.
        let patience = match left {
            Left::Nothing => idle,
            Left::More => Some(Duration::ZERO),
            Left::Blocked => Some(pause),
        };
        if !socket.as_sys().wait_readable(patience)? && left == Left::Nothing {
            return Ok(());
        }
        match socket.try_recv(&mut buffer) {
            Ok((datagram, sender)) => peer.take(datagram, sender.port_id),
            Err(RecvError::Io(err)) => return Err(err),
            Err(_) => {}
        }
    }
}

/// Length of the longest datagram that fits a send buffer of the usual size, in bytes.
const LARGEST: usize = 256 * 1024;

fn send(socket: &Socket, port_id: u32, datagram: &[u8]) -> Sent {
    match socket.send_to(datagram, Address::port(port_id)) {
        Err(err) if err.kind() == io::ErrorKind::WouldBlock => Sent::Full,
        Err(err) if err.kind() == io::ErrorKind::ConnectionRefused => Sent::Gone,
        // What cannot be sent at all would be in the way of what follows.
        Ok(()) | Err(_) => Sent::Yes,
    }
}

const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_millis(50);
