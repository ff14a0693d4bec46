//! What to write instead of a type that is known not to be a field, or not with these keys. It is seen from how the type
//! is spelled; of other types the compiler says that they do not have the trait.

use crate::attr::{self, Place};
use crate::errors::Errors;
use crate::model::{Field, Role};
use crate::types::{self, shown};
use syn::{Ident, Type};

/// Finds the mistakes in the type of an attribute, a payload or a form.
pub(crate) fn check(field: &Field, errors: &Errors) {
    if field.select.is_some() || !matches!(field.role(), Some(Role::Attr | Role::Payload | Role::Form)) {
        return;
    }
    let item = field.item();
    let place = if field.role() == Some(Role::Payload) { PAYLOAD } else { field.place };
    if let Some(advice) = instead(&field.ty, place) {
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
    let others = ["Attrs", "Rest", if field.place == attr::VARIANT { "Message" } else { "Attr" }];
    let advice = match (field.role(), field.place) {
        (Some(Role::FixedHeader | Role::Attrs), _) if is_several => {
            format!("a header or a whole set is there, and once: write `{inner}`")
        }
        (Some(Role::FixedHeader), _) if is(&[]) => {
            format!("write a struct as the header: `#[nl_struct] struct Header {{ {name}: {inner} }}`")
        }
        (Some(Role::Other), attr::VARIANT | attr::MESSAGES_VARIANT) if is(&others) => {
            variant(field.place, name, true)
        }
        _ => return,
    };
    errors.at(&field.ty, advice);
}

/// How a variant is written.
pub(crate) fn variant(place: Place, name: &Ident, is_other: bool) -> String {
    match place {
        attr::VARIANT if is_other => format!("other attributes are kept: write `{name}(Attr<'a>)`"),
        attr::VARIANT => {
            format!("a variant holds one value: write `{name}(u32)`, or `{name}(bool)` for a flag")
        }
        attr::MESSAGES_VARIANT if is_other => format!("other messages are kept: write `{name}(Message<'a>)`"),
        attr::MESSAGES_VARIANT => {
            format!("a variant holds one message: write `{name}({name})` of a `#[derive(NlMessage)]`")
        }
        _ => format!(
            "a form is one value: write `{name}(Attr<'a>)`, or `{name}({name})` of a `#[derive(NlAttrs)]`"
        ),
    }
}

/// Types that hold another, types in them, where these are no field, and what to write instead.
type Case = (&'static [&'static str], &'static [&'static str], &'static [Place], &'static str);
const CASES: [Case; 20] = [
    (&["Option"], ANY, STRUCT, "a field of a C struct is always there: write the type inside `Option`"),
    (LISTS, ANY, STRUCT, BYTES),
    (ANY, &["[]", "&", "*", "dyn", "str", "String"], STRUCT, BYTES),
    (ANY, &["bool"], STRUCT, "not every byte is a `bool`: write `u8`"),
    (ANY, &["usize", "isize"], STRUCT, "its size depends on the machine: write `u32` or `u64`"),
    (ANY, NUMBERS, ANYWHERE, "no field holds `{inner}`: write `u8` to `u64` or `i8` to `i64`"),
    (ANY, &["[]", "dyn"], ANYWHERE, "its size is not known: write `&'a [u8]` or `Box<[u8]>`"),
    (ANY, &["str"], ANYWHERE, "its size is not known: write `&'a str` or `String`"),
    (&["Vec"], &["u8"], ONE, "bytes are `Box<[u8]>`: write that"),
    (SEVERAL, ANY, ONE, "one attribute is here: write the type inside `{outer}`, or a set that has it"),
    (ANY, &["bool"], &[attr::FORM], "a form is there even if it says no: write `u8`, or a set with the flag"),
    (&["Option"], ANY, &[PAYLOAD], "a payload is always there: write the type inside `Option`"),
    (LISTS, ANY, &[PAYLOAD], "a payload is one value: write `&'a [u8]` or `Box<[u8]>`, or use `attr = 1`"),
    (SEVERAL, &["bool"], ANYWHERE, "a flag is there or not: write `bool`, or `{outer}<u8>`"),
    (&["Option"], &["Option"], ANYWHERE, "an attribute is there or not: write one `Option`"),
    (SEVERAL, &["Vec<u8>"], ANYWHERE, "bytes are `Box<[u8]>`: write `{outer}<Box<[u8]>>`"),
    (&["Option"], LISTS, ANYWHERE, "it may be empty: write `{inner}` without the `Option`"),
    (&["Vec"], &["Option"], ANYWHERE, "each item is there: write the type inside `Option`"),
    (&["Vec"], &["Vec"], ANYWHERE, "an attribute holds one value: write `Vec` of a set with the inner one"),
    (ANY, &["()"], ANYWHERE, "no field holds a tuple: write a `#[nl_struct]` or a `#[derive(NlAttrs)]`"),
];

const ANY: &[&str] = &[];
const LISTS: &[&str] = &["Vec", "Repeat"];
const SEVERAL: &[&str] = &["Option", "Vec", "Repeat"];
const NUMBERS: &[&str] = &["usize", "isize", "f32", "f64", "char", "u128", "i128"];
const BYTES: &str = "a C struct has a fixed size and holds its bytes: write an array such as `[u8; 16]`";
const ANYWHERE: &[Place] = &[];
const STRUCT: &[Place] = &[attr::STRUCT_FIELD];
const ONE: &[Place] = &[attr::VARIANT, attr::FORM];
/// Where a value is the whole message.
const PAYLOAD: Place = Place("a payload");

/// What to write instead of a type.
pub(crate) fn instead(ty: &Type, place: Place) -> Option<String> {
    let item = types::item(ty).unwrap_or(ty);
    let outer = types::item(ty).map_or_else(String::new, |_| types::name(ty));
    let (inner, whole) = (types::name(item), shown(item));
    let is_in = |names: &[&str], name: &str| names.is_empty() || names.contains(&name);
    let cases = CASES.iter().filter(|(outers, ..)| is_in(outers, &outer));
    let mut cases = cases.filter(|(_, inners, ..)| is_in(inners, &inner) || inners.contains(&whole.as_str()));
    let case = cases.find(|(_, _, places, _)| places.is_empty() || places.contains(&place));
    let advice = case.map(|(.., advice)| advice.replace("{outer}", &outer).replace("{inner}", &inner));
    if place == attr::STRUCT_FIELD {
        return advice;
    }
    if !cfg!(feature = "alloc") && (outer == "Vec" || matches!(inner.as_str(), "String" | "Box")) {
        let advice = "`String`, `Vec` and `Box` need the feature `alloc` of `nl-tlv`: enable it, or borrow with `&'a str` and `Repeat<'a, T>`";
        return Some(advice.into());
    }
    if types::mentions(ty, "static") {
        return Some("what is read borrows from the message: write `'a` and `struct Name<'a>`".into());
    }
    advice.or_else(|| instead_of_reference(item)).or_else(|| types::elem(item).and_then(instead_of_array))
}

/// What to write instead of a reference to what is not borrowed, of the types that are known by their names.
fn instead_of_reference(ty: &Type) -> Option<String> {
    let Type::Reference(reference) = types::bare(ty) else { return None };
    let inner = types::bare(&reference.elem);
    let is_owned = types::is_number(inner) || matches!(inner, Type::Array(_));
    Some(match types::name(inner).as_str() {
        _ if reference.mutability.is_some() => "what is read cannot be changed: leave `mut` out".into(),
        "String" => "only `str` and bytes are borrowed: write `&'a str` or `String`".into(),
        "Vec" => "only `str` and bytes are borrowed: write `&'a [u8]`, or `Repeat<'a, T>` for a list".into(),
        name if is_owned || matches!(name, "bool" | "Option") => {
            format!("only strings and bytes are borrowed: write `{}`", shown(inner))
        }
        _ => return None,
    })
}

/// What to write instead of an array or a slice of anything but bytes. A type of another name may be `u8`.
fn instead_of_array(elem: &Type) -> Option<String> {
    let (shown, name) = (shown(elem), types::name(elem));
    let array = match (elem, name.as_str()) {
        (_, "u8") => return None,
        (Type::Path(_), "String" | "bool") | (Type::Reference(_), _) => String::new(),
        (Type::Path(_), _) if !types::is_number(elem) => return None,
        _ => format!("several in one attribute are `nl_tlv::value::Array<'a, {shown}>`; "),
    };
    Some(format!("{array}write several attributes: `Vec<{shown}>` or `Repeat<'a, {shown}>`"))
}

/// The types that an encoding is for, of those that are known by their names, and what to write.
type Encoding = (&'static str, fn(&Type) -> bool, &'static str);
const ENCODINGS: [Encoding; 6] = [
    ("be", types::is_integer, "is for integers; an address is in network order already: leave `be` out"),
    ("net_byteorder", types::is_number, "is for integers and addresses: leave it out"),
    ("uint", |ty| types::is_named(ty, &["u64"]), "is a number of 4 or 8 bytes on the wire: write `u64`"),
    ("sint", |ty| types::is_named(ty, &["i64"]), "is a number of 4 or 8 bytes on the wire: write `i64`"),
    ("text", types::is_bytes, "is for bytes; a string is text already: leave `text` out"),
    ("no_nul", types::is_string, "is for strings: leave it out"),
];

/// An encoding goes with some types. Where a type holds several values, it says their encoding itself.
fn encoding(field: &Field, item: &Type, errors: &Errors) {
    let Some((key, span)) = field.encoding else { return };
    let (outer, mut arguments) = (types::name(&field.ty), types::arguments(&field.ty).map(shown));
    let advice = match (outer.as_str(), arguments.next(), arguments.next()) {
        ("Repeat", Some(inner), None) | ("Array", Some(inner), _) if key == "be" => {
            Some(format!("say it in the type: `{outer}<'a, {inner}, nl_tlv::value::Be>`"))
        }
        ("Repeat", Some(inner), None) | ("Array", Some(inner), _) => {
            Some(format!("only `be` can be said of each item of `{outer}`: write `Vec<{inner}>`"))
        }
        _ => encoding_of(key, item),
    };
    advice.into_iter().for_each(|advice| errors.at_span(span, advice));
}

/// What to write instead of an encoding that is not for a type.
pub(crate) fn encoding_of(key: &str, ty: &Type) -> Option<String> {
    let is_known = types::is_number(ty) || types::is_text(ty) || types::is_named(ty, &["bool"]);
    let (.., advice) = ENCODINGS.iter().find(|(own, fits, _)| *own == key && is_known && !fits(ty))?;
    Some(format!("`{key}` {advice}"))
}

/// Limits go with some types; and a limit is a number that the type holds. A mask has its bits, that of the sign too.
fn limits(field: &Field, item: &Type, errors: &Errors) {
    let (of_number, of_len): (&[_], &[_]) = (&["min", "max", "mask"], &["min_len", "max_len"]);
    let (fitting, what) = match types::name(item).as_str() {
        _ if types::has_len(item) => (of_len, "a string or bytes: write `min_len` and `max_len`"),
        "u8" if types::is_named(&field.ty, &["Vec"]) => {
            (of_number, "an attribute for each number; bytes are `Box<[u8]>` or `&'a [u8]`")
        }
        _ if types::is_integer(item) => (of_number, "an integer: write `min` and `max`"),
        "bool" => (&[][..], "a flag, which has no limits"),
        _ if types::is_address(item) => (&[][..], "an address, which has no limits"),
        _ if matches!(types::bare(item), Type::Array(_)) => {
            (&[][..], "an array, whose length is in its type")
        }
        _ => return,
    };
    let (least, most) = types::range(item).unwrap_or((i128::MIN, i128::MAX));
    for (key, number) in &field.limits {
        let is_held = number.literal.is_none_or(|value| match *key {
            "min" | "max" => (least..=most).contains(&value),
            "mask" => value <= most.saturating_sub(least),
            _ => true,
        });
        if !fitting.contains(key) {
            errors.at(&number.expr, format!("`{key}` does not limit this field, which is {what}"));
        } else if !is_held {
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
