//! Batches of nftables, and frequent data of its expressions.

use crate::nftables::{BatchBegin, BatchEnd, Data, NfGenMsg, Verdict, VerdictCode};
use nl_tlv::value::NlStr;

/// `NFNL_SUBSYS_NFTABLES`.
const SUBSYSTEM: u16 = 10;

impl NfGenMsg {
    /// The header for an address family (`NFPROTO_*`): 1 is IPv4 and IPv6, 2 IPv4, 7 bridges, 10 IPv6.
    #[must_use]
    #[inline]
    pub fn family(family: u8) -> Self {
        Self { nfgen_family: family, ..Self::default() }
    }
}

impl BatchBegin<'_> {
    /// What begins a transaction.
    #[must_use]
    #[inline]
    pub fn of_nftables() -> Self {
        Self { header: NfGenMsg { res_id: SUBSYSTEM, ..NfGenMsg::default() }, ..Self::default() }
    }
}

impl BatchEnd<'_> {
    /// What ends and commits it.
    #[must_use]
    #[inline]
    pub fn of_nftables() -> Self {
        Self { header: NfGenMsg { res_id: SUBSYSTEM, ..NfGenMsg::default() }, ..Self::default() }
    }
}

impl<'a> Data<'a> {
    /// Data that consists of these bytes.
    #[must_use]
    #[inline]
    pub fn bytes(value: &'a [u8]) -> Self {
        Self { value: Some(value), ..Self::default() }
    }

    /// Data that is this verdict.
    #[must_use]
    #[inline]
    pub fn verdict(code: VerdictCode) -> Self {
        let verdict = Verdict { code: Some(code), ..Verdict::default() };
        Self { verdict: Some(verdict), ..Self::default() }
    }

    /// The verdict that goes to another chain, and comes back at its end.
    #[must_use]
    #[inline]
    pub fn jump(chain: impl Into<NlStr<'a>>) -> Self {
        let verdict =
            Verdict { code: Some(VerdictCode::Jump), chain: Some(chain.into()), ..Verdict::default() };
        Self { verdict: Some(verdict), ..Self::default() }
    }
}
