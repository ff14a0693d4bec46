//! A struct as a set of attributes: `NlAttrs` and `ParseAttrs`, and the value that it is as a nest.

use super::members::Members;
use super::{forms, read, schema, write};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ext::IdentExt;

/// One whose forms are selected from outside is a value only where something selects them.
pub(super) fn expand(members: &Members<'_>) -> TokenStream {
    let is_selected = members.model.keys.has("selected_outside");
    let selector =
        is_selected.then(|| quote!(let __selector: __nl::Option<__nl::Selector<'_>> = __nl::None;));
    let finite = finite_name(members);
    let (stored, schema) = schema::attr_set(members, finite.as_ref());
    let ty = finite.map_or_else(|| quote!(__nl::AttrSet::EMPTY), |name| quote!(&#name));
    let ty = quote!(__nl::nest::<Self>(#ty));
    let value = if is_selected { sub_message(members, &ty) } else { value(members, &ty) };
    let emit = members.body(|| {
        let fields = fields(members, 1);
        quote!(#selector #fields)
    });
    let parse = members.body(|| {
        let (depth, parse) = (depth(members, 1), read::attrs(members));
        quote!(#selector #depth #parse)
    });
    let (lt, attr, fill, inline) =
        (&members.lt, members.attr(), read::fill(members, true), read::inline(members));
    let (write, read) = (members.writing("NlAttrs"), members.reading("ParseAttrs"));
    quote! {
        #stored #fill

        #write {
            const SCHEMA: &'static __nl::AttrSet = #schema;

            #[inline]
            fn emit_attrs(&self, __w: &mut __nl::AttrWriter<'_>) -> __nl::Result<()> {
                #emit
            }
        }

        #read {
            type Attr = #attr;

            #inline
            fn parse_attrs(__attrs: __nl::Attrs<#lt>) -> __nl::Result<Self> {
                #parse
            }
        }

        #value
    }
}

/// The name of the schema, which the compiler shows if a set contains itself through others and none of them is
/// `recursive`: then it cannot be evaluated.
fn finite_name(members: &Members<'_>) -> Option<Ident> {
    let model = members.model;
    let is_finite = !model.is_recursive() && !members.is_wrong;
    is_finite.then(|| Ident::new("A_SET_THAT_CONTAINS_ITSELF_NEEDS_THE_KEY_RECURSIVE", model.ident.span()))
}

/// Checks that a set which may contain itself does not do so too deep; the level is 1 for the attributes of a message, 2 for
/// a nest.
fn depth(members: &Members<'_>, level: usize) -> Option<TokenStream> {
    let is_selected = members.model.keys.has("selected_outside");
    let selector = if is_selected { quote!(__selector) } else { quote!(__nl::None) };
    let attrs = if level == 1 { quote!(__attrs) } else { quote!(__attr.nested()) };
    let schema = quote!(<Self as __nl::NlAttrs>::SCHEMA);
    let check = quote!(__nl::check_depth(#attrs, #schema, #selector, #level)?;);
    members.model.is_recursive().then_some(check)
}

/// Writes the set; one that may contain itself, and is this level or a deeper one, not deeper than it can be read.
fn fields(members: &Members<'_>, level: u32) -> TokenStream {
    let fields = write::fields(members);
    if !members.model.is_recursive() {
        return quote!(#fields __nl::Ok(()));
    }
    quote!(__nl::emit_within_depth(__w, #level, |__w| { #fields __nl::Ok(()) }))
}

/// The set as the payload of a nest.
fn value(members: &Members<'_>, ty: &TokenStream) -> TokenStream {
    let (lt, inline, depth) = (&members.lt, read::inline(members), depth(members, 2));
    let into = read::is_in_place(members).then(|| {
        let attrs = read::attrs_into(members);
        quote! {
            #[inline]
            fn parse_into(__attr: __nl::Attr<#lt>, __place: &mut __nl::Option<Self>) -> __nl::Result<()> {
                let __attrs = __attr.nested();
                #depth
                #attrs
            }
        }
    });
    let payload = match members.model.is_recursive() {
        true => members.body(|| fields(members, 2)),
        false => quote!(<Self as __nl::NlAttrs>::emit_attrs(self, __w)),
    };
    let (write, read) = (members.writing("Emit"), members.reading("Parse"));
    quote! {
        #read {
            #inline
            fn parse(__attr: __nl::Attr<#lt>) -> __nl::Result<Self> {
                #depth
                <Self as __nl::ParseAttrs<#lt>>::parse_attrs(__attr.nested())
            }

            #into
        }

        #write {
            const TYPE: __nl::ValueType = #ty;
            const NLA_FLAGS: ::core::primitive::u16 = __nl::AttrType::NESTED_FLAG;

            #[inline]
            fn emit_payload(&self, __w: &mut __nl::AttrWriter<'_>) -> __nl::Result<()> {
                #payload
            }
        }
    }
}

/// The set as one whose sub-messages are selected from outside.
fn sub_message(members: &Members<'_>, ty: &TokenStream) -> TokenStream {
    let (name, doc) = (members.model.ident.unraw().to_string(), &members.model.doc);
    let emit = members.body(|| {
        let fields = fields(members, 2);
        quote!(__w.nest(__ty, |__w| { #fields }))
    });
    let parse = members.body(|| {
        let (depth, parse) = (depth(members, 2), read::attrs(members));
        quote!(let __attrs = __attr.nested(); #depth #parse)
    });
    let schema = quote! {
        &__nl::SubMessageSchema { name: #name, doc: #doc, forms: &[], otherwise: #ty, nested_flag: false }
    };
    forms::implement(members, &schema, &emit, &parse)
}
