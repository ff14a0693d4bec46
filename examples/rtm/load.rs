//! A file of changes, sent many in a datagram.

use super::change::Change;
use super::run::RunError;
use super::show::{Form, failure_json};
use nl_tlv::Flags;
use nl_tlv::control::Refusal;
use nl_tlv::socket::RequestError;
use nl_tlv_lab::rtm::client::Connection;
use serde_json::json;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// How many refusals are printed; the others are counted.
const REFUSALS_SHOWN: usize = 10;

/// How often the progress is shown.
const PROGRESS_EVERY: Duration = Duration::from_millis(200);

/// How many changes of a file were made, refused and so on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Tally {
    pub(crate) done: usize,
    pub(crate) refused: usize,
    /// The answer was lost: whether the change was made is not known.
    pub(crate) unknown: usize,
    /// The system refused to send, and nothing more was sent then.
    pub(crate) unsent: usize,
}

impl Tally {
    /// How many changes are accounted for.
    fn sum(self) -> usize {
        self.done + self.refused + self.unknown + self.unsent
    }

    /// Whether all changes were made.
    pub(crate) fn is_complete(self) -> bool {
        self.done == self.sum()
    }
}

/// Sends the changes of a file, and shows the progress.
#[derive(Debug)]
pub(crate) struct Loader<'a> {
    form: Form,
    /// The file's name, for messages.
    name: &'a str,
    /// The lines on which the changes are.
    lines: Vec<usize>,
    tally: Tally,
    start: Instant,
    shown: Instant,
}

impl<'a> Loader<'a> {
    pub(crate) fn new(form: Form, name: &'a str) -> Self {
        let now = Instant::now();
        Self { form, name, lines: Vec::new(), tally: Tally::default(), start: now, shown: now }
    }

    /// Sends what the text says. Nothing is sent if a line cannot be read.
    pub(crate) fn load(
        mut self,
        conn: &mut Connection,
        text: &str,
        table: Option<&str>,
        out: &mut dyn Write,
    ) -> Result<Tally, RunError> {
        for (number, change) in changes(text, table) {
            change.map_err(|err| RunError::Arguments(format!("{}:{number}: {err}", self.name)))?;
            self.lines.push(number);
        }
        self.start = Instant::now();
        let sent = self.send(conn, changes(text, table).filter_map(|(_, change)| change.ok()), out);
        self.tally.unsent += self.lines.len() - self.tally.sum();
        self.report(out)?;
        sent.map(|()| self.tally)
    }

    fn send<'t>(
        &mut self,
        conn: &mut Connection,
        changes: impl Iterator<Item = Change<'t>>,
        out: &mut dyn Write,
    ) -> Result<(), RunError> {
        let mut batch = conn.batch();
        for change in changes {
            let pushed = change.give(&mut batch, Flags::empty());
            self.note(batch.results(), out)?;
            pushed?;
        }
        let finished = batch.finish().map(|_| ());
        self.note(batch.results(), out)?;
        Ok(finished?)
    }

    /// Counts the results that are new, and shows how far it is.
    fn note(
        &mut self,
        results: &[Result<(), Box<RequestError>>],
        out: &mut dyn Write,
    ) -> Result<(), RunError> {
        let before = self.tally.sum();
        for (at, outcome) in results.iter().enumerate().skip(before) {
            match outcome.as_ref().map_err(|err| &**err) {
                Ok(()) => self.tally.done += 1,
                Err(RequestError::Refused(refusal)) => self.refused(self.lines[at], refusal, out)?,
                Err(RequestError::NotSent) => self.tally.unsent += 1,
                _ => self.tally.unknown += 1,
            }
        }
        if results.len() > before {
            self.progress();
        }
        Ok(())
    }

    fn refused(&mut self, line: usize, refusal: &Refusal, out: &mut dyn Write) -> io::Result<()> {
        self.tally.refused += 1;
        if self.tally.refused > REFUSALS_SHOWN {
            return Ok(());
        }
        self.wipe();
        if self.form.json {
            let mut object = failure_json(refusal);
            object["line"] = line.into();
            return writeln!(out, "{object}");
        }
        writeln!(out, "{}:{line}: {}", self.name, self.form.failure_text(refusal))
    }

    /// The line of progress, on a terminal.
    fn progress(&mut self) {
        if self.shown.elapsed() < PROGRESS_EVERY || !io::stderr().is_terminal() {
            return;
        }
        self.shown = Instant::now();
        eprint!("\r{} of {}, {} a second\x1b[K", self.tally.sum(), self.lines.len(), self.rate());
    }

    fn wipe(&self) {
        if io::stderr().is_terminal() {
            eprint!("\r\x1b[K");
        }
    }

    fn rate(&self) -> u64 {
        let millis = self.start.elapsed().as_millis().max(1);
        u64::try_from(self.tally.sum() as u128 * 1000 / millis).unwrap_or(u64::MAX)
    }

    fn report(&self, out: &mut dyn Write) -> io::Result<()> {
        self.wipe();
        let (Tally { done, refused, unknown, unsent }, rate) = (self.tally, self.rate());
        let seconds = self.start.elapsed().as_secs_f64();
        if self.form.json {
            let seconds = (seconds * 1000.0).round() / 1000.0;
            let report = json!({
                "done": done, "refused": refused, "unknown": unknown, "unsent": unsent,
                "seconds": seconds, "per_second": rate,
            });
            return writeln!(out, "{report}");
        }
        if refused > REFUSALS_SHOWN {
            writeln!(out, "{}: {} more refusals", self.name, refused - REFUSALS_SHOWN)?;
        }
        write!(out, "{done} changes made, {refused} refused")?;
        for (number, what) in [(unknown, "not known to be made"), (unsent, "not sent")] {
            if number > 0 {
                write!(out, ", {number} {what}")?;
            }
        }
        writeln!(out, ", in {seconds:.2} s: {rate} a second")
    }
}

/// What a line says, with its number.
type Line<'t> = (usize, Result<Change<'t>, RunError>);

/// The changes that a text holds. A `#` at the start of a word begins a comment.
fn changes<'t>(text: &'t str, table: Option<&'t str>) -> impl Iterator<Item = Line<'t>> {
    (1..).zip(text.lines()).filter_map(move |(number, line)| {
        let words: Vec<_> = line.split_whitespace().take_while(|word| !word.starts_with('#')).collect();
        (!words.is_empty()).then(|| (number, Change::parse(&words, table)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use nl_tlv_lab::rtm::TableNew;

    #[test]
    fn comments_and_empty_lines_are_skipped_and_lines_keep_their_numbers() {
        let text = "# routes\n\ntable add a#b # a table\n  10.0.0.0/8 dev eth0\nbad\n";
        let found: Vec<_> = changes(text, Some("main")).collect();
        let numbers: Vec<_> = found.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, [3, 4, 5]);
        assert_eq!(found[0].1.as_ref().unwrap(), &Change::TableAdd(TableNew { name: "a#b" }));
        let Ok(Change::Route(route, _)) = &found[1].1 else { panic!("{:?}", found[1]) };
        assert_eq!((route.table, route.nexthops[0].oif), ("main", Some("eth0")));
        assert_eq!(
            found[2].1.as_ref().unwrap_err().to_string(),
            "`bad` is not a destination: write one like 10.1.1.0/24, 2001:db8::/32, or default"
        );
    }

    #[test]
    fn a_route_without_a_table_needs_one_from_outside() {
        let (_, change) = changes("10.0.0.0/8 dev eth0", None).next().unwrap();
        assert_eq!(change.unwrap_err().to_string(), "`table NAME` is missing");
    }
}
