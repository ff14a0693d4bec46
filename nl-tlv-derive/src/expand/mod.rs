//! The code that a definition stands for.
//!
//! Everything is named by its absolute path, so that nothing in scope of the definition can get in between; names of
//! our own begin with two underscores. `nl-tlv/tests/contract/expansion` shows it in full.

mod assertions;
mod attrs;
mod choice;
mod companion;
mod dummy;
#[cfg(test)]
mod golden;
mod in_place;
mod members;
mod message;
mod object;
mod schema;

pub(crate) use assertions::in_static;
pub(crate) use schema::option;

use crate::check::check;
use crate::errors::Errors;
use crate::model::{Derive, Model, Shape};
use members::Members;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Path};

/// Runs one of the derives.
pub(crate) fn derive(derive: Derive, input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let model = Model::new(derive, input, &mut errors);
    check(&model, &mut errors);
    match errors.into_tokens() {
        Some(errors) => {
            let dummy = dummy::expand(model);
            quote!(#errors #dummy)
        }
        None => expand(&model),
    }
}

fn expand(model: &Model) -> TokenStream {
    match (model.derive, model.shape) {
        (Derive::Message, _) => {
            let members = Members::new(model);
            let companion = companion::define(&members);
            let constants = assertions::constants(&members);
            let message = message::expand(&members);
            let attr = companion::expand(&members);
            let object = object::expand(&members);
            let block = block(&model.keys.library, quote!(#constants #message #attr #object));
            quote!(#companion #block)
        }
        (Derive::Attrs, Shape::Enum) => {
            let members = Members::new(model);
            let constants = assertions::constants(&members);
            let choice = choice::expand(&members);
            block(&model.keys.library, quote!(#constants #choice))
        }
        (Derive::Attrs, _) => {
            let members = Members::new(model);
            let companion = companion::define(&members);
            let constants = assertions::constants(&members);
            let attrs = attrs::expand(&members);
            let attr = companion::expand(&members);
            let block = block(&model.keys.library, quote!(#constants #attrs #attr));
            quote!(#companion #block)
        }
    }
}

/// Puts the implementations where their helpers are seen by nobody else.
pub(crate) fn block(library: &Path, items: TokenStream) -> TokenStream {
    quote! {
        #[allow(unused_qualifications)]
        const _: () = {
            use #library::__private as __nl;
            #items
        };
    }
}
