//! All mistakes of one definition, so that they are shown at once.

use core::cell::RefCell;
use core::fmt::Display;
use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The mistakes so far.
#[derive(Default)]
pub(crate) struct Errors(RefCell<Option<syn::Error>>);

impl Errors {
    /// A mistake at these tokens.
    pub(crate) fn at(&self, place: &impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(place, message));
    }

    /// A mistake at a span.
    pub(crate) fn at_span(&self, span: Span, message: impl Display) {
        self.push(syn::Error::new(span, message));
    }

    /// A mistake that syn found.
    fn push(&self, err: syn::Error) {
        match &mut *self.0.borrow_mut() {
            Some(all) => all.combine(err),
            none => *none = Some(err),
        }
    }

    /// Takes the value, or keeps the mistake.
    pub(crate) fn ok<T>(&self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|err| self.push(err)).ok()
    }

    /// The errors as the compiler shows them; `None` if there is none.
    pub(crate) fn into_tokens(self) -> Option<TokenStream> {
        self.0.into_inner().map(syn::Error::into_compile_error)
    }
}
