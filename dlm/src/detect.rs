//! What the measured currents of an EVSE say about the car: the conductors it uses, its appetite, and
//! whether it sleeps.
//!
//! The first two only ever free current that was *not* drawn for a while, and give it back at once when the car
//! turns out to want it. Until something is measured, every wired conductor and the whole offer count
//! (Bender 7.6, KEBA 5.1.4: only the phases that are really used are reserved).

use crate::phases::Terminals;
use crate::units::{Instant, Milliamps};
use core::time::Duration;

/// A conductor with at least this current is in use.
const IN_USE: Milliamps = Milliamps(1_000);
/// A conductor with less than this current may be unused. Between the two nothing changes.
const UNUSED: Milliamps = Milliamps(500);
/// Only a car that draws at least this on some conductor tells anything: half the least offer of
/// IEC 61851-1.
const CHARGING: Milliamps = Milliamps(3_000);

/// Learns which terminals a car draws from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhaseDetector {
    wired: Terminals,
    in_use: Terminals,
    /// Since when each terminal has been without current while the car was charging.
    unused_since: [Option<Instant>; 3],
}

impl PhaseDetector {
    /// Nothing learnt yet: all wired terminals count.
    pub const fn new(wired: Terminals) -> Self {
        Self { wired, in_use: wired, unused_since: [None; 3] }
    }

    /// Forgets what was learnt, for the next car.
    pub fn reset(&mut self) {
        *self = Self::new(self.wired);
    }

    /// Terminals to be counted.
    pub const fn in_use(&self) -> Terminals {
        self.in_use
    }

    /// Takes a measurement in. A terminal is dropped after `patience` without current while another one
    /// carried some, and counted again the moment it carries current.
    pub fn handle_measured(&mut self, now: Instant, measured: [Milliamps; 3], patience: Duration) {
        let charging = measured.iter().any(|&current| current >= CHARGING);
        let mut flags = [false; 3];
        for (place, (flag, current)) in flags.iter_mut().zip(measured).enumerate() {
            let Some(since) = self.unused_since.get_mut(place) else { continue };
            *since = since.or(Some(now)).filter(|_| charging && current < UNUSED);
            let dropped = since.is_some_and(|since| now >= since.after(patience));
            *flag = current >= IN_USE || self.in_use.contains(place) && !dropped;
        }
        let learnt = Terminals::from_flags(flags).intersection(self.wired);
        if !learnt.is_empty() {
            self.in_use = learnt;
        }
    }
}

/// Learns how much of its offer a car takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appetite {
    /// The most it is offered while it takes less than it could have, [`Milliamps::MAX`] if it does not.
    cap: Milliamps,
    /// Since when it has been leaving some of its offer.
    leaving_since: Option<Instant>,
    /// The most it has drawn since then.
    most: Milliamps,
}

impl Default for Appetite {
    fn default() -> Self {
        Self { cap: Milliamps::MAX, leaving_since: None, most: Milliamps::ZERO }
    }
}

/// When a car counts as taking less than its offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppetiteSettings {
    /// How long it must have taken less: a car needs a while to ramp up.
    pub patience: Duration,
    /// What it is offered above what it draws, so that it can show that it wants more.
    pub margin: Milliamps,
}

impl Default for AppetiteSettings {
    /// One minute, 1 A.
    fn default() -> Self {
        Self { patience: Duration::from_secs(60), margin: Milliamps(1_000) }
    }
}

impl Appetite {
    /// The most the car should be offered, `None` if it takes what it gets.
    pub const fn cap(&self) -> Option<Milliamps> {
        if self.cap.0 == Milliamps::MAX.0 { None } else { Some(self.cap) }
    }

    /// Takes in the largest measured current of a car that was offered `offer`.
    ///
    /// The cap is lifted as soon as the car takes its offer up to half the margin.
    pub fn handle_measured(
        &mut self,
        now: Instant,
        drawn: Milliamps,
        offer: Milliamps,
        settings: &AppetiteSettings,
    ) {
        let margin = settings.margin;
        if offer == Milliamps::ZERO {
            self.leaving_since = None;
        } else if drawn.saturating_add(Milliamps(margin.0 / 2)) >= offer {
            *self = Self::default();
        } else if drawn.saturating_add(margin) < offer {
            if self.leaving_since.is_none() {
                self.most = Milliamps::ZERO;
            }
            let since = *self.leaving_since.get_or_insert(now);
            self.most = self.most.max(drawn);
            if now >= since.after(settings.patience) {
                self.cap = self.most.saturating_add(margin);
                self.leaving_since = None;
            }
        }
    }
}

/// Notices a car that fell asleep while it was paused and does not come back with the current (Bender 7.4:
/// EV wake-up).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slumber {
    /// Since when it has been offered current again without drawing any.
    offered_since: Option<Instant>,
    paused: bool,
}

impl Slumber {
    /// Takes in what the car is offered and draws; says whether it should be woken now. That is said once
    /// for each pause.
    pub fn handle_measured(
        &mut self,
        now: Instant,
        drawn: Milliamps,
        offer: Milliamps,
        patience: Duration,
    ) -> bool {
        if offer == Milliamps::ZERO {
            *self = Self { offered_since: None, paused: true };
        } else if drawn >= IN_USE {
            *self = Self::default();
        }
        let since = self.offered_since.or(Some(now)).filter(|_| self.paused && offer > Milliamps::ZERO);
        let due = since.is_some_and(|since| now >= since.after(patience));
        *self = if due { Self::default() } else { Self { offered_since: since, ..*self } };
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);
    const NONE: Milliamps = Milliamps::ZERO;
    const A10: Milliamps = Milliamps::from_amps(10);

    fn second(seconds: u64) -> Instant {
        Instant::from_millis(seconds * 1000)
    }

    #[test]
    fn unused_terminals_are_dropped_after_a_while_and_return_at_once() {
        let mut detector = PhaseDetector::new(Terminals::THREE);
        detector.handle_measured(second(0), [A10, NONE, NONE], PATIENCE);
        detector.handle_measured(second(19), [A10, NONE, NONE], PATIENCE);
        assert_eq!(detector.in_use(), Terminals::THREE);
        detector.handle_measured(second(20), [A10, NONE, NONE], PATIENCE);
        assert_eq!(detector.in_use(), Terminals::ONE);
        detector.handle_measured(second(21), [A10, Milliamps(999), NONE], PATIENCE);
        assert_eq!(detector.in_use(), Terminals::ONE);
        detector.handle_measured(second(22), [A10, Milliamps(1_000), NONE], PATIENCE);
        assert_eq!(detector.in_use(), Terminals::TWO);
    }

    #[test]
    fn a_car_that_does_not_charge_teaches_nothing() {
        let mut detector = PhaseDetector::new(Terminals::THREE);
        for at in 0..100 {
            detector.handle_measured(second(at), [Milliamps(2_000), NONE, NONE], PATIENCE);
        }
        assert_eq!(detector.in_use(), Terminals::THREE);
    }

    #[test]
    fn a_terminal_must_be_without_current_all_the_time() {
        let mut detector = PhaseDetector::new(Terminals::THREE);
        for at in 0..60 {
            let second_conductor = if at % 15 == 0 { Milliamps(600) } else { NONE };
            detector.handle_measured(second(at), [A10, second_conductor, A10], PATIENCE);
        }
        assert_eq!(detector.in_use(), Terminals::THREE);
    }

    #[test]
    fn what_a_car_leaves_is_freed_and_given_back_when_it_takes_all() {
        let settings = AppetiteSettings::default();
        let mut appetite = Appetite::default();
        for at in 0..60 {
            appetite.handle_measured(second(at), Milliamps(9_800), Milliamps(16_000), &settings);
            assert_eq!(appetite.cap(), None);
        }
        appetite.handle_measured(second(60), A10, Milliamps(16_000), &settings);
        assert_eq!(appetite.cap(), Some(Milliamps(11_000)));
        appetite.handle_measured(second(61), Milliamps(10_400), Milliamps(11_000), &settings);
        assert_eq!(appetite.cap(), Some(Milliamps(11_000)));
        appetite.handle_measured(second(62), Milliamps(10_500), Milliamps(11_000), &settings);
        assert_eq!(appetite.cap(), None);
    }

    #[test]
    fn a_car_that_sleeps_through_the_end_of_a_pause_is_woken_once() {
        let mut slumber = Slumber::default();
        let mut step = |at, drawn, offer| slumber.handle_measured(second(at), drawn, offer, PATIENCE);
        // Not drawing at the start of a session is no sleep.
        assert!(!step(0, NONE, A10) && !step(100, NONE, A10));
        assert!(!step(101, NONE, NONE));
        assert!(!step(110, NONE, A10) && !step(129, NONE, A10));
        assert!(step(130, NONE, A10));
        assert!(!step(131, NONE, A10) && !step(500, NONE, A10));
        // One that comes back by itself is left alone.
        assert!(!step(501, NONE, NONE) && !step(502, NONE, A10) && !step(503, A10, A10));
        assert!(!step(504, NONE, A10) && !step(600, NONE, A10));
    }
}
