//! What to write instead of a type that is known not to be a field, or not with these keys. It is seen from how the type
//! is spelled; of other types the compiler says that they do not have the trait.

use crate::attr;
use crate::errors::Errors;
use crate::model::{Field, Role};
use crate::types::{self, shown};
use syn::Type;

/// Finds the mistakes in the type of an attribute, a payload or a form.
pub(crate) fn check(field: &Field, errors: &Errors) {
    if field.select.is_some() || !matches!(field.role(), Some(Role::Attr | Role::Payload | Role::Form)) {
        return;
    }
    let item = field.item();
    if let Some(advice) = instead(field, item) {
        errors.at(&field.ty, advice);
    }
    encoding(field, item, errors);
    limits(field, item, errors);
}

/// Finds the mistakes in the type of a header, a whole set or others: one that is seen to be something else.
pub(crate) fn contents(field: &Field, errors: &Errors) {
    let (name, inner) = (&field.ident, shown(field.item()));
    let is_several = types::item(&field.ty).is_some();
    let is = |names: &[&str]| types::is_plain(&field.ty) || types::is_named(&field.ty, names);
    let advice = match (field.role(), field.place) {
        (Some(Role::FixedHeader), _) if is_several => format!("a header is there, and once: write `{inner}`"),
        (Some(Role::FixedHeader), _) if is(&[]) => {
            format!("a header is a struct: write `#[nl_struct] struct Header {{ {name}: {inner} }}`")
        }
        (Some(Role::Attrs), _) if is_several => format!("the set is the whole message: write `{inner}`"),
        (Some(Role::Other), attr::VARIANT) if is(&["Message", "Rest", "Attrs"]) => {
            format!("other attributes are kept: write `{name}(Attr<'a>)`")
        }
        (Some(Role::Other), attr::MESSAGES_VARIANT) if is(&["Attr", "Attrs", "Rest"]) => {
            format!("other messages are kept: write `{name}(Message<'a>)`")
        }
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
        ("Option" | "Vec" | "Repeat", _) if field.place == attr::VARIANT => {
            format!("a variant is one attribute that is there: write the type inside `{outer}`")
        }
        ("Vec", "u8") if field.place == attr::FORM => "bytes are `Box<[u8]>`: write that".into(),
        ("Option" | "Vec" | "Repeat", _) if field.place == attr::FORM => format!(
            "a form is one attribute that is there: write the type inside `{outer}`, or a set with `#[derive(NlAttrs)]` that has the `{outer}`"
        ),
        (_, "bool") if field.place == attr::FORM => {
            "a form is there even if it says no: write `u8`, or a set with `#[derive(NlAttrs)]` that has the flag".into()
        }
        ("Option", _) if is_payload => "a payload is always there: write the type inside `Option`".into(),
        ("Vec" | "Repeat", _) if is_payload => {
            "a payload is one value: write `&'a [u8]` or `Box<[u8]>` for bytes, or attributes with `attr = 1`".into()
        }
        ("Vec" | "Repeat", "bool") => "a flag is there or not: write `bool`, or a list of numbers".into(),
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
        _ => return instead_of_reference(item).or_else(|| types::elem(item).and_then(instead_of_array)),
    })
}

/// What to write instead of a reference to what is not borrowed, of the types that are known by their names.
fn instead_of_reference(ty: &Type) -> Option<String> {
    let Type::Reference(reference) = types::bare(ty) else { return None };
    let inner = types::bare(&reference.elem);
    let is_owned = types::is_integer(inner) || types::is_address(inner) || matches!(inner, Type::Array(_));
    match types::name(inner).as_str() {
        _ if reference.mutability.is_some() => Some("what is read cannot be changed: leave `mut` out".into()),
        "String" => Some("only `str` and bytes are borrowed: write `&'a str` or `String`".into()),
        "Vec" => {
            Some("only `str` and bytes are borrowed: write `&'a [u8]`, or `Repeat<'a, T>` for a list".into())
        }
        name if is_owned || matches!(name, "bool" | "Option") => {
            Some(format!("only strings and bytes are borrowed: write `{}`", shown(inner)))
        }
        _ => None,
    }
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

/// The types that an encoding is for, of those that are known by their names, and what to write.
type Encoding = (&'static str, fn(&Type) -> bool, &'static str);
const ENCODINGS: [Encoding; 6] = [
    ("be", types::is_integer, "is for integers; an address is in network order already: leave `be` out"),
    (
        "net_byteorder",
        |ty| types::is_integer(ty) || types::is_address(ty),
        "is for integers and addresses: leave it out",
    ),
    ("uint", |ty| types::is_named(ty, &["u64"]), "is a number of 4 or 8 bytes on the wire: write `u64`"),
    ("sint", |ty| types::is_named(ty, &["i64"]), "is a number of 4 or 8 bytes on the wire: write `i64`"),
    (
        "text",
        |ty| types::is_text(ty) && !types::is_string(ty),
        "is for bytes; a string is text already: leave `text` out",
    ),
    ("no_nul", types::is_string, "is for strings: leave it out"),
];

/// An encoding goes with some types. Where a type holds several values, it says their encoding itself.
fn encoding(field: &Field, item: &Type, errors: &Errors) {
    let Some((key, span)) = field.encoding else { return };
    let mut inner = types::arguments(&field.ty);
    let several = match (types::name(&field.ty).as_str(), inner.next().map(shown), inner.next()) {
        ("Repeat", Some(inner), None) => Some(("as well", "Repeat", inner)),
        ("Array", Some(inner), _) => Some(("instead", "Array", inner)),
        _ => None,
    };
    match several {
        Some((how, outer, inner)) if key == "be" => {
            let advice = format!("say it in the type {how}: `{outer}<'a, {inner}, nl_tlv::value::Be>`");
            errors.at_span(span, advice);
        }
        Some((_, outer, inner)) => errors
            .at_span(span, format!("only `be` can be said of each item of `{outer}`: write `Vec<{inner}>`")),
        None => encoding_of(key, item).into_iter().for_each(|advice| errors.at_span(span, advice)),
    }
}

/// What to write instead of an encoding that is not for a type.
pub(crate) fn encoding_of(key: &str, ty: &Type) -> Option<String> {
    let is_known = types::is_integer(ty)
        || types::is_text(ty)
        || types::is_address(ty)
        || types::is_named(ty, &["bool"]);
    let (.., advice) = ENCODINGS.iter().find(|(own, fits, _)| *own == key && is_known && !fits(ty))?;
    Some(format!("`{key}` {advice}"))
}

/// Limits go with some types; and a limit is a number that the type holds. A mask has its bits, that of the sign too.
fn limits(field: &Field, item: &Type, errors: &Errors) {
    let (of_number, of_len): (&[_], &[_]) = (&["min", "max", "mask"], &["min_len", "max_len"]);
    let (others, what) = match types::name(item).as_str() {
        _ if types::has_len(item) => (of_number, "a string or bytes: write `min_len` and `max_len`"),
        "u8" if types::is_named(&field.ty, &["Vec"]) => {
            (of_len, "an attribute for each number; bytes are `Box<[u8]>` or `&'a [u8]`")
        }
        _ if types::is_integer(item) => (of_len, "an integer: write `min` and `max`"),
        "bool" => (&[][..], "a flag, which has no limits"),
        _ if types::is_address(item) => (&[][..], "an address, which has no limits"),
        _ if matches!(types::bare(item), Type::Array(_)) => {
            (&[][..], "an array, whose length is in its type")
        }
        _ => return,
    };
    let range = types::range(item);
    let is_held = |key: &str, value| match (range, key) {
        (Some((least, most)), "min" | "max") => (least..=most).contains(&value),
        (Some((least, most)), "mask") => value <= most - least,
        _ => true,
    };
    for (key, number) in &field.limits.given {
        if others.is_empty() || others.contains(key) {
            errors.at(&number.expr, format!("`{key}` does not limit this field, which is {what}"));
        } else if let (Some((least, most)), false) =
            (range, number.literal.is_none_or(|value| is_held(key, value)))
        {
            let advice = format!("no `{}` is this number: it holds {least} to {most}", shown(item));
            errors.at(&number.expr, advice);
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
