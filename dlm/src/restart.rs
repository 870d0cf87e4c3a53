//! Staying away from a weak grid, and coming back gently.
//!
//! After TOR, Austria's rules for the grid, as KEBA 9.1 puts them: charging stops when the voltage stays
//! under 80 % of nominal for more than 3 s; when it is back, 5 s of waiting, a random delay, a restart at
//! 6 A and a ramp. The same is right after a power failure, when all cars of a street want to start at once.

use crate::units::{Instant, Milliamps, Millivolts};
use core::time::Duration;

/// Voltage and times of a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RestartSettings {
    /// Nominal voltage against neutral.
    pub nominal: Millivolts,
    /// Undervoltage is below this many per cent of nominal.
    pub percent: u8,
    /// For how long it is borne.
    pub tolerated: Duration,
    /// Wait after the voltage is back.
    pub wait: Duration,
    /// Longest random delay after that.
    pub random_delay: Duration,
    /// Where the ramp starts.
    pub start: Milliamps,
    /// How fast it climbs: this much a second.
    pub per_second: Milliamps,
    /// Where it ends: from here on there is no limit any more.
    pub end: Milliamps,
    /// Whether charging goes on by itself after a power failure (KEBA 4.1.4).
    pub resume: bool,
}

impl Default for RestartSettings {
    /// 80 % of 230 V for 3 s, 5 s wait, up to 60 s delay, from 6 A to 32 A by 0.1 A a second; after a power
    /// failure charging stays off. Delay and slope are not in the manual.
    fn default() -> Self {
        Self {
            nominal: Millivolts::NOMINAL,
            percent: 80,
            tolerated: Duration::from_secs(3),
            wait: Duration::from_secs(5),
            random_delay: Duration::from_secs(60),
            start: Milliamps(6_000),
            per_second: Milliamps(100),
            end: Milliamps(32_000),
            resume: false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Normal,
    /// The voltage has been low since then, and charging goes on.
    Sagging(Instant),
    /// Charging has stopped, the voltage is low.
    Stopped,
    /// The voltage is back; charging starts then.
    Waiting(Instant),
    /// On the ramp since then.
    Ramping(Instant),
    /// After a power failure, until somebody asks for charging again.
    Held,
}

/// The limit that undervoltage and restarts put on a site or station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restart {
    settings: RestartSettings,
    state: State,
}

impl Restart {
    /// No limit as long as the voltage is right.
    pub const fn new(settings: RestartSettings) -> Self {
        Self { settings, state: State::Normal }
    }

    /// Power is back after a failure: wait, delay and ramp as after undervoltage, or nothing at all until
    /// [`Restart::handle_request`] if charging is not to [resume](RestartSettings::resume). `random` as in
    /// [`Restart::handle_voltage`].
    pub fn handle_power_up(&mut self, now: Instant, random: u32) {
        let start = self.start_after(now, random);
        self.state = if self.settings.resume { State::Waiting(start) } else { State::Held };
    }

    /// Somebody asks for charging: what a power failure has stopped starts as after undervoltage.
    pub fn handle_request(&mut self, now: Instant, random: u32) {
        if self.state == State::Held {
            self.state = State::Waiting(self.start_after(now, random));
        }
    }

    /// Takes a measurement in: the lowest voltage of the phases in use. `random` decides how long the restart
    /// is delayed; any number from a generator that differs between stations will do.
    pub fn handle_voltage(&mut self, now: Instant, lowest: Millivolts, random: u32) {
        let nominal = u64::from(self.settings.nominal.0);
        let low = u64::from(lowest.0) * 100 < nominal * u64::from(self.settings.percent);
        self.state = match self.state {
            State::Sagging(since) if low && now.since(since) > self.settings.tolerated => State::Stopped,
            State::Sagging(_) | State::Stopped if low => self.state,
            State::Normal | State::Ramping(_) if low => State::Sagging(now),
            State::Waiting(_) if low => State::Stopped,
            State::Sagging(_) => State::Normal,
            State::Stopped => State::Waiting(self.start_after(now, random)),
            State::Waiting(start) if now >= start => State::Ramping(start),
            State::Ramping(since) if self.ramp(now, since) >= self.settings.end => State::Normal,
            State::Normal | State::Waiting(_) | State::Ramping(_) | State::Held => self.state,
        };
    }

    /// The limit at `now`; [`Milliamps::MAX`] while all is well.
    pub fn limit(&self, now: Instant) -> Milliamps {
        match self.state {
            State::Normal => Milliamps::MAX,
            State::Sagging(since) if now.since(since) <= self.settings.tolerated => Milliamps::MAX,
            State::Sagging(_) | State::Stopped | State::Held => Milliamps::ZERO,
            State::Waiting(start) if now < start => Milliamps::ZERO,
            State::Waiting(since) | State::Ramping(since) => {
                let ramp = self.ramp(now, since);
                if ramp >= self.settings.end { Milliamps::MAX } else { ramp }
            }
        }
    }

    fn ramp(&self, now: Instant, since: Instant) -> Milliamps {
        let climbed = now.since(since).as_millis() * u128::from(self.settings.per_second.0) / 1000;
        self.settings.start.saturating_add(Milliamps(climbed.min(u32::MAX.into()) as u32))
    }

    fn start_after(&self, now: Instant, random: u32) -> Instant {
        now.after(self.settings.wait).after(self.settings.random_delay.saturating_mul(random >> 16) / 65_536)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOW: Millivolts = Millivolts(183_999);
    const GOOD: Millivolts = Millivolts(184_000);

    fn second(seconds: u64) -> Instant {
        Instant::from_millis(seconds * 1000)
    }

    fn after(voltages: &[(u64, Millivolts)]) -> Restart {
        let mut restart = Restart::new(RestartSettings::default());
        voltages.iter().for_each(|&(at, voltage)| restart.handle_voltage(second(at), voltage, 0));
        restart
    }

    #[test]
    fn a_short_sag_is_borne_and_a_long_one_stops() {
        assert_eq!(after(&[(0, LOW)]).limit(second(3)), Milliamps::MAX);
        assert_eq!(after(&[(0, LOW), (3, LOW)]).limit(second(3)), Milliamps::MAX);
        assert_eq!(after(&[(0, LOW), (3, GOOD)]).limit(second(9)), Milliamps::MAX);
        // Even if nothing more is measured.
        assert_eq!(after(&[(0, LOW)]).limit(second(4)), Milliamps::ZERO);
    }

    #[test]
    fn the_way_back_is_a_wait_a_delay_and_a_ramp() {
        let mut restart = after(&[(0, LOW), (4, LOW), (10, LOW)]);
        restart.handle_voltage(second(20), GOOD, u32::MAX / 2);
        // 5 s, and a bit less than half of 60 s.
        let limits = [54, 55, 65, 314].map(|at| restart.limit(second(at)).0);
        assert_eq!(limits, [0, 6_000, 7_000, 31_900]);
        assert_eq!(restart.limit(second(316)), Milliamps::MAX);
    }

    #[test]
    fn a_second_sag_starts_it_all_over() {
        let restart = after(&[(0, LOW), (4, LOW), (10, GOOD), (12, LOW), (13, GOOD)]);
        assert_eq!(restart.limit(second(17)), Milliamps::ZERO);
        assert_eq!(restart.limit(second(18)), Milliamps(6_000));
        let on_the_ramp =
            after(&[(0, LOW), (4, LOW), (10, GOOD), (20, GOOD), (30, LOW), (34, LOW), (40, GOOD)]);
        assert_eq!(on_the_ramp.limit(second(44)), Milliamps::ZERO);
    }

    #[test]
    fn power_back_is_a_restart() {
        let mut restart = Restart::new(RestartSettings { resume: true, ..RestartSettings::default() });
        restart.handle_power_up(second(100), 0);
        assert_eq!([104, 105].map(|at| restart.limit(second(at)).0), [0, 6_000]);
    }

    /// KEBA 4.1.4: whether charging goes on after a power failure is a setting, off by default.
    #[test]
    fn after_a_power_failure_somebody_has_to_ask_again() {
        let mut restart = Restart::new(RestartSettings::default());
        restart.handle_request(second(1), 0);
        assert_eq!(restart.limit(second(1)), Milliamps::MAX);
        restart.handle_power_up(second(100), 0);
        restart.handle_voltage(second(101), Millivolts(100_000), 0);
        restart.handle_voltage(second(110), Millivolts::NOMINAL, 0);
        assert_eq!(restart.limit(second(10_000)), Milliamps::ZERO);
        restart.handle_request(second(10_000), 0);
        assert_eq!([10_004, 10_005].map(|at| restart.limit(second(at)).0), [0, 6_000]);
    }
}
