//! `#[nl_struct]`: a C struct with plain Rust fields. Its layout is computed here and in `nl_tlv::value`, and its bytes
//! are read and written field by field, so that no field has to be laid out in memory as it is on the wire.

use crate::advice;
use crate::attr::{self, Keys};
use crate::errors::Errors;
use crate::expand::block;
use crate::literal::Number;
use crate::own;
use crate::types;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Fields, Path, Token, Type, parse_quote};

/// The macro, from its input to its output.
pub(crate) fn expand(args: &TokenStream, item: TokenStream) -> TokenStream {
    let mut input: DeriveInput = match syn::parse2(item) {
        Ok(input) => own::named(input),
        Err(err) => return err.into_compile_error(),
    };
    let errors = Errors::default();
    let keys: Attribute = parse_quote!(#[nl(#args)]);
    let keys = Keys::new(&[keys], attr::STRUCT, &errors);
    check(&input, &errors);
    // What only this macro understands goes.
    input.attrs.retain(|attr| !attr.path().is_ident("nl"));
    let fields = match &mut input.data {
        Data::Struct(data) => data.fields.iter_mut().filter_map(|field| Field::new(field, &errors)).collect(),
        _ => Vec::new(),
    };
    let errors = errors.into_tokens();
    let model = Model { input: &input, keys, fields, is_wrong: errors.is_some() };
    let (above, layout, value, traits) = (model.above(), model.layout(), model.value(), model.traits());
    let block = block(&model.keys.library(), quote!(#layout #value #traits));
    quote!(#errors #above #input #block)
}

/// A C struct.
struct Model<'d> {
    /// The definition. A wrong one can have parameters, or be of another shape.
    input: &'d DeriveInput,
    keys: Keys,
    fields: Vec<Field>,
    /// Whether the definition is wrong. Then its implementations do nothing, so that the compiler shows the mistakes
    /// and none that follow from them.
    is_wrong: bool,
}

struct Field {
    ident: Ident,
    ty: Type,
    /// `Native` or `Be`.
    encoding: Ident,
    /// What C's `__attribute__((aligned(8)))` says.
    aligned: Option<Number>,
}

impl Field {
    fn new(field: &mut syn::Field, errors: &Errors) -> Option<Self> {
        let keys = Keys::new(&field.attrs, attr::STRUCT_FIELD, errors);
        field.attrs.retain(|attr| !attr.path().is_ident("nl"));
        let aligned: Option<Number> = keys.value("align");
        if let Some(number) = aligned.as_ref().filter(|number| !number.literal.is_some_and(is_alignment)) {
            errors.at(&number.expr, "an alignment is 2, 4, 8 or another power of two, as a literal");
        }
        let (ident, ty) = (field.ident.clone()?, field.ty.clone());
        if let Some(advice) = advice::instead(&ty, attr::STRUCT_FIELD) {
            errors.at(&ty, advice);
        }
        if let Some(cfg) = field.attrs.iter().find(|attr| attr.path().is_ident("cfg")) {
            errors.at(cfg, "a layout has all its fields: write a struct for each, with `cfg` above it");
        }
        let encoding = Ident::new(if keys.has("be") { "Be" } else { "Native" }, types::place(&ty));
        Some(Self { ident, ty, encoding, aligned })
    }
}

fn check(input: &DeriveInput, errors: &Errors) {
    match &input.data {
        Data::Struct(syn::DataStruct { fields: Fields::Named(_), .. }) => {}
        Data::Struct(_) => errors.at(&input.ident, "fields have names: write `struct Name { field: u32 }`"),
        _ => {
            errors.at(&input.ident, "write a struct; an enum of numbers is a field with `#[derive(NlValue)]`")
        }
    }
    if let Some(param) = input.generics.params.first() {
        errors.at(param, "a C struct holds its bytes itself: write it without lifetimes and parameters");
    }
    for attr in &input.attrs {
        if attr.path().is_ident("repr") {
            errors.at(attr, "the layout is that of C: leave `repr` out, or write `#[nl_struct(packed)]`");
        } else if attr.path().is_ident("nl") {
            errors.at(attr, "the keys go into the macro: write for example `#[nl_struct(zero_extend)]`");
        }
    }
}

/// Whether C can align a field so.
fn is_alignment(number: i128) -> bool {
    u32::try_from(number).is_ok_and(u32::is_power_of_two)
}

impl Model<'_> {
    /// What goes above the struct. The order of the fields in memory is that on the wire, so that several can be copied
    /// at once.
    fn above(&self) -> TokenStream {
        let is_union = matches!(self.input.data, Data::Union(_));
        let names = ["Debug", "PartialEq"].into_iter().filter(|name| !(self.derives(name) || is_union));
        let derives = names.map(|name| Ident::new(name, Span::call_site()));
        let repr = (!self.is_wrong).then(|| quote!(#[repr(C)]));
        quote!(#[derive(#(#derives),*)] #repr)
    }

    /// Whether the user derives a trait.
    fn derives(&self, name: &str) -> bool {
        let derives = self.input.attrs.iter().filter(|attr| attr.path().is_ident("derive"));
        let parse = Punctuated::<Path, Token![,]>::parse_terminated;
        let mut paths = derives.filter_map(|attr| attr.parse_args_with(parse).ok()).flatten();
        paths.any(|path| path.segments.last().is_some_and(|last| last.ident == name))
    }

    /// What stands above the items of a trait.
    fn heading(&self, name: &TokenStream, bounds: &[TokenStream]) -> TokenStream {
        let (own, (params, args, _)) = (&self.input.ident, self.input.generics.split_for_impl());
        let predicates = self.input.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
        quote!(#[automatically_derived] impl #params #name for #own #args where #(#predicates,)* #(#bounds),*)
    }

    fn layout(&self) -> TokenStream {
        let (name, zero_extend) = (self.input.ident.unraw().to_string(), self.keys.has("zero_extend"));
        let (heading, count) = (self.heading(&quote!(__nl::NlStruct), &[]), self.fields.len());
        let (mut members, mut schema, mut read, mut write) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (nth, field) in self.fields.iter().enumerate().filter(|_| !self.is_wrong) {
            let (ident, name, member) = (&field.ident, field.ident.unraw().to_string(), field.member());
            let (align, offset) = (field.align(self.keys.has("packed")), quote!(__OFFSETS[#nth]));
            members.push(quote!((#member::LEN, #align)));
            schema.push(quote! {
                __nl::StructField { name: #name, offset: #offset, len: #member::LEN, value: #member::TYPE }
            });
            read.push(quote!(#ident: #member::read(__bytes, #offset)));
            write.push(quote!(#member::write(&self.#ident, __all, #offset);));
        }
        let read = if self.is_wrong { quote!(::core::unreachable!()) } else { quote!(Self { #(#read),* }) };
        quote! {
            const __MEMBERS: &__nl::Members = &[#(#members),*];
            const __OFFSETS: [::core::primitive::usize; #count + 1] = __nl::offsets(__MEMBERS);
            const __LEN: ::core::primitive::usize = __OFFSETS[#count];

            #heading {
                type Bytes = [::core::primitive::u8; __LEN];
                const SCHEMA: &'static __nl::StructSchema = &__nl::StructSchema {
                    name: #name,
                    len: __LEN,
                    align: __nl::alignment(__MEMBERS),
                    fields: &[#(#schema),*],
                    items: ::core::option::Option::None,
                    zero_extend: #zero_extend,
                };

                #[inline(always)]
                fn from_bytes(__bytes: &Self::Bytes) -> Self {
                    #read
                }

                #[inline(always)]
                fn to_bytes(&self) -> Self::Bytes {
                    let mut __bytes = [0; __LEN];
                    let __all: &mut [::core::primitive::u8] = &mut __bytes;
                    #(#write)*
                    __bytes
                }
            }
        }
    }

    /// The struct as the payload of an attribute.
    fn value(&self) -> TokenStream {
        let (own, heading, mut generics) =
            (&self.input.ident, self.heading(&quote!(__nl::Emit), &[]), self.input.generics.clone());
        generics.params.insert(0, parse_quote!('__a));
        let ((params, ..), (_, args, clause)) =
            (generics.split_for_impl(), self.input.generics.split_for_impl());
        quote! {
            #[automatically_derived]
            impl #params __nl::Parse<'__a> for #own #args #clause {
                #[inline]
                fn parse(__attr: __nl::Attr<'__a>) -> __nl::Result<Self> {
                    __nl::parse_struct(__attr)
                }
            }

            #heading {
                const TYPE: __nl::ValueType = __nl::ValueType::Struct(<Self as __nl::NlStruct>::SCHEMA);

                #[inline]
                fn emit_payload(&self, __w: &mut __nl::AttrWriter<'_>) -> __nl::Result<()> {
                    __w.bytes(&<Self as __nl::NlStruct>::to_bytes(self))
                }

                #[inline]
                fn emit(&self, __ty: __nl::AttrType, __w: &mut __nl::AttrWriter<'_>) -> __nl::Result<()> {
                    __w.put_array(__ty, <Self as __nl::NlStruct>::to_bytes(self))
                }
            }
        }
    }

    /// The traits that a derive would ask more for than the fields have, or with more errors. `Copy` is there where the
    /// fields have it: so the compiler says of a wrong type only that it is not a field.
    fn traits(&self) -> TokenStream {
        let types = self.fields.iter().map(|field| &field.ty);
        let types = types.filter(|ty| !(types::is_plain(ty) || self.is_wrong));
        let copy: Vec<_> = types.map(|ty| quote!(#ty: for<'__x> ::core::marker::Copy)).collect();
        let clone = if self.is_wrong { quote!(::core::unreachable!()) } else { quote!(*self) };
        let clone = quote!(#[inline] fn clone(&self) -> Self { #clone });
        let zero = quote!(<Self as __nl::NlStruct>::from_bytes(&[0; __LEN]));
        let zero = quote!(#[inline] fn default() -> Self { #zero });
        let traits = [
            ("Copy", quote!(::core::marker::Copy), &copy[..], quote!()),
            ("Clone", quote!(::core::clone::Clone), &copy, clone),
            ("Eq", quote!(::core::cmp::Eq), &[], quote!()),
            ("Default", quote!(::core::default::Default), &[], zero),
        ];
        let is_here = |name| !(self.derives(name) || self.is_wrong && matches!(name, "Copy" | "Eq"));
        let traits = traits.into_iter().filter(|(name, ..)| is_here(*name));
        let traits = traits.map(|(_, path, bounds, items)| (self.heading(&path, bounds), items));
        traits.map(|(heading, items)| quote!(#heading { #items })).collect()
    }
}

impl Field {
    /// Its type as a field, all of it at the type, so that the compiler points there if it cannot be one.
    fn member(&self) -> TokenStream {
        let (span, encoding) = (types::place(&self.ty), &self.encoding);
        let ty = types::placed(&self.ty, span);
        quote_spanned!(span=> <#ty as __nl::Member<__nl::#encoding>>)
    }

    /// Its alignment: that of its type, or none in a packed struct; or what it says itself, if that is more.
    fn align(&self, packed: bool) -> TokenStream {
        let member = self.member();
        let own = if packed { quote!(1) } else { quote!(#member::ALIGN) };
        match self.aligned.as_ref().map(|number| &number.expr) {
            Some(least) => quote!(__nl::aligned(#own, #least)),
            None => own,
        }
    }
}
