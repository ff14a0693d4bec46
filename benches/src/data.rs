//! The captured dumps, repeated until they are as long as they were on the wire.

/// Messages as received, one after another.
#[derive(Clone, Debug)]
pub struct Dump {
    /// The bytes of all messages, with padding.
    pub bytes: Vec<u8>,
    /// Where each message begins and ends, padding included.
    pub messages: Vec<core::ops::Range<usize>>,
}

impl Dump {
    /// Repeats the messages of `captured`, without its `NLMSG_DONE`, until there are `count`.
    fn tiled(captured: &[u8], count: usize) -> Self {
        let (mut source, mut rest) = (Vec::new(), captured);
        while let Some((header, _)) = rest.split_first_chunk::<6>() {
            let [a, b, c, d, ty @ ..] = *header;
            let len = u32::from_ne_bytes([a, b, c, d]).next_multiple_of(4) as usize;
            let (message, after) = rest.split_at(len);
            if u16::from_ne_bytes(ty) != NLMSG_DONE {
                source.push(message);
            }
            rest = after;
        }
        let mut dump = Dump { bytes: Vec::new(), messages: Vec::new() };
        for message in source.iter().cycle().take(count) {
            let start = dump.bytes.len();
            dump.bytes.extend_from_slice(message);
            dump.messages.push(start..dump.bytes.len());
        }
        dump
    }

    /// The messages, one at a time.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.messages.iter().map(|range| &self.bytes[range.clone()])
    }
}

const NLMSG_DONE: u16 = 3;

/// 10,000 routes.
pub fn routes() -> Dump {
    Dump::tiled(include_bytes!("../data/route.bin"), 10_000)
}

/// 10,000 routes of nine shapes, in an order without a pattern.
pub fn mixed_routes() -> Dump {
    Dump::tiled(include_bytes!("../data/mixed.bin"), 10_000)
}

/// 500 links, nearly all of them veth.
pub fn links() -> Dump {
    Dump::tiled(include_bytes!("../data/link.bin"), 500)
}

/// 800 generic netlink families.
pub fn families() -> Dump {
    Dump::tiled(include_bytes!("../data/genl.bin"), 800)
}
