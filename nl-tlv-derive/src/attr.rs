//! The keys in `#[nl(...)]`: which there are, where each may stand, and their values.

use crate::errors::Errors;
use crate::literal::{List, Number, Range};
use core::cell::Cell;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, LitStr, Path, Token, parse_quote};

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

/// A key, an example of its value, its group, and the places where it may stand. One that takes no value has no example.
type Row = (&'static str, &'static str, &'static str, &'static [Place]);

/// All keys.
pub(crate) const KEYS: &[Row] = &[
    ("ty", "25", "", &[MESSAGE]),
    ("cmd", "1", "", &[MESSAGE]),
    ("version", "1", "", &[MESSAGE]),
    ("c_name", "\"NAME\"", "", &[MESSAGE]),
    ("deleted", "26", "", &[MESSAGE]),
    ("check", "Self::check", "", &[MESSAGE]),
    ("c_prefix", "\"PREFIX\"", "", &[MESSAGE, SET, ENUM, VALUE]),
    ("attrs", "SharedAttr<'a>", "", &[MESSAGE, SET]),
    ("crate", "\"path\"", "", &[MESSAGE, SET, ENUM, STRUCT, VALUE, MESSAGES, SUB_MESSAGE]),
    ("pad", "16", "", &[MESSAGE, SET, ENUM]),
    ("strict_start_type", "5", "", &[MESSAGE, SET, ENUM]),
    ("recursive", "", "", &[SET]),
    ("selected_outside", "", "", &[SET]),
    ("no_enum", "", "", &[MESSAGE, SET]),
    ("zero_extend", "", "", &[STRUCT]),
    ("packed", "", "", &[STRUCT]),
    ("flags", "", "", &[VALUE]),
    ("attr", "1", "role", ATTRS),
    ("fixed_header", "", "role", &[MESSAGE_FIELD]),
    ("attrs", "", "role", &[MESSAGE_FIELD]),
    ("payload", "", "role", &[MESSAGE_FIELD]),
    ("rest", "", "role", &[MESSAGE_FIELD, SET_FIELD]),
    ("select", "kind", "", &[MESSAGE_FIELD, SET_FIELD]),
    ("key", "[family]", "", &[MESSAGE_FIELD]),
    ("when", "\"name\"", "role", &[FORM]),
    ("other", "", "role", &[VARIANT, VALUE_VARIANT, MESSAGES_VARIANT, FORM]),
    ("align", "8", "", &[STRUCT_FIELD]),
    ("be", "", "encoding", &[MESSAGE_FIELD, SET_FIELD, VARIANT, STRUCT_FIELD]),
    ("net_byteorder", "", "encoding", ATTRS),
    ("uint", "", "encoding", &[MESSAGE_FIELD, SET_FIELD, VARIANT, VALUE]),
    ("sint", "", "encoding", &[MESSAGE_FIELD, SET_FIELD, VARIANT, VALUE]),
    ("text", "", "encoding", ATTRS),
    ("no_nul", "", "encoding", ATTRS),
    ("min", "1", "limit", ATTRS),
    ("max", "9", "limit", ATTRS),
    ("range", "1..=9", "limit", ATTRS),
    ("mask", "0x1f", "limit", ATTRS),
    ("min_len", "1", "limit", ATTRS),
    ("max_len", "31", "limit", ATTRS),
];

/// Keys, or groups of them, and others that do not go with them: what is said where one of these stands.
const EXCLUSIVE: &[(&[&str], &[&str], &str)] = &[
    (
        &["ty"],
        &["cmd"],
        "a message has a type or a command: `ty` for a netlink protocol of its own, `cmd` for generic netlink",
    ),
    (&["ty"], &["version"], "only a generic netlink command (`cmd`) has a version"),
    (&["role"], &["role"], "this has two roles: leave one of their keys out"),
    (&["encoding"], &["encoding"], "a value has one encoding: leave one of these keys out"),
    (
        &["fixed_header", "attrs", "rest", "other"],
        &["encoding", "limit"],
        "encodings and limits go with `attr` and `payload` only",
    ),
    (&["select"], &["encoding", "limit"], "the forms have encodings and limits of their own"),
    (&["range"], &["min", "max"], "`range` has both limits: leave `min` and `max` out"),
    (
        &["fixed_header", "attrs", "payload", "rest"],
        &["select"],
        "only an attribute has forms to select from: write `attr = 1` too",
    ),
    (&["payload", "rest"], &["key"], "a key consists of attributes and fields of the header"),
];

/// How the key `key` is written.
const KEY: &str =
    "write `key` alone at an attribute, and with the names of fields, `key = [family]`, at a header or a set";

/// Words that are not the right key where they stand, and the keys that they stand for.
const OTHER_WORDS: &[(&str, &str)] = &[
    ("type", "ty"),
    ("type", "attr"),
    ("ty", "attr"),
    ("nla_type", "attr"),
    ("nlmsg_type", "ty"),
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
const SKIP: &str = "each field is part of the message: move others to a struct around it";

/// Words that are no keys, and what to write instead.
const INSTEAD: &[(&str, &str)] = &[
    ("optional", "an attribute that may be absent is an `Option`"),
    ("required", "an attribute is required if its type is no `Option`"),
    ("default", "an attribute that may be absent is an `Option`: the reader puts a default in its place"),
    ("repeated", "an attribute that occurs several times is a `Vec<T>` or `Repeat<'a, T>`"),
    ("nested", "a nest is a struct with `#[derive(NlAttrs)]` as the type"),
    ("flag", "a flag is a `bool`"),
    ("le", LITTLE),
    ("little_endian", LITTLE),
    ("skip", SKIP),
    ("ignore", SKIP),
    ("family", "the family is named where the connection is opened: write only the command, `cmd = 1`"),
];

/// An example of a key's value.
fn example(name: &str) -> Option<&'static str> {
    KEYS.iter().find(|(key, ..)| *key == name).map(|(_, example, ..)| *example)
}

/// Whether a key is one of these, or in one of these groups.
fn is_one_of(key: &Ident, names: &[&str]) -> bool {
    names.iter().any(|name| key == name || KEYS.iter().any(|(own, _, group, _)| group == name && key == own))
}

impl Place {
    /// The keys that may stand here.
    pub(crate) fn keys(self) -> impl Iterator<Item = &'static Row> {
        KEYS.iter().filter(move |(.., places)| places.contains(&self))
    }

    /// What to write instead of a key that may not stand here.
    fn advice(self, name: &str) -> String {
        let here = || self.keys().map(|(key, ..)| *key);
        let known = KEYS.iter().find(|(key, ..)| *key == name);
        let what = known.map_or_else(
            || format!("unknown key `{name}`"),
            |(.., places)| format!("`{name}` is not a key of {}, but of {}", self.0, names(places)),
        );
        let meant = here().find(|key| OTHER_WORDS.contains(&(name, key)));
        let instead = INSTEAD.iter().find(|(word, _)| *word == name && meant.is_none());
        if let Some((_, advice)) = instead {
            return format!("{what}: {advice}");
        }
        let similar = here().filter(|key| is_similar(key, name)).min_by_key(|key| difference(key, name));
        match meant.or(similar) {
            Some(key) => format!("{what}; did you mean `{key}`?"),
            None if known.is_some() => what,
            None => {
                format!("{what}; the keys of {} are `{}`", self.0, here().collect::<Vec<_>>().join("`, `"))
            }
        }
    }
}

/// The names of places; fields of messages and of sets are fields.
fn names(places: &[Place]) -> String {
    let mut names: Vec<_> = places.iter().map(|place| place.0).collect();
    if places.starts_with(&[MESSAGE_FIELD, SET_FIELD]) {
        names.splice(..2, ["a field"]);
    }
    names.join(" or ")
}

/// Whether two names differ in at most two letters, and in at most half of them.
fn is_similar(a: &str, b: &str) -> bool {
    let difference = difference(a, b);
    difference <= 2 && 2 * difference <= a.len().min(b.len())
}

/// How many letters of two names differ, from the first that does to the last.
fn difference(a: &str, b: &str) -> usize {
    let (shorter, longer) = (a.len().min(b.len()), a.len().max(b.len()));
    let start = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    let ends = a.bytes().rev().zip(b.bytes().rev()).take(shorter - start);
    longer - start - ends.take_while(|(x, y)| x == y).count()
}

/// One key with its value, if it has one.
struct Key {
    name: Ident,
    value: Option<TokenStream>,
}

impl Parse for Key {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any).map_err(|err| {
            syn::Error::new(err.span(), "a key is a word: write for example `attr = 1` or `max_len = 31`")
        })?;
        let has_value = input.parse::<Option<Token![=]>>()?.is_some();
        let value = until_comma(input)?;
        if !has_value && !value.is_empty() {
            return Err(syn::Error::new_spanned(&name, behind_no_sign(&name.to_string(), value)));
        }
        Ok(Self { name, value: has_value.then_some(value) })
    }
}

/// What to write instead of a value that does not stand behind `=`: in parentheses, behind a colon or a blank.
fn behind_no_sign(name: &str, value: TokenStream) -> String {
    let mut tokens = value.into_iter().peekable();
    let sign = tokens.next_if(|token| matches!(token, TokenTree::Punct(_)));
    let is_hyphen = sign.is_some_and(|sign| sign.to_string() == "-");
    let value = match tokens.next_if(|token| matches!(token, TokenTree::Group(_))) {
        Some(TokenTree::Group(group)) => group.stream(),
        _ => tokens.collect(),
    };
    let value = if value.is_empty() { "value".to_owned() } else { value.to_string() };
    match (name, example(name)) {
        _ if is_hyphen => format!("a key has `_` between its words: write `{name}_{value}`"),
        (_, Some("")) => format!("`{name}` takes no value: write `{name}`"),
        ("key", _) => KEY.to_owned(),
        ("range", _) => {
            format!("a value is given behind `=`: write `range = {}`", value.replace(", ", "..="))
        }
        _ if value.contains(", ") => format!("several are given in brackets: write `{name} = [{value}]`"),
        _ => format!("a value is given behind `=`: write `{name} = {value}`"),
    }
}

/// The tokens up to the next comma that is not between angle brackets.
fn until_comma(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let (mut tokens, mut depth) = (TokenStream::new(), 0_usize);
    while !input.is_empty() && (depth > 0 || !input.peek(Token![,])) {
        if let Some(shift) = input.parse::<Option<Token![<<]>>()? {
            shift.to_tokens(&mut tokens);
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

/// A key that may have a value.
pub(crate) struct Given<T> {
    pub(crate) span: Span,
    pub(crate) value: Option<T>,
}

/// The keys of one struct, enum, field or variant.
pub(crate) struct Keys<'e> {
    keys: Vec<Key>,
    errors: &'e Errors,
    /// Whether there are some that could not be understood.
    pub(crate) is_damaged: Cell<bool>,
}

impl<'e> Keys<'e> {
    /// The keys of all its `#[nl(...)]`. A key that does not belong here, is given twice or does not go with another is a
    /// mistake.
    pub(crate) fn new(attrs: &[Attribute], place: Place, errors: &'e Errors) -> Self {
        let mut all = Self { keys: Vec::new(), errors, is_damaged: Cell::new(false) };
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("nl")) {
            let parsed = match attr.meta.require_list() {
                Ok(list) => list.parse_args_with(Punctuated::<Key, Token![,]>::parse_terminated),
                Err(_) => {
                    let message = "keys stand in parentheses: write for example `#[nl(attr = 1)]`";
                    Err(syn::Error::new_spanned(attr, message))
                }
            };
            all.is_damaged.set(all.is_damaged.get() || parsed.is_err());
            errors.ok(parsed).into_iter().flatten().for_each(|key| all.add(key, place));
        }
        for (keys, others, message) in EXCLUSIVE {
            let Some(first) = all.keys.iter().find(|key| is_one_of(&key.name, keys)) else { continue };
            let others = all.keys.iter().filter(|key| key.name != first.name && is_one_of(&key.name, others));
            others.for_each(|key| errors.at(&key.name, message));
        }
        all
    }

    fn add(&mut self, key: Key, place: Place) {
        let name = key.name.to_string();
        let Some((_, example, ..)) = place.keys().find(|(key, ..)| *key == name) else {
            self.is_damaged.set(true);
            return self.errors.at(&key.name, place.advice(&name));
        };
        if self.get(&name).is_some() {
            return self.errors.at(&key.name, format!("`{name}` is given twice"));
        }
        if let (true, Some(value)) = (example.is_empty(), &key.value) {
            let place = if value.is_empty() { &key.name.to_token_stream() } else { value };
            self.errors.at(place, format!("`{name}` takes no value: write `{name}`"));
        }
        self.keys.push(key);
    }

    fn get(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// Where a key stands.
    pub(crate) fn span(&self, name: &str) -> Option<Span> {
        self.get(name).map(|key| key.name.span())
    }

    /// The keys of this group that are given, each with its place, in the order of all keys.
    pub(crate) fn group(&self, group: &str) -> Vec<(&'static str, Span)> {
        let keys = KEYS.iter().filter(|(_, _, own, _)| *own == group);
        keys.filter_map(|(key, ..)| Some((*key, self.span(key)?))).collect()
    }

    /// The value of a key.
    pub(crate) fn value<T: Parse>(&self, name: &str) -> Option<T> {
        let (key, example) = (self.get(name)?, example(name)?);
        let Some(tokens) = key.value.as_ref().filter(|tokens| !tokens.is_empty()) else {
            self.errors.at(&key.name, format!("`{name}` needs a value: write `{name} = {example}`"));
            return None;
        };
        let parsed = syn::parse2(tokens.clone()).ok();
        if parsed.is_none() {
            self.is_damaged.set(true);
            self.errors.at(tokens, another_value(name, tokens, example));
        }
        parsed
    }

    /// A key that may have a value.
    pub(crate) fn given<T: Parse>(&self, name: &str) -> Option<Given<T>> {
        let key = self.get(name)?;
        let value = if key.value.is_some() { Some(self.value(name)?) } else { None };
        Some(Given { span: key.name.span(), value })
    }

    /// One value or several.
    fn list<T: Parse>(&self, name: &str) -> Vec<T> {
        self.value(name).map_or_else(Vec::new, |List(values)| values)
    }

    /// One number or several, all of those that the key can have.
    pub(crate) fn numbers(&self, name: &str) -> Vec<Number> {
        let numbers: Vec<Number> = self.list(name);
        numbers.iter().for_each(|number| number.check(name, self.errors));
        numbers
    }

    /// A number that the key can have.
    pub(crate) fn number(&self, name: &str) -> Option<Number> {
        let number: Number = self.value(name)?;
        number.check(name, self.errors);
        Some(number)
    }

    /// One name in C or several.
    pub(crate) fn c_names(&self, name: &str) -> Vec<LitStr> {
        let texts = self.list(name);
        for text in &texts {
            let given = LitStr::value(text);
            let mut possible = given.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
            if possible.is_empty() || possible.starts_with(|c: char| c.is_ascii_digit()) {
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

/// What to write instead of a value of another kind.
fn another_value(name: &str, value: &TokenStream, example: &str) -> String {
    let is_sign =
        |token: TokenTree| matches!(token, TokenTree::Punct(sign) if matches!(sign.as_char(), '=' | ';'));
    match name {
        _ if value.clone().into_iter().any(is_sign) => {
            "a comma stands between keys: write `attr = 1, max = 9`".into()
        }
        "key" => KEY.to_owned(),
        "when" => {
            "a selector is a text without NUL or a number: write `when = \"name\"` or `when = 6`".to_owned()
        }
        "select" if Ident::parse_any.parse2(value.clone()).is_ok() => {
            format!("`{value}` is a word of Rust: write `select = r#{value}`")
        }
        _ => format!("`{name}` takes another value: write `{name} = {example}`"),
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
        assert!(!is_similar("tag", "max"));
        assert!(SET_FIELD.advice("atr").ends_with("did you mean `attr`?"));
    }
}
