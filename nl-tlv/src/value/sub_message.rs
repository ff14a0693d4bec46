//! Sub-messages: attributes whose form another attribute selects, such as the data of a link by its kind.

use super::{Emit, NlStr, Parse};
use crate::schema::assertions::{has_len, is_held};
use crate::schema::{AttrSchema, Presence, Selector, SubMessageSchema, ValueType};
use crate::{Attr, AttrType, AttrWriter, Attrs, Error, ErrorKind};
use core::ffi::CStr;

/// A value whose form is selected by another attribute; an enum with `#[derive(NlSubMessage)]`, or a set with
/// `#[nl(selected_outside)]`, whose own sub-messages are selected from outside.
///
/// The field that holds it names the field that selects: `#[nl(attr = 2, select = kind)]`. The order of the two in the
/// message does not matter.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no forms to select from",
    note = "add `#[derive(NlSubMessage)]` to an enum, or `#[nl(selected_outside)]` to a set whose sub-messages are selected from outside"
)]
pub trait NlSubMessage {
    /// Its forms.
    const SCHEMA: &'static SubMessageSchema;

    /// The sub-messages in it whose forms are selected together with its own.
    #[doc(hidden)]
    const INNER: &'static [Forms] = &[];

    /// Appends the attribute, so that it is read in the same form again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongForm`] if the selector does not select its form; that of the form. A variant for others is
    /// copied whatever is selected.
    fn emit_as(
        &self,
        ty: AttrType,
        selector: Option<Selector<'_>>,
        w: &mut AttrWriter<'_>,
    ) -> Result<(), Error>;
}

/// The forms that one selector selects: those of a sub-message, and of others in it.
#[derive(Clone, Copy, Debug)]
pub struct Forms {
    /// Those of the sub-message.
    pub own: &'static SubMessageSchema,
    /// Those of the sub-messages in it.
    pub inner: &'static [Forms],
}

impl Forms {
    /// The first form that no value of that type selects; for an assertion in generated code.
    #[must_use]
    pub const fn never_selected(self, by: ValueType) -> Option<Selector<'static>> {
        let (mut own, mut inner) = (self.own.forms, self.inner);
        while let [(when, _), rest @ ..] = own {
            match *when {
                Selector::Number(number) if is_held(by, number, false) && !has_len(by) => own = rest,
                Selector::Text(_) if by.range().is_none() => own = rest,
                never => return Some(never),
            }
        }
        while let [forms, rest @ ..] = inner {
            match forms.never_selected(by) {
                None => inner = rest,
                never => return never,
            }
        }
        None
    }
}

/// The reading side of [`NlSubMessage`], implemented with the same derive.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no forms to select from",
    note = "add `#[derive(NlSubMessage)]` to an enum, or `#[nl(selected_outside)]` to a set whose sub-messages are selected from outside"
)]
pub trait ParseSubMessage<'a>: NlSubMessage + Sized {
    /// Reads the attribute in the form that is selected; without a selector it is one of the others.
    ///
    /// # Errors
    ///
    /// That of the form; [`ErrorKind::UnknownForm`] if there is none and no variant for others.
    fn parse_as(attr: Attr<'a>, selector: Option<Selector<'_>>) -> Result<Self, Error>;
}

/// A form of a sub-message: exactly one attribute. An `Option`, a list or a flag is none or several of them; what the
/// derive calls.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not exactly one attribute, as a form is",
    label = "write a value, or a set with `NlAttrs` that has the `Option`, the list or the flag",
    note = "a form is an integer, a string, bytes, an address, an `Array`, or a type of your own: write `#[derive(NlAttrs)]` above a struct of attributes, `#[nl_struct]` above a C struct, `#[derive(NlValue)]` above an enum of numbers"
)]
pub trait Form<'a>: Sized {
    /// What it is on the wire.
    const TYPE: ValueType;

    /// Writes the attribute; a nest with `NLA_F_NESTED` if it `has_flag`.
    ///
    /// # Errors
    ///
    /// As [`Emit::emit`].
    fn emit(&self, ty: AttrType, has_flag: bool, w: &mut AttrWriter<'_>) -> Result<(), Error>;

    /// Reads the attribute.
    ///
    /// # Errors
    ///
    /// As [`Parse::parse`].
    fn parse(attr: Attr<'a>) -> Result<Self, Error>;
}

#[diagnostic::do_not_recommend]
impl<'a, T: Parse<'a> + Emit> Form<'a> for T {
    const TYPE: ValueType = <T as Emit>::TYPE;

    #[inline(always)]
    fn emit(&self, ty: AttrType, has_flag: bool, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        match has_flag || T::NLA_FLAGS & AttrType::NESTED_FLAG == 0 {
            true => <T as Emit>::emit(self, ty, w),
            false => w.put_with(ty, |w| self.emit_payload(w)),
        }
    }

    #[inline(always)]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        <T as Parse<'a>>::parse(attr)
    }
}

/// A field that can select the form of another one: a string, a number, or a number with names; also an `Option` of these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot select a sub-message",
    note = "selectors are strings, integers, and types with `#[derive(NlValue)]`"
)]
pub trait Select {
    /// What it selects; nothing if it is absent.
    fn selector(&self) -> Option<Selector<'_>>;
}

#[diagnostic::do_not_recommend]
impl<T: Select> Select for Option<T> {
    #[inline]
    fn selector(&self) -> Option<Selector<'_>> {
        self.as_ref().and_then(Select::selector)
    }
}

macro_rules! select {
    ($value:ident => $selector:expr; $($ty:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Select for $ty {
            #[inline]
            fn selector(&self) -> Option<Selector<'_>> {
                let $value = self;
                Some($selector)
            }
        }
    )*};
}

select! { number => Selector::Number((*number).into()); u8 u16 u32 u64 i8 i16 i32 i64 }
select! { text => Selector::Text(text.as_ref()); &str NlStr<'_> }
select! { text => Selector::Text(text); &[u8] }
select! { text => Selector::Text(text.to_bytes()); &CStr }
#[cfg(feature = "alloc")]
select! { text => Selector::Text(text.as_ref()); alloc::string::String super::NlString }

/// A field that holds a sub-message, `T` or `Option<T>`; what the derives call.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no forms to select from",
    note = "add `#[derive(NlSubMessage)]` to an enum, or `#[nl(selected_outside)]` to a set whose sub-messages are selected from outside"
)]
pub trait SelectedField<'a>: Sized {
    /// Its forms and how often it occurs; without its type, its name and what selects it.
    const SCHEMA: AttrSchema;

    /// All that its selector selects.
    const FORMS: Forms;

    /// Writes the attribute, if there is one.
    ///
    /// # Errors
    ///
    /// As [`NlSubMessage::emit_as`].
    fn emit(&self, ty: u16, key: Option<Selector<'_>>, w: &mut AttrWriter<'_>) -> Result<(), Error>;

    /// The field's value, when all attributes were seen.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::MissingAttr`] if it is required; what [`ParseSubMessage::parse_as`] says.
    fn finish(
        slot: Option<Attr<'a>>,
        ty: u16,
        area: Attrs<'a>,
        key: Option<Selector<'_>>,
    ) -> Result<Self, Error>;
}

const fn forms(schema: &'static SubMessageSchema) -> ValueType {
    ValueType::SubMessage { selector: None, schema }
}

#[diagnostic::do_not_recommend]
impl<'a, T: ParseSubMessage<'a>> SelectedField<'a> for T {
    const SCHEMA: AttrSchema = AttrSchema::of(forms(<T as NlSubMessage>::SCHEMA), Presence::Required);
    const FORMS: Forms = Forms { own: T::SCHEMA, inner: T::INNER };

    #[inline]
    fn emit(&self, ty: u16, key: Option<Selector<'_>>, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        self.emit_as(ty.into(), key, w)
    }

    #[inline]
    fn finish(
        slot: Option<Attr<'a>>,
        ty: u16,
        area: Attrs<'a>,
        key: Option<Selector<'_>>,
    ) -> Result<Self, Error> {
        match slot {
            Some(attr) => T::parse_as(attr, key),
            None => Err(Error::new(ErrorKind::MissingAttr, area.offset(), 0, 0).of_attr(ty)),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<'a, T: ParseSubMessage<'a>> SelectedField<'a> for Option<T> {
    const SCHEMA: AttrSchema = AttrSchema::of(forms(<T as NlSubMessage>::SCHEMA), Presence::Optional);
    const FORMS: Forms = Forms { own: T::SCHEMA, inner: T::INNER };

    #[inline]
    fn emit(&self, ty: u16, key: Option<Selector<'_>>, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        self.as_ref().map_or(Ok(()), |value| value.emit_as(ty.into(), key, w))
    }

    #[inline]
    fn finish(
        slot: Option<Attr<'a>>,
        _: u16,
        _: Attrs<'a>,
        key: Option<Selector<'_>>,
    ) -> Result<Self, Error> {
        slot.map(|attr| T::parse_as(attr, key)).transpose()
    }
}

/// Whether a sub-message has the form that its selector selects.
///
/// # Errors
///
/// [`ErrorKind::WrongForm`].
#[inline]
pub fn check_form(
    ty: AttrType,
    selected: Option<Selector<'_>>,
    form: Selector<'_>,
    w: &AttrWriter<'_>,
) -> Result<(), Error> {
    if selected == Some(form) {
        Ok(())
    } else {
        Err(wrong_form(selected, form).of_attr(ty.get()).at(w.offset()))
    }
}

#[cold]
fn wrong_form(selected: Option<Selector<'_>>, form: Selector<'_>) -> Error {
    use Selector::{Number, Text};
    match (form, selected) {
        (Number(form), Some(Number(found))) => Error::of_limit(ErrorKind::WrongForm, form, found),
        (Number(form), _) => Error::of_limit(ErrorKind::WrongForm, form, 0).without_found(),
        (Text(form), Some(Text(found))) => Error::of_text(ErrorKind::WrongForm, Some(form), found),
        (Text(form), _) => Error::of_text(ErrorKind::WrongForm, Some(form), b"").without_found(),
    }
}

/// The error of an attribute whose selector selects no form.
///
/// # Errors
///
/// Always.
#[cold]
pub fn unknown_form<T>(attr: Attr<'_>, selector: Option<Selector<'_>>) -> Result<T, Error> {
    let err = match selector {
        Some(Selector::Number(number)) => Error::of_limit(ErrorKind::UnknownForm, 0, number),
        Some(Selector::Text(text)) => Error::of_text(ErrorKind::UnknownForm, None, text),
        None => Error::of_text(ErrorKind::UnknownForm, None, b"").without_found(),
    };
    Err(err.of_attr(attr.ty().get()).at(attr.offset()))
}
