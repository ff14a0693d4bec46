//! An enum as a value whose form another attribute selects: `NlSubMessage` and `ParseSubMessage`.

use super::members::Members;
use super::{ATTR, TY, WRITER, tried};
use crate::model::{Field, Role, When};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Expr;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

/// A form, and the selector that selects it.
struct Form<'m> {
    field: &'m Field,
    key: TokenStream,
}

pub(super) fn expand(members: &Members<'_>) -> TokenStream {
    let model = members.model;
    let (name, doc) = (model.ident.unraw().to_string(), &model.doc);
    let (numbers, forms) = forms(members);
    let other = members.single(Role::Other).map(|field| &field.ident);
    let described = forms.iter().map(|Form { field, key }| {
        let schema = field.of_type(&quote!(Field<'_>), "SCHEMA");
        quote!((#key, #schema.value))
    });
    let emit = members.body(|| emit(&forms, other));
    let parse = members.body(|| {
        let parse = forms.iter().map(|Form { field: field @ Field { ident, .. }, key }| {
            let one = field.of_type(&quote!(Field<'_>), "one");
            let read = quote_spanned!(field.span()=> #one(#ATTR).map(Self::#ident));
            quote!(__nl::Some(#key) => #read,)
        });
        let other = match other {
            Some(other) => quote!(__nl::Ok(Self::#other(__attr))),
            None => quote!(__nl::unknown_attr(__attr)),
        };
        quote!(match __selector { #(#parse)* _ => #other, })
    });
    let schema = quote! {
        &__nl::SubMessageSchema {
            name: #name,
            doc: #doc,
            forms: &[#(#described),*],
            otherwise: __nl::ValueType::Bytes,
        }
    };
    let own = implement(members, &schema, &emit, &parse);
    quote!(#numbers #own)
}

/// The traits of a sub-message.
pub(super) fn implement(
    members: &Members<'_>,
    schema: &TokenStream,
    emit: &TokenStream,
    parse: &TokenStream,
) -> TokenStream {
    let lt = &members.lt;
    let write = members.implement(
        "NlSubMessage",
        quote! {
            const SCHEMA: &'static __nl::SubMessageSchema = #schema;

            #[inline]
            fn emit_as(
                &self,
                __ty: __nl::AttrType,
                __selector: __nl::Option<__nl::Selector<'_>>,
                __w: &mut __nl::AttrWriter<'_>,
            ) -> __nl::Result<()> {
                #emit
            }
        },
    );
    let read = members.implement_reading(
        "ParseSubMessage",
        quote! {
            #[inline]
            fn parse_as(
                __attr: __nl::Attr<#lt>,
                __selector: __nl::Option<__nl::Selector<'_>>,
            ) -> __nl::Result<Self> {
                #parse
            }
        },
    );
    quote!(#write #read)
}

/// The forms, and the constants that their selectors are, so that they can be patterns.
fn forms<'m>(members: &Members<'m>) -> (TokenStream, Vec<Form<'m>>) {
    let (mut numbers, mut forms) = (TokenStream::new(), Vec::new());
    for (i, field) in members.model.fields.iter().filter(|_| !members.is_wrong).enumerate() {
        let key = match &field.when {
            None => continue,
            Some(When::Text(text)) => quote!(__nl::Selector::Text(#text)),
            Some(When::Number(expr)) => {
                let number = format_ident!("__K{i}");
                let value = match expr {
                    Expr::Lit(_) => quote!(#expr),
                    _ => quote!((#expr) as ::core::primitive::i128),
                };
                numbers
                    .extend(quote_spanned!(expr.span()=> const #number: ::core::primitive::i128 = #value;));
                quote!(__nl::Selector::Number(#number))
            }
        };
        forms.push(Form { field, key });
    }
    (numbers, forms)
}

fn emit(forms: &[Form<'_>], other: Option<&Ident>) -> TokenStream {
    let emit = forms.iter().map(|Form { field: field @ Field { ident, .. }, key }| {
        let (emit, span) = (field.of_type(&quote!(Field<'_>), "emit"), field.span());
        let checked = tried(span, &quote!(__nl::check_form(__ty, __selector, #key, __w)));
        quote_spanned! {span=>
            Self::#ident(__item) => {
                #checked;
                #emit(__item, #TY.get(), __nl::FREE, #WRITER)
            }
        }
    });
    let other = other.map(|other| quote!(Self::#other(__attr) => __nl::copy_as(*__attr, __ty, __w),));
    quote!(match self { #(#emit)* #other })
}
