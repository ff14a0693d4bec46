//! What a definition says, out of its syntax. Built from a wrong one too, as far as it goes, so that all of its
//! mistakes are found.

use crate::attr::{self, Given, Keys, Place};
use crate::errors::Errors;
use crate::literal::{List, Number, Range, When};
use crate::types;
use crate::{advice, case};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::{Attribute, Data, DataStruct, DeriveInput, Fields, Generics, Lifetime, Type, Visibility};

/// Which of the derives it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Derive {
    Message,
    Attrs,
    SubMessage,
}

/// A definition.
pub(crate) struct Model {
    pub(crate) place: Place,
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) generics: Generics,
    pub(crate) doc: String,
    /// The keys above it.
    pub(crate) keys: Keys,
    /// A set that it shares with others.
    pub(crate) shared: Option<Type>,
    pub(crate) fields: Vec<Field>,
}

/// A field, or a variant of an enum.
pub(crate) struct Field {
    pub(crate) place: Place,
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    pub(crate) docs: Vec<Attribute>,
    pub(crate) doc: String,
    /// What selects it, if it is a form of a sub-message.
    pub(crate) when: Option<When>,
    /// Its attribute type, of the key `attr`.
    pub(crate) number: Option<Number>,
    /// Whether it has keys that could not be understood.
    pub(crate) is_damaged: bool,
    /// What it stands for, which a correct field has, with the span of the key.
    pub(crate) role: Option<(Role, Span)>,
    /// How its value is written: the key, and its span.
    pub(crate) encoding: Option<(&'static str, Span)>,
    /// Its limits, each with the name of its key; `range` is `min` and `max`.
    pub(crate) limits: Vec<(&'static str, Number)>,
    /// What selects its form, if it has several: the field beside it, or none for the selector of the set around.
    pub(crate) select: Option<Given<Ident>>,
    /// Whether it tells one object from another, with fields of the family header where these are meant.
    pub(crate) key: Option<Given<List<Ident>>>,
}

/// What a field stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Attr,
    FixedHeader,
    Payload,
    /// A set that is the whole contents of a message.
    Attrs,
    Rest,
    Other,
    /// A variant that holds a whole message.
    Message,
    /// A variant that is a form of a sub-message.
    Form,
}

impl Model {
    pub(crate) fn new(derive: Derive, input: &DeriveInput, errors: &Errors) -> Self {
        let (place, inside) = match (derive, &input.data) {
            (Derive::Message, Data::Enum(_)) => (attr::MESSAGES, attr::MESSAGES_VARIANT),
            (Derive::Message, _) => (attr::MESSAGE, attr::MESSAGE_FIELD),
            (Derive::SubMessage, _) => (attr::SUB_MESSAGE, attr::FORM),
            (Derive::Attrs, Data::Enum(_)) => (attr::ENUM, attr::VARIANT),
            (Derive::Attrs, _) => (attr::SET, attr::SET_FIELD),
        };
        let keys = Keys::new(&input.attrs, place, errors);
        Self {
            place,
            ident: input.ident.clone(),
            vis: input.vis.clone(),
            generics: input.generics.clone(),
            doc: case::doc(&input.attrs),
            shared: keys.value("attrs"),
            keys,
            fields: fields(input, inside, errors),
        }
    }

    /// Whether a set may contain itself: it is said, or its own name is in the type of a field.
    pub(crate) fn is_recursive(&self) -> bool {
        let own = self.ident.to_string();
        self.keys.has("recursive") || self.fields.iter().any(|field| types::mentions(&field.ty, &own))
    }

    /// The lifetime of the bytes that are read: that of the definition; where it has none, the one in the type that it
    /// shares, or one of our own.
    pub(crate) fn lifetime(&self) -> Lifetime {
        let own = self.generics.lifetimes().next().map(|param| param.lifetime.clone());
        let shared = || types::lifetime(self.shared.as_ref()?);
        own.or_else(shared).unwrap_or_else(|| Lifetime::new("'a", Span::call_site()))
    }

    /// Whether a companion enum stands beside it.
    pub(crate) fn has_companion(&self) -> bool {
        let is_whole = |field: &Field| matches!(field.role(), Some(Role::Payload | Role::Attrs));
        matches!(self.place, attr::MESSAGE | attr::SET)
            && !self.keys.has("no_enum")
            && self.shared.is_none()
            && !self.fields.iter().any(is_whole)
    }

    /// The name of the companion enum.
    pub(crate) fn companion(&self) -> Ident {
        quote::format_ident!("{}Attr", self.ident, span = self.ident.span())
    }
}

/// The fields of a struct, or the variants of an enum that hold one value each.
fn fields(input: &DeriveInput, place: Place, errors: &Errors) -> Vec<Field> {
    let advice = match &input.data {
        Data::Enum(data) if data.variants.is_empty() => {
            advice::variant(place, &Ident::new("Name", Span::call_site()), false)
        }
        Data::Enum(data) => {
            return data.variants.iter().filter_map(|variant| single(variant, place, errors)).collect();
        }
        _ if place == attr::FORM => {
            "a sub-message is an enum: write a variant for each form, `#[nl(when = \"name\")] Name(Attr<'a>)`"
                .into()
        }
        Data::Struct(DataStruct { fields: Fields::Unnamed(_), .. }) => {
            "fields need names: `struct Name { field: u32 }`; one value is `#[derive(NlValue)]`".into()
        }
        Data::Struct(data) => {
            let named = data.fields.iter().filter_map(|field| Some((field.ident.as_ref()?, field)));
            let field =
                |(ident, field): (_, &syn::Field)| Field::new(ident, &field.ty, &field.attrs, place, errors);
            return named.map(field).collect();
        }
        Data::Union(_) => "a union does not say which of its fields holds: write a struct".into(),
    };
    errors.at(&input.ident, advice);
    Vec::new()
}

fn single(variant: &syn::Variant, place: Place, errors: &Errors) -> Option<Field> {
    let (name, attrs) = (&variant.ident, &variant.attrs);
    if let (Fields::Unnamed(fields), 1) = (&variant.fields, variant.fields.len()) {
        return Some(Field::new(name, &fields.unnamed.first()?.ty, attrs, place, errors));
    }
    let is_other = Keys::new(attrs, place, &Errors::default()).has("other");
    errors.at(variant, advice::variant(place, name, is_other));
    None
}

impl Field {
    fn new(ident: &Ident, ty: &Type, attrs: &[Attribute], place: Place, errors: &Errors) -> Self {
        let keys = Keys::new(attrs, place, errors);
        let role = keys.group("role").first().map(|(key, span)| (Role::of(key), *span));
        let message = (place == attr::MESSAGES_VARIANT).then(|| (Role::Message, ident.span()));
        Self {
            place,
            ident: ident.clone(),
            ty: ty.clone(),
            docs: attrs.iter().filter(|attr| attr.path().is_ident("doc")).cloned().collect(),
            doc: case::doc(attrs),
            when: keys.value("when"),
            number: keys.value("attr"),
            is_damaged: keys.is_damaged,
            role: role.or(message),
            encoding: keys.group("encoding").first().copied(),
            limits: limits(&keys),
            select: keys.given("select"),
            key: keys.given("key"),
        }
    }

    /// An item of a trait of the library, as its type has it: `<T as Trait>::item`. All of it is at one place, and wherever
    /// the type is read, written and described this is said with the same words, so that the compiler says once that the
    /// type does not have the trait.
    pub(crate) fn of_type(&self, name: &TokenStream, item: &str) -> TokenStream {
        self.of(&self.ty, name, item)
    }

    /// The same for the type of one of its items.
    pub(crate) fn of(&self, ty: &Type, name: &TokenStream, item: &str) -> TokenStream {
        let span = self.span();
        let (ty, name, item) = (types::placed(ty, span), types::placed(name, span), Ident::new(item, span));
        quote_spanned!(span=> <#ty as __nl::#name>::#item)
    }

    /// The type of one of its attributes.
    pub(crate) fn item(&self) -> &Type {
        types::item(&self.ty).unwrap_or(&self.ty)
    }

    /// Where its type is.
    pub(crate) fn span(&self) -> Span {
        types::place(&self.ty)
    }

    /// Its one role.
    pub(crate) fn role(&self) -> Option<Role> {
        self.role.map(|(role, _)| role)
    }

    /// The first of its limits with one of these keys.
    pub(crate) fn limit(&self, keys: &[&str]) -> Option<&Number> {
        self.limits.iter().find(|(key, _)| keys.contains(key)).map(|(_, number)| number)
    }

    /// Its attribute type, if it stands for an attribute.
    pub(crate) fn attr(&self) -> Option<&Number> {
        self.number.as_ref().filter(|_| self.role() == Some(Role::Attr))
    }
}

impl Role {
    /// What a field with this key stands for.
    fn of(key: &str) -> Self {
        match key {
            "attr" => Self::Attr,
            "when" => Self::Form,
            "fixed_header" => Self::FixedHeader,
            "payload" => Self::Payload,
            "attrs" => Self::Attrs,
            "rest" => Self::Rest,
            _ => Self::Other,
        }
    }
}

fn limits(keys: &Keys) -> Vec<(&'static str, Number)> {
    let range = keys.value("range").into_iter();
    let range = range.flat_map(|Range { min, max, .. }| [("min", min), ("max", max)]);
    let given = keys.group("limit").into_iter().filter(|(key, _)| *key != "range");
    range.chain(given.filter_map(|(key, _)| Some((key, keys.value(key)?)))).collect()
}
