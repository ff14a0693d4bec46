//! What the derives make of `nl-tlv/tests/contract/definition.rs` is what stands, compiled and tested, in the
//! directory `expansion` beside it.

use super::derive;
use crate::model::Derive;
use proc_macro2::TokenStream;
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
        let expanded = prettyplease::unparse(&syn::parse2(expand(item)).unwrap());
        if env::var_os(WRITE).is_some() {
            let note = format!("// Written by `{WRITE}=1 cargo test -p nl-tlv-derive`.\n\n");
            fs::write(&file, note + &expanded).unwrap();
            assert!(Command::new("rustfmt").arg(&file).status().unwrap().success());
        }
        let golden = fs::read_to_string(&file).unwrap();
        let golden = prettyplease::unparse(&syn::parse_file(&golden).unwrap());
        for (golden, expanded) in golden.lines().zip(expanded.lines()) {
            assert_eq!(golden, expanded, "if it is as it should be, set {WRITE}");
        }
        assert_eq!(golden.len(), expanded.len());
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
