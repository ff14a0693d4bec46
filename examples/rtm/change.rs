//! What changes tables and routes, in the words of the command line and of the lines of a file.

use super::run::RunError;
use nl_tlv::socket::{Batch, RequestError};
use nl_tlv::{DeleteFlags, Flags, NewFlags, NlMessage};
use nl_tlv_lab::rtm::client::Connection;
use nl_tlv_lab::rtm::words::{self, Route};
use nl_tlv_lab::rtm::{RouteDel, TableClear, TableDel, TableNew};

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Change<'a> {
    TableAdd(TableNew<'a>),
    /// With the flags of a DELETE request.
    TableDel(TableDel<'a>, DeleteFlags),
    TableClear(TableClear<'a>),
    /// With the flags of a NEW request.
    Route(Route<'a>, NewFlags),
    RouteDel(RouteDel<'a>),
}

impl<'a> Change<'a> {
    /// Reads a line of a file: a table or a route and what becomes of it, or a route alone that is to be added.
    pub(crate) fn parse(words: &[&'a str], table: Option<&'a str>) -> Result<Self, RunError> {
        Ok(match *words {
            ["table", "add", name] => Self::TableAdd(TableNew { name: words::name(name)? }),
            ["table", "del", name] => {
                Self::TableDel(TableDel { name: words::name(name)? }, DeleteFlags::empty())
            }
            ["table", "clear", name] => Self::TableClear(TableClear { name: words::name(name)? }),
            ["route", "del", ref key @ ..] => Self::RouteDel(words::key(key, table)?),
            ["route", verb, ref route @ ..] => {
                let flags = flags(verb).ok_or_else(|| unknown(&format!("route {verb}")))?;
                Self::Route(Route::parse(route, table)?, flags)
            }
            ["table", ..] | ["route"] => return Err(unknown(&words.join(" "))),
            _ => Self::Route(Route::parse(words, table)?, ADD),
        })
    }

    /// Makes the request, with its own flags and these.
    pub(crate) fn give(&self, to: &mut impl Taker, flags: Flags) -> Result<(), RequestError> {
        match self {
            Self::TableAdd(table) => to.take(table, flags | ADD),
            Self::TableDel(table, modifiers) => to.take(table, flags | *modifiers),
            Self::TableClear(table) => to.take(table, flags),
            Self::Route(route, modifiers) => to.take(&route.message(), flags | *modifiers),
            Self::RouteDel(route) => to.take(route, flags),
        }
    }
}

/// What takes requests.
pub(crate) trait Taker {
    fn take<M: NlMessage>(&mut self, message: &M, flags: Flags) -> Result<(), RequestError>;
}

/// A connection makes the request at once.
impl Taker for Connection {
    fn take<M: NlMessage>(&mut self, message: &M, flags: Flags) -> Result<(), RequestError> {
        self.request_with(message, flags).map(|_| ())
    }
}

/// A batch sends the request together with others.
impl Taker for Batch<'_, Connection> {
    fn take<M: NlMessage>(&mut self, message: &M, flags: Flags) -> Result<(), RequestError> {
        self.push(message, flags)
    }
}

/// Create, and refuse what is there.
pub(crate) const ADD: NewFlags = NewFlags::CREATE.union(NewFlags::EXCL);

/// Each way to make a route, with its flags.
const VERBS: [(&str, NewFlags); 4] = [
    ("add", ADD),
    ("change", NewFlags::REPLACE),
    ("replace", NewFlags::CREATE.union(NewFlags::REPLACE)),
    ("append", NewFlags::CREATE.union(NewFlags::APPEND)),
];

/// The flags of a way to make a route.
pub(crate) fn flags(verb: &str) -> Option<NewFlags> {
    VERBS.iter().find(|(name, _)| *name == verb).map(|(_, flags)| *flags)
}

/// The way in which a route was made, by the flags of the event.
pub(crate) fn verb(flags: Flags) -> &'static str {
    let flags = NewFlags::of(flags);
    let is = |other| flags.contains(other);
    match () {
        () if is(NewFlags::APPEND) => "append",
        () if is(NewFlags::REPLACE | NewFlags::CREATE) => "replace",
        () if is(NewFlags::REPLACE) => "change",
        () => "add",
    }
}

fn unknown(words: &str) -> RunError {
    RunError::Arguments(format!(
        "`{words}` is none of: table add|del|clear NAME, route add|change|replace|append|del ROUTE"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Change<'_>, String> {
        let words: Vec<_> = line.split(' ').collect();
        Change::parse(&words, Some("main")).map_err(|err| err.to_string())
    }

    #[test]
    fn a_line_says_what_becomes_of_a_table() {
        assert_eq!(parse("table add t"), Ok(Change::TableAdd(TableNew { name: "t" })));
        assert_eq!(parse("table del t"), Ok(Change::TableDel(TableDel { name: "t" }, DeleteFlags::empty())));
        assert_eq!(parse("table clear t"), Ok(Change::TableClear(TableClear { name: "t" })));
    }

    #[test]
    fn a_route_alone_is_added_and_a_verb_has_its_flags() {
        let route = Route::parse(&["10.0.0.0/8", "dev", "eth0"], Some("main")).unwrap();
        for (verb, flags) in [
            ("", NewFlags::CREATE | NewFlags::EXCL),
            ("route add ", NewFlags::CREATE | NewFlags::EXCL),
            ("route change ", NewFlags::REPLACE),
            ("route replace ", NewFlags::CREATE | NewFlags::REPLACE),
            ("route append ", NewFlags::CREATE | NewFlags::APPEND),
        ] {
            let line = format!("{verb}10.0.0.0/8 dev eth0");
            assert_eq!(parse(&line), Ok(Change::Route(route.clone(), flags)), "{line}");
        }
    }

    #[test]
    fn an_event_is_called_what_caused_it() {
        for (name, flags) in VERBS {
            assert_eq!(verb(flags.into()), name);
        }
        assert_eq!(verb(NewFlags::CREATE.into()), "add");
        assert_eq!(verb(NewFlags::APPEND.into()), "append");
    }

    #[test]
    fn what_is_no_change_says_what_would_be_one() {
        for line in ["table", "table list", "table add", "table add a b", "route", "route paint 10.0.0.0/8"] {
            let err = parse(line).unwrap_err();
            assert!(err.contains("is none of: table add"), "{line}: {err}");
        }
    }
}
