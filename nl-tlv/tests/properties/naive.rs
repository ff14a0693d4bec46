//! The same formats once more, written the plain way: indices into a slice, one format at a time, nothing shared with the
//! library.

/// One attribute, as a tree.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Leaf(u16, Vec<u8>),
    Nest(u16, Vec<Self>),
}

/// What a walk found: offset, type and payload of each record, and where it met damage.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Walked {
    pub(crate) records: Vec<(usize, u16, Vec<u8>)>,
    pub(crate) damage: Option<usize>,
}

/// What a format says of its header: type, and length with the header.
pub(crate) struct Framing {
    header_len: usize,
    align: usize,
    read: fn(&[u8]) -> (u16, usize),
}

pub(crate) fn nla() -> Framing {
    Framing { header_len: 4, align: 4, read: |h| (u16_at(h, 2) % 0x4000, usize::from(u16_at(h, 0))) }
}

pub(crate) fn nlmsg() -> Framing {
    let read = |h: &[u8]| {
        let len = u32::from_ne_bytes([h[0], h[1], h[2], h[3]]);
        (u16_at(h, 4), usize::try_from(len).unwrap())
    };
    Framing { header_len: 16, align: 4, read }
}

pub(crate) fn t8l8() -> Framing {
    Framing { header_len: 2, align: 1, read: |h| (h[0].into(), 2 + usize::from(h[1])) }
}

pub(crate) fn lldp() -> Framing {
    let read = |h: &[u8]| (u16::from(h[0] / 2), 2 + usize::from(h[0] % 2) * 256 + usize::from(h[1]));
    Framing { header_len: 2, align: 1, read }
}

/// The kernel's rule: a record needs its header, and `header <= len <= remaining`; fewer bytes than the alignment at
/// the end are padding.
pub(crate) fn naive_walk(bytes: &[u8], framing: &Framing) -> Walked {
    let mut walked = Walked::default();
    let mut at = 0;
    while at < bytes.len() {
        let remaining = bytes.len() - at;
        if remaining < framing.header_len {
            walked.damage = (remaining >= framing.align).then_some(at);
            break;
        }
        let (ty, len) = (framing.read)(&bytes[at..]);
        if len < framing.header_len || len > remaining {
            walked.damage = Some(at);
            break;
        }
        walked.records.push((at, ty, bytes[at + framing.header_len..at + len].to_vec()));
        at += len.div_ceil(framing.align) * framing.align;
    }
    walked
}

/// Attributes as bytes, padded.
pub(crate) fn encode(tree: &[Node]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for node in tree {
        let (nla_type, payload) = match node {
            Node::Leaf(ty, payload) => (*ty, payload.clone()),
            Node::Nest(ty, inner) => (*ty | 0x8000, encode(inner)),
        };
        bytes.extend(u16::try_from(4 + payload.len()).unwrap().to_ne_bytes());
        bytes.extend(nla_type.to_ne_bytes());
        bytes.extend(payload);
        while bytes.len() % 4 != 0 {
            bytes.push(0);
        }
    }
    bytes
}

/// Appends a message of 0 flags from port id 0, behind the padding of the one before.
pub(crate) fn push_message(datagram: &mut Vec<u8>, ty: u16, seq: u32, payload: &[u8]) {
    while datagram.len() % 4 != 0 {
        datagram.push(0);
    }
    datagram.extend(u32::try_from(16 + payload.len()).unwrap().to_ne_bytes());
    datagram.extend(ty.to_ne_bytes());
    datagram.extend([0; 2]);
    datagram.extend(seq.to_ne_bytes());
    datagram.extend([0; 4]);
    datagram.extend(payload);
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_ne_bytes([bytes[at], bytes[at + 1]])
}
