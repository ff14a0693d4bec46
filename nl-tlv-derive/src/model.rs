//! What a definition says, out of its syntax. Built from a wrong one too, as far as it goes, so that all of its
//! mistakes are found.

use crate::attr::{self, Given, Keys, Place};
use crate::case;
use crate::errors::Errors;
use crate::literal::{List, Number};
use crate::types;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Data, DeriveInput, Fields, Generics, Lifetime, LitStr, Path, Type, Visibility};

/// Which of the derives it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Derive {
    Message,
    Attrs,
    SubMessage,
}

/// A definition.
pub(crate) struct Model {
    pub(crate) derive: Derive,
    pub(crate) shape: Shape,
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) generics: Generics,
    pub(crate) doc: String,
    pub(crate) keys: TopKeys,
    pub(crate) fields: Vec<Field>,
    /// Whether there are keys above it that could not be understood.
    pub(crate) is_damaged: bool,
    /// Whether a field is part of a key.
    pub(crate) has_key: bool,
    /// Whether it has no variants.
    pub(crate) is_empty: bool,
}

/// Of what form it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Struct,
    TupleStruct,
    Enum,
    Union,
}

/// The keys above it.
pub(crate) struct TopKeys {
    pub(crate) ty: Vec<Number>,
    pub(crate) cmd: Vec<Number>,
    pub(crate) version: Option<Number>,
    pub(crate) c_names: Vec<LitStr>,
    pub(crate) c_prefix: Option<LitStr>,
    pub(crate) attrs: Option<Type>,
    pub(crate) library: Path,
    /// Attribute types that only pad.
    pub(crate) pads: Vec<Number>,
    /// Whether there is no companion enum.
    pub(crate) no_enum: bool,
    /// The attribute type from which on the kernel is strict.
    pub(crate) strict_start_type: Option<Number>,
    /// Whether a set may contain itself.
    pub(crate) recursive: bool,
    /// Whether the forms of its sub-messages are selected in the set around it.
    pub(crate) selected_outside: bool,
    /// The message that says that an object has been deleted.
    pub(crate) deleted: Option<Number>,
    /// The function that says whether a message may be sent.
    pub(crate) check: Option<Path>,
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
    pub(crate) limits: Limits,
    /// What selects its form, if it has several: the field beside it, or none for the selector of the set around.
    pub(crate) select: Option<Given<Ident>>,
    /// Whether it tells one object from another, with fields of the family header where these are meant.
    pub(crate) key: Option<Given<List<Ident>>>,
}

/// What selects a form of a sub-message.
pub(crate) enum When {
    Text(LitStr),
    Number(Number),
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

/// The limits of a field. `range` is `min` and `max`.
pub(crate) struct Limits {
    /// Each with the name of its key.
    pub(crate) given: Vec<(&'static str, Number)>,
}

impl Model {
    pub(crate) fn new(derive: Derive, input: &DeriveInput, errors: &Errors) -> Self {
        let shape = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Unnamed(_) => Shape::TupleStruct,
                Fields::Named(_) | Fields::Unit => Shape::Struct,
            },
            Data::Enum(_) => Shape::Enum,
            Data::Union(_) => Shape::Union,
        };
        let (place, inside) = match (derive, shape) {
            (Derive::Message, Shape::Enum) => (attr::MESSAGES, attr::MESSAGES_VARIANT),
            (Derive::Message, _) => (attr::MESSAGE, attr::MESSAGE_FIELD),
            (Derive::SubMessage, _) => (attr::SUB_MESSAGE, attr::FORM),
            (Derive::Attrs, Shape::Enum) => (attr::ENUM, attr::VARIANT),
            (Derive::Attrs, _) => (attr::SET, attr::SET_FIELD),
        };
        let (keys, fields) = (Keys::new(&input.attrs, place, errors), fields(&input.data, inside, errors));
        Self {
            derive,
            shape,
            ident: input.ident.clone(),
            vis: input.vis.clone(),
            generics: input.generics.clone(),
            doc: case::doc(&input.attrs),
            keys: TopKeys::new(&keys),
            is_damaged: keys.is_damaged.get(),
            has_key: fields.iter().any(|field| field.key.is_some()),
            fields,
            is_empty: matches!(&input.data, Data::Enum(data) if data.variants.is_empty()),
        }
    }

    /// Whether a set may contain itself: it is said, or its own name is in the type of a field.
    pub(crate) fn is_recursive(&self) -> bool {
        let own = self.ident.to_string();
        self.keys.recursive || self.fields.iter().any(|field| types::mentions(&field.ty, &own))
    }

    /// The lifetime of the bytes that are read: that of the definition; where it has none, the one in the type that it
    /// shares, or one of our own.
    pub(crate) fn lifetime(&self) -> Lifetime {
        let own = self.generics.lifetimes().next().map(|param| param.lifetime.clone());
        let shared = || types::lifetime(self.keys.attrs.as_ref()?);
        own.or_else(shared).unwrap_or_else(|| Lifetime::new("'a", Span::call_site()))
    }

    /// Whether a companion enum stands beside it.
    pub(crate) fn has_companion(&self) -> bool {
        let is_whole = |field: &Field| matches!(field.role(), Some(Role::Payload | Role::Attrs));
        self.shape == Shape::Struct
            && !self.keys.no_enum
            && self.keys.attrs.is_none()
            && !self.fields.iter().any(is_whole)
    }

    /// The name of the companion enum.
    pub(crate) fn companion(&self) -> Ident {
        quote::format_ident!("{}Attr", self.ident, span = self.ident.span())
    }
}

impl TopKeys {
    /// The types or the commands of a message.
    pub(crate) fn ids(&self) -> &[Number] {
        if self.ty.is_empty() { &self.cmd } else { &self.ty }
    }

    fn new(keys: &Keys<'_>) -> Self {
        Self {
            ty: keys.numbers("ty"),
            cmd: keys.numbers("cmd"),
            version: keys.number("version"),
            c_names: keys.c_names("c_name"),
            c_prefix: keys.c_names("c_prefix").into_iter().next(),
            attrs: keys.value("attrs"),
            library: keys.library(),
            pads: keys.numbers("pad"),
            no_enum: keys.span("no_enum").is_some(),
            strict_start_type: keys.number("strict_start_type"),
            recursive: keys.span("recursive").is_some(),
            selected_outside: keys.span("selected_outside").is_some(),
            deleted: keys.value("deleted"),
            check: keys.value("check"),
        }
    }
}

/// The fields of a struct, or the variants of an enum that hold one value each.
fn fields(data: &Data, place: Place, errors: &Errors) -> Vec<Field> {
    match data {
        Data::Struct(data) => {
            let named = data.fields.iter().filter_map(|field| Some((field.ident.as_ref()?, field)));
            named.map(|(ident, field)| Field::new(ident, &field.ty, &field.attrs, place, errors)).collect()
        }
        Data::Enum(data) => {
            data.variants.iter().filter_map(|variant| single(variant, place, errors)).collect()
        }
        Data::Union(_) => Vec::new(),
    }
}

fn single(variant: &syn::Variant, place: Place, errors: &Errors) -> Option<Field> {
    let (name, attrs) = (&variant.ident, &variant.attrs);
    if let (Fields::Unnamed(fields), 1) = (&variant.fields, variant.fields.len()) {
        return Some(Field::new(name, &fields.unnamed.first()?.ty, attrs, place, errors));
    }
    let is_other = Keys::new(attrs, place, &Errors::default()).span("other").is_some();
    let advice = match place {
        attr::VARIANT if is_other => format!("other attributes are kept: write `{name}(Attr<'a>)`"),
        attr::VARIANT => {
            format!("a variant holds one value: write `{name}(u32)`, or `{name}(bool)` for a flag")
        }
        attr::MESSAGES_VARIANT if is_other => format!("other messages are kept: write `{name}(Message<'a>)`"),
        attr::MESSAGES_VARIANT => format!(
            "a variant holds one message: write `{name}({name})`, and its fields in a `struct {name}` with `#[derive(NlMessage)]`"
        ),
        _ => format!(
            "a form is one value: write `{name}({name})`, and its attributes in a `struct {name}` with `#[derive(NlAttrs)]`; or `{name}(Attr<'a>)`"
        ),
    };
    errors.at(variant, advice);
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
            number: keys.number("attr"),
            is_damaged: keys.is_damaged.get(),
            role: role.or(message),
            encoding: keys.group("encoding").first().copied(),
            limits: Limits::new(&keys),
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

impl Parse for When {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if let Some(text) = input.parse::<Option<LitStr>>()? {
            let has_nul = text.value().contains('\0');
            return if has_nul { Err(input.error("a NUL")) } else { Ok(Self::Text(text)) };
        }
        let number: Number = input.parse()?;
        if number.may_be_one() { Ok(Self::Number(number)) } else { Err(input.error("not a number")) }
    }
}

impl Limits {
    fn new(keys: &Keys<'_>) -> Self {
        let names = ["min", "max", "mask", "min_len", "max_len"];
        let given = names.into_iter().filter_map(|name| Some((name, keys.number(name)?)));
        let range = keys.range().into_iter().flat_map(|(min, max)| [("min", min), ("max", max)]);
        Self { given: range.chain(given).collect() }
    }

    /// The first limit with one of these keys.
    pub(crate) fn get(&self, keys: &[&str]) -> Option<&Number> {
        self.given.iter().find(|(key, _)| keys.contains(key)).map(|(_, number)| number)
    }
}
