//! `NlValue`: a number with names. An enum of numbers, open because other numbers pass through, or a struct that holds
//! one value under a name of its own, such as a set of flags.

use crate::attr::{Keys, Place};
use crate::case;
use crate::check;
use crate::errors::Errors;
use crate::expand::{block, option};
use crate::types;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Fields, Lifetime, LitStr, Token, Type, Variant, parse_quote};

/// The derive, from its input to its output.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let errors = Errors::default();
    let keys = Keys::new(&input.attrs, Place::Number, &errors);
    let (is_flags, library) = (keys.flag("flags"), keys.library());
    let c_prefix = keys.c_names("c_prefix").into_iter().next();
    let variable = Variable::new(&keys, &errors);
    let expansion = match &input.data {
        Data::Enum(data) => {
            if let Some(span) = is_flags {
                errors.at_span(
                    span,
                    "flags can be set together: write `struct Name(u32);` and its bits as constants",
                );
            }
            Enum::new(input, data.variants.iter(), variable, &errors)
                .map(|model| model.expand(c_prefix.as_ref()))
        }
        Data::Struct(data) => {
            if let (None, Some(prefix)) = (is_flags, &c_prefix) {
                errors.at(prefix, "only names have a prefix in C: those of an enum, or of `flags`");
            }
            newtype(input, &data.fields, is_flags.map(|_| c_prefix.as_ref()), variable, &errors)
        }
        Data::Union(_) => {
            errors.at(&input.ident, "a value is an enum of numbers, or a struct that holds one value");
            None
        }
    };
    check::generics(&input.generics, &errors);
    match (errors.into_tokens(), expansion) {
        (Some(errors), _) => {
            let dummy = dummy(input).map(|dummy| block(&library, dummy));
            quote!(#errors #dummy)
        }
        (None, expansion) => block(&library, expansion.unwrap_or_default()),
    }
}

/// The integer in `#[repr(...)]`.
fn repr(attrs: &[Attribute]) -> Option<Ident> {
    let reprs = attrs.iter().filter(|attr| attr.path().is_ident("repr"));
    let words =
        reprs.filter_map(|attr| attr.parse_args_with(Punctuated::<Ident, Token![,]>::parse_terminated).ok());
    words.flatten().find(|word| types::is_integer(&parse_quote!(#word)))
}

/// What a wrong value stands for, so that the compiler shows its mistakes and none that follow from them: a number in all
/// its encodings.
fn dummy(input: &DeriveInput) -> Option<TokenStream> {
    let (ident, generics) = (&input.ident, input.generics.split_for_impl().1);
    let mut lifetimes = input.generics.lifetimes();
    (input.generics.lifetimes().count() == input.generics.params.len()).then(|| {
        value(&Value {
            own: quote!(#ident #generics),
            lt: lifetimes.next().map(|param| param.lifetime.clone()),
            inner: quote!(::core::primitive::u32),
            wrap: quote!(|_: ::core::primitive::u32| -> Self { ::core::unreachable!() }),
            unwrap: quote!(0),
            describe: quote!(__nl::ValueType::U32),
            is_number: true,
            variable: None,
            is_wrong: true,
        })
    })
}

/// An enum of numbers.
struct Enum<'m> {
    ident: &'m Ident,
    doc: String,
    /// The names, each with the expression behind its `=`.
    names: Vec<(&'m Ident, Option<&'m syn::Expr>)>,
    other: &'m Ident,
    number: &'m Type,
    variable: Option<Variable>,
}

impl<'m> Enum<'m> {
    fn new(
        input: &'m DeriveInput,
        variants: impl Iterator<Item = &'m Variant>,
        variable: Option<Variable>,
        errors: &Errors,
    ) -> Option<Self> {
        let (mut names, mut others) = (Vec::new(), Vec::new());
        let repr = repr(&input.attrs);
        let usual = repr.as_ref().map_or_else(|| "u32".to_owned(), Ident::to_string);
        for variant in variants {
            let keys = Keys::new(&variant.attrs, Place::NumberVariant, errors);
            match (keys.flag("other"), &variant.fields) {
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
            errors.at(
                &input.ident,
                match repr {
                    Some(_) => format!("numbers that have no name here are kept: add `#[nl(other)] Other({usual})`"),
                    None => "numbers that have no name here are kept: add `#[nl(other)] Other(u32)`, and above the enum `#[repr(u32)]`, both with the integer that is on the wire".to_owned(),
                },
            );
            return None;
        };
        if repr.is_some_and(|repr| !types::is_named(number, &[&repr.to_string()])) {
            let advice = format!(
                "the number has one size, on the wire too: `repr` says `{usual}`, so write `{other}({usual})`"
            );
            errors.at(number, advice);
        }
        if !types::is_integer(number) {
            errors.at(number, "a number is one of `u8` to `u64` and `i8` to `i64`");
        }
        Variable::check(variable, number, errors);
        Some(Self { ident: &input.ident, doc: case::doc(&input.attrs), names, other, number, variable })
    }

    fn expand(&self, c_prefix: Option<&LitStr>) -> TokenStream {
        let Self { ident, doc, names, other, number, variable } = self;
        let named = Named { ident, doc, c_prefix, is_flags: false };
        let wire = variable.map_or_else(|| quote!(#number), Variable::ty);
        let consts: Vec<_> = (0..names.len()).map(|i| format_ident!("__V{i}")).collect();
        let values = names.iter().enumerate().map(|(i, (name, expr))| {
            let own = &consts[i];
            match (expr, i.checked_sub(1).map(|i| &consts[i])) {
                (Some(expr), _) => quote_spanned!(expr.span()=> const #own: #number = #expr;),
                (None, Some(before)) => quote_spanned!(name.span()=> const #own: #number = #before + 1;),
                (None, None) => quote!(const #own: #number = 0;),
            }
        });
        let read = names.iter().zip(&consts).map(|((name, _), value)| quote!(#value => Self::#name,));
        let write = names.iter().zip(&consts).map(|((name, _), value)| quote!(#ident::#name => #value,));
        let table = names.iter().zip(&consts).map(|((name, _), value)| {
            let name = name.unraw().to_string();
            quote!((#name, #value as ::core::primitive::i128))
        });
        let len = names.len();
        let nth = quote! {
            |__i| {
                const __NAMES: [(&::core::primitive::str, ::core::primitive::i128); #len] = [#(#table),*];
                __NAMES.get(__i).copied()
            }
        };
        let value = value(&Value {
            own: quote!(#ident),
            lt: None,
            inner: quote!(#wire),
            wrap: quote!(<Self as ::core::convert::From<#number>>::from),
            unwrap: quote!(<#number as ::core::convert::From<&Self>>::from(self)),
            describe: named.value_type(&wire, &nth),
            is_number: true,
            variable: *variable,
            is_wrong: false,
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
}

/// A struct that holds one value, or flags with the prefix of their names in C.
fn newtype(
    input: &DeriveInput,
    fields: &Fields,
    flags: Option<Option<&LitStr>>,
    variable: Option<Variable>,
    errors: &Errors,
) -> Option<TokenStream> {
    let ident = &input.ident;
    let (Fields::Unnamed(unnamed), 1) = (fields, fields.len()) else {
        errors.at(
            ident,
            "a value is an enum of numbers, or a struct that holds one value: write `struct Name(u32);`; nested attributes are `#[derive(NlAttrs)]`, a C struct is `#[nl_struct]`",
        );
        return None;
    };
    let inner = &unnamed.unnamed.first()?.ty;
    if flags.is_some() && !types::is_integer(inner) {
        errors.at(inner, "flags are the bits of one of `u8` to `u64`");
    }
    Variable::check(variable, inner, errors);
    let wire = variable.map_or_else(|| quote!(#inner), Variable::ty);
    let generics = input.generics.split_for_impl().1;
    let describe = match flags {
        Some(c_prefix) => Named { ident, doc: &case::doc(&input.attrs), c_prefix, is_flags: true }
            .value_type(&wire, &quote!(<Self as __nl::NamedBits>::nth)),
        None => quote_spanned!(inner.span()=> <#wire as __nl::Emit<__E>>::TYPE),
    };
    Some(value(&Value {
        own: quote!(#ident #generics),
        lt: input.generics.lifetimes().next().map(|param| param.lifetime.clone()),
        inner: wire,
        wrap: quote!(Self),
        unwrap: quote!(self.0),
        describe,
        is_number: types::is_integer(inner),
        variable,
        is_wrong: false,
    }))
}

/// A type whose numbers or bits have names.
struct Named<'n> {
    ident: &'n Ident,
    doc: &'n str,
    c_prefix: Option<&'n LitStr>,
    is_flags: bool,
}

impl Named<'_> {
    /// Its `ValueType`, as an expression.
    fn value_type(&self, number: &TokenStream, nth: &TokenStream) -> TokenStream {
        let Self { ident, doc, c_prefix, is_flags } = self;
        let (name, c_prefix) = (ident.unraw().to_string(), option(*c_prefix));
        quote! {
            __nl::ValueType::Named(&__nl::NumberSchema {
                name: #name,
                doc: #doc,
                c_prefix: #c_prefix,
                base: <#number as __nl::Emit<__E>>::TYPE,
                is_flags: #is_flags,
                nth: &#nth,
            })
        }
    }
}

/// What the implementations of a value are made from.
struct Value {
    own: TokenStream,
    lt: Option<Lifetime>,
    /// The type that reads and writes.
    inner: TokenStream,
    /// A function from what it holds.
    wrap: TokenStream,
    /// An expression of what it holds, out of `self`.
    unwrap: TokenStream,
    /// Its `ValueType`.
    describe: TokenStream,
    /// Whether it is a number, so that it selects sub-messages.
    is_number: bool,
    /// Whether its size varies, so that there are no arrays of it, and it is not a field of a C struct.
    variable: Option<Variable>,
    /// Whether the definition is wrong. Then nothing is known of what it derives.
    is_wrong: bool,
}

/// A number of 4 or 8 bytes (keys `uint` and `sint`).
#[derive(Clone, Copy)]
struct Variable {
    name: &'static str,
    number: &'static str,
    ty: &'static str,
    span: Span,
}

impl Variable {
    fn new(keys: &Keys<'_>, errors: &Errors) -> Option<Self> {
        let of = |name, number, ty| keys.flag(name).map(|span| Self { name, number, ty, span });
        let (uint, sint) = (of("uint", "u64", "Uint"), of("sint", "i64", "Sint"));
        if let (Some(_), Some(sint)) = (uint, sint) {
            errors.at_span(sint.span, "a number is unsigned (`uint`) or signed (`sint`): write one of them");
        }
        uint.or(sint)
    }

    /// Whether the number has the largest size of its kind.
    fn check(variable: Option<Self>, number: &Type, errors: &Errors) {
        let Some(Self { name, number: expected, .. }) = variable else { return };
        let is_expected = matches!(number, Type::Path(path) if path.path.is_ident(expected));
        if !is_expected {
            errors.at(
                number,
                format!("with `{name}` the number has 4 or 8 bytes on the wire: write `{expected}`"),
            );
        }
    }

    /// The type in `nl_tlv::value` that reads and writes it.
    fn ty(self) -> TokenStream {
        let name = Ident::new(self.ty, Span::call_site());
        quote!(__nl::#name)
    }
}

/// The traits of a value, in every encoding that the inner type has.
fn value(value: &Value) -> TokenStream {
    let Value { own, inner, wrap, describe, .. } = value;
    let lt = value.lt.clone().unwrap_or_else(|| Lifetime::new("'a", Span::call_site()));
    let own_lt = value.lt.as_ref().map(|lt| quote!(#lt,));
    let unit = (value.is_number && value.variable.is_none()).then(|| unit(value));
    let select = value.is_number.then(|| select(value));
    let plain = &value.unwrap;
    let (unwrap, wrap) = match value.variable {
        Some(_) => (quote!(#inner(#plain)), quote!(|__number: #inner| (#wrap)(__number.0))),
        None => (plain.clone(), wrap.clone()),
    };
    quote! {
        #[automatically_derived]
        impl<#lt, __E> __nl::Parse<#lt, __E> for #own
        where
            #inner: __nl::Parse<#lt, __E>,
        {
            #[inline]
            fn parse(__attr: __nl::Attr<#lt>) -> __nl::Result<Self> {
                <#inner as __nl::Parse<#lt, __E>>::parse(__attr).map(#wrap)
            }
        }

        #[automatically_derived]
        impl<#own_lt __E> __nl::Emit<__E> for #own
        where
            #inner: __nl::Emit<__E>,
        {
            const TYPE: __nl::ValueType = #describe;

            #[inline]
            fn check(&self, __limits: &__nl::Limits) -> __nl::Result<()> {
                <#inner as __nl::Emit<__E>>::check(&#unwrap, __limits)
            }

            const NLA_FLAGS: ::core::primitive::u16 = <#inner as __nl::Emit<__E>>::NLA_FLAGS;

            #[inline]
            fn emit_payload(&self, __w: &mut __nl::AttrWriter<'_>) -> __nl::Result<()> {
                <#inner as __nl::Emit<__E>>::emit_payload(&#unwrap, __w)
            }

            #[inline]
            fn emit(
                &self,
                __ty: __nl::AttrType,
                __w: &mut __nl::AttrWriter<'_>,
            ) -> __nl::Result<()> {
                <#inner as __nl::Emit<__E>>::emit(&#unwrap, __ty, __w)
            }
        }

        #unit
        #select
    }
}

fn select(value: &Value) -> TokenStream {
    let Value { own, unwrap, .. } = value;
    let lt = value.lt.as_ref().map(|lt| quote!(<#lt>));
    quote! {
        #[automatically_derived]
        impl #lt __nl::Select for #own {
            #[inline]
            fn selector(&self) -> __nl::Selector<'_> {
                __nl::Selector::Number(::core::convert::Into::into(#unwrap))
            }
        }
    }
}

/// What a number of one size can be: an item of an array, and a field of a C struct.
fn unit(value: &Value) -> TokenStream {
    let Value { own, inner, wrap, unwrap, .. } = value;
    let lt = value.lt.as_ref().map(|lt| quote!(#lt,));
    let unit = (!value.is_wrong).then(|| {
        quote! {
            #[automatically_derived]
            impl<#lt> __nl::Unit for #own {
                const LEN: ::core::primitive::usize = ::core::mem::size_of::<#inner>();
            }
        }
    });
    quote! {
        #unit

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
