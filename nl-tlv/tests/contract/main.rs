//! The contract between the library and its derives: the route message of RTM, expanded by hand, in use.
//!
//! `expansion.rs` is what the derives have to produce for the definition in `definition.rs`; both are run through the
//! same tests, so that neither can drift from the other.

/// The expansion, written by hand.
pub mod by_hand {
    include!("expansion.rs");
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
    contract!(by_hand);
    #[cfg(feature = "derive")]
    contract!(derived);
}
