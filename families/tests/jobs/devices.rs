//! Settings of devices, ours against those of `ethtool`.

use super::lacks;
use super::netns::in_namespace;
use super::route;
use super::twins::{Twins, json, run};
use nl_tlv::socket::{Connection, RequestError};
use nl_tlv_families::ethtool::ChannelsGetReply;
use nl_tlv_families::ethtool::{
    Bitset, BitsetBit, ChannelsGet, ChannelsSet, CoalesceGet, CoalesceGetReply, CoalesceSet, FeaturesGet,
    FeaturesSet, LinkmodesGet, LinkmodesSet, NAME, PauseGet, PauseGetReply, PauseSet, RingsGet,
    RingsGetReply, RingsSet,
};
use serde_json::Value as Json;

/// A connection to ethtool, and two pairs of veth; none without ethtool.
fn start(test: &str) -> Option<(Connection, Twins)> {
    if let Err(reason) = run("ethtool --version") {
        lacks(test, &reason);
        return None;
    }
    let twins = Twins::veth(&mut route());
    Some((Connection::generic(NAME).unwrap(), twins))
}

/// Whether the device has what was asked for.
fn can<T>(test: &str, result: Result<T, RequestError>) -> bool {
    match result {
        Ok(_) => true,
        Err(err) if err.refusal().is_some_and(|refusal| refusal.errno().get() == 95) => {
            lacks(test, &err.to_string());
            false
        }
        Err(err) => panic!("{err}"),
    }
}

#[test]
fn features_are_set_and_read_as_ethtool_does() {
    let test = "devices::features_are_set_and_read_as_ethtool_does";
    in_namespace(test, || {
        let Some((mut conn, mut twins)) = start(test) else { return };
        run("ethtool -K their gro on tx-checksum-ip-generic off").unwrap();
        let bits = [BitsetBit::on("rx-gro"), BitsetBit::off("tx-checksum-ip-generic")];
        conn.request(&FeaturesSet::at(twins.ours).wanted(&Bitset::of(&bits))).unwrap();
        twins.assert_equal("ethtool --json -k DEV");

        let reply = conn.get::<FeaturesGet<'_>>(&FeaturesGet::named("ours")).unwrap();
        let active = reply.active.unwrap().get().unwrap();
        let theirs = &json("ethtool --json -k ours")[0];
        let mut compared = 0;
        // Some have names of ethtool's own.
        let own = ["tx-checksumming", "tx-vlan-offload"];
        let features = theirs.as_object().unwrap().iter().filter(|(name, _)| !own.contains(&name.as_str()));
        for (name, feature) in features.filter(|(name, _)| name.starts_with("tx-")) {
            assert_eq!(Json::from(active.has(name).unwrap()), feature["active"], "{name}");
            compared += 1;
        }
        assert!(compared > 10);
        println!("{compared} features compared, 0 differ");
    });
}

#[test]
fn channels_are_set_and_read_as_ethtool_does() {
    let test = "devices::channels_are_set_and_read_as_ethtool_does";
    in_namespace(test, || {
        let Some((mut conn, _twins)) = start(test) else { return };
        run("ip link add many numrxqueues 4 numtxqueues 4 type veth peer name more").unwrap();
        if !can(test, conn.request(&ChannelsSet::named("many").rx(2).tx(3))) {
            return;
        }
        let reply = conn.get::<ChannelsGetReply<'_>>(&ChannelsGet::named("many")).unwrap();
        assert_eq!((reply.rx_count, reply.tx_count, reply.rx_max), (Some(2), Some(3), Some(4)));
        let text = run("ethtool -l many").unwrap();
        let numbers: Vec<&str> = text.split_whitespace().filter(|word| word.parse::<u32>().is_ok()).collect();
        assert_eq!(numbers, ["4", "4", "2", "3"], "{text}");
        println!("4 values compared, 0 differ");
    });
}

/// In the guest there is a card that keeps all of these, which is connected to nothing: QEMU's e1000.
fn card(test: &str) -> Option<Connection> {
    if let Err(reason) = run("ethtool -g eth9") {
        lacks(test, &format!("no card named eth9: {}", reason.lines().next().unwrap_or_default()));
        return None;
    }
    Some(Connection::generic(NAME).unwrap())
}

#[test]
fn rings_are_set_and_read_as_ethtool_does() {
    let test = "devices::rings_are_set_and_read_as_ethtool_does";
    let Some(mut conn) = card(test) else { return };
    if can(test, conn.request(&RingsSet::named("eth9").rx(128).tx(96))) {
        let reply = conn.get::<RingsGetReply<'_>>(&RingsGet::named("eth9")).unwrap();
        let text = run("ethtool -g eth9").unwrap();
        // First the largest, then the current ones.
        let shown = |name: &str| -> Vec<Option<u32>> {
            text.lines()
                .filter_map(|line| line.strip_prefix(name))
                .map(|rest| rest.trim().parse().ok())
                .collect()
        };
        assert_eq!(
            (shown("RX:"), shown("TX:")),
            (vec![reply.rx_max, reply.rx], vec![reply.tx_max, reply.tx])
        );
        assert_eq!((reply.rx, reply.tx), (Some(128), Some(96)), "{text}");
        println!("4 values compared, 0 differ");
    }
}

#[test]
fn coalescing_is_set_and_read_as_ethtool_does() {
    let test = "devices::coalescing_is_set_and_read_as_ethtool_does";
    in_namespace(test, || {
        let Some(mut conn) = tap(test) else { return };
        if can(test, conn.request(&CoalesceSet::named("tap0").rx_frames(7))) {
            let reply = conn.get::<CoalesceGetReply<'_>>(&CoalesceGet::named("tap0")).unwrap();
            let text = run("ethtool -c tap0").unwrap();
            let theirs = text.lines().find_map(|line| line.strip_prefix("rx-frames:")).unwrap();
            assert_eq!((reply.rx_max_frames, theirs.trim()), (Some(7), "7"));
            println!("1 values compared, 0 differ");
        }
    });
}

#[test]
fn pause_is_set_and_read_as_ethtool_does() {
    let test = "devices::pause_is_set_and_read_as_ethtool_does";
    let Some(mut conn) = card(test) else { return };
    if can(test, conn.request(&PauseSet::named("eth9").rx(true).tx(false))) {
        let reply = conn.get::<PauseGetReply<'_>>(&PauseGet::named("eth9")).unwrap();
        // In JSON some versions of ethtool say `true` of everything.
        let text = run("ethtool -a eth9").unwrap();
        let shown = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        assert_eq!((reply.rx, reply.tx), (Some(1), Some(0)));
        assert_eq!((shown("RX:"), shown("TX:")), (Some("on"), Some("off")), "{text}");
        println!("2 values compared, 0 differ");
    }
}

#[test]
fn link_modes_are_read_as_ethtool_does() {
    let test = "devices::link_modes_are_read_as_ethtool_does";
    in_namespace(test, || {
        let Some((mut conn, _twins)) = start(test) else { return };
        let reply = conn.get::<LinkmodesGet<'_>>(&LinkmodesGet::named("ours")).unwrap();
        let (speed, duplex, autoneg) = (reply.speed, reply.duplex, reply.autoneg);
        let text = run("ethtool ours").unwrap();
        assert!(text.contains(&format!("Speed: {}Mb/s", speed.unwrap())), "{text}");
        assert_eq!((duplex, text.contains("Duplex: Full")), (Some(1), true), "{text}");
        assert_eq!((autoneg, text.contains("Auto-negotiation: off")), (Some(0), true), "{text}");
        println!("3 values compared, 0 differ");
        // A veth refuses another speed, and says why not.
        let refused = conn.request(&LinkmodesSet::named("ours").speed(100).full_duplex(true)).unwrap_err();
        assert_eq!(refused.refusal().unwrap().errno().get(), 95, "{refused}");
    });
}

#[test]
fn link_modes_are_set_as_ethtool_shows_them() {
    let test = "devices::link_modes_are_set_as_ethtool_shows_them";
    in_namespace(test, || {
        let Some(mut conn) = tap(test) else { return };
        if can(test, conn.request(&LinkmodesSet::named("tap0").speed(100).full_duplex(false))) {
            let text = run("ethtool tap0").unwrap();
            assert!(text.contains("Speed: 100Mb/s") && text.contains("Duplex: Half"), "{text}");
            println!("2 values compared, 0 differ");
        }
    });
}

/// A device named `tap0`, whose driver keeps some settings.
fn tap(test: &str) -> Option<Connection> {
    let made = run("ethtool --version").and_then(|_| run("ip tuntap add tap0 mode tap"));
    made.map_err(|reason| lacks(test, &reason)).ok()?;
    Some(Connection::generic(NAME).unwrap())
}
