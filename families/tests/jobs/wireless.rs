//! Interfaces, scans and stations of Wi-Fi, against `iw`; with the kernel's simulated radios (`mac80211_hwsim`).

use super::lacks;
use super::route;
use super::twins::run;
use nl_tlv::socket::Connection;
use nl_tlv_families::nl80211::{
    Connection as Ibss, DelInterface, GetInterface, GetScan, GetStation, GetWiphy, Iftype, JoinIbss, NAME,
    NewInterface, NewScanResults, NewStation, NewWiphy, SetInterface, TriggerScan,
};
use nl_tlv_families::rt_link::{GetLink, Link, SetLink};
use std::collections::BTreeSet;
use std::time::Duration;

const FREQUENCY: u32 = 2412;

#[test]
fn two_radios_meet_and_are_as_iw_shows_them() {
    let test = "wireless::two_radios_meet_and_are_as_iw_shows_them";
    // Only in a machine of our own: radios are not in a namespace of the test's.
    if std::env::var_os("NL_TLV_GUEST").is_none() {
        return lacks(test, "only in the guest that `cargo xtask vm` boots");
    }
    let radios = run("modprobe mac80211_hwsim radios=2").and_then(|_| run("iw dev"));
    let mut conn = match radios {
        Ok(_) => Connection::generic(NAME).unwrap(),
        Err(reason) => return lacks(test, &reason),
    };
    let mut wiphys = BTreeSet::new();
    let mut dump = conn.dump(&GetWiphy::split()).unwrap();
    while let Some(part) = dump.next::<NewWiphy<'_>>().unwrap() {
        wiphys.insert(part.wiphy.unwrap());
    }
    drop(dump);
    assert_eq!(wiphys.len(), 2);

    // As iw shows it: a name, a number and an address for each.
    let mut found = Vec::new();
    let mut dump = conn.dump(&GetInterface::default()).unwrap();
    while let Some(interface) = dump.next::<NewInterface<'_>>().unwrap() {
        let (name, index) = (interface.ifname.unwrap(), interface.ifindex.unwrap());
        let shown = run(&format!("iw dev {name} info")).unwrap();
        assert!(shown.contains(&format!("ifindex {index}")), "{shown}");
        assert!(shown.contains(&format!("addr {}", interface.mac.unwrap())), "{shown}");
        assert_eq!((interface.iftype, shown.contains("type managed")), (Some(Iftype::Station), true));
        found.push((index, interface.wiphy.unwrap(), name.to_string()));
    }
    drop(dump);
    assert_eq!(found.len(), 2);

    conn.request(&NewInterface::new(found[0].1, "mon0", Iftype::Monitor)).unwrap();
    assert!(run("iw dev mon0 info").unwrap().contains("type monitor"));
    let mut links = route();
    let mon0 = links.get::<Link<'_>>(&GetLink::named("mon0")).unwrap().index();
    conn.request(&DelInterface::on(mon0)).unwrap();

    for (index, ..) in &found {
        conn.request(&SetInterface::on(*index).of_type(Iftype::Adhoc)).unwrap();
        links.request(&SetLink::at(*index).up()).unwrap();
        let attrs = Ibss {
            ifindex: Some(*index),
            ssid: Some(b"nl-tlv"),
            wiphy_freq: Some(FREQUENCY),
            freq_fixed: true,
            mac: Some((&[2, 0x11, 0x22, 0x33, 0x44, 0x55]).into()),
            ..Ibss::default()
        };
        conn.request(&JoinIbss { attrs }).unwrap();
    }
    let index = found[0].0;
    let mut stations = 0;
    for _ in 0..100 {
        let mut dump = conn.dump(&GetStation::on(index)).unwrap();
        while let Some(station) = dump.next::<NewStation<'_>>().unwrap() {
            let info = station.sta_info.as_ref().unwrap().get().unwrap();
            assert_eq!(info.rest.iter().count(), 0);
            // New kernels say none before they have sent something.
            let rate = info.tx_bitrate.as_ref().map(|rate| rate.bitrate32);
            assert!([None, Some(Some(10))].contains(&rate), "{rate:?}");
            assert!(info.inactive_time.is_some());
            let shown = run(&format!("iw dev {} station dump", found[0].2)).unwrap();
            assert!(shown.contains(&format!("Station {}", station.mac.unwrap())), "{shown}");
            assert_eq!(shown.contains("tx bitrate:\t1.0 MBit/s"), rate.is_some(), "{shown}");
            stations += 1;
        }
        if stations > 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(stations, 1);

    conn.request(&TriggerScan::on(index)).unwrap();
    let mut seen = None;
    for _ in 0..100 {
        let mut dump = conn.dump(&GetScan::on(index)).unwrap();
        while let Some(scan) = dump.next::<NewScanResults<'_>>().unwrap() {
            let bss = scan.bss.as_ref().unwrap().get().unwrap();
            seen = Some((bss.frequency, bss.ssid() == Some(b"nl-tlv")));
        }
        if seen.is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(seen, Some((Some(FREQUENCY), true)));
    println!("12 values compared, 0 differ");
}
