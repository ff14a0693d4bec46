//! What the scenarios stand on: sockets to whoever has to behave, and a way to know that nothing more will come.

use crate::{Outcome, Suite, Target, rtm};
use nl_tlv::control::Control;
use nl_tlv::socket::{Address, Protocol, RecvError, Socket};
use nl_tlv::{Header, Message, MessageId, MessageType, Messages, NlMessage, Writer};
use nl_tlv_lab::greet::client::{Client, Options};
use nl_tlv_lab::greet::peer::GreetService;
use nl_tlv_lab::peer::{self, Subscribe};
use nl_tlv_lab::rtm::peer::RtmService;
use nl_tlv_lab::{greet, rtm as protocol};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Fails with a sentence unless something holds.
#[macro_export]
macro_rules! ensure {
    ($holds:expr, $($sentence:tt)*) => {
        if !$holds {
            return Err(format!($($sentence)*));
        }
    };
}

/// How long an answer may take, in a virtual machine without hardware support, on a machine with more to do.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The sequence number of the message that marks the end of the answers.
const FENCE: u32 = 0xfe4c_e000;

/// Whoever has to behave.
#[derive(Debug)]
pub(crate) struct Bench {
    target: Target,
    suite: Suite,
}

impl Bench {
    /// Starts the peer, if it is the one and no other process has.
    pub(crate) fn new(target: Target, suite: Suite, start_peer: bool) -> Result<Self, String> {
        if target == Target::Peer && start_peer {
            let started = match suite {
                Suite::Greet => peer::spawn(GreetService, greet::peer::PORT_ID),
                Suite::Rtm => peer::spawn(RtmService::default(), protocol::peer::PORT_ID),
            };
            started.map_err(|err| format!("no peer: {err}"))?;
        }
        let bench = Self { target, suite };
        bench.speaker().map_err(|err| format!("{} of {target:?} cannot be reached: {err}", suite.name()))?;
        Ok(bench)
    }

    pub(crate) fn target(&self) -> Target {
        self.target
    }

    pub(crate) fn suite(&self) -> Suite {
        self.suite
    }

    /// Undoes what a scenario has left.
    pub(crate) fn reset(&self) -> Outcome {
        match self.suite {
            Suite::Greet => Ok(()),
            Suite::Rtm => rtm::delete_all(self),
        }
    }

    /// The netlink protocol, and the address there, of whoever has to behave.
    pub(crate) fn address(&self) -> (Protocol, Address) {
        match (self.target, self.suite) {
            (Target::Module, Suite::Greet) => (Protocol::new(greet::PROTOCOL), Address::KERNEL),
            (Target::Module, Suite::Rtm) => (Protocol::new(protocol::PROTOCOL), Address::KERNEL),
            (Target::Peer, Suite::Greet) => (Protocol::USERSOCK, Address::port(greet::peer::PORT_ID)),
            (Target::Peer, Suite::Rtm) => (Protocol::USERSOCK, Address::port(protocol::peer::PORT_ID)),
        }
    }

    /// A socket to whoever has to behave.
    pub(crate) fn speaker(&self) -> Result<Speaker, String> {
        match self.target {
            Target::Module => self.speaker_at(0),
            Target::Peer => self.speaker_at(unused_port_id()),
        }
    }

    /// A socket to another peer, which is to behave the same.
    pub(crate) fn speaker_to(&self, to: Address) -> Result<Speaker, String> {
        let mut speaker = self.speaker()?;
        speaker.to = to;
        Ok(speaker)
    }

    /// The same with a port id that it has chosen.
    pub(crate) fn speaker_at(&self, port_id: u32) -> Result<Speaker, String> {
        let (protocol, to) = self.address();
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
        self.process_with(before, role, &[])
    }

    /// The same, which is told more.
    pub(crate) fn process_with(&self, before: &[&str], role: &str, more: &[&str]) -> Result<Process, String> {
        let this = std::env::current_exe().map_err(|err| err.to_string())?;
        let target = if self.target == Target::Module { "module" } else { "peer" };
        let this = this.to_str().ok_or("the path of this program is not UTF-8")?;
        let words = [before, &[this, "--target", target, "--role", role], more].concat();
        let child =
            Command::new(words[0]).args(&words[1..]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.map_err(|err| format!("{}: {err}", words[0]))?;
        let stdout = child.stdout.take().ok_or("no standard output")?;
        Ok(Process { child, lines: BufReader::new(stdout) })
    }
}

/// A port id that no socket had before. The kernel's own choice is the process id whenever that is free, and a peer,
/// which sees port ids and no sockets, may be about to answer the socket that had it before.
fn unused_port_id() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    0x4000_0000 | (std::process::id() & 0xffff) << 14 | NEXT.fetch_add(1, Ordering::Relaxed) & 0x3fff
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

    /// The next message. Its datagram holds nothing else, which is checked.
    pub(crate) fn receive(&self) -> Result<Reply, String> {
        let mut replies = self.receive_datagram(PATIENCE)?;
        match (replies.pop(), replies.is_empty()) {
            (Some(reply), true) => Ok(reply),
            (last, _) => Err(format!("a datagram of {replies:?} and {last:?}")),
        }
    }

    /// The messages of the next datagram.
    pub(crate) fn receive_datagram(&self, patience: Duration) -> Result<Vec<Reply>, String> {
        let mut buffer = vec![0xa5; Socket::RECV_BUFFER];
        let (datagram, sender) = match self.socket.recv_deadline(&mut buffer, Instant::now() + patience) {
            Ok(received) => received,
            Err(RecvError::Timeout) => return Err("nothing came".into()),
            Err(err) => return Err(format!("receive: {err}")),
        };
        ensure!(
            sender.port_id == self.to.port_id,
            "sent by port id {}, expected {}",
            sender.port_id,
            self.to.port_id
        );
        let reply = |message: Result<Message<'_>, nl_tlv::Error>| {
            let message = message.map_err(|err| format!("damaged message: {err}"))?;
            Ok(Reply { bytes: message.as_bytes().to_vec(), group: sender.group })
        };
        Messages::new(datagram).map(reply).collect()
    }

    /// Asks for the events of a group, and waits until that is so.
    pub(crate) fn subscribe(&self, bench: &Bench, group: u32) -> Outcome {
        if bench.target() == Target::Module {
            return self.socket.join(group).map_err(|err| format!("join: {err}"));
        }
        ensure!(self.ask(&subscription(group))?.is_empty(), "the peer refused the subscription");
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
    pub(crate) bytes: Vec<u8>,
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
