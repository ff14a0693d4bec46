//! Message flags. The bits from 0x100 up mean different things by kind of message, so each kind has a type of its
//! own; [`Flags`] holds the common ones and carries the others along unnamed.

use bitflags::bitflags;
use core::ops::BitOr;

bitflags! {
    /// Flags that every message can have; bits of the other flag types are kept.
    ///
    /// ```
    /// use nl_tlv::{Flags, NewFlags};
    ///
    /// let flags = Flags::REQUEST | NewFlags::CREATE | NewFlags::EXCL;
    /// assert_eq!(flags.bits(), 0x601);
    /// assert!(flags.contains(Flags::REQUEST) && !flags.contains(Flags::ACK));
    /// assert_eq!(NewFlags::of(flags), NewFlags::CREATE | NewFlags::EXCL);
    /// ```
    ///
    /// Source: `include/uapi/linux/netlink.h`, `NLM_F_*`.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Flags: u16 {
        /// A request to the kernel.
        #[doc(alias = "NLM_F_REQUEST")]
        const REQUEST = 0x01;
        /// Part of a sequence of messages that ends with `NLMSG_DONE`.
        #[doc(alias = "NLM_F_MULTI")]
        const MULTI = 0x02;
        /// Answer with an acknowledgement on success too.
        #[doc(alias = "NLM_F_ACK")]
        const ACK = 0x04;
        /// Send the event that the request causes to the requester as well.
        #[doc(alias = "NLM_F_ECHO")]
        const ECHO = 0x08;
        /// The dump is inconsistent: what it covers changed meanwhile.
        #[doc(alias = "NLM_F_DUMP_INTR")]
        const DUMP_INTR = 0x10;
        /// The kernel filtered the dump as asked.
        #[doc(alias = "NLM_F_DUMP_FILTERED")]
        const DUMP_FILTERED = 0x20;
        /// Modifiers and bits not known yet pass through.
        const _ = !0;
    }

    /// Modifiers of a GET request.
    ///
    /// ```
    /// use nl_tlv::{Flags, GetFlags};
    ///
    /// let flags = Flags::REQUEST | GetFlags::DUMP; // what `Connection::dump` sends
    /// assert!(GetFlags::of(flags).contains(GetFlags::ROOT));
    /// ```
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct GetFlags: u16 {
        /// A dump: both [`ROOT`](Self::ROOT) and [`MATCH`](Self::MATCH).
        #[doc(alias = "NLM_F_DUMP")]
        const DUMP = 0x300;
        /// The whole table instead of one entry.
        #[doc(alias = "NLM_F_ROOT")]
        const ROOT = 0x100;
        /// All that match.
        #[doc(alias = "NLM_F_MATCH")]
        const MATCH = 0x200;
        /// An atomic snapshot (obsolete).
        #[doc(alias = "NLM_F_ATOMIC")]
        const ATOMIC = 0x400;
    }

    /// Modifiers of a NEW request.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct NewFlags: u16 {
        /// Replace the object if it exists.
        #[doc(alias = "NLM_F_REPLACE")]
        const REPLACE = 0x100;
        /// Refuse if the object exists.
        #[doc(alias = "NLM_F_EXCL")]
        const EXCL = 0x200;
        /// Create the object if it does not exist.
        #[doc(alias = "NLM_F_CREATE")]
        const CREATE = 0x400;
        /// Add to the end of the object.
        #[doc(alias = "NLM_F_APPEND")]
        const APPEND = 0x800;
    }

    /// Modifiers of a DELETE request.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct DeleteFlags: u16 {
        /// Delete the object alone: refuse if others belong to it.
        #[doc(alias = "NLM_F_NONREC")]
        const NONREC = 0x100;
        /// Delete all that match.
        #[doc(alias = "NLM_F_BULK")]
        const BULK = 0x200;
    }

    /// Modifiers of `NLMSG_ERROR` and `NLMSG_DONE`.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub(crate) struct AckFlags: u16 {
        /// The request's payload was not echoed.
        #[doc(alias = "NLM_F_CAPPED")]
        const CAPPED = 0x100;
        /// Extended ack attributes follow.
        #[doc(alias = "NLM_F_ACK_TLVS")]
        const ACK_TLVS = 0x200;
    }
}

/// A modifier type reads its own bits out of [`Flags`], unions with them and with `Flags`, and becomes `Flags`.
macro_rules! modifiers {
    ($($vis:vis $name:ident)*) => {$(
        impl $name {
            /// The bits of a message's flags that this type names.
            #[must_use]
            $vis const fn of(flags: Flags) -> Self {
                Self::from_bits_truncate(flags.bits())
            }
        }

        impl From<$name> for Flags {
            fn from(flags: $name) -> Self {
                Self::from_bits_retain(flags.bits())
            }
        }

        impl BitOr<Flags> for $name {
            type Output = Flags;

            fn bitor(self, other: Flags) -> Flags {
                Flags::from(self) | other
            }
        }

        impl BitOr<$name> for Flags {
            type Output = Flags;

            fn bitor(self, other: $name) -> Flags {
                self | Flags::from(other)
            }
        }
    )*};
}

modifiers! { pub GetFlags pub NewFlags pub DeleteFlags pub(crate) AckFlags }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unions_keep_every_bit() {
        let flags = NewFlags::CREATE | NewFlags::EXCL | Flags::ECHO | Flags::from_bits_retain(0x8000);
        assert_eq!(flags.bits(), 0x8608);
        assert_eq!(NewFlags::of(flags), NewFlags::CREATE | NewFlags::EXCL);
        assert_eq!(GetFlags::of(flags), GetFlags::MATCH | GetFlags::ATOMIC);
    }
}
