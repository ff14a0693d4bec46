//! Owned values, which need the feature `alloc` of `nl-tlv`. Without it the types do not have the traits.

use crate::types;
use syn::Type;

/// What to write instead of an owned type, if there are none.
pub(crate) fn advice(ty: &Type, item: &Type) -> Option<&'static str> {
    let is_owned = types::is_named(ty, &["Vec"]) || types::is_named(item, &["String", "Box"]);
    (is_owned && !cfg!(feature = "alloc")).then_some(
        "`String`, `Vec` and `Box` need the feature `alloc` of `nl-tlv`: enable it, or borrow with `&'a str` and `Repeat<'a, T>`",
    )
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
