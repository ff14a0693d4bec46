//! What is proven, in safe Rust. Values, buffers and messages go through `black_box`, so that the compiler knows neither
//! their bytes nor their lengths and has to keep every path that any input can take.
#![forbid(unsafe_code)]

use crate::conversation::refusal;
use crate::named::paths;
use crate::route::{NextHop, Prefix, RouteFlags, RouteNew, RouteNewAttr};
use core::hint::black_box;
use core::net::Ipv4Addr;
use nl_tlv::tlv::{T8L8, Tlvs};
use nl_tlv::{Error, Flags, Header, Message, MessageType, Messages, NlMessage, Repeat, Rest, Writer};

/// Emits and parses in each way that the library has.
///
/// # Errors
///
/// What went wrong, as a line of text.
pub fn run() -> Result<(), &'static str> {
    is_ok(attributes(), "attributes: not what was emitted\n")?;
    is_ok(typed(), "typed: not what was emitted\n")?;
    is_ok(records(), "records: not what was emitted\n")?;
    is_ok(damage(), "damage: not seen\n")
}

/// Anything but `Ok(true)` is the failure.
fn is_ok(outcome: Result<bool, Error>, failure: &'static str) -> Result<(), &'static str> {
    if outcome == Ok(true) { Ok(()) } else { Err(failure) }
}

/// Two messages in one buffer, with a nest, walked.
fn attributes() -> Result<bool, Error> {
    let mut buf = [0xa5; 128];
    let mut w = Writer::new(black_box(&mut buf[..]));
    for seq in [1, 2] {
        w.message(MessageType(21).into(), Header::request().flags(Flags::ACK).seq(seq), |w| {
            w.put_value(1, &black_box("blue"))?;
            w.nest(2, |w| w.put_value(black_box(1), &black_box(24_u8)))
        })?;
    }
    let mut seqs = 0;
    for message in Messages::new(black_box(w.as_bytes())) {
        let message = message?;
        let name = message.attrs().find(1)?.map(|attr| attr.parse::<&str>()).transpose()?;
        let nest = message.attrs().find(2)?.map(|attr| attr.nested().find(1)).transpose()?.flatten();
        let len = nest.map(|attr| attr.parse::<u8>()).transpose()?;
        if (name, len) != (Some("blue"), Some(24)) {
            return Ok(false);
        }
        seqs = (seqs << 8) | message.seq();
    }
    Ok(seqs == 0x0102)
}

/// A message with family header, nest, repeated nest and rest: emitted, parsed, iterated, emitted again.
fn typed() -> Result<bool, Error> {
    let hops = [
        NextHop { gateway: Some(Ipv4Addr::new(10, 0, 0, 1).into()), oif: None },
        NextHop { gateway: None, oif: Some(black_box("eth0")) },
    ];
    let route = RouteNew {
        flags: RouteFlags { bits: black_box(5) },
        table: black_box("blue"),
        dst: Prefix { addr: Ipv4Addr::new(10, 1, 0, 0).into(), len: black_box(16) },
        nexthop: Repeat::new(black_box(&hops[..])),
        metric: None,
        rest: Rest::default(),
    };
    let mut buf = [0xa5; 256];
    let bytes = black_box(route.emit(black_box(&mut buf[..]), Header::request().seq(1))?);
    let mut again = [0x5a; 256];
    match Messages::new(bytes).next() {
        Some(message) => {
            Ok(reads_as(&message?, &route, bytes, &mut again)? && refusal(&route)? && paths(&route)?)
        }
        None => Ok(false),
    }
}

fn reads_as(
    message: &Message<'_>,
    route: &RouteNew<'_>,
    bytes: &[u8],
    buf: &mut [u8],
) -> Result<bool, Error> {
    let read = RouteNew::parse(message)?;
    let mut hops = 0_u32;
    for attr in RouteNew::attrs(message)? {
        hops = hops.saturating_add(u32::from(matches!(attr?, RouteNewAttr::Nexthop(_))));
    }
    let header = Header::request().seq(message.seq());
    Ok(read == *route && hops == 2 && read.emit(black_box(buf), header)? == bytes)
}

/// Records of another format, walked.
fn records() -> Result<bool, Error> {
    let mut buf = [0xa5; 16];
    let mut w = Writer::new(black_box(&mut buf[..]));
    w.record::<T8L8>(7, black_box([[1, 2], [3, 4]].as_flattened()))?;
    w.record::<T8L8>(8, black_box(&[]))?;
    let mut records = Tlvs::<T8L8>::new(black_box(w.as_bytes()));
    let Some(first) = records.next().transpose()? else { return Ok(false) };
    let units = first.units::<[u8; 2]>()?;
    let second = records.next().transpose()?.map(|record| record.ty());
    Ok(units.eq([&[1, 2], &[3, 4]]) && second == Some(8) && records.next().is_none())
}

/// A buffer that is too small, and lengths that lie.
fn damage() -> Result<bool, Error> {
    let mut buf = [0; 23];
    let put =
        |w: &mut Writer<'_>| w.message(MessageType(21).into(), Header::new(), |w| w.put_value(1, &7u32));
    let needed = put(&mut Writer::new(black_box(&mut buf[..]))).err().and_then(|err| err.needed());
    let mut buf = [0; 24];
    let mut w = Writer::new(black_box(&mut buf[..]));
    put(&mut w)?;
    let mut cut = Messages::new(black_box(w.as_bytes().get(..23).unwrap_or_default()));
    let is_one_error = matches!(cut.next(), Some(Err(_))) && cut.next().is_none();
    Ok(needed == Some(24) && is_one_error)
}
