//! The menu: it asks for what a command needs, shows the command, and carries it out.

use super::cli::Cli;
use super::run::{RunError, Session};
use super::show::Paint;
use clap::Parser;
use std::io::{self, BufRead, Write};

/// An entry: what it says, the command, and what it asks for.
struct Entry {
    label: &'static str,
    command: &'static [&'static str],
    asks: &'static [Ask],
}

/// A question, and what becomes of the answer.
enum Ask {
    /// A word of the command, which it needs.
    Word(&'static str),
    /// A word behind a keyword, which the command needs.
    Clause(&'static str, &'static str),
    /// A word behind a keyword, or nothing.
    Optional(&'static str, &'static str),
    /// Any number of next hops.
    NextHops,
}

const NAME: Ask = Ask::Word("Name of the table");
const TABLE: Ask = Ask::Clause("table", "Name of the table");
const PREFIX: Ask = Ask::Word("Destination, such as 10.1.1.0/24");
const METRIC: Ask = Ask::Optional("metric", "Metric (empty: 0)");
const HOP: [Ask; 3] = [
    Ask::Optional("via", "Gateway (empty: none)"),
    Ask::Optional("dev", "Outgoing interface (empty: none)"),
    Ask::Optional("weight", "Weight (empty: 1)"),
];
const ROUTE: &[Ask] = &[TABLE, PREFIX, Ask::NextHops, METRIC];

const MENU: [Entry; 11] = [
    Entry { label: "Create a table", command: &["table", "add"], asks: &[NAME] },
    Entry { label: "Delete a table with its routes", command: &["table", "del"], asks: &[NAME] },
    Entry { label: "Delete all routes of a table", command: &["table", "clear"], asks: &[NAME] },
    Entry { label: "Show all tables", command: &["table", "list"], asks: &[] },
    Entry { label: "Add a route", command: &["route", "add"], asks: ROUTE },
    Entry { label: "Change a route", command: &["route", "change"], asks: ROUTE },
    Entry { label: "Add next hops to a route", command: &["route", "append"], asks: ROUTE },
    Entry { label: "Delete a route", command: &["route", "del"], asks: &[TABLE, PREFIX] },
    Entry { label: "Look an address up", command: &["route", "get"], asks: &[TABLE, Ask::Word("Address")] },
    Entry { label: "Show the routes of a table", command: &["route", "list"], asks: &[TABLE] },
    Entry { label: "Show all routes", command: &["route", "list"], asks: &[] },
];

/// Asks for commands and carries them out, until the user chooses the end or the input ends.
pub(crate) fn run(
    session: &mut Session,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> Result<(), RunError> {
    let mut console = Console { input, out };
    while let Some(words) = next_command(&mut console)? {
        let line = format!("rtm {}", words.join(" "));
        writeln!(console.out, "{}", session.form.paint(Paint::Bold, line))?;
        match Cli::try_parse_from(["rtm".to_owned()].into_iter().chain(words)) {
            Ok(cli) => match session.run(&cli.command, console.out) {
                Ok(_) => {}
                Err(RunError::Refused(refusal)) => session.form.failure(&refusal, console.out)?,
                Err(RunError::Io(err)) => return Err(err.into()),
                Err(err) => writeln!(console.out, "{err}")?,
            },
            Err(err) => writeln!(console.out, "{err}")?,
        }
    }
    Ok(())
}

/// The command that the user wants next; `None` at the end.
fn next_command(console: &mut Console<'_>) -> io::Result<Option<Vec<String>>> {
    writeln!(console.out)?;
    for (number, entry) in (1..).zip(&MENU) {
        writeln!(console.out, "{number:>3}. {}", entry.label)?;
    }
    writeln!(console.out, "  0. Quit")?;
    loop {
        let Some(choice) = console.ask("Choice")? else { return Ok(None) };
        let number = choice.parse::<usize>();
        if number == Ok(0) {
            return Ok(None);
        }
        match number.ok().and_then(|number| MENU.get(number - 1)) {
            Some(entry) => return entry.words(console),
            None => writeln!(console.out, "A number from 0 to {}, please.", MENU.len())?,
        }
    }
}

impl Entry {
    /// The words of the command; `None` if the input ends before they are complete.
    fn words(&self, console: &mut Console<'_>) -> io::Result<Option<Vec<String>>> {
        let mut words = Vec::new();
        // In the order of the questions the table comes first; in the command the destination does.
        let mut clauses = Vec::new();
        for ask in self.asks {
            let asked = match ask {
                Ask::Word(_) => console.answer(ask, &mut words)?,
                Ask::NextHops => console.next_hops(&mut clauses)?,
                Ask::Clause(..) | Ask::Optional(..) => console.answer(ask, &mut clauses)?,
            };
            if asked.is_none() {
                return Ok(None);
            }
        }
        let command = self.command.iter().map(|&word| word.to_owned());
        Ok(Some(command.chain(words).chain(clauses).collect()))
    }
}

/// Where questions are asked.
struct Console<'a> {
    input: &'a mut dyn BufRead,
    out: &'a mut dyn Write,
}

impl Console<'_> {
    /// Asks once; `None` at the end of the input.
    fn ask(&mut self, question: &str) -> io::Result<Option<String>> {
        write!(self.out, "{question}: ")?;
        self.out.flush()?;
        let mut line = String::new();
        if self.input.read_line(&mut line)? == 0 {
            writeln!(self.out)?;
            return Ok(None);
        }
        Ok(Some(line.trim().to_owned()))
    }

    /// Asks, again if the answer is needed and empty, and adds the answer to the words.
    fn answer(&mut self, ask: &Ask, words: &mut Vec<String>) -> io::Result<Option<()>> {
        let (keyword, question, is_needed) = match *ask {
            Ask::Word(question) => (None, question, true),
            Ask::Clause(keyword, question) => (Some(keyword), question, true),
            Ask::Optional(keyword, question) => (Some(keyword), question, false),
            Ask::NextHops => return Ok(Some(())),
        };
        loop {
            match self.ask(question)? {
                None => return Ok(None),
                Some(answer) if !answer.is_empty() => {
                    words.extend(keyword.map(str::to_owned).into_iter().chain([answer]));
                    return Ok(Some(()));
                }
                Some(_) if is_needed => {}
                Some(_) => return Ok(Some(())),
            }
        }
    }

    fn next_hops(&mut self, words: &mut Vec<String>) -> io::Result<Option<()>> {
        loop {
            for ask in &HOP {
                if self.answer(ask, words)?.is_none() {
                    return Ok(None);
                }
            }
            match self.ask("Another next hop? (y/N)")?.as_deref() {
                None => return Ok(None),
                Some("y" | "Y" | "yes") => words.push("nexthop".to_owned()),
                Some(_) => return Ok(Some(())),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The commands that a user's lines lead to.
    fn commands(mut lines: &[u8]) -> Vec<String> {
        let mut out = Vec::new();
        let mut console = Console { input: &mut lines, out: &mut out };
        let mut commands = Vec::new();
        while let Some(words) = next_command(&mut console).unwrap() {
            commands.push(words.join(" "));
        }
        commands
    }

    #[test]
    fn every_entry_leads_to_a_command_that_can_be_parsed() {
        for (number, entry) in (1..).zip(&MENU) {
            // The answers fit every question: a word where one is needed, and "no" to another next hop.
            let lines = format!("{number}\n{}", "10.0.0.0\n".repeat(7));
            let commands = commands(lines.as_bytes());
            let words = ["rtm"].into_iter().chain(commands[0].split(' '));
            let parsed = Cli::try_parse_from(words);
            assert!(parsed.is_ok() && commands[0].starts_with(&entry.command.join(" ")), "{commands:?}");
        }
    }

    #[test]
    fn a_route_is_asked_for_piece_by_piece() {
        let lines = "5\nblue\n10.1.1.0/24\n11.1.1.1\neth0/6\n\ny\n\neth1\n2\n\n5\n0\n";
        let route =
            "route add 10.1.1.0/24 table blue via 11.1.1.1 dev eth0/6 nexthop dev eth1 weight 2 metric 5";
        assert_eq!(commands(lines.as_bytes()), [route]);
    }

    #[test]
    fn what_is_needed_is_asked_for_again_and_no_number_is_no_choice() {
        assert_eq!(commands(b"twelve\n12\n-1\n1\n\n\nblue\n0\n4\n"), ["table add blue"]);
    }

    #[test]
    fn the_end_of_the_input_is_the_end() {
        assert_eq!(commands(b""), [""; 0]);
        assert_eq!(commands(b"4\n1\n"), ["table list"], "the name is not given any more");
    }
}
