//! Settings of network devices, as `ethtool` shows and changes them.

use super::IfIndex;
use crate::ethtool::{
    Bitset, BitsetBit, BitsetBits, ChannelsGet, ChannelsSet, CoalesceGet, CoalesceSet, DebugGet, EeeGet,
    FeaturesGet, FeaturesSet, FecGet, HeaderAttrs, HeaderFlags, LinkinfoGet, LinkmodesGet, LinkmodesSet,
    LinkstateGet, PauseGet, PauseSet, PrivflagsGet, RingsGet, RingsSet, StatsGet, TsinfoGet, WolGet,
};
use nl_tlv::value::{Lazy, NlStr};
use nl_tlv::{Error, Repeat};

impl<'a> HeaderAttrs<'a> {
    /// The device of this number.
    #[must_use]
    pub fn at(index: impl Into<IfIndex>) -> Self {
        Self { dev_index: Some(index.into().get()), ..Self::default() }
    }

    /// The device of this name.
    #[must_use]
    pub fn named(name: impl Into<NlStr<'a>>) -> Self {
        Self { dev_name: Some(name.into()), ..Self::default() }
    }
}

macro_rules! which {
    ($($name:ident)*) => {$(
        impl<'a> $name<'a> {
            /// The device of this number.
            #[must_use]
            pub fn at(index: impl Into<IfIndex>) -> Self {
                let mut message = Self::default();
                message.header = Some(HeaderAttrs::at(index));
                message
            }

            /// The device of this name.
            #[must_use]
            pub fn named(name: impl Into<NlStr<'a>>) -> Self {
                let mut message = Self::default();
                message.header = Some(HeaderAttrs::named(name));
                message
            }
        }
    )*};
}

which! {
    RingsGet RingsSet ChannelsGet ChannelsSet CoalesceGet CoalesceSet PauseGet PauseSet FeaturesGet
    FeaturesSet LinkmodesGet LinkmodesSet LinkinfoGet LinkstateGet PrivflagsGet StatsGet TsinfoGet WolGet
    DebugGet EeeGet FecGet
}

/// Methods that set one field each.
macro_rules! sets {
    ($name:ident: $($(#[doc = $doc:literal])* $method:ident($value:ident: $ty:ty) = $field:ident: $to:expr;)*) => {
        impl<'a> $name<'a> {$(
            $(#[doc = $doc])*
            #[must_use]
            #[inline]
            pub fn $method(mut self, $value: $ty) -> Self {
                self.$field = Some($to);
                self
            }
        )*}
    };
}

sets! { RingsSet:
    /// How many packets the rings for receiving hold.
    rx(packets: u32) = rx: packets;
    /// How many packets the rings for sending hold.
    tx(packets: u32) = tx: packets;
}

sets! { ChannelsSet:
    /// How many queues only receive.
    rx(queues: u32) = rx_count: queues;
    /// How many queues only send.
    tx(queues: u32) = tx_count: queues;
    /// How many queues do both.
    combined(queues: u32) = combined_count: queues;
}

sets! { CoalesceSet:
    /// How many microseconds may pass from a received packet to the interrupt.
    rx_usecs(microseconds: u32) = rx_usecs: microseconds;
    /// After how many received packets there is an interrupt.
    rx_frames(packets: u32) = rx_max_frames: packets;
    /// How many microseconds may pass from a sent packet to the interrupt.
    tx_usecs(microseconds: u32) = tx_usecs: microseconds;
    /// After how many sent packets there is an interrupt.
    tx_frames(packets: u32) = tx_max_frames: packets;
    /// Whether the device chooses for receiving.
    adaptive_rx(on: bool) = use_adaptive_rx: on.into();
    /// Whether the device chooses for sending.
    adaptive_tx(on: bool) = use_adaptive_tx: on.into();
}

sets! { PauseSet:
    /// Whether both ends agree on it.
    autoneg(on: bool) = autoneg: on.into();
    /// Whether it heeds pause frames.
    rx(on: bool) = rx: on.into();
    /// Whether it sends pause frames.
    tx(on: bool) = tx: on.into();
}

sets! { LinkmodesSet:
    /// Whether both ends agree on a mode.
    autoneg(on: bool) = autoneg: on.into();
    /// Its speed in million bits per second.
    speed(mbit: u32) = speed: mbit;
    /// Whether it sends and receives at the same time.
    full_duplex(on: bool) = duplex: on.into();
    /// The modes that it offers to the other end: those that are on; the others stay as they are.
    advertise(modes: &'a Bitset<'a>) = ours: Lazy::new(modes);
}

impl<'a> FeaturesSet<'a> {
    /// Features to be turned on or off; the others stay as they are.
    ///
    /// The kernel answers with an acknowledgement alone: whether it did all that was asked for, [`FeaturesGet`] says.
    #[must_use]
    pub fn wanted(mut self, features: &'a Bitset<'a>) -> Self {
        self.wanted = Some(Lazy::new(features));
        let header = self.header.take().unwrap_or_default();
        let flags = header.flags.unwrap_or_default() | HeaderFlags::OMIT_REPLY;
        self.header = Some(HeaderAttrs { flags: Some(flags), ..header });
        self
    }
}

impl<'a> BitsetBit<'a> {
    /// The bit of this name, set.
    #[must_use]
    pub fn on(name: impl Into<NlStr<'a>>) -> Self {
        Self { value: true, ..Self::off(name) }
    }

    /// The bit of this name, not set.
    #[must_use]
    pub fn off(name: impl Into<NlStr<'a>>) -> Self {
        Self { name: Some(name.into()), ..Self::default() }
    }
}

impl<'a> Bitset<'a> {
    /// These bits. Others stay as they are.
    #[must_use]
    pub fn of(bits: &'a [BitsetBit<'a>]) -> Self {
        let bits = Some(BitsetBits { bit: Repeat::new(bits), ..BitsetBits::default() });
        Self { bits, ..Self::default() }
    }

    /// Whether a bit is set, by its name. Bits that are not listed are not set.
    ///
    /// A compact set ([`HeaderFlags::COMPACT_BITSETS`]) has no names, so that nothing is set in it.
    ///
    /// # Errors
    ///
    /// If a bit cannot be read.
    pub fn has(&self, name: &str) -> Result<bool, Error> {
        let Some(bits) = &self.bits else { return Ok(false) };
        for bit in bits.bit.iter() {
            let bit = bit?;
            if bit.name.is_some_and(|its| its == name) {
                // Without a mask it lists what is set.
                return Ok(bit.value || self.nomask);
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_the_header_are_kept() {
        let mut set = FeaturesSet::at(2u32);
        set.header.as_mut().unwrap().flags = Some(HeaderFlags::COMPACT_BITSETS);
        let features = Bitset::default();
        assert_eq!(
            set.wanted(&features).header.as_ref().unwrap().flags,
            Some(HeaderFlags::COMPACT_BITSETS | HeaderFlags::OMIT_REPLY)
        );
    }

    #[test]
    fn bits_are_set_by_name() {
        let bits = [BitsetBit::on("tx-lro"), BitsetBit::off("rx-gro")];
        let set = Bitset::of(&bits);
        assert_eq!(["tx-lro", "rx-gro", "x"].map(|name| set.has(name)), [Ok(true), Ok(false), Ok(false)]);
        let listed = Bitset { nomask: true, ..set };
        assert_eq!(listed.has("rx-gro"), Ok(true));
    }
}
