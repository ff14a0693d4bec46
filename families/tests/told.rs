//! What the kernel tells unasked when packets arrive: what a router advertises, and multicast without a route. A script in
//! Python makes the packets, between two ends of a veth in a namespace.
#![cfg(target_os = "linux")]

#[path = "../../nl-tlv/tests/support/netns.rs"]
mod netns;

use netns::{in_namespace, skip};
use nl_tlv::socket::{Connection, Protocol};
use nl_tlv::{Message, NlMessage};
use nl_tlv_families::jobs::CREATE;
use nl_tlv_families::rt_link::{GetLink, Link, SetLink};
use nl_tlv_families::rt_mroute::{self, CacheReport, ReportType};
use nl_tlv_families::rt_ndisc::{self, NdUserOption, Prefix, PrefixFlags};
use std::fs;
use std::net::Ipv6Addr;
use std::process::Command;
use std::time::{Duration, Instant};

/// A router advertisement with a prefix, 1,000 and 500 seconds, and a name server.
const ADVERTISE: &str = "
import socket, struct
six, index = socket.IPPROTO_IPV6, socket.if_nametoindex('router')
address = lambda text: socket.inet_pton(socket.AF_INET6, text)
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
s.setsockopt(six, socket.IPV6_MULTICAST_HOPS, 255)
s.setsockopt(six, socket.IPV6_MULTICAST_IF, index)
s.setsockopt(six, socket.IPV6_MULTICAST_LOOP, 0)
advertisement = struct.pack('!BBHBBHII', 134, 0, 0, 64, 0, 1800, 0, 0)
prefix = struct.pack('!BBBBIII16s', 3, 4, 64, 0xc0, 1000, 500, 0, address('2001:db8:7::'))
server = struct.pack('!BBHI16s', 25, 3, 0, 600, address('2001:db8::53'))
s.sendto(advertisement + prefix + server, ('ff02::1', 0, 0, index))
";

/// A multicast router without routes, to which a packet comes.
const ROUTE_NOTHING: &str = "
import socket, struct
index = socket.if_nametoindex('router')
router = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_IGMP)
router.setsockopt(socket.IPPROTO_IP, 200, struct.pack('i', 1))
router.setsockopt(socket.IPPROTO_IP, 202, struct.pack('HBBIII', 0, 8, 1, 0, index, 0))
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack('4s4si', bytes(4), bytes(4), index))
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 4)
s.sendto(b'hello', ('239.1.2.3', 5555))
";

/// Runs a script; false, with a reason, if there is no Python.
fn python(test: &str, script: &str) -> bool {
    match Command::new("python3").args(["-c", script]).output() {
        Ok(done) if done.status.success() => true,
        Ok(done) => panic!("{}", String::from_utf8_lossy(&done.stderr)),
        Err(err) => {
            skip(test, &format!("no python3: {err}"));
            false
        }
    }
}

/// A veth from `router` to `host`, both up; the index of `host`.
fn veth(conn: &mut Connection) -> u32 {
    // Otherwise the addresses are not used in the first seconds.
    fs::write("/proc/sys/net/ipv6/conf/default/accept_dad", "0").unwrap();
    conn.request_with(&Link::veth("router", "host"), CREATE).unwrap();
    let mut index = |name| conn.get::<Link>(&GetLink::named(name)).unwrap().index();
    let (router, host) = (index("router"), index("host"));
    for end in [router, host] {
        conn.request(&SetLink::at(end).up()).unwrap();
    }
    host.get()
}

/// The first event that is wanted, in five seconds.
fn wait<T>(conn: &mut Connection, wanted: impl Fn(&Message<'_>) -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        if let Some(found) = wanted(&conn.event_deadline(deadline).unwrap()) {
            return found;
        }
    }
}

#[test]
fn a_prefix_and_a_name_server_of_a_router_are_told() {
    let test = "a_prefix_and_a_name_server_of_a_router_are_told";
    in_namespace(test, || {
        let mut conn = Connection::open(Protocol::ROUTE).unwrap();
        let host = veth(&mut conn);
        let mut events = Connection::open(Protocol::ROUTE).unwrap();
        events.join(rt_ndisc::groups::IPV6_PREFIX).unwrap();
        events.join(rt_ndisc::groups::ND_USEROPT).unwrap();
        if !python(test, ADVERTISE) {
            return;
        }
        wait(&mut events, |message| {
            let prefix = Prefix::parse(message)
                .ok()
                .filter(|prefix| u32::try_from(prefix.header.ifindex) == Ok(host))?;
            let bits = [
                PrefixFlags::ONLINK | PrefixFlags::AUTOCONF,
                PrefixFlags::OLD_ONLINK | PrefixFlags::OLD_AUTOCONF,
            ];
            assert!(prefix.header.len == 64 && bits.contains(&prefix.header.flags), "{:?}", prefix.header);
            assert_eq!(prefix.address, "2001:db8:7::".parse().ok());
            let times = prefix.cacheinfo.unwrap();
            assert_eq!((times.preferred_time, times.valid_time), (500, 1000));
            Some(())
        });
        wait(&mut events, |message| {
            let told = NdUserOption::parse(message).ok()?;
            let server = told.options().find(|option| option.ty == 25)?;
            assert_eq!((told.header.icmp_type, told.options().count()), (134, 1));
            let address: [u8; 16] = server.data[6..].try_into().unwrap();
            assert_eq!(
                (server.data[..6].to_vec(), Ipv6Addr::from(address)),
                (vec![0, 0, 0, 0, 2, 88], "2001:db8::53".parse().unwrap())
            );
            assert!(told.source().unwrap().is_unicast_link_local());
            Some(())
        });
        println!("12 values compared, 0 differ");
    });
}

#[test]
fn multicast_without_a_route_is_told() {
    let test = "multicast_without_a_route_is_told";
    in_namespace(test, || {
        let mut conn = Connection::open(Protocol::ROUTE).unwrap();
        veth(&mut conn);
        let mut events = Connection::open(Protocol::ROUTE).unwrap();
        events.join(rt_mroute::groups::IPV4_MROUTE_R).unwrap();
        if !python(test, ROUTE_NOTHING) {
            return;
        }
        wait(&mut events, |message| {
            let report = CacheReport::parse(message).unwrap();
            assert_eq!((report.header.rtgen_family, report.msgtype), (128, Some(ReportType::Nocache)));
            assert_eq!((report.vif_id, report.table), (Some(0), Some(253)));
            assert_eq!(report.dst_addr, "239.1.2.3".parse().ok());
            Some(())
        });
        println!("5 values compared, 0 differ");
    });
}
