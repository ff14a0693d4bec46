//! Who is sent messages, and a socket that collects everything which one of them causes.

use crate::{Failure, PATIENCE, ensure};
use nl_tlv::schema::MessageSchema;
use nl_tlv::socket::{Connection, Protocol, Socket};
use nl_tlv::{Flags, Header, Message, MessageId, MessageType, Messages, NlMessage, Writer};
use nl_tlv_lab::greet::{self, Greeting, Hello};
use nl_tlv_lab::rtm::{self, uapi};

/// Whose protocol it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The routing table manager.
    Rtm,
    /// Greetings over the protocol of their own.
    Greet,
    /// Greetings over generic netlink.
    GreetFamily,
}

impl Side {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Rtm => "RTM",
            Self::Greet => "greet",
            Self::GreetFamily => "the family greet",
        }
    }

    /// The requests that it knows.
    pub(super) fn schemas(self) -> &'static [&'static MessageSchema] {
        match self {
            Self::Rtm => uapi::RTM.requests,
            Self::Greet => Greeting::SCHEMAS,
            Self::GreetFamily => Hello::SCHEMAS,
        }
    }

    pub(super) fn open(self) -> Result<Speaker, Failure> {
        let (protocol, family) = match self {
            Self::Rtm => (Protocol::new(rtm::PROTOCOL), None),
            Self::Greet => (Protocol::new(greet::PROTOCOL), None),
            Self::GreetFamily => {
                let conn = Connection::generic(greet::FAMILY)?;
                (Protocol::GENERIC, conn.family().map(|family| family.id))
            }
        };
        let socket = Socket::open(protocol)?;
        Ok(Speaker { socket, family, buffer: vec![0; Socket::RECV_BUFFER] })
    }
}

/// A socket that says things and collects what comes back.
#[derive(Debug)]
pub(super) struct Speaker {
    pub(super) socket: Socket,
    /// The id of the generic netlink family.
    pub(super) family: Option<MessageType>,
    buffer: Vec<u8>,
}

/// The sequence number of the message that marks the end of the answers.
const FENCE: u32 = 0xfe4c_e000;

impl Speaker {
    /// Sends a datagram, and returns every message that it causes, in order.
    ///
    /// A no-op behind it marks the end: messages are handled in order. Only a dump goes on behind that, up to its end.
    pub(super) fn ask(&mut self, datagram: &[u8]) -> Result<Vec<Vec<u8>>, Failure> {
        self.socket.send(datagram)?;
        self.socket.send(&fence()?)?;
        let (mut replies, mut is_open, mut is_fenced) = (Vec::new(), false, false);
        while is_open || !is_fenced {
            let (datagram, sender) =
                match self.socket.recv_deadline(&mut self.buffer, std::time::Instant::now() + PATIENCE) {
                    Ok(received) => received,
                    Err(err) => return Err(format!("{err} after {} messages", replies.len()).into()),
                };
            ensure!(sender.port_id == 0, "sent by {sender:?}");
            for message in Messages::new(datagram) {
                let message = message?;
                if message.seq() == FENCE {
                    is_fenced = true;
                    continue;
                }
                let is_part = message.flags().contains(Flags::MULTI);
                is_open = is_part && message.ty() != MessageType::DONE;
                replies.push(message.as_bytes().to_vec());
            }
        }
        Ok(replies)
    }
}

/// What every side answers with one message, and never refuses.
fn fence() -> Result<Vec<u8>, Failure> {
    let mut buf = [0; 16];
    let mut w = Writer::new(&mut buf);
    let header = Header::request().flags(Flags::ACK).seq(FENCE);
    w.message(MessageId::Type(MessageType::NOOP), header, |_| Ok(()))?;
    Ok(w.as_bytes().to_vec())
}

/// A reply is exactly one message, as [`Speaker::ask`] has seen.
pub(super) fn read(reply: &[u8]) -> Result<Message<'_>, Failure> {
    Ok(Messages::new(reply).next().ok_or("an empty reply")??)
}
