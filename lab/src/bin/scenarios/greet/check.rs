//! Our validator beside the kernel's own: the same attributes, and the same verdict, errno, text and offset.

use crate::harness::{Bench, PATIENCE};
use crate::{Outcome, Scenario, ensure};
use nl_tlv::control::Control;
use nl_tlv::schema::{AttrSet, Strictness, ValueType, validate_attrs};
use nl_tlv::socket::{Address, Connection, Protocol, RequestError, Socket};
use nl_tlv::value::{Bitfield32, Headed};
use nl_tlv::{Attr, Attrs, Flags, Header, MessageType, Messages, NlAttrs, NlMessage, Writer};
use nl_tlv_lab::check::{self, Check, Checked, CheckedBehind, CheckedNest, Read, ReadKind, ReadValue};
use std::time::Instant;

/// The scenarios of this file.
pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario::module(
        "CHECK and our validator agree on each type, length and value in each mode",
        "a peer has no kernel policy",
        each_attribute,
    ),
    Scenario::module(
        "CHECK and our validator agree on random attributes, nested and damaged",
        "a peer has no kernel policy",
        random_attributes,
    ),
    Scenario::module(
        "READ takes each form of a value from our client, nests and others, under the generated policy",
        "a peer has no kernel policy",
        each_form,
    ),
    Scenario::module("CHECK is for the privileged alone", "a peer sees no capabilities", privileged),
];

/// [`Read`] of anything.
#[derive(NlMessage, Clone, Copy, Debug)]
#[nl(cmd = 2)]
struct RawRead<'a> {
    #[nl(attr = 1)]
    kind: u8,
    #[nl(attr = 2)]
    value: Attr<'a>,
}

/// Where the attributes to check lie in the request: behind the headers, MODE, and the header of ATTRS.
const START: u32 = 16 + 4 + 8 + 4;

/// What is sent in one datagram: as many ACKs as these fit a receive buffer.
const BATCH: usize = 64;

const NESTED: u16 = 0x8000;

/// Every type that the set has, 0, the one that it leaves out, and one beyond; alone behind a good attribute.
fn each_attribute(_: &Bench) -> Outcome {
    let mut cases = Vec::new();
    let mut add = |ty, payload: &[u8], modes: &[u32]| {
        let attrs = [attr(1, &[7]), attr(ty, payload)].concat();
        cases.extend(modes.iter().map(|mode| (*mode, attrs.clone())));
    };
    for ty in 0..=43 {
        lengths().iter().for_each(|payload| add(ty, payload, &[0, 2, 4, 8, 0x1f]));
        numbers().iter().for_each(|payload| add(ty, payload, &[0, 0x1f]));
        nests().iter().for_each(|payload| add(ty | NESTED, payload, &[0, 8, 16, 0x1f]));
    }
    Checker::new()?.compare(&cases)
}

fn random_attributes(_: &Bench) -> Outcome {
    let set = <Checked<'_> as NlAttrs>::SCHEMA;
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut cases: Vec<_> = (0..12).flat_map(|depth| [(0, chain(depth)), (0x1f, chain(depth))]).collect();
    cases.extend((0..random_cases()).map(|_| {
        let mode = if dice.roll(2) == 0 { 0x1f } else { dice.roll(0x20) };
        (mode, dice.damaged(set))
    }));
    Checker::new()?.compare(&cases)
}

/// A strict family reads what `emit` writes, whichever form it is; and what is wrong in a form is refused by its table.
fn each_form(_: &Bench) -> Outcome {
    let mut conn = Connection::generic(check::FAMILY).map_err(|err| err.to_string())?;
    let nest = CheckedNest { u32: Some(7), string: Some("in it"), ..CheckedNest::default() };
    let header = Bitfield32 { value: 1, selector: 1 };
    let headed = Headed { header, contents: CheckedBehind { u32: Some(9) } };
    for (kind, value) in [
        (ReadKind::Number, ReadValue::Number(5)),
        (ReadKind::Text, ReadValue::Text("hello!")),
        (ReadKind::Nest, ReadValue::Nest(nest)),
        (ReadKind::Headed, ReadValue::Headed(headed)),
    ] {
        conn.request(&Read { kind, value }).map_err(|err| format!("{kind:?}: {err}"))?;
    }
    for (kind, nla_type, payload, text) in [
        (1, 2, [1_u8, 2, 3].as_slice(), "invalid attribute length"),
        (2, 2, b"no NUL", "Attribute failed policy validation"),
        (3, 2 | NESTED, &attr(1, &[0; 4]), "NLA_F_NESTED not expected"),
        (3, 2, &attr(1, &[0; 3]), "invalid attribute length"),
        (3, 2, &attr(9, &[]), "Unknown attribute type"),
        (4, 2, &[0; 7], "binary attribute size out of range"),
        (5, 2, &[], "selects no form"),
    ] {
        let refused = conn.request(&RawRead { kind, value: Attr::new(nla_type, payload) });
        let said =
            refused.as_ref().err().and_then(RequestError::refusal).and_then(|refusal| refusal.message());
        ensure!(said == Some(text), "{kind}, {text}: {refused:?}");
    }
    Ok(())
}

fn privileged(bench: &Bench) -> Outcome {
    // In a user namespace of its own a process has no capability over the network namespace that it came from.
    let mut asker = bench.process(&["unshare", "-U"], "asker")?;
    asker.expect("refused")?;
    asker.finish()
}

/// What a process without privileges does.
pub(crate) fn ask() -> Outcome {
    let checker = Checker::new()?;
    checker.send(&[(0, attr(1, &[7]))])?;
    let verdict = checker.verdict()?;
    ensure!(matches!(verdict, Some((1, ..))), "expected EPERM, found {verdict:?}");
    println!("refused");
    Ok(())
}

/// How many random cases there are, unless `NL_TLV_CHECK_CASES` says otherwise.
const RANDOM: usize = 6_000;

fn random_cases() -> usize {
    std::env::var("NL_TLV_CHECK_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(RANDOM)
}

/// A socket to the family, and what is asked of it.
struct Checker {
    socket: Socket,
    family: MessageType,
}

/// A verdict: errno, text and offset; none where the attributes pass.
type Refused = Option<(u32, String, Option<u32>)>;

impl Checker {
    fn new() -> Result<Self, String> {
        let mut conn = Connection::open(Protocol::GENERIC).map_err(|err| err.to_string())?;
        let family = conn.resolve(check::FAMILY).map_err(|err| format!("{}: {err}", check::FAMILY))?.id;
        let socket = Socket::open(Protocol::GENERIC).map_err(|err| err.to_string())?;
        Ok(Self { socket, family })
    }

    /// Modes and attributes, each put to both.
    fn compare(&self, cases: &[(u32, Vec<u8>)]) -> Outcome {
        let mut refusals = 0;
        for batch in cases.chunks(BATCH) {
            self.send(batch)?;
            for (mode, attrs) in batch {
                let kernel = self.verdict()?;
                let ours = ours(*mode, attrs);
                refusals += usize::from(ours.is_some());
                ensure!(
                    kernel == ours,
                    "mode {mode:#x}, attributes {attrs:02x?}:\nthe kernel {kernel:?}\nours {ours:?}"
                );
            }
        }
        println!("# {} agreed, {refusals} of them refusals", cases.len());
        Ok(())
    }

    fn send(&self, batch: &[(u32, Vec<u8>)]) -> Outcome {
        let len: usize = batch.iter().map(|(_, attrs)| attrs.len() + 64).sum();
        let mut buf = vec![0; len];
        let mut w = Writer::new(&mut buf);
        for ((mode, attrs), seq) in batch.iter().zip(1..) {
            let header = Header::request().flags(Flags::ACK).seq(seq).family(self.family);
            let check = Check { mode: Some(*mode), attrs: Some(attrs) };
            check.emit_into(&mut w, header).map_err(|err| err.to_string())?;
        }
        self.socket.send_to(w.as_bytes(), Address::KERNEL).map_err(|err| format!("send: {err}"))
    }

    /// The next one of the kernel.
    fn verdict(&self) -> Result<Refused, String> {
        let mut buffer = [0; 2048];
        let (datagram, _) = self
            .socket
            .recv_deadline(&mut buffer, Instant::now() + PATIENCE)
            .map_err(|err| err.to_string())?;
        let message = Messages::new(datagram).next().ok_or("an empty datagram")?;
        match Control::parse(&message.map_err(|err| err.to_string())?) {
            Ok(Control::Error(verdict)) => Ok(verdict.errno().map(|errno| {
                let said = verdict.ext_ack();
                (errno.get(), said.message.unwrap_or_default().into(), said.offset)
            })),
            other => Err(format!("expected a verdict, found {other:?}")),
        }
    }
}

fn ours(mode: u32, attrs: &[u8]) -> Refused {
    let set = <Checked<'_> as NlAttrs>::SCHEMA;
    let verdict = validate_attrs(set, Attrs::at(attrs, START), Strictness::from_bits_retain(mode)).err()?;
    Some((verdict.errno().get(), verdict.message().unwrap_or_default().into(), verdict.ext_ack().offset))
}

/// The set of the items of an array.
fn items(value: ValueType) -> Option<&'static AttrSet> {
    match value {
        ValueType::NestedArray(set)
        | ValueType::Indexed(&ValueType::Nested(set))
        | ValueType::ByType(&ValueType::Nested(set)) => Some(set()),
        _ => None,
    }
}

/// An attribute, padded.
fn attr(nla_type: u16, payload: &[u8]) -> Vec<u8> {
    let len = u16::try_from(payload.len() + 4).unwrap_or(u16::MAX);
    let mut bytes = [len.to_ne_bytes(), nla_type.to_ne_bytes()].concat();
    bytes.extend(payload);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

/// Payloads of the lengths that matter: of text, with a NUL at its end, and of zeros.
fn lengths() -> Vec<Vec<u8>> {
    let text = b"12345678901234567";
    let lengths = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 16, 17];
    let with_nul = lengths[1..].iter().map(|len| [&text[..len - 1], b"\0"].concat());
    let all = lengths.iter().flat_map(|&len| [text[..len].to_vec(), vec![0; len]]);
    all.chain(with_nul).collect()
}

/// Numbers about the limits of the set, in each length and order, and bits with a selector.
fn numbers() -> Vec<Vec<u8>> {
    let limits = [9, 10, 20, 21, 99, 100, 0xff, 0x100, 1000, 1001, -10, -11_i64];
    let host = limits.iter().flat_map(|number| {
        [
            i8::try_from(*number).map(|number| number.to_ne_bytes().to_vec()).unwrap_or_default(),
            i16::try_from(*number).map(|number| number.to_ne_bytes().to_vec()).unwrap_or_default(),
            i32::try_from(*number).map(|number| number.to_ne_bytes().to_vec()).unwrap_or_default(),
        ]
    });
    let network = limits.iter().map(|number| number.to_be_bytes()[6..].to_vec());
    let bits = [(0, 1), (1, 1), (1, 2), (15, 15), (16, 16), (0, 16)];
    let bits =
        bits.map(|(value, selector): (u32, u32)| [value.to_ne_bytes(), selector.to_ne_bytes()].concat());
    host.chain(network).chain(bits).collect()
}

/// What lies in a nest, alone and as an item of an array; and what is none.
fn nests() -> Vec<Vec<u8>> {
    let inside = [attr(1, &[0; 4]), attr(1, &[0; 3]), attr(1, &[0; 5]), attr(2, b"123456789"), attr(4, &[])];
    let strict = [attr(3, &[0; 5]), attr(4, &attr(1, &[0; 5])), attr(NESTED | 4, &attr(1, &[0; 5]))];
    let inside: Vec<_> = inside.into_iter().chain(strict).collect();
    let items = inside.iter().flat_map(|inside| [attr(0, inside), attr(NESTED | 9, inside)]);
    let bytes = (0..5).map(|len| vec![0; len]);
    items.chain(inside.clone()).chain(bytes).collect()
}

/// Nests in nests.
fn chain(depth: usize) -> Vec<u8> {
    let mut bytes = attr(1, &[0; 4]);
    for _ in 1..depth {
        bytes = attr(NESTED | 3, &bytes);
    }
    if depth == 0 { bytes } else { attr(NESTED | 18, &bytes) }
}

/// A generator of numbers that are the same in each run.
struct Dice(u64);

impl Dice {
    /// Less than `sides`.
    fn roll(&mut self, sides: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from(self.0 >> 32).unwrap_or(0) % sides
    }

    /// One of several.
    fn choose<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.roll(u32::try_from(items.len()).unwrap_or(u32::MAX)) as usize]
    }

    /// Attributes of a set, most of them good; in one of four cases the bytes are damaged.
    fn damaged(&mut self, set: &'static AttrSet) -> Vec<u8> {
        let mut bytes = self.attrs(set, 2);
        if self.roll(4) == 0 && !bytes.is_empty() {
            let at = self.roll(u32::try_from(bytes.len()).unwrap_or(u32::MAX)) as usize;
            match self.roll(3) {
                0 => bytes.truncate(at),
                1 => bytes[at] = *self.choose(&[0, 1, 3, 4, 5, 0x80, 0xff]),
                _ => bytes.push(0),
            }
        }
        bytes
    }

    fn attrs(&mut self, set: &'static AttrSet, depth: u32) -> Vec<u8> {
        (0..=self.roll(3)).flat_map(|_| self.attr(set, depth)).collect()
    }

    fn attr(&mut self, set: &'static AttrSet, depth: u32) -> Vec<u8> {
        let known = set.attrs.iter().map(|attr| attr.ty).max().unwrap_or(0);
        let ty = u16::try_from(self.roll(u32::from(known) + 3)).unwrap_or(0);
        match set.attr(ty).map(|attr| attr.value) {
            Some(ValueType::Nested(set)) if depth > 0 => attr(NESTED | ty, &self.attrs(set(), depth - 1)),
            Some(value)
                if depth > 0
                    && let Some(set) = items(value) =>
            {
                let items = (0..self.roll(3)).flat_map(|item| {
                    let inside = self.attrs(set, depth - 1);
                    attr(u16::try_from(item).unwrap_or(0), &inside)
                });
                attr(NESTED | ty, &items.collect::<Vec<_>>())
            }
            _ => self.leaf(set, ty),
        }
    }

    /// Tried a few times for one that is good, but not in all cases.
    fn leaf(&mut self, set: &AttrSet, ty: u16) -> Vec<u8> {
        let value = set.attr(ty).map(|attr| attr.value);
        let tries = if self.roll(8) == 0 { 1 } else { 4 };
        let mut bytes = Vec::new();
        for _ in 0..tries {
            let flag = if self.roll(16) == 0 { NESTED } else { 0 };
            bytes = attr(ty | flag, &self.payload(value));
            if validate_attrs(set, Attrs::new(&bytes), Strictness::STRICT).is_ok() {
                break;
            }
        }
        bytes
    }

    fn payload(&mut self, value: Option<ValueType>) -> Vec<u8> {
        use ValueType::{Be16, Be32, Bitfield32, Flag, S8, S16, S32, S64, U8, U16, U32, U64};
        let any = *self.choose(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 16]);
        let len = match value {
            _ if self.roll(12) == 0 => any,
            Some(Flag) => 0,
            Some(U8 | S8) => 1,
            Some(U16 | S16 | Be16) => 2,
            Some(U32 | S32 | Be32) => 4,
            Some(U64 | S64 | Bitfield32(_)) => 8,
            _ => any,
        };
        let sides = *self.choose(&[2, 16, 22, 0x100]);
        let mut payload: Vec<u8> = (0..len).map(|_| u8::try_from(self.roll(sides)).unwrap_or(0)).collect();
        match self.roll(3) {
            0 => payload.iter_mut().skip(1).for_each(|byte| *byte = 0),
            1 => payload.last_mut().into_iter().for_each(|byte| *byte = 0),
            _ => {}
        }
        payload
    }
}
