//! Rules: which table is looked up for what.

use super::constants::{AF_INET, AF_INET6};
use super::{NotRepresentable, family_of};
use crate::rt_rule::{
    DelRule, FibRuleFlags, FibRuleHdr, FibRulePortRange, FibRuleUidRange, FrAct, GetRule, Rule, RuleAttrs,
};
use core::net::IpAddr;
use core::ops::RangeInclusive;
use nl_tlv::Rest;
use nl_tlv::value::NlStr;

impl<'a> Rule<'a> {
    /// A rule of IPv4 that looks up a table; of IPv6 once it has an address or [`ipv6`](Self::ipv6) is called.
    #[must_use]
    #[inline]
    pub fn to_table(table: u32) -> Self {
        let header = FibRuleHdr { family: AF_INET, action: FrAct::ToTbl, ..FibRuleHdr::default() };
        Self { header, attrs: RuleAttrs { table: Some(table), ..RuleAttrs::default() } }
    }

    /// A rule of IPv4 that does something else: [`FrAct::Blackhole`], [`FrAct::Unreachable`], [`FrAct::Prohibit`].
    #[must_use]
    #[inline]
    pub fn with_action(action: FrAct) -> Self {
        Self { header: FibRuleHdr { family: AF_INET, action, ..FibRuleHdr::default() }, ..Self::default() }
    }

    /// Makes it a rule of IPv6.
    #[must_use]
    #[inline]
    pub fn ipv6(mut self) -> Self {
        self.header.family = AF_INET6;
        self
    }

    /// Limits it to packets from a prefix. The kernel refuses one that is longer than the address.
    #[must_use]
    #[inline]
    pub fn from(mut self, source: IpAddr, prefix_len: u8) -> Self {
        self.header.family = family_of(source);
        self.header.src_len = prefix_len;
        self.src = Some(source);
        self
    }

    /// Limits it to packets to a prefix. The kernel refuses one that is longer than the address.
    #[must_use]
    #[inline]
    pub fn to(mut self, destination: IpAddr, prefix_len: u8) -> Self {
        self.header.family = family_of(destination);
        self.header.dst_len = prefix_len;
        self.dst = Some(destination);
        self
    }

    /// Limits it to packets with a mark, under a mask.
    #[must_use]
    #[inline]
    pub fn mark(mut self, mark: u32, mask: u32) -> Self {
        (self.fwmark, self.fwmask) = (Some(mark.into()), Some(mask.into()));
        self
    }

    /// Limits it to packets that came in by an interface.
    #[must_use]
    #[inline]
    pub fn iif(mut self, name: impl Into<NlStr<'a>>) -> Self {
        self.iifname = Some(name.into());
        self
    }

    /// Limits it to packets of programs that want to send by an interface.
    #[must_use]
    #[inline]
    pub fn oif(mut self, name: impl Into<NlStr<'a>>) -> Self {
        self.oifname = Some(name.into());
        self
    }

    /// Limits it to packets of a protocol over IP: `IPPROTO_TCP`.
    #[must_use]
    #[inline]
    pub fn ip_proto(mut self, protocol: u8) -> Self {
        self.ip_proto = Some(protocol);
        self
    }

    /// Limits it to packets from these ports.
    #[must_use]
    #[inline]
    pub fn source_ports(mut self, ports: RangeInclusive<u16>) -> Self {
        self.sport_range = Some(FibRulePortRange { start: *ports.start(), end: *ports.end() });
        self
    }

    /// Limits it to packets to these ports.
    #[must_use]
    #[inline]
    pub fn destination_ports(mut self, ports: RangeInclusive<u16>) -> Self {
        self.dport_range = Some(FibRulePortRange { start: *ports.start(), end: *ports.end() });
        self
    }

    /// Limits it to packets of these users.
    #[must_use]
    #[inline]
    pub fn users(mut self, users: RangeInclusive<u32>) -> Self {
        self.uid_range = Some(FibRuleUidRange { start: *users.start(), end: *users.end() });
        self
    }

    /// Routes with a prefix of at most so many bits do not count: 0 leaves out the default route.
    #[must_use]
    #[inline]
    pub fn suppress(mut self, prefix_len: u32) -> Self {
        self.suppress_prefixlen = Some(prefix_len);
        self
    }

    /// Makes it a rule for all other packets than those that it names.
    #[must_use]
    #[inline]
    pub fn inverted(mut self) -> Self {
        self.header.flags |= FibRuleFlags::INVERT;
        self
    }

    /// Sets its place among the rules: the lowest is first.
    #[must_use]
    #[inline]
    pub fn priority(mut self, priority: u32) -> Self {
        self.priority = Some(priority);
        self
    }
}

impl<'a> DelRule<'a> {
    /// Exactly this rule, unless another one of the same priority says all that this one does and more: the kernel takes
    /// what is not said as any, and does not look at [`inverted`](Rule::inverted). Delete that one first.
    ///
    /// # Errors
    ///
    /// If the rule has no priority: the kernel would take the first rule of any priority that says all that this one does.
    /// A rule that was made without one gets one from the kernel. A rule that was read without one is of priority 0:
    /// `DelRule::of(&rule.priority(0))`.
    #[inline]
    pub fn of(rule: &Rule<'a>) -> Result<Self, NotRepresentable> {
        if rule.priority.is_none() {
            return Err(NotRepresentable::new(
                "a rule is deleted by its priority, and this one has none: read it from the kernel, or set it (0 if it was read)",
            ));
        }
        let attrs = RuleAttrs { rest: Rest::default(), ..rule.attrs.clone() };
        Ok(Self { header: rule.header, attrs })
    }
}

impl GetRule<'_> {
    /// Asks for all rules of a family.
    #[must_use]
    #[inline]
    pub fn of_family(family: u8) -> Self {
        Self { header: FibRuleHdr { family, ..FibRuleHdr::default() }, ..Self::default() }
    }
}
