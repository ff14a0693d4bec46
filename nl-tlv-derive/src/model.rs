//! What a definition says, out of its syntax. Built from a wrong one too, as far as it goes, so that all of its
//! mistakes are found.

use crate::attr::{self, Keys, List, Number, Place};
use crate::case;
use crate::errors::Errors;
use crate::types;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::{
    Attribute, Data, DeriveInput, Expr, ExprLit, Fields, Generics, Lifetime, Lit, LitByteStr, LitStr, Path,
    Type, Visibility,
};

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
    /// In the order of the kinds, each with the span of its key; a correct field has one.
    pub(crate) roles: Vec<(Role, Span)>,
    /// How its value is written, the type in the library, each with the span of its key; a correct field has at most one.
    pub(crate) encodings: Vec<(&'static str, Span)>,
    pub(crate) limits: Limits,
    /// What selects its form, if it has several.
    pub(crate) select: Option<Select>,
    /// Whether it tells one object from another.
    pub(crate) key: Option<Key>,
}

/// What tells one object from another.
pub(crate) struct Key {
    pub(crate) span: Span,
    /// Fields of the family header, where these are meant.
    pub(crate) fields: Option<Vec<Ident>>,
}

/// What selects the form of a field.
pub(crate) struct Select {
    pub(crate) span: Span,
    /// The field beside it, or none for the selector of the set around.
    pub(crate) by: Option<Ident>,
}

/// What selects a form of a sub-message.
pub(crate) enum When {
    Text(LitByteStr),
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

/// The keys that say what a field stands for.
pub(crate) const ROLES: &[(&str, Role)] = &[
    ("attr", Role::Attr),
    ("when", Role::Form),
    ("fixed_header", Role::FixedHeader),
    ("payload", Role::Payload),
    ("attrs", Role::Attrs),
    ("rest", Role::Rest),
    ("other", Role::Other),
];

/// The limits of a field. `range` is `min` and `max`.
pub(crate) struct Limits {
    /// Each with the name of its key.
    pub(crate) given: Vec<(&'static str, Number)>,
    /// Where `range` and one of `min` and `max` stand side by side.
    pub(crate) conflict: Option<Span>,
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
        let place = match (derive, shape) {
            (Derive::Message, Shape::Enum) => attr::MESSAGES,
            (Derive::Message, _) => attr::MESSAGE,
            (Derive::SubMessage, _) => attr::SUB_MESSAGE,
            (Derive::Attrs, Shape::Enum) => attr::ENUM,
            (Derive::Attrs, _) => attr::SET,
        };
        let (keys, fields) = (Keys::new(&input.attrs, place, errors), fields(derive, &input.data, errors));
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
            ty: keys.list("ty"),
            cmd: keys.list("cmd"),
            version: keys.value("version"),
            c_names: keys.c_names("c_name"),
            c_prefix: keys.c_names("c_prefix").into_iter().next(),
            attrs: keys.value("attrs"),
            library: keys.library(),
            pads: keys.list("pad"),
            no_enum: keys.span("no_enum").is_some(),
            strict_start_type: keys.value("strict_start_type"),
            recursive: keys.span("recursive").is_some(),
            selected_outside: keys.span("selected_outside").is_some(),
            deleted: keys.value("deleted"),
            check: keys.value("check"),
        }
    }
}

/// The fields of a struct, or the variants of an enum that hold one value each.
fn fields(derive: Derive, data: &Data, errors: &Errors) -> Vec<Field> {
    match data {
        Data::Struct(data) => {
            let place = if derive == Derive::Message { attr::MESSAGE_FIELD } else { attr::SET_FIELD };
            let named = data.fields.iter().filter_map(|field| Some((field.ident.as_ref()?, field)));
            named.map(|(ident, field)| Field::new(ident, &field.ty, &field.attrs, place, errors)).collect()
        }
        Data::Enum(data) => {
            data.variants.iter().filter_map(|variant| single(derive, variant, errors)).collect()
        }
        Data::Union(_) => Vec::new(),
    }
}

fn single(derive: Derive, variant: &syn::Variant, errors: &Errors) -> Option<Field> {
    let (name, attrs) = (&variant.ident, &variant.attrs);
    let place = match derive {
        Derive::Attrs => attr::VARIANT,
        Derive::Message => attr::MESSAGES_VARIANT,
        Derive::SubMessage => attr::FORM,
    };
    if let (Fields::Unnamed(fields), 1) = (&variant.fields, variant.fields.len()) {
        return Some(Field::new(name, &fields.unnamed.first()?.ty, attrs, place, errors));
    }
    let is_other = || Keys::new(attrs, place, &Errors::default()).span("other").is_some();
    let advice = match derive {
        Derive::Attrs => {
            format!("a variant holds one value: write `{name}(u32)`, or `{name}(bool)` for a flag")
        }
        Derive::Message if is_other() => format!("other messages are kept: write `{name}(Message<'a>)`"),
        Derive::Message => format!(
            "a variant holds one message: write `{name}({name})`, and its fields in a `struct {name}` with `#[derive(NlMessage)]`"
        ),
        Derive::SubMessage => format!(
            "a form is one value: write `{name}({name})`, and its attributes in a `struct {name}` with `#[derive(NlAttrs)]`; or `{name}(Attr<'a>)`"
        ),
    };
    errors.at(variant, advice);
    None
}

impl Field {
    fn new(ident: &Ident, ty: &Type, attrs: &[Attribute], place: Place, errors: &Errors) -> Self {
        let keys = Keys::new(attrs, place, errors);
        let mut roles = keys.spans(ROLES);
        if place == attr::MESSAGES_VARIANT && roles.is_empty() {
            roles.push((Role::Message, ident.span()));
        }
        Self {
            place,
            ident: ident.clone(),
            ty: ty.clone(),
            docs: attrs.iter().filter(|attr| attr.path().is_ident("doc")).cloned().collect(),
            doc: case::doc(attrs),
            when: When::new(&keys, errors),
            number: keys.value("attr"),
            is_damaged: keys.is_damaged.get(),
            roles,
            encodings: keys.spans(&[
                ("be", "Be"),
                ("net_byteorder", "NetByteorder"),
                ("uint", "Uint"),
                ("sint", "Sint"),
                ("text", "Text"),
                ("no_nul", "NoNul"),
            ]),
            limits: Limits::new(&keys),
            select: keys.optional("select").map(|(span, by)| Select { by, span }),
            key: keys
                .optional("key")
                .map(|(span, fields)| Key { span, fields: fields.map(|List(fields)| fields) }),
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

    /// Where its type is.
    pub(crate) fn span(&self) -> Span {
        types::place(&self.ty)
    }

    /// Its one role.
    pub(crate) fn role(&self) -> Option<Role> {
        self.roles.first().map(|(role, _)| *role)
    }

    /// Its attribute type, if it stands for an attribute.
    pub(crate) fn attr(&self) -> Option<&Number> {
        self.number.as_ref().filter(|_| self.role() == Some(Role::Attr))
    }
}

impl When {
    fn new(keys: &Keys<'_>, errors: &Errors) -> Option<Self> {
        let expr: Expr = keys.value("when")?;
        if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &expr {
            return Some(Self::Text(LitByteStr::new(text.value().as_bytes(), text.span())));
        }
        let span = expr.span();
        let number = Number::new(expr).ok().filter(Number::may_be_one);
        if number.is_none() {
            errors.at_span(span, "a selector is a text or a number: write `when = \"name\"` or `when = 6`");
        }
        number.map(Self::Number)
    }
}

impl Limits {
    fn new(keys: &Keys<'_>) -> Self {
        let names = ["min", "max", "mask", "min_len", "max_len"];
        let given = names.into_iter().filter_map(|name| Some((name, keys.value(name)?)));
        let mut all = Self { given: given.collect(), conflict: None };
        if let Some((min, max)) = keys.range() {
            all.conflict = all.get("min").or(all.get("max")).map(Number::span);
            all.given.retain(|(name, _)| !matches!(*name, "min" | "max"));
            all.given.splice(0..0, [("min", min), ("max", max)]);
        }
        all
    }

    /// A limit, by the name of its key.
    pub(crate) fn get(&self, name: &str) -> Option<&Number> {
        self.given.iter().find(|(key, _)| *key == name).map(|(_, number)| number)
    }

    /// A limit of a number, if there is one.
    pub(crate) fn of_number(&self) -> Option<&Number> {
        self.get("min").or(self.get("max")).or(self.get("mask"))
    }

    /// A limit of a length, if there is one.
    pub(crate) fn of_len(&self) -> Option<&Number> {
        self.get("min_len").or(self.get("max_len"))
    }
}
