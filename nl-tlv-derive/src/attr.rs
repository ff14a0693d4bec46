//! The keys in `#[nl(...)]`: which there are, where each may stand, and their values.

use crate::case;
use crate::errors::Errors;
use core::cell::Cell;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, BinOp, Expr, Lit, LitStr, Path, Token, UnOp, parse_quote, parse_quote_spanned, token};

/// Where a key stands, in the words of the errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place(&'static str);

pub(crate) const MESSAGE: Place = Place("a message");
pub(crate) const SET: Place = Place("a set of attributes");
pub(crate) const ENUM: Place = Place("an enum of attributes");
pub(crate) const STRUCT: Place = Place("a C struct");
pub(crate) const MESSAGE_FIELD: Place = Place("a field of a message");
pub(crate) const SET_FIELD: Place = Place("a field of a set");
pub(crate) const VARIANT: Place = Place("a variant");
pub(crate) const STRUCT_FIELD: Place = Place("a field of a C struct");
pub(crate) const VALUE: Place = Place("a value");
pub(crate) const VALUE_VARIANT: Place = Place("a variant of a value");
pub(crate) const MESSAGES: Place = Place("an enum of messages");
pub(crate) const MESSAGES_VARIANT: Place = Place("a variant of an enum of messages");
pub(crate) const SUB_MESSAGE: Place = Place("a sub-message");
pub(crate) const FORM: Place = Place("a form of a sub-message");

/// Where an attribute is.
const ATTRS: &[Place] = &[MESSAGE_FIELD, SET_FIELD, VARIANT];

/// Each key, an example of its value, and the places where it may stand. One that takes no value has no example.
pub(crate) const KEYS: &[(&str, &str, &[Place])] = &[
    ("ty", "25", &[MESSAGE]),
    ("cmd", "1", &[MESSAGE]),
    ("version", "1", &[MESSAGE]),
    ("c_name", "\"NAME\"", &[MESSAGE]),
    ("deleted", "26", &[MESSAGE]),
    ("check", "Self::check", &[MESSAGE]),
    ("c_prefix", "\"PREFIX\"", &[MESSAGE, SET, ENUM, VALUE]),
    ("attrs", "SharedAttr<'a>", &[MESSAGE, SET]),
    ("crate", "\"path\"", &[MESSAGE, SET, ENUM, STRUCT, VALUE, MESSAGES, SUB_MESSAGE]),
    ("pad", "16", &[MESSAGE, SET, ENUM]),
    ("strict_start_type", "5", &[MESSAGE, SET, ENUM]),
    ("recursive", "", &[SET]),
    ("selected_outside", "", &[SET]),
    ("no_enum", "", &[MESSAGE, SET]),
    ("zero_extend", "", &[STRUCT]),
    ("packed", "", &[STRUCT]),
    ("flags", "", &[VALUE]),
    ("attr", "1", ATTRS),
    ("fixed_header", "", &[MESSAGE_FIELD]),
    ("attrs", "", &[MESSAGE_FIELD]),
    ("payload", "", &[MESSAGE_FIELD]),
    ("rest", "", &[MESSAGE_FIELD, SET_FIELD]),
    ("select", "kind", &[MESSAGE_FIELD, SET_FIELD]),
    ("key", "[family]", &[MESSAGE_FIELD]),
    ("when", "\"name\"", &[FORM]),
    ("other", "", &[VARIANT, VALUE_VARIANT, MESSAGES_VARIANT, FORM]),
    ("align", "8", &[STRUCT_FIELD]),
    ("be", "", &[MESSAGE_FIELD, SET_FIELD, VARIANT, STRUCT_FIELD]),
    ("net_byteorder", "", ATTRS),
    ("uint", "", &[VALUE, MESSAGE_FIELD, SET_FIELD, VARIANT]),
    ("sint", "", &[VALUE, MESSAGE_FIELD, SET_FIELD, VARIANT]),
    ("text", "", ATTRS),
    ("no_nul", "", ATTRS),
    ("min", "1", ATTRS),
    ("max", "9", ATTRS),
    ("range", "1..=9", ATTRS),
    ("mask", "0x1f", ATTRS),
    ("min_len", "1", ATTRS),
    ("max_len", "31", ATTRS),
];

/// How the key `key` is written.
const KEY: &str =
    "write `key` alone at an attribute, and with the names of fields, `key = [family]`, at a header or a set";

/// An example of a key's value.
fn example(name: &str) -> Option<&'static str> {
    KEYS.iter().find(|(key, ..)| *key == name).map(|(_, example, _)| *example)
}

/// Words that are no keys, and the keys that they stand for.
const OTHER_WORDS: &[(&str, &str)] = &[
    ("type", "ty"),
    ("command", "cmd"),
    ("header", "fixed_header"),
    ("selector", "selected_outside"),
    ("string", "text"),
    ("len", "max_len"),
    ("attribute", "attr"),
    ("id", "attr"),
    ("id", "ty"),
    ("default", "other"),
    ("big_endian", "be"),
    ("network_order", "be"),
];

const LITTLE: &str = "an integer without `be` is in the order of the machine: leave the key out";

/// Words that are no keys, and the types that say the same.
const OF_TYPES: &[(&str, &str)] = &[
    ("optional", "an attribute that may be absent is an `Option`"),
    ("required", "an attribute is required if its type is no `Option`"),
    ("default", "an attribute that may be absent is an `Option`: the reader puts a default in its place"),
    ("repeated", "an attribute that occurs several times is a `Vec<T>` or `Repeat<'a, T>`"),
    ("nested", "a nest is a struct with `#[derive(NlAttrs)]` as the type"),
    ("flag", "a flag is a `bool`"),
    ("le", LITTLE),
    ("little_endian", LITTLE),
];

impl Place {
    /// The keys that may stand here, with examples of their values.
    pub(crate) fn keys(self) -> impl Iterator<Item = (&'static str, &'static str)> + Clone {
        let here = KEYS.iter().filter(move |(.., places)| places.contains(&self));
        here.map(|(key, example, _)| (*key, *example))
    }

    /// What to write instead of a key that may not stand here.
    fn advice(self, name: &str) -> String {
        let list = |keys: &mut dyn Iterator<Item = &str>| keys.collect::<Vec<_>>().join("`, `");
        if let Some((.., places)) = KEYS.iter().find(|(key, ..)| *key == name) {
            let places: Vec<_> = places.iter().map(|place| place.0).collect();
            return format!("`{name}` is not a key of {}, but of {}", self.0, places.join(" or "));
        }
        let mut here = self.keys().map(|(key, _)| key);
        let is_meant = |(word, key): &&(&str, &str)| *word == name && here.clone().any(|here| here == *key);
        if let Some((_, key)) = OTHER_WORDS.iter().find(is_meant) {
            return format!("unknown key `{name}`; did you mean `{key}`?");
        }
        if let Some((_, advice)) = OF_TYPES.iter().find(|(word, _)| *word == name) {
            return format!("unknown key `{name}`: {advice}");
        }
        let similar = here.clone().filter(|key| is_similar(key, name));
        match similar.min_by_key(|key| difference(key, name)) {
            Some(key) => format!("unknown key `{name}`; did you mean `{key}`?"),
            None => format!("unknown key `{name}`; the keys of {} are `{}`", self.0, list(&mut here)),
        }
    }
}

/// Whether two names differ in at most two letters, and are not all different.
fn is_similar(a: &str, b: &str) -> bool {
    let difference = difference(a, b);
    difference <= 2 && difference < a.len().min(b.len())
}

/// In how many letters two names differ: left out, put in, or changed.
fn difference(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let changed = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// One key with its value, if it has one.
pub(crate) struct Key {
    name: Ident,
    value: Option<TokenStream>,
}

impl Parse for Key {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any).map_err(|err| {
            syn::Error::new(err.span(), "a key is a word: write for example `attr = 1` or `max_len = 31`")
        })?;
        let value = match input.parse::<Option<Token![=]>>()? {
            Some(_) => Some(until_comma(input)?),
            None if input.is_empty() || input.peek(Token![,]) => None,
            None => {
                let mut tokens = until_comma(input)?.into_iter();
                let value = match tokens.next() {
                    Some(TokenTree::Group(group)) => group.stream(),
                    _ => tokens.collect(),
                };
                let value = if value.is_empty() { "value".to_owned() } else { value.to_string() };
                let advice = match (name.to_string().as_str(), example(&name.to_string())) {
                    (_, Some("")) => format!("`{name}` takes no value: write `{name}`"),
                    ("key", _) => KEY.to_owned(),
                    ("range", _) => {
                        format!("a value is given behind `=`: write `range = {}`", value.replace(", ", "..="))
                    }
                    _ if value.contains(", ") => {
                        format!("several are given in brackets: write `{name} = [{value}]`")
                    }
                    _ => format!("a value is given behind `=`: write `{name} = {value}`"),
                };
                return Err(syn::Error::new_spanned(&name, advice));
            }
        };
        Ok(Self { name, value })
    }
}

/// The tokens up to the next comma that is not between angle brackets.
fn until_comma(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let (mut tokens, mut depth) = (TokenStream::new(), 0_usize);
    while !input.is_empty() && (depth > 0 || !input.peek(Token![,])) {
        if input.peek(Token![<<]) {
            input.parse::<Token![<<]>()?.to_tokens(&mut tokens);
            continue;
        }
        let token: TokenTree = input.parse()?;
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == '<' => depth += 1,
            TokenTree::Punct(punct) if punct.as_char() == '>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        tokens.extend([token]);
    }
    Ok(tokens)
}

/// The keys of one struct, enum, field or variant.
pub(crate) struct Keys<'e> {
    keys: Vec<Key>,
    errors: &'e Errors,
    /// Whether there are some that could not be understood.
    pub(crate) is_damaged: Cell<bool>,
}

impl<'e> Keys<'e> {
    /// The keys of all its `#[nl(...)]`. A key that does not belong here or is given twice is a mistake.
    pub(crate) fn new(attrs: &[Attribute], place: Place, errors: &'e Errors) -> Self {
        let mut all = Self { keys: Vec::new(), errors, is_damaged: Cell::new(false) };
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("nl")) {
            if attr.meta.require_list().is_err() {
                all.is_damaged.set(true);
                errors.at(attr, "keys stand in parentheses: write for example `#[nl(attr = 1)]`");
                continue;
            }
            let parsed = attr.parse_args_with(Punctuated::<Key, Token![,]>::parse_terminated);
            all.is_damaged.set(all.is_damaged.get() || parsed.is_err());
            for key in errors.ok(parsed).into_iter().flatten() {
                let name = &key.name;
                let Some((_, example)) = place.keys().find(|(key, _)| name == key) else {
                    all.is_damaged.set(true);
                    errors.at(name, place.advice(&name.to_string()));
                    continue;
                };
                if all.get(&name.to_string()).is_some() {
                    errors.at(name, format!("`{name}` is given twice"));
                } else {
                    if let ("", Some(value)) = (example, &key.value) {
                        let place = if value.is_empty() { &name.to_token_stream() } else { value };
                        errors.at(place, format!("`{name}` takes no value: write `{name}`"));
                    }
                    all.keys.push(key);
                }
            }
        }
        all
    }

    fn get(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// Where a key stands.
    pub(crate) fn span(&self, name: &str) -> Option<Span> {
        self.get(name).map(|key| key.name.span())
    }

    /// Those of these keys that are given, each with its place.
    pub(crate) fn spans<T: Copy>(&self, names: &[(&str, T)]) -> Vec<(T, Span)> {
        names.iter().filter_map(|(name, meaning)| Some((*meaning, self.span(name)?))).collect()
    }

    /// The value of a key.
    pub(crate) fn value<T: Parse>(&self, name: &str) -> Option<T> {
        let (key, example) = (self.get(name)?, example(name)?);
        let Some(tokens) = key.value.as_ref().filter(|tokens| !tokens.is_empty()) else {
            self.errors.at(&key.name, format!("`{name}` needs a value: write `{name} = {example}`"));
            return None;
        };
        let parsed = syn::parse2(tokens.clone());
        self.is_damaged.set(self.is_damaged.get() || parsed.is_err());
        match name {
            _ if parsed.is_ok() => {}
            "key" => self.errors.at(tokens, KEY),
            _ => self.errors.at(tokens, format!("`{name}` takes another value: write `{name} = {example}`")),
        }
        parsed.ok()
    }

    /// A key that may have a value: where it stands, and the value, if it has one.
    pub(crate) fn optional<T: Parse>(&self, name: &str) -> Option<(Span, Option<T>)> {
        let key = self.get(name)?;
        match key.value {
            None => Some((key.name.span(), None)),
            Some(_) => self.value(name).map(|value| (key.name.span(), Some(value))),
        }
    }

    /// One value or several.
    pub(crate) fn list<T: Parse>(&self, name: &str) -> Vec<T> {
        self.value(name).map_or_else(Vec::new, |List(values)| values)
    }

    /// One name in C or several.
    pub(crate) fn c_names(&self, name: &str) -> Vec<LitStr> {
        let texts = self.list(name);
        for text in &texts {
            let given = LitStr::value(text);
            let mut possible = given.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
            if !possible.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic()) {
                possible.insert(0, '_');
            }
            if given != possible {
                self.errors.at(text, format!("not a name in C: write for example `{name} = \"{possible}\"`"));
            }
        }
        texts
    }

    /// A range `a..=b`.
    pub(crate) fn range(&self) -> Option<(Number, Number)> {
        let range: Range = self.value("range")?;
        if !range.has_last {
            let (min, end) = (range.min.expr.to_token_stream(), range.max.expr.to_token_stream());
            let last = range.max.literal.map_or_else(|| format!("{end} - 1"), |end| (end - 1).to_string());
            let advice = format!("a range of limits has its last number: write `range = {min}..={last}`");
            self.errors.at(&range.max.expr, advice);
        }
        Some((range.min, range.max))
    }

    /// The path of the library.
    pub(crate) fn library(&self) -> Path {
        let path = self.value("crate").and_then(|text: LitStr| {
            let path = text.parse().ok();
            if path.is_none() {
                self.errors.at(&text, "not a path: write for example `crate = \"my_library::nl_tlv\"`");
            }
            path
        });
        path.unwrap_or_else(|| parse_quote!(::nl_tlv))
    }
}

/// A number in a key: an expression, and its value if it is a literal.
#[derive(Clone)]
pub(crate) struct Number {
    /// As written.
    pub(crate) expr: Expr,
    /// The value, if one needs no compiler to see it.
    pub(crate) literal: Option<i128>,
}

impl Number {
    /// The literal as written; of anything else what a function of the library makes of its value, so that a constant
    /// can have any integer type.
    pub(crate) fn narrowed(&self, function: &str) -> TokenStream {
        let (expr, function) = (&self.expr, Ident::new(function, self.span()));
        match self.literal {
            Some(_) => quote!(#expr),
            None => {
                let value = self.widened();
                quote_spanned!(self.span()=> __nl::#function(#value))
            }
        }
    }

    /// The number as an `i128`.
    pub(crate) fn widened(&self) -> TokenStream {
        let expr = &self.expr;
        // Where the user wrote it, but ours: lints of the user's crate do not look into it.
        let ours = self.span().resolved_at(Span::mixed_site());
        match self.literal {
            Some(_) => quote!(#expr),
            None => quote_spanned!(ours=> (#expr) as ::core::primitive::i128),
        }
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

/// Whether a path is written as that of a variant, `Kind::Text` or `Kind::A`, and not as that of a constant.
fn is_variant(path: &Path) -> bool {
    let mut names = path.segments.iter().rev().map(|segment| &segment.ident);
    let (last, before) = (names.next(), names.next());
    let is_letter = last.is_some_and(|last| last.to_string().len() == 1);
    last.is_some_and(case::is_of_a_type)
        || is_letter && before.is_some_and(|before| before != "Self" && case::is_of_a_type(before))
}

impl Parse for Number {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Self::new(input.parse()?)
    }
}

impl Number {
    pub(crate) fn new(mut expr: Expr) -> syn::Result<Self> {
        let literal = literal(&expr);
        let is_written = match &expr {
            Expr::Unary(unary) => matches!(*unary.expr, Expr::Lit(_)),
            expr => matches!(expr, Expr::Lit(_)),
        };
        if let (false, Some(number)) = (is_written, literal) {
            // What is computed from literals has the type of none of them, and is no pattern.
            let (digits, span) = (number.unsigned_abs().to_string(), expr.span());
            let digits = syn::LitInt::new(&digits, span);
            expr = if number < 0 { parse_quote_spanned!(span=> -#digits) } else { parse_quote!(#digits) };
        }
        match &expr {
            Expr::Lit(lit) if literal.is_none() => Err(syn::Error::new_spanned(lit, "not a number")),
            _ => Ok(Self { expr, literal }),
        }
    }
}

fn literal(expr: &Expr) -> Option<i128> {
    match expr {
        Expr::Lit(lit) => match &lit.lit {
            Lit::Int(int) => int.base10_parse().ok(),
            _ => None,
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => literal(&unary.expr)?.checked_neg(),
        Expr::Binary(binary) => {
            let (a, b) = (literal(&binary.left)?, literal(&binary.right)?);
            match binary.op {
                BinOp::Add(_) => a.checked_add(b),
                BinOp::Sub(_) => a.checked_sub(b),
                BinOp::Mul(_) => a.checked_mul(b),
                BinOp::BitOr(_) => Some(a | b),
                BinOp::Shl(_) => (0..64).contains(&b).then(|| a.checked_mul(1 << b))?,
                _ => None,
            }
        }
        Expr::Paren(paren) => literal(&paren.expr),
        Expr::Group(group) => literal(&group.expr),
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

struct Range {
    min: Number,
    max: Number,
    /// Whether `max` is one of the numbers: `min..=max`.
    has_last: bool,
}

impl Parse for Range {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut min = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![..]) {
            min.extend([input.parse::<TokenTree>()?]);
        }
        let has_last = input.peek(Token![..=]);
        match has_last {
            true => drop(input.parse::<Token![..=]>()?),
            false => drop(input.parse::<Token![..]>()?),
        }
        Ok(Self { min: syn::parse2(min)?, max: input.parse()?, has_last })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_keys_are_suggested_and_others_are_not() {
        assert!(is_similar("attr", "atr"));
        assert!(is_similar("max_len", "maxlen"));
        assert!(!is_similar("attr", "min"));
        assert!(!is_similar("be", "rest"));
        assert!(SET_FIELD.advice("atr").ends_with("did you mean `attr`?"));
    }
}
