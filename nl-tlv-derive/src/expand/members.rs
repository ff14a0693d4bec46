//! The attributes of a definition, with the names that the generated code has for them.

use super::in_static;
use crate::model::{Encoding, Field, Limits, Model, Role};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Lifetime, Type};

/// What all parts of an expansion are made from.
pub(super) struct Members<'m> {
    pub(super) model: &'m Model,
    /// The lifetime of the bytes that are read.
    pub(super) lt: Lifetime,
    /// The type that the definition stands for, with its lifetime.
    pub(super) own: TokenStream,
    /// The parameters that an implementation for it has: `<'a>`, or none.
    pub(super) params: TokenStream,
    /// The attributes, in order.
    pub(super) attrs: Vec<Member<'m>>,
}

impl Members<'_> {
    /// What an attribute holds, as a `ValueType`.
    pub(super) fn value_type(&self, member: &Member<'_>) -> TokenStream {
        let Some(select) = &member.field.select else { return member.item("TYPE") };
        let (schema, by) = (member.item("SCHEMA"), select.by.as_ref());
        let selector = match by.and_then(|by| self.attrs.iter().find(|other| other.field.ident == *by)) {
            Some(Member { ty, .. }) => quote!(::core::option::Option::Some(#ty)),
            None => quote!(::core::option::Option::None),
        };
        quote!(__nl::ValueType::SubMessage { selector: #selector, schema: #schema })
    }

    /// The selector of an attribute's form, where it has several.
    pub(super) fn selector(&self, member: &Member<'_>) -> Option<TokenStream> {
        let select = member.field.select.as_ref()?;
        let by = select.by.as_ref().and_then(|by| self.attrs.iter().find(|other| other.field.ident == *by));
        Some(match by {
            Some(Member { slot, field, .. }) => quote_spanned!(field.ty.span()=> __nl::select(&#slot)),
            None => quote!(__selector),
        })
    }
}

impl Members<'_> {
    /// Whether another set selects the forms of attributes here.
    pub(super) fn is_selected_outside(&self) -> bool {
        self.model.keys.selected_outside
    }
}

/// One attribute.
pub(super) struct Member<'m> {
    pub(super) field: &'m Field,
    /// The attribute type: the literal as written, or a constant that holds it.
    pub(super) ty: TokenStream,
    /// The lifetime of the bytes that are read.
    lt: Lifetime,
    /// Its limits, as a reference.
    pub(super) limits: TokenStream,
    /// The local variable that holds what was found.
    pub(super) slot: Ident,
}

impl<'m> Members<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        let lt = lifetime(model);
        let (ident, generics) = (&model.ident, model.generics.split_for_impl().1);
        let attrs = model.fields.iter().filter(|field| field.attr().is_some()).enumerate();
        let attrs = attrs.map(|(i, field)| Member::new(i, field, &lt)).collect();
        let params = model.generics.lifetimes().next().map(|_| quote!(<#lt>)).unwrap_or_default();
        Self { model, own: quote!(#ident #generics), params, attrs, lt }
    }

    /// The one field of a role.
    pub(super) fn single(&self, role: Role) -> Option<&'m Field> {
        self.model.fields.iter().find(|field| field.role() == Some(role))
    }

    pub(super) fn header(&self) -> Option<&'m Field> {
        self.single(Role::FixedHeader)
    }

    pub(super) fn payload(&self) -> Option<&'m Field> {
        self.single(Role::Payload)
    }

    /// The set that is the whole contents.
    pub(super) fn whole(&self) -> Option<&'m Field> {
        self.single(Role::Attrs)
    }

    /// The set that is shared with others, its lifetime that of the bytes.
    pub(super) fn shared(&self) -> Option<Type> {
        self.model.keys.attrs.clone()
    }

    /// A type with the definition's lifetime, or with `'static` where the definition has none.
    pub(super) fn owned(&self, ty: &TokenStream) -> TokenStream {
        if self.params.is_empty() { in_static(ty.clone(), &self.lt) } else { ty.clone() }
    }
}

/// That of the definition; where it has none, the one in the type that it shares.
fn lifetime(model: &Model) -> Lifetime {
    let shared = model.keys.attrs.as_ref().and_then(|ty| match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    });
    let named = shared.and_then(|last| match &last.arguments {
        syn::PathArguments::AngleBracketed(args) => args.args.iter().find_map(|arg| match arg {
            syn::GenericArgument::Lifetime(lt) if lt.ident != "_" && lt.ident != "static" => Some(lt.clone()),
            _ => None,
        }),
        _ => None,
    });
    match (model.generics.lifetimes().next(), named) {
        (None, Some(named)) => named,
        _ => model.lifetime(),
    }
}

impl<'m> Member<'m> {
    fn new(i: usize, field: &'m Field, lt: &Lifetime) -> Self {
        let number = field.attr().map(|number| (&number.expr, number.literal.is_some()));
        let (index, constant) = (Literal::usize_unsuffixed(i), format_ident!("__TY{i}"));
        Self {
            ty: match number {
                Some((expr, true)) => quote!(#expr),
                _ => quote!(#constant),
            },
            lt: lt.clone(),
            limits: quote!(__LIMITS[#index]),
            slot: format_ident!("__slot{i}"),
            field,
        }
    }
}

impl Member<'_> {
    /// Something that the field's type has as a `Field`: what is said or written of it.
    pub(super) fn item(&self, name: &str) -> TokenStream {
        field_item(self.field, &quote!(__nl), name)
    }

    /// Something that the field's type has as a `ParseField`.
    pub(super) fn read(&self, name: &str) -> TokenStream {
        let (field, lt) = (self.field, &self.lt);
        let (ty, name) = (&field.ty, Ident::new(name, field.ty.span()));
        if field.select.is_some() {
            return quote_spanned!(ty.span()=> <#ty as __nl::ParseSelectedField<#lt>>::#name);
        }
        let encoding = encoding(field, &quote!(__nl));
        quote_spanned!(ty.span()=> <#ty as __nl::ParseField<#lt, #encoding>>::#name)
    }
}

/// `<T as Field<E>>::name`. All of it is at the type, so that the compiler points there if it is not a field.
pub(super) fn field_item(field: &Field, nl: &TokenStream, name: &str) -> TokenStream {
    let (ty, encoding, name) = (&field.ty, encoding(field, nl), Ident::new(name, field.ty.span()));
    match field.select {
        Some(_) => quote_spanned!(ty.span()=> <#ty as #nl::SelectedField>::#name),
        None => quote_spanned!(ty.span()=> <#ty as #nl::Field<#encoding>>::#name),
    }
}

pub(super) fn encoding(field: &Field, nl: &TokenStream) -> TokenStream {
    let name = match field.encoding() {
        Encoding::Native => "Native",
        Encoding::Be => "Be",
        Encoding::Text => "Text",
        Encoding::NoNul => "NoNul",
    };
    let name = Ident::new(name, field.ty.span());
    quote_spanned!(field.ty.span()=> #nl::#name)
}

/// `Limits` as a constant expression.
pub(super) fn limits(limits: &Limits) -> TokenStream {
    let mut given = limits.given().peekable();
    if given.peek().is_none() {
        return quote!(__nl::Limits::NONE);
    }
    let fields = given.map(|(name, number)| {
        let (name, expr) = (Ident::new(name, number.span()), &number.expr);
        let value = match (number.literal, name == "mask", name == "min" || name == "max") {
            (None, true, _) => quote!((#expr) as ::core::primitive::u64),
            (None, _, true) => quote!((#expr) as ::core::primitive::i128),
            _ => quote!(#expr),
        };
        quote!(#name: ::core::option::Option::Some(#value))
    });
    quote!(__nl::Limits { #(#fields,)* ..__nl::Limits::NONE })
}
