//! Starting anew because the back end has been out of reach for too long (Bender CC612/613 manual, "TCP watchdog").

use core::time::Duration;

use super::timer::Deadline;
use crate::time::Instant;

/// Counts the time without a connection.
///
/// A controller that cannot connect for hours may be the reason itself: a modem that hangs, a network stack without
/// buffers. The watchdog says when to restart it. It only says so: the transactions that run are in the journal, and the
/// restart is the application's.
#[derive(Debug, Clone)]
pub struct Watchdog {
    limit: Duration,
    due: Deadline,
}

impl Watchdog {
    /// The maker's default, 10,800 s.
    pub const DEFAULT_LIMIT: Duration = Duration::from_secs(10_800);

    /// A station that is switched on `now` and not connected. A `limit` of zero: never.
    #[must_use]
    pub fn new(now: Instant, limit: Duration) -> Self {
        let mut watchdog = Self { limit, due: Deadline::NEVER };
        watchdog.handle_close(now);
        watchdog
    }

    /// There is a connection.
    pub fn handle_open(&mut self) {
        self.due = Deadline::NEVER;
    }

    /// There is none any more. What was counting goes on counting.
    pub fn handle_close(&mut self, now: Instant) {
        if !self.limit.is_zero() && !self.due.is_set() {
            self.due = Deadline::after(now, self.limit);
        }
    }

    /// Whether to restart.
    #[must_use]
    pub fn is_due(&self, now: Instant) -> bool {
        self.due.is_due(now)
    }

    /// When to look again.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.due.moment()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Instant {
        Instant::from_secs(seconds)
    }

    #[test]
    fn tcp_watchdog_restarts_10800_s_after_the_last_connection() {
        let mut watchdog = Watchdog::new(at(0), Watchdog::DEFAULT_LIMIT);
        assert_eq!(watchdog.poll_timeout(), Some(at(10_800)));
        watchdog.handle_open();
        assert!(!watchdog.is_due(at(1_000_000)));
        watchdog.handle_close(at(100));
        // Attempts that fail in between do not put it off.
        watchdog.handle_close(at(5_000));
        assert!(!watchdog.is_due(at(10_899)));
        assert!(watchdog.is_due(at(10_900)));
    }

    #[test]
    fn tcp_watchdog_of_0_never_restarts() {
        let mut watchdog = Watchdog::new(at(0), Duration::ZERO);
        watchdog.handle_close(at(1));
        assert_eq!(watchdog.poll_timeout(), None);
        assert!(!watchdog.is_due(at(1_000_000)));
    }
}
