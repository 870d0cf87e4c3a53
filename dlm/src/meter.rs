//! The external meter of a node: what the uncontrolled load takes, and what is assumed when it is silent.
//!
//! After Bender 7.4.2 (location, headroom, fallback) and KEBA 5.6. A meter that reports nonsense or the
//! very same digits for too long is treated like one that reports nothing.

use crate::units::{Instant, Milliamps, PhaseCurrents, sooner, three};
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
    /// What was measured below the node before the reading, until the load is worked out.
    own_before: Option<PhaseCurrents>,
    load: PhaseCurrents,
}

impl Meter {
    pub(crate) fn new(config: MeterConfig) -> Self {
        let nothing = three(Milliamps::ZERO);
        Self { config, reading: nothing, taken: None, own_before: None, load: three(Milliamps::MAX) }
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
        self.own_before = Some(own);
        Ok(())
    }

    /// The uncontrolled load, if the meter can be believed. `own` is what the EVSEs and the metered loads
    /// below were measured to take by now.
    ///
    /// Meter and EVSEs are not read at the same moment, so of a meter that sees the EVSEs it is only known
    /// that what they took lies between the measurements before and after. Of the loads that are possible
    /// then, the one nearest to the last is taken: a car that starts is not mistaken for a load.
    pub(crate) fn load(&mut self, now: Instant, own: PhaseCurrents) -> Option<PhaseCurrents> {
        if let Some(before) = self.own_before.take() {
            for (phase, load) in self.load.iter_mut().enumerate() {
                let reading = self.reading[phase];
                *load = match self.config.location {
                    MeterLocation::ExcludingEvses => reading,
                    MeterLocation::IncludingEvses => {
                        let least = reading.saturating_sub(own[phase].max(before[phase]));
                        let most = reading.saturating_sub(own[phase].min(before[phase]));
                        (*load).clamp(least, most)
                    }
                };
            }
        }
        (self.state(now) == MeterState::Fresh).then_some(self.load)
    }

    pub(crate) fn state(&self, now: Instant) -> MeterState {
        let Some((taken, unchanged)) = self.taken else { return MeterState::Silent };
        if now > taken.after(self.config.max_age) {
            MeterState::Silent
        } else if self.config.max_frozen.is_some_and(|most| now > unchanged.after(most)) {
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
        sooner(now, Some(aged), frozen)
    }
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
    fn a_car_that_starts_is_not_mistaken_for_a_load() {
        let location = MeterLocation::IncludingEvses;
        let mut meter = Meter::new(MeterConfig { location, ..MeterConfig::default() });
        let (idle, charging) = (NOTHING, three(Milliamps(16_000)));
        // Nothing is known yet: the car may not have started when the meter was read.
        meter.handle_reading(second(1), three(Milliamps(20_000)), idle).unwrap();
        assert_eq!(meter.load(second(1), charging), Some(three(Milliamps(20_000))));
        meter.handle_reading(second(2), three(Milliamps(20_000)), charging).unwrap();
        assert_eq!(meter.load(second(2), charging), Some(three(Milliamps(4_000))));
        // It stops, and nobody knows whether before or after the reading.
        meter.handle_reading(second(3), three(Milliamps(5_000)), charging).unwrap();
        assert_eq!(meter.load(second(3), idle), Some(three(Milliamps(4_000))));
        // Later measurements do not touch the reading any more.
        assert_eq!(meter.load(second(4), charging), Some(three(Milliamps(4_000))));
    }
}
