//! Charging with what the site's own generation leaves over (KEBA 5.6).
//!
//! The meter at the main connection sees import and export. What would be exported without charging is the
//! surplus; it is shared as a pool: power divided by the phase voltage is the sum of the currents of all
//! conductors ([`Controller::set_pool`](crate::Controller::set_pool)).

use crate::units::{Instant, Milliamps, Millivolts, Watts};
use core::time::Duration;

/// How surplus is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SurplusSettings {
    /// Charging starts when the surplus is this many per cent of [`SurplusSettings::minimum`]; at 0 % there
    /// must still be some.
    pub start_share: u8,
    /// Least power to charge with: 1,380 W on one phase, 4,140 W on three (6 A at 230 V).
    pub minimum: Watts,
    /// After a start there is no limit for this long.
    pub boost: Duration,
    /// Time between two changes.
    pub interval: Duration,
    /// Import borne before the power is lowered.
    pub import: Watts,
    /// Export borne before the power is raised.
    pub export: Watts,
    /// For how long there must be too little before charging stops.
    pub patience: Duration,
}

impl Default for SurplusSettings {
    /// All from the sun, one phase, no boost, every 30 s, 100 W both ways, 5 minutes of patience. None of
    /// these is a manual's default.
    fn default() -> Self {
        Self {
            start_share: 100,
            minimum: Watts(1_380),
            boost: Duration::ZERO,
            interval: Duration::from_secs(30),
            import: Watts(100),
            export: Watts(100),
            patience: Duration::from_secs(300),
        }
    }
}

/// What charging may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowance {
    /// Nothing: there is not enough surplus.
    Nothing,
    /// This much.
    Power(Watts),
    /// Anything: boost, or the override contact is closed.
    Unlimited,
}

impl Allowance {
    /// The limit of the pool: current summed over the conductors, at this voltage against neutral.
    pub fn pool_limit(self, voltage: Millivolts) -> Milliamps {
        match self {
            Self::Nothing => Milliamps::ZERO,
            Self::Unlimited => Milliamps::MAX,
            Self::Power(power) => {
                let microwatts = u64::from(power.0.max(0).unsigned_abs()) * 1_000_000;
                let current = microwatts.checked_div(voltage.0.into()).unwrap_or(0);
                Milliamps(current.min(u32::MAX.into()) as u32)
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Off,
    On {
        since: Instant,
        power: Watts,
        /// Since when there has been too little.
        short: Option<Instant>,
    },
}

/// Follows the surplus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Surplus {
    settings: SurplusSettings,
    state: State,
    changed: Option<Instant>,
    overridden: bool,
}

impl Surplus {
    /// Off until there is enough surplus.
    pub const fn new(settings: SurplusSettings) -> Self {
        Self { settings, state: State::Off, changed: None, overridden: false }
    }

    /// The override contact (KEBA's X1): while it is closed, surplus does not matter.
    pub fn handle_override(&mut self, closed: bool) {
        self.overridden = closed;
    }

    /// Takes in the power at the main connection (import positive) and what charging takes of it.
    pub fn handle_power(&mut self, now: Instant, grid: Watts, charging: Watts) {
        let surplus = Watts(charging.0.saturating_sub(grid.0));
        let minimum = self.settings.minimum;
        let needed = i64::from(minimum.0) * i64::from(self.settings.start_share);
        let enough = surplus.0 > 0 && i64::from(surplus.0) * 100 >= needed;
        let due = self.changed.is_none_or(|changed| now.since(changed) >= self.settings.interval);
        self.state = match self.state {
            State::Off if enough && due => {
                self.changed = Some(now);
                State::On { since: now, power: surplus.max(minimum), short: None }
            }
            State::Off => State::Off,
            State::On { since, power, short } => {
                let boosting = now.since(since) < self.settings.boost;
                let short = if enough || boosting { None } else { short.or(Some(now)) };
                if short.is_some_and(|short| now.since(short) >= self.settings.patience) {
                    self.changed = Some(now);
                    State::Off
                } else if due
                    && (grid > self.settings.import || grid.0 < self.settings.export.0.saturating_neg())
                {
                    self.changed = Some(now);
                    State::On { since, power: surplus.max(minimum), short }
                } else {
                    State::On { since, power, short }
                }
            }
        };
    }

    /// What charging may use at `now`.
    pub fn allowance(&self, now: Instant) -> Allowance {
        match self.state {
            _ if self.overridden => Allowance::Unlimited,
            State::Off => Allowance::Nothing,
            State::On { since, .. } if now.since(since) < self.settings.boost => Allowance::Unlimited,
            State::On { power, .. } => Allowance::Power(power),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(seconds: u64) -> Instant {
        Instant::from_millis(seconds * 1000)
    }

    fn surplus(change: impl Fn(&mut SurplusSettings)) -> Surplus {
        let mut settings = SurplusSettings::default();
        change(&mut settings);
        Surplus::new(settings)
    }

    #[test]
    fn charging_starts_when_the_share_of_the_minimum_is_reached() {
        let start = |share, exported: i32| {
            let mut surplus = surplus(|settings| settings.start_share = share);
            surplus.handle_power(second(0), Watts(-exported), Watts(0));
            surplus.allowance(second(0))
        };
        assert_eq!(start(100, 1_379), Allowance::Nothing);
        assert_eq!(start(100, 1_380), Allowance::Power(Watts(1_380)));
        assert_eq!(start(50, 690), Allowance::Power(Watts(1_380)));
        // KEBA 5.6: even at 0 % there must be measurable surplus.
        assert_eq!(start(0, 0), Allowance::Nothing);
        assert_eq!(start(0, 1), Allowance::Power(Watts(1_380)));
    }

    #[test]
    fn power_follows_beyond_the_thresholds_at_each_interval() {
        let mut surplus = surplus(|_| ());
        surplus.handle_power(second(0), Watts(-3_000), Watts(0));
        assert_eq!(surplus.allowance(second(0)), Allowance::Power(Watts(3_000)));
        surplus.handle_power(second(29), Watts(900), Watts(3_000));
        assert_eq!(surplus.allowance(second(29)), Allowance::Power(Watts(3_000)));
        surplus.handle_power(second(30), Watts(900), Watts(3_000));
        assert_eq!(surplus.allowance(second(30)), Allowance::Power(Watts(2_100)));
        surplus.handle_power(second(60), Watts(100), Watts(2_100));
        surplus.handle_power(second(60), Watts(-100), Watts(2_100));
        assert_eq!(surplus.allowance(second(60)), Allowance::Power(Watts(2_100)));
        surplus.handle_power(second(61), Watts(-101), Watts(2_100));
        assert_eq!(surplus.allowance(second(61)), Allowance::Power(Watts(2_201)));
    }

    #[test]
    fn a_cloud_is_waited_for_before_charging_stops() {
        let mut surplus = surplus(|_| ());
        surplus.handle_power(second(0), Watts(-2_000), Watts(0));
        surplus.handle_power(second(40), Watts(1_500), Watts(2_000));
        assert_eq!(surplus.allowance(second(40)), Allowance::Power(Watts(1_380)));
        surplus.handle_power(second(339), Watts(880), Watts(1_380));
        assert_eq!(surplus.allowance(second(339)), Allowance::Power(Watts(1_380)));
        surplus.handle_power(second(340), Watts(880), Watts(1_380));
        assert_eq!(surplus.allowance(second(340)), Allowance::Nothing);
    }

    #[test]
    fn boost_and_override_lift_the_limit() {
        let mut surplus = surplus(|settings| settings.boost = Duration::from_secs(60));
        surplus.handle_override(true);
        assert_eq!(surplus.allowance(second(0)), Allowance::Unlimited);
        surplus.handle_override(false);
        surplus.handle_power(second(0), Watts(-2_000), Watts(0));
        assert_eq!(surplus.allowance(second(59)), Allowance::Unlimited);
        assert_eq!(surplus.allowance(second(60)), Allowance::Power(Watts(2_000)));
    }

    #[test]
    fn power_is_a_sum_of_phase_currents() {
        assert_eq!(Allowance::Power(Watts(4_140)).pool_limit(Millivolts::NOMINAL), Milliamps(18_000));
        assert_eq!(Allowance::Nothing.pool_limit(Millivolts::NOMINAL), Milliamps::ZERO);
        assert_eq!(Allowance::Unlimited.pool_limit(Millivolts::NOMINAL), Milliamps::MAX);
        assert_eq!(Allowance::Power(Watts(1)).pool_limit(Millivolts(0)), Milliamps::ZERO);
    }
}
