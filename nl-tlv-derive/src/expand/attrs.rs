//! A struct as a set of attributes: `NlAttrs`, and the value that it is as a nest. The loop over the attributes and
//! the fields' emission serve messages too.

use super::members::{Member, Members};
use super::{in_place, schema};
use crate::model::{Field, Role};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

pub(super) fn expand(members: &Members<'_>) -> TokenStream {
    let (own, lt, params) = (&members.own, &members.lt, &members.params);
    let (attr, schema) = (companion(members), schema::attr_set(members));
    let (walk, fields, emit) = (walk(members), finish(members), emit(members));
    let depth = members.model.keys.recursive;
    let depth = depth.then(|| quote!(__nl::check_depth(__attrs, <Self as __nl::NlAttrs>::SCHEMA)?;));
    let (value, sub_message) = (value(members, depth.as_ref()), sub_message(members, &walk, &fields, &emit));
    let selector = members.model.keys.selected_outside.then(
        || quote!(let __selector: ::core::option::Option<__nl::Selector<'_>> = ::core::option::Option::None;),
    );
    let fill = in_place::is_possible(members).then(|| in_place::fill(members));
    let (parse, inline) = (parse(members), inline(members));
    quote! {
        #[automatically_derived]
        impl #params __nl::NlAttrs for #own {
            const SCHEMA: &'static __nl::AttrSet = #schema;

            #[inline]
            fn emit_attrs(&self, __w: &mut __nl::AttrWriter<'_>) -> ::core::result::Result<(), __nl::Error> {
                #selector
                #(#emit)*
                ::core::result::Result::Ok(())
            }
        }

        #[automatically_derived]
        impl<#lt> __nl::ParseAttrs<#lt> for #own {
            type Attr = #attr;

            #inline
            fn parse_attrs(__attrs: __nl::Attrs<#lt>) -> ::core::result::Result<Self, __nl::Error> {
                #depth
                #selector
                #parse
            }
        }

        #fill
        #value
        #sub_message
    }
}

/// The set as one whose sub-messages are selected from outside.
fn sub_message(
    members: &Members<'_>,
    walk: &TokenStream,
    fields: &[TokenStream],
    emit: &[TokenStream],
) -> Option<TokenStream> {
    let (own, lt, params, model) = (&members.own, &members.lt, &members.params, members.model);
    let (name, doc) = (model.ident.unraw().to_string(), &model.doc);
    model.keys.selected_outside.then(|| {
        quote! {
            #[automatically_derived]
            impl #params __nl::NlSubMessage for #own {
                const SCHEMA: &'static __nl::SubMessageSchema = &__nl::SubMessageSchema {
                    name: #name,
                    doc: #doc,
                    forms: &[],
                    otherwise: <Self as __nl::Describe>::TYPE,
                };

                #[inline]
                fn emit_as(
                    &self,
                    __ty: __nl::AttrType,
                    __selector: ::core::option::Option<__nl::Selector<'_>>,
                    __w: &mut __nl::AttrWriter<'_>,
                ) -> ::core::result::Result<(), __nl::Error> {
                    __w.nest(__ty, |__w| {
                        #(#emit)*
                        ::core::result::Result::Ok(())
                    })
                }
            }

            #[automatically_derived]
            impl<#lt> __nl::ParseSubMessage<#lt> for #own {
                #[inline]
                fn parse_as(
                    __attr: __nl::Attr<#lt>,
                    __selector: ::core::option::Option<__nl::Selector<'_>>,
                ) -> ::core::result::Result<Self, __nl::Error> {
                    let __attrs = __attr.nested();
                    #walk
                    ::core::result::Result::Ok(Self { #(#fields),* })
                }
            }
        }
    })
}

/// The type of one attribute: the companion, or the enum of the shared set.
pub(super) fn companion(members: &Members<'_>) -> TokenStream {
    let (name, lt) = (members.model.companion(), &members.lt);
    match (members.shared(), members.whole()) {
        (Some(shared), _) => quote!(#shared),
        (None, Some(Field { ty, .. })) => quote_spanned!(ty.span()=> <#ty as __nl::ParseAttrs<#lt>>::Attr),
        (None, None) if members.model.has_companion() => quote!(#name<#lt>),
        (None, None) => quote!(__nl::Attr<#lt>),
    }
}

/// The end of a function that reads `__attrs`: the struct.
pub(super) fn parse(members: &Members<'_>) -> TokenStream {
    if in_place::applies(members) {
        return in_place::parse(members);
    }
    let (walk, fields) = (walk(members), finish(members));
    quote! {
        #walk
        ::core::result::Result::Ok(Self { #(#fields),* })
    }
}

/// How a function that reads a set is inlined: a small one in the loop that reads many of them, so that nothing of it
/// goes through memory.
fn inline(members: &Members<'_>) -> TokenStream {
    if members.attrs.len() <= in_place::SMALL { quote!(#[inline(always)]) } else { in_place::inline(members) }
}

/// Walks `__attrs`, and leaves what the fields are made from in their slots.
pub(super) fn walk(members: &Members<'_>) -> TokenStream {
    if members.whole().is_some() {
        return TokenStream::new();
    }
    if members.attrs.is_empty() {
        return quote! {
            for __attr in __attrs {
                __attr?;
            }
        };
    }
    let slots = members.attrs.iter().map(|member| {
        let slot = &member.slot;
        if member.field.select.is_some() {
            return quote!(let mut #slot = ::core::option::Option::None;);
        }
        let empty = member.read("EMPTY");
        quote!(let mut #slot = #empty;)
    });
    let arms = members.attrs.iter().map(|member| {
        let Member { ty, slot, .. } = member;
        if member.field.select.is_some() {
            return quote!(#ty => #slot = ::core::option::Option::Some(__attr));
        }
        let store = member.read("store");
        quote!(#ty => #store(&mut #slot, __attr, __from)?)
    });
    let forms = members.attrs.iter().filter_map(|member| {
        let (Member { ty, slot, .. }, key) = (member, members.selector(member)?);
        let finish = member.read("finish");
        Some(quote!(let #slot = #finish(#slot, #ty, __attrs, #key)?;))
    });
    let next = next();
    quote! {
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
    }
}

/// Takes the next attribute out of `__iter`, or ends the loop: `__attr`, and `__from`, which begins with it.
pub(super) fn next() -> TokenStream {
    quote! {
        let __from = __iter;
        let __attr = match ::core::iter::Iterator::next(&mut __iter) {
            ::core::option::Option::None => break,
            ::core::option::Option::Some(::core::result::Result::Ok(__attr)) => __attr,
            ::core::option::Option::Some(::core::result::Result::Err(__err)) => {
                return ::core::result::Result::Err(__err);
            }
        };
    }
}

/// The fields of the struct, made from the slots.
pub(super) fn finish(members: &Members<'_>) -> Vec<TokenStream> {
    let mut attrs = members.attrs.iter();
    let fields = members.model.fields.iter();
    fields.filter_map(|field| finish_field(field, members, &mut attrs)).collect()
}

fn finish_field<'m>(
    field: &Field,
    members: &Members<'_>,
    attrs: &mut impl Iterator<Item = &'m Member<'m>>,
) -> Option<TokenStream> {
    let name = &field.ident;
    Some(match field.role()? {
        Role::Attr => {
            let member = attrs.next()?;
            if member.field.select.is_some() {
                let slot = &member.slot;
                return Some(quote!(#name: #slot));
            }
            let (Member { ty, slot, .. }, finish) = (member, member.read("finish"));
            quote!(#name: #finish(#slot, #ty, __attrs)?)
        }
        _ => end(field, members)?,
    })
}

/// A field that no single attribute makes.
pub(super) fn end(field: &Field, members: &Members<'_>) -> Option<TokenStream> {
    let (name, lt) = (&field.ident, &members.lt);
    Some(match field.role()? {
        Role::Rest => {
            let types = members.attrs.iter().map(|member| member.ty.clone());
            let types = types.chain(members.model.keys.pads.iter().map(|pad| pad.narrowed("attr_type")));
            let args = quote!(__attrs, &[#(#types),*]);
            let rest = quote_spanned!(field.ty.span()=> __nl::Rest::of(#args));
            quote!(#name: #rest)
        }
        Role::FixedHeader => quote!(#name: __header),
        Role::Attrs => {
            let ty = &field.ty;
            let parse = quote_spanned!(ty.span()=> <#ty as __nl::ParseAttrs<#lt>>::parse_attrs);
            quote!(#name: #parse(__attrs)?)
        }
        Role::Attr | Role::Payload | Role::Other => return None,
    })
}

/// The statements that write the fields, in order.
pub(super) fn emit(members: &Members<'_>) -> Vec<TokenStream> {
    let mut attrs = members.attrs.iter();
    let fields = members.model.fields.iter();
    fields.filter_map(|field| emit_field(field, &mut attrs)).collect()
}

fn emit_field<'m>(field: &Field, attrs: &mut impl Iterator<Item = &'m Member<'m>>) -> Option<TokenStream> {
    let name = &field.ident;
    Some(match field.role()? {
        Role::Attr => {
            let member = attrs.next()?;
            let (Member { ty, limits, .. }, emit_field) = (member, member.item("emit_field"));
            match &member.field.select {
                Some(select) => {
                    let key = match &select.by {
                        Some(by) => quote_spanned!(by.span()=> __nl::SelectingField::selected(&self.#by)),
                        None => quote!(__selector),
                    };
                    quote!(#emit_field(&self.#name, #ty, #key, __w)?;)
                }
                None => quote!(#emit_field(&self.#name, #ty, #limits, __w)?;),
            }
        }
        Role::Rest => {
            quote!(__nl::Rest::emit(&self.#name, __w)?;)
        }
        Role::FixedHeader => quote!(__w.family_header(&self.#name)?;),
        Role::Attrs => quote!(__nl::NlAttrs::emit_attrs(&self.#name, __w)?;),
        Role::Payload | Role::Other => return None,
    })
}

/// The set as the payload of a nest.
fn value(members: &Members<'_>, depth: Option<&TokenStream>) -> TokenStream {
    let (own, lt, params) = (&members.own, &members.lt, &members.params);
    let into = in_place::is_possible(members).then(|| {
        let parse = in_place::parse_into(members);
        quote! {
            #[inline]
            fn parse_into(
                __attr: __nl::Attr<#lt>,
                __place: &mut ::core::option::Option<Self>,
            ) -> ::core::result::Result<(), __nl::Error> {
                let __attrs = __attr.nested();
                #depth
                #parse
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl<#lt> __nl::Parse<#lt> for #own {
            #[inline(always)]
            fn parse(__attr: __nl::Attr<#lt>) -> ::core::result::Result<Self, __nl::Error> {
                <Self as __nl::ParseAttrs<#lt>>::parse_attrs(__attr.nested())
            }

            #into
        }

        #[automatically_derived]
        impl #params __nl::Emit for #own {
            const NLA_FLAGS: ::core::primitive::u16 = __nl::AttrType::NESTED_FLAG;

            #[inline]
            fn emit_payload(&self, __w: &mut __nl::AttrWriter<'_>) -> ::core::result::Result<(), __nl::Error> {
                <Self as __nl::NlAttrs>::emit_attrs(self, __w)
            }
        }

        #[automatically_derived]
        impl #params __nl::Describe for #own {
            const TYPE: __nl::ValueType = __nl::ValueType::Nested(__nl::SetRef::new(&|| <Self as __nl::NlAttrs>::SCHEMA));
        }
    }
}
