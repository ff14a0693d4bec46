//! What a wrong definition stands for: implementations that do nothing, so that the compiler shows the mistakes in the
//! definition and none that follow from them.

use super::members::Members;
use super::{attrs, block, companion, object};
use crate::case;
use crate::model::{Derive, Model, Shape};
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::HashSet;
use syn::{GenericParam, LifetimeParam};

pub(super) fn expand(mut model: Model) -> TokenStream {
    keep_variants(&mut model);
    let members = Members::new(&model);
    if (model.derive, model.shape) == (Derive::Attrs, Shape::Enum) {
        return block(&model.keys.library, attr_of(&members, Of::Definition));
    }
    let companion = companion::define(&members);
    let attr = members.shared().is_none().then(|| attr_of(&members, Of::Companion));
    let own = match model.derive {
        Derive::Message => message(&members),
        _ => set(&members),
    };
    let block = block(&model.keys.library, quote!(#attr #own));
    quote!(#companion #block)
}

/// What an implementation is for.
#[derive(Clone, Copy)]
enum Of {
    Definition,
    Companion,
}

/// `impl<'a, ..> Trait for Type<'a, ..>`, with all parameters that the definition has.
fn implement(members: &Members<'_>, name: &TokenStream, of: Of, items: &TokenStream) -> TokenStream {
    let (model, own, lt) = (members.model, &members.own, &members.lt);
    let companion = model.companion();
    let mut generics = model.generics.clone();
    let is_read = name.to_string().contains('<');
    if is_read && generics.lifetimes().next().is_none() {
        generics.params.insert(0, GenericParam::Lifetime(LifetimeParam::new(lt.clone())));
    }
    let (params, _, clause) = generics.split_for_impl();
    match of {
        Of::Definition => quote!(#[automatically_derived] impl #params #name for #own #clause { #items }),
        Of::Companion => quote!(#[automatically_derived] impl<#lt> #name for #companion<#lt> { #items }),
    }
}

fn message(members: &Members<'_>) -> TokenStream {
    let object = object::dummy(members);
    let (lt, attr) = (&members.lt, attrs::companion(members));
    let write = quote! {
        const SCHEMAS: &'static [&'static __nl::MessageSchema] = &[];
        fn emit_into(
            &self,
            _: &mut __nl::Writer<'_>,
            _: __nl::Header,
        ) -> ::core::result::Result<(), __nl::Error> {
            ::core::unreachable!()
        }
    };
    let read = quote! {
        type Attr = #attr;
        fn parse_in(
            _: &__nl::Message<#lt>,
            _: ::core::option::Option<__nl::MessageType>,
        ) -> ::core::result::Result<Self, __nl::Error> {
            ::core::unreachable!()
        }
    };
    let write = implement(members, &quote!(__nl::NlMessage), Of::Definition, &write);
    let read = implement(members, &quote!(__nl::ParseMessage<#lt>), Of::Definition, &read);
    quote!(#write #read #object)
}

fn set(members: &Members<'_>) -> TokenStream {
    let (lt, attr) = (&members.lt, attrs::companion(members));
    let set = quote! {
        type Attr = #attr;
        fn parse_attrs(_: __nl::Attrs<#lt>) -> ::core::result::Result<Self, __nl::Error> {
            ::core::unreachable!()
        }
    };
    let emit = quote! {
        fn emit_payload(&self, _: &mut __nl::AttrWriter<'_>) -> ::core::result::Result<(), __nl::Error> {
            ::core::unreachable!()
        }
    };
    let describe = quote!(
        const TYPE: __nl::ValueType = __nl::ValueType::Bytes;
    );
    let impls = [
        (quote!(__nl::ParseAttrs<#lt>), set),
        (quote!(__nl::Emit), emit),
        (quote!(__nl::Describe), describe),
    ];
    let attr = attr_of(members, Of::Definition);
    let impls = impls.iter().map(|(name, items)| implement(members, name, Of::Definition, items));
    quote!(#attr #(#impls)*)
}

/// What a set and one attribute out of it have in common.
fn attr_of(members: &Members<'_>, of: Of) -> TokenStream {
    let lt = &members.lt;
    let write = quote! {
        const SCHEMA: &'static __nl::AttrSet = __nl::AttrSet::EMPTY;
        fn emit_attrs(&self, _: &mut __nl::AttrWriter<'_>) -> ::core::result::Result<(), __nl::Error> {
            ::core::unreachable!()
        }
    };
    let read = quote! {
        fn parse(_: __nl::Attr<#lt>) -> ::core::result::Result<Self, __nl::Error> {
            ::core::unreachable!()
        }
    };
    let write = implement(members, &quote!(__nl::NlAttrs), of, &write);
    let read = implement(members, &quote!(__nl::Parse<#lt>), of, &read);
    quote!(#write #read)
}

/// Leaves those fields that give the companion enum a variant of its own, of a type that it can name.
fn keep_variants(model: &mut Model) {
    let mut seen = HashSet::from(["Other".to_owned()]);
    let is_plain = model.generics.type_params().next().is_none()
        && model.generics.const_params().next().is_none()
        && model.generics.lifetimes().count() <= 1;
    model.fields.retain(|field| {
        let variant = case::variant(&field.ident)
            .filter(|_| is_plain && field.attr().is_some() && field.roles.len() == 1);
        variant.is_some_and(|variant| seen.insert(variant.to_string()))
    });
    for field in &mut model.fields {
        field.encodings.clear();
    }
}
