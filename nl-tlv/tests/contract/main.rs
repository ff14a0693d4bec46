//! The contract between the library and its derives: the route message of RTM, expanded, in use.
//!
//! `expansion/` is what the derives produce for the definitions in `definition.rs`, as a test of theirs sees to; both
//! are run through the same tests, so that neither can drift from the other.

/// The expansion.
pub mod expanded {
    use core::net::IpAddr;
    use nl_tlv::{Repeat, Rest};

    include!("expansion/prefix.rs");
    include!("expansion/next_hop.rs");
    include!("expansion/route_new.rs");
}

/// The same, derived.
#[cfg(feature = "derive")]
pub mod derived {
    include!("definition.rs");
}

macro_rules! contract {
    ($name:ident) => {
        mod $name {
            use crate::$name::*;
            include!("uses.rs");
        }
    };
}

mod uses {
    contract!(expanded);
    #[cfg(feature = "derive")]
    contract!(derived);
}
