//! The running kernel: requests to it, and what it says about its families.

use crate::catalogue::names::same;
use crate::catalogue::{self, Catalogue, GENERIC};
use crate::decode::text::protocol_name;
use crate::error::Failure;
use nl_tlv::control::Errno;
use nl_tlv::control::genl::{CONTROLLER, Family, PolicyEntry, emit_get_policy, read_policies};
use nl_tlv::exchange::{Exchange, Expect, Verdict};
use nl_tlv::socket::{Address, Protocol, RecvError, Socket};
use nl_tlv::{Flags, GetFlags, Header, Message, MessageId, Messages, NlMessage, Writer};
use nl_tlv_families::rt_link::{GetLink, Link};
use std::io;
use std::time::{Duration, UNIX_EPOCH};

/// A socket on which one request after the other is made: to the kernel, or to a server in user space.
pub struct Kernel {
    socket: Socket,
    protocol: u32,
    /// The port id of the server; that of the kernel is 0.
    peer: u32,
    /// The number of the next request.
    seq: u32,
    buffer: Vec<u8>,
    batch: Option<u8>,
}

/// How an exchange ended.
#[derive(Debug, PartialEq, Eq)]
pub enum End {
    /// Everything was answered; whether the dump was interrupted.
    Complete(bool),
    /// The kernel refused: its error message.
    Refused(Vec<u8>),
}

/// The largest datagram that is received.
const BUFFER: usize = 1 << 20;

impl Kernel {
    /// A socket of a netlink protocol.
    ///
    /// # Errors
    ///
    /// If the kernel does not have the protocol.
    pub fn open(protocol: u32) -> Result<Self, Failure> {
        let socket = open(protocol)?;
        socket.set_timeout(Some(Duration::from_secs(10)));
        Ok(Self { socket, protocol, peer: 0, seq: 1, buffer: vec![0; BUFFER], batch: None })
    }

    /// Asks a server in user space, by its port id. It may still answer a socket of before with our port id, so the numbers of
    /// requests begin with the time.
    pub fn at(self, peer: Option<u32>) -> Self {
        let Some(peer) = peer else { return self };
        let micros = UNIX_EPOCH.elapsed().unwrap_or_default().as_micros();
        Self { peer, seq: u32::try_from(micros & u128::from(u32::MAX)).unwrap_or(1), ..self }
    }

    /// Who answers.
    pub fn answerer(&self) -> String {
        match self.peer {
            0 => "the kernel".to_owned(),
            peer => format!("the server at port id {peer}"),
        }
    }

    /// Sends each request as a batch of this subsystem of netfilter.
    pub fn in_batch(self, batch: Option<u8>) -> Self {
        Self { batch, ..self }
    }

    fn send(&self, datagram: &[u8]) -> io::Result<()> {
        self.socket.send_to(datagram, Address::port(self.peer))
    }

    /// Sends a request, with its flags and a sequence number, and hands out what is answered.
    ///
    /// # Errors
    ///
    /// If nothing comes within ten seconds; the system's.
    pub fn exchange(
        &mut self,
        request: &mut [u8],
        flags: u16,
        mut each: impl FnMut(&Message<'_>) -> Result<(), Failure>,
    ) -> Result<End, Failure> {
        let mut exchange: Exchange = Exchange::with_first_seq(0, self.peer, self.seq);
        let is_dump = flags & GetFlags::DUMP.bits() == GetFlags::DUMP.bits();
        let expect = if is_dump { Expect::Dump } else { Expect::UntilAck };
        let seq = exchange.request(expect, Header::new()).map_or(1, |header| header.seq);
        self.seq = seq.wrapping_add(1);
        if let Some(fields) = request.get_mut(6..12) {
            fields[..2].copy_from_slice(&flags.to_ne_bytes());
            fields[2..].copy_from_slice(&seq.to_ne_bytes());
        }
        let sent = match self.batch {
            Some(subsystem) => self.send(&batch(subsystem, seq, request)),
            None => self.send(request),
        };
        sent.map_err(|err| not_sent(&err, self.protocol, self.peer))?;
        loop {
            let (mut datagram, sender) = match self.socket.recv(&mut self.buffer) {
                Ok(received) => received,
                Err(RecvError::Timeout) => {
                    return Err(Failure::Other(format!(
                        "{} has not answered in ten seconds",
                        self.answerer()
                    )));
                }
                Err(RecvError::Io(err)) => return Err(err.into()),
                Err(err) => return Err(Failure::Other(err.to_string())),
            };
            while let Some((verdict, bytes)) = exchange.judge(&mut datagram, sender) {
                match verdict {
                    Verdict::Reply { .. } | Verdict::Object { .. } => {
                        Messages::new(bytes).flatten().try_for_each(|message| each(&message))?;
                    }
                    Verdict::Ack { .. } => return Ok(End::Complete(false)),
                    Verdict::DumpEnd { errno: None, flags, .. } => {
                        return Ok(End::Complete(flags.contains(Flags::DUMP_INTR)));
                    }
                    Verdict::DumpEnd { .. } | Verdict::Refusal { .. } => {
                        return Ok(End::Refused(bytes.to_vec()));
                    }
                    Verdict::Damaged(err) => return Err(Failure::Other(format!("damaged answer: {err}"))),
                    _ => {}
                }
            }
        }
    }
}

/// A socket of a netlink protocol.
///
/// # Errors
///
/// If the kernel does not have the protocol.
pub fn open(protocol: u32) -> Result<Socket, Failure> {
    Socket::open(Protocol::new(protocol)).map_err(|err| {
        let name = described(protocol);
        Failure::Other(match errno(&err) {
            Some("EPROTONOSUPPORT") => {
                format!("this kernel does not have {name}; load the module that makes it, if there is one")
            }
            _ => format!("{name} cannot be opened: {err}"),
        })
    })
}

/// The name of the system's error.
pub fn errno(err: &io::Error) -> Option<&'static str> {
    err.raw_os_error().and_then(Errno::new).and_then(Errno::name)
}

/// A protocol by its number, and its name if it has one.
fn described(protocol: u32) -> String {
    match protocol_name(protocol) {
        name if name.starts_with("protocol") || name == "unknown" => format!("netlink protocol {protocol}"),
        name => format!("netlink protocol {protocol} ({name})"),
    }
}

/// Why a request could not be sent, and what to do about it.
fn not_sent(err: &io::Error, protocol: u32, peer: u32) -> Failure {
    let name = described(protocol);
    Failure::Other(match (errno(err), peer) {
        (Some("ECONNREFUSED"), 0) => format!(
            "the kernel does not answer at {name}, which is for processes: if a server of yours does, start it and write its \
             port id: --peer PORT_ID"
        ),
        (Some("ECONNREFUSED"), peer) => {
            format!(
                "nobody listens at port id {peer} of {name}: start the server, or write its port id behind --peer"
            )
        }
        (Some("EPERM"), 1..) => format!(
            "a message to another process of {name} needs CAP_NET_ADMIN: run it as root, or in a namespace of your own \
             (unshare -rn)"
        ),
        (Some("EMSGSIZE"), _) => format!("the request is larger than the socket's send buffer: {err}"),
        _ => format!("the request cannot be sent to {name}: {err}"),
    })
}

/// A request between the messages that begin and end a batch.
fn batch(subsystem: u8, seq: u32, request: &[u8]) -> Vec<u8> {
    let border = |ty: u16| {
        let mut bytes = [0; 20];
        bytes[..4].copy_from_slice(&20_u32.to_ne_bytes());
        bytes[4..6].copy_from_slice(&ty.to_ne_bytes());
        bytes[6..8].copy_from_slice(&Flags::REQUEST.bits().to_ne_bytes());
        bytes[8..12].copy_from_slice(&seq.to_ne_bytes());
        // The end of `struct nfgenmsg`: the subsystem, in network order.
        bytes[19] = subsystem;
        bytes
    };
    // NFNL_MSG_BATCH_BEGIN and NFNL_MSG_BATCH_END.
    [&border(0x10)[..], request, &border(0x11)].concat()
}

/// The index of a network interface.
pub fn link_index(name: &str) -> Option<u32> {
    let mut request = GetLink::default();
    request.attrs.ifname = Some(name.into());
    let mut buf = [0; 128];
    let mut request = request.emit(&mut buf, Header::request()).ok()?.to_vec();
    let mut found = None;
    let flags = (Flags::REQUEST | Flags::ACK).bits();
    let end = Kernel::open(0).ok()?.exchange(&mut request, flags, |message| {
        found =
            message.as_bytes().get(20..24).and_then(|bytes| bytes.try_into().ok()).map(u32::from_ne_bytes);
        Ok(())
    });
    end.ok().and(found)
}

/// The names of the network interfaces; none if the kernel does not tell them.
pub fn link_names() -> Vec<String> {
    let mut buf = [0; 128];
    let Ok(request) = GetLink::default().emit(&mut buf, Header::request()) else { return Vec::new() };
    let (mut request, mut found) = (request.to_vec(), Vec::new());
    let flags = Flags::REQUEST.bits() | GetFlags::DUMP.bits();
    let end = Kernel::open(0).and_then(|mut kernel| {
        kernel.exchange(&mut request, flags, |message| {
            found.extend(Link::parse(message).ok().and_then(|link| Some(link.ifname?.to_string())));
            Ok(())
        })
    });
    // What was told before it failed is right.
    drop(end);
    found
}

/// All generic netlink families of this kernel.
///
/// # Errors
///
/// The kernel's.
pub fn families() -> Result<Vec<Family>, Failure> {
    let mut buf = [0; 64];
    let mut w = Writer::new(&mut buf);
    let id = MessageId::Command { cmd: nl_tlv::control::genl::GETFAMILY, version: 2 };
    w.message(id, Header::request().family(CONTROLLER), |_| Ok(()))
        .map_err(|err| Failure::Other(err.to_string()))?;
    let mut request = w.finish().to_vec();
    let mut found = Vec::new();
    let flags = Flags::REQUEST.bits() | GetFlags::DUMP.bits();
    Kernel::open(GENERIC)?.exchange(&mut request, flags, |message| {
        found.extend(Family::parse(message).ok());
        Ok(())
    })?;
    Ok(found)
}

/// Tells the catalogue which numbers the families of this kernel have.
///
/// # Errors
///
/// The kernel's.
pub fn learn(catalogue: &mut Catalogue) -> Result<Vec<Family>, Failure> {
    let families = families()?;
    families.iter().for_each(|family| catalogue.set_id(family.id.0, &family.name));
    Ok(families)
}

/// The family of a name, of which there is a definition.
///
/// # Errors
///
/// Which names are similar; what to do about a family that only the kernel knows.
pub fn known_family<'c>(catalogue: &'c Catalogue, name: &str) -> Result<&'c catalogue::Family, Failure> {
    catalogue.family(name).map_err(|unknown| {
        let families = families().unwrap_or_default();
        Failure::Usage(match families.iter().find(|family| same(&family.name, name)) {
            Some(Family { name, groups, .. }) => {
                let events =
                    if groups.is_empty() { String::new() } else { format!("`nltool monitor {name}` its events, ") };
                format!(
                    "no definition of {name} is known; `nltool describe {name}` shows its operations and what this \
                     kernel accepts of it, {events}`nltool dump {name} NUMBER` and `nltool do {name} NUMBER '#TYPE=HEX'` \
                     ask by numbers, and --spec FILE reads a definition"
                )
            }
            None => unknown,
        })
    })
}

/// The policies of a generic netlink family; nothing if it does not tell them.
///
/// # Errors
///
/// The kernel's.
pub fn policies(name: &str) -> Result<Vec<PolicyEntry>, Failure> {
    let mut buf = [0; 64];
    let mut w = Writer::new(&mut buf);
    emit_get_policy(&mut w, Header::request(), name).map_err(|err| Failure::Other(err.to_string()))?;
    let mut request = w.finish().to_vec();
    let mut found = Vec::new();
    let flags = Flags::REQUEST.bits() | GetFlags::DUMP.bits();
    // A family without policies is refused, which says as much.
    Kernel::open(GENERIC)?.exchange(&mut request, flags, |message| {
        read_policies(message, |entry| found.push(entry)).map_err(|err| Failure::Other(err.to_string()))
    })?;
    Ok(found)
}
