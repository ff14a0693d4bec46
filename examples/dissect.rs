//! Netlink messages from a file, as a tree.

use clap::Parser;
use nl_tlv::schema::{MessageSchema, dissect};
use nl_tlv_examples::capture::{hex, packets};
use nl_tlv_examples::program;
use nl_tlv_lab::{greet, rtm};
use std::error::Error;
use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Prints netlink messages as a tree: from a capture of a monitor device (pcap of link type 253), or from hexadecimal
/// digits, also in the dumps of `strace -e write=FD` and `xxd`.
///
/// It knows rtnetlink's links, addresses, neighbours, routes and rules, nftables, conntrack and sockets, and the protocols
/// of these examples.
#[derive(Parser)]
#[command(
    after_help = "Examples:\n  dissect changes.pcap\n  echo 1000000003000000 0100000000000000 | dissect\n  \
    strace -e write=3 -e trace=sendto ip link 2>&1 | dissect --protocol 0"
)]
struct Args {
    /// File to read; standard input if there is none
    file: Option<PathBuf>,
    /// Number of the netlink protocol, where the file does not say it
    #[arg(long, default_value_t = 0)]
    protocol: u32,
}

fn main() -> ExitCode {
    let args = Args::parse();
    program::run("dissect", |out| show(&args, out))
}

fn show(args: &Args, out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let mut bytes = Vec::new();
    match &args.file {
        Some(file) => bytes = fs::read(file).map_err(|err| format!("{}: {err}", file.display()))?,
        None => drop(std::io::stdin().read_to_end(&mut bytes)?),
    }
    let mut show = |(protocol, messages)| writeln!(out, "{}", dissect(schemas(protocol), messages));
    match packets(&bytes)? {
        Some(packets) => packets.into_iter().try_for_each(show)?,
        None => {
            hex(std::str::from_utf8(&bytes)?)?.iter().try_for_each(|block| show((args.protocol, block)))?
        }
    }
    Ok(())
}

fn schemas(protocol: u32) -> &'static [&'static MessageSchema] {
    match protocol {
        greet::PROTOCOL => greet::SCHEMAS,
        rtm::PROTOCOL => rtm::SCHEMAS,
        kernels_own => nl_tlv_families::schemas(kernels_own),
    }
}
