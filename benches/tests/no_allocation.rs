//! No allocation on the hot paths of nl-tlv.

use nl_tlv::Messages;
use nl_tlv_benches::contenders;
use nl_tlv_benches::mixed;
use nl_tlv_benches::watch;
use nl_tlv_benches::workloads;

#[test]
fn nothing_is_allocated_where_dumps_are_read_and_requests_written() {
    let jobs = [
        "route walk",
        "route typed",
        "route mixed",
        "link walk",
        "link typed",
        "genl walk",
        "genl typed",
        "nests read",
        "emit route",
        "nests emit",
    ];
    let ours = contenders::nl_tlv();
    for name in jobs {
        let mut taking_part = 0;
        for contender in &ours {
            let Some(mut job) = workloads::job(name, contender) else { continue };
            let info = allocation_counter::measure(|| assert!((job.run)()));
            assert_eq!(info.count_total, 0, "{name}, {}", contender.name);
            taking_part += 1;
        }
        assert!(taking_part > 0, "{name}");
    }
    // The counter counts.
    assert_eq!(allocation_counter::measure(|| drop(std::hint::black_box(vec![0u8; 9]))).count_total, 1);
}

#[test]
fn nothing_is_allocated_for_a_message_with_a_bit_of_everything() {
    let mut buffer = [0xa5; mixed::LEN];
    let info = allocation_counter::measure(|| {
        let bytes = mixed::emit(&mut buffer, 1).unwrap();
        let message = Messages::new(bytes).next().unwrap().unwrap();
        assert_eq!(mixed::parse(&message), Ok(mixed::SUM));
        assert_eq!(mixed::parse_text(&message), Ok(mixed::SUM));
    });
    assert_eq!(info.count_total, 0);
}

/// What a watch keeps of a route of 68 bytes, beyond its connection with the receive buffer.
#[test]
fn a_watched_route_takes_few_bytes() {
    let connection = watch::connection();
    let mut kept = None;
    let info = allocation_counter::measure(|| kept = Some(watch::start(connection)));
    let bytes = info.bytes_current / watch::ROUTES as i64;
    println!("{bytes} bytes for each of {} routes", watch::ROUTES);
    assert!(kept.is_some_and(|watch| watch.len() == watch::ROUTES));
    assert!((LEAST..MOST).contains(&bytes), "{bytes} bytes for a route");
}

/// Bytes for a watched route: the message itself, and at most so many.
const LEAST: i64 = 68;
const MOST: i64 = 120;
