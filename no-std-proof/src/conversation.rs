//! A request and its refusal: sequence numbers, and the extended ack.
#![forbid(unsafe_code)]

use crate::route::RouteNew;
use core::hint::black_box;
use nl_tlv::control::{Control, Errno, ExtAck, emit_refusal};
use nl_tlv::exchange::{Address, Exchange, Expect, Verdict};
use nl_tlv::{Error, Header, Messages, NlMessage, Writer};

/// Whether the refusal of a request is recognised and says what was said.
///
/// # Errors
///
/// What the library says.
pub fn refusal(request: &RouteNew<'_>) -> Result<bool, Error> {
    let mut exchange = Exchange::new(black_box(4242), 0);
    let Some(header) = exchange.request(Expect::Ack, Header::new()) else { return Ok(false) };
    let (mut sent, mut answer) = ([0xa5; 256], [0xa5; 256]);
    let sent = black_box(request.emit(black_box(&mut sent[..]), header)?);
    let Some(message) = Messages::new(sent).next().transpose()? else { return Ok(false) };
    let why =
        ExtAck { message: Some(black_box("host bits set")), offset: Some(black_box(36)), ..ExtAck::NONE };
    let mut w = Writer::new(black_box(&mut answer[..]));
    emit_refusal(&mut w, &message, 4242, Errno::EINVAL, &why)?;
    let answer = black_box(w.finish());
    let verdict = exchange.judge(&mut { answer }, Address::port(black_box(0))).map(|(verdict, _)| verdict);
    let is_refused = verdict == Some(Verdict::Refusal { seq: message.seq(), errno: Errno::EINVAL });
    let Some(message) = Messages::new(answer).next().transpose()? else { return Ok(false) };
    let Control::Error(error) = Control::parse(&message)? else { return Ok(false) };
    Ok(is_refused && error.ext_ack() == why)
}
