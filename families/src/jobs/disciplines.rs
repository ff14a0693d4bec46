//! The settings of queueing disciplines, in the units that people use.

use super::rate::{micros, percent, ticks};
use super::{NotRepresentable, Rate};
use crate::tc::{FqCodel, Htb, Netem, Tbf, TcHtbGlob, TcHtbOpt, TcNetemQopt, TcTbfQopt};
use core::time::Duration;
use nl_tlv::value::Headed;

/// What a burst has beyond what passes in a tick of the clock: a packet of Ethernet, and some more.
const PACKET: u64 = 1600;

impl Htb<'_> {
    /// Settings of a qdisc: packets that no filter puts into a class go to this class (the second part of its handle).
    /// With 0 they are not limited.
    #[must_use]
    pub fn default_class(class: u16) -> Self {
        let init = TcHtbGlob { version: 3, rate2quantum: 10, defcls: class.into(), ..TcHtbGlob::default() };
        Self { init: Some(init), ..Self::default() }
    }

    /// Settings of a class: the rate that it has for certain, and the rate up to which it borrows.
    #[must_use]
    pub fn class(rate: Rate, ceil: Rate) -> Self {
        let parms = TcHtbOpt { rate: rate.spec(), ceil: ceil.spec(), ..TcHtbOpt::default() };
        let (rate64, ceil64) = (rate.beyond_spec(), ceil.beyond_spec());
        // For the slowest rates this is the longest time that there is.
        let ticks = |rate: Rate| rate.ticks_for(rate.get() / 1_000_000_000 + PACKET).unwrap_or(u32::MAX);
        let parms = TcHtbOpt { buffer: ticks(rate), cbuffer: ticks(ceil), ..parms };
        Self { parms: Some(parms), rate64, ceil64, ..Self::default() }
    }

    /// For a class: how many bytes may be sent at once, at the rate and at the ceiling.
    ///
    /// # Errors
    ///
    /// If so many bytes take more than 274 s.
    pub fn burst(mut self, burst: u64, cburst: u64) -> Result<Self, NotRepresentable> {
        let (buffer, cbuffer) = (self.rate().ticks_for(burst)?, self.ceil().ticks_for(cburst)?);
        let parms = self.parms.unwrap_or_default();
        self.parms = Some(TcHtbOpt { buffer, cbuffer, ..parms });
        Ok(self)
    }

    /// For a class: the order in which classes borrow. 0 is the first; the kernel takes what is greater than 7 as 7.
    #[must_use]
    pub fn prio(mut self, prio: u32) -> Self {
        self.parms = Some(TcHtbOpt { prio, ..self.parms.unwrap_or_default() });
        self
    }

    /// The rate that the class has for certain.
    #[must_use]
    pub fn rate(&self) -> Rate {
        Rate::of(self.parms.unwrap_or_default().rate, self.rate64)
    }

    /// The rate up to which the class borrows.
    #[must_use]
    pub fn ceil(&self) -> Rate {
        Rate::of(self.parms.unwrap_or_default().ceil, self.ceil64)
    }
}

impl Tbf<'_> {
    /// A rate, how many bytes may be sent at once, and how long a packet waits at most.
    ///
    /// # Errors
    ///
    /// If the burst takes more than 274 s, or more than 4 GiB would wait.
    pub fn limited(rate: Rate, burst: u32, latency: Duration) -> Result<Self, NotRepresentable> {
        let waiting = rate.bytes_in(latency).and_then(|bytes| bytes.checked_add(burst.into()));
        let limit = waiting.and_then(|bytes| u32::try_from(bytes).ok());
        let parms = TcTbfQopt {
            rate: rate.spec(),
            limit: limit.ok_or(NotRepresentable::new("at most 4 GiB of packets can wait"))?,
            buffer: rate.ticks_for(burst.into())?,
            ..TcTbfQopt::default()
        };
        Ok(Self { parms: Some(parms), rate64: rate.beyond_spec(), burst: Some(burst), ..Self::default() })
    }

    /// Its rate.
    #[must_use]
    pub fn rate(&self) -> Rate {
        Rate::of(self.parms.unwrap_or_default().rate, self.rate64)
    }

    /// How many bytes may be sent at once.
    #[must_use]
    pub fn burst_bytes(&self) -> u64 {
        let parms = self.parms.unwrap_or_default();
        self.burst.map_or_else(|| self.rate().bytes_of(parms.buffer), u64::from)
    }
}

impl FqCodel<'_> {
    /// What a packet may wait without being dropped, and over what time this is watched: in microseconds.
    ///
    /// # Errors
    ///
    /// If one of the times is longer than 4294 s.
    pub fn target(mut self, target: Duration, interval: Duration) -> Result<Self, NotRepresentable> {
        (self.target, self.interval) = (Some(micros(target)?), Some(micros(interval)?));
        Ok(self)
    }

    /// How many packets it holds at most.
    #[must_use]
    pub fn limit(mut self, packets: u32) -> Self {
        self.limit = Some(packets);
        self
    }
}

impl TcNetemQopt {
    /// A network that does nothing to packets, and holds up to a thousand.
    #[must_use]
    pub fn new() -> Self {
        Self { limit: 1000, ..Self::default() }
    }

    /// How long packets take, in steps of 64 nanoseconds.
    ///
    /// # Errors
    ///
    /// If it is longer than 274 s. ([`Netem`] has an attribute for more.)
    pub fn delay(self, delay: Duration) -> Result<Self, NotRepresentable> {
        Ok(Self { latency: ticks(delay)?, ..self })
    }

    /// By how much the delay changes from packet to packet.
    ///
    /// # Errors
    ///
    /// If it is longer than 274 s.
    pub fn jitter(self, jitter: Duration) -> Result<Self, NotRepresentable> {
        Ok(Self { jitter: ticks(jitter)?, ..self })
    }

    /// How many percent of the packets are lost.
    ///
    /// # Errors
    ///
    /// If it is not from 0 to 100.
    pub fn loss(self, of_packets: f64) -> Result<Self, NotRepresentable> {
        Ok(Self { loss: percent(of_packets)?, ..self })
    }

    /// How many percent of the packets come twice.
    ///
    /// # Errors
    ///
    /// If it is not from 0 to 100.
    pub fn duplicate(self, of_packets: f64) -> Result<Self, NotRepresentable> {
        Ok(Self { duplicate: percent(of_packets)?, ..self })
    }
}

impl<'a> Netem<'a> {
    /// A network with these settings.
    #[must_use]
    pub fn of(settings: TcNetemQopt) -> Headed<TcNetemQopt, Self> {
        Headed { header: settings, contents: Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(Tbf::limited(Rate::gbit(100), 1, HOUR).is_err());
        assert!(Tbf::limited(Rate::bytes(1), 1000, Duration::ZERO).is_err());
        assert!(Htb::class(Rate::bytes(1), Rate::gbit(1)).burst(1000, 1).is_err());
        assert!(TcNetemQopt::new().delay(HOUR).is_err() && TcNetemQopt::new().jitter(HOUR).is_err());
        assert!(TcNetemQopt::new().loss(f64::NAN).is_err() && TcNetemQopt::new().duplicate(101.0).is_err());
        assert!(FqCodel::default().target(2 * HOUR, HOUR).is_err());
    }

    #[test]
    fn settings_of_a_class_are_kept_in_any_order() {
        let parms = Htb::default().prio(3).parms.unwrap();
        assert_eq!(parms.prio, 3);
        let class = Htb::class(Rate::mbit(1), Rate::mbit(2)).prio(3).burst(20_000, 30_000).unwrap();
        let parms = class.parms.unwrap();
        assert_eq!((parms.prio, parms.buffer, parms.cbuffer), (3, 2_500_000, 1_875_000));
    }
}
