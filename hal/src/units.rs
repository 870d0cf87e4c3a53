//! Units of the crate: integers with the unit in the type.
//!
//! Time is monotonic and handed in by the caller, so nothing here reads a clock. Spans of time are
//! [`core::time::Duration`]; fractions of a millisecond are ignored by [`Instant`].

use core::fmt;
use core::num::NonZeroU64;
use core::ops::Add;
use core::time::Duration;

/// A point on the caller's monotonic clock, in milliseconds since an origin only the caller knows.
///
/// Arithmetic saturates: a clock that has run for 584 million years is not worth a panic. An
/// `Option<Instant>` takes no more room than the point itself, and the machines keep many of those.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(
    /// One more than the milliseconds, so that zero is left for `None`.
    NonZeroU64,
);

impl Instant {
    /// The origin of the clock, usually the moment the controller started.
    pub const ZERO: Self = Self(NonZeroU64::MIN);

    /// The point `millis` milliseconds after the origin.
    pub const fn from_millis(millis: u64) -> Self {
        Self(NonZeroU64::MIN.saturating_add(millis))
    }

    /// Milliseconds since the origin.
    pub const fn as_millis(self) -> u64 {
        self.0.get() - 1
    }

    /// How much later this point is than `earlier`; zero when it is not later at all.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.millis_since(earlier))
    }

    /// [`since`](Self::since) in milliseconds.
    pub(crate) const fn millis_since(self, earlier: Self) -> u64 {
        self.0.get().saturating_sub(earlier.0.get())
    }

    /// The point `span` after this one; `+` for constant functions.
    #[inline(never)] // Dozens of callers, and more instructions than a call.
    pub const fn after(self, span: Duration) -> Self {
        self.after_millis(millis(span))
    }

    /// [`after`](Self::after) in milliseconds.
    pub(crate) const fn after_millis(self, span: u64) -> Self {
        Self(self.0.saturating_add(span))
    }

    /// Whether at least `limit` has passed from `earlier` to this point.
    // Every sample asks this dozens of times: only where flash is scarcer than time it costs a call.
    #[cfg_attr(target_os = "none", inline(never))]
    pub const fn has_passed_ms(self, earlier: Self, limit: Millis) -> bool {
        self.millis_since(earlier) >= limit.0 as u64
    }

    /// Whether at least `span` has passed from `earlier` to this point.
    #[inline(never)] // As with `after`.
    pub const fn has_passed(self, earlier: Self, span: Duration) -> bool {
        self.millis_since(earlier) >= millis(span)
    }
}

/// A span of at most 65 s in milliseconds, for the many limits a machine keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub u16);

impl Millis {
    /// The span as the standard library has it.
    pub const fn duration(self) -> Duration {
        Duration::from_millis(self.0 as u64)
    }
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.0)
    }
}

impl Default for Instant {
    fn default() -> Self {
        Self::ZERO
    }
}

#[cfg(test)]
impl Instant {
    /// This point, or the one `limit` before `now` if it is older: past its limit, age is no matter.
    pub(crate) fn no_older_than(self, limit: Millis, now: Self) -> Self {
        self.max(Self::from_millis(now.as_millis().saturating_sub(limit.0.into())))
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        self.after(span)
    }
}

impl Add<Millis> for Instant {
    type Output = Self;

    #[inline(never)] // As with `after`.
    fn add(self, limit: Millis) -> Self {
        Self(self.0.saturating_add(limit.0.into()))
    }
}

/// Whole milliseconds of a span, without the 128 bit arithmetic of [`Duration::as_millis`].
#[inline(never)] // As with `Instant::after`.
pub(crate) const fn millis(span: Duration) -> u64 {
    span.as_secs().saturating_mul(1000).saturating_add(span.subsec_millis() as u64)
}

/// The earlier of two optional points; `None` means never.
#[cfg_attr(target_os = "none", inline(never))] // As `Instant::has_passed_ms`.
pub(crate) fn earliest(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Electric current per phase in mA.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Milliamps(pub u32);

impl Milliamps {
    /// `amps` whole amperes; saturates at the type's largest value.
    pub const fn from_amps(amps: u32) -> Self {
        Self(amps.saturating_mul(1000))
    }
}

impl fmt::Display for Milliamps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03} A", self.0 / 1000, self.0 % 1000)
    }
}

/// Electric tension in mV, with its sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millivolts(pub i32);

impl fmt::Display for Millivolts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:03} V", self.0.unsigned_abs() / 1000, self.0.unsigned_abs() % 1000)
    }
}

/// Resistance in ohms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ohms(pub u32);

impl fmt::Display for Ohms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ohm", self.0)
    }
}

/// Temperature in tenths of a degree Celsius.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeciCelsius(pub i16);

impl fmt::Display for DeciCelsius {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{} °C", self.0.unsigned_abs() / 10, self.0.unsigned_abs() % 10)
    }
}

/// Frequency in millihertz.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millihertz(pub u32);

/// Phases a charging point may use at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phases {
    /// One phase and neutral.
    One,
    /// Three phases.
    #[default]
    Three,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_saturates_and_never_runs_backwards() {
        let late = Instant::from_millis(u64::MAX);
        assert_eq!(late + Duration::from_secs(1), late);
        assert_eq!(Instant::from_millis(5).since(Instant::from_millis(9)), Duration::ZERO);
        assert_eq!(millis(Duration::MAX), u64::MAX);
        assert!(Instant::from_millis(100).has_passed(Instant::ZERO, Duration::from_millis(100)));
        assert!(!Instant::from_millis(99).has_passed(Instant::ZERO, Duration::from_millis(100)));
        assert_eq!(Instant::from_millis(99).as_millis(), 99);
        assert_eq!(size_of::<Option<Instant>>(), size_of::<Instant>());
    }

    #[test]
    fn the_earlier_deadline_wins_and_none_is_never() {
        let (a, b) = (Instant::from_millis(1), Instant::from_millis(2));
        assert_eq!(earliest(Some(a), Some(b)), Some(a));
        assert_eq!(earliest(None, Some(b)), Some(b));
        assert_eq!(earliest(None, None), None);
    }

    #[test]
    fn display_shows_the_unit() {
        extern crate alloc;
        use alloc::string::ToString;
        assert_eq!(Milliamps(16_050).to_string(), "16.050 A");
        assert_eq!(Millivolts(-12_003).to_string(), "-12.003 V");
        assert_eq!(Millivolts(-250).to_string(), "-0.250 V");
        assert_eq!(Ohms(680).to_string(), "680 ohm");
        assert_eq!(Millis(75).to_string(), "75 ms");
        assert_eq!(DeciCelsius(-5).to_string(), "-0.5 °C");
    }
}
