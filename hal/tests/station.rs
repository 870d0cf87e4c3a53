//! A socket with everything fitted: the machines wired together the way a station program does it.

mod support;

use evkit_hal::contactor::Feedback;
use evkit_hal::evse::{Config, Event, Evse, Inputs};
use evkit_hal::fault::{ErrorCode, Fault, FaultLog};
use evkit_hal::lock::{self, Drive, Lock, Position, Sensed, View};
use evkit_hal::overcurrent::{EVLINK, OverCurrent};
use evkit_hal::phases::{self, PhaseSwitch};
use evkit_hal::pilot::State;
use evkit_hal::rcm::{self, Lines, Procedure, Rcm};
use evkit_hal::safety::Protection;
use evkit_hal::temperature::{Derating, OPENEVSE};
use evkit_hal::units::{DeciCelsius, Instant, Milliamps, Phases};
use support::{CABLE_32, Car, Load, NO_CABLE, ms, pwm};

const RATING: Milliamps = Milliamps(32_000);

struct Station {
    evse: Evse,
    rcm: Rcm,
    lock: Lock,
    overcurrent: OverCurrent<4>,
    derating: Derating<3>,
    phases: PhaseSwitch,
    faults: FaultLog<8>,
    now: Instant,
    // The world.
    car: Car,
    plugged: bool,
    bolt: Position,
    bolt_jammed: bool,
    leak: bool,
    draw: Milliamps,
    celsius: i16,
    opened_under_load: bool,
    events: Vec<Event>,
}

impl Station {
    fn new() -> Self {
        let fitted =
            [Protection::ResidualCurrent, Protection::Lock, Protection::OverCurrent, Protection::Temperature];
        let config = Config { fitted: &fitted, ..Config::DEFAULT };
        Self {
            evse: Evse::new(ms(0), &config).expect("valid settings"),
            rcm: Rcm::new(ms(0), rcm::Config { procedure: Procedure::Pulse, ..rcm::Config::DEFAULT }),
            lock: Lock::new(lock::Config::DEFAULT).expect("valid settings"),
            overcurrent: OverCurrent::new(EVLINK, RATING),
            derating: Derating::new(OPENEVSE),
            phases: PhaseSwitch::new(Phases::Three, phases::Config::DEFAULT).expect("valid settings"),
            faults: FaultLog::new(),
            now: ms(0),
            car: Car::ABSENT,
            plugged: false,
            bolt: Position::Unlocked,
            bolt_jammed: false,
            leak: false,
            draw: Milliamps(0),
            celsius: 20,
            opened_under_load: false,
            events: Vec::new(),
        }
    }

    fn plug(&mut self, load: Load) {
        assert_eq!(self.bolt, Position::Unlocked);
        (self.car, self.plugged) = (Car::with(load), true);
    }

    fn unplug(&mut self) {
        assert_eq!(self.bolt, Position::Unlocked, "the plug is held");
        (self.car, self.plugged) = (Car::ABSENT, false);
    }

    fn run(&mut self, millis: u64) {
        for _ in 0..millis / 20 {
            self.now = ms(self.now.as_millis() + 20);
            self.protect();
            self.measure();
            self.react();
        }
    }

    /// Every protection looks at its sensors and reports.
    fn protect(&mut self) {
        let now = self.now;
        let tripped = self.leak || self.rcm.test_output();
        self.rcm.handle_lines(now, Lines { dc: tripped, ac: false });
        if self.lock.drive() != Drive::Off && !self.bolt_jammed {
            let locking = self.lock.drive() == Drive::Lock;
            self.bolt = if locking { Position::Locked } else { Position::Unlocked };
        }
        self.lock.handle_sensed(now, Sensed::At(self.bolt));
        let current = if self.evse.is_closed() { self.draw } else { Milliamps(0) };
        self.overcurrent.set_offer(now, self.evse.advertised());
        self.overcurrent.handle_currents(now, [current; 3]);
        self.derating.handle_temperature(DeciCelsius(self.celsius * 10));
        for (protection, status) in [
            (Protection::ResidualCurrent, self.rcm.status()),
            (Protection::Lock, self.lock.status()),
            (Protection::OverCurrent, self.overcurrent.status()),
            (Protection::Temperature, self.derating.status()),
        ] {
            self.evse.handle_protection(now, protection, status);
        }
    }

    fn measure(&mut self) {
        let out = self.evse.outputs();
        let closed = if out.contactor { Feedback::Closed } else { Feedback::Open };
        let inputs = Inputs {
            pilot: Some(self.car.sample(out.signal)),
            proximity: Some(if self.plugged { CABLE_32 } else { NO_CABLE }),
            feedback: Some(closed),
        };
        self.evse.handle_inputs(self.now, inputs);
    }

    /// What follows from the connector's new state.
    fn react(&mut self) {
        let now = self.now;
        while let Some(event) = self.evse.poll_event() {
            match event {
                Event::Fault(hazard) => _ = self.faults.raise(now, hazard.into()),
                Event::Cleared(hazard) => _ = self.faults.clear(now, hazard.into()),
                Event::Opened(opening) => self.opened_under_load = opening.under_load,
                Event::Unplugged => self.overcurrent.handle_unplugged(),
                _ => {}
            }
            if matches!(event, Event::Closed | Event::Opened(_)) {
                self.rcm.handle_contactor_switched(now);
            }
            self.events.push(event);
        }
        let connected = self.evse.connected() != Some(false);
        let closed = self.evse.is_closed();
        self.rcm.set_connected(now, connected, self.plugged);
        self.rcm.set_idle(now, !closed && !connected);
        let in_f = self.evse.unavailable_since().map(|since| now.since(since));
        let view =
            View { state: self.evse.state(), in_f, authorized: true, cable: self.plugged, live: closed };
        if let Some(target) = lock::wanted(lock::Policy::Connected, &view) {
            self.lock.set_target(now, target);
        }
        let view = phases::View { closed, connected, opened_under_load: self.opened_under_load };
        self.phases.handle_view(now, &view);
        self.evse.set_interrupted(now, self.phases.interrupts());
        self.evse.set_phases(now, self.phases.position());
        let offer = self.derating.limit(Milliamps(16_000)).filter(|_| !self.phases.holds_offer());
        self.evse.set_offer(now, offer);
    }

    /// Up to a car that charges.
    fn charging() -> Self {
        let mut station = Self::new();
        station.evse.set_permission(ms(0), true);
        station.run(6_000);
        station.plug(Load::B);
        station.run(3_000);
        station.car.load = Load::C;
        station.draw = Milliamps(16_000);
        station.run(1_000);
        assert!(station.evse.is_closed(), "{:?} {:?}", station.evse, station.faults);
        station.events.clear();
        station
    }
}

#[test]
fn nothing_is_offered_before_the_plug_is_locked() {
    let mut station = Station::new();
    station.evse.set_permission(ms(0), true);
    station.run(6_000);
    station.plug(Load::B);
    station.run(1_000);
    assert_eq!((station.bolt, station.evse.state()), (Position::Locked, Some(State::B1)));
    station.run(1_000);
    assert_eq!((station.lock.position(), station.evse.state()), (Some(Position::Locked), Some(State::B2)));
}

#[test]
fn a_plug_that_cannot_be_locked_gets_no_offer_and_stays_free() {
    let mut station = Station::new();
    station.bolt_jammed = true;
    station.evse.set_permission(ms(0), true);
    station.run(6_000);
    station.plug(Load::C);
    station.run(60_000);
    assert!(!station.evse.is_closed());
    assert_eq!(Fault::from(station.lock.fault().expect("jammed")), Fault::LockFailed);
    station.unplug();
}

#[test]
fn the_plug_is_held_while_live_and_freed_when_the_car_is_gone() {
    let mut station = Station::charging();
    station.car.load = Load::B;
    station.run(1_000);
    assert!(!station.evse.is_closed());
    assert_eq!(station.bolt, Position::Locked, "the car is still there");
    station.car = Car::ABSENT;
    station.run(3_000);
    station.unplug();
    station.run(1_000);
    assert_eq!(station.evse.state(), Some(State::A1));
}

#[test]
fn a_leak_opens_within_one_round_and_is_forgotten_with_the_cable() {
    let mut station = Station::charging();
    station.leak = true;
    station.run(20);
    assert!(!station.evse.is_closed());
    assert_eq!(station.faults.error_code(), ErrorCode::GroundFailure);
    assert_eq!(station.faults.worst(), Some(Fault::ResidualCurrent));
    station.leak = false;
    station.run(60_000);
    assert!(!station.evse.is_closed(), "the trip stands while the car is there");
    station.car = Car::ABSENT;
    station.run(3_000);
    station.unplug();
    station.run(3_000);
    assert_eq!(station.faults.error_code(), ErrorCode::NoError);
    station.plug(Load::B);
    station.run(3_000);
    station.car.load = Load::C;
    station.run(2_000);
    assert!(station.evse.is_closed());
}

#[test]
fn a_car_that_draws_too_much_is_cut_off_until_it_is_unplugged() {
    let mut station = Station::charging();
    station.draw = Milliamps(21_000);
    station.run(4_900);
    assert!(station.evse.is_closed());
    station.run(200);
    assert!(!station.evse.is_closed(), "25 % over for 5 s");
    station.run(60_000);
    assert!(!station.evse.is_closed());
    assert_eq!(station.faults.error_code(), ErrorCode::OverCurrentFailure);
}

#[test]
fn heat_lowers_the_offer_and_then_stops() {
    let mut station = Station::charging();
    station.draw = Milliamps(6_000);
    station.celsius = 66;
    station.run(6_000);
    assert_eq!(station.evse.outputs().signal, pwm(8));
    assert!(station.evse.is_closed());
    station.celsius = 72;
    station.run(40);
    assert!(!station.evse.is_closed());
    station.celsius = 20;
    station.run(20_000);
    assert!(station.evse.is_closed());
}

#[test]
fn a_connector_taken_out_of_service_frees_the_plug_after_five_seconds() {
    let mut station = Station::charging();
    station.evse.set_available(station.now, false);
    station.run(4_900);
    assert_eq!(station.bolt, Position::Locked);
    station.run(200);
    assert_eq!(station.bolt, Position::Unlocked);
}

#[test]
fn phases_are_switched_with_the_contactor_open() {
    let mut station = Station::charging();
    station.phases.request(Phases::One);
    let mut moved_while_closed = false;
    for _ in 0..2_000 {
        let (closed, before) = (station.evse.is_closed(), station.phases.position());
        // A good car stops when the offer ends, and comes back with it.
        let offered = station.evse.outputs().signal.is_pwm();
        station.car.load = if offered { Load::C } else { Load::B };
        station.run(20);
        moved_while_closed |= closed && station.phases.position() != before;
    }
    assert!(!moved_while_closed);
    assert_eq!(station.phases.position(), Phases::One);
    assert!(station.evse.is_closed(), "{:?}", station.evse);
    let opened = station.events.iter().filter(|event| matches!(event, Event::Opened(_))).count();
    assert_eq!(opened, 1);
    assert!(!station.events.contains(&Event::Unplugged));
    assert_eq!(station.bolt, Position::Locked, "an interruption does not free the plug");
    assert_eq!(station.faults.iter().count(), 0, "{:?}", station.faults);
}
