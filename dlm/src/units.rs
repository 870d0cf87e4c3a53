//! Quantities with their unit in the type.
//!
//! Everything is an integer: an allocation that is right to the milliampere must not depend on how a
//! floating-point unit rounds. Arithmetic saturates, because a limit of "practically infinite" (a
//! manual's 9999 A, a register full of ones) is ordinary input.

use core::fmt;
use core::num::NonZeroU64;
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
/// One more than the milliseconds is kept, so that an `Option` of it takes no more room; the very last
/// millisecond of 64 bits counts as the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(NonZeroU64);

impl Instant {
    /// The point `millis` milliseconds after the clock's start.
    pub const fn from_millis(millis: u64) -> Self {
        Self(NonZeroU64::MIN.saturating_add(millis))
    }

    /// Milliseconds since the clock's start.
    pub const fn as_millis(self) -> u64 {
        self.0.get() - 1
    }

    /// Time that passed since `earlier`; zero if that lies ahead.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.get().saturating_sub(earlier.0.get()))
    }

    /// This point moved by `duration` (whole milliseconds); the end of time where it would overflow.
    pub const fn after(self, duration: Duration) -> Self {
        let millis = duration.as_millis();
        let moved = if millis > u64::MAX as u128 { u64::MAX } else { millis as u64 };
        Self(self.0.saturating_add(moved))
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
        let late = Instant::from_millis(u64::MAX - 1);
        assert_eq!(late.after(Duration::from_secs(1)), Instant::from_millis(u64::MAX));
        assert_eq!(Instant::from_millis(1).since(late), Duration::ZERO);
        assert_eq!(Instant::from_millis(7).as_millis(), 7);
        assert_eq!(Instant::from_millis(u64::MAX).as_millis(), u64::MAX - 1);
    }
}
