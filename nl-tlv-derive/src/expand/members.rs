//! The attributes of a definition, with the names that the generated code has for them.

use super::in_static;
use crate::case;
use crate::literal::Number;
use crate::model::{Field, Model, Role};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Lifetime, Type};

/// What all parts of an expansion are made from.
pub(super) struct Members<'m> {
    pub(super) model: &'m Model,
    /// Whether the definition is wrong, so that its implementations do nothing.
    pub(super) is_wrong: bool,
    /// The lifetime of the bytes that are read.
    pub(super) lt: Lifetime,
    /// The type that the definition stands for, with its parameters.
    pub(super) own: TokenStream,
    /// The attributes, in order.
    pub(super) attrs: Vec<Member<'m>>,
}

/// One attribute.
pub(super) struct Member<'m> {
    pub(super) field: &'m Field,
    /// The attribute type: the literal as written, or a constant that holds it.
    pub(super) ty: TokenStream,
    /// Its limits, as a reference.
    pub(super) limits: TokenStream,
    /// The local variable that holds what was found.
    pub(super) slot: Ident,
}

impl<'m> Members<'m> {
    pub(super) fn new(model: &'m Model, is_wrong: bool) -> Self {
        let (ident, generics) = (&model.ident, model.generics.split_for_impl().1);
        let attrs = model.fields.iter().filter(|field| field.attr().is_some()).enumerate();
        let attrs = attrs.map(|(i, field)| Member::new(i, field)).collect();
        Self { model, is_wrong, lt: model.lifetime(), own: quote!(#ident #generics), attrs }
    }

    /// The one field of a role.
    pub(super) fn single(&self, role: Role) -> Option<&'m Field> {
        self.model.fields.iter().find(|field| field.role() == Some(role))
    }

    /// The family header.
    pub(super) fn header(&self) -> Option<&'m Field> {
        self.single(Role::FixedHeader)
    }

    /// The value that is the whole contents.
    pub(super) fn payload(&self) -> Option<&'m Field> {
        self.single(Role::Payload)
    }

    /// The set that is the whole contents.
    pub(super) fn whole(&self) -> Option<&'m Field> {
        self.single(Role::Attrs)
    }

    /// The set that is shared with others, its lifetime that of the bytes.
    pub(super) fn shared(&self) -> Option<&'m Type> {
        self.model.shared.as_ref()
    }

    /// The attribute that a field names, to be selected by it.
    pub(super) fn selecting(&self, member: &Member<'_>) -> Option<&Member<'m>> {
        let by = member.field.select.as_ref()?.value.as_ref()?;
        self.attrs.iter().find(|other| other.field.ident == *by)
    }

    /// The type of one attribute: the companion, or the enum of the shared set.
    pub(super) fn attr(&self) -> TokenStream {
        let (name, lt) = (self.model.companion(), &self.lt);
        match (self.shared(), self.whole()) {
            (Some(shared), _) => quote!(#shared),
            (None, Some(whole)) => whole.of_type(&quote!(ParseAttrs<#lt>), "Attr"),
            (None, None) if self.model.has_companion() => quote!(#name<#lt>),
            (None, None) => quote!(__nl::Attr<#lt>),
        }
    }

    /// A type with the definition's lifetime, or with `'static` where the definition has none.
    pub(super) fn owned(&self, ty: TokenStream) -> TokenStream {
        if self.model.generics.lifetimes().next().is_none() { in_static(ty, &self.lt) } else { ty }
    }

    /// What stands above the items of a trait of writing, which has no lifetime.
    pub(super) fn writing(&self, name: &str) -> TokenStream {
        let (params, _, clause) = self.model.generics.split_for_impl();
        let (own, name) = (&self.own, format_ident!("{name}"));
        quote!(#[automatically_derived] impl #params __nl::#name for #own #clause)
    }

    /// What stands above the items of a trait of reading, with the lifetime of the bytes.
    pub(super) fn reading(&self, name: &str) -> TokenStream {
        let mut generics = self.model.generics.clone();
        let lt = &self.lt;
        if generics.lifetimes().next().is_none() {
            generics.params.insert(0, syn::parse_quote!(#lt));
        }
        let (params, _, clause) = generics.split_for_impl();
        let (own, name) = (&self.own, format_ident!("{name}"));
        quote!(#[automatically_derived] impl #params __nl::#name<#lt> for #own #clause)
    }

    /// The contents of a function, which a wrong definition does not have.
    pub(super) fn body(&self, body: impl FnOnce() -> TokenStream) -> TokenStream {
        if self.is_wrong { quote!(::core::unreachable!()) } else { body() }
    }
}

impl<'m> Member<'m> {
    fn new(i: usize, field: &'m Field) -> Self {
        let (constant, limits) = (format_ident!("__TY{i}"), format_ident!("__LIMITS{i}"));
        Self {
            ty: match field.attr() {
                Some(Number { expr, literal: Some(_) }) => quote!(#expr),
                _ => quote!(#constant),
            },
            limits: if field.limits.is_empty() { quote!(__nl::FREE) } else { quote!(#limits) },
            slot: format_ident!("__slot{i}", span = field.span()),
            field,
        }
    }

    /// An item of a trait, as the field's type or that of one of its items has it.
    pub(super) fn path(&self, ty: &Type, name: &str, item: &str) -> TokenStream {
        let name = Ident::new(name, self.field.span());
        let encoding = self.field.encoding.map(|_| encoding(self.field));
        let encoding = encoding.map(|encoding| quote!(, #encoding));
        self.field.of(ty, &quote!(#name<'_ #encoding>), item)
    }
}

/// The encoding of a field.
pub(super) fn encoding(field: &Field) -> TokenStream {
    let (key, _) = field.encoding.unwrap_or(("native", field.span()));
    let name = Ident::new(&case::camel(key), field.span());
    quote_spanned!(field.span()=> __nl::#name)
}
