//! A simulated car: a diode and resistors on the control pilot, a battery behind a charger.
//!
//! The charger follows the duty cycle late (IEC 61851-1 gives it 5 s) and never draws more than the battery takes.

use evkit_hal::pilot::{Sample, Signal, level};
use evkit_hal::units::Millivolts;

/// Time a car may take to follow a lower duty cycle (IEC 61851-1 table A.6, 5 s).
const SLOWEST_REACTION_MS: u64 = 5_000;
/// Time a car may take to stop when the PWM ends (IEC 61851-1 table A.6, 3 s).
const SLOWEST_STOP_MS: u64 = 3_000;

/// What the car's charger is built for.
#[derive(Debug, Clone)]
pub struct CarModel {
    /// Phases it draws from: terminals 1 to `phases`.
    pub phases: u8,
    /// Largest current per phase in milliamperes.
    pub max_ma: u32,
    /// Energy its battery still takes in milliwatt hours.
    pub needs_mwh: u64,
    /// How late it follows a lower duty cycle in milliseconds.
    pub reaction_ms: u64,
    /// How fast its current rises in milliamperes per second.
    pub ramp_ma_per_s: u32,
    /// It asks for a ventilated room when it charges (state D), as batteries want that give off gas.
    pub needs_ventilation: bool,
}

/// A car at an EVSE.
#[derive(Debug, Clone)]
pub struct Car {
    model: CarModel,
    taken_mwh: u64,
    /// Energy below one milliwatt hour, in milliampere milliseconds at one volt.
    residue: u64,
    draw_ma: u32,
    /// Allowed current and since when, to follow it late.
    allowed: (u64, u32),
    obeyed_ma: u32,
}

impl Car {
    /// A car that has just been plugged in.
    pub fn new(mut model: CarModel) -> Self {
        model.reaction_ms = model.reaction_ms.min(SLOWEST_REACTION_MS);
        Self { model, taken_mwh: 0, residue: 0, draw_ma: 0, allowed: (0, 0), obeyed_ma: 0 }
    }

    /// Is the battery full?
    pub fn is_full(&self) -> bool {
        self.taken_mwh >= self.model.needs_mwh
    }

    /// Energy taken so far in milliwatt hours.
    pub fn taken_mwh(&self) -> u64 {
        self.taken_mwh
    }

    /// What the station measures on the pilot for the signal it drives.
    ///
    /// A constant +12 V has no low level; with PWM the diode lets the low half reach -12 V.
    pub fn pilot(&self, signal: Signal) -> Sample {
        match signal {
            Signal::Pwm(_) => {
                let high = match (self.is_full(), self.model.needs_ventilation) {
                    (true, _) => level::NOMINAL_B,
                    (false, false) => level::NOMINAL_C,
                    (false, true) => level::NOMINAL_D,
                };
                Sample { high, low: level::NOMINAL_LOW }
            }
            Signal::Constant => Sample::constant(level::NOMINAL_B),
            Signal::Negative => Sample::constant(level::NOMINAL_LOW),
            Signal::Open => Sample::constant(Millivolts(0)),
        }
    }

    /// Lets `dt_ms` pass. Returns the current per EVSE terminal in milliamperes.
    pub fn step(&mut self, now_ms: u64, dt_ms: u64, signal: Signal, closed: bool, volts: u32) -> [u32; 3] {
        let allowed_ma = match signal {
            Signal::Pwm(duty) => duty.reading().current().0,
            _ => 0,
        };
        if allowed_ma != self.allowed.1 {
            self.allowed = (now_ms, allowed_ma);
        }
        let reaction = if allowed_ma == 0 {
            self.model.reaction_ms.min(SLOWEST_STOP_MS)
        } else {
            self.model.reaction_ms
        };
        let late = now_ms.saturating_sub(self.allowed.0) >= reaction;
        if late || self.allowed.1 > self.obeyed_ma {
            self.obeyed_ma = self.allowed.1;
        }
        let target = if closed && !self.is_full() { self.obeyed_ma.min(self.battery_limit()) } else { 0 };
        let rise = u32::try_from(u64::from(self.model.ramp_ma_per_s) * dt_ms / 1000).unwrap_or(u32::MAX);
        self.draw_ma = target.min(self.draw_ma.saturating_add(rise));
        self.charge(dt_ms, volts);
        let mut terminals = [0; 3];
        terminals.iter_mut().take(usize::from(self.model.phases)).for_each(|t| *t = self.draw_ma);
        terminals
    }

    /// A nearly full battery takes less: linear from full current at 90 % down to 6 A.
    fn battery_limit(&self) -> u32 {
        let left = self.model.needs_mwh.saturating_sub(self.taken_mwh);
        let tail = (self.model.needs_mwh / 10).max(1);
        if left >= tail {
            return self.model.max_ma;
        }
        let floor = 6_000.min(self.model.max_ma);
        let span = u64::from(self.model.max_ma - floor);
        floor + u32::try_from(span * left / tail).unwrap_or(0)
    }

    fn charge(&mut self, dt_ms: u64, volts: u32) {
        // mA × V = mW; × ms; 3,600,000 mW·ms are one mWh.
        let mw = u64::from(self.draw_ma) * u64::from(self.model.phases) * u64::from(volts);
        self.residue += mw * dt_ms;
        self.taken_mwh += self.residue / 3_600_000;
        self.residue %= 3_600_000;
    }
}

/// What the station measures on a pilot without a car.
pub fn unplugged(signal: Signal) -> Sample {
    match signal {
        Signal::Pwm(_) => Sample { high: level::NOMINAL_A, low: level::NOMINAL_LOW },
        Signal::Constant => Sample::constant(level::NOMINAL_A),
        Signal::Negative => Sample::constant(level::NOMINAL_LOW),
        Signal::Open => Sample::constant(Millivolts(0)),
    }
}

#[cfg(test)]
mod tests {
    use evkit_hal::pilot::Duty;
    use evkit_hal::units::Milliamps;

    use super::*;

    fn model() -> CarModel {
        CarModel {
            phases: 3,
            max_ma: 16_000,
            needs_mwh: 10_000_000,
            reaction_ms: 3_000,
            ramp_ma_per_s: 2_000,
            needs_ventilation: false,
        }
    }

    fn pwm(amps: u32) -> Signal {
        Signal::Pwm(Duty::for_current(Milliamps(amps * 1000)).unwrap())
    }

    #[test]
    fn a_car_rises_slowly_and_follows_a_lower_duty_late() {
        let mut car = Car::new(model());
        let mut now = 0;
        let mut run = |car: &mut Car, signal, ms| {
            let mut draw = [0; 3];
            for _ in 0..ms / 100 {
                now += 100;
                draw = car.step(now, 100, signal, true, 230);
            }
            draw
        };
        assert_eq!(run(&mut car, pwm(32), 2_000), [4_000; 3], "2 A a second");
        assert_eq!(run(&mut car, pwm(32), 20_000), [16_000; 3], "its own maximum");
        assert_eq!(run(&mut car, pwm(10), 2_900), [16_000; 3], "not yet");
        assert_eq!(run(&mut car, pwm(10), 300), [9_996; 3], "10 A in steps of the duty cycle");
    }

    #[test]
    fn no_current_flows_through_an_open_contactor() {
        let mut car = Car::new(model());
        for t in 1..100 {
            assert_eq!(car.step(t * 100, 100, pwm(16), false, 230), [0; 3]);
        }
        assert_eq!(car.taken_mwh(), 0);
    }

    #[test]
    fn a_full_car_takes_nothing_and_shows_state_b() {
        let mut car = Car::new(CarModel { needs_mwh: 1_000, ..model() });
        let mut t = 0;
        while !car.is_full() {
            t += 100;
            car.step(t, 100, pwm(16), true, 230);
        }
        assert_eq!(car.step(t + 100, 100, pwm(16), true, 230), [0; 3]);
        assert_eq!(car.pilot(pwm(16)).high, level::NOMINAL_B);
        assert!((1_000..1_310).contains(&car.taken_mwh()), "{}", car.taken_mwh());
    }
}
