//! What to write instead of a type that is known not to be a field, or not with these keys. It is seen from how the type
//! is spelled; of other types the compiler says that they do not have the trait.

use crate::errors::Errors;
use crate::model::{Field, Role};
use crate::types::{self, shown};
use syn::Type;

/// Finds the mistakes in the type of an attribute or a payload.
pub(crate) fn check(field: &Field, errors: &Errors) {
    if field.select.is_some() || !matches!(field.role(), Some(Role::Attr | Role::Payload)) {
        return;
    }
    let item = types::item(&field.ty).unwrap_or(&field.ty);
    if let Some(advice) = instead(field, item) {
        errors.at(&field.ty, advice);
    }
    encoding(field, item, errors);
    limits(field, item, errors);
}

/// Finds the mistakes in the type of a form: one that is seen to be none or several attributes.
pub(crate) fn form(field: &Field, errors: &Errors) {
    let (name, ty) = (&field.ident, shown(&field.ty));
    let inner = types::item(&field.ty).map_or_else(String::new, shown);
    let set = |member: &str| {
        format!(
            "`{name}({name}Set)`, and with `#[derive(NlAttrs)]` `struct {name}Set {{ #[nl(attr = 1)] {member}: {ty} }}`"
        )
    };
    let advice = match types::name(&field.ty).as_str() {
        "Option" => {
            format!("a form is an attribute that is there: write `{name}({inner})`, or {}", set("value"))
        }
        "bool" => format!("a form is there even if it says no: write `{name}(u8)`, or {}", set("is_set")),
        "Vec" if inner == "u8" => format!("bytes are `Box<[u8]>`: write `{name}(Box<[u8]>)`"),
        "Vec" | "Repeat" => format!("a form is one attribute, and a list is many: write {}", set("items")),
        _ => return,
    };
    errors.at(&field.ty, advice);
}

/// What to write instead of a type.
fn instead(field: &Field, item: &Type) -> Option<String> {
    let (ty, is_payload) = (&field.ty, field.role() == Some(Role::Payload));
    let outer = types::item(ty).map_or_else(String::new, |_| types::name(ty));
    let (inner, shown) = (types::name(item), types::item(item).map_or_else(String::new, shown));
    Some(match (outer.as_str(), inner.as_str()) {
        ("Vec", _) | (_, "String" | "Box") if !cfg!(feature = "alloc") => {
            "`String`, `Vec` and `Box` need the feature `alloc` of `nl-tlv`: enable it, or borrow with `&'a str` and `Repeat<'a, T>`".into()
        }
        (_, "[]" | "dyn") => "its size is not known: write `&'a [u8]`, or `Box<[u8]>` for owned bytes".into(),
        (_, "str") => "its size is not known: write `&'a str` or `String`".into(),
        _ if types::mentions(ty, "static") => {
            "what is read borrows from the message: write `'a` instead of `'static`, and `struct Name<'a>`".into()
        }
        ("Option", _) if is_payload => "a payload is always there: write the type inside `Option`".into(),
        ("Vec" | "Repeat", _) if is_payload => {
            "a payload is one value: write `&'a [u8]` or `Box<[u8]>` for bytes, or attributes with `attr = 1`".into()
        }
        ("Option", "bool") => "a flag is there or not: write `bool` instead of `Option<bool>`".into(),
        ("Option", "Option") => "an attribute is there or not: write one `Option`".into(),
        ("Option", "Repeat") => "it may be empty: write `Repeat` without the `Option`".into(),
        ("Option" | "Vec" | "Repeat", "Vec") if shown == "u8" => {
            format!("bytes are `Box<[u8]>`: write `{outer}<Box<[u8]>>`")
        }
        ("Option", "Vec") => format!("it may be empty: write `Vec<{shown}>`"),
        ("Vec", "Option") => format!("each item is an attribute that is there: write `Vec<{shown}>`"),
        ("Vec", "Vec") => {
            "an attribute holds one value: write `Vec` of a set with `#[derive(NlAttrs)]` that has the inner one".into()
        }
        (_, "f32" | "f64" | "usize" | "isize" | "char" | "u128" | "i128") => {
            format!("an attribute holds no `{inner}`: write an integer, `u8` to `u64` or `i8` to `i64`")
        }
        (_, "()") => "an attribute holds no tuple: write a struct, with `#[nl_struct]` or `#[derive(NlAttrs)]`".into(),
        _ => return types::elem(item).and_then(instead_of_array),
    })
}

/// What to write instead of an array or a slice of anything but bytes. A type of another name may be `u8`.
fn instead_of_array(elem: &Type) -> Option<String> {
    let (shown, name) = (shown(elem), types::name(elem));
    match (elem, name.as_str()) {
        (_, "u8") => None,
        (Type::Path(_), "String" | "bool") | (Type::Reference(_), _) => Some(format!(
            "several values are several attributes of the type: write `Vec<{shown}>` or `Repeat<'a, {shown}>`"
        )),
        (Type::Path(_), _) if !(types::is_integer(elem) || types::is_address(elem)) => None,
        _ => Some(format!(
            "several in one attribute are `Array<'a, {shown}>`, of the module `nl_tlv::value`; an attribute for each is `Vec<{shown}>` or `Repeat<'a, {shown}>`"
        )),
    }
}

/// An encoding goes with some types. Where a type holds several values, it says their encoding itself.
fn encoding(field: &Field, item: &Type, errors: &Errors) {
    let Some((encoding, span)) = field.encodings.first() else { return };
    let mut inner = types::arguments(&field.ty);
    let several = match (types::name(&field.ty).as_str(), inner.next().map(shown), inner.next()) {
        ("Repeat", Some(inner), None) => Some(("as well", "Repeat", inner)),
        ("Array", Some(inner), _) => Some(("instead", "Array", inner)),
        _ => None,
    };
    let name = types::name(item);
    let is_known =
        types::is_integer(item) || types::is_text(item) || types::is_address(item) || name == "bool";
    let advice = match (*encoding, several) {
        ("Be", Some((how, outer, inner))) => {
            format!("say it in the type {how}: `{outer}<'a, {inner}, nl_tlv::value::Be>`")
        }
        (_, Some((_, outer, inner))) => {
            format!("only `be` can be said of each item of `{outer}`: write `Vec<{inner}>`")
        }
        ("Text", _) if types::is_named(item, &["String", "NlStr", "NlString"]) => {
            format!("`text` is for bytes; a `{name}` is text: leave `text` out")
        }
        ("Be", _) if types::is_text(item) => {
            "`be` is for integers; this field is a string or bytes: leave `be` out".to_owned()
        }
        ("Be", _) if types::is_address(item) => {
            "an address is in network order already: leave `be` out".to_owned()
        }
        ("Uint", _) if is_known && name != "u64" => two_sizes("uint", "u64"),
        ("Sint", _) if is_known && name != "i64" => two_sizes("sint", "i64"),
        _ => return,
    };
    errors.at_span(*span, advice);
}

/// A number of 4 or 8 bytes has the larger type.
pub(crate) fn two_sizes(key: &str, ty: &str) -> String {
    format!("with `{key}` the number has 4 or 8 bytes on the wire: write `{ty}`")
}

/// Limits of numbers go with integers, limits of lengths with what has a length; and a number is one that its type holds.
fn limits(field: &Field, item: &Type, errors: &Errors) {
    let (of_number, of_len) = (field.limits.of_number(), field.limits.of_len());
    if let (true, Some(len)) = (types::is_named(&field.ty, &["Vec"]) && shown(item) == "u8", of_len) {
        return errors
            .at(&len.expr, "`Vec<u8>` is an attribute for each number; bytes are `Box<[u8]>` or `&'a [u8]`");
    }
    let (is_integer, is_text) = (types::is_integer(item), types::is_text(item));
    let what = match types::name(item).as_str() {
        _ if is_text => "a string or bytes: write `min_len` and `max_len`",
        _ if is_integer => "an integer: write `min` and `max`",
        "bool" => "a flag, which has no limits",
        "MacAddr" | "IpAddr" | "Ipv4Addr" | "Ipv6Addr" => "an address, which has no limits",
        _ => return,
    };
    if let Some(number) = of_number.filter(|_| !is_integer) {
        errors.at(
            &number.expr,
            format!("`min`, `max`, `range` and `mask` need an integer field; this one is {what}"),
        );
    }
    if let Some(number) = of_len.filter(|_| !is_text) {
        errors.at(
            &number.expr,
            format!("`min_len` and `max_len` need a string or bytes; this field is {what}"),
        );
    }
    let Some((least, most)) = types::range(item) else { return };
    for number in ["min", "max"].iter().filter_map(|name| field.limits.get(name)) {
        if number.literal.is_some_and(|value| !(least..=most).contains(&value)) {
            errors
                .at(&number.expr, format!("no `{}` is this number: it holds {least} to {most}", shown(item)));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::expand::derive;
    use crate::model::Derive;

    #[test]
    fn owned_types_need_the_feature_alloc() {
        let set = syn::parse_quote!(
            struct Set {
                #[nl(attr = 1)]
                name: Option<String>,
            }
        );
        let expansion = derive(Derive::Attrs, &set).to_string();
        assert_eq!(expansion.contains("need the feature `alloc`"), !cfg!(feature = "alloc"));
    }
}
