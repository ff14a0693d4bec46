//! What a definition must and must not say, beyond the syntax of its keys.

use crate::attr::Number;
use crate::case;
use crate::errors::Errors;
use crate::model::{Derive, Encoding, Field, Limits, Model, Role, Shape};
use crate::{owned, types};
use proc_macro2::Span;
use quote::ToTokens;
use std::collections::{HashMap, HashSet};
use syn::{GenericParam, Generics, Type};

/// Finds all mistakes.
pub(crate) fn check(model: &Model, errors: &mut Errors) {
    shape(model, errors);
    generics(&model.generics, errors);
    match model.derive {
        Derive::SubMessage | Derive::Message if model.shape == Shape::Enum => variants_of_one(model, errors),
        Derive::SubMessage => {}
        Derive::Message => {
            id(model, errors);
            members(model, errors);
            object(model, errors);
        }
        Derive::Attrs => {
            members(model, errors);
            for key in model.fields.iter().filter_map(|field| field.key.as_ref()) {
                errors
                    .at_span(key.span, "only a message has a key: write `key` where the set is nested in it");
            }
        }
    }
}

fn shape(model: &Model, errors: &mut Errors) {
    let name = &model.ident;
    let advice = match (model.derive, model.shape) {
        (Derive::Attrs, Shape::Enum) if model.is_empty => {
            "an enum of attributes needs a variant: write `#[nl(attr = 1)] Name(u32)`"
        }
        (Derive::Message, Shape::Enum) if model.is_empty => {
            "an enum of messages needs a variant: write `New(RouteNew<'a>)`"
        }
        (Derive::SubMessage, shape) if shape != Shape::Enum || model.is_empty => {
            "a sub-message is an enum of its forms: write `#[nl(when = \"veth\")] Veth(Veth<'a>)`"
        }
        (_, Shape::Struct | Shape::Enum) => return,
        (_, Shape::TupleStruct) => "fields need names: write `struct Name { field: Type }`",
        (_, Shape::Union) => "a union does not say which of its fields holds: write a struct",
    };
    errors.at(name, advice);
}

fn generics(generics: &Generics, errors: &mut Errors) {
    let mut lifetimes = 0;
    for param in &generics.params {
        match param {
            GenericParam::Type(_) | GenericParam::Const(_) => {
                errors.at(
                    param,
                    "a definition has no type and const parameters, since its schema is one constant",
                );
            }
            GenericParam::Lifetime(_) => {
                lifetimes += 1;
                if lifetimes == 2 {
                    errors.at(param, "one lifetime is enough: all that is borrowed lies in the same message");
                }
            }
        }
    }
    if let Some(clause) = &generics.where_clause {
        errors.at(clause, "a definition has no `where` clause, since its schema is one constant");
    }
}

/// A message says which one it is, by types or by commands.
fn id(model: &Model, errors: &mut Errors) {
    let keys = &model.keys;
    match (keys.ty.as_slice(), keys.cmd.as_slice()) {
        ([_, ..], [cmd, ..]) => errors.at(
            &cmd.expr,
            "a message has a type or a command: `ty` for a netlink protocol of its own, `cmd` for generic netlink",
        ),
        ([], []) if !model.is_damaged => errors.at(
            &model.ident,
            "which message is it? write `#[nl(ty = 25)]`, or `#[nl(cmd = 1)]` for generic netlink",
        ),
        _ => {}
    }
    if let (true, Some(version)) = (keys.cmd.is_empty(), &keys.version) {
        errors.at(&version.expr, "only a generic netlink command (`cmd`) has a version");
    }
    within(&keys.ty, u16::MAX.into(), "a message type has 16 bits: at most 65535", errors);
    own_types(&keys.ty, errors);
    within(&keys.cmd, u8::MAX.into(), "a command has 8 bits: at most 255", errors);
    within(&keys.version, u8::MAX.into(), "a version has 8 bits: at most 255", errors);
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
fn own_types<'n>(types: impl IntoIterator<Item = &'n Number>, errors: &mut Errors) {
    for number in types {
        if matches!(number.literal, Some(0..=2 | 4..16)) {
            errors.at(&number.expr, "types below 16 are netlink's own, but 3: write one from 16 on");
        }
    }
}

fn within<'n>(numbers: impl IntoIterator<Item = &'n Number>, max: i128, message: &str, errors: &mut Errors) {
    for number in numbers {
        if number.literal.is_some_and(|value| !(0..=max).contains(&value)) {
            errors.at(&number.expr, message);
        }
    }
}

/// The fields of a message or a set, or the variants of an enum.
fn members(model: &Model, errors: &mut Errors) {
    for field in &model.fields {
        role(model, field, errors);
        value(model, field, errors);
        advice(field, errors);
        limits(&field.limits, errors);
        select(model, field, errors);
    }
    within(&model.keys.pads, 0x3fff, "an attribute type has 14 bits: at most 0x3fff", errors);
    let start = &model.keys.strict_start_type;
    within(start, 0x3fff, "an attribute type has 14 bits: at most 0x3fff", errors);
    if let Some(number) = start.as_ref().filter(|number| number.literal == Some(0)) {
        errors.at(&number.expr, "types begin at 1: write the first that the kernel is strict with");
    }
    numbers(model, errors);
    singles(model, errors);
    if model.shape == Shape::Struct && model.has_companion() {
        variants(model, errors);
    }
}

/// The variants of an enum of messages, or of the forms of a sub-message: each is one, or stands for all others.
fn variants_of_one(model: &Model, errors: &mut Errors) {
    let mut others = 0;
    for Field { ident, roles, is_damaged, .. } in &model.fields {
        match roles.as_slice() {
            [] if !is_damaged && model.derive == Derive::SubMessage => errors.at(
                ident,
                format!(
                    "when is it `{ident}`? write `#[nl(when = \"veth\")]`, or `#[nl(other)]` for all others"
                ),
            ),
            [(Role::Form, _), (Role::Other, span), ..] => errors.at_span(
                *span,
                format!("`{ident}` is for all others or for one: write either `other` or `when`"),
            ),
            [(Role::Other, span)] if others > 0 => errors.at_span(
                *span,
                match model.derive {
                    Derive::SubMessage => "one `other` takes all other forms",
                    _ => "one `other` takes all other messages",
                },
            ),
            [(Role::Other, _)] => others += 1,
            _ => {}
        }
    }
}

fn role(model: &Model, field: &Field, errors: &mut Errors) {
    let name = &field.ident;
    match field.roles.as_slice() {
        [] if field.is_damaged => {}
        [] if model.shape == Shape::Enum => errors.at(
            name,
            format!("which attribute is `{name}`? write `#[nl(attr = 1)]`, or `#[nl(other)]` for all others"),
        ),
        [] if model.derive == Derive::Attrs => {
            errors.at(name, format!("what is `{name}`? write `#[nl(attr = 1)]` or `#[nl(rest)]`"));
        }
        [] => errors.at(
            name,
            format!("what is `{name}`? write `#[nl(attr = 1)]`, `#[nl(fixed_header)]`, `#[nl(attrs)]`, `#[nl(payload)]` or `#[nl(rest)]`"),
        ),
        [(Role::FixedHeader | Role::Payload | Role::Attrs, span)] if model.derive == Derive::Attrs => errors.at_span(
            *span,
            "only a message has a fixed header, a payload or a set as its contents; a set consists of attributes: write `attr = 1`",
        ),
        [_] => {}
        [_, (_, span), ..] => errors.at_span(
            *span,
            format!("`{name}` has two roles: write only one of `attr = 1`, `fixed_header`, `attrs`, `payload`, `rest`, `other`"),
        ),
    }
}

/// Encodings and limits go with a value, and an encoding with the type.
fn value(model: &Model, field: &Field, errors: &mut Errors) {
    if let [_, (_, span), ..] = field.encodings.as_slice() {
        errors.at_span(
            *span,
            "a value has one encoding: write one of `be`, `net_byteorder`, `text` and `no_nul`",
        );
    }
    let is_value = matches!(field.role(), None | Some(Role::Attr | Role::Payload));
    let limit = field.limits.given().map(|(_, number)| number.span());
    let extra = field.encodings.iter().map(|(_, span)| *span).chain(limit);
    if !is_value {
        for span in extra {
            errors.at_span(span, "encodings and limits go with `attr` and `payload` only");
        }
    }
    let is_apart = types::is_named(&field.ty, &["Repeat"]) && types::arguments(&field.ty).count() == 1;
    if let Some((encoding, span)) = field.encodings.first().filter(|_| is_apart) {
        let name = encoding.name();
        errors.at_span(*span, format!("say it in the type as well: `Repeat<'a, T, nl_tlv::value::{name}>`"));
    }
    let is_not_one = model.shape == Shape::Enum && types::is_named(&field.ty, &["Option", "Repeat"]);
    if let Some(outer) = types::last(&field.ty).filter(|_| is_not_one) {
        let message =
            format!("a variant is one attribute that is there: write the type inside `{}`", outer.ident);
        errors.at(&field.ty, message);
    }
}

/// What to write instead of a type that is known not to be a field, or not with these keys.
fn advice(field: &Field, errors: &mut Errors) {
    if !matches!(field.role(), Some(Role::Attr | Role::Payload)) || field.select.is_some() {
        return;
    }
    let (ty, item) = (&field.ty, types::item(&field.ty).unwrap_or(&field.ty));
    if types::is_named(ty, &["Option"]) && types::is_named(item, &["bool"]) {
        errors.at(ty, "a flag is there or not: write `bool` instead of `Option<bool>`");
    }
    if let Some(advice) = owned::advice(ty, item).or_else(|| never_read(field, item)) {
        errors.at(ty, advice);
    }
    if let Type::Array(array) = item {
        of_array(ty, &array.elem, errors);
    }
    if types::is_named(item, &["f32", "f64", "usize", "isize", "char", "u128", "i128"]) {
        let item = item.to_token_stream();
        errors.at(
            ty,
            format!("an attribute holds no `{item}`: write an integer, `u8` to `u64` or `i8` to `i64`"),
        );
    }
    beyond(item, &field.limits, errors);
    if types::is_named(ty, &["Option"]) && types::is_named(item, &["Option"]) {
        errors.at(ty, "an attribute is there or not: write one `Option`");
    }
    if let Type::Tuple(_) = item {
        errors.at(
            ty,
            "an attribute holds no tuple: write a struct, with `#[nl_struct]` or `#[derive(NlAttrs)]`",
        );
    }
    if let Some(advice) = of_several(ty, item) {
        errors.at(ty, advice);
    }
    if let Some((Encoding::Be, span)) = field.encodings.first().filter(|_| types::is_text(item)) {
        errors.at_span(*span, "`be` is for integers; this field is a string or bytes: leave `be` out");
    }
    let is_address = types::is_named(item, &["Ipv4Addr", "Ipv6Addr", "IpAddr", "MacAddr", "HwAddr"]);
    if let Some((Encoding::Be, span)) = field.encodings.first().filter(|_| is_address) {
        errors.at_span(*span, "an address is in network order already: leave `be` out");
    }
    if let Some(number) = field.limits.of_number().filter(|_| types::is_text(item)) {
        errors.at(&number.expr, "`min`, `max`, `range` and `mask` need an integer field; this one is a string or bytes: write `min_len` and `max_len`");
    }
    if let Some(number) = field.limits.of_len().filter(|_| types::is_integer(item)) {
        errors.at(
            &number.expr,
            "`min_len` and `max_len` need a string or bytes; this field is an integer: write `min` and `max`",
        );
    }
}

/// What to write instead of an array of anything but bytes.
fn of_array(ty: &Type, elem: &Type, errors: &mut Errors) {
    if types::is_named(elem, &["u8"]) {
        return;
    }
    let shown = elem.to_token_stream().to_string().replace("& ", "&");
    errors.at(
        ty,
        match types::is_integer(elem) {
            true => format!("an array of numbers is `Array<'a, {shown}>`, of the module `nl_tlv::value`"),
            false => format!("several values are several attributes of the type: write `Vec<{shown}>` or `Repeat<'a, {shown}>`"),
        },
    );
}

/// What to write instead of a type that nothing read from a message has.
fn never_read(field: &Field, item: &Type) -> Option<&'static str> {
    let (ty, is_payload) = (&field.ty, field.role() == Some(Role::Payload));
    Some(match item {
        Type::Slice(_) | Type::TraitObject(_) => {
            "its size is not known: write `&'a [u8]`, or `Box<[u8]>` for owned bytes"
        }
        _ if types::is_named(item, &["str"]) => "its size is not known: write `&'a str` or `String`",
        _ if types::is_static(ty) => {
            "what is read borrows from the message: write `'a` instead of `'static`, and `struct Name<'a>`"
        }
        _ if is_payload && types::is_named(ty, &["Option"]) => {
            "a payload is always there: write the type inside `Option`"
        }
        _ if is_payload && types::is_named(ty, &["Vec", "Repeat"]) => {
            "a payload is one value: write `&'a [u8]` or `Box<[u8]>` for bytes, or attributes with `attr = 1`"
        }
        _ => return None,
    })
}

/// What to write instead of several in one, or in several.
fn of_several(ty: &Type, item: &Type) -> Option<String> {
    let inner = types::item(item).filter(|_| types::item(ty).is_some())?;
    let (outer, shown) = (types::last(ty)?.ident.to_string(), inner.to_token_stream().to_string());
    let is_bytes = types::is_named(item, &["Vec"]) && types::is_named(inner, &["u8"]);
    let several = types::last(item).map(|last| last.ident.to_string())?;
    match (outer.as_str(), several.as_str()) {
        (_, "Vec") if is_bytes => Some(format!("bytes are `Box<[u8]>`: write `{outer}<Box<[u8]>>`")),
        ("Option", "Vec") => Some(format!("it may be empty: write `Vec<{shown}>`")),
        ("Option", "Repeat") => Some("it may be empty: write `Repeat` without the `Option`".to_owned()),
        ("Vec", "Option") => Some(format!("each item is an attribute that is there: write `Vec<{shown}>`")),
        ("Vec", "Vec") => Some(
            "an attribute holds one value: write `Vec` of a set with `#[derive(NlAttrs)]` that has the inner one"
                .to_owned(),
        ),
        _ => None,
    }
}

/// Limits of an integer are numbers that it can have.
fn beyond(item: &Type, limits: &Limits, errors: &mut Errors) {
    let Some((min, max)) = types::range(item) else { return };
    for number in [&limits.min, &limits.max].into_iter().flatten() {
        if number.literal.is_some_and(|value| !(min..=max).contains(&value)) {
            let item = item.to_token_stream();
            errors.at(&number.expr, format!("no `{item}` is this number: it holds {min} to {max}"));
        }
    }
}

/// What selects a form is an attribute beside it, or comes from outside where that was said.
fn select(model: &Model, field: &Field, errors: &mut Errors) {
    let Some(select) = &field.select else { return };
    let extra = field.encodings.iter().map(|(_, span)| *span);
    let extra = extra.chain(field.limits.given().map(|(_, number)| number.span()));
    extra.for_each(|span| errors.at_span(span, "the forms have encodings and limits of their own"));
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
fn object(model: &Model, errors: &mut Errors) {
    let keys = &model.keys;
    for field in &model.fields {
        let Some(key) = &field.key else { continue };
        match (field.role(), &key.fields) {
            (Some(Role::Attr) | None, None) | (Some(Role::FixedHeader), Some(_)) => {}
            (Some(Role::Attr), Some(_)) => {
                errors.at_span(key.span, "an attribute is part of the key as a whole: write `key`");
            }
            (Some(Role::Attrs), Some(_)) => {}
            (Some(Role::Attrs), None) => {
                errors.at_span(key.span, "which attributes of the set? write their names: `key = [ifindex]`")
            }
            (Some(Role::FixedHeader), None) => errors.at_span(
                key.span,
                "which fields of the header? write their names: `key = [rtm_family, rtm_dst_len]`",
            ),
            _ => errors.at_span(key.span, "a key consists of attributes and fields of the header"),
        }
    }
    let key = model.fields.iter().find_map(|field| field.key.as_ref());
    let said = keys.deleted.iter();
    match (key, &keys.deleted) {
        (Some(key), None) => errors.at_span(
            key.span,
            "which message says that such an object has been deleted? write its number above the struct: `deleted = …`",
        ),
        (None, _) => said.clone().take(1).for_each(|number| {
            errors.at(&number.expr, "what tells one object from another? write `key` at those fields");
        }),
        _ => {}
    }
    let max = if keys.ty.is_empty() { u8::MAX.into() } else { u16::MAX.into() };
    for number in said {
        let message = format!("a type has 16 bits and a command 8: at most {max} here");
        within([number], max, &message, errors);
        own_types(keys.deleted.iter().filter(|_| keys.cmd.is_empty()), errors);
        let is_own = |own: &Number| own.literal.is_some() && own.literal == number.literal;
        if keys.ids().iter().any(is_own) {
            errors.at(&number.expr, "this message says what the object is like: `deleted` is another one");
        }
    }
}

/// Leaves those fields of a wrong definition that give the companion enum a variant of its own, of a type that it can
/// name.
pub(crate) fn keep_whole(model: &mut Model) {
    let mut seen = HashSet::from(["Other".to_owned()]);
    let is_plain = model.generics.type_params().next().is_none()
        && model.generics.const_params().next().is_none()
        && model.generics.lifetimes().count() <= 1;
    model.fields.retain(|field| {
        let is_one = is_plain && field.attr().is_some() && field.roles.len() == 1;
        let variant = case::variant(&field.ident).filter(|_| is_one);
        variant.is_some_and(|variant| seen.insert(variant.to_string()))
    });
}

fn limits(limits: &Limits, errors: &mut Errors) {
    if let Some(span) = limits.conflict {
        errors.at_span(span, "`range` has both limits: leave `min` and `max` out");
    }
    for (lower, upper) in [(&limits.min, &limits.max), (&limits.min_len, &limits.max_len)] {
        let (Some(lower), Some(upper)) = (lower, upper) else { continue };
        match (lower.literal, upper.literal) {
            (Some(min), Some(max)) if min > max => {
                let message = format!("no value is within these limits: {min} is more than {max}");
                errors.at(&upper.expr, message);
            }
            _ => {}
        }
    }
    within(&limits.mask, u64::MAX.into(), "a mask has 64 bits, and no sign", errors);
    for len in [&limits.min_len, &limits.max_len] {
        within(len, 65_531, "an attribute holds 0 to 65531 bytes", errors);
    }
}

/// Attribute types fit their 14 bits and occur once. Those that are no literals are left to assertions.
fn numbers(model: &Model, errors: &mut Errors) {
    let mut seen: HashMap<i128, &Field> = HashMap::new();
    for field in &model.fields {
        let Some(number) = field.attr() else { continue };
        let Some(value) = number.literal else { continue };
        if !(0..=0x3fff).contains(&value) {
            errors.at(&number.expr, "an attribute type has 14 bits: at most 0x3fff");
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
fn singles(model: &Model, errors: &mut Errors) {
    let spans = |is: fn(Role) -> bool| -> Vec<Span> {
        let roles = model.fields.iter().filter_map(|field| field.roles.first());
        roles.filter(|(role, _)| is(*role)).map(|(_, span)| *span).collect()
    };
    let second = |spans: Vec<Span>, message: &str, errors: &mut Errors| {
        spans.iter().skip(1).for_each(|span| errors.at_span(*span, message));
    };
    let headers = spans(|role| role == Role::FixedHeader);
    let is_first = matches!(model.fields.first().and_then(Field::role), Some(Role::FixedHeader));
    if let ([only], false) = (headers.as_slice(), is_first) {
        errors.at_span(*only, "the header comes first on the wire: make it the first field");
    }
    second(headers, "a message has one family header", errors);
    second(spans(|role| role == Role::Rest), "one `rest` takes all attributes that are left", errors);
    second(spans(|role| role == Role::Other), "one `other` takes all other attributes", errors);

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
fn variants(model: &Model, errors: &mut Errors) {
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
        if variant == "Other" {
            let message =
                format!("`{companion}::Other` stands for unknown attributes: rename the field `{name}`");
            errors.at(name, message);
        } else if let Some(other) = seen.insert(variant.clone(), field) {
            let message =
                format!("`{}` and `{name}` would both be `{companion}::{variant}`: rename one", other.ident);
            errors.at(name, message);
        }
    }
}
