//! Tables and routes of RTM, watched as any other objects: definitions with a key are all that it takes.

use nl_tlv::socket::{Change, Connection, Protocol, RequestError, Watch};
use nl_tlv::{Keyed, NewFlags, NlMessage, Repeat};
use nl_tlv_lab::peer::{self, Subscribe};
use nl_tlv_lab::rtm::peer::RtmService;
use nl_tlv_lab::rtm::{
    GROUP_ROUTES, GROUP_TABLES, NextHop, Prefix, RouteDel, RouteGet, RouteNew, RouteReply, TableDel,
    TableGet, TableNew, TableReply,
};
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

/// A watch over a connection that the peer sends the events of a group to.
fn watch<O: Keyed>(port_id: u32, group: u32, request: &impl NlMessage) -> Watch<O> {
    let mut conn = Connection::open_to(Protocol::USERSOCK, port_id).unwrap();
    conn.request(&Subscribe { group }).unwrap();
    conn.watch(request).unwrap()
}

/// Takes in all changes, until there are no more, and counts them: added, changed, removed.
fn follow<O: Keyed>(watch: &mut Watch<O>) -> [u32; 3] {
    let mut counts = [0; 3];
    loop {
        let told =
            watch.change_deadline(Instant::now() + Duration::from_millis(200)).map(|change| match change {
                Change::Added(_) => 0,
                Change::Changed { .. } => 1,
                Change::Removed(_) => 2,
            });
        match told {
            Ok(told) => counts[told] += 1,
            Err(RequestError::Timeout) if watch.is_current() => return counts,
            Err(RequestError::Timeout) => {}
            Err(err) => panic!("{err}"),
        }
    }
}

fn prefix(last: u8) -> Prefix {
    Prefix { addr: IpAddr::V4(Ipv4Addr::new(10, 0, last, 0)), len: 24 }
}

#[test]
fn tables_and_routes_are_followed_by_their_keys() {
    let peer = peer::spawn(RtmService::default(), 0).unwrap();
    let mut conn = Connection::open_to(Protocol::USERSOCK, peer.port_id).unwrap();
    conn.request_with(&TableNew { name: "blue" }, NewFlags::CREATE).unwrap();
    let mut tables = watch::<TableReply<'_>>(peer.port_id, GROUP_TABLES, &TableGet::default());
    let mut routes = watch::<RouteReply<'_>>(peer.port_id, GROUP_ROUTES, &RouteGet::default());
    assert_eq!((follow(&mut tables), follow(&mut routes)), ([1, 0, 0], [0, 0, 0]));

    conn.request_with(&TableNew { name: "red" }, NewFlags::CREATE).unwrap();
    conn.request(&TableDel { name: "red" }).unwrap();
    conn.request_with(&TableNew { name: "green" }, NewFlags::CREATE).unwrap();
    assert_eq!(follow(&mut tables), [2, 0, 1]);
    let mut names: Vec<_> = tables.objects().map(|table| table.name.to_owned()).collect();
    names.sort();
    assert_eq!(names, ["blue", "green"]);

    let hops = [NextHop { gateway: None, oif: Some("eth0"), weight: None }];
    let route = |last, metric| RouteNew {
        table: "green",
        dst: prefix(last),
        nexthop: Repeat::new(&hops),
        metric: Some(metric),
    };
    for last in 0..50 {
        conn.request_with(&route(last, 1), NewFlags::CREATE).unwrap();
    }
    conn.request_with(&route(7, 2), NewFlags::REPLACE).unwrap();
    conn.request(&RouteDel { table: "green", dst: prefix(8) }).unwrap();
    assert_eq!(follow(&mut routes), [50, 1, 1]);
    assert_eq!((routes.len(), routes.dumps()), (49, 1));
    let read = |message: &nl_tlv::socket::Object<'_>| {
        let route = RouteReply::parse(message)?;
        Ok(Some((route.dst, route.metric, route.generation)))
    };
    let (fresh, _) = conn.collect(&RouteGet::default(), read).unwrap();
    let mut watched: Vec<_> =
        routes.objects().map(|route| (route.dst, route.metric, route.generation)).collect();
    watched.sort_unstable();
    assert_eq!(watched, fresh);
}
