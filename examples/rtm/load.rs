//! A file of changes, sent many in a datagram while a bounded number of answers is outstanding.

use super::change::Change;
use super::run::RunError;
use super::show::{Form, failure_json};
use super::talk::{OUTSTANDING, Request, Talk};
use nl_tlv::Flags;
use nl_tlv::control::Refusal;
use nl_tlv::socket::RequestError;
use serde_json::json;
use std::collections::VecDeque;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// How many requests a datagram holds at most; while they are answered, the next datagram is written.
const PER_DATAGRAM: usize = OUTSTANDING / 2;

/// From so many bytes on a datagram takes no more requests: what refuses them all, and repeats them, has to fit the
/// receive buffer too.
const DATAGRAM_LEN: usize = 12 * 1024;

/// How many refusals are printed; the others are counted.
const REFUSALS_SHOWN: usize = 10;

/// How often the progress is shown.
const PROGRESS_EVERY: Duration = Duration::from_millis(200);

/// How a file fared.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Tally {
    pub(crate) done: usize,
    pub(crate) refused: usize,
    /// The answer was lost: whether the change was made is not known.
    pub(crate) unknown: usize,
}

impl Tally {
    fn sum(self) -> usize {
        self.done + self.refused + self.unknown
    }
}

/// Whoever sends the changes of a file.
pub(crate) struct Loader<'a> {
    talk: &'a mut Talk,
    form: Form,
    /// The file's name, for messages.
    name: &'a str,
    waiting: VecDeque<(usize, Request)>,
    tally: Tally,
    total: usize,
    start: Instant,
    shown: Instant,
}

impl<'a> Loader<'a> {
    pub(crate) fn new(talk: &'a mut Talk, form: Form, name: &'a str) -> Self {
        let now = Instant::now();
        Self {
            talk,
            form,
            name,
            waiting: VecDeque::new(),
            tally: Tally::default(),
            total: 0,
            start: now,
            shown: now,
        }
    }

    /// Sends what the text says, line by line. Nothing is sent if a line cannot be read.
    pub(crate) fn load(
        mut self,
        text: &str,
        table: Option<&str>,
        out: &mut dyn Write,
    ) -> Result<Tally, RunError> {
        for (number, change) in lines(text, table) {
            change.map_err(|err| self.at(number, &err))?;
            self.total += 1;
        }
        self.start = Instant::now();
        let mut changes = lines(text, table).peekable();
        while changes.peek().is_some() {
            let datagram = self.datagram(&mut changes)?;
            self.talk.send(datagram.iter().map(|(_, request)| request))?;
            self.waiting.extend(datagram);
            self.settle(PER_DATAGRAM, out)?;
        }
        self.settle(0, out)?;
        self.report(out)?;
        Ok(self.tally)
    }

    /// Requests for one datagram, with the numbers of their lines.
    fn datagram<'t>(
        &mut self,
        changes: &mut impl Iterator<Item = Line<'t>>,
    ) -> Result<Vec<(usize, Request)>, RunError> {
        let (mut datagram, mut len) = (Vec::with_capacity(PER_DATAGRAM), 0);
        while datagram.len() < PER_DATAGRAM
            && len < DATAGRAM_LEN
            && let Some((number, change)) = changes.next()
        {
            let prepared = change.and_then(|change| change.prepare(self.talk, Flags::empty()));
            let request = prepared.map_err(|err| self.at(number, &err))?;
            len += request.len();
            datagram.push((number, request));
        }
        Ok(datagram)
    }

    /// Waits until no more than so many answers are outstanding.
    fn settle(&mut self, outstanding: usize, out: &mut dyn Write) -> Result<(), RequestError> {
        while self.waiting.len() > outstanding {
            let (seq, refusal) = match self.talk.answer() {
                Ok((verdict, message)) => {
                    let of = |(_, request): &&(usize, Request)| verdict.seq() == Some(request.seq);
                    let refusal =
                        self.waiting.iter().find(of).and_then(|(_, request)| request.refusal(&message));
                    (verdict.seq(), refusal)
                }
                Err(RequestError::Timeout | RequestError::Overrun) => {
                    self.give_up();
                    break;
                }
                Err(err) => return Err(err),
            };
            let Some(at) = self.waiting.iter().position(|(_, request)| Some(request.seq) == seq) else {
                continue;
            };
            let Some((line, _)) = self.waiting.remove(at) else { continue };
            match refusal {
                None => self.tally.done += 1,
                Some(refusal) => self.refused(line, &refusal, out)?,
            }
            self.progress();
        }
        Ok(())
    }

    /// Where a line is that cannot be read, or not be written as a message.
    fn at(&self, line: usize, err: &RunError) -> RunError {
        RunError::Arguments(format!("{}:{line}: {err}", self.name))
    }

    /// The answers that have not come are lost.
    fn give_up(&mut self) {
        for (_, request) in self.waiting.drain(..) {
            self.talk.abandon(&request);
            self.tally.unknown += 1;
        }
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
        eprint!("\r{} of {}, {} a second\x1b[K", self.tally.sum(), self.total, self.rate());
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
        let (Tally { done, refused, unknown }, rate) = (self.tally, self.rate());
        let seconds = self.start.elapsed().as_secs_f64();
        if self.form.json {
            let rounded = (seconds * 1000.0).round() / 1000.0;
            return writeln!(
                out,
                "{}",
                json!({
                    "done": done, "refused": refused, "unknown": unknown, "seconds": rounded, "per_second": rate,
                })
            );
        }
        if refused > REFUSALS_SHOWN {
            writeln!(out, "{}: {} more refusals", self.name, refused - REFUSALS_SHOWN)?;
        }
        let unknown = if unknown > 0 { format!(", {unknown} not known to be made") } else { String::new() };
        writeln!(out, "{done} changes made, {refused} refused{unknown}, in {seconds:.2} s: {rate} a second")
    }
}

/// What a line says, with its number.
type Line<'t> = (usize, Result<Change<'t>, RunError>);

/// The changes that a text holds. A `#` at the start of a word begins a comment.
fn lines<'t>(text: &'t str, table: Option<&'t str>) -> impl Iterator<Item = Line<'t>> {
    (1..).zip(text.lines()).filter_map(move |(number, line)| {
        let words: Vec<_> = line.split_whitespace().take_while(|word| !word.starts_with('#')).collect();
        (!words.is_empty()).then(|| (number, Change::parse(&words, table)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use nl_tlv_examples::rtm::TableNew;

    #[test]
    fn comments_and_empty_lines_are_skipped_and_lines_keep_their_numbers() {
        let text = "# routes\n\ntable add a#b # a table\n  10.0.0.0/8 dev eth0\nbad\n";
        let found: Vec<_> = lines(text, Some("main")).collect();
        let numbers: Vec<_> = found.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, [3, 4, 5]);
        assert_eq!(found[0].1.as_ref().unwrap(), &Change::TableAdd(TableNew { name: "a#b" }));
        let Ok(Change::Route(route, _)) = &found[1].1 else { panic!("{:?}", found[1]) };
        assert_eq!((route.table, route.nexthops[0].oif), ("main", Some("eth0")));
        assert_eq!(found[2].1.as_ref().unwrap_err().to_string(), "`bad` is no value for destination");
    }

    #[test]
    fn a_route_without_a_table_needs_one_from_outside() {
        let (_, change) = lines("10.0.0.0/8 dev eth0", None).next().unwrap();
        assert_eq!(change.unwrap_err().to_string(), "`table NAME` is missing");
    }
}
