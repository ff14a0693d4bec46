//! The units of traffic control: bytes per second, ticks of the packet scheduler, fractions of 32 bits.

use crate::tc::TcRatespec;
use core::time::Duration;

/// Bytes per second.
///
/// ```
/// use nl_tlv_families::jobs::Rate;
/// assert_eq!(Rate::mbit(8), Rate::bytes(1_000_000));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(u64);

/// Nanoseconds of a tick of the packet scheduler, since Linux 2.6.31.
const TICK: u64 = 64;

impl Rate {
    /// So many bytes per second.
    #[must_use]
    pub const fn bytes(per_second: u64) -> Self {
        Self(per_second)
    }

    /// So many bits per second.
    #[must_use]
    pub const fn bit(per_second: u64) -> Self {
        Self(per_second / 8)
    }

    /// So many thousand bits per second.
    #[must_use]
    pub const fn kbit(per_second: u64) -> Self {
        Self(per_second.saturating_mul(125))
    }

    /// So many million bits per second.
    #[must_use]
    pub const fn mbit(per_second: u64) -> Self {
        Self(per_second.saturating_mul(125_000))
    }

    /// So many thousand million bits per second.
    #[must_use]
    pub const fn gbit(per_second: u64) -> Self {
        Self(per_second.saturating_mul(125_000_000))
    }

    /// Bytes per second.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// What a message has: a struct, and an attribute for what the struct cannot hold.
    pub(super) fn of(spec: TcRatespec, rate64: Option<u64>) -> Self {
        Self(rate64.unwrap_or(spec.rate.into()))
    }

    /// As a struct, with a link layer of packets as Ethernet's: the kernel wants a table of times for others.
    pub(super) fn spec(self) -> TcRatespec {
        TcRatespec { linklayer: 1, rate: u32::try_from(self.0).unwrap_or(u32::MAX), ..TcRatespec::default() }
    }

    /// What the struct cannot hold.
    pub(super) fn beyond_spec(self) -> Option<u64> {
        Some(self.0).filter(|&rate| rate > u32::MAX.into())
    }

    /// How many bytes pass in this time.
    pub(super) fn bytes_in(self, time: Duration) -> u64 {
        let bytes = u128::from(self.0) * time.as_nanos() / 1_000_000_000;
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }

    /// How many ticks so many bytes take at most; the longest time where nothing passes.
    pub(super) fn ticks_for(self, bytes: u64) -> u32 {
        if self.0 == 0 {
            return u32::MAX;
        }
        let ticks_in_second = u128::from(1_000_000_000 / TICK);
        let ticks = (u128::from(bytes) * ticks_in_second).div_ceil(self.0.into());
        u32::try_from(ticks).unwrap_or(u32::MAX)
    }

    /// How many bytes pass in so many ticks.
    pub(super) fn bytes_of(self, ticks: u32) -> u64 {
        let bytes = u128::from(ticks) * u128::from(TICK) * u128::from(self.0) / 1_000_000_000;
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

/// A time in ticks of the packet scheduler.
pub(super) fn ticks(time: Duration) -> u32 {
    u32::try_from(time.as_nanos() / u128::from(TICK)).unwrap_or(u32::MAX)
}

/// A time in microseconds.
pub(super) fn micros(time: Duration) -> u32 {
    u32::try_from(time.as_micros()).unwrap_or(u32::MAX)
}

/// Percent as a fraction of `u32::MAX`; what is no number is 0.
pub(super) fn percent(percent: f64) -> u32 {
    // A conversion to an integer saturates.
    (percent / 100.0 * f64::from(u32::MAX) + 0.5) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_struct_cannot_hold_is_an_attribute() {
        let rate = Rate::gbit(40);
        assert_eq!((rate.spec().rate, rate.beyond_spec()), (u32::MAX, Some(5_000_000_000)));
        assert_eq!(Rate::of(rate.spec(), rate.beyond_spec()), rate);
        assert_eq!((Rate::mbit(1).spec().rate, Rate::mbit(1).beyond_spec()), (125_000, None));
    }

    #[test]
    fn times_are_ticks_of_64_nanoseconds() {
        assert_eq!(ticks(Duration::from_millis(10)), 156_250);
        assert_eq!(ticks(Duration::from_secs(1000)), u32::MAX);
        assert_eq!(Rate::mbit(1).ticks_for(1600), 200_000);
        assert_eq!(Rate::kbit(333).bytes_of(Rate::kbit(333).ticks_for(20_000)), 20_000);
        assert_eq!(Rate::bytes(0).ticks_for(1), u32::MAX);
    }

    #[test]
    fn percent_is_a_fraction_of_all_bits() {
        assert_eq!([percent(100.0), percent(1.0), percent(0.0)], [u32::MAX, 42_949_673, 0]);
        assert_eq!([percent(f64::NAN), percent(-1.0), percent(1e9)], [0, 0, u32::MAX]);
    }
}
