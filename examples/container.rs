//! The network of a container: 28 operations of rtnetlink, in this namespace and in that of a process.

use clap::Parser;
use nl_tlv::NlMessage;
use nl_tlv::control::Errno;
use nl_tlv::socket::{Connection, Protocol, RequestError};
use nl_tlv_examples::program;
use nl_tlv_families::jobs::{CREATE, IfIndex, REPLACE, constants::AF_INET};
use nl_tlv_families::rt_addr::{Address, DelAddress, GetAddress};
use nl_tlv_families::rt_link::{Bridge, DelLink, GetLink, Link, MacvlanMode, SetLink, Vxlan};
use nl_tlv_families::rt_neigh::{DelNeighbour, GetNeighbour, Neighbour};
use nl_tlv_families::rt_route::{DelRoute, GetRoute, Metrics, Route};
use nl_tlv_families::rt_rule::{DelRule, Rule};
use nl_tlv_families::values::{FamilyAddr, NextHop};
use std::{error::Error, fs::File, io::Write, mem, net::IpAddr, process::ExitCode};

/// Makes links, addresses, routes, neighbours and rules for a container, and lists them.
///
/// It prints a line for each operation. What this kernel does not support is left out, and its line says so.
#[derive(Parser)]
#[command(after_help = "Example, as root:\n  unshare -n sleep 600 &\n  container $!")]
struct Args {
    /// The id of a process in the container's network namespace
    pid: u32,
}

fn main() -> ExitCode {
    let args = Args::parse();
    program::run("container", |out| {
        let namespace = File::open(format!("/proc/{}/ns/net", args.pid))
            .map_err(|err| format!("the namespace of process {}: {err}", args.pid))?;
        let mut steps = Steps { conn: Connection::open(Protocol::ROUTE)?, number: 0, out };
        outside(&mut steps, args.pid)?;
        let container = Connection::open_in(namespace, Protocol::ROUTE)?;
        let mut host = mem::replace(&mut steps.conn, container);
        inside(&mut steps)?;
        list(steps.out, &mut host, &mut steps.conn)
    })
}

/// Numbers the operations in a namespace, and prints the result of each.
struct Steps<'o> {
    conn: Connection,
    number: u32,
    out: &'o mut dyn Write,
}

type Done = Result<(), Box<dyn Error>>;

impl Steps<'_> {
    fn create(&mut self, what: &str, message: &impl NlMessage) -> Done {
        let result = self.conn.request_with(message, CREATE).map(drop);
        self.done(what, result)
    }

    fn request(&mut self, what: &str, message: &impl NlMessage) -> Done {
        let result = self.conn.request(message).map(drop);
        self.done(what, result)
    }

    fn done(&mut self, what: &str, result: Result<(), RequestError>) -> Done {
        self.number += 1;
        let said = match result {
            Ok(()) => "done".into(),
            Err(err) if err.errno().and_then(Errno::name) == Some("EOPNOTSUPP") => err.to_string(),
            Err(err) => return Err(format!("{what}: {err}").into()),
        };
        Ok(writeln!(self.out, "{:2} {what}: {said}", self.number)?)
    }
}

fn index(conn: &mut Connection, name: &str) -> Result<IfIndex, RequestError> {
    Ok(conn.get::<Link>(&GetLink::named(name))?.index())
}

fn outside(steps: &mut Steps, pid: u32) -> Done {
    let settings = Bridge { forward_delay: Some(200), ..Bridge::default() };
    let vxlan = Vxlan { port: Some(4789), ..Vxlan::of(42) };
    let veth = Link::veth_to_namespace_of("host0", "eth0", pid).mtu(1400);
    steps.create("bridge", &Link::bridge_with("br0", &settings).up())?;
    steps.create("veth", &veth)?;
    let br0 = index(&mut steps.conn, "br0")?;
    let host0 = index(&mut steps.conn, "host0")?;
    steps.create("vlan", &Link::vlan("host0.5", host0, 5))?;
    steps.create("macvlan", &Link::macvlan("mac0", br0, MacvlanMode::BRIDGE))?;
    steps.create("vrf", &Link::vrf("vrf0", 100))?;
    steps.create("vxlan", &Link::vxlan("vx0", vxlan))?;
    steps.create("dummy", &Link::dummy("dum0"))?;
    let address = SetLink::at(br0).address(&[2, 0, 0, 0, 0, 1]);
    steps.request("link-layer address", &address)?;
    steps.request("up, with a master", &SetLink::named("vx0").master(br0).up())?;
    steps.request("without a master", &SetLink::named("vx0").no_master())?;
    steps.request("move", &SetLink::named("mac0").to_namespace_of(pid))?;
    steps.request("delete a link", &DelLink::named("vx0"))?;
    let address = Address::new(br0, "10.7.0.1".parse()?, 24);
    steps.create("address of the bridge", &address)?;
    steps.request("host end", &SetLink::at(host0).master(br0).up())
}

fn inside(steps: &mut Steps) -> Done {
    let own: IpAddr = "10.7.0.2".parse()?;
    let gateway: IpAddr = "10.7.0.1".parse()?;
    let second: IpAddr = "10.7.0.9".parse()?;
    let lan: IpAddr = "10.8.0.0".parse()?;
    steps.conn.request(&SetLink::named("lo").up())?;
    let eth0 = index(&mut steps.conn, "eth0")?;
    let renamed = SetLink::rename(eth0, "net0").mtu(1300).up();
    steps.request("rename, MTU, up", &renamed)?;
    steps.create("address", &Address::new(eth0, own, 24))?;
    let sixth = Address::new(eth0, "fd00:7::2".parse()?, 64);
    steps.create("address of IPv6", &sixth)?;
    steps.request("delete an address", &DelAddress::of(&sixth))?;
    steps.create("default route", &Route::default_via(gateway))?;
    let metrics = Metrics { mtu: Some(1200), ..Metrics::default() };
    let route = Route::to(lan, 16).via(gateway).metric(7);
    steps.create("route with metrics", &route.clone().metrics(metrics))?;
    let hops = [NextHop::via(gateway, 2)?.dev(eth0), NextHop::via(second, 1)?.dev(eth0)];
    let multipath = Route::to("10.9.0.0".parse()?, 16).multipath(&hops);
    steps.create("multipath", &multipath)?;
    steps.create("blackhole", &Route::blackhole("10.10.0.0".parse()?, 16))?;
    let result = steps.conn.request_with(&route.clone().via(second), REPLACE).map(drop);
    steps.done("replace a route", result)?;
    steps.request("delete a route", &DelRoute::of(&multipath))?;
    let neighbour = Neighbour::new(eth0, gateway, &[2, 0, 0, 0, 0, 1]);
    steps.create("neighbour", &neighbour)?;
    let rule = Rule::to_table(99).from(lan, 16).priority(100);
    steps.create("rule", &rule)?;
    steps.request("delete a rule", &DelRule::of(&rule)?)?;
    let other = Neighbour::new(eth0, second, &[2, 0, 0, 0, 0, 9]);
    steps.conn.request_with(&other, CREATE)?;
    steps.request("delete a neighbour", &DelNeighbour::of(&other))
}

/// Listings that the kernel filters.
fn list(out: &mut dyn Write, host: &mut Connection, conn: &mut Connection) -> Done {
    let br0 = index(host, "br0")?;
    let net0 = index(conn, "net0")?;
    let (ports, _) = host.collect(&GetLink::of_master(br0), |link| {
        Ok(Link::parse(link)?.ifname.map(|name| name.to_string()))
    })?;
    writeln!(out, "ports {:?}", ports)?;
    let of_net0 = GetAddress::of_family(AF_INET).on(net0);
    let (addresses, _) = conn.collect(&of_net0, |address| Ok(Address::parse(address)?.ip()))?;
    writeln!(out, "addresses {:?}", addresses)?;
    let (routes, _) = conn.collect(&GetRoute::of_family(AF_INET).table(254), |route| {
        Ok(Some(Route::parse(route)?.header.dst_len))
    })?;
    writeln!(out, "prefixes {:?}", routes)?;
    let (neighbours, _) = conn.collect(&GetNeighbour::of_family(AF_INET).on(net0), |neighbour| {
        Ok(Neighbour::parse(neighbour)?.dst.and_then(FamilyAddr::ip))
    })?;
    Ok(writeln!(out, "neighbours {:?}", neighbours)?)
}
