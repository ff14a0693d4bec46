//! Carrying out a command.

use super::change::{self, Change};
use super::cli::{Command, Kind, RouteCommand, RouteWords, TableCommand};
use super::load::Loader;
use super::objects::{Route, Table};
use super::show::Form;
use super::spec::{self, Wanted, WordError};
use super::talk::{Replies, Talk};
use super::{menu, monitor};
use nl_tlv::control::Refusal;
use nl_tlv::socket::RequestError;
use nl_tlv::{DeleteFlags, Error, Flags};
use nl_tlv_examples::rtm::{GROUP_ROUTES, GROUP_TABLES, RouteGet, TableClear, TableDel, TableGet, TableNew};
use std::io::{self, Read, Write};
use std::path::Path;

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    /// It cannot be said.
    #[error("{0}")]
    Arguments(String),
    /// The other end refuses.
    #[error("refused: {0}")]
    Refused(Box<Refusal>),
    /// No answer, or one that cannot be understood.
    #[error(transparent)]
    Request(RequestError),
    /// An object that cannot be read.
    #[error("answer: {0}")]
    Object(#[from] Error),
    /// Reading a file, or printing.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<RequestError> for RunError {
    fn from(err: RequestError) -> Self {
        match err {
            RequestError::Refused(refusal) => Self::Refused(refusal),
            RequestError::Emit(what) => Self::Arguments(what.to_string()),
            err => Self::Request(err),
        }
    }
}

impl From<WordError> for RunError {
    fn from(err: WordError) -> Self {
        Self::Arguments(err.to_string())
    }
}

/// A conversation, and how its results are shown.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) talk: Talk,
    pub(crate) form: Form,
    /// Whether changes show what they made of the object.
    pub(crate) echo: bool,
}

impl Session {
    /// Carries a command out. False if some of it was not done, and that has been said.
    pub(crate) fn run(&mut self, command: &Command, out: &mut dyn Write) -> Result<bool, RunError> {
        match command {
            Command::Table(command) => self.table(command, out)?,
            Command::Route(command) => self.route(command, out)?,
            Command::Monitor { only, count } => {
                let groups: &[u32] = match only {
                    Some(Kind::Tables) => &[GROUP_TABLES],
                    Some(Kind::Routes) => &[GROUP_ROUTES],
                    None => &[GROUP_TABLES, GROUP_ROUTES],
                };
                monitor::follow(&mut self.talk, self.form, groups, *count, out)?;
            }
            Command::Load { file, table } => return self.load(file, table.as_deref(), out),
            Command::Menu => menu::run(self, &mut io::stdin().lock(), out)?,
            Command::Serve | Command::Completions { .. } => {}
        }
        Ok(true)
    }

    fn table(&mut self, command: &TableCommand, out: &mut dyn Write) -> Result<(), RunError> {
        let change = match command {
            TableCommand::Add { name } => Change::TableAdd(TableNew { name }),
            TableCommand::Del { name, if_empty } => {
                let flags = if *if_empty { DeleteFlags::NONREC } else { DeleteFlags::empty() };
                Change::TableDel(TableDel { name }, flags)
            }
            TableCommand::Clear { name } => Change::TableClear(TableClear { name }),
            TableCommand::List { name } => {
                let replies = match name {
                    Some(name) => self.talk.get(&TableGet { name: Some(name) })?,
                    None => self.talk.dump(&TableGet { name: None })?,
                };
                warn_if_interrupted(&replies);
                return self.form.tables(|| replies.messages().map(|message| Table::read(&message)), out);
            }
        };
        self.change(&change, out)
    }

    fn route(&mut self, command: &RouteCommand, out: &mut dyn Write) -> Result<(), RunError> {
        match command {
            RouteCommand::Add(route) => self.route_new("add", route, out),
            RouteCommand::Change(route) => self.route_new("change", route, out),
            RouteCommand::Replace(route) => self.route_new("replace", route, out),
            RouteCommand::Append(route) => self.route_new("append", route, out),
            RouteCommand::Del { words } => {
                self.change(&Change::RouteDel(spec::key(&borrowed(words), None)?), out)
            }
            RouteCommand::Get { words } => {
                let (wanted, table) = spec::wanted(&borrowed(words))?;
                let get = RouteGet { table: Some(table), ..RouteGet::default() };
                let replies = match wanted {
                    Wanted::Exactly(dst) => self.talk.get(&RouteGet { dst: Some(dst), ..get })?,
                    Wanted::RouteTo(addr) => self.talk.get(&RouteGet { lookup: Some(addr), ..get })?,
                };
                self.routes(&replies, out)
            }
            RouteCommand::List { words } => {
                let table = spec::filter(&borrowed(words))?.map(str::to_owned);
                let get = RouteGet { table: table.as_deref(), ..RouteGet::default() };
                let replies = self.talk.dump(&get)?;
                self.routes(&replies, out)
            }
        }
    }

    fn route_new(&mut self, verb: &str, route: &RouteWords, out: &mut dyn Write) -> Result<(), RunError> {
        let route = spec::Route::parse(&borrowed(&route.words), None)?;
        let flags = change::flags(verb).unwrap_or(change::ADD);
        self.change(&Change::Route(route, flags), out)
    }

    fn change(&mut self, change: &Change<'_>, out: &mut dyn Write) -> Result<(), RunError> {
        let flags = if self.echo { Flags::ECHO } else { Flags::empty() };
        let request = change.prepare(&mut self.talk, flags)?;
        let echo = self.talk.carry_out(&request)?;
        self.form.success(out)?;
        echo.messages().try_for_each(|message| monitor::print(self.form, &message, out))
    }

    fn routes(&self, replies: &Replies, out: &mut dyn Write) -> Result<(), RunError> {
        warn_if_interrupted(replies);
        self.form.routes(|| replies.messages().map(|message| Route::read(&message)), out)
    }

    fn load(&mut self, file: &Path, table: Option<&str>, out: &mut dyn Write) -> Result<bool, RunError> {
        let name = file.display().to_string();
        let text = if name == "-" {
            let mut text = String::new();
            io::stdin().read_to_string(&mut text)?;
            text
        } else {
            std::fs::read_to_string(file).map_err(|err| RunError::Arguments(format!("{name}: {err}")))?
        };
        let tally = Loader::new(&mut self.talk, self.form, &name).load(&text, table, out)?;
        Ok(tally.refused + tally.unknown == 0)
    }
}

fn borrowed(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

fn warn_if_interrupted(replies: &Replies) {
    if replies.is_interrupted {
        eprintln!("rtm: changes kept interrupting the list: some of it may be missing or come twice");
    }
}
