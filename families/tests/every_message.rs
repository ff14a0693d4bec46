//! Every message of every generated family: how large it is, and that random messages out of its schema, whole, cut and
//! changed, are read and emitted again.

mod messages;

use messages::each_message;
use nl_tlv::schema::{AttrSet, MessageSchema, ValueType, dissect, dissect_generic};
use nl_tlv::{
    AttrWriter, Error, ErrorKind, Header, Message, MessageId, MessageType, Messages, NlMessage, Writer,
};
use nl_tlv_testing::random;

/// A message: what describes it, its size, and what reads and emits it.
struct Subject {
    name: &'static str,
    schema: &'static MessageSchema,
    size: usize,
    again: fn(&Message<'_>) -> Result<Vec<u8>, Error>,
}

macro_rules! subjects {
    ($($family:ident :: $message:ident)*) => {
        [$(Subject {
            name: concat!(stringify!($family), "::", stringify!($message)),
            schema: nl_tlv_families::$family::$message::SCHEMAS[0],
            size: size_of::<nl_tlv_families::$family::$message>(),
            again: |message| {
                let parsed = nl_tlv_families::$family::$message::parse(message)?;
                emitted(message, |buf, header| parsed.emit(buf, header).map(<[u8]>::to_vec))
            },
        }),*]
    };
}

fn subjects() -> impl Iterator<Item = Subject> {
    each_message!(subjects).into_iter()
}

/// What is emitted under the header of a message.
fn emitted(
    message: &Message<'_>,
    emit: impl Fn(&mut [u8], Header) -> Result<Vec<u8>, Error>,
) -> Result<Vec<u8>, Error> {
    let mut buf = vec![0xa5; 2 * message.as_bytes().len() + 4096];
    let header = Header::new()
        .family(message.ty())
        .flags(message.flags())
        .seq(message.seq())
        .port_id(message.port_id());
    emit(&mut buf, header)
}

/// Reads and emits the first message of a datagram.
fn again(subject: &Subject, datagram: &[u8]) -> Option<Result<Vec<u8>, Error>> {
    let message = Messages::new(datagram).next()?.ok()?;
    Some((subject.again)(&message))
}

/// Numbers that look random and are the same each time.
struct Random(u64);

impl Random {
    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next().to_le_bytes()[3]).collect()
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 16
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next()).unwrap() % end.max(1)
    }
}

/// Messages out of the schema of a subject.
fn drawn(subject: &Subject, count: usize) -> impl Iterator<Item = Vec<u8>> {
    let mut random = Random(subject.name.bytes().map(u64::from).sum());
    (0..count).map(move |_| {
        let len = 16 << random.below(8);
        let mut bytes = random.bytes(len);
        loop {
            let drawn = random::message(subject.schema, &mut arbitrary::Unstructured::new(&bytes)).unwrap();
            // Sets that contain themselves become so large that a nest has more bytes than its length can say: out of fewer
            // numbers they become smaller.
            if drawn.len() < usize::from(u16::MAX) {
                return drawn;
            }
            assert!(!bytes.is_empty(), "{}: {} bytes out of no numbers", subject.name, drawn.len());
            bytes.truncate(bytes.len() / 2);
        }
    })
}

/// What a message has in it, without the order of its attributes.
fn contents(subject: &Subject, bytes: &[u8]) -> Vec<String> {
    let ty = Messages::new(bytes).next().unwrap().unwrap().ty();
    let family = matches!(subject.schema.id, MessageId::Command { .. }).then_some(ty);
    let shown = dissect_generic(&[subject.schema], family, bytes).to_string();
    // Behind the offset and the depth.
    let line = |line: &str| line.trim_start_matches(|c: char| c.is_numeric() || c.is_whitespace()).to_owned();
    let mut lines: Vec<String> = shown.lines().skip(1).map(line).collect();
    lines.sort();
    lines
}

#[test]
fn a_message_has_at_most_1_kib() {
    let mut sizes: Vec<_> = subjects().map(|subject| (subject.size, subject.name)).collect();
    sizes.sort_unstable();
    println!("{} messages; the largest: {:?}", sizes.len(), &sizes[sizes.len() - 5..]);
    assert!(sizes.iter().all(|(size, _)| *size <= 1024), "{sizes:?}");
}

#[test]
fn random_messages_are_read_and_emitted_again() {
    let (mut count, mut contradict, mut never) = (0, 0, Vec::new());
    for subject in subjects() {
        let mut is_drawn = false;
        for bytes in drawn(&subject, 30) {
            let once = again(&subject, &bytes).unwrap();
            // An address that contradicts the header is read, but not written.
            if once.as_ref().is_err_and(|err| err.kind() == ErrorKind::WrongFamily) {
                contradict += 1;
                continue;
            }
            let once = once.unwrap_or_else(|err| {
                panic!("{}: {err}\n{}", subject.name, dissect(&[subject.schema], &bytes))
            });
            let twice = again(&subject, &once).unwrap().unwrap();
            assert!(once == twice, "{}", subject.name);
            assert_eq!(contents(&subject, &bytes), contents(&subject, &once), "{}", subject.name);
            (count, is_drawn) = (count + 1, true);
        }
        if !is_drawn {
            never.push(subject.name);
        }
    }
    println!("{count} messages, and {contradict} that contradict their headers; never drawn: {never:?}");
    assert!(never.is_empty(), "{never:?}");
}

#[test]
fn what_is_left_of_a_damaged_message_is_read_or_refused() {
    let mut random = Random(7);
    for subject in subjects() {
        for bytes in drawn(&subject, 3) {
            // Of a long message a part, each time another one.
            for _ in 0..bytes.len().min(40) {
                let at = 16 + random.below(bytes.len() - 15);
                let mut cut = bytes[..at].to_vec();
                cut[..4].copy_from_slice(&u32::try_from(at).unwrap().to_ne_bytes());
                returns(&subject, &cut);
                let mut changed = bytes.clone();
                if let Some(byte) = changed.get_mut(at) {
                    *byte = byte.wrapping_add(random.bytes(1)[0] | 1);
                }
                returns(&subject, &changed);
            }
        }
    }
}

/// What is emitted of a message that can be read is read and emitted as the same bytes again.
fn returns(subject: &Subject, bytes: &[u8]) {
    let Some(Ok(once)) = again(subject, bytes) else { return };
    let twice = again(subject, &once).unwrap().unwrap();
    assert!(once == twice, "{}: {bytes:?}", subject.name);
}

/// The places of structs in a set and in the nests in it: the types of the attributes around each, and its own.
fn structs(
    set: &'static AttrSet,
    above: &mut Vec<u16>,
    seen: &mut Vec<&'static str>,
    found: &mut Vec<(Vec<u16>, usize)>,
) {
    if seen.contains(&set.name) {
        return;
    }
    seen.push(set.name);
    for attr in set.attrs {
        above.push(attr.ty);
        match attr.value {
            ValueType::Struct(schema) if schema.zero_extend => found.push((above.clone(), schema.len)),
            ValueType::Nested(inner) => structs(inner(), above, seen, found),
            _ => {}
        }
        above.pop();
    }
}

/// A message with one attribute, in the nests of these types.
fn with_one(schema: &MessageSchema, types: &[u16], payload: &[u8]) -> Vec<u8> {
    let (last, nests) = types.split_last().unwrap();
    let mut buf = vec![0; payload.len() + 1024];
    let mut w = Writer::new(&mut buf);
    let header = Header::request().family(MessageType(30));
    let front = vec![0; schema.contents_offset() - schema.header_offset()];
    w.message(schema.id, header, |w| {
        w.bytes(&front)?;
        nested(w, nests, &mut |w| w.put(*last, payload))
    })
    .unwrap();
    w.finish().to_vec()
}

fn nested(
    w: &mut AttrWriter<'_>,
    nests: &[u16],
    put: &mut dyn FnMut(&mut AttrWriter<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    match nests {
        [first, rest @ ..] => w.nest(*first, |w| nested(w, rest, put)),
        [] => put(w),
    }
}

#[test]
fn structs_of_other_lengths_are_read() {
    let mut count = 0;
    for subject in subjects() {
        let mut found = Vec::new();
        structs(subject.schema.attrs, &mut Vec::new(), &mut Vec::new(), &mut found);
        for (types, len) in found {
            for len in [len - 1, len / 2, 0, len, len + 4] {
                let bytes = with_one(subject.schema, &types, &vec![1; len]);
                let read = again(&subject, &bytes).unwrap();
                assert!(read.is_ok(), "{} {types:?} of {len} bytes: {read:?}", subject.name);
                count += 1;
            }
        }
    }
    println!("{count} structs");
    assert!(count > 1000);
}

#[test]
fn headers_of_other_lengths_are_read() {
    for subject in subjects() {
        let whole = with_one(subject.schema, &[0x3fff], &[]);
        for end in subject.schema.header_offset()..subject.schema.contents_offset() {
            let mut short = whole[..end].to_vec();
            short[..4].copy_from_slice(&u32::try_from(end).unwrap().to_ne_bytes());
            let read = again(&subject, &short).unwrap();
            assert!(read.is_ok(), "{}: {read:?}", subject.name);
        }
    }
}
