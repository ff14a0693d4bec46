//! nftables: tables, chains and rules. Source: `net/netfilter/nf_tables_api.c`.

use crate::expression::Expression;
use crate::netfilter::NfGenMsg;
use nl_tlv::{NlAttrs, NlMessage, Repeat, Rest};

/// `NFNL_SUBSYS_NFTABLES`.
pub const SUBSYSTEM: u16 = 10;

/// `NFT_MSG_NEWTABLE`.
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(ty = 0x0a00, pad = 5)]
pub struct TableNew<'a> {
    #[nl(fixed_header)]
    pub header: NfGenMsg,
    #[nl(attr = 1)]
    pub name: &'a str,
    /// How many chains, sets and other objects it has.
    #[nl(attr = 3, be)]
    pub r#use: Option<u32>,
    #[nl(attr = 4, be)]
    pub handle: Option<u64>,
    /// `NFT_TABLE_F_*`.
    #[nl(attr = 2, be)]
    pub flags: Option<u32>,
    #[nl(attr = 7, be)]
    pub owner: Option<u32>,
    /// Records of the programs', with one byte of type and one of length.
    #[nl(attr = 6)]
    pub userdata: Option<&'a [u8]>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `NFT_MSG_GETTABLE`: of a dump, all.
#[derive(NlMessage, Clone, Copy, Debug, Default, PartialEq)]
#[nl(ty = 0x0a01)]
pub struct TableGet<'a> {
    #[nl(fixed_header)]
    pub header: NfGenMsg,
    #[nl(attr = 1)]
    pub name: Option<&'a str>,
}

/// `NFT_MSG_DELTABLE`, with all that is in it.
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(ty = 0x0a02, pad = 5)]
pub struct TableDelete<'a> {
    #[nl(fixed_header)]
    pub header: NfGenMsg,
    #[nl(attr = 1)]
    pub name: Option<&'a str>,
    #[nl(attr = 4, be)]
    pub handle: Option<u64>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `NFT_MSG_NEWCHAIN`.
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(ty = 0x0a03, pad = 9)]
pub struct ChainNew<'a> {
    #[nl(fixed_header)]
    pub header: NfGenMsg,
    #[nl(attr = 1)]
    pub table: &'a str,
    #[nl(attr = 3)]
    pub name: Option<&'a str>,
    #[nl(attr = 2, be)]
    pub handle: Option<u64>,
    /// Of a base chain: where it is called from.
    #[nl(attr = 4)]
    pub hook: Option<Hook<'a>>,
    /// `NF_DROP` (0) or `NF_ACCEPT` (1).
    #[nl(attr = 5, be)]
    pub policy: Option<u32>,
    #[nl(attr = 7)]
    pub r#type: Option<&'a str>,
    #[nl(attr = 8)]
    pub counters: Option<Counters>,
    /// `NFT_CHAIN_*`.
    #[nl(attr = 10, be)]
    pub flags: Option<u32>,
    /// How many rules it has, and how many jump to it.
    #[nl(attr = 6, be)]
    pub r#use: Option<u32>,
    #[nl(attr = 11, be)]
    pub id: Option<u32>,
    #[nl(attr = 12)]
    pub userdata: Option<&'a [u8]>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `NFT_MSG_GETCHAIN`: of a dump, all.
#[derive(NlMessage, Clone, Copy, Debug, Default, PartialEq)]
#[nl(ty = 0x0a04)]
pub struct ChainGet<'a> {
    #[nl(fixed_header)]
    pub header: NfGenMsg,
    #[nl(attr = 1)]
    pub table: Option<&'a str>,
    #[nl(attr = 3)]
    pub name: Option<&'a str>,
}

/// `NFTA_HOOK_*`.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
pub struct Hook<'a> {
    /// `NF_INET_*`.
    #[nl(attr = 1, be)]
    pub hooknum: Option<u32>,
    #[nl(attr = 2, be)]
    pub priority: Option<i32>,
    #[nl(attr = 3)]
    pub dev: Option<&'a str>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `NFTA_COUNTER_*`.
#[derive(NlAttrs, Clone, Copy, Debug, Default, PartialEq)]
#[nl(pad = 3)]
pub struct Counters {
    #[nl(attr = 1, be)]
    pub bytes: Option<u64>,
    #[nl(attr = 2, be)]
    pub packets: Option<u64>,
}

/// `NFT_MSG_NEWRULE`.
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(ty = 0x0a06, pad = 8)]
pub struct RuleNew<'a> {
    #[nl(fixed_header)]
    pub header: NfGenMsg,
    #[nl(attr = 1)]
    pub table: &'a str,
    #[nl(attr = 2)]
    pub chain: Option<&'a str>,
    #[nl(attr = 3, be)]
    pub handle: Option<u64>,
    /// The handle of the rule before it.
    #[nl(attr = 6, be)]
    pub position: Option<u64>,
    #[nl(attr = 4)]
    pub expressions: Option<Expressions<'a>>,
    #[nl(attr = 7)]
    pub userdata: Option<&'a [u8]>,
    #[nl(attr = 9, be)]
    pub id: Option<u32>,
    #[nl(attr = 10, be)]
    pub position_id: Option<u32>,
    #[nl(attr = 11, be)]
    pub chain_id: Option<u32>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `NFT_MSG_GETRULE`: of a dump, all.
#[derive(NlMessage, Clone, Copy, Debug, Default, PartialEq)]
#[nl(ty = 0x0a07)]
pub struct RuleGet<'a> {
    #[nl(fixed_header)]
    pub header: NfGenMsg,
    #[nl(attr = 1)]
    pub table: Option<&'a str>,
    #[nl(attr = 2)]
    pub chain: Option<&'a str>,
    #[nl(attr = 3, be)]
    pub handle: Option<u64>,
}

/// `NFT_MSG_DELRULE`: one by its handle, or all of a chain.
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(ty = 0x0a08, pad = 8)]
pub struct RuleDelete<'a> {
    #[nl(fixed_header)]
    pub header: NfGenMsg,
    #[nl(attr = 1)]
    pub table: &'a str,
    #[nl(attr = 2)]
    pub chain: Option<&'a str>,
    #[nl(attr = 3, be)]
    pub handle: Option<u64>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// What a rule does, one step after the other: each an `NFTA_LIST_ELEM`.
#[derive(NlAttrs, Clone, Copy, Debug, Default, PartialEq)]
pub struct Expressions<'a> {
    #[nl(attr = 1)]
    pub elem: Repeat<'a, Expression<'a>>,
}
