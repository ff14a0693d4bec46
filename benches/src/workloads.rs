//! The jobs, each with the contenders that can do it, checked against one another and ready to be timed.

use core::fmt::{Debug, Write};
use core::hint::black_box;

use nl_tlv::schema::dissect;
use nl_tlv::{Error, Message, Messages};

use crate::contenders::{self, Contender, EmitFn, Kind, ReadFn};
use crate::data::{self, Dump};
use crate::mixed;
use crate::records::{Named, RouteRequest};
use crate::watch;

/// One job. Running an entry once handles `messages` messages of `bytes` bytes in all.
pub struct Workload {
    /// What the tables call it.
    pub name: &'static str,
    /// How many messages one run handles.
    pub messages: usize,
    /// How many bytes they are.
    pub bytes: usize,
    /// The contenders and what each of them runs.
    pub entries: Vec<Entry>,
}

impl Debug for Workload {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Workload { name, messages, bytes, entries } = self;
        write!(f, "{name}: {messages} messages, {bytes} bytes, {} contenders", entries.len())
    }
}

/// A contender's name and one run of the whole job.
pub type Entry = (&'static str, Box<dyn FnMut()>);

/// All jobs: those that read, then the one that writes.
pub fn all() -> Vec<Workload> {
    let mut workloads = parse();
    workloads.extend([emit(), emit_nests()]);
    workloads.extend(mixed());
    workloads
}

/// The jobs that read a dump.
pub fn parse() -> Vec<Workload> {
    vec![
        walk("route walk", data::routes, Kind::Route),
        typed("route typed", data::routes, |contender| contender.routes),
        typed("route mixed", data::mixed_routes, |contender| contender.routes),
        walk("link walk", data::links, Kind::Link),
        typed("link typed", data::links, |contender| contender.links),
        walk("genl walk", data::families, Kind::Family),
        typed("genl typed", data::families, |contender| contender.families),
        typed("nests read", nests, |contender| contender.nests),
    ]
}

/// Sums up all attributes, whatever they are.
fn walk(name: &'static str, dump: fn() -> Dump, kind: Kind) -> Workload {
    let pick = |contender: &Contender| contender.walk;
    read(name, dump, contenders(pick), move |walk, bytes| walk(bytes, kind))
}

/// Sums up typed fields.
fn typed<T: Debug + PartialEq + Default + 'static>(
    name: &'static str,
    dump: fn() -> Dump,
    pick: fn(&Contender) -> Option<ReadFn<T>>,
) -> Workload {
    read(name, dump, contenders(pick), |read, bytes| read(bytes))
}

/// Those who can do a job, with the function that does it.
fn contenders<F>(pick: impl Fn(&Contender) -> Option<F>) -> Vec<(&'static str, F)> {
    contenders::all().iter().filter_map(|contender| Some((contender.name, pick(contender)?))).collect()
}

/// Makes a reading job: everybody has to find in each message, and in the whole dump, what the first one finds.
fn read<F: Copy + 'static, T: Debug + PartialEq + Default + 'static>(
    name: &'static str,
    dump: fn() -> Dump,
    contenders: Vec<(&'static str, F)>,
    run: impl Fn(F, &[u8]) -> Option<T> + Copy + 'static,
) -> Workload {
    let dump = dump();
    let (reference, function) = contenders[0];
    for bytes in dump.iter().chain([&dump.bytes[..]]) {
        let expected = run(function, bytes).expect("the captured bytes are sound");
        assert_ne!(expected, T::default(), "{name}: {reference} found nothing");
        for (contender, function) in &contenders {
            assert_eq!(run(*function, bytes).as_ref(), Some(&expected), "{name}: {contender}");
        }
    }
    let (messages, bytes) = (dump.messages.len(), dump.bytes.len());
    let mut entries = vec![memcpy(dump.bytes.clone())];
    entries.extend(contenders.into_iter().map(|(contender, function)| -> Entry {
        let bytes = dump.bytes.clone();
        let run = move || {
            black_box(run(black_box(function), black_box(&bytes)));
        };
        (contender, Box::new(run))
    }));
    Workload { name, messages, bytes, entries }
}

/// The floor: only moves the bytes.
fn memcpy(bytes: Vec<u8>) -> Entry {
    let mut target = vec![0; bytes.len()];
    let copy = move || {
        target.copy_from_slice(black_box(&bytes));
        black_box(&mut target);
    };
    ("memcpy", Box::new(copy))
}

/// Bytes of one route request.
const REQUEST: usize = 68;

/// Writes a thousand route requests into one buffer that is used again for each.
pub fn emit() -> Workload {
    let requests: Vec<_> = (0..1000).map(request).collect();
    let contenders = contenders(|contender| contender.emit);
    let reference = contenders[0].1;
    for request in &requests {
        let written = |emit: EmitFn| {
            let mut buffer = vec![0xa5; 256];
            let len = emit(&mut buffer, core::slice::from_ref(request))?;
            Some(in_any_order(buffer.get(..len)?))
        };
        let expected = written(reference).expect("there is room");
        assert_eq!(expected.concat().len(), REQUEST);
        for (contender, emit) in &contenders {
            assert_eq!(written(*emit).as_ref(), Some(&expected), "emit: {contender}");
        }
    }
    let (messages, bytes) = (requests.len(), requests.len() * REQUEST);
    let entries = contenders.into_iter().map(|(contender, emit)| -> Entry {
        let (mut buffer, requests) = (vec![0; 256], requests.clone());
        let run = move || {
            black_box(black_box(emit)(&mut buffer, black_box(&requests)));
        };
        (contender, Box::new(run))
    });
    Workload { name: "emit route", messages, bytes, entries: entries.collect() }
}

/// The headers of a request and its attributes, all of eight bytes, whatever order the contender's type has them in.
fn in_any_order(request: &[u8]) -> Vec<Vec<u8>> {
    let (headers, attrs) = request.split_at(28);
    let mut parts: Vec<_> = attrs.chunks(8).map(<[u8]>::to_vec).collect();
    parts.sort_unstable();
    parts.insert(0, headers.to_vec());
    parts
}

/// A thousand names and numbers, the names of all lengths that names of interfaces and families have, and longer ones.
pub fn names() -> Vec<Named> {
    let mut state = 1u32;
    let mut next = move |below: u32| {
        state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        (state >> 16) % below
    };
    let named = |id| {
        // As in a system: many of up to 15 bytes, few longer ones.
        let len = if next(4) == 0 { 1 + next(39) } else { 1 + next(15) };
        let mut name = [0; 40];
        name.iter_mut().take(len as usize).for_each(|byte| *byte = b'a' + next(26) as u8);
        Named { id, len, name }
    };
    (0..1000).map(named).collect()
}

/// The message that holds them, several times.
pub fn nests() -> Dump {
    let mut buffer = vec![0; NESTS_ROOM];
    let emit = contenders::by_hand()[0].emit_nests.expect("the reference takes part");
    let len = emit(&mut buffer, &names()).expect("there is room");
    buffer.truncate(len);
    Dump { bytes: buffer.repeat(10), messages: (0..10).map(|n| n * len..(n + 1) * len).collect() }
}

/// More than the message of nests takes.
const NESTS_ROOM: usize = 65_536;

/// Writes a message with a thousand nests.
pub fn emit_nests() -> Workload {
    let names = names();
    let contenders = contenders(|contender| contender.emit_nests);
    let written = |emit: fn(&mut Vec<u8>, &[Named]) -> Option<usize>| {
        let mut buffer = vec![0xa5; NESTS_ROOM];
        let len = emit(&mut buffer, &names).expect("there is room");
        buffer.truncate(len);
        buffer
    };
    let expected = written(contenders[0].1);
    for (contender, emit) in &contenders {
        assert!(written(*emit) == expected, "nests emit: {contender}");
    }
    let (messages, bytes) = (names.len(), expected.len());
    let entries = contenders.into_iter().map(|(contender, emit)| -> Entry {
        let (mut buffer, names) = (vec![0; NESTS_ROOM], names.clone());
        let run = move || {
            black_box(black_box(emit)(&mut buffer, black_box(&names)));
        };
        (contender, Box::new(run))
    });
    Workload { name: "nests emit", messages, bytes, entries: entries.collect() }
}

/// One job of one contender, to be run without the others.
pub struct Job {
    /// How many messages it handles.
    pub messages: usize,
    /// Does it once; whether the bytes were accepted.
    pub run: Box<dyn FnMut() -> bool>,
}

impl Debug for Job {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} messages", self.messages)
    }
}

/// The job of this name, if there is one and the contender takes part in it.
pub fn job(name: &str, contender: &Contender) -> Option<Job> {
    let walk =
        |dump, kind| Some(alone(dump, contender.walk?, move |walk, bytes| walk(bytes, kind).is_some()));
    match name {
        "route walk" => walk(data::routes(), Kind::Route),
        "link walk" => walk(data::links(), Kind::Link),
        "genl walk" => walk(data::families(), Kind::Family),
        "route typed" => Some(alone(data::routes(), contender.routes?, |read, bytes| read(bytes).is_some())),
        "route mixed" => {
            Some(alone(data::mixed_routes(), contender.routes?, |read, bytes| read(bytes).is_some()))
        }
        "nests read" => {
            let job = alone(nests(), contender.nests?, |read, bytes| read(bytes).is_some());
            Some(Job { messages: job.messages * 1000, ..job })
        }
        "nests emit" => {
            let (emit, names) = (contender.emit_nests?, names());
            let (mut buffer, messages) = (vec![0; NESTS_ROOM], names.len());
            let run = move || emit(&mut buffer, black_box(&names)).is_some();
            Some(Job { messages, run: Box::new(run) })
        }
        "watch events" if contender.name == "nl-tlv" => {
            let mut watch = watch::start(watch::connection());
            Some(Job { messages: 1000, run: Box::new(move || watch::follow(&mut watch, 1000)) })
        }
        "dissect routes" if contender.name == "nl-tlv" => Some(dissected(data::routes())),
        "dissect links" if contender.name == "nl-tlv" => Some(dissected(data::links())),
        "link typed" => Some(alone(data::links(), contender.links?, |read, bytes| read(bytes).is_some())),
        "genl typed" => {
            Some(alone(data::families(), contender.families?, |read, bytes| read(bytes).is_some()))
        }
        "emit route" => {
            let (emit, mut buffer) = (contender.emit?, vec![0; 256]);
            let requests: Vec<_> = (0..1000).map(request).collect();
            let messages = requests.len();
            let run = move || emit(&mut buffer, black_box(&requests)).is_some();
            Some(Job { messages, run: Box::new(run) })
        }
        "mixed emit" | "mixed parse" | "mixed text" if contender.name == "nl-tlv" => {
            let job = mixed().into_iter().find(|job| job.name == name)?;
            let (_, mut run) = job.entries.into_iter().next()?;
            let repeated = move || {
                (0..100).for_each(|_| run());
                true
            };
            Some(Job { messages: 100, run: Box::new(repeated) })
        }
        _ => None,
    }
}

fn alone<F: Copy + 'static>(dump: Dump, function: F, run: impl Fn(F, &[u8]) -> bool + 'static) -> Job {
    let run = move || run(black_box(function), black_box(&dump.bytes));
    Job { messages: dump.messages.len(), run: Box::new(run) }
}

/// A dump as text, with the names of the small structs.
fn dissected(dump: Dump) -> Job {
    let (messages, mut text) = (dump.messages.len(), String::new());
    let run = move || {
        text.clear();
        write!(text, "{}", dissect(&contenders::nl_tlv::SCHEMAS, black_box(&dump.bytes))).is_ok()
    };
    Job { messages, run: Box::new(run) }
}

/// The message of 304 bytes, written and read by nl-tlv alone: what others take for it is known from elsewhere.
fn mixed() -> [Workload; 3] {
    let mut bytes = [0xa5; mixed::LEN];
    let len = mixed::emit(&mut bytes, 1).expect("there is room").len();
    assert_eq!(len, mixed::LEN);
    let mut buffer = bytes;
    let emit = move || {
        let written = mixed::emit(black_box(&mut buffer), black_box(7));
        black_box(written.is_ok_and(|bytes| bytes.len() == mixed::LEN));
    };
    let workload = |name, run: Box<dyn FnMut()>| Workload {
        name,
        messages: 1,
        bytes: mixed::LEN,
        entries: vec![("nl-tlv", run)],
    };
    [
        workload("mixed emit", Box::new(emit)),
        workload("mixed parse", Box::new(read_alone(bytes, mixed::parse))),
        workload("mixed text", Box::new(read_alone(bytes, mixed::parse_text))),
    ]
}

/// Reads the message of 304 bytes.
fn read_alone(bytes: [u8; mixed::LEN], parse: impl Fn(&Message<'_>) -> Result<u64, Error>) -> impl FnMut() {
    move || {
        let message = Messages::new(black_box(&bytes)).next();
        let sum = message.expect("one").and_then(|message| parse(&message));
        assert_eq!(sum, Ok(mixed::SUM));
    }
}

/// The `n`th route to ask for.
pub fn request(n: u32) -> RouteRequest {
    let [_, _, high, low] = n.to_be_bytes();
    RouteRequest {
        seq: n + 1,
        dst: u32::from_ne_bytes([10, high, low, 0]),
        gateway: u32::from_ne_bytes([192, 0, 2, 1 + low % 16]),
        oif: 2 + n % 3,
        table: 254,
        priority: 100 + n % 5,
        dst_len: 24,
    }
}
