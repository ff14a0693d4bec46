//! What a definition must and must not say, beyond the syntax of its keys.

use crate::attr::Number;
use crate::case;
use crate::errors::Errors;
use crate::model::{Derive, Field, Limits, Model, ROLES, Role, Shape, When};
use crate::{advice, types};
use proc_macro2::Span;
use std::collections::{HashMap, HashSet};
use syn::spanned::Spanned;
use syn::{GenericParam, Generics};

/// Finds all mistakes.
pub(crate) fn check(model: &Model, errors: &Errors) {
    shape(model, errors);
    generics(&model.generics, errors);
    model.fields.iter().for_each(|field| role(model, field, errors));
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
    for param in &generics.params {
        let (what, name) = match param {
            GenericParam::Type(param) => ("type", &param.ident),
            GenericParam::Const(param) => ("number", &param.ident),
            GenericParam::Lifetime(_) => continue,
        };
        errors.at(
            param,
            format!("its schema is one constant, and cannot depend on `{name}`: write a {what} instead, and a definition for each"),
        );
    }
    if let Some(param) = generics.lifetimes().nth(1) {
        errors.at(param, "one lifetime is enough: all that is borrowed lies in the same message");
    }
    if let Some(clause) = &generics.where_clause {
        errors.at(clause, "leave `where` out: a definition has no parameters that it could restrict");
    }
}

/// A message says which one it is, by types or by commands.
fn id(model: &Model, errors: &Errors) {
    let keys = &model.keys;
    match (keys.ty.as_slice(), keys.cmd.as_slice()) {
        ([_, ..], [cmd, ..]) => errors.at(
            &cmd.expr,
            "a message has a type or a command: `ty` for a netlink protocol of its own, `cmd` for generic netlink",
        ),
        ([], []) if !model.is_damaged => errors.at(
            &model.ident,
            "which message is it? write `#[nl(ty = 25)]`, or `#[nl(cmd = 1)]` for generic netlink; a nest is `#[derive(NlAttrs)]`",
        ),
        _ => {}
    }
    if let (true, Some(version)) = (keys.cmd.is_empty(), &keys.version) {
        errors.at(&version.expr, "only a generic netlink command (`cmd`) has a version");
    }
    within(&keys.ty, u16::MAX.into(), "a message type has 16 bits: 0 to 65535", errors);
    own_types(&keys.ty, errors);
    within(&keys.cmd, u8::MAX.into(), "a command has 8 bits: 0 to 255", errors);
    within(&keys.version, u8::MAX.into(), "a version has 8 bits: 0 to 255", errors);
    let mut seen = Vec::new();
    for number in keys.ids().iter().filter(|number| number.literal.is_some()) {
        if seen.contains(&number.literal) {
            errors.at(&number.expr, "this number is given twice");
        }
        seen.push(number.literal);
    }
    if let Some(name) = keys.c_names.get(keys.ids().len().max(1)) {
        errors.at(name, "there are more names than numbers");
    }
}

/// Of the types below 16, which are netlink's own, a family sends only `NLMSG_DONE`; receivers skip the others.
fn own_types<'n>(types: impl IntoIterator<Item = &'n Number>, errors: &Errors) {
    for number in types {
        if matches!(number.literal, Some(0..=2 | 4..16)) {
            errors.at(
                &number.expr,
                "types 0 to 15 are netlink's own: write one from 16 on, or 3 (`NLMSG_DONE`)",
            );
        }
    }
}

fn within<'n>(numbers: impl IntoIterator<Item = &'n Number>, max: i128, message: &str, errors: &Errors) {
    for number in numbers {
        if number.literal.is_some_and(|value| !(0..=max).contains(&value)) {
            errors.at(&number.expr, message);
        }
    }
}

/// The fields of a message or a set, or the variants of an enum.
fn members(model: &Model, errors: &Errors) {
    for field in &model.fields {
        value(model, field, errors);
        advice::check(field, errors);
        limits(&field.limits, errors);
        select(model, field, errors);
    }
    within(&model.keys.pads, 0x3fff, "an attribute type has 14 bits: 0 to 0x3fff", errors);
    let start = &model.keys.strict_start_type;
    within(start, 0x3fff, "an attribute type has 14 bits: 0 to 0x3fff", errors);
    if let Some(number) = start.as_ref().filter(|number| number.literal == Some(0)) {
        errors.at(&number.expr, "types begin at 1: write the first that the kernel is strict with");
    }
    numbers(model, errors);
    if model.shape == Shape::Struct && model.has_companion() {
        variants(model, errors);
    }
}

/// Each form is one attribute, and has a selector of its own. Numbers that are no literals are left to assertions.
fn forms(model: &Model, errors: &Errors) {
    let mut seen: HashMap<String, &Field> = HashMap::new();
    for field in &model.fields {
        advice::form(field, errors);
        let (shown, span) = match &field.when {
            Some(When::Text(text)) => (format!("{:?}", String::from_utf8_lossy(&text.value())), text.span()),
            Some(When::Number(Number { literal: Some(number), expr })) => (number.to_string(), expr.span()),
            Some(When::Number(_)) | None => continue,
        };
        match seen.get(&shown) {
            Some(other) => errors.at_span(span, format!("{shown} selects `{}` already", other.ident)),
            None => drop(seen.insert(shown, field)),
        }
    }
}

/// What a field or a variant stands for is one thing.
fn role(model: &Model, field: &Field, errors: &Errors) {
    let name = &field.ident;
    match field.roles.as_slice() {
        [_] => {}
        [_, (_, span), ..] => {
            errors.at_span(*span, format!("`{name}` has two roles: leave one of their keys out"));
        }
        [] if field.is_damaged || model.derive == Derive::SubMessage && model.shape != Shape::Enum => {}
        [] => {
            let keys = field.place.keys().filter(|(key, _)| ROLES.iter().any(|(role, _)| role == key));
            let ways = keys.map(|(key, example)| match (key, example) {
                ("other", _) => "`#[nl(other)]` for all others".to_owned(),
                (_, "") => format!("`#[nl({key})]`"),
                ("when", _) => format!("`#[nl(when = \"{}\")]`", case::field(name)),
                _ => format!("`#[nl({key} = {example})]`"),
            });
            errors.at(name, format!("what is `{name}`? write {}", ways.collect::<Vec<_>>().join(" or ")));
        }
    }
}

/// Encodings and limits go with a value, and an encoding with the type.
fn value(model: &Model, field: &Field, errors: &Errors) {
    if let [_, (_, span), ..] = field.encodings.as_slice() {
        errors.at_span(
            *span,
            "a value has one encoding: write one of `be`, `net_byteorder`, `uint`, `sint`, `text` and `no_nul`",
        );
    }
    let is_value = matches!(field.role(), None | Some(Role::Attr | Role::Payload));
    if !is_value {
        extras(field)
            .for_each(|span| errors.at_span(span, "encodings and limits go with `attr` and `payload` only"));
    }
    let is_not_one = model.shape == Shape::Enum && types::is_named(&field.ty, &["Option", "Repeat", "Vec"]);
    if let Some(outer) = types::last(&field.ty).filter(|_| is_not_one) {
        let message =
            format!("a variant is one attribute that is there: write the type inside `{}`", outer.ident);
        errors.at(&field.ty, message);
    }
}

/// Where its encodings and limits are.
fn extras(field: &Field) -> impl Iterator<Item = Span> + '_ {
    let limits = field.limits.given.iter().map(|(_, number)| number.span());
    field.encodings.iter().map(|(_, span)| *span).chain(limits)
}

/// What selects a form is an attribute beside it, or comes from outside where that was said.
fn select(model: &Model, field: &Field, errors: &Errors) {
    let Some(select) = &field.select else { return };
    extras(field).for_each(|span| errors.at_span(span, "the forms have encodings and limits of their own"));
    if let (true, Some(item)) = (types::is_named(&field.ty, &["Vec", "Repeat"]), types::item(&field.ty)) {
        let shown = types::shown(item);
        errors.at(
            &field.ty,
            format!("one selector selects one value: write `{shown}` or `Option<{shown}>`, or repeat a set that has both of them"),
        );
    }
    if !matches!(field.role(), None | Some(Role::Attr)) {
        errors.at_span(select.span, "only an attribute has forms to select from: write `attr = 1` too");
    }
    match &select.by {
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
        let advice = match (field.role(), &key.fields) {
            (None | Some(Role::Attr), None) | (Some(Role::FixedHeader | Role::Attrs), Some(_)) => continue,
            (Some(Role::Attr), Some(_)) => "an attribute is part of the key as a whole: write `key` alone",
            (Some(Role::FixedHeader | Role::Attrs), None) => &names,
            _ => "a key consists of attributes and fields of the header",
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
    if matches!(&number.expr, syn::Expr::Path(path) if path.path.get_ident().is_some_and(case::is_of_a_type))
    {
        errors.at(
            &number.expr,
            "`deleted` is the number of that message, not its struct: write the number or a constant",
        );
    }
    let max = if keys.ty.is_empty() { u8::MAX.into() } else { u16::MAX.into() };
    within([number], max, &format!("a type has 16 bits and a command 8: 0 to {max} here"), errors);
    own_types(keys.deleted.iter().filter(|_| keys.cmd.is_empty()), errors);
    if number.literal.is_some() && keys.ids().iter().any(|own| own.literal == number.literal) {
        errors.at(&number.expr, "this message says what the object is like: `deleted` is another one");
    }
}

/// Leaves those fields of a wrong definition that give the companion enum a variant of its own, of a type that it can
/// name.
pub(crate) fn keep_whole(model: &mut Model) {
    let mut seen = HashSet::new();
    let is_plain = model.generics.type_params().next().is_none()
        && model.generics.const_params().next().is_none()
        && model.generics.lifetimes().count() <= 1;
    model.fields.retain(|field| {
        let is_one = is_plain && field.attr().is_some() && field.roles.len() == 1;
        let variant = case::variant(&field.ident).filter(|_| is_one);
        variant.is_some_and(|variant| seen.insert(variant.to_string()))
    });
}

fn limits(limits: &Limits, errors: &Errors) {
    for (key, number) in limits.given.iter().filter(|(_, number)| !number.may_be_one()) {
        errors.at(
            &number.expr,
            format!("a limit is a number: write the number of this name, such as `{key} = 3`"),
        );
    }
    if let Some(span) = limits.conflict {
        errors.at_span(span, "`range` has both limits: leave `min` and `max` out");
    }
    for (lower, upper) in [("min", "max"), ("min_len", "max_len")] {
        let (Some(lower), Some(upper)) = (limits.get(lower), limits.get(upper)) else { continue };
        match (lower.literal, upper.literal) {
            (Some(min), Some(max)) if min > max => {
                let message = format!("no value is within these limits: {min} is more than {max}");
                errors.at(&upper.expr, message);
            }
            _ => {}
        }
    }
    within(limits.get("mask"), u64::MAX.into(), "a mask has 64 bits, and no sign", errors);
    let lens = ["min_len", "max_len"].iter().filter_map(|name| limits.get(name));
    within(lens, 65_531, "an attribute holds 0 to 65531 bytes", errors);
}

/// Attribute types fit their 14 bits and occur once. Those that are no literals are left to assertions.
fn numbers(model: &Model, errors: &Errors) {
    let mut seen: HashMap<i128, &Field> = HashMap::new();
    for field in &model.fields {
        let Some(number) = field.attr() else { continue };
        let Some(value) = number.literal else { continue };
        if !(0..=0x3fff).contains(&value) {
            errors.at(&number.expr, "an attribute type has 14 bits: 0 to 0x3fff");
        }
        match seen.get(&value) {
            Some(other) => {
                errors.at(&number.expr, format!("`{}` has attribute type {value} already", other.ident));
            }
            None => {
                seen.insert(value, field);
            }
        }
    }
}

/// At most one header, and it comes first; at most one rest; a payload stands alone; at most one variant for others.
fn singles(model: &Model, errors: &Errors) {
    let spans = |is: fn(Role) -> bool| -> Vec<Span> {
        let roles = model.fields.iter().filter_map(|field| field.roles.first());
        roles.filter(|(role, _)| is(*role)).map(|(_, span)| *span).collect()
    };
    let second = |spans: Vec<Span>, message: &str, errors: &Errors| {
        spans.iter().skip(1).for_each(|span| errors.at_span(*span, message));
    };
    let headers = spans(|role| role == Role::FixedHeader);
    let is_first = matches!(model.fields.first().and_then(Field::role), Some(Role::FixedHeader));
    if let ([only], false) = (headers.as_slice(), is_first) {
        errors.at_span(*only, "the header comes first on the wire: make it the first field");
    }
    second(headers, "a message has one family header", errors);
    second(spans(|role| role == Role::Rest), "one `rest` takes all attributes that are left", errors);
    second(spans(|role| role == Role::Other), "one `other` takes all others", errors);

    let contents = spans(|role| matches!(role, Role::Payload | Role::Attrs));
    if !contents.is_empty() {
        for span in spans(|role| matches!(role, Role::Attr | Role::Rest)) {
            errors.at_span(span, "`payload` or `attrs` is the whole message: no attributes beside it");
        }
        if let Some(attrs) = &model.keys.attrs {
            errors.at(attrs, "`payload` or `attrs` is the whole message: no attributes beside it");
        }
    }
    second(contents, "a message has one `payload`, or one set as its `attrs`", errors);
}

/// The variants of the companion enum have names, and different ones.
fn variants(model: &Model, errors: &Errors) {
    let mut seen: HashMap<String, &Field> = HashMap::new();
    for field in model.fields.iter().filter(|field| field.attr().is_some()) {
        let name = &field.ident;
        let companion = model.companion();
        let Some(variant) = case::variant(name).map(|variant| variant.to_string()) else {
            errors.at(
                name,
                format!("no variant of `{companion}` can be named after `{name}`: rename the field"),
            );
            continue;
        };
        if let Some(other) = seen.insert(variant.clone(), field) {
            let message =
                format!("`{}` and `{name}` would both be `{companion}::{variant}`: rename one", other.ident);
            errors.at(name, message);
        }
    }
}
