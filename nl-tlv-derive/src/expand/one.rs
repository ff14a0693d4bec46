//! One attribute out of a set, typed: an enum with the derive, or the companion enum of a struct. `NlAttrs`, and `Parse`.

use super::members::{Member, Members};
use super::{ATTR, WRITER, schema, tried};
use crate::attr;
use crate::case;
use crate::model::Role;
use crate::types;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use std::collections::HashSet;
use syn::ext::IdentExt;

/// The companion itself, beside the struct.
pub(super) fn define(members: &Members<'_>) -> TokenStream {
    let model = members.model;
    let (vis, name, lt, library) = (&model.vis, model.companion(), &members.lt, model.keys.library());
    let variants = variants(members).map(|(variant, Member { field, .. })| {
        let (docs, ty) = (&field.docs, types::item(&field.ty).unwrap_or(&field.ty));
        let doc = field.doc.is_empty().then(|| format!(" The attribute `{}`.", field.ident.unraw()));
        let doc = doc.map(|doc| quote!(#[doc = #doc]));
        match field.select {
            Some(_) => quote!(#doc #(#docs)* #variant(#library::__private::Attr<#lt>)),
            None => quote!(#doc #(#docs)* #variant(#ty)),
        }
    });
    let doc = format!(" One attribute of [`{}`].", model.ident);
    quote! {
        #[doc = #doc]
        #[non_exhaustive]
        #vis enum #name<#lt> {
            #(#variants,)*
            #[doc = " An attribute of another type."]
            Other(#library::__private::Attr<#lt>),
        }
    }
}

/// The attributes that are variants of the companion.
fn variants<'m>(members: &'m Members<'m>) -> impl Iterator<Item = (Ident, &'m Member<'m>)> {
    members.attrs.iter().filter_map(|member| Some((case::variant(&member.field.ident)?, member)))
}

/// The implementations of the companion.
pub(super) fn companion(members: &Members<'_>) -> TokenStream {
    let (name, lt) = (members.model.companion(), &members.lt);
    let (stored, schema) = match members.model.place {
        attr::SET if !members.is_wrong => {
            let own = &members.own;
            (TokenStream::new(), quote!(<#own as __nl::NlAttrs>::SCHEMA))
        }
        _ => schema::attr_set(members, None),
    };
    let (write, read) = items(members, &schema, variants(members), Some(&Ident::new("Other", name.span())));
    let shown = shown(members);
    quote! {
        #stored

        #shown

        #[automatically_derived]
        impl<#lt> __nl::NlAttrs for #name<#lt> { #write }

        #[automatically_derived]
        impl<#lt> __nl::Parse<#lt> for #name<#lt> { #read }
    }
}

/// `Clone` and `Debug` of the companion, where the types of all fields have them.
fn shown(members: &Members<'_>) -> TokenStream {
    let (name, lt) = (members.model.companion(), &members.lt);
    let clause = |name| {
        let bounds = bounds(members, &quote!(::core::#name));
        (!bounds.is_empty()).then(|| quote!(where #(#bounds),*))
    };
    let (cloned, debugged) = (clause(quote!(clone::Clone)), clause(quote!(fmt::Debug)));
    let clone = members.body(|| {
        let arms = variants(members).map(|(variant, Member { field, .. })| match field.select {
            Some(_) => quote!(Self::#variant(__attr) => Self::#variant(*__attr),),
            None => quote!(Self::#variant(__item) => Self::#variant(::core::clone::Clone::clone(__item)),),
        });
        quote!(match self { #(#arms)* Self::Other(__attr) => Self::Other(*__attr), })
    });
    let debug = members.body(|| {
        let arms = variants(members).map(|(variant, _)| {
            let text = variant.to_string();
            quote!(Self::#variant(__item) => (#text, __item),)
        });
        quote! {
            let (__name, __item): (&::core::primitive::str, &dyn ::core::fmt::Debug) =
                match self { #(#arms)* Self::Other(__attr) => ("Other", __attr), };
            ::core::fmt::Formatter::debug_tuple(__f, __name).field(__item).finish()
        }
    });
    quote! {
        #[automatically_derived]
        impl<#lt> ::core::clone::Clone for #name<#lt> #cloned {
            #[inline]
            fn clone(&self) -> Self { #clone }
        }

        #[automatically_derived]
        impl<#lt> ::core::fmt::Debug for #name<#lt> #debugged {
            #[inline]
            fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result { #debug }
        }
    }
}

/// What a trait of the companion asks of the fields whose types do not show that they have it. The lifetime without a use
/// lets the compiler take a bound that does not hold: then the companion does not have the trait.
fn bounds(members: &Members<'_>, name: &TokenStream) -> Vec<TokenStream> {
    let mut seen = HashSet::new();
    let own = members.attrs.iter().filter(|member| member.field.select.is_none() && !members.is_wrong);
    let types = own.map(|Member { field, .. }| types::item(&field.ty).unwrap_or(&field.ty));
    let types = types.filter(|ty| !types::is_plain(ty)).map(ToTokens::to_token_stream);
    let types = types.filter(|ty| seen.insert(ty.to_string()));
    types.map(|ty| quote!(#ty: for<'__x> #name)).collect()
}

/// The implementations of an enum with the derive.
pub(super) fn choice(members: &Members<'_>) -> TokenStream {
    let other = members.single(Role::Other).map(|field| &field.ident);
    let variants = members.attrs.iter().map(|member| (member.field.ident.clone(), member));
    let (stored, schema) = schema::attr_set(members, None);
    let (write, read) = items(members, &schema, variants, other);
    let (writing, reading) = (members.writing("NlAttrs"), members.reading("Parse"));
    // A wrong one may be used as a set.
    let emit = members.is_wrong.then(|| {
        let writing = members.writing("Emit");
        quote! {
            #writing {
                const TYPE: __nl::ValueType = __nl::ValueType::Bytes;
                fn emit_payload(&self, __w: &mut __nl::AttrWriter<'_>) -> __nl::Result<()> {
                    ::core::unreachable!()
                }
            }
        }
    });
    quote!(#stored #writing { #write } #reading { #read } #emit)
}

fn items<'m>(
    members: &Members<'_>,
    schema: &TokenStream,
    variants: impl Iterator<Item = (Ident, &'m Member<'m>)>,
    other: Option<&Ident>,
) -> (TokenStream, TokenStream) {
    let (lt, variants) = (&members.lt, variants.collect::<Vec<_>>());
    let emit = members.body(|| {
        let arms = variants.iter().map(|(variant, member)| emit(variant, member));
        let other = other.map(|other| quote!(Self::#other(__attr) => __w.copy(*__attr),));
        quote!(match self { #(#arms,)* #other })
    });
    let parse = members.body(|| {
        let other = match other {
            Some(other) => quote!(Self::#other(__attr)),
            None => quote!(return __nl::unknown_attr(__attr)),
        };
        let arms = variants.iter().map(|(variant, member)| parse(variant, member));
        quote! {
            __nl::Ok(match __attr.ty().get() {
                #(#arms,)*
                _ => #other,
            })
        }
    });
    let write = quote! {
        const SCHEMA: &'static __nl::AttrSet = #schema;

        #[inline]
        fn emit_attrs(&self, __w: &mut __nl::AttrWriter<'_>) -> __nl::Result<()> {
            #emit
        }
    };
    let read = quote! {
        #[inline]
        fn parse(__attr: __nl::Attr<#lt>) -> __nl::Result<Self> {
            #parse
        }
    };
    (write, read)
}

fn emit(variant: &Ident, member: &Member<'_>) -> TokenStream {
    let Member { field, ty, limits, .. } = member;
    if field.select.is_some() {
        return quote!(Self::#variant(__item) => __nl::copy_as(*__item, __nl::AttrType::new(#ty), __w));
    }
    let item = types::item(&field.ty).unwrap_or(&field.ty);
    let emit = member.path(item, "Field", "emit");
    quote_spanned!(field.span()=> Self::#variant(__item) => #emit(__item, #ty, #limits, #WRITER))
}

fn parse(variant: &Ident, member: &Member<'_>) -> TokenStream {
    let ty = &member.ty;
    if member.field.select.is_some() {
        return quote!(#ty => Self::#variant(__attr));
    }
    let item = types::item(&member.field.ty).unwrap_or(&member.field.ty);
    let parse = member.path(item, "Field", "one");
    let span = member.field.span();
    let parsed = tried(span, &quote_spanned!(span=> #parse(#ATTR)));
    quote!(#ty => Self::#variant(#parsed))
}
