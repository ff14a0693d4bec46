//! The user-space peer: what a kernel module does, done by a thread or a process, over `NETLINK_USERSOCK`.
//!
//! The rules that all protocols share are in [`Peer::take`], which does no I/O: a datagram and its sender go in,
//! datagrams and their receivers come out. [`serve`] is the loop around it. A [`Service`] is what one protocol adds.
//!
//! What it cannot do: see capabilities, be port id 0, refuse groups. Joining groups of `NETLINK_USERSOCK` needs a
//! capability, so subscribers register with a [`Subscribe`] message, and events are sent to each.

mod serve;

pub use serve::{PeerThread, serve, spawn};

use nl_tlv::control::{Echo, Errno, ExtAck, emit_ack, emit_refusal};
use nl_tlv::{Error, Flags, Header, Message, MessageType, Messages, NlMessage, Writer};

/// Asks the peer to send the events of a group to this port id from now on; group 0 ends all of that. Spoken by the
/// peer alone: a module has real groups.
#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(ty = 0x7ff0)]
pub struct Subscribe {
    /// Number of the group.
    #[nl(attr = 1)]
    pub group: u32,
}

/// What a protocol does with its own messages.
pub trait Service {
    /// Whether a message of this type is handled without `NLM_F_REQUEST`.
    fn is_request_optional(&self, ty: MessageType) -> bool;

    /// Handles one message, whose answers and events go into the outbox.
    ///
    /// # Errors
    ///
    /// A refusal; nothing has changed then.
    fn handle(&mut self, request: &Message<'_>, sender: u32, out: &mut Outbox) -> Result<Answer, Refused>;
}

/// How a message was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// An ACK is due, where the request asks for one.
    Ack,
    /// The service has answered itself.
    Own,
}

/// Why a message is refused.
#[derive(Clone, Copy, Debug)]
pub struct Refused {
    /// The errno.
    pub errno: Errno,
    /// What the extended ack says.
    pub text: &'static str,
    /// Where the attribute lies that is refused: bytes from the start of the request.
    pub offset: Option<u32>,
    /// The type of an attribute that is required and absent.
    pub missing: Option<u16>,
}

impl Refused {
    /// A refusal with a text.
    #[must_use]
    pub const fn new(errno: Errno, text: &'static str) -> Self {
        Self { errno, text, offset: None, missing: None }
    }

    fn ext_ack(&self) -> ExtAck<'static> {
        let missing_type = self.missing.map(u32::from);
        ExtAck { message: Some(self.text), offset: self.offset, missing_type, ..ExtAck::NONE }
    }
}

/// Datagrams to be sent, in order, and who is subscribed to what.
#[derive(Debug, Default)]
pub struct Outbox {
    sends: Vec<(u32, Vec<u8>)>,
    subscribers: Vec<(u32, u32)>,
}

impl Outbox {
    /// Sends a message to a port id.
    pub fn send<'a>(&mut self, port_id: u32, message: &impl NlMessage<'a>, header: Header) {
        self.write(port_id, |w| message.emit_into(w, header));
    }

    /// Sends an event to all subscribers of a group.
    pub fn announce<'a>(&mut self, group: u32, message: &impl NlMessage<'a>, header: Header) {
        let subscribed = |&&(_, g): &&(u32, u32)| g == group;
        let ports: Vec<u32> =
            self.subscribers.iter().filter(subscribed).map(|&(port_id, _)| port_id).collect();
        ports.into_iter().for_each(|port_id| self.send(port_id, message, header));
    }

    /// Forgets a subscriber that wants no more, or whose socket has gone.
    pub fn forget(&mut self, port_id: u32) {
        self.subscribers.retain(|&(port, _)| port != port_id);
    }

    /// Takes out what is to be sent, and to whom.
    pub fn drain(&mut self) -> impl Iterator<Item = (u32, Vec<u8>)> + use<'_> {
        self.sends.drain(..)
    }

    fn subscribe(&mut self, port_id: u32, group: u32) {
        if !self.subscribers.contains(&(port_id, group)) {
            self.subscribers.push((port_id, group));
        }
    }

    fn write(&mut self, port_id: u32, fill: impl Fn(&mut Writer<'_>) -> Result<(), Error>) {
        let mut buf = vec![0; 4096];
        let mut w = Writer::new(&mut buf);
        match fill(&mut w) {
            Ok(()) => self.sends.push((port_id, w.as_bytes().to_vec())),
            // An answer repeats no more than a request held; one that does not fit is a bug of the service.
            Err(err) => eprintln!("peer: an answer of its own does not fit: {err}"),
        }
    }
}

/// A service and those who subscribed to it.
#[derive(Debug)]
pub struct Peer<S> {
    service: S,
    out: Outbox,
}

impl<S: Service> Peer<S> {
    /// A peer without subscribers.
    #[must_use]
    pub fn new(service: S) -> Self {
        Self { service, out: Outbox::default() }
    }

    /// Handles every message of a datagram. A message whose length is wrong ends the datagram without an answer.
    pub fn take(&mut self, datagram: &[u8], sender: u32) -> &mut Outbox {
        for message in Messages::new(datagram).map_while(Result::ok) {
            self.take_message(&message, sender);
        }
        &mut self.out
    }

    fn take_message(&mut self, message: &Message<'_>, sender: u32) {
        let ty = message.ty();
        if ty == MessageType::NOOP {
            return self.answer_noop(message, sender);
        }
        let required = !self.service.is_request_optional(ty);
        if ty < MessageType::FIRST_OF_FAMILY || (required && !message.flags().contains(Flags::REQUEST)) {
            return;
        }
        let answer = match Subscribe::parse(message) {
            Ok(subscribe) => {
                match subscribe.group {
                    0 => self.out.forget(sender),
                    group => self.out.subscribe(sender, group),
                }
                Ok(Answer::Ack)
            }
            Err(_) => self.service.handle(message, sender, &mut self.out),
        };
        match answer {
            Ok(Answer::Own) => {}
            Ok(Answer::Ack) if !message.flags().contains(Flags::ACK) => {}
            Ok(Answer::Ack) => self.out.write(sender, |w| emit_ack(w, message, sender, &ExtAck::NONE)),
            Err(refused) => {
                let (errno, why) = (refused.errno, refused.ext_ack());
                self.out.write(sender, |w| emit_refusal(w, message, sender, errno, Echo::Whole, &why));
            }
        }
    }

    fn answer_noop(&mut self, message: &Message<'_>, sender: u32) {
        let header = Header::new().seq(message.seq()).port_id(sender);
        let done = |w: &mut Writer<'_>| w.message(MessageType::DONE.into(), header, |w| w.bytes(&[0; 4]));
        self.out.write(sender, done);
    }
}
