//! Buffers of every size: what fits is written, what does not is an error with the exact size, and what was written
//! before stays. Fields of a known size are written after one comparison, which a small buffer does not pass.
#![cfg(feature = "derive")]

use nl_tlv::{ErrorKind, Header, MessageType, NlAttrs, NlMessage, Repeat, Writer};

#[derive(NlAttrs, Clone, Copy, Debug, PartialEq)]
struct Hop<'a> {
    #[nl(attr = 1)]
    index: u32,
    #[nl(attr = 2)]
    name: &'a str,
}

#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 24)]
struct Route<'a> {
    #[nl(attr = 1)]
    dst: u64,
    #[nl(attr = 2)]
    mark: Option<u16>,
    #[nl(attr = 3)]
    key: Option<[u8; 100]>,
    #[nl(attr = 4)]
    is_up: bool,
    #[nl(attr = 5)]
    name: Option<&'a str>,
    #[nl(attr = 6)]
    hops: Repeat<'a, Hop<'a>>,
    #[nl(attr = 7)]
    last: Option<[u8; 300]>,
}

const HOPS: [Hop<'static>; 2] =
    [Hop { index: 1, name: "veth0" }, Hop { index: 2, name: "a name that is long" }];

/// Every combination of what may be absent.
fn routes() -> impl Iterator<Item = Route<'static>> {
    (0..64u8).map(|bits| {
        let has = |bit: u8| bits & (1 << bit) != 0;
        Route {
            dst: 0x0102_0304_0506_0708,
            mark: has(0).then_some(7),
            key: has(1).then_some([0x5a; 100]),
            is_up: has(2),
            name: has(3).then_some("eth0"),
            hops: Repeat::new(if has(4) { &HOPS } else { &[] }),
            last: has(5).then_some([0x33; 300]),
        }
    })
}

/// The same, attribute by attribute.
fn by_hand(route: &Route<'_>) -> Vec<u8> {
    let mut buf = [0xa5; 1024];
    let mut w = Writer::new(&mut buf);
    w.message(MessageType(24).into(), Header::request().seq(3), |w| {
        w.put(1, &route.dst.to_ne_bytes())?;
        route.mark.map_or(Ok(()), |mark| w.put(2, &mark.to_ne_bytes()))?;
        route.key.map_or(Ok(()), |key| w.put(3, &key))?;
        if route.is_up {
            w.flag(4)?;
        }
        route.name.map_or(Ok(()), |name| w.put(5, &[name.as_bytes(), &[0]].concat()))?;
        for hop in &route.hops {
            let Hop { index, name } = hop?;
            w.nest(6, |w| {
                w.put(1, &index.to_ne_bytes())?;
                w.put(2, &[name.as_bytes(), &[0]].concat())
            })?;
        }
        route.last.map_or(Ok(()), |last| w.put(7, &last))
    })
    .unwrap();
    w.finish().to_vec()
}

#[test]
fn a_buffer_of_any_size_holds_the_message_or_says_how_many_bytes_are_needed() {
    for route in routes() {
        let expected = by_hand(&route);
        for capacity in 0..=expected.len() + 8 {
            let mut buf = vec![0xa5; capacity];
            match route.emit(&mut buf, Header::request().seq(3)) {
                Ok(bytes) => assert_eq!(bytes, expected, "{route:?} in {capacity} bytes"),
                Err(err) => {
                    assert!(capacity < expected.len(), "{err:?}: {route:?} in {capacity} bytes");
                    assert_eq!(err.kind(), ErrorKind::BufferTooSmall);
                    assert_eq!(err.needed(), u32::try_from(expected.len()).ok());
                    assert_eq!(usize::try_from(err.found()), Ok(capacity));
                }
            }
            assert_eq!(capacity >= expected.len(), route.emit(&mut buf, Header::request()).is_ok());
        }
    }
}

#[test]
fn messages_before_one_that_does_not_fit_are_intact() {
    let route = routes().nth(0b01_1001).unwrap();
    let one = by_hand(&route);
    for capacity in one.len()..=2 * one.len() {
        let mut buf = vec![0xa5; capacity];
        let mut w = Writer::new(&mut buf);
        route.emit_into(&mut w, Header::request().seq(3)).unwrap();
        let second = route.emit_into(&mut w, Header::request().seq(3));
        let expected = if capacity == 2 * one.len() { one.repeat(2) } else { one.clone() };
        assert_eq!(
            second.map_err(|err| err.needed()),
            match capacity == 2 * one.len() {
                true => Ok(()),
                false => Err(u32::try_from(2 * one.len()).ok()),
            }
        );
        assert_eq!(w.finish(), expected);
    }
}
