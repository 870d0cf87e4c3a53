//! What an EVSE may be drawing, whether or not it has followed its last set-point yet.
//!
//! A car has up to 5 s to follow a change of the pilot signal (IEC 61851-1 table A.6), the message that
//! carries the set-point takes its time, and it may be lost. Until a reduction has been confirmed and the
//! time to react is over, the *old*, higher offer must stay reserved.

use crate::units::{Instant, Milliamps, sooner};
use core::time::Duration;

/// Offers remembered besides the one in force; when more fall due, two are merged to the safe side.
const HELD: usize = 4;

/// An offer that was lowered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(Rust, packed(2))]
struct Held {
    /// 0 for a place that is free.
    current: Milliamps,
    /// When nobody follows it any more; `None` while the reduction is not confirmed.
    until: Option<Instant>,
}

impl Held {
    fn counts(&self, now: Instant) -> bool {
        self.until.is_none_or(|until| until > now)
    }
}

/// The offer in force and the higher ones that may still be drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    offer: Milliamps,
    /// In the order in which they were lowered, and so falling in current; free places at the end.
    held: [Held; HELD],
}

impl Ledger {
    /// The ledger of an EVSE known to be signalling this current.
    pub const fn new(offer: Milliamps) -> Self {
        Self { offer, held: [Held { current: Milliamps::ZERO, until: None }; HELD] }
    }

    /// The offer in force.
    pub const fn offer(&self) -> Milliamps {
        self.offer
    }

    /// The largest current the EVSE may be drawing at `now` if it obeys.
    pub fn possible(&self, now: Instant) -> Milliamps {
        let held = self.held.iter().filter(|held| held.counts(now)).map(|held| held.current);
        held.fold(self.offer, Milliamps::max)
    }

    /// The next instant at which [`Ledger::possible`] falls, as far as that is settled.
    pub fn next_release(&self, now: Instant) -> Option<Instant> {
        let held = self.held.iter().filter(|held| { held.current } > self.offer);
        held.fold(None, |next, held| sooner(now, next, held.until))
    }

    /// Puts a new offer in force. What was in force before stays possible until the change is confirmed and
    /// the time to react is over.
    pub fn set(&mut self, now: Instant, offer: Milliamps) {
        let before = self.offer;
        self.offer = offer;
        let mut kept = [Held::default(); HELD];
        let mut count = 0;
        let old = self.held.into_iter().filter(|held| held.counts(now) && { held.current } > before);
        let lowered = (before > offer).then_some(Held { current: before, until: None });
        for held in old.chain(lowered) {
            if let Some(slot) = kept.get_mut(count) {
                *slot = held;
                count += 1;
            } else if let Some(last) = kept.last_mut() {
                // No room: the last keeps its higher current for as long as the new one.
                last.until = held.until;
            }
        }
        self.held = kept;
    }

    /// The EVSE was heard after the last [`Ledger::set`]: reductions are over `reaction` later.
    pub fn confirm(&mut self, now: Instant, reaction: Duration) {
        for held in &mut self.held {
            held.until = held.until.or(Some(now.after(reaction)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REACTION: Duration = Duration::from_secs(5);

    fn second(seconds: u64) -> Instant {
        Instant::from_millis(seconds * 1000)
    }

    #[test]
    fn a_lowered_offer_stays_possible_for_the_reaction_time() {
        let mut ledger = Ledger::new(Milliamps(16_000));
        ledger.set(second(10), Milliamps(6_000));
        ledger.confirm(second(11), REACTION);
        ledger.confirm(second(12), REACTION);
        assert_eq!(ledger.possible(second(15)), Milliamps(16_000));
        assert_eq!(ledger.next_release(second(15)), Some(second(16)));
        assert_eq!(ledger.possible(second(16)), Milliamps(6_000));
        assert_eq!(ledger.next_release(second(16)), None);
    }

    #[test]
    fn without_confirmation_nothing_is_released() {
        let mut ledger = Ledger::new(Milliamps(16_000));
        ledger.set(second(10), Milliamps(6_000));
        assert_eq!(ledger.possible(second(10_000)), Milliamps(16_000));
        assert_eq!(ledger.next_release(second(10_000)), None);
    }

    #[test]
    fn a_raise_counts_at_once() {
        let mut ledger = Ledger::new(Milliamps(6_000));
        ledger.set(second(1), Milliamps(32_000));
        assert_eq!(ledger.possible(second(1)), Milliamps(32_000));
    }

    #[test]
    fn each_step_of_a_descent_is_released_in_its_own_time() {
        let mut ledger = Ledger::new(Milliamps(32_000));
        for (at, amps) in [(1, 24), (2, 16), (3, 8)] {
            ledger.set(second(at), Milliamps::from_amps(amps));
            ledger.confirm(second(at), REACTION);
        }
        let possible = [5, 6, 7, 8].map(|at| ledger.possible(second(at)).0 / 1000);
        assert_eq!(possible, [32, 24, 16, 8]);
    }

    #[test]
    fn what_is_over_or_no_reduction_takes_no_room() {
        let mut ledger = Ledger::new(Milliamps(16_000));
        let mut at = 0;
        let mut set = |ledger: &mut Ledger, amps: u32| {
            at += 1;
            ledger.set(second(at), Milliamps::from_amps(amps));
            ledger.confirm(second(at), Duration::ZERO);
        };
        // The same again is no reduction, up and down again is over each time: 16 A were lowered last at 24 s.
        for _ in 0..4 {
            [16, 10, 10, 16, 16, 10].into_iter().for_each(|amps| set(&mut ledger, amps));
        }
        assert_eq!(ledger.held.iter().filter(|held| { held.current } > Milliamps::ZERO).count(), 1);
        assert_eq!(ledger.possible(second(24)), Milliamps(10_000));
    }

    #[test]
    fn a_raise_over_what_is_held_leaves_nothing_to_release() {
        let mut ledger = Ledger::new(Milliamps(16_000));
        ledger.set(second(1), Milliamps(10_000));
        ledger.confirm(second(1), REACTION);
        ledger.set(second(2), Milliamps(16_000));
        assert_eq!(ledger.next_release(second(2)), None);
        // Lowered again, it is held for as long as the second reduction takes, once.
        ledger.set(second(3), Milliamps(12_000));
        ledger.confirm(second(3), REACTION);
        assert_eq!(ledger.possible(second(7)), Milliamps(16_000));
        assert_eq!(ledger.possible(second(8)), Milliamps(12_000));
    }

    #[test]
    fn a_long_descent_is_merged_to_the_safe_side() {
        let current = |step: u32| Milliamps(32_000 - 1_000 * step);
        let at = |step: u32| Instant::from_millis(u64::from(step) * 100);
        let mut ledger = Ledger::new(current(0));
        for step in 1..20 {
            ledger.set(at(step), current(step));
            ledger.confirm(at(step), REACTION);
        }
        // The offer before step `k` was lowered at step `k`.
        for now in 20..80 {
            let followed =
                (1..20).filter(|&step| at(step).after(REACTION) > at(now)).map(|step| current(step - 1));
            let really = followed.max().unwrap_or(current(19));
            assert!(ledger.possible(at(now)) >= really, "{now}");
        }
        assert_eq!(ledger.possible(at(80)), current(19));
    }
}
