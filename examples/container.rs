//! The network of a container: 28 operations of rtnetlink, in this namespace and in that of a process.

use clap::Parser;
use nl_tlv::NlMessage;
use nl_tlv::socket::{Connection, Protocol, RequestError};
use nl_tlv_examples::program;
use nl_tlv_families::jobs::{CREATE, IfIndex, REPLACE, constants::AF_INET};
use nl_tlv_families::rt_addr::{Address, DelAddress, GetAddress};
use nl_tlv_families::rt_link::{Bridge, DelLink, GetLink, Link, MacvlanMode, SetLink, Vxlan};
use nl_tlv_families::rt_neigh::{DelNeighbour, GetNeighbour, Neighbour};
use nl_tlv_families::rt_route::{DelRoute, GetRoute, Metrics, Route};
use nl_tlv_families::rt_rule::{DelRule, Rule};
use nl_tlv_families::values::{FamilyAddr, NextHop};
use std::{error::Error, fs::File, io::Write, net::IpAddr, process::ExitCode};

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
        let mut report = Report { out, number: 0 };
        let mut host = Connection::open(Protocol::ROUTE)?;
        outside(&mut report, &mut host, args.pid)?;
        let mut container = Connection::open_in(namespace, Protocol::ROUTE)?;
        inside(&mut report, &mut container)?;
        list(&mut report, &mut host, &mut container)
    })
}

/// Numbers the operations, and prints the result of each.
struct Report<'o> {
    out: &'o mut dyn Write,
    number: u32,
}

impl Report<'_> {
    fn done<T>(&mut self, what: &str, result: Result<T, RequestError>) -> Result<(), Box<dyn Error>> {
        self.number += 1;
        let said = match result {
            Ok(_) => "done".into(),
            Err(err) if err.errno().is_some_and(|errno| errno.name() == Some("EOPNOTSUPP")) => {
                err.to_string()
            }
            Err(err) => return Err(format!("{what}: {err}").into()),
        };
        Ok(writeln!(self.out, "{:2} {what}: {said}", self.number)?)
    }
}

fn index(conn: &mut Connection, name: &str) -> Result<IfIndex, RequestError> {
    Ok(conn.get::<Link>(&GetLink::named(name))?.index())
}

fn outside(report: &mut Report, conn: &mut Connection, pid: u32) -> Result<(), Box<dyn Error>> {
    let settings = Bridge { forward_delay: Some(200), ..Bridge::default() };
    let vxlan = Vxlan { id: Some(42), port: Some(4789), ..Vxlan::default() };
    let veth = Link::veth_to_namespace_of("host0", "eth0", pid).mtu(1400);
    report.done("bridge", conn.request_with(&Link::bridge_with("br0", &settings).up(), CREATE))?;
    report.done("veth", conn.request_with(&veth, CREATE))?;
    let (br0, host0) = (index(conn, "br0")?, index(conn, "host0")?);
    report.done("vlan", conn.request_with(&Link::vlan("host0.5", host0, 5), CREATE))?;
    report.done("macvlan", conn.request_with(&Link::macvlan("mac0", br0, MacvlanMode::BRIDGE), CREATE))?;
    report.done("vrf", conn.request_with(&Link::vrf("vrf0", 100), CREATE))?;
    report.done("vxlan", conn.request_with(&Link::vxlan("vx0", vxlan), CREATE))?;
    report.done("dummy", conn.request_with(&Link::dummy("dum0"), CREATE))?;
    report.done("link-layer address", conn.request(&SetLink::at(br0).address(&[2, 0, 0, 0, 0, 1])))?;
    report.done("up, with a master", conn.request(&SetLink::named("vx0").master(br0).up()))?;
    report.done("without a master", conn.request(&SetLink::named("vx0").no_master()))?;
    report.done("move", conn.request(&SetLink::named("mac0").to_namespace_of(pid)))?;
    report.done("delete a link", conn.request(&DelLink::named("vx0")))?;
    report.done(
        "address of the bridge",
        conn.request_with(&Address::new(br0, "10.7.0.1".parse()?, 24), CREATE),
    )?;
    report.done("host end", conn.request(&SetLink::at(host0).master(br0).up()))
}

fn inside(report: &mut Report, conn: &mut Connection) -> Result<(), Box<dyn Error>> {
    let [own, gateway, second, lan]: [IpAddr; 4] =
        ["10.7.0.2".parse()?, "10.7.0.1".parse()?, "10.7.0.9".parse()?, "10.8.0.0".parse()?];
    conn.request(&SetLink::named("lo").up())?;
    let eth0 = index(conn, "eth0")?;
    report.done("rename, MTU, up", conn.request(&SetLink::rename(eth0, "net0").mtu(1300).up()))?;
    report.done("address", conn.request_with(&Address::new(eth0, own, 24), CREATE))?;
    let sixth = Address::new(eth0, "fd00:7::2".parse()?, 64);
    report.done("address of IPv6", conn.request_with(&sixth, CREATE))?;
    report.done("delete an address", conn.request(&DelAddress::of(&sixth)))?;
    report.done("default route", conn.request_with(&Route::default_via(gateway), CREATE))?;
    let metrics = Metrics { mtu: Some(1200), ..Metrics::default() };
    let route = Route::to(lan, 16).via(gateway).metric(7);
    report.done("route with metrics", conn.request_with(&route.clone().metrics(metrics), CREATE))?;
    let hops = [NextHop::via(gateway, 2)?.dev(eth0), NextHop::via(second, 1)?.dev(eth0)];
    let multipath = Route::to("10.9.0.0".parse()?, 16).multipath(&hops);
    report.done("multipath", conn.request_with(&multipath, CREATE))?;
    report.done("blackhole", conn.request_with(&Route::blackhole("10.10.0.0".parse()?, 16), CREATE))?;
    report.done("replace a route", conn.request_with(&route.clone().via(second), REPLACE))?;
    report.done("delete a route", conn.request(&DelRoute::of(&multipath)))?;
    let neighbour = Neighbour::new(eth0, gateway, &[2, 0, 0, 0, 0, 1]);
    report.done("neighbour", conn.request_with(&neighbour, CREATE))?;
    let rule = Rule::to_table(99).from(lan, 16).priority(100);
    report.done("rule", conn.request_with(&rule, CREATE))?;
    report.done("delete a rule", conn.request(&DelRule::of(&rule)))?;
    let other = Neighbour::new(eth0, second, &[2, 0, 0, 0, 0, 9]);
    conn.request_with(&other, CREATE)?;
    report.done("delete a neighbour", conn.request(&DelNeighbour::of(&other)))
}

/// Listings that the kernel filters.
fn list(report: &mut Report, host: &mut Connection, conn: &mut Connection) -> Result<(), Box<dyn Error>> {
    let (br0, net0) = (index(host, "br0")?, index(conn, "net0")?);
    let ports = host.collect(&GetLink::of_master(br0), |link| {
        Ok(Link::parse(link)?.ifname.map(|name| name.to_string()))
    })?;
    let addresses =
        conn.collect(&GetAddress::of_family(AF_INET).on(net0), |address| Ok(Address::parse(address)?.ip()))?;
    let routes = conn.collect(&GetRoute::of_family(AF_INET).table(254), |route| {
        Ok(Some(Route::parse(route)?.header.dst_len))
    })?;
    let neighbours = conn.collect(&GetNeighbour::of_family(AF_INET).on(net0), |neighbour| {
        Ok(Neighbour::parse(neighbour)?.dst.and_then(FamilyAddr::ip))
    })?;
    writeln!(report.out, "ports {:?}, addresses {:?}", ports.objects, addresses.objects)?;
    Ok(writeln!(report.out, "prefixes {:?}, neighbours {:?}", routes.objects, neighbours.objects)?)
}
