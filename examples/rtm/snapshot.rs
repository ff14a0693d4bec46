//! All that a dump brings, kept until it is printed.

use super::wire::Connection;
use nl_tlv::socket::RequestError;
use nl_tlv::{Message, Messages, NlMessage};

/// The objects of a dump, as the messages that they came in.
#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    bytes: Vec<u8>,
    /// Whether changes kept interrupting it: objects may be missing or come twice.
    pub(crate) is_interrupted: bool,
}

impl Snapshot {
    /// All objects that match; asked for again if a change interrupts it.
    pub(crate) fn take(conn: &mut Connection, message: &impl NlMessage) -> Result<Self, RequestError> {
        let mut snapshot = Self::default();
        for _ in 0..DUMP_TRIES {
            snapshot = Self::try_take(conn, message)?;
            if !snapshot.is_interrupted {
                break;
            }
        }
        Ok(snapshot)
    }

    fn try_take(conn: &mut Connection, message: &impl NlMessage) -> Result<Self, RequestError> {
        let mut snapshot = Self::default();
        let mut dump = conn.dump(message)?;
        loop {
            match dump.next_message() {
                Ok(Some(object)) => snapshot.push(object.as_bytes()),
                Ok(None) => return Ok(snapshot),
                Err(RequestError::Interrupted) => return Ok(Self { is_interrupted: true, ..snapshot }),
                Err(err) => return Err(err),
            }
        }
    }

    pub(crate) fn messages(&self) -> impl Iterator<Item = Message<'_>> {
        Messages::new(&self.bytes).map_while(Result::ok)
    }

    fn push(&mut self, message: &[u8]) {
        self.bytes.extend_from_slice(message);
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }
}

/// How often a dump is made that changes interrupt.
const DUMP_TRIES: usize = 5;

#[cfg(test)]
mod tests {
    use super::super::wire::Wire;
    use super::*;
    use nl_tlv::control::{DumpEnd, ExtAck, emit_done};
    use nl_tlv::socket::{Address, Protocol, Socket};
    use nl_tlv::{Flags, Header, Writer};
    use nl_tlv_lab::rtm::{TableGet, TableReply};
    use std::thread;

    /// Answers dumps with a table whose generation counts them; the first ones are interrupted.
    fn serve(socket: &Socket, interrupted: usize, dumps: usize) {
        for nr in 0..dumps {
            let (mut request, mut answer) = ([0; 256], [0; 256]);
            let request = socket.recv(&mut request).unwrap();
            let message = request.messages().next().unwrap().unwrap();
            let end = DumpEnd { is_interrupted: nr < interrupted, ..DumpEnd::default() };
            let mut w = Writer::new(&mut answer);
            let header = Header::new().flags(Flags::MULTI).seq(message.seq());
            TableReply { name: "t", routes: 0, generation: nr as u64 }.emit_into(&mut w, header).unwrap();
            emit_done(&mut w, &message, request.sender.port_id, end, &ExtAck::NONE).unwrap();
            socket.send_to(w.as_bytes(), request.sender).unwrap();
        }
    }

    /// The generations in a snapshot, and whether it was interrupted.
    fn taken(interrupted: usize, dumps: usize) -> (Vec<u64>, bool) {
        let [server, client] = [(); 2].map(|()| Socket::open(Protocol::USERSOCK).unwrap());
        let mut conn = Wire::connect(client, Address::port(server.port_id()), false);
        let server = thread::spawn(move || serve(&server, interrupted, dumps));
        let snapshot = Snapshot::take(&mut conn, &TableGet { name: None }).unwrap();
        server.join().unwrap();
        let tables = snapshot.messages().map(|message| TableReply::parse(&message).unwrap().generation);
        (tables.collect(), snapshot.is_interrupted)
    }

    #[test]
    fn an_interrupted_dump_is_made_again_and_only_the_last_one_counts() {
        assert_eq!(taken(0, 1), (vec![0], false));
        assert_eq!(taken(2, 3), (vec![2], false));
    }

    #[test]
    fn what_changes_all_the_time_is_shown_as_it_was_found() {
        assert_eq!(taken(DUMP_TRIES, DUMP_TRIES), (vec![DUMP_TRIES as u64 - 1], true));
    }
}
