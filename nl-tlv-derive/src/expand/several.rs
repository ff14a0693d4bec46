//! An enum as one of several messages, told apart by their types or commands: `NlMessage` and `ParseMessage`.

use super::in_static;
use super::members::Members;
use crate::model::{Field, Role};
use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

pub(super) fn expand(members: &Members<'_>) -> TokenStream {
    let (lt, messages) = (&members.lt, messages(members));
    let other = members.single(Role::Other).map(|field| &field.ident);
    let emit = members.body(|| {
        let emit = messages.iter().map(|field @ Field { ident, .. }| {
            let emit = field.of_type(&quote!(NlMessage), "emit_into");
            quote!(Self::#ident(__item) => #emit(__item, __w, __header),)
        });
        let other = other
            .map(|other| quote!(Self::#other(__message) => __nl::emit_message(__message, __w, __header),));
        quote!(match self { #(#emit)* #other })
    });
    let schema = members.body(|| {
        let schema = messages.iter().map(|field @ Field { ident, .. }| {
            let schema = field.of_type(&quote!(NlMessage), "schema");
            quote!(Self::#ident(__item) => #schema(__item),)
        });
        let other = other.map(|other| quote!(Self::#other(_) => __nl::MessageSchema::UNKNOWN,));
        quote!(match self { #(#schema)* #other })
    });
    let parse = members.body(|| {
        let parse = messages.iter().map(|field @ Field { ident, .. }| {
            let (schemas, parse) = (schemas(field), field.of_type(&quote!(ParseMessage<#lt>), "parse_in"));
            quote! {
                if __nl::is_one_of(__message, __family, #schemas) {
                    return #parse(__message, __family).map(Self::#ident);
                }
            }
        });
        let other = match other {
            Some(other) => quote!(__nl::Ok(Self::#other(*__message))),
            None => quote!(__nl::Err(__nl::unknown_message(__message, __family, __SCHEMAS))),
        };
        quote!(#(#parse)* #other)
    });
    let all = all_schemas(members, &messages);
    let (write, read) = (members.writing("NlMessage"), members.reading("ParseMessage"));
    quote! {
        #all

        #write {
            const SCHEMAS: &'static [&'static __nl::MessageSchema] = __SCHEMAS;

            #[inline]
            fn emit_into(&self, __w: &mut __nl::Writer<'_>, __header: __nl::Header) -> __nl::Result<()> {
                #emit
            }

            #[inline]
            fn schema(&self) -> &'static __nl::MessageSchema {
                #schema
            }
        }

        #read {
            type Attr = __nl::Attr<#lt>;

            #[inline]
            fn parse_in(
                __message: &__nl::Message<#lt>,
                __family: __nl::Option<__nl::MessageType>,
            ) -> __nl::Result<Self> {
                #parse
            }
        }
    }
}

fn messages<'m>(members: &Members<'m>) -> Vec<&'m Field> {
    let fields = members.model.fields.iter();
    fields.filter(|field| field.role() == Some(Role::Message) && !members.is_wrong).collect()
}

fn schemas(field: &Field) -> TokenStream {
    field.of_type(&quote!(NlMessage), "SCHEMAS")
}

/// All schemas, and the check that each message can be told from those before it.
fn all_schemas(members: &Members<'_>, messages: &[&Field]) -> TokenStream {
    let schemas = messages.iter().map(|message| schemas(message));
    let checks = messages.iter().enumerate().skip(1).map(|(i, Field { ident, ty, .. })| {
        let message =
            format!("`{ident}` cannot be told from a variant before it: same type, same command, or one by type and one by command; give each a number of its own, all as `ty` or all as `cmd`");
        let i = Literal::usize_unsuffixed(i);
        quote_spanned!(ty.span()=> ::core::assert!(__CLASH != #i, #message);)
    });
    let all = quote! {
        const __LISTS: &[&[&__nl::MessageSchema]] = &[#(#schemas),*];
        const __SCHEMAS: &[&__nl::MessageSchema] = &__nl::concat::<{ __nl::total(__LISTS) }>(__LISTS);
        const __CLASH: ::core::primitive::usize = __nl::first_clash(__LISTS);
        const _: () = { #(#checks)* };
    };
    in_static(all, &members.lt)
}
