//! The values of keys that are numbers: literals and constants, lists and ranges.

use crate::case;
use crate::errors::Errors;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, LitStr, Token, UnOp, token};

/// Keys whose values are numbers: their type, the ranges in which they are, and what is said of others.
type Rule = (&'static [&'static str], &'static str, &'static [(i128, i128)], &'static str);
const NUMBERS: [Rule; 7] = [
    (&["attr", "pad"], "u16", &[(0, 0x3fff)], "an attribute type has 14 bits: 0 to 0x3fff"),
    (&["strict_start_type"], "u16", &[(1, 0x3fff)], "write the first type that is strict, 1 to 0x3fff"),
    // Of netlink's own, a family sends only `NLMSG_DONE`; receivers skip the others.
    (
        &["ty"],
        "u16",
        &[(3, 3), (16, 0xffff)],
        "write 16 to 65535, or 3 (`NLMSG_DONE`): others are netlink's own",
    ),
    (&["cmd"], "u8", &[(0, 0xff)], "a command has 8 bits: 0 to 255"),
    (&["version"], "u8", &[(0, 0xff)], "a version has 8 bits: 0 to 255"),
    (&["mask"], "u64", &[(0, u64::MAX as i128)], "a mask has 64 bits, and no sign"),
    (&["min_len", "max_len"], "usize", &[(0, 65_531)], "an attribute holds 0 to 65531 bytes"),
];

/// Keys whose numbers are not variants of an enum.
const PLAIN: [&str; 6] = ["min", "max", "mask", "min_len", "max_len", "deleted"];

/// A number in a key: an expression, and its value if it is a literal.
#[derive(Clone)]
pub(crate) struct Number {
    /// As written.
    pub(crate) expr: Expr,
    /// The value, if one needs no compiler to see it.
    pub(crate) literal: Option<i128>,
}

impl Number {
    /// Finds one that this key cannot have.
    pub(crate) fn check(&self, key: &str, errors: &Errors) {
        if self.is_variant() && PLAIN.contains(&key) {
            let advice = format!("write the number of this name, such as `{key} = 30`, or a constant");
            errors.at(&self.expr, advice);
        }
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

    /// Whether it is written as a variant, as `Kind::Text`, and not as a constant.
    fn is_variant(&self) -> bool {
        let Expr::Path(path) = &self.expr else { return false };
        path.path.segments.last().is_some_and(|last| case::is_of_a_type(&last.ident))
    }
}

/// The rule for the numbers of a key.
fn rule(key: &str) -> Option<Rule> {
    NUMBERS.into_iter().find(|(keys, ..)| keys.contains(&key))
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
            (Expr::Lit(ExprLit { lit: Lit::Int(_), .. }), literal) => Ok(Self { expr, literal }),
            (Expr::Lit(_) | Expr::Array(_) | Expr::Tuple(_), _) => Err(input.error("not a number")),
            (_, literal) => Ok(Self { expr, literal }),
        }
    }
}

/// The value of a literal. One with a suffix has a type of its own, as a constant has.
fn literal(expr: &Expr) -> Option<i128> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) if int.suffix().is_empty() => int.base10_parse().ok(),
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
    has_last: bool,
}

impl Range {
    /// Finds one without its last number: `min..max`.
    pub(crate) fn check(&self, errors: &Errors) {
        self.min.check("min", errors);
        self.max.check("max", errors);
        let (min, end) = (self.min.expr.to_token_stream(), self.max.expr.to_token_stream());
        let last = self.max.literal.map_or_else(|| format!("{end} - 1"), |end| (end - 1).to_string());
        if !self.has_last {
            errors.at(&end, format!("a range of limits has its last number: write `range = {min}..={last}`"));
        }
    }
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

/// What selects a form of a sub-message.
pub(crate) enum When {
    Text(LitStr),
    Number(Number),
}

impl Parse for When {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        match input.parse::<Option<LitStr>>()? {
            Some(text) if text.value().contains('\0') => Err(input.error("a NUL")),
            Some(text) => Ok(Self::Text(text)),
            None => {
                let number: Number = input.parse()?;
                if number.is_variant() { Err(input.error("a variant")) } else { Ok(Self::Number(number)) }
            }
        }
    }
}
