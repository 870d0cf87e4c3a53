//! A simulated car, socket and contactor on one line, with a virtual clock.
#![allow(dead_code, unreachable_pub, reason = "each test program includes this module and uses a part")]

use evkit_hal::contactor::Feedback;
use evkit_hal::evse::{Config, Event, Evse, Inputs};
use evkit_hal::pilot::level::{DIODE_DROP, LOAD_B, LOAD_C, LOAD_D, SOURCE};
use evkit_hal::pilot::{Duty, Sample, Signal};
use evkit_hal::proximity::{R_13A, R_20A, R_32A};
use evkit_hal::units::{Instant, Milliamps, Millivolts, Ohms};

pub fn ms(millis: u64) -> Instant {
    Instant::from_millis(millis)
}

pub fn amps(amps: u32) -> Option<Milliamps> {
    Some(Milliamps::from_amps(amps))
}

pub fn pwm(amps: u32) -> Signal {
    Signal::Pwm(Duty::for_current(Milliamps::from_amps(amps)).expect("6 A or more"))
}

/// What the car puts between pilot and earth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    None,
    B,
    C,
    D,
    Short,
    /// Shorted through a diode, as testers do for state E.
    DiodeShort,
}

#[derive(Clone, Copy, Debug)]
pub struct Car {
    pub load: Load,
    pub diode: bool,
}

impl Car {
    pub const ABSENT: Self = Self { load: Load::None, diode: true };

    pub fn with(load: Load) -> Self {
        Self { load, diode: true }
    }

    /// The line's voltage with the generator at `generator` mV behind its source resistance.
    fn line(self, generator: i32) -> i32 {
        let load = match self.load {
            Load::None => return generator,
            Load::Short => return 0,
            Load::DiodeShort => return generator.min(DIODE_DROP.0),
            Load::B => LOAD_B,
            Load::C => LOAD_C,
            Load::D => LOAD_D,
        };
        let divide =
            |volts: i32| (i64::from(volts) * i64::from(load.0) / i64::from(load.0 + SOURCE.0)) as i32;
        match (self.diode, generator > 0) {
            (true, true) => DIODE_DROP.0 + divide(generator - DIODE_DROP.0),
            (true, false) => generator,
            (false, _) => divide(generator),
        }
    }

    pub fn sample(self, signal: Signal) -> Sample {
        let (high, low) = match signal {
            Signal::Constant => (12_000, 12_000),
            Signal::Pwm(_) => (12_000, -12_000),
            Signal::Negative => (-12_000, -12_000),
            Signal::Open => return Sample::constant(Millivolts(12_000)),
        };
        Sample { high: Millivolts(self.line(high)), low: Millivolts(self.line(low)) }
    }
}

/// An [`Evse`] with everything around it, advanced in steps.
pub struct Plant {
    pub evse: Evse,
    pub car: Car,
    pub cable: Ohms,
    pub now: Instant,
    pub step: u64,
    /// The contactor's feedback follows after this long; `None` is a contactor stuck at `stuck`.
    pub stuck: Option<Feedback>,
    pub sampling: bool,
    feedback: Feedback,
    pub log: Vec<(u64, Event)>,
}

pub const NO_CABLE: Ohms = Ohms(100_000);
pub const CABLE_13: Ohms = R_13A;
pub const CABLE_20: Ohms = R_20A;
pub const CABLE_32: Ohms = R_32A;

impl Plant {
    pub fn new(config: &Config<'_>) -> Self {
        Self {
            evse: Evse::new(ms(0), config).expect("valid settings"),
            car: Car::ABSENT,
            cable: NO_CABLE,
            now: ms(0),
            step: 20,
            stuck: None,
            sampling: true,
            feedback: Feedback::Open,
            log: Vec::new(),
        }
    }

    /// A plant with a car in B that may charge with 16 A, past the start.
    pub fn ready_to_charge(config: &Config<'_>) -> Self {
        let mut plant = Self::new(config);
        plant.evse.set_permission(plant.now, true);
        plant.evse.set_offer(plant.now, amps(16));
        plant.run(6_000);
        plant.plug(Load::B);
        plant.run(1_000);
        plant
    }

    /// As `ready_to_charge`, with the contactor closed.
    pub fn charging(config: &Config<'_>) -> Self {
        let mut plant = Self::ready_to_charge(config);
        plant.car.load = Load::C;
        plant.run(1_000);
        assert!(plant.evse.is_closed(), "{:?}", plant.evse);
        plant
    }

    pub fn plug(&mut self, load: Load) {
        self.car = Car::with(load);
        self.cable = CABLE_32;
    }

    pub fn unplug(&mut self) {
        self.car = Car::ABSENT;
        self.cable = NO_CABLE;
    }

    pub fn tick(&mut self) {
        self.now = ms(self.now.as_millis() + self.step);
        let out = self.evse.outputs();
        self.feedback = self.stuck.unwrap_or(if out.contactor { Feedback::Closed } else { Feedback::Open });
        let inputs = Inputs {
            pilot: self.sampling.then(|| self.car.sample(out.signal)),
            proximity: Some(self.cable),
            feedback: Some(self.feedback),
        };
        self.evse.handle_inputs(self.now, inputs);
        while let Some(event) = self.evse.poll_event() {
            self.log.push((self.now.as_millis(), event));
        }
    }

    /// Advances by at least `millis`.
    pub fn run(&mut self, millis: u64) {
        let end = self.now.as_millis() + millis;
        while self.now.as_millis() < end {
            self.tick();
        }
    }

    /// Advances until the condition holds, at most `limit`; the milliseconds it took.
    pub fn until(&mut self, limit: u64, condition: impl Fn(&Evse) -> bool) -> u64 {
        let start = self.now.as_millis();
        while !condition(&self.evse) {
            assert!(self.now.as_millis() - start <= limit, "not within {limit} ms: {:?}", self.evse);
            self.tick();
        }
        self.now.as_millis() - start
    }

    pub fn events(&mut self) -> Vec<Event> {
        self.log.drain(..).map(|(_, event)| event).collect()
    }
}
