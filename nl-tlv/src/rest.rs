//! The attributes that no other field claims: [`Rest`].

use crate::{Attr, AttrWriter, Attrs, Error, ErrorKind};
use core::fmt;
#[cfg(feature = "alloc")]
use {
    crate::bytes::{add, align4, to_u32},
    alloc::vec::Vec,
};

/// The attributes that no other field of the struct claims, in order: with it, parsing and emitting lose nothing.
///
/// ```
/// use nl_tlv::{Attr, Header, Messages, MessageType, NlMessage, Rest, Writer};
///
/// #[derive(NlMessage, Debug, PartialEq)]
/// #[nl(ty = 20)]
/// struct Room<'a> {
///     #[nl(attr = 1)]
///     name: &'a str,
///     #[nl(rest)]
///     rest: Rest<'a>,
/// }
///
/// # let mut buf = [0; 64];
/// # let mut w = Writer::new(&mut buf);
/// # w.message(MessageType(20).into(), Header::new(), |w| {
/// #     w.put_value(1, &"attic")?;
/// #     w.put(9, b"from a newer program")
/// # })?;
/// # let received = w.finish();
/// let room = Room::parse(&Messages::new(received).next().unwrap()?)?;
/// assert_eq!(room.rest.iter().next(), Some(Attr::new(9, b"from a newer program")));
/// assert_eq!(room.emit(&mut [0; 64], Header::new())?, received);
/// # Ok::<(), nl_tlv::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Rest<'a> {
    area: &'a [u8],
    // Behind a reference: every set has a `Rest`, and so they are a word smaller.
    claimed: &'static &'static [u16],
    offset: u32,
}

/// No types.
const NOTHING: &[u16] = &[];

impl<'a> Rest<'a> {
    /// These attributes, as bytes that were read or written elsewhere. A message with bytes that are not attributes, or with
    /// an attribute that another field claims, is not emitted.
    #[must_use]
    pub const fn new(area: &'a [u8]) -> Self {
        Self { area, offset: 0, claimed: &NOTHING }
    }

    /// The attributes, in order.
    pub fn iter(&self) -> impl Iterator<Item = Attr<'a>> + use<'a> {
        let claimed = self.claimed;
        let attrs = Attrs::at(self.area, self.offset).map_while(Result::ok);
        attrs.filter(move |attr| !claimed.contains(&attr.ty().get()))
    }

    /// Returns what is left behind the last attribute: too few bytes for another one.
    #[inline(never)]
    fn copy_to(&self, claimed: &[u16], w: &mut AttrWriter<'_>) -> Result<&'a [u8], Error> {
        let mut attrs = Attrs::new(self.area);
        for attr in attrs.by_ref() {
            let attr = attr.map_err(|err| err.at(w.offset()))?;
            match attr.ty().get() {
                ty if self.claimed.contains(&ty) => {}
                ty if claimed.contains(&ty) => {
                    return Err(Error::new(ErrorKind::Rejected, w.offset(), 0, 0).of_attr(ty));
                }
                _ => w.copy(attr)?,
            }
        }
        Ok(attrs.remainder())
    }
}

/// A field with the key `rest`: [`Rest`], or `Vec<u8>` for a struct that owns what it has.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold the attributes that no other field claims",
    label = "write `Rest<'a>`, or `Vec<u8>` for a struct without a lifetime"
)]
pub trait RestField<'a> {
    /// All of `area` but the types that are claimed.
    fn of(area: Attrs<'a>, claimed: &'static &'static [u16]) -> Self;

    /// Appends the attributes as they are.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Rejected`] for a type that is claimed: the reader would take it for that field's. If the bytes are not
    /// attributes, as [`Attrs`]; as [`AttrWriter::copy`].
    fn emit(&self, claimed: &'static &'static [u16], w: &mut AttrWriter<'_>) -> Result<(), Error>;
}

impl<'a> RestField<'a> for Rest<'a> {
    #[inline(always)]
    fn of(area: Attrs<'a>, claimed: &'static &'static [u16]) -> Self {
        Self { area: area.remainder(), offset: area.offset(), claimed }
    }

    #[inline(always)]
    fn emit(&self, claimed: &'static &'static [u16], w: &mut AttrWriter<'_>) -> Result<(), Error> {
        // What was built, not parsed, seldom has any.
        if self.area.is_empty() { Ok(()) } else { self.copy_to(claimed, w).map(drop) }
    }
}

/// The attributes as bytes, to be read with [`Attrs::new`].
#[cfg(feature = "alloc")]
impl<'a> RestField<'a> for Vec<u8> {
    fn of(area: Attrs<'a>, claimed: &'static &'static [u16]) -> Self {
        let mut bytes = Self::new();
        for attr in Rest::of(area, claimed).iter() {
            let len = u16::try_from(add(4, attr.payload().len())).unwrap_or(u16::MAX);
            bytes.extend([len, attr.nla_type()].into_iter().flat_map(u16::to_ne_bytes));
            bytes.extend(attr.payload());
            bytes.resize(align4(bytes.len()), 0);
        }
        bytes
    }

    fn emit(&self, claimed: &'static &'static [u16], w: &mut AttrWriter<'_>) -> Result<(), Error> {
        match Rest::new(self).copy_to(claimed, w)?.len() {
            0 => Ok(()),
            len => Err(Error::new(ErrorKind::Truncated, w.offset(), 4, to_u32(len))),
        }
    }
}

impl Default for Rest<'_> {
    fn default() -> Self {
        Self::new(&[])
    }
}

/// Type, flags and payload of each, in order; where they lie does not count.
impl PartialEq for Rest<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl fmt::Debug for Rest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
