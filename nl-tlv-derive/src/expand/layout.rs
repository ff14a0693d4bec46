//! A struct of fixed layout: `NlStruct`, and the value that it is in an attribute.

use crate::model::Model;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

pub(super) fn expand(model: &Model) -> TokenStream {
    let (own, name) = (&model.ident, model.ident.unraw().to_string());
    let fields = model.fields.iter().map(|field| {
        let (ident, ty, name) = (&field.ident, &field.ty, field.ident.unraw().to_string());
        let value = quote_spanned!(ty.span()=> <#ty as __nl::StructFieldValue>::TYPE);
        quote! {
            __nl::StructField {
                name: #name,
                offset: ::core::mem::offset_of!(Self, #ident),
                len: ::core::mem::size_of::<#ty>(),
                value: #value,
            }
        }
    });
    let (value, zero_extend) = (value(model), model.keys.zero_extend);
    quote! {
        #[automatically_derived]
        impl __nl::NlStruct for #own {
            const SCHEMA: &'static __nl::StructSchema = &__nl::StructSchema {
                name: #name,
                len: ::core::mem::size_of::<Self>(),
                fields: &[#(#fields),*],
                zero_extend: #zero_extend,
            };
        }

        #value
    }
}

fn value(model: &Model) -> TokenStream {
    let own = &model.ident;
    quote! {
        #[automatically_derived]
        impl<'a> __nl::Parse<'a> for #own {
            #[inline]
            fn parse(__attr: __nl::Attr<'a>) -> ::core::result::Result<Self, __nl::Error> {
                __nl::parse_struct(__attr)
            }
        }

        #[automatically_derived]
        impl __nl::Emit for #own {
            #[inline]
            fn emit_payload(&self, __w: &mut __nl::AttrWriter<'_>) -> ::core::result::Result<(), __nl::Error> {
                __nl::emit_struct(self, __w)
            }
        }

        #[automatically_derived]
        impl __nl::Describe for #own {
            const TYPE: __nl::ValueType = __nl::ValueType::Struct(<Self as __nl::NlStruct>::SCHEMA);
        }
    }
}
