//! Puts the modules under load: a million routes, everybody at once, and messages that nobody would send.
//!
//! Prints TAP, with what was measured in lines that start with `#`. That the kernel's log stays clean, and that its
//! memory comes back when the modules are unloaded, is for others to see: `cargo xtask e2e --load`.

mod dice;
mod limit;
mod loading;
mod mixed;
mod model;
mod random;
mod report;
mod routes;
mod state;

use clap::{Parser, Subcommand};
use nl_tlv::socket::{Connection, Protocol};
use nl_tlv_lab::rtm;
use report::Report;
use std::error::Error;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

/// Puts the greet and RTM modules under load, and checks all that they answer.
#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    load: Load,
    /// Where the random numbers start: the same seed makes the same messages; drawn and printed if not said
    #[arg(long, global = true)]
    seed: Option<u64>,
}

/// What to do to the modules.
#[derive(Subcommand)]
enum Load {
    /// Adds, dumps, looks up and deletes very many routes, and compares with a model
    Routes(routes::Options),
    /// Changes, dumps, lookups and subscribers at the same time
    Mixed(mixed::Options),
    /// What happens at the limit of tables, and what it costs there
    Limit(limit::Options),
    /// Requests while the modules are being loaded, which this does over and over
    Loading(loading::Options),
    /// Random and nearly valid messages out of the schemas
    Random(random::Options),
}

/// Why something does not hold, for whoever reads the report.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// Fails with a sentence unless something holds.
#[macro_export]
macro_rules! ensure {
    ($holds:expr, $($sentence:tt)*) => {
        if !$holds {
            return Err(format!($($sentence)*).into());
        }
    };
}

fn main() -> ExitCode {
    let args = Args::parse();
    let seed = args.seed.unwrap_or_else(dice::seed);
    println!("# seed {seed}");
    let mut report = Report::default();
    // What has failed is in the report already.
    let _ = match args.load {
        Load::Routes(options) => routes::run(&options, seed, &mut report),
        Load::Mixed(options) => mixed::run(&options, seed, &mut report),
        Load::Limit(options) => limit::run(&options, &mut report),
        Load::Loading(options) => loading::run(&options, &mut report),
        Load::Random(options) => random::run(&options, seed, &mut report),
    };
    report.end()
}

/// How long an answer may take. Guests are emulated, and share their processors with others.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A conversation with the RTM module.
pub(crate) fn connect() -> io::Result<Connection> {
    let mut conn = Connection::open(Protocol::new(rtm::PROTOCOL))?;
    conn.set_timeout(Some(PATIENCE));
    Ok(conn)
}
