//! What can be seen of a type without knowing what its names mean.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
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

/// What a type is called: the last name in its path, or a sign for one without a name.
pub(crate) fn name(ty: &Type) -> String {
    match ty {
        Type::Slice(_) => "[]".to_owned(),
        Type::TraitObject(_) => "dyn".to_owned(),
        Type::Tuple(_) => "()".to_owned(),
        _ => last(ty).map_or_else(String::new, |last| last.ident.to_string()),
    }
}

/// A type as it is written.
pub(crate) fn shown(ty: &Type) -> String {
    ty.to_token_stream()
        .to_string()
        .replace("& ", "&")
        .replace(" <", "<")
        .replace("< ", "<")
        .replace(" >", ">")
}

/// What an array or a slice consists of, a borrowed one and one in a `Box` too.
pub(crate) fn elem(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Array(array) => Some(&array.elem),
        Type::Slice(slice) => Some(&slice.elem),
        Type::Reference(reference) => elem(&reference.elem),
        _ if is_named(ty, &["Box"]) => elem(arguments(ty).next()?),
        _ => None,
    }
}

/// The first lifetime in a type's arguments that has a name.
pub(crate) fn lifetime(ty: &Type) -> Option<Lifetime> {
    all_arguments(ty).find_map(|arg| match arg {
        GenericArgument::Lifetime(lt) if lt.ident != "_" && lt.ident != "static" => Some(lt.clone()),
        _ => None,
    })
}

/// The types in a type's arguments.
pub(crate) fn arguments(ty: &Type) -> impl Iterator<Item = &Type> {
    all_arguments(ty).filter_map(|arg| if let GenericArgument::Type(ty) = arg { Some(ty) } else { None })
}

fn all_arguments(ty: &Type) -> impl Iterator<Item = &GenericArgument> {
    let args = last(ty).and_then(|last| match &last.arguments {
        PathArguments::AngleBracketed(args) => Some(&args.args),
        _ => None,
    });
    args.into_iter().flatten()
}

/// What one attribute holds, if the type is spelled as one of those that hold none or several.
pub(crate) fn item(ty: &Type) -> Option<&Type> {
    is_named(ty, &["Option", "Repeat", "Vec"]).then(|| arguments(ty).next())?
}

/// Where the compiler points if a type does not fit: at the last name of its path; of a type that holds others, at that of
/// the one that it holds.
pub(crate) fn place(ty: &Type) -> Span {
    let item = item(ty).unwrap_or(ty);
    let place = last(item).map_or_else(|| item.span(), |last| last.ident.span());
    // The names that are generated there mean what they mean at the whole type, whichever macro wrote a part of it.
    ty.span().located_at(place)
}

/// A type, all of it at this one place: the compiler shows an error that it finds several times only once if it is at the
/// same place each time.
pub(crate) fn placed(ty: &impl ToTokens, place: Span) -> TokenStream {
    let at = |mut token: TokenTree| {
        let span = token.span().located_at(place);
        if let TokenTree::Group(group) = &token {
            token = Group::new(group.delimiter(), placed(&group.stream(), place)).into();
        }
        token.set_span(span);
        token
    };
    ty.to_token_stream().into_iter().map(at).collect()
}

/// Whether a field of this type has a value before anything was read. Where it is spelled otherwise, as with an alias,
/// the field is only read in another way.
pub(crate) fn is_complete(ty: &Type) -> bool {
    item(ty).is_some() || is_named(ty, &["bool"])
}

/// Whether it is a string or bytes, of any length or not.
pub(crate) fn is_text(ty: &Type) -> bool {
    match item(ty).unwrap_or(ty) {
        Type::Reference(reference) if is_named(&reference.elem, &["str", "CStr"]) => true,
        inner => {
            elem(inner).is_some_and(|elem| is_named(elem, &["u8"]))
                || is_named(inner, &["String", "NlStr", "NlString"])
        }
    }
}

/// Whether it is an address.
pub(crate) fn is_address(ty: &Type) -> bool {
    is_named(ty, &["Ipv4Addr", "Ipv6Addr", "IpAddr", "MacAddr", "HwAddr"])
}

/// Whether it is seen to be a value of `core` that can be cloned and shown.
pub(crate) fn is_plain(ty: &Type) -> bool {
    let is_name = |ty: &Type| matches!(ty, Type::Path(path) if path.path.get_ident().is_some());
    let is_array = |ty: &Type| matches!(ty, Type::Array(array) if is_integer(&array.elem));
    is_array(ty)
        || is_text(ty) && !matches!(ty, Type::Path(_))
        || is_name(ty)
            && (is_integer(ty) || is_named(ty, &["bool", "Ipv4Addr", "Ipv6Addr", "IpAddr", "String"]))
}

/// Whether a value of it has no size, so that no field holds it.
pub(crate) fn is_unsized(ty: &Type) -> bool {
    matches!(ty, Type::Slice(_) | Type::TraitObject(_)) || is_named(ty, &["str", "CStr", "OsStr", "Path"])
}

/// Whether this name is anywhere in a type.
pub(crate) fn mentions(ty: &Type, name: &str) -> bool {
    has_name(ty.to_token_stream(), &|ident| ident == name)
}

/// Whether a name for which this is true is anywhere in the tokens.
pub(crate) fn has_name(tokens: TokenStream, is_it: &dyn Fn(&Ident) -> bool) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => has_name(group.stream(), is_it),
        TokenTree::Ident(ident) => is_it(&ident),
        _ => false,
    })
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
