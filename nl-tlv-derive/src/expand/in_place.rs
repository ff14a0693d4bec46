//! A struct all of whose attributes may be absent, read in place: it is made empty, and a function stores each attribute
//! into it.
//!
//! With a local variable for each attribute, as small structs are read, the compiler keeps all of them apart, and at the
//! end moves them into the struct and the struct to the caller: more work than reading the attributes.

use super::attrs::{end, next};
use super::members::{Member, Members};
use crate::model::{Derive, Field};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

/// Up to so many attributes are read into local variables, which stay in registers.
pub(super) const SMALL: usize = 4;

/// A message of at most so many attributes is read where it is used, all of it: then nothing goes through memory, and
/// fields that are not looked at cost nothing. A larger one would be too much code.
const INLINED: usize = 8;

/// Whether a struct can be read so. A type that is spelled otherwise, like an alias, only costs the local variables.
pub(super) fn is_possible(members: &Members<'_>) -> bool {
    let is_complete = |member: &Member<'_>| is_empty_without_attribute(&member.field.ty);
    !members.attrs.is_empty() && !members.is_selected_outside() && members.attrs.iter().all(is_complete)
}

/// Whether a struct is read so where it is not stored in another one.
pub(super) fn applies(members: &Members<'_>) -> bool {
    members.attrs.len() > SMALL && is_possible(members)
}

/// Whether a field of this type has a value before anything was read.
fn is_empty_without_attribute(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    path.path
        .segments
        .last()
        .is_some_and(|last| is_option(last) || last.ident == "Repeat" || last.ident == "bool")
}

fn is_option(segment: &syn::PathSegment) -> bool {
    segment.ident == "Option"
}

/// How a function that reads a struct is inlined: one that is read in place is made where it is used.
pub(super) fn inline(members: &Members<'_>) -> TokenStream {
    if applies(members) { quote!(#[inline(always)]) } else { quote!(#[inline]) }
}

/// The function that stores the attributes.
pub(super) fn fill(members: &Members<'_>) -> TokenStream {
    let (own, lt, next) = (&members.own, &members.lt, next());
    let selected = || members.attrs.iter().filter(|member| member.field.select.is_some());
    let slots = selected().map(|Member { slot, .. }| quote!(let mut #slot = ::core::option::Option::None;));
    let arms = members.attrs.iter().map(|member| {
        let Member { ty, slot, field, .. } = member;
        let name = &field.ident;
        if field.select.is_some() {
            return quote!(#ty => #slot = ::core::option::Option::Some(__attr));
        }
        let store = member.read("store");
        quote!(#ty => #store(&mut __out.#name, __attr, __from)?)
    });
    let forms = selected().map(|member| {
        let (Member { ty, slot, field, .. }, finish) = (member, member.read("finish"));
        let (name, key) = (&field.ident, selector(field));
        quote!(__out.#name = #finish(#slot, #ty, __attrs, #key)?;)
    });
    let is_small = members.model.derive == Derive::Message && members.attrs.len() <= INLINED;
    let inline = if is_small { quote!(#[inline(always)]) } else { quote!(#[inline]) };
    quote! {
        #inline
        fn __fill<#lt>(
            __out: &mut #own,
            __attrs: __nl::Attrs<#lt>,
        ) -> ::core::result::Result<(), __nl::Error> {
            #(#slots)*
            let mut __iter = __attrs;
            loop {
                #next
                match __attr.ty().get() {
                    #(#arms,)*
                    _ => {}
                }
            }
            #(#forms)*
            ::core::result::Result::Ok(())
        }
    }
}

/// What selects the form of a field, out of the struct.
fn selector(field: &Field) -> TokenStream {
    match field.select.as_ref().and_then(|select| select.by.as_ref()) {
        Some(by) => quote_spanned!(field.ty.span()=> __nl::select(&__out.#by)),
        None => quote!(::core::option::Option::None),
    }
}

/// The end of a function that reads `__attrs`.
pub(super) fn parse(members: &Members<'_>) -> TokenStream {
    let empty = empty(members);
    quote! {
        let mut __out = #empty;
        __fill(&mut __out, __attrs)?;
        ::core::result::Result::Ok(__out)
    }
}

/// The same for a function that stores the struct in another one, at `__place`.
pub(super) fn parse_into(members: &Members<'_>) -> TokenStream {
    let empty = empty(members);
    quote!(__fill(::core::option::Option::insert(__place, #empty), __attrs))
}

/// The struct before anything was read.
fn empty(members: &Members<'_>) -> TokenStream {
    let mut attrs = members.attrs.iter();
    let fields = members.model.fields.iter().filter_map(|field| match field.attr() {
        Some(_) => attrs.next().map(empty_field),
        None => end(field, members),
    });
    quote!(Self { #(#fields),* })
}

/// A field without its attribute. `None` as it is, and not as a constant of its type, which would be copied whole.
fn empty_field(member: &Member<'_>) -> TokenStream {
    let (name, ty) = (&member.field.ident, &member.field.ty);
    let is_option = matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(is_option));
    if is_option {
        return quote!(#name: ::core::option::Option::None);
    }
    let empty = member.read("EMPTY");
    quote!(#name: #empty)
}
