//! What a voltage on the control pilot means (IEC 61851-1 table A.4), with the gaps between the
//! bands used as hysteresis.
//!
//! Bands and gaps are those of chargebyte's published controller, which names table A.4; the loads
//! are from a Texas Instruments reference design. Both are public restatements of the standard, not
//! the standard itself.

use core::fmt;

use crate::units::{Millivolts, Ohms};

/// Nominal level of the pilot generator's high side: no vehicle.
pub const NOMINAL_A: Millivolts = Millivolts(12_000);
/// Nominal high level with a vehicle connected that is not ready.
pub const NOMINAL_B: Millivolts = Millivolts(9_000);
/// Nominal high level with a vehicle ready to charge.
pub const NOMINAL_C: Millivolts = Millivolts(6_000);
/// Nominal high level with a vehicle ready to charge that needs ventilation.
pub const NOMINAL_D: Millivolts = Millivolts(3_000);
/// Nominal level of a line shorted to protective earth, or of a station without power.
pub const NOMINAL_E: Millivolts = Millivolts(0);
/// Nominal level of the generator's low side, which the vehicle's diode keeps load off.
pub const NOMINAL_LOW: Millivolts = Millivolts(-12_000);

/// Source resistance of the pilot generator (table A.2).
pub const SOURCE: Ohms = Ohms(1_000);
/// The vehicle's load in state B.
pub const LOAD_B: Ohms = Ohms(2_740);
/// The vehicle's load in state C: 1.3 kohm in parallel with [`LOAD_B`].
pub const LOAD_C: Ohms = Ohms(882);
/// The vehicle's load in state D: 270 ohm in parallel with [`LOAD_B`].
pub const LOAD_D: Ohms = Ohms(246);
/// Forward drop of the vehicle's diode, typical for the silicon diodes in use (inferred: it makes
/// the loads above meet the nominal levels).
pub const DIODE_DROP: Millivolts = Millivolts(700);

/// One measurement of the pilot: the top and the bottom of the wave over at least one period.
///
/// With a constant level both are the same voltage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sample {
    /// Voltage at the top of the wave.
    pub high: Millivolts,
    /// Voltage at the bottom of the wave.
    pub low: Millivolts,
}

impl Sample {
    /// A line at one constant level.
    pub const fn constant(level: Millivolts) -> Self {
        Self { high: level, low: level }
    }
}

/// What the line's voltage says about the vehicle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// No vehicle (12 V).
    A,
    /// A vehicle is connected and not ready (9 V).
    B,
    /// The vehicle is ready (6 V).
    C,
    /// The vehicle is ready and needs ventilation (3 V).
    D,
    /// Short to earth, or no power in the station (0 V).
    E,
    /// The station is not available (-12 V).
    F,
    /// A voltage no state explains. It is never believed to allow anything.
    Invalid,
}

impl Level {
    /// Whether a vehicle asks for power on this level.
    pub const fn wants_power(self) -> bool {
        matches!(self, Self::C | Self::D)
    }

    /// Whether the level says for sure that a vehicle is there (`Some(true)`) or is not
    /// (`Some(false)`); `None` when it says neither.
    pub const fn connected(self) -> Option<bool> {
        match self {
            Self::A => Some(false),
            Self::B | Self::C | Self::D => Some(true),
            Self::E | Self::F | Self::Invalid => None,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
            Self::F => "F",
            Self::Invalid => "invalid",
        })
    }
}

/// Bands of the high side, from the top: level, lowest and highest voltage, both included.
const BANDS: [(Level, i32, i32); 5] = [
    (Level::A, 11_000, 13_000),
    (Level::B, 8_000, 10_000),
    (Level::C, 5_000, 7_000),
    (Level::D, 2_000, 4_000),
    (Level::E, -1_000, 1_999),
];
/// Highest voltage of the low side in F; below -13 V nothing is valid.
const F_HIGHEST: i32 = -11_000;

/// Lowest voltage that still counts as E when the line was E before.
const E_HYSTERESIS: i32 = -2_000;
/// As [`F_HIGHEST`] when the line was F before.
const F_HYSTERESIS: i32 = -10_000;

/// Reads a sample, given the level the line had before.
///
/// Between two bands the previous level stays if it is one of the two; otherwise the higher of the
/// two is taken, which is the one that asks for less. A line whose low side is at -12 V while its
/// high side is about 0 V is F, not E: peak detectors read so at a constant -12 V.
pub fn classify(sample: Sample, previous: Option<Level>) -> Level {
    let Sample { high: Millivolts(high), low: Millivolts(low) } = sample;
    if low < -13_000 || high < low {
        return Level::Invalid;
    }
    let f_highest = if previous == Some(Level::F) { F_HYSTERESIS } else { F_HIGHEST };
    if high < 2_000 && low <= f_highest {
        return Level::F;
    }
    if previous == Some(Level::E) && (E_HYSTERESIS..2_000).contains(&high) {
        return Level::E;
    }
    let mut above = None;
    for (level, lowest, highest) in BANDS {
        if high > highest {
            // In the gap above this band, or above all of them.
            return if previous == Some(level) && above.is_some() {
                level
            } else {
                above.unwrap_or(Level::Invalid)
            };
        }
        if high >= lowest {
            return level;
        }
        above = Some(level);
    }
    Level::Invalid
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(high: i32, previous: Option<Level>) -> Level {
        classify(Sample { high: Millivolts(high), low: Millivolts(high.min(-9_000)) }, previous)
    }

    #[test]
    fn bands_have_the_edges_of_table_a4() {
        let rows = [
            (13_001, Level::Invalid),
            (13_000, Level::A),
            (11_000, Level::A),
            (10_000, Level::B),
            (8_000, Level::B),
            (7_000, Level::C),
            (5_000, Level::C),
            (4_000, Level::D),
            (2_000, Level::D),
            (1_999, Level::E),
            (-1_000, Level::E),
            (-1_001, Level::Invalid),
            (-10_999, Level::Invalid),
        ];
        for (high, level) in rows {
            assert_eq!(at(high, None), level, "{high} mV");
        }
        for (level, expected) in [(-11_000, Level::F), (-13_000, Level::F), (-13_001, Level::Invalid)] {
            assert_eq!(classify(Sample::constant(Millivolts(level)), None), expected, "{level} mV");
        }
    }

    #[test]
    fn gaps_keep_a_neighbour_and_otherwise_take_the_higher() {
        for (high, above, below) in
            [(10_500, Level::A, Level::B), (7_500, Level::B, Level::C), (4_500, Level::C, Level::D)]
        {
            assert_eq!(at(high, Some(above)), above);
            assert_eq!(at(high, Some(below)), below);
            for previous in [None, Some(Level::E), Some(Level::F), Some(Level::Invalid)] {
                assert_eq!(at(high, previous), above, "{high} after {previous:?}");
            }
        }
    }

    #[test]
    fn e_and_f_have_hysteresis_only_for_themselves() {
        assert_eq!(at(-1_500, Some(Level::E)), Level::E);
        assert_eq!(at(-2_001, Some(Level::E)), Level::Invalid);
        assert_eq!(at(-1_500, Some(Level::B)), Level::Invalid);
        let low = Sample::constant(Millivolts(-10_500));
        assert_eq!(classify(low, Some(Level::F)), Level::F);
        assert_eq!(classify(low, Some(Level::E)), Level::Invalid);
    }

    #[test]
    fn the_low_side_tells_e_from_f() {
        let sample = |low| Sample { high: Millivolts(0), low: Millivolts(low) };
        assert_eq!(classify(sample(0), None), Level::E);
        assert_eq!(classify(sample(-12_000), None), Level::F);
        let loaded = |high| Sample { high: Millivolts(high), low: NOMINAL_LOW };
        assert_eq!(classify(loaded(1_999), None), Level::F);
        assert_eq!(classify(loaded(2_000), None), Level::D);
    }

    #[test]
    fn a_wave_upside_down_is_invalid() {
        let sample = Sample { high: Millivolts(6_000), low: Millivolts(9_000) };
        assert_eq!(classify(sample, Some(Level::C)), Level::Invalid);
    }

    #[test]
    fn the_published_loads_meet_the_nominal_levels() {
        for (load, nominal) in [(LOAD_B, NOMINAL_B), (LOAD_C, NOMINAL_C), (LOAD_D, NOMINAL_D)] {
            let drop = DIODE_DROP.0 as i64;
            let span = NOMINAL_A.0 as i64 - drop;
            let level = drop + span * load.0 as i64 / (load.0 + SOURCE.0) as i64;
            assert!((level - nominal.0 as i64).abs() <= 100, "{load}: {level} mV");
        }
    }
}
