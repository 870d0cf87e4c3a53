//! Cable lock of a socket: when it has to be locked, and driving the actuator there with retries.
//!
//! The policy is a pure function ([`wanted`]); the actuator is a machine ([`Lock`]) that drives for a
//! pulse, verifies, and tries again. Times are those of SmartEVSE and esp32-evse, the policy those of
//! EVerest and Tinkerforge plus Bender's *lock actuator only if authorized*.

use core::time::Duration;

use thiserror::Error;

use crate::pilot::State;
use crate::pilot::timing::UNLOCK_IN_F;
use crate::safety::Status;
use crate::units::Instant;

/// When the cable is locked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Policy {
    /// From the moment a vehicle is connected.
    #[default]
    Connected,
    /// Only once the user is authorized (Bender 5.1).
    Authorized,
    /// Always while a cable is in the socket, as for a cable that belongs to it (KEBA
    /// `permanentlyLocked`).
    Permanent,
}

/// What the policy looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// State of the pilot.
    pub state: Option<State>,
    /// How long the pilot has been in F because the connector is not available
    /// ([`Evse::unavailable_since`](crate::Evse::unavailable_since)). Waking a vehicle or switching
    /// phases passes through F as well, and does not count.
    pub in_f: Option<Duration>,
    /// Whether the user is authorized.
    pub authorized: bool,
    /// Whether a cable is in the socket.
    pub cable: bool,
    /// Whether the contactor is, or may be, closed; a welded one counts.
    pub live: bool,
}

/// Where the bolt belongs; `None` leaves it where it is.
///
/// Never out while the contactor may be closed; out at once in A and E, after 5 s in F.
pub fn wanted(policy: Policy, view: &View) -> Option<Position> {
    if view.live || (policy == Policy::Permanent && view.cable) {
        return Some(Position::Locked);
    }
    match view.state? {
        State::A1 | State::A2 | State::E => Some(Position::Unlocked),
        State::F => view.in_f.filter(|span| *span >= UNLOCK_IN_F.duration()).map(|_| Position::Unlocked),
        _ if policy == Policy::Authorized && !view.authorized => Some(Position::Unlocked),
        _ => Some(Position::Locked),
    }
}

/// A position of the bolt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Position {
    /// The plug is held.
    Locked,
    /// The plug is free.
    Unlocked,
}

/// What the actuator's switches show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sensed {
    /// A clear position.
    At(Position),
    /// No actuator answers, or its switches contradict each other.
    Absent,
}

/// What the motor driver has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Drive {
    /// Nothing.
    Off,
    /// Push the bolt out.
    Lock,
    /// Pull it back.
    Unlock,
}

/// Something wrong with the lock (EVerest's list, and the rows of Bender's error table).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LockFault {
    /// The plug could not be held. Usually it is badly inserted: charging does not start.
    NotLocking,
    /// The bolt could not be pulled back.
    Stuck,
    /// The plug came free by itself.
    UnexpectedlyOpen,
    /// The bolt moved out by itself.
    UnexpectedlyClosed,
    /// No actuator was detected.
    Absent,
    /// The capacitor that could still unlock after a power failure is not charged.
    NotCharged,
}

/// Times and tries of an actuator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Length of a drive pulse, 100 ms to 4 s (SmartEVSE 600 ms; chargebyte 1 ms to 4 s).
    pub pulse: Duration,
    /// Time from the beginning of the pulse to the check of the position, longer than the pulse.
    pub verify: Duration,
    /// Wait before a locking pulse, so that the plug is all the way in (esp32-evse).
    pub before_lock: Duration,
    /// Time between two tries (SmartEVSE).
    pub retry: Duration,
    /// Tries before it is a fault; further tries follow only on a new command. At least 1.
    pub tries: u8,
    /// Whether the position is sensed. Without it a pulse is believed.
    pub feedback: bool,
}

impl Config {
    /// 600 ms, checked at 800 ms, three tries 5 s apart.
    pub const DEFAULT: Self = Self {
        pulse: Duration::from_millis(600),
        verify: Duration::from_millis(800),
        before_lock: Duration::from_millis(500),
        retry: Duration::from_secs(5),
        tries: 3,
        feedback: true,
    };

    /// Checks the settings.
    ///
    /// # Errors
    ///
    /// The first one out of its bounds.
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.pulse < Duration::from_millis(100) || self.pulse > Duration::from_secs(4) {
            return Err(ConfigError::Pulse(self.pulse));
        }
        if self.verify <= self.pulse {
            return Err(ConfigError::Verify(self.verify));
        }
        if self.tries == 0 {
            return Err(ConfigError::Tries);
        }
        Ok(())
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A setting of [`Config`] that is not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// `pulse` is out of bounds.
    #[error("lock `pulse` is {0:?}, allowed is 100 ms to 4 s")]
    Pulse(Duration),
    /// `verify` is not after the pulse.
    #[error("lock `verify` is {0:?}, it has to be longer than `pulse`")]
    Verify(Duration),
    /// `tries` is zero.
    #[error("lock `tries` is 0, at least one try is needed")]
    Tries,
}

/// The plug cannot be freed by force now: the contactor is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the plug is live and stays locked")]
pub struct Live;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Rest,
    /// A pulse begins then.
    Wait(Instant),
    /// A pulse began then.
    Pulse(Instant),
    /// The pulse is over; its position is checked this long after it began.
    Verify(Instant),
}

/// One actuator. See the [module](self).
#[derive(Clone, Debug)]
pub struct Lock {
    config: Config,
    target: Option<Position>,
    /// Freed by force; stays free until the policy wants it free as well.
    forced: bool,
    phase: Phase,
    tries: u8,
    sensed: Option<Sensed>,
    /// Position believed after a verified (or unverifiable) pulse.
    reached: Option<Position>,
    charged: bool,
    fault: Option<LockFault>,
}

impl Lock {
    /// An actuator at rest.
    ///
    /// # Errors
    ///
    /// A setting out of its bounds.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        config.check()?;
        Ok(Self {
            config,
            target: None,
            forced: false,
            phase: Phase::Rest,
            tries: 0,
            sensed: None,
            reached: None,
            charged: true,
            fault: None,
        })
    }

    /// Takes the position switches in.
    pub fn handle_sensed(&mut self, now: Instant, sensed: Sensed) {
        self.sensed = Some(sensed);
        if sensed == Sensed::Absent {
            self.fault = Some(LockFault::Absent);
        } else if self.fault == Some(LockFault::Absent) {
            self.fault = None;
        }
        if let (Phase::Rest, Some(reached), Sensed::At(position)) = (self.phase, self.reached, sensed) {
            if reached != position {
                self.moved_by_itself(position);
            }
        }
        self.update(now);
    }

    /// Takes the state of the supply capacitor in; charged (10 V in chargebyte's design) or not.
    pub fn handle_charged(&mut self, now: Instant, charged: bool) {
        self.charged = charged;
        if charged && self.fault == Some(LockFault::NotCharged) {
            self.fault = None;
        }
        self.update(now);
    }

    /// Does what became due.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.update(now);
    }

    /// Says where the bolt belongs, as [`wanted`] has it. The same target again changes nothing.
    pub fn set_target(&mut self, now: Instant, target: Position) {
        if target == Position::Unlocked {
            self.forced = false;
        }
        if !self.forced {
            self.head_for(now, target);
        }
        self.update(now);
    }

    /// Frees the plug whatever the policy says (OCPP `UnlockConnector`), until the policy wants it
    /// free as well. Also another try for a stuck bolt.
    ///
    /// # Errors
    ///
    /// [`Live`] while the contactor is, or may be, closed.
    pub fn force_unlock(&mut self, now: Instant, live: bool) -> Result<(), Live> {
        if live {
            return Err(Live);
        }
        self.forced = true;
        self.target = None;
        self.head_for(now, Position::Unlocked);
        self.update(now);
        Ok(())
    }

    /// What the motor driver has to do now.
    pub const fn drive(&self) -> Drive {
        match (self.phase, self.target) {
            (Phase::Pulse(_), Some(Position::Locked)) => Drive::Lock,
            (Phase::Pulse(_), Some(Position::Unlocked)) => Drive::Unlock,
            _ => Drive::Off,
        }
    }

    /// The position the bolt is known to be in.
    pub const fn position(&self) -> Option<Position> {
        self.reached
    }

    /// The fault that stands.
    pub const fn fault(&self) -> Option<LockFault> {
        self.fault
    }

    /// What the safety layer is told: no close before it is locked, and meant to be.
    pub fn status(&self) -> Status {
        match self.fault {
            Some(LockFault::UnexpectedlyOpen | LockFault::Absent | LockFault::Stuck) => Status::Tripped,
            _ if self.phase != Phase::Rest || self.target != self.reached => Status::NotReady,
            _ if self.reached == Some(Position::Locked) => Status::Clear,
            _ => Status::NotReady,
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) has something to do.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let (at, span) = match self.phase {
            Phase::Rest => return None,
            Phase::Wait(at) => (at, Duration::ZERO),
            Phase::Pulse(at) => (at, self.config.pulse),
            Phase::Verify(at) => (at, self.config.verify),
        };
        // Without charge nothing is due until the capacitor reports, but the fault has to be seen.
        let waits_for_charge = self.fault == Some(LockFault::NotCharged);
        (!waits_for_charge).then(|| at + span)
    }

    fn head_for(&mut self, now: Instant, target: Position) {
        if self.target == Some(target) {
            return;
        }
        self.target = Some(target);
        self.tries = 0;
        let wait = if target == Position::Locked { self.config.before_lock } else { Duration::ZERO };
        self.phase = Phase::Wait(now + wait);
    }

    fn moved_by_itself(&mut self, position: Position) {
        self.reached = Some(position);
        self.fault = match (self.target, position) {
            (Some(Position::Locked), Position::Unlocked) => Some(LockFault::UnexpectedlyOpen),
            (Some(Position::Unlocked), Position::Locked) => Some(LockFault::UnexpectedlyClosed),
            // It came, or came back, to where it belongs.
            _ => None,
        };
    }

    fn update(&mut self, now: Instant) {
        while self.advance(now) {}
    }

    /// Ends the current phase if it is over; returns whether it was.
    fn advance(&mut self, now: Instant) -> bool {
        match self.phase {
            Phase::Wait(at) if now >= at => {
                if !self.charged {
                    self.fault = Some(LockFault::NotCharged);
                    return false;
                }
                self.phase = Phase::Pulse(now);
                self.reached = None;
                true
            }
            Phase::Pulse(at) if now.has_passed(at, self.config.pulse) => {
                self.phase = Phase::Verify(at);
                true
            }
            Phase::Verify(at) if now.has_passed(at, self.config.verify) => {
                self.finish(now);
                true
            }
            _ => false,
        }
    }

    fn finish(&mut self, now: Instant) {
        let Some(target) = self.target else {
            self.phase = Phase::Rest;
            return;
        };
        if !self.config.feedback || self.sensed == Some(Sensed::At(target)) {
            self.reached = Some(target);
            self.fault = None;
            self.phase = Phase::Rest;
            return;
        }
        self.tries = self.tries.saturating_add(1);
        if self.tries < self.config.tries {
            self.phase = Phase::Wait(now + self.config.retry);
            return;
        }
        self.phase = Phase::Rest;
        self.reached = match self.sensed {
            Some(Sensed::At(position)) => Some(position),
            _ => None,
        };
        self.fault = Some(match (self.sensed, target) {
            (Some(Sensed::Absent) | None, _) => LockFault::Absent,
            (_, Position::Locked) => LockFault::NotLocking,
            (_, Position::Unlocked) => LockFault::Stuck,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCKED: Sensed = Sensed::At(Position::Locked);
    const UNLOCKED: Sensed = Sensed::At(Position::Unlocked);

    fn at(ms: u64) -> Instant {
        Instant::from_millis(ms)
    }

    fn locked() -> Lock {
        let mut lock = Lock::new(Config::DEFAULT).unwrap();
        lock.handle_sensed(at(0), UNLOCKED);
        lock.set_target(at(0), Position::Locked);
        lock.handle_timeout(at(500));
        lock.handle_sensed(at(900), LOCKED);
        lock.handle_timeout(at(1_100));
        lock.handle_timeout(at(1_300));
        assert_eq!(lock.status(), Status::Clear);
        lock
    }

    #[test]
    fn the_policy_by_state() {
        use Position::{Locked, Unlocked};
        let view = View { state: None, in_f: None, authorized: false, cable: true, live: false };
        let rows = [
            (Policy::Connected, None, None),
            (Policy::Connected, Some(State::A1), Some(Unlocked)),
            (Policy::Connected, Some(State::B1), Some(Locked)),
            (Policy::Connected, Some(State::C2), Some(Locked)),
            (Policy::Connected, Some(State::D1), Some(Locked)),
            (Policy::Connected, Some(State::E), Some(Unlocked)),
            (Policy::Connected, Some(State::F), None),
            (Policy::Authorized, Some(State::B1), Some(Unlocked)),
            (Policy::Permanent, Some(State::A1), Some(Locked)),
        ];
        for (policy, state, position) in rows {
            assert_eq!(wanted(policy, &View { state, ..view }), position, "{policy:?} {state:?}");
        }
        let authorized = View { state: Some(State::B1), authorized: true, ..view };
        assert_eq!(wanted(Policy::Authorized, &authorized), Some(Locked));
        let empty = View { state: Some(State::A1), cable: false, ..view };
        assert_eq!(wanted(Policy::Permanent, &empty), Some(Unlocked));
    }

    #[test]
    fn nothing_unlocks_a_live_plug() {
        for state in [None, Some(State::A1), Some(State::E), Some(State::F)] {
            let in_f = Some(Duration::from_secs(60));
            let view = View { state, in_f, authorized: false, cable: true, live: true };
            for policy in [Policy::Connected, Policy::Authorized, Policy::Permanent] {
                assert_eq!(wanted(policy, &view), Some(Position::Locked));
            }
        }
        assert_eq!(locked().force_unlock(at(2_000), true), Err(Live));
    }

    #[test]
    fn f_unlocks_after_five_seconds() {
        for (ms, position) in
            [(4_999, None), (5_000, Some(Position::Unlocked)), (5_001, Some(Position::Unlocked))]
        {
            let view = View {
                state: Some(State::F),
                in_f: Some(Duration::from_millis(ms)),
                authorized: true,
                cable: true,
                live: false,
            };
            assert_eq!(wanted(Policy::Connected, &view), position);
        }
    }

    #[test]
    fn locking_waits_drives_and_verifies() {
        let mut lock = Lock::new(Config::DEFAULT).unwrap();
        lock.set_target(at(0), Position::Locked);
        for (ms, drive) in [(499, Drive::Off), (500, Drive::Lock), (1_099, Drive::Lock), (1_100, Drive::Off)]
        {
            lock.handle_timeout(at(ms));
            assert_eq!(lock.drive(), drive, "{ms}");
        }
        lock.handle_sensed(at(1_200), LOCKED);
        assert_eq!(lock.status(), Status::NotReady);
        assert_eq!(lock.poll_timeout(), Some(at(1_300)));
        lock.handle_timeout(at(1_300));
        assert_eq!(lock.status(), Status::Clear);
        assert_eq!(lock.poll_timeout(), None);
    }

    #[test]
    fn a_bolt_that_does_not_move_is_a_fault_after_the_last_try() {
        let mut lock = Lock::new(Config::DEFAULT).unwrap();
        lock.handle_sensed(at(0), UNLOCKED);
        lock.set_target(at(0), Position::Locked);
        let mut pulses = 0;
        let mut last = Drive::Off;
        while let Some(due) = lock.poll_timeout() {
            assert_eq!(lock.fault(), None);
            lock.handle_timeout(due);
            pulses += u32::from(lock.drive() == Drive::Lock && last == Drive::Off);
            last = lock.drive();
        }
        assert_eq!(pulses, 3);
        assert_eq!(lock.fault(), Some(LockFault::NotLocking));
        assert_eq!(lock.status(), Status::NotReady);
    }

    #[test]
    fn a_stuck_bolt_gets_another_try_by_command() {
        let mut lock = locked();
        lock.set_target(at(2_000), Position::Unlocked);
        while let Some(due) = lock.poll_timeout() {
            lock.handle_timeout(due);
        }
        assert_eq!(lock.fault(), Some(LockFault::Stuck));
        assert_eq!(lock.force_unlock(at(60_000), false), Ok(()));
        assert_eq!(lock.drive(), Drive::Unlock);
        lock.handle_sensed(at(60_300), UNLOCKED);
        lock.handle_timeout(at(60_600));
        lock.handle_timeout(at(60_800));
        assert_eq!(lock.fault(), None);
        assert_eq!(lock.position(), Some(Position::Unlocked));
    }

    #[test]
    fn a_plug_freed_by_force_stays_free_until_the_policy_agrees() {
        let mut lock = locked();
        assert_eq!(lock.force_unlock(at(2_000), false), Ok(()));
        lock.set_target(at(3_000), Position::Locked);
        assert_ne!(lock.drive(), Drive::Lock);
        lock.set_target(at(4_000), Position::Unlocked);
        lock.set_target(at(5_000), Position::Locked);
        lock.handle_timeout(at(5_500));
        assert_eq!(lock.drive(), Drive::Lock);
    }

    #[test]
    fn a_plug_that_comes_free_trips() {
        let mut lock = locked();
        lock.handle_sensed(at(5_000), UNLOCKED);
        assert_eq!(lock.fault(), Some(LockFault::UnexpectedlyOpen));
        assert_eq!(lock.status(), Status::Tripped);
        lock.handle_sensed(at(6_000), LOCKED);
        assert_eq!(lock.status(), Status::Clear);
    }

    #[test]
    fn an_actuator_that_is_not_there_trips() {
        let mut lock = locked();
        lock.handle_sensed(at(5_000), Sensed::Absent);
        assert_eq!((lock.fault(), lock.status()), (Some(LockFault::Absent), Status::Tripped));
        lock.handle_sensed(at(6_000), LOCKED);
        assert_eq!(lock.fault(), None);
    }

    #[test]
    fn nothing_moves_before_the_capacitor_is_charged() {
        let mut lock = Lock::new(Config::DEFAULT).unwrap();
        lock.handle_charged(at(0), false);
        lock.set_target(at(0), Position::Locked);
        lock.handle_timeout(at(500));
        assert_eq!((lock.drive(), lock.fault()), (Drive::Off, Some(LockFault::NotCharged)));
        lock.handle_charged(at(800), true);
        assert_eq!((lock.drive(), lock.fault()), (Drive::Lock, None));
    }

    #[test]
    fn a_plug_about_to_be_freed_does_not_count_as_locked() {
        let mut lock = locked();
        lock.handle_charged(at(2_000), false);
        lock.set_target(at(2_000), Position::Unlocked);
        assert_eq!((lock.position(), lock.status()), (Some(Position::Locked), Status::NotReady));
    }

    #[test]
    fn without_feedback_a_pulse_is_believed() {
        let mut lock = Lock::new(Config { feedback: false, ..Config::DEFAULT }).unwrap();
        lock.set_target(at(0), Position::Locked);
        while let Some(due) = lock.poll_timeout() {
            lock.handle_timeout(due);
        }
        assert_eq!(lock.status(), Status::Clear);
    }

    #[test]
    fn settings_out_of_bounds_are_refused() {
        let pulse = Duration::from_millis(99);
        assert_eq!(Config { pulse, ..Config::DEFAULT }.check(), Err(ConfigError::Pulse(pulse)));
        let verify = Config::DEFAULT.pulse;
        assert_eq!(Config { verify, ..Config::DEFAULT }.check(), Err(ConfigError::Verify(verify)));
        assert_eq!(Config { tries: 0, ..Config::DEFAULT }.check(), Err(ConfigError::Tries));
    }
}
