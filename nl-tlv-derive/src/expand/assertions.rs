//! The constants that the implementations share, and what only the compiler can check: constants behind names, and
//! types.

use super::members::{Member, Members, encoding};
use super::schema;
use crate::attr::ENUM;
use crate::literal::Number;
use crate::model::Role;
use crate::types;
use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::Lifetime;

pub(super) fn constants(members: &Members<'_>) -> TokenStream {
    if members.is_wrong {
        return TokenStream::new();
    }
    let attrs = members.attrs.iter().filter(|member| !member.field.limits.is_empty());
    let attrs = attrs.map(|member| (&member.limits, &member.field.limits));
    let name = quote!(__PAYLOAD_LIMITS);
    let payload = members.payload().map(|field| (&name, &field.limits));
    let limits = attrs.chain(payload).map(|(name, limits)| {
        let limits = self::limits(limits);
        quote!(const #name: &__nl::Limits = &#limits;)
    });
    let (numbers, ids, applied) = (numbers(members), ids(members), limits_apply(members));
    let (variants, selected, shared) = (variants(members), selected(members), is_in_shared(members));
    let (complete, claimed) = (is_complete(members), claimed(members));
    quote!(#(#limits)* #numbers #claimed #ids #applied #variants #selected #shared #complete)
}

/// The types that are not kept in a field with `rest`.
fn claimed(members: &Members<'_>) -> Option<TokenStream> {
    members.single(Role::Rest)?;
    let types = members.attrs.iter().map(|member| &member.ty);
    let pads = members.model.keys.list::<Number>("pad").into_iter().map(|pad| pad.narrowed("attr"));
    Some(quote!(const __CLAIMED: &&[::core::primitive::u16] = &[#(#types,)* #(#pads,)*].as_slice();))
}

/// `Limits` as a constant expression.
fn limits(limits: &[(&str, Number)]) -> TokenStream {
    let given = limits.iter().map(|(name, number)| {
        let (value, name) = (number.narrowed(name), Ident::new(name, number.span()));
        quote!(.#name(#value))
    });
    quote!(__nl::Limits::NONE #(#given)*)
}

/// The attribute types that are no literals: bound to constants, so that they can be patterns. None of them is another's.
fn numbers(members: &Members<'_>) -> TokenStream {
    let attrs = || members.attrs.iter().filter_map(|member| Some((member, member.field.attr()?)));
    let computed = attrs().filter(|(_, number)| number.literal.is_none());
    let constants = computed.map(|(Member { ty, .. }, number)| {
        let number = number.narrowed("attr");
        quote!(const #ty: ::core::primitive::u16 = #number;)
    });
    let pads = members.model.keys.list::<Number>("pad");
    let distinct = distinct(attrs().map(|(_, number)| number).chain(&pads));
    quote!(#(#constants)* #distinct)
}

/// The numbers of a message, and of the one that says that an object has been deleted.
fn ids(members: &Members<'_>) -> TokenStream {
    let keys = &members.model.keys;
    distinct(keys.ids().iter().chain(&keys.value("deleted")))
}

/// That none of these numbers is one before it. Of literals this was seen before.
pub(super) fn distinct<'n>(numbers: impl IntoIterator<Item = &'n Number>) -> TokenStream {
    let numbers: Vec<_> = numbers.into_iter().collect();
    if numbers.iter().all(|number| number.literal.is_some()) {
        return TokenStream::new();
    }
    let values = numbers.iter().map(|number| number.widened());
    let checks = numbers.iter().enumerate().map(|(i, number)| {
        let i = Literal::usize_unsuffixed(i);
        let message = "another before it has this number already: write one of its own";
        assertion(number.span(), quote!(!__nl::is_taken(__ALL, #i)), message)
    });
    quote!(const _: () = { const __ALL: &[::core::primitive::i128] = &[#(#values),*]; #(#checks)* };)
}

/// Each variant of an enum of attributes is one. What is seen to be one was looked at before.
fn variants(members: &Members<'_>) -> TokenStream {
    let is_choice = members.model.place == ENUM;
    let attrs = members.attrs.iter().filter(|member| is_choice && !types::is_plain(&member.field.ty));
    let checks = attrs.map(|member| {
        let (field, schema) = (member.field, member.path(&member.field.ty, "Field", "SCHEMA"));
        let one = quote!((__nl::Presence::Required, _) | (_, __nl::ValueType::Flag));
        let is_one = quote!(::core::matches!((#schema.presence, #schema.value), #one));
        let ty = types::shown(&field.ty);
        let message = format!(
            "a variant is one attribute that is there: `{ty}` is an `Option` or a list, so write the type inside it"
        );
        assertion(field.span(), is_one, &message)
    });
    in_static(checks.collect(), &members.lt)
}

/// A selector can be what selects each of the forms.
fn selected(members: &Members<'_>) -> TokenStream {
    let checks = members.attrs.iter().filter_map(|member| {
        let (by, select) = (members.selecting(member)?, member.field.select.as_ref()?.value.as_ref()?);
        let selector = by.path(&by.field.ty, "Field", "SCHEMA");
        let forms = member.path(&member.field.ty, "SelectedField", "FORMS");
        let never = quote!(#forms.never_selected(#selector.value));
        let is_no_text = quote!(!::core::matches!(#never, __nl::Some(__nl::Selector::Text(_))));
        let message = format!(
            "`{select}` is a number, and selects no form by a text: write `when = 1` at the forms, or make `{select}` a string"
        );
        let is_text = assertion(select.span(), is_no_text, &message);
        let is_no_number = quote!(!::core::matches!(#never, __nl::Some(__nl::Selector::Number(_))));
        let number = quote!(match #never { __nl::Some(__nl::Selector::Number(__n)) => __n, _ => 0 });
        let of_number = requirement(select.span(), is_no_number, quote!(Selects<{ #number }>));
        Some(quote!(#is_text #of_number))
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
    let mut require = |number: &Number, condition, name| {
        checks.extend(requirement(number.span(), condition, name));
    };
    for (field, value, limits) in attrs.chain(payload) {
        let ty = field.item();
        if let (Some(number), false) = (field.limit(&["min", "max", "mask"]), types::is_integer(ty)) {
            require(number, quote!(__nl::is_integer(#value)), quote!(OfInteger));
        }
        if let (Some(number), false) = (field.limit(&["min_len", "max_len"]), types::has_len(ty)) {
            require(number, quote!(__nl::has_len(#value)), quote!(OfLength));
        }
        for (key, number) in field.limits.iter().filter(|(key, _)| matches!(*key, "min" | "max" | "mask")) {
            if number.literal.is_none() || !types::is_integer(ty) {
                let (limit, is_mask) = (number.widened(), *key == "mask");
                require(number, quote!(__nl::is_held(#value, #limit, #is_mask)), quote!(Held));
            }
        }
        // Literals were compared before.
        if let Some((_, number)) = field.limits.iter().find(|(_, number)| number.literal.is_none()) {
            require(number, quote!(__nl::is_possible(#limits)), quote!(Possible));
        }
    }
    in_static(checks, &members.lt)
}

/// Each attribute is in the shared set, under the same name and number.
fn is_in_shared(members: &Members<'_>) -> TokenStream {
    let (Some(shared), lt) = (members.shared(), &members.lt) else { return TokenStream::new() };
    let shown = shared.to_token_stream().to_string().replace(' ', "");
    let checks = members.attrs.iter().map(|member| {
        let (ty, name) = (&member.ty, schema::name(member));
        let message = format!(
            "`{shown}` has no attribute `{name}` of this type: add it there, or name it as it is there"
        );
        let has = quote!(__nl::has_attr(<#shared as __nl::NlAttrs>::SCHEMA, #name, #ty));
        assertion(member.field.ident.span(), has, &message)
    });
    in_static(checks.collect(), lt)
}

/// A set that is a whole message is a value, whose forms nothing around it selects.
fn is_complete(members: &Members<'_>) -> TokenStream {
    let whole = members.whole().map(|field| {
        let ty = field.of_type(&quote!(Emit), "TYPE");
        quote_spanned!(field.span()=> const _: __nl::ValueType = #ty;)
    });
    in_static(quote!(#whole), &members.lt)
}

/// A condition of limits as a trait, whose message the compiler shows where it does not hold.
fn requirement(span: Span, condition: TokenStream, name: TokenStream) -> TokenStream {
    quote_spanned!(span=> const _: () = <__nl::Is<{ #condition }> as __nl::#name>::HOLDS;)
}

/// An assertion that points to what it is about.
pub(super) fn assertion(span: Span, condition: TokenStream, message: &str) -> TokenStream {
    quote_spanned!(span=> const _: () = ::core::assert!(#condition, #message);)
}

/// The same with `'static` for the definition's lifetime, which a constant cannot declare.
pub(crate) fn in_static(tokens: TokenStream, lt: &Lifetime) -> TokenStream {
    let mut after_quote = false;
    types::each(tokens, &mut |token| {
        let is_name = after_quote && matches!(&token, TokenTree::Ident(ident) if *ident == lt.ident);
        after_quote = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\'');
        if is_name { Ident::new("static", token.span()).into() } else { token }
    })
}
