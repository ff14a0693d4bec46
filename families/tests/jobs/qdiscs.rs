//! Queueing disciplines, ours against those of `tc`.

use super::netns::in_namespace;
use super::route;
use super::twins::{Twins, run};
use nl_tlv::socket::{Connection, RequestError};
use nl_tlv_families::jobs::{CREATE, IfIndex, Rate};
use nl_tlv_families::tc::{DelQdisc, FqCodel, GetQdisc, Htb, Netem, Qdisc, Tbf, TcNetemQopt};
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);

/// A qdisc and what `tc` is told for the same. What is made from what the kernel then says deletes it.
fn same(test: &str, words: &str, make: impl FnOnce(IfIndex, &mut dyn FnMut(&Qdisc<'_>))) {
    in_namespace(test, || {
        let mut conn = route();
        let mut twins = Twins::veth(&mut conn);
        if !twins.theirs(test, &format!("tc qdisc add dev DEV {words}")) {
            return;
        }
        make(twins.ours, &mut |qdisc| {
            conn.request_with(qdisc, CREATE).unwrap();
        });
        twins.assert_equal("tc -json -details qdisc show dev DEV");
        assert_eq!(delete_all(&mut conn, twins.ours).unwrap(), 1);
        assert!(!run("tc qdisc show dev ours").unwrap().contains(words.split(' ').next_back().unwrap()));
    });
}

/// Deletes what a device has, but the kernel's own (whose handle is 0).
fn delete_all(conn: &mut Connection, dev: IfIndex) -> Result<usize, RequestError> {
    let mut qdiscs = conn.dump(&GetQdisc::default())?;
    let mut deleted = 0;
    while let Some(qdisc) = qdiscs.next::<Qdisc<'_>>()? {
        if qdisc.header.ifindex == dev.signed() && qdisc.header.handle != 0 {
            route().request(&DelQdisc::of(&qdisc).unwrap())?;
            deleted += 1;
        }
    }
    Ok(deleted)
}

#[test]
fn htb_is_as_tc_makes_it() {
    same("qdiscs::htb_is_as_tc_makes_it", "root handle 1: htb default 10", |dev, send| {
        send(&Qdisc::root(dev).handle((1, 0)).htb(&Htb::default_class(0x10)));
    });
}

#[test]
fn tbf_is_as_tc_makes_it() {
    let words = "root handle 1: tbf rate 1mbit burst 32kb latency 400ms";
    same("qdiscs::tbf_is_as_tc_makes_it", words, |dev, send| {
        send(&Qdisc::root(dev).handle((1, 0)).tbf(Tbf::limited(Rate::mbit(1), 32 << 10, 400 * MS).unwrap()));
    });
}

#[test]
fn tbf_beyond_32_bits_is_as_tc_makes_it() {
    let words = "root handle 1: tbf rate 40gbit burst 10mb latency 5ms";
    same("qdiscs::tbf_beyond_32_bits_is_as_tc_makes_it", words, |dev, send| {
        send(&Qdisc::root(dev).handle((1, 0)).tbf(Tbf::limited(Rate::gbit(40), 10 << 20, 5 * MS).unwrap()));
    });
}

#[test]
fn fq_codel_is_as_tc_makes_it() {
    let words = "root handle 1: fq_codel limit 500 target 10ms interval 200ms";
    same("qdiscs::fq_codel_is_as_tc_makes_it", words, |dev, send| {
        let settings = FqCodel::default().limit(500).target(10 * MS, 200 * MS).unwrap();
        send(&Qdisc::root(dev).handle((1, 0)).fq_codel(settings));
    });
}

#[test]
fn netem_is_as_tc_makes_it() {
    let words = "root handle 1: netem delay 10ms 2ms loss 1.5% duplicate 1%";
    same("qdiscs::netem_is_as_tc_makes_it", words, |dev, send| {
        let settings = TcNetemQopt::new().delay(10 * MS).and_then(|netem| netem.jitter(2 * MS));
        let settings = settings.and_then(|netem| netem.loss(1.5)?.duplicate(1.0)).unwrap();
        send(&Qdisc::root(dev).handle((1, 0)).netem(&Netem::of(settings)));
    });
}

#[test]
fn prio_is_as_tc_makes_it() {
    same("qdiscs::prio_is_as_tc_makes_it", "root handle 1: prio", |dev, send| {
        send(&Qdisc::root(dev).handle((1, 0)).prio(3));
    });
}

#[test]
fn clsact_is_as_tc_makes_it() {
    same("qdiscs::clsact_is_as_tc_makes_it", "clsact", |dev, send| send(&Qdisc::clsact(dev)));
}

#[test]
fn ingress_is_as_tc_makes_it() {
    same("qdiscs::ingress_is_as_tc_makes_it", "ingress", |dev, send| send(&Qdisc::ingress(dev)));
}
