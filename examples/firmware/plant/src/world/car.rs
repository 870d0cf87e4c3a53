//! A car at the end of the cable: resistors and a diode on the pilot, a charger behind.

use evkit_hal::pilot::level::{DIODE_DROP, LOAD_B, LOAD_C, LOAD_D, SOURCE};
use evkit_hal::pilot::{Duty, DutyReading};
use evkit_hal::units::Ohms;
use evkit_plant_link::Signal;
use serde::Deserialize;

/// Time from a duty to the wish for power, in milliseconds.
const WISH_MS: u64 = 400;
/// Time a car takes to stop when the wave ends (table A.6 sequence 10.1 gives it 3 s).
const STOP_MS: u64 = 2_000;
/// An interruption of the wave this long wakes a sleeping car (table A.5 asks for 4 s).
const WAKE_MS: u64 = 3_500;
/// How long and how fast a car toggles that speaks ISO 15118-3.
const TOGGLE_MS: u64 = 3_000;
const TOGGLE_PERIOD_MS: u64 = 300;
/// Change of the current, in milliamperes per millisecond; down from 32 A it takes less than the 5 s allowed.
const RAMP_MA_PER_MS: u64 = 8;

/// How a car behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// By the book.
    #[default]
    Normal,
    /// Asks for nothing until the pilot was interrupted once.
    Sleeping,
    /// Has no diode.
    NoDiode,
    /// Asks for ventilation (state D).
    Ventilated,
    /// Draws its largest current whatever the duty says.
    IgnoresDuty,
    /// Stays in C, and goes on drawing, when the wave ends.
    IgnoresStop,
    /// Toggles between B and C first, as a signal to a station that speaks ISO 15118-3.
    Toggling,
}

/// A car that is plugged in.
#[derive(Clone, Debug)]
pub struct Car {
    kind: Kind,
    max_ma: u32,
    /// Its battery is full, or its driver stopped it.
    pub finished: bool,
    /// Its diode.
    pub diode: bool,
    awake: bool,
    /// Whether a current is offered, and since when so.
    offered: (bool, u64),
    /// Since when the line has been interrupted.
    interrupted: Option<u64>,
    load: Ohms,
    draw_ma: u32,
    stepped_ms: u64,
}

impl Car {
    /// A car that draws at most `max_ma` per phase.
    pub fn new(kind: Kind, max_ma: u32) -> Self {
        Self {
            kind,
            max_ma,
            finished: false,
            diode: kind != Kind::NoDiode,
            awake: kind != Kind::Sleeping,
            offered: (false, 0),
            interrupted: None,
            load: LOAD_B,
            draw_ma: 0,
            stepped_ms: 0,
        }
    }

    /// Current it draws per phase.
    pub const fn draw_ma(&self) -> u32 {
        self.draw_ma
    }

    /// Voltage of the line with the generator at `generator` millivolts.
    pub fn line_mv(&self, generator: i32) -> i32 {
        let (load, source) = (i64::from(self.load.0), i64::from(SOURCE.0));
        let divide = |volts: i32| (i64::from(volts) * load / (load + source)) as i32;
        match (self.diode, generator > 0) {
            (true, true) => DIODE_DROP.0 + divide(generator - DIODE_DROP.0),
            (true, false) => generator,
            (false, _) => divide(generator),
        }
    }

    /// Lets the time pass: the car reads the duty, decides what it wants, and draws.
    pub fn step(&mut self, now_ms: u64, signal: Signal, closed: bool) {
        let allowed_ma = allowed(signal);
        if (allowed_ma > 0) != self.offered.0 {
            self.offered = (allowed_ma > 0, now_ms);
        }
        self.sleep(now_ms, signal);
        self.load = self.wish(now_ms);
        let obeys = allowed_ma > 0 && self.kind != Kind::IgnoresDuty;
        let limit = if obeys { allowed_ma.min(self.max_ma) } else { self.max_ma };
        let target = if closed && self.wants_power() { limit } else { 0 };
        let step =
            (now_ms.saturating_sub(self.stepped_ms) * RAMP_MA_PER_MS).min(u64::from(self.max_ma)) as u32;
        self.draw_ma = if closed {
            self.draw_ma.saturating_add(step).min(target.max(self.draw_ma.saturating_sub(step)))
        } else {
            0
        };
        self.stepped_ms = now_ms;
    }

    /// Whether it is in C or D.
    pub fn wants_power(&self) -> bool {
        self.load != LOAD_B
    }

    fn sleep(&mut self, now_ms: u64, signal: Signal) {
        match signal {
            Signal::Negative | Signal::Open => {
                let since = *self.interrupted.get_or_insert(now_ms);
                self.awake |= now_ms.saturating_sub(since) >= WAKE_MS;
            }
            Signal::Constant | Signal::Pwm(_) => self.interrupted = None,
        }
    }

    fn wish(&self, now_ms: u64) -> Ohms {
        let (offered, since) = self.offered;
        let age = now_ms.saturating_sub(since);
        if self.finished || !self.awake {
            return LOAD_B;
        }
        if !offered {
            let stays = self.kind == Kind::IgnoresStop || age < STOP_MS;
            return if stays { self.load } else { LOAD_B };
        }
        match self.kind {
            Kind::Toggling if age < TOGGLE_MS => {
                if (age / TOGGLE_PERIOD_MS).is_multiple_of(2) {
                    LOAD_B
                } else {
                    LOAD_C
                }
            }
            _ if age < WISH_MS => self.load,
            Kind::Ventilated => LOAD_D,
            _ => LOAD_C,
        }
    }
}

/// The current a signal allows.
pub(crate) fn allowed(signal: Signal) -> u32 {
    match signal {
        Signal::Pwm(points) => match Duty::from_basis_points(points).map(Duty::reading) {
            Some(DutyReading::Current(current)) => current.0,
            _ => 0,
        },
        Signal::Constant | Signal::Negative | Signal::Open => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAVE: Signal = Signal::Pwm(2_666);

    fn after(car: &mut Car, from: u64, ms: u64, signal: Signal) -> bool {
        (from..=from + ms).step_by(10).for_each(|now| car.step(now, signal, false));
        car.wants_power()
    }

    #[test]
    fn a_car_asks_when_it_is_offered_and_stops_when_the_offer_ends() {
        let mut car = Car::new(Kind::Normal, 16_000);
        assert!(!after(&mut car, 0, 1_000, Signal::Constant));
        assert!(!after(&mut car, 1_010, 390, WAVE));
        assert!(after(&mut car, 1_410, 10, WAVE));
        assert!(after(&mut car, 2_000, 1_990, Signal::Constant));
        assert!(!after(&mut car, 4_000, 10, Signal::Constant));
        let mut car = Car::new(Kind::IgnoresStop, 16_000);
        assert!(after(&mut car, 0, 1_000, WAVE));
        assert!(after(&mut car, 1_010, 10_000, Signal::Constant));
    }

    #[test]
    fn a_sleeping_car_wakes_by_an_interruption() {
        let mut car = Car::new(Kind::Sleeping, 16_000);
        assert!(!after(&mut car, 0, 30_000, WAVE));
        assert!(!after(&mut car, 30_010, 4_000, Signal::Negative));
        assert!(after(&mut car, 34_020, 1_000, WAVE));
    }

    #[test]
    fn a_car_draws_what_the_duty_says_and_one_does_not() {
        for (kind, drawn) in [(Kind::Normal, 15_996), (Kind::IgnoresDuty, 32_000)] {
            let mut car = Car::new(kind, 32_000);
            (0..10_000).step_by(10).for_each(|now| car.step(now, WAVE, true));
            assert_eq!(car.draw_ma(), drawn, "{kind:?}");
        }
    }

    #[test]
    fn the_line_shows_the_loads_of_the_standard() {
        use evkit_hal::pilot::level::{NOMINAL_B, NOMINAL_C, NOMINAL_D};
        for (load, nominal) in [(LOAD_B, NOMINAL_B), (LOAD_C, NOMINAL_C), (LOAD_D, NOMINAL_D)] {
            let car = Car { load, ..Car::new(Kind::Normal, 1) };
            assert!(car.line_mv(12_000).abs_diff(nominal.0) < 100, "{load}");
            assert_eq!(car.line_mv(-12_000), -12_000);
            let car = Car { load, ..Car::new(Kind::NoDiode, 1) };
            assert_eq!(car.line_mv(12_000), -car.line_mv(-12_000));
        }
    }
}
