//! The socket below the conversation, with a window in it: every message that passes can be shown.

use crate::peer::Subscribe;
use crate::rtm::{SCHEMAS, uapi::RTM};
use nl_tlv::schema::dissect;
use nl_tlv::socket::{Address, RecvError, Socket, Transport};
use nl_tlv::{Message, MessageType, Messages, NlMessage};
use std::io;
use std::time::Instant;

/// A conversation over it.
pub type Connection = nl_tlv::socket::Connection<Wire>;

/// A socket, and whom it talks to.
#[derive(Debug)]
pub struct Wire {
    socket: Socket,
    peer: Address,
    is_shown: bool,
}

impl Wire {
    /// A conversation with a port id (the kernel's is 0), whose messages are shown on standard error or not.
    pub fn connect(socket: Socket, peer: Address, is_shown: bool) -> Connection {
        Connection::new(Self { socket, peer, is_shown }, peer.port_id)
    }

    fn show(&self, what: &str, datagram: &[u8]) {
        if !self.is_shown {
            return;
        }
        // TABLE_NEW and ROUTE_NEW are requests one way, and replies with more in them the other way.
        let is_request = |message: &Message<'_>| what == "sent" || message.ty() == MessageType::ERROR;
        let requests: Vec<_> = RTM.requests.iter().copied().chain([Subscribe::SCHEMAS[0]]).collect();
        eprintln!("{what}");
        for message in Messages::new(datagram).map_while(Result::ok) {
            let schemas = if is_request(&message) { &requests } else { SCHEMAS };
            eprintln!("{}", dissect(schemas, message.as_bytes()));
        }
    }
}

impl Transport for Wire {
    fn port_id(&self) -> u32 {
        self.socket.port_id()
    }

    fn send_to(&self, datagram: &[u8], to: Address) -> io::Result<()> {
        self.show("sent", datagram);
        Transport::send_to(&self.socket, datagram, to)
    }

    fn receive<'b>(
        &self,
        buffer: &'b mut [u8],
        deadline: Option<Instant>,
    ) -> Result<(&'b [u8], Address), RecvError> {
        let (datagram, sender) = self.socket.receive(buffer, deadline)?;
        if sender.port_id == self.peer.port_id {
            self.show("received", datagram);
        }
        Ok((datagram, sender))
    }

    fn join(&self, group: u32) -> io::Result<()> {
        self.socket.join(group)
    }

    fn leave(&self, group: u32) -> io::Result<()> {
        self.socket.leave(group)
    }

    fn groups(&self) -> Vec<u32> {
        self.socket.groups()
    }

    fn recv_buffer(&self) -> io::Result<usize> {
        self.socket.recv_buffer()
    }
}
