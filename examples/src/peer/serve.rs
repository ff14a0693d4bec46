//! The loop around a peer, and a thread for it.

use super::{Peer, Service};
use nl_tlv::socket::{Address, Protocol, RecvError, Socket};
use std::io;
use std::thread;

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
pub fn spawn<S: Service + Send + 'static>(service: S, port_id: u32) -> io::Result<PeerThread> {
    let socket = Socket::open_at(Protocol::USERSOCK, port_id)?;
    let port_id = socket.port_id();
    thread::Builder::new().name("peer".into()).spawn(move || serve(&socket, Peer::new(service)))?;
    Ok(PeerThread { port_id })
}

/// Answers what arrives on a socket, for ever.
///
/// # Errors
///
/// When the socket can no longer be read.
pub fn serve<S: Service>(socket: &Socket, mut peer: Peer<S>) -> io::Result<()> {
    let mut buffer = vec![0; Socket::RECV_BUFFER];
    loop {
        let datagram = match socket.recv(&mut buffer) {
            Ok(datagram) => datagram,
            Err(RecvError::Io(err)) => return Err(err),
            Err(_) => continue,
        };
        let out = peer.take(datagram.bytes, datagram.sender.port_id);
        let mut gone = Vec::new();
        for (port_id, bytes) in out.drain() {
            // A receiver that does not read loses the message, as with the kernel; one that has gone is forgotten.
            let sent = socket.as_sys().send_to(&bytes, Address::port(port_id));
            if sent.is_err_and(|err| err.kind() == io::ErrorKind::ConnectionRefused) {
                gone.push(port_id);
            }
        }
        gone.into_iter().for_each(|port_id| out.forget(port_id));
    }
}
