//! `NlValue`: a number with names. An enum of numbers, open because other numbers pass through, or a struct that holds
//! one value under a name of its own, such as a set of flags.

use crate::advice;
use crate::attr::{self, Keys};
use crate::case;
use crate::check;
use crate::errors::Errors;
use crate::expand::block;
use crate::types;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Data, DataEnum, DeriveInput, Fields, LitStr, Token, Type, Variant, parse_quote};

/// The derive, from its input to its output.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let errors = Errors::default();
    let keys = Keys::new(&input.attrs, attr::VALUE, &errors);
    let library = keys.library();
    let definition = Definition { input, keys: &keys, errors: &errors };
    let value = match &input.data {
        Data::Enum(data) => definition.of_enum(data),
        Data::Struct(data) => definition.of_struct(&data.fields),
        Data::Union(_) => {
            errors.at(&input.ident, "a value is an enum of numbers, or a struct that holds one value");
            None
        }
    };
    check::generics(&input.generics, &errors);
    let errors = errors.into_tokens();
    let value = value.filter(|_| errors.is_none()).unwrap_or_else(Value::wrong);
    let block = block(&library, value.expand(input));
    quote!(#errors #block)
}

/// A definition with its keys.
struct Definition<'d> {
    input: &'d DeriveInput,
    keys: &'d Keys,
    errors: &'d Errors,
}

impl<'d> Definition<'d> {
    /// An enum of numbers.
    fn of_enum(&self, data: &'d DataEnum) -> Option<Value> {
        let (mut names, mut others) = (Vec::new(), Vec::new());
        let (repr, errors) = (self.repr(), self.errors);
        if let Some(span) = self.keys.span("flags") {
            errors.at_span(span, "flags can be set together: write `struct Name(u32);`, bits as constants");
        }
        let usual = repr.as_ref().map_or_else(|| "u8".to_owned(), Ident::to_string);
        for variant in &data.variants {
            let keys = Keys::new(&variant.attrs, attr::VALUE_VARIANT, errors);
            let is_other = keys.has("other") || keys.is_damaged && variant.fields.len() == 1;
            match &variant.fields {
                Fields::Unit if !is_other => names.push(variant),
                Fields::Unnamed(fields) if is_other && fields.unnamed.len() == 1 => {
                    others.extend(fields.unnamed.first().map(|field| (&variant.ident, &field.ty)));
                }
                _ => errors.at(variant, format!("write `Name = 1`, or `#[nl(other)] Other({usual})`")),
            }
        }
        if let Some((second, _)) = others.get(1) {
            errors.at(second, "one `other` takes all other numbers");
        }
        let Some((other, number)) = others.first().copied() else {
            let advice = "numbers without a name are kept: add `#[nl(other)] Other";
            errors.at(&self.input.ident, format!("{advice}({usual})`, of the size in `#[repr({usual})]`"));
            return None;
        };
        let shown = types::name(number);
        if repr.is_none() && data.variants.iter().any(|variant| variant.discriminant.is_some()) {
            let advice = format!("the names have numbers: write `#[repr({shown})]` above the enum");
            errors.at(&self.input.ident, advice);
        }
        if repr.is_some() && shown != usual {
            errors.at(number, format!("the number has the size that `repr` says: write `{other}({usual})`"));
        }
        if !types::is_integer(number) {
            errors.at(number, "a number is one of `u8` to `u64` and `i8` to `i64`");
        }
        Some(self.conversions(&names, other, number))
    }

    /// The integer in `#[repr(...)]`.
    fn repr(&self) -> Option<Ident> {
        let reprs = self.input.attrs.iter().filter(|attr| attr.path().is_ident("repr"));
        let parse = Punctuated::<Ident, Token![,]>::parse_terminated;
        let words = reprs.filter_map(|attr| attr.parse_args_with(parse).ok());
        words.flatten().find(|word| types::is_integer(&parse_quote!(#word)))
    }

    /// The names as numbers and back.
    fn conversions(&self, names: &[&Variant], other: &Ident, number: &Type) -> Value {
        let (ident, len) = (&self.input.ident, names.len());
        let consts: Vec<_> = (0..len).map(|i| format_ident!("__V{i}")).collect();
        let values = names.iter().enumerate().map(|(i, Variant { ident: name, discriminant, .. })| {
            let (own, before) = (&consts[i], i.checked_sub(1).map(|i| &consts[i]));
            match (discriminant, before) {
                (Some((_, expr)), _) => quote_spanned!(expr.span()=> const #own: #number = #expr;),
                (None, Some(before)) => quote_spanned!(name.span()=> const #own: #number = #before + 1;),
                (None, None) => quote!(const #own: #number = 0;),
            }
        });
        let idents: Vec<_> = names.iter().map(|variant| &variant.ident).collect();
        let texts = idents.iter().map(|name| name.unraw().to_string());
        let names = self.names(&quote! {
            |__i| {
                const __NAMES: [(&::core::primitive::str, ::core::primitive::i128); #len] =
                    [#((#texts, #consts as ::core::primitive::i128)),*];
                __NAMES.get(__i).copied()
            }
        });
        let conversions = quote! {
            #(#values)*

            #[automatically_derived]
            impl ::core::convert::From<#number> for #ident {
                #[inline]
                fn from(__number: #number) -> Self {
                    match __number {
                        #(#consts => Self::#idents,)*
                        __number => Self::#other(__number),
                    }
                }
            }

            #[automatically_derived]
            impl ::core::convert::From<&#ident> for #number {
                #[inline]
                fn from(__value: &#ident) -> Self {
                    match __value {
                        #(#ident::#idents => #consts,)*
                        #ident::#other(__number) => *__number,
                    }
                }
            }

            #[automatically_derived]
            impl ::core::convert::From<#ident> for #number {
                #[inline]
                fn from(__value: #ident) -> Self {
                    <Self as ::core::convert::From<&#ident>>::from(&__value)
                }
            }
        };
        let wrap = quote!(<Self as ::core::convert::From<#number>>::from);
        let held = quote!(<#number as ::core::convert::From<&Self>>::from(self));
        Value { conversions, ..self.value(number, names, wrap, held) }
    }

    /// A struct that holds one value, or flags.
    fn of_struct(&self, fields: &Fields) -> Option<Value> {
        let is_flags = self.keys.has("flags");
        if let Some(prefix) = self.keys.span("c_prefix").filter(|_| !is_flags) {
            self.errors.at_span(prefix, "only names have a prefix in C: those of an enum, or of `flags`");
        }
        let (Fields::Unnamed(unnamed), 1) = (fields, fields.len()) else {
            let advice = "a value holds one: write `struct Name(u32);`, `#[derive(NlAttrs)]` for nested attributes, `#[nl_struct]` for a C struct";
            self.errors.at(&self.input.ident, advice);
            return None;
        };
        let inner = &unnamed.unnamed.first()?.ty;
        if is_flags && !types::is_integer(inner) {
            self.errors.at(inner, "flags are the bits of one of `u8` to `u64`");
        }
        let names = if is_flags { self.names(&quote!(<Self as __nl::NamedBits>::nth)) } else { quote!() };
        Some(self.value(inner, names, quote!(Self), quote!(self.0)))
    }

    /// A value that holds one of this type, and how one becomes the other. A number of 4 or 8 bytes (keys `uint` and
    /// `sint`) must have the largest size of its kind.
    fn value(&self, inner: &Type, names: TokenStream, wrap: TokenStream, held: TokenStream) -> Value {
        let key = self.keys.group("encoding").first().map(|(key, _)| *key);
        if let Some(message) = key.and_then(|key| advice::encoding_of(key, inner)) {
            self.errors.at(inner, message);
        }
        let encoding = key.map(case::camel);
        let is_member = encoding.is_none() && types::is_integer(inner);
        let inner = quote!(#inner);
        Value { names, inner, wrap, held, encoding, is_member, ..Value::default() }
    }

    /// The names of numbers or bits.
    fn names(&self, nth: &TokenStream) -> TokenStream {
        let (name, doc) = (self.input.ident.unraw().to_string(), case::doc(&self.input.attrs));
        let (is_flags, c_prefix) = (self.keys.has("flags"), self.keys.value::<LitStr>("c_prefix"));
        let c_prefix = c_prefix.map_or_else(|| quote!(__nl::None), |prefix| quote!(__nl::Some(#prefix)));
        quote! {
            const NAMES: __nl::Option<__nl::NumberSchema> = __nl::Some(__nl::NumberSchema {
                name: #name,
                doc: #doc,
                c_prefix: #c_prefix,
                base: <Self::Held as __nl::Emit>::TYPE,
                is_flags: #is_flags,
                nth: &#nth,
            });
        }
    }
}

/// What the implementations of a value are made from.
#[derive(Default)]
struct Value {
    /// The implementations that are an enum's alone.
    conversions: TokenStream,
    /// The names of numbers or bits, as an item of the trait.
    names: TokenStream,
    /// The type of what it holds.
    inner: TokenStream,
    /// A function from what it holds.
    wrap: TokenStream,
    /// An expression of what it holds, out of `self`.
    held: TokenStream,
    /// Its only encoding, if its size varies.
    encoding: Option<String>,
    /// Whether it is a number of one size, which can be a field of a C struct.
    is_member: bool,
}

impl Value {
    /// What a wrong value stands for, so that the compiler shows its mistakes and none that follow from them: a number.
    fn wrong() -> Self {
        Self {
            inner: quote!(::core::primitive::u32),
            wrap: quote!(|_: ::core::primitive::u32| -> Self { ::core::unreachable!() }),
            held: quote!(0),
            is_member: true,
            ..Self::default()
        }
    }

    fn expand(&self, input: &DeriveInput) -> TokenStream {
        let Self { conversions, names, inner, wrap, held, encoding, is_member } = self;
        let (own, (params, args, clause)) = (&input.ident, input.generics.split_for_impl());
        let encoding = format_ident!("{}", encoding.as_deref().unwrap_or("Each"));
        let mut generics = input.generics.clone();
        generics.params.push(parse_quote!(__E));
        let (in_encoding, ..) = generics.split_for_impl();
        let member = is_member.then(|| {
            quote! {
                #[automatically_derived]
                impl #in_encoding __nl::Member<__E> for #own #args
                where
                    #inner: __nl::Member<__E> + __nl::Emit<__E>,
                {
                    const LEN: ::core::primitive::usize = <#inner as __nl::Member<__E>>::LEN;
                    const ALIGN: ::core::primitive::usize = <#inner as __nl::Member<__E>>::ALIGN;
                    const TYPE: __nl::ValueType = <Self as __nl::Emit<__E>>::TYPE;

                    #[inline(always)]
                    fn read(__bytes: &[::core::primitive::u8], __at: ::core::primitive::usize) -> Self {
                        (#wrap)(<#inner as __nl::Member<__E>>::read(__bytes, __at))
                    }

                    #[inline(always)]
                    fn write(&self, __bytes: &mut [::core::primitive::u8], __at: ::core::primitive::usize) {
                        <#inner as __nl::Member<__E>>::write(&#held, __bytes, __at);
                    }
                }
            }
        });
        quote! {
            #conversions

            #[automatically_derived]
            impl #params __nl::NlValue for #own #args #clause {
                type Held = #inner;
                type Encoding = __nl::#encoding;
                #names

                #[inline(always)]
                fn from_held(__held: #inner) -> Self {
                    (#wrap)(__held)
                }

                #[inline(always)]
                fn with_held<__R>(&self, __f: impl ::core::ops::FnOnce(&#inner) -> __R) -> __R {
                    __f(&#held)
                }
            }

            #member
        }
    }
}
