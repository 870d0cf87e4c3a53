//! The anchor that joins monotonic time and UTC.
//!
//! A station learns the time of day from the answers to BootNotification and Heartbeat (OCPP 1.6 §4.2, §4.6). The
//! first of them fixes what stamps made before it meant; later ones only correct what comes after, so a message that
//! is sent twice carries the same time stamp both times.

use chrono::{DateTime, Utc};

use super::record::Stamp;
use crate::time::{self, Instant};

/// What the session knows about the time of day.
// Its functions are not inlined: they are used all over the session, and 64 bits are much code for a small controller.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Clock {
    /// Unix time in milliseconds at the start of the monotonic clock, as first learnt.
    origin: Option<i64>,
    /// The same, as last learnt.
    current: Option<i64>,
}

impl Clock {
    pub(super) fn set(&mut self, now: Instant, utc: DateTime<Utc>) {
        let origin = time::unix_millis(utc).saturating_sub_unsigned(now.as_millis());
        self.origin.get_or_insert(origin);
        self.current = Some(origin);
    }

    pub(super) fn origin(&self) -> Option<i64> {
        self.origin
    }

    /// Milliseconds of Unix time.
    #[inline(never)]
    pub(super) fn unix_millis(&self, at: Instant) -> Option<i64> {
        self.current.map(|origin| origin.saturating_add_unsigned(at.as_millis()))
    }

    #[inline(never)]
    pub(super) fn unix_seconds(&self, at: Instant) -> Option<i64> {
        self.unix_millis(at).map(|millis| millis.div_euclid(1000))
    }

    #[inline(never)]
    pub(super) fn utc(&self, at: Instant) -> Option<DateTime<Utc>> {
        self.unix_millis(at).and_then(time::from_unix_millis)
    }

    #[inline(never)]
    pub(super) fn stamp(&self, at: Instant) -> Stamp {
        self.unix_millis(at).map_or(Stamp::SinceStart(at.as_millis()), Stamp::Utc)
    }

    /// The moment on the monotonic clock at which a time of day is reached; in the past: now.
    #[inline(never)]
    pub(super) fn instant(&self, now: Instant, unix_millis: i64) -> Option<Instant> {
        let ahead = unix_millis.saturating_sub(self.unix_millis(now)?);
        Some(now + core::time::Duration::from_millis(u64::try_from(ahead).unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse_utc;

    #[test]
    fn the_first_answer_fixes_the_past_and_the_last_one_the_future() {
        let mut clock = Clock::default();
        assert_eq!(clock.stamp(Instant::from_secs(3)), Stamp::SinceStart(3000));
        clock.set(Instant::from_secs(10), parse_utc("2026-01-01T00:00:10Z").unwrap());
        let origin = clock.origin();
        assert_eq!(clock.utc(Instant::from_secs(20)), parse_utc("2026-01-01T00:00:20Z"));
        clock.set(Instant::from_secs(30), parse_utc("2026-01-01T00:00:31Z").unwrap());
        assert_eq!(clock.origin(), origin);
        assert_eq!(clock.utc(Instant::from_secs(30)), parse_utc("2026-01-01T00:00:31Z"));
        assert_eq!(clock.instant(Instant::from_secs(30), 0), Some(Instant::from_secs(30)));
    }
}
