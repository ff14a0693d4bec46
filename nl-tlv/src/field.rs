//! What the fields of a derived struct can be: a required value, an optional one, a repeated one, a flag. The type
//! decides, not how it is spelled, so that aliases work.

use crate::schema::{Limits, Presence, ValueType};
use crate::value::{Be, Describe, Emit, Native, NoNul, Parse, Text};
use crate::{Attr, AttrWriter, Attrs, Error, ErrorKind};

/// A field of a derived struct that stands for an attribute type, in the encoding `E`.
///
/// `T` is required, `Option<T>` optional, [`Repeat<T>`](crate::Repeat) holds all attributes of the type, and `bool` is
/// a flag. Of several attributes for one value the last counts, as in the kernel.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no value of a netlink attribute in the encoding `{E}`",
    label = "not a value of an attribute",
    note = "values are integers, `&str`, `&CStr`, `&[u8]`, `[u8; N]`, IP and MAC addresses; a field can also be `Option` or `Repeat` of one, or `bool`",
    note = "nested attributes are a struct with `#[derive(NlAttrs)]`, a C struct is one with `#[nl_struct]`"
)]
pub trait Field<E = Native> {
    /// What one attribute of this type holds.
    type Item;
    /// What one attribute holds, for the schema.
    const TYPE: ValueType;
    /// How often the attribute occurs, for the schema.
    const PRESENCE: Presence;

    /// Writes one attribute.
    ///
    /// # Errors
    ///
    /// If the value cannot be represented, or is outside the limits.
    fn emit_item(item: &Self::Item, ty: u16, limits: &Limits, w: &mut AttrWriter<'_>) -> Result<(), Error>;

    /// Writes the field's attributes, if it has any.
    ///
    /// # Errors
    ///
    /// As [`emit_item`](Self::emit_item).
    fn emit_field(&self, ty: u16, limits: &Limits, w: &mut AttrWriter<'_>) -> Result<(), Error>;
}

/// The reading side of a [`Field`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no value of a netlink attribute in the encoding `{E}`",
    label = "not a value of an attribute",
    note = "values are integers, `&str`, `&CStr`, `&[u8]`, `[u8; N]`, IP and MAC addresses; a field can also be `Option` or `Repeat` of one, or `bool`",
    note = "nested attributes are a struct with `#[derive(NlAttrs)]`, a C struct is one with `#[nl_struct]`"
)]
pub trait ParseField<'a, E = Native>: Field<E> + Sized {
    /// What was found so far.
    type Slot;
    /// Nothing was found.
    const EMPTY: Self::Slot;

    /// Reads one attribute.
    ///
    /// # Errors
    ///
    /// If it holds no such value.
    fn parse_item(attr: Attr<'a>) -> Result<Self::Item, Error>;

    /// Takes in an attribute of the field's type; `from` are the attributes from this one on.
    ///
    /// # Errors
    ///
    /// As [`parse_item`](Self::parse_item).
    fn store(slot: &mut Self::Slot, attr: Attr<'a>, from: Attrs<'a>) -> Result<(), Error>;

    /// The field's value when all attributes of `area` were seen.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::MissingAttr`] if it is required.
    fn finish(slot: Self::Slot, ty: u16, area: Attrs<'a>) -> Result<Self, Error>;
}

/// Holds a value against the limits and writes it.
#[inline(always)]
pub(crate) fn emit_checked<T, E>(
    value: &T,
    ty: u16,
    limits: &Limits,
    w: &mut AttrWriter<'_>,
) -> Result<(), Error>
where
    T: Emit<E> + Describe<E>,
{
    match value.check(limits) {
        Ok(()) => value.emit(ty.into(), w),
        Err(err) => Err(err.of_attr(ty).at(w.offset())),
    }
}

/// What writing the required and the optional value have in common.
macro_rules! one_value {
    ($value:ident, $encoding:ty) => {
        type Item = $value;
        const TYPE: ValueType = $value::TYPE;

        #[inline(always)]
        fn emit_item(item: &$value, ty: u16, limits: &Limits, w: &mut AttrWriter<'_>) -> Result<(), Error> {
            emit_checked::<$value, $encoding>(item, ty, limits, w)
        }
    };
}

/// What reading the required and the optional value have in common.
macro_rules! read_one_value {
    ($value:ident, $encoding:ty) => {
        type Slot = Option<$value>;
        const EMPTY: Option<$value> = None;

        #[inline(always)]
        fn parse_item(attr: Attr<'a>) -> Result<$value, Error> {
            <$value as Parse<'a, $encoding>>::parse(attr)
        }

        #[inline(always)]
        fn store(slot: &mut Option<$value>, attr: Attr<'a>, _: Attrs<'a>) -> Result<(), Error> {
            <$value as Parse<'a, $encoding>>::parse_into(attr, slot)
        }
    };
}

/// The required and the optional value, once for each encoding: with `E` open, the compiler could not know that an
/// `Option` is never itself a value.
macro_rules! fields {
    ($($encoding:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Emit<$encoding> + Describe<$encoding>> Field<$encoding> for T {
            one_value!(T, $encoding);
            const PRESENCE: Presence = Presence::Required;

            #[inline(always)]
            fn emit_field(&self, ty: u16, limits: &Limits, w: &mut AttrWriter<'_>) -> Result<(), Error> {
                emit_checked::<T, $encoding>(self, ty, limits, w)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'a, T: Parse<'a, $encoding> + Emit<$encoding> + Describe<$encoding>> ParseField<'a, $encoding> for T {
            read_one_value!(T, $encoding);

            #[inline(always)]
            fn finish(slot: Option<T>, ty: u16, area: Attrs<'a>) -> Result<T, Error> {
                match slot {
                    Some(value) => Ok(value),
                    None => Err(missing(ty, area.offset()).of_kind(ErrorKind::MissingAttr)),
                }
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: Emit<$encoding> + Describe<$encoding>> Field<$encoding> for Option<T> {
            one_value!(T, $encoding);
            const PRESENCE: Presence = Presence::Optional;

            #[inline(always)]
            fn emit_field(&self, ty: u16, limits: &Limits, w: &mut AttrWriter<'_>) -> Result<(), Error> {
                match self {
                    Some(value) => emit_checked::<T, $encoding>(value, ty, limits, w),
                    None => Ok(()),
                }
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'a, T> ParseField<'a, $encoding> for Option<T>
        where
            T: Parse<'a, $encoding> + Emit<$encoding> + Describe<$encoding>,
        {
            read_one_value!(T, $encoding);

            #[inline(always)]
            fn finish(slot: Option<T>, _: u16, _: Attrs<'a>) -> Result<Self, Error> {
                Ok(slot)
            }
        }
    )*};
}

fields! { Native Be Text NoNul }

/// `bool` is a flag: present or not, without payload.
#[diagnostic::do_not_recommend]
impl Field<Native> for bool {
    type Item = bool;
    const TYPE: ValueType = ValueType::Flag;
    const PRESENCE: Presence = Presence::Optional;

    #[inline(always)]
    fn emit_item(item: &bool, ty: u16, _: &Limits, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        if *item { w.flag(ty) } else { Ok(()) }
    }

    #[inline(always)]
    fn emit_field(&self, ty: u16, limits: &Limits, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        Self::emit_item(self, ty, limits, w)
    }
}

#[diagnostic::do_not_recommend]
impl<'a> ParseField<'a, Native> for bool {
    type Slot = bool;
    const EMPTY: bool = false;

    #[inline(always)]
    fn parse_item(attr: Attr<'a>) -> Result<bool, Error> {
        attr.array::<0>().map(|_| true)
    }

    #[inline(always)]
    fn store(slot: &mut bool, attr: Attr<'a>, _: Attrs<'a>) -> Result<(), Error> {
        *slot = <Self as ParseField<'a>>::parse_item(attr)?;
        Ok(())
    }

    #[inline(always)]
    fn finish(slot: bool, _: u16, _: Attrs<'a>) -> Result<bool, Error> {
        Ok(slot)
    }
}

#[cold]
#[inline(never)]
fn missing(ty: u16, offset: u32) -> Error {
    Error::new(ErrorKind::MissingAttr, offset, 0, 0).of_attr(ty)
}
