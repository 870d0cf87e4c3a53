//! Monotonic time, passed in by the caller.

use core::ops::Add;
use core::time::Duration;

/// A moment on the caller's monotonic clock, in milliseconds since any fixed start. It has nothing to do with the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

impl Instant {
    /// The moment `millis` milliseconds after the start of the clock.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the start of the clock.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Time passed since `earlier`; nothing if that is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// Rounds up to whole milliseconds and stays at the end of the clock's range.
impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        let millis = span.as_nanos().div_ceil(1_000_000);
        Self(self.0.saturating_add(u64::try_from(millis).unwrap_or(u64::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adding_rounds_up_and_saturates() {
        let at = Instant::from_millis;
        assert_eq!(at(1) + Duration::from_millis(2), at(3));
        assert_eq!(at(1) + Duration::from_micros(1), at(2));
        assert_eq!(at(1) + Duration::MAX, at(u64::MAX));
        assert_eq!(at(5).since(at(3)), Duration::from_millis(2));
        assert_eq!(at(3).since(at(5)), Duration::ZERO);
    }
}
