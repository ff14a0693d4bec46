//! What the fields of a derived struct can be: a required value, an optional one, a repeated one, a flag. The type
//! decides, not how it is spelled, so that aliases work.

use crate::schema::{AttrSchema, Limits, Presence, ValueType};
use crate::value::repeat::{State, of_type};
use crate::value::{Be, Describe, Emit, Native, NetByteorder, NoNul, Parse, Repeat, Text};
use crate::{Attr, AttrWriter, Attrs, Error, ErrorKind};

/// A field of a derived struct that stands for an attribute type, in the encoding `E`.
///
/// `T` is required, `Option<T>` optional, [`Repeat<T>`](crate::Repeat) holds all attributes of the type, and `bool` is
/// a flag. Of several attributes for one value the last counts, as in the kernel.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value of a netlink attribute in the encoding `{E}`",
    label = "not a value of an attribute",
    note = "write `#[derive(NlAttrs)]` above a struct of nested attributes, `#[nl_struct]` above a C struct, `#[derive(NlValue)]` above an enum of numbers; a message cannot be nested",
    note = "other values are integers, strings, bytes and addresses; a field can also be `Option` or `Repeat` of a value, or `bool`"
)]
pub trait Field<E = Native> {
    /// What one attribute holds and how often it occurs; without its type and its name.
    const SCHEMA: AttrSchema;

    /// Writes the field's attributes, if it has any.
    ///
    /// # Errors
    ///
    /// If a value cannot be represented, or is outside the limits.
    fn emit(&self, ty: u16, limits: &Limits, w: &mut AttrWriter<'_>) -> Result<(), Error>;
}

/// The reading side of a [`Field`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value of a netlink attribute in the encoding `{E}`",
    label = "not a value of an attribute",
    note = "write `#[derive(NlAttrs)]` above a struct of nested attributes, `#[nl_struct]` above a C struct, `#[derive(NlValue)]` above an enum of numbers; a message cannot be nested",
    note = "other values are integers, strings, bytes and addresses; a field can also be `Option` or `Repeat` of a value, or `bool`"
)]
pub trait ParseField<'a, E = Native>: Field<E> + Sized {
    /// Where its attributes are stored while they are read.
    type Slot: Place<'a, E>;
    /// Nothing was found.
    const EMPTY: Self::Slot;

    /// The field's value when all attributes of `area` were seen.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::MissingAttr`] if it is required.
    fn finish(slot: Self::Slot, ty: u16, area: Attrs<'a>) -> Result<Self, Error>;

    /// Reads a field that consists of this one attribute.
    ///
    /// # Errors
    ///
    /// If it does not hold such a value.
    fn parse_one(attr: Attr<'a>) -> Result<Self, Error>;
}

/// Where the attributes of a field are stored: a field that may be absent is its own place.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value of a netlink attribute in the encoding `{E}`",
    label = "not a value of an attribute",
    note = "write `#[derive(NlAttrs)]` above a struct of nested attributes, `#[nl_struct]` above a C struct, `#[derive(NlValue)]` above an enum of numbers; a message cannot be nested",
    note = "other values are integers, strings, bytes and addresses; a field can also be `Option` or `Repeat` of a value, or `bool`"
)]
pub trait Place<'a, E = Native> {
    /// Takes in an attribute of the field's type; `from` are the attributes from this one on.
    ///
    /// # Errors
    ///
    /// If it does not hold such a value.
    fn store(&mut self, attr: Attr<'a>, from: Attrs<'a>) -> Result<(), Error>;
}

/// Checks a value against the limits and writes it.
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

/// The required and the optional value, once for each encoding: with `E` open, the compiler could not know that an
/// `Option` is never itself a value.
macro_rules! fields {
    ($($encoding:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Emit<$encoding> + Describe<$encoding>> Field<$encoding> for T {
            const SCHEMA: AttrSchema = AttrSchema::of(T::TYPE, Presence::Required).flagged(T::NLA_FLAGS);

            #[inline(always)]
            fn emit(&self, ty: u16, limits: &Limits, w: &mut AttrWriter<'_>) -> Result<(), Error> {
                emit_checked::<T, $encoding>(self, ty, limits, w)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'a, T> ParseField<'a, $encoding> for T
        where
            T: Parse<'a, $encoding> + Emit<$encoding> + Describe<$encoding>,
        {
            type Slot = Option<T>;
            const EMPTY: Option<T> = None;

            #[inline(always)]
            fn finish(slot: Option<T>, ty: u16, area: Attrs<'a>) -> Result<T, Error> {
                match slot {
                    Some(value) => Ok(value),
                    None => Err(missing(ty, area.offset()).of_kind(ErrorKind::MissingAttr)),
                }
            }

            #[inline(always)]
            fn parse_one(attr: Attr<'a>) -> Result<T, Error> {
                T::parse(attr)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: Emit<$encoding> + Describe<$encoding>> Field<$encoding> for Option<T> {
            const SCHEMA: AttrSchema = AttrSchema::of(T::TYPE, Presence::Optional).flagged(T::NLA_FLAGS);

            #[inline(always)]
            fn emit(&self, ty: u16, limits: &Limits, w: &mut AttrWriter<'_>) -> Result<(), Error> {
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
            type Slot = Self;
            const EMPTY: Self = None;

            #[inline(always)]
            fn finish(slot: Self, _: u16, _: Attrs<'a>) -> Result<Self, Error> {
                Ok(slot)
            }

            #[inline(always)]
            fn parse_one(attr: Attr<'a>) -> Result<Self, Error> {
                T::parse(attr).map(Some)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'a, T: Parse<'a, $encoding>> Place<'a, $encoding> for Option<T> {
            #[inline(always)]
            fn store(&mut self, attr: Attr<'a>, _: Attrs<'a>) -> Result<(), Error> {
                T::parse_into(attr, self)
            }
        }
    )*};
}

fields! { Native Be NetByteorder Text NoNul }

/// Every attribute of one type, once for each encoding as above.
macro_rules! repeat_fields {
    ($($encoding:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Emit<$encoding> + Describe<$encoding>> Field<$encoding> for Repeat<'_, T, $encoding> {
            const SCHEMA: AttrSchema = AttrSchema::of(T::TYPE, Presence::Repeated).flagged(T::NLA_FLAGS);

            fn emit(&self, ty: u16, limits: &Limits, w: &mut AttrWriter<'_>) -> Result<(), Error> {
                match self.state() {
                    State::Built(items) => {
                        items.iter().try_for_each(|item| emit_checked::<T, $encoding>(item, ty, limits, w))
                    }
                    State::Parsed(attrs, ty) => of_type(attrs, ty).try_for_each(|attr| w.copy(attr)),
                    State::One(payload, ty) => w.copy(payload.as_payload_of(ty)),
                }
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'a, T> ParseField<'a, $encoding> for Repeat<'a, T, $encoding>
        where
            T: Parse<'a, $encoding> + Emit<$encoding> + Describe<$encoding>,
        {
            type Slot = Self;
            const EMPTY: Self = Self::new(&[]);

            #[inline(always)]
            fn finish(slot: Self, _: u16, _: Attrs<'a>) -> Result<Self, Error> {
                Ok(slot)
            }

            #[inline(always)]
            fn parse_one(attr: Attr<'a>) -> Result<Self, Error> {
                Ok(Self::of(State::One(attr.nested(), attr.nla_type())))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'a, T: Parse<'a, $encoding>> Place<'a, $encoding> for Repeat<'a, T, $encoding> {
            #[inline(always)]
            fn store(&mut self, attr: Attr<'a>, from: Attrs<'a>) -> Result<(), Error> {
                if let State::Built(_) = self.state() {
                    *self = Self::of(State::Parsed(from, attr.ty().get()));
                }
                Ok(())
            }
        }
    )*};
}

repeat_fields! { Native Be NetByteorder Text NoNul }

/// `bool` is a flag: present or not, without payload.
#[diagnostic::do_not_recommend]
impl Field<Native> for bool {
    const SCHEMA: AttrSchema = AttrSchema::of(ValueType::Flag, Presence::Optional);

    #[inline(always)]
    fn emit(&self, ty: u16, _: &Limits, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        if *self { w.flag(ty) } else { Ok(()) }
    }
}

#[diagnostic::do_not_recommend]
impl<'a> ParseField<'a, Native> for bool {
    type Slot = bool;
    const EMPTY: bool = false;

    #[inline(always)]
    fn finish(slot: bool, _: u16, _: Attrs<'a>) -> Result<bool, Error> {
        Ok(slot)
    }

    #[inline(always)]
    fn parse_one(attr: Attr<'a>) -> Result<bool, Error> {
        attr.array::<0>().map(|_| true)
    }
}

#[diagnostic::do_not_recommend]
impl<'a> Place<'a, Native> for bool {
    #[inline(always)]
    fn store(&mut self, attr: Attr<'a>, _: Attrs<'a>) -> Result<(), Error> {
        *self = <Self as ParseField<'a>>::parse_one(attr)?;
        Ok(())
    }
}

#[cold]
#[inline(never)]
fn missing(ty: u16, offset: u32) -> Error {
    Error::new(ErrorKind::MissingAttr, offset, 0, 0).of_attr(ty)
}
