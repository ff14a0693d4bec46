//! What a definition must and must not say, beyond the syntax of its keys.

use crate::errors::Errors;
use crate::literal::Number;
use crate::model::{Derive, Field, Limits, Model, Role, Shape, When};
use crate::{advice, case, types};
use proc_macro2::Span;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use syn::spanned::Spanned;
use syn::{GenericParam, Generics};

/// Finds all mistakes.
pub(crate) fn check(model: &Model, errors: &Errors) {
    shape(model, errors);
    generics(&model.generics, errors);
    for field in &model.fields {
        role(model, field, errors);
        advice::contents(field, errors);
    }
    singles(model, errors);
    match model.derive {
        Derive::Message if model.shape != Shape::Enum => {
            id(model, errors);
            members(model, errors);
            object(model, errors);
        }
        Derive::Attrs => members(model, errors),
        Derive::SubMessage => forms(model, errors),
        Derive::Message => {}
    }
}

fn shape(model: &Model, errors: &Errors) {
    let name = &model.ident;
    let sub_message = format!(
        "a sub-message is an enum of its forms: write `enum {name}<'a> {{ #[nl(when = \"name\")] Name(Attr<'a>) }}`"
    );
    let advice = match (model.derive, model.shape) {
        (Derive::Attrs, Shape::Enum) if model.is_empty => {
            "an enum of attributes needs a variant: write `#[nl(attr = 1)] Name(u32)`"
        }
        (Derive::Message, Shape::Enum) if model.is_empty => {
            "an enum of messages needs a variant: write `Name(Name)` for a `struct Name` with `#[derive(NlMessage)]`"
        }
        (Derive::SubMessage, shape) if shape != Shape::Enum || model.is_empty => &sub_message,
        (_, Shape::Struct | Shape::Enum) => return,
        (_, Shape::TupleStruct) => {
            "fields need names: write `struct Name { field: Type }`; a struct that holds one value is `#[derive(NlValue)]`"
        }
        (_, Shape::Union) => "a union does not say which of its fields holds: write a struct",
    };
    errors.at(name, advice);
}

/// A definition has at most one lifetime, and no other parameters.
pub(crate) fn generics(generics: &Generics, errors: &Errors) {
    let of_parameter = |what, name| {
        format!(
            "its schema is one constant, and cannot depend on `{name}`: write a {what} instead, and a definition for each"
        )
    };
    for (i, param) in generics.params.iter().enumerate() {
        let message = match param {
            GenericParam::Type(param) => of_parameter("type", &param.ident),
            GenericParam::Const(param) => of_parameter("number", &param.ident),
            GenericParam::Lifetime(param) if !param.bounds.is_empty() => {
                format!("write `{}` alone: what is borrowed lies in the message", param.lifetime)
            }
            GenericParam::Lifetime(_) if i > 0 => {
                "one lifetime is enough: all that is borrowed lies in the same message".to_owned()
            }
            GenericParam::Lifetime(_) => continue,
        };
        errors.at(param, message);
    }
    if let Some(clause) = &generics.where_clause {
        errors.at(clause, "leave `where` out: a definition has no parameters that it could restrict");
    }
}

/// A message says which one it is, by types or by commands.
fn id(model: &Model, errors: &Errors) {
    let keys = &model.keys;
    if keys.ids().is_empty() && !model.is_damaged {
        errors.at(
            &model.ident,
            "which message is it? write `#[nl(ty = 25)]`, or `#[nl(cmd = 1)]` for generic netlink; a nest is `#[derive(NlAttrs)]`",
        );
    }
    let literals = keys.ids().iter().filter_map(|number| Some((number.literal?, number.span(), ())));
    distinct(literals, errors, |_, _| "this number is given twice".to_owned());
    if let Some(name) = keys.c_names.get(keys.ids().len().max(1)) {
        errors.at(name, "there are more names than numbers");
    }
}

/// Finds those of several that are equal to one before them. Each is what is compared, its place, and its name.
fn distinct<K: Hash + Eq, N>(
    all: impl IntoIterator<Item = (K, Span, N)>,
    errors: &Errors,
    message: impl Fn(&K, &N) -> String,
) {
    let mut seen = HashMap::new();
    for (key, span, name) in all {
        match seen.get(&key) {
            Some(first) => errors.at_span(span, message(&key, first)),
            None => drop(seen.insert(key, name)),
        }
    }
}

/// The fields of a message or a set, or the variants of an enum.
fn members(model: &Model, errors: &Errors) {
    for field in &model.fields {
        advice::check(field, errors);
        limits(&field.limits, errors);
        select(model, field, errors);
    }
    let attrs = model.fields.iter().filter_map(|field| Some((field.attr()?, field.ident.to_string())));
    let pads = model.keys.pads.iter().map(|number| (number, "pad".to_owned()));
    let numbers = attrs.chain(pads);
    let literals = numbers.filter_map(|(number, name)| Some((number.literal?, number.span(), name)));
    distinct(literals, errors, |value, first| format!("`{first}` has attribute type {value} already"));
    if model.shape == Shape::Struct && model.has_companion() {
        variants(model, errors);
    }
    if model.keys.selected_outside && model.fields.iter().all(|field| field.select.is_none()) {
        errors.at(&model.ident, "no field here has `select`: leave `selected_outside` out");
    }
}

/// Each form is one attribute, and has a selector of its own. Numbers that are no literals are left to assertions.
fn forms(model: &Model, errors: &Errors) {
    model.fields.iter().for_each(|field| advice::check(field, errors));
    let selectors = model.fields.iter().filter_map(|field| match field.when.as_ref()? {
        When::Text(text) => Some((format!("{:?}", text.value()), text.span(), &field.ident)),
        When::Number(number) => Some((number.literal?.to_string(), number.span(), &field.ident)),
    });
    distinct(selectors, errors, |selector, first| format!("{selector} selects `{first}` already"));
}

/// A field or a variant stands for something.
fn role(model: &Model, field: &Field, errors: &Errors) {
    let is_no_form = model.derive == Derive::SubMessage && model.shape != Shape::Enum;
    if field.role.is_some() || field.is_damaged || is_no_form {
        return;
    }
    let name = &field.ident;
    let ways =
        field.place.keys().filter(|(_, _, group, _)| *group == "role").map(|(key, example, ..)| match *key {
            "other" => "`#[nl(other)]` for all others".to_owned(),
            "when" => format!("`#[nl(when = \"{}\")]`", case::field(name)),
            _ if example.is_empty() => format!("`#[nl({key})]`"),
            _ => format!("`#[nl({key} = {example})]`"),
        });
    errors.at(name, format!("what is `{name}`? write {}", ways.collect::<Vec<_>>().join(" or ")));
}

/// What selects a form is an attribute beside it, or comes from outside where that was said.
fn select(model: &Model, field: &Field, errors: &Errors) {
    let Some(select) = &field.select else { return };
    if let (true, Some(item)) = (types::is_named(&field.ty, &["Vec", "Repeat"]), types::item(&field.ty)) {
        let shown = types::shown(item);
        errors.at(
            &field.ty,
            format!("one selector selects one value: write `{shown}` or `Option<{shown}>`, or repeat a set that has both of them"),
        );
    }
    match &select.value {
        None if !model.keys.selected_outside => errors.at_span(
            select.span,
            "what selects the form? write `select = kind` with a field beside it, or `#[nl(selected_outside)]` above the struct if that is in the set around it",
        ),
        Some(by) if *by == field.ident => errors.at(by, format!("`{by}` cannot select its own form")),
        Some(by) => {
            let is_there = |other: &Field| other.ident == *by && other.role() == Some(Role::Attr) && other.select.is_none();
            if !model.fields.iter().any(is_there) {
                errors.at(by, format!("no attribute `{by}` stands here to select the form"));
            }
        }
        None => {}
    }
}

/// What is watched has a key, and a message that says that it has been deleted.
fn object(model: &Model, errors: &Errors) {
    let keys = &model.keys;
    for field in &model.fields {
        let Some(key) = &field.key else { continue };
        let names = format!(
            "which fields of `{}` tell one object from another? write their names: `key = [one, another]`",
            types::shown(&field.ty)
        );
        let advice = match (field.role(), &key.value) {
            (Some(Role::Attr), Some(_)) => "an attribute is part of the key as a whole: write `key` alone",
            (Some(Role::FixedHeader | Role::Attrs), None) => &names,
            _ => continue,
        };
        errors.at_span(key.span, advice);
    }
    let key = model.fields.iter().find_map(|field| field.key.as_ref());
    match (key, &keys.deleted) {
        (Some(key), None) => errors.at_span(
            key.span,
            "which message says that such an object has been deleted? write its number above the struct: `deleted = …`",
        ),
        (None, Some(number)) => {
            errors.at(&number.expr, "what tells one object from another? write `key` at those fields");
        }
        _ => {}
    }
    let Some(number) = &keys.deleted else { return };
    a_number("deleted", number, errors);
    number.check(if keys.ty.is_empty() { "cmd" } else { "ty" }, errors);
    if number.literal.is_some() && keys.ids().iter().any(|own| own.literal == number.literal) {
        errors.at(&number.expr, "this message says what the object is like: `deleted` is another one");
    }
}

/// Leaves those fields of a wrong definition that give the companion enum a variant of its own, of a type that it can
/// name.
pub(crate) fn keep_whole(model: &mut Model) {
    let (mut seen, params) = (HashSet::new(), &model.generics.params);
    let is_plain = params.len() == model.generics.lifetimes().count() && params.len() <= 1;
    model.fields.retain(|field| {
        let variant = case::variant(&field.ident).filter(|_| is_plain && field.attr().is_some());
        variant.is_some_and(|variant| seen.insert(variant.to_string()))
    });
}

/// A number is not what is written as a variant of an enum or as a struct.
fn a_number(key: &str, number: &Number, errors: &Errors) {
    if !number.may_be_one() {
        let advice = format!(
            "`{key}` is a number: write the number of this name, such as `{key} = 30`, or a constant"
        );
        errors.at(&number.expr, advice);
    }
}

fn limits(limits: &Limits, errors: &Errors) {
    limits.given.iter().for_each(|(key, number)| a_number(key, number, errors));
    for (lower, upper) in [("min", "max"), ("min_len", "max_len")] {
        let (Some(lower), Some(upper)) = (limits.get(&[lower]), limits.get(&[upper])) else { continue };
        let (Some(min), Some(max)) = (lower.literal, upper.literal) else { continue };
        if min > max {
            errors.at(&upper.expr, format!("no value is within these limits: {min} is more than {max}"));
        }
    }
}

/// Roles that one field at most has.
const ONCE: [(&[Role], &str); 4] = [
    (&[Role::FixedHeader], "a message has one family header"),
    (&[Role::Rest], "one `rest` takes all attributes that are left"),
    (&[Role::Other], "one `other` takes all others"),
    (&[Role::Payload, Role::Attrs], "a message has one `payload`, or one set as its `attrs`"),
];

/// Roles that occur once; the header comes first; what is the whole message stands alone.
fn singles(model: &Model, errors: &Errors) {
    let spans = |roles: &[Role]| -> Vec<Span> {
        let all = model.fields.iter().filter_map(|field| field.role);
        all.filter(|(role, _)| roles.contains(role)).map(|(_, span)| span).collect()
    };
    let is_first = matches!(model.fields.first().and_then(Field::role), Some(Role::FixedHeader));
    if let ([only], false) = (spans(&[Role::FixedHeader]).as_slice(), is_first) {
        errors.at_span(*only, "the header comes first on the wire: make it the first field");
    }
    for (roles, message) in ONCE {
        spans(roles).into_iter().skip(1).for_each(|span| errors.at_span(span, message));
    }
    if !spans(&[Role::Payload, Role::Attrs]).is_empty() {
        let shared = model.keys.attrs.as_ref().map(Spanned::span);
        for span in spans(&[Role::Attr, Role::Rest]).into_iter().chain(shared) {
            errors.at_span(span, "`payload` or `attrs` is the whole message: no attributes beside it");
        }
    }
}

/// The variants of the companion enum have names, and different ones.
fn variants(model: &Model, errors: &Errors) {
    let companion = model.companion();
    let fields = model.fields.iter().filter(|field| field.attr().is_some()).map(|field| &field.ident);
    let named = fields.filter_map(|name| {
        let variant = case::variant(name);
        if variant.is_none() {
            let message =
                format!("no variant of `{companion}` can be named after `{name}`: rename the field");
            errors.at(name, message);
        }
        Some((variant?.to_string(), name.span(), name))
    });
    distinct(named, errors, |variant, first| {
        format!("`{first}` is `{companion}::{variant}` already: rename one of the two")
    });
}
