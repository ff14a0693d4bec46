//! The step over attributes of exactly four bytes, which are most of all: numbers and addresses of IPv4. In it the length is
//! a constant, and so is the type with its flags, so that nothing is left to be asked about a value. What it does not take goes
//! the way of all others.

use super::members::{Member, Members};
use super::read::SMALL;
use crate::model::Field;
use crate::types;
use proc_macro2::TokenStream;
use quote::quote;

/// The step, if two fields are such values: for fewer it would be more code than it saves.
pub(super) fn step(members: &Members<'_>, store: impl Fn(&Member<'_>) -> TokenStream) -> Option<TokenStream> {
    let sure = members.attrs.iter().filter(|member| is_word(member.field)).count();
    let (words, others): (Vec<_>, Vec<_>) =
        members.attrs.iter().partition(|member| can_be_word(member.field));
    let (types, others) = (words.iter().map(|word| &word.ty), others.iter().map(|other| &other.ty));
    let is_word = words.iter().map(|word| word.path(&word.field.ty, "Field", "IS_WORD"));
    let stored = words.iter().map(|word| {
        let (ty, store) = (&word.ty, store(word));
        quote!(let __attr = __walk.made(#ty, __payload); #store;)
    });
    let read = match (sure, members.attrs.len()) {
        // The compiler compares the types of a few in a row anyway.
        (2.., ..=SMALL) => {
            quote!(#(if #is_word && __ty == #types { #stored } else)* { break; })
        }
        (2.., _) => quote! {
            match __ty {
                #(#types => if #is_word { #stored } else { break },)*
                #(#others => break,)*
                0x4000.. => break,
                _ => {}
            }
        },
        _ => return None,
    };
    Some(quote! {
        while let __nl::Some((__ty, __payload)) = __walk.word() {
            #read
            __walk.step();
        }
    })
}

/// Whether the name of the field's type says that its value has four bytes and no other length. Where it is spelled otherwise,
/// as with an alias, only the speed is another.
pub(super) fn is_word(field: &Field) -> bool {
    let item = types::item(&field.ty).unwrap_or(&field.ty);
    can_be_word(field) && types::is_named(item, &["u32", "i32", "Ipv4Addr"])
}

/// Whether its value can be made of four bytes alone, for all that is seen.
fn can_be_word(field: &Field) -> bool {
    let is_one = field.select.is_none() && !types::is_named(&field.ty, &["Repeat", "Vec", "bool"]);
    is_one && !types::is_text(&field.ty)
}
