//! The code that a definition stands for.
//!
//! Everything is named by its absolute path, so that nothing in scope of the definition can get in between; names of
//! our own begin with two underscores. `nl-tlv/tests/contract/expansion` shows it in full.
//!
//! A wrong definition has the same implementations, but they do nothing: so the compiler shows the mistakes in the
//! definition, and none that follow from them.

mod assertions;
mod forms;
#[cfg(test)]
mod golden;
mod key;
mod members;
mod message;
mod one;
mod read;
mod schema;
mod set;
mod several;
mod words;
mod write;

use assertions::in_static;

use crate::attr;
use crate::check::{check, keep_whole};
use crate::errors::Errors;
use crate::model::{Derive, Model};
use crate::types;
use members::Members;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{DeriveInput, Path};

/// Runs a derive that makes definitions of structs and enums: one pipeline for all.
pub(crate) fn derive(derive: Derive, input: &DeriveInput) -> TokenStream {
    let errors = Errors::default();
    let mut model = Model::new(derive, input, &errors);
    check(&model, &errors);
    let errors = errors.into_tokens();
    if errors.is_some() {
        if model.fields.iter().any(|field| types::is_unsized(&field.ty)) {
            // Nothing can be implemented for such a type.
            return quote!(#errors);
        }
        keep_whole(&mut model);
    }
    let expansion = expand(&Members::new(&model, errors.is_some()));
    quote!(#errors #expansion)
}

fn expand(members: &Members<'_>) -> TokenStream {
    let model = members.model;
    let companion = model.has_companion().then(|| (one::define(members), one::companion(members)));
    let (define, companion) = companion.unzip();
    let own = match model.place {
        attr::MESSAGES => several::expand(members),
        attr::SUB_MESSAGE => forms::expand(members),
        attr::MESSAGE => {
            let (message, key) = (message::expand(members), key::expand(members));
            quote!(#message #key)
        }
        attr::ENUM => one::choice(members),
        _ => set::expand(members),
    };
    let constants = assertions::constants(members);
    let block = block(&model.keys.library(), quote!(#constants #own #companion));
    quote!(#define #block)
}

/// A local variable of the generated code. It has the same meaning where the code around it is put at a place of the
/// definition, whichever macro wrote that place.
pub(crate) struct Local(&'static str);

const SELF: Local = Local("self");
const ATTR: Local = Local("__attr");
const ATTRS: Local = Local("__attrs");
const PAYLOAD: Local = Local("__payload");
const TY: Local = Local("__ty");
const WALK: Local = Local("__walk");
const WRITER: Local = Local("__w");

impl Local {
    /// The variable, where an error of what is done with it is to be shown: in parentheses that are there too.
    fn at(&self, span: Span) -> Ident {
        Ident::new(self.0, Span::call_site().located_at(span))
    }
}

impl ToTokens for Local {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.at(Span::call_site()).to_tokens(tokens);
    }
}

/// The value out of a result; its error is returned. It is at the span, so that the compiler points there, but ours: lints
/// of the user's crate do not look into it.
fn tried(span: Span, result: &TokenStream) -> TokenStream {
    let ours = span.resolved_at(Span::mixed_site());
    quote_spanned!(ours=> #result?)
}

/// Puts the implementations where their helpers are seen by nobody else.
pub(crate) fn block(library: &Path, items: TokenStream) -> TokenStream {
    quote! {
        const _: () = {
            use #library::__private as __nl;
            #items
        };
    }
}
