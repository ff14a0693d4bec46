//! The arguments.

use super::show::Color;
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use nl_tlv_lab::rtm::words::{self, WordError};
use std::path::PathBuf;

/// Manages routing tables: creates them, fills them, looks addresses up, and tells of every change.
///
/// The kernel module rtm.ko holds the tables where it is loaded; otherwise a peer in user space does, which speaks the
/// same protocol over NETLINK_USERSOCK. If none is running, this program starts one, which the next commands find: it
/// ends, and its tables with it, after five minutes without a request. `rtm serve` keeps one running.
#[derive(Debug, Parser)]
#[command(
    name = "rtm",
    version,
    infer_subcommands = true,
    after_help = "\
Examples:
  rtm table add blue
  rtm route add 10.1.1.0/24 via 11.1.1.1 dev eth0/6 table blue
  rtm route get 10.1.1.7 table blue
  rtm route list
  rtm monitor                      every change that any process makes, as it happens
  rtm menu                         ask for everything, step by step

Commands can be shortened as far as they are unique: `rtm ta ad blue`.

Exit status: 0 if all was done, 1 if something was refused or not answered, 2 for wrong arguments."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) options: Options,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Options {
    /// Print JSON: an array for lists, an object a line otherwise
    #[arg(short, long, global = true)]
    pub(crate) json: bool,
    /// Show every message that is sent and received as a tree, on standard error
    #[arg(short, long, global = true)]
    pub(crate) dissect: bool,
    /// Show what a change has made of the object (NLM_F_ECHO)
    #[arg(short, long, global = true)]
    pub(crate) echo: bool,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    /// Netlink protocol number of the module, if not 30; nobody else is asked then
    #[arg(long, global = true, value_name = "N", conflicts_with = "peer")]
    pub(crate) protocol: Option<u32>,
    /// Talk to a peer in user space even if the module is loaded
    #[arg(long, global = true)]
    pub(crate) peer: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Creates, deletes, clears and lists tables
    #[command(subcommand, infer_subcommands = true)]
    Table(TableCommand),
    /// Adds, changes, deletes, lists and looks up routes
    #[command(subcommand, infer_subcommands = true)]
    Route(RouteCommand),
    /// Prints every change that any process makes, as the command that causes it, until interrupted
    ///
    /// From a peer in user space it needs CAP_NET_ADMIN: `unshare -Urn sh` starts a shell that has it.
    #[command(after_help = "Examples:\n  rtm monitor\n  rtm monitor routes --count 10 --json")]
    Monitor {
        /// Only changes of tables, or of routes
        only: Option<Kind>,
        /// Stop after so many changes
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        count: Option<usize>,
    },
    /// Makes the changes that a file holds, many in a datagram
    ///
    /// A line is `table add NAME` or another change of a table, `route add ROUTE` or another change of a route, or just
    /// a ROUTE to be added. Empty lines, and what follows a #, are skipped. Nothing is sent if a line cannot be read.
    #[command(after_help = "\
Example of a file:
  table add blue
  10.1.1.0/24 via 11.1.1.1 dev eth0/6 table blue   # as `rtm route add` has it
  route replace 10.1.1.0/24 via 11.1.1.2 table blue")]
    Load {
        /// The file; - is standard input
        file: PathBuf,
        /// Table of the routes that name none
        #[arg(long, value_name = "NAME", value_parser = name)]
        table: Option<String>,
    },
    /// Asks for everything, step by step: a number for what to do, then names and addresses
    #[command(after_help = "Example: rtm menu")]
    Menu,
    /// Is the peer for other processes, until interrupted
    #[command(after_help = "Examples:\n  rtm serve &\n  rtm serve --idle 60 &")]
    Serve {
        /// End after so many seconds without a request; never, if this is not given
        #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
        idle: Option<u64>,
    },
    /// Prints a script that completes the arguments of this program in a shell
    #[command(after_help = "Example: rtm completions bash > ~/.local/share/bash-completion/completions/rtm")]
    Completions {
        /// For which shell
        shell: Shell,
    },
    /// Prints the manual page
    #[command(after_help = "Example: rtm man > ~/.local/share/man/man1/rtm.1")]
    Man,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
    Tables,
    Routes,
}

#[derive(Debug, PartialEq, Subcommand)]
pub(crate) enum TableCommand {
    /// Creates a table
    #[command(after_help = "Example: rtm table add blue")]
    Add {
        /// Its name: 1 to 31 graphic ASCII characters
        #[arg(value_parser = name)]
        name: String,
    },
    /// Deletes a table with its routes
    #[command(after_help = "Examples:\n  rtm table del blue\n  rtm table del --if-empty blue")]
    Del {
        /// Its name
        #[arg(value_parser = name)]
        name: String,
        /// Refuse if the table has any routes
        #[arg(long)]
        if_empty: bool,
    },
    /// Deletes all routes of a table, and keeps the table
    #[command(after_help = "Example: rtm table clear blue")]
    Clear {
        /// Its name
        #[arg(value_parser = name)]
        name: String,
    },
    /// Lists all tables, or shows one
    #[command(
        visible_alias = "show",
        after_help = "Examples:\n  rtm table list --json\n  rtm table show blue"
    )]
    List {
        /// Only the one with this name
        #[arg(value_parser = name)]
        name: Option<String>,
    },
}

#[derive(Debug, PartialEq, Subcommand)]
pub(crate) enum RouteCommand {
    /// Adds a route that is not there yet
    Add(RouteWords),
    /// Changes a route that is there
    Change(RouteWords),
    /// Adds a route, or changes it if it is there
    Replace(RouteWords),
    /// Adds next hops to a route that is there, or makes the route
    Append(RouteWords),
    /// Deletes a route
    #[command(after_help = "Example: rtm route del 10.1.1.0/24 table blue")]
    Del {
        /// PREFIX/LENGTH, then table NAME
        #[arg(required = true, value_name = "PREFIX", allow_negative_numbers = true)]
        words: Vec<String>,
    },
    /// Looks an address up by its longest prefix, or shows the route to exactly a PREFIX/LENGTH
    #[command(
        after_help = "Examples:\n  rtm route get 10.1.1.7 table blue\n  rtm route get 10.1.1.0/24 table blue"
    )]
    Get {
        /// ADDRESS or PREFIX/LENGTH, then table NAME
        #[arg(required = true, value_name = "ADDRESS", allow_negative_numbers = true)]
        words: Vec<String>,
    },
    /// Lists all routes, or those of one table
    #[command(
        visible_alias = "show",
        after_help = "Examples:\n  rtm route list\n  rtm route list table blue --json"
    )]
    List {
        /// table NAME
        #[arg(value_name = "FILTER")]
        words: Vec<String>,
    },
}

#[derive(Args, Debug, PartialEq)]
#[command(after_help = "\
ROUTE := PREFIX [ HOP ] table NAME [ metric NUMBER ] [ nexthop HOP ]...
HOP   := [ via ADDRESS ] [ dev NAME ] [ weight NUMBER ]

Examples:
  rtm route add 10.1.1.0/24 via 11.1.1.1 dev eth0/6 table blue
  rtm route add default table blue metric 5 nexthop via 11.1.1.1 weight 2 nexthop dev eth1
  rtm route replace 10.1.1.0/24 via 11.1.1.2 table blue
  rtm route append 10.1.1.0/24 via 11.1.1.3 table blue     one more next hop")]
pub(crate) struct RouteWords {
    /// The route, in the words of `ip route`
    #[arg(required = true, value_name = "ROUTE", allow_negative_numbers = true)]
    pub(crate) words: Vec<String>,
}

/// A name that a message can hold.
fn name(word: &str) -> Result<String, WordError> {
    words::name(word).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parsed(line: &str) -> Result<Cli, clap::error::ErrorKind> {
        Cli::try_parse_from(["rtm"].into_iter().chain(line.split(' '))).map_err(|err| err.kind())
    }

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Cli::command().debug_assert();
    }

    #[test]
    fn options_may_stand_anywhere_and_commands_may_be_cut() {
        let cli = parsed("ro ad 10.0.0.0/8 dev eth0 --json table blue").unwrap();
        assert!(cli.options.json);
        let Command::Route(RouteCommand::Add(route)) = cli.command else { panic!("{:?}", cli.command) };
        assert_eq!(route.words.join(" "), "10.0.0.0/8 dev eth0 table blue");
        let cli = parsed("table show").unwrap();
        assert!(matches!(cli.command, Command::Table(TableCommand::List { name: None })));
    }

    #[test]
    fn what_is_missing_or_unknown_is_an_error() {
        use clap::error::ErrorKind;
        for (line, kind) in [
            ("table add", ErrorKind::MissingRequiredArgument),
            ("route add", ErrorKind::MissingRequiredArgument),
            ("route paint 10.0.0.0/8", ErrorKind::InvalidSubcommand),
            ("table add this-name-is-longer-than-31-bytes", ErrorKind::ValueValidation),
            ("monitor links", ErrorKind::InvalidValue),
            ("table list --count 1", ErrorKind::UnknownArgument),
        ] {
            assert_eq!(parsed(line).map(drop), Err(kind), "{line}");
        }
    }
}
