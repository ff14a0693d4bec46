//! Values that are neither integers nor nests of one set: written by hand, and used by the generated modules.

mod audit_record;
mod bits;
mod by_family;
#[cfg(feature = "rt-route")]
mod encap;
mod endpoint;
mod family_addr;
#[cfg(feature = "devlink")]
mod fmsg;
mod labels;
#[cfg(feature = "rt-ndisc")]
mod nd_option;
#[cfg(feature = "rt-route")]
mod next_hops;
#[cfg(feature = "rt-route")]
mod segments;
#[cfg(feature = "inet-diag")]
mod tcp_info;
mod unspecified;
mod wg_key;

pub use audit_record::AuditRecord;
pub use bits::{Bits8, Bits16, Bits32};
pub use by_family::ByFamily;
#[cfg(feature = "rt-route")]
pub use encap::Encap;
pub use endpoint::Endpoint;
pub use family_addr::FamilyAddr;
#[cfg(feature = "devlink")]
pub use fmsg::{Fmsg, FmsgItem, FmsgValue};
pub use labels::MplsLabel;
#[cfg(feature = "rt-ndisc")]
pub use nd_option::NdOption;
#[cfg(feature = "rt-route")]
pub use next_hops::{HopAttrs, HopFormat, NextHop, NextHops, RtNextHop, Via};
#[cfg(feature = "rt-route")]
pub use segments::{Ioam6Trace, RplRouting, Seg6Tunnel, SegmentRouting, Segments};
#[cfg(feature = "inet-diag")]
pub use tcp_info::TcpInfo;
pub use unspecified::Unspecified;
pub use wg_key::{NotAKey, WgKey};
