//! The station's side of the line: which signal to send, and when it may change.

use core::fmt;

use super::duty::Duty;
use super::timing::Timing;
use crate::units::Instant;

/// What the pilot generator has to put on the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Signal {
    /// Constant +12 V: the states A1, B1, C1, D1. No current is allowed.
    Constant,
    /// 1 kHz between +12 V and -12 V: the states with index 2.
    Pwm(Duty),
    /// Constant -12 V: state F.
    Negative,
    /// The line is disconnected from the generator, by a relay only some stations have.
    Open,
}

impl Signal {
    /// Whether the top of the wave is at +12 V without load.
    const fn drives_the_top(self) -> bool {
        matches!(self, Self::Constant | Self::Pwm(_))
    }

    /// Whether this is a square wave.
    pub const fn is_pwm(self) -> bool {
        matches!(self, Self::Pwm(_))
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant => f.write_str("+12 V"),
            Self::Pwm(duty) => write!(f, "PWM {duty}"),
            Self::Negative => f.write_str("-12 V"),
            Self::Open => f.write_str("open"),
        }
    }
}

/// Keeps the spacing rules: a stop is immediate, a start waits for the pause after the last stop, a
/// change of duty waits for its spacing.
#[cfg_attr(test, derive(Clone, Hash))]
pub(super) struct Generator {
    signal: Signal,
    previous: Signal,
    since: Instant,
    /// Earliest start of a PWM.
    ready_at: Instant,
}

impl Generator {
    pub(super) const fn new(now: Instant) -> Self {
        Self { signal: Signal::Constant, previous: Signal::Constant, since: now, ready_at: now }
    }

    pub(super) const fn signal(&self) -> Signal {
        self.signal
    }

    /// When the present signal, duty included, began.
    pub(super) const fn since(&self) -> Instant {
        self.since
    }

    /// Whether the last change moved the top of the wave, which vehicles are read from.
    pub(super) const fn moved_the_top(&self) -> bool {
        !self.signal.drives_the_top() || !self.previous.drives_the_top()
    }

    /// No vehicle is on the line: the next one need not wait for a pause.
    pub(super) fn forget_pause(&mut self, now: Instant) {
        self.ready_at = now;
    }

    /// Lets the PWM start from `at` on, whatever the pause says.
    pub(super) fn start_from(&mut self, at: Instant) {
        self.ready_at = at;
    }

    /// Moves towards `target` as far as the rules allow now. `spaced` is off for the one change of
    /// duty that has its own time (digital to nominal). Returns whether the signal changed.
    pub(super) fn drive(&mut self, now: Instant, target: Signal, spaced: bool, timing: &Timing) -> bool {
        let next = match (self.signal, target) {
            (Signal::Pwm(_), Signal::Pwm(_))
                if spaced && !now.has_passed_ms(self.since, timing.duty_spacing) =>
            {
                self.signal
            }
            // Never during a wave: it began at that time or later.
            (_, Signal::Pwm(_)) if now < self.ready_at => Signal::Constant,
            _ => target,
        };
        if next == self.signal {
            return false;
        }
        if !next.is_pwm() {
            self.ready_at = now + timing.pause;
        }
        self.previous = self.signal;
        self.signal = next;
        self.since = now;
        true
    }

    /// When `drive` with the same target could do more than it did.
    pub(super) fn next_change(&self, target: Signal, timing: &Timing) -> Option<Instant> {
        if self.signal == target || !target.is_pwm() {
            return None;
        }
        Some(if self.signal.is_pwm() { self.since + timing.duty_spacing } else { self.ready_at })
    }
}

#[cfg(test)]
impl Generator {
    /// Takes the age from what is older than the limit it is compared with.
    pub(super) fn forget_ages(&mut self, now: Instant, limit: crate::units::Millis) {
        self.since = self.since.no_older_than(limit, now);
        self.ready_at = self.ready_at.max(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Milliamps;

    const T: Timing = Timing::DEFAULT;

    fn at(ms: u64) -> Instant {
        Instant::from_millis(ms)
    }

    fn pwm(amps: u32) -> Signal {
        Signal::Pwm(Duty::for_current(Milliamps::from_amps(amps)).unwrap())
    }

    #[test]
    fn a_change_of_duty_keeps_its_spacing_to_the_millisecond() {
        let mut generator = Generator::new(at(0));
        assert!(generator.drive(at(0), pwm(16), true, &T));
        assert!(!generator.drive(at(4_999), pwm(10), true, &T));
        assert_eq!(generator.signal(), pwm(16));
        assert_eq!(generator.next_change(pwm(10), &T), Some(at(5_000)));
        assert!(generator.drive(at(5_000), pwm(10), true, &T));
        assert_eq!(generator.signal(), pwm(10));
        assert_eq!(generator.next_change(pwm(10), &T), None);
    }

    #[test]
    fn a_stop_is_immediate_and_the_next_start_waits_for_the_pause() {
        let mut generator = Generator::new(at(0));
        generator.drive(at(0), pwm(16), true, &T);
        assert!(generator.drive(at(1), Signal::Constant, true, &T));
        assert!(!generator.drive(at(3_000), pwm(16), true, &T));
        assert!(generator.drive(at(3_001), pwm(16), true, &T));
    }

    #[test]
    fn leaving_f_passes_through_the_constant_level() {
        let mut generator = Generator::new(at(0));
        generator.drive(at(0), Signal::Negative, true, &T);
        assert!(generator.drive(at(300), pwm(16), true, &T));
        assert_eq!(generator.signal(), Signal::Constant);
        assert!(!generator.drive(at(3_299), pwm(16), true, &T));
        assert!(generator.drive(at(3_300), pwm(16), true, &T));
        assert_eq!(generator.signal(), pwm(16));
    }

    #[test]
    fn an_empty_line_needs_no_pause() {
        let mut generator = Generator::new(at(0));
        generator.drive(at(0), pwm(16), true, &T);
        generator.drive(at(10), Signal::Constant, true, &T);
        generator.forget_pause(at(20));
        assert!(generator.drive(at(20), pwm(16), true, &T));
    }
}
