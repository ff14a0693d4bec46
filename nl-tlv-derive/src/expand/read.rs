//! How a struct is made of the attributes `__attrs`.
//!
//! A small struct is read into local variables, which stay in registers. A large one all of whose attributes may be
//! absent is made empty, and a function stores each attribute into it: with local variables, the compiler would move
//! all of them into the struct, and the struct to the caller.

use super::members::{Member, Members, encoding};
use super::{ATTR, ATTRS, WALK, tried, words};
use crate::model::{Field, Role};
use crate::types;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

/// Up to so many attributes are read into local variables.
pub(super) const SMALL: usize = 4;

/// A message of at most so many attributes is read where it is used, all of it: then nothing goes through memory, and
/// fields that are not looked at cost nothing. A larger one would be too much code.
const INLINED: usize = 8;

/// Whether a struct is read in place. A type that is spelled otherwise, like an alias, only costs the local variables.
pub(super) fn is_in_place(members: &Members<'_>) -> bool {
    members.attrs.len() > SMALL
        && !members.model.keys.has("selected_outside")
        && !members.is_wrong
        && members.attrs.iter().all(|member| types::is_complete(&member.field.ty))
}

/// How a function that reads the struct is inlined: one that is read in place where it is used, and a small one in the
/// loop that reads many of them, so that no part of it goes through memory.
pub(super) fn inline(members: &Members<'_>) -> TokenStream {
    // A message that is one set is made where the set is.
    if is_in_place(members) || members.whole().is_some() || members.attrs.len() <= SMALL {
        quote!(#[inline(always)])
    } else {
        quote!(#[inline])
    }
}

/// The struct, with these values of its attributes.
fn made(members: &Members<'_>, value: impl Fn(&Member<'_>) -> TokenStream) -> TokenStream {
    let fields = members.model.fields.iter().filter_map(|field| {
        let name = &field.ident;
        let value = match members.attrs.iter().find(|member| member.field.ident == *name) {
            Some(member) => value(member),
            None => other(members, field)?,
        };
        Some(quote!(#name: #value))
    });
    quote!(Self { #(#fields),* })
}

/// The struct, stored at `__place` in another one.
pub(super) fn attrs_into(members: &Members<'_>) -> TokenStream {
    let empty = made(members, empty_field);
    quote!(__fill(__nl::Option::insert(__place, #empty), __attrs))
}

/// The struct.
pub(super) fn attrs(members: &Members<'_>) -> TokenStream {
    if is_in_place(members) {
        let empty = made(members, empty_field);
        return quote! {
            let mut __out = #empty;
            __fill(&mut __out, __attrs)?;
            __nl::Ok(__out)
        };
    }
    let slots = members.attrs.iter().map(|member| {
        let (slot, empty) = (&member.slot, empty_field(member));
        quote!(let mut #slot = #empty;)
    });
    let walk = walk(members, |Member { slot, .. }| quote!(#slot));
    // The fields that select come first.
    let (selected, others): (Vec<_>, Vec<_>) =
        members.attrs.iter().partition(|member| member.field.select.is_some());
    let others = others.into_iter().filter_map(|member| Some((member, finish(member)?)));
    let selected = selected.into_iter().map(|member| {
        (member, form(member, members.selecting(member).map(|Member { slot, .. }| quote!(#slot))))
    });
    let finished = others.chain(selected).map(|(Member { slot, .. }, value)| quote!(let #slot = #value;));
    let made = made(members, |Member { slot, .. }| quote!(#slot));
    quote!(#(#slots)* #walk #(#finished)* __nl::Ok(#made))
}

/// The function that stores the attributes, where there is one.
pub(super) fn fill(members: &Members<'_>, is_set: bool) -> TokenStream {
    if !is_in_place(members) {
        return TokenStream::new();
    }
    let (own, lt) = (&members.own, &members.lt);
    let selected = || members.attrs.iter().filter(|member| member.field.select.is_some());
    let slots = selected().map(|Member { slot, .. }| quote!(let mut #slot = __nl::None;));
    let walk = walk(members, |Member { slot, field: Field { ident, select, .. }, .. }| match select {
        Some(_) => quote!(#slot),
        None => quote!(__out.#ident),
    });
    let forms = selected().map(|member| {
        let (name, by) = (&member.field.ident, members.selecting(member));
        let key = by.map(|by| {
            let by = &by.field.ident;
            quote!(__out.#by)
        });
        let form = form(member, key);
        quote!(__out.#name = #form;)
    });
    let inline =
        if !is_set && members.attrs.len() <= INLINED { quote!(#[inline(always)]) } else { quote!(#[inline]) };
    quote! {
        #inline
        fn __fill<#lt>(__out: &mut #own, __attrs: __nl::Attrs<#lt>) -> __nl::Result<()> {
            #(#slots)*
            #walk
            #(#forms)*
            __nl::Ok(())
        }
    }
}

/// Walks the attributes, and stores each in its place.
fn walk(members: &Members<'_>, place: impl Fn(&Member<'_>) -> TokenStream) -> TokenStream {
    if members.whole().is_some() {
        return TokenStream::new();
    }
    let store = |member: &Member<'_>| {
        let (place, span) = (place(member), member.field.span());
        let store = member.path(&member.field.ty, "Field", "store");
        tried(span, &quote_spanned!(span=> #store(&mut #place, #ATTR, &mut #WALK)))
    };
    let words = words::step(members, store);
    let arms = members.attrs.iter().map(|member @ Member { field, ty, .. }| {
        let (place, span) = (place(member), field.span());
        if field.select.is_some() {
            return quote!(#ty => #place = __nl::Some(#ATTR),);
        }
        let stored = if members.attrs.len() > SMALL && words.is_some() && words::is_word(field) {
            let encoding = encoding(field);
            tried(span, &quote_spanned!(span=> __nl::store_seldom::<_, #encoding>(&mut #place, #ATTR)))
        } else {
            store(member)
        };
        quote!(#ty => #stored,)
    });
    quote! {
        let mut __walk = __nl::Walk::new(__attrs);
        while let __nl::Some(__attr) = { #words __walk.attr()? } {
            match __attr.ty().get() {
                #(#arms)*
                _ => {}
            }
            if !__walk.step() {
                break;
            }
        }
    }
}

/// A field whose attribute is absent. `None` is written as such, because a constant of the type would be copied whole.
fn empty_field(member: &Member<'_>) -> TokenStream {
    let ty = &member.field.ty;
    if types::is_named(ty, &["Option"]) || member.field.select.is_some() {
        return quote!(__nl::None);
    }
    member.path(ty, "Field", "EMPTY")
}

/// A field out of its local variable, if it is not the variable itself as one that may be absent.
fn finish(member: &Member<'_>) -> Option<TokenStream> {
    let Member { slot, ty, field, .. } = member;
    if types::is_complete(&field.ty) && !types::is_named(&field.ty, &["Repeat"]) {
        return None;
    }
    let (finish, span) = (member.path(&field.ty, "Field", "finish"), field.span());
    Some(tried(span, &quote_spanned!(span=> #finish(#slot, #ty, #ATTRS))))
}

/// A field whose form is selected, by the field that is given or from outside.
fn form(member: &Member<'_>, by: Option<TokenStream>) -> TokenStream {
    let Member { slot, ty, field, .. } = member;
    let (finish, span) = (member.path(&field.ty, "SelectedField", "finish"), field.span());
    let key = match by {
        Some(by) => quote_spanned!(field.span()=> __nl::Select::selector(&#by)),
        None => quote!(__selector),
    };
    tried(span, &quote_spanned!(span=> #finish(#slot, #ty, #ATTRS, #key)))
}

/// A field that no single attribute makes.
fn other(members: &Members<'_>, field: &Field) -> Option<TokenStream> {
    let lt = &members.lt;
    Some(match field.role()? {
        Role::Rest => {
            let of = field.of_type(&quote!(RestField<'_>), "of");
            quote!(#of(__attrs, __CLAIMED))
        }
        Role::FixedHeader => quote!(__header),
        Role::Attrs => {
            let parse = field.of_type(&quote!(ParseAttrs<#lt>), "parse_attrs");
            tried(field.span(), &quote_spanned!(field.span()=> #parse(#ATTRS)))
        }
        Role::Attr | Role::Payload | Role::Other | Role::Message | Role::Form => return None,
    })
}
