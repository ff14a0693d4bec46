//! Lets every memory allocation of a request fail, one after the other, and looks at what the module makes of it.
//!
//! ```text
//! write 3 to /proc/thread-self/fail-nth ─ send ─ receive ─ read it back: 0 if a third allocation was there, and failed
//! ```
//!
//! Whatever fails: the requester gets an answer or an error, a request that was refused changed nothing, a subscriber
//! gets the event or `ENOBUFS`, and the next request is served as if nothing had been. That the kernel's log stays
//! empty is for others to see. Needs root and a kernel with fault injection: `cargo xtask e2e --sanitize`. Prints TAP.

use nl_tlv::control::{Control, Errno};
use nl_tlv::socket::{Address, Connection, Protocol, RecvError, Socket};
use nl_tlv::{
    Error, Flags, GetFlags, Header, Message, MessageId, MessageType, Messages, NewFlags, NlMessage, Repeat,
    Writer,
};
use nl_tlv_lab::greet::{self, Greeting, Hello};
use nl_tlv_lab::rtm::{
    self, NextHop, Prefix, RouteDel, RouteGet, RouteNew, TableClear, TableDel, TableGet, TableNew,
};
use std::fs::{File, OpenOptions};
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::fs::FileExt;
use std::process::ExitCode;

/// More allocations than any request makes.
const LIMIT: u32 = 1000;

/// Bytes for all that a request leads to: nothing may be allocated in this program while allocations fail.
const ARENA: usize = 1 << 20;

/// The socket's own, because it is part of some answers.
const PORT_ID: u32 = 0x0fa1_1000;

/// A text that makes a greeting too long.
const TOO_LONG: [u8; greet::TEXT_MAX + 1] = [b'x'; greet::TEXT_MAX + 1];

type Failure<T> = Result<T, String>;

/// A request, and what is done around it.
#[derive(Debug)]
struct Walk {
    name: &'static str,
    protocol: Protocol,
    request: Vec<u8>,
    /// What has to be there before.
    prepare: Vec<Vec<u8>>,
    /// Brings back what was before, and is refused if there is nothing to bring back.
    restore: Option<Vec<u8>>,
    /// Brings back what was before, in any case.
    reset: Option<Vec<u8>>,
}

impl Walk {
    fn new(name: &'static str, protocol: Protocol, request: Vec<u8>) -> Self {
        Self { name, protocol, request, prepare: Vec::new(), restore: None, reset: None }
    }

    fn prepare(mut self, requests: &[&[u8]]) -> Self {
        self.prepare = requests.iter().map(|request| request.to_vec()).collect();
        self
    }

    fn reset(mut self, request: &[u8]) -> Self {
        self.reset = Some(request.to_vec());
        self
    }

    fn restore(mut self, request: &[u8]) -> Self {
        self.restore = Some(request.to_vec());
        self
    }

    /// Walks; gives the number of allocations that failed.
    fn run(&self, counter: &Counter, listeners: &[Socket], arena: &mut [u8]) -> Failure<u32> {
        for request in &self.prepare {
            self.exchange(request, None, arena)?;
        }
        for listener in listeners {
            collect(listener, arena);
        }
        let healthy = self.once(None, listeners, arena)?;
        let settled = self.once(None, listeners, arena)?;
        ensure(settled == healthy, || format!("twice the same: {healthy:?}, then {settled:?}"))?;
        for nth in 1..LIMIT {
            let found = self.once(Some((counter, nth)), listeners, arena)?;
            ensure(found.is_like(&healthy), || {
                format!("allocation {nth} failed: {found:?} instead of {healthy:?}")
            })?;
            if !found.injected {
                ensure(nth > 1, || "no allocation could be made to fail".into())?;
                let after = self.once(None, listeners, arena)?;
                ensure(after == healthy, || format!("afterwards {after:?} instead of {healthy:?}"))?;
                return Ok(nth - 1);
            }
        }
        Err(format!("no end after {LIMIT} allocations"))
    }

    /// The request, what subscribers saw of it, and back to what was before.
    fn once(&self, failing: Option<(&Counter, u32)>, listeners: &[Socket], arena: &mut [u8]) -> Failure<Led> {
        let mut led = self.exchange(&self.request, failing, arena)?;
        led.events = listeners.iter().map(|listener| collect(listener, arena).shape.len()).collect();
        if let Some(request) = &self.restore {
            let restored = self.exchange(request, None, arena)?;
            led.did = Some(restored.errors().next().is_none());
        }
        if let Some(request) = &self.reset {
            self.exchange(request, None, arena)?;
        }
        for listener in listeners {
            collect(listener, arena);
        }
        Ok(led)
    }

    fn exchange(&self, request: &[u8], failing: Option<(&Counter, u32)>, arena: &mut [u8]) -> Failure<Led> {
        let socket = Socket::open_at(self.protocol, PORT_ID).map_err(|err| format!("open: {err}"))?;
        if let Some((counter, nth)) = failing {
            counter.arm(nth).map_err(|err| format!("fail-nth: {err}"))?;
        }
        let sent = socket.send_to(request, Address::KERNEL);
        let received = receive(&socket, arena);
        let injected = match failing {
            Some((counter, _)) => counter.disarm().map_err(|err| format!("fail-nth: {err}"))?,
            None => false,
        };
        let mut led = received.map_err(|err| format!("receive: {err}"))?.read(arena);
        led.injected = injected;
        led.unsent = sent.err().and_then(|err| err.raw_os_error());
        Ok(led)
    }
}

/// The kernel's countdown for this thread: the allocation that brings it to 0 fails.
#[derive(Debug)]
struct Counter(File);

impl Counter {
    fn open() -> io::Result<Self> {
        OpenOptions::new().read(true).write(true).open("/proc/thread-self/fail-nth").map(Self)
    }

    fn arm(&self, nth: u32) -> io::Result<()> {
        self.0.write_all_at(nth.to_string().as_bytes(), 0)
    }

    /// Whether an allocation has failed.
    fn disarm(&self) -> io::Result<bool> {
        let mut text = [0; 16];
        let len = self.0.read_at(&mut text, 0)?;
        self.0.write_all_at(b"0", 0)?;
        Ok(text[..len].trim_ascii() == b"0")
    }
}

/// Where the received datagrams end in the arena, and whether some are missing.
#[derive(Debug)]
struct Received {
    len: usize,
    overrun: bool,
}

/// All that is there, without waiting: the kernel has answered before `send` returns.
fn receive(socket: &Socket, arena: &mut [u8]) -> Result<Received, RecvError> {
    let mut received = Received { len: 0, overrun: false };
    loop {
        match socket.try_recv(&mut arena[received.len..]) {
            // The next one begins aligned, as if it was the next message of one datagram.
            Ok((datagram, _)) => received.len += datagram.len().next_multiple_of(4),
            Err(RecvError::Overrun) => received.overrun = true,
            Err(RecvError::Timeout) => return Ok(received),
            Err(err) => return Err(err),
        }
    }
}

impl Received {
    fn read(&self, arena: &[u8]) -> Led {
        let messages = Messages::new(&arena[..self.len]).map_while(Result::ok);
        Led {
            shape: messages.map(|message| (message.ty(), errno(&message))).collect(),
            overrun: self.overrun,
            ..Led::default()
        }
    }
}

/// What a listener has; one that is told of a loss has one thing more.
fn collect(listener: &Socket, arena: &mut [u8]) -> Led {
    match receive(listener, arena) {
        Ok(received) => {
            let mut led = received.read(arena);
            led.shape.extend(received.overrun.then_some((MessageType::OVERRUN, None)));
            led
        }
        Err(_) => Led::default(),
    }
}

/// What a message refuses with: that of an `NLMSG_ERROR`, or of the end of a dump.
fn errno(message: &Message<'_>) -> Option<Errno> {
    match Control::parse(message) {
        Ok(Control::Error(verdict)) => verdict.errno(),
        Ok(Control::Done(errno)) if message.flags().contains(Flags::MULTI) => errno,
        _ => None,
    }
}

/// What a request led to.
#[derive(Clone, Debug, Default, PartialEq)]
struct Led {
    /// An allocation failed.
    injected: bool,
    /// What `send` failed with.
    unsent: Option<i32>,
    /// The answers' types and what they refuse with.
    shape: Vec<(MessageType, Option<Errno>)>,
    /// The socket says that an answer was lost.
    overrun: bool,
    /// How many things each subscriber got.
    events: Vec<usize>,
    /// Whether the request did something, where that can be told.
    did: Option<bool>,
}

impl Led {
    fn errors(&self) -> impl Iterator<Item = i32> + '_ {
        self.unsent
            .into_iter()
            .chain(self.shape.iter().filter_map(|(_, errno)| Some(-errno.as_ref()?.to_wire())))
    }

    /// Whether this may come of a failed allocation, where the other is what comes of none.
    fn is_like(&self, healthy: &Self) -> bool {
        let same = self.shape == healthy.shape && self.unsent.is_none() && !self.overrun;
        if !self.injected || same {
            return same && self.events == healthy.events && self.did == healthy.did;
        }
        let no_memory = [Errno::ENOMEM, Errno::ENOBUFS].map(|errno| -errno.to_wire());
        let refused = self.errors().any(|error| no_memory.contains(&error));
        // An answer that got lost leaves open whether something was done.
        let nothing_done =
            self.overrun || self.did != Some(true) && self.events.iter().all(|&count| count == 0);
        (refused && nothing_done) || self.overrun
    }
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Failure<()> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

fn emitted(message: &impl NlMessage, header: Header) -> Vec<u8> {
    let mut buf = [0; 2048];
    match message.emit(&mut buf, header.seq(1)) {
        Ok(bytes) => bytes.to_vec(),
        Err(err) => unreachable!("the buffer is large enough: {err}"),
    }
}

/// A message with a payload that the protocol does not have.
fn raw(ty: impl Into<MessageId>, header: Header, payload: &[u8]) -> Result<Vec<u8>, Error> {
    let mut buf = [0; 2048];
    let mut w = Writer::new(&mut buf);
    w.message(ty.into(), header.seq(1), |w| w.bytes(payload))?;
    Ok(w.as_bytes().to_vec())
}

fn ack() -> Header {
    Header::request().flags(Flags::REQUEST | Flags::ACK)
}

fn greet_walks() -> Result<Vec<Walk>, Error> {
    let greet = Protocol::new(greet::PROTOCOL);
    let text = b"Hello, how are you?";
    Ok(vec![
        Walk::new("greeting", greet, emitted(&Greeting { text }, ack())),
        Walk::new("greeting that wants no answer", greet, emitted(&Greeting { text }, Header::request())),
        Walk::new("greeting that is too long", greet, raw(Greeting::SCHEMAS[0].id, ack(), &TOO_LONG)?),
        Walk::new("no-op", greet, raw(MessageType::NOOP, ack(), &[])?),
        Walk::new("unknown message", greet, raw(MessageType(99), ack(), &[])?),
    ])
}

fn family_walks(id: MessageType) -> Result<Vec<Walk>, Error> {
    let walk = |name, request| Walk::new(name, Protocol::GENERIC, request);
    let header = ack().family(id);
    Ok(vec![
        walk("hello", emitted(&Hello { text: b"Hello" }, header)),
        walk("hello without a text", raw(id, header, &[1, 1, 0, 0])?),
    ])
}

fn rtm_walks() -> Vec<Walk> {
    let walk = |name, request| Walk::new(name, Protocol::new(rtm::PROTOCOL), request);
    let name = "fail";
    let dst = Prefix { addr: IpAddr::V4(Ipv4Addr::new(10, 1, 1, 0)), len: 24 };
    let (create, dump) = (ack().flags(NewFlags::CREATE), Header::request().flags(GetFlags::DUMP));
    let route = |oif, flags: NewFlags| {
        let hops = [NextHop { gateway: None, oif: Some(oif), weight: None }];
        let new = RouteNew { table: name, dst, nexthop: Repeat::from(&hops), metric: None };
        emitted(&new, ack().flags(flags))
    };
    let get = |dst, lookup| RouteGet { table: Some(name), dst, lookup };
    let (table, no_table) = (&emitted(&TableNew { name }, create), &emitted(&TableDel { name }, ack()));
    let (there, gone) = (&route("eth0", NewFlags::CREATE), &emitted(&RouteDel { table: name, dst }, ack()));
    let with_route = |walk: Walk| walk.prepare(&[table, there]);
    vec![
        walk("table new", table.clone()).restore(no_table),
        walk("table del", no_table.clone()).prepare(&[table]).restore(table),
        with_route(walk("table get", emitted(&TableGet { name: Some(name) }, Header::request()))),
        with_route(walk("table dump", emitted(&TableGet { name: None }, dump))),
        with_route(walk("table clear", emitted(&TableClear { name }, ack()))).restore(there),
        walk("route new", there.clone()).prepare(&[table, gone]).restore(gone),
        walk("route append or new", route("eth0", NewFlags::CREATE | NewFlags::APPEND))
            .prepare(&[table, gone])
            .restore(gone),
        with_route(walk("route append", route("eth1", NewFlags::APPEND)))
            .reset(&route("eth0", NewFlags::REPLACE)),
        with_route(walk("route replace", route("eth1", NewFlags::REPLACE))),
        with_route(walk("route new that exists", there.clone())),
        with_route(walk("route get", emitted(&get(Some(dst), None), Header::request()))),
        with_route(walk(
            "route lookup",
            emitted(&get(None, Some(Ipv4Addr::new(10, 1, 1, 9).into())), Header::request()),
        )),
        with_route(walk("route dump", emitted(&RouteGet::default(), dump))),
        with_route(walk("route dump of a table", emitted(&get(None, None), dump))),
        with_route(walk("route del", gone.clone())).restore(there),
        walk("table del that is not there", no_table.clone()).prepare(&[no_table]),
    ]
}

/// Everything that can be walked here, and who listens.
fn everything() -> Result<(Vec<Walk>, Vec<Socket>), Box<dyn std::error::Error>> {
    let family = Connection::open(Protocol::GENERIC)?.resolve(greet::FAMILY)?;
    let mut walks = greet_walks()?;
    walks.extend(family_walks(family.id)?);
    let events = family.group(greet::FAMILY_GROUP).ok_or("the family has no events")?;
    let mut groups = vec![(Protocol::new(greet::PROTOCOL), greet::GROUP_EVENTS), (Protocol::GENERIC, events)];
    if Socket::open(Protocol::new(rtm::PROTOCOL)).is_ok() {
        walks.extend(rtm_walks());
        groups.extend(
            [rtm::GROUP_TABLES, rtm::GROUP_ROUTES].map(|group| (Protocol::new(rtm::PROTOCOL), group)),
        );
    } else {
        println!("# rtm is not loaded: only greet");
    }
    let mut listeners = Vec::new();
    for (protocol, group) in groups {
        let listener = Socket::open(protocol)?;
        listener.join(group)?;
        listeners.push(listener);
    }
    Ok((walks, listeners))
}

fn main() -> ExitCode {
    let counter = Counter::open().map_err(|err| format!("no fault injection here: {err}"));
    let everything = everything().map_err(|err| err.to_string());
    let ((walks, listeners), counter) = match everything.and_then(|found| Ok((found, counter?))) {
        Ok(found) => found,
        Err(err) => {
            println!("Bail out! {err}");
            return ExitCode::FAILURE;
        }
    };
    println!("1..{}", walks.len());
    let (mut failures, mut arena, mut passed) = (0, vec![0xa5; ARENA], true);
    for (walk, number) in walks.iter().zip(1..) {
        match walk.run(&counter, &listeners, &mut arena) {
            Ok(count) => {
                failures += count;
                println!("ok {number} - {}: each of its {count} allocations may fail", walk.name);
            }
            Err(err) => {
                passed = false;
                println!("not ok {number} - {}\n# {err}", walk.name);
            }
        }
    }
    println!("# {failures} allocations failed, in {} requests", walks.len());
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
