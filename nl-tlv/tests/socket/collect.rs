//! Whole dumps, of rtnetlink.

use crate::common::*;
use nl_tlv::NlMessage;
use nl_tlv::socket::{Connection, Protocol};

#[test]
fn collected_dump_has_what_was_read_of_each_object() {
    let mut conn = Connection::open(Protocol::ROUTE).unwrap();
    let read = |link: &nl_tlv::socket::Object<'_>| Ok(LinkNew::parse(link)?.ifname.map(str::to_owned));
    assert!(conn.collect(&LinkGet::index(0), read).unwrap().0.contains(&"lo".to_owned()));
    assert!(conn.collect(&LinkGet::index(0), |_| Ok(None::<()>)).unwrap().0.is_empty());
}

#[test]
fn object_that_cannot_be_read_costs_that_object_only() {
    let mut conn = Connection::open(Protocol::ROUTE).unwrap();
    let links = conn.collect(&LinkGet::index(0), |_| Ok(Some(()))).unwrap().0.len();
    let mut at = 0;
    let found = conn.collect(&LinkGet::index(0), |link| {
        at += 1;
        if at == 1 { link.parse::<LinkGet>().map(|_| None) } else { Ok(Some(link.port_id())) }
    });
    let (objects, unreadable) = found.unwrap();
    assert_eq!((objects.len(), unreadable.len()), (links - 1, 1));
    assert_eq!(
        unreadable[0].to_string(),
        "LinkGet.nlmsg_type: expected message type 18, found 16 (offset 4)"
    );
    assert_eq!(unreadable[0].bytes()[4..6], 16_u16.to_ne_bytes());
}
