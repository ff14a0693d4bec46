//! `NlValue`: a number with names. An enum of numbers, open because other numbers pass through, or a struct that holds
//! one value under a name of its own, such as a set of flags.

use crate::advice::two_sizes;
use crate::attr::{Keys, Place};
use crate::case;
use crate::check;
use crate::errors::Errors;
use crate::expand::{block, in_static};
use crate::types;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Data, DataEnum, DeriveInput, Expr, Fields, Lifetime, LitStr, Token, Type, parse_quote};

/// The derive, from its input to its output.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let errors = Errors::default();
    let keys = Keys::new(&input.attrs, Place::Number, &errors);
    let library = keys.library();
    let (flags, c_prefix) = (keys.flag("flags"), keys.c_names("c_prefix").into_iter().next());
    let definition = Definition { input, keys, flags, c_prefix, errors: &errors };
    let expansion = match &input.data {
        Data::Enum(data) => definition.of_enum(data),
        Data::Struct(data) => definition.of_struct(&data.fields),
        Data::Union(_) => {
            errors.at(&input.ident, "a value is an enum of numbers, or a struct that holds one value");
            None
        }
    };
    check::generics(&input.generics, &errors);
    let errors = errors.into_tokens();
    let expansion = if errors.is_some() { dummy(input) } else { expansion };
    let block = expansion.map(|expansion| block(&library, expansion));
    quote!(#errors #block)
}

/// What a wrong value stands for, so that the compiler shows its mistakes and none that follow from them: a number in all
/// its encodings.
fn dummy(input: &DeriveInput) -> Option<TokenStream> {
    (input.generics.lifetimes().count() == input.generics.params.len()).then(|| {
        value(&Value {
            inner: quote!(::core::primitive::u32),
            wrap: quote!(|_: ::core::primitive::u32| -> Self { ::core::unreachable!() }),
            unwrap: quote!(0),
            describe: quote!(__nl::ValueType::U32),
            ..Value::new(input)
        })
    })
}

/// A definition with its keys.
struct Definition<'d> {
    input: &'d DeriveInput,
    keys: Keys<'d>,
    flags: Option<Span>,
    c_prefix: Option<LitStr>,
    errors: &'d Errors,
}

impl<'d> Definition<'d> {
    /// An enum of numbers.
    fn of_enum(&self, data: &'d DataEnum) -> Option<TokenStream> {
        if let Some(span) = self.flags {
            self.errors.at_span(
                span,
                "flags can be set together: write `struct Name(u32);` and its bits as constants",
            );
        }
        let (mut names, mut others) = (Vec::new(), Vec::new());
        let (repr, errors) = (self.repr(), self.errors);
        let usual = repr.as_ref().map_or_else(|| "u32".to_owned(), Ident::to_string);
        for variant in &data.variants {
            let keys = Keys::new(&variant.attrs, Place::NumberVariant, errors);
            let is_other = keys.is_damaged.get() && variant.fields.len() == 1;
            let other = keys.flag("other").or_else(|| is_other.then(|| variant.ident.span()));
            match (other, &variant.fields) {
                (None, Fields::Unit) => names.push((&variant.ident, variant.discriminant.as_ref().map(|(_, expr)| expr))),
                (Some(span), Fields::Unnamed(fields)) if fields.unnamed.len() == 1 => {
                    others.extend(fields.unnamed.first().map(|field| (&variant.ident, &field.ty, span)));
                }
                (Some(_), _) => errors.at(variant, format!("other numbers are kept: write `Other({usual})`")),
                (None, _) => errors.at(variant, format!("a name stands for one number: write `Name = 1`, or `#[nl(other)] Other({usual})` for all others")),
            }
        }
        if let Some((_, _, span)) = others.get(1) {
            errors.at_span(*span, "one `other` takes all other numbers");
        }
        let Some((other, number, _)) = others.first().copied() else {
            let advice = match repr {
                Some(_) => format!("numbers that have no name here are kept: add `#[nl(other)] Other({usual})`"),
                None => "numbers that have no name here are kept: add `#[nl(other)] Other(u8)`, and `#[repr(u8)]` above the enum; for a larger number write its type twice instead of `u8`".to_owned(),
            };
            errors.at(&self.input.ident, advice);
            return None;
        };
        if let (None, true) = (&repr, names.iter().any(|(_, expr)| expr.is_some())) {
            let advice = format!(
                "the names have numbers: write `#[repr({})]` above the enum",
                number.to_token_stream()
            );
            errors.at(&self.input.ident, advice);
        }
        if repr.is_some_and(|repr| !types::is_named(number, &[&repr.to_string()])) {
            let advice = format!(
                "the number has one size, on the wire too: `repr` says `{usual}`, so write `{other}({usual})`"
            );
            errors.at(number, advice);
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

    /// The names, each with the expression behind its `=`, as numbers and back.
    fn conversions(&self, names: &[(&Ident, Option<&Expr>)], other: &Ident, number: &Type) -> TokenStream {
        let (ident, len, variable) = (&self.input.ident, names.len(), self.variable(number));
        let consts: Vec<_> = (0..len).map(|i| format_ident!("__V{i}")).collect();
        let values = names.iter().enumerate().map(|(i, (name, expr))| {
            let own = &consts[i];
            match (expr, i.checked_sub(1).map(|i| &consts[i])) {
                (Some(expr), _) => quote_spanned!(expr.span()=> const #own: #number = #expr;),
                (None, Some(before)) => quote_spanned!(name.span()=> const #own: #number = #before + 1;),
                (None, None) => quote!(const #own: #number = 0;),
            }
        });
        let idents = names.iter().map(|(name, _)| name);
        let texts = idents.clone().map(|name| name.unraw().to_string());
        let (read, write) = (idents.clone().zip(&consts), idents.zip(&consts));
        let read = read.map(|(name, value)| quote!(#value => Self::#name,));
        let write = write.map(|(name, value)| quote!(#ident::#name => #value,));
        let nth = quote! {
            |__i| {
                const __NAMES: [(&::core::primitive::str, ::core::primitive::i128); #len] =
                    [#((#texts, #consts as ::core::primitive::i128)),*];
                __NAMES.get(__i).copied()
            }
        };
        let value = value(&Value {
            wrap: quote!(<Self as ::core::convert::From<#number>>::from),
            unwrap: quote!(<#number as ::core::convert::From<&Self>>::from(self)),
            describe: self.named(number, &encoding(variable.as_ref()), &nth),
            inner: quote!(#number),
            variable,
            ..Value::new(self.input)
        });
        quote! {
            #(#values)*

            #[automatically_derived]
            impl ::core::convert::From<#number> for #ident {
                #[inline]
                fn from(__number: #number) -> Self {
                    match __number {
                        #(#read)*
                        __number => Self::#other(__number),
                    }
                }
            }

            #[automatically_derived]
            impl ::core::convert::From<&#ident> for #number {
                #[inline]
                fn from(__value: &#ident) -> Self {
                    match __value {
                        #(#write)*
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

            #value
        }
    }

    /// A struct that holds one value, or flags.
    fn of_struct(&self, fields: &Fields) -> Option<TokenStream> {
        if let (None, Some(prefix)) = (self.flags, &self.c_prefix) {
            self.errors.at(prefix, "only names have a prefix in C: those of an enum, or of `flags`");
        }
        let (Fields::Unnamed(unnamed), 1) = (fields, fields.len()) else {
            self.errors.at(
                &self.input.ident,
                "a value is an enum of numbers, or a struct that holds one value: write `struct Name(u32);`; nested attributes are `#[derive(NlAttrs)]`, a C struct is `#[nl_struct]`",
            );
            return None;
        };
        let inner = &unnamed.unnamed.first()?.ty;
        if self.flags.is_some() && !types::is_integer(inner) {
            self.errors.at(inner, "flags are the bits of one of `u8` to `u64`");
        }
        let variable = self.variable(inner);
        let encoding = encoding(variable.as_ref());
        let describe = match self.flags {
            Some(_) => self.named(inner, &encoding, &quote!(<Self as __nl::NamedBits>::nth)),
            None => quote_spanned!(inner.span()=> <#inner as __nl::Emit<#encoding>>::TYPE),
        };
        let is_value = (!types::is_integer(inner)).then(|| is_value(inner, self.input));
        let value = value(&Value {
            inner: quote!(#inner),
            wrap: quote!(Self),
            unwrap: quote!(self.0),
            describe,
            is_number: types::is_integer(inner),
            variable,
            ..Value::new(self.input)
        });
        Some(quote!(#is_value #value))
    }

    /// The encoding of a number of 4 or 8 bytes (keys `uint` and `sint`), for which the number must have the largest size of
    /// its kind.
    fn variable(&self, number: &Type) -> Option<TokenStream> {
        let (uint, sint) = (self.keys.flag("uint"), self.keys.flag("sint"));
        if let (Some(_), Some(sint)) = (uint, sint) {
            self.errors.at_span(sint, "a number is unsigned (`uint`) or signed (`sint`): write one of them");
        }
        let (name, expected, encoding) = match uint {
            Some(_) => ("uint", "u64", quote!(__nl::Uint)),
            None => sint.map(|_| ("sint", "i64", quote!(__nl::Sint)))?,
        };
        if !types::is_named(number, &[expected]) {
            self.errors.at(number, two_sizes(name, expected));
        }
        Some(encoding)
    }

    /// The `ValueType` of numbers or bits with names, as an expression.
    fn named(&self, number: &Type, encoding: &TokenStream, nth: &TokenStream) -> TokenStream {
        let (name, doc) = (self.input.ident.unraw().to_string(), case::doc(&self.input.attrs));
        let (is_flags, c_prefix) = (self.flags.is_some(), self.c_prefix.as_ref());
        let c_prefix = c_prefix.map_or_else(|| quote!(__nl::None), |prefix| quote!(__nl::Some(#prefix)));
        quote! {
            __nl::ValueType::Named(&__nl::NumberSchema {
                name: #name,
                doc: #doc,
                c_prefix: #c_prefix,
                base: <#number as __nl::Emit<#encoding>>::TYPE,
                is_flags: #is_flags,
                nth: &#nth,
            })
        }
    }
}

/// That a type is a value, which the compiler would find out only where the definition is used.
fn is_value(inner: &Type, input: &DeriveInput) -> TokenStream {
    let place = types::place(inner);
    let inner = types::placed(inner, place);
    let is_value = quote_spanned!(place=> const _: __nl::ValueType = <#inner as __nl::Emit>::TYPE;);
    match input.generics.lifetimes().next() {
        Some(param) => in_static(is_value, &param.lifetime),
        None => is_value,
    }
}

/// What the implementations of a value are made from.
#[derive(Default)]
struct Value<'d> {
    own: TokenStream,
    lt: Option<&'d Lifetime>,
    /// The type of what it holds.
    inner: TokenStream,
    /// A function from what it holds.
    wrap: TokenStream,
    /// An expression of what it holds, out of `self`.
    unwrap: TokenStream,
    /// Its `ValueType`.
    describe: TokenStream,
    /// Whether it is a number, so that it selects sub-messages.
    is_number: bool,
    /// Its encoding if its size varies. Then it has no other one, there are no arrays of it, and it is not a field of a C
    /// struct.
    variable: Option<TokenStream>,
}

impl<'d> Value<'d> {
    /// A number of one size, so far.
    fn new(input: &'d DeriveInput) -> Self {
        let (ident, generics) = (&input.ident, input.generics.split_for_impl().1);
        let lt = input.generics.lifetimes().next().map(|param| &param.lifetime);
        Self { own: quote!(#ident #generics), lt, is_number: true, ..Self::default() }
    }
}

/// The encoding in which the inner type is written: the value's own, unless the size varies.
fn encoding(variable: Option<&TokenStream>) -> TokenStream {
    variable.cloned().unwrap_or_else(|| quote!(__E))
}

/// The traits of a value, in every encoding that the inner type has.
fn value(value: &Value) -> TokenStream {
    let Value { own, inner, wrap, unwrap, describe, .. } = value;
    let lt = value.lt.cloned().unwrap_or_else(|| Lifetime::new("'a", Span::call_site()));
    let own_lt = value.lt.map(|lt| quote!(#lt,));
    let unit = (value.is_number && value.variable.is_none()).then(|| unit(value));
    let select = value.is_number.then(|| select(value));
    let encoding = encoding(value.variable.as_ref());
    let (param, own_encoding) = match value.variable {
        Some(_) => (None, quote!(__nl::Native)),
        None => (Some(&encoding), encoding.clone()),
    };
    quote! {
        #[automatically_derived]
        impl<#lt, #param> __nl::Parse<#lt, #own_encoding> for #own
        where
            #inner: __nl::Parse<#lt, #encoding>,
        {
            #[inline]
            fn parse(__attr: __nl::Attr<#lt>) -> __nl::Result<Self> {
                <#inner as __nl::Parse<#lt, #encoding>>::parse(__attr).map(#wrap)
            }
        }

        #[automatically_derived]
        impl<#own_lt #param> __nl::Emit<#own_encoding> for #own
        where
            #inner: __nl::Emit<#encoding>,
        {
            const TYPE: __nl::ValueType = #describe;

            #[inline]
            fn check(&self, __limits: &__nl::Limits) -> __nl::Result<()> {
                <#inner as __nl::Emit<#encoding>>::check(&#unwrap, __limits)
            }

            const NLA_FLAGS: ::core::primitive::u16 = <#inner as __nl::Emit<#encoding>>::NLA_FLAGS;

            #[inline]
            fn emit_payload(&self, __w: &mut __nl::AttrWriter<'_>) -> __nl::Result<()> {
                <#inner as __nl::Emit<#encoding>>::emit_payload(&#unwrap, __w)
            }

            #[inline]
            fn emit(
                &self,
                __ty: __nl::AttrType,
                __w: &mut __nl::AttrWriter<'_>,
            ) -> __nl::Result<()> {
                <#inner as __nl::Emit<#encoding>>::emit(&#unwrap, __ty, __w)
            }
        }

        #unit
        #select
    }
}

fn select(value: &Value) -> TokenStream {
    let Value { own, unwrap, .. } = value;
    let lt = value.lt.map(|lt| quote!(<#lt>));
    quote! {
        #[automatically_derived]
        impl #lt __nl::Select for #own {
            #[inline]
            fn selector(&self) -> __nl::Option<__nl::Selector<'_>> {
                __nl::Some(__nl::Selector::Number(::core::convert::Into::into(#unwrap)))
            }
        }
    }
}

/// What a number of one size can be: an item of an array, and a field of a C struct.
fn unit(value: &Value) -> TokenStream {
    let Value { own, inner, wrap, unwrap, .. } = value;
    let lt = value.lt.map(|lt| quote!(#lt,));
    quote! {
        #[automatically_derived]
        impl<#lt __E> __nl::Member<__E> for #own
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
                <#inner as __nl::Member<__E>>::write(&#unwrap, __bytes, __at);
            }
        }
    }
}
