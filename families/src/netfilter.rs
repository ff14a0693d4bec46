//! What the families of nfnetlink have in common: the fixed header, and the two messages around a transaction.
//!
//! A message's type is its subsystem and its command: [`nftables`](crate::nftables) is subsystem 10, so its command 6 is
//! message type `0x0a06`. Numbers in attributes are in network byte order.

use nl_tlv::{NlMessage, nl_struct};

/// `struct nfgenmsg`: `NFPROTO_*` or `AF_*`, version 0, and a number that depends on the subsystem.
#[nl_struct]
pub struct NfGenMsg {
    pub nfgen_family: u8,
    pub version: u8,
    #[nl(be)]
    pub res_id: u16,
}

impl NfGenMsg {
    /// Of this family.
    #[must_use]
    pub fn family(nfgen_family: u8) -> Self {
        Self { nfgen_family, ..Self::default() }
    }
}

/// `NFNL_MSG_BATCH_BEGIN`: what follows in the same datagram, up to [`BatchEnd`], happens as a whole or not at all.
#[derive(NlMessage, Clone, Copy, Debug, Default, PartialEq)]
#[nl(ty = 16)]
pub struct BatchBegin {
    /// `res_id` is the subsystem.
    #[nl(fixed_header)]
    pub header: NfGenMsg,
    /// `NFNL_BATCH_GENID`: refuse if anything has changed since this generation.
    #[nl(attr = 1, be)]
    pub genid: Option<u32>,
}

impl BatchBegin {
    /// A transaction of this subsystem.
    #[must_use]
    pub fn of(subsystem: u16) -> Self {
        Self { header: NfGenMsg { res_id: subsystem, ..NfGenMsg::default() }, genid: None }
    }
}

/// `NFNL_MSG_BATCH_END`.
#[derive(NlMessage, Clone, Copy, Debug, Default, PartialEq)]
#[nl(ty = 17)]
pub struct BatchEnd {
    #[nl(fixed_header)]
    pub header: NfGenMsg,
}

impl BatchEnd {
    /// Of a transaction of this subsystem.
    #[must_use]
    pub fn of(subsystem: u16) -> Self {
        Self { header: BatchBegin::of(subsystem).header }
    }
}
