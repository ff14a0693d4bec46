//! Messages as lines of JSON: an object each.

use super::{Shown, text};
use crate::capture::Packet;
use crate::conversation::{Conversation, Exchange, Role};
use crate::flags;
use crate::guess::Split;
use crate::json::write::{self, string_to};
use crate::paint::{hex_to, number_to};
use crate::refusal::Explained;
use nl_tlv::Error;
use nl_tlv::control::Errno;
use std::io::Write;
use std::time::Duration;

/// An object that is being written.
struct Object<'o> {
    out: &'o mut Vec<u8>,
    is_empty: bool,
}

impl<'o> Object<'o> {
    fn new(out: &'o mut Vec<u8>, time: Option<Duration>) -> Self {
        out.push(b'{');
        let mut new = Self { out, is_empty: true };
        if let Some(time) = time {
            new.key("time");
            // Writing to a vector does not fail.
            drop(write!(new.out, "{}.{:09}", time.as_secs(), time.subsec_nanos()));
        }
        new
    }

    fn key(&mut self, name: &str) {
        if !std::mem::replace(&mut self.is_empty, false) {
            self.out.extend_from_slice(b", ");
        }
        string_to(self.out, name);
        self.out.extend_from_slice(b": ");
    }

    fn text(&mut self, name: &str, text: &str) {
        self.key(name);
        string_to(self.out, text);
    }

    fn number(&mut self, name: &str, number: impl Into<i128>) {
        self.key(name);
        number_to(self.out, number.into());
    }

    fn hex(&mut self, name: &str, bytes: &[u8]) {
        self.key(name);
        self.out.push(b'"');
        hex_to(self.out, bytes);
        self.out.push(b'"');
    }

    fn end(self) {
        self.out.extend_from_slice(b"}\n");
    }
}

/// A message.
pub(super) fn message(out: &mut Vec<u8>, shown: &Shown<'_>, role: &Role, conversation: &mut Conversation) {
    let mut object = Object::new(out, shown.time);
    object.text("family", shown.family);
    object.number("protocol", shown.protocol);
    if let Some(schema) = shown.schema {
        object.text("message", schema.name);
    }
    let message = &shown.message;
    object.number("type", message.ty().0);
    flags(&mut object, shown);
    object.number("seq", message.seq());
    object.number("port-id", message.port_id());
    let (role, exchange) = match role {
        Role::Request(id) => ("request", Some(*id)),
        Role::Answer(at) => ("answer", conversation.exchange(*at).map(|exchange| exchange.id)),
        Role::Last(exchange) => ("answer", Some(exchange.id)),
        Role::Orphan => ("answer", None),
        Role::Ack(exchange) => ("ack", of(exchange)),
        Role::Refusal(exchange) => {
            refusal(&mut object, shown, exchange.as_deref());
            ("refusal", of(exchange))
        }
        Role::Done(exchange) => {
            if exchange.as_ref().is_some_and(|exchange| exchange.is_interrupted) {
                object.key("interrupted");
                object.out.extend_from_slice(b"true");
            }
            ("done", of(exchange))
        }
        Role::Event => ("event", None),
    };
    object.text("role", role);
    if let Some(exchange) = exchange {
        object.number("exchange", exchange);
    }
    match shown.schema {
        _ if !shown.note.is_empty() => object.text("note", shown.note),
        Some(schema) => {
            object.key("contents");
            write::contents(schema, message.as_bytes(), object.out);
        }
        None => {
            object.hex("payload", message.payload());
            if let Some(split) = Split::new(shown.unknown()) {
                object.key("guess");
                split.write_json(object.out);
            }
        }
    }
    object.end();
}

fn of(exchange: &Option<Box<Exchange>>) -> Option<u64> {
    exchange.as_ref().map(|exchange| exchange.id)
}

fn flags(object: &mut Object<'_>, shown: &Shown<'_>) {
    object.key("flags");
    object.out.push(b'[');
    let bits = shown.message.flags().bits();
    let names = if bits == 0 { String::new() } else { flags::names(bits, shown.message.ty(), shown.schema) };
    for (i, name) in names.split('|').filter(|name| !name.is_empty()).enumerate() {
        object.out.extend_from_slice(if i == 0 { b"" } else { b", " });
        string_to(object.out, name);
    }
    object.out.push(b']');
}

fn refusal(object: &mut Object<'_>, shown: &Shown<'_>, exchange: Option<&Exchange>) {
    let (schema, request) = exchange.map_or((None, &[][..]), |exchange| (exchange.schema, &exchange.request));
    let Some(explained) = Explained::of_message(&shown.message, schema, request) else { return };
    object.number("error", explained.code);
    object.text("errno", &explained.errno);
    let texts = [("path", explained.path), ("missing", explained.missing), ("text", explained.text)];
    for (name, text) in texts {
        if let Some(text) = text {
            object.text(name, &text);
        }
    }
}

/// The system has refused to send a request.
pub(super) fn unsent(out: &mut Vec<u8>, shown: &Shown<'_>, code: i32, exchange: &Exchange) {
    let mut object = Object::new(out, shown.time);
    object.text("family", shown.family);
    object.number("protocol", shown.protocol);
    object.number("error", code);
    object.text("errno", Errno::new(code).and_then(Errno::name).unwrap_or_default());
    object.text("role", "unsent");
    object.number("exchange", exchange.id);
    object.end();
}

/// The receiver's queue was full.
pub(super) fn overrun(out: &mut Vec<u8>, packet: &Packet<'_>, protocol: u32) {
    let mut object = Object::new(out, packet.time);
    object.text("family", text::protocol_name(protocol));
    object.number("protocol", protocol);
    object.text("role", "overrun");
    object.end();
}

/// A device event.
pub(super) fn uevent(out: &mut Vec<u8>, packet: &Packet<'_>) {
    let mut object = Object::new(out, packet.time);
    object.text("family", "uevent");
    object.number("protocol", crate::capture::UEVENT);
    object.text("role", "event");
    let mut parts = packet.bytes.split(|byte| *byte == 0).filter(|part| !part.is_empty());
    object.text("title", &String::from_utf8_lossy(parts.next().unwrap_or_default()));
    object.key("contents");
    let mut contents = Object { out: object.out, is_empty: true };
    contents.out.push(b'{');
    for part in parts {
        let part = String::from_utf8_lossy(part);
        if let Some((name, value)) = part.split_once('=') {
            contents.text(name, value);
        }
    }
    contents.out.push(b'}');
    object.end();
}

/// Bytes that are not messages.
pub(super) fn damage(out: &mut Vec<u8>, packet: &Packet<'_>, err: Option<Error>, bytes: &[u8]) {
    let mut object = Object::new(out, packet.time);
    object.text("role", "damage");
    object.text("text", &err.map_or_else(|| "trailing bytes".to_owned(), |err| err.to_string()));
    object.hex("payload", &bytes[..bytes.len().min(4096)]);
    object.end();
}
