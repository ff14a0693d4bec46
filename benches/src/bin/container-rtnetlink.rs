//! `examples/container.rs` with the crate `rtnetlink`: the same 28 operations, whose lines a test compares.

use futures_util::TryStreamExt;
use rtnetlink::packet_route::AddressFamily;
use rtnetlink::packet_route::link::{InfoData, InfoVeth, LinkAttribute, MacVlanMode};
use rtnetlink::packet_route::neighbour::NeighbourAttribute;
use rtnetlink::packet_route::route::{RouteAttribute, RouteMetric, RouteProtocol, RouteType};
use rtnetlink::packet_route::{address::AddressAttribute, rule::RuleAction};
use rtnetlink::{AddressMessageBuilder, Handle, LinkBridge, LinkDummy, LinkMacVlan};
use rtnetlink::{LinkMessageBuilder, LinkUnspec, LinkVeth, LinkVlan, LinkVrf, LinkVxlan};
use rtnetlink::{RouteMessageBuilder, RouteNextHopBuilder};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::{error::Error, fs::File, io::Write, os::fd::AsFd, process::ExitCode};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            eprintln!("container-rtnetlink: {err}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Done {
    let pid: u32 = std::env::args().nth(1).ok_or("the id of a process is needed")?.parse()?;
    let mut report = Report { out: &mut std::io::stdout(), number: 0 };
    let (connection, host, _) = rtnetlink::new_connection_with_strict_check()?;
    tokio::spawn(connection);
    outside(&mut report, &host, pid).await?;
    let namespace = File::open(format!("/proc/{pid}/ns/net"))?;
    move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))?;
    let (connection, container, _) = rtnetlink::new_connection_with_strict_check()?;
    tokio::spawn(connection);
    inside(&mut report, &container).await?;
    list(report.out, &host, &container).await
}

/// Numbers the operations, and prints the result of each.
struct Report<'o> {
    out: &'o mut dyn Write,
    number: u32,
}

type Done = Result<(), Box<dyn Error>>;

impl Report<'_> {
    fn done(&mut self, what: &str, result: Result<(), rtnetlink::Error>) -> Done {
        self.number += 1;
        let said = match result {
            Ok(()) => "done".into(),
            Err(rtnetlink::Error::NetlinkError(err)) if err.raw_code() == -95 => err.to_string(),
            Err(err) => return Err(format!("{what}: {err}").into()),
        };
        Ok(writeln!(self.out, "{:2} {what}: {said}", self.number)?)
    }
}

async fn index(handle: &Handle, name: &str) -> Result<u32, Box<dyn Error>> {
    let mut links = handle.link().get().match_name(name).execute();
    Ok(links.try_next().await?.ok_or("no answer")?.header.index)
}

async fn outside(report: &mut Report<'_>, handle: &Handle, pid: u32) -> Done {
    let bridge = LinkBridge::new("br0").forward_delay(200).up().build();
    report.done("bridge", handle.link().add(bridge).execute().await)?;
    let peer = LinkMessageBuilder::<LinkUnspec>::new().name("eth0").setns_by_pid(pid).build();
    let veth = LinkVeth::new("host0", "eth0").set_info_data(InfoData::Veth(InfoVeth::Peer(peer)));
    report.done("veth", handle.link().add(veth.mtu(1400).build()).execute().await)?;
    let (br0, host0) = (index(handle, "br0").await?, index(handle, "host0").await?);
    let vlan = LinkVlan::new("host0.5", host0, 5).build();
    report.done("vlan", handle.link().add(vlan).execute().await)?;
    let macvlan = LinkMacVlan::new("mac0", br0, MacVlanMode::Bridge).build();
    report.done("macvlan", handle.link().add(macvlan).execute().await)?;
    let vrf = LinkVrf::new("vrf0", 100).build();
    report.done("vrf", handle.link().add(vrf).execute().await)?;
    let vxlan = LinkVxlan::new("vx0", 42).port(4789).build();
    report.done("vxlan", handle.link().add(vxlan).execute().await)?;
    let dummy = LinkDummy::new("dum0").build();
    report.done("dummy", handle.link().add(dummy).execute().await)?;
    let address = LinkUnspec::new_with_index(br0).address(vec![2, 0, 0, 0, 0, 1]).build();
    report.done("link-layer address", handle.link().set(address).execute().await)?;
    let port = LinkUnspec::new_with_name("vx0").controller(br0).up().build();
    report.done("up, with a master", handle.link().set(port).execute().await)?;
    let alone = LinkUnspec::new_with_name("vx0").nocontroller().build();
    report.done("without a master", handle.link().set(alone).execute().await)?;
    let moved = LinkUnspec::new_with_name("mac0").setns_by_pid(pid).build();
    report.done("move", handle.link().set(moved).execute().await)?;
    let vx0 = LinkUnspec::new_with_name("vx0").build();
    report.done("delete a link", handle.link().del_with_message(vx0).execute().await)?;
    let address = handle.address().add(br0, "10.7.0.1".parse()?, 24);
    report.done("address of the bridge", address.execute().await)?;
    let port = LinkUnspec::new_with_index(host0).controller(br0).up().build();
    report.done("host end", handle.link().set(port).execute().await)
}

async fn inside(report: &mut Report<'_>, handle: &Handle) -> Done {
    let own: IpAddr = "10.7.0.2".parse()?;
    let gateway: Ipv4Addr = "10.7.0.1".parse()?;
    let second: Ipv4Addr = "10.7.0.9".parse()?;
    let lan: Ipv4Addr = "10.8.0.0".parse()?;
    handle.link().set(LinkUnspec::new_with_name("lo").up().build()).execute().await?;
    let eth0 = index(handle, "eth0").await?;
    let renamed = LinkUnspec::new_with_index(eth0).name("net0").mtu(1300).up().build();
    report.done("rename, MTU, up", handle.link().set(renamed).execute().await)?;
    report.done("address", handle.address().add(eth0, own, 24).execute().await)?;
    let sixth: Ipv6Addr = "fd00:7::2".parse()?;
    let address = handle.address().add(eth0, sixth.into(), 64);
    report.done("address of IPv6", address.execute().await)?;
    let address = AddressMessageBuilder::<Ipv6Addr>::new().index(eth0).address(sixth, 64).build();
    report.done("delete an address", handle.address().del(address).execute().await)?;
    let default = RouteMessageBuilder::<Ipv4Addr>::new().gateway(gateway).build();
    report.done("default route", handle.route().add(default).execute().await)?;
    let route = |gateway| {
        let route = RouteMessageBuilder::<Ipv4Addr>::new().destination_prefix(lan, 16);
        route.gateway(gateway).priority(7)
    };
    let mut with_metrics = route(gateway);
    let metrics = RouteAttribute::Metrics(vec![RouteMetric::Mtu(1200)]);
    with_metrics.get_mut().attributes.push(metrics);
    let with_metrics = handle.route().add(with_metrics.build());
    report.done("route with metrics", with_metrics.execute().await)?;
    let first = RouteNextHopBuilder::new_ipv4().interface(eth0).via(gateway.into())?.weight(1);
    let other = RouteNextHopBuilder::new_ipv4().interface(eth0).via(second.into())?.weight(0);
    let multipath = RouteMessageBuilder::<Ipv4Addr>::new()
        .destination_prefix("10.9.0.0".parse()?, 16)
        .multipath(vec![first.build(), other.build()])
        .build();
    report.done("multipath", handle.route().add(multipath.clone()).execute().await)?;
    let blackhole = RouteMessageBuilder::<Ipv4Addr>::new()
        .destination_prefix("10.10.0.0".parse()?, 16)
        .kind(RouteType::BlackHole)
        .build();
    report.done("blackhole", handle.route().add(blackhole).execute().await)?;
    let replaced = handle.route().add(route(second).build()).replace();
    report.done("replace a route", replaced.execute().await)?;
    report.done("delete a route", handle.route().del(multipath).execute().await)?;
    let neighbour = handle.neighbours().add(eth0, gateway.into());
    let neighbour = neighbour.link_layer_address(&[2, 0, 0, 0, 0, 1]);
    report.done("neighbour", neighbour.execute().await)?;
    let rule = handle.rule().add().v4().source_prefix(lan, 16).priority(100);
    let mut rule = rule.table_id(99).action(RuleAction::ToTable);
    let message = rule.message_mut().clone();
    report.done("rule", rule.execute().await)?;
    report.done("delete a rule", handle.rule().del(message).execute().await)?;
    let neighbour = handle.neighbours().add(eth0, second.into());
    let mut neighbour = neighbour.link_layer_address(&[2, 0, 0, 0, 0, 9]);
    let message = neighbour.message_mut().clone();
    neighbour.execute().await?;
    report.done("delete a neighbour", handle.neighbours().del(message).execute().await)
}

/// Listings that the kernel filters.
async fn list(out: &mut dyn Write, host: &Handle, handle: &Handle) -> Done {
    let (br0, net0) = (index(host, "br0").await?, index(handle, "net0").await?);
    let mut links = host.link().get();
    links.message_mut().attributes.push(LinkAttribute::Controller(br0));
    let links: Vec<_> = links.execute().try_collect().await?;
    let ports = links.iter().flat_map(|link| &link.attributes);
    let ports = ports.filter_map(|attr| match attr {
        LinkAttribute::IfName(name) => Some(name),
        _ => None,
    });
    writeln!(out, "ports {:?}", ports.collect::<Vec<_>>())?;
    let addresses = handle.address().get().set_link_index_filter(net0);
    let addresses: Vec<_> = addresses.execute().try_collect().await?;
    let addresses = addresses.iter().flat_map(|address| &address.attributes);
    let addresses = addresses.filter_map(|attr| match attr {
        AddressAttribute::Local(ip @ IpAddr::V4(_)) => Some(ip),
        _ => None,
    });
    writeln!(out, "addresses {:?}", addresses.collect::<Vec<_>>())?;
    let wanted = RouteMessageBuilder::<Ipv4Addr>::new().table_id(254);
    let wanted = wanted.kind(RouteType::Unspec).protocol(RouteProtocol::Unspec).build();
    let routes: Vec<_> = handle.route().get(wanted).execute().try_collect().await?;
    let routes = routes.iter().map(|route| route.header.destination_prefix_length);
    writeln!(out, "prefixes {:?}", routes.collect::<Vec<_>>())?;
    let mut neighbours = handle.neighbours().get().set_address_family(AddressFamily::Inet);
    neighbours.message_mut().attributes.push(NeighbourAttribute::IfIndex(net0));
    let neighbours: Vec<_> = neighbours.execute().try_collect().await?;
    let neighbours = neighbours.iter().flat_map(|neighbour| &neighbour.attributes);
    let neighbours = neighbours.filter_map(|attr| match attr {
        NeighbourAttribute::Destination(address) => Some(address),
        _ => None,
    });
    Ok(writeln!(out, "neighbours {:?}", neighbours.collect::<Vec<_>>())?)
}
