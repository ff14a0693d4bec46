//! `Self` in a definition. Much of what is made of it stands outside of the definition's implementations, where `Self`
//! is something else or nothing: so it becomes the name of the definition before anything else looks at it.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::Parse;
use syn::{Attribute, Data, DeriveInput, Fields, Meta};

/// The definition with its own name instead of `Self`, in the types of its fields, in the numbers of its variants and in
/// all its keys.
pub(crate) fn named(mut input: DeriveInput) -> DeriveInput {
    let (ident, params) =
        (input.ident.clone(), input.generics.split_for_impl().1.as_turbofish().to_token_stream());
    // Keys and numbers are constants, in which no lifetime of the definition is known.
    let (in_type, in_constant) = (quote!(#ident #params), quote!(#ident));
    name_attrs(&mut input.attrs, &in_constant);
    match &mut input.data {
        Data::Struct(data) => name_fields(&mut data.fields, &in_type, &in_constant),
        Data::Enum(data) => {
            for variant in &mut data.variants {
                name_attrs(&mut variant.attrs, &in_constant);
                name_fields(&mut variant.fields, &in_type, &in_constant);
                variant.discriminant.iter_mut().for_each(|(_, number)| name_in(number, &in_constant));
            }
        }
        Data::Union(_) => {}
    }
    input
}

fn name_fields(fields: &mut Fields, in_type: &TokenStream, in_constant: &TokenStream) {
    for field in fields {
        name_attrs(&mut field.attrs, in_constant);
        name_in(&mut field.ty, in_type);
    }
}

fn name_attrs(attrs: &mut [Attribute], own: &TokenStream) {
    for attr in attrs.iter_mut().filter(|attr| attr.path().is_ident("nl")) {
        match &mut attr.meta {
            Meta::List(list) if has_self(&list.tokens) => list.tokens = name(list.tokens.clone(), own),
            _ => {}
        }
    }
}

/// A type or an expression; one without `Self` stays as it is.
fn name_in<T: ToTokens + Parse>(syntax: &mut T, own: &TokenStream) {
    let tokens = syntax.to_token_stream();
    if !has_self(&tokens) {
        return;
    }
    if let Ok(named) = syn::parse2(name(tokens, own)) {
        *syntax = named;
    }
}

fn name(tokens: TokenStream, own: &TokenStream) -> TokenStream {
    tokens.into_iter().flat_map(|token| name_token(token, own)).collect()
}

/// What is put in place of `Self` is where `Self` was, so that the compiler points there.
fn name_token(token: TokenTree, own: &TokenStream) -> TokenStream {
    match token {
        TokenTree::Ident(word) if word == "Self" => {
            own.clone().into_iter().map(|token| at(token, word.span())).collect()
        }
        TokenTree::Group(group) => {
            let mut named = Group::new(group.delimiter(), name(group.stream(), own));
            named.set_span(group.span());
            TokenTree::Group(named).into()
        }
        token => token.into(),
    }
}

fn at(mut token: TokenTree, span: Span) -> TokenTree {
    token.set_span(span);
    token
}

fn has_self(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "Self",
        TokenTree::Group(group) => has_self(&group.stream()),
        _ => false,
    })
}
