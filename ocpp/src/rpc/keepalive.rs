//! Noticing that the other side is gone: WebSocket pings and what came back (OCPP-J 1.6 §5.3, `WebSocketPingInterval`).

use core::time::Duration;

use super::timer::Deadline;
use crate::time::Instant;

/// What to do about a connection now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pulse {
    /// Nothing.
    Rest,
    /// Send a ping.
    Ping,
    /// Nothing has come since the last ping: close the connection and make a new one.
    Dead,
}

/// The pings of one connection. Anything that arrives counts as an answer.
#[derive(Debug, Clone)]
pub struct Keepalive {
    interval: Duration,
    due: Deadline,
    /// A ping was sent and nothing has come since.
    waiting: bool,
}

impl Keepalive {
    /// A connection made just now. An `interval` of zero means no pings.
    #[must_use]
    pub fn new(now: Instant, interval: Duration) -> Self {
        let mut keepalive = Self { interval: Duration::ZERO, due: Deadline::NEVER, waiting: false };
        keepalive.set_interval(now, interval);
        keepalive
    }

    /// Changes the interval; the same as before changes nothing.
    pub fn set_interval(&mut self, now: Instant, interval: Duration) {
        if self.interval != interval {
            self.interval = interval;
            self.waiting = false;
            self.due = if interval.is_zero() { Deadline::NEVER } else { Deadline::after(now, interval) };
        }
    }

    /// Something has arrived: a text frame, a ping, a pong.
    pub fn handle_received(&mut self) {
        self.waiting = false;
    }

    /// What to do now.
    #[must_use]
    pub fn poll(&mut self, now: Instant) -> Pulse {
        if !self.due.is_due(now) {
            return Pulse::Rest;
        }
        self.due = Deadline::after(now, self.interval);
        if core::mem::replace(&mut self.waiting, true) { Pulse::Dead } else { Pulse::Ping }
    }

    /// When to call [`poll`](Self::poll) again.
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
    fn a_ping_without_echo_ends_the_connection_an_interval_later() {
        let mut keepalive = Keepalive::new(at(0), Duration::from_secs(60));
        assert_eq!(keepalive.poll(at(59)), Pulse::Rest);
        assert_eq!((keepalive.poll(at(60)), keepalive.poll(at(60))), (Pulse::Ping, Pulse::Rest));
        keepalive.handle_received();
        assert_eq!(keepalive.poll(at(120)), Pulse::Ping);
        assert_eq!(keepalive.poll_timeout(), Some(at(180)));
        assert_eq!(keepalive.poll(at(180)), Pulse::Dead);
    }

    #[test]
    fn an_interval_of_zero_means_no_pings() {
        let mut keepalive = Keepalive::new(at(0), Duration::ZERO);
        assert_eq!((keepalive.poll(at(1_000_000)), keepalive.poll_timeout()), (Pulse::Rest, None));
        keepalive.set_interval(at(10), Duration::from_secs(5));
        keepalive.set_interval(at(12), Duration::from_secs(5));
        assert_eq!(keepalive.poll_timeout(), Some(at(15)));
    }
}
