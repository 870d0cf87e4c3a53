//! What an EVSE may be drawing, whether or not it has followed its last set-point yet.
//!
//! A car has up to 5 s to follow a change of the pilot signal (IEC 61851-1 table A.6), and the message
//! that carries the set-point takes its time too. Until then the *old*, higher offer must stay
//! reserved. So every offer is kept in the ledger for the reaction time after it was lowered.

use crate::units::{Instant, Milliamps};
use core::time::Duration;

/// Offers remembered besides the one in force; when more fall due, two are merged to the safe side.
const HELD: usize = 4;

/// The offer in force and the higher ones that may still be drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    offer: Milliamps,
    /// Lowered offers and when each is over; falling in current, rising in time, `None` at the end.
    held: [Option<(Milliamps, Instant)>; HELD],
}

impl Ledger {
    /// The offer in force.
    pub const fn offer(&self) -> Milliamps {
        self.offer
    }

    /// The largest current the EVSE may be drawing at `now` if it obeys.
    pub fn possible(&self, now: Instant) -> Milliamps {
        let held = self.held.iter().flatten().filter(|(_, until)| *until > now).map(|&(current, _)| current);
        held.fold(self.offer, Milliamps::max)
    }

    /// The next instant at which [`Ledger::possible`] falls.
    pub fn next_release(&self, now: Instant) -> Option<Instant> {
        let held = self.held.iter().flatten();
        held.filter(|(current, until)| *until > now && *current > self.offer).map(|&(_, until)| until).min()
    }

    /// Puts a new offer in force. What was in force before stays possible for `reaction`.
    pub fn set(&mut self, now: Instant, offer: Milliamps, reaction: Duration) {
        let before = self.offer;
        self.offer = offer;
        let mut kept = [None; HELD];
        let mut count = 0;
        let old =
            self.held.iter().flatten().copied().filter(|&(current, until)| until > now && current > before);
        let lowered = (before > offer).then(|| (before, now.after(reaction)));
        for entry in old.chain(lowered) {
            if let Some(slot) = kept.get_mut(count) {
                *slot = Some(entry);
                count += 1;
            } else if let Some(Some(last)) = kept.last_mut() {
                // No room: the last keeps its higher current for the later time.
                last.1 = entry.1;
            }
        }
        self.held = kept;
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
        let mut ledger = Ledger::default();
        ledger.set(second(0), Milliamps(16_000), REACTION);
        ledger.set(second(10), Milliamps(6_000), REACTION);
        assert_eq!(ledger.possible(second(14)), Milliamps(16_000));
        assert_eq!(ledger.next_release(second(14)), Some(second(15)));
        assert_eq!(ledger.possible(second(15)), Milliamps(6_000));
        assert_eq!(ledger.next_release(second(15)), None);
    }

    #[test]
    fn a_raise_counts_at_once() {
        let mut ledger = Ledger::default();
        ledger.set(second(0), Milliamps(6_000), REACTION);
        ledger.set(second(1), Milliamps(32_000), REACTION);
        assert_eq!(ledger.possible(second(1)), Milliamps(32_000));
    }

    #[test]
    fn each_step_of_a_descent_is_released_in_its_own_time() {
        let mut ledger = Ledger::default();
        for (at, amps) in [(0, 32), (1, 24), (2, 16), (3, 8)] {
            ledger.set(second(at), Milliamps::from_amps(amps), REACTION);
        }
        let possible = [5, 6, 7, 8].map(|at| ledger.possible(second(at)).0 / 1000);
        assert_eq!(possible, [32, 24, 16, 8]);
    }

    #[test]
    fn a_long_descent_is_merged_to_the_safe_side() {
        let mut ledger = Ledger::default();
        let at = |step: u64| Instant::from_millis(step * 100);
        for step in 0..20 {
            ledger.set(at(step), Milliamps(32_000 - 1_000 * step as u32), REACTION);
        }
        for step in 0..70 {
            let really = (0..20).filter(|&set| at(set + 1).after(REACTION) > at(step) || set == 19);
            let really = really.map(|set| 32_000 - 1_000 * set as u32).max().unwrap();
            assert!(step < 20 || ledger.possible(at(step)).0 >= really, "step {step}");
        }
    }
}
