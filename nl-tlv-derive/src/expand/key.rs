//! A message that says what one object is like: `Keyed`, for those that have a key.

use super::members::Members;
use super::message;
use crate::literal::List;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;

/// A wrong definition may lack the key or the message that deletes.
pub(super) fn expand(members: &Members<'_>) -> TokenStream {
    let has_key = members.model.fields.iter().any(|field| field.key.is_some());
    if !has_key && !members.model.keys.has("deleted") {
        return TokenStream::new();
    }
    let name = &members.model.ident;
    let (owned, view) = match members.model.generics.lifetimes().next() {
        Some(_) => (quote!(#name<'static>), quote!(#name<'__v>)),
        None => (quote!(#name), quote!(#name)),
    };
    let schema = (!members.is_wrong).then(|| schema(members, &owned));
    let effect = members.body(|| quote!(__KEY.effect(event, family)));
    let parts = members.body(|| quote!(__KEY.key_parts(message, part)));
    quote! {
        #schema

        #[automatically_derived]
        impl __nl::Keyed for #owned {
            type View<'__v> = #view;

            fn effect(event: &__nl::Message<'_>, family: __nl::Option<__nl::MessageType>) -> __nl::Effect {
                #effect
            }

            fn key(message: &__nl::Message<'_>, part: &mut dyn ::core::ops::FnMut(&[::core::primitive::u8])) {
                #parts
            }
        }
    }
}

/// The key, and that the header has the fields in it.
fn schema(members: &Members<'_>, owned: &TokenStream) -> TokenStream {
    let keys = &members.model.keys;
    let changed = keys.ids().into_iter().skip(1).map(|number| message::id(keys, &number));
    let whole = members.whole().and_then(|field| field.key.as_ref()?.value.as_ref());
    let own = members.attrs.iter().filter(|member| member.field.key.is_some());
    let own = own.map(|member| &member.field.ident);
    let key = own.chain(whole.into_iter().flat_map(|List(names)| names)).map(|name| {
        let text = name.unraw().to_string();
        let set = quote!(__nl::first(<#owned as __nl::NlMessage>::SCHEMAS).attrs);
        quote_spanned!(name.span()=> __nl::key_of(#set, #text))
    });
    let header = members
        .header()
        .into_iter()
        .filter_map(|field| Some((&field.ty, field.key.as_ref()?.value.as_ref()?)));
    let header: Vec<_> =
        header.flat_map(|(ty, List(names))| names.iter().map(move |name| (ty, name))).collect();
    let names = header.iter().map(|(_, name)| name.unraw().to_string());
    let checks = header.iter().map(|(ty, name)| {
        quote_spanned!(name.span()=> const _: ::core::primitive::usize = ::core::mem::offset_of!(#ty, #name);)
    });
    quote! {
        const __KEY: &__nl::KeySchema = &__nl::KeySchema {
            message: __nl::first(<#owned as __nl::NlMessage>::SCHEMAS),
            header_key: &[#(#names),*],
            key: &[#(#key),*],
            changed: &[#(#changed),*],
        };
        #(#checks)*
    }
}
