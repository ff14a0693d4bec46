//! An enum as a value whose form another attribute selects: `NlSubMessage` and `ParseSubMessage`.

use super::assertions::assertion;
use super::members::Members;
use super::{ATTR, TY, WRITER, tried};
use crate::attr::Number;
use crate::model::{Field, Role, When};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;

/// A form, and the selector that selects it.
struct Form<'m> {
    field: &'m Field,
    key: TokenStream,
    /// The constant that a number is, so that it can be a pattern.
    number: Option<Ident>,
}

pub(super) fn expand(members: &Members<'_>) -> TokenStream {
    let model = members.model;
    let (name, doc) = (model.ident.unraw().to_string(), &model.doc);
    let (numbers, forms) = forms(members);
    let other = members.single(Role::Other).filter(|_| !members.is_wrong);
    let described = forms.iter().map(|Form { field, key, .. }| {
        let ty = of_form(field, "TYPE");
        quote!((#key, #ty))
    });
    let emit = members.body(|| emit(&forms, other));
    let parse = members.body(|| {
        let parse = forms.iter().map(|Form { field, key, .. }| {
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
    let schema = quote! {
        &__nl::SubMessageSchema {
            name: #name,
            doc: #doc,
            forms: &[#(#described),*],
            otherwise: #otherwise,
        }
    };
    let (own, distinct) = (implement(members, &schema, &emit, &parse), distinct(&forms));
    quote!(#numbers #distinct #own)
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

/// That no two forms have the same number. Of literals this was seen before.
fn distinct(forms: &[Form<'_>]) -> TokenStream {
    let mut before: Vec<(&Ident, &Number)> = Vec::new();
    let mut checks = TokenStream::new();
    for form in forms {
        let Some((When::Number(number), name)) = form.field.when.as_ref().zip(form.number.as_ref()) else {
            continue;
        };
        let others = before.iter().filter(|(_, other)| number.literal.is_none() || other.literal.is_none());
        for (other, _) in others {
            let message = "this number selects another form already";
            checks.extend(assertion(number.span(), quote!(#name != #other), message));
        }
        before.push((name, number));
    }
    checks
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

/// The forms, and the constants of those that numbers select.
fn forms<'m>(members: &Members<'m>) -> (TokenStream, Vec<Form<'m>>) {
    let (mut numbers, mut forms) = (TokenStream::new(), Vec::new());
    for (i, field) in members.model.fields.iter().filter(|_| !members.is_wrong).enumerate() {
        let (key, number) = match &field.when {
            None => continue,
            Some(When::Text(text)) => (quote!(__nl::Selector::Text(#text)), None),
            Some(When::Number(number)) => {
                let name = format_ident!("__K{i}");
                let value = number.widened();
                numbers
                    .extend(quote_spanned!(number.span()=> const #name: ::core::primitive::i128 = #value;));
                (quote!(__nl::Selector::Number(#name)), Some(name))
            }
        };
        forms.push(Form { field, key, number });
    }
    (numbers, forms)
}

fn emit(forms: &[Form<'_>], other: Option<&Field>) -> TokenStream {
    let emit = forms.iter().map(|Form { field: field @ Field { ident, .. }, key, .. }| {
        let (emit, span) = (of_form(field, "emit"), field.span());
        let checked = tried(span, &quote!(__nl::check_form(__ty, __selector, #key, __w)));
        quote_spanned! {span=>
            Self::#ident(__item) => {
                #checked;
                #emit(__item, #TY, #WRITER)
            }
        }
    });
    let other = other.map(|other| {
        let (ident, emit) = (&other.ident, of_form(other, "emit"));
        quote_spanned!(other.span()=> Self::#ident(__item) => #emit(__item, #TY, #WRITER),)
    });
    quote!(match self { #(#emit)* #other })
}
