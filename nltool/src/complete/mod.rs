//! `nltool completions` and the hidden `nltool complete`, which the scripts of the shells call for each word.
//!
//! The engine of `clap_complete` knows commands and options. What comes from the schemas is added to the command line before
//! it looks: families, operations of the family, attributes of the operation, names of values.

mod attributes;
mod operations;
mod words;

use crate::catalogue::{Catalogue, Family};
use crate::cli::Cli;
use crate::error::Failure;
use clap::{ArgMatches, CommandFactory};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate, complete};
use nl_tlv::schema::MessageSchema;
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

/// A shell that has completions.
#[derive(Clone, Copy, Debug, PartialEq, clap::ValueEnum)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
}

/// One possible word: itself, and what it means.
type Candidate = (String, String);

impl Shell {
    /// The script that a user's shell reads.
    pub fn script(self) -> &'static str {
        match self {
            Self::Bash => include_str!("scripts/nltool.bash"),
            Self::Zsh => include_str!("scripts/nltool.zsh"),
            Self::Fish => include_str!("scripts/nltool.fish"),
        }
    }
}

/// Writes the words that the last of `typed` may become, one in each line, with a tab and its meaning behind it.
///
/// # Errors
///
/// The system's.
pub fn run(
    shell: Shell,
    typed: &[OsString],
    mut catalogue: Catalogue,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if typed.is_empty() {
        return Ok(());
    }
    // Bash sees several words where others see one, and replaces the last of them only.
    let (words, kept) = if shell == Shell::Bash { words::joined(typed) } else { (typed.to_vec(), 0) };
    let line = Line::new(&words);
    // A file that cannot be read is reported when the command runs.
    drop(crate::spec::load(&line.specs, &mut catalogue));
    let mut command = line.command(&catalogue);
    let last = words.len().saturating_sub(1);
    let found = complete(&mut command, words.clone(), last, None)?;
    let shown = |candidate: &&CompletionCandidate| {
        let is_option = candidate.get_value().as_encoded_bytes().starts_with(b"-");
        !candidate.is_hide_set() && (!is_option || line.current.starts_with('-'))
    };
    for candidate in found.iter().filter(shown) {
        let value = candidate.get_value().to_string_lossy();
        let help = candidate.get_help().map(|help| help.to_string()).unwrap_or_default();
        let help = help.lines().next().unwrap_or_default();
        writeln!(out, "{}\t{help}", value.get(kept..).unwrap_or_default())?;
    }
    Ok(())
}

/// What stands on the command line.
struct Line {
    command: String,
    families: Vec<String>,
    operations: Vec<String>,
    attributes: Vec<String>,
    specs: Vec<PathBuf>,
    /// The word that is being typed.
    current: String,
}

impl Line {
    fn new(words: &[OsString]) -> Self {
        let (current, before) = words
            .split_last()
            .map_or((String::new(), words), |(last, before)| (last.to_string_lossy().into_owned(), before));
        let matches = Cli::command().ignore_errors(true).try_get_matches_from(before).unwrap_or_default();
        let (command, of_command) = matches.subcommand().unwrap_or(("", &matches));
        let all = |ids: &[&str]| ids.iter().flat_map(|id| texts(of_command, id)).collect();
        let specs = of_command.try_get_many::<PathBuf>("spec").ok().flatten().into_iter().flatten().cloned();
        Self {
            command: command.to_owned(),
            families: all(&["family", "families"]),
            operations: all(&["operation", "message"]),
            attributes: all(&["attributes"]),
            specs: specs.collect(),
            current,
        }
    }

    /// The command line of the program, with what may be typed in this place.
    fn command(&self, catalogue: &Catalogue) -> clap::Command {
        if self.command.is_empty() {
            return Cli::command();
        }
        let with = |arg: clap::Arg| match self.candidates(arg.get_id().as_str(), catalogue) {
            Some(found) => arg.add(ArgValueCandidates::new(move || found.iter().map(candidate).collect())),
            None => arg,
        };
        // All arguments, because an argument that is changed alone becomes the last one.
        Cli::command().mut_subcommand(&self.command, |command| command.mut_args(with))
    }

    /// What an argument may be; `None` if the schemas say nothing about it.
    fn candidates(&self, argument: &str, catalogue: &Catalogue) -> Option<Vec<Candidate>> {
        match argument {
            "family" | "families" => Some(operations::families(catalogue, &self.command)),
            "operation" | "message" => {
                let families = self.families(catalogue);
                Some(operations::names(&families, &self.command, &self.current))
            }
            "attributes" => {
                let family = self.families(catalogue).into_iter().next()?;
                let schema = family.message(self.operations.first()?).ok()?;
                Some(attributes::of_request(family, schema, &self.attributes, &self.current))
            }
            "conditions" => Some(attributes::of_messages(&self.messages(catalogue), &self.current)),
            _ => None,
        }
    }

    /// The families that were named; all if none was.
    fn families<'c>(&self, catalogue: &'c Catalogue) -> Vec<&'c Family> {
        match self.families.is_empty() {
            true => catalogue.families().iter().collect(),
            false => self.families.iter().filter_map(|name| catalogue.family(name).ok()).collect(),
        }
    }

    /// The messages that were named, or all of the families.
    fn messages(&self, catalogue: &Catalogue) -> Vec<&'static MessageSchema> {
        let families = self.families(catalogue);
        let named = |family: &&Family| -> Vec<&'static MessageSchema> {
            match self.operations.is_empty() {
                true => family.messages.to_vec(),
                false => self.operations.iter().filter_map(|name| family.message(name).ok()).collect(),
            }
        };
        families.iter().flat_map(named).collect()
    }
}

/// The words of an argument that is text; of one that the command does not have, none.
fn texts(matches: &ArgMatches, id: &str) -> Vec<String> {
    matches.try_get_many::<String>(id).ok().flatten().into_iter().flatten().cloned().collect()
}

fn candidate((value, help): &Candidate) -> CompletionCandidate {
    CompletionCandidate::new(value).help(Some(help.clone().into()))
}
