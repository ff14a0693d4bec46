//! Forwarding entries, multicast groups and VLANs of bridges, ours against those of `bridge`.

use super::lacks;
use super::netns::in_namespace;
use super::route;
use super::twins::{json, run, values};
use nl_tlv::socket::Connection;
use nl_tlv_families::jobs::{CREATE, IfIndex};
use nl_tlv_families::rt_link::{BridgeSpec, BridgeVlanInfo, DelLink, GetLink, Link, SetLink, Vxlan};
use nl_tlv_families::rt_mdb::{AddMdb, BrMdbEntry, GetMdb, Mdb, RemoveMdb};
use nl_tlv_families::rt_neigh::{DelNeighbour, GetNeighbour, Neighbour};
use serde_json::Value as Json;

/// A bridge with two ports; none where the kernel has no such bridges.
fn bridge(conn: &mut Connection, test: &str, settings: &str) -> Option<[IfIndex; 3]> {
    if let Err(reason) = run(&format!("ip link add br0 type bridge {settings}")) {
        lacks(test, &reason);
        return None;
    }
    for (name, peer) in [("ours", "peer1"), ("their", "peer2")] {
        conn.request_with(&Link::veth(name, peer), CREATE).unwrap();
    }
    let [br0, ours, their] =
        ["br0", "ours", "their"].map(|name| conn.get::<Link<'_>>(&GetLink::named(name)).unwrap().index());
    for port in [ours, their] {
        conn.request(&SetLink::at(port).master(br0).up()).unwrap();
    }
    conn.request(&SetLink::at(br0).up()).unwrap();
    Some([br0, ours, their])
}

/// The entries of a listing that are about a device, without its name.
fn about(listing: &Json, key: &str, name: &str) -> Vec<Json> {
    let entries = listing.as_array().unwrap().iter().filter(|entry| entry[key] == name);
    entries.map(|entry| serde_json::from_str(&entry.to_string().replace(name, "DEV")).unwrap()).collect()
}

#[test]
fn a_forwarding_entry_is_as_bridge_makes_it() {
    let test = "bridge::a_forwarding_entry_is_as_bridge_makes_it";
    in_namespace(test, || {
        let mut conn = route();
        let Some([_, ours, _]) = bridge(&mut conn, test, "ageing_time 1000") else { return };
        let mac = [2, 0, 0, 0, 0, 0x0a];
        let entry = Neighbour::fdb(ours, &mac);
        conn.request_with(&entry, CREATE).unwrap();
        let made = json("bridge -json fdb show");
        let made = about(&made, "ifname", "ours");
        conn.request(&DelNeighbour::of(&entry)).unwrap();
        run("bridge fdb add 02:00:00:00:00:0a dev their master static").unwrap();
        let theirs = json("bridge -json fdb show");
        let theirs = about(&theirs, "ifname", "their");
        let find = |list: &[Json]| list.iter().find(|entry| entry["mac"] == "02:00:00:00:00:0a").cloned();
        assert_eq!(find(&made), find(&theirs));
        println!("{} values compared, 0 differ", values(&find(&made).unwrap()));
        let mut entries = conn.dump(&GetNeighbour::fdb()).unwrap();
        let mut found = 0;
        while let Some(entry) = entries.next::<Neighbour<'_>>().unwrap() {
            found += usize::from(entry.lladdr == Some((&mac).into()));
        }
        // A bridge that could filter VLANs has it twice.
        assert!(found > 0);
    });
}

#[test]
fn a_remote_of_a_vxlan_is_as_bridge_makes_it() {
    let test = "bridge::a_remote_of_a_vxlan_is_as_bridge_makes_it";
    in_namespace(test, || {
        let mut conn = route();
        let mut made = Vec::new();
        for (name, id) in [("ours", 42), ("their", 43)] {
            let settings = Vxlan { id: Some(id), port: Some(4789), ..Vxlan::default() };
            if let Err(err) = conn.request_with(&Link::vxlan(name, settings), CREATE) {
                return lacks(test, &err.to_string());
            }
            made.push(conn.get::<Link<'_>>(&GetLink::named(name)).unwrap().index());
        }
        let entry = Neighbour::fdb_remote(made[0], &[0; 6], "192.0.2.10".parse().unwrap());
        conn.request_with(&entry, CREATE).unwrap();
        run("bridge fdb append 00:00:00:00:00:00 dev their dst 192.0.2.10").unwrap();
        let listing = json("bridge -json fdb show");
        let [ours, theirs] = ["ours", "their"].map(|name| about(&listing, "ifname", name));
        assert_eq!((ours.len(), &ours), (1, &theirs));
        println!("{} values compared, 0 differ", ours.iter().map(values).sum::<usize>());
        conn.request(&DelNeighbour::of(&entry)).unwrap();
    });
}

#[test]
fn a_multicast_group_is_as_bridge_makes_it() {
    let test = "bridge::a_multicast_group_is_as_bridge_makes_it";
    in_namespace(test, || {
        let mut conn = route();
        let Some([br0, ours, _]) = bridge(&mut conn, test, "mcast_snooping 1") else { return };
        if let Err(reason) = run("bridge mdb add dev br0 port their grp 239.1.2.3 permanent") {
            return lacks(test, &reason);
        }
        let entry = BrMdbEntry::new(ours, "239.1.2.3".parse().unwrap());
        conn.request_with(&AddMdb::new(br0, entry), CREATE).unwrap();
        let listing = json("bridge -json -details mdb show");
        let [made, theirs] = ["ours", "their"].map(|name| about(&listing[0]["mdb"], "port", name));
        assert_eq!((made.len(), &made), (1, &theirs));
        println!("{} values compared, 0 differ", made.iter().map(values).sum::<usize>());

        let mut bridges = conn.dump(&GetMdb::all()).unwrap();
        let mdb = bridges.next::<Mdb<'_>>().unwrap().unwrap();
        let mut ports = Vec::new();
        for set in mdb.mdb.iter() {
            for group in set.unwrap().entry.iter() {
                for info in group.unwrap().info.iter() {
                    let header = info.unwrap().header;
                    if header.group() == entry.group() {
                        ports.push(header.ifindex);
                    }
                }
            }
        }
        assert!(ports.contains(&ours.get()), "{ports:?}");
        drop(bridges);
        conn.request(&RemoveMdb::new(br0, entry)).unwrap();
    });
}

#[test]
fn vlans_of_a_port_are_as_bridge_makes_them() {
    let test = "bridge::vlans_of_a_port_are_as_bridge_makes_them";
    in_namespace(test, || {
        let mut conn = route();
        let Some([br0, ours, _]) = bridge(&mut conn, test, "vlan_filtering 1") else { return };
        let [first, last] = BridgeVlanInfo::new(20).up_to(22);
        let vlans = [BridgeVlanInfo::new(10).pvid().untagged(), first, last];
        conn.request(&SetLink::bridge(ours, &BridgeSpec::vlans(&vlans))).unwrap();
        conn.request(&DelLink::bridge(ours, &BridgeSpec::vlans(&[BridgeVlanInfo::new(1)]))).unwrap();
        run("bridge vlan add dev their vid 10 pvid untagged").unwrap();
        run("bridge vlan add dev their vid 20-22").unwrap();
        run("bridge vlan del dev their vid 1").unwrap();
        conn.request(&SetLink::bridge(br0, &BridgeSpec::own_vlans(&[BridgeVlanInfo::new(30)]))).unwrap();
        let listing = json("bridge -json vlan show");
        let [made, theirs] = ["ours", "their"].map(|name| about(&listing, "ifname", name));
        assert_eq!((made.len(), &made), (1, &theirs));
        assert_eq!(made[0]["vlans"].as_array().unwrap().len(), 4, "{made:?}");
        let own = about(&listing, "ifname", "br0");
        assert!(own[0]["vlans"].as_array().unwrap().iter().any(|vlan| vlan["vlan"] == 30), "{own:?}");
        println!("{} values compared, 0 differ", made.iter().map(values).sum::<usize>() + 1);
        let entry = Neighbour::fdb(ours, &[2, 0, 0, 0, 0, 7]).vlan(10);
        conn.request_with(&entry, CREATE).unwrap();
        let entries = json("bridge -json fdb show");
        let has_vlan = |entry: &Json| entry["mac"] == "02:00:00:00:00:07" && entry["vlan"] == 10;
        assert!(about(&entries, "ifname", "ours").iter().any(has_vlan), "{entries}");

        let mut links = conn.dump(&GetLink::bridge_vlans()).unwrap();
        let mut ids = Vec::new();
        while let Some(link) = links.next::<Link<'_>>().unwrap() {
            if link.index() == ours {
                let spec = link.bridge_spec().unwrap().unwrap();
                ids.extend(spec.vlan_info.iter().map(|vlan| vlan.unwrap().vid));
            }
        }
        assert_eq!(ids, [10, 20, 21, 22]);
    });
}
