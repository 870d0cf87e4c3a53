//! OCPP smart charging as a source of limits (OCPP 1.6 §3.13).
//!
//! Two ways lead here. A program that runs [`evkit_ocpp`]'s charge point asks it for the composite limit of
//! now and hands that in; a load manager between a central system and its stations has a composite schedule
//! and asks [`limit_at`] what it says at a moment.

use crate::limits::{Limit, Role};
use crate::units::{Instant, Milliamps, Millivolts};
use core::time::Duration;
use evkit_ocpp::v16::charge_point::{Limit as Composite, LimitSource};
use evkit_ocpp::v16::{ChargingRateUnit, ChargingSchedule, ChargingSchedulePeriod};

impl From<Composite> for Limit {
    /// The current on every phase, until replaced: ask again when the station's profiles or their stretch may
    /// have changed. How many phases may be used is for [`switching`](crate::switching) to obey.
    fn from(composite: Composite) -> Self {
        let role = match composite.source {
            LimitSource::Hardware => Role::Hardware,
            _ => Role::Profile,
        };
        Self::new(role, Milliamps(composite.current.0))
    }
}

/// What a schedule whose periods count from `start` allows at `now`, with the moment at which that changes as
/// its end; a limit in watts is spread over the phases of its period at `voltage` against neutral.
///
/// `None` before the start, after the schedule's duration, and where no period holds yet. A limit that is
/// negative, or unknown because there is no voltage, counts as 0. Fractions of a milliampere are left out.
pub fn limit_at(
    schedule: &ChargingSchedule<'_>,
    start: Instant,
    now: Instant,
    voltage: Millivolts,
) -> Option<Limit> {
    if now < start {
        return None;
    }
    let moment = |seconds: i64| start.after(Duration::from_secs(seconds.max(0).unsigned_abs()));
    let end = schedule.duration.map(moment);
    if end.is_some_and(|end| now >= end) {
        return None;
    }
    let periods = || schedule.charging_schedule_period.iter();
    let period = periods().filter(|period| moment(period.start_period) <= now).last()?;
    let next = periods().map(|period| moment(period.start_period)).find(|&start| start > now);
    let limit = Limit::new(Role::Profile, current(&period, schedule.charging_rate_unit, voltage));
    Some(match next.into_iter().chain(end).min() {
        Some(change) => limit.until(change),
        None => limit,
    })
}

/// The current of a period on each phase.
fn current(period: &ChargingSchedulePeriod, unit: ChargingRateUnit, voltage: Millivolts) -> Milliamps {
    // Thousandths of amperes or watts.
    let limit = period.limit.floor(3).map_or(0, |limit| limit.max(0).unsigned_abs());
    let milliamps = match unit {
        ChargingRateUnit::W => {
            // Absent means three (OCPP 1.6 §7.14).
            let phases = period.number_phases.unwrap_or(3).clamp(1, 3).unsigned_abs();
            limit.saturating_mul(1_000).checked_div(u64::from(voltage.0) * phases).unwrap_or(0)
        }
        _ => limit,
    };
    Milliamps(milliamps.min(u32::MAX.into()) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Validity;
    use evkit_ocpp::list::List;
    use evkit_ocpp::num::Decimal;

    fn second(seconds: u64) -> Instant {
        Instant::from_millis(seconds * 1000)
    }

    fn period(start_period: i64, tenths: i64, number_phases: Option<i64>) -> ChargingSchedulePeriod {
        ChargingSchedulePeriod { start_period, limit: Decimal::new(tenths, 1), number_phases }
    }

    fn schedule(
        unit: ChargingRateUnit,
        periods: &[ChargingSchedulePeriod],
        duration: Option<i64>,
    ) -> ChargingSchedule<'_> {
        ChargingSchedule {
            duration,
            start_schedule: None,
            charging_rate_unit: unit,
            charging_schedule_period: List::new(periods),
            min_charging_rate: None,
        }
    }

    #[test]
    fn a_period_holds_until_the_next_or_the_end() {
        let periods = [period(0, 160, None), period(60, 65, None)];
        let schedule = schedule(ChargingRateUnit::A, &periods, Some(100));
        let at = |seconds| limit_at(&schedule, second(10), second(seconds), Millivolts::NOMINAL);
        assert_eq!(at(9), None);
        assert_eq!(at(10), Some(Limit::new(Role::Profile, Milliamps(16_000)).until(second(70))));
        assert_eq!(at(70), Some(Limit::new(Role::Profile, Milliamps(6_500)).until(second(110))));
        assert_eq!(at(110), None);
    }

    #[test]
    fn watts_are_spread_over_the_phases_of_the_period() {
        let at = |phases, voltage| {
            let periods = [period(0, 41_400, phases)];
            let schedule = schedule(ChargingRateUnit::W, &periods, None);
            let limit = limit_at(&schedule, second(0), second(5), voltage).unwrap();
            assert_eq!(limit.validity, Validity::Always);
            limit.currents[0]
        };
        assert_eq!(at(None, Millivolts::NOMINAL), Milliamps(6_000));
        assert_eq!(at(Some(1), Millivolts::NOMINAL), Milliamps(18_000));
        assert_eq!(at(Some(1), Millivolts(0)), Milliamps::ZERO);
    }

    #[test]
    fn nothing_holds_before_the_first_period_and_less_than_nothing_is_nothing() {
        let periods = [period(30, -10, None)];
        let schedule = schedule(ChargingRateUnit::A, &periods, None);
        let at = |seconds| limit_at(&schedule, second(0), second(seconds), Millivolts::NOMINAL);
        assert_eq!(at(29), None);
        assert_eq!(at(30), Some(Limit::new(Role::Profile, Milliamps::ZERO)));
    }

    #[test]
    fn a_composite_limit_keeps_who_set_it() {
        let current = evkit_ocpp::units::Milliamps(10_000);
        let made = |source| Limit::from(Composite { current, phases: 3, source });
        assert_eq!(made(LimitSource::Transaction(7)), Limit::new(Role::Profile, Milliamps(10_000)));
        assert_eq!(made(LimitSource::Hardware).source, Role::Hardware.into());
    }
}
