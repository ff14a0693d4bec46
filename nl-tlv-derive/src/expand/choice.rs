//! An enum as one attribute out of a set: `NlAttrs`, and `Parse`.

use super::members::{Member, Members};
use super::schema;
use crate::model::Role;
use proc_macro2::TokenStream;
use quote::quote;

pub(super) fn expand(members: &Members<'_>) -> TokenStream {
    let (own, lt, params, schema) = (&members.own, &members.lt, &members.params, schema::attr_set(members));
    let other = members.single(Role::Other).map(|field| &field.ident);
    let parse_other = match other {
        Some(other) => quote!(Self::#other(__attr)),
        None => quote!(return __nl::unknown_attr(__attr)),
    };
    let emit_other = other.map(|other| quote!(Self::#other(__attr) => __w.copy(*__attr),));
    let parse = members.attrs.iter().map(|member| {
        let Member { field, ty, .. } = member;
        let (variant, parse_item) = (&field.ident, member.read("parse_item"));
        quote!(#ty => Self::#variant(#parse_item(__attr)?))
    });
    let emit = members.attrs.iter().map(|member| {
        let Member { field, ty, limits, .. } = member;
        let (variant, emit_item) = (&field.ident, member.item("emit_item"));
        quote!(Self::#variant(__item) => #emit_item(__item, #ty, #limits, __w))
    });
    quote! {
        #[automatically_derived]
        impl #params __nl::NlAttrs for #own {
            const SCHEMA: &'static __nl::AttrSet = #schema;

            #[inline]
            fn emit_attrs(&self, __w: &mut __nl::AttrWriter<'_>) -> ::core::result::Result<(), __nl::Error> {
                match self {
                    #(#emit,)*
                    #emit_other
                }
            }
        }

        #[automatically_derived]
        impl<#lt> __nl::Parse<#lt> for #own {
            #[inline]
            fn parse(__attr: __nl::Attr<#lt>) -> ::core::result::Result<Self, __nl::Error> {
                ::core::result::Result::Ok(match __attr.ty().get() {
                    #(#parse,)*
                    _ => #parse_other,
                })
            }
        }
    }
}
