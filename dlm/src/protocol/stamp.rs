//! Points in time in four bytes: a master of many members keeps seven for each.

use crate::units::Instant;
use core::num::NonZeroU32;
use core::time::Duration;

/// Milliseconds, and one, since the zero of a [`Calendar`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Stamp(NonZeroU32);

impl Stamp {
    /// Before anything that still matters.
    pub(super) const LONG_AGO: Self = Self(NonZeroU32::MIN);

    /// Time that passed since `earlier`; zero if that lies ahead.
    pub(super) fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::from(self.0.get().saturating_sub(earlier.0.get())))
    }

    pub(super) fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)))
    }

    pub(super) fn before(self, duration: Duration) -> Self {
        self.older(duration.as_millis())
    }

    fn older(self, millis: u128) -> Self {
        let left = u128::from(self.0.get()).saturating_sub(millis);
        Self(NonZeroU32::new(left as u32).unwrap_or(NonZeroU32::MIN))
    }
}

/// What stamps count from. It moves on, so that they never run over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Calendar {
    zero: Instant,
}

/// How stamps of before a move read after it: those that would lie before the new zero as long ago.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shift(u128);

impl Shift {
    pub(super) fn apply(self, stamp: &mut Stamp) {
        *stamp = stamp.older(self.0);
    }
}

impl Calendar {
    /// Age at which zero moves, 25 days.
    const LONG: u64 = 1 << 31;

    /// How much of the past is kept then: 12 days, more than anything lasts that [`Timing`](super::Timing) allows.
    const KEPT: u64 = 1 << 30;

    pub(super) fn stamp(&self, now: Instant) -> Stamp {
        let millis = now.since(self.zero).as_millis();
        Stamp::LONG_AGO.after(Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX)))
    }

    pub(super) fn instant(&self, stamp: Stamp) -> Instant {
        self.zero.after(stamp.since(Stamp::LONG_AGO))
    }

    /// Moves zero if it is time to; every stamp has to be shifted then.
    pub(super) fn advance(&mut self, now: Instant) -> Option<Shift> {
        let age = now.since(self.zero);
        if age < Duration::from_millis(Self::LONG) {
            return None;
        }
        let shift = age.saturating_sub(Duration::from_millis(Self::KEPT));
        self.zero = self.zero.after(shift);
        Some(Shift(shift.as_millis()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Instant {
        Instant::from_millis(millis)
    }

    #[test]
    fn a_stamp_is_a_point_in_time() {
        let calendar = Calendar::default();
        let (early, late) = (calendar.stamp(ms(0)), calendar.stamp(ms(5_000)));
        assert_eq!(early, Stamp::LONG_AGO);
        assert_eq!((late.since(early), early.since(late)), (Duration::from_secs(5), Duration::ZERO));
        assert_eq!(calendar.instant(late.after(Duration::from_secs(1))), ms(6_000));
        assert_eq!(late.before(Duration::from_secs(6)), Stamp::LONG_AGO);
    }

    #[test]
    fn zero_moves_and_differences_stay() {
        let mut calendar = Calendar::default();
        assert!(calendar.advance(ms(Calendar::LONG - 1)).is_none());
        let now = ms(Calendar::LONG);
        let [mut old, mut recent] = [ms(7), ms(Calendar::LONG - 10_000)].map(|at| calendar.stamp(at));
        let shift = calendar.advance(now).unwrap();
        shift.apply(&mut old);
        shift.apply(&mut recent);
        assert_eq!(old, Stamp::LONG_AGO);
        assert_eq!(calendar.stamp(now).since(recent), Duration::from_secs(10));
        assert_eq!(calendar.instant(recent), ms(Calendar::LONG - 10_000));
    }

    #[test]
    fn the_end_of_time_is_no_special_case() {
        let mut calendar = Calendar::default();
        let shift = calendar.advance(ms(u64::MAX)).unwrap();
        let mut stamp = Stamp::LONG_AGO.after(Duration::MAX);
        shift.apply(&mut stamp);
        assert_eq!(stamp, Stamp::LONG_AGO);
        assert_eq!(calendar.instant(calendar.stamp(ms(u64::MAX))), ms(u64::MAX));
    }
}
