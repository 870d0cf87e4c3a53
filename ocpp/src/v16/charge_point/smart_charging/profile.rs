//! One charging profile in the form the session computes with, and how it looks in storage.
//!
//! Rules from OCPP 1.6 §3.13 and §7.8 to 7.14. All moments are whole seconds of Unix time.

use crate::units::Milliamps;
use crate::v16::charge_point::record::{Reader, Writer, index_of};

/// Highest stack level taken (`ChargeProfileMaxStackLevel`).
pub const MAX_STACK_LEVEL: u8 = 99;

/// Most periods in one schedule (`ChargingScheduleMaxPeriods`).
pub const MAX_PERIODS: usize = 24;

/// Longest profile in storage, without its seal.
pub(crate) const PROFILE_MAX: usize = 44 + 9 * MAX_PERIODS;

const DAY: i64 = 86_400;

/// What the station's supply looks like, to turn watts into amperes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Supply {
    /// Nominal voltage of a phase to neutral, in volts.
    pub volts: u16,
    /// Phases of the supply, 1 to 3: what a schedule means that does not say.
    pub phases: u8,
}

impl Supply {
    /// Watts per ampere, never 0.
    pub(super) const fn watts_per_amp(self, phases: u8) -> u64 {
        let watts = self.volts as u64 * phases as u64;
        if watts == 0 { 1 } else { watts }
    }
}

/// What a schedule allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowance {
    /// Current per phase.
    pub(crate) current: Milliamps,
    /// Phases that may be used, 1 to 3.
    pub(crate) phases: u8,
}

impl Allowance {
    /// What both allow.
    pub(super) fn min(self, other: Self) -> Self {
        Self { current: self.current.min(other.current), phases: self.phases.min(other.phases) }
    }
}

/// Unit of the limits of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RateUnit {
    Amps,
    Watts,
}

/// Where second 0 of a schedule lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    /// At the moment the profile names.
    Absolute,
    /// At that moment and every day after it.
    Daily,
    /// At that moment and every week after it.
    Weekly,
    /// At the start of the transaction.
    Transaction,
}

const ANCHORS: [Anchor; 4] = [Anchor::Absolute, Anchor::Daily, Anchor::Weekly, Anchor::Transaction];

/// A limit from `start` seconds after the anchor on. It takes eight bytes: a station has hundreds of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Period {
    pub(crate) start: u32,
    /// Tenths of the schedule's unit, and above [`TENTHS_BITS`] the phases.
    limit: u32,
}

/// Room for limits up to 107 megawatts.
const TENTHS_BITS: u32 = 30;

impl Period {
    /// `tenths` of the schedule's unit; `phases` 0 (as the supply) to 3. `None`: no supply is so strong.
    pub(crate) fn new(start: u32, tenths: u32, phases: u8) -> Option<Self> {
        let fits = tenths >> TENTHS_BITS == 0 && phases <= 3;
        fits.then_some(Self { start, limit: tenths | u32::from(phases) << TENTHS_BITS })
    }

    const fn tenths(self) -> u32 {
        self.limit & ((1 << TENTHS_BITS) - 1)
    }

    /// 0: as the supply.
    const fn phases(self) -> u8 {
        (self.limit >> TENTHS_BITS) as u8
    }
}

/// A charging profile without its purpose and connector, which its place in the store says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(crate) id: i64,
    pub(crate) level: u8,
    pub(crate) anchor: Anchor,
    /// The moment an absolute or recurring schedule names; else 0.
    pub(crate) start: i64,
    pub(crate) valid_from: i64,
    pub(crate) valid_to: i64,
    /// Seconds; `u32::MAX`: without end.
    pub(crate) duration: u32,
    pub(crate) unit: RateUnit,
    /// `minChargingRate` in tenths of the unit; 0: none.
    pub(crate) least_tenths: u32,
    pub(crate) len: u8,
    pub(crate) periods: [Period; MAX_PERIODS],
}

/// A stretch of time in which a schedule says one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment<T> {
    pub(super) value: T,
    /// First second at which the value may be another one; `i64::MAX`: never.
    pub(super) until: i64,
}

impl Profile {
    /// What the profile says at `at` in a transaction that began at `transaction`, and how long it keeps saying so.
    /// No value: the profile does not apply and a lower stack level counts.
    pub(super) fn segment(
        &self,
        at: i64,
        transaction: Option<i64>,
        supply: Supply,
    ) -> Segment<Option<Allowance>> {
        let nothing = |until| Segment { value: None, until };
        if at < self.valid_from {
            return nothing(self.valid_from);
        }
        if at >= self.valid_to {
            return nothing(i64::MAX);
        }
        let recurring = |every: i64| {
            let start = at - (at - self.start).max(0).rem_euclid(every);
            if at < self.start { (self.start, i64::MAX) } else { (start, start.saturating_add(every)) }
        };
        let (start, next) = match self.anchor {
            Anchor::Absolute => (self.start, i64::MAX),
            Anchor::Daily => recurring(DAY),
            Anchor::Weekly => recurring(7 * DAY),
            Anchor::Transaction => match transaction {
                Some(start) => (start, i64::MAX),
                None => return nothing(i64::MAX),
            },
        };
        if at < start {
            return nothing(start.min(self.valid_to));
        }
        let end =
            if self.duration == u32::MAX { i64::MAX } else { start.saturating_add(self.duration.into()) };
        if at >= end {
            return nothing(next.min(self.valid_to));
        }
        let mut until = next.min(end).min(self.valid_to);
        let mut current = None;
        for period in self.periods() {
            let from = start.saturating_add(period.start.into());
            if from > at {
                until = until.min(from);
                break;
            }
            current = Some(*period);
        }
        Segment { value: current.map(|period| self.allowance(period, supply)), until }
    }

    /// The least the profile allows at any time: what counts while the time of day is unknown.
    pub(super) fn least(&self, supply: Supply) -> Option<Allowance> {
        self.periods().map(|period| self.allowance(*period, supply)).reduce(Allowance::min)
    }

    pub(super) fn periods(&self) -> impl Iterator<Item = &Period> {
        self.periods.iter().take(self.len.into())
    }

    /// Writes the profile for storage.
    pub(super) fn encode(&self, writer: &mut Writer<'_>) {
        writer.number(self.id as u64, 8).put(&[self.level, index_of(&ANCHORS, &self.anchor)]);
        for moment in [self.start, self.valid_from, self.valid_to] {
            writer.number(moment as u64, 8);
        }
        writer.number(self.duration.into(), 4).number(self.least_tenths.into(), 4);
        writer.put(&[(self.unit == RateUnit::Watts).into(), self.len]);
        for period in self.periods() {
            writer.number(period.start.into(), 4).number(period.tenths().into(), 4).put(&[period.phases()]);
        }
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let id = reader.number(8) as i64;
        let level = reader.byte();
        let anchor = reader.one_of(&ANCHORS)?;
        let [start, valid_from, valid_to] = [(); 3].map(|()| reader.number(8) as i64);
        let [duration, least_tenths] = [(); 2].map(|()| reader.number(4) as u32);
        let unit = if reader.byte() == 0 { RateUnit::Amps } else { RateUnit::Watts };
        let len = reader.byte();
        let mut periods = [Period::default(); MAX_PERIODS];
        for period in periods.get_mut(..usize::from(len))? {
            let [start, tenths] = [(); 2].map(|()| reader.number(4) as u32);
            *period = Period::new(start, tenths, reader.byte())?;
        }
        reader.rest().map(|_| Self {
            id,
            level,
            anchor,
            start,
            valid_from,
            valid_to,
            duration,
            unit,
            least_tenths,
            len,
            periods,
        })
    }

    fn allowance(&self, period: Period, supply: Supply) -> Allowance {
        let phases = if period.phases() == 0 { supply.phases } else { period.phases() };
        Allowance { current: self.current(period.tenths(), phases, supply), phases }
    }

    fn current(&self, tenths: u32, phases: u8, supply: Supply) -> Milliamps {
        let milliamps = match self.unit {
            RateUnit::Amps => u64::from(tenths) * 100,
            RateUnit::Watts => u64::from(tenths) * 100 / supply.watts_per_amp(phases),
        };
        Milliamps(u32::try_from(milliamps).unwrap_or(u32::MAX))
    }

    /// Below this current charging is not efficient (`minChargingRate`), on so many phases.
    pub(super) fn least_efficient(&self, phases: u8, supply: Supply) -> Option<Milliamps> {
        (self.least_tenths > 0).then(|| self.current(self.least_tenths, phases, supply))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_keeps_limit_and_phases_apart() {
        for tenths in [0, 1, 320, (1 << TENTHS_BITS) - 1] {
            for phases in 0..=3 {
                let period = Period::new(7, tenths, phases).unwrap();
                assert_eq!((period.start, period.tenths(), period.phases()), (7, tenths, phases));
            }
        }
        assert_eq!((Period::new(0, 1 << TENTHS_BITS, 0), Period::new(0, 1, 4)), (None, None));
        assert_eq!(size_of::<Period>(), 8);
    }
}
