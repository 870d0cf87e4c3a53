//! Switching between one and three phases behind a closed loop of safety: never with the contactor
//! closed, and with the vehicle told that something changed.
//!
//! The sequence is EVerest's and Tinkerforge's: end the offer, wait until the contactor is open,
//! move the switch, interrupt the pilot for a while, offer again. Without a vehicle there is nobody to
//! wait for. The switch itself is an external one such as KEBA's S10 (KEBA manual 5.6).

use core::time::Duration;

use thiserror::Error;

use crate::units::{Instant, Milliamps, Phases};

/// How long the contactor has to have been open before the switch moves, so that no arc is left
/// (inferred).
pub const CONTACTOR_REST: Duration = Duration::from_millis(500);

/// Times of the sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Interruption of the pilot after the switch moved, at least 10 s (EVerest's default; Tinkerforge
    /// defaults to 60 s, and some vehicles need 45 s).
    pub wait: Duration,
    /// The same when the contactor had to open under load (Tinkerforge: 60 s). At least `wait`.
    pub wait_after_load: Duration,
}

impl Config {
    /// 10 s, and 60 s after an opening under load.
    pub const DEFAULT: Self =
        Self { wait: Duration::from_secs(10), wait_after_load: Duration::from_secs(60) };

    /// Checks the times.
    ///
    /// # Errors
    ///
    /// A wait that is too short.
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.wait < Duration::from_secs(10) {
            return Err(ConfigError::Wait(self.wait));
        }
        if self.wait_after_load < self.wait {
            return Err(ConfigError::WaitAfterLoad(self.wait_after_load));
        }
        Ok(())
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A time of [`Config`] that is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// `wait` is too short.
    #[error("phase switch `wait` is {0:?}, at least 10 s are needed")]
    Wait(Duration),
    /// `wait_after_load` is shorter than `wait`.
    #[error("phase switch `wait_after_load` is {0:?}, at least `wait` is needed")]
    WaitAfterLoad(Duration),
}

/// What the connector is doing; to be given to the sequence on every round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// Whether the contactor is commanded closed, or its feedback shows closed.
    pub closed: bool,
    /// Whether a vehicle is connected; unknown counts as connected.
    pub connected: bool,
    /// Whether the contactor's last opening was under load.
    pub opened_under_load: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Rest,
    /// The offer has ended; the contactor is still closed.
    Stopping,
    /// The contactor has been open since.
    Opened(Instant),
    /// The pilot is interrupted until then.
    Interrupted(Instant),
}

/// The sequence. Its outputs go to [`Evse::set_offer`](crate::Evse::set_offer) (none while
/// [`holds_offer`](Self::holds_offer)), [`Evse::set_interrupted`](crate::Evse::set_interrupted),
/// the switch, and [`Evse::set_phases`](crate::Evse::set_phases).
#[derive(Clone, Debug)]
pub struct PhaseSwitch {
    config: Config,
    position: Phases,
    wanted: Phases,
    phase: Phase,
}

impl PhaseSwitch {
    /// A switch that is in this position.
    ///
    /// # Errors
    ///
    /// A time that is too short.
    pub fn new(position: Phases, config: Config) -> Result<Self, ConfigError> {
        config.check()?;
        Ok(Self { config, position, wanted: position, phase: Phase::Rest })
    }

    /// Asks for a number of phases. A change of mind before the switch moved is free.
    pub fn request(&mut self, wanted: Phases) {
        self.wanted = wanted;
    }

    /// Goes on with the sequence.
    pub fn handle_view(&mut self, now: Instant, view: &View) {
        self.phase = match self.phase {
            Phase::Interrupted(until) if now >= until || !view.connected => Phase::Rest,
            waiting @ Phase::Interrupted(_) => waiting,
            _ if self.wanted == self.position => Phase::Rest,
            _ if view.closed => Phase::Stopping,
            Phase::Rest | Phase::Stopping => Phase::Opened(now),
            Phase::Opened(since) if now.has_passed(since, CONTACTOR_REST) => {
                self.position = self.wanted;
                self.wait(now, view)
            }
            opened @ Phase::Opened(_) => opened,
        };
    }

    /// Position the switch has to be in.
    pub const fn position(&self) -> Phases {
        self.position
    }

    /// Whether nothing may be offered now.
    pub fn holds_offer(&self) -> bool {
        self.phase != Phase::Rest
    }

    /// Whether the pilot has to be interrupted now.
    pub const fn interrupts(&self) -> bool {
        matches!(self.phase, Phase::Interrupted(_))
    }

    /// When [`handle_view`](Self::handle_view) has something to do without a change of the view.
    #[must_use]
    pub const fn poll_timeout(&self) -> Option<Instant> {
        match self.phase {
            Phase::Interrupted(until) => Some(until),
            Phase::Opened(since) => Some(since.after(CONTACTOR_REST)),
            Phase::Rest | Phase::Stopping => None,
        }
    }

    fn wait(&self, now: Instant, view: &View) -> Phase {
        if !view.connected {
            return Phase::Rest;
        }
        let wait = if view.opened_under_load { self.config.wait_after_load } else { self.config.wait };
        Phase::Interrupted(now + wait)
    }
}

/// Notices a vehicle that charges with one phase although it has three: L1 above 5 A and the others
/// below 0.5 A for 30 s (Tinkerforge).
#[derive(Clone, Debug, Default)]
pub struct SinglePhaseVehicle {
    since: Option<Instant>,
}

impl SinglePhaseVehicle {
    /// How long the currents have to look so.
    pub const CONFIRM: Duration = Duration::from_secs(30);

    /// Takes the currents of the three phases in; `true` once the vehicle is known to use one.
    pub fn handle_currents(&mut self, now: Instant, [l1, l2, l3]: [Milliamps; 3]) -> bool {
        if l1 <= Milliamps(5_000) || l2 >= Milliamps(500) || l3 >= Milliamps(500) {
            self.since = None;
            return false;
        }
        let since = *self.since.get_or_insert(now);
        now.has_passed(since, Self::CONFIRM)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHARGING: View = View { closed: true, connected: true, opened_under_load: false };
    const STOPPED: View = View { closed: false, ..CHARGING };

    fn at(ms: u64) -> Instant {
        Instant::from_millis(ms)
    }

    fn switch() -> PhaseSwitch {
        PhaseSwitch::new(Phases::Three, Config::DEFAULT).unwrap()
    }

    #[test]
    fn the_switch_moves_only_with_the_contactor_open() {
        let mut switch = switch();
        switch.request(Phases::One);
        for ms in [0, 6_000, 60_000] {
            switch.handle_view(at(ms), &CHARGING);
            assert_eq!(switch.position(), Phases::Three);
            assert!(switch.holds_offer() && !switch.interrupts());
        }
        switch.handle_view(at(61_000), &STOPPED);
        switch.handle_view(at(61_100), &CHARGING);
        switch.handle_view(at(61_200), &STOPPED);
        assert_eq!(switch.poll_timeout(), Some(at(61_700)));
        switch.handle_view(at(61_699), &STOPPED);
        assert_eq!(switch.position(), Phases::Three);
        switch.handle_view(at(61_700), &STOPPED);
        assert_eq!(switch.position(), Phases::One);
        assert!(switch.holds_offer() && switch.interrupts());
    }

    #[test]
    fn the_vehicle_is_left_alone_for_ten_seconds_or_sixty_after_load() {
        for (opened_under_load, wait) in [(false, 10_000), (true, 60_000)] {
            let view = View { opened_under_load, ..STOPPED };
            let mut switch = switch();
            switch.request(Phases::One);
            switch.handle_view(at(0), &view);
            switch.handle_view(at(500), &view);
            assert_eq!(switch.poll_timeout(), Some(at(500 + wait)));
            switch.handle_view(at(499 + wait), &view);
            assert!(switch.holds_offer());
            switch.handle_view(at(500 + wait), &view);
            assert!(!switch.holds_offer() && !switch.interrupts());
        }
    }

    #[test]
    fn without_a_vehicle_there_is_nobody_to_wait_for() {
        let mut switch = switch();
        switch.request(Phases::One);
        switch.handle_view(at(0), &View { connected: false, ..STOPPED });
        switch.handle_view(at(500), &View { connected: false, ..STOPPED });
        assert_eq!(switch.position(), Phases::One);
        assert!(!switch.holds_offer());
    }

    #[test]
    fn a_vehicle_that_leaves_ends_the_wait() {
        let mut switch = switch();
        switch.request(Phases::One);
        switch.handle_view(at(0), &STOPPED);
        switch.handle_view(at(500), &STOPPED);
        assert!(switch.interrupts());
        switch.handle_view(at(501), &View { connected: false, ..STOPPED });
        assert!(!switch.holds_offer() && !switch.interrupts());
    }

    #[test]
    fn a_change_of_mind_before_it_moved_costs_nothing() {
        let mut switch = switch();
        switch.request(Phases::One);
        switch.handle_view(at(0), &CHARGING);
        switch.request(Phases::Three);
        switch.handle_view(at(1), &CHARGING);
        assert!(!switch.holds_offer());
        assert_eq!(switch.position(), Phases::Three);
    }

    #[test]
    fn times_too_short_are_refused() {
        let wait = Duration::from_secs(9);
        assert_eq!(Config { wait, ..Config::DEFAULT }.check(), Err(ConfigError::Wait(wait)));
        let wait_after_load = Duration::from_secs(9);
        let config = Config { wait_after_load, ..Config::DEFAULT };
        assert_eq!(config.check(), Err(ConfigError::WaitAfterLoad(wait_after_load)));
    }

    #[test]
    fn a_single_phase_vehicle_is_known_after_thirty_seconds() {
        let mut detector = SinglePhaseVehicle::default();
        let single = [Milliamps(5_001), Milliamps(499), Milliamps(0)];
        assert!(!detector.handle_currents(at(0), single));
        assert!(!detector.handle_currents(at(29_999), single));
        assert!(detector.handle_currents(at(30_000), single));
        assert!(!detector.handle_currents(at(30_001), [Milliamps(5_001), Milliamps(500), Milliamps(0)]));
        assert!(!detector.handle_currents(at(60_000), single));
    }
}
