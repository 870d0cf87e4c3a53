//! Search of every state the shipped machine can reach from the inputs below, with the rules of power
//! checked at every step.
//!
//! Nothing is modelled but the world around the connector: the machine in the search is [`Evse`] itself.
//! Two states are the same when everything they hold is, with every point in time taken relative to
//! now; what is older than [`OLDEST`] is as old as that, because no limit in force is longer. The search
//! therefore ends, and what it has seen is every sequence of these inputs, however long.

extern crate alloc;
extern crate std;

use alloc::vec::Vec;
use core::hash::{Hash, Hasher};
use std::collections::HashSet;
use std::hash::DefaultHasher;

use super::*;
use crate::pilot::{Config as PilotConfig, DutyReading, Timing};
use crate::proximity::{Cable, R_13A, R_32A, classify};
use crate::units::{Millis, Millivolts};

/// The program samples this often, which is as seldom as it may.
const PERIOD: Millis = Millis(100);
const SAMPLE_TIMEOUT: Millis = Millis(250);
/// No time limit of the searched connectors is longer.
const OLDEST: i64 = 5_000;

/// Hashes points in time by their distance from now; nothing else in the state writes 64 bits.
struct Relative {
    now: u64,
    inner: DefaultHasher,
}

impl Hasher for Relative {
    fn write(&mut self, bytes: &[u8]) {
        self.inner.write(bytes);
    }

    fn write_u64(&mut self, point: u64) {
        let age = (self.now as i64 - point as i64).clamp(-OLDEST, OLDEST);
        self.inner.write_i64(age);
    }

    fn finish(&self) -> u64 {
        self.inner.finish()
    }
}

/// What the world may do between two samples.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// The vehicle holds the line at this voltage, with a diode or without.
    Line(i32, bool),
    /// Nothing is sampled.
    Silence,
    Permission(bool),
    Available(bool),
    Interrupted(bool),
    Cable(Ohms),
    Report(Protection, Status),
    /// The feedback contact sticks, or follows again.
    Stuck(Option<Feedback>),
    ClearFault,
}

/// The connector, the world, and what the rules need to remember.
#[derive(Clone, Hash)]
struct World {
    evse: Evse,
    now: Instant,
    high: i32,
    diode: bool,
    sampled: bool,
    permission: bool,
    available: bool,
    interrupted: bool,
    cable: Ohms,
    /// The newest two readings of the cable.
    readings: [Ohms; 2],
    reports: [Option<Status>; 2],
    stuck: Option<Feedback>,
    /// What the contactor's feedback showed last.
    feedback: Feedback,
    newest: Instant,
    /// Whether that one showed the vehicle's diode.
    proven: bool,
    /// Newest sample that showed a vehicle that wants power.
    wished: Option<Instant>,
    /// Since when nothing has been offered.
    silent: Option<Instant>,
    closed: bool,
}

/// The protections of the search: one that trips, and the lock.
const FITTED: [Protection; 2] = [Protection::ResidualCurrent, Protection::Lock];

impl World {
    fn new() -> Self {
        let timing = Timing {
            forced_open: Millis(3_000),
            sample_timeout: SAMPLE_TIMEOUT,
            signal_settle: Millis(100),
            contactor_settle: Millis(200),
            duty_settle: Millis(200),
            diode_tolerance: Millis(200),
            boot: Millis(0),
            ..Timing::DEFAULT
        };
        let contactor = contactor::Config {
            mismatch: Millis(250),
            timeout: Millis(250),
            reclose: Millis(1_000),
            ..contactor::Config::DEFAULT
        };
        let pilot = PilotConfig { timing, ..PilotConfig::DEFAULT };
        let config = Config { pilot, contactor, fitted: &FITTED, ..Config::DEFAULT };
        let now = Instant::from_millis(1_000_000);
        let mut evse = Evse::new(now, &config).unwrap();
        evse.set_permission(now, true);
        evse.set_offer(now, Some(Milliamps(16_000)));
        Self {
            evse,
            now,
            high: 12_000,
            diode: true,
            sampled: true,
            permission: true,
            available: true,
            interrupted: false,
            cable: R_32A,
            readings: [R_32A; 2],
            reports: [Some(Status::Clear); 2],
            stuck: None,
            feedback: Feedback::Open,
            newest: now,
            proven: false,
            wished: None,
            silent: Some(now),
            closed: false,
        }
    }

    /// Two worlds with the same fingerprint behave alike.
    fn fingerprint(&self, one_duty: bool) -> u64 {
        let mut world = self.clone();
        let now = world.now;
        world.evse.pilot.forget_ages(now, one_duty);
        world.evse.contactor.forget_ages(now);
        world.evse.ready_since = world.evse.ready_since.map(|at| at.no_older_than(CLOSE_LIMIT, now));
        world.evse.deadline = None;
        world.wished = world.wished.map(|at| at.no_older_than(SAMPLE_TIMEOUT, now));
        world.newest = world.newest.no_older_than(SAMPLE_TIMEOUT, now);
        world.silent = world.silent.map(|at| at.no_older_than(Millis(3_000), now));
        let mut hasher = Relative { now: now.as_millis() + 1, inner: DefaultHasher::new() };
        world.hash(&mut hasher);
        hasher.finish()
    }

    fn apply(&mut self, act: Act) {
        match act {
            Act::Line(high, diode) => (self.high, self.diode, self.sampled) = (high, diode, true),
            Act::Silence => self.sampled = false,
            Act::Permission(permission) => {
                self.permission = permission;
                self.evse.set_permission(self.now, permission);
            }
            Act::Available(available) => {
                self.available = available;
                self.evse.set_available(self.now, available);
            }
            Act::Interrupted(interrupted) => {
                self.interrupted = interrupted;
                self.evse.set_interrupted(self.now, interrupted);
            }
            Act::Cable(cable) => self.cable = cable,
            Act::Report(protection, status) => {
                let at = FITTED.iter().position(|fitted| *fitted == protection).unwrap();
                self.reports[at] = Some(status);
                self.evse.handle_protection(self.now, protection, status);
            }
            Act::Stuck(stuck) => self.stuck = stuck,
            Act::ClearFault => self.evse.clear_contactor_fault(self.now),
        }
        self.watch();
        self.tick();
    }

    /// One period: every deadline on the way, then a sample and the protections' reports.
    fn tick(&mut self) {
        let end = self.now + PERIOD;
        while let Some(due) = self.evse.poll_timeout().filter(|due| *due < end) {
            assert!(due > self.now, "a deadline that is not in the future");
            self.now = due;
            self.evse.handle_timeout(due);
            self.watch();
        }
        self.now = end;
        for (protection, status) in FITTED.into_iter().zip(self.reports) {
            self.evse.handle_protection(end, protection, status.unwrap());
            self.watch();
        }
        let out = self.evse.outputs();
        let follows = if out.contactor { Feedback::Closed } else { Feedback::Open };
        self.feedback = self.stuck.unwrap_or(follows);
        self.readings = [self.readings[1], self.cable];
        let inputs = Inputs {
            pilot: self.sampled.then(|| self.sample(out.signal)),
            proximity: Some(self.cable),
            feedback: Some(self.feedback),
        };
        if inputs.pilot.is_some_and(|sample| (4_000..8_000).contains(&sample.high.0)) {
            self.wished = Some(end);
        }
        if inputs.pilot.is_some() {
            self.newest = end;
            self.proven = self.diode && out.signal.is_pwm();
        }
        self.evse.handle_inputs(end, inputs);
        self.watch();
    }

    fn sample(&self, signal: Signal) -> Sample {
        let (high, low) = match signal {
            Signal::Constant | Signal::Open => (self.high, self.high),
            Signal::Pwm(_) => (self.high, if self.diode { -12_000 } else { -self.high }),
            Signal::Negative => (-12_000, -12_000),
        };
        Sample { high: Millivolts(high), low: Millivolts(low) }
    }

    /// The rules of power.
    fn watch(&mut self) {
        while self.evse.poll_event().is_some() {}
        let out = self.evse.outputs();
        let told = match out.signal {
            Signal::Pwm(duty) => match duty.reading() {
                DutyReading::Current(current) => Some(current),
                DutyReading::Digital | DutyReading::NotAllowed => None,
            },
            Signal::Constant | Signal::Negative | Signal::Open => None,
        };
        self.silent = if told.is_some() { None } else { self.silent.or(Some(self.now)) };
        let closing = out.contactor && !self.closed;
        self.closed = out.contactor;
        if !out.contactor {
            return;
        }
        let wished = self.wished.expect("closed without a wish");
        let limit = if self.newest == wished { 250 } else { 100 };
        assert!(self.now.since(wished).as_millis() < limit, "closed without a wish, or without samples");
        assert!(self.available && !self.interrupted, "closed in F");
        assert!(!matches!(out.signal, Signal::Negative | Signal::Open), "closed in F");
        assert!(!self.reports.contains(&Some(Status::Tripped)), "closed with a protection tripped");
        let silent = self.silent.map_or(0, |since| self.now.since(since).as_millis());
        assert!(silent < 3_000, "closed {silent} ms after the offer ended");
        if self.readings[0] == self.readings[1] {
            let Cable::Rated(rating) = classify(self.readings[1]) else { panic!("closed without a cable") };
            assert!(
                told.unwrap_or_default() <= rating.current(Phases::Three),
                "closed above the cable's rating"
            );
        }
        if closing {
            assert_eq!(wished, self.newest, "closing without a wish");
            assert!(self.now.since(wished) < SAMPLE_TIMEOUT.duration(), "closing without a fresh sample");
            assert!(self.proven && out.signal.is_pwm(), "closing without a fresh diode check");
            assert!(told.is_some() && self.permission, "closing without offer or permission");
            assert_eq!(self.reports, [Some(Status::Clear); 2], "closing unlocked");
            assert_eq!(self.readings[0], self.readings[1], "closing on a cable that is not certain");
            assert_eq!(self.feedback, Feedback::Open, "closing a welded contactor");
        }
    }
}

/// What a search went through.
#[derive(Debug)]
struct Found {
    states: usize,
    steps: usize,
    closings: usize,
}

/// Every state that can be reached with these acts.
fn search(acts: &[Act]) -> Found {
    let one_duty = !acts.iter().any(|act| matches!(act, Act::Cable(_)));
    let mut start = World::new();
    for _ in 0..60 {
        start.tick();
    }
    let mut seen = HashSet::from([start.fingerprint(one_duty)]);
    let mut open = Vec::from([start]);
    let mut found = Found { states: 1, steps: 0, closings: 0 };
    while let Some(world) = open.pop() {
        for act in acts {
            let mut next = world.clone();
            next.apply(*act);
            found.steps += 1;
            found.closings += usize::from(next.closed && !world.closed);
            if seen.insert(next.fingerprint(one_duty)) {
                found.states += 1;
                open.push(next);
            }
        }
    }
    found
}

const A: Act = Act::Line(12_000, true);
const B: Act = Act::Line(9_000, true);
const C: Act = Act::Line(6_000, true);
const NO_DIODE: Act = Act::Line(6_000, false);
const D: Act = Act::Line(3_000, true);
const E: Act = Act::Line(0, true);

/// Fails when there are fewer states than the search found when it was written: it saw less then.
fn expect(acts: &[Act], states: usize) {
    let found = search(acts);
    std::println!("{found:?} for {acts:?}");
    assert!(found.closings > 0, "{found:?}");
    assert!(found.states >= states, "{found:?}");
}

#[test]
fn a_vehicle_with_and_without_diode() {
    expect(&[B, C, NO_DIODE], 4_309);
}

#[test]
#[ignore = "a minute in release; see docs/verification.md"]
fn whatever_the_vehicle_does() {
    expect(&[A, B, C, NO_DIODE, D, E, Act::Silence], 1_539_234);
}

#[test]
#[ignore = "seconds in release; see docs/verification.md"]
fn whatever_is_asked_from_above() {
    let acts = [
        B,
        C,
        Act::Permission(false),
        Act::Permission(true),
        Act::Available(false),
        Act::Available(true),
        Act::Interrupted(true),
        Act::Interrupted(false),
    ];
    expect(&acts, 104_361);
}

#[test]
#[ignore = "a minute in release; see docs/verification.md"]
fn whatever_protections_report() {
    let acts = [
        B,
        C,
        Act::Report(Protection::ResidualCurrent, Status::Tripped),
        Act::Report(Protection::ResidualCurrent, Status::Clear),
        Act::Report(Protection::Lock, Status::NotReady),
        Act::Report(Protection::Lock, Status::Tripped),
        Act::Report(Protection::Lock, Status::Clear),
    ];
    expect(&acts, 188_023);
}

#[test]
#[ignore = "a minute in release; see docs/verification.md"]
fn whatever_the_contactor_does() {
    let acts = [
        B,
        C,
        Act::Stuck(Some(Feedback::Open)),
        Act::Stuck(Some(Feedback::Closed)),
        Act::Stuck(None),
        Act::ClearFault,
    ];
    expect(&acts, 992_896);
}

#[test]
#[ignore = "a minute in release; see docs/verification.md"]
fn whatever_cable_is_plugged_in() {
    expect(&[A, B, C, Act::Cable(R_13A), Act::Cable(R_32A), Act::Cable(Ohms(100_000))], 4_326_754);
}
