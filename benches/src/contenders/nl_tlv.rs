//! nl-tlv itself: `Messages` and `Attrs` for the walk, `Writer` for the request.

use nl_tlv::{Error, Flags, Header, MessageType, Messages, NewFlags, Writer};

use super::{Contender, Kind};
use crate::records::{RouteRequest, Walk};

/// The library of this repository.
pub(super) const CONTENDER: Contender = Contender {
    walk: Some(|bytes, kind| walk(bytes, kind).ok()),
    emit: Some(|buffer, requests| emit(buffer, requests).ok()),
    ..Contender::named("nl-tlv")
};

fn walk(bytes: &[u8], kind: Kind) -> Result<Walk, Error> {
    let mut sum = Walk::default();
    for message in Messages::new(bytes) {
        let message = message?;
        if message.ty() != MessageType(kind.ty()) {
            continue;
        }
        sum.messages += 1;
        for attr in message.attrs_after(kind.family_len()) {
            let attr = attr?;
            sum.attributes += 1;
            sum.types += u64::from(attr.ty().get());
            sum.lengths += attr.payload().len() as u64;
        }
    }
    Ok(sum)
}

fn emit(buffer: &mut [u8], requests: &[RouteRequest]) -> Result<usize, Error> {
    let mut total = 0;
    for request in requests {
        let header = Header::request().flags(NewFlags::CREATE | NewFlags::EXCL | Flags::ACK).seq(request.seq);
        let mut writer = Writer::new(buffer);
        writer.message(MessageType(24).into(), header, |route| {
            route.family_header(&[2, request.dst_len, 0, 0, 0, 4, 0, 1, 0, 0, 0, 0])?;
            route.put_value(1, &request.dst)?;
            route.put_value(5, &request.gateway)?;
            route.put_value(4, &request.oif)?;
            route.put_value(15, &request.table)?;
            route.put_value(6, &request.priority)
        })?;
        total += writer.finish().len();
        core::hint::black_box(&mut *buffer);
    }
    Ok(total)
}
