//! The constants that the implementations share, and what only the compiler can check: constants behind names, and
//! types.

use super::members::{Member, Members, encoding, limits};
use super::schema;
use crate::model::Shape;
use proc_macro2::{Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::Lifetime;
use syn::spanned::Spanned;

pub(super) fn constants(members: &Members<'_>) -> TokenStream {
    let payload = members.payload().map(|field| limits(&field.limits));
    let all: Vec<_> =
        members.attrs.iter().map(|member| limits(&member.field.limits)).chain(payload).collect();
    let limits = (!all.is_empty()).then(|| {
        let len = Literal::usize_unsuffixed(all.len());
        quote!(const __LIMITS: [&__nl::Limits; #len] = [#(&#all),*];)
    });
    let (numbers, applied, shared) = (numbers(members), limits_apply(members), is_in_shared(members));
    let pad = pad(members);
    quote!(#limits #numbers #applied #shared #pad)
}

/// The attribute types that are no literals: bound to constants, so that they can be patterns.
fn numbers(members: &Members<'_>) -> TokenStream {
    let is_literal = |member: &Member<'_>| member.field.attr().is_some_and(|number| number.literal.is_some());
    if members.attrs.iter().all(is_literal) {
        return TokenStream::new();
    }
    let named = members.attrs.iter().filter(|member| !is_literal(member)).map(|member| {
        let (name, number) = (&member.ty, member.field.attr().map(|number| number.narrowed("attr_type")));
        quote!(const #name: ::core::primitive::u16 = #number;)
    });
    let types = members.attrs.iter().map(|member| &member.ty);
    let len = Literal::usize_unsuffixed(members.attrs.len());
    let checks = members.attrs.iter().enumerate().map(|(i, member)| {
        let span = member.field.attr().map(|number| &number.expr).span();
        let (i, name) = (Literal::usize_unsuffixed(i), &member.field.ident);
        let taken = format!("`{name}` has an attribute type that a field before it has already");
        assertion(span, quote!(!__nl::is_taken(&__TYPES, #i)), &taken)
    });
    quote!(#(#named)* const __TYPES: [::core::primitive::u16; #len] = [#(#types),*]; #(#checks)*)
}

/// The types that only pad are not those of attributes.
fn pad(members: &Members<'_>) -> TokenStream {
    let pads = members.model.keys.pads.iter();
    let checks = pads.map(|pad| {
        let (expr, types) = (pad.narrowed("attr_type"), members.attrs.iter().map(|member| &member.ty));
        let at = Literal::usize_unsuffixed(members.attrs.len());
        let is_free = quote!(!__nl::is_taken(&[#(#types,)* #expr], #at));
        assertion(pad.span(), is_free, "the type that pads is that of an attribute here")
    });
    checks.collect()
}

/// Limits of numbers at numbers, limits of lengths at what has a length, and none that no value can meet.
fn limits_apply(members: &Members<'_>) -> TokenStream {
    let payload = members.payload().map(|field| {
        let (ty, encoding) = (&field.ty, encoding(field, &quote!(__nl)));
        (field, quote_spanned!(ty.span()=> <#ty as __nl::Describe<#encoding>>::TYPE))
    });
    let attrs = members.attrs.iter().map(|member| (member.field, members.value_type(member)));
    let mut checks = TokenStream::new();
    for (i, (field, value)) in attrs.chain(payload).enumerate() {
        for (name, number) in field.limits.given() {
            let (fits, message) = match name {
                "min" | "max" | "mask" => ("is_integer", "this limits integers, and the field is none"),
                _ => ("has_len", "this limits strings and bytes of any length, and the field is neither"),
            };
            let fits = Ident::new(fits, number.span());
            checks.extend(assertion(number.span(), quote!(__nl::#fits(#value)), message));
        }
        // Literals were compared before.
        if let Some((_, number)) = field.limits.given().find(|(_, number)| number.literal.is_none()) {
            let i = Literal::usize_unsuffixed(i);
            let possible = quote!(__nl::is_possible(__LIMITS[#i]));
            checks.extend(assertion(number.span(), possible, "no value is within these limits"));
        }
    }
    in_static(checks, &members.lt)
}

/// Each attribute is in the shared set, under the same name and number.
fn is_in_shared(members: &Members<'_>) -> TokenStream {
    let (Some(shared), lt) = (members.shared(), &members.lt) else { return TokenStream::new() };
    let shown = shared.to_token_stream().to_string().replace(' ', "");
    let checks = members.attrs.iter().map(|member| {
        let (ty, name) = (&member.ty, schema::name(member, Shape::Struct));
        let message = format!(
            "`{shown}` has no attribute `{name}` of this type: add it there, or name it as it is there"
        );
        let has = quote!(__nl::has_attr(<#shared as __nl::NlAttrs>::SCHEMA, #name, #ty));
        assertion(member.field.ident.span(), has, &message)
    });
    in_static(checks.collect(), lt)
}

/// An assertion that points to what it is about.
fn assertion(span: Span, condition: TokenStream, message: &str) -> TokenStream {
    quote_spanned!(span=> const _: () = ::core::assert!(#condition, #message);)
}

/// The same with `'static` for the definition's lifetime, which a constant cannot declare.
pub(crate) fn in_static(tokens: TokenStream, lt: &Lifetime) -> TokenStream {
    let mut after_quote = false;
    let replace = |token: TokenTree| {
        let is_name = after_quote && matches!(&token, TokenTree::Ident(ident) if *ident == lt.ident);
        after_quote = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\'');
        match token {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), in_static(group.stream(), lt));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            name if is_name => TokenTree::Ident(Ident::new("static", name.span())),
            token => token,
        }
    };
    tokens.into_iter().map(replace).collect()
}
