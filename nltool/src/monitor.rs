//! `nltool monitor`: what changes, as it happens.

use crate::capture::{Direction, Packet, pcap};
use crate::catalogue::names::same;
use crate::catalogue::{Catalogue, GENERIC};
use crate::decode::changes::{self, Changes};
use crate::decode::{Decoder, Options};
use crate::error::Failure;
use crate::json;
use crate::kernel::{self, Kernel};
use crate::paint::Ink;
use crate::request;
use nl_tlv::MessageId;
use nl_tlv::socket::{RecvError, Socket};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// What to listen to.
#[derive(Debug, clap::Args)]
pub struct Monitor {
    /// Families to listen to; all that have groups if none is given. (--family shows only some of what is heard)
    pub families: Vec<String>,
    /// Writes what arrives to a capture file too
    #[arg(long, value_name = "FILE")]
    pub pcap: Option<PathBuf>,
    /// Ends after so many messages that are shown
    #[arg(long, value_name = "NUMBER")]
    pub count: Option<u64>,
    /// Ends after so many seconds
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub seconds: Option<Duration>,
    /// Shows what has changed, instead of whole objects: of links, addresses, routes, rules, neighbours, next hops,
    /// tracked connections and rules of nftables
    #[arg(long, conflicts_with_all = ["json", "tree", "svg", "picture", "conversation"])]
    pub changed: bool,
    #[command(flatten)]
    pub options: Options,
}

/// Seconds, such as 2 or 0.5.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.ok_or_else(|| "expected a number of seconds, such as 2 or 0.5".to_owned())
}

/// What a thread has received.
enum Heard {
    Datagram { protocol: u32, time: Duration, bytes: Vec<u8> },
    Overrun { protocol: u32, time: Duration },
    Failed(Failure),
}

/// How many datagrams wait for being shown; beyond that, the kernel's queue has to hold them.
const QUEUE: usize = 4096;

/// The size of the kernel's queue that is asked for, in bytes.
const RECEIVE_BUFFER: usize = 8 << 20;

/// Listens until it is told to stop.
///
/// # Errors
///
/// If no group can be joined; the system's.
pub fn run(
    monitor: &Monitor,
    mut catalogue: Catalogue,
    ink: Ink,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    monitor.options.filter.check(&catalogue, &monitor.families)?;
    let sockets = sockets(monitor, &mut catalogue)?;
    let create = |path: &PathBuf| {
        File::create(path).map_err(|err| Failure::from(err).about(&path.display().to_string()))
    };
    let mut pcap = monitor.pcap.as_ref().map(create).transpose()?.map(BufWriter::new);
    if let Some(pcap) = &mut pcap {
        pcap::write_file_header(pcap)?;
        pcap.flush()?;
    }
    let (sender, receiver) = sync_channel(QUEUE);
    for (protocol, socket) in sockets {
        let sender = sender.clone();
        thread::spawn(move || listen(protocol, &socket, &sender));
    }
    drop(sender);
    let changes = monitor.changed.then(|| known_objects(monitor, &catalogue));
    let mut decoder = Decoder::new(&monitor.options, catalogue, ink);
    decoder.changes = changes;
    let deadline = monitor.seconds.and_then(|seconds| Instant::now().checked_add(seconds));
    let mut left = monitor.count.unwrap_or(u64::MAX);
    while left > 0 {
        let Some(heard) = next(&receiver, deadline) else { break };
        if show(heard, &mut decoder, pcap.as_mut(), out)? {
            left -= 1;
        }
    }
    decoder.finish(out)
}

/// The objects that exist, so that the first event about one can be compared with it. What the kernel does not tell is
/// learned from events.
fn known_objects(monitor: &Monitor, catalogue: &Catalogue) -> Changes {
    let mut changes = Changes::default();
    for (name, request) in changes::REQUESTS {
        let is_own = |typed: &String| catalogue.family(typed).is_ok_and(|family| family.name == name);
        let is_heard = monitor.families.is_empty() || monitor.families.iter().any(is_own);
        let schema =
            catalogue.family(name).and_then(|family| Ok((family.protocol, family.message(request)?)));
        let (true, Ok((protocol, schema))) = (is_heard, schema) else { continue };
        let (Ok(built), MessageId::Type(ty)) = (json::read::message(schema, &Json::Null), schema.id) else {
            continue;
        };
        let mut bytes = built.bytes;
        bytes[4..6].copy_from_slice(&ty.0.to_ne_bytes());
        let dumped = Kernel::open(protocol).and_then(|mut kernel| {
            kernel.exchange(&mut bytes, request::dump_flags(), |message| {
                changes.replace(protocol, message);
                Ok(())
            })
        });
        if let Err(err) = dumped {
            eprintln!("nltool: {name} cannot be dumped: {err}");
        }
    }
    changes
}

fn next(receiver: &Receiver<Heard>, deadline: Option<Instant>) -> Option<Heard> {
    match deadline {
        None => receiver.recv().ok(),
        Some(deadline) => receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok(),
    }
}

/// Whether there was something to show.
fn show(
    heard: Heard,
    decoder: &mut Decoder<'_>,
    pcap: Option<&mut BufWriter<File>>,
    out: &mut dyn Write,
) -> Result<bool, Failure> {
    match heard {
        Heard::Datagram { protocol, time, bytes } => {
            let packet = Packet {
                time: Some(time),
                protocol: Some(protocol),
                direction: Some(Direction::ToUser),
                bytes: &bytes,
                is_live: true,
                ..Packet::default()
            };
            if let Some(pcap) = pcap {
                pcap::write_packet(pcap, &packet)?;
                pcap.flush()?;
            }
            decoder.packet(&packet);
        }
        Heard::Overrun { protocol, time } => {
            decoder.packet(&Packet {
                time: Some(time),
                protocol: Some(protocol),
                is_overrun: true,
                ..Packet::default()
            });
        }
        Heard::Failed(failure) => return Err(failure),
    }
    let is_shown = decoder.has_shown();
    decoder.flush(out, 0)?;
    out.flush()?;
    Ok(is_shown)
}

fn listen(protocol: u32, socket: &Socket, sender: &SyncSender<Heard>) {
    let mut buffer = vec![0; 1 << 20];
    loop {
        let received = socket.recv(&mut buffer);
        let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let heard = match received {
            Ok((datagram, _)) => Heard::Datagram { protocol, time, bytes: datagram.to_vec() },
            Err(RecvError::Overrun | RecvError::Truncated { .. }) => Heard::Overrun { protocol, time },
            Err(RecvError::Timeout) => continue,
            Err(err) => Heard::Failed(Failure::Other(err.to_string())),
        };
        let is_last = matches!(heard, Heard::Failed(_));
        if sender.send(heard).is_err() || is_last {
            return;
        }
    }
}

/// A socket for each protocol, in all groups of the families.
fn sockets(monitor: &Monitor, catalogue: &mut Catalogue) -> Result<Vec<(u32, Socket)>, Failure> {
    let known = kernel::learn(catalogue)?;
    let mut groups: BTreeMap<u32, Vec<(String, u32)>> = BTreeMap::new();
    let mut add = |protocol: u32, family: &str, name: &str, group: u32| {
        groups.entry(protocol).or_default().push((format!("{family}.{name}"), group));
    };
    let of_kernel = |name: &str| known.iter().find(|known| same(&known.name, name));
    let all = || catalogue.families().iter().filter(|family| !family.groups.is_empty());
    let names: Vec<&str> = match monitor.families.is_empty() {
        true => all().map(|family| family.name).collect(),
        false => monitor.families.iter().map(String::as_str).collect(),
    };
    for name in names {
        match (catalogue.family(name), of_kernel(name)) {
            (Ok(family), _) if !family.is_generic() => {
                family
                    .groups
                    .iter()
                    .for_each(|(name, group)| add(family.protocol, family.name, name, *group));
            }
            // Their groups have numbers at run time only. Of some there is no definition.
            (_, Some(known)) => {
                known.groups.iter().for_each(|(name, group)| add(GENERIC, &known.name, name, *group))
            }
            (Ok(_), None) => {}
            (Err(unknown), None) => return Err(Failure::Usage(unknown)),
        }
    }
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for (protocol, groups) in groups {
        found.extend(join(protocol, &groups, &mut failures));
    }
    let end = if found.is_empty() { "" } else { "; the other groups are heard" };
    failures.iter().for_each(|failure| eprintln!("nltool: {failure}{end}"));
    match found.is_empty() {
        true => {
            let whose =
                if monitor.families.is_empty() { "any family".into() } else { monitor.families.join(", ") };
            Err(Failure::Other(format!(
                "there is no group of {whose} to listen to; `nltool families` shows the groups of each family"
            )))
        }
        false => Ok(found),
    }
}

/// A socket in as many of the groups as may be joined.
fn join(protocol: u32, groups: &[(String, u32)], failures: &mut Vec<String>) -> Option<(u32, Socket)> {
    let socket = kernel::open(protocol).map_err(|err| failures.push(err.to_string())).ok()?;
    // Without privilege the queue stays as it is.
    if socket.as_sys().set_recv_buffer(RECEIVE_BUFFER).is_err() {
        eprintln!("nltool: the receive buffer keeps its size");
    }
    let mut is_in_one = false;
    for (name, group) in groups {
        match socket.join(*group) {
            Ok(()) => is_in_one = true,
            Err(err) => failures.push(not_joined(name, &err)),
        }
    }
    is_in_one.then_some((protocol, socket))
}

/// Why a group cannot be joined, and what to do about it.
fn not_joined(name: &str, err: &io::Error) -> String {
    let why = match kernel::errno(err) {
        Some("EPERM") if name.starts_with("audit.") => {
            "this needs CAP_AUDIT_READ, outside of user namespaces".to_owned()
        }
        Some("EPERM") => {
            "this needs CAP_NET_ADMIN: run it as root, or in a namespace of your own (unshare -rn)".into()
        }
        Some("ENOENT" | "EINVAL") => "this kernel does not have the group".into(),
        _ => err.to_string(),
    };
    format!("group {name} cannot be joined: {why}")
}
