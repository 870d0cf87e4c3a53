//! [`Deadline`]: a moment at which a session has to be called again.
//!
//! Every block of a session keeps its own deadlines; the session's `poll_timeout` is the earliest of them. A deadline
//! that has passed stays due until it is acted upon, so calling late or twice changes nothing.

use core::time::Duration;

use crate::time::Instant;

/// A moment to act at, or never, which is the end of the clock: so the earlier of two is simply the smaller one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    pub(crate) const NEVER: Self = Self(Instant::MAX);

    pub(crate) const fn at(moment: Instant) -> Self {
        Self(moment)
    }

    pub(crate) fn after(now: Instant, pause: Duration) -> Self {
        Self(now + pause)
    }

    /// After a pause in seconds as the configuration keys give it; 0 means never.
    // Not inlined, for the many keys that are pauses.
    #[inline(never)]
    pub(crate) fn after_secs(now: Instant, secs: i32) -> Self {
        match secs {
            1.. => Self::after(now, Duration::from_secs(secs.unsigned_abs().into())),
            _ => Self::NEVER,
        }
    }

    pub(crate) fn is_set(self) -> bool {
        self != Self::NEVER
    }

    pub(crate) fn is_due(self, now: Instant) -> bool {
        self.is_set() && self.0 <= now
    }

    /// Whether the deadline is due; if so it is cleared.
    pub(crate) fn take_due(&mut self, now: Instant) -> bool {
        let due = self.is_due(now);
        if due {
            *self = Self::NEVER;
        }
        due
    }

    pub(crate) fn moment(self) -> Option<Instant> {
        self.is_set().then_some(self.0)
    }

    /// The earlier of two.
    pub(crate) fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn due_from_its_moment_on_and_only_once_taken() {
        let mut deadline = Deadline::at(Instant::from_millis(10));
        assert!(!deadline.is_due(Instant::from_millis(9)));
        assert!(deadline.is_due(Instant::from_millis(10)));
        assert!(deadline.take_due(Instant::from_millis(11)));
        assert!(!deadline.take_due(Instant::from_millis(11)));
        assert_eq!(deadline, Deadline::NEVER);
    }

    #[test]
    fn the_earlier_of_two_and_never_is_last() {
        let (early, late) = (Deadline::at(Instant::from_millis(1)), Deadline::at(Instant::from_millis(2)));
        assert_eq!(early.min(late), early);
        assert_eq!(Deadline::NEVER.min(late), late);
        assert_eq!(late.min(Deadline::NEVER), late);
    }

    #[test]
    fn an_interval_of_zero_never_comes() {
        assert_eq!(Deadline::after_secs(Instant::ZERO, 0), Deadline::NEVER);
        assert_eq!(Deadline::after_secs(Instant::ZERO, 3), Deadline::at(Instant::from_secs(3)));
    }
}
