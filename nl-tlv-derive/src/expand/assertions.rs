//! The constants that the implementations share, and what only the compiler can check: constants behind names, and
//! types.

use super::members::{Member, Members, encoding};
use super::schema;
use crate::model::{Limits, Shape};
use crate::types;
use proc_macro2::{Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::Lifetime;
use syn::spanned::Spanned;

pub(super) fn constants(members: &Members<'_>) -> TokenStream {
    if members.is_wrong {
        return TokenStream::new();
    }
    let attrs = members.attrs.iter().filter(|member| !member.field.limits.given.is_empty());
    let attrs = attrs.map(|member| (&member.limits, &member.field.limits));
    let name = quote!(__PAYLOAD_LIMITS);
    let payload = members.payload().map(|field| (&name, &field.limits));
    let limits = attrs.chain(payload).map(|(name, limits)| {
        let limits = self::limits(limits);
        quote!(const #name: &__nl::Limits = &#limits;)
    });
    let (numbers, applied, shared) = (numbers(members), limits_apply(members), is_in_shared(members));
    let (pad, selected) = (pad(members), selected(members));
    quote!(#(#limits)* #numbers #applied #shared #pad #selected)
}

/// `Limits` as a constant expression.
fn limits(limits: &Limits) -> TokenStream {
    let given = limits.given.iter().map(|(name, number)| {
        let (name, expr) = (Ident::new(name, number.span()), &number.expr);
        let ours = number.span().resolved_at(Span::mixed_site());
        match (number.literal, name.to_string().as_str()) {
            (None, "mask") => quote_spanned!(ours=> .#name((#expr) as ::core::primitive::u64)),
            (_, "min" | "max") => {
                let value = number.widened();
                quote!(.#name(#value))
            }
            _ => quote!(.#name(#expr)),
        }
    });
    quote!(__nl::Limits::NONE #(#given)*)
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

/// A selector can be what selects each of the forms.
fn selected(members: &Members<'_>) -> TokenStream {
    let checks = members.attrs.iter().filter_map(|member| {
        let (by, select) = (members.selecting(member)?, member.field.select.as_ref()?.by.as_ref()?);
        let selector = by.path(&by.field.ty, "Field", "SCHEMA");
        let forms = member.path(&member.field.ty, "SelectedField", "SCHEMA");
        let can_select = quote!(__nl::can_select(#selector.value, #forms.value));
        let message = format!(
            "`{select}` cannot select each of these forms: where it is a text, write `when = \"name\"` at them, where it is a number, `when = 1` with one that its type holds"
        );
        Some(assertion(select.span(), can_select, &message))
    });
    in_static(checks.collect(), &members.lt)
}

/// Limits of numbers at numbers, limits of lengths at what has a length, and none that no value can meet. What can be
/// seen without the compiler was checked before.
fn limits_apply(members: &Members<'_>) -> TokenStream {
    let payload = members.payload().map(|field| {
        let encoding = encoding(field);
        (field, field.of_type(&quote!(Emit<#encoding>), "TYPE"), quote!(__PAYLOAD_LIMITS))
    });
    let attrs = members.attrs.iter().filter(|member| member.field.select.is_none());
    let attrs = attrs.map(|member| {
        let schema = member.path(&member.field.ty, "Field", "SCHEMA");
        (member.field, quote!(#schema.value), member.limits.clone())
    });
    let mut checks = TokenStream::new();
    for (field, value, limits) in attrs.chain(payload) {
        let (ty, given) = (types::item(&field.ty).unwrap_or(&field.ty), &field.limits);
        if let (Some(number), false) = (given.of_number(), types::is_integer(ty)) {
            checks.extend(requirement(number.span(), quote!(__nl::is_integer(#value)), "OfInteger"));
        }
        if let (Some(number), false) = (given.of_len(), types::is_text(ty)) {
            checks.extend(requirement(number.span(), quote!(__nl::has_len(#value)), "OfLength"));
        }
        for number in ["min", "max"].iter().filter_map(|name| given.get(name)) {
            if number.literal.is_none() || !types::is_integer(ty) {
                let limit = number.widened();
                let is_held = quote!(__nl::is_held(#value, #limit));
                checks.extend(requirement(number.span(), is_held, "Held"));
            }
        }
        // Literals were compared before.
        if let Some((_, number)) = given.given.iter().find(|(_, number)| number.literal.is_none()) {
            checks.extend(requirement(number.span(), quote!(__nl::is_possible(#limits)), "Possible"));
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

/// A condition of limits as a trait, whose message the compiler shows where it does not hold.
fn requirement(span: Span, condition: TokenStream, name: &str) -> TokenStream {
    let name = Ident::new(name, span);
    quote_spanned!(span=> const _: () = <__nl::Is<{ #condition }> as __nl::#name>::HOLDS;)
}

/// An assertion that points to what it is about.
pub(super) fn assertion(span: Span, condition: TokenStream, message: &str) -> TokenStream {
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
