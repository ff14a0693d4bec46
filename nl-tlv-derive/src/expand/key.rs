//! A message that says what one object is like: `Keyed`, for those that have a key.

use super::members::Members;
use super::message;
use crate::literal::{List, Number};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;

/// A wrong definition may lack the key or the message that deletes.
pub(super) fn expand(members: &Members<'_>) -> TokenStream {
    if members.model.keys.deleted.is_none() && !members.model.has_key {
        return TokenStream::new();
    }
    let (owned, view) = owned_and_view(members);
    let schema = (!members.is_wrong).then(|| schema(members, &owned));
    let effect = members.body(|| quote!(__KEY.effect(event, family)));
    let parts = members.body(|| quote!(__KEY.key_parts(message, part)));
    quote! {
        #schema

        #[automatically_derived]
        impl __nl::Keyed for #owned {
            type View<'__v> = #view;

            fn effect(
                event: &__nl::Message<'_>,
                family: __nl::Option<__nl::MessageType>,
            ) -> __nl::Effect {
                #effect
            }

            fn key(
                message: &__nl::Message<'_>,
                part: &mut dyn ::core::ops::FnMut(&[::core::primitive::u8]),
            ) {
                #parts
            }
        }
    }
}

/// The key, and that the header has the fields in it.
fn schema(members: &Members<'_>, owned: &TokenStream) -> TokenStream {
    let keys = &members.model.keys;
    let id = |number: &Number| message::id(keys, number);
    let (deleted, changed) = (keys.deleted.iter().map(id), keys.ids().iter().skip(1).map(id));
    let whole = members.whole().and_then(|field| field.key.as_ref()?.value.as_ref());
    let own = members.attrs.iter().filter(|member| member.field.key.is_some());
    let own = own.map(|member| &member.field.ident);
    let key = own.chain(whole.into_iter().flat_map(|List(names)| names)).map(|name| {
        let text = name.unraw().to_string();
        let set = quote!(__nl::first(<#owned as __nl::NlMessage>::SCHEMAS).attrs);
        quote_spanned!(name.span()=> __nl::key_of(#set, #text))
    });
    let (names, checks) = header_key(members);
    quote! {
        const __KEY: &__nl::KeySchema = &__nl::KeySchema {
            message: __nl::first(<#owned as __nl::NlMessage>::SCHEMAS),
            header_key: &[#(#names),*],
            key: &[#(#key),*],
            changed: &[#(#changed),*],
            deleted: #(#deleted)*,
        };
        #checks
    }
}

/// The message that owns nothing of others, and the one that borrows from bytes.
fn owned_and_view(members: &Members<'_>) -> (TokenStream, TokenStream) {
    let name = &members.model.ident;
    match members.model.generics.lifetimes().next() {
        Some(_) => (quote!(#name<'static>), quote!(#name<'__v>)),
        None => (quote!(#name), quote!(#name)),
    }
}

/// The names of the header's fields in the key, and that there are such fields.
fn header_key(members: &Members<'_>) -> (Vec<String>, TokenStream) {
    let Some(field) = members.header() else { return Default::default() };
    let fields = field.key.iter().filter_map(|key| key.value.as_ref()).flat_map(|List(names)| names);
    let checks = fields.clone().map(|name| {
        let ty = &field.ty;
        quote_spanned!(name.span()=> const _: ::core::primitive::usize = ::core::mem::offset_of!(#ty, #name);)
    });
    let checks = checks.collect();
    (fields.map(|name| name.unraw().to_string()).collect(), checks)
}
