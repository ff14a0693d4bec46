//! Associations and policies of IPsec, ours against those of `ip xfrm`, and their events.

use super::lacks;
use super::netns::in_namespace;
use super::twins::run;
use nl_tlv::NlMessage;
use nl_tlv::socket::{Connection, Protocol};
use nl_tlv_families::jobs::CREATE;
use nl_tlv_families::xfrm::{
    DelPolicy, DelSa, DumpPolicy, DumpSa, GetSa, PROTOCOL, Policy, PolicyDir, Received, Sa, Selector,
    Template, groups,
};
use std::net::IpAddr;
use std::time::{Duration, Instant};

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn open(test: &str) -> Option<Connection> {
    let conn = Connection::open(Protocol::new(PROTOCOL));
    conn.map_err(|err| lacks(test, &err.to_string())).ok()
}

/// The next event.
fn next(events: &mut Connection) -> Received<'_> {
    let message = events.event_deadline(Instant::now() + Duration::from_secs(5)).unwrap();
    Received::parse(&message).unwrap()
}

/// What `ip` shows, in words.
fn shown(words: &str) -> Vec<String> {
    run(words).unwrap().split_whitespace().map(str::to_owned).collect()
}

#[test]
fn a_policy_is_as_ip_makes_it_and_its_event_is_heard() {
    let test = "ipsec::a_policy_is_as_ip_makes_it_and_its_event_is_heard";
    in_namespace(test, || {
        let Some(mut conn) = open(test) else { return };
        let Some(mut events) = open(test) else { return };
        let words = "ip xfrm policy add src 10.1.0.0/16 dst 10.2.0.0/16 dir out priority 7 \
                     tmpl src 192.0.2.1 dst 192.0.2.2 proto esp reqid 5 mode tunnel";
        if let Err(reason) = run(words) {
            return lacks(test, &reason);
        }
        let theirs = shown("ip xfrm policy list");
        run("ip xfrm policy flush").unwrap();
        events.join(groups::POLICY).unwrap();

        let selector = Selector::between((ip("10.1.0.0"), 16), (ip("10.2.0.0"), 16)).unwrap();
        let templates = [Template::esp(ip("192.0.2.1"), ip("192.0.2.2"), 5).unwrap().tunnel()];
        let policy = Policy::new(PolicyDir::Out, selector, &templates).priority(7);
        conn.request_with(&policy, CREATE).unwrap();
        let ours = shown("ip xfrm policy list");
        assert_eq!(ours, theirs);
        println!("{} words compared, 0 differ", ours.len());

        {
            let Received::Policy(heard) = next(&mut events) else { panic!("another event") };
            assert_eq!((heard.header.sel, &heard.tmpl), (selector, &policy.tmpl));
        }
        let mut dump = conn.dump(&DumpPolicy::all()).unwrap();
        let read = dump.next::<Policy<'_>>().unwrap().unwrap();
        assert_eq!((read.header.sel, &read.tmpl), (selector, &policy.tmpl));
        assert!(dump.next::<Policy<'_>>().unwrap().is_none());
        drop(dump);
        conn.request(&DelPolicy::of(&policy)).unwrap();
        assert_eq!(run("ip xfrm policy list").unwrap(), "");
        assert!(matches!(next(&mut events), Received::DelPolicy(_)));
    });
}

/// The same association by `ip` and by us; it needs ESP and the algorithm in the kernel.
fn same(test: &str, words: &str, sa: &Sa<'_>) {
    in_namespace(test, || {
        let Some(mut conn) = open(test) else { return };
        if let Err(reason) = run(words) {
            return lacks(test, &reason);
        }
        let theirs = shown("ip xfrm state list");
        run("ip xfrm state flush").unwrap();
        conn.request_with(sa, CREATE).unwrap();
        let ours = shown("ip xfrm state list");
        assert_eq!(ours, theirs);
        println!("{} words compared, 0 differ", ours.len());

        let read = conn.get::<Sa<'_>>(&GetSa::of(sa)).unwrap();
        assert_eq!((read.source(), read.destination()), (sa.source(), sa.destination()));
        assert_eq!((&read.alg_aead, &read.alg_crypt), (&sa.alg_aead, &sa.alg_crypt));
        let mut dump = conn.dump(&DumpSa::all()).unwrap();
        assert_eq!(dump.next::<Sa<'_>>().unwrap().unwrap().header.id, sa.header.id);
        assert!(dump.next::<Sa<'_>>().unwrap().is_none());
        drop(dump);
        conn.request(&DelSa::of(sa)).unwrap();
        assert_eq!(run("ip xfrm state list").unwrap(), "");
    });
}

#[test]
fn a_tunnel_with_an_aead_is_as_ip_makes_it() {
    let key: Vec<u8> = (1..=20).collect();
    let sa = Sa::esp(ip("192.0.2.1"), ip("192.0.2.2"), 0x1234).unwrap().tunnel().reqid(5);
    let words = "ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x1234 reqid 5 mode tunnel \
                 aead rfc4106(gcm(aes)) 0x0102030405060708090a0b0c0d0e0f1011121314 128";
    let sa = sa.aead("rfc4106(gcm(aes))", &key, 128).unwrap();
    same("ipsec::a_tunnel_with_an_aead_is_as_ip_makes_it", words, &sa);
}

#[test]
fn transport_of_ipv6_with_two_algorithms_is_as_ip_makes_it() {
    let key: Vec<u8> = (1..=16).collect();
    let words = "ip xfrm state add src 2001:db8::1 dst 2001:db8::2 proto esp spi 7 mode transport \
                 auth-trunc hmac(sha256) 0x0102030405060708090a0b0c0d0e0f10 128 \
                 enc cbc(aes) 0x0102030405060708090a0b0c0d0e0f10";
    let sa = Sa::esp(ip("2001:db8::1"), ip("2001:db8::2"), 7).unwrap();
    let sa = sa.authenticate("hmac(sha256)", &key, 128).unwrap().encrypt("cbc(aes)", &key).unwrap();
    same("ipsec::transport_of_ipv6_with_two_algorithms_is_as_ip_makes_it", words, &sa);
}
