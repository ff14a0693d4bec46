//! The units of traffic control: bytes per second, ticks of the packet scheduler, fractions of 32 bits.

use super::NotRepresentable;
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

    /// So many bits per second, rounded down to whole bytes.
    #[must_use]
    pub const fn bit(per_second: u64) -> Self {
        Self(per_second / 8)
    }

    /// So many thousand bits per second.
    #[must_use]
    pub const fn kbit(per_second: u32) -> Self {
        Self(of_bits(per_second, 1_000))
    }

    /// So many million bits per second.
    #[must_use]
    pub const fn mbit(per_second: u32) -> Self {
        Self(of_bits(per_second, 1_000_000))
    }

    /// So many thousand million bits per second.
    #[must_use]
    pub const fn gbit(per_second: u32) -> Self {
        Self(of_bits(per_second, 1_000_000_000))
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

    /// How many bytes pass in this time, unless they are too many for a number of 64 bits.
    pub(super) fn bytes_in(self, time: Duration) -> Option<u64> {
        let bytes = u128::from(self.0).checked_mul(time.as_nanos())? / 1_000_000_000;
        u64::try_from(bytes).ok()
    }

    /// How many ticks so many bytes take at most.
    pub(super) fn ticks_for(self, bytes: u64) -> Result<u32, NotRepresentable> {
        let ticks_in_second = u128::from(1_000_000_000 / TICK);
        let ticks = (u128::from(bytes) * ticks_in_second).checked_next_multiple_of(self.0.into());
        let ticks = ticks.and_then(|ticks| ticks.checked_div(self.0.into()));
        ticks
            .and_then(|ticks| u32::try_from(ticks).ok())
            .ok_or(NotRepresentable::new("a burst takes 274 s at most, at its rate"))
    }

    /// How many bytes pass in so many ticks.
    pub(super) fn bytes_of(self, ticks: u32) -> u64 {
        let bytes = u128::from(ticks) * u128::from(TICK) * u128::from(self.0) / 1_000_000_000;
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

/// Bytes out of bits, of which there are so many thousands, millions or thousand millions: 64 bits hold all of them.
const fn of_bits(count: u32, unit: u64) -> u64 {
    // `From` is not to be had in a constant.
    count as u64 * (unit / 8)
}

/// A time in ticks of the packet scheduler, rounded down.
pub(super) fn ticks(time: Duration) -> Result<u32, NotRepresentable> {
    let ticks = u32::try_from(time.as_nanos() / u128::from(TICK));
    ticks.map_err(|_| NotRepresentable::new("a time is 274 s at most"))
}

/// A time in microseconds, rounded down.
pub(super) fn micros(time: Duration) -> Result<u32, NotRepresentable> {
    u32::try_from(time.as_micros()).map_err(|_| NotRepresentable::new("a time is 4294 s at most"))
}

/// Percent as a fraction of `u32::MAX`.
pub(super) fn percent(percent: f64) -> Result<u32, NotRepresentable> {
    match (0.0..=100.0).contains(&percent) {
        // Rounded: it is in range.
        true => Ok((percent / 100.0 * f64::from(u32::MAX) + 0.5) as u32),
        false => Err(NotRepresentable::new("a share is from 0 to 100 percent")),
    }
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
    fn bits_of_every_unit_fit() {
        assert_eq!(Rate::gbit(u32::MAX).get(), 4_294_967_295 * 125_000_000);
        assert_eq!(
            (Rate::mbit(8), Rate::kbit(8), Rate::bit(17)),
            (Rate::bytes(1_000_000), Rate::bytes(1000), Rate::bytes(2))
        );
    }

    #[test]
    fn times_are_ticks_of_64_nanoseconds() {
        assert_eq!(ticks(Duration::from_millis(10)), Ok(156_250));
        assert!(ticks(Duration::from_secs(274)).is_ok() && ticks(Duration::from_secs(275)).is_err());
        assert!(micros(Duration::from_secs(4294)).is_ok() && micros(Duration::from_secs(4295)).is_err());
        assert_eq!(Rate::mbit(1).ticks_for(1600), Ok(200_000));
        assert_eq!(Rate::kbit(333).bytes_of(Rate::kbit(333).ticks_for(20_000).unwrap()), 20_000);
        assert_eq!(Rate::bytes(1).ticks_for(274), Ok(4_281_250_000));
        assert!(Rate::bytes(1).ticks_for(275).is_err() && Rate::bytes(0).ticks_for(1).is_err());
    }

    #[test]
    fn percent_is_a_fraction_of_all_bits() {
        assert_eq!([100.0, 1.0, 0.0].map(percent), [u32::MAX, 42_949_673, 0].map(Ok));
        assert!([f64::NAN, -1.0, 100.1].map(percent).iter().all(Result::is_err));
    }
}
