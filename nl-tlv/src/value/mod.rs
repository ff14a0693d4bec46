//! What an attribute can hold: the traits [`Parse`] and [`Emit`], and their implementations for integers,
//! strings, bytes, addresses and structs.
//!
//! | type of a field | payload of its attribute |
//! |---|---|
//! | `u8` to `u64`, `i8` to `i64` | an integer in host order; with `#[nl(be)]` in network order |
//! | `u64` with `#[nl(uint)]`, `i64` with `#[nl(sint)]` | an integer of four or eight bytes, whichever it needs |
//! | an enum or set of flags with `#[derive(NlValue)]` | an integer whose values have names |
//! | [`Bitfield32`] | 32 flags, and which of them are meant |
//! | `bool` | none: `true` if the attribute is there |
//! | `&str`, `String` | text with a NUL behind it; with `#[nl(no_nul)]` without |
//! | [`NlStr`], `NlString` | the same, but it need not be UTF-8: names of interfaces, for example |
//! | `&[u8]`, `Box<[u8]>`, `[u8; N]` | bytes (`Vec<u8>` is any number of attributes of one byte) |
//! | `Ipv4Addr`, `Ipv6Addr`, `IpAddr` | an address of 4 or 16 bytes |
//! | [`MacAddr`], [`HwAddr`] | a link-layer address of six bytes; of any length |
//! | a struct with `#[nl_struct]` | a C struct |
//! | a struct with `#[derive(NlAttrs)]` | attributes: a nest |
//! | [`Headed`] | a C struct and attributes, or array items, behind it |
//! | [`Repeat`], `Vec` | one value in each attribute, any number of attributes |
//! | [`Array`], [`NestedArray`], [`IndexedArray`], [`ByType`] | any number of values in one attribute |
//! | [`Lazy`] | any of these, read when it is asked for |
//! | [`Infallible`](core::convert::Infallible), as `Option<Infallible>` | nothing: the attribute must not be sent |
//! | [`Attr`] | whatever it is |
//!
//! An `Option` of any of them may be absent.
//!
//! A value has one form on the wire for each *encoding* `E`: host order, and strings with a NUL, unless the field says
//! otherwise (`#[nl(be)]`, `#[nl(net_byteorder)]`, `#[nl(uint)]`, `#[nl(sint)]`, `#[nl(text)]`, `#[nl(no_nul)]`).
//!
//! A type of your own becomes a value with these two traits. (For an enum of numbers, a C struct or a set of attributes there
//! are derives.)
//!
//! ```
//! use nl_tlv::schema::ValueType;
//! use nl_tlv::value::{Emit, Parse};
//! use nl_tlv::{Attr, AttrWriter, Error};
//!
//! /// A temperature, on the wire in tenths of a degree.
//! struct Celsius(f64);
//!
//! impl Parse<'_> for Celsius {
//!     fn parse(attr: Attr<'_>) -> Result<Self, Error> {
//!         Ok(Self(f64::from(<i32 as Parse>::parse(attr)?) / 10.0))
//!     }
//! }
//!
//! impl Emit for Celsius {
//!     const TYPE: ValueType = ValueType::S32;
//!
//!     fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
//!         w.bytes(&((self.0 * 10.0) as i32).to_ne_bytes())
//!     }
//! }
//! ```

pub(crate) mod array;
mod bitfield;
mod by_type;
mod headed;
mod hw_addr;
mod infallible;
mod int;
mod lazy;
pub(crate) mod named;
mod nested_array;
mod net;
mod nl_str;
#[cfg(feature = "alloc")]
mod owned;
pub(crate) mod repeat;
pub(crate) mod structs;
pub(crate) mod sub_message;
mod text;
mod var_int;

pub use crate::encoding::Be;
pub(crate) use crate::encoding::{Native, NetByteorder, NoNul, Sint, Text, Uint};
pub use array::Array;
pub use bitfield::Bitfield32;
pub use by_type::{ByType, IndexedArray};
pub use headed::Headed;
pub use hw_addr::HwAddr;
pub use lazy::Lazy;
pub use nested_array::NestedArray;
pub use net::MacAddr;
pub use nl_str::NlStr;
#[cfg(feature = "alloc")]
pub use nl_str::NlString;
pub(crate) use repeat::Repeat;
pub use sub_message::NlSubMessage;

use crate::schema::{Limits, ValueType};
use crate::writer::copy_as;
use crate::{Attr, AttrType, AttrWriter, Attrs, Error};
use core::fmt;

/// Reads a value from an attribute.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type that an attribute can have",
    label = "write an integer, a string, bytes, an address, or a type with `NlAttrs` (not `NlMessage`), `nl_struct` or `NlValue`",
    note = "write `#[derive(NlAttrs)]` above a struct of nested attributes, `#[nl_struct]` above a C struct, `#[derive(NlValue)]` above an enum of numbers; a message cannot be nested, and a field of a type with `NlSubMessage` or `selected_outside` needs `select = kind`",
    note = "a field can also be `Option`, `Repeat` or `Vec` of such a type, an `Array`, or `bool`; only strings and bytes are borrowed: write a set without `&`, or `Lazy<'a, Set>`; with `be`, `net_byteorder`, `text` or `no_nul` fewer types fit",
    note = "of the standard library: for a `Duration` or a time write an integer, for a path or `OsString` an `NlString`, for a map a `Vec` of a set, for `Cow`, `Rc` and `Box` what is in it, for a `SocketAddr` an `IpAddr` and a `u16`"
)]
pub trait Parse<'a, E = Native>: Sized {
    /// The value in the attribute's payload. What it borrows, it borrows from the message.
    ///
    /// # Errors
    ///
    /// If the payload is not a value of this type; with the attribute's type and offset.
    fn parse(attr: Attr<'a>) -> Result<Self, Error>;

    /// Reads the value into the place where it is kept, so that a large one is not moved. After an error the place may
    /// hold a part of it.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    #[doc(hidden)]
    #[inline(always)]
    fn parse_into(attr: Attr<'a>, place: &mut Option<Self>) -> Result<(), Error> {
        *place = Some(Self::parse(attr)?);
        Ok(())
    }

    /// Whether any four bytes are a value, if the attribute has no flags. Such attributes are read in a faster way.
    #[doc(hidden)]
    const IS_WORD: bool = false;
}

impl<'a> Attr<'a> {
    /// The payload as a value in its usual form: integers in host order, strings that end at the first NUL.
    ///
    /// ```
    /// use nl_tlv::Attr;
    /// use std::net::Ipv4Addr;
    ///
    /// assert_eq!(Attr::new(1, b"blue\0").parse::<&str>()?, "blue");
    /// assert_eq!(Attr::new(2, &[11, 1, 1, 1]).parse::<Ipv4Addr>()?, Ipv4Addr::new(11, 1, 1, 1));
    /// assert!(Attr::new(3, &[1, 2, 3]).parse::<u32>().is_err());
    /// # Ok::<(), nl_tlv::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The error of [`Parse::parse`] for the type.
    #[inline(always)]
    pub fn parse<T: Parse<'a>>(&self) -> Result<T, Error> {
        T::parse(*self)
    }
}

/// Writes a value as an attribute, and says what it is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type that an attribute can have",
    label = "write an integer, a string, bytes, an address, or a type with `NlAttrs` (not `NlMessage`), `nl_struct` or `NlValue`",
    note = "write `#[derive(NlAttrs)]` above a struct of nested attributes, `#[nl_struct]` above a C struct, `#[derive(NlValue)]` above an enum of numbers; a message cannot be nested, and a field of a type with `NlSubMessage` or `selected_outside` needs `select = kind`",
    note = "a field can also be `Option`, `Repeat` or `Vec` of such a type, an `Array`, or `bool`; only strings and bytes are borrowed: write a set without `&`, or `Lazy<'a, Set>`; with `be`, `net_byteorder`, `text` or `no_nul` fewer types fit",
    note = "of the standard library: for a `Duration` or a time write an integer, for a path or `OsString` an `NlString`, for a map a `Vec` of a set, for `Cow`, `Rc` and `Box` what is in it, for a `SocketAddr` an `IpAddr` and a `u16`"
)]
pub trait Emit<E = Native> {
    /// What it is on the wire, for the schema.
    const TYPE: ValueType;

    /// The flag bits of `nla_type` that go with such a value.
    const NLA_FLAGS: u16 = 0;

    /// Appends the payload, without header and padding.
    ///
    /// # Errors
    ///
    /// If the value cannot be represented in this encoding.
    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error>;

    /// Appends the whole attribute.
    ///
    /// # Errors
    ///
    /// As [`emit_payload`](Self::emit_payload), or if the payload outgrows the length field.
    #[inline]
    fn emit(&self, ty: AttrType, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        w.put_with(ty.with_flags(Self::NLA_FLAGS), |w| self.emit_payload(w))
    }

    /// Whether the value is within the limits of a field.
    ///
    /// # Errors
    ///
    /// Which limit it violates; without place, which the caller knows.
    #[inline(always)]
    fn check(&self, limits: &Limits) -> Result<(), Error> {
        let _ = limits;
        Ok(())
    }
}

impl AttrWriter<'_> {
    /// Appends an attribute that holds a value in its usual form: integers in host order, strings with a NUL.
    ///
    /// # Errors
    ///
    /// The error of [`Emit::emit`] for the type.
    #[inline(always)]
    pub fn put_value<T: Emit>(&mut self, ty: impl Into<AttrType>, value: &T) -> Result<(), Error> {
        value.emit(ty.into(), self)
    }
}

impl<'a, A: Parse<'a>> Iterator for Attrs<'a, A> {
    type Item = Result<A, Error>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        Some(self.next_attr()?.and_then(A::parse))
    }
}

impl<'a, A: Parse<'a>> core::iter::FusedIterator for Attrs<'a, A> {}

impl<'a, A: Parse<'a> + fmt::Debug> fmt::Debug for Attrs<'a, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(*self).finish()
    }
}

/// The attribute as it is.
impl<'a> Parse<'a> for Attr<'a> {
    #[inline(always)]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        Ok(attr)
    }
}

/// With the flags of its own type, and the type that it is written under.
impl Emit for Attr<'_> {
    const TYPE: ValueType = ValueType::Bytes;

    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        w.bytes(self.payload())
    }

    fn emit(&self, ty: AttrType, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        copy_as(*self, ty, w)
    }
}

#[cfg(test)]
mod tests;
