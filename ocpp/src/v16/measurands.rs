//! What a station can measure, as a set: the value of the `MeterValues…Data` configuration keys (OCPP 1.6 §9.1.14).
//!
//! A list names measurands, each with or without a phase (`Current.Import` or `Current.Import.L1`). A measurand
//! without phase stands for all phases. The order in the list carries no meaning, so a set of bits holds it.

use core::fmt;

/// One value of a meter reading. The discriminant is the bit in [`Measurands`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reading {
    /// Energy register, import, in Wh.
    Energy,
    /// Active power, import, in W.
    Power,
    /// Current of phase 1, import, in mA.
    CurrentL1,
    /// Current of phase 2, import, in mA.
    CurrentL2,
    /// Current of phase 3, import, in mA.
    CurrentL3,
    /// Highest current offered to the vehicle, per phase, in mA.
    CurrentOffered,
    /// Voltage of phase 1 to neutral, in mV.
    VoltageL1,
    /// Voltage of phase 2 to neutral, in mV.
    VoltageL2,
    /// Voltage of phase 3 to neutral, in mV.
    VoltageL3,
}

/// A set of readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Measurands(u16);

/// Names of sets, those that cover several phases before their parts, so that printing finds the shortest list.
static NAMES: [(&str, Measurands); 11] = [
    ("Energy.Active.Import.Register", Measurands::ENERGY),
    ("Power.Active.Import", Measurands::of(&[Reading::Power])),
    ("Current.Import", Measurands::of(&[Reading::CurrentL1, Reading::CurrentL2, Reading::CurrentL3])),
    ("Current.Import.L1", Measurands::of(&[Reading::CurrentL1])),
    ("Current.Import.L2", Measurands::of(&[Reading::CurrentL2])),
    ("Current.Import.L3", Measurands::of(&[Reading::CurrentL3])),
    ("Current.Offered", Measurands::of(&[Reading::CurrentOffered])),
    ("Voltage", Measurands::of(&[Reading::VoltageL1, Reading::VoltageL2, Reading::VoltageL3])),
    ("Voltage.L1", Measurands::of(&[Reading::VoltageL1])),
    ("Voltage.L2", Measurands::of(&[Reading::VoltageL2])),
    ("Voltage.L3", Measurands::of(&[Reading::VoltageL3])),
];

impl Measurands {
    /// The energy register alone, the value of the keys before anybody changed them.
    pub const ENERGY: Self = Self::of(&[Reading::Energy]);

    /// Most names in a list.
    pub(crate) const LONGEST_LIST: i32 = NAMES.len() as i32;

    /// The set of these readings.
    #[must_use]
    pub const fn of(readings: &[Reading]) -> Self {
        let mut bits = 0;
        let mut rest = readings;
        while let [first, others @ ..] = rest {
            bits |= 1 << *first as u16;
            rest = others;
        }
        Self(bits)
    }

    /// Whether the reading is in the set.
    #[must_use]
    pub const fn contains(self, reading: Reading) -> bool {
        self.0 & (1 << reading as u16) != 0
    }

    pub(crate) const fn insert(&mut self, reading: Reading) {
        self.0 |= 1 << reading as u16;
    }

    /// Whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Reads a comma separated list; empty text is the empty set. `None` if a name is not in the table.
    #[must_use]
    pub fn parse(list: &str) -> Option<Self> {
        let list = list.trim_ascii();
        if list.is_empty() {
            return Some(Self(0));
        }
        list.split(',').try_fold(Self(0), |set, name| {
            let name = name.trim_ascii();
            let (_, named) = NAMES.iter().find(|(known, _)| *known == name)?;
            Some(Self(set.0 | named.0))
        })
    }

    pub(crate) const fn to_bits(self) -> i32 {
        self.0 as i32
    }

    /// Bits that name no reading are dropped.
    pub(crate) const fn from_bits(bits: i32) -> Self {
        Self(bits as u16 & 0x1FF)
    }
}

/// The comma separated list of the set.
impl fmt::Display for Measurands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        for (name, set) in &NAMES {
            if rest & set.0 == set.0 {
                if rest != self.0 {
                    f.write_str(",")?;
                }
                f.write_str(name)?;
                rest &= !set.0;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn lists_are_sets() {
        for (text, printed) in [
            ("", ""),
            ("Energy.Active.Import.Register", "Energy.Active.Import.Register"),
            ("Current.Import, Energy.Active.Import.Register", "Energy.Active.Import.Register,Current.Import"),
            ("Current.Import.L1,Current.Import.L3,Voltage", "Current.Import.L1,Current.Import.L3,Voltage"),
            ("Current.Import.L1,Current.Import.L3,Current.Import.L2", "Current.Import"),
            ("Power.Active.Import,Power.Active.Import", "Power.Active.Import"),
        ] {
            assert_eq!(Measurands::parse(text).unwrap().to_string(), printed, "{text}");
        }
    }

    #[test]
    fn unknown_measurands_make_the_list_invalid() {
        for text in
            ["SoC", "energy.active.import.register", "Voltage,", "Voltage;Current.Import", "Voltage.L4"]
        {
            assert_eq!(Measurands::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_reading_has_a_name_and_a_bit_of_its_own() {
        let all = Measurands::from_bits(-1);
        assert_eq!(Measurands::parse(&all.to_string()), Some(all));
        assert_eq!(NAMES.iter().fold(0, |bits, (_, set)| bits | set.0), all.0);
        assert!(all.contains(Reading::VoltageL3));
        assert!(!Measurands::ENERGY.contains(Reading::Power));
    }
}
