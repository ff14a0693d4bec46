//! `Self` in a definition. Much of what is made of it stands outside of the definition's implementations, where `Self`
//! is something else or nothing: so it becomes the name of the definition before anything else looks at it.

use crate::types::{mentions, placed};
use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::DeriveInput;

/// The definition with its own name instead of `Self`, in the types of its fields, in the numbers of its variants and in
/// all its keys.
pub(crate) fn named(input: DeriveInput) -> DeriveInput {
    let tokens = input.to_token_stream();
    if !mentions(&tokens, "Self") {
        return input;
    }
    let (ident, params) = (&input.ident, input.generics.split_for_impl().1);
    let params = params.as_turbofish();
    let named = name(tokens, &quote!(#ident #params), &quote!(#ident));
    syn::parse2(named).unwrap_or(input)
}

/// What is put in place of `Self` is where `Self` was, so that the compiler points there. Keys and numbers are constants,
/// in which no lifetime of the definition is known.
fn name(tokens: TokenStream, in_type: &TokenStream, in_constant: &TokenStream) -> TokenStream {
    let (mut is_key, mut own) = (false, in_type);
    let named = tokens.into_iter().flat_map(|token| {
        if let TokenTree::Punct(punct) = &token {
            is_key = punct.as_char() == '#';
            own = match punct.as_char() {
                '=' => in_constant,
                ',' => in_type,
                _ => own,
            };
        }
        match token {
            TokenTree::Ident(word) if word == "Self" => placed(own, word.span()),
            TokenTree::Group(group) => {
                let in_type = if is_key { in_constant } else { own };
                let mut named = Group::new(group.delimiter(), name(group.stream(), in_type, in_constant));
                named.set_span(group.span());
                named.to_token_stream()
            }
            token => token.into(),
        }
    });
    named.collect()
}
