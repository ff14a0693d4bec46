//! What changes in the network, as it happens.

use clap::Parser;
use nl_tlv::schema::dissect;
use nl_tlv::socket::{Connection, Event, Protocol};
use nl_tlv::{Message, MessageType, NlMessage};
use nl_tlv_examples::rtnl::{AddressDelete, AddressNew, LinkDelete, LinkNew, RouteDelete, RouteNew, SCHEMAS};
use std::error::Error;
use std::fs::File;
use std::io::{self, Write};
use std::net::IpAddr;
use std::time::SystemTime;

/// Shows what changes in the network as it happens: links, addresses and routes of this network namespace.
#[derive(Parser)]
#[command(after_help = "Examples:\n  monitor\n  monitor --dissect\n  monitor --pcap changes.pcap")]
struct Args {
    /// Show every message as a tree
    #[arg(long)]
    dissect: bool,
    /// Write the messages to a capture that wireshark opens, as a monitor device (nlmon) would have seen them
    #[arg(long, value_name = "FILE")]
    pcap: Option<std::path::PathBuf>,
    /// End after so many messages
    #[arg(long)]
    count: Option<u64>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let mut pcap = args.pcap.map(File::create).transpose()?;
    pcap.as_mut().map(write_file_header).transpose()?;
    let mut conn = Connection::open(Protocol::ROUTE)?;
    for group in GROUPS {
        conn.subscribe(group)?;
    }
    eprintln!("monitor: waiting for changes");
    let mut seen = 0;
    while args.count.is_none_or(|count| seen < count) {
        match conn.event()? {
            Event::Message(message) => {
                seen += 1;
                match args.dissect {
                    true => println!("{}", dissect(SCHEMAS, message.as_bytes())),
                    false => println!("{}", describe(&message)?),
                }
                pcap.as_mut().map(|file| write_packet(file, message.as_bytes())).transpose()?;
            }
            Event::Overrun => println!("! changes were lost, because they came faster than they were read"),
            _ => {}
        }
        io::stdout().flush()?;
    }
    Ok(())
}

/// One line about a message.
fn describe(message: &Message<'_>) -> Result<String, nl_tlv::Error> {
    Ok(match message.ty().0 {
        16 => LinkNew::parse(message).map(|link| {
            let up = if link.header.ifi_flags.get() & 1 == 1 { "up" } else { "down" };
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
        24 => RouteNew::parse(message).map(|route| format!("route {}", destination(&route)))?,
        25 => RouteDelete::parse(message)
            .map(|route| format!("route {} has gone", destination(&route.into())))?,
        _ => format!("{:?}", MessageType(message.ty().0)),
    })
}

fn address(ip: Option<IpAddr>, len: u8, label: Option<&str>) -> String {
    let label = label.map(|label| format!(" of {label}")).unwrap_or_default();
    ip.map_or_else(|| "?".to_owned(), |ip| format!("{ip}/{len}{label}"))
}

fn destination(route: &RouteNew<'_>) -> String {
    let to = route.dst.map_or("default".to_owned(), |dst| format!("{dst}/{}", route.header.rtm_dst_len));
    let via = route.gateway.map(|gateway| format!(" via {gateway}")).unwrap_or_default();
    format!("{to}{via} in table {}", route.table.unwrap_or(0))
}

/// Magic, version 2.4, no offset from UTC, accuracy, longest packet, link type `LINKTYPE_NETLINK`.
fn write_file_header(file: &mut File) -> io::Result<()> {
    let fields = [0xa1b2_c3d4_u32, u32::from_ne_bytes(VERSION), 0, 0, 0x4_0000, 253];
    file.write_all(&fields.map(u32::to_ne_bytes).concat())
}

/// Time, length twice, and the 16 bytes that stand before each message: sent to us, `ARPHRD_NETLINK`, `NETLINK_ROUTE`.
fn write_packet(file: &mut File, message: &[u8]) -> io::Result<()> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let len = u32::try_from(message.len() + COOKED.len()).unwrap_or(u32::MAX);
    let seconds = u32::try_from(now.as_secs()).unwrap_or(u32::MAX);
    file.write_all(&[seconds, now.subsec_micros(), len, len].map(u32::to_ne_bytes).concat())?;
    file.write_all(&COOKED)?;
    file.write_all(message)
}

const VERSION: [u8; 4] = if cfg!(target_endian = "little") { [2, 0, 4, 0] } else { [0, 2, 0, 4] };
const COOKED: [u8; 16] = [0, 0, 3, 0x38, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// `RTNLGRP_LINK`, `IPV4_IFADDR`, `IPV4_ROUTE`, `IPV6_IFADDR`, `IPV6_ROUTE`.
const GROUPS: [u32; 5] = [1, 5, 7, 9, 11];
