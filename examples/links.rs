//! This machine's interfaces, asked of the kernel with derived messages.

use clap::Parser;
use nl_tlv::socket::{Connection, Protocol};
use nl_tlv::{NlAttrs, NlMessage, nl_struct};
use nl_tlv_examples::program;
use serde_json::{Value, json};
use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

/// Lists this machine's network interfaces: index, name, state, MTU, link-layer address and kind.
///
/// They come from an RTM_GETLINK dump of rtnetlink, read with messages that are defined here by three structs.
#[derive(Parser)]
#[command(after_help = "Examples:\n  links\n  links --json\n  links eth0 lo")]
struct Args {
    /// Only the interfaces with these names
    names: Vec<String>,
    /// Print an array of objects instead of lines
    #[arg(long)]
    json: bool,
}

/// `struct ifinfomsg`.
#[nl_struct]
struct IfInfoMsg {
    ifi_family: u8,
    pad: u8,
    ifi_type: u16,
    ifi_index: i32,
    ifi_flags: u32,
    ifi_change: u32,
}

/// RTM_GETLINK.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 18)]
struct LinkGet {
    #[nl(fixed_header)]
    header: IfInfoMsg,
}

/// RTM_NEWLINK, the few attributes that are shown here.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 16)]
struct LinkNew<'a> {
    #[nl(fixed_header)]
    header: IfInfoMsg,
    #[nl(attr = 1)]
    address: Option<&'a [u8]>,
    #[nl(attr = 3)]
    ifname: &'a str,
    #[nl(attr = 4)]
    mtu: Option<u32>,
    #[nl(attr = 16)]
    operstate: Option<u8>,
    #[nl(attr = 18)]
    linkinfo: Option<LinkInfo<'a>>,
}

/// IFLA_LINKINFO.
#[derive(NlAttrs, Clone, Debug)]
struct LinkInfo<'a> {
    #[nl(attr = 1)]
    kind: Option<&'a str>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    program::run("links", |out| list(&args, out))
}

fn list(args: &Args, out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let mut conn = Connection::open(Protocol::ROUTE)?;
    let mut links = conn.dump(&LinkGet { header: IfInfoMsg::default() })?;
    let mut found = Vec::new();
    while let Some(link) = links.next::<LinkNew<'_>>()? {
        if args.names.is_empty() || args.names.iter().any(|name| name == link.ifname) {
            found.push(describe(&link));
        }
    }
    match (found.is_empty(), args.json) {
        (true, _) => Err(format!("no interface is called {}", args.names.join(" or ")).into()),
        (_, true) => Ok(writeln!(out, "{}", Value::Array(found))?),
        _ => Ok(found.iter().try_for_each(|link| writeln!(out, "{}", line(link)))?),
    }
}

fn describe(link: &LinkNew<'_>) -> Value {
    json!({
        "ifindex": link.header.ifi_index,
        "ifname": link.ifname,
        "operstate": state(link.operstate),
        "mtu": link.mtu,
        "address": link.address.map(address),
        "kind": link.linkinfo.as_ref().and_then(|info| info.kind),
    })
}

fn line(link: &Value) -> String {
    let text = |key: &str| link[key].as_str().map_or_else(|| link[key].to_string(), str::to_owned);
    let [index, name, state] = ["ifindex", "ifname", "operstate"].map(text);
    let [mtu, address, kind] = ["mtu", "address", "kind"].map(text).map(|text| text.replace("null", "-"));
    format!("{index:>3}: {name:<15} {state:<8} mtu {mtu:<6} {address:<20} {kind}")
}

fn address(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
}

/// `IF_OPER_*` of `include/uapi/linux/if.h`, in the words of ip(8).
fn state(operstate: Option<u8>) -> &'static str {
    const NAMES: [&str; 7] = ["UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP"];
    operstate.and_then(|state| NAMES.get(usize::from(state)).copied()).unwrap_or("UNKNOWN")
}
