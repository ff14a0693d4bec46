//! What may come back for a message: our own validator and the typed readers decide as much as they can.

use super::draw::Drawn;
use super::side::{Side, Speaker, read};
use crate::{Failure, ensure};
use nl_tlv::control::{Control, Errno, Refusal};
use nl_tlv::schema::{Strictness, validate};
use nl_tlv::{Flags, GetFlags, Message, MessageId, MessageType, NewFlags, NlMessage};
use nl_tlv_lab::greet::{GreetReply, Hello, TEXT_MAX};
use nl_tlv_lab::rtm::{
    RouteDel, RouteGet, RouteNew, RouteReply, TABLE_EXISTS, TableClear, TableDel, TableGet, TableNew,
    TableReply,
};

/// What may come back.
enum May {
    /// Nothing.
    Nothing,
    /// An acknowledgement, and nothing else.
    Ack,
    /// The answer to a greeting.
    Reply,
    /// The validator's refusal, with its errno, text and offset.
    PolicyRefusal(Box<Refusal>),
    /// A refusal, with this errno if it is known.
    Refusal(Option<Errno>),
    /// A refusal, or what the request asks for.
    Anything,
}

/// What was answered, in a word; an error if it may not be.
pub(super) fn judge(
    side: Side,
    speaker: &Speaker,
    drawn: &Drawn,
    replies: &[Vec<u8>],
) -> Result<String, Failure> {
    let replies = replies.iter().map(|reply| read(reply)).collect::<Result<Vec<_>, _>>()?;
    let Some(message) = drawn.message() else {
        ensure!(replies.is_empty(), "what is no message was answered: {replies:?}");
        return Ok("dropped".into());
    };
    let port_id = speaker.socket.port_id();
    for reply in &replies {
        let is_greeting = side == Side::Greet && reply.ty() == MessageType::DONE;
        let expected = (drawn.seq, if is_greeting { 0 } else { port_id });
        ensure!((reply.seq(), reply.port_id()) == expected, "an answer to somebody else: {reply:?}");
    }
    let may = match side {
        Side::Rtm => rtm(drawn, &message),
        Side::Greet => greet(&message),
        Side::GreetFamily => family(drawn, &message),
    };
    compare(side, &may, &message, &replies, port_id)
}

/// What was answered, compared with what may be.
fn compare(
    side: Side,
    may: &May,
    message: &Message<'_>,
    replies: &[Message<'_>],
    port_id: u32,
) -> Result<String, Failure> {
    let refused = match replies {
        [reply] => refusal(reply),
        _ => None,
    };
    match (may, refused) {
        (May::Nothing, None) => {
            ensure!(replies.is_empty(), "answered: {replies:?}");
            Ok("ignored".into())
        }
        (May::Ack, None) => {
            ensure!(replies.len() == 1 && is_ack(&replies[0]), "expected an ACK, found {replies:?}");
            Ok("ignored".into())
        }
        (May::Reply, None) => {
            let expected = GreetReply::to(port_id);
            ensure!(replies.len() == 1 && replies[0].payload() == expected.text, "found {replies:?}");
            Ok("done".into())
        }
        (May::Anything, None) => {
            let is_done =
                if side == Side::Rtm { rtm_done(message, replies) } else { family_done(message, replies) };
            ensure!(is_done, "these are no answers: {replies:?}");
            Ok("done".into())
        }
        (May::PolicyRefusal(verdict), Some(found)) => {
            let ours = (verdict.errno(), verdict.message().unwrap_or_default(), verdict.ext_ack().offset);
            ensure!(ours == found, "our validator says {ours:?}, the module {found:?}");
            Ok("refused as by our validator".into())
        }
        (May::Refusal(_) | May::Anything, Some((errno, text, _))) => {
            let is_known = allowed(side).contains(&errno.get());
            ensure!(is_known, "refused with {errno:?}: {text}");
            if let May::Refusal(Some(expected)) = may {
                ensure!(errno == *expected, "expected {expected:?}, found {errno:?}");
            }
            Ok(errno.name().map_or_else(|| format!("{}", errno.to_wire()), str::to_owned))
        }
        (_, Some(found)) => Err(format!("refused: {found:?}").into()),
        (_, None) => Err(format!("not refused: {replies:?}").into()),
    }
}

/// Error numbers, text and offset of a refusal.
fn refusal<'a>(reply: &Message<'a>) -> Option<(Errno, &'a str, Option<u32>)> {
    match Control::parse(reply) {
        Ok(Control::Error(error)) => {
            let said = error.ext_ack();
            Some((error.errno()?, said.message.unwrap_or_default(), said.offset))
        }
        _ => None,
    }
}

fn is_ack(reply: &Message<'_>) -> bool {
    matches!(Control::parse(reply), Ok(Control::Error(error)) if error.is_ack())
}

/// The error numbers that a side has.
fn allowed(side: Side) -> &'static [u32] {
    const RTM: &[u32] = &[
        Errno::ENOENT.get(),
        Errno::EEXIST.get(),
        Errno::EINVAL.get(),
        Errno::ENOSPC.get(),
        Errno::ERANGE.get(),
        Errno::ENOTEMPTY.get(),
        TABLE_EXISTS.unsigned_abs(),
    ];
    const FAMILY: &[u32] = &[Errno::EINVAL.get(), Errno::ERANGE.get(), Errno::EOPNOTSUPP.get()];
    match side {
        Side::Rtm => RTM,
        Side::Greet => const { &[Errno::EMSGSIZE.get()] },
        Side::GreetFamily => FAMILY,
    }
}

fn rtm(drawn: &Drawn, message: &Message<'_>) -> May {
    let flags = message.flags();
    let dump = GetFlags::of(flags) & GetFlags::DUMP;
    if !flags.contains(Flags::REQUEST) {
        May::Nothing
    } else if is_get(message) && !dump.is_empty() && dump != GetFlags::DUMP
        || drawn.schema.id == RouteNew::SCHEMAS[0].id && !are_for_new(flags)
    {
        May::Refusal(Some(Errno::EINVAL))
    } else {
        by_schema(drawn, message)
    }
}

/// Whether a ROUTE_NEW may have these flags.
fn are_for_new(flags: Flags) -> bool {
    let modifiers = NewFlags::of(flags);
    let known = modifiers | Flags::REQUEST | Flags::ACK | Flags::ECHO;
    let exclusive = modifiers & (NewFlags::EXCL | NewFlags::REPLACE | NewFlags::APPEND);
    known.contains(flags) && exclusive.iter().count() <= 1
}

/// What the validator refuses is refused like that; what the typed reader does not take, is refused somehow.
fn by_schema(drawn: &Drawn, message: &Message<'_>) -> May {
    match validate(drawn.schema, message, Strictness::STRICT) {
        Err(verdict) => May::PolicyRefusal(Box::new(verdict)),
        Ok(()) if is_readable(drawn.schema.id, message) => May::Anything,
        Ok(()) => May::Refusal(None),
    }
}

fn is_readable(id: MessageId, message: &Message<'_>) -> bool {
    macro_rules! reads {
        ($($ty:ident)*) => { $(id == $ty::SCHEMAS[0].id && $ty::parse(message).is_ok())||* };
    }
    reads! { TableNew TableDel TableGet TableClear RouteNew RouteDel RouteGet Hello }
}

fn greet(message: &Message<'_>) -> May {
    let payload = message.payload();
    let len = payload.iter().position(|&byte| byte == 0).unwrap_or(payload.len());
    match message.flags().contains(Flags::ACK) {
        _ if len > TEXT_MAX => May::Refusal(Some(Errno::EMSGSIZE)),
        true => May::Reply,
        false => May::Nothing,
    }
}

/// The rules of generic netlink come first.
fn family(drawn: &Drawn, message: &Message<'_>) -> May {
    let flags = message.flags();
    if !flags.contains(Flags::REQUEST) {
        return if flags.contains(Flags::ACK) { May::Ack } else { May::Nothing };
    }
    let &[cmd, _, 0, 0, ..] = message.payload() else { return May::Refusal(None) };
    if !(Flags::REQUEST | Flags::ACK | Flags::ECHO).contains(flags) {
        return May::Refusal(None);
    }
    match drawn.schema.id {
        MessageId::Command { cmd: drawn_cmd, .. } if drawn_cmd == cmd => by_schema(drawn, message),
        _ => May::Anything,
    }
}

fn is_get(message: &Message<'_>) -> bool {
    [TableGet::SCHEMAS[0].id, RouteGet::SCHEMAS[0].id].contains(&message.ty().into())
}

/// Whether these are the answers to a request that was carried out.
fn rtm_done(message: &Message<'_>, replies: &[Message<'_>]) -> bool {
    let flags = message.flags();
    if is_get(message) && GetFlags::of(flags).contains(GetFlags::DUMP) {
        let Some((end, objects)) = replies.split_last() else { return false };
        let are_parts = replies.iter().all(|reply| reply.flags().contains(Flags::MULTI));
        return end.ty() == MessageType::DONE && are_parts && objects.iter().all(is_object);
    }
    let objects = usize::from(is_get(message) || flags.contains(Flags::ECHO));
    let is_right =
        |object: &Message<'_>| is_object(object) && (is_get(message) || object.ty() == message.ty());
    match replies.split_at_checked(objects) {
        Some((objects, rest)) => objects.iter().all(is_right) && is_acked(flags, rest),
        None => false,
    }
}

/// A table or a route; that of an event for a deletion has the type of its request.
fn is_object(object: &Message<'_>) -> bool {
    match MessageId::from(object.ty()) {
        id if id == TableReply::SCHEMAS[0].id => TableReply::parse(object).is_ok(),
        id if id == RouteReply::SCHEMAS[0].id => RouteReply::parse(object).is_ok(),
        _ => object.attrs().all(|attr| attr.is_ok()),
    }
}

fn family_done(message: &Message<'_>, replies: &[Message<'_>]) -> bool {
    let hellos = replies.iter().take_while(|reply| Hello::parse(reply).is_ok()).count();
    let MessageId::Command { cmd, .. } = Hello::SCHEMAS[0].id else { return false };
    hellos == usize::from(message.payload().first() == Some(&cmd))
        && is_acked(message.flags(), &replies[hellos..])
}

/// Whether nothing is left but the ACK that was asked for.
fn is_acked(flags: Flags, rest: &[Message<'_>]) -> bool {
    rest.len() == usize::from(flags.contains(Flags::ACK)) && rest.iter().all(is_ack)
}
