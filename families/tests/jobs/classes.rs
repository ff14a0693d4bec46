//! Classes of hierarchical token buckets, ours against those of `tc`.

use super::netns::in_namespace;
use super::route;
use super::twins::Twins;
use nl_tlv_families::jobs::{CREATE, Rate};
use nl_tlv_families::tc::{ClassOptions, DelTclass, GetTclass, Htb, Qdisc, Tclass};

/// Classes with these words for `tc`, and these settings.
fn same(test: &str, words: &str, settings: &Htb<'_>) {
    in_namespace(test, || {
        let mut conn = route();
        let mut twins = Twins::veth(&mut conn);
        if !twins.theirs(test, "tc qdisc add dev DEV root handle 1: htb") {
            return;
        }
        assert!(twins.theirs(test, &format!("tc class add dev DEV parent 1: classid 1:10 htb {words}")));
        let dev = twins.ours;
        let root = Qdisc::root(dev).handle((1, 0));
        conn.request_with(&root.htb(&Htb::default_class(0)), CREATE).unwrap();
        conn.request_with(&Tclass::new(dev, (1, 0), (1, 0x10)).htb(settings), CREATE).unwrap();
        twins.assert_equal("tc -json -details class show dev DEV");

        let mut classes = conn.dump(&GetTclass::on(dev)).unwrap();
        let class = classes.next::<Tclass<'_>>().unwrap().unwrap();
        let Some(ClassOptions::Htb(read)) = &class.options else { panic!("{class:?}") };
        let read = read.get().unwrap();
        assert_eq!((read.rate(), read.ceil()), (settings.rate(), settings.ceil()));
        route().request(&DelTclass::of(&class)).unwrap();
    });
}

#[test]
fn a_class_is_as_tc_makes_it() {
    let settings = Htb::class(Rate::mbit(1), Rate::mbit(3));
    same("classes::a_class_is_as_tc_makes_it", "rate 1mbit ceil 3mbit", &settings);
}

#[test]
fn a_class_with_bursts_is_as_tc_makes_it() {
    // Whole microseconds: `tc` cuts the rest off, and we do not.
    let settings = Htb::class(Rate::kbit(320), Rate::mbit(7)).burst(20_000, 49_000).unwrap().prio(3);
    let words = "rate 320kbit ceil 7mbit burst 20000 cburst 49000 prio 3";
    same("classes::a_class_with_bursts_is_as_tc_makes_it", words, &settings);
}

#[test]
fn a_class_beyond_32_bits_is_as_tc_makes_it() {
    let settings = Htb::class(Rate::gbit(40), Rate::gbit(100));
    same("classes::a_class_beyond_32_bits_is_as_tc_makes_it", "rate 40gbit ceil 100gbit", &settings);
}
