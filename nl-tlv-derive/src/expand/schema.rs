//! The description of a definition.

use super::in_static;
use super::members::{Member, Members};
use crate::literal::Number;
use crate::{attr, case};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::LitStr;
use syn::ext::IdentExt;

/// The `AttrSet` of a definition: what holds it, and a reference to it. The compiler looks once into what is `static`, but
/// into all that a constant refers to, in each constant again.
pub(super) fn attr_set(members: &Members<'_>, finite: Option<&Ident>) -> (TokenStream, TokenStream) {
    if members.is_wrong {
        return (TokenStream::new(), quote!(__nl::AttrSet::EMPTY));
    }
    let name = finite.cloned().unwrap_or_else(|| Ident::new("__SET", Span::call_site()));
    let set = in_static(value(members), &members.lt);
    (quote!(static #name: __nl::AttrSet = #set;), quote!(&#name))
}

fn value(members: &Members<'_>) -> TokenStream {
    let (model, keys) = (members.model, &members.model.keys);
    let (name, doc) = (model.ident.unraw().to_string(), &model.doc);
    let attrs = members.attrs.iter().map(|member| attr(members, member));
    let pads = keys.list::<Number>("pad").into_iter().map(|pad| {
        let pad = pad.narrowed("attr");
        quote!(__nl::AttrSchema::PAD.named(#pad, "pad", "Padding."))
    });
    let attrs = attrs.chain(pads);
    let c_prefix = keys.value("c_prefix").map(|prefix: LitStr| quote!(.c_prefix(#prefix)));
    let part_of = members.shared().map(|shared| {
        let shared = members.owned(quote!(#shared));
        quote!(.part_of(__nl::SetRef::new(&|| <#shared as __nl::NlAttrs>::SCHEMA)))
    });
    let start = keys.value("strict_start_type").map(|number: Number| {
        let start = number.narrowed("strict_start_type");
        quote!(.strict_start_type(#start))
    });
    quote!(__nl::AttrSet::new(#name, #doc, &[#(#attrs),*]) #c_prefix #part_of #start)
}

fn attr(members: &Members<'_>, member: &Member<'_>) -> TokenStream {
    let Member { field, ty, limits, .. } = member;
    let (name, doc) = (name(member), &field.doc);
    let selected = match (&field.select, members.selecting(member)) {
        (Some(_), Some(Member { ty, .. })) => Some(quote!(.selected_by(#ty))),
        _ => None,
    };
    let limits = (!field.limits.is_empty()).then(|| quote!(.within(#limits)));
    let optional = (field.place == attr::VARIANT).then(|| quote!(.optional()));
    let of = if field.select.is_some() { "SelectedField" } else { "Field" };
    let schema = member.path(&field.ty, of, "SCHEMA");
    quote!(#schema.named(#ty, #name, #doc) #selected #limits #optional)
}

/// The name of an attribute: that of the field, or that which a field for the variant would have.
pub(super) fn name(member: &Member<'_>) -> String {
    match member.field.place {
        attr::VARIANT => case::field(&member.field.ident),
        _ => member.field.ident.unraw().to_string(),
    }
}
