//! Owned forms: `String`, `NlString`, `Box<[u8]>` as values, and `Vec<T>` as the field that holds every attribute of a type.

use super::{Emit, Native, NlStr, NlString, NoNul, Parse, Text};
use crate::attr::Walk;
use crate::field::{Field, emit_checked};
use crate::schema::{AttrSchema, Limits, Presence};
use crate::{Attr, AttrWriter, Attrs, Error};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

macro_rules! owned {
    ($($owned:ty, $borrowed:ty, $encoding:ty;)*) => {$(
        impl<'a> Parse<'a, $encoding> for $owned {
            fn parse(attr: Attr<'a>) -> Result<Self, Error> {
                <$borrowed as Parse<'a, $encoding>>::parse(attr).map(Self::from)
            }
        }
    )*};
}

owned! {
    String, &str, Native;
    String, &str, NoNul;
    NlString, NlStr<'_>, Native;
    NlString, NlStr<'_>, NoNul;
    Box<[u8]>, &[u8], Native;
    Box<[u8]>, &[u8], Text;
}

/// Every attribute of the type, in order, each read at once.
#[diagnostic::do_not_recommend]
impl<'a, T: Parse<'a, E> + Emit<E>, E> Field<'a, E> for Vec<T> {
    type Slot = Self;
    const SCHEMA: AttrSchema = AttrSchema::of(T::TYPE, Presence::Repeated).flagged(T::NLA_FLAGS);
    const EMPTY: Self = Self::new();

    fn emit(&self, ty: u16, limits: &Limits, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        self.iter().try_for_each(|item| emit_checked(item, ty, limits, w))
    }

    #[inline]
    fn store(slot: &mut Self, attr: Attr<'a>, _: &mut Walk<'a>) -> Result<(), Error> {
        slot.push(T::parse(attr)?);
        Ok(())
    }

    fn finish(slot: Self, _: u16, _: Attrs<'a>) -> Result<Self, Error> {
        Ok(slot)
    }
}
