//! From raw levels to a believed level: two equal samples confirm, a lone glitch is dropped.
//!
//! Which way a change goes decides how it is treated. *Rising* changes let a vehicle ask for power
//! and can wait; *falling* ones take power away and must be believed within [`OPEN_DECISION`] of the
//! last sample that said otherwise, however slowly the program samples.

use super::level::Level;
use super::timing::OPEN_DECISION;
use crate::units::Instant;

/// After a dropped glitch, the next disagreeing sample is believed unless this many agreed between.
const GLITCH_SPACING: u8 = 8;

/// What the pilot currently allows the filter to do.
#[derive(Clone, Copy)]
pub(super) struct Rules {
    /// The line settles after a switching: confirm falling changes as late as permitted.
    pub(super) settling: bool,
    /// Changes to this level are not believed at all.
    pub(super) ignore: Option<Level>,
}

#[derive(Clone, Copy)]
#[cfg_attr(test, derive(Hash))]
struct Candidate {
    level: Level,
    since: Instant,
    count: u8,
}

#[cfg_attr(test, derive(Clone, Hash))]
pub(super) struct Filter {
    confirmed: Option<Level>,
    /// First sample of the confirmed level, so that a debounce counts from the beginning.
    since: Instant,
    candidate: Option<Candidate>,
    /// Samples that agreed since the last one that did not, as far as [`GLITCH_SPACING`].
    agreeing: u8,
    last_agreed: Instant,
    last_sample: Instant,
}

impl Filter {
    pub(super) const fn new(now: Instant) -> Self {
        Self { confirmed: None, since: now, candidate: None, agreeing: 0, last_agreed: now, last_sample: now }
    }

    pub(super) const fn confirmed(&self) -> Option<Level> {
        self.confirmed
    }

    /// When the confirmed level was first seen.
    pub(super) const fn since(&self) -> Instant {
        self.since
    }

    /// Whether the newest sample agrees with what is believed.
    pub(super) const fn is_calm(&self) -> bool {
        self.candidate.is_none()
    }

    pub(super) const fn last_sample(&self) -> Instant {
        self.last_sample
    }

    /// Forgets everything: samples were missing for too long.
    pub(super) fn clear(&mut self) {
        self.confirmed = None;
        self.candidate = None;
        self.agreeing = 0;
    }

    /// Notes that a sample arrived without looking at it.
    pub(super) fn skip(&mut self, now: Instant) {
        self.candidate = None;
        self.last_sample = now;
        self.last_agreed = now;
    }

    /// Believes a falling change that no further sample confirmed or denied in time.
    pub(super) fn handle_timeout(&mut self, now: Instant, rules: Rules) {
        let Some(candidate) = self.candidate.filter(|c| rules.ignore != Some(c.level)) else { return };
        if self.confirmed.is_some_and(Level::wants_power)
            && now.has_passed_ms(self.last_agreed, OPEN_DECISION)
        {
            self.believe(now, candidate);
        }
    }

    /// When a falling change has to be believed for want of samples.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let falling = self.confirmed.is_some_and(Level::wants_power);
        self.candidate.filter(|_| falling).map(|_| self.last_agreed + OPEN_DECISION)
    }

    fn believe(&mut self, now: Instant, candidate: Candidate) {
        self.confirmed = Some(candidate.level);
        self.since = candidate.since;
        self.candidate = None;
        self.last_agreed = now;
    }

    /// Takes one level in.
    pub(super) fn handle(&mut self, now: Instant, level: Level, rules: Rules) {
        let next = now.after_millis(now.millis_since(self.last_sample));
        self.last_sample = now;
        if self.confirmed == Some(level) {
            self.candidate = None;
            self.agreeing = GLITCH_SPACING.min(self.agreeing + 1);
            self.last_agreed = now;
            return;
        }
        let count = match self.candidate {
            Some(c) if c.level == level => c.count.saturating_add(1),
            _ => 1,
        };
        let since = match self.candidate {
            Some(c) if c.level == level => c.since,
            _ => now,
        };
        let candidate = Candidate { level, since, count };
        self.candidate = Some(candidate);
        let frequent = self.agreeing < GLITCH_SPACING;
        self.agreeing = 0;
        if rules.ignore == Some(level) {
            return;
        }
        let falling = self.confirmed.is_some_and(Level::wants_power);
        let believed = if falling {
            // Also when one kind of "not C" follows another: none of them is C.
            let last_chance = next > self.last_agreed + OPEN_DECISION;
            last_chance || (!rules.settling && (count >= 2 || frequent))
        } else {
            count >= 2 && !(rules.settling && level.wants_power())
        };
        if believed {
            self.believe(now, candidate);
        }
    }
}

#[cfg(test)]
impl Filter {
    /// Takes the age from what is older than the limit it is compared with.
    pub(super) fn forget_ages(&mut self, now: Instant, timing: &super::Timing) {
        self.since = self.since.no_older_than(timing.ready_debounce, now);
        self.last_agreed = self.last_agreed.no_older_than(OPEN_DECISION, now);
        self.last_sample = self.last_sample.no_older_than(timing.sample_timeout, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Level::{A, B, C, D, Invalid};

    const QUIET: Rules = Rules { settling: false, ignore: None };
    const SETTLING: Rules = Rules { settling: true, ignore: None };

    fn feed(filter: &mut Filter, start: u64, period: u64, levels: &[Level], rules: Rules) -> Option<Level> {
        for (i, level) in levels.iter().enumerate() {
            filter.handle(Instant::from_millis(start + i as u64 * period), *level, rules);
        }
        filter.confirmed()
    }

    fn in_c() -> Filter {
        let mut filter = Filter::new(Instant::ZERO);
        assert_eq!(feed(&mut filter, 0, 20, &[C; 10], QUIET), Some(C));
        filter
    }

    #[test]
    fn two_equal_samples_confirm() {
        let mut filter = Filter::new(Instant::ZERO);
        assert_eq!(feed(&mut filter, 0, 20, &[B], QUIET), None);
        assert_eq!(feed(&mut filter, 20, 20, &[B], QUIET), Some(B));
        assert_eq!(filter.since(), Instant::ZERO);
    }

    #[test]
    fn two_different_samples_confirm_nothing_and_age_counts_from_the_first_of_two() {
        let mut filter = Filter::new(Instant::ZERO);
        assert_eq!(feed(&mut filter, 0, 20, &[A, A, B, C], QUIET), Some(A));
        assert_eq!(feed(&mut filter, 80, 20, &[C], QUIET), Some(C));
        assert_eq!(filter.since(), Instant::from_millis(60));
    }

    #[test]
    fn a_lone_glitch_is_dropped_and_a_second_soon_after_is_not() {
        let mut filter = in_c();
        assert_eq!(feed(&mut filter, 200, 20, &[B, C, C], QUIET), Some(C));
        assert_eq!(feed(&mut filter, 260, 20, &[B], QUIET), Some(B));
        let mut filter = in_c();
        assert_eq!(feed(&mut filter, 200, 20, &[Invalid, C, C, C, C, C, C, C, C, B, C], QUIET), Some(C));
    }

    #[test]
    fn leaving_c_is_believed_in_time_at_every_sampling_period() {
        for period in 1..=100 {
            for rules in [QUIET, SETTLING] {
                let mut filter = Filter::new(Instant::ZERO);
                feed(&mut filter, 0, period, &[C; 10], QUIET);
                let left = 9 * period;
                let mut now = left;
                while filter.confirmed() == Some(C) {
                    now += period;
                    filter.handle(Instant::from_millis(now), B, rules);
                }
                let limit = if period > 75 { 100 } else { 75 };
                assert!(now - left <= limit, "period {period}: {} ms", now - left);
            }
        }
    }

    #[test]
    fn a_change_nobody_sampled_again_is_believed_in_time() {
        let mut filter = in_c();
        assert_eq!(filter.poll_timeout(), None);
        assert_eq!(feed(&mut filter, 200, 20, &[B], QUIET), Some(C));
        // The last sample of C was at 180 ms.
        assert_eq!(filter.poll_timeout(), Some(Instant::from_millis(255)));
        filter.handle_timeout(Instant::from_millis(254), QUIET);
        assert_eq!(filter.confirmed(), Some(C));
        filter.handle_timeout(Instant::from_millis(255), QUIET);
        assert_eq!(filter.confirmed(), Some(B));
        assert_eq!(filter.poll_timeout(), None);
    }

    #[test]
    fn settling_waits_before_it_believes_either_way() {
        let mut filter = in_c();
        assert_eq!(feed(&mut filter, 200, 10, &[B, B, B, C], SETTLING), Some(C));
        let mut filter = Filter::new(Instant::ZERO);
        feed(&mut filter, 0, 20, &[B; 3], QUIET);
        assert_eq!(feed(&mut filter, 60, 20, &[C; 10], SETTLING), Some(B));
        assert_eq!(feed(&mut filter, 260, 20, &[C], QUIET), Some(C));
    }

    #[test]
    fn flickering_between_levels_that_are_not_c_still_leaves_c() {
        let mut filter = in_c();
        assert_eq!(feed(&mut filter, 200, 20, &[B, A], QUIET), Some(A));
        let mut filter = in_c();
        assert_ne!(feed(&mut filter, 200, 20, &[D, B, D, B], SETTLING), Some(C));
    }

    #[test]
    fn an_ignored_level_is_never_believed() {
        let mut filter = in_c();
        let rules = Rules { settling: false, ignore: Some(B) };
        assert_eq!(feed(&mut filter, 200, 20, &[B; 20], rules), Some(C));
        assert_eq!(feed(&mut filter, 600, 20, &[A; 2], rules), Some(A));
    }
}
