//! Routes: listed, added and deleted with derived messages, one or a hundred thousand.

use clap::{Args, Parser, Subcommand};
use nl_tlv::socket::{Connection, Outcome, Protocol, RequestError};
use nl_tlv::{Flags, NewFlags, NlMessage};
use nl_tlv_examples::rtnl::{LinkGet, LinkNew, RouteDelete, RouteGet, RouteNew, RtMsg};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::error::Error;
use std::net::{IpAddr, Ipv4Addr};

/// Lists, adds and deletes IPv4 routes of the kernel's.
#[derive(Parser)]
#[command(after_help = "Examples:\n  routes list --json\n  routes add 10.1.0.0/16 --dev lo\n  \
    routes add 10.0.0.0/32 --dev lo --table 1000 --count 100000   (10.0.0.0, 10.0.0.1, ...)")]
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
    /// Destination: address/length
    dst: String,
    #[arg(long)]
    dev: Option<String>,
    #[arg(long)]
    via: Option<Ipv4Addr>,
    #[arg(long)]
    metric: Option<u32>,
    /// How many, each with the destination behind that of the one before
    #[arg(long, default_value_t = 1)]
    count: u32,
}

fn main() -> Result<(), Box<dyn Error>> {
    let cli = Cli::parse();
    let mut conn = Connection::open(Protocol::ROUTE)?;
    let links: Vec<_> = conn.collect(&LinkGet::default(), |link| {
        let link = LinkNew::parse(link)?;
        Ok(link.ifname.map(|name| (link.header.ifi_index.get().cast_unsigned(), name.to_owned())))
    })?;
    let links = links.into_iter().collect();
    match &cli.command {
        Command::List { json: true } => println!("{}", Value::Array(list(&mut conn, cli.table, &links)?)),
        Command::List { json: false } => list(&mut conn, cli.table, &links)?.iter().for_each(print),
        Command::Add(spec) | Command::Del(spec) => change(&mut conn, &cli, spec, &links)?,
    }
    Ok(())
}

fn list(conn: &mut Connection, table: u32, links: &Links) -> Result<Vec<Value>, RequestError> {
    conn.collect(&RouteGet { header: RtMsg::ipv4(), table: Some(table), ..RouteGet::default() }, |route| {
        let route = RouteNew::parse(route)?;
        let dst = match (route.dst, route.header.rtm_dst_len) {
            (None, _) => "default".to_owned(),
            (Some(dst), 32) => dst.to_string(),
            (Some(dst), len) => format!("{dst}/{len}"),
        };
        let (dev, via) = (route.oif.and_then(|oif| links.get(&oif)), route.gateway.map(|ip| ip.to_string()));
        let described = json!({ "dst": dst, "gateway": via, "dev": dev, "metric": route.priority });
        // Older kernels do not filter.
        Ok((route.table == Some(table)).then_some(described))
    })
}

fn print(route: &Value) {
    let words = [("", "dst"), (" via ", "gateway"), (" dev ", "dev"), (" metric ", "metric")];
    let known = words.into_iter().filter(|(_, key)| !route[*key].is_null());
    let text = |(word, key): (&str, &str)| format!("{word}{}", route[key]).replace('"', "");
    println!("{}", known.map(text).collect::<String>());
}

fn change(conn: &mut Connection, cli: &Cli, spec: &Spec, links: &Links) -> Result<(), Box<dyn Error>> {
    let (dst, len) = spec.dst.split_once('/').unwrap_or((&spec.dst, "32"));
    let (dst, len): (Ipv4Addr, u8) = (dst.parse()?, len.parse()?);
    let step = 1_u32.checked_shl(32_u32.saturating_sub(len.into())).unwrap_or(0);
    let dev = |name| links.iter().find(|link| link.1 == name).ok_or(format!("no interface is called {name}"));
    let oif = spec.dev.as_ref().map(dev).transpose()?.map(|link| *link.0);
    let header = RtMsg::unicast(len, spec.via.is_some());
    let (gateway, priority, table) = (spec.via.map(IpAddr::V4), spec.metric, Some(cli.table));
    let mut batch = conn.batch();
    for at in 0..spec.count {
        let dst = Some(Ipv4Addr::from(dst.to_bits().wrapping_add(at.wrapping_mul(step))).into());
        let new = RouteNew { header, dst, oif, gateway, priority, table, ..RouteNew::default() };
        match cli.command {
            Command::Add(_) => batch.push(&new, NewFlags::CREATE | NewFlags::EXCL)?,
            _ => batch.push(&RouteDelete::from(new), Flags::empty())?,
        }
    }
    let results = batch.finish()?;
    let failed = results.iter().filter(|outcome| !outcome.is_done()).count();
    let why = results.iter().find_map(Outcome::refusal).map_or("no answer".into(), |why| why.to_string());
    if failed > 0 {
        Err(format!("{failed} of {} failed, the first: {why}", spec.count).into())
    } else {
        Ok(())
    }
}

/// The interfaces: number and name.
type Links = BTreeMap<u32, String>;
