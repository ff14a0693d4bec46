//! What the fuzz targets do with their input. None of these may panic, whatever the bytes are.
#![deny(unsafe_code)]

#[path = "../../nl-tlv/tests/formats/lldp.rs"]
mod lldp;
#[cfg(feature = "mnl")]
mod mnl;
mod schema;
mod typed;

#[cfg(feature = "mnl")]
pub use mnl::mnl;
pub use schema::{generate, validate};
pub use typed::typed;

use core::fmt::Write;
use lldp::Lldp;
use nl_tlv::control::{Control, ExtAck};
use nl_tlv::exchange::{Address, Exchange, Expect};
use nl_tlv::schema::{dissect, locate};
use nl_tlv::tlv::{T8L8, TlvFormat, Tlvs};
use nl_tlv::{Attrs, Header, Messages, NlMessage};
use typed::Link;

/// Deeper than the kernel nests.
const DEPTH: usize = 10;

/// Walks the bytes in every format, netlink's down to the bottom.
pub fn walk(bytes: &[u8]) {
    count::<T8L8>(bytes);
    count::<Lldp>(bytes);
    attrs(Attrs::new(bytes), DEPTH);
    let mut messages = Messages::new(bytes);
    while let Some(Ok(message)) = messages.next() {
        attrs(message.attrs(), DEPTH);
        attrs(message.attrs_after(16), DEPTH);
    }
    assert!(messages.next().is_none());
}

/// Reads acknowledgements, refusals and the ends of dumps; dissects all, and locates an offset that the input names.
pub fn control(bytes: &[u8]) {
    for message in Messages::new(bytes).map_while(Result::ok) {
        let Ok(control) = Control::parse(&message) else { continue };
        if !matches!(control, Control::Error(_) | Control::Done(_)) {
            continue;
        }
        let ack = ExtAck::of(&message);
        let path = locate(Link::SCHEMAS[0], bytes, ack.offset.unwrap_or_default());
        write!(Bounded(64 * 1024), "{ack:?} {path}").unwrap();
    }
    let mut exchange = Exchange::new(1, 0);
    for expect in [Expect::Ack, Expect::OneReply, Expect::UntilAck, Expect::Dump] {
        exchange.request(expect, Header::new()).unwrap();
    }
    let mut rest = bytes;
    let verdicts = std::iter::from_fn(|| exchange.judge(&mut rest, Address::KERNEL));
    assert!(verdicts.count() <= bytes.len() / 16 + 1);
    write!(Bounded(1024 * (bytes.len() + 16)), "{}", dissect(Link::SCHEMAS, bytes)).unwrap();
}

fn count<F: TlvFormat>(bytes: &[u8]) {
    let mut tlvs = Tlvs::<F>::new(bytes);
    let most = bytes.len() / size_of::<F::Header>() + 1;
    assert!(tlvs.by_ref().take(most + 1).count() <= most && tlvs.next().is_none());
}

fn attrs(mut attrs: Attrs<'_>, depth: usize) {
    let mut at = attrs.offset();
    while let Some(Ok(attr)) = attrs.next() {
        assert!(attr.offset() == at && attrs.offset() > at);
        at = attrs.offset();
        if depth > 0 {
            self::attrs(attr.nested(), depth - 1);
        }
    }
    assert!(attrs.next().is_none());
}

/// Text that is thrown away, and an error beyond so many bytes: what is shown of a message has to be bounded.
struct Bounded(usize);

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        self.0 = self.0.checked_sub(text.len()).ok_or(core::fmt::Error)?;
        Ok(())
    }
}
