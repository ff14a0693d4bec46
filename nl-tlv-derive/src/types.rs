//! What can be seen of a type without knowing what its names mean.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericArgument, Lifetime, PathArguments, PathSegment, Type};

/// The last name in the path of a type.
pub(crate) fn last(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        Type::Group(group) => last(&group.elem),
        Type::Paren(paren) => last(&paren.elem),
        _ => None,
    }
}

/// Whether the last name of a type is one of these.
pub(crate) fn is_named(ty: &Type, names: &[&str]) -> bool {
    last(ty).is_some_and(|last| names.iter().any(|name| last.ident == name))
}

/// The first lifetime in a type's arguments that has a name.
pub(crate) fn lifetime(ty: &Type) -> Option<Lifetime> {
    let PathArguments::AngleBracketed(args) = &last(ty)?.arguments else { return None };
    args.args.iter().find_map(|arg| match arg {
        GenericArgument::Lifetime(lt) if lt.ident != "_" && lt.ident != "static" => Some(lt.clone()),
        _ => None,
    })
}

/// The types in a type's arguments.
pub(crate) fn arguments(ty: &Type) -> impl Iterator<Item = &Type> {
    let args = match last(ty).map(|last| &last.arguments) {
        Some(PathArguments::AngleBracketed(args)) => Some(&args.args),
        _ => None,
    };
    args.into_iter().flatten().filter_map(|arg| match arg {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// What one attribute holds, if the type is spelled as one of those that hold none or several.
pub(crate) fn item(ty: &Type) -> Option<&Type> {
    is_named(ty, &["Option", "Repeat", "Vec"]).then(|| arguments(ty).next())?
}

/// Whether a field of this type has a value before anything was read. Where it is spelled otherwise, as with an alias,
/// the field is only read in another way.
pub(crate) fn is_complete(ty: &Type) -> bool {
    item(ty).is_some() || is_named(ty, &["bool"])
}

/// Whether it is a string or bytes, of any length or not.
pub(crate) fn is_text(ty: &Type) -> bool {
    match item(ty).unwrap_or(ty) {
        Type::Reference(reference) => match &*reference.elem {
            Type::Slice(slice) => is_named(&slice.elem, &["u8"]),
            inner => is_named(inner, &["str", "CStr"]),
        },
        Type::Array(array) => is_named(&array.elem, &["u8"]),
        inner => is_named(inner, &["String", "NlStr", "NlString"]),
    }
}

/// Whether this name, or `Self`, is anywhere in a type.
pub(crate) fn mentions(ty: &Type, name: &Ident) -> bool {
    fn is_in(tokens: TokenStream, name: &Ident) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Group(group) => is_in(group.stream(), name),
            TokenTree::Ident(ident) => ident == *name || ident == "Self",
            _ => false,
        })
    }
    is_in(ty.to_token_stream(), name)
}

/// Whether it is an integer.
pub(crate) fn is_integer(ty: &Type) -> bool {
    is_named(ty, &["u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64"])
}

/// The smallest and the largest number of an integer.
pub(crate) fn range(ty: &Type) -> Option<(i128, i128)> {
    let name = last(ty).filter(|_| is_integer(ty))?.ident.to_string();
    let (sign, bits) = name.split_at(1);
    let values = 1_i128 << bits.parse::<u32>().ok()?;
    Some(if sign == "u" { (0, values - 1) } else { (-values / 2, values / 2 - 1) })
}
