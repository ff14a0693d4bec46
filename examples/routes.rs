//! Routes: listed, added and deleted with derived messages, one or a hundred thousand.

use clap::{Args, Parser, Subcommand};
use nl_tlv::socket::{Connection, Protocol, RequestError};
use nl_tlv::{Flags, NlMessage};
use nl_tlv_examples::program;
use nl_tlv_families::jobs::CREATE;
use nl_tlv_families::rt_link::{GetLink, Link};
use nl_tlv_families::rt_route::{DelRoute, GetRoute, Route};
use serde_json::{Value, json};
use std::{collections::BTreeMap, error::Error, io::Write, net::Ipv4Addr, process::ExitCode};

type Links = BTreeMap<u32, String>;

/// Lists, adds and deletes IPv4 routes of the kernel.
///
/// Changes need root, or a network of one's own: `unshare -rn`.
#[derive(Parser)]
#[command(after_help = "Examples:\n  routes list --json\n  routes add 10.1.0.0/16 --dev lo\n  \
    routes add 10.0.0.0/32 --dev lo --table 1000 --count 100000   (10.0.0.0, 10.0.0.1, ...)\n\n\
    Exit status: 0 if all was done, 1 if something was refused, 2 for wrong arguments.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Number of the table: main is 254, and local 255
    #[arg(long, global = true, default_value_t = 254)]
    table: u32,
}

#[derive(Subcommand)]
enum Command {
    /// Prints the routes of the table
    List {
        /// As an array of objects, with the names that `ip -json route` has
        #[arg(long)]
        json: bool,
    },
    /// Adds routes
    Add(Spec),
    /// Deletes routes
    Del(Spec),
}

#[derive(Args)]
struct Spec {
    /// Destination: ADDRESS/LENGTH, such as 10.1.0.0/16
    #[arg(value_parser = program::prefix)]
    dst: (Ipv4Addr, u8),
    /// The interface that packets leave by; a new route needs --dev, --via or both
    #[arg(long, value_name = "NAME")]
    dev: Option<String>,
    /// The router that packets are sent to
    #[arg(long, value_name = "ADDRESS")]
    via: Option<Ipv4Addr>,
    /// Of several routes to a destination, that with the smallest metric is used
    #[arg(long, value_name = "NUMBER")]
    metric: Option<u32>,
    /// How many, each with the destination behind that of the one before
    #[arg(long, default_value_t = 1)]
    count: u32,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    program::run("routes", |out| run(&cli, out))
}

fn run(cli: &Cli, out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let mut conn = Connection::open(Protocol::ROUTE)?;
    let (names, _) = conn.collect(&GetLink::default(), |link| {
        let link = Link::parse(link)?;
        Ok(link.ifname.map(|name| (link.index().get(), name.to_string())))
    })?;
    let links = Links::from_iter(names);
    match &cli.command {
        Command::List { json } => match (list(&mut conn, cli.table, &links)?, json) {
            (routes, true) => writeln!(out, "{}", Value::Array(routes))?,
            (routes, false) => routes.iter().try_for_each(|route| writeln!(out, "{}", line(route)))?,
        },
        Command::Add(spec) | Command::Del(spec) => change(&mut conn, cli, spec, &links)?,
    }
    Ok(())
}

fn list(conn: &mut Connection, table: u32, links: &Links) -> Result<Vec<Value>, RequestError> {
    let mut all = GetRoute::of_family(2);
    all.table = Some(table);
    let (routes, unreadable) = conn.collect(&all, |route| {
        let route = Route::parse(route)?;
        let dst = route.dst.map(|dst| format!("{dst}/{}", route.header.dst_len));
        let dst = dst.as_deref().map_or("default", |dst| dst.trim_end_matches("/32"));
        let (dev, via) = (route.oif.and_then(|oif| links.get(&oif)), route.gateway.map(|ip| ip.to_string()));
        let described = json!({ "dst": dst, "gateway": via, "dev": dev, "metric": route.priority });
        // Older kernels do not filter.
        Ok((route.table == Some(table)).then_some(described))
    })?;
    unreadable.iter().for_each(|route| eprintln!("{route}"));
    Ok(routes)
}

fn line(route: &Value) -> String {
    let words = [("", "dst"), (" via ", "gateway"), (" dev ", "dev"), (" metric ", "metric")];
    let text = |(word, key): (&str, &str)| format!("{word}{}", route[key]).replace('"', "");
    words.into_iter().filter(|(_, key)| !route[*key].is_null()).map(text).collect()
}

fn change(conn: &mut Connection, cli: &Cli, spec: &Spec, links: &Links) -> Result<(), Box<dyn Error>> {
    let (dst, len) = spec.dst;
    let step = 1_u32.checked_shl(32_u32.saturating_sub(len.into())).unwrap_or(0);
    let dev = |name| links.iter().find(|link| link.1 == name).ok_or(format!("no interface is called {name}"));
    let oif = spec.dev.as_ref().map(dev).transpose()?.map(|link| *link.0);
    let mut batch = conn.batch();
    for at in 0..spec.count {
        let dst = Ipv4Addr::from(dst.to_bits().wrapping_add(at.wrapping_mul(step)));
        let mut new = Route::to(dst.into(), len).table(cli.table);
        new = spec.via.into_iter().fold(new, |new, via| new.via(via.into()));
        (new.oif, new.priority) = (oif, spec.metric);
        match cli.command {
            Command::Add(_) => batch.push(&new, CREATE)?,
            _ => batch.push(&DelRoute::of(&new), Flags::empty())?,
        }
    }
    let failed: Vec<_> = batch.finish()?.iter().filter_map(|result| result.as_ref().err()).collect();
    match failed.first() {
        None => Ok(()),
        Some(first) => Err(format!("{} of {} failed, the first: {first}", failed.len(), spec.count).into()),
    }
}
