//! The external meter of a node: what the uncontrolled load takes, and what is assumed when it is silent.
//!
//! After Bender 7.4.2 (location, headroom, fallback) and KEBA 5.6. A meter that reports nonsense or the
//! very same digits for too long is treated like one that reports nothing.

use crate::units::{Instant, Milliamps, PhaseCurrents, three};
use core::time::Duration;
use thiserror::Error;

/// What the meter of a node sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MeterLocation {
    /// Only the uncontrolled load attached at the node itself (recommended by Bender).
    #[default]
    ExcludingEvses,
    /// Everything that flows through the node; what the EVSEs below draw is taken out again.
    IncludingEvses,
}

/// How a node's external meter is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeterConfig {
    /// What it sees.
    pub location: MeterLocation,
    /// Kept free on each phase: covers the largest step of the load between two decisions and the time
    /// the cars need to follow.
    pub headroom: PhaseCurrents,
    /// A reading older than this counts for nothing.
    pub max_age: Duration,
    /// Readings equal to the milliampere on all phases for this long count for nothing; `None`: a steady
    /// reading is believed, as it must be of a meter that rounds to whole amperes.
    pub max_frozen: Option<Duration>,
    /// Load assumed while the meter is silent; [`Milliamps::MAX`] (a manual's "9999") stops charging.
    pub fallback: PhaseCurrents,
    /// A reading above this is refused as implausible.
    pub plausible: Milliamps,
}

impl Default for MeterConfig {
    /// Excluding the EVSEs, no headroom, 30 s, stop when silent, up to 10 kA plausible.
    fn default() -> Self {
        Self {
            location: MeterLocation::ExcludingEvses,
            headroom: three(Milliamps::ZERO),
            max_age: Duration::from_secs(30),
            max_frozen: None,
            fallback: three(Milliamps::MAX),
            plausible: Milliamps::from_amps(10_000),
        }
    }
}

/// A reading was refused; the one before stays in force until it is too old.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReadingError {
    /// The index is not of a node with a meter.
    #[error("node {node} has no meter")]
    NoMeter {
        /// The index given.
        node: u16,
    },
    /// Above what the meter's configuration calls plausible.
    #[error("{reading} is above the plausible {plausible}")]
    Implausible {
        /// The largest of the three currents.
        reading: Milliamps,
        /// The configured bound.
        plausible: Milliamps,
    },
    /// Taken before the reading in force.
    #[error("the reading is older than the one in force")]
    OutOfOrder,
}

/// Whether a meter can be believed at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeterState {
    /// Its last reading is in force.
    Fresh,
    /// No reading, or none young enough: the fallback is in force.
    Silent,
    /// It repeats itself: the fallback is in force.
    Frozen,
}

/// A meter and its last reading.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meter {
    config: MeterConfig,
    reading: PhaseCurrents,
    /// When the reading was taken, and since when it has not changed.
    taken: Option<(Instant, Instant)>,
    /// Of the reading, what is known to have been no uncontrolled load.
    known: PhaseCurrents,
    /// Whether `known` was compared with measurements from after the reading.
    settled: bool,
}

impl Meter {
    pub(crate) fn new(config: MeterConfig) -> Self {
        let nothing = three(Milliamps::ZERO);
        Self { config, reading: nothing, taken: None, known: nothing, settled: false }
    }

    pub(crate) fn config(&self) -> &MeterConfig {
        &self.config
    }

    /// `own` is what the EVSEs and the metered loads below were measured to take before the reading.
    pub(crate) fn handle_reading(
        &mut self,
        taken: Instant,
        reading: PhaseCurrents,
        own: PhaseCurrents,
    ) -> Result<(), ReadingError> {
        let plausible = self.config.plausible;
        if let Some(&reading) = reading.iter().find(|&&current| current > plausible) {
            return Err(ReadingError::Implausible { reading, plausible });
        }
        let unchanged = match self.taken {
            Some((last, _)) if taken < last => return Err(ReadingError::OutOfOrder),
            Some((_, since)) if reading == self.reading => since,
            _ => taken,
        };
        self.reading = reading;
        self.taken = Some((taken, unchanged));
        self.known = own;
        self.settled = false;
        Ok(())
    }

    /// The uncontrolled load, if the meter can be believed. `own` is what the EVSEs and the metered loads
    /// below were measured to take by now.
    ///
    /// Meter and EVSEs are not read at the same moment. So a meter that includes them has the lower of the
    /// measurements before and after its reading taken out: a car that starts or stops in between can only
    /// make the load look too large.
    pub(crate) fn load(&mut self, now: Instant, own: PhaseCurrents) -> Option<PhaseCurrents> {
        if !self.settled {
            self.known = lower(self.known, own);
            self.settled = true;
        }
        let fresh = self.state(now) == MeterState::Fresh;
        match self.config.location {
            _ if !fresh => None,
            MeterLocation::ExcludingEvses => Some(self.reading),
            MeterLocation::IncludingEvses => Some(difference(self.reading, self.known)),
        }
    }

    pub(crate) fn state(&self, now: Instant) -> MeterState {
        let Some((taken, unchanged)) = self.taken else { return MeterState::Silent };
        if now.since(taken) > self.config.max_age {
            MeterState::Silent
        } else if self.config.max_frozen.is_some_and(|most| now.since(unchanged) > most) {
            MeterState::Frozen
        } else {
            MeterState::Fresh
        }
    }

    /// When the state may change if nothing is heard any more.
    pub(crate) fn next_change(&self, now: Instant) -> Option<Instant> {
        let (taken, unchanged) = self.taken?;
        let just_after = Duration::from_millis(1);
        let aged = taken.after(self.config.max_age).after(just_after);
        let frozen = self.config.max_frozen.map(|most| unchanged.after(most).after(just_after));
        [Some(aged), frozen].into_iter().flatten().filter(|&at| at > now).min()
    }
}

fn lower(left: PhaseCurrents, right: PhaseCurrents) -> PhaseCurrents {
    core::array::from_fn(|phase| left[phase].min(right[phase]))
}

fn difference(from: PhaseCurrents, take: PhaseCurrents) -> PhaseCurrents {
    core::array::from_fn(|phase| from[phase].saturating_sub(take[phase]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: PhaseCurrents = three(Milliamps::ZERO);

    fn second(seconds: u64) -> Instant {
        Instant::from_millis(seconds * 1000)
    }

    #[test]
    fn a_reading_counts_until_its_age_limit() {
        let mut meter = Meter::new(MeterConfig::default());
        assert_eq!(meter.state(second(0)), MeterState::Silent);
        meter.handle_reading(second(1), three(Milliamps(7_000)), NOTHING).unwrap();
        assert_eq!(meter.load(second(31), NOTHING), Some(three(Milliamps(7_000))));
        assert_eq!(meter.next_change(second(31)), Some(Instant::from_millis(31_001)));
        assert_eq!(meter.load(Instant::from_millis(31_001), NOTHING), None);
    }

    #[test]
    fn nonsense_and_latecomers_are_refused() {
        let mut meter = Meter::new(MeterConfig { plausible: Milliamps(100_000), ..MeterConfig::default() });
        meter.handle_reading(second(10), three(Milliamps(7_000)), NOTHING).unwrap();
        let reading = Milliamps(100_001);
        let implausible = ReadingError::Implausible { reading, plausible: Milliamps(100_000) };
        assert_eq!(
            meter.handle_reading(second(11), [Milliamps::ZERO, reading, reading], NOTHING),
            Err(implausible)
        );
        assert_eq!(
            meter.handle_reading(second(9), three(Milliamps::ZERO), NOTHING),
            Err(ReadingError::OutOfOrder)
        );
        assert_eq!(meter.load(second(12), NOTHING), Some(three(Milliamps(7_000))));
    }

    #[test]
    fn a_meter_that_repeats_itself_is_frozen() {
        let max_frozen = Some(Duration::from_secs(60));
        let mut meter = Meter::new(MeterConfig { max_frozen, ..MeterConfig::default() });
        for at in 0..=61 {
            meter.handle_reading(second(at), three(Milliamps(7_000)), NOTHING).unwrap();
        }
        assert_eq!(meter.state(second(61)), MeterState::Frozen);
        meter.handle_reading(second(62), three(Milliamps(7_001)), NOTHING).unwrap();
        assert_eq!(meter.state(second(62)), MeterState::Fresh);
    }

    #[test]
    fn a_meter_that_includes_the_evses_never_makes_the_load_look_too_small() {
        let location = MeterLocation::IncludingEvses;
        let mut meter = Meter::new(MeterConfig { location, ..MeterConfig::default() });
        let (idle, charging) = (NOTHING, three(Milliamps(16_000)));
        // The car started before the reading, its own measurement is older.
        meter.handle_reading(second(1), three(Milliamps(20_000)), idle).unwrap();
        assert_eq!(meter.load(second(1), charging), Some(three(Milliamps(20_000))));
        meter.handle_reading(second(2), three(Milliamps(20_000)), charging).unwrap();
        assert_eq!(meter.load(second(2), charging), Some(three(Milliamps(4_000))));
        // Later measurements do not touch the reading any more.
        assert_eq!(meter.load(second(3), idle), Some(three(Milliamps(4_000))));
    }
}
