//! Meter readings: what the application reports, when samples are taken and how they are sent.
//!
//! OCPP 1.6 §3.16, §5.9 and §9.1. During a transaction samples are taken every `MeterValueSampleInterval`; at moments
//! that are multiples of `ClockAlignedDataInterval` after midnight UTC every connector is read. A value the
//! application does not report is left out of the message, whatever the configuration asks for.

use core::ops::Range;
use core::time::Duration;

use super::clock::Clock;
use crate::inline::Inline;
use crate::num::Decimal;
use crate::rpc::timer::Deadline;
use crate::text::Str;
use crate::time::Instant;
use crate::units::{Milliamps, Millivolts, WattHours, Watts};
use crate::v16::measurands::{Measurands, Reading};
use crate::v16::{Location, Measurand, Phase, ReadingContext, SampledValue, UnitOfMeasure};

/// What a meter shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Meter {
    /// Register of imported active energy; it never runs backwards.
    pub energy: WattHours,
    /// Active power towards the vehicle.
    pub power: Option<Watts>,
    /// Current of phases 1 to 3.
    pub currents: [Option<Milliamps>; 3],
    /// Voltage of phases 1 to 3 to neutral.
    pub voltages: [Option<Millivolts>; 3],
    /// Highest current offered to the vehicle, per phase.
    pub offered: Option<Milliamps>,
}

/// Readings in the order of their bits, energy aside.
const VALUES: [(Reading, Measurand, Option<Phase>, UnitOfMeasure, u8); 8] = [
    (Reading::Power, Measurand::PowerActiveImport, None, UnitOfMeasure::W, 0),
    (Reading::CurrentL1, Measurand::CurrentImport, Some(Phase::L1), UnitOfMeasure::A, 3),
    (Reading::CurrentL2, Measurand::CurrentImport, Some(Phase::L2), UnitOfMeasure::A, 3),
    (Reading::CurrentL3, Measurand::CurrentImport, Some(Phase::L3), UnitOfMeasure::A, 3),
    (Reading::CurrentOffered, Measurand::CurrentOffered, None, UnitOfMeasure::A, 3),
    (Reading::VoltageL1, Measurand::Voltage, Some(Phase::L1N), UnitOfMeasure::V, 3),
    (Reading::VoltageL2, Measurand::Voltage, Some(Phase::L2N), UnitOfMeasure::V, 3),
    (Reading::VoltageL3, Measurand::Voltage, Some(Phase::L3N), UnitOfMeasure::V, 3),
];

/// Most values in one sample.
pub(super) const MAX_VALUES: usize = VALUES.len() + 1;

/// A meter reading reduced to what is to be sent, as a record stores it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Readings {
    /// The values that are there.
    pub(super) contents: Measurands,
    pub(super) energy: WattHours,
    /// In the order of [`VALUES`], in W, mA and mV.
    pub(super) values: [i32; VALUES.len()],
}

impl Meter {
    pub(super) const EMPTY: Self =
        Self { energy: WattHours(0), power: None, currents: [None; 3], voltages: [None; 3], offered: None };

    /// The wanted values, as far as the meter has them.
    pub(super) fn readings(&self, wanted: Measurands) -> Readings {
        let mut readings = Readings { energy: self.energy, ..Readings::EMPTY };
        if wanted.contains(Reading::Energy) {
            readings.contents.insert(Reading::Energy);
        }
        for ((reading, ..), slot) in VALUES.iter().zip(&mut readings.values) {
            if let Some(value) = self.value(*reading).filter(|_| wanted.contains(*reading)) {
                *slot = value;
                readings.contents.insert(*reading);
            }
        }
        readings
    }

    fn value(&self, reading: Reading) -> Option<i32> {
        let [l1, l2, l3] = self.currents;
        let [u1, u2, u3] = self.voltages;
        let milliamps = match reading {
            Reading::Energy => return None,
            Reading::Power => return self.power.map(|power| power.0),
            Reading::CurrentL1 => l1,
            Reading::CurrentL2 => l2,
            Reading::CurrentL3 => l3,
            Reading::CurrentOffered => self.offered,
            Reading::VoltageL1 => return u1.map(millivolts),
            Reading::VoltageL2 => return u2.map(millivolts),
            Reading::VoltageL3 => return u3.map(millivolts),
        };
        milliamps.map(|current| i32::try_from(current.0).unwrap_or(i32::MAX))
    }
}

fn millivolts(voltage: Millivolts) -> i32 {
    i32::try_from(voltage.0).unwrap_or(i32::MAX)
}

impl Readings {
    pub(super) const EMPTY: Self =
        Self { contents: Measurands::from_bits(0), energy: WattHours(0), values: [0; VALUES.len()] };

    /// Every value but the register.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Reading, i32)> {
        VALUES.iter().map(|(reading, ..)| *reading).zip(self.values)
    }

    /// The same, to be set.
    pub(super) fn slots(&mut self) -> impl Iterator<Item = (Reading, &mut i32)> {
        VALUES.iter().map(|(reading, ..)| *reading).zip(&mut self.values)
    }

    /// Calls `send` with the values as a message has them.
    pub(super) fn with_values<R>(
        &self,
        context: ReadingContext,
        send: impl FnOnce(&[SampledValue<'_>]) -> R,
    ) -> R {
        let mut sheet = Sheet::new();
        let range = sheet.add(context, self);
        send(sheet.values().get(range).unwrap_or_default())
    }
}

/// The values of one or several readings as messages have them: their texts have to lie somewhere.
pub(super) struct Sheet {
    cells: [Cell; Self::ROOM],
    len: usize,
}

#[derive(Clone, Copy)]
struct Cell {
    context: ReadingContext,
    measurand: Measurand,
    phase: Option<Phase>,
    unit: UnitOfMeasure,
    text: Inline<24>,
}

impl Sheet {
    /// Most values: those of a whole transaction.
    pub(super) const ROOM: usize = 40;

    pub(super) fn new() -> Self {
        let empty = Cell {
            context: ReadingContext::Other,
            measurand: Measurand::EnergyActiveImportRegister,
            phase: None,
            unit: UnitOfMeasure::Wh,
            text: Inline::EMPTY,
        };
        Self { cells: [empty; Self::ROOM], len: 0 }
    }

    /// Adds a reading and says which values are its own. What there is no room for is left out.
    pub(super) fn add(&mut self, context: ReadingContext, readings: &Readings) -> Range<usize> {
        let start = self.len;
        let mut add = |measurand, phase, unit, value: Decimal| {
            if let Some(cell) = self.cells.get_mut(self.len) {
                // 20 digits, a sign and a point always fit.
                *cell = Cell { context, measurand, phase, unit, text: Inline::of(value) };
                self.len += 1;
            }
        };
        if readings.contents.contains(Reading::Energy) {
            let register = Decimal::from(i64::try_from(readings.energy.0).unwrap_or(i64::MAX));
            add(Measurand::EnergyActiveImportRegister, None, UnitOfMeasure::Wh, register);
        }
        for ((reading, measurand, phase, unit, scale), value) in VALUES.iter().zip(readings.values) {
            if readings.contents.contains(*reading) {
                add(*measurand, *phase, *unit, Decimal::new(value.into(), *scale));
            }
        }
        start..self.len
    }

    /// The values; those behind the last one added mean nothing.
    pub(super) fn values(&self) -> [SampledValue<'_>; Self::ROOM] {
        self.cells.each_ref().map(|cell| SampledValue {
            value: Str::cut(cell.text.as_str()),
            context: Some(cell.context),
            format: None,
            measurand: Some(cell.measurand),
            phase: cell.phase,
            location: Some(Location::Outlet),
            unit: Some(cell.unit),
        })
    }
}

/// A sample that is not part of a transaction: sent when possible, forgotten when the connection ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Loose {
    pub(super) at: Instant,
    pub(super) context: ReadingContext,
    pub(super) readings: Readings,
}

/// The next moment that is a multiple of `interval` seconds after midnight UTC; never if the time of day is unknown
/// or the interval is 0.
pub(super) fn next_aligned(clock: &Clock, now: Instant, interval: i32) -> Deadline {
    const DAY: u32 = 86_400;
    let step = u32::try_from(interval).unwrap_or(0).min(DAY) * 1000;
    let Some(unix) = clock.unix_millis(now).filter(|_| step > 0) else { return Deadline::NEVER };
    let since_midnight = unix.rem_euclid(i64::from(DAY) * 1000) as u32;
    // The count starts anew each midnight, also when the interval does not divide the day.
    let next = (since_midnight - since_midnight % step + step).min(DAY * 1000);
    Deadline::after(now, Duration::from_millis((next - since_midnight).into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse_utc;
    use alloc::string::String;
    use alloc::vec::Vec;

    const METER: Meter = Meter {
        energy: WattHours(12_345),
        power: Some(Watts(-20)),
        currents: [Some(Milliamps(16_005)), None, Some(Milliamps(0))],
        voltages: [Some(Millivolts(230_100)), None, None],
        offered: Some(Milliamps(16_000)),
    };

    fn sent(wanted: &str) -> Vec<String> {
        let wanted = Measurands::parse(wanted).unwrap();
        METER.readings(wanted).with_values(ReadingContext::SamplePeriodic, |values| {
            values
                .iter()
                .map(|v| {
                    let phase = v.phase.map_or("", Phase::as_str);
                    alloc::format!("{} {phase} {} {}", v.measurand.unwrap(), v.value, v.unit.unwrap())
                })
                .collect()
        })
    }

    #[test]
    fn values_are_sent_in_base_units_with_the_meters_resolution() {
        assert_eq!(sent("Energy.Active.Import.Register"), ["Energy.Active.Import.Register  12345 Wh"]);
        assert_eq!(
            sent("Power.Active.Import,Current.Import,Voltage.L1,Current.Offered"),
            [
                "Power.Active.Import  -20 W",
                "Current.Import L1 16.005 A",
                "Current.Import L3 0.000 A",
                "Current.Offered  16.000 A",
                "Voltage L1-N 230.100 V",
            ]
        );
    }

    #[test]
    fn what_the_meter_does_not_show_is_left_out() {
        assert_eq!(sent("Current.Import.L2,Voltage.L2").len(), 0);
        assert_eq!(sent("").len(), 0);
    }

    /// §9.1 ClockAlignedDataInterval: counted from midnight.
    #[test]
    fn aligned_moments_count_from_midnight_utc() {
        let mut clock = Clock::default();
        let now = Instant::from_secs(100);
        assert_eq!(next_aligned(&clock, now, 900), Deadline::NEVER);
        clock.set(now, parse_utc("2026-01-01T10:07:30Z").unwrap());
        assert_eq!(next_aligned(&clock, now, 0), Deadline::NEVER);
        for (interval, utc) in
            [(900, "10:15:00"), (60, "10:08:00"), (86_400, "24:00:00"), (50_000, "13:53:20")]
        {
            let moment = next_aligned(&clock, now, interval).moment().unwrap();
            let (hours, rest) = utc.split_once(':').unwrap();
            let (minutes, seconds) = rest.split_once(':').unwrap();
            let wanted: u64 =
                [hours, minutes, seconds].iter().fold(0, |sum, part| sum * 60 + part.parse::<u64>().unwrap());
            assert_eq!(moment.as_millis() / 1000 - 100, wanted - (10 * 3600 + 7 * 60 + 30), "{}", interval);
        }
    }
}
