//! What a rule of nftables does: expressions, a sub-message that the expression's name selects.
//!
//! Registers are where expressions hand values to each other: one loads, the next compares.
//! Source: `net/netfilter/nft_*.c`, the `dump` function of each.

use crate::nftables::Counters;
use nl_tlv::{Attr, NlAttrs, NlSubMessage, Rest};

/// `NFTA_EXPR_*`.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct Expression<'a> {
    #[nl(attr = 1)]
    pub name: &'a str,
    #[nl(attr = 2, select = name)]
    pub data: Option<ExpressionData<'a>>,
}

/// What the name of an expression selects.
#[allow(clippy::large_enum_variant, reason = "it lives on the stack, and a box needs an allocator")]
#[derive(NlSubMessage, Clone, Debug, PartialEq)]
pub enum ExpressionData<'a> {
    #[nl(when = "bitwise")]
    Bitwise(Bitwise<'a>),
    #[nl(when = "cmp")]
    Cmp(Cmp<'a>),
    #[nl(when = "counter")]
    Counter(Counters),
    #[nl(when = "ct")]
    Ct(Ct),
    #[nl(when = "immediate")]
    Immediate(Immediate<'a>),
    #[nl(when = "limit")]
    Limit(Limit),
    #[nl(when = "log")]
    Log(Log<'a>),
    #[nl(when = "lookup")]
    Lookup(Lookup<'a>),
    #[nl(when = "meta")]
    Meta(Meta),
    #[nl(when = "payload")]
    Payload(Payload),
    /// The data of any other expression, as it is.
    #[nl(other)]
    Other(Attr<'a>),
}

/// `NFTA_DATA_*`: bytes, or what becomes of the packet.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct Data<'a> {
    /// As they lie in the packet, or in a register.
    #[nl(attr = 1)]
    pub value: Option<&'a [u8]>,
    #[nl(attr = 2)]
    pub verdict: Option<Verdict<'a>>,
}

impl<'a> Data<'a> {
    /// These bytes.
    #[must_use]
    pub fn value(value: &'a [u8]) -> Self {
        Self { value: Some(value), ..Self::default() }
    }

    /// This verdict.
    #[must_use]
    pub fn verdict(code: i32) -> Self {
        Self { verdict: Some(Verdict { code: Some(code), ..Verdict::default() }), ..Self::default() }
    }
}

/// `NFTA_VERDICT_*`: `NF_*` or `NFT_*` (negative), and where to jump.
#[derive(NlAttrs, Clone, Copy, Debug, Default, PartialEq)]
pub struct Verdict<'a> {
    #[nl(attr = 1, be)]
    pub code: Option<i32>,
    #[nl(attr = 2)]
    pub chain: Option<&'a str>,
    #[nl(attr = 3, be)]
    pub chain_id: Option<u32>,
}

impl Verdict<'_> {
    /// `NF_DROP`.
    pub const DROP: i32 = 0;
    /// `NF_ACCEPT`.
    pub const ACCEPT: i32 = 1;
    /// `NFT_JUMP`.
    pub const JUMP: i32 = -3;
    /// `NFT_GOTO`.
    pub const GOTO: i32 = -4;
}

/// `NFTA_BITWISE_*`.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct Bitwise<'a> {
    #[nl(attr = 1, be)]
    pub sreg: Option<u32>,
    #[nl(attr = 2, be)]
    pub dreg: Option<u32>,
    #[nl(attr = 3, be)]
    pub len: Option<u32>,
    /// `NFT_BITWISE_*`.
    #[nl(attr = 6, be)]
    pub op: Option<u32>,
    #[nl(attr = 4)]
    pub mask: Option<Data<'a>>,
    #[nl(attr = 5)]
    pub xor: Option<Data<'a>>,
    #[nl(attr = 7)]
    pub data: Option<Data<'a>>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `NFTA_CMP_*`: the rule ends here unless the register compares so (`NFT_CMP_*`) with the data.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct Cmp<'a> {
    #[nl(attr = 1, be)]
    pub sreg: Option<u32>,
    #[nl(attr = 2, be)]
    pub op: Option<u32>,
    #[nl(attr = 3)]
    pub data: Option<Data<'a>>,
}

/// `NFTA_CT_*`: loads something about the packet's connection (`NFT_CT_*`), or sets it.
#[derive(NlAttrs, Clone, Copy, Debug, Default, PartialEq)]
pub struct Ct {
    #[nl(attr = 1, be)]
    pub dreg: Option<u32>,
    #[nl(attr = 4, be)]
    pub sreg: Option<u32>,
    #[nl(attr = 2, be)]
    pub key: Option<u32>,
    #[nl(attr = 3)]
    pub direction: Option<u8>,
}

/// `NFTA_IMMEDIATE_*`: puts data into a register; a verdict into register 0.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct Immediate<'a> {
    #[nl(attr = 1, be)]
    pub dreg: Option<u32>,
    #[nl(attr = 2)]
    pub data: Option<Data<'a>>,
}

/// `NFTA_LIMIT_*`: the rule ends here when it is met more often than `rate` times in `unit` seconds.
#[derive(NlAttrs, Clone, Copy, Debug, Default, PartialEq)]
#[nl(pad = 6)]
pub struct Limit {
    #[nl(attr = 1, be)]
    pub rate: Option<u64>,
    #[nl(attr = 2, be)]
    pub unit: Option<u64>,
    #[nl(attr = 3, be)]
    pub burst: Option<u32>,
    #[nl(attr = 4, be)]
    pub r#type: Option<u32>,
    #[nl(attr = 5, be)]
    pub flags: Option<u32>,
}

/// `NFTA_LOG_*`.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct Log<'a> {
    #[nl(attr = 2)]
    pub prefix: Option<&'a str>,
    #[nl(attr = 1, be)]
    pub group: Option<u16>,
    #[nl(attr = 3, be)]
    pub snaplen: Option<u32>,
    #[nl(attr = 4, be)]
    pub qthreshold: Option<u16>,
    #[nl(attr = 5, be)]
    pub level: Option<u32>,
    #[nl(attr = 6, be)]
    pub flags: Option<u32>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `NFTA_LOOKUP_*`: the rule ends here unless the register's value is in the set.
#[derive(NlAttrs, Clone, Copy, Debug, Default, PartialEq)]
pub struct Lookup<'a> {
    #[nl(attr = 1)]
    pub set: Option<&'a str>,
    #[nl(attr = 4, be)]
    pub set_id: Option<u32>,
    #[nl(attr = 2, be)]
    pub sreg: Option<u32>,
    #[nl(attr = 3, be)]
    pub dreg: Option<u32>,
    #[nl(attr = 5, be)]
    pub flags: Option<u32>,
}

/// `NFTA_META_*`: loads something about the packet (`NFT_META_*`), or sets it.
#[derive(NlAttrs, Clone, Copy, Debug, Default, PartialEq)]
pub struct Meta {
    #[nl(attr = 2, be)]
    pub key: Option<u32>,
    #[nl(attr = 1, be)]
    pub dreg: Option<u32>,
    #[nl(attr = 3, be)]
    pub sreg: Option<u32>,
}

/// `NFTA_PAYLOAD_*`: loads bytes of the packet, or writes them.
#[derive(NlAttrs, Clone, Copy, Debug, Default, PartialEq)]
pub struct Payload {
    #[nl(attr = 5, be)]
    pub sreg: Option<u32>,
    #[nl(attr = 1, be)]
    pub dreg: Option<u32>,
    /// `NFT_PAYLOAD_*_HEADER`.
    #[nl(attr = 2, be)]
    pub base: Option<u32>,
    #[nl(attr = 3, be)]
    pub offset: Option<u32>,
    #[nl(attr = 4, be)]
    pub len: Option<u32>,
    #[nl(attr = 6, be)]
    pub csum_type: Option<u32>,
    #[nl(attr = 7, be)]
    pub csum_offset: Option<u32>,
    #[nl(attr = 8, be)]
    pub csum_flags: Option<u32>,
}
