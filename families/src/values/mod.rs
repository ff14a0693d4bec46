//! Values that are neither integers nor nests of one set: written by hand, and used by the generated modules.

mod by_family;
mod next_hops;
mod unspecified;

pub use by_family::ByFamily;
pub use next_hops::{HopAttrs, HopFormat, NextHop, NextHops, RtNextHop, Via};
pub use unspecified::Unspecified;
