//! What must hold after any sequence of inputs, checked by a monitor that knows only the inputs and
//! the standard, not the crate's state.

mod support;

use evkit_hal::contactor::Feedback;
use evkit_hal::evse::{Config, Evse, Inputs};
use evkit_hal::pilot::{self, DutyReading, Sample, Signal, Ventilation};
use evkit_hal::proximity::{Cable, classify};
use evkit_hal::safety::{Protection, Status};
use evkit_hal::units::{Milliamps, Millivolts, Ohms, Phases};
use proptest::prelude::*;
use support::{Car, Load, ms};

/// What surrounds the connector, as the tests set it.
#[derive(Clone, Debug)]
enum Op {
    Load(Load, bool),
    /// A voltage no car makes, high and low.
    Noise(i32, i32),
    NoSamples,
    Cable(u32),
    Offer(Option<u32>),
    Permission(bool),
    Available(bool),
    Interrupted(bool),
    Report(usize, Status),
    Stuck(Option<Feedback>),
    ClearFault,
    /// Sampling period and number of samples.
    Run(u64, u64),
    /// Time without any call but due timeouts.
    Sleep(u64),
}

fn op() -> impl Strategy<Value = Op> {
    let load = prop_oneof![
        4 => Just(Load::C), 3 => Just(Load::B), 1 => Just(Load::None), 1 => Just(Load::D), 1 => Just(Load::Short)
    ];
    let status =
        prop_oneof![4 => Just(Status::Clear), 1 => Just(Status::NotReady), 1 => Just(Status::Tripped)];
    let stuck =
        prop_oneof![3 => Just(None), 1 => Just(Some(Feedback::Open)), 1 => Just(Some(Feedback::Closed))];
    prop_oneof![
        6 => (load, prop::bool::weighted(0.9)).prop_map(|(load, diode)| Op::Load(load, diode)),
        1 => (-14_000..14_000i32, -14_000..14_000i32).prop_map(|(high, low)| Op::Noise(high, low)),
        1 => Just(Op::NoSamples),
        2 => prop_oneof![Just(220), Just(220), Just(1_500), Just(0), Just(100_000), 0..5_000u32].prop_map(Op::Cable),
        2 => prop::option::weighted(0.8, 5_000..40_000u32).prop_map(Op::Offer),
        1 => prop::bool::weighted(0.8).prop_map(Op::Permission),
        1 => prop::bool::weighted(0.9).prop_map(Op::Available),
        1 => prop::bool::weighted(0.1).prop_map(Op::Interrupted),
        1 => (0..Protection::ALL.len(), status).prop_map(|(at, status)| Op::Report(at, status)),
        1 => stuck.prop_map(Op::Stuck),
        1 => Just(Op::ClearFault),
        12 => (1..=100u64, 1..60u64).prop_map(|(period, samples)| Op::Run(period, samples)),
        1 => (1..12_000u64).prop_map(Op::Sleep),
    ]
}

/// The world, and what the monitor remembers of it.
struct World {
    evse: Evse,
    now: u64,
    car: Car,
    noise: Option<Sample>,
    sampling: bool,
    cable: Ohms,
    stuck: Option<Feedback>,
    permission: bool,
    available: bool,
    interrupted: bool,
    reports: [Option<(Status, u64)>; 9],
    last_sample: Option<(Sample, u64)>,
    /// Newest sample on which a vehicle may be asking for power.
    last_ready: Option<u64>,
    cables: [Ohms; 2],
    last_feedback: Option<Feedback>,
    last_closing: Option<u64>,
    /// Since when the vehicle has been told that it may not draw anything.
    silent_since: Option<u64>,
    closings: u32,
    closed_before: bool,
}

impl World {
    fn new() -> Self {
        let pilot = pilot::Config { ventilation: Ventilation::Unavailable, ..pilot::Config::DEFAULT };
        let config = Config { pilot, ..Config::DEFAULT };
        let mut world = Self {
            evse: Evse::new(ms(0), &config).expect("valid settings"),
            now: 0,
            car: Car::with(Load::B),
            noise: None,
            sampling: true,
            cable: Ohms(220),
            stuck: None,
            permission: true,
            available: true,
            interrupted: false,
            reports: [None; 9],
            last_sample: None,
            last_ready: None,
            cables: [Ohms(100_000); 2],
            last_feedback: None,
            last_closing: None,
            silent_since: Some(0),
            closings: 0,
            closed_before: false,
        };
        world.evse.set_permission(ms(0), true);
        world.evse.set_offer(ms(0), Some(Milliamps(16_000)));
        world.run(20, 50);
        world.car.load = Load::C;
        world.run(20, 50);
        assert_eq!(world.closings, 1, "the sequence starts with a charging car");
        world
    }

    fn apply(&mut self, op: &Op) {
        let now = ms(self.now);
        match *op {
            Op::Load(load, diode) => {
                (self.car, self.noise, self.sampling) = (Car { load, diode }, None, true);
            }
            Op::Noise(high, low) => {
                self.noise = Some(Sample { high: Millivolts(high), low: Millivolts(low) });
            }
            Op::NoSamples => self.sampling = false,
            Op::Cable(ohms) => self.cable = Ohms(ohms),
            Op::Offer(offer) => self.evse.set_offer(now, offer.map(Milliamps)),
            Op::Permission(permission) => {
                self.permission = permission;
                self.evse.set_permission(now, permission);
            }
            Op::Available(available) => {
                self.available = available;
                self.evse.set_available(now, available);
            }
            Op::Interrupted(interrupted) => {
                self.interrupted = interrupted;
                self.evse.set_interrupted(now, interrupted);
            }
            Op::Report(at, status) => {
                self.reports[at] = Some((status, self.now));
                self.evse.handle_protection(now, Protection::ALL[at], status);
            }
            Op::Stuck(stuck) => self.stuck = stuck,
            Op::ClearFault => self.evse.clear_contactor_fault(now),
            Op::Run(period, samples) => self.run(period, samples),
            Op::Sleep(millis) => self.sleep(millis),
        }
        self.watch();
    }

    fn run(&mut self, period: u64, samples: u64) {
        for _ in 0..samples {
            self.sleep(period);
            let out = self.evse.outputs();
            let sample = self.noise.unwrap_or_else(|| self.car.sample(out.signal));
            let feedback =
                self.stuck.unwrap_or(if out.contactor { Feedback::Closed } else { Feedback::Open });
            // A station repeats every report it made; the tripped ones stay tripped.
            for (protection, report) in Protection::ALL.into_iter().zip(&mut self.reports) {
                if let Some((status, at)) = report {
                    *at = self.now;
                    self.evse.handle_protection(ms(self.now), protection, *status);
                }
            }
            if self.sampling {
                self.last_sample = Some((sample, self.now));
                if (4_000..8_000).contains(&sample.high.0) {
                    self.last_ready = Some(self.now);
                }
            }
            self.cables = [self.cables[1], self.cable];
            self.last_feedback = Some(feedback);
            let inputs = Inputs {
                pilot: self.sampling.then_some(sample),
                proximity: Some(self.cable),
                feedback: Some(feedback),
            };
            self.evse.handle_inputs(ms(self.now), inputs);
            self.watch();
        }
    }

    /// Lets time pass, waking at every deadline the connector names.
    fn sleep(&mut self, millis: u64) {
        let end = self.now + millis;
        while let Some(due) = self.evse.poll_timeout().filter(|due| due.as_millis() < end) {
            assert!(due.as_millis() > self.now, "a deadline that is not in the future");
            self.now = due.as_millis();
            self.evse.handle_timeout(due);
            self.watch();
        }
        self.now = end;
        self.evse.handle_timeout(ms(end));
        self.watch();
    }

    /// The rules.
    fn watch(&mut self) {
        while self.evse.poll_event().is_some() {}
        assert_eq!(self.evse.lost_events(), 0);
        let out = self.evse.outputs();
        let may_draw = match out.signal {
            Signal::Pwm(duty) => matches!(duty.reading(), DutyReading::Current(_)),
            _ => false,
        };
        if may_draw {
            self.silent_since = None;
        } else {
            self.silent_since.get_or_insert(self.now);
        }
        let closing = out.contactor && !self.closed_before;
        self.closed_before = out.contactor;
        if out.contactor {
            self.while_closed(out.signal);
        }
        if closing {
            self.while_closing(out.signal);
            self.closings += 1;
            self.last_closing = Some(self.now);
        }
    }

    fn while_closed(&self, signal: Signal) {
        assert!(self.available && !self.interrupted);
        let (_, sampled) = self.last_sample.expect("closed without a sample");
        assert!(self.now - sampled < 250, "closed without fresh samples");
        let ready = self.last_ready.expect("closed without a ready vehicle");
        assert!(ready == sampled || self.now - ready < 75, "the vehicle has not been ready for 75 ms");
        for (at, report) in self.reports.iter().enumerate() {
            let Some((status, reported)) = report else { continue };
            assert_ne!(*status, Status::Tripped, "{:?}", Protection::ALL[at]);
            assert!(self.now - reported < FRESHNESS[at], "{:?} is stale", Protection::ALL[at]);
        }
        let [previous, newest] = self.cables.map(classify);
        if previous == newest {
            let Cable::Rated(rating) = newest else { panic!("closed with {newest:?}") };
            assert!(advertised(signal) <= rating.current(Phases::Three), "{signal} through {rating:?}");
        }
        let silent = self.silent_since.map_or(0, |since| self.now - since);
        assert!(silent < 6_000, "closed {silent} ms after the offer ended");
    }

    fn while_closing(&self, signal: Signal) {
        assert!(self.permission);
        assert!(advertised(signal) >= Milliamps(6_000), "closing on {signal}");
        assert!(!self.reports.iter().flatten().any(|(status, _)| *status != Status::Clear));
        let (Sample { high: Millivolts(high), low: Millivolts(low) }, _) = self.last_sample.expect("checked");
        assert!((4_000..8_000).contains(&high), "closing at {high} mV");
        assert!((-13_000..=-10_000).contains(&low), "closing without a diode: {low} mV");
        assert!(high.abs().abs_diff(low.abs()) > 1_200, "closing without a diode: {high} and {low} mV");
        let [previous, newest] = self.cables.map(classify);
        assert!(previous == newest && matches!(newest, Cable::Rated(_)), "closing with {:?}", self.cables);
        assert_eq!(self.last_feedback, Some(Feedback::Open));
        assert!(self.last_closing.is_none_or(|at| self.now - at >= 10_000), "closing too often");
    }
}

/// How old a report may be, by protection, in ms.
const FRESHNESS: [u64; 9] = [250, 250, 500, 2_000, 10_000, 2_000, 500, 1_000, 500];

fn advertised(signal: Signal) -> Milliamps {
    match signal {
        Signal::Pwm(duty) => duty.reading().current(),
        _ => Milliamps(0),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_breaks_a_rule(ops in prop::collection::vec(op(), 1..60)) {
        let mut world = World::new();
        ops.iter().for_each(|op| world.apply(op));
    }

    #[test]
    fn after_any_sequence_a_vehicle_that_is_not_ready_opens(
        ops in prop::collection::vec(op(), 1..40),
        load in prop_oneof![Just(Load::None), Just(Load::B), Just(Load::D), Just(Load::Short)],
        period in 1..=100u64,
    ) {
        let mut world = World::new();
        ops.iter().for_each(|op| world.apply(op));
        world.apply(&Op::Load(load, true));
        world.run(period, 100u64.div_ceil(period));
        assert!(!world.evse.is_closed());
    }

    #[test]
    fn after_any_sequence_silence_opens_and_comes_to_rest(ops in prop::collection::vec(op(), 1..40)) {
        let mut world = World::new();
        ops.iter().for_each(|op| world.apply(op));
        world.sleep(250);
        assert!(!world.evse.is_closed());
        world.sleep(60_000);
        assert_eq!(world.evse.poll_timeout(), None, "something is still waited for after a minute");
    }

    #[test]
    fn after_any_sequence_a_healthy_car_charges_again(ops in prop::collection::vec(op(), 1..40)) {
        let mut world = World::new();
        ops.iter().for_each(|op| world.apply(op));
        world.apply(&Op::Stuck(None));
        world.apply(&Op::Cable(220));
        world.apply(&Op::Interrupted(false));
        world.apply(&Op::Available(true));
        world.reports = [None; 9];
        for protection in 0..9 {
            world.apply(&Op::Report(protection, Status::Clear));
        }
        world.apply(&Op::Load(Load::None, true));
        world.run(50, 60);
        world.apply(&Op::ClearFault);
        world.apply(&Op::Permission(true));
        world.apply(&Op::Offer(Some(10_000)));
        world.apply(&Op::Load(Load::B, true));
        world.run(50, 300);
        world.apply(&Op::Load(Load::C, true));
        world.run(50, 40);
        assert!(world.evse.is_closed(), "{:?}", world.evse);
    }
}
