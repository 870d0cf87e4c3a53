//! One socket: what its sensors show of the car, the cable, the contactor, the monitor and the lock.

use evkit_hal::proximity::CableRating;
use evkit_hal::units::{Milliamps, Phases};
use evkit_plant_link::{Bolt, Drive, Outputs, Relays, Sample, Signal};
use serde::Deserialize;

use super::car::Car;
use super::contactor::Contactor;

/// Time the bolt takes in milliseconds.
const BOLT_MS: u64 = 300;
/// Time the monitor takes to answer its test input, either way, in milliseconds.
const TEST_MS: u64 = 50;

/// A residual current.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Leak {
    /// Above 6 mA direct.
    Dc,
    /// Above 30 mA alternating.
    Ac,
}

/// A socket and what is plugged into it.
#[derive(Debug)]
pub struct Socket {
    car: Option<Car>,
    cable: Option<CableRating>,
    /// The contactor.
    pub contactor: Contactor,
    /// A residual current behind the contactor.
    pub leak: Option<Leak>,
    /// The bolt does not move.
    pub jammed: bool,
    /// Temperature in tenths of a degree Celsius.
    pub temperature: i16,
    /// Mains in volts.
    pub mains_v: u16,
    /// Whether pilot and earth touch.
    pub shorted: bool,
    glitch: Option<i16>,
    /// No measurement reaches the station until then.
    silent_until: u64,
    outputs: Option<Outputs>,
    bolt: Bolt,
    bolt_since: Option<(Drive, u64)>,
    /// The test input, and since when so.
    test: (bool, u64),
    /// Energy in milliampere milliseconds at one volt and phase.
    energy: u128,
    stepped_ms: u64,
}

impl Default for Socket {
    fn default() -> Self {
        Self::new()
    }
}

impl Socket {
    /// An empty socket at room temperature.
    pub fn new() -> Self {
        Self {
            car: None,
            cable: None,
            contactor: Contactor::default(),
            leak: None,
            jammed: false,
            temperature: 250,
            mains_v: 230,
            shorted: false,
            glitch: None,
            silent_until: 0,
            outputs: None,
            bolt: Bolt::Unlocked,
            bolt_since: None,
            test: (false, 0),
            energy: 0,
            stepped_ms: 0,
        }
    }

    /// Plugs a car in, on a cable of this rating.
    pub fn plug(&mut self, car: Car, cable: CableRating) {
        (self.car, self.cable) = (Some(car), Some(cable));
    }

    /// Pulls the plug. A locked one needs `force`, which leaves the lock as it was; says whether it came out.
    pub fn unplug(&mut self, force: bool) -> bool {
        let comes = force || self.bolt != Bolt::Locked;
        if comes {
            (self.car, self.cable, self.shorted) = (None, None, false);
        }
        comes
    }

    /// Replaces the cable's coding, as a loose contact does.
    pub fn recode(&mut self, cable: Option<CableRating>) {
        self.cable = cable;
    }

    /// The car at the cable.
    pub fn car(&mut self) -> Option<&mut Car> {
        self.car.as_mut()
    }

    /// Lets the next measurement of the pilot show this level in millivolts, and only that one.
    pub fn glitch(&mut self, high_mv: i16) {
        self.glitch = Some(high_mv);
    }

    /// Keeps measurements from the station.
    pub fn silence(&mut self, until_ms: u64) {
        self.silent_until = until_ms;
    }

    /// Whether measurements do not reach the station.
    pub const fn is_silent(&self, now_ms: u64) -> bool {
        now_ms < self.silent_until
    }

    /// The car is gone, everything is repaired.
    pub fn reset(&mut self) {
        let energy = self.energy;
        let (outputs, bolt, test) = (self.outputs, self.bolt, self.test);
        let mut contactor = std::mem::take(&mut self.contactor);
        contactor.wear = super::Wear::None;
        *self = Self { energy, outputs, bolt, test, contactor, stepped_ms: self.stepped_ms, ..Self::new() };
    }

    /// What the station last said.
    pub const fn outputs(&self) -> Option<&Outputs> {
        self.outputs.as_ref()
    }

    /// Whether the contactor is commanded closed.
    pub fn is_closed(&self) -> bool {
        self.outputs.is_some_and(|outputs| outputs.relays.any())
    }

    /// Whether the bolt is in the plug.
    pub fn is_locked(&self) -> bool {
        self.bolt == Bolt::Locked
    }

    /// The current the duty allows, in milliamperes.
    pub fn offered_ma(&self) -> u32 {
        super::allowed(self.signal())
    }

    /// Current per phase in milliamperes.
    pub fn currents_ma(&self) -> [u32; 3] {
        let draw = self.car.as_ref().map_or(0, Car::draw_ma);
        self.contactor.contacts().0.map(|closed| if closed { draw } else { 0 })
    }

    /// The meter's register in watt hours.
    pub fn register_wh(&self) -> u64 {
        (self.energy / 3_600_000_000) as u64
    }

    /// The station has started anew.
    pub fn handle_restart(&mut self) {
        self.outputs = None;
        self.contactor.command(self.stepped_ms, Relays::OPEN);
        self.test = (false, 0);
    }

    /// Takes the station's outputs over; says whether the pilot changed.
    pub fn handle_outputs(&mut self, now_ms: u64, outputs: &Outputs) -> bool {
        let before = self.signal();
        self.outputs = Some(*outputs);
        self.contactor.command(now_ms, outputs.relays);
        if outputs.residual_test != self.test.0 {
            self.test = (outputs.residual_test, now_ms);
        }
        if outputs.lock == Drive::Rest || self.bolt_since.is_some_and(|(drive, _)| drive != outputs.lock) {
            self.bolt_since = None;
        }
        if outputs.lock != Drive::Rest {
            self.bolt_since.get_or_insert((outputs.lock, now_ms));
        }
        before != self.signal()
    }

    fn signal(&self) -> Signal {
        self.outputs.map_or(Signal::Constant, |outputs| outputs.signal)
    }

    /// Lets the time pass; says whether something changed that the station has to learn at once.
    pub fn step(&mut self, now_ms: u64) -> bool {
        let moved = self.contactor.step(now_ms);
        let signal = self.signal();
        let live = self.contactor.contacts().any();
        if let Some(car) = &mut self.car {
            car.step(now_ms, signal, live);
        }
        let power: u64 = self.currents_ma().iter().map(|ma| u64::from(*ma) * u64::from(self.mains_v)).sum();
        self.energy += u128::from(power) * u128::from(now_ms.saturating_sub(self.stepped_ms));
        self.stepped_ms = now_ms;
        moved | self.step_bolt(now_ms)
    }

    fn step_bolt(&mut self, now_ms: u64) -> bool {
        let Some((drive, since)) = self.bolt_since.filter(|_| !self.jammed) else { return false };
        let target = if drive == Drive::Lock { Bolt::Locked } else { Bolt::Unlocked };
        let there = self.bolt == target || now_ms.saturating_sub(since) >= BOLT_MS;
        let bolt = if there { target } else { Bolt::Between };
        std::mem::replace(&mut self.bolt, bolt) != bolt
    }

    /// What the sensors show.
    pub fn sample(&mut self, number: u32, connector: u8) -> Sample {
        let (mut high, low) = match self.signal() {
            Signal::Constant => (self.line_mv(12_000), self.line_mv(12_000)),
            Signal::Pwm(_) => (self.line_mv(12_000), self.line_mv(-12_000)),
            Signal::Negative => (self.line_mv(-12_000), self.line_mv(-12_000)),
            Signal::Open => (0, 0),
        };
        if let Some(glitch) = self.glitch.take() {
            high = glitch;
        }
        let tested = self.tested();
        Sample {
            number,
            connector,
            high_mv: high,
            low_mv: low.min(high),
            proximity_ohm: self.cable.map(|cable| cable.resistance().0),
            feedback: self.contactor.contacts(),
            bolt: self.bolt,
            lock_supply: true,
            trip_dc: self.leak == Some(Leak::Dc) || tested,
            trip_ac: self.leak == Some(Leak::Ac),
            temperature: self.temperature,
            mains_v: self.mains_v,
        }
    }

    /// Whether the monitor answers its test input.
    fn tested(&self) -> bool {
        let (driven, since) = self.test;
        let late = self.stepped_ms.saturating_sub(since) >= TEST_MS;
        since > 0 && driven == late
    }

    fn line_mv(&self, generator: i32) -> i16 {
        let line = match &self.car {
            _ if self.shorted => 0,
            Some(car) => car.line_mv(generator),
            None => generator,
        };
        line.clamp(i16::MIN.into(), i16::MAX.into()) as i16
    }
}

/// The cable of a rating in amperes: 13, 20, 32 or 63.
pub fn cable(amps: u32) -> Option<CableRating> {
    let ratings = [CableRating::A13, CableRating::A20, CableRating::A32, CableRating::A63];
    ratings.into_iter().find(|rating| rating.current(Phases::Three) == Milliamps::from_amps(amps))
}
