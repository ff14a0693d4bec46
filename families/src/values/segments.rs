//! Routing headers of IPv6, as encapsulations of routes have them: a struct, and the addresses that packets pass.

use core::fmt;
use core::net::Ipv6Addr;
use nl_tlv::schema::{StructField, StructSchema, ValueType};
use nl_tlv::value::{Emit, Parse};
use nl_tlv::{Attr, AttrWriter, Error, ErrorKind, NlStruct, nl_struct};

/// A routing header: a struct, then addresses, and behind them whatever else it has.
#[derive(Clone, Copy)]
pub struct Segments<'a, H> {
    /// The struct.
    pub header: H,
    list: List<'a>,
}

#[derive(Clone, Copy)]
enum List<'a> {
    Built(&'a [Ipv6Addr]),
    Parsed(&'a [u8]),
}

/// `struct ipv6_sr_hdr` without its segments.
#[doc(alias = "ipv6_sr_hdr")]
#[nl_struct]
pub struct SegmentRouting {
    pub nexthdr: u8,
    /// The length in units of 8 bytes, without the first one.
    pub hdrlen: u8,
    /// 4.
    pub r#type: u8,
    pub segments_left: u8,
    /// The index of the last segment: one less than how many there are.
    pub first_segment: u8,
    pub flags: u8,
    pub tag: u16,
}

/// `struct seg6_iptunnel_encap` without the segments of its header.
#[doc(alias = "seg6_iptunnel_encap")]
#[nl_struct]
pub struct Seg6Tunnel {
    /// `SEG6_IPTUN_MODE_*`.
    pub mode: i32,
    pub srh: SegmentRouting,
}

/// `struct ipv6_rpl_sr_hdr` without its segments.
#[doc(alias = "ipv6_rpl_sr_hdr")]
#[nl_struct]
pub struct RplRouting {
    pub nexthdr: u8,
    /// The length in units of 8 bytes, without the first one.
    pub hdrlen: u8,
    /// 3.
    pub r#type: u8,
    pub segments_left: u8,
    /// How many bytes of the addresses are left out, and how many are padding.
    pub compression: u32,
}

/// `struct ioam6_trace_hdr` without its data.
#[doc(alias = "ioam6_trace_hdr")]
#[nl_struct(zero_extend)]
pub struct Ioam6Trace {
    #[nl(be)]
    pub namespace_id: u16,
    /// Five bits of the length that each node adds, and three flags.
    pub nodelen: u8,
    /// Seven bits of the length that remains.
    pub remlen: u8,
    /// What nodes write: 24 bits, and 8 that are reserved.
    #[nl(be)]
    pub trace_type: u32,
}

impl<'a, H> Segments<'a, H> {
    /// A header and its addresses, the last one of the path first. The fields of the header are sent as they are.
    #[must_use]
    pub const fn new(header: H, segments: &'a [Ipv6Addr]) -> Self {
        Self { header, list: List::Built(segments) }
    }

    /// The addresses, the last one of the path first. Where the header has something behind them that is as long as an
    /// address, it is the last of these.
    pub fn iter(&self) -> impl Iterator<Item = Ipv6Addr> + use<'a, H> {
        let (built, bytes) = match self.list {
            List::Built(segments) => (segments, &[][..]),
            List::Parsed(bytes) => (&[][..], bytes),
        };
        let parsed = bytes.chunks_exact(16).filter_map(|bytes| bytes.first_chunk::<16>());
        built.iter().copied().chain(parsed.map(|octets| Ipv6Addr::from(*octets)))
    }
}

impl<'a, H: NlStruct> Parse<'a> for Segments<'a, H> {
    #[inline]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        let payload = attr.payload();
        match (H::from_prefix(payload), payload.get(H::SCHEMA.len..)) {
            (Some(header), Some(rest)) => Ok(Self { header, list: List::Parsed(rest) }),
            _ => Err(attr.error(ErrorKind::Truncated, H::SCHEMA.len, payload.len())),
        }
    }
}

impl<H: NlStruct + Emit> Emit for Segments<'_, H> {
    const TYPE: ValueType = ValueType::Struct(&StructSchema {
        items: Some(StructField {
            name: "segments",
            offset: H::SCHEMA.len,
            len: 16,
            value: ValueType::Units { value: &ValueType::Ipv6, len: 16 },
        }),
        ..*H::SCHEMA
    });

    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        self.header.emit_payload(w)?;
        match self.list {
            List::Built(segments) => segments.iter().try_for_each(|segment| w.bytes(&segment.octets())),
            List::Parsed(bytes) => w.bytes(bytes),
        }
    }
}

impl<H: PartialEq> PartialEq for Segments<'_, H> {
    fn eq(&self, other: &Self) -> bool {
        let is_same = match (self.list, other.list) {
            (List::Parsed(ours), List::Parsed(theirs)) => ours == theirs,
            _ => self.iter().eq(other.iter()),
        };
        self.header == other.header && is_same
    }
}

impl<H: fmt::Debug> fmt::Debug for Segments<'_, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segments").field("header", &self.header).field("segments", &Addresses(self)).finish()
    }
}

/// The addresses of a header, for showing.
struct Addresses<'s, 'a, H>(&'s Segments<'a, H>);

impl<H> fmt::Debug for Addresses<'_, '_, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter()).finish()
    }
}
