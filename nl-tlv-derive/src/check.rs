//! What a definition must and must not say, beyond the syntax of its keys.

use crate::attr;
use crate::errors::Errors;
use crate::literal::{Number, When};
use crate::model::{Field, Model, Role};
use crate::{advice, case, types};
use proc_macro2::Span;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use syn::spanned::Spanned;
use syn::{ConstParam, GenericParam, Generics, LitStr, TypeParam};

/// Finds all mistakes.
pub(crate) fn check(model: &Model, errors: &Errors) {
    generics(&model.generics, errors);
    for field in &model.fields {
        role(field, errors);
        key(field, errors);
        select(model, field, errors);
        limits(field, errors);
        advice::contents(field, errors);
        advice::check(field, errors);
    }
    singles(model, errors);
    id(model, errors);
    deleted(model, errors);
    numbers(model, errors);
    selectors(model, errors);
    variants(model, errors);
}

/// A definition has at most one lifetime, and no other parameters.
pub(crate) fn generics(generics: &Generics, errors: &Errors) {
    for (i, param) in generics.params.iter().enumerate() {
        let message = match param {
            GenericParam::Lifetime(param) if !param.bounds.is_empty() => {
                format!("write `{}` alone: what is borrowed lies in the message", param.lifetime)
            }
            GenericParam::Lifetime(_) if i > 0 => "what is borrowed has one lifetime, the message's".into(),
            GenericParam::Lifetime(_) => continue,
            GenericParam::Type(TypeParam { ident, .. }) | GenericParam::Const(ConstParam { ident, .. }) => {
                format!("its schema is one constant and cannot depend on `{ident}`: write one for each")
            }
        };
        errors.at(param, message);
    }
    if let Some(clause) = &generics.where_clause {
        errors.at(clause, "leave `where` out: a definition has no parameters that it could restrict");
    }
}

/// A field or a variant stands for something.
fn role(field: &Field, errors: &Errors) {
    let name = &field.ident;
    if field.role.is_some() || field.is_damaged {
        return;
    }
    let keys = field.place.keys().filter(|(_, _, _, group, _)| *group == "role");
    let ways = keys.map(|(key, _, example, ..)| match *key {
        "other" => "`#[nl(other)]` for all others".to_owned(),
        "when" => format!("`#[nl(when = \"{}\")]`", case::field(name)),
        _ if example.is_empty() => format!("`#[nl({key})]`"),
        _ => format!("`#[nl({key} = {example})]`"),
    });
    errors.at(name, format!("what is `{name}`? write {}", ways.collect::<Vec<_>>().join(" or ")));
}

/// An attribute is part of the key as a whole, of a header or a set some fields are.
fn key(field: &Field, errors: &Errors) {
    let Some(key) = &field.key else { return };
    match (field.role(), &key.value) {
        (Some(Role::Attr), Some(_)) | (Some(Role::FixedHeader | Role::Attrs), None) => {
            errors.at_span(key.span, attr::KEY);
        }
        _ => {}
    }
}

/// What selects a form is an attribute beside it, or comes from outside where that was said.
fn select(model: &Model, field: &Field, errors: &Errors) {
    let Some(select) = &field.select else { return };
    if types::is_named(&field.ty, &["Vec", "Repeat"]) {
        let one = types::shown(field.item());
        let advice = format!("one selector selects one value: write `{one}`, or repeat a set that has both");
        errors.at(&field.ty, advice);
    }
    let Some(by) = &select.value else {
        if !model.keys.has("selected_outside") {
            let advice = "what selects the form? write `select = kind` with a field beside it, or `#[nl(selected_outside)]` above the struct if that is in the set around it";
            errors.at_span(select.span, advice);
        }
        return;
    };
    let is_there = |other: &Field| other.ident == *by && other.attr().is_some() && other.select.is_none();
    if *by == field.ident {
        errors.at(by, format!("`{by}` cannot select its own form"));
    } else if !model.fields.iter().any(is_there) {
        errors.at(by, format!("no attribute `{by}` stands here to select the form"));
    }
}

/// Some value is within the limits.
fn limits(field: &Field, errors: &Errors) {
    for (lower, upper) in [("min", "max"), ("min_len", "max_len")] {
        let (Some(lower), Some(upper)) = (field.limit(&[lower]), field.limit(&[upper])) else { continue };
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
        let shared = model.shared.as_ref().map(Spanned::span);
        for span in spans(&[Role::Attr, Role::Rest]).into_iter().chain(shared) {
            errors.at_span(span, "`payload` or `attrs` is the whole message: no attributes beside it");
        }
    }
}

/// A message says which one it is, by types or by commands.
fn id(model: &Model, errors: &Errors) {
    let (keys, ids) = (&model.keys, model.keys.ids());
    if model.place == attr::MESSAGE && ids.is_empty() && !keys.is_damaged {
        let advice = "which message is it? write `#[nl(ty = 25)]`, or `#[nl(cmd = 1)]` for generic netlink; a nest is `#[derive(NlAttrs)]`";
        errors.at(&model.ident, advice);
    }
    if let Some(name) = keys.list::<LitStr>("c_name").get(ids.len().max(1)) {
        errors.at(name, "there are more names than numbers");
    }
    let literals = ids.iter().filter_map(|number| Some((number.literal?, number.span(), ())));
    distinct(literals, errors, |_, ()| "this number is given twice".to_owned());
}

/// What is watched has a key, and a message that says that it has been deleted.
fn deleted(model: &Model, errors: &Errors) {
    let deleted: Option<Number> = model.keys.value("deleted");
    match (model.fields.iter().find_map(|field| field.key.as_ref()), &deleted) {
        (Some(key), None) => {
            errors.at_span(key.span, "which message says that it is deleted? write `deleted = 26` above")
        }
        (None, Some(number)) => errors.at(&number.expr, "what tells objects apart? write `key` at a field"),
        _ => {}
    }
    if let Some(number) = deleted {
        number.check(model.keys.id_key(), errors);
        if number.literal.is_some() && model.keys.ids().iter().any(|own| own.literal == number.literal) {
            errors.at(&number.expr, "this message says what the object is like: `deleted` is another one");
        }
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

/// Each attribute type is that of one field or pads. Numbers that are no literals are left to assertions.
fn numbers(model: &Model, errors: &Errors) {
    let pads = model.keys.list::<Number>("pad");
    let attrs = model.fields.iter().filter_map(|field| Some((field.attr()?, field.ident.to_string())));
    let numbers = attrs.chain(pads.iter().map(|number| (number, "pad".to_owned())));
    let literals = numbers.filter_map(|(number, name)| Some((number.literal?, number.span(), name)));
    distinct(literals, errors, |value, first| format!("`{first}` has attribute type {value} already"));
}

/// Each form has a selector of its own.
fn selectors(model: &Model, errors: &Errors) {
    let selectors = model.fields.iter().filter_map(|field| match field.when.as_ref()? {
        When::Text(text) => Some((format!("{:?}", text.value()), text.span(), &field.ident)),
        When::Number(number) => Some((number.literal?.to_string(), number.span(), &field.ident)),
    });
    distinct(selectors, errors, |selector, first| format!("{selector} selects `{first}` already"));
    if model.keys.has("selected_outside") && model.fields.iter().all(|field| field.select.is_none()) {
        errors.at(&model.ident, "no field here has `select`: leave `selected_outside` out");
    }
}

/// The variants of the companion enum have names, and different ones.
fn variants(model: &Model, errors: &Errors) {
    let companion = model.companion();
    let fields = model.fields.iter().filter(|field| field.attr().is_some() && model.has_companion());
    let named = fields.filter_map(|Field { ident, .. }| {
        let variant = case::variant(ident);
        if variant.is_none() {
            errors.at(ident, format!("`{companion}` has no variant for `{ident}`: rename the field"));
        }
        Some((variant?.to_string(), ident.span(), ident))
    });
    distinct(named, errors, |variant, first| {
        format!("`{first}` is `{companion}::{variant}` already: rename one")
    });
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
