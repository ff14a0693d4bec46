//! The companion enum of a struct: one of its attributes, typed.

use super::members::{Member, Members, field_item};
use super::schema;
use crate::case;
use crate::model::Derive;
use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

/// The enum itself, beside the struct.
pub(super) fn define(members: &Members<'_>) -> TokenStream {
    let model = members.model;
    if !model.has_companion() {
        return TokenStream::new();
    }
    let (vis, name, lt, library) = (&model.vis, model.companion(), &members.lt, &model.keys.library);
    let nl = quote!(#library::__private);
    let variants = members.attrs.iter().filter_map(|Member { field, .. }| {
        let (variant, docs) = (case::variant(&field.ident)?, &field.docs);
        let item = match field.select {
            Some(_) => quote!(#nl::Attr<#lt>),
            None => field_item(field, &nl, "Item"),
        };
        let doc = field.doc.is_empty().then(|| format!(" The attribute `{}`.", field.ident.unraw()));
        let doc = doc.map(|doc| quote!(#[doc = #doc]));
        Some(quote!(#doc #(#docs)* #variant(#item)))
    });
    let doc = format!(" One attribute of [`{}`].", model.ident);
    quote! {
        #[doc = #doc]
        #[derive(::core::clone::Clone, ::core::fmt::Debug)]
        #[non_exhaustive]
        #vis enum #name<#lt> {
            #(#variants,)*
            #[doc = " An attribute of another type."]
            Other(#nl::Attr<#lt>),
        }
    }
}

/// Its implementations: `NlAttrs`, and `Parse`.
pub(super) fn expand(members: &Members<'_>) -> TokenStream {
    let model = members.model;
    if !model.has_companion() {
        return TokenStream::new();
    }
    let (name, lt, own) = (model.companion(), &members.lt, &members.own);
    let schema = match model.derive {
        Derive::Attrs => quote!(<#own as __nl::NlAttrs>::SCHEMA),
        _ => schema::attr_set(members),
    };
    let parse = parse(members);
    let emit = members.attrs.iter().filter_map(|member| {
        let Member { field, ty, limits, .. } = member;
        let variant = case::variant(&field.ident)?;
        if field.select.is_some() {
            return Some(quote!(Self::#variant(__item) => __w.copy(*__item)));
        }
        let emit_item = member.item("emit_item");
        Some(quote!(Self::#variant(__item) => #emit_item(__item, #ty, #limits, __w)))
    });
    quote! {
        #[automatically_derived]
        impl<#lt> __nl::NlAttrs for #name<#lt> {
            const SCHEMA: &'static __nl::AttrSet = #schema;

            #[inline]
            fn emit_attrs(&self, __w: &mut __nl::AttrWriter<'_>) -> ::core::result::Result<(), __nl::Error> {
                match self {
                    #(#emit,)*
                    Self::Other(__attr) => __w.copy(*__attr),
                }
            }
        }

        #[automatically_derived]
        impl<#lt> __nl::Parse<#lt> for #name<#lt> {
            #[inline]
            fn parse(__attr: __nl::Attr<#lt>) -> ::core::result::Result<Self, __nl::Error> {
                ::core::result::Result::Ok(#parse)
            }
        }
    }
}

fn parse(members: &Members<'_>) -> TokenStream {
    if members.attrs.is_empty() {
        return quote!(Self::Other(__attr));
    }
    let arms = members.attrs.iter().filter_map(|member| {
        let Member { field, ty, .. } = member;
        let variant = case::variant(&field.ident)?;
        if field.select.is_some() {
            return Some(quote!(#ty => Self::#variant(__attr)));
        }
        let parse_item = member.read("parse_item");
        Some(quote!(#ty => Self::#variant(#parse_item(__attr)?)))
    });
    quote! {
        match __attr.ty().get() {
            #(#arms,)*
            _ => Self::Other(__attr),
        }
    }
}
