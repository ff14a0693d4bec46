//! The routes of a table, kept up to date: a dump, then events, and a dump again when events were lost.

use clap::Parser;
use nl_tlv::socket::{Change, Connection, Protocol};
use nl_tlv_examples::program;
use nl_tlv_families::rt_route::{GetRoute, Route};
use nl_tlv_families::watch::Routes;
use serde_json::{Value, json};
use std::error::Error;
use std::fmt;
use std::io::Write;
use std::process::ExitCode;

/// Prints the IPv4 routes of a table, and from then on each one that is added (+), changed (~) or removed (-).
///
/// `monitor` prints the kernel's messages; this prints how the table differs, and however fast it changes, nothing is
/// missing. It ends when it is interrupted.
#[derive(Parser)]
#[command(after_help = "Examples:\n  watch\n  watch --table 255\n  watch --json | jq .added")]
struct Args {
    /// Number of the table: main is 254, and local 255
    #[arg(long, default_value_t = 254)]
    table: u32,
    /// Size of the receive buffer in bytes, if not the system's (`sysctl net.core.rmem_default`); a small one loses events
    #[arg(long, value_name = "BYTES")]
    buffer: Option<usize>,
    /// Print an object for each change, one a line
    #[arg(long)]
    json: bool,
    /// End after so many changes
    #[arg(long, value_name = "N")]
    count: Option<u64>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    program::run("watch", |out| watch(&args, out))
}

fn watch(args: &Args, out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let conn = Connection::open(Protocol::ROUTE)?;
    if let Some(len) = args.buffer {
        conn.transport().set_recv_buffer(len)?;
    }
    // Every table is dumped: a kernel that filters refuses one that does not exist yet.
    let routes = conn.watch::<Routes>(&GetRoute::of_family(AF_INET))?;
    let table = args.table;
    // The events are of both families.
    let mut routes = routes.filter(move |route| route.header.family == AF_INET && route.table == Some(table));
    let mut seen = 0;
    while args.count.is_none_or(|count| seen < count) {
        match routes.change()? {
            change if args.json => writeln!(out, "{}", json(&change))?,
            Change::Added(route) => writeln!(out, "+ {}", Shown(&route))?,
            Change::Changed { old, new } => writeln!(out, "~ {} is now{}", Shown(&old), Via(&new))?,
            Change::Removed(route) => writeln!(out, "- {}", Shown(&route))?,
        }
        seen += 1;
    }
    Ok(())
}

/// A change as an object, its words those of `ip -json route`.
fn json(change: &Change<Route<'_>>) -> Value {
    let object = |route: &Route<'_>| {
        json!({
            "dst": route.dst.map_or("default".to_owned(), |dst| format!("{dst}/{}", route.header.dst_len)),
            "gateway": route.gateway.map(|gateway| gateway.to_string()), "ifindex": route.oif, "metric": route.priority, "table": route.table,
        })
    };
    match change {
        Change::Added(route) => json!({ "added": object(route) }),
        Change::Changed { old, new } => json!({ "changed": object(new), "was": object(old) }),
        Change::Removed(route) => json!({ "removed": object(route) }),
    }
}

/// Where to, and where it leads.
struct Shown<'r>(&'r Route<'r>);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(route) = self;
        match route.dst {
            Some(dst) => write!(f, "{dst}/{}{}", route.header.dst_len, Via(route)),
            None => write!(f, "default{}", Via(route)),
        }
    }
}

/// Where a route leads.
struct Via<'r>(&'r Route<'r>);

impl fmt::Display for Via<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.gateway.map_or(Ok(()), |gateway| write!(f, " via {gateway}"))?;
        self.0.oif.map_or(Ok(()), |oif| write!(f, " over interface {oif}"))
    }
}

const AF_INET: u8 = 2;
