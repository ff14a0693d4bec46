//! What a peer sends: to whom, in which order, and what becomes of a receiver that does not read.

use nl_tlv::{Error, Header, NlMessage, Writer};
use std::collections::{BTreeMap, VecDeque};

/// Datagrams to be sent, in the order in which each receiver gets them, and who is subscribed to what.
#[derive(Debug, Default)]
pub struct Outbox {
    queues: BTreeMap<u32, VecDeque<Vec<u8>>>,
    subscribers: Vec<(u32, u32)>,
}

impl Outbox {
    /// Datagrams that are kept for a receiver that does not read; later ones are lost, as with the kernel.
    pub const MAX: usize = 4096;

    /// Sends a message to a port id.
    pub fn send(&mut self, port_id: u32, message: &impl NlMessage, header: Header) {
        self.write(port_id, |w| message.emit_into(w, header));
    }

    /// Sends an event to all subscribers of a group.
    pub fn announce(&mut self, group: u32, message: &impl NlMessage, header: Header) {
        self.announce_with(group, None, |w| message.emit_into(w, header));
    }

    /// Sends what `fill` writes to all subscribers of a group; `echo` gets it in any case, and once.
    pub fn announce_with(
        &mut self,
        group: u32,
        echo: Option<u32>,
        fill: impl Fn(&mut Writer<'_>) -> Result<(), Error>,
    ) {
        let subscribed = self.subscribers.iter().filter(|&&(_, g)| g == group).map(|&(port_id, _)| port_id);
        let others: Vec<u32> = subscribed.filter(|&port_id| Some(port_id) != echo).collect();
        others.into_iter().chain(echo).for_each(|port_id| self.write(port_id, &fill));
    }

    /// Sends what `fill` writes to a port id, as one datagram.
    pub fn write(&mut self, port_id: u32, fill: impl Fn(&mut Writer<'_>) -> Result<(), Error>) {
        let mut buf = vec![0; 4096];
        let written = loop {
            let mut w = Writer::new(&mut buf);
            match fill(&mut w) {
                Ok(()) => break Ok(w.as_bytes().to_vec()),
                Err(err) => match err.needed().and_then(|needed| usize::try_from(needed).ok()) {
                    Some(needed) => buf.resize(needed, 0),
                    None => break Err(err),
                },
            }
        };
        match written {
            Ok(datagram) => self.push(port_id, datagram),
            // An answer holds nothing that was not parsed before; one that cannot be said is a bug of the service.
            Err(err) => eprintln!("peer: an answer of its own cannot be written: {err}"),
        }
    }

    pub(super) fn push(&mut self, port_id: u32, datagram: Vec<u8>) {
        let queue = self.queues.entry(port_id).or_default();
        if queue.len() < Self::MAX {
            queue.push_back(datagram);
        }
    }

    pub(super) fn subscribe(&mut self, port_id: u32, group: u32) {
        if !self.subscribers.contains(&(port_id, group)) {
            self.subscribers.push((port_id, group));
        }
    }

    /// Who has something to get.
    pub(super) fn receivers(&self) -> impl Iterator<Item = u32> + use<'_> {
        self.queues.keys().copied()
    }

    /// The next datagram of a receiver.
    pub(super) fn front(&self, port_id: u32) -> Option<&[u8]> {
        self.queues.get(&port_id)?.front().map(Vec::as_slice)
    }

    /// It has been sent.
    pub(super) fn pop(&mut self, port_id: u32) {
        if let Some(queue) = self.queues.get_mut(&port_id) {
            queue.pop_front();
            if queue.is_empty() {
                self.queues.remove(&port_id);
            }
        }
    }

    /// The receiver has gone, and its subscriptions with it.
    pub(super) fn drop_receiver(&mut self, port_id: u32) {
        self.queues.remove(&port_id);
        self.subscribers.retain(|&(port, _)| port != port_id);
    }
}
