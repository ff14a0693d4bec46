//! Messages as lines for people.
//!
//! ```text
//! #4  12:00:00.000410  rt-route   → Route ACK|CREATE|EXCL dst_len 24 dst 10.1.0.0
//! #4  12:00:00.000420             ✗ EEXIST (File exists)
//! ```

use super::{Options, Shown, duration};
use crate::capture::Packet;
use crate::conversation::{Conversation, Exchange, Role};
use crate::flags;
use crate::guess;
use crate::line;
use crate::paint::{Ink, Style, hex_to};
use crate::refusal::Explained;
use nl_tlv::control::{Control, Errno, ExtAck};
use nl_tlv::value::NlStr;
use nl_tlv::{Error, Message};
use std::time::Duration;

/// The name of a netlink protocol.
pub fn protocol_name(protocol: u32) -> &'static str {
    const NAMES: [&str; 32] = [
        "route",
        "unused",
        "usersock",
        "firewall",
        "sock-diag",
        "nflog",
        "xfrm",
        "selinux",
        "iscsi",
        "audit",
        "fib-lookup",
        "connector",
        "netfilter",
        "ip6-fw",
        "dnrtmsg",
        "uevent",
        "generic",
        "protocol 17",
        "scsi-transport",
        "ecryptfs",
        "rdma",
        "crypto",
        "smc",
        "protocol 23",
        "protocol 24",
        "protocol 25",
        "protocol 26",
        "protocol 27",
        "protocol 28",
        "protocol 29",
        "protocol 30",
        "protocol 31",
    ];
    let at = usize::try_from(protocol).unwrap_or(usize::MAX);
    NAMES.get(at).copied().unwrap_or("unknown")
}

/// What a line begins with: the number of the exchange, the time, the family, the process.
fn start(ink: &mut Ink, id: Option<u64>, time: Option<Duration>, family: &str, process: Option<u32>) {
    ink.begin(Style::Faint);
    match id {
        Some(id) => ink.print(format_args!("{:<6}", format!("#{id}"))),
        None => ink.put("      "),
    }
    if let Some(time) = time {
        self::time(ink, time);
        ink.put("  ");
    }
    if let Some(process) = process {
        ink.print(format_args!("{process:<7} "));
    }
    ink.end(Style::Faint);
    ink.print(format_args!("{family:<9} "));
}

/// The time of day, UTC.
pub fn time(ink: &mut Ink, time: Duration) {
    let seconds = time.as_secs() % 86_400;
    let two = |ink: &mut Ink, number: u64| {
        ink.put(if number < 10 { "0" } else { "" });
        ink.number(number.into());
    };
    two(ink, seconds / 3600);
    ink.put(":");
    two(ink, seconds / 60 % 60);
    ink.put(":");
    two(ink, seconds % 60);
    ink.print(format_args!(".{:06}", time.subsec_micros()));
}

/// A message.
pub(super) fn message(
    ink: &mut Ink,
    shown: &Shown<'_>,
    role: &Role,
    conversation: &mut Conversation,
    options: &Options,
) {
    let id = match role {
        Role::Request(id) => Some(*id),
        Role::Answer(at) => conversation.exchange(*at).map(|exchange| exchange.id),
        Role::Last(exchange) => Some(exchange.id),
        Role::Ack(exchange) | Role::Refusal(exchange) | Role::Done(exchange) => {
            exchange.as_ref().map(|exchange| exchange.id)
        }
        Role::Event | Role::Orphan => None,
    };
    match role {
        Role::Done(Some(exchange)) => done(ink, shown, exchange),
        _ => {
            let is_answer = !matches!(role, Role::Request(_)) && id.is_some();
            start(ink, id, shown.time, if is_answer { "" } else { shown.family }, shown.process);
            match role {
                Role::Request(_) => request(ink, shown, options),
                Role::Answer(_) | Role::Last(_) => with_contents(ink, shown, ("← ", Style::Good), options),
                Role::Orphan => {
                    with_contents(ink, shown, ("← ", Style::Good), options);
                    ink.paint(Style::Faint, NOT_CAPTURED);
                }
                Role::Event => {
                    with_contents(ink, shown, ("∙ ", Style::Event), options);
                    cause(ink, shown);
                }
                Role::Ack(exchange) => ack(ink, shown, exchange.as_deref()),
                Role::Refusal(exchange) => refusal(ink, shown, exchange.as_deref()),
                Role::Done(_) => end_of_dump(ink, &shown.message),
            }
            ink.put("\n");
        }
    }
}

/// An event of which only a part is shown.
pub(super) fn change(ink: &mut Ink, shown: &Shown<'_>, what: impl FnOnce(&mut Ink)) {
    start(ink, None, shown.time, shown.family, shown.process);
    ink.paint(Style::Event, "∙ ");
    title(ink, shown);
    what(ink);
    cause(ink, shown);
    ink.put("\n");
}

fn request(ink: &mut Ink, shown: &Shown<'_>, options: &Options) {
    ink.paint(Style::Name, "→ ");
    title(ink, shown);
    let flags = shown.message.flags().bits() & !1;
    if flags != 0 {
        ink.put(" ");
        ink.begin(Style::Faint);
        ink.put(&flags::names(flags, shown.message.ty(), shown.schema));
        ink.end(Style::Faint);
    }
    contents(ink, shown, options);
}

fn with_contents(ink: &mut Ink, shown: &Shown<'_>, (sign, style): (&str, Style), options: &Options) {
    ink.paint(style, sign);
    title(ink, shown);
    contents(ink, shown, options);
}

/// Whose request an event follows, where the kernel says so; while the process lives, its name.
fn cause(ink: &mut Ink, shown: &Shown<'_>) {
    let port_id = shown.message.port_id();
    if port_id == 0 || shown.protocol == crate::catalogue::GENERIC {
        return;
    }
    ink.begin(Style::Faint);
    ink.print(format_args!(" (by port id {port_id}"));
    // A port id is the process id of most programs, and of the first socket of others.
    // Of an old capture nobody is asked: the process has gone, and another one may have its number.
    let name = || std::fs::read(format!("/proc/{port_id}/comm")).ok();
    let name = if shown.names.is_some() { name() } else { None };
    if let Some(name) = name {
        ink.print(format_args!(", {}", NlStr::from(name.trim_ascii_end())));
    }
    ink.put(")");
    ink.end(Style::Faint);
}

fn title(ink: &mut Ink, shown: &Shown<'_>) {
    ink.paint(Style::Message, &shown.title());
}

fn contents(ink: &mut Ink, shown: &Shown<'_>, options: &Options) {
    match shown.schema {
        _ if !shown.note.is_empty() => {
            ink.put(" ");
            ink.print(NlStr::new(shown.note));
        }
        Some(schema) => {
            line::contents(schema, shown.message.as_bytes(), ink, options.width, shown.names.as_ref());
        }
        None if !shown.unknown().is_empty() => guess::message(ink, shown.unknown(), options.width),
        None => {}
    }
}

fn ack(ink: &mut Ink, shown: &Shown<'_>, exchange: Option<&Exchange>) {
    ink.paint(Style::Good, "✓ acknowledged");
    if let Some(exchange) = exchange {
        answers(ink, exchange);
        took(ink, exchange, shown.time);
    }
    let explained = Explained::of_message(&shown.message, None, &[]);
    if let Some(text) = explained.and_then(|explained| explained.text) {
        ink.print(format_args!(": {}", NlStr::new(&text)));
    }
}

fn refusal(ink: &mut Ink, shown: &Shown<'_>, exchange: Option<&Exchange>) {
    let (schema, request) = exchange.map_or((None, &[][..]), |exchange| (exchange.schema, &exchange.request));
    ink.begin(Style::Bad);
    match Explained::of_message(&shown.message, schema, request) {
        Some(explained) => ink.print(format_args!("✗ {explained}")),
        None => ink.put("✗ refused, and the refusal is cut"),
    }
    ink.end(Style::Bad);
    if exchange.is_none() {
        ink.paint(Style::Faint, NOT_CAPTURED);
    }
}

/// What is said about an answer that stands alone.
const NOT_CAPTURED: &str = " (the request was not captured)";

/// The system has refused to send a request.
pub(super) fn unsent(ink: &mut Ink, shown: &Shown<'_>, code: i32, exchange: &Exchange) {
    start(ink, Some(exchange.id), shown.time, "", shown.process);
    ink.paint(Style::Bad, &format!("✗ not sent: {}\n", errno_words(code)));
}

/// An error by its name, with what it means.
pub(super) fn errno_words(code: i32) -> String {
    let errno = Errno::new(code);
    let name = errno.and_then(Errno::name).map_or_else(|| format!("error {code}"), str::to_owned);
    errno.and_then(Errno::description).map_or(name.clone(), |meaning| format!("{name} ({meaning})"))
}

fn done(ink: &mut Ink, shown: &Shown<'_>, exchange: &Exchange) {
    folded(ink, exchange, shown.time, "done");
    if let Ok(Control::Done(Some(errno))) = Control::parse(&shown.message) {
        let explained =
            Explained::of(Some(errno), &ExtAck::of(&shown.message), exchange.schema, &exchange.request);
        start(ink, Some(exchange.id), shown.time, "", shown.process);
        ink.begin(Style::Bad);
        ink.print(format_args!("✗ the dump ended with {explained}\n"));
        ink.end(Style::Bad);
    }
}

/// What was answered to a dump, in one line.
pub(super) fn folded(ink: &mut Ink, exchange: &Exchange, time: Option<Duration>, end: &str) {
    start(ink, Some(exchange.id), time, "", None);
    ink.paint(Style::Good, "← ");
    ink.put(end);
    answers(ink, exchange);
    took(ink, exchange, time);
    if exchange.is_interrupted {
        ink.paint(
            Style::Bad,
            " ! interrupted: objects changed while they were dumped, so the list may be wrong",
        );
    }
    ink.put("\n");
}

fn answers(ink: &mut Ink, exchange: &Exchange) {
    for (i, (name, count)) in exchange.answers.iter().enumerate() {
        ink.put(if i == 0 { ": " } else { ", " });
        ink.print(format_args!("{count} × {name}"));
    }
    if exchange.len > 0 {
        ink.paint(Style::Faint, &format!(" ({} bytes)", exchange.len));
    }
}

fn took(ink: &mut Ink, exchange: &Exchange, end: Option<Duration>) {
    if let Some(took) = duration(exchange, end) {
        ink.paint(Style::Faint, &format!(" in {:.3} ms", took.as_secs_f64() * 1000.0));
    }
}

fn end_of_dump(ink: &mut Ink, message: &Message<'_>) {
    ink.paint(Style::Good, "← ");
    ink.put("end of a dump");
    if let Ok(Control::Done(Some(errno))) = Control::parse(message) {
        ink.print(format_args!(": {}", errno.name().unwrap_or("error")));
    }
}

/// The receiver's queue was full.
pub(super) fn overrun(ink: &mut Ink, packet: &Packet<'_>, protocol: u32) {
    start(ink, None, packet.time, protocol_name(protocol), packet.process);
    ink.paint(Style::Bad, "! messages were lost here: the receiver's queue was full (ENOBUFS)");
    ink.put("\n");
}

/// A device event: its text.
pub(super) fn uevent(ink: &mut Ink, packet: &Packet<'_>) {
    start(ink, None, packet.time, "uevent", packet.process);
    ink.paint(Style::Event, "∙ ");
    let mut parts = packet.bytes.split(|byte| *byte == 0).filter(|part| !part.is_empty());
    if let Some(title) = parts.next() {
        ink.begin(Style::Message);
        ink.print(title.escape_ascii());
        ink.end(Style::Message);
    }
    for part in parts {
        ink.put(" ");
        match part.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ') {
            true => ink.print(part.escape_ascii()),
            false => hex_to(&mut ink.bytes, part),
        }
    }
    ink.put("\n");
}

/// A datagram that is shorter than a message.
pub(super) fn probe(ink: &mut Ink, packet: &Packet<'_>) {
    start(ink, None, packet.time, "", packet.process);
    let len = packet.bytes.len();
    let unit = if len == 1 { "byte" } else { "bytes" };
    ink.paint(Style::Faint, &format!("a probe of {len} {unit}\n"));
}

/// Zeros behind messages.
pub(super) fn fill(ink: &mut Ink, packet: &Packet<'_>, len: usize) {
    start(ink, None, packet.time, "", packet.process);
    let zeros = if len == 1 { "1 byte of zeros".to_owned() } else { format!("{len} bytes of zeros") };
    ink.paint(Style::Faint, &format!("{zeros} behind it, which the kernel skips\n"));
}

/// Bytes that are not messages.
pub(super) fn damage(ink: &mut Ink, packet: &Packet<'_>, err: Option<Error>, bytes: &[u8]) {
    start(ink, None, packet.time, "", packet.process);
    ink.begin(Style::Bad);
    match err {
        Some(err) => ink.print(format_args!("! {err}: ")),
        None => ink.put("! trailing bytes: "),
    }
    hex_to(&mut ink.bytes, &bytes[..bytes.len().min(64)]);
    ink.put(if bytes.len() > 64 { " .." } else { "" });
    ink.end(Style::Bad);
    ink.put("\n");
}
