//! The values of keys that are numbers: literals and constants, lists and ranges.

use crate::case;
use crate::errors::Errors;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, Lit, Path, Token, UnOp, token};

/// Keys whose values are numbers: their type, the ranges in which they are, and what is said of others.
type Rule = (&'static [&'static str], &'static str, &'static [(i128, i128)], &'static str);
const NUMBERS: [Rule; 7] = [
    (&["attr", "pad"], "u16", &[(0, 0x3fff)], "an attribute type has 14 bits: 0 to 0x3fff"),
    (
        &["strict_start_type"],
        "u16",
        &[(1, 0x3fff)],
        "types begin at 1 and end at 0x3fff: write the first that the kernel is strict with",
    ),
    (
        &["ty"],
        "u16",
        // Of netlink's own, a family sends only `NLMSG_DONE`; receivers skip the others.
        &[(3, 3), (16, 0xffff)],
        "types are 16 to 65535, and 0 to 15 are netlink's own: write one from 16 on, or 3 (`NLMSG_DONE`)",
    ),
    (&["cmd"], "u8", &[(0, 0xff)], "a command has 8 bits: 0 to 255"),
    (&["version"], "u8", &[(0, 0xff)], "a version has 8 bits: 0 to 255"),
    (&["mask"], "u64", &[(0, u64::MAX as i128)], "a mask has 64 bits, and no sign"),
    (&["min_len", "max_len"], "usize", &[(0, 65_531)], "an attribute holds 0 to 65531 bytes"),
];

/// A number in a key: an expression, and its value if it is a literal.
#[derive(Clone)]
pub(crate) struct Number {
    /// As written.
    pub(crate) expr: Expr,
    /// The value, if one needs no compiler to see it.
    pub(crate) literal: Option<i128>,
}

impl Number {
    /// Finds a literal that this key cannot have.
    pub(crate) fn check(&self, key: &str, errors: &Errors) {
        let (Some(value), Some((.., ranges, message))) = (self.literal, rule(key)) else { return };
        if !ranges.iter().any(|(min, max)| (*min..=*max).contains(&value)) {
            errors.at(&self.expr, message);
        }
    }

    /// The literal as written; of anything else its value in the type that this key has, so that a constant can have any
    /// integer type.
    pub(crate) fn narrowed(&self, key: &str) -> TokenStream {
        let value = self.widened();
        let (None, Some((_, ty, ranges, message))) = (self.literal, rule(key)) else { return value };
        let ranges = ranges.iter().map(|(min, max)| quote!((#min, #max)));
        let (within, ty) = (Ident::new("within", self.span()), Ident::new(ty, Span::call_site()));
        let value = quote_spanned!(self.span()=> __nl::#within(#value, &[#(#ranges),*], #message));
        quote_spanned!(self.ours()=> #value as ::core::primitive::#ty)
    }

    /// The number as an `i128`.
    pub(crate) fn widened(&self) -> TokenStream {
        let expr = &self.expr;
        match self.literal {
            Some(_) => quote!(#expr),
            None => quote_spanned!(self.ours()=> (#expr) as ::core::primitive::i128),
        }
    }

    /// Where the user wrote it, but ours: lints of the user's crate do not look into it.
    fn ours(&self) -> Span {
        self.span().resolved_at(Span::mixed_site())
    }

    pub(crate) fn span(&self) -> Span {
        self.expr.span()
    }

    /// Whether it may be a number: it is neither a list nor written as a variant of an enum.
    pub(crate) fn may_be_one(&self) -> bool {
        match &self.expr {
            Expr::Path(path) => !is_variant(&path.path),
            Expr::Array(_) | Expr::Tuple(_) => false,
            _ => true,
        }
    }
}

/// The rule for the numbers of a key.
fn rule(key: &str) -> Option<Rule> {
    NUMBERS.into_iter().find(|(keys, ..)| keys.contains(&key))
}

/// Whether a path is written as that of a variant, as `Kind::Text`, and not as that of a constant.
fn is_variant(path: &Path) -> bool {
    path.segments.last().is_some_and(|last| case::is_of_a_type(&last.ident))
}

impl Parse for Number {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut expr = input.parse()?;
        // What a macro puts in is one more expression around it, which is no pattern.
        while let Expr::Group(syn::ExprGroup { expr: inner, .. })
        | Expr::Paren(syn::ExprParen { expr: inner, .. }) = expr
        {
            expr = *inner;
        }
        match (&expr, literal(&expr)) {
            (Expr::Lit(lit), None) if !matches!(lit.lit, Lit::Int(_)) => {
                Err(syn::Error::new_spanned(lit, "not a number"))
            }
            (_, literal) => Ok(Self { expr, literal }),
        }
    }
}

/// The value of a literal. One with a suffix has a type of its own, as a constant has.
fn literal(expr: &Expr) -> Option<i128> {
    match expr {
        Expr::Lit(lit) => match &lit.lit {
            Lit::Int(int) if int.suffix().is_empty() => int.base10_parse().ok(),
            _ => None,
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => literal(&unary.expr)?.checked_neg(),
        _ => None,
    }
}

/// Several in brackets, `[a, b]`; or one without.
pub(crate) struct List<T>(pub(crate) Vec<T>);

impl<T: Parse> Parse for List<T> {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if !input.peek(token::Bracket) {
            return Ok(Self(vec![input.parse()?]));
        }
        let list;
        syn::bracketed!(list in input);
        let list = Punctuated::<T, Token![,]>::parse_terminated(&list)?;
        Ok(Self(list.into_iter().collect()))
    }
}

/// A range.
pub(crate) struct Range {
    pub(crate) min: Number,
    pub(crate) max: Number,
    /// Whether `max` is one of the numbers: `min..=max`.
    pub(crate) has_last: bool,
}

impl Parse for Range {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut min = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![..]) {
            min.extend([input.parse::<TokenTree>()?]);
        }
        let has_last = input.parse::<Option<Token![..=]>>()?.is_some();
        if !has_last {
            input.parse::<Token![..]>()?;
        }
        Ok(Self { min: syn::parse2(min)?, max: input.parse()?, has_last })
    }
}
