//! The command line.

use crate::complete::Shell;
use crate::decode;
use crate::filter::Selection;
use crate::monitor::Monitor;
use crate::paint::Colour;
use crate::request::{Modifiers, Request};
use crate::trace::Trace;
use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

/// See and speak any netlink.
///
/// Netlink is how programs talk with the Linux kernel about interfaces, routes, firewall rules and much else. nltool
/// decodes captures of such conversations, watches what changes, asks the kernel, and describes its families: all of it
/// from the schemas of the families, so that every attribute has a name and a type.
#[derive(Debug, Parser)]
#[command(name = "nltool", version, max_term_width = 110)]
#[command(
    after_help = "Exit codes: 0 success, 1 failure, 2 wrong usage, 3 the kernel refused the request, 4 a part of the input could not be read.\n\
    `nltool COMMAND --help` has examples of each command."
)]
pub struct Cli {
    /// When to use colours
    #[arg(long, value_enum, default_value_t = Colour::Auto, global = true, value_name = "WHEN")]
    pub color: Colour,
    /// Reads a family from a specification in YAML, as the kernel's Documentation/netlink/specs has them
    #[arg(long, global = true, value_name = "FILE")]
    pub spec: Vec<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Shows what is in captures: pcap, pcapng, strace, bytes in text, raw messages, device events
    ///
    /// Requests are matched with their answers (#1, #2, ..): → is a request, ← an answer, ✓ an acknowledgement,
    /// ✗ a refusal with the attribute that the kernel points at, ∙ an event. The answers of a dump are counted; --all
    /// shows each. All forms may be compressed with gzip. Bytes in text are hexadecimal digits, with or without offsets (xxd,
    /// hexdump, od -tx1, Wireshark), arrays (`0x14, 0x00` or `[20, 0]`) and strings (`"\x14\0"`) of C and Rust; an empty line
    /// ends a datagram. Messages of which no definition is known are shown as the
    /// attributes that they seem to have, behind `guess:`. The exit code is 1 if no message could be read, and 4 if a part
    /// of the input could not be read.
    #[command(after_help = "Examples:\n  \
        nltool decode changes.pcap\n  \
        nltool decode --message delroute --json changes.pcapng.gz\n  \
        strace -f -e trace=network -e read=all -e write=all ip link 2>&1 >/dev/null | nltool decode\n  \
        echo 2000000012000103000000000000000000000000000000000000000000000000 | nltool decode --picture\n\n\
        A capture of all netlink traffic of a machine:\n  \
        ip link add nlmon0 type nlmon && ip link set nlmon0 up && tcpdump -i nlmon0 -w changes.pcap\n\n\
        Only events, where the kernel does not have nlmon:\n  \
        nltool monitor --pcap changes.pcap")]
    Decode {
        /// Files to read; standard input if there are none, or for `-`
        files: Vec<PathBuf>,
        /// Asks this machine's kernel for the numbers of generic netlink families: right if the capture was made here
        #[arg(long)]
        ask_kernel: bool,
        #[command(flatten)]
        options: decode::Options,
    },
    /// Writes a capture (pcap) out of what `nltool decode --json` wrote, changed or not
    #[command(
        after_help = "Example:\n  nltool decode old.pcap --json | sed s/eth0/eth1/ | nltool encode > new.pcap"
    )]
    Encode {
        /// File to read; standard input if there is none, or for `-`
        file: Option<PathBuf>,
    },
    /// Shows what changes in the kernel, as it happens
    ///
    /// Runs until it is interrupted, or as long as --count and --seconds say. Of an object that is reported again, --changed
    /// shows what is different: `∙ Link index 3 ifname "v0": mtu 1500 → 1400`. Of a generic netlink family that only the
    /// kernel knows, the attributes are guessed.
    #[command(after_help = "Examples:\n  nltool monitor\n  nltool monitor rt-link rt-route --json\n  \
        nltool monitor --changed\n  \
        nltool monitor rt-route --message delroute --pcap routes.pcap")]
    #[command(mut_arg("protocol", |arg| arg.hide(true)), mut_arg("refused", |arg| arg.hide(true)))]
    #[command(mut_arg("all", |arg| arg.hide(true)))]
    Monitor(Monitor),
    /// Shows what a program says on its netlink sockets, through strace
    ///
    /// The exit code is that of the command, or 1 if it was ended by a signal.
    #[command(after_help = "Examples:\n  nltool trace -- ip route add 10.1.0.0/16 via 10.0.0.1\n  \
        nltool trace --refused -- ./my-program --its-option\n  nltool trace --pid 4711 --tree")]
    #[command(mut_arg("protocol", |arg| arg.hide(true)))]
    Trace(Trace),
    /// Makes a request and shows the answer
    ///
    /// Attributes have the names of the kernel's specifications; dots lead into nests. `nltool describe FAMILY OPERATION`
    /// lists them. An address may have the length of its prefix: dst=10.1.0.0/16 sets the header's length and family too.
    /// Routes are what `ip route` would make of the same words. A refusal shows what the kernel says, and the place in what was typed; the exit code is 3 then. Most
    /// changes need root, or a network of one's own: `unshare -rn`.
    #[command(after_help = "Examples:\n  nltool do rt-link getlink ifname=eth0\n  \
        nltool do rt-link newlink --create ifname=v0 linkinfo.kind=veth linkinfo.data.peer.ifname=v1\n  \
        nltool do rt-addr newaddr --create local=10.1.0.1/24 index=eth0\n  \
        nltool do rt-route newroute --create dst=10.2.0.0/16 oif=eth0\n  \
        nltool do rt-link newlink --dry-run --create '{\"ifname\": \"v0\", \"linkinfo\": {\"kind\": \"veth\"}}'\n  \
        nltool do nlctrl getfamily family-name=nlctrl --json")]
    Do {
        #[command(flatten)]
        request: Request,
        #[command(flatten)]
        modifiers: Modifiers,
        #[command(flatten)]
        selection: Selection,
    },
    /// Asks for all objects of a kind
    ///
    /// The operation may be left out where the family has one main kind of object. NAME=VALUE goes to the kernel, which
    /// leaves out other objects or not; --where and --message leave out answers here. Numbers of interfaces have their
    /// names beside them. The exit code is 3 if the kernel refuses.
    #[command(
        after_help = "Examples:\n  nltool dump link\n  nltool dump rt-route getroute family=inet --json\n  \
        nltool dump rt-route --where table=main --where oif=eth0\n  nltool dump nlctrl getfamily"
    )]
    Dump {
        #[command(flatten)]
        request: Request,
        #[command(flatten)]
        selection: Selection,
    },
    /// Lists the families that are known, and those of this kernel
    ///
    /// A line has the family's name, its netlink protocol, how many messages are known, and its multicast groups; of a
    /// generic netlink family of this kernel also id and version.
    #[command(after_help = "Examples:\n  nltool families\n  nltool --spec pet.yaml families")]
    Families,
    /// Lists the operations of a family, or the attributes of an operation with types and limits
    ///
    /// Of a generic netlink family the running kernel's policy stands beside, and differences are marked with ≠. A family
    /// that only the kernel knows has numbers instead of names.
    #[command(after_help = "Examples:\n  nltool describe rt-link\n  nltool describe rt-route newroute\n  \
        nltool describe nlctrl getfamily")]
    Describe {
        /// The family, such as rt-link or link
        family: String,
        /// The operation, such as newlink or Link
        operation: Option<String>,
    },
    /// Writes what this kernel's generic netlink families accept, as JSON
    ///
    /// Needs Linux 5.10 or newer.
    #[command(
        after_help = "Examples:\n  nltool policies > this-kernel.json\n  nltool policies nlctrl ethtool"
    )]
    Policies {
        /// Families; all if none is given
        families: Vec<String>,
    },
    /// Compares what two kernels accept: files that `nltool policies` wrote, or one of them with this kernel
    ///
    /// The exit code is 0 if they accept the same, and 1 if there are differences.
    #[command(after_help = "Examples:\n  nltool policy-diff old-kernel.json\n  \
        nltool policy-diff old-kernel.json new-kernel.json")]
    PolicyDiff {
        /// The one kernel's file
        old: PathBuf,
        /// The other kernel's file; this kernel if there is none
        new: Option<PathBuf>,
    },
    /// Writes the completions for a shell
    ///
    /// They know the families, the operations of each, the attributes of an operation, and the names of values.
    #[command(after_help = "Example:\n  nltool completions bash > /etc/bash_completion.d/nltool")]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Writes what the last of some words may become, for the scripts of the shells
    #[command(hide = true)]
    Complete {
        /// The shell
        shell: Shell,
        /// The words of the command line, up to the cursor
        #[arg(last = true)]
        words: Vec<OsString>,
    },
    /// Writes the manual page
    #[command(after_help = "Example:\n  nltool man > /usr/local/share/man/man1/nltool.1")]
    Man,
}

/// A netlink protocol by its number, or by the name of one that has a name.
///
/// # Errors
///
/// If there is none.
pub fn protocol(text: &str) -> Result<u32, String> {
    if let Ok(number) = text.parse() {
        return if number <= 31 { Ok(number) } else { Err("netlink protocols have numbers up to 31".into()) };
    }
    let known =
        (0..=31).find(|number| crate::catalogue::names::same(decode::text::protocol_name(*number), text));
    known.ok_or_else(|| format!("no netlink protocol `{text}` is known; write its number"))
}
