//! A requester: sends, and says what came back in terms of the protocol.

use super::object::{Object, Route, Table};
use crate::harness::{Bench, PATIENCE, Reply, Speaker};
use crate::{Outcome, Target, ensure};
use nl_tlv::control::Control;
use nl_tlv::schema::{MessageSchema, Path, locate};
use nl_tlv::socket::Address;
use nl_tlv::{
    AttrType, AttrWriter, Error, Flags, GetFlags, Header, MessageType, NewFlags, NlMessage, Repeat,
};
use nl_tlv::{MessageId, Writer};
use nl_tlv_lab::peer;
use nl_tlv_lab::rtm::peer::RtmService;
use nl_tlv_lab::rtm::{NextHop, RouteGet, RouteNew, TableGet, TableNew, uapi};
use std::cell::Cell;
use std::fs;

/// A socket, and the sequence number of its next request.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) speaker: Speaker,
    seq: Cell<u32>,
}

/// A refusal, as far as the protocol says what it is.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) errno: u32,
    /// The attribute that it names; `no …` if that is missing; empty if it names none.
    pub(crate) place: String,
    /// What it says.
    pub(crate) text: String,
}

/// A dump, to its end.
#[derive(Debug)]
pub(crate) struct Dumped<T> {
    pub(crate) objects: Vec<T>,
    pub(crate) datagrams: usize,
    /// The flags that all of its messages have, and those that some have.
    pub(crate) flags: (Flags, Flags),
}

/// A request and its sequence number.
pub(crate) type Request = (Vec<u8>, u32);

impl Client {
    pub(crate) fn new(bench: &Bench) -> Result<Self, String> {
        bench.speaker().map(Self::of)
    }

    /// One that uses this socket.
    pub(crate) fn of(speaker: Speaker) -> Self {
        Self { speaker, seq: Cell::new(100) }
    }

    /// One whose answerer has limits: so many tables, and so many routes in all of them.
    pub(crate) fn limited(bench: &Bench, tables: usize, routes: usize) -> Result<(Self, Limits), String> {
        if bench.target() == Target::Module {
            let limits = Limits([Limits::set("max_tables", tables)?, Limits::set("max_routes", routes)?]);
            return Ok((Self::new(bench)?, limits));
        }
        let peer = peer::spawn(RtmService::with_limits(tables, routes), 0).map_err(|err| err.to_string())?;
        let speaker = bench.speaker_to(Address::port(peer.port_id))?;
        Ok((Self::of(speaker), Limits::default()))
    }

    /// A request with exactly these flags beside `REQUEST`.
    pub(crate) fn request(&self, message: &impl NlMessage, flags: impl Into<Flags>) -> Request {
        self.write(flags.into(), |w, header| message.emit_into(w, header))
    }

    /// The same with attributes that no definition has.
    pub(crate) fn request_of(
        &self,
        ty: u16,
        flags: Flags,
        fill: impl Fn(&mut AttrWriter<'_>) -> Result<(), Error>,
    ) -> Request {
        self.write(flags, |w, header| w.message(MessageId::Type(MessageType(ty)), header, &fill))
    }

    fn write(&self, flags: Flags, emit: impl Fn(&mut Writer<'_>, Header) -> Result<(), Error>) -> Request {
        self.seq.set(self.seq.get() + 1);
        let mut buf = vec![0xa5; 4096];
        loop {
            let mut w = Writer::new(&mut buf);
            match emit(&mut w, Header::request().flags(flags).seq(self.seq.get())) {
                Ok(()) => return (w.as_bytes().to_vec(), self.seq.get()),
                Err(err) if err.needed().is_some() => buf.resize(2 * buf.len(), 0xa5),
                Err(err) => unreachable!("the scenario's own request: {err}"),
            }
        }
    }

    /// Everything that a request causes on this socket.
    pub(crate) fn ask(&self, (bytes, seq): &Request) -> Result<Vec<Reply>, String> {
        let replies = self.speaker.ask(bytes)?;
        for reply in &replies {
            let message = reply.message();
            let found = (message.seq(), message.port_id());
            ensure!(
                found == (*seq, self.speaker.port_id()),
                "an answer with sequence number and port {found:?}"
            );
        }
        Ok(replies)
    }

    /// Makes a request that must be acknowledged, and nothing else.
    pub(crate) fn ok(&self, message: &impl NlMessage, flags: impl Into<Flags>) -> Outcome {
        let replies = self.ask(&self.request(message, flags.into() | Flags::ACK))?;
        ensure!(replies.len() == 1, "{} answers, expected an ACK: {replies:?}", replies.len());
        expect_ack(&replies[0])
    }

    /// Makes a request that must be refused, and says how.
    pub(crate) fn refused(
        &self,
        message: &impl NlMessage,
        flags: impl Into<Flags>,
    ) -> Result<Refusal, String> {
        self.refusal_of(&self.request(message, flags))
    }

    /// The same of a request that is written already.
    pub(crate) fn refusal_of(&self, request: &Request) -> Result<Refusal, String> {
        let replies = self.ask(request)?;
        ensure!(replies.len() == 1, "{} answers, expected a refusal: {replies:?}", replies.len());
        Refusal::read(&replies[0], &request.0)
    }

    /// Makes a request that must be answered with one object, and then with an ACK.
    pub(crate) fn get<T: Object>(&self, message: &impl NlMessage) -> Result<T, String> {
        let replies = self.ask(&self.request(message, Flags::ACK))?;
        ensure!(replies.len() == 2, "{} answers, expected an object and an ACK: {replies:?}", replies.len());
        let object = replies[0].message();
        ensure!(object.ty().0 == T::TYPE && object.flags().is_empty(), "{object:?}");
        expect_ack(&replies[1])?;
        T::read(&object)
    }

    /// Creates tables.
    pub(crate) fn create(&self, names: &[&str]) -> Outcome {
        names.iter().try_for_each(|name| self.ok(&TableNew { name }, NewFlags::CREATE))
    }

    /// Adds a route.
    pub(crate) fn add(&self, table: &str, dst: &str, hops: &[NextHop<'_>]) -> Outcome {
        self.ok(&new(table, dst, hops), NewFlags::CREATE)
    }

    /// A table, as it is shown.
    pub(crate) fn table(&self, name: &str) -> Result<Table, String> {
        self.get(&TableGet { name: Some(name) })
    }

    /// A route, as it is shown.
    pub(crate) fn route(&self, table: &str, dst: &str) -> Result<Route, String> {
        let dst = Some(super::object::prefix(dst));
        self.get(&RouteGet { table: Some(table), dst, lookup: None })
    }

    pub(crate) fn dump_tables(&self) -> Result<Dumped<Table>, String> {
        self.dump(&TableGet { name: None })
    }

    /// The routes of all tables or of one.
    pub(crate) fn dump_routes(&self, table: Option<&str>) -> Result<Dumped<Route>, String> {
        self.dump(&RouteGet { table, ..RouteGet::default() })
    }

    fn dump<T: Object>(&self, message: &impl NlMessage) -> Result<Dumped<T>, String> {
        let (bytes, seq) = self.request(message, GetFlags::DUMP);
        self.speaker.send(&bytes)?;
        self.finish_dump(seq, Vec::new())
    }

    /// Reads a dump to its end, of which some messages have been read already.
    pub(crate) fn finish_dump<T: Object>(&self, seq: u32, first: Vec<Reply>) -> Result<Dumped<T>, String> {
        let mut dumped = Dumped {
            objects: Vec::new(),
            datagrams: usize::from(!first.is_empty()),
            flags: (Flags::all(), Flags::empty()),
        };
        let mut replies = first;
        loop {
            for reply in &replies {
                let message = reply.message();
                ensure!(
                    (message.seq(), message.port_id()) == (seq, self.speaker.port_id()),
                    "in a dump: {message:?}"
                );
                dumped.flags.0 &= message.flags();
                dumped.flags.1 |= message.flags();
                if message.ty() == MessageType::DONE {
                    ensure!(message.payload() == [0; 4], "the end of a dump has {:?}", message.payload());
                    ensure!(self.speaker.ask(&[])?.is_empty(), "something came behind the end of a dump");
                    return Ok(dumped);
                }
                ensure!(message.ty().0 == T::TYPE, "in a dump: {message:?}");
                dumped.objects.push(T::read(&message)?);
            }
            replies = self.speaker.receive_datagram(PATIENCE)?;
            dumped.datagrams += 1;
        }
    }
}

/// What the module's limits were before they were set; they are so again when this is dropped.
#[derive(Debug, Default)]
pub(crate) struct Limits([String; 2]);

impl Limits {
    fn set(name: &str, limit: usize) -> Result<String, String> {
        let path = format!("/sys/module/rtm/parameters/{name}");
        let before = fs::read_to_string(&path).map_err(|err| format!("{path}: {err}"))?;
        fs::write(&path, limit.to_string()).map_err(|err| format!("{path}: {err}"))?;
        Ok(before)
    }
}

impl Drop for Limits {
    fn drop(&mut self) {
        for (name, before) in ["max_tables", "max_routes"].iter().zip(&self.0) {
            if let Ok(limit) = before.trim().parse()
                && let Err(err) = Self::set(name, limit)
            {
                println!("# the limit could not be set again: {err}");
            }
        }
    }
}

impl Refusal {
    pub(crate) fn read(reply: &Reply, request: &[u8]) -> Result<Self, String> {
        let message = reply.message();
        let Ok(Control::Error(verdict)) = Control::parse(&message) else {
            return Err(format!("expected a refusal, found {message:?}"));
        };
        let errno = verdict.errno().ok_or("an ACK where a refusal was expected")?.get();
        let ext_ack = verdict.ext_ack();
        let text = ext_ack.message.unwrap_or_default().to_owned();
        ensure!(!text.is_empty(), "error {errno} without a text");
        let missing = ext_ack.missing_type.and_then(|ty| u16::try_from(ty).ok()).map(AttrType::new);
        let place = match (schema_of(request), missing, ext_ack.offset) {
            (Some(schema), Some(ty), None) => {
                let nest = ext_ack.missing_nest.map(|nest| locate(schema, request, nest));
                format!("no {}", nest.unwrap_or_else(|| Path::new(schema)).join(ty))
            }
            (Some(schema), None, Some(offset)) => locate(schema, request, offset).to_string(),
            (_, None, None) => String::new(),
            (schema, ..) => return Err(format!("{ext_ack:?} of {:?}", schema.map(|schema| schema.name))),
        };
        Ok(Self { errno, place, text })
    }

    /// Expects an errno, a place and a text: the same of whoever answers.
    pub(crate) fn expect(&self, errno: u32, place: &str, text: &str) -> Outcome {
        ensure!(
            (self.errno, self.place.as_str(), self.text.as_str()) == (errno, place, text),
            "expected error {errno} at {place:?}: {text:?}, found {self:?}"
        );
        Ok(())
    }
}

fn schema_of(request: &[u8]) -> Option<&'static MessageSchema> {
    let ty = nl_tlv::Messages::new(request).next()?.ok()?.ty();
    uapi::RTM.requests.iter().copied().find(|schema| schema.id == ty.into())
}

pub(crate) fn expect_ack(reply: &Reply) -> Outcome {
    match Control::parse(&reply.message()) {
        Ok(Control::Error(verdict)) if verdict.is_ack() => Ok(()),
        _ => Err(match reply.refusal() {
            Ok((errno, text)) => format!("refused with error {errno}: {text}"),
            Err(_) => format!("expected an ACK, found {:?}", reply.message()),
        }),
    }
}

/// A request for a route.
pub(crate) fn new<'a>(table: &'a str, dst: &str, hops: &'a [NextHop<'a>]) -> RouteNew<'a> {
    RouteNew { table, dst: super::object::prefix(dst), nexthop: Repeat::new(hops), metric: None }
}

/// What the kernel's policies say.
pub(crate) const FAILED: &str = "Attribute failed policy validation";
pub(crate) const NUMBER_RANGE: &str = "integer out of range";
pub(crate) const BINARY_RANGE: &str = "binary attribute size out of range";
pub(crate) const UNSUPPORTED: &str = "Unsupported attribute";
pub(crate) const UNKNOWN: &str = "Unknown attribute type";
pub(crate) const NO_NESTED: &str = "NLA_F_NESTED is missing";
pub(crate) const NESTED: &str = "NLA_F_NESTED not expected";
pub(crate) const LENGTH: &str = "invalid attribute length";
pub(crate) const LEFTOVER: &str = "bytes leftover after parsing attributes";

/// What both ends say of a name that is none.
pub(crate) const NO_NAME: &str = "name is not 1 to 31 graphic ASCII characters, then NULs";

pub(crate) const ENOENT: u32 = 2;
pub(crate) const EBUSY: u32 = 16;
pub(crate) const EEXIST: u32 = 17;
pub(crate) const EINVAL: u32 = 22;
pub(crate) const ENOSPC: u32 = 28;
pub(crate) const ERANGE: u32 = 34;
pub(crate) const ENOTEMPTY: u32 = 39;
pub(crate) const EOPNOTSUPP: u32 = 95;
/// The literal of the protocol for a table that exists.
pub(crate) const TABLE_EXISTS: u32 = 100;
