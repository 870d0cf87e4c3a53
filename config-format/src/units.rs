//! Quantities of the neutral model: integers with the unit in the type.

use core::fmt;

/// An electric current in 0.001 A.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Milliamps(pub u32);

impl Milliamps {
    /// The least current IEC 61851-1 lets a station signal: 6 A (table A.8, duty cycle 10 %).
    pub const IEC_MINIMUM: Self = Self(6_000);

    /// From whole amperes; none above 4 294 967 A.
    #[must_use]
    pub fn from_amps(amps: i64) -> Option<Self> {
        Self::from_milliamps(amps.checked_mul(1000)?)
    }

    /// From a number of mA that is not negative and fits 32 bits.
    #[must_use]
    pub fn from_milliamps(milliamps: i64) -> Option<Self> {
        u32::try_from(milliamps).ok().map(Self)
    }
}

impl fmt::Display for Milliamps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (amps, rest) = (self.0 / 1000, self.0 % 1000);
        if rest == 0 { write!(f, "{amps} A") } else { write!(f, "{amps}.{rest:03} A") }
    }
}

/// The nominal voltage of the supply in V, and between which conductors it is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SupplyVoltage {
    /// The number of the file.
    pub volts: u16,
    /// What it is measured between.
    pub between: Conductors,
}

/// Between which conductors a voltage is meant. KEBA and Bender state line to neutral, EVlink line to line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Conductors {
    /// One line and neutral.
    LineNeutral,
    /// Two lines.
    LineLine,
}

impl SupplyVoltage {
    /// Line to line, V: 230 V to neutral are 400 V (IEC 60038, which rounds up to the next 10 V).
    #[must_use]
    pub fn line_to_line(self) -> u16 {
        match self.between {
            Conductors::LineLine => self.volts,
            Conductors::LineNeutral => {
                let volts = u32::from(self.volts) * 17_321 / 10_000;
                u16::try_from(volts.next_multiple_of(10)).unwrap_or(u16::MAX)
            }
        }
    }

    /// Line to neutral, V, rounded down: 400 V between lines are 230 V (IEC 60038).
    #[must_use]
    pub fn line_to_neutral(self) -> u16 {
        match self.between {
            Conductors::LineNeutral => self.volts,
            // 1.7321 is the square root of 3; a quotient of a u16 by more than 1 fits a u16.
            Conductors::LineLine => {
                u16::try_from(u32::from(self.volts) * 10_000 / 17_321).unwrap_or(u16::MAX)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn currents_print_in_amperes() {
        assert_eq!(Milliamps(16_000).to_string(), "16 A");
        assert_eq!(Milliamps(6_050).to_string(), "6.050 A");
        assert_eq!(Milliamps::from_amps(-1), None);
        assert_eq!(Milliamps::from_amps(i64::MAX), None);
    }

    #[test]
    fn line_voltage_becomes_phase_voltage() {
        assert_eq!(SupplyVoltage { volts: 400, between: Conductors::LineLine }.line_to_neutral(), 230);
        assert_eq!(SupplyVoltage { volts: 230, between: Conductors::LineNeutral }.line_to_neutral(), 230);
        assert_eq!(
            SupplyVoltage { volts: u16::MAX, between: Conductors::LineLine }.line_to_neutral(),
            37_835
        );
    }
}
