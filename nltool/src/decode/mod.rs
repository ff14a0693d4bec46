//! `nltool decode`: captures as text, JSON or pictures.

pub mod changes;
mod json;
mod progress;
mod talk;
pub mod text;
pub mod tree;

use crate::capture::{self, Capture, Packet, UEVENT};
use crate::catalogue::{Catalogue, GENERIC};
use crate::conversation::{Context, Conversation, Exchange, Role};
use crate::error::Failure;
use crate::filter::Filter;
use crate::interfaces::Names;
use crate::paint::Ink;
use crate::picture;
use crate::picture::conversation::Talk;
use crate::verdict::Verdict;
use changes::Changes;
use nl_tlv::control::Control;
use nl_tlv::schema::MessageSchema;
use nl_tlv::{Error, Message, MessageType, Messages};
use std::borrow::Cow;
use std::fs::File;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How messages are shown, and which.
#[derive(Debug, Default, clap::Args)]
pub struct Options {
    /// One JSON object for each message
    #[arg(long, conflicts_with_all = ["tree", "svg", "picture"])]
    pub json: bool,
    /// Each message as a tree, with the offset of every attribute
    #[arg(long, short, conflicts_with_all = ["svg", "picture"])]
    pub tree: bool,
    /// The bytes of each message as a picture, in SVG
    #[arg(long, conflicts_with = "picture")]
    pub svg: bool,
    /// The bytes of each message as a picture, in text
    #[arg(long)]
    pub picture: bool,
    /// Who says what to whom as a picture, in SVG: an arrow for each datagram
    #[arg(long, conflicts_with_all = ["json", "tree", "svg", "picture"])]
    pub conversation: bool,
    /// Names of the programs in that picture, in the order in which they appear
    #[arg(long, value_name = "NAME", value_delimiter = ',', requires = "conversation")]
    pub names: Vec<String>,
    /// Show each answer of a dump, instead of how many there are
    #[arg(long, short)]
    pub all: bool,
    /// Number or name of the netlink protocol, where a capture does not say it (digits, raw messages)
    #[arg(long, value_name = "PROTOCOL", default_value = "0", value_parser = crate::cli::protocol)]
    pub protocol: u32,
    /// Longest line, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 2000)]
    pub width: usize,
    #[command(flatten)]
    pub filter: Filter,
}

/// Decodes files, or standard input if there are none.
///
/// # Errors
///
/// If a file cannot be read; the system's.
pub fn run(
    files: &[PathBuf],
    options: &Options,
    catalogue: Catalogue,
    ink: Ink,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    options.filter.check(&catalogue, &[])?;
    let mut decoder = Decoder::new(options, catalogue, ink);
    if files.is_empty() {
        if std::io::stdin().is_terminal() {
            eprintln!(
                "nltool: this reads what you type, up to Ctrl-D; `nltool decode --help` has other ways"
            );
        }
        let read = decoder.capture(Box::new(std::io::stdin()), out);
        read.map_err(|err| if decoder.tally.messages > 0 { err.partial() } else { err })?;
    }
    for path in files {
        let before = decoder.tally.messages;
        let named = |err: Failure, after: u64| {
            let err = err.about(&path.display().to_string());
            if after > before { err.partial() } else { err }
        };
        if path == Path::new("-") {
            let read = decoder.capture(Box::new(std::io::stdin()), out);
            read.map_err(|err| named(err, decoder.tally.messages))?;
            continue;
        }
        let file = File::open(path).map_err(Failure::from).map_err(|err| named(err, before))?;
        let read = decoder.capture(Box::new(progress::Watched::new(file, path)), out);
        read.map_err(|err| named(err, decoder.tally.messages))?;
    }
    let tally = decoder.tally;
    decoder.finish(out)?;
    tally.check()
}

/// What is known about the message that is shown.
pub struct Shown<'m> {
    /// The time of its packet.
    pub time: Option<Duration>,
    /// The netlink protocol.
    pub protocol: u32,
    /// The family's name, or that of the protocol.
    pub family: &'m str,
    /// Its schema, if it is known.
    pub schema: Option<&'static MessageSchema>,
    /// The schema of the request that it echoes, if it is an error message.
    pub echoed: Option<&'static MessageSchema>,
    /// The message.
    pub message: Message<'m>,
    /// What the capture shows about a message whose bytes it does not have.
    pub note: &'m str,
    /// The process, if the capture says it.
    pub process: Option<u32>,
    /// Who knows the names of interfaces, if it came just now, from this machine's kernel.
    pub names: Option<Names>,
}

impl Shown<'_> {
    /// What the message is called.
    fn title(&self) -> Cow<'static, str> {
        match self.schema {
            Some(schema) => schema.name.into(),
            None => name_of(self.protocol, self.message.as_bytes()).into(),
        }
    }

    /// What follows the headers of a message of which no schema is known.
    fn unknown(&self) -> &[u8] {
        let at = if self.protocol == GENERIC { 4 } else { 0 };
        self.message.payload().get(at..).unwrap_or_default()
    }
}

/// What a message is called of which no schema is known.
pub fn name_of(protocol: u32, message: &[u8]) -> String {
    let ty = message.get(4..6).and_then(|bytes| bytes.try_into().ok()).map_or(0, u16::from_ne_bytes);
    match message.get(16) {
        _ if MessageType(ty) < MessageType::FIRST_OF_FAMILY => format!("{:?}", MessageType(ty)),
        Some(command) if protocol == GENERIC => format!("command {command}"),
        _ => format!("message {ty}"),
    }
}

/// Shows packets, one after the other.
pub struct Decoder<'o> {
    options: &'o Options,
    catalogue: Catalogue,
    conversation: Conversation,
    ink: Ink,
    /// What is to be drawn in one document.
    drawn: Vec<Drawn>,
    /// How many messages were shown as pictures.
    pictures: usize,
    /// What is to be drawn as a conversation.
    talk: Talk,
    /// How many packets there were.
    packets: u64,
    /// The names of interfaces.
    names: Names,
    /// How much of the input could be read.
    pub tally: Tally,
    /// The objects of which only changes are shown.
    pub changes: Option<Changes>,
}

/// How much of the input could be read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Messages, and events of devices.
    messages: u64,
    /// Pieces that are something else.
    damages: u64,
}

impl Tally {
    /// Whether everything was read.
    ///
    /// # Errors
    ///
    /// How much was not.
    fn check(self) -> Result<(), Failure> {
        let pieces = |count: u64| if count == 1 { "1 piece".to_owned() } else { format!("{count} pieces") };
        match (self.messages, self.damages) {
            (_, 0) => Ok(()),
            (0, _) => Err(Failure::Other("the input has no netlink message that could be read".into())),
            (_, count) => Err(Failure::Partial(format!("{} of the input could not be read", pieces(count)))),
        }
    }
}

/// What is known of an object that an event changes, and its bytes before.
type Before = (changes::Known, Vec<u8>);

/// A message that is to be drawn.
type Drawn = (picture::Source, Vec<u8>);

/// More messages than this do not fit into one picture.
const MAX_DRAWN: usize = 200;

impl<'o> Decoder<'o> {
    /// Nothing was seen yet.
    pub fn new(options: &'o Options, catalogue: Catalogue, ink: Ink) -> Self {
        Self {
            options,
            catalogue,
            conversation: Conversation::default(),
            ink,
            drawn: Vec::new(),
            pictures: 0,
            talk: Talk::new(&options.names),
            packets: 0,
            names: Names::default(),
            tally: Tally::default(),
            changes: None,
        }
    }

    /// Shows all packets of a capture.
    ///
    /// # Errors
    ///
    /// If the capture cannot be read; the system's.
    pub fn capture(&mut self, input: Box<dyn std::io::Read>, out: &mut dyn Write) -> Result<(), Failure> {
        let mut capture: Box<dyn Capture> = capture::open(input)?;
        for read in 0_u64.. {
            let next = capture.next().map_err(|err| err.after(read));
            // What was read before the damage is shown first.
            let Some(packet) = next.inspect_err(|_| drop(self.flush(out, 0)))? else { break };
            self.packet(&packet);
            self.flush(out, 1 << 16)?;
        }
        self.flush(out, 0)
    }

    /// Writes what is ready, once it has more bytes than `limit`.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn flush(&mut self, out: &mut dyn Write, limit: usize) -> Result<(), Failure> {
        if self.ink.bytes.len() > limit {
            out.write_all(&self.ink.bytes)?;
            self.ink.bytes.clear();
        }
        Ok(())
    }

    /// Whether something was shown that is not written yet; a document is written in the end.
    pub fn has_shown(&self) -> bool {
        self.options.svg || !self.ink.bytes.is_empty()
    }

    /// Shows what remains: requests that were not answered.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn finish(mut self, out: &mut dyn Write) -> Result<(), Failure> {
        if !self.options.json && !self.is_picture() && !self.options.filter.refused {
            for exchange in std::mem::take(&mut self.conversation).rest() {
                let is_worth_it = exchange.is_shown && (exchange.is_dump || !exchange.answers.is_empty());
                if is_worth_it && !self.options.all {
                    text::folded(&mut self.ink, &exchange, None, "no end seen");
                }
            }
        }
        if self.options.svg {
            self.draw();
        }
        if self.options.conversation && self.talk.draw(&mut self.ink.bytes) > 0 {
            eprintln!("nltool: the first datagrams are drawn; filters choose others");
        }
        self.flush(out, 0)
    }

    fn draw(&mut self) {
        let pictures: Vec<_> =
            self.drawn.iter().map(|(source, bytes)| picture::Picture::new(source, bytes)).collect();
        picture::svg::document(&pictures, &mut self.ink.bytes);
        if self.pictures > MAX_DRAWN {
            eprintln!(
                "nltool: the first {MAX_DRAWN} of {} messages are drawn; filters choose others",
                self.pictures
            );
        }
    }

    fn is_picture(&self) -> bool {
        self.options.svg || self.options.picture || self.options.conversation
    }

    /// Shows a packet.
    pub fn packet(&mut self, packet: &Packet<'_>) {
        self.packets += 1;
        let protocol = packet.protocol.unwrap_or(self.options.protocol);
        if packet.is_overrun {
            self.overrun(packet, protocol);
        }
        if protocol == UEVENT || capture::is_uevent(packet.bytes) {
            return self.uevent(packet);
        }
        if protocol == GENERIC {
            self.catalogue.learn(packet.bytes);
        }
        let mut messages = Messages::new(packet.bytes);
        loop {
            let rest = messages.remainder();
            match messages.next() {
                Some(Ok(message)) => self.message(packet, protocol, message),
                Some(Err(err)) => return self.damage(packet, Some(err), rest),
                None if rest.is_empty() => return,
                None => return self.damage(packet, None, rest),
            }
        }
    }

    fn message(&mut self, packet: &Packet<'_>, protocol: u32, message: Message<'_>) {
        self.tally.messages += 1;
        let context = Context {
            protocol,
            socket: packet.socket,
            time: packet.time,
            direction: packet.direction,
            port_id: packet.port_id,
        };
        let (family, schema) = self.known(protocol, &message);
        let mut shown = Shown {
            time: packet.time,
            protocol,
            family,
            schema,
            echoed: None,
            message,
            note: packet.note,
            process: packet.process,
            names: packet.is_live.then(|| self.names.clone()),
        };
        let matches = self.options.filter.matches(family, schema, &message);
        let mut role = self.conversation.message(&context, &message);
        // An interrupted NEW request with REPLACE and EXCL has the bits of a dump.
        if let Role::Request(_) = role
            && let Some(exchange) = self.conversation.last()
        {
            exchange.schema = schema;
            exchange.is_shown = matches;
            packet.note.clone_into(&mut exchange.note);
            exchange.process = packet.process;
        }
        let before = match (&mut self.changes, &role) {
            (Some(changes), Role::Event) => changes.replace(protocol, &message),
            _ => None,
        };
        shown.echoed = self.echoed(&shown, &role);
        let is_shown = self.is_shown(&mut role, matches);
        self.count(&role, &shown);
        let unsent = packet.failure.filter(|_| matches!(role, Role::Request(_)));
        let is_refused = unsent.is_some() || is_refusal(&role, &message);
        if is_shown && (!self.options.filter.refused || is_refused) {
            self.put_with_request(packet, &shown, role, before);
        }
        if let Some((errno, exchange)) =
            unsent.and_then(|errno| Some((errno, self.conversation.take_back()?)))
            && is_shown
        {
            self.unsent(packet, &shown, errno, &exchange);
        }
    }

    /// Shows a message, before it the request that it refuses, where only these are shown.
    fn put_with_request(
        &mut self,
        packet: &Packet<'_>,
        shown: &Shown<'_>,
        role: Role,
        before: Option<Before>,
    ) {
        let request = refused_request(&role).filter(|_| self.options.filter.refused);
        if let Some(exchange) = request.filter(|_| !self.options.conversation) {
            self.request_of(packet, shown.protocol, exchange);
        }
        self.put(packet, shown, role, before);
    }

    /// The name of the family of a message, or that of the protocol, and its schema, if it is known.
    fn known(&self, protocol: u32, message: &Message<'_>) -> (&'static str, Option<&'static MessageSchema>) {
        let is_own = message.ty() < MessageType::FIRST_OF_FAMILY;
        match self.catalogue.schema(protocol, message.as_bytes()) {
            Some((family, schema)) if !is_own || protocol == GENERIC => (family.name, Some(schema)),
            _ if protocol == GENERIC => {
                let name = self.catalogue.generic_name(message.ty().0);
                (name.unwrap_or(text::protocol_name(protocol)), None)
            }
            _ => (text::protocol_name(protocol), None),
        }
    }

    /// Shows the request that was refused, before its refusal.
    fn request_of(&mut self, packet: &Packet<'_>, protocol: u32, exchange: &Exchange) {
        // One that is too long was not kept as a whole.
        let Some(Ok(message)) = Messages::new(&exchange.request).next() else { return };
        let (family, _) = self.known(protocol, &message);
        let shown = Shown {
            time: exchange.time,
            protocol,
            family,
            schema: exchange.schema,
            echoed: None,
            message,
            note: &exchange.note,
            process: exchange.process,
            names: packet.is_live.then(|| self.names.clone()),
        };
        self.put(packet, &shown, Role::Request(exchange.id), None);
    }

    /// Shows a message; `before` is what it changes, where only changes are shown.
    fn put(&mut self, packet: &Packet<'_>, shown: &Shown<'_>, role: Role, before: Option<Before>) {
        if self.options.conversation {
            talk::message(&mut self.talk, self.packets, packet, shown, &role);
        } else if self.options.svg {
            self.pictures += 1;
            if self.drawn.len() < MAX_DRAWN {
                self.drawn.push((source(shown), shown.message.as_bytes().to_vec()));
            }
        } else if let (Some((known, old)), Some(schema)) = (before, shown.schema) {
            text::change(&mut self.ink, shown, |ink| {
                known.write(schema, &old, &shown.message, ink, shown.names.as_ref());
            });
        } else {
            let decoder = Output { options: self.options, catalogue: &self.catalogue };
            decoder.show(&mut self.ink, &mut self.conversation, &mut self.pictures, shown, role);
        }
    }

    /// The schema of the request that an error message echoes.
    fn echoed(&self, shown: &Shown<'_>, role: &Role) -> Option<&'static MessageSchema> {
        let (Role::Ack(exchange) | Role::Refusal(exchange)) = role else { return None };
        let verdict = Verdict::of(shown.message.as_bytes())?;
        let known = exchange.as_ref().and_then(|exchange| exchange.schema);
        known.or_else(|| self.catalogue.schema(shown.protocol, verdict.request).map(|(_, schema)| schema))
    }

    /// Counts an answer that is folded.
    fn count(&mut self, role: &Role, shown: &Shown<'_>) {
        if let Role::Answer(at) = role
            && let Some(exchange) = self.conversation.exchange(*at)
        {
            let len = shown.message.as_bytes().len();
            match shown.schema {
                Some(schema) => exchange.count(schema.name, len),
                None => exchange.count(&shown.title(), len),
            }
        }
    }

    fn is_shown(&mut self, role: &mut Role, matches: bool) -> bool {
        match role {
            Role::Request(_) | Role::Event | Role::Orphan => matches,
            Role::Answer(at) => {
                let filter = &self.options.filter;
                let of_request = self.conversation.exchange(*at).is_some_and(|exchange| exchange.is_shown);
                matches || (of_request && filter.selection.conditions.is_empty())
            }
            Role::Last(exchange) => matches || exchange.is_shown,
            Role::Ack(exchange) | Role::Refusal(exchange) | Role::Done(exchange) => match exchange {
                Some(exchange) => exchange.is_shown,
                None => self.options.filter.is_empty(),
            },
        }
    }

    /// The system has refused to send a request.
    fn unsent(&mut self, packet: &Packet<'_>, shown: &Shown<'_>, code: i32, exchange: &Exchange) {
        if self.options.json {
            json::unsent(&mut self.ink.bytes, shown, code, exchange);
        } else if self.options.conversation {
            talk::unsent(&mut self.talk, packet, code);
        } else if !self.is_picture() {
            text::unsent(&mut self.ink, shown, code, exchange);
        }
    }

    fn overrun(&mut self, packet: &Packet<'_>, protocol: u32) {
        if self.options.json {
            json::overrun(&mut self.ink.bytes, packet, protocol);
        } else if self.options.conversation {
            talk::overrun(&mut self.talk, packet);
        } else if !self.is_picture() {
            text::overrun(&mut self.ink, packet, protocol);
        }
    }

    fn uevent(&mut self, packet: &Packet<'_>) {
        self.tally.messages += 1;
        let filter = &self.options.filter;
        let is_wanted = filter.family.iter().any(|name| name == "uevent") || filter.is_empty();
        if !is_wanted || filter.refused || self.is_picture() {
            return;
        }
        match self.options.json {
            true => json::uevent(&mut self.ink.bytes, packet),
            false => text::uevent(&mut self.ink, packet),
        }
    }

    fn damage(&mut self, packet: &Packet<'_>, err: Option<Error>, bytes: &[u8]) {
        // A program has sent it so, to find out whether somebody listens: nothing is damaged.
        let is_probe = packet.process.is_some() && packet.bytes.len() < MIN_MESSAGE;
        // Some programs send more of their buffer than they have written.
        let is_fill = bytes.len() < packet.bytes.len() && bytes.iter().all(|byte| *byte == 0);
        self.tally.damages += u64::from(!is_probe && !is_fill);
        if !self.options.filter.is_empty() || self.options.filter.refused || self.is_picture() {
            return;
        }
        match self.options.json {
            true => json::damage(&mut self.ink.bytes, packet, err, bytes),
            false if is_probe => text::probe(&mut self.ink, packet),
            false if is_fill => text::fill(&mut self.ink, packet, bytes.len()),
            false => text::damage(&mut self.ink, packet, err, bytes),
        }
    }
}

/// `NLMSG_HDRLEN`: no message has fewer bytes.
const MIN_MESSAGE: usize = 16;

/// Whether a message refuses a request, or ends a dump with an error.
fn is_refusal(role: &Role, message: &Message<'_>) -> bool {
    let failed = || matches!(Control::parse(message), Ok(Control::Done(Some(_))));
    matches!(role, Role::Refusal(_)) || (matches!(role, Role::Done(_)) && failed())
}

/// The request that was refused.
fn refused_request(role: &Role) -> Option<&Exchange> {
    match role {
        Role::Refusal(exchange) | Role::Done(exchange) => exchange.as_deref(),
        _ => None,
    }
}

/// How one message is shown.
struct Output<'d> {
    options: &'d Options,
    catalogue: &'d Catalogue,
}

impl Output<'_> {
    fn show(
        &self,
        ink: &mut Ink,
        conversation: &mut Conversation,
        pictures: &mut usize,
        shown: &Shown<'_>,
        role: Role,
    ) {
        if self.options.json {
            return json::message(&mut ink.bytes, shown, &role, conversation);
        }
        if self.options.picture {
            return self.picture(ink, pictures, shown);
        }
        let is_folded = !self.options.all
            && matches!(role, Role::Answer(_))
            && self.options.filter.selection.conditions.is_empty();
        if !is_folded {
            text::message(ink, shown, &role, conversation, self.options);
            if self.options.tree {
                tree::message(ink, shown, self.catalogue);
            }
        }
    }

    fn picture(&self, ink: &mut Ink, pictures: &mut usize, shown: &Shown<'_>) {
        let picture = picture::Picture::new(&source(shown), shown.message.as_bytes());
        if *pictures > 0 {
            ink.put("\n");
        }
        picture::text::draw(&picture, ink);
        *pictures += 1;
    }
}

/// What is known about a message that is drawn.
fn source(shown: &Shown<'_>) -> picture::Source {
    picture::Source { protocol: shown.protocol, schema: shown.schema, echoed: shown.echoed }
}

/// How long an exchange took.
fn duration(exchange: &Exchange, end: Option<Duration>) -> Option<Duration> {
    end?.checked_sub(exchange.time?)
}
