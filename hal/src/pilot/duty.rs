//! Duty cycle and current, both ways (IEC 61851-1 tables A.7 and A.8).
//!
//! The station's side follows EVerest where the table leaves room: no code exists below 6 A, so
//! such an offer is no offer, and none between 51 A and 52.5 A, where 51 A is sent. The vehicle's
//! side follows table 4 of Fluke's FEV300 manual. Duties are rounded down, so a vehicle is never
//! told more than was offered.

use core::fmt;

use crate::units::Milliamps;

/// The smallest current a duty cycle can express (table A.7).
pub const MIN_CURRENT: Milliamps = Milliamps(6_000);
/// The largest current a duty cycle can express (table A.7).
pub const MAX_CURRENT: Milliamps = Milliamps(80_000);
/// The largest current of the lower branch; what lies between it and 52.5 A has no code.
pub const LOW_BRANCH_MAX: Milliamps = Milliamps(51_000);

/// Duty cycle of the pilot's 1 kHz square wave in hundredths of a percent (0.1 ‰), 0 to 10 000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duty(u16);

impl Duty {
    /// 5 %: digital communication required before charging (IEC 61851-1 A.3.6, ISO 15118-3).
    pub const DIGITAL: Self = Self(500);
    /// 100 %, in other words a constant level.
    pub const FULL: Self = Self(10_000);

    /// A duty of `points` hundredths of a percent; `None` above 100 %.
    pub const fn from_basis_points(points: u16) -> Option<Self> {
        if points <= Self::FULL.0 { Some(Self(points)) } else { None }
    }

    /// Hundredths of a percent, 0 to 10 000.
    pub const fn basis_points(self) -> u16 {
        self.0
    }

    /// High time of one period in steps of a timer that counts `period` steps per millisecond,
    /// rounded down. What a PWM compare register takes.
    pub const fn compare(self, period: u16) -> u16 {
        // The quotient never exceeds `period`, which is a u16.
        (self.0 as u32 * period as u32 / Self::FULL.0 as u32) as u16
    }

    /// The duty that offers `current` per phase, or `None` below 6 A, which no duty expresses.
    ///
    /// Between 51 A and 52.5 A the duty says 51 A; above 80 A it says 80 A.
    pub const fn for_current(current: Milliamps) -> Option<Self> {
        let Milliamps(ma) = current;
        if ma < MIN_CURRENT.0 {
            return None;
        }
        let ma = if ma > MAX_CURRENT.0 { MAX_CURRENT.0 } else { ma };
        let low = if ma > LOW_BRANCH_MAX.0 { LOW_BRANCH_MAX.0 } else { ma };
        // 0.6 A per percent up to 85 %, then 2.5 A per percent above 64 %.
        let low = low / 6;
        let high = ma / 25 + 6_400;
        Some(Self(if ma > LOW_BRANCH_MAX.0 && high > low { high as u16 } else { low as u16 }))
    }

    /// What a vehicle reads from this duty (table A.8).
    pub const fn reading(self) -> DutyReading {
        let points = self.0 as u32;
        match self.0 {
            450..=550 => DutyReading::Digital,
            800..1_000 => DutyReading::Current(MIN_CURRENT),
            1_000..=8_500 => DutyReading::Current(Milliamps(points * 6)),
            8_501..=9_600 => DutyReading::Current(Milliamps((points - 6_400) * 25)),
            9_601..=9_700 => DutyReading::Current(MAX_CURRENT),
            _ => DutyReading::NotAllowed,
        }
    }
}

impl fmt::Display for Duty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02} %", self.0 / 100, self.0 % 100)
    }
}

/// What a duty cycle means to a vehicle (table A.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DutyReading {
    /// Charging is not allowed: a constant level, or a duty without a meaning.
    NotAllowed,
    /// 4.5 % to 5.5 %: only after digital communication.
    Digital,
    /// The vehicle may draw this much per phase.
    Current(Milliamps),
}

impl DutyReading {
    /// The current a vehicle without digital communication may draw; zero when it may not.
    pub const fn current(self) -> Milliamps {
        match self {
            Self::Current(current) => current,
            Self::NotAllowed | Self::Digital => Milliamps(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn station_side_matches_table_a7() {
        let rows = [
            (0, None),
            (5_999, None),
            (6_000, Some(1_000)),
            (10_000, Some(1_666)),
            (16_000, Some(2_666)),
            (20_000, Some(3_333)),
            (32_000, Some(5_333)),
            (51_000, Some(8_500)),
            (51_001, Some(8_500)),
            (52_500, Some(8_500)),
            (52_524, Some(8_500)),
            (52_525, Some(8_501)),
            (63_000, Some(8_920)),
            (70_000, Some(9_200)),
            (80_000, Some(9_600)),
            (u32::MAX, Some(9_600)),
        ];
        for (ma, points) in rows {
            let duty = Duty::for_current(Milliamps(ma)).map(Duty::basis_points);
            assert_eq!(duty, points, "{ma} mA");
        }
    }

    #[test]
    fn vehicle_side_matches_table_a8() {
        let current = |ma| DutyReading::Current(Milliamps(ma));
        let rows = [
            (0, DutyReading::NotAllowed),
            (300, DutyReading::NotAllowed),
            (449, DutyReading::NotAllowed),
            (450, DutyReading::Digital),
            (550, DutyReading::Digital),
            (551, DutyReading::NotAllowed),
            (799, DutyReading::NotAllowed),
            (800, current(6_000)),
            (999, current(6_000)),
            (1_000, current(6_000)),
            (5_000, current(30_000)),
            (8_500, current(51_000)),
            (8_600, current(55_000)),
            (9_600, current(80_000)),
            (9_700, current(80_000)),
            (9_701, DutyReading::NotAllowed),
            (10_000, DutyReading::NotAllowed),
        ];
        for (points, reading) in rows {
            assert_eq!(Duty::from_basis_points(points).unwrap().reading(), reading, "{points}");
        }
        assert_eq!(Duty::from_basis_points(10_001), None);
    }

    #[test]
    fn a_vehicle_never_reads_more_than_offered() {
        for ma in (0..=100_000).step_by(7) {
            let Some(duty) = Duty::for_current(Milliamps(ma)) else { continue };
            let DutyReading::Current(read) = duty.reading() else { panic!("{ma}: {duty}") };
            assert!(read.0 <= ma, "{ma} mA offered, {read} read");
        }
    }

    #[test]
    fn every_code_survives_the_round_trip() {
        for points in (1_000..=8_500).chain(8_501..=9_600) {
            let duty = Duty::from_basis_points(points).unwrap();
            assert_eq!(Duty::for_current(duty.reading().current()), Some(duty));
        }
    }

    #[test]
    fn the_compare_value_never_exceeds_the_period() {
        assert_eq!(Duty::FULL.compare(u16::MAX), u16::MAX);
        assert_eq!(Duty::for_current(Milliamps(16_000)).unwrap().compare(1_000), 266);
    }
}
