//! What the answers look like: aligned columns, JSON, `Success` and `Failure`.

use super::objects::{Printable, Route, Table, weight};
use super::run::RunError;
use nl_tlv::Error;
use nl_tlv::control::{Errno, Refusal};
use nl_tlv_lab::rtm::TABLE_EXISTS;
use serde_json::{Value, json};
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

/// In which form answers are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) json: bool,
    pub(crate) color: bool,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

impl Color {
    pub(crate) fn is_on(self) -> bool {
        match self {
            Self::Auto => {
                io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|no| no.is_empty())
            }
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// A colour, or none: an escape sequence's number.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Paint {
    Bold = 1,
    Red = 31,
    Green = 32,
    Yellow = 33,
}

impl Form {
    pub(crate) fn paint(self, paint: Paint, text: impl Display) -> String {
        if self.color { format!("\x1b[{}m{text}\x1b[0m", paint as u8) } else { text.to_string() }
    }

    pub(crate) fn success(self, out: &mut dyn Write) -> io::Result<()> {
        match self.json {
            true => writeln!(out, "{}", json!({ "result": "success" })),
            false => writeln!(out, "{}", self.paint(Paint::Green, "Success")),
        }
    }

    pub(crate) fn failure(self, refusal: &Refusal, out: &mut dyn Write) -> io::Result<()> {
        match self.json {
            true => writeln!(out, "{}", failure_json(refusal)),
            false => writeln!(out, "{}", self.failure_text(refusal)),
        }
    }

    /// `Failure, error code -100: table "blue" already exists (name)`; a code of the kernel's with its name.
    pub(crate) fn failure_text(self, refusal: &Refusal) -> String {
        let errno = refusal.errno();
        // Error code -100 is the protocol's own.
        let name = errno.name().filter(|_| errno.to_wire() != TABLE_EXISTS);
        let name = name.map_or_else(String::new, |name| format!(" ({name})"));
        let mut text = self.paint(Paint::Red, format_args!("Failure, error code -{}{name}", errno.get()));
        if let Some(why) = why(refusal) {
            text += &format!(": {}", Printable(why));
        }
        if let Some(place) = place(refusal) {
            text += &format!(" ({place})");
        }
        text
    }

    pub(crate) fn tables<'a, I>(self, tables: impl Fn() -> I, out: &mut dyn Write) -> Result<(), RunError>
    where
        I: Iterator<Item = Result<Table<'a>, Error>>,
    {
        if self.json {
            return array(tables().map(|table| Ok(table?.to_json())), out);
        }
        let row = |table: Result<Table<'_>, Error>| {
            let Table { name, routes, generation } = table?;
            Ok([Printable(name).to_string(), routes.to_string(), generation.to_string()])
        };
        self.columns(["Table", "Routes", "Generation"], || tables().map(row), out)
    }

    pub(crate) fn routes<'a, I>(self, routes: impl Fn() -> I, out: &mut dyn Write) -> Result<(), RunError>
    where
        I: Iterator<Item = Result<Route<'a>, Error>>,
    {
        if self.json {
            return array(routes().map(|route| Ok(route?.to_json())), out);
        }
        let lines = |route: Result<Route<'_>, Error>| match route {
            Ok(route) => rows(&route).into_iter().map(Ok).collect(),
            Err(err) => vec![Err(err)],
        };
        self.columns(ROUTE_COLUMNS, || routes().flat_map(lines), out)
    }

    /// Rows below a heading, as wide as the widest cell; they are made twice, so that none is kept.
    fn columns<const N: usize, I: Iterator<Item = Result<[String; N], Error>>>(
        self,
        heading: [&str; N],
        rows: impl Fn() -> I,
        out: &mut dyn Write,
    ) -> Result<(), RunError> {
        let mut widths = heading.map(str::len);
        for row in rows() {
            widths
                .iter_mut()
                .zip(&row?)
                .for_each(|(width, cell)| *width = (*width).max(cell.chars().count()));
        }
        let line = |cells: &[String; N]| {
            let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
            padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        writeln!(out, "{}", self.paint(Paint::Bold, line(&heading.map(str::to_owned))))?;
        rows().try_for_each(|row| Ok(writeln!(out, "{}", line(&row?))?))
    }
}

/// The columns of the course, and further ones.
const ROUTE_COLUMNS: [&str; 7] = ["Dest", "Mask", "Gw", "OIF", "Weight", "Metric", "Table"];

/// A line for each next hop. The first one also has the values of the route itself.
fn rows(route: &Route<'_>) -> Vec<[String; 7]> {
    let mut rows: Vec<_> = route
        .nexthops
        .iter()
        .map(|hop| {
            let gateway = hop.gateway.map_or("-".to_owned(), |gateway| gateway.to_string());
            let oif = hop.oif.map_or("-".to_owned(), |oif| Printable(oif).to_string());
            [
                String::new(),
                String::new(),
                gateway,
                oif,
                weight(hop).to_string(),
                String::new(),
                String::new(),
            ]
        })
        .collect();
    if let Some(first) = rows.first_mut() {
        first[0] = route.dst.addr.to_string();
        first[1] = route.dst.len.to_string();
        first[5] = route.metric.to_string();
        first[6] = Printable(route.table).to_string();
    }
    rows
}

fn array(items: impl Iterator<Item = Result<Value, Error>>, out: &mut dyn Write) -> Result<(), RunError> {
    let mut before = '[';
    for item in items {
        write!(out, "{before}{}", item?)?;
        before = ',';
    }
    Ok(writeln!(out, "{}", if before == '[' { "[]" } else { "]" })?)
}

/// The text of the refusal, or else the meaning of its number.
fn why(refusal: &Refusal) -> Option<&str> {
    let is_literal = refusal.errno().to_wire() == TABLE_EXISTS;
    let meaning = if is_literal { Some("table exists already") } else { Errno::description(refusal.errno()) };
    refusal.message().or(meaning)
}

/// The attribute that is meant, without the name of the message before it.
fn place(refusal: &Refusal) -> Option<&str> {
    refusal.path().and_then(|path| path.split_once('.')).map(|(_, attr)| attr)
}

pub(crate) fn failure_json(refusal: &Refusal) -> Value {
    json!({
        "result": "failure",
        "error": refusal.errno().to_wire(),
        "message": why(refusal),
        "attribute": place(refusal),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use nl_tlv::control::ExtAck;
    use nl_tlv_lab::rtm::{NextHop, Prefix};

    const PLAIN: Form = Form { json: false, color: false };

    fn printed<E: std::fmt::Debug>(print: impl Fn(&mut dyn Write) -> Result<(), E>) -> String {
        let mut out = Vec::new();
        print(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn route<'a>(addr: &str, len: u8, nexthops: &[NextHop<'a>]) -> Route<'a> {
        let dst = Prefix { addr: addr.parse().unwrap(), len };
        Route { table: "blue", dst, nexthops: nexthops.to_vec(), metric: 5, generation: 1 }
    }

    fn refusal(error: i32, message: Option<&'static str>) -> Refusal {
        Refusal::new(Errno::new(error).unwrap(), &ExtAck { message, ..ExtAck::NONE })
    }

    #[test]
    fn routes_are_the_courses_columns_with_a_line_for_each_next_hop() {
        let gateway = Some([11, 1, 1, 1].into());
        let hops = [
            NextHop { gateway, oif: Some("eth0/6"), weight: None },
            NextHop { gateway: None, oif: Some("eth1"), weight: Some(20) },
        ];
        let routes = [route("10.1.1.0", 24, &hops), route("2001:db8::", 32, &hops[1..])];
        let text = printed(|out| PLAIN.routes(|| routes.iter().cloned().map(Ok), out));
        let expected = "\
Dest        Mask  Gw        OIF     Weight  Metric  Table
10.1.1.0    24    11.1.1.1  eth0/6  1       5       blue
                  -         eth1    20
2001:db8::  32    -         eth1    20      5       blue
";
        assert_eq!(text, expected);
    }

    #[test]
    fn tables_are_columns_or_an_array() {
        let tables = [Table { name: "blue", routes: 12, generation: 3 }];
        let json = Form { json: true, color: false };
        let text = printed(|out| PLAIN.tables(|| tables.into_iter().map(Ok), out));
        assert_eq!(text, "Table  Routes  Generation\nblue   12      3\n");
        let text = printed(|out| json.tables(|| tables.into_iter().map(Ok), out));
        // The order of the keys depends on a feature of serde_json, which another package may turn on.
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read, json!([{"generation": 3, "routes": 12, "table": "blue"}]));
        assert_eq!(text.lines().count(), 1);
        assert_eq!(printed(|out| json.tables(std::iter::empty, out)), "[]\n");
    }

    #[test]
    fn a_failure_says_code_text_and_attribute() {
        let exists = refusal(-100, Some("table \"blue\" already exists")).at("TableNew.name");
        let text = "Failure, error code -100: table \"blue\" already exists (name)";
        assert_eq!(PLAIN.failure_text(&exists), text);
        let deep = refusal(-22, Some("no")).at("RouteNew.nexthop[1].gateway");
        assert_eq!(PLAIN.failure_text(&deep), "Failure, error code -22 (EINVAL): no (nexthop[1].gateway)");
    }

    #[test]
    fn a_failure_without_text_says_what_its_number_means() {
        assert_eq!(
            PLAIN.failure_text(&refusal(-100, None)),
            "Failure, error code -100: table exists already"
        );
        assert_eq!(PLAIN.failure_text(&refusal(-2, None)), "Failure, error code -2 (ENOENT): no such object");
        assert_eq!(PLAIN.failure_text(&refusal(-4095, None).at("TableNew")), "Failure, error code -4095");
    }

    #[test]
    fn text_of_the_other_end_cannot_move_the_cursor() {
        let text = PLAIN.failure_text(&refusal(-22, Some("a\x1b[2Jb")));
        assert_eq!(text, "Failure, error code -22 (EINVAL): a\\u{1b}[2Jb");
    }

    #[test]
    fn colour_is_put_around_words_only_where_it_is_on() {
        let form = Form { json: false, color: true };
        assert_eq!(printed(|out| form.success(out)), "\x1b[32mSuccess\x1b[0m\n");
        assert_eq!(printed(|out| PLAIN.success(out)), "Success\n");
        assert!(Color::Always.is_on() && !Color::Never.is_on());
    }

    #[test]
    fn a_failure_in_json_has_the_number_as_the_message_has_it() {
        let exists = refusal(-100, None).at("TableNew.name");
        let expected = json!({
            "result": "failure", "error": -100, "message": "table exists already", "attribute": "name",
        });
        assert_eq!(failure_json(&exists), expected);
    }
}
