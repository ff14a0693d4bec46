//! `#[nl_struct]`: a C struct with plain Rust fields. Its layout is computed here and in `nl_tlv::value`, and its bytes
//! are read and written field by field, so that no field has to be laid out in memory as it is on the wire.

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
use syn::{Attribute, Data, DeriveInput, Fields, Generics, Lifetime, Path, Token, Type, parse_quote};

/// The macro, from its input to its output.
pub(crate) fn expand(args: &TokenStream, item: TokenStream) -> TokenStream {
    let mut input: DeriveInput = match syn::parse2(item) {
        Ok(input) => own::named(input),
        Err(err) => return err.into_compile_error(),
    };
    let errors = Errors::default();
    let model = Model::new(args, &mut input, &errors);
    let errors = errors.into_tokens();
    let (derives, block) = Model { is_wrong: errors.is_some(), ..model }.expand();
    quote!(#errors #derives #input #block)
}

/// A C struct.
struct Model {
    ident: Ident,
    /// A wrong one can have parameters, or be of another shape.
    generics: Generics,
    is_union: bool,
    fields: Vec<Field>,
    library: Path,
    zero_extend: bool,
    packed: bool,
    /// The traits that the user derives.
    derived: Vec<String>,
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

impl Model {
    /// Reads a definition, and takes from it what only this macro understands.
    fn new(args: &TokenStream, input: &mut DeriveInput, errors: &Errors) -> Self {
        let above: Attribute = parse_quote!(#[nl(#args)]);
        let keys = Keys::new(std::slice::from_ref(&above), attr::STRUCT, errors);
        let (library, zero_extend) = (keys.library(), keys.span("zero_extend").is_some());
        let packed = keys.span("packed").is_some();
        check(input, errors);
        input.attrs.retain(|attr| !attr.path().is_ident("nl"));
        let derived = derived(&input.attrs);
        let fields = match &mut input.data {
            Data::Struct(data) => {
                data.fields.iter_mut().filter_map(|field| Field::new(field, errors)).collect()
            }
            _ => Vec::new(),
        };
        let (ident, generics) = (input.ident.clone(), input.generics.clone());
        let is_union = matches!(input.data, Data::Union(_));
        Self { ident, generics, is_union, fields, library, zero_extend, packed, derived, is_wrong: false }
    }
}

impl Field {
    fn new(field: &mut syn::Field, errors: &Errors) -> Option<Self> {
        let keys = Keys::new(&field.attrs, attr::STRUCT_FIELD, errors);
        let (is_be, aligned) = (keys.span("be").is_some(), keys.value::<Number>("align"));
        if let Some(number) = aligned.as_ref().filter(|number| !number.literal.is_some_and(is_alignment)) {
            errors.at(&number.expr, "an alignment is 2, 4, 8 or another power of two, as a literal");
        }
        field.attrs.retain(|attr| !attr.path().is_ident("nl"));
        if let Some(advice) = advice(&field.ty) {
            errors.at(&field.ty, advice);
        }
        let (ident, ty) = (field.ident.clone()?, field.ty.clone());
        let encoding = Ident::new(if is_be { "Be" } else { "Native" }, types::place(&ty));
        Some(Self { ident, ty, encoding, aligned })
    }
}

fn check(input: &DeriveInput, errors: &Errors) {
    match &input.data {
        Data::Struct(data) => match data.fields {
            Fields::Named(_) => {}
            _ => errors
                .at(&input.ident, "the fields of a C struct have names: write `struct Name { field: u32 }`"),
        },
        _ => errors.at(
            &input.ident,
            "`nl_struct` goes above a struct; an enum of numbers is `#[derive(NlValue)]`, and can be a field",
        ),
    }
    if let Some(param) = input.generics.params.first() {
        errors
            .at(param, "a C struct holds its bytes itself: write it without a lifetime and other parameters");
    }
    for attr in &input.attrs {
        if attr.path().is_ident("repr") {
            errors.at(
                attr,
                "leave `repr` out: the layout is that of C, or without padding with `#[nl_struct(packed)]`",
            );
        } else if attr.path().is_ident("nl") {
            errors.at(
                attr,
                "the keys of a C struct go into the macro: write for example `#[nl_struct(zero_extend)]`",
            );
        }
    }
}

/// Whether C can align a field so.
fn is_alignment(number: i128) -> bool {
    u32::try_from(number).is_ok_and(u32::is_power_of_two)
}

/// What to write instead of a type that is known not to be a field.
fn advice(ty: &Type) -> Option<&'static str> {
    let path = match ty {
        Type::Reference(_) | Type::Ptr(_) | Type::Slice(_) => {
            return Some("a C struct holds its bytes itself: write an array such as `[u8; 16]`");
        }
        Type::Path(path) => path.path.segments.last()?,
        _ => return None,
    };
    match path.ident.to_string().as_str() {
        "String" | "Vec" | "str" => Some("a C struct has a fixed size: write an array such as `[u8; 16]`"),
        "bool" => Some("not every byte is a `bool`: write `u8`"),
        "usize" | "isize" => Some("its size depends on the machine: write `u32` or `u64`"),
        "f32" | "f64" | "char" | "u128" | "i128" => Some("write an integer, `u8` to `u64` or `i8` to `i64`"),
        "Option" => Some("a field of a C struct is always there: write the type inside `Option`"),
        _ => None,
    }
}

/// The traits in `#[derive(...)]`.
fn derived(attrs: &[Attribute]) -> Vec<String> {
    let derives = attrs.iter().filter(|attr| attr.path().is_ident("derive"));
    let parse = Punctuated::<Path, Token![,]>::parse_terminated;
    let paths = derives.filter_map(|attr| attr.parse_args_with(parse).ok()).flatten();
    paths.filter_map(|path| Some(path.segments.last()?.ident.to_string())).collect()
}

impl Model {
    /// What goes above the struct, and what goes below. The order of the fields in memory is that on the wire, so that
    /// several can be copied at once.
    fn expand(&self) -> (TokenStream, TokenStream) {
        let names = ["Debug", "PartialEq"].into_iter().filter(|name| !(self.has(name) || self.is_union));
        let derives = names.map(|name| Ident::new(name, Span::call_site()));
        let (layout, value, traits) = (self.layout(), self.value(), self.traits());
        let repr = (!self.is_wrong).then(|| quote!(#[repr(C)]));
        (quote!(#[derive(#(#derives),*)] #repr), block(&self.library, quote!(#layout #value #traits)))
    }

    /// Whether the user derives a trait.
    fn has(&self, name: &str) -> bool {
        self.derived.iter().any(|derived| derived == name)
    }

    fn layout(&self) -> TokenStream {
        let (own, name, zero_extend) = (&self.ident, self.ident.unraw().to_string(), self.zero_extend);
        let (params, args, clause) = self.generics.split_for_impl();
        let (mut members, mut schema, mut read, mut write) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (nth, field) in self.fields.iter().enumerate().filter(|_| !self.is_wrong) {
            let (ident, name, member) = (&field.ident, field.ident.unraw().to_string(), field.member());
            let (align, offset) = (field.align(self.packed), quote!(const { __nl::offset(__MEMBERS, #nth) }));
            members.push(quote!((#member::LEN, #align)));
            schema.push(quote! {
                __nl::StructField { name: #name, offset: #offset, len: #member::LEN, value: #member::TYPE }
            });
            read.push(quote!(#ident: #member::read(__bytes, #offset)));
            write.push(quote!(#member::write(&self.#ident, &mut __bytes, #offset);));
        }
        let read = if self.is_wrong { quote!(::core::unreachable!()) } else { quote!(Self { #(#read),* }) };
        quote! {
            const __MEMBERS: &__nl::Members = &[#(#members),*];
            const __LEN: ::core::primitive::usize = __nl::size(__MEMBERS);

            #[automatically_derived]
            impl #params __nl::NlStruct for #own #args #clause {
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
                    #(#write)*
                    __bytes
                }
            }
        }
    }

    /// The struct as the payload of an attribute.
    fn value(&self) -> TokenStream {
        let own = &self.ident;
        let mut generics = self.generics.clone();
        let lt = Lifetime::new("'__a", Span::call_site());
        generics.params.insert(0, parse_quote!(#lt));
        let (params, args, clause) = self.generics.split_for_impl();
        let (reading, ..) = generics.split_for_impl();
        quote! {
            #[automatically_derived]
            impl #reading __nl::Parse<#lt> for #own #args #clause {
                #[inline]
                fn parse(__attr: __nl::Attr<#lt>) -> __nl::Result<Self> {
                    __nl::parse_struct(__attr)
                }
            }

            #[automatically_derived]
            impl #params __nl::Emit for #own #args #clause {
                const TYPE: __nl::ValueType = __nl::ValueType::Struct(<Self as __nl::NlStruct>::SCHEMA);

                #[inline]
                fn emit_payload(&self, __w: &mut __nl::AttrWriter<'_>) -> __nl::Result<()> {
                    __w.bytes(&<Self as __nl::NlStruct>::to_bytes(self))
                }

                #[inline]
                fn emit(
                    &self,
                    __ty: __nl::AttrType,
                    __w: &mut __nl::AttrWriter<'_>,
                ) -> __nl::Result<()> {
                    __w.put_array(__ty, <Self as __nl::NlStruct>::to_bytes(self))
                }
            }
        }
    }

    /// The traits that a derive would ask more for than the fields have, or with more errors. `Copy` is there where the
    /// fields have it: so the compiler says of a wrong type only that it is not a field.
    fn traits(&self) -> TokenStream {
        let own = &self.ident;
        let (params, args, _) = self.generics.split_for_impl();
        let types =
            self.fields.iter().map(|field| &field.ty).filter(|ty| !(types::is_plain(ty) || self.is_wrong));
        let copy: Vec<_> = types.map(|ty| quote!(#ty: for<'__x> ::core::marker::Copy)).collect();
        let clone = if self.is_wrong { quote!(::core::unreachable!()) } else { quote!(*self) };
        let zero = quote!(<Self as __nl::NlStruct>::from_bytes(&[0; __LEN]));
        let traits = [
            ("Copy", quote!(marker), quote!(where #(#copy),*), quote!()),
            (
                "Clone",
                quote!(clone),
                quote!(where #(#copy),*),
                quote!(#[inline] fn clone(&self) -> Self { #clone }),
            ),
            ("Eq", quote!(cmp), quote!(), quote!()),
            ("Default", quote!(default), quote!(), quote!(#[inline] fn default() -> Self { #zero })),
        ];
        let is_here = |name| !(self.has(name) || self.is_wrong && matches!(name, "Copy" | "Eq"));
        let traits = traits.into_iter().filter(|(name, ..)| is_here(*name));
        let traits = traits.map(|(name, module, clause, items)| {
            let name = Ident::new(name, Span::call_site());
            quote! {
                #[automatically_derived]
                impl #params ::core::#module::#name for #own #args #clause { #items }
            }
        });
        traits.collect()
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
