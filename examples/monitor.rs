//! What changes in the network, as it happens.

use clap::Parser;
use nl_tlv::schema::dissect;
use nl_tlv::socket::{Connection, Event, Protocol};
use nl_tlv::{Message, MessageType, NlMessage};
use nl_tlv_examples::program;
use nl_tlv_families::address::{AddressDelete, AddressNew};
use nl_tlv_families::link::{LinkDelete, LinkNew};
use nl_tlv_families::route::{RouteDelete, RouteNew};
use nl_tlv_families::schemas;
use std::error::Error;
use std::io::Write;
use std::net::IpAddr;
use std::process::ExitCode;

/// Shows what changes in the network as it happens: links, addresses and routes of this network namespace.
#[derive(Parser)]
#[command(
    after_help = "Examples:\n  monitor\n  monitor --dissect\n\n`nltool monitor` shows other families too, and writes captures."
)]
struct Args {
    /// Show every message as a tree
    #[arg(long)]
    dissect: bool,
    /// End after so many messages
    #[arg(long)]
    count: Option<u64>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    program::run("monitor", |out| monitor(&args, out))
}

fn monitor(args: &Args, out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let mut conn = Connection::open(Protocol::ROUTE)?;
    for group in GROUPS {
        conn.join(group)?;
    }
    eprintln!("monitor: waiting for changes");
    let mut seen = 0;
    while args.count.is_none_or(|count| seen < count) {
        match conn.event()? {
            Event::Message(message) => {
                seen += 1;
                match args.dissect {
                    true => {
                        writeln!(out, "{}", dissect(schemas(Protocol::ROUTE.number()), message.as_bytes()))?;
                    }
                    false => writeln!(out, "{}", describe(&message)?)?,
                }
            }
            Event::Overrun => writeln!(out, "! changes were lost: they came faster than they were read")?,
            _ => {}
        }
        out.flush()?;
    }
    Ok(())
}

/// One line about a message.
fn describe(message: &Message<'_>) -> Result<String, nl_tlv::Error> {
    Ok(match message.ty().0 {
        16 => LinkNew::parse(message).map(|link| {
            let up = if link.header.ifi_flags & 1 == 1 { "up" } else { "down" };
            format!("link {} is {up}, mtu {}", link.ifname.unwrap_or("?"), link.mtu.unwrap_or(0))
        })?,
        17 => {
            LinkDelete::parse(message).map(|link| format!("link {} has gone", link.ifname.unwrap_or("?")))?
        }
        20 => AddressNew::parse(message)
            .map(|new| format!("address {}", address(new.address, new.header.ifa_prefixlen, new.label)))?,
        21 => AddressDelete::parse(message).map(|old| {
            format!("address {} has gone", address(old.address, old.header.ifa_prefixlen, old.label))
        })?,
        24 => RouteNew::parse(message).map(|new| format!("route {}", destination(&(&new).into())))?,
        25 => RouteDelete::parse(message).map(|old| format!("route {} has gone", destination(&old)))?,
        _ => format!("{:?}", MessageType(message.ty().0)),
    })
}

fn address(ip: Option<IpAddr>, len: u8, label: Option<&str>) -> String {
    let label = label.map(|label| format!(" of {label}")).unwrap_or_default();
    ip.map_or_else(|| "?".to_owned(), |ip| format!("{ip}/{len}{label}"))
}

fn destination(route: &RouteDelete<'_>) -> String {
    let to = route.dst.map_or("default".to_owned(), |dst| format!("{dst}/{}", route.header.rtm_dst_len));
    let via = route.gateway.map(|gateway| format!(" via {gateway}")).unwrap_or_default();
    format!("{to}{via} in table {}", route.table.unwrap_or(0))
}

/// `RTNLGRP_LINK`, `IPV4_IFADDR`, `IPV4_ROUTE`, `IPV6_IFADDR`, `IPV6_ROUTE`.
const GROUPS: [u32; 5] = [1, 5, 7, 9, 11];
