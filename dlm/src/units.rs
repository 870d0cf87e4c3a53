//! Quantities with their unit in the type.
//!
//! Everything is an integer: an allocation that is right to the milliampere must not depend on how a
//! floating-point unit rounds. Arithmetic saturates, because a limit of "practically infinite" (a
//! manual's 9999 A, a register full of ones) is ordinary input.

use core::cmp::Ordering;
use core::fmt;
use core::num::NonZeroU16;
use core::time::Duration;

/// An RMS current of one conductor, in milliamperes.
///
/// IEC 61851-1 signals 6 A to 80 A; limits of a supply node may be far larger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Milliamps(pub u32);

impl Milliamps {
    /// No current: for an offer, "paused".
    pub const ZERO: Self = Self(0);
    /// The largest value; as a limit it never binds, as a load it leaves nothing.
    pub const MAX: Self = Self(u32::MAX);

    /// Whole amperes; saturates at [`Milliamps::MAX`].
    pub const fn from_amps(amps: u32) -> Self {
        Self(amps.saturating_mul(1000))
    }

    /// Difference, 0 where it would be negative.
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Sum, at most [`Milliamps::MAX`].
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl fmt::Display for Milliamps {
    /// Amperes with as many decimals as needed: `9 A`, `13.5 A`, `10.667 A`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (amps, rest) = (self.0 / 1000, self.0 % 1000);
        match rest {
            0 => write!(f, "{amps} A"),
            _ if rest % 100 == 0 => write!(f, "{amps}.{} A", rest / 100),
            _ if rest % 10 == 0 => write!(f, "{amps}.{:02} A", rest / 10),
            _ => write!(f, "{amps}.{rest:03} A"),
        }
    }
}

/// One current per grid phase, in the order L1, L2, L3.
pub type PhaseCurrents = [Milliamps; 3];

/// The same current on all three phases.
pub const fn three(current: Milliamps) -> PhaseCurrents {
    [current; 3]
}

/// Active power in watts; negative means export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Watts(pub i32);

impl fmt::Display for Watts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} W", self.0)
    }
}

/// Energy in watt-hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WattHours(pub u32);

/// RMS voltage of a conductor against neutral, in millivolts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millivolts(pub u32);

impl Millivolts {
    /// 230 V, the nominal voltage of European low-voltage grids (EN 50160).
    pub const NOMINAL: Self = Self(230_000);
}

/// A point of a monotonic clock, in milliseconds since a start the caller chose.
///
/// It is passed into every call that needs the time. It has nothing to do with the time of day, so a
/// clock that is set, or a leap second, changes no decision.
///
/// It takes six bytes, and no more in an `Option`: a site keeps a dozen for each EVSE. They reach from the start for
/// 8,918 years; whatever is later counts as [`Instant::MAX`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(Rust, packed(2))]
pub struct Instant {
    /// The bits above the lowest 32, and one more.
    high: NonZeroU16,
    low: u32,
}

impl Instant {
    /// The end of time.
    pub const MAX: Self = Self { high: NonZeroU16::MAX, low: u32::MAX };

    /// The point `millis` milliseconds after the clock's start.
    pub const fn from_millis(millis: u64) -> Self {
        if millis >= Self::MAX.as_millis() {
            return Self::MAX;
        }
        Self { high: NonZeroU16::MIN.saturating_add((millis >> 32) as u16), low: millis as u32 }
    }

    /// Milliseconds since the clock's start.
    pub const fn as_millis(self) -> u64 {
        (self.high.get() as u64 - 1) << 32 | self.low as u64
    }

    /// Time that passed since `earlier`; zero if that lies ahead.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.as_millis().saturating_sub(earlier.as_millis()))
    }

    /// Whether at least `duration` passed from `earlier` to this point.
    pub(crate) fn has_passed(self, earlier: Self, duration: Duration) -> bool {
        self.since(earlier) >= duration
    }

    /// This point moved by `duration` (whole milliseconds); the end of time where it would overflow.
    pub const fn after(self, duration: Duration) -> Self {
        let millis = duration.as_secs().saturating_mul(1000).saturating_add(duration.subsec_millis() as u64);
        Self::from_millis(self.as_millis().saturating_add(millis))
    }
}

/// The first of two points that is still ahead of `now`.
pub(crate) fn sooner(now: Instant, one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one.filter(|&at| at > now), other.filter(|&at| at > now)) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

impl Ord for Instant {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_millis().cmp(&other.as_millis())
    }
}

impl PartialOrd for Instant {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.as_millis())
    }
}

impl Default for Instant {
    /// The clock's start.
    fn default() -> Self {
        Self::from_millis(0)
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn currents_read_as_people_write_them() {
        let shown = [6_000, 13_500, 10_250, 10_667, 5].map(|value| Milliamps(value).to_string());
        assert_eq!(shown, ["6 A", "13.5 A", "10.25 A", "10.667 A", "0.005 A"]);
    }

    #[test]
    fn limits_beyond_any_fuse_saturate() {
        assert_eq!(Milliamps::from_amps(9_999_999), Milliamps::MAX);
        assert_eq!(Milliamps(5).saturating_sub(Milliamps(6)), Milliamps::ZERO);
    }

    #[test]
    fn instants_never_wrap() {
        let late = Instant::from_millis(Instant::MAX.as_millis() - 1);
        assert!(late < Instant::MAX);
        assert_eq!(late.after(Duration::from_secs(1)), Instant::MAX);
        assert_eq!(late.after(Duration::MAX), Instant::MAX);
        assert_eq!(Instant::from_millis(1).since(late), Duration::ZERO);
        assert_eq!(Instant::from_millis(u64::MAX), Instant::MAX);
    }

    #[test]
    fn an_instant_is_small_and_keeps_its_order_and_its_milliseconds() {
        let points = [0, 7, u32::MAX.into(), 1 << 32, (1 << 32) + 7, 1 << 40].map(Instant::from_millis);
        assert_eq!(points[5].as_millis(), 1 << 40);
        assert_eq!(points[2].after(Duration::from_millis(8)), points[4]);
        assert!(points.is_sorted());
        assert_eq!(size_of::<Option<Instant>>(), 6);
    }
}
