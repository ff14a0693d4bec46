//! The same messages with `.await`.

use super::netns::in_namespace;
use super::twins::run;
use nl_tlv::socket::{Protocol, tokio::Connection};
use nl_tlv_families::jobs::{CREATE, Rate};
use nl_tlv_families::rt_link::{GetLink, Link, SetLink};
use nl_tlv_families::tc::{Qdisc, Tbf};
use std::time::Duration;

#[test]
fn a_connection_for_tasks_does_the_same_jobs() {
    in_namespace("tasks::a_connection_for_tasks_does_the_same_jobs", || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let conn = Connection::open(Protocol::ROUTE).unwrap();
            conn.request_with(&Link::veth("ours", "peer1").mtu(1400), CREATE).await.unwrap();
            let reply = conn.get(&GetLink::named("ours")).await.unwrap();
            let index = reply.parse::<Link<'_>>().unwrap().index();
            conn.request(&SetLink::at(index).up()).await.unwrap();
            let tbf = Tbf::limited(Rate::mbit(1), 32 << 10, Duration::from_millis(400)).unwrap();
            conn.request_with(&Qdisc::root(index).tbf(tbf), CREATE).await.unwrap();
        });
        let shown = run("ip -details link show ours").unwrap();
        assert!(shown.contains("mtu 1400 qdisc tbf") && shown.contains(",UP"), "{shown}");
        println!("3 values compared, 0 differ");
    });
}
