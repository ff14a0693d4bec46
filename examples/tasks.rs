//! Many requests in flight on one socket, and events beside them: the connection for tasks.

use clap::Parser;
use nl_tlv::socket::tokio::{Connection, Events};
use nl_tlv::socket::{Protocol, RequestError};
use nl_tlv::{Message, NlMessage};
use nl_tlv_families::rt_link::{DelLink, GetLink, Link};
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use tokio::task::JoinSet;

/// Asks for all links at once, each with a request of its own, over one socket that they share.
#[derive(Parser)]
#[command(after_help = "Examples:\n  tasks\n  tasks --follow 3   (then change something with ip(8))")]
struct Args {
    /// Then print so many changes of links, which another task has followed meanwhile
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    follow: u32,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(&Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => match err.downcast_ref::<io::Error>().map(io::Error::kind) {
            // Whoever reads has enough.
            Some(io::ErrorKind::BrokenPipe) => ExitCode::SUCCESS,
            _ => {
                eprintln!("tasks: {err}");
                ExitCode::FAILURE
            }
        },
    }
}

async fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let conn = Connection::open(Protocol::ROUTE)?;
    // Subscribed before the links are asked for: a change in between is seen twice, and never missed.
    let events = conn.join(1)?; // RTNLGRP_LINK
    let index = |link: &nl_tlv::socket::Object<'_>| Ok(Some(Link::parse(link)?.header.index));
    let mut asking = JoinSet::new();
    for index in conn.collect(&GetLink::default(), index).await?.0 {
        let conn = conn.clone();
        asking.spawn(async move { describe(&conn, GetLink::at(index)).await });
    }
    let mut lines = Vec::new();
    while let Some(line) = asking.join_next().await {
        lines.push(line??);
    }
    lines.sort();
    let mut out = io::stdout().lock();
    for line in &lines {
        writeln!(out, "{line}")?;
    }
    writeln!(out, "{} links, asked for together", lines.len())?;
    follow(events, args.follow, &mut out).await
}

async fn describe(conn: &Connection, request: GetLink<'static>) -> Result<String, RequestError> {
    let reply = conn.get(&request).await?;
    let link: Link<'_> = reply.parse()?;
    let (name, mtu) = (link.ifname.unwrap_or_default(), link.mtu.unwrap_or_default());
    Ok(format!("{:>3} {name:<10} mtu {mtu}", link.header.index))
}

async fn follow(mut events: Events, count: u32, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    for _ in 0..count {
        match events.next().await {
            Ok(message) => writeln!(out, "{}", change(&message)?)?,
            Err(RequestError::Overrun) => writeln!(out, "some changes were lost: ask anew")?,
            Err(err) => return Err(err.into()),
        }
    }
    Ok(())
}

fn change(message: &Message<'_>) -> Result<String, nl_tlv::Error> {
    if let Ok(link) = DelLink::parse(message) {
        return Ok(format!("link {}: gone", link.ifname.unwrap_or_default()));
    }
    let link = Link::parse(message)?;
    Ok(format!("link {}: mtu {}", link.ifname.unwrap_or_default(), link.mtu.unwrap_or_default()))
}
