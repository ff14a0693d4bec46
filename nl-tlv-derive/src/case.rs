//! Names made of names, and the text of doc comments.

use proc_macro2::Ident;
use quote::format_ident;
use syn::ext::IdentExt;
use syn::{Attribute, Expr, ExprLit, Lit};

/// The variant for a field: `max_len` is `MaxLen`, and one that means something else already gets an underscore, as in
/// `Other_`. `None` where that is no identifier.
pub(crate) fn variant(field: &Ident) -> Option<Ident> {
    let mut camel = camel(&field.unraw().to_string());
    if matches!(camel.as_str(), "Self" | "Other") {
        camel.push('_');
    }
    camel.starts_with(char::is_alphabetic).then(|| format_ident!("{camel}", span = field.span()))
}

/// A name in UpperCamelCase.
pub(crate) fn camel(snake: &str) -> String {
    let mut camel = String::new();
    for word in snake.split('_') {
        let mut chars = word.chars();
        camel.extend(chars.next().into_iter().flat_map(char::to_uppercase));
        camel.extend(chars);
    }
    camel
}

/// The field for a variant: `MaxLen` is `max_len`, `IPv4` is `ipv4`.
pub(crate) fn field(variant: &Ident) -> String {
    let mut snake = String::new();
    let mut after_lower = false;
    for c in variant.unraw().to_string().chars() {
        if c.is_uppercase() && after_lower {
            snake.push('_');
        }
        after_lower = c.is_lowercase() || c.is_numeric();
        snake.extend(c.to_lowercase());
    }
    snake
}

/// The doc comment as one text, its lines kept, without the space that each begins with.
pub(crate) fn doc(attrs: &[Attribute]) -> String {
    let docs = attrs.iter().filter(|attr| attr.path().is_ident("doc"));
    let lines = docs.filter_map(|attr| match &attr.meta.require_name_value().ok()?.value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    });
    let mut doc = String::new();
    for text in lines {
        for line in text.split('\n') {
            doc.push_str(line.strip_prefix(' ').unwrap_or(line).trim_end());
            doc.push('\n');
        }
    }
    doc.trim().to_owned()
}

/// Whether a name is written as that of a type, and not as that of a constant.
pub(crate) fn is_of_a_type(ident: &Ident) -> bool {
    let name = ident.unraw().to_string();
    name.starts_with(|c: char| c.is_ascii_uppercase()) && name.contains(|c: char| c.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_the_fields_in_upper_camel_case() {
        let of = |name: &str| variant(&syn::parse_str(name).unwrap()).map(|ident| ident.to_string());
        assert_eq!(of("max_len").as_deref(), Some("MaxLen"));
        assert_eq!(of("r#type").as_deref(), Some("Type"));
        assert_eq!(of("ip6").as_deref(), Some("Ip6"));
        assert_eq!(of("self_").as_deref(), Some("Self_"));
        assert_eq!(of("other").as_deref(), Some("Other_"));
        assert_eq!(of("_1"), None);
    }

    #[test]
    fn fields_are_the_variants_in_snake_case() {
        let of = |name: &str| field(&syn::parse_str(name).unwrap());
        assert_eq!(of("MaxLen"), "max_len");
        assert_eq!(of("Ip6Addr"), "ip6_addr");
        assert_eq!(of("TTL"), "ttl");
    }
}
