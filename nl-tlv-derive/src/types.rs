//! What can be seen of a type without knowing what its names mean.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{GenericArgument, Lifetime, PathArguments, PathSegment, Type};

/// A type without what a macro or parentheses put around it.
pub(crate) fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare(&group.elem),
        Type::Paren(paren) => bare(&paren.elem),
        ty => ty,
    }
}

/// The last name in the path of a type.
pub(crate) fn last(ty: &Type) -> Option<&PathSegment> {
    if let Type::Path(path) = bare(ty) { path.path.segments.last() } else { None }
}

/// Whether the last name of a type is one of these.
pub(crate) fn is_named(ty: &Type, names: &[&str]) -> bool {
    last(ty).is_some_and(|last| names.iter().any(|name| last.ident == name))
}

/// What a type is called: the last name in its path, or a sign for one without a name.
pub(crate) fn name(ty: &Type) -> String {
    match bare(ty) {
        Type::Slice(_) => "[]".to_owned(),
        Type::Reference(_) => "&".to_owned(),
        Type::Ptr(_) => "*".to_owned(),
        Type::TraitObject(_) => "dyn".to_owned(),
        Type::Tuple(_) => "()".to_owned(),
        _ => last(ty).map_or_else(String::new, |last| last.ident.to_string()),
    }
}

/// A type as it is written.
pub(crate) fn shown(ty: &Type) -> String {
    let spaced = [("& ", "&"), (" <", "<"), ("< ", "<"), (" >", ">")];
    spaced.iter().fold(ty.to_token_stream().to_string(), |text, (from, to)| text.replace(from, to))
}

/// What an array or a slice consists of, a borrowed one and one in a `Box` too.
pub(crate) fn elem(ty: &Type) -> Option<&Type> {
    match bare(ty) {
        Type::Array(array) => Some(&array.elem),
        Type::Slice(slice) => Some(&slice.elem),
        Type::Reference(reference) => elem(&reference.elem),
        ty if is_named(ty, &["Box"]) => elem(arguments(ty).next()?),
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
    each(ty.to_token_stream(), &mut |mut token| {
        token.set_span(token.span().located_at(place));
        token
    })
}

/// The tokens, each changed, in groups too.
pub(crate) fn each(tokens: TokenStream, change: &mut dyn FnMut(TokenTree) -> TokenTree) -> TokenStream {
    let changed = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), each(group.stream(), change));
            inner.set_span(group.span());
            change(inner.into())
        }
        token => change(token),
    });
    changed.collect()
}

/// Whether a field of this type has a value before anything was read. Where it is spelled otherwise, as with an alias,
/// the field is only read in another way.
pub(crate) fn is_complete(ty: &Type) -> bool {
    item(ty).is_some() || is_named(ty, &["bool"])
}

/// Whether it is a string.
pub(crate) fn is_string(ty: &Type) -> bool {
    match bare(ty) {
        Type::Reference(reference) => is_named(&reference.elem, &["str", "CStr"]),
        ty => is_named(ty, &["String", "NlStr", "NlString"]),
    }
}

/// Whether it is bytes, of any length or not.
pub(crate) fn is_bytes(ty: &Type) -> bool {
    elem(ty).is_some_and(|elem| is_named(elem, &["u8"]))
}

/// Whether it is a string or bytes, of any length or not.
pub(crate) fn is_text(ty: &Type) -> bool {
    is_string(ty) || is_bytes(ty)
}

/// Whether it is a string or bytes of any length.
pub(crate) fn has_len(ty: &Type) -> bool {
    is_text(ty) && !matches!(bare(ty), Type::Array(_))
}

/// Whether it is an address.
pub(crate) fn is_address(ty: &Type) -> bool {
    is_named(ty, &["Ipv4Addr", "Ipv6Addr", "IpAddr", "MacAddr", "HwAddr"])
}

/// Whether it is an integer or an address.
pub(crate) fn is_number(ty: &Type) -> bool {
    is_integer(ty) || is_address(ty)
}

/// Whether it is seen to be a value of `core` that can be cloned and shown.
pub(crate) fn is_plain(ty: &Type) -> bool {
    let ty = bare(ty);
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

/// Whether this name is anywhere in the tokens.
pub(crate) fn mentions(tokens: &impl ToTokens, name: &str) -> bool {
    tokens.to_token_stream().into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(&group.stream(), name),
        TokenTree::Ident(ident) => ident == name,
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
