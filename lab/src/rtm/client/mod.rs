//! The client's side of RTM: finding out who holds the routing tables, the kernel module or a peer in user space.

mod wire;

use super::PROTOCOL;
use super::peer::{PORT_ID, RtmService};
use crate::peer::{self, Peer};
use nl_tlv::control::Errno;
use nl_tlv::socket::{Address, Protocol, Socket};
use std::fmt;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
pub use wire::{Connection, Wire};

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answerer {
    /// The kernel module.
    Module,
    /// A peer that another process runs.
    Peer,
    /// A peer that this program has started, in a process of its own.
    StartedPeer,
}

impl fmt::Display for Answerer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Module => "the kernel module",
            Self::Peer => "a peer in user space, which is running already",
            Self::StartedPeer => {
                "a peer in user space, which has been started and ends after five minutes without a request \
                 (`rtm serve` keeps one running)"
            }
        })
    }
}

/// How long a peer may take for an answer: clearing a table of a million routes is no matter of moments there. One that
/// has gone is noticed at once.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a peer that was started for a command stays for the next one.
const IDLE: &str = "300";

/// Opens the way to the module, or else to a peer: one that is running, or one that it starts. Who names the number of
/// the module's protocol wants the module.
///
/// # Errors
///
/// If neither can be had; the system's.
pub fn open(protocol: Option<u32>, peer: bool, dissect: bool) -> io::Result<(Connection, Answerer)> {
    let number = protocol.unwrap_or(PROTOCOL);
    if !peer && let Some(socket) = absent_is_none(Socket::open(Protocol::new(number)))? {
        return Ok((Wire::connect(socket, Address::KERNEL, dissect), Answerer::Module));
    }
    if protocol.is_some() {
        return Err(io::Error::other(format!(
            "no module answers at netlink protocol {number}; without --protocol, a peer in user space does"
        )));
    }
    let answerer = if is_peer_running()? { Answerer::Peer } else { start_peer()? };
    let socket = Socket::open(Protocol::USERSOCK)?;
    let mut conn = Wire::connect(socket, Address::port(PORT_ID), dissect);
    conn.set_timeout(Some(PATIENCE));
    Ok((conn, answerer))
}

/// Whether a process answers at the peer's port id.
fn is_peer_running() -> io::Result<bool> {
    // Too short for a message, so a peer drops it.
    match Socket::open(Protocol::USERSOCK)?.send_to(&[0; 4], Address::port(PORT_ID)) {
        Ok(()) => Ok(true),
        Err(err) if err.kind() == io::ErrorKind::ConnectionRefused => Ok(false),
        Err(err) => Err(err),
    }
}

/// Starts a peer in a process of its own, which the next commands find, and waits until it answers.
fn start_peer() -> io::Result<Answerer> {
    let mut peer = Command::new(std::env::current_exe()?);
    peer.args(["serve", "--idle", IDLE]).process_group(0);
    peer.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let deadline = Instant::now() + PATIENCE;
    while !is_peer_running()? {
        if Instant::now() > deadline {
            return Err(io::Error::other("the peer that was started does not answer"));
        }
        thread::sleep(Duration::from_millis(2));
    }
    Ok(Answerer::StartedPeer)
}

/// Is the peer for other processes, until interrupted, or until there was no request for so long.
///
/// # Errors
///
/// If a peer is running already; the system's.
pub fn serve(idle: Option<Duration>) -> io::Result<()> {
    let socket = Socket::open_at(Protocol::USERSOCK, PORT_ID)?;
    eprintln!("rtm: answering at port id {PORT_ID} of NETLINK_USERSOCK until interrupted");
    peer::serve(&socket, Peer::new(RtmService::default()), idle)
}

/// A protocol that nobody has registered means that the module is not there.
fn absent_is_none(opened: io::Result<Socket>) -> io::Result<Option<Socket>> {
    match opened {
        Ok(socket) => Ok(Some(socket)),
        Err(err) if err.raw_os_error().and_then(Errno::new) == Some(Errno::EPROTONOSUPPORT) => Ok(None),
        Err(err) => Err(err),
    }
}
