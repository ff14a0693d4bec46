//! Rules: which table is looked up for what.

use super::family_of;
use crate::rt_rule::{DelRule, FibRuleHdr, FrAct, GetRule, Rule, RuleAttrs};
use core::net::IpAddr;
use nl_tlv::Rest;
use nl_tlv::value::NlStr;

impl<'a> Rule<'a> {
    /// A rule of IPv4 that looks up a table; of IPv6 once it has an address or [`ipv6`](Self::ipv6) is called.
    #[must_use]
    #[inline]
    pub fn to_table(table: u32) -> Self {
        let header = FibRuleHdr { family: 2, action: FrAct::ToTbl, ..FibRuleHdr::default() };
        Self { header, attrs: RuleAttrs { table: Some(table), ..RuleAttrs::default() } }
    }

    /// Of IPv6.
    #[must_use]
    #[inline]
    pub fn ipv6(mut self) -> Self {
        self.header.family = 10;
        self
    }

    /// For packets from a prefix. The kernel refuses one that is longer than the address.
    #[must_use]
    #[inline]
    pub fn from(mut self, source: IpAddr, prefix_len: u8) -> Self {
        self.header.family = family_of(source);
        self.header.src_len = prefix_len;
        self.src = Some(source);
        self
    }

    /// For packets to a prefix. The kernel refuses one that is longer than the address.
    #[must_use]
    #[inline]
    pub fn to(mut self, destination: IpAddr, prefix_len: u8) -> Self {
        self.header.family = family_of(destination);
        self.header.dst_len = prefix_len;
        self.dst = Some(destination);
        self
    }

    /// For packets with a mark, under a mask.
    #[must_use]
    #[inline]
    pub fn mark(mut self, mark: u32, mask: u32) -> Self {
        (self.fwmark, self.fwmask) = (Some(mark), Some(mask));
        self
    }

    /// For packets that came in by an interface.
    #[must_use]
    #[inline]
    pub fn iif(mut self, name: impl Into<NlStr<'a>>) -> Self {
        self.iifname = Some(name.into());
        self
    }

    /// Its place among the rules: the lowest is first.
    #[must_use]
    #[inline]
    pub fn priority(mut self, priority: u32) -> Self {
        self.priority = Some(priority);
        self
    }
}

impl<'a> DelRule<'a> {
    /// Exactly this rule, unless another one of the same priority says all that this one does and more: the kernel takes
    /// what is not said as any. Delete that one first.
    #[must_use]
    #[inline]
    pub fn of(rule: &Rule<'a>) -> Self {
        let attrs = RuleAttrs { rest: Rest::default(), ..rule.attrs.clone() };
        Self { header: rule.header, attrs }
    }
}

impl GetRule<'_> {
    /// All rules of a family.
    #[must_use]
    #[inline]
    pub fn of_family(family: u8) -> Self {
        Self { header: FibRuleHdr { family, ..FibRuleHdr::default() }, ..Self::default() }
    }
}
