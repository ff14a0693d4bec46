//! The protocol: counters with names, over generic netlink. The module's headers are written from this, and the client
//! is compiled with it.

use nl_tlv::{NlAttrs, NlMessage};
use nl_tlv_uapi::{CHeader, Constant, FamilyDef, ProtocolDef};

/// Longest name of a counter, in bytes, without the NUL.
pub const NAME_MAX: usize = 15;

/// Where a counter ends.
pub const VALUE_MAX: u64 = 1000;

/// What both commands and the event are made of.
#[derive(NlAttrs, Clone, Copy, Debug, PartialEq)]
#[nl(c_prefix = "TALLY_A")]
pub enum TallyAttr<'a> {
    /// Name of a counter, string.
    #[nl(attr = 1, min_len = 1, max_len = NAME_MAX)]
    Name(&'a str),
    /// How much to add, u32.
    #[nl(attr = 2, range = 1..=1000)]
    Amount(u32),
    /// What it has come to, u64.
    #[nl(attr = 3)]
    Value(u64),
    /// Another one.
    #[nl(other)]
    Other(nl_tlv::Attr<'a>),
}

/// Adds to a counter, which is made if it does not exist.
#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(cmd = 1, c_name = "TALLY_CMD_ADD", attrs = TallyAttr<'a>)]
pub struct Add<'a> {
    /// Name of the counter.
    #[nl(attr = 1, min_len = 1, max_len = NAME_MAX)]
    pub name: &'a str,
    /// How much to add.
    #[nl(attr = 2, range = 1..=1000)]
    pub amount: u32,
}

/// Asks for all counters, in a dump.
#[derive(NlMessage, Clone, Copy, Debug, Default, PartialEq)]
#[nl(cmd = 2, c_name = "TALLY_CMD_GET")]
pub struct Get {}

/// A counter: the answer to `Get`, and the event when one has changed.
#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(cmd = 3, c_name = "TALLY_CMD_COUNTER", attrs = TallyAttr<'a>)]
pub struct Counter<'a> {
    /// Its name.
    #[nl(attr = 1)]
    pub name: &'a str,
    /// What it has come to.
    #[nl(attr = 3)]
    pub value: u64,
}

/// Name of the generic netlink family.
pub const FAMILY: &str = "tally";

/// Its multicast group, which receives a `Counter` for each change.
pub const GROUP: &str = "changes";

/// What the headers are written from.
pub static TALLY: ProtocolDef = ProtocolDef {
    constants: &[
        Constant {
            name: "TALLY_NAME_MAX",
            value: NAME_MAX as u64,
            doc: "Longest name of a counter, in bytes, without the NUL.",
        },
        Constant { name: "TALLY_VALUE_MAX", value: VALUE_MAX, doc: "Where a counter ends." },
    ],
    family: Some(FamilyDef {
        name: FAMILY,
        version: 1,
        requests: &[Add::SCHEMAS[0], Get::SCHEMAS[0]],
        answers: Counter::SCHEMAS,
        groups: &[GROUP],
    }),
    ..ProtocolDef::new("tally")
};

/// The two headers: those numbers that programs include, and the policies for the module alone.
#[must_use]
pub fn headers() -> [(&'static str, String); 2] {
    let header =
        CHeader::new(&TALLY).license("GPL-2.0").note("Written by cargo run --bin headers, do not edit.");
    [("tally_uapi.h", header.uapi().to_string()), ("tally_policy.h", header.policy().to_string())]
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_headers_are_those_of_the_definition() {
        for (name, contents) in super::headers() {
            let path = format!("{}/kmod/{name}", env!("CARGO_MANIFEST_DIR"));
            let there = std::fs::read_to_string(path).unwrap_or_default();
            assert!(there == contents, "{name} is stale: cargo run --bin headers");
        }
    }
}
