//! The routes of a table, kept up to date: a dump, then events, and a dump again when events were lost.

use clap::Parser;
use nl_tlv::socket::{Change, Connection, Protocol, Seen, Watch};
use nl_tlv::{Error, Message, MessageId, NlMessage};
use nl_tlv_examples::rtnl::{RouteDelete, RouteGet, RouteNew, RtMsg};
use std::net::IpAddr;

/// Prints the IPv4 routes of a table, and from then on each one that is added (+), changed (~) or removed (-).
///
/// Unlike `monitor` it tells what there is, not what was said: nothing is missing however fast it changes.
#[derive(Parser)]
#[command(after_help = "Examples:\n  watch\n  watch --table 255")]
struct Args {
    /// Number of the table: main is 254, and local 255
    #[arg(long, default_value_t = 254)]
    table: u32,
    /// Size of the receive buffer in bytes; a small one loses events
    #[arg(long)]
    buffer: Option<usize>,
    /// End after so many changes
    #[arg(long)]
    count: Option<u64>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args = Args::parse();
    let conn = Connection::open(Protocol::ROUTE)?;
    conn.subscribe(RTNLGRP_IPV4_ROUTE)?;
    if let Some(len) = args.buffer {
        conn.socket().set_recv_buffer(len)?;
    }
    // Every table is dumped: a kernel that filters refuses one that does not exist yet.
    let all = RouteGet { header: RtMsg::ipv4(), ..RouteGet::default() };
    let mut routes = Watch::new(conn, all, move |message| route(message, args.table));
    let mut seen = 0;
    while args.count.is_none_or(|count| seen < count) {
        match routes.change()? {
            Change::Added(route, via) => println!("+ {}{via}", Route(route)),
            Change::Changed { key, old, new } => println!("~ {}{old} is now{new}", Route(key)),
            Change::Removed(route, via) => println!("- {}{via}", Route(route)),
        }
        seen += 1;
    }
    Ok(())
}

/// What makes a route this one and no other: destination, its length, and metric.
type Key = (Option<IpAddr>, u8, u32);

fn route(message: &Message<'_>, table: u32) -> Result<Option<Seen<Key, String>>, Error> {
    let is_gone = RouteDelete::SCHEMA.id == MessageId::Type(message.ty());
    let route = if is_gone { RouteDelete::parse(message)?.into() } else { RouteNew::parse(message)? };
    let key = (route.dst, route.header.rtm_dst_len, route.priority.unwrap_or(0));
    let via = route.gateway.map(|gateway| format!(" via {gateway}"));
    let dev = route.oif.map(|oif| format!(" over interface {oif}"));
    let value = [via, dev].into_iter().flatten().collect();
    let seen = if is_gone { Seen::Gone(key) } else { Seen::Present(key, value) };
    Ok(Some(seen).filter(|_| route.table == Some(table)))
}

/// A route, for people.
struct Route(Key);

impl std::fmt::Display for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            (Some(dst), len, _) => write!(f, "{dst}/{len}"),
            (None, ..) => f.write_str("default"),
        }
    }
}

const RTNLGRP_IPV4_ROUTE: u32 = 7;
