//! What the derives make of `nl-tlv/tests/contract/definition.rs` is what stands, compiled and tested, in the
//! directory `expansion` beside it.

use super::derive;
use crate::model::Derive;
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};
use syn::{Attribute, DeriveInput, Item, ItemStruct, Meta};

/// If this variable is set, the test writes the files instead of comparing them.
const WRITE: &str = "WRITE_EXPANSION";

#[test]
fn the_expansion_is_the_one_of_the_contract() {
    let contract: PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "..", "nl-tlv", "tests", "contract"].iter().collect();
    let definition = fs::read_to_string(contract.join("definition.rs")).unwrap();
    let mut compared = 0;
    for item in syn::parse_file(&definition).unwrap().items {
        let Item::Struct(item) = item else { continue };
        let file = contract.join("expansion").join(format!("{}.rs", crate::case::field(&item.ident)));
        let expanded = expand(item);
        if env::var_os(WRITE).is_some() {
            let note = format!("// Written by `{WRITE}=1 cargo test -p nl-tlv-derive`.\n\n");
            fs::write(&file, note + &prettyplease::unparse(&syn::parse2(expanded.clone()).unwrap())).unwrap();
            assert!(Command::new("rustfmt").arg(&file).status().unwrap().success());
        }
        let golden: TokenStream = fs::read_to_string(&file).unwrap().parse().unwrap();
        let (golden, expanded) = (words(golden), words(expanded));
        let same = golden.iter().zip(&expanded).take_while(|(a, b)| a == b).count();
        let from = same.saturating_sub(10);
        let around =
            |words: &[String]| words.iter().skip(from).take(20).cloned().collect::<Vec<_>>().join(" ");
        assert_eq!(around(&golden), around(&expanded), "if it is as it should be, set {WRITE}");
        compared += 1;
    }
    assert_eq!(compared, 3);
}

/// The struct without the derive and its keys, and the code that the derive makes of it.
fn expand(mut item: ItemStruct) -> TokenStream {
    let input: DeriveInput = syn::parse2(item.to_token_stream()).unwrap();
    let is_message = item.attrs.iter().any(|attr| attr.to_token_stream().to_string().contains("NlMessage"));
    let kind = if is_message { Derive::Message } else { Derive::Attrs };
    let expansion = derive(kind, &input);
    item.attrs = item.attrs.into_iter().filter_map(without_derive).collect();
    for field in &mut item.fields {
        field.attrs.retain(|attr| !attr.path().is_ident("nl"));
    }
    quote!(#item #expansion)
}

fn without_derive(mut attr: Attribute) -> Option<Attribute> {
    if let Meta::List(list) = &mut attr.meta
        && list.path.is_ident("derive")
    {
        let tokens = list.tokens.to_string().replace("NlAttrs ,", "").replace("NlMessage ,", "");
        list.tokens = tokens.parse().unwrap();
    }
    (!attr.path().is_ident("nl")).then_some(attr)
}

/// The tokens without what rustfmt adds and removes.
fn words(tokens: TokenStream) -> Vec<String> {
    let mut words = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => words.extend(self::words(group.stream())),
            TokenTree::Punct(punct) if punct.as_char() == ',' => {}
            token => words.push(token.to_string()),
        }
    }
    words
}
