//! Whole dumps, of rtnetlink.

use crate::common::*;
use nl_tlv::NlMessage;
use nl_tlv::socket::{Connection, Protocol, RequestError};

#[test]
fn collected_dump_has_what_was_read_of_each_object() {
    let mut conn = Connection::open(Protocol::ROUTE).unwrap();
    let read = |link: &nl_tlv::Message<'_>| Ok(LinkNew::parse(link)?.ifname.map(str::to_owned));
    assert!(conn.collect(&LinkGet::index(0), read).unwrap().contains(&"lo".to_owned()));
    assert!(conn.collect(&LinkGet::index(0), |_| Ok(None::<()>)).unwrap().is_empty());
}

#[test]
fn object_that_cannot_be_read_fails_the_whole() {
    let mut conn = Connection::open(Protocol::ROUTE).unwrap();
    let read = |link: &nl_tlv::Message<'_>| LinkGet::parse(link).map(|_| Some(()));
    assert!(matches!(conn.collect(&LinkGet::index(0), read), Err(RequestError::Damaged(_))));
    assert!(!conn.collect(&LinkGet::index(0), |_| Ok(Some(()))).unwrap().is_empty());
}
