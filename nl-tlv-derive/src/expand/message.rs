//! A struct as a message: `NlMessage` and `ParseMessage`.

use super::members::{Members, encoding};
use super::{PAYLOAD, read, schema, tried, write};
use crate::attr::Keys;
use crate::literal::Number;
use crate::model::Field;
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::LitStr;
use syn::ext::IdentExt;

pub(super) fn expand(members: &Members<'_>) -> TokenStream {
    let (lt, attr, schemas) = (&members.lt, members.attr(), schemas(members));
    let span = members.whole().map_or_else(Span::call_site, Field::span);
    let attr = quote_spanned!(span=> type Attr = #attr;);
    let emit = members.body(|| emit(members));
    let has_own = members.payload().is_none() && members.whole().is_none() && !members.model.has_companion();
    let stored = has_own.then(|| schema::attr_set(members, None).0);
    let (fill, inline) = (read::fill(members, false), read::inline(members));
    let parse = members.body(|| parse(members));
    let (write, read) = (members.writing("NlMessage"), members.reading("ParseMessage"));
    quote! {
        #stored #fill

        #write {
            const SCHEMAS: &'static [&'static __nl::MessageSchema] = &[#(#schemas),*];

            #[inline]
            fn emit_into(&self, __w: &mut __nl::Writer<'_>, __header: __nl::Header) -> __nl::Result<()> {
                #emit
            }
        }

        #read {
            #attr

            #inline
            fn parse_in(
                __message: &__nl::Message<#lt>,
                __family: __nl::Option<__nl::MessageType>,
            ) -> __nl::Result<Self> {
                #parse
            }
        }
    }
}

/// Writes the headers and what follows them. One set needs no code of its own, which is most of what many messages cost to
/// compile.
fn emit(members: &Members<'_>) -> TokenStream {
    let whole = members.whole().filter(|_| !members.model.keys.has("check"));
    match (whole, members.header()) {
        (Some(Field { ident: set, ty, .. }), Some(Field { ident, ty: before, .. })) => {
            quote!(__nl::emit_headed::<Self, #before, #ty>(__w, __header, &self.#ident, &self.#set))
        }
        (Some(Field { ident, ty, .. }), None) => {
            quote!(__nl::emit_set::<Self, #ty>(__w, __header, &self.#ident))
        }
        _ => {
            let emit = write::fields(members);
            quote!(__nl::emit_contents::<Self>(__w, __header, |__w| { #emit __nl::Ok(()) }))
        }
    }
}

/// Checks that it is this message, and reads what follows its headers.
fn parse(members: &Members<'_>) -> TokenStream {
    let headers = match members.header() {
        Some(Field { ty, .. }) => {
            quote!(let (__header, __payload) = __nl::headed::<Self, #ty>(__message, __family)?;)
        }
        None => quote!(let __payload = __nl::payload::<Self>(__message, __family)?;),
    };
    let contents = match members.payload() {
        Some(field) => payload(members, field),
        None => {
            let parse = read::attrs(members);
            quote!(let __attrs = __payload.attrs(); #parse)
        }
    };
    quote!(#headers #contents)
}

/// A message that has one value as its payload.
fn payload(members: &Members<'_>, field: &Field) -> TokenStream {
    let (name, encoding) = (&field.ident, encoding(field));
    let parse = field.of_type(&quote!(Parse<'_, #encoding>), "parse");
    let header = members.header().map(|Field { ident, .. }| quote!(#ident: __header,));
    let (span, contents) = (field.span(), PAYLOAD.at(field.span()));
    let value = tried(span, &quote_spanned!(span=> (#contents).value(#parse)));
    quote!(__nl::Ok(Self { #header #name: #value }))
}

/// One schema for each type or command.
fn schemas(members: &Members<'_>) -> Vec<TokenStream> {
    if members.is_wrong {
        return Vec::new();
    }
    let keys = &members.model.keys;
    let names: Vec<LitStr> = keys.list("c_name");
    let ids = keys.ids().into_iter().enumerate();
    ids.map(|(i, number)| schema_of(members, &id(keys, &number), names.get(i))).collect()
}

fn schema_of(members: &Members<'_>, id: &TokenStream, c_name: Option<&LitStr>) -> TokenStream {
    let model = members.model;
    let (name, doc) = (model.ident.unraw().to_string(), &model.doc);
    let header = members.header().map(|header| {
        let header = header.of_type(&quote!(NlStruct), "SCHEMA");
        quote!(.header(#header))
    });
    let c_name = c_name.map(|name| quote!(.c_name(#name)));
    let attrs = match (members.payload(), members.whole()) {
        (Some(_), _) => quote!(__nl::AttrSet::EMPTY),
        (None, Some(whole)) => whole.of_type(&quote!(NlAttrs), "SCHEMA"),
        (None, None) if model.has_companion() => {
            let companion = members.owned(members.attr());
            quote!(<#companion as __nl::NlAttrs>::SCHEMA)
        }
        (None, None) => quote!(&__SET),
    };
    let payload = members.payload().map(payload_schema);
    let deleted = model.keys.value("deleted").map(|number| self::id(&model.keys, &number));
    let deleted = deleted.map(|id| quote!(.deleted(#id)));
    quote!(&__nl::MessageSchema::new(#name, #doc, #id, #attrs) #header #payload #c_name #deleted)
}

/// A `MessageId`: a type or a command, as the message itself has one.
pub(super) fn id(keys: &Keys, number: &Number) -> TokenStream {
    if keys.id_key() == "ty" {
        let ty = number.narrowed("ty");
        return quote!(__nl::MessageId::Type(__nl::MessageType(#ty)));
    }
    let cmd = number.narrowed("cmd");
    let version =
        keys.value("version").map_or_else(|| quote!(1), |version: Number| version.narrowed("version"));
    quote!(__nl::MessageId::Command { cmd: #cmd, version: #version })
}

fn payload_schema(field: &Field) -> TokenStream {
    let (name, encoding) = (field.ident.unraw().to_string(), encoding(field));
    let value = field.of_type(&quote!(Emit<#encoding>), "TYPE");
    let schema = quote!(__nl::AttrSchema::of(#value, __nl::Presence::Required));
    quote!(.payload(&#schema.named(0, #name, "").within(__PAYLOAD_LIMITS)))
}
