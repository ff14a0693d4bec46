//! The keys in `#[nl(...)]`: which there are, where each may stand, and their values.

use crate::errors::Errors;
use crate::literal::{List, Number, Range, When};
use core::fmt::Display;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Nothing, Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, LitStr, Path, Token, Type, parse_quote};

/// Where a key stands, in the words of the errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place(pub(crate) &'static str);

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

/// A key, what it takes, an example of it, its group, and the places where it may stand.
type Row = (&'static str, fn(TokenStream) -> bool, &'static str, &'static str, &'static [Place]);

/// All keys.
pub(crate) const KEYS: &[Row] = &[
    ("ty", is::<List<Number>>, "25", "", &[MESSAGE]),
    ("cmd", is::<List<Number>>, "1", "", &[MESSAGE]),
    ("version", is::<Number>, "1", "", &[MESSAGE]),
    ("c_name", is::<List<LitStr>>, "\"NAME\"", "", &[MESSAGE]),
    ("deleted", is::<Number>, "26", "", &[MESSAGE]),
    ("check", is::<Path>, "Self::check", "", &[MESSAGE]),
    ("c_prefix", is::<LitStr>, "\"PREFIX\"", "", &[MESSAGE, SET, ENUM, VALUE]),
    ("attrs", is::<Type>, "SharedAttr<'a>", "", &[MESSAGE, SET]),
    ("crate", is::<Library>, "\"path\"", "", &[MESSAGE, SET, ENUM, STRUCT, VALUE, MESSAGES, SUB_MESSAGE]),
    ("pad", is::<List<Number>>, "16", "", &[MESSAGE, SET, ENUM]),
    ("strict_start_type", is::<Number>, "5", "", &[MESSAGE, SET, ENUM]),
    ("recursive", is::<Nothing>, "", "", &[SET]),
    ("selected_outside", is::<Nothing>, "", "", &[SET]),
    ("no_enum", is::<Nothing>, "", "", &[MESSAGE, SET]),
    ("nested_flag", is::<Nothing>, "", "", &[SUB_MESSAGE]),
    ("zero_extend", is::<Nothing>, "", "", &[STRUCT]),
    ("packed", is::<Nothing>, "", "", &[STRUCT]),
    ("flags", is::<Nothing>, "", "", &[VALUE]),
    ("attr", is::<Number>, "1", "role", ATTRS),
    ("fixed_header", is::<Nothing>, "", "role", &[MESSAGE_FIELD]),
    ("attrs", is::<Nothing>, "", "role", &[MESSAGE_FIELD]),
    ("payload", is::<Nothing>, "", "role", &[MESSAGE_FIELD]),
    ("rest", is::<Nothing>, "", "role", &[MESSAGE_FIELD, SET_FIELD]),
    ("select", is::<Maybe<Ident>>, "kind", "", &[MESSAGE_FIELD, SET_FIELD]),
    ("key", is::<Maybe<List<Ident>>>, "[family]", "", &[MESSAGE_FIELD]),
    ("when", is::<When>, "\"name\"", "role", &[FORM]),
    ("other", is::<Nothing>, "", "role", &[VARIANT, VALUE_VARIANT, MESSAGES_VARIANT, FORM]),
    ("align", is::<Number>, "8", "", &[STRUCT_FIELD]),
    ("be", is::<Nothing>, "", "encoding", &[MESSAGE_FIELD, SET_FIELD, VARIANT, STRUCT_FIELD]),
    ("net_byteorder", is::<Nothing>, "", "encoding", ATTRS),
    ("uint", is::<Nothing>, "", "encoding", &[MESSAGE_FIELD, SET_FIELD, VARIANT, VALUE]),
    ("sint", is::<Nothing>, "", "encoding", &[MESSAGE_FIELD, SET_FIELD, VARIANT, VALUE]),
    ("text", is::<Nothing>, "", "encoding", ATTRS),
    ("no_nul", is::<Nothing>, "", "encoding", ATTRS),
    ("min", is::<Number>, "1", "limit", ATTRS),
    ("max", is::<Number>, "9", "limit", ATTRS),
    ("range", is::<Range>, "1..=9", "limit", ATTRS),
    ("mask", is::<Number>, "0x1f", "limit", ATTRS),
    ("min_len", is::<Number>, "1", "limit", ATTRS),
    ("max_len", is::<Number>, "31", "limit", ATTRS),
];

/// Keys, or groups of them, others that do not go with them, and why.
const EXCLUSIVE: &[(&[&str], &[&str], &str)] = &[
    (&["ty"], &["cmd"], "`ty` is for a netlink protocol of its own, `cmd` for generic netlink"),
    (&["ty"], &["version"], "only a generic netlink command (`cmd`) has a version"),
    (&["role"], &["role"], "a field or a variant has one role"),
    (&["encoding"], &["encoding"], "a value has one encoding"),
    (&["fixed_header", "attrs", "rest", "other"], &["encoding", "limit"], VALUES),
    (&["select"], &["encoding", "limit"], "the forms have encodings and limits of their own"),
    (&["range"], &["min", "max"], "`range` has both limits"),
    (&["fixed_header", "attrs", "payload", "rest"], &["select"], "only an `attr` has forms to select from"),
    (&["payload", "rest"], &["key"], "a key consists of attributes and fields of the header"),
];

const VALUES: &str = "encodings and limits go with `attr` and `payload` only";

/// How the key `key` is written.
pub(crate) const KEY: &str =
    "write `key` alone at an attribute, and `key = [family]` with the fields of a header or a set";

/// Keys, and words that stand for them where they do not mean something else.
const OTHER_WORDS: &[(&str, &[&str])] = &[
    ("ty", &["type", "nlmsg_type", "id"]),
    ("attr", &["type", "ty", "nla_type", "attribute", "id"]),
    ("cmd", &["command"]),
    ("fixed_header", &["header"]),
    ("selected_outside", &["selector"]),
    ("text", &["string"]),
    ("max_len", &["len"]),
    ("other", &["default"]),
    ("be", &["big_endian", "network_order"]),
];

/// Words that are no keys, and what to write instead.
const INSTEAD: &[(&[&str], &str)] = &[
    (&["optional"], "an attribute that may be absent is an `Option`"),
    (&["required"], "an attribute is required if its type is no `Option`"),
    (&["default"], "an attribute that may be absent is an `Option`: its reader puts a default in its place"),
    (&["repeated"], "an attribute that occurs several times is a `Vec<T>` or `Repeat<'a, T>`"),
    (&["nested"], "a nest is a struct with `#[derive(NlAttrs)]` as the type"),
    (&["flag"], "a flag is a `bool`"),
    (&["le", "little_endian"], "an integer without `be` is in the order of the machine: leave the key out"),
    (&["skip", "ignore"], "each field is part of the message: move others to a struct around it"),
    (&["family"], "the connection is opened for the family: write only the command, `cmd = 1`"),
];

/// Whether a key is one of these, or in one of these groups.
fn is_one_of(key: &str, names: &[&str]) -> bool {
    names.contains(&key) || KEYS.iter().any(|(own, _, _, group, _)| key == *own && names.contains(group))
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
        let is_meant = |(own, words): &&(_, &[_])| words.contains(&name) && here().any(|key| key == *own);
        let meant = OTHER_WORDS.iter().find(is_meant).map(|(key, _)| *key);
        let instead = INSTEAD.iter().find(|(words, _)| words.contains(&name) && meant.is_none());
        let similar = here().filter(|key| is_similar(key, name)).min_by_key(|key| difference(key, name));
        match (instead, meant.or(similar), known) {
            (Some((_, advice)), ..) => format!("{what}: {advice}"),
            (None, Some(key), _) => format!("{what}; did you mean `{key}`?"),
            (None, None, Some(_)) => what,
            (None, None, None) => {
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
    ident: Ident,
    name: String,
    has_sign: bool,
    value: TokenStream,
}

impl Parse for Key {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let ident = input.call(Ident::parse_any);
        let ident = ident.map_err(|err| syn::Error::new(err.span(), "a key is a word: write `attr = 1`"))?;
        let has_sign = input.parse::<Option<Token![=]>>()?.is_some();
        Ok(Self { name: ident.to_string(), ident, has_sign, value: until_comma(input)? })
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
pub(crate) struct Keys {
    keys: Vec<Key>,
    /// Whether there are some that could not be understood. They are left out.
    pub(crate) is_damaged: bool,
}

impl Keys {
    /// The keys of all its `#[nl(...)]`. A key that does not belong here, is given twice, has another value or does not go
    /// with another is a mistake.
    pub(crate) fn new(attrs: &[Attribute], place: Place, errors: &Errors) -> Self {
        let mut all = Self { keys: Vec::new(), is_damaged: false };
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("nl")) {
            let list = attr.meta.require_list();
            let list = list.map_err(|_| mistake(attr, "keys stand in parentheses: write `#[nl(attr = 1)]`"));
            let keys =
                list.and_then(|list| list.parse_args_with(Punctuated::<_, Token![,]>::parse_terminated));
            let keys = errors.ok(keys);
            all.is_damaged |= keys.is_none();
            for key in keys.into_iter().flatten() {
                match errors.ok(all.check(&key, place)) {
                    Some(()) => all.keys.push(key),
                    None => all.is_damaged = true,
                }
            }
        }
        let with_values = all.keys.iter().filter(|key| !key.value.is_empty());
        with_values.for_each(|key| all.check_value(&key.name, errors));
        for (keys, others, why) in EXCLUSIVE {
            let those = |names| all.keys.iter().filter(move |key| is_one_of(&key.name, names));
            let Some(Key { name: first, .. }) = those(keys).next() else { continue };
            for Key { ident, name, .. } in those(others).filter(|key| key.name != *first) {
                errors.at(ident, format!("`{name}` does not go with `{first}`: {why}"));
            }
        }
        all
    }

    /// Whether a key can be understood.
    fn check(&self, Key { ident, name, has_sign, value }: &Key, place: Place) -> syn::Result<()> {
        let row = place.keys().find(|(key, ..)| key == name);
        let example = row.map(|(_, _, example, ..)| *example);
        let takes_none = || format!("`{name}` takes no value: write `{name}`");
        if !has_sign && !value.is_empty() {
            let place = if example == Some("") { takes_none() } else { behind_no_sign(name, value.clone()) };
            return Err(mistake(ident, place));
        }
        let Some((_, takes, example, ..)) = row else { return Err(mistake(ident, place.advice(name))) };
        match (*has_sign, value.is_empty()) {
            _ if self.has(name) => Err(mistake(ident, format!("`{name}` is given twice"))),
            (true, true) if example.is_empty() => Err(mistake(ident, takes_none())),
            (true, false) if example.is_empty() => Err(mistake(value, takes_none())),
            (false, _) if takes(TokenStream::new()) => Ok(()),
            (_, true) => Err(mistake(ident, format!("`{name}` needs a value: write `{name} = {example}`"))),
            _ if takes(value.clone()) => Ok(()),
            _ => Err(mistake(value, another_value(name, value, example))),
        }
    }

    /// Finds values that a key cannot have.
    fn check_value(&self, name: &str, errors: &Errors) {
        match name {
            "c_name" | "c_prefix" => self.list(name).iter().for_each(|text| c_name(name, text, errors)),
            "range" => self.value("range").into_iter().for_each(|range: Range| range.check(errors)),
            _ => self.list::<Number>(name).iter().for_each(|number| number.check(name, errors)),
        }
    }

    fn get(&self, name: &str) -> Option<&Key> {
        debug_assert!(KEYS.iter().any(|(key, ..)| *key == name), "{name}");
        self.keys.iter().find(|key| key.name == name)
    }

    /// Whether a key is given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Where a key stands.
    pub(crate) fn span(&self, name: &str) -> Option<Span> {
        self.get(name).map(|key| key.ident.span())
    }

    /// The keys of this group that are given, each with its place, in the order of all keys.
    pub(crate) fn group(&self, group: &str) -> Vec<(&'static str, Span)> {
        let keys = KEYS.iter().filter(|(_, _, _, own, _)| *own == group);
        keys.filter_map(|(key, ..)| Some((*key, self.span(key)?))).collect()
    }

    /// The value of a key.
    pub(crate) fn value<T: Parse>(&self, name: &str) -> Option<T> {
        syn::parse2(self.get(name)?.value.clone()).ok()
    }

    /// One value or several.
    pub(crate) fn list<T: Parse>(&self, name: &str) -> Vec<T> {
        self.value(name).map_or_else(Vec::new, |List(values)| values)
    }

    /// A key that may have a value.
    pub(crate) fn given<T: Parse>(&self, name: &str) -> Option<Given<T>> {
        let Maybe(value) = self.value(name)?;
        Some(Given { span: self.span(name)?, value })
    }

    /// Whether a message has a type or a command.
    pub(crate) fn id_key(&self) -> &'static str {
        if self.has("cmd") { "cmd" } else { "ty" }
    }

    /// The types or the commands of a message.
    pub(crate) fn ids(&self) -> Vec<Number> {
        self.list::<Number>(self.id_key())
    }

    /// The path of the library.
    pub(crate) fn library(&self) -> Path {
        self.value("crate").map_or_else(|| parse_quote!(::nl_tlv), |Library(path)| path)
    }
}

fn mistake(place: &impl ToTokens, message: impl Display) -> syn::Error {
    syn::Error::new_spanned(place, message)
}

/// Whether a value can be read so.
fn is<T: Parse>(value: TokenStream) -> bool {
    syn::parse2::<T>(value).is_ok()
}

/// A value that can be left out.
struct Maybe<T>(Option<T>);

impl<T: Parse> Parse for Maybe<T> {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self(if input.is_empty() { None } else { Some(input.parse()?) }))
    }
}

/// A path in a text.
struct Library(Path);

impl Parse for Library {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.parse::<LitStr>()?.parse().map(Self)
    }
}

/// Finds a text that is not a name in C.
fn c_name(key: &str, text: &LitStr, errors: &Errors) {
    let given = text.value();
    let mut possible = given.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    if possible.is_empty() || possible.starts_with(|c: char| c.is_ascii_digit()) {
        possible.insert(0, '_');
    }
    if given != possible {
        errors.at(text, format!("not a name in C: write for example `{key} = \"{possible}\"`"));
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
    match name {
        _ if is_hyphen => format!("a key has `_` between its words: write `{name}_{value}`"),
        "key" => KEY.to_owned(),
        "range" => format!("a value is given behind `=`: write `range = {}`", value.replace(", ", "..=")),
        _ if value.contains(", ") => format!("several are given in brackets: write `{name} = [{value}]`"),
        _ => format!("a value is given behind `=`: write `{name} = {value}`"),
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
        "key" => KEY.into(),
        "when" => "a selector is a text without NUL or a number: write `\"name\"` or `6`".into(),
        "crate" => "not a path in a text: write for example `crate = \"my_library::nl_tlv\"`".into(),
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
