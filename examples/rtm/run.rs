//! Carrying out a command.

use super::change::{self, Change};
use super::cli::{Command, Kind, RouteCommand, RouteWords, TableCommand};
use super::load::Loader;
use super::objects::{Route, Table};
use super::show::Form;
use super::{menu, monitor};
use nl_tlv::control::Refusal;
use nl_tlv::socket::RequestError;
use nl_tlv::{DeleteFlags, Error, Flags, Message, Messages, NlMessage};
use nl_tlv_lab::rtm::client::{Answerer, Connection};
use nl_tlv_lab::rtm::words::{self, Wanted, WordError};
use nl_tlv_lab::rtm::{
    GROUP_ROUTES, GROUP_TABLES, RouteGet, RouteReply, TableClear, TableDel, TableGet, TableNew,
};
use std::fs::File;
use std::io::{self, Read, Write};
use std::iter::once;
use std::path::Path;
use std::time::Instant;

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    /// Wrong arguments, or a request that cannot be written.
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
    pub(crate) conn: Connection,
    pub(crate) answerer: Answerer,
    pub(crate) form: Form,
    /// Whether changes show what they made of the object.
    pub(crate) echo: bool,
}

impl Session {
    /// Carries a command out. It returns false if a part of it was not done, after printing why.
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
                monitor::follow(self, groups, *count, out)?;
            }
            Command::Load { file, table } => return self.load(file, table.as_deref(), out),
            Command::Menu => menu::run(self, &mut io::stdin().lock(), out)?,
            Command::Serve { .. } | Command::Completions { .. } | Command::Man => {}
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
            TableCommand::List { name: Some(name) } => {
                let reply = self.conn.get(&TableGet { name: Some(name) })?;
                return self.form.tables(|| once(Ok(Table::of(reply))), out);
            }
            TableCommand::List { name: None } => {
                let tables = self.all(&TableGet { name: None })?;
                return self.form.tables(|| messages(&tables).map(|message| Table::read(&message?)), out);
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
                self.change(&Change::RouteDel(words::key(&borrowed(words), None)?), out)
            }
            RouteCommand::Get { words } => {
                let (wanted, table) = words::wanted(&borrowed(words))?;
                let get = RouteGet { table: Some(table), ..RouteGet::default() };
                let get = match wanted {
                    Wanted::Exactly(dst) => RouteGet { dst: Some(dst), ..get },
                    Wanted::RouteTo(addr) => RouteGet { lookup: Some(addr), ..get },
                };
                let reply: RouteReply<'_> = self.conn.get(&get)?;
                self.form.routes(|| once(Route::of(reply.clone())), out)
            }
            RouteCommand::List { words } => {
                let get = RouteGet { table: words::filter(&borrowed(words))?, ..RouteGet::default() };
                let routes = self.all(&get)?;
                self.form.routes(|| messages(&routes).map(|message| Route::read(&message?)), out)
            }
        }
    }

    /// All objects that match, each as the message that it came in; asked for again if a change interrupts the dump.
    fn all(&mut self, get: &impl NlMessage) -> Result<Vec<Vec<u8>>, RequestError> {
        Ok(self.conn.collect(get, |object| Ok(Some(object.as_bytes().to_vec())))?.0)
    }

    fn route_new(&mut self, verb: &str, route: &RouteWords, out: &mut dyn Write) -> Result<(), RunError> {
        let route = words::Route::parse(&borrowed(&route.words), None)?;
        let flags = change::flags(verb).unwrap_or(change::ADD);
        self.change(&Change::Route(route, flags), out)
    }

    fn change(&mut self, change: &Change<'_>, out: &mut dyn Write) -> Result<(), RunError> {
        let flags = if self.echo { Flags::ECHO } else { Flags::empty() };
        change.give(&mut self.conn, flags)?;
        self.form.success(out)?;
        while self.echo
            && let Ok(echo) = self.conn.event_deadline(Instant::now())
        {
            monitor::print(self.form, &echo, out)?;
        }
        Ok(())
    }

    fn load(&mut self, file: &Path, table: Option<&str>, out: &mut dyn Write) -> Result<bool, RunError> {
        let name = file.display().to_string();
        let text = text_of(file).map_err(|err| RunError::Arguments(format!("{name}: {err}")))?;
        let tally = Loader::new(self.form, &name).load(&mut self.conn, &text, table, out)?;
        Ok(tally.is_complete())
    }
}

/// The text of a file, or of standard input for `-`.
fn text_of(file: &Path) -> io::Result<String> {
    const MAX: u64 = 64 << 20;
    let is_input = file.as_os_str() == "-";
    let input: Box<dyn Read> = if is_input { Box::new(io::stdin()) } else { Box::new(File::open(file)?) };
    let mut text = String::new();
    if input.take(MAX + 1).read_to_string(&mut text)? as u64 > MAX {
        return Err(io::Error::other("more than 64 MiB, which is more than is read"));
    }
    Ok(text)
}

/// Checks the words of a command, before a socket is opened.
pub(crate) fn check(command: &Command) -> Result<(), WordError> {
    let Command::Route(command) = command else { return Ok(()) };
    match command {
        RouteCommand::Add(RouteWords { words })
        | RouteCommand::Change(RouteWords { words })
        | RouteCommand::Replace(RouteWords { words })
        | RouteCommand::Append(RouteWords { words }) => words::Route::parse(&borrowed(words), None).map(drop),
        RouteCommand::Del { words } => words::key(&borrowed(words), None).map(drop),
        RouteCommand::Get { words } => words::wanted(&borrowed(words)).map(drop),
        RouteCommand::List { words } => words::filter(&borrowed(words)).map(drop),
    }
}

fn borrowed(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

fn messages(objects: &[Vec<u8>]) -> impl Iterator<Item = Result<Message<'_>, Error>> {
    objects.iter().flat_map(|bytes| Messages::new(bytes))
}
