//! How long to wait before connecting again.

use core::time::Duration;

use crate::time::millis;

/// Pauses between attempts to connect: doubled a number of times, each with a random part, never given up.
///
/// The shape is that of OCPP 2.0.1 (`RetryBackOffWaitMinimum`, `RetryBackOffRandomRange`, `RetryBackOffRepeatTimes`);
/// 1.6 leaves it to the station. The random part keeps the stations of a region from returning in step after an
/// outage.
#[derive(Debug, Clone)]
pub struct Backoff {
    minimum: Duration,
    random: Duration,
    repeats: u32,
    attempts: u32,
    seed: u64,
}

impl Backoff {
    /// Pauses that begin at `minimum`, are doubled at most `repeats` times and grow by up to `random` each. `seed`
    /// makes stations differ: a serial number will do.
    #[must_use]
    pub const fn new(minimum: Duration, random: Duration, repeats: u32, seed: u64) -> Self {
        Self { minimum, random, repeats, attempts: 0, seed }
    }

    /// The pause before the next attempt.
    #[must_use]
    pub fn next_pause(&mut self) -> Duration {
        let doublings = self.attempts.min(self.repeats).min(16);
        self.attempts = self.attempts.saturating_add(1);
        let pause = millis(self.minimum).saturating_mul(1 << doublings);
        Duration::from_millis(pause.saturating_add(self.random_part()))
    }

    /// A connection was made: begin again with the shortest pause.
    pub const fn reset(&mut self) {
        self.attempts = 0;
    }

    /// Something between zero and the range, in milliseconds, from the generator SplitMix64.
    fn random_part(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.seed;
        bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^= bits >> 31;
        let range = millis(self.random).saturating_add(1);
        bits % range
    }
}

impl Default for Backoff {
    /// 10 s, doubled up to five times, with up to 10 s at random.
    fn default() -> Self {
        Self::new(Duration::from_secs(10), Duration::from_secs(10), 5, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_stay_at_the_longest() {
        let mut backoff = Backoff::new(Duration::from_secs(10), Duration::ZERO, 3, 1);
        for seconds in [10, 20, 40, 80, 80, 80] {
            assert_eq!(backoff.next_pause(), Duration::from_secs(seconds));
        }
        backoff.reset();
        assert_eq!(backoff.next_pause(), Duration::from_secs(10));
    }

    #[test]
    fn the_random_part_stays_in_its_range_and_differs_by_seed() {
        let pauses = |seed| {
            let mut backoff = Backoff::new(Duration::ZERO, Duration::from_secs(10), 0, seed);
            [(); 50].map(|()| backoff.next_pause())
        };
        assert!(pauses(1).iter().all(|pause| *pause <= Duration::from_secs(10)));
        assert!(pauses(1).iter().any(|pause| *pause > Duration::from_secs(5)));
        assert_ne!(pauses(1), pauses(2));
    }
}
