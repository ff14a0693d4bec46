//! Queueing disciplines, classes and filters: each is deleted from its own dump entry, and nothing else is gone. Actions are
//! deleted with the filter that has them: the kernel's specification has no messages of their own.

use super::delete::{Family, LINKS, draw};
use super::in_namespace;
use super::random::{Random, batch};
use nl_tlv::NlMessage;
use nl_tlv::socket::{Connection, Protocol};
use nl_tlv_families::rt_link::{GetLink, Link};
use nl_tlv_families::tc::{
    DelQdisc, DelTclass, DelTfilter, GetQdisc, GetTclass, GetTfilter, Qdisc, TcMsg, Tclass, Tfilter,
};

/// Two interfaces with classes and hooks.
const HOOKS: &str = "
qdisc add dev v0 root handle 1: htb
qdisc add dev v1 root handle 2: htb
qdisc add dev v0 clsact
qdisc add dev v1 clsact
class add dev v0 parent 1: classid 1:1 htb rate 1mbit
class add dev v1 parent 2: classid 2:1 htb rate 1mbit
";

/// The numbers of the two interfaces.
fn prepare() -> [i32; 2] {
    batch("ip", LINKS);
    batch("tc", HOOKS);
    let mut conn = Connection::open(Protocol::ROUTE).unwrap();
    ["v0", "v1"].map(|name| conn.get::<Link<'_>>(&GetLink::named(name)).unwrap().header.index)
}

/// An interface, and the qdisc at its root.
fn place(random: &mut Random) -> (usize, usize) {
    let at = random.below(2);
    (at, at + 1)
}

#[test]
fn classes_are_deleted_from_their_dump_entries() {
    in_namespace("live::delete_tc::classes_are_deleted_from_their_dump_entries", || {
        let (devices, mut random) = (prepare(), Random::new());
        draw("tc", 60, &mut random, |random| {
            let ((at, root), class) = (place(random), 0x10 + random.below(40));
            format!("class add dev v{at} parent {root}: classid {root}:{class:x} htb rate {class}mbit")
        });
        let family = Family {
            gets: devices.map(GetTclass::on).to_vec(),
            header: 20,
            text: |message| {
                let class = Tclass::parse(message).ok()?;
                Some(format!("{:?} {:?}", class.header, class.kind))
            },
            delete: |conn, message| conn.request(&DelTclass::of(&Tclass::parse(message).unwrap())).map(drop),
        };
        family.delete_each(20, &mut random);
    });
}

#[test]
fn qdiscs_are_deleted_from_their_dump_entries() {
    in_namespace("live::delete_tc::qdiscs_are_deleted_from_their_dump_entries", || {
        let mut random = Random::new();
        prepare();
        let classes = (0x10..0x20).map(|class| {
            let class = |at: u8, root: u8| {
                format!("class add dev v{at} parent {root}: classid {root}:{class:x} htb rate 1mbit\n")
            };
            class(0, 1) + &class(1, 2)
        });
        batch("tc", &classes.collect::<String>());
        draw("tc", 60, &mut random, |random| {
            let ((at, root), class) = (place(random), 0x10 + random.below(16));
            let handle = random.pick(&["", "handle 10:", "handle 11:", "handle 12:"]);
            let kind =
                random.pick(&["pfifo limit 7", "bfifo limit 7000", "tbf rate 1mbit burst 10k latency 1ms"]);
            format!("qdisc add dev v{at} parent {root}:{class:x} {handle} {kind}")
        });
        let family = Family {
            gets: vec![GetQdisc::default()],
            header: 20,
            text: |message| {
                let qdisc = Qdisc::parse(message).ok()?;
                let TcMsg { ifindex, handle, parent, .. } = qdisc.header;
                // Those of a class.
                let is_leaf = parent < 0xffff_fff0 && parent & 0xffff >= 0x10 && parent >> 16 <= 2;
                is_leaf.then(|| format!("{ifindex} {handle:x} {parent:x} {:?}", qdisc.kind))
            },
            delete: |conn, message| {
                conn.request(&DelQdisc::of(&Qdisc::parse(message).unwrap()).unwrap()).map(drop)
            },
        };
        family.delete_each(10, &mut random);
    });
}

#[test]
fn filters_are_deleted_from_their_dump_entries() {
    in_namespace("live::delete_tc::filters_are_deleted_from_their_dump_entries", || {
        let (devices, mut random) = (prepare(), Random::new());
        draw("tc", 150, &mut random, |random| {
            let (at, root) = place(random);
            let hook = random.below(3);
            let parent = [format!("parent {root}:"), "ingress".to_owned(), "egress".to_owned()][hook].clone();
            let (chain, last) = (random.below(3), random.below(9));
            // The kernel shows a filter of u32 in each hook and chain of the qdisc that has its priority: `u32_walk`
            // compares nothing else. So no two of them have the same.
            let prio = 100 * chain + 10 * hook + 1 + random.below(3);
            // Kinds and actions that this kernel may lack: it says so, and the others are there.
            let action = random.pick(&["action drop", "action ok index 5", "", "", ""]);
            let what = match random.below(6) {
                0 => format!("prio 1{prio:03} protocol ip chain {chain} flower dst_ip 10.0.0.{last}"),
                1 => format!("prio 2{prio:03} protocol all chain {chain} matchall"),
                2 => format!("prio 3{prio:03} protocol ipv6 chain {chain} u32 match u8 {last} 0xff at 0"),
                _ => format!("prio 4{prio:03} protocol ip chain {chain} u32 match ip dst 10.0.0.{last}"),
            };
            format!("filter add dev v{at} {parent} {what} flowid {root}:1 {action}")
        });
        let on = |device: i32, root: u32| {
            let parents = [root << 16, 0xffff_fff2, 0xffff_fff3];
            parents.map(|parent| {
                let header = TcMsg { ifindex: device, parent, ..TcMsg::default() };
                GetTfilter { header, ..GetTfilter::default() }
            })
        };
        let family = Family {
            gets: [on(devices[0], 1), on(devices[1], 2)].concat(),
            header: 20,
            text: |message| {
                let filter = Tfilter::parse(message).ok()?;
                // Beside the filters the kernel dumps the place where they are, and the tables of u32.
                let is_table =
                    filter.kind.is_some_and(|kind| kind == "u32") && filter.header.handle & 0xfff == 0;
                let is_filter = filter.header.handle != 0 && !is_table;
                is_filter.then(|| format!("{:?} {:?} {:?}", filter.header, filter.kind, filter.chain))
            },
            delete: |conn, message| {
                conn.request(&DelTfilter::of(&Tfilter::parse(message).unwrap()).unwrap()).map(drop)
            },
        };
        family.delete_each(30, &mut random);
    });
}
