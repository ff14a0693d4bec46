//! The description of a definition.

use super::members::{Member, Members};
use crate::case;
use crate::model::Shape;
use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;
use syn::ext::IdentExt;

/// The `AttrSet` of a definition, as an expression.
pub(super) fn attr_set(members: &Members<'_>) -> TokenStream {
    let model = members.model;
    let (name, doc) = (model.ident.unraw().to_string(), &model.doc);
    let attrs = members.attrs.iter().map(|member| attr(members, member, model.shape));
    let pads = model.keys.pads.iter().map(|pad| {
        let pad = pad.narrowed("attr_type");
        quote! {
            __nl::AttrSchema {
                ty: #pad,
                name: "pad",
                doc: "Padding.",
                value: __nl::ValueType::Pad,
                presence: __nl::Presence::Optional,
                limits: __nl::Limits::NONE,
            }
        }
    });
    let attrs = attrs.chain(pads);
    let c_prefix = option(model.keys.c_prefix.as_ref());
    let part_of = match members.shared() {
        Some(shared) => {
            let shared = members.owned(&quote!(#shared));
            quote!(::core::option::Option::Some(__nl::SetRef::new(&|| <#shared as __nl::NlAttrs>::SCHEMA)))
        }
        None => quote!(::core::option::Option::None),
    };
    let strict_start_type = match &model.keys.strict_start_type {
        Some(number) => {
            let start = number.narrowed("attr_type");
            quote!(::core::option::Option::Some(#start))
        }
        None => quote!(::core::option::Option::None),
    };
    quote! {
        &__nl::AttrSet {
            name: #name,
            doc: #doc,
            attrs: &[#(#attrs),*],
            c_prefix: #c_prefix,
            part_of: #part_of,
            strict_start_type: #strict_start_type,
        }
    }
}

fn attr(members: &Members<'_>, member: &Member<'_>, shape: Shape) -> TokenStream {
    let Member { field, ty, limits, .. } = member;
    let (name, doc) = (name(member, shape), &field.doc);
    let value = members.value_type(member);
    let presence = match shape {
        Shape::Enum => quote!(__nl::Presence::Optional),
        _ => member.item("PRESENCE"),
    };
    quote! {
        __nl::AttrSchema {
            ty: #ty,
            name: #name,
            doc: #doc,
            value: #value,
            presence: #presence,
            limits: *#limits,
        }
    }
}

/// The name of an attribute: that of the field, or that which a field for the variant would have.
pub(super) fn name(member: &Member<'_>, shape: Shape) -> String {
    match shape {
        Shape::Enum => case::field(&member.field.ident),
        _ => member.field.ident.unraw().to_string(),
    }
}

/// `Option` of a text.
pub(crate) fn option(text: Option<&LitStr>) -> TokenStream {
    match text {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    }
}
