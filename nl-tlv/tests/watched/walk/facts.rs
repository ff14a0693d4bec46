//! What a watch says of each object, and what `ip -json` says: facts with the same names and values.

use nl_tlv_families::rt_addr::{Address, IfaFlags};
use nl_tlv_families::rt_link::{AddrGenMode, Link};
use nl_tlv_families::rt_neigh::Neighbour;
use nl_tlv_families::rt_nexthop::NextHop;
use nl_tlv_families::rt_route::Route;
use nl_tlv_families::rt_rule::Rule;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs;
use std::process::Command;

/// The name of a fact.
pub(super) type Fact = &'static str;

/// Those of an object. What is not there has no fact.
pub(super) type Facts = BTreeMap<Fact, String>;

/// What tells an object from most others; it sorts first.
pub(super) const NAME: Fact = "#";

/// How the addresses of neighbours end that are made by hand without ARP.
pub(super) const BY_HAND: &str = "9";

/// Only those that are there.
fn facts<const N: usize>(all: [(Fact, Option<String>); N]) -> Facts {
    all.into_iter().filter_map(|(fact, value)| Some((fact, value?))).collect()
}

fn text(value: Option<impl Display>) -> Option<String> {
    value.map(|value| value.to_string())
}

fn said(value: &impl Display) -> Option<String> {
    Some(value.to_string())
}

/// The objects that `ip` lists.
fn ip(options: &str) -> Vec<Value> {
    let output = Command::new("ip").args(["-N", "-j"]).args(options.split(' ')).output().unwrap();
    match serde_json::from_slice(&output.stdout) {
        Ok(Value::Array(objects)) => objects,
        _ => Vec::new(),
    }
}

/// A value of an object of `ip`.
fn json(object: &Value, name: &str) -> Option<String> {
    match object.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Array(values) => {
            let mut texts: Vec<_> =
                values.iter().map(|value| value.as_str().unwrap_or_default().to_owned()).collect();
            texts.sort();
            Some(texts.join(" "))
        }
        value => Some(value.to_string()),
    }
}

/// The names of flags that are set, sorted.
fn flags<const N: usize>(bits: u32, names: [(u32, &str); N]) -> String {
    let set = names.into_iter().filter(|(bit, _)| bits & bit != 0).map(|(_, name)| name);
    set.collect::<Vec<_>>().join(" ")
}

/// Of the flags that `ip` shows those that a watch has.
fn only(shown: Option<String>, known: &[&str]) -> Option<String> {
    let shown = shown.unwrap_or_default();
    Some(shown.split(' ').filter(|flag| known.contains(flag)).collect::<Vec<_>>().join(" "))
}

const LINK_FLAGS: [(u32, &str); 7] = [
    (0x200, "ALLMULTI"),
    (0x2, "BROADCAST"),
    (0x10000, "LOWER_UP"),
    (0x1000, "MULTICAST"),
    (0x80, "NOARP"),
    (0x100, "PROMISC"),
    (0x1, "UP"),
];

pub(super) fn is_up(link: &Facts) -> bool {
    link["flags"].split(' ').any(|flag| flag == "UP")
}

pub(super) fn link(link: Link<'_>) -> Facts {
    let families = link.af_spec.as_ref().and_then(|families| families.first().unwrap());
    let inet = families.as_ref().and_then(|families| families.inet.as_ref()?.conf);
    let inet6 = families.as_ref().and_then(|families| families.inet6.clone());
    let setting = |at: usize| text(inet.as_ref()?.iter().nth(at - 1));
    let setting6 = |at: usize| text(inet6.as_ref()?.conf.as_ref()?.iter().nth(at));
    let names = link.prop_list.as_ref().map(|list| {
        let mut names: Vec<_> =
            list.get().unwrap().alt_ifname.iter().map(|name| name.unwrap().to_string()).collect();
        names.sort();
        names.join(" ")
    });
    facts([
        (NAME, said(&link.index())),
        ("ifname", text(link.ifname)),
        ("mtu", text(link.mtu)),
        ("qdisc", text(link.qdisc)),
        ("operstate", link.operstate.map(|state| format!("{state:?}").to_uppercase())),
        ("linkmode", link.linkmode.map(|mode| format!("{mode:?}").to_uppercase())),
        ("group", text(link.group)),
        ("txqlen", text(link.txqlen)),
        ("address", text(link.address)),
        ("broadcast", text(link.broadcast)),
        ("master", text(link.master)),
        ("ifalias", text(link.ifalias)),
        ("altnames", names),
        ("gso_max_size", text(link.gso_max_size)),
        ("flags", Some(flags(link.header.flags.bits(), LINK_FLAGS))),
        (
            "addrgen",
            inet6.as_ref().and_then(|inet6| inet6.addr_gen_mode).map(|mode| match mode {
                AddrGenMode::StablePrivacy => "stable_secret".to_owned(),
                mode => format!("{mode:?}").to_lowercase(),
            }),
        ),
        ("rp_filter", setting(8)),
        ("forwarding", setting(1)),
        ("forwarding6", setting6(0)),
        ("proxy_ndp", setting6(22)),
    ])
}

pub(super) fn links() -> Vec<Facts> {
    let objects = ip("-d link show");
    let numbers = numbers(&objects);
    let flags = LINK_FLAGS.map(|(_, name)| name);
    let of = |object: &Value| {
        let name = json(object, "ifname").unwrap_or_default();
        let setting = |family: &str, what: &str| {
            let path = format!("/proc/sys/net/{family}/conf/{name}/{what}");
            fs::read_to_string(path).ok().map(|value| value.trim().to_owned())
        };
        facts([
            (NAME, json(object, "ifindex")),
            ("ifname", Some(name.clone())),
            ("mtu", json(object, "mtu")),
            ("qdisc", json(object, "qdisc")),
            ("operstate", json(object, "operstate")),
            ("linkmode", json(object, "linkmode")),
            ("group", json(object, "group")),
            ("txqlen", json(object, "txqlen")),
            ("address", json(object, "address")),
            ("broadcast", json(object, "broadcast")),
            ("master", number(&numbers, json(object, "master"))),
            ("ifalias", json(object, "ifalias")),
            ("altnames", json(object, "altnames")),
            ("gso_max_size", json(object, "gso_max_size")),
            ("flags", only(json(object, "flags").map(sorted), &flags)),
            ("addrgen", json(object, "inet6_addr_gen_mode")),
            ("rp_filter", setting("ipv4", "rp_filter")),
            ("forwarding", setting("ipv4", "forwarding")),
            ("forwarding6", setting("ipv6", "forwarding")),
            ("proxy_ndp", setting("ipv6", "proxy_ndp")),
        ])
    };
    objects.iter().map(of).collect()
}

fn sorted(words: String) -> String {
    let mut words: Vec<_> = words.split(' ').collect();
    words.sort_unstable();
    words.join(" ")
}

/// The numbers of interfaces by their names.
type Numbers = BTreeMap<String, String>;

fn numbers(links: &[Value]) -> Numbers {
    links.iter().filter_map(|link| Some((json(link, "ifname")?, json(link, "ifindex")?))).collect()
}

/// The number of an interface that `ip` names; the name, if it is gone meanwhile.
fn number(numbers: &Numbers, name: Option<String>) -> Option<String> {
    name.map(|name| numbers.get(&name).cloned().unwrap_or(name))
}

pub(super) fn address(address: Address<'_>) -> Facts {
    let (header, attrs) = (address.header, address.attrs);
    let local = text(attrs.local).or_else(|| text(attrs.address));
    let peer = text(attrs.address).filter(|peer| Some(peer) != local.as_ref());
    let all = attrs.flags.unwrap_or_default();
    facts([
        (NAME, Some(format!("{} {}", header.index, local.unwrap_or_default()))),
        ("peer", peer),
        ("prefixlen", said(&header.prefixlen)),
        ("scope", said(&header.scope)),
        ("broadcast", text(attrs.broadcast)),
        ("label", text(attrs.label)),
        ("deprecated", all.contains(IfaFlags::DEPRECATED).then(|| "true".to_owned())),
        ("secondary", all.contains(IfaFlags::SECONDARY).then(|| "true".to_owned())),
    ])
}

/// All but those that are looked for at others.
pub(super) fn addresses() -> Vec<Facts> {
    let of = |link: &Value, object: &Value| {
        let name = format!("{} {}", json(link, "ifindex")?, json(object, "local")?);
        let is_tentative = json(object, "tentative").is_some() && json(object, "dadfailed").is_none();
        let secondary = json(object, "secondary").or_else(|| json(object, "temporary"));
        (!is_tentative).then(|| {
            facts([
                (NAME, Some(name)),
                ("peer", json(object, "address")),
                ("prefixlen", json(object, "prefixlen")),
                ("scope", json(object, "scope")),
                ("broadcast", json(object, "broadcast")),
                ("label", json(object, "label")),
                ("deprecated", json(object, "deprecated")),
                ("secondary", secondary),
            ])
        })
    };
    let links = ip("addr show");
    let of_link = |link: &Value| -> Vec<Facts> {
        let objects = link["addr_info"].as_array().cloned().unwrap_or_default();
        objects.iter().filter_map(|object| of(link, object)).collect()
    };
    links.iter().flat_map(of_link).collect()
}

pub(super) fn neighbour(one: Neighbour<'_>) -> Facts {
    let state = format!("{:?}", one.header.state);
    let states = ["REACHABLE", "STALE", "DELAY", "PROBE", "FAILED", "NOARP", "PERMANENT"];
    let bits = [0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80];
    let known = bits.iter().position(|bit| one.header.state.bits() == *bit);
    facts([
        (NAME, Some(format!("{} {}", one.header.ifindex, text(one.attrs.dst).unwrap_or_default()))),
        ("lladdr", text(one.attrs.lladdr)),
        ("state", Some(known.map_or(state, |at| states[at].to_owned()))),
    ])
}

/// All but those that are being resolved or have failed, and the kernel's own ones that need no resolution.
pub(super) fn neighbours() -> Vec<Facts> {
    let numbers = numbers(&ip("link show"));
    let of = |object: &Value| {
        let (dst, state) = (json(object, "dst")?, json(object, "state")?);
        let is_left_out = match &*state {
            "INCOMPLETE" | "FAILED" | "NONE" | "" => true,
            "NOARP" => !dst.ends_with(BY_HAND) || dst.starts_with("ff"),
            _ => false,
        };
        let name = format!("{} {dst}", number(&numbers, json(object, "dev"))?);
        (!is_left_out)
            .then(|| facts([(NAME, Some(name)), ("lladdr", json(object, "lladdr")), ("state", Some(state))]))
    };
    ip("neigh show nud all").iter().filter_map(of).collect()
}

const HOP_FLAGS: [(u32, &str); 3] = [(0x1, "dead"), (0x10, "linkdown"), (0x4, "onlink")];

fn hop_flags(shown: Option<String>) -> Option<String> {
    only(shown.map(sorted), &HOP_FLAGS.map(|(_, name)| name))
}

pub(super) fn route(route: Route<'_>) -> Facts {
    let (header, attrs) = (route.header, route.attrs);
    let is_ipv4 = header.family == 2;
    let dst = match (header.dst_len, attrs.dst) {
        (0, _) => "default".to_owned(),
        (32, Some(dst)) if is_ipv4 => dst.to_string(),
        (128, Some(dst)) => dst.to_string(),
        (len, dst) => format!("{}/{len}", text(dst).unwrap_or_default()),
    };
    let hops = attrs.multipath.map(|hops| {
        let hops = hops.iter().map(|hop| {
            let hop = hop.unwrap();
            let gateway = text(hop.attrs.gateway).unwrap_or_default();
            format!(
                "{gateway} {} {} {}",
                hop.ifindex,
                u16::from(hop.hops) + 1,
                flags(hop.flags.into(), HOP_FLAGS)
            )
        });
        let mut hops: Vec<_> = hops.collect();
        hops.sort();
        hops.join(", ")
    });
    let of_one = hops.is_none();
    let metric = attrs.priority.unwrap_or_default();
    let gateway = text(attrs.gateway).unwrap_or_default();
    let table = attrs.table.unwrap_or_default();
    let name = format!("{} {dst} {table} {metric} {}", header.family, u8::from(header.r#type));
    facts([
        (NAME, Some(name)),
        ("gateway", Some(gateway)),
        ("dev", text(attrs.oif)),
        ("prefsrc", text(attrs.prefsrc)),
        ("nhid", text(attrs.nh_id)),
        ("flags", of_one.then(|| flags(header.flags.bits(), HOP_FLAGS))),
        ("hops", hops),
    ])
}

pub(super) fn routes() -> Vec<Facts> {
    let numbers = numbers(&ip("link show"));
    let of = |family: &str, object: &Value| {
        let hops = object.get("nexthops").and_then(Value::as_array).map(|hops| {
            let hops = hops.iter().map(|hop| {
                let gateway = json(hop, "gateway").unwrap_or_default();
                let dev = number(&numbers, json(hop, "dev")).unwrap_or_default();
                let weight = json(hop, "weight").unwrap_or_default();
                format!("{gateway} {dev} {weight} {}", hop_flags(json(hop, "flags")).unwrap_or_default())
            });
            let mut hops: Vec<_> = hops.collect();
            hops.sort();
            hops.join(", ")
        });
        let or = |name, other: &str| json(object, name).unwrap_or_else(|| other.to_owned());
        let dst = or("dst", "");
        let name = format!("{family} {dst} {} {} {}", or("table", "254"), or("metric", "0"), or("type", "1"));
        facts([
            (NAME, Some(name)),
            ("gateway", Some(or("gateway", ""))),
            ("dev", number(&numbers, json(object, "dev"))),
            ("prefsrc", json(object, "prefsrc")),
            ("nhid", json(object, "nhid")),
            ("flags", hops.is_none().then(|| hop_flags(json(object, "flags")).unwrap_or_default())),
            ("hops", hops),
        ])
    };
    let ipv4 = ip("-4 route show table all");
    let ipv6 = ip("-6 route show table all");
    ipv4.iter().map(|object| of("2", object)).chain(ipv6.iter().map(|object| of("10", object))).collect()
}

pub(super) fn rule(rule: Rule<'_>) -> Facts {
    let (header, attrs) = (rule.header, rule.attrs);
    let prefix = |address: Option<String>, len: u8| address.map(|address| format!("{address}/{len}"));
    facts([
        (NAME, Some(format!("{} {}", header.family, attrs.priority.unwrap_or_default()))),
        ("src", prefix(text(attrs.src), header.src_len)),
        ("dst", prefix(text(attrs.dst), header.dst_len)),
        ("iif", text(attrs.iifname)),
        ("fwmark", attrs.fwmark.filter(|mark| mark.0 != 0).map(|mark| format!("{:#x}", mark.0))),
        ("table", text(attrs.table.filter(|table| *table != 0))),
        ("goto", text(attrs.goto)),
    ])
}

pub(super) fn rules() -> Vec<Facts> {
    let of = |family: u8, object: &Value| {
        let prefix = |name: &str, len: &str| {
            let address = json(object, name).filter(|address| address != "all")?;
            let whole = if family % 2 == 0 && family != 10 { "32" } else { "128" };
            Some(format!("{address}/{}", json(object, len).unwrap_or_else(|| whole.to_owned())))
        };
        facts([
            (NAME, Some(format!("{family} {}", json(object, "priority").unwrap_or_default()))),
            ("src", prefix("src", "srclen")),
            ("dst", prefix("dst", "dstlen")),
            ("iif", json(object, "iif")),
            ("fwmark", json(object, "fwmark")),
            ("table", json(object, "table")),
            ("goto", json(object, "goto")),
        ])
    };
    let lists = [(2, "-4 rule"), (10, "-6 rule"), (128, "-4 mrule"), (129, "-6 mrule")];
    lists
        .iter()
        .flat_map(|&(family, list)| ip(list).into_iter().map(move |object| of(family, &object)))
        .collect()
}

pub(super) fn next_hop(hop: NextHop<'_>) -> Facts {
    let (header, attrs) = (hop.header, hop.attrs);
    let group = attrs.group.map(|group| {
        let members = group.iter().map(|member| format!("{}*{}", member.id, u16::from(member.weight) + 1));
        members.collect::<Vec<_>>().join(" ")
    });
    facts([
        (NAME, text(attrs.id)),
        ("gateway", text(attrs.gateway)),
        ("dev", text(attrs.oif)),
        ("blackhole", attrs.blackhole.then(|| "true".to_owned())),
        ("group", group),
        ("flags", Some(flags(header.flags.bits(), HOP_FLAGS))),
    ])
}

pub(super) fn next_hops() -> Vec<Facts> {
    let numbers = numbers(&ip("link show"));
    let of = |object: &Value| {
        let group = object.get("group").and_then(Value::as_array).map(|group| {
            let member = |member: &Value| {
                let weight = json(member, "weight").unwrap_or_else(|| "1".to_owned());
                format!("{}*{weight}", json(member, "id").unwrap_or_default())
            };
            group.iter().map(member).collect::<Vec<_>>().join(" ")
        });
        facts([
            (NAME, json(object, "id")),
            ("gateway", json(object, "gateway")),
            ("dev", number(&numbers, json(object, "dev"))),
            ("blackhole", json(object, "blackhole").map(|_| "true".to_owned())),
            ("group", group),
            ("flags", hop_flags(json(object, "flags"))),
        ])
    };
    ip("nexthop show").iter().map(of).collect()
}
