//! Limits by time of day: Bender's maximum-current scheduler.
//!
//! Wall time comes in as a weekday and seconds since local midnight, because only the program knows the
//! time zone. What comes out is a [`Limit`] on the monotonic clock that ends when the schedule changes. If
//! the wall clock is set, asking again gives the right answer; nothing is remembered.

use crate::limits::{Limit, Role};
use crate::units::{Instant, PhaseCurrents};
use core::time::Duration;

/// Seconds of a day.
const DAY: u32 = 86_400;

/// A set of weekdays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days(u8);

impl Days {
    /// All seven.
    pub const ALL: Self = Self(0b111_1111);
    /// Monday to Friday.
    pub const WORKDAYS: Self = Self(0b001_1111);
    /// Saturday and Sunday.
    pub const WEEKEND: Self = Self(0b110_0000);

    /// The set of one day: 0 is Monday, 6 is Sunday; anything else is no day.
    pub const fn of(weekday: u8) -> Self {
        if weekday < 7 { Self(1 << weekday) } else { Self(0) }
    }

    /// Days of either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn contains(self, weekday: u8) -> bool {
        weekday < 7 && self.0 & (1 << weekday) != 0
    }
}

/// A moment of a week in local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    /// 0 is Monday, 6 is Sunday.
    pub weekday: u8,
    /// Seconds since midnight, below 86,400.
    pub second: u32,
}

/// A limit from one time of day to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Days on which it begins.
    pub days: Days,
    /// First second of the day, below 86,400.
    pub from: u32,
    /// First second after it. Not above `from`: it ends on the next day.
    pub to: u32,
    /// The most that may flow meanwhile.
    pub currents: PhaseCurrents,
}

impl Window {
    fn holds(&self, time: LocalTime) -> bool {
        let today = self.days.contains(time.weekday);
        if self.from < self.to {
            return today && (self.from..self.to).contains(&time.second);
        }
        let yesterday = self.days.contains((time.weekday % 7 + 6) % 7);
        today && time.second >= self.from || yesterday && time.second < self.to
    }
}

/// The limit that holds at `time`, which is `now` on the monotonic clock: of all windows the lowest on each
/// phase. It ends with the next begin or end of a window, and the schedule has to be asked again then; the
/// second value says when that is, whether or not a limit holds.
pub fn limit_at(windows: &[Window], now: Instant, time: LocalTime) -> (Option<Limit>, Option<Instant>) {
    let holding = windows.iter().filter(|window| window.holds(time)).map(|window| window.currents);
    let lowest = holding.reduce(|left, right| core::array::from_fn(|phase| left[phase].min(right[phase])));
    let edges = windows.iter().flat_map(|window| [window.from, window.to]);
    // The edge of today or, if that is over, of tomorrow.
    let waits = edges.map(|edge| (edge % DAY + DAY - time.second % DAY - 1) % DAY + 1);
    let next = waits.min().map(|seconds| now.after(Duration::from_secs(seconds.into())));
    let limit = lowest.map(|currents| {
        let limit = Limit::per_phase(Role::Scheduler, currents);
        next.map_or(limit, |end| limit.until(end))
    });
    (limit, next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{Milliamps, three};

    const HOUR: u32 = 3_600;
    const NOW: Instant = Instant::from_millis(1_000);

    fn window(days: Days, from: u32, to: u32, amps: u32) -> Window {
        Window { days, from: from * HOUR, to: to * HOUR, currents: three(Milliamps::from_amps(amps)) }
    }

    fn at(weekday: u8, hour: u32) -> LocalTime {
        LocalTime { weekday, second: hour * HOUR }
    }

    fn amps(windows: &[Window], time: LocalTime) -> Option<u32> {
        limit_at(windows, NOW, time).0.map(|limit| limit.currents[0].0 / 1000)
    }

    #[test]
    fn windows_hold_from_their_first_to_their_last_second() {
        let windows = [window(Days::WORKDAYS, 8, 18, 16)];
        let found = [at(0, 7), at(0, 8), at(0, 17), at(0, 18), at(5, 12)].map(|time| amps(&windows, time));
        assert_eq!(found, [None, Some(16), Some(16), None, None]);
    }

    #[test]
    fn a_night_belongs_to_the_day_it_begins_on() {
        let windows = [window(Days::of(6), 22, 6, 10)];
        let found = [at(6, 5), at(6, 23), at(0, 5), at(0, 6)].map(|time| amps(&windows, time));
        assert_eq!(found, [None, Some(10), Some(10), None]);
    }

    #[test]
    fn the_lowest_window_counts_and_the_limit_ends_with_the_next_change() {
        let windows = [window(Days::ALL, 0, 0, 32), window(Days::ALL, 12, 14, 8)];
        assert_eq!(amps(&windows, at(3, 13)), Some(8));
        let (limit, next) = limit_at(&windows, NOW, at(3, 13));
        let end = NOW.after(Duration::from_secs(3_600));
        assert_eq!(next, Some(end));
        assert_eq!(limit.and_then(|limit| limit.at(end)), None);
        // At 14 o'clock the next change is midnight.
        assert_eq!(limit_at(&windows, NOW, at(3, 14)).1, Some(NOW.after(Duration::from_secs(36_000))));
    }

    #[test]
    fn asking_at_the_instant_named_gives_the_next_window() {
        let windows = [window(Days::ALL, 6, 9, 20), window(Days::WEEKEND, 9, 23, 10)];
        let mut time = at(5, 0);
        let mut seen = [0; 4];
        for amps_seen in &mut seen {
            let (limit, next) = limit_at(&windows, NOW, time);
            *amps_seen = limit.map_or(0, |limit| limit.currents[0].0 / 1000);
            time.second += next.map_or(0, |next| next.since(NOW).as_secs() as u32);
        }
        assert_eq!(seen, [0, 20, 10, 0]);
    }
}
