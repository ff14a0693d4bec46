//! What the scenarios stand on: sockets to whoever has to behave, and a way to know that nothing more will come.

use crate::{Outcome, Target};
use nl_tlv::control::Control;
use nl_tlv::socket::{Address, Protocol, RecvError, Socket};
use nl_tlv::{Header, Message, MessageId, MessageType, Messages, NlMessage, Writer};
use nl_tlv_examples::greet::client::{Client, Options};
use nl_tlv_examples::greet::peer::{GreetService, PORT_ID};
use nl_tlv_examples::greet::{GROUP_EVENTS, PROTOCOL};
use nl_tlv_examples::peer::{self, Subscribe};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Fails with a sentence unless something holds.
#[macro_export]
macro_rules! ensure {
    ($holds:expr, $($sentence:tt)*) => {
        if !$holds {
            return Err(format!($($sentence)*));
        }
    };
}

/// How long an answer may take, in a virtual machine without hardware support.
const PATIENCE: Duration = Duration::from_secs(10);

/// The sequence number of the message that marks the end of the answers.
const FENCE: u32 = 0xfe4c_e000;

/// Whoever has to behave.
#[derive(Debug)]
pub(crate) struct Bench {
    target: Target,
}

impl Bench {
    /// Starts the peer, if it is the one and no other process has.
    pub(crate) fn new(target: Target, start_peer: bool) -> Result<Self, String> {
        if target == Target::Peer && start_peer {
            peer::spawn(GreetService, PORT_ID).map_err(|err| format!("no peer: {err}"))?;
        }
        let bench = Self { target };
        bench.speaker().map_err(|err| format!("{target:?} cannot be reached: {err}"))?;
        Ok(bench)
    }

    pub(crate) fn target(&self) -> Target {
        self.target
    }

    /// A socket to whoever has to behave.
    pub(crate) fn speaker(&self) -> Result<Speaker, String> {
        self.speaker_at(0)
    }

    /// The same with a port id that it has chosen.
    pub(crate) fn speaker_at(&self, port_id: u32) -> Result<Speaker, String> {
        let (protocol, to) = match self.target {
            Target::Module => (Protocol::new(PROTOCOL), Address::KERNEL),
            Target::Peer => (Protocol::USERSOCK, Address::port(PORT_ID)),
        };
        let socket = Socket::open_at(protocol, port_id).map_err(|err| format!("open: {err}"))?;
        Ok(Speaker { socket, to })
    }

    /// The example's client, by one way or the other.
    pub(crate) fn client(&self, genl: bool) -> Result<Client, String> {
        let options = Options { genl, peer: self.target == Target::Peer, ..Options::default() };
        Client::open(options).map_err(|err| format!("client: {err}"))
    }

    /// Another process of this program, in a role; `before` is what starts it, such as `unshare -n`.
    pub(crate) fn process(&self, before: &[&str], role: &str) -> Result<Process, String> {
        let this = std::env::current_exe().map_err(|err| err.to_string())?;
        let target = if self.target == Target::Module { "module" } else { "peer" };
        let this = this.to_str().ok_or("the path of this program is not UTF-8")?;
        let words = [before, &[this, "--target", target, "--role", role]].concat();
        let child =
            Command::new(words[0]).args(&words[1..]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.map_err(|err| format!("{}: {err}", words[0]))?;
        let stdout = child.stdout.take().ok_or("no standard output")?;
        Ok(Process { child, lines: BufReader::new(stdout) })
    }
}

/// Another process, and what it prints.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Process {
    /// Waits for a line.
    pub(crate) fn expect(&mut self, expected: &str) -> Outcome {
        let mut line = String::new();
        self.lines.read_line(&mut line).map_err(|err| err.to_string())?;
        ensure!(
            line.trim_end() == expected,
            "process {}: expected {expected:?}, it printed {line:?}",
            self.child.id()
        );
        Ok(())
    }

    /// Tells it to go on, by closing its standard input.
    pub(crate) fn go_on(&mut self) {
        drop(self.child.stdin.take());
    }

    /// Waits for its end, which must be a success.
    pub(crate) fn finish(mut self) -> Outcome {
        let status = self.child.wait().map_err(|err| err.to_string())?;
        ensure!(status.success(), "process {} failed: {status}", self.child.id());
        Ok(())
    }
}

/// A socket that says things and collects what comes back.
#[derive(Debug)]
pub(crate) struct Speaker {
    pub(crate) socket: Socket,
    pub(crate) to: Address,
}

impl Speaker {
    pub(crate) fn port_id(&self) -> u32 {
        self.socket.port_id()
    }

    /// Sends a datagram and returns every message that it causes, in order.
    ///
    /// A no-op behind it marks the end: its answer comes after all others, because messages are handled in order.
    pub(crate) fn ask(&self, datagram: &[u8]) -> Result<Vec<Reply>, String> {
        if !datagram.is_empty() {
            self.send(datagram)?;
        }
        self.send(&message(MessageType::NOOP, Header::new().seq(FENCE), &[]))?;
        let mut replies = Vec::new();
        loop {
            let reply = self.receive()?;
            if reply.message().seq() == FENCE {
                return Ok(replies);
            }
            replies.push(reply);
        }
    }

    pub(crate) fn send(&self, datagram: &[u8]) -> Outcome {
        self.socket.send_to(datagram, self.to).map_err(|err| format!("send: {err}"))
    }

    /// The next message. One datagram holds one message here, which is checked.
    pub(crate) fn receive(&self) -> Result<Reply, String> {
        let mut buffer = vec![0xa5; Socket::RECV_BUFFER];
        let datagram = match self.socket.recv_timeout(&mut buffer, PATIENCE) {
            Ok(datagram) => datagram,
            Err(RecvError::Timeout) => return Err("nothing came".into()),
            Err(err) => return Err(format!("receive: {err}")),
        };
        ensure!(
            datagram.sender.port_id == self.to.port_id,
            "sent by port id {}, expected {}",
            datagram.sender.port_id,
            self.to.port_id
        );
        let messages: Vec<_> = datagram.messages().collect();
        ensure!(messages.len() == 1 && messages[0].is_ok(), "a datagram of {messages:?}");
        Ok(Reply { bytes: datagram.bytes.to_vec(), group: datagram.group })
    }

    /// Asks for events, and waits until that is so.
    pub(crate) fn subscribe(&self, bench: &Bench) -> Outcome {
        if bench.target() == Target::Module {
            return self.socket.join(GROUP_EVENTS).map_err(|err| format!("join: {err}"));
        }
        ensure!(self.ask(&subscription(GROUP_EVENTS))?.is_empty(), "the peer refused the subscription");
        Ok(())
    }
}

/// As the example's client: a peer sends to port ids, which the next socket may get.
impl Drop for Speaker {
    fn drop(&mut self) {
        if self.to != Address::KERNEL {
            let _ = self.send(&subscription(0));
        }
    }
}

fn subscription(group: u32) -> Vec<u8> {
    let mut buf = [0; 64];
    match (Subscribe { group }).emit(&mut buf, Header::request()) {
        Ok(bytes) => bytes.to_vec(),
        Err(err) => unreachable!("the buffer is large enough: {err}"),
    }
}

/// A message that came.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    bytes: Vec<u8>,
    pub(crate) group: Option<u32>,
}

impl Reply {
    pub(crate) fn message(&self) -> Message<'_> {
        match Messages::new(&self.bytes).next() {
            Some(Ok(message)) => message,
            _ => unreachable!("checked when it was received"),
        }
    }

    /// Expects a refusal: its errno (positive) and what its extended ack says.
    pub(crate) fn refusal(&self) -> Result<(u32, String), String> {
        match Control::parse(&self.message()) {
            Ok(Control::Error(verdict)) => {
                let errno = verdict.errno().ok_or("an ACK where a refusal was expected")?;
                Ok((errno.get(), verdict.ext_ack().message.unwrap_or_default().into()))
            }
            other => Err(format!("expected a refusal, found {other:?}")),
        }
    }
}

/// A message with a raw payload.
pub(crate) fn message(ty: MessageType, header: Header, payload: &[u8]) -> Vec<u8> {
    let mut buf = vec![0xa5; payload.len() + 64];
    let mut w = Writer::new(&mut buf);
    match w.message(MessageId::Type(ty), header, |w| w.bytes(payload)) {
        Ok(()) => w.as_bytes().to_vec(),
        Err(err) => unreachable!("the buffer is large enough: {err}"),
    }
}

/// Messages one behind the other, padded.
pub(crate) fn datagram(messages: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for message in messages {
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes.extend(message);
    }
    bytes
}
