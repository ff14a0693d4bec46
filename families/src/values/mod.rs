//! Values that are neither integers nor nests of one set: written by hand, and used by the generated modules.

mod audit_record;
mod by_family;
mod endpoint;
mod next_hops;
mod unspecified;
mod wg_key;

pub use audit_record::AuditRecord;
pub use by_family::ByFamily;
pub use endpoint::Endpoint;
pub use next_hops::{HopAttrs, HopFormat, NextHop, NextHops, RtNextHop, Via};
pub use unspecified::Unspecified;
pub use wg_key::{NotAKey, WgKey};
