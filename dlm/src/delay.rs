//! A random delay for limits that rise.
//!
//! When many sites follow the same tariff or the same command, they must not all rise in the same second
//! (KEBA 4.1.4: randomized delay of a charging profile). Reductions are never delayed: they may be what
//! keeps a fuse from blowing.

use crate::units::{Instant, Milliamps};
use core::time::Duration;

/// A limit whose raises wait for a random time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RandomDelay {
    most: Duration,
    limit: Milliamps,
    /// A higher limit, and when it counts.
    rising: Option<(Milliamps, Instant)>,
}

impl RandomDelay {
    /// Delays up to `most`; the limit is 0 until one is given.
    pub const fn new(most: Duration) -> Self {
        Self { most, limit: Milliamps::ZERO, rising: None }
    }

    /// Takes a new limit in. `random` decides how long a raise waits; any number from a generator that
    /// differs between sites will do.
    pub fn handle_limit(&mut self, now: Instant, limit: Milliamps, random: u32) {
        self.limit = self.limit(now).min(limit);
        self.rising = match self.rising {
            _ if limit <= self.limit => None,
            // One wait is enough: what changes while waiting does not start it anew.
            Some((_, at)) if at > now => Some((limit, at)),
            _ => Some((limit, now.after(self.most.saturating_mul(random >> 16) / 65_536))),
        };
    }

    /// The limit to obey.
    pub fn limit(&self, now: Instant) -> Milliamps {
        self.rising.filter(|&(_, at)| at <= now).map_or(self.limit, |(limit, _)| limit)
    }

    /// When [`RandomDelay::limit`] rises by itself.
    #[must_use]
    pub fn poll_timeout(&self, now: Instant) -> Option<Instant> {
        self.rising.map(|(_, at)| at).filter(|&at| at > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: fn(u32) -> Milliamps = Milliamps::from_amps;

    fn second(seconds: u64) -> Instant {
        Instant::from_millis(seconds * 1000)
    }

    #[test]
    fn raises_wait_and_reductions_do_not() {
        let mut delay = RandomDelay::new(Duration::from_secs(600));
        delay.handle_limit(second(0), A(16), u32::MAX / 2);
        assert_eq!(delay.poll_timeout(second(0)), Some(Instant::from_millis(299_990)));
        assert_eq!(delay.limit(second(299)), A(0));
        assert_eq!(delay.limit(second(300)), A(16));
        delay.handle_limit(second(400), A(32), 0);
        assert_eq!(delay.limit(second(400)), A(32));
        delay.handle_limit(second(401), A(6), u32::MAX);
        assert_eq!(delay.limit(second(401)), A(6));
        assert_eq!(delay.poll_timeout(second(401)), None);
    }

    #[test]
    fn a_change_while_waiting_does_not_start_the_wait_anew() {
        let mut delay = RandomDelay::new(Duration::from_secs(100));
        delay.handle_limit(second(0), A(16), u32::MAX);
        delay.handle_limit(second(90), A(20), u32::MAX);
        assert_eq!(delay.limit(second(99)), A(0));
        assert_eq!(delay.limit(second(100)), A(20));
        // Lower than what is waited for, but not lower than what holds.
        delay.handle_limit(second(200), A(32), u32::MAX);
        delay.handle_limit(second(201), A(24), u32::MAX);
        assert_eq!(delay.limit(second(250)), A(20));
        assert_eq!(delay.limit(second(300)), A(24));
    }
}
