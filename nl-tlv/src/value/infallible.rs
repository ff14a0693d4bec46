//! An attribute that must not be sent.

use super::{Emit, Parse};
use crate::schema::ValueType;
use crate::{Attr, AttrWriter, Error, ErrorKind};
use core::convert::Infallible;

/// The value of an attribute that a message must not have, such as one that only the kernel sets. No value of this type
/// exists, so a field `Option<Infallible>` is always `None`, and parsing refuses the attribute.
///
/// The kernel's word for it is `NLA_REJECT`.
///
/// ```
/// use nl_tlv::NlMessage;
/// use std::convert::Infallible;
///
/// #[derive(NlMessage)]
/// #[nl(ty = 20)]
/// struct RoomSet<'a> {
///     #[nl(attr = 1)]
///     name: &'a str,
///     /// The server measures it: a client must not send it.
///     #[nl(attr = 2)]
///     measured: Option<Infallible>,
/// }
/// ```
impl<'a> Parse<'a> for Infallible {
    #[cold]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        Err(attr.error(ErrorKind::Rejected, 0, attr.payload().len()))
    }
}

impl Emit for Infallible {
    const TYPE: ValueType = ValueType::Reject;

    fn emit_payload(&self, _: &mut AttrWriter<'_>) -> Result<(), Error> {
        match *self {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_it_holds_is_refused() {
        for payload in [&[][..], &[1, 2]] {
            let err = Attr::new(27, payload).parse::<Infallible>().unwrap_err();
            assert_eq!((err.kind(), err.attr_type()), (ErrorKind::Rejected, Some(27)));
        }
    }
}
