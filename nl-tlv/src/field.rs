//! What the fields of a derived struct can be: a required value, an optional one, a repeated one, a flag. The type
//! decides, not how it is spelled, so that aliases work.

use crate::attr::Walk;
use crate::schema::{AttrSchema, Limits, Presence, ValueType};
use crate::tlv::Origin;
use crate::value::repeat::{Each, Parsed, Shape, State, of_type};
use crate::value::{Be, Emit, Native, NetByteorder, NoNul, Parse, Repeat, Sint, Text, Uint};
use crate::writer::copy_as;
use crate::{Attr, AttrType, AttrWriter, Attrs, Error, ErrorKind};

/// A field of a derived struct that stands for an attribute type, in the encoding `E`.
///
/// `T` is required, `Option<T>` optional, [`Repeat<T>`](crate::Repeat) holds all attributes of the type, and `bool` is
/// a flag. If the attribute of one value occurs more than once, the last one is used, as in the kernel.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type that an attribute can have",
    label = "write an integer, a string, bytes, an address, or a type with `NlAttrs` (not `NlMessage`), `nl_struct` or `NlValue`",
    note = "write `#[derive(NlAttrs)]` above a struct of nested attributes, `#[nl_struct]` above a C struct, `#[derive(NlValue)]` above an enum of numbers; a message cannot be nested, and a field of a type with `NlSubMessage` or `selected_outside` needs `select = kind`",
    note = "a field can also be `Option`, `Repeat` or `Vec` of such a type, an `Array`, or `bool`; only strings and bytes are borrowed: write a set without `&`, or `Lazy<'a, Set>`; with `be`, `net_byteorder`, `text` or `no_nul` fewer types fit",
    note = "of the standard library: for a `Duration` or a time write an integer, for a path or `OsString` an `NlString`, for a map a `Vec` of a set, for `Cow`, `Rc` and `Box` what is in it, for a `SocketAddr` an `IpAddr` and a `u16`"
)]
pub trait Field<'a, E = Native>: Sized {
    /// Where its attributes are stored while they are read: a field that may be absent is its own slot.
    type Slot;

    /// What one attribute holds and how often it occurs; without its type and its name.
    const SCHEMA: AttrSchema;

    /// As that of [`Parse`].
    const IS_WORD: bool = false;

    /// Nothing was found.
    const EMPTY: Self::Slot;

    /// Writes the field's attributes, if it has any.
    ///
    /// # Errors
    ///
    /// If a value cannot be represented, or is outside the limits.
    fn emit(&self, ty: u16, limits: &Limits, w: &mut AttrWriter<'_>) -> Result<(), Error>;

    /// Takes in the attribute of the field's type at which the walk is.
    ///
    /// # Errors
    ///
    /// If it does not hold such a value.
    fn store(slot: &mut Self::Slot, attr: Attr<'a>, walk: &mut Walk<'a>) -> Result<(), Error>;

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
    #[inline(always)]
    fn one(attr: Attr<'a>) -> Result<Self, Error> {
        let mut slot = Self::EMPTY;
        Self::store(&mut slot, attr, &mut Walk::new(Attrs::EMPTY))?;
        Self::finish(slot, attr.ty().get(), Attrs::EMPTY)
    }
}

/// Takes in an attribute as [`Field::store`] does, by a function of its own.
///
/// # Errors
///
/// As there.
#[inline(always)]
pub fn store_seldom<'a, T: Parse<'a, E>, E>(slot: &mut Option<T>, attr: Attr<'a>) -> Result<(), Error> {
    let Attr { payload, nla_type, origin } = attr;
    *slot = Some(parse_seldom(payload, nla_type, origin)?);
    Ok(())
}

/// By parts: with a reference to it, all attributes of a loop would be kept in memory instead of registers.
#[cold]
#[inline(never)]
fn parse_seldom<'a, T: Parse<'a, E>, E>(
    payload: &'a [u8],
    nla_type: u16,
    origin: Origin,
) -> Result<T, Error> {
    T::parse(Attr { payload, nla_type, origin })
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
    T: Emit<E>,
{
    match value.check(limits) {
        Ok(()) => value.emit(ty.into(), w),
        Err(err) => Err(err.of_attr(ty).at(w.offset())),
    }
}

/// The required value, once for each encoding: with `E` open, the compiler could not know that an `Option` is never
/// itself a value.
macro_rules! required {
    ($($encoding:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<'a, T> Field<'a, $encoding> for T
        where
            T: Parse<'a, $encoding> + Emit<$encoding>,
        {
            type Slot = Option<T>;
            const SCHEMA: AttrSchema = AttrSchema::of(T::TYPE, Presence::Required).flagged(T::NLA_FLAGS);
            const IS_WORD: bool = T::IS_WORD;
            const EMPTY: Option<T> = None;

            #[inline(always)]
            fn emit(&self, ty: u16, limits: &Limits, w: &mut AttrWriter<'_>) -> Result<(), Error> {
                emit_checked::<T, $encoding>(self, ty, limits, w)
            }

            #[inline(always)]
            fn store(slot: &mut Option<T>, attr: Attr<'a>, _: &mut Walk<'a>) -> Result<(), Error> {
                T::parse_into(attr, slot)
            }

            #[inline(always)]
            fn finish(slot: Option<T>, ty: u16, area: Attrs<'a>) -> Result<T, Error> {
                match slot {
                    Some(value) => Ok(value),
                    None => Err(missing(ty, area.offset()).known()),
                }
            }
        }
    )*};
}

required! { Native Be NetByteorder Uint Sint Text NoNul }

#[diagnostic::do_not_recommend]
impl<'a, T: Parse<'a, E> + Emit<E>, E> Field<'a, E> for Option<T> {
    type Slot = Self;
    const SCHEMA: AttrSchema = AttrSchema::of(T::TYPE, Presence::Optional).flagged(T::NLA_FLAGS);
    const IS_WORD: bool = T::IS_WORD;
    const EMPTY: Self = None;

    #[inline(always)]
    fn emit(&self, ty: u16, limits: &Limits, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        match self {
            Some(value) => emit_checked(value, ty, limits, w),
            None => Ok(()),
        }
    }

    #[inline(always)]
    fn store(slot: &mut Self, attr: Attr<'a>, _: &mut Walk<'a>) -> Result<(), Error> {
        T::parse_into(attr, slot)
    }

    #[inline(always)]
    fn finish(slot: Self, _: u16, _: Attrs<'a>) -> Result<Self, Error> {
        Ok(slot)
    }
}

/// Every attribute of one type.
#[diagnostic::do_not_recommend]
impl<'a, T: Parse<'a, E> + Emit<E>, E> Field<'a, E> for Repeat<'a, T, E> {
    type Slot = Self;
    const SCHEMA: AttrSchema = AttrSchema::of(T::TYPE, Presence::Repeated).flagged(T::NLA_FLAGS);
    const EMPTY: Self = Self::of(State::Parsed(Parsed::EMPTY));

    fn emit(&self, ty: u16, limits: &Limits, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        match self.state() {
            State::Built(items) => {
                w.in_registers(|w| items.iter().try_for_each(|item| emit_checked(item, ty, limits, w)))
            }
            State::Parsed(parsed) => {
                // A nest has no limits; the compiler does not see that in them where this is not inlined.
                if !matches!(T::TYPE, ValueType::Nested(_)) && *limits != Limits::NONE {
                    let (mut left, place) = (parsed, |err: Error| err.of_attr(ty).at(w.offset()));
                    let mut items = core::iter::from_fn(|| <Each as Shape<'a, T, E>>::next(&mut left));
                    items.try_for_each(|item| item?.check(limits)).map_err(place)?;
                }
                copy(parsed, ty.into(), w)
            }
        }
    }

    #[inline(always)]
    fn store(slot: &mut Self, attr: Attr<'a>, walk: &mut Walk<'a>) -> Result<(), Error> {
        let attrs = walk.step_over_alike(attr.nla_type());
        if slot.has_not_begun() {
            *slot = Self::of(State::Parsed(Parsed { attrs, ty: attr.ty().get(), is_payload: false }));
        }
        Ok(())
    }

    /// With the type of the attribute, which is known where a struct is read, whether or not there was one.
    #[inline(always)]
    fn finish(slot: Self, ty: u16, _: Attrs<'a>) -> Result<Self, Error> {
        Ok(match slot.state() {
            State::Parsed(parsed) => Self::of(State::Parsed(Parsed { ty, ..parsed })),
            State::Built(_) => slot,
        })
    }

    #[inline(always)]
    fn one(attr: Attr<'a>) -> Result<Self, Error> {
        Ok(Self::of(State::Parsed(Parsed::payload(attr))))
    }
}

/// Copies what was received, under the type of the field that holds it now; a function for all types of items, of which
/// each message would have a copy.
#[inline(never)]
fn copy(parsed: Parsed<'_>, ty: AttrType, w: &mut AttrWriter<'_>) -> Result<(), Error> {
    match parsed.is_payload {
        true => copy_as(parsed.attrs.as_payload_of(parsed.ty), ty, w),
        false => of_type(parsed.attrs, parsed.ty).try_for_each(|attr| copy_as(attr, ty, w)),
    }
}

/// `bool` is a flag: present or not, without payload.
#[diagnostic::do_not_recommend]
impl<'a> Field<'a> for bool {
    type Slot = Self;
    const SCHEMA: AttrSchema = AttrSchema::of(ValueType::Flag, Presence::Optional);
    const EMPTY: Self = false;

    #[inline(always)]
    fn emit(&self, ty: u16, _: &Limits, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        if *self { w.flag(ty) } else { Ok(()) }
    }

    #[inline(always)]
    fn store(slot: &mut Self, attr: Attr<'a>, _: &mut Walk<'a>) -> Result<(), Error> {
        attr.array::<0>().map(|_| *slot = true)
    }

    #[inline(always)]
    fn finish(slot: Self, _: u16, _: Attrs<'a>) -> Result<Self, Error> {
        Ok(slot)
    }
}

/// Whether a condition holds, as a type.
#[derive(Debug)]
pub enum Is<const TRUE: bool> {}

macro_rules! conditions {
    ($($name:ident $(<const $number:ident>)?: $message:literal)*) => {$(
        /// A condition that the compiler checks.
        #[diagnostic::on_unimplemented(message = $message, label = "because of this")]
        pub trait $name $(<const $number: i128>)? {
            /// Is there if the condition holds.
            const HOLDS: () = ();
        }

        #[diagnostic::do_not_recommend]
        impl $(<const $number: i128>)? $name $(<$number>)? for Is<true> {}
    )*};
}

conditions! {
    OfInteger: "`min`, `max`, `range` and `mask` need an integer field: strings and bytes have `min_len` and `max_len`, flags, addresses and arrays no limits"
    OfLength: "`min_len` and `max_len` are the length of a string or bytes, and not how many attributes there are: integers have `min` and `max`, flags, addresses and arrays no limits, and bytes are `Box<[u8]>` or `&'a [u8]`"
    Possible: "no value is within these limits: the smallest is more than the largest"
    Held: "no value of this type is this number: write one that it holds"
    Selects<const NUMBER>: "this field is never {NUMBER}, which selects a form: write `when` with a number that its type holds, or `when = \"name\"` if it is a string"
}

#[cold]
#[inline(never)]
fn missing(ty: u16, offset: u32) -> Error {
    Error::new(ErrorKind::MissingAttr, offset, 0, 0).of_attr(ty)
}
