//! The settings of queueing disciplines, in the units that people use.

use super::Rate;
use super::rate::{micros, percent, ticks};
use crate::tc::{FqCodel, Htb, Netem, Tbf, TcHtbGlob, TcHtbOpt, TcNetemQopt, TcTbfQopt};
use core::time::Duration;
use nl_tlv::value::Headed;

/// What a burst has beyond what passes in a tick of the clock: a packet of Ethernet, and some more.
const PACKET: u64 = 1600;

impl Htb<'_> {
    /// Of a qdisc: packets that no filter puts into a class go to this one (the second part of its handle).
    /// With 0 nothing holds them back.
    #[must_use]
    pub fn default_class(class: u16) -> Self {
        let init = TcHtbGlob { version: 3, rate2quantum: 10, defcls: class.into(), ..TcHtbGlob::default() };
        Self { init: Some(init), ..Self::default() }
    }

    /// Of a class: what it has for certain, and up to what it borrows.
    #[must_use]
    pub fn class(rate: Rate, ceil: Rate) -> Self {
        let parms = TcHtbOpt { rate: rate.spec(), ceil: ceil.spec(), ..TcHtbOpt::default() };
        let (rate64, ceil64) = (rate.beyond_spec(), ceil.beyond_spec());
        let [burst, cburst] = [rate, ceil].map(|rate| rate.get() / 1_000_000_000 + PACKET);
        Self { parms: Some(parms), rate64, ceil64, ..Self::default() }.burst(burst, cburst)
    }

    /// Of a class: how many bytes may be sent at once, at the rate and at the ceiling.
    #[must_use]
    pub fn burst(mut self, burst: u64, cburst: u64) -> Self {
        let (rate, ceil) = (self.rate(), self.ceil());
        if let Some(parms) = &mut self.parms {
            (parms.buffer, parms.cbuffer) = (rate.ticks_for(burst), ceil.ticks_for(cburst));
        }
        self
    }

    /// Of a class: the order in which classes borrow; 0 is the first, 7 the last.
    #[must_use]
    pub fn prio(mut self, prio: u32) -> Self {
        if let Some(parms) = &mut self.parms {
            parms.prio = prio;
        }
        self
    }

    /// What the class has for certain.
    #[must_use]
    pub fn rate(&self) -> Rate {
        Rate::of(self.parms.unwrap_or_default().rate, self.rate64)
    }

    /// Up to what the class borrows.
    #[must_use]
    pub fn ceil(&self) -> Rate {
        Rate::of(self.parms.unwrap_or_default().ceil, self.ceil64)
    }
}

impl Tbf<'_> {
    /// A rate, how many bytes may be sent at once, and how long a packet waits at most.
    #[must_use]
    pub fn limited(rate: Rate, burst: u32, latency: Duration) -> Self {
        let limit = rate.bytes_in(latency).saturating_add(burst.into());
        let parms = TcTbfQopt {
            rate: rate.spec(),
            limit: u32::try_from(limit).unwrap_or(u32::MAX),
            buffer: rate.ticks_for(burst.into()),
            ..TcTbfQopt::default()
        };
        Self { parms: Some(parms), rate64: rate.beyond_spec(), burst: Some(burst), ..Self::default() }
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
    /// What a packet may wait without being dropped, and over what time this is watched.
    #[must_use]
    pub fn target(mut self, target: Duration, interval: Duration) -> Self {
        (self.target, self.interval) = (Some(micros(target)), Some(micros(interval)));
        self
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
    #[must_use]
    pub fn delay(self, delay: Duration) -> Self {
        Self { latency: ticks(delay), ..self }
    }

    /// By how much the delay changes from packet to packet.
    #[must_use]
    pub fn jitter(self, jitter: Duration) -> Self {
        Self { jitter: ticks(jitter), ..self }
    }

    /// How many percent of the packets are lost.
    #[must_use]
    pub fn loss(self, of_packets: f64) -> Self {
        Self { loss: percent(of_packets), ..self }
    }

    /// How many percent of the packets come twice.
    #[must_use]
    pub fn duplicate(self, of_packets: f64) -> Self {
        Self { duplicate: percent(of_packets), ..self }
    }
}

impl<'a> Netem<'a> {
    /// These settings.
    #[must_use]
    pub fn of(settings: TcNetemQopt) -> Headed<TcNetemQopt, Self> {
        Headed { header: settings, attrs: Self::default() }
    }
}
