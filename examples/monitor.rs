//! What changes in the network, as it happens.

use clap::Parser;
use nl_tlv::schema::dissect;
use nl_tlv::socket::{Connection, Protocol, RequestError};
use nl_tlv::value::NlStr;
use nl_tlv::{Message, MessageType, NlMessage};
use nl_tlv_examples::program;
use nl_tlv_families::rt_addr::{Address, DelAddress};
use nl_tlv_families::rt_link::{DelLink, Link};
use nl_tlv_families::rt_route::{DelRoute, Route, RouteAttrs, RtMsg};
use nl_tlv_families::schemas;
use std::error::Error;
use std::io::Write;
use std::net::IpAddr;
use std::process::ExitCode;

/// Shows what changes in the network as it happens: links, addresses and routes of this network namespace.
#[derive(Parser)]
#[command(after_help = "Examples:\n  monitor\n  monitor --dissect\n\n\
    It ends when it is interrupted. `nltool monitor` shows other families too, and writes captures.")]
struct Args {
    /// Show every message as a tree
    #[arg(long)]
    dissect: bool,
    /// End after so many messages
    #[arg(long, value_name = "N")]
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
        match conn.event() {
            Ok(message) => {
                seen += 1;
                match args.dissect {
                    true => {
                        writeln!(out, "{}", dissect(schemas(Protocol::ROUTE.number()), message.as_bytes()))?;
                    }
                    false => writeln!(out, "{}", describe(&message)?)?,
                }
            }
            Err(RequestError::Overrun) => {
                writeln!(out, "! changes were lost: they came faster than they were read")?;
            }
            Err(err) => return Err(err.into()),
        }
        out.flush()?;
    }
    Ok(())
}

/// One line about a message.
fn describe(message: &Message<'_>) -> Result<String, nl_tlv::Error> {
    Ok(match message.ty().0 {
        16 => Link::parse(message).map(|link| {
            let up = if link.is_up() { "up" } else { "down" };
            format!("link {} is {up}, mtu {}", name(link.ifname), link.mtu.unwrap_or(0))
        })?,
        17 => DelLink::parse(message).map(|link| format!("link {} has gone", name(link.ifname)))?,
        20 => Address::parse(message)
            .map(|new| format!("address {}", address(new.address, new.header.prefixlen, new.label)))?,
        21 => DelAddress::parse(message).map(|old| {
            format!("address {} has gone", address(old.address, old.header.prefixlen, old.label))
        })?,
        24 => Route::parse(message).map(|new| format!("route {}", destination(&new.header, &new)))?,
        25 => DelRoute::parse(message)
            .map(|old| format!("route {} has gone", destination(&old.header, &old)))?,
        _ => format!("{:?}", MessageType(message.ty().0)),
    })
}

fn name(name: Option<NlStr<'_>>) -> NlStr<'_> {
    name.unwrap_or(NlStr::new("?"))
}

fn address(ip: Option<IpAddr>, len: u8, label: Option<NlStr<'_>>) -> String {
    let label = label.map(|label| format!(" of {label}")).unwrap_or_default();
    ip.map_or_else(|| "?".to_owned(), |ip| format!("{ip}/{len}{label}"))
}

fn destination(header: &RtMsg, route: &RouteAttrs<'_>) -> String {
    let to = route.dst.map_or("default".to_owned(), |dst| format!("{dst}/{}", header.dst_len));
    let via = route.gateway.map(|gateway| format!(" via {gateway}")).unwrap_or_default();
    format!("{to}{via} in table {}", route.table.unwrap_or(0))
}

/// `RTNLGRP_LINK`, `IPV4_IFADDR`, `IPV4_ROUTE`, `IPV6_IFADDR`, `IPV6_ROUTE`.
const GROUPS: [u32; 5] = [1, 5, 7, 9, 11];
