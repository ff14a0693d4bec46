//! Finding out who holds the routing tables: the kernel module, or a peer in user space.

use super::wire::{Connection, Wire};
use nl_tlv::control::Errno;
use nl_tlv::socket::{Address, Protocol, Socket};
use nl_tlv_lab::peer::{self, Peer};
use nl_tlv_lab::rtm::PROTOCOL;
use nl_tlv_lab::rtm::peer::{PORT_ID, RtmService};
use std::fmt;
use std::io;
use std::time::Duration;

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answerer {
    /// The kernel module.
    Module,
    /// A peer that another process runs.
    Peer,
    /// A peer that this process has started.
    OwnPeer,
}

impl fmt::Display for Answerer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Module => "the kernel module",
            Self::Peer => "a peer in user space, which is running already",
            Self::OwnPeer => {
                "a peer in user space, which this process has started: its tables are gone when the process ends \
                 (`rtm serve` keeps one running)"
            }
        })
    }
}

/// How long a peer may take for an answer: clearing a table of a million routes is no matter of moments there. One that
/// has gone is noticed at once.
const PATIENCE: Duration = Duration::from_secs(30);

/// Opens the way to the module, or else to a peer: one that is running, or one of its own. Who names the number of the
/// module's protocol wants the module.
pub(crate) fn open(protocol: Option<u32>, peer: bool, dissect: bool) -> io::Result<(Connection, Answerer)> {
    let number = protocol.unwrap_or(PROTOCOL);
    if !peer && let Some(socket) = absent_is_none(Socket::open(Protocol::new(number)))? {
        return Ok((Wire::connect(socket, Address::KERNEL, dissect), Answerer::Module));
    }
    if protocol.is_some() {
        return Err(io::Error::other(format!("no module answers at netlink protocol {number}")));
    }
    let answerer = match peer::spawn(RtmService::default(), PORT_ID) {
        Ok(_) => Answerer::OwnPeer,
        Err(err) if err.kind() == io::ErrorKind::AddrInUse => Answerer::Peer,
        Err(err) => return Err(err),
    };
    let socket = Socket::open(Protocol::USERSOCK)?;
    let mut conn = Wire::connect(socket, Address::port(PORT_ID), dissect);
    conn.set_timeout(Some(PATIENCE));
    Ok((conn, answerer))
}

/// Is the peer for other processes, until interrupted.
pub(crate) fn serve() -> io::Result<()> {
    let socket = Socket::open_at(Protocol::USERSOCK, PORT_ID)
        .map_err(|err| io::Error::other(format!("no peer at port id {PORT_ID}, is one running? ({err})")))?;
    eprintln!("rtm: answering at port id {PORT_ID} of NETLINK_USERSOCK until interrupted");
    peer::serve(&socket, Peer::new(RtmService::default()))
}

/// A protocol that nobody has registered means that the module is not there.
fn absent_is_none(opened: io::Result<Socket>) -> io::Result<Option<Socket>> {
    match opened {
        Ok(socket) => Ok(Some(socket)),
        Err(err) if err.raw_os_error().and_then(Errno::new) == Some(Errno::EPROTONOSUPPORT) => Ok(None),
        Err(err) => Err(err),
    }
}
