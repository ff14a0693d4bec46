//! The baselines are checked loops: they refuse damaged bytes, and all refuse the same ones.

use core::fmt::Debug;

use nl_tlv_benches::contenders::{Contender, Kind, by_hand, nl_tlv};
use nl_tlv_benches::data::{self, Dump};
use nl_tlv_benches::workloads;

/// A few messages that are alike, so that those who predict the next one do.
fn some(dump: Dump) -> Vec<u8> {
    dump.iter().skip(1).take(3).collect::<Vec<_>>().concat()
}

/// Every proper prefix, and several changes of every byte.
fn damaged(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let prefixes = (0..bytes.len()).map(|len| bytes[..len].to_vec());
    let changes = (0..bytes.len()).flat_map(move |at| {
        let old = bytes[at];
        let new = [0, 1, 3, 4, 5, 8, 9, 16, 18, 0x7f, 0xff, old ^ 0x80, old ^ 0x40, old.wrapping_add(4)];
        new.into_iter().map(move |new| [&bytes[..at], &[new], &bytes[at + 1..]].concat())
    });
    prefixes.chain(changes)
}

/// Runs a job of all who can do it on damaged bytes; how many times they refused, and how often they did not.
fn compare<T: Debug + PartialEq>(
    dump: Dump,
    job: impl Fn(&Contender, &[u8]) -> Option<Option<T>>,
) -> (usize, usize) {
    let bytes = some(dump);
    let (mut refused, mut read) = (0, 0);
    for bytes in damaged(&bytes) {
        let answers: Vec<_> = by_hand()
            .iter()
            .filter_map(|contender| Some((contender.name, job(contender, &bytes)?)))
            .collect();
        for (name, answer) in &answers {
            assert_eq!(answer, &answers[0].1, "{name} and {}: {bytes:02x?}", answers[0].0);
        }
        *(if answers[0].1.is_none() { &mut refused } else { &mut read }) += 1;
    }
    (refused, read)
}

#[test]
fn walks_agree_on_damaged_bytes() {
    for (dump, kind) in
        [(data::routes(), Kind::Route), (data::links(), Kind::Link), (data::families(), Kind::Family)]
    {
        let (refused, read) = compare(dump, |contender, bytes| Some(contender.walk?(bytes, kind)));
        assert!(refused > 100 && read > 100, "{kind:?}: {refused} refused, {read} read");
    }
}

#[test]
fn typed_loops_agree_on_damaged_bytes() {
    let routes = compare(data::routes(), |contender, bytes| Some(contender.routes?(bytes)));
    let links = compare(data::links(), |contender, bytes| Some(contender.links?(bytes)));
    let families = compare(data::families(), |contender, bytes| Some(contender.families?(bytes)));
    for (refused, read) in [routes, links, families] {
        assert!(refused > 100 && read > 100, "{refused} refused, {read} read");
    }
}

#[test]
fn a_buffer_one_byte_too_small_is_refused() {
    for contender in by_hand() {
        let Some(emit) = contender.emit else { continue };
        for (room, expected) in [(67, None), (68, Some(68))] {
            assert_eq!(emit(&mut vec![0; room], &[workloads::request(1)]), expected, "{}", contender.name);
        }
    }
}

#[test]
fn second_call_sites_read_too() {
    let dumps = [
        (Kind::Route, data::routes()),
        (Kind::Link, data::links()),
        (Kind::Family, data::families()),
        (Kind::Nests, workloads::nests()),
    ];
    for contender in nl_tlv() {
        let Some(first) = contender.first else { continue };
        let found: Vec<_> = dumps.iter().map(|(kind, dump)| first(&dump.bytes, *kind)).collect();
        assert!(found.iter().all(Option::is_some), "{}: {found:?}", contender.name);
        assert!(found.iter().flatten().sum::<usize>() > 5, "{}: {found:?}", contender.name);
    }
}

#[test]
fn contenders_agree_on_the_dumps() {
    for workload in workloads::all() {
        for (_, mut run) in workload.entries {
            run();
        }
    }
}
