//! An enum as a value whose form another attribute selects: `NlSubMessage` and `ParseSubMessage`.

use super::assertions::{distinct, in_static};
use super::members::{Member, Members};
use super::{ATTR, TY, WRITER, tried};
use crate::literal::When;
use crate::model::{Field, Role};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;

/// A form, and the constant that selects it, which can be a pattern.
struct Form<'m> {
    field: &'m Field,
    key: Ident,
}

pub(super) fn expand(members: &Members<'_>) -> TokenStream {
    let model = members.model;
    let (name, doc) = (model.ident.unraw().to_string(), &model.doc);
    let forms = members.model.fields.iter().filter(|field| field.when.is_some() && !members.is_wrong);
    let forms = forms.enumerate().map(|(i, field)| Form { field, key: format_ident!("__K{i}") });
    let forms: Vec<_> = forms.collect();
    let other = members.single(Role::Other).filter(|_| !members.is_wrong);
    let keys = forms.iter().map(|form| &form.key);
    let types = forms.iter().map(|form| of_form(form.field, "TYPE"));
    let emit = members.body(|| emit(&forms, other));
    let parse = members.body(|| {
        let parse = forms.iter().map(|Form { field, key }| {
            let read = read(field);
            quote!(__nl::Some(#key) => #read,)
        });
        let other = match other {
            Some(other) => read(other),
            None => quote!(__nl::unknown_form(__attr, __selector)),
        };
        quote!(match __selector { #(#parse)* _ => #other, })
    });
    let otherwise = other.map_or_else(|| quote!(__nl::ValueType::Bytes), |other| of_form(other, "TYPE"));
    let nested_flag = model.keys.has("nested_flag");
    let schema = quote!(&__nl::SubMessageSchema {
        name: #name, doc: #doc, forms: &[#((#keys, #types)),*], otherwise: #otherwise, nested_flag: #nested_flag,
    });
    let parts = [selectors(&forms), implement(members, &schema, &emit, &parse)];
    quote!(#(#parts)*)
}

/// The constants that select the forms; no two numbers are the same.
fn selectors(forms: &[Form<'_>]) -> TokenStream {
    let distinct = distinct(forms.iter().filter_map(|form| match &form.field.when {
        Some(When::Number(number)) => Some(number),
        _ => None,
    }));
    let constants = forms.iter().map(|Form { field, key }| {
        let selector = match &field.when {
            Some(When::Number(number)) => {
                let number = number.widened();
                quote!(Number(#number))
            }
            Some(When::Text(text)) => quote!(Text(#text.as_bytes())),
            None => return TokenStream::new(),
        };
        quote!(const #key: __nl::Selector<'static> = __nl::Selector::#selector;)
    });
    quote!(#(#constants)* #distinct)
}

/// An item of what each form is.
fn of_form(field: &Field, item: &str) -> TokenStream {
    field.of_type(&quote!(Form<'_>), item)
}

/// Reads a form.
fn read(field: &Field) -> TokenStream {
    let (ident, parse) = (&field.ident, of_form(field, "parse"));
    quote_spanned!(field.span()=> #parse(#ATTR).map(Self::#ident))
}

/// The traits of a sub-message.
pub(super) fn implement(
    members: &Members<'_>,
    schema: &TokenStream,
    emit: &TokenStream,
    parse: &TokenStream,
) -> TokenStream {
    let lt = &members.lt;
    let is_outside =
        |member: &&Member<'_>| member.field.select.as_ref().is_some_and(|select| select.value.is_none());
    let is_finite = !members.is_wrong && !members.model.is_recursive();
    let inner = members.attrs.iter().filter(|member| is_finite && is_outside(member));
    let inner = inner.map(|member| member.path(&member.field.ty, "SelectedField", "FORMS"));
    let inner = in_static(quote!(#(#inner),*), lt);
    let (write, read) = (members.writing("NlSubMessage"), members.reading("ParseSubMessage"));
    quote! {
        #write {
            const SCHEMA: &'static __nl::SubMessageSchema = #schema;
            const INNER: &'static [__nl::Forms] = &[#inner];

            #[inline]
            fn emit_as(
                &self,
                __ty: __nl::AttrType,
                __selector: __nl::Option<__nl::Selector<'_>>,
                __w: &mut __nl::AttrWriter<'_>,
            ) -> __nl::Result<()> {
                #emit
            }
        }

        #read {
            #[inline]
            fn parse_as(
                __attr: __nl::Attr<#lt>,
                __selector: __nl::Option<__nl::Selector<'_>>,
            ) -> __nl::Result<Self> {
                #parse
            }
        }
    }
}

fn emit(forms: &[Form<'_>], other: Option<&Field>) -> TokenStream {
    let has_flag = quote!(const { <Self as __nl::NlSubMessage>::SCHEMA.has_nested_flag() });
    let emit = forms.iter().map(|Form { field: field @ Field { ident, .. }, key }| {
        let (emit, span) = (of_form(field, "emit"), field.span());
        let checked = tried(span, &quote!(__nl::check_form(__ty, __selector, #key, __w)));
        quote_spanned! {span=>
            Self::#ident(__item) => {
                #checked;
                #emit(__item, #TY, #has_flag, #WRITER)
            }
        }
    });
    let other = other.map(|other| {
        let (ident, emit) = (&other.ident, of_form(other, "emit"));
        quote_spanned!(other.span()=> Self::#ident(__item) => #emit(__item, #TY, #has_flag, #WRITER),)
    });
    quote!(match self { #(#emit)* #other })
}
