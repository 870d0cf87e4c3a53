//! The durations master and slaves agree on, and whether they fit each other.

use super::stamp::Stamp;
use core::time::Duration;
use thiserror::Error;

/// Durations of a network; the same on the master and on every slave.
///
/// Clocks of different devices run differently. Nobody compares them: every duration is measured on the
/// clock of the one who waits, and whoever reasons about another's clock widens it by the drift.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Timing {
    /// How often a slave reports; every report is answered.
    pub period: Duration,
    /// How long a grant holds, counted on the slave from when it sent the report that the grant answers.
    pub lease: Duration,
    /// How long after that same moment a slave that hears nothing goes to its disconnected limit. In between it
    /// holds the lower of its last grant and that limit.
    pub alone: Duration,
    /// From a new limit until the current obeys: 5 s of the car (IEC 61851-1 table A.6) and the way through the
    /// station.
    pub reaction: Duration,
    /// How far any clock may run fast or slow, in parts per million.
    pub drift_ppm: u32,
}

impl Default for Timing {
    /// A report each second, 10 s, 40 s, 6 s; 2 %, far more than a crystal needs.
    fn default() -> Self {
        Self {
            period: Duration::from_secs(1),
            lease: Duration::from_secs(10),
            alone: Duration::from_secs(40),
            reaction: Duration::from_secs(6),
            drift_ppm: 20_000,
        }
    }
}

/// Durations that do not fit each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TimingError {
    /// Zero, or longer than a day.
    #[error("every duration must be between 1 ms and a day")]
    Range,
    /// More than 10 %.
    #[error("a drift of {0} ppm is more than the 100000 ppm the protocol can cover")]
    Drift(u32),
    /// Grants would end between two reports.
    #[error("a lease of {lease:?} must be at least four report periods, {least:?}")]
    Lease {
        /// As configured.
        lease: Duration,
        /// Least that fits.
        least: Duration,
    },
    /// The master could not lower the others before a silent slave goes to its disconnected limit.
    #[error("going alone after {alone:?} is too early: the others need until {least:?}")]
    Alone {
        /// As configured.
        alone: Duration,
        /// Least that fits.
        least: Duration,
    },
}

impl Timing {
    const DAY: Duration = Duration::from_secs(86_400);

    /// The shortest [`alone`](Self::alone) that fits the rest: twice a whole lease with drift and reaction, because a
    /// second master may have to wait out the first one's, and four periods in which messages may be lost.
    pub fn least_alone(&self) -> Duration {
        self.widened((self.lead() + self.period * 2) * 2)
    }

    /// # Errors
    /// [`TimingError`] if the bound could not be kept with these durations.
    pub fn check(&self) -> Result<(), TimingError> {
        let all = [self.period, self.lease, self.alone, self.reaction];
        if all.iter().any(|duration| *duration < Duration::from_millis(1) || *duration > Self::DAY) {
            return Err(TimingError::Range);
        }
        if self.drift_ppm > 100_000 {
            return Err(TimingError::Drift(self.drift_ppm));
        }
        let least = self.period * 4;
        if self.lease < least {
            return Err(TimingError::Lease { lease: self.lease, least });
        }
        let least = self.least_alone();
        if self.alone < least {
            return Err(TimingError::Alone { alone: self.alone, least });
        }
        Ok(())
    }

    /// What another clock's `duration` may be at most on one's own.
    fn widened(&self, duration: Duration) -> Duration {
        duration + self.drift_of(duration)
    }

    /// Twice the drift, because two clocks can run apart; rounded up to a millisecond.
    fn drift_of(&self, duration: Duration) -> Duration {
        let millis = duration.as_millis() as u64;
        // (1 + d) / (1 - d) is at most 1 + 2.25 d up to a tenth.
        Duration::from_millis((millis * u64::from(self.drift_ppm) * 9 / 4).div_ceil(1_000_000))
    }

    /// From the arrival of a report until a grant that answers it is certainly not followed any more.
    pub(super) fn lead(&self) -> Duration {
        self.widened(self.lease) + self.reaction
    }

    /// A slave whose last proof of life is this old is nobody's any more, and at its disconnected limit.
    pub(super) fn settled(&self) -> Duration {
        self.widened(self.alone) + self.reaction
    }

    /// Until when a slave that accepted a grant answering a report sent at or after `alive` is certainly not alone.
    pub(super) fn not_alone_before(&self, alive: Stamp) -> Stamp {
        alive.after(self.alone.saturating_sub(self.drift_of(self.alone)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(change: impl Fn(&mut Timing)) -> Result<(), TimingError> {
        let mut timing = Timing::default();
        change(&mut timing);
        timing.check()
    }

    #[test]
    fn the_default_fits() {
        assert_eq!(Timing::default().check(), Ok(()));
    }

    #[test]
    fn a_silent_slave_must_not_rise_before_the_others_are_down() {
        let least = Timing::default().least_alone();
        assert_eq!(with(|timing| timing.alone = least), Ok(()));
        let early = least - Duration::from_millis(1);
        assert_eq!(with(|timing| timing.alone = early), Err(TimingError::Alone { alone: early, least }));
    }

    #[test]
    fn what_another_clock_measures_is_widened_by_both_drifts() {
        let timing = Timing::default();
        // 10 s at 2 % on either side: 10.45 s, and 6 s until the car has obeyed. 40 s are at least 38.2 s.
        assert_eq!(timing.lead(), Duration::from_millis(16_450));
        assert_eq!(timing.settled(), Duration::from_millis(47_800));
        let start = Stamp::LONG_AGO;
        assert_eq!(timing.not_alone_before(start).since(start), Duration::from_millis(38_200));
    }

    #[test]
    fn a_lease_outlives_lost_reports() {
        let (lease, least) = (Duration::from_millis(3_999), Duration::from_secs(4));
        assert_eq!(with(|timing| timing.lease = lease), Err(TimingError::Lease { lease, least }));
    }

    #[test]
    fn absurd_durations_are_refused() {
        assert_eq!(with(|timing| timing.period = Duration::ZERO), Err(TimingError::Range));
        assert_eq!(with(|timing| timing.alone = Duration::MAX), Err(TimingError::Range));
        assert_eq!(with(|timing| timing.drift_ppm = 100_001), Err(TimingError::Drift(100_001)));
    }
}
