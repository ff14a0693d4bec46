//! Which routing table is looked up when: `RTM_NEWRULE`, `RTM_DELRULE`, `RTM_GETRULE`.
//! Source: `net/core/fib_rules.c`, `fib_nl_fill_rule`.

use core::net::IpAddr;
use nl_tlv::{NlMessage, Rest, nl_struct};

/// `struct fib_rule_hdr`: family, lengths of the prefixes in bits, type of service, table if it is below 256, `FR_ACT_*`,
/// `FIB_RULE_*`.
#[nl_struct]
pub struct FibRuleHdr {
    pub family: u8,
    pub dst_len: u8,
    pub src_len: u8,
    pub tos: u8,
    pub table: u8,
    pub res1: u8,
    pub res2: u8,
    pub action: u8,
    pub flags: u32,
}

/// A rule as it is, or is to be.
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(ty = 32, pad = 18)]
pub struct RuleNew<'a> {
    #[nl(fixed_header)]
    pub header: FibRuleHdr,
    #[nl(attr = 15)]
    pub table: Option<u32>,
    #[nl(attr = 14)]
    pub suppress_prefixlen: Option<u32>,
    #[nl(attr = 21)]
    pub protocol: Option<u8>,
    #[nl(attr = 4)]
    pub goto: Option<u32>,
    #[nl(attr = 3, max_len = 15)]
    pub iifname: Option<&'a str>,
    #[nl(attr = 17, max_len = 15)]
    pub oifname: Option<&'a str>,
    #[nl(attr = 6)]
    pub priority: Option<u32>,
    #[nl(attr = 10)]
    pub fwmark: Option<u32>,
    #[nl(attr = 16)]
    pub fwmask: Option<u32>,
    #[nl(attr = 12, be)]
    pub tun_id: Option<u64>,
    #[nl(attr = 19)]
    pub l3mdev: Option<u8>,
    #[nl(attr = 20)]
    pub uid_range: Option<UidRange>,
    #[nl(attr = 23)]
    pub sport_range: Option<PortRange>,
    #[nl(attr = 24)]
    pub dport_range: Option<PortRange>,
    #[nl(attr = 22)]
    pub ip_proto: Option<u8>,
    #[nl(attr = 28)]
    pub sport_mask: Option<u16>,
    #[nl(attr = 29)]
    pub dport_mask: Option<u16>,
    #[nl(attr = 13)]
    pub suppress_ifgroup: Option<u32>,
    #[nl(attr = 1)]
    pub dst: Option<IpAddr>,
    #[nl(attr = 2)]
    pub src: Option<IpAddr>,
    #[nl(attr = 11)]
    pub flow: Option<u32>,
    #[nl(attr = 25)]
    pub dscp: Option<u8>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// A rule that is to go, or has gone.
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(ty = 33)]
pub struct RuleDelete<'a> {
    #[nl(fixed_header)]
    pub header: FibRuleHdr,
    #[nl(attr = 15)]
    pub table: Option<u32>,
    #[nl(attr = 6)]
    pub priority: Option<u32>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// Asks for rules: a dump.
#[derive(NlMessage, Clone, Copy, Debug, Default, PartialEq)]
#[nl(ty = 34)]
pub struct RuleGet {
    #[nl(fixed_header)]
    pub header: FibRuleHdr,
}

/// `struct fib_rule_uid_range`.
#[nl_struct]
pub struct UidRange {
    pub start: u32,
    pub end: u32,
}

/// `struct fib_rule_port_range`, in host order.
#[nl_struct]
pub struct PortRange {
    pub start: u16,
    pub end: u16,
}
