//! Captured messages through the untyped walk: what the capture's annotations say, nothing lost when copied, and an end
//! within bounds for every prefix and for every change of a single byte.
//!
//! The captures are little-endian, as is what this file asks of them.
#![cfg(target_endian = "little")]

mod support;

use nl_tlv::tlv::{T8L8, Tlvs};
use nl_tlv::{Attr, AttrWriter, Attrs, Error, Flags, Header, Message, Messages, Writer};
use std::collections::BTreeSet;
use support::{Vector, each_change, prefixes};

/// Deeper than the kernel's own bound on nested policies.
const DEPTH: usize = 10;

#[test]
fn captures_are_one_message_with_the_annotated_header() {
    for vector in Vector::messages() {
        let mut messages = Messages::new(&vector.bytes);
        let message = messages.next().unwrap().unwrap();
        assert!(messages.next().is_none() && messages.remainder().is_empty(), "{}", vector.name);
        let found = format!(
            "nlmsg_len {}, flags {:#x}, seq {}",
            message.header().nlmsg_len,
            message.flags().bits(),
            message.seq()
        );
        assert!(vector.lines[0].note.ends_with(&found), "{}: {found}", vector.name);
    }
}

#[test]
fn attributes_lie_where_the_annotations_say() {
    for vector in Vector::messages() {
        let expected = annotated(&vector);
        let mut found = Vec::new();
        let attrs = only(&vector.bytes).attrs_after(first_attr(&vector) - 16);
        walk_annotated(attrs, 0, &nests(&vector), &mut found);
        assert_eq!(found, expected, "{}", vector.name);
    }
}

#[test]
fn captures_together_are_a_datagram_of_all_of_them() {
    let vectors = Vector::messages();
    let mut datagram = Vec::new();
    for vector in &vectors {
        datagram.resize(datagram.len().next_multiple_of(4), 0);
        datagram.extend(&vector.bytes);
    }
    let messages: Vec<_> = Messages::new(&datagram).map(Result::unwrap).collect();
    assert_eq!(messages.len(), vectors.len());
    for (message, vector) in messages.iter().zip(&vectors) {
        assert_eq!(message, &only(&vector.bytes), "{}", vector.name);
    }
    for header_len in [0, 4, 8, 12, 16] {
        check(&datagram, header_len);
    }
}

#[test]
fn attributes_copied_one_by_one_give_the_same_bytes() {
    for vector in Vector::messages() {
        let message = only(&vector.bytes);
        let nests = nests(&vector);
        let first = first_attr(&vector);
        for copy in [copy_flat, copy_deep] {
            let mut buf = vec![0xa5; vector.bytes.len()];
            let mut w = Writer::new(&mut buf);
            w.message(message.ty().into(), header(&message), |w| {
                w.bytes(&vector.bytes[16..first])?;
                message.attrs_after(first - 16).try_for_each(|attr| copy(attr.unwrap(), &nests, w))
            })
            .unwrap();
            assert_eq!(w.as_bytes(), vector.bytes, "{}", vector.name);
        }
    }
}

#[test]
fn every_prefix_of_every_capture_ends() {
    for vector in Vector::messages() {
        let header_len = first_attr(&vector) - 16;
        check(&vector.bytes, header_len);
        prefixes(&vector.bytes).for_each(|prefix| check(prefix, header_len));
    }
}

#[test]
fn a_prefix_of_a_message_is_one_error() {
    for vector in Vector::messages() {
        for prefix in prefixes(&vector.bytes).skip(4) {
            let mut messages = Messages::new(prefix);
            let err = messages.next().unwrap().unwrap_err();
            assert_eq!(err.offset(), 0, "{}: {err}", vector.name);
            assert!(messages.next().is_none());
        }
    }
}

#[test]
fn every_changed_byte_of_every_capture_ends() {
    std::thread::scope(|scope| {
        for vector in Vector::messages() {
            scope.spawn(move || {
                let header_len = first_attr(&vector) - 16;
                each_change(&vector.bytes, |changed| check(changed, header_len));
            });
        }
    });
}

#[test]
fn the_courses_buffer_reads_as_annotated() {
    let bytes = Vector::load("course_tlv").bytes;
    assert_eq!(bytes.len(), 222);
    let [names, websites, ids] =
        Tlvs::<T8L8>::new(&bytes).map(Result::unwrap).collect::<Vec<_>>().try_into().unwrap();
    assert_eq!((names.ty(), websites.ty(), ids.ty()), (1, 2, 3));
    let names = names.units::<[u8; 32]>().unwrap().map(|unit| text(unit)).collect::<Vec<_>>();
    assert_eq!(names, ["Abhishek Sagar", "Shivani"]);
    let websites = websites.units::<[u8; 64]>().unwrap().map(|unit| text(unit));
    assert!(websites.eq(["www.csepracticals.com", "www.facebook.com"]));
    assert!(ids.units().unwrap().map(|id| u64::from_le_bytes(*id)).eq([52437, 52438, 52439]));
}

#[test]
fn every_prefix_and_every_changed_byte_of_the_courses_buffer_ends() {
    let bytes = Vector::load("course_tlv").bytes;
    let check = |bytes: &[u8]| assert!(Tlvs::<T8L8>::new(bytes).take(200).count() <= bytes.len() / 2 + 1);
    prefixes(&bytes).for_each(check);
    each_change(&bytes, check);
}

/// Walks all there is, every payload as if it were a nest, and holds each step against the bytes.
fn check(datagram: &[u8], header_len: usize) {
    let mut messages = Messages::new(datagram);
    let mut at = 0;
    while let Some(message) = messages.next() {
        let Ok(message) = message else {
            assert!(messages.next().is_none() && messages.next().is_none());
            return;
        };
        let len = message.as_bytes().len();
        assert!(message.as_bytes() == &datagram[at..at + len] && len >= 16);
        check_attrs(message.attrs_after(header_len), message.as_bytes(), DEPTH);
        at = (at + len).next_multiple_of(4);
    }
    assert!(messages.next().is_none() && messages.remainder().len() < 4);
}

fn check_attrs(mut attrs: Attrs<'_>, message: &[u8], depth: usize) {
    let (mut at, end) = (start(&attrs), start(&attrs) + attrs.remainder().len());
    while let Some(attr) = attrs.next() {
        let Ok(attr) = attr else {
            assert_eq!(start(&attrs), at);
            assert!(attrs.next().is_none() && attrs.next().is_none());
            return;
        };
        let len = attr.payload().len() + 4;
        assert!(start(&attr.nested()) == at + 4 && at + len <= end);
        assert_eq!(message[at..at + 2], u16::try_from(len).unwrap().to_le_bytes());
        assert_eq!(message[at + 2..at + 4], attr.nla_type().to_le_bytes());
        assert!(std::ptr::eq(&raw const message[at + 4..at + len], attr.payload()));
        if depth > 0 {
            check_attrs(attr.nested(), message, depth - 1);
        }
        at = (at + len).next_multiple_of(4);
    }
    assert!(attrs.next().is_none() && attrs.remainder().len() < 4);
}

fn start(attrs: &Attrs<'_>) -> usize {
    usize::try_from(attrs.offset()).unwrap()
}

/// Offset and depth of each attribute, from the annotations. What lies inside `RTA_MULTIPATH` begins with a struct and
/// is no attribute.
fn annotated(vector: &Vector) -> Vec<(usize, usize)> {
    let is_header = |note: &str| ["struct", "error", "the "].iter().any(|start| note.starts_with(start));
    let nexthops = vector.lines.iter().position(|line| line.note.starts_with("struct rtnexthop"));
    let attrs = vector.lines[..nexthops.unwrap_or(vector.lines.len())].iter();
    attrs.filter(|line| !is_header(&line.note)).map(|line| (line.offset, line.depth)).collect()
}

/// Where the attributes begin; the end where there are none.
fn first_attr(vector: &Vector) -> usize {
    annotated(vector).first().map_or(vector.bytes.len(), |&(offset, _)| offset)
}

/// Where the annotations say that attributes are nested, which the kernel's flag bit often does not.
fn nests(vector: &Vector) -> BTreeSet<usize> {
    let nests = vector.lines.iter().filter(|line| line.note.ends_with('{'));
    nests.filter(|line| !line.note.starts_with("RTA_MULTIPATH")).map(|line| line.offset).collect()
}

fn walk_annotated(attrs: Attrs<'_>, depth: usize, nests: &BTreeSet<usize>, found: &mut Vec<(usize, usize)>) {
    for attr in attrs {
        let attr = attr.unwrap();
        let offset = usize::try_from(attr.offset()).unwrap();
        found.push((offset, depth));
        if nests.contains(&offset) {
            walk_annotated(attr.nested(), depth + 1, nests, found);
        }
    }
}

fn copy_flat(attr: Attr<'_>, _: &BTreeSet<usize>, w: &mut AttrWriter<'_>) -> Result<(), Error> {
    w.copy(attr)
}

/// Builds each nest anew. `put_with` instead of `nest`, because these do not all carry `NLA_F_NESTED`.
fn copy_deep(attr: Attr<'_>, nests: &BTreeSet<usize>, w: &mut AttrWriter<'_>) -> Result<(), Error> {
    if !nests.contains(&usize::try_from(attr.offset()).unwrap()) {
        return w.copy(attr);
    }
    let fill =
        |w: &mut AttrWriter<'_>| attr.nested().try_for_each(|inner| copy_deep(inner.unwrap(), nests, w));
    if attr.is_nested() { w.nest(attr.ty(), fill) } else { w.put_with(attr.ty(), fill) }
}

fn only(bytes: &[u8]) -> Message<'_> {
    Messages::new(bytes).next().unwrap().unwrap()
}

fn header(message: &Message<'_>) -> Header {
    let flags = Flags::from_bits_retain(message.flags().bits());
    Header::new().flags(flags).seq(message.seq()).port_id(message.port_id())
}

fn text(unit: &[u8]) -> &str {
    std::str::from_utf8(unit).unwrap().trim_end_matches('\0')
}
