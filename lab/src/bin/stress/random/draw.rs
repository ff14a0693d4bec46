//! Messages out of schemas, made such that something comes of them now and then.

use crate::Failure;
use crate::dice::Dice;
use arbitrary::Unstructured;
use nl_tlv::schema::{MessageSchema, dissect};
use nl_tlv::wire::NlMsgHdr;
use nl_tlv::{Attr, Flags, Header, Message, MessageId, MessageType, Messages, NlMessage, Writer};
use nl_tlv_lab::greet::TEXT_MAX;
use nl_tlv_lab::rtm::{RouteNew, SCHEMAS as RTM, TableClear, TableDel};
use nl_tlv_testing::random::{message as valid, near_miss};

/// A message, and what it was drawn from.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) schema: &'static MessageSchema,
    pub(super) bytes: Vec<u8>,
    pub(super) seq: u32,
    /// What is wrong with it, if it is a near miss.
    damage: String,
}

impl Drawn {
    /// The message, if the kernel takes it for one.
    pub(super) fn message(&self) -> Option<Message<'_>> {
        Messages::new(&self.bytes).next()?.ok()
    }

    /// For whoever has to find out what was wrong.
    pub(super) fn show(&self) -> String {
        let schemas = [self.schema];
        let tree = dissect(&schemas, &self.bytes);
        format!("{} ({}) {:02x?}\n{tree}", self.schema.name, self.damage, self.bytes)
    }
}

/// A message of one of the schemas, with a sequence number; half of them just miss being valid.
pub(super) fn message(
    schemas: &[&'static MessageSchema],
    family: Option<MessageType>,
    seq: u32,
    dice: &mut Dice,
) -> Result<Drawn, Failure> {
    let mut schema = *dice.choose(schemas);
    // Or no table would live long enough for two messages to meet at one of its routes.
    if [TableDel::SCHEMAS[0].id, TableClear::SCHEMAS[0].id].contains(&schema.id) && !dice.once_in(32) {
        schema = RouteNew::SCHEMAS[0];
    }
    let noise = dice.bytes(NOISE);
    let u = &mut Unstructured::new(&noise);
    let (mut bytes, damage) = if dice.once_in(2) {
        (valid(schema, u)?, "valid".to_owned())
    } else {
        let missed = near_miss(schema, u)?;
        (missed.bytes, format!("{:?}", missed.damage))
    };
    // An empty datagram is no longer sent by newer kernels.
    bytes.resize(bytes.len().max(1), 0);
    if schema.payload.is_some() && dice.once_in(8) {
        bytes = long_text(schema, dice);
    }
    if RTM.iter().any(|known| known.id == schema.id) {
        tame(&mut bytes, dice);
    }
    head(&mut bytes, schema, family, seq, dice);
    Ok(Drawn { schema, bytes, seq, damage })
}

/// Bytes that a message is drawn from, which is more than most take.
const NOISE: usize = 1024;

/// A greeting about as long as one may be.
fn long_text(schema: &MessageSchema, dice: &mut Dice) -> Vec<u8> {
    let mut buf = [0; 2 * TEXT_MAX];
    let mut w = Writer::new(&mut buf);
    let text = vec![b'x'; TEXT_MAX - 8 + dice.roll(16)];
    match w.message(schema.id, Header::new(), |w| w.bytes(&text)) {
        Ok(()) => w.as_bytes().to_vec(),
        Err(err) => unreachable!("the buffer is large enough: {err}"),
    }
}

/// What is drawn for the header would mostly be refused at the first look.
fn head(bytes: &mut [u8], schema: &MessageSchema, family: Option<MessageType>, seq: u32, dice: &mut Dice) {
    let Some(head) = bytes.get_mut(..size_of::<NlMsgHdr>()) else { return };
    if let (MessageId::Command { .. }, Some(family)) = (schema.id, family) {
        head[4..6].copy_from_slice(&family.0.to_ne_bytes());
    }
    head[6..8].copy_from_slice(&flags(dice).to_ne_bytes());
    head[8..12].copy_from_slice(&seq.to_ne_bytes());
}

/// Mostly a request that wants to be acknowledged, with or without modifiers.
fn flags(dice: &mut Dice) -> u16 {
    if dice.once_in(16) {
        return u16::try_from(dice.roll(0x1_0000)).unwrap_or(0);
    }
    let mut flags = Flags::REQUEST;
    flags.set(Flags::REQUEST, !dice.once_in(16));
    flags.set(Flags::ACK, !dice.once_in(4));
    flags.set(Flags::ECHO, dice.once_in(8));
    // None, dump, or create and so on.
    let modifiers = [0, 0, 0x100, 0x200, 0x300, 0x400, 0x400, 0x400, 0x500, 0x600, 0x800, 0xc00, 0xf00];
    flags.bits() | *dice.choose(&modifiers)
}

/// Names and addresses of which there are few, so that the tables and routes of earlier messages are met again. Only
/// values change, no lengths; and not in all messages.
fn tame(bytes: &mut [u8], dice: &mut Dice) {
    if dice.once_in(8) {
        return;
    }
    let mut edits = Vec::new();
    if let Some(Ok(message)) = Messages::new(bytes).next() {
        for attr in message.attrs().map_while(Result::ok) {
            match attr.ty().get() {
                1 => edits.extend(name(attr)),
                2 => edits.extend(parts(attr).filter_map(|part| destination(part, dice))),
                3 => edits.extend(parts(attr).filter(|part| part.ty().get() == 2).filter_map(name)),
                5 => edits.extend(address(attr)),
                _ => {}
            }
        }
    }
    for (offset, value) in edits {
        let start = offset as usize + 4;
        bytes[start..start + value.len()].copy_from_slice(&value);
    }
}

fn parts(attr: Attr<'_>) -> impl Iterator<Item = Attr<'_>> {
    attr.nested().map_while(Result::ok)
}

/// Where an attribute begins, and what its payload becomes.
type Edit = (u32, Vec<u8>);

/// One name for each length.
fn name(attr: Attr<'_>) -> Option<Edit> {
    let (end, text) = attr.payload().split_last()?;
    let is_name = *end == 0 && text.iter().all(|byte| *byte != 0);
    is_name.then(|| (attr.offset(), vec![b't'; text.len()]))
}

fn destination(part: Attr<'_>, dice: &mut Dice) -> Option<Edit> {
    match (part.ty().get(), part.payload().len()) {
        (1, _) => address(part),
        (2, 1) => Some((part.offset(), vec![*dice.choose(&[8, 8, 8, 16, 32, 64])])),
        _ => None,
    }
}

/// Always the same network of 8 bits.
fn address(attr: Attr<'_>) -> Option<Edit> {
    let mut addr = vec![0; attr.payload().len()];
    *addr.first_mut()? = 10;
    Some((attr.offset(), addr))
}
