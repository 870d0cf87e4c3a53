//! Energy from current transformers and a configured voltage.
//!
//! Stations without a meter measure currents only and take the phase-neutral voltage for constant
//! (EVlink manual chapter 4: 175 V to 276 V, 230 V by default). What comes out is *apparent* energy:
//! the power factor is not known.
//!
//! The sum is exact. What is less than one mVAh is carried along, over power cuts as well if
//! [`ApparentEnergy`] is stored and restored as it is.

use core::time::Duration;

use thiserror::Error;

use crate::units::{Instant, Milliamps, Millivolts, millis};

/// mV x mA x ms in one mVAh.
const PER_MILLI_VAH: u64 = 1_000_000 * 3_600;

/// Longest span between two measurements that is counted. What happened in a longer one is not known.
pub const MAX_GAP: Duration = Duration::from_secs(60);

/// Apparent energy, exact to the product of one mV, one mA and one ms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApparentEnergy {
    milli_vah: u64,
    /// Below [`PER_MILLI_VAH`].
    rest: u64,
}

impl ApparentEnergy {
    /// No energy.
    pub const ZERO: Self = Self { milli_vah: 0, rest: 0 };

    /// The stored form: whole mVAh and the rest in mV x mA x ms.
    pub const fn to_parts(self) -> (u64, u64) {
        (self.milli_vah, self.rest)
    }

    /// From the stored form. `None` for a rest of one mVAh or more, which was never stored.
    pub const fn from_parts(milli_vah: u64, rest: u64) -> Option<Self> {
        if rest < PER_MILLI_VAH { Some(Self { milli_vah, rest }) } else { None }
    }

    /// Whole VAh, which such stations report as Wh.
    pub const fn vah(self) -> u64 {
        self.milli_vah / 1000
    }

    /// Whole mVAh.
    pub const fn milli_vah(self) -> u64 {
        self.milli_vah
    }

    /// Adds `microvolt_amperes` (mV x mA) over `span`.
    fn add(&mut self, microvolt_amperes: u64, span: Duration) {
        let product = microvolt_amperes.saturating_mul(millis(span));
        let rest = product.saturating_add(self.rest);
        self.milli_vah = self.milli_vah.saturating_add(rest / PER_MILLI_VAH);
        self.rest = rest % PER_MILLI_VAH;
    }
}

/// The configured voltage is outside what an installation can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("phase-neutral voltage is {0}, allowed is 175 V to 276 V")]
pub struct VoltageError(pub Millivolts);

/// An energy counter over current transformers.
#[derive(Clone, Debug)]
pub struct CtMeter {
    voltage: u32,
    energy: ApparentEnergy,
    last: Option<(Instant, [Milliamps; 3])>,
}

impl CtMeter {
    /// A counter that goes on from `energy`, with the voltage between phase and neutral.
    ///
    /// # Errors
    ///
    /// A voltage outside 175 V to 276 V.
    pub fn new(voltage: Millivolts, energy: ApparentEnergy) -> Result<Self, VoltageError> {
        match u32::try_from(voltage.0) {
            Ok(mv @ 175_000..=276_000) => Ok(Self { voltage: mv, energy, last: None }),
            _ => Err(VoltageError(voltage)),
        }
    }

    /// Takes the currents of the three phases in. The previous ones count up to now.
    pub fn handle_currents(&mut self, now: Instant, currents: [Milliamps; 3]) {
        self.count(now);
        let last = self.last.map_or(now, |(last, _)| now.max(last));
        self.last = Some((last, currents));
    }

    /// Counts up to now without a new measurement, for instance before storing.
    pub fn count(&mut self, now: Instant) {
        let power = self.microvolt_amperes();
        if let Some((last, _)) = &mut self.last {
            let span = now.since(*last);
            if span <= MAX_GAP {
                self.energy.add(power, span);
            }
            *last = now.max(*last);
        }
    }

    /// The sum so far.
    pub const fn energy(&self) -> ApparentEnergy {
        self.energy
    }

    /// The newest apparent power in whole VA.
    pub fn va(&self) -> u64 {
        self.microvolt_amperes() / 1_000_000
    }

    fn microvolt_amperes(&self) -> u64 {
        let currents = self.last.map_or([Milliamps(0); 3], |(_, currents)| currents);
        // At most 3 x 2^32 x 2^19, far from the end of u64.
        currents.iter().map(|current| u64::from(current.0) * u64::from(self.voltage)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const V230: Millivolts = Millivolts(230_000);

    fn at(ms: u64) -> Instant {
        Instant::from_millis(ms)
    }

    #[test]
    fn sixteen_amperes_on_three_phases_for_an_hour() {
        let mut meter = CtMeter::new(V230, ApparentEnergy::ZERO).unwrap();
        for second in 0..=3_600 {
            meter.handle_currents(at(second * 1_000), [Milliamps(16_000); 3]);
        }
        assert_eq!(meter.energy().to_parts(), (11_040_000, 0));
        assert_eq!(meter.va(), 11_040);
        assert_eq!(meter.energy().vah(), 11_040);
    }

    #[test]
    fn nothing_is_lost_between_odd_steps_and_power_cuts() {
        let mut stored = ApparentEnergy::ZERO.to_parts();
        let mut exact = 0u128;
        let mut now = 0;
        for cut in 0..50u64 {
            let energy = ApparentEnergy::from_parts(stored.0, stored.1).unwrap();
            let mut meter = CtMeter::new(Millivolts(231_337), energy).unwrap();
            for step in 1..40u64 {
                let current = Milliamps((cut * 97 + step * 31) as u32);
                meter.handle_currents(at(now), [current, Milliamps(1), Milliamps(0)]);
                now += step * 7;
                meter.count(at(now));
                exact += u128::from(current.0 + 1) * 231_337 * u128::from(step * 7);
            }
            stored = meter.energy().to_parts();
        }
        let unit = u128::from(PER_MILLI_VAH);
        assert_eq!((u128::from(stored.0), u128::from(stored.1)), (exact / unit, exact % unit));
    }

    #[test]
    fn a_gap_is_not_counted_and_time_does_not_run_backwards() {
        let mut meter = CtMeter::new(V230, ApparentEnergy::ZERO).unwrap();
        meter.handle_currents(at(0), [Milliamps(16_000); 3]);
        meter.handle_currents(at(60_001), [Milliamps(16_000); 3]);
        assert_eq!(meter.energy(), ApparentEnergy::ZERO);
        meter.handle_currents(at(120_001), [Milliamps(0); 3]);
        let counted = meter.energy();
        assert_eq!(counted.vah(), 184);
        meter.handle_currents(at(119_000), [Milliamps(16_000); 3]);
        meter.count(at(120_001));
        assert_eq!(meter.energy(), counted);
    }

    #[test]
    fn the_voltage_has_bounds() {
        for (mv, ok) in [(174_999, false), (175_000, true), (276_000, true), (276_001, false), (-1, false)] {
            assert_eq!(CtMeter::new(Millivolts(mv), ApparentEnergy::ZERO).is_ok(), ok, "{mv}");
        }
    }

    #[test]
    fn a_rest_that_was_never_stored_is_refused_and_sums_saturate() {
        assert_eq!(ApparentEnergy::from_parts(0, PER_MILLI_VAH), None);
        let mut energy = ApparentEnergy::from_parts(u64::MAX, PER_MILLI_VAH - 1).unwrap();
        energy.add(u64::MAX, MAX_GAP);
        assert_eq!(energy.milli_vah(), u64::MAX);
    }
}
