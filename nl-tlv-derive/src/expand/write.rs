//! The statements that write a struct, field by field.

use super::members::{Member, Members, encoding};
use super::{SELF, WRITER, tried};
use crate::model::{Field, Role};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

/// All fields, in order; between the header and the contents, what the message says of itself.
pub(super) fn fields(members: &Members<'_>) -> TokenStream {
    let write = |field: &Field| match members.attrs.iter().find(|member| member.field.ident == field.ident) {
        Some(member) => Some(attr(member)),
        None => other(field),
    };
    let (header, contents): (Vec<_>, Vec<_>) =
        members.model.fields.iter().partition(|field| field.role() == Some(Role::FixedHeader));
    let header = header.into_iter().filter_map(write);
    let contents = contents.into_iter().filter_map(write);
    let check = members.model.keys.value("check").map(|check: Path| {
        let span = check.span();
        let function =
            quote_spanned!(span=> { let __check: fn(&Self) -> __nl::Result<()> = #check; __check });
        let tried = tried(span, &quote_spanned!(span=> __nl::checked(#function(#SELF), #WRITER)));
        quote!(#tried;)
    });
    quote!(#(#header)* #check #(#contents)*)
}

fn attr(member: &Member<'_>) -> TokenStream {
    let Member { field, ty, limits, .. } = member;
    let (name, span) = (&field.ident, field.span());
    let Some(select) = &field.select else {
        let emit = member.path(&field.ty, "Field", "emit");
        let tried = tried(span, &quote_spanned!(span=> #emit(&#SELF.#name, #ty, #limits, #WRITER)));
        return quote!(#tried;);
    };
    let key = match &select.value {
        Some(by) => {
            let this = SELF.at(by.span());
            quote_spanned!(by.span()=> __nl::Select::selector(&(#this.#by)))
        }
        None => quote!(__selector),
    };
    let emit = member.path(&field.ty, "SelectedField", "emit");
    let tried = tried(span, &quote_spanned!(span=> #emit(&#SELF.#name, #ty, #key, #WRITER)));
    quote!(#tried;)
}

fn other(field: &Field) -> Option<TokenStream> {
    let name = &field.ident;
    Some(match field.role()? {
        Role::Rest => {
            let emit = field.of_type(&quote!(RestField<'_>), "emit");
            quote!(#emit(&self.#name, __CLAIMED, __w)?;)
        }
        Role::FixedHeader => quote!(__w.family_header(&self.#name)?;),
        Role::Attrs => {
            let emit = field.of_type(&quote!(NlAttrs), "emit_attrs");
            quote!(#emit(&self.#name, __w)?;)
        }
        Role::Payload => {
            let encoding = encoding(field);
            let of = |item| field.of_type(&quote!(Emit<#encoding>), item);
            let (check, emit) = (of("check"), of("emit_payload"));
            quote! {
                __nl::checked(#check(&self.#name, __PAYLOAD_LIMITS), __w)?;
                #emit(&self.#name, __w)?;
            }
        }
        Role::Attr | Role::Other | Role::Message | Role::Form => return None,
    })
}
