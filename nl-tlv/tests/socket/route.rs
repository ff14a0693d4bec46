//! rtnetlink, as anyone may use it: dumps, single replies, refusals.

use crate::common::*;
use nl_tlv::Flags;
use nl_tlv::control::{Errno, Policy};
use nl_tlv::socket::{Connection, Protocol, RequestError};
use std::collections::BTreeMap;
use std::fs;

fn open() -> Connection {
    Connection::open(Protocol::ROUTE).unwrap()
}

/// The interfaces as sysfs shows them: index and name.
fn sysfs() -> BTreeMap<i32, String> {
    let read = |path: std::path::PathBuf| fs::read_to_string(path.join("ifindex"));
    fs::read_dir("/sys/class/net")
        .unwrap()
        .map(Result::unwrap)
        .filter_map(|entry| Some((read(entry.path()).ok()?, entry.file_name().into_string().ok()?)))
        .map(|(index, name)| (index.trim().parse().unwrap(), name))
        .collect()
}

#[test]
fn dump_lists_the_interfaces_of_sysfs() {
    let mut conn = open();
    let mut links = conn.dump(&LinkGet::index(0)).unwrap();
    let mut found = BTreeMap::new();
    while let Some(link) = links.next::<LinkNew<'_>>().unwrap() {
        found.insert(link.header.index, link.ifname.unwrap().to_owned());
    }
    assert!(found.values().any(|name| name == "lo"));
    assert_eq!(found, sysfs());
    assert!(links.next::<LinkNew<'_>>().unwrap().is_none(), "the end stays the end");
}

#[test]
fn dump_that_is_dropped_early_leaves_the_connection_usable() {
    let mut conn = open();
    for _ in 0..20 {
        let mut links = conn.dump(&LinkGet::index(0)).unwrap();
        assert!(links.next_message().unwrap().is_some());
    }
    assert_eq!(conn.get::<LinkNew<'_>>(&LinkGet::index(1)).unwrap().ifname, Some("lo"));
    drop(conn.dump(&LinkGet::index(0)).unwrap());
    assert!(conn.dump(&LinkGet::index(0)).unwrap().next_message().unwrap().is_some());
}

#[test]
fn reply_comes_without_and_with_acknowledgement() {
    let mut conn = open();
    for flags in [Flags::empty(), Flags::ACK, Flags::empty(), Flags::ACK] {
        let link: LinkNew<'_> = conn.get_with(&LinkGet::index(1), flags).unwrap();
        assert_eq!((link.header.index, link.ifname), (1, Some("lo")));
    }
}

#[test]
fn unknown_interface_is_refused() {
    let mut conn = open();
    for _ in 0..2 {
        let err = conn.get::<LinkNew<'_>>(&LinkGet::index(i32::MAX)).unwrap_err();
        assert_eq!(err.refusal().unwrap().errno(), Errno::ENODEV);
        assert!(err.to_string().starts_with("refused: no such device (ENODEV, error code -19)"), "{err}");
    }
}

#[test]
fn refusal_names_the_attribute_by_its_path_and_what_is_accepted() {
    let mut conn = open();
    let request = LinkGet { ext_mask: Some(&[1, 2]), ..LinkGet::index(1) };
    let err = conn.get::<LinkNew<'_>>(&request).unwrap_err();
    let refusal = err.refusal().unwrap();
    assert_eq!((refusal.errno(), refusal.ext_ack().offset), (Errno::ERANGE, Some(32)));
    assert_eq!(refusal.path(), Some("LinkGet.ext_mask"));
    // Linux 5.10 brought the policy.
    assert_eq!(refusal.ext_ack().policy.map(|policy| policy.ty), Some(Policy::U32));
    assert!(refusal.message().is_some(), "{err}");
}

#[test]
fn reply_of_another_type_is_an_error_of_the_reader() {
    let mut conn = open();
    let err = conn.get::<LinkGet<'_>>(&LinkGet::index(1)).unwrap_err();
    assert!(matches!(err, RequestError::Answer(_)), "{err}");
    assert_eq!(err.to_string(), "answer: LinkGet.nlmsg_type: expected message type 18, found 16 (offset 4)");
    assert!(conn.get::<LinkNew<'_>>(&LinkGet::index(1)).is_ok());
}

#[test]
fn object_that_cannot_be_read_does_not_end_the_dump() {
    let mut conn = open();
    let mut links = conn.dump(&LinkGet::index(0)).unwrap();
    assert!(matches!(links.next::<LinkGet<'_>>(), Err(RequestError::Answer(_))));
    while links.next_message().unwrap().is_some() {}
}

#[test]
fn acknowledged_request_needs_no_reply() {
    let mut conn = open();
    conn.request(&LinkGet::index(1)).unwrap();
    let event = conn.event_deadline(std::time::Instant::now());
    assert!(matches!(event, Err(RequestError::Timeout)), "the reply is dropped: {event:?}");
}

/// More than a receive buffer holds refusals.
const MANY: u32 = 1000;

#[test]
fn answers_that_nobody_waits_for_are_dropped_and_take_no_room_of_others() {
    let mut conn = open();
    let seqs: Vec<u32> =
        (0..MANY).map(|_| conn.send(&LinkGet::index(i32::MAX), Flags::ACK).unwrap()).collect();
    assert!(seqs.is_sorted_by(|before, after| before < after));
    assert_eq!(conn.get::<LinkNew<'_>>(&LinkGet::index(1)).unwrap().ifname, Some("lo"));
    let event = conn.event_deadline(std::time::Instant::now());
    assert!(matches!(event, Err(RequestError::Timeout)), "{event:?}");
}

#[cfg(feature = "tokio")]
#[test]
fn answers_that_no_task_waits_for_are_dropped_and_take_no_room_of_others() {
    use nl_tlv::socket::tokio::Connection;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let conn = Connection::open(Protocol::ROUTE).unwrap();
        let mut last = 0;
        for _ in 0..MANY {
            let seq = conn.send(&LinkGet::index(i32::MAX), Flags::ACK).await.unwrap();
            assert!(std::mem::replace(&mut last, seq) < seq);
        }
        let reply = conn.get(&LinkGet::index(1)).await.unwrap();
        assert_eq!(reply.parse::<LinkNew<'_>>().unwrap().ifname, Some("lo"));
    });
}
