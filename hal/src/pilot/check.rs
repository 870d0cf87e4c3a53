//! Checks of the wave against what the station sends: the vehicle's diode and the generator itself.

use super::generator::Signal;
use super::level::{Level, Sample};
use crate::units::{Instant, Millivolts};

/// With a diode in the vehicle, the low side stays at or below this (chargebyte, table A.4).
pub const DIODE_LOW: Millivolts = Millivolts(-10_000);
/// The low side may differ this much between a loaded and a more loaded line (chargebyte).
pub const DIODE_DRIFT: Millivolts = Millivolts(2_000);
/// Without a diode both peaks are equal; this much difference proves one (chargebyte).
pub const DIODE_ASYMMETRY: Millivolts = Millivolts(1_200);
/// A constant level may ripple this much before it counts as a wave (inferred).
pub const CONSTANT_RIPPLE: Millivolts = Millivolts(2_000);

/// A finding has to be seen in this many samples in a row before it is one.
const CONFIRM: u8 = 2;

/// Counts equal findings in a row, as far as [`CONFIRM`].
#[derive(Clone, Copy, Default)]
#[cfg_attr(test, derive(Hash))]
struct Run(u8);

impl Run {
    fn extend(&mut self) {
        self.0 = CONFIRM.min(self.0 + 1);
    }

    const fn is_certain(self) -> bool {
        self.0 >= CONFIRM
    }
}

/// What the checks found so far on this signal.
#[cfg_attr(test, derive(Clone, Hash))]
pub(super) struct Check {
    /// Low side at the first passing sample with this signal.
    reference: Option<Millivolts>,
    passed: Option<Instant>,
    failing: Run,
    /// First sample that failed in a row.
    failing_since: Option<Instant>,
    mismatching: Run,
    matching: Run,
}

impl Check {
    pub(super) const fn new() -> Self {
        Self {
            reference: None,
            passed: None,
            failing: Run(0),
            failing_since: None,
            mismatching: Run(0),
            matching: Run(0),
        }
    }

    /// The wave stopped or the vehicle left: the diode has to be proven again.
    pub(super) fn forget_diode(&mut self) {
        self.reference = None;
        self.passed = None;
        self.forget_failure();
    }

    fn forget_failure(&mut self) {
        self.failing = Run(0);
        self.failing_since = None;
    }

    /// The newest sample that proved the diode.
    pub(super) const fn passed(&self) -> Option<Instant> {
        self.passed
    }

    /// Since when the diode check has been failing, once it is certain.
    pub(super) const fn failing_since(&self) -> Option<Instant> {
        if self.failing.is_certain() { self.failing_since } else { None }
    }

    /// Whether the line has not followed the generator in several samples.
    pub(super) const fn is_mismatched(&self) -> bool {
        self.mismatching.is_certain()
    }

    /// Whether the line has followed the generator in several samples.
    pub(super) const fn is_matched(&self) -> bool {
        self.matching.is_certain()
    }

    /// Looks at one sample of a settled line.
    pub(super) fn handle(&mut self, now: Instant, sample: Sample, level: Level, signal: Signal) {
        if follows(sample, level, signal) {
            self.matching.extend();
            self.mismatching = Run(0);
        } else {
            self.mismatching.extend();
            self.matching = Run(0);
        }
        let loaded = matches!(level, Level::B | Level::C | Level::D);
        if !signal.is_pwm() || !loaded {
            return;
        }
        if self.diode_shows(sample) {
            self.reference.get_or_insert(sample.low);
            self.passed = Some(now);
            self.forget_failure();
        } else {
            self.failing.extend();
            self.failing_since.get_or_insert(now);
        }
    }

    fn diode_shows(&self, sample: Sample) -> bool {
        let Sample { high: Millivolts(high), low: Millivolts(low) } = sample;
        let steady = self
            .reference
            .is_none_or(|Millivolts(reference)| low.abs_diff(reference) <= DIODE_DRIFT.0 as u32);
        low <= DIODE_LOW.0 && high.abs().abs_diff(low.abs()) > DIODE_ASYMMETRY.0 as u32 && steady
    }
}

/// Whether a settled line shows the signal the station sends. A shorted line proves nothing.
fn follows(sample: Sample, level: Level, signal: Signal) -> bool {
    let Sample { high: Millivolts(high), low: Millivolts(low) } = sample;
    if level == Level::E {
        return true;
    }
    match signal {
        Signal::Constant => high - low <= CONSTANT_RIPPLE.0,
        Signal::Pwm(_) => low < -CONSTANT_RIPPLE.0,
        Signal::Negative => level == Level::F,
        Signal::Open => true,
    }
}

#[cfg(test)]
impl Check {
    /// Takes the age from what is older than the limit it is compared with.
    pub(super) fn forget_ages(&mut self, now: Instant, tolerance: crate::units::Millis) {
        // One more, because a proof that is exactly as old as the tolerance still counts.
        let limit = crate::units::Millis(tolerance.0 + 1);
        self.passed = self.passed.map(|at| at.no_older_than(limit, now));
        self.failing_since = self.failing_since.map(|at| at.no_older_than(tolerance, now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pilot::Duty;

    const PWM: Signal = Signal::Pwm(Duty::DIGITAL);

    fn wave(high: i32, low: i32) -> Sample {
        Sample { high: Millivolts(high), low: Millivolts(low) }
    }

    fn passes(high: i32, low: i32, level: Level) -> bool {
        let mut check = Check::new();
        check.handle(Instant::ZERO, wave(high, low), level, PWM);
        check.passed().is_some()
    }

    #[test]
    fn the_diode_keeps_the_low_side_at_minus_twelve() {
        assert!(passes(9_000, -12_000, Level::B));
        assert!(passes(6_000, -10_000, Level::C));
        assert!(!passes(6_000, -9_999, Level::C));
        assert!(!passes(6_000, -6_000, Level::C));
    }

    #[test]
    fn equal_peaks_are_no_diode() {
        assert!(!passes(10_000, -11_200, Level::B));
        assert!(passes(10_000, -11_201, Level::B));
    }

    #[test]
    fn a_low_side_that_depends_on_the_load_is_no_diode() {
        let mut check = Check::new();
        check.handle(Instant::ZERO, wave(9_000, -12_500), Level::B, PWM);
        let later = Instant::from_millis(20);
        check.handle(later, wave(6_000, -10_500), Level::C, PWM);
        assert_eq!(check.passed(), Some(later));
        let latest = Instant::from_millis(40);
        check.handle(latest, wave(6_000, -10_499), Level::C, PWM);
        assert_eq!(check.passed(), Some(later));
    }

    #[test]
    fn nothing_is_proven_without_a_wave_or_a_vehicle() {
        let mut check = Check::new();
        check.handle(Instant::ZERO, wave(9_000, 9_000), Level::B, Signal::Constant);
        check.handle(Instant::ZERO, wave(12_000, -12_000), Level::A, PWM);
        assert_eq!(check.passed(), None);
        assert_eq!(check.failing_since(), None);
    }

    #[test]
    fn a_failure_needs_two_samples_and_dates_from_the_first() {
        let mut check = Check::new();
        for ms in [10, 20] {
            assert_eq!(check.failing_since(), None);
            check.handle(Instant::from_millis(ms), wave(9_000, -9_000), Level::B, PWM);
        }
        assert_eq!(check.failing_since(), Some(Instant::from_millis(10)));
    }

    #[test]
    fn a_generator_that_does_not_obey_is_noticed() {
        let rows = [
            (wave(9_000, 9_000), Level::B, PWM, false),
            (wave(9_000, -12_000), Level::B, PWM, true),
            (wave(9_000, -2_001), Level::B, PWM, true),
            (wave(9_000, -2_000), Level::B, PWM, false),
            (wave(9_000, 1_000), Level::B, PWM, false),
            (wave(9_000, 6_999), Level::B, Signal::Constant, false),
            (wave(9_000, -12_000), Level::B, Signal::Constant, false),
            (wave(9_000, 7_000), Level::B, Signal::Constant, true),
            (wave(12_000, -12_000), Level::A, Signal::Negative, false),
            (wave(-12_000, -12_000), Level::F, Signal::Negative, true),
            (wave(0, 0), Level::E, PWM, true),
        ];
        for (sample, level, signal, expected) in rows {
            assert_eq!(follows(sample, level, signal), expected, "{sample:?} {signal}");
        }
    }
}
