//! A struct as a message: `NlMessage`.

use super::members::{Members, encoding};
use super::{attrs, in_place, schema};
use crate::attr::Number;
use crate::model::{Field, TopKeys};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::LitStr;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

pub(super) fn expand(members: &Members<'_>) -> TokenStream {
    let (own, lt, params) = (&members.own, &members.lt, &members.params);
    let attr = match members.payload() {
        Some(_) => quote!(__nl::Attr<#lt>),
        None => attrs::companion(members),
    };
    let (schemas, begin) = (schemas(members), begin(members));
    let (parse, emit) = match members.payload() {
        Some(field) => payload(members, field),
        None => attributes(members),
    };
    let (fill, inline) =
        (in_place::applies(members).then(|| in_place::fill(members)), in_place::inline(members));
    quote! {
        #[automatically_derived]
        impl #params __nl::NlMessage for #own {
            const SCHEMAS: &'static [&'static __nl::MessageSchema] = &[#(#schemas),*];

            #[inline]
            fn emit_into(
                &self,
                __w: &mut __nl::Writer<'_>,
                __header: __nl::Header,
            ) -> ::core::result::Result<(), __nl::Error> {
                __nl::emit_contents::<Self>(__w, __header, |__w| {
                    #(#emit)*
                    ::core::result::Result::Ok(())
                })
            }
        }

        #[automatically_derived]
        impl<#lt> __nl::ParseMessage<#lt> for #own {
            type Attr = #attr;

            #inline
            fn parse_in(
                __message: &__nl::Message<#lt>,
                __family: ::core::option::Option<__nl::MessageType>,
            ) -> ::core::result::Result<Self, __nl::Error> {
                #begin
                #parse
            }
        }

        #fill
    }
}

/// One schema for each type or command.
fn schemas(members: &Members<'_>) -> Vec<TokenStream> {
    let keys = &members.model.keys;
    let ids = keys.ids().iter().enumerate();
    ids.map(|(i, number)| schema_of(members, &id(keys, number), keys.c_names.get(i))).collect()
}

fn schema_of(members: &Members<'_>, id: &TokenStream, c_name: Option<&LitStr>) -> TokenStream {
    let model = members.model;
    let (name, doc, c_name) = (model.ident.unraw().to_string(), &model.doc, schema::option(c_name));
    let header = match members.header() {
        Some(field) => {
            let ty = &field.ty;
            let schema = quote_spanned!(ty.span()=> <#ty as __nl::NlStruct>::SCHEMA);
            quote!(::core::option::Option::Some(#schema))
        }
        None => quote!(::core::option::Option::None),
    };
    let contents = match (members.payload(), members.whole()) {
        (Some(field), _) => payload_schema(field),
        (None, Some(Field { ty, .. })) => {
            let set = quote_spanned!(ty.span()=> <#ty as __nl::NlAttrs>::SCHEMA);
            quote!(__nl::Contents::Attrs(#set))
        }
        (None, None) if model.has_companion() => {
            let companion = members.owned(&attrs::companion(members));
            quote!(__nl::Contents::Attrs(<#companion as __nl::NlAttrs>::SCHEMA))
        }
        (None, None) => {
            let set = schema::attr_set(members);
            quote!(__nl::Contents::Attrs(#set))
        }
    };
    quote! {
        &__nl::MessageSchema {
            name: #name,
            doc: #doc,
            id: #id,
            c_name: #c_name,
            header: #header,
            contents: #contents,
        }
    }
}

/// A `MessageId`: a type or a command, as the message itself has one.
pub(super) fn id(keys: &TopKeys, number: &Number) -> TokenStream {
    if keys.cmd.is_empty() {
        let ty = number.narrowed("message_type");
        return quote!(__nl::MessageId::Type(__nl::MessageType(#ty)));
    }
    let cmd = number.narrowed("command");
    let version = keys.version.as_ref().map_or_else(|| quote!(1), |version| version.narrowed("command"));
    quote!(__nl::MessageId::Command { cmd: #cmd, version: #version })
}

fn payload_schema(field: &Field) -> TokenStream {
    let (name, ty, encoding) = (field.ident.unraw().to_string(), &field.ty, encoding(field, &quote!(__nl)));
    let value = quote_spanned!(ty.span()=> <#ty as __nl::Describe<#encoding>>::TYPE);
    quote! {
        __nl::Contents::Payload { name: #name, value: #value, limits: *__LIMITS[0] }
    }
}

/// Sees that it is this message, and what comes behind its headers: `__payload`, `__header`.
fn begin(members: &Members<'_>) -> TokenStream {
    let header = members.header().map(|field| {
        let ty = &field.ty;
        quote!(let (__header, __payload) = __payload.header::<#ty>()?;)
    });
    quote! {
        let (__payload, _) = __nl::contents(__message, __family, <Self as __nl::NlMessage>::SCHEMAS)?;
        #header
    }
}

/// The end of `parse_in`, and the statements of `emit_into`, for a message of attributes.
fn attributes(members: &Members<'_>) -> (TokenStream, Vec<TokenStream>) {
    let parse = attrs::parse(members);
    let parse = quote! {
        let __attrs = __payload.attrs();
        #parse
    };
    (parse, attrs::emit(members))
}

/// The same for a message that has one value as its payload.
fn payload(members: &Members<'_>, field: &Field) -> (TokenStream, Vec<TokenStream>) {
    let (name, ty, encoding) = (&field.ident, &field.ty, encoding(field, &quote!(__nl)));
    let header = members.header().map(|field| {
        let name = &field.ident;
        quote!(#name: __header,)
    });
    let parse = quote! {
        ::core::result::Result::Ok(Self {
            #header
            #name: __payload.value::<#ty, #encoding>()?,
        })
    };
    let mut emit = attrs::emit(members);
    emit.push(quote!(__nl::emit_value::<#ty, #encoding>(&self.#name, __LIMITS[0], __w)?;));
    (parse, emit)
}
