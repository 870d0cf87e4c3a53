//! The controller's own supply: noticing that it fails while there is still time to store the
//! session, and what happens to a session that a power failure cut.

use core::time::Duration;

use crate::pilot::timing::Timing;
use crate::safety::Status;
use crate::units::{Instant, Millivolts};

/// Levels of the supply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Below this the supply fails.
    pub failing: Millivolts,
    /// At or above this it is good again; above `failing`.
    pub good: Millivolts,
    /// How long it has to be good.
    pub stable: Duration,
}

impl Config {
    /// For a 12 V rail: fails below 10 V (the lock capacitor's limit at chargebyte), good again from
    /// 11 V on for 1 s (inferred).
    pub const RAIL_12V: Self =
        Self { failing: Millivolts(10_000), good: Millivolts(11_000), stable: Duration::from_secs(1) };
}

/// Watch over the supply.
#[derive(Clone, Debug)]
pub struct Supply {
    config: Config,
    failing: bool,
    good_since: Option<Instant>,
}

impl Supply {
    /// A supply taken for good.
    pub const fn new(config: Config) -> Self {
        Self { config, failing: false, good_since: None }
    }

    /// Takes a measurement in. Returns `true` once per failure, when what must survive has to be
    /// stored.
    #[must_use = "the last chance to store the session"]
    pub fn handle_voltage(&mut self, now: Instant, voltage: Millivolts) -> bool {
        if voltage < self.config.failing {
            self.good_since = None;
            return !core::mem::replace(&mut self.failing, true);
        }
        if voltage >= self.config.good {
            let since = *self.good_since.get_or_insert(now);
            if now.has_passed(since, self.config.stable) {
                self.failing = false;
            }
        } else {
            self.good_since = None;
        }
        false
    }

    /// What the safety layer is told.
    pub const fn status(&self) -> Status {
        if self.failing { Status::Tripped } else { Status::Clear }
    }
}

/// What becomes of the session that a power failure interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resume {
    /// It is not known yet whether the vehicle is still there.
    Wait,
    /// The session goes on.
    Continue,
    /// The session ends, with a power loss as the reason.
    End,
}

/// Decides after a start. KEBA's *continue after power failure* is off by default (web interface,
/// device settings); a session whose vehicle left ends in any case. `connected` becomes known at the
/// latest after [`Timing::boot`].
pub const fn resume(continues: bool, connected: Option<bool>) -> Resume {
    match (continues, connected) {
        (false, _) | (true, Some(false)) => Resume::End,
        (true, Some(true)) => Resume::Continue,
        (true, None) => Resume::Wait,
    }
}

/// The longest that [`resume`] may say wait.
pub const RESUME_WAIT: Duration = Timing::DEFAULT.boot.duration();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_once_and_trips_until_stable() {
        let mut supply = Supply::new(Config::RAIL_12V);
        let rows = [
            (0, 12_000, false, Status::Clear),
            (10, 10_000, false, Status::Clear),
            (20, 9_999, true, Status::Tripped),
            (30, 9_000, false, Status::Tripped),
            (40, 10_999, false, Status::Tripped),
            (50, 11_000, false, Status::Tripped),
            (1_049, 11_000, false, Status::Tripped),
            (1_050, 11_000, false, Status::Clear),
            (1_060, 9_999, true, Status::Tripped),
        ];
        for (ms, mv, told, status) in rows {
            assert_eq!(supply.handle_voltage(Instant::from_millis(ms), Millivolts(mv)), told, "{ms}");
            assert_eq!(supply.status(), status, "{ms}");
        }
    }

    #[test]
    fn a_dip_while_recovering_starts_the_wait_again() {
        let mut supply = Supply::new(Config::RAIL_12V);
        for (ms, mv) in [(0, 9_000), (10, 11_500), (900, 10_500), (1_010, 11_500), (2_009, 11_500)] {
            let _ = supply.handle_voltage(Instant::from_millis(ms), Millivolts(mv));
            assert_eq!(supply.status(), Status::Tripped, "{ms}");
        }
    }

    #[test]
    fn sessions_after_a_power_failure() {
        assert_eq!(resume(false, Some(true)), Resume::End);
        assert_eq!(resume(false, None), Resume::End);
        assert_eq!(resume(true, None), Resume::Wait);
        assert_eq!(resume(true, Some(true)), Resume::Continue);
        assert_eq!(resume(true, Some(false)), Resume::End);
    }
}
