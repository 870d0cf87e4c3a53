//! The physical side that no crate of evkit provides: cars on their cables and the building's load.
//!
//! A car is what IEC 61851-1 sees of it: a diode and resistors on the control pilot, and a charger that
//! follows the duty cycle late (the standard gives it 5 s) and never draws more than its battery takes.

use evkit_hal::pilot;

/// Time a car may take to follow a lower duty cycle (IEC 61851-1 table A.6, 5 s).
const SLOWEST_REACTION_MS: u64 = 5_000;

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

    /// High and low level in millivolts that the station measures on the pilot for what it drives.
    ///
    /// A constant +12 V has no low level; with PWM the diode lets the low half reach −12 V.
    pub fn pilot_levels(&self, drive: pilot::Drive) -> (i32, i32) {
        let wants = !self.is_full() && matches!(drive, pilot::Drive::Pwm(_));
        let high = if wants { pilot::LEVEL_C_MV } else { pilot::LEVEL_B_MV };
        match drive {
            pilot::Drive::Low => (-12_000, -12_000),
            pilot::Drive::High => (high, high),
            pilot::Drive::Pwm(_) => (high, -12_000),
        }
    }

    /// Lets `dt_ms` pass. Returns the current per EVSE terminal in milliamperes.
    pub fn step(&mut self, now_ms: u64, dt_ms: u64, allowed_ma: u32, closed: bool, volts: u32) -> [u32; 3] {
        if allowed_ma != self.allowed.1 {
            self.allowed = (now_ms, allowed_ma);
        }
        let late = now_ms.saturating_sub(self.allowed.0) >= self.model.reaction_ms;
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

/// The building's load: per phase a bounded, seeded random walk with a limited rate of change.
#[derive(Debug)]
pub struct Building {
    mean_ma: [u32; 3],
    swing_ma: u32,
    slew_ma: u32,
    target_ma: [u32; 3],
    now_ma: [u32; 3],
    rng: fastrand::Rng,
}

impl Building {
    /// A building at its mean load; rates are per second.
    pub fn new(mean_ma: [u32; 3], swing_ma: u32, slew_ma: u32, seed: u64) -> Self {
        let rng = fastrand::Rng::with_seed(seed ^ 0xB01D);
        Self { mean_ma, swing_ma, slew_ma, target_ma: mean_ma, now_ma: mean_ma, rng }
    }

    /// Current per grid phase in milliamperes.
    pub fn load_ma(&self) -> [u32; 3] {
        self.now_ma
    }

    /// One second passes.
    pub fn second(&mut self) {
        for p in 0..3 {
            if self.now_ma[p] == self.target_ma[p] {
                let low = self.mean_ma[p].saturating_sub(self.swing_ma);
                self.target_ma[p] = self.rng.u32(low..=self.mean_ma[p] + self.swing_ma);
            }
            let (now, target) = (self.now_ma[p], self.target_ma[p]);
            self.now_ma[p] =
                if now < target { target.min(now + self.slew_ma) } else { target.max(now.saturating_sub(self.slew_ma)) };
        }
    }
}
