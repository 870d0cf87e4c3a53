//! Charging profiles in the session: setting, clearing, and the limit they make (OCPP 1.6 §3.13, §5.5, §5.7, §5.16).

use super::record::Stamp;
use super::remote::Answer;
use super::smart_charging::{Conditions, Query};
use super::{ActionError, ChargePoint, Event, Limit};
use crate::list::List;
use crate::message::EncodeError;
use crate::num::Decimal;
use crate::rpc::link::Ticket;
use crate::rpc::{IdBuf, write_result};
use crate::schema::Version;
use crate::time::{Instant, from_unix_millis};
use crate::units::Milliamps;
use crate::v16::{
    ChargingProfile, ChargingProfilePurpose, ChargingProfileStatus, ChargingRateUnit, ChargingSchedule,
    ChargingSchedulePeriod, ClearChargingProfileRequest, ClearChargingProfileStatus,
    GetCompositeScheduleRequest, GetCompositeScheduleResponse, GetCompositeScheduleStatus,
    SetChargingProfileRequest,
};

/// Longest composite schedule, in seconds: 31 days. A longer one is answered with this duration, so that no question
/// can keep the station busy.
const COMPOSITE_DURATION: i64 = 31 * 86_400;

/// Most periods in a composite schedule; a longer one is answered with a shorter duration.
const COMPOSITE_PERIODS: usize = 32;

impl<const N: usize> ChargePoint<'_, N> {
    /// What a connector may draw now, or the whole station (0), and who says so. `None`: there is no such connector.
    ///
    /// As long as the time of day is unknown the lowest value of every profile counts. Ask again at the latest when
    /// a schedule may change: every few seconds, and after [`Event::ProfilesChanged`].
    // Not inlined: an application asks in several places.
    #[must_use]
    #[inline(never)]
    pub fn limit_now(&self, connector: u8, now: Instant) -> Option<Limit> {
        let query = self.query();
        match self.clock.unix_seconds(now) {
            Some(seconds) => query.limit(connector.into(), seconds),
            None => query.limit_without_clock(connector.into()),
        }
    }

    fn query(&self) -> Query<'_, N> {
        let transactions = core::array::from_fn(|index| {
            let (local, started) = self.connectors.get(index)?.transaction.started()?;
            Some(self.seconds_of(local, started))
        });
        Query {
            profiles: &self.profiles,
            conditions: Conditions {
                supply: self.config.supply,
                connector: self.config.connector_limit,
                station: self.config.station_limit,
                transactions,
            },
        }
    }

    /// Unix time of a stamp. One from a run that never learnt the time of day is put at the start of this run.
    fn seconds_of(&self, seq: u64, stamp: Stamp) -> i64 {
        let millis = match stamp {
            Stamp::Utc(millis) => millis,
            Stamp::SinceStart(millis) => {
                let origin = self.clock.origin().unwrap_or_default();
                if self.outbox.is_of_this_run(seq) { origin.saturating_add_unsigned(millis) } else { origin }
            }
        };
        millis.div_euclid(1000)
    }

    /// Below this current per phase the profile that sets the limit of a connector (0: of the station) `now` calls charging
    /// inefficient (`minChargingRate`, §7.13): whoever shares out less may rather wait. `None`: it says nothing.
    #[must_use]
    pub fn min_charging_rate(&self, connector: u8, now: Instant) -> Option<Milliamps> {
        self.profiles.least_efficient(&self.limit_now(connector, now)?, self.config.supply)
    }

    /// Sets the profile that came with a remote start. It ends with the transaction, or when the vehicle leaves
    /// without one.
    ///
    /// # Errors
    ///
    /// [`ActionError::Profile`] if it breaks a rule or is larger than this station takes;
    /// [`ActionError::NoConnector`].
    pub fn set_transaction_profile(
        &mut self,
        connector: u8,
        profile: &ChargingProfile<'_>,
    ) -> Result<(), ActionError> {
        self.index(connector)?;
        let right = profile.charging_profile_purpose == ChargingProfilePurpose::TxProfile;
        if right && self.profiles.set(None, connector.into(), profile) {
            Ok(())
        } else {
            Err(ActionError::Profile)
        }
    }

    /// §5.16. A profile of a transaction needs that transaction.
    pub(super) fn set_charging_profile<'f>(
        &mut self,
        now: Instant,
        ticket: Ticket,
        request: &SetChargingProfileRequest<'f>,
    ) -> Option<Event<'f>> {
        let profile = &request.cs_charging_profiles;
        let connector = u8::try_from(request.connector_id).ok();
        let may = match profile.charging_profile_purpose {
            ChargingProfilePurpose::TxProfile => {
                let running = connector.and_then(|connector| self.transaction(connector));
                running.is_some_and(|running| {
                    profile.transaction_id.is_none() || profile.transaction_id == running.transaction
                })
            }
            _ => true,
        };
        let now = self.clock.unix_seconds(now);
        let done =
            may && connector.is_some_and(|connector| self.profiles.set(now, connector.into(), profile));
        let status = if done { ChargingProfileStatus::Accepted } else { ChargingProfileStatus::Rejected };
        self.link.reply(ticket, Answer::SetChargingProfile(status));
        done.then_some(Event::ProfilesChanged)
    }

    pub(super) fn clear_charging_profile<'f>(
        &mut self,
        ticket: Ticket,
        request: &ClearChargingProfileRequest,
    ) -> Option<Event<'f>> {
        let cleared = self.profiles.clear_matching(request);
        let status = match cleared {
            true => ClearChargingProfileStatus::Accepted,
            false => ClearChargingProfileStatus::Unknown,
        };
        self.link.reply(ticket, Answer::ClearChargingProfile(status));
        cleared.then_some(Event::ProfilesChanged)
    }

    pub(super) fn get_composite_schedule(
        &mut self,
        now: Instant,
        ticket: Ticket,
        request: &GetCompositeScheduleRequest,
    ) {
        let answer = Answer::CompositeSchedule {
            // A connector that does not exist is answered `Rejected` when the schedule is written.
            connector: u8::try_from(request.connector_id).unwrap_or(u8::MAX),
            duration: request.duration,
            unit: request.charging_rate_unit.unwrap_or(ChargingRateUnit::A),
            from: now,
        };
        self.link.reply(ticket, answer);
    }

    /// Writes the answer to GetCompositeSchedule (§5.7).
    pub(super) fn write_composite<'b>(
        &self,
        id: &IdBuf,
        connector: u8,
        duration: i64,
        unit: ChargingRateUnit,
        from: Instant,
        buffer: &'b mut [u8],
    ) -> Result<&'b str, EncodeError> {
        let rejected = GetCompositeScheduleResponse {
            status: GetCompositeScheduleStatus::Rejected,
            connector_id: None,
            schedule_start: None,
            charging_schedule: None,
        };
        let start = self.clock.unix_seconds(from).filter(|_| duration > 0 && usize::from(connector) <= N);
        let Some(start) = start else { return write_result(buffer, Version::V16, &id.id(), &rejected) };
        let mut end = start.saturating_add(duration.min(COMPOSITE_DURATION));
        const NONE: ChargingSchedulePeriod =
            ChargingSchedulePeriod { start_period: 0, limit: Decimal::ZERO, number_phases: None };
        let mut periods = [NONE; COMPOSITE_PERIODS];
        let mut count = 0;
        for (at, limit) in self.query().schedule(connector.into(), start, end) {
            let Some(slot) = periods.get_mut(count) else {
                // What is said stays true: it is said for a shorter time.
                end = at;
                break;
            };
            *slot = ChargingSchedulePeriod {
                start_period: at - start,
                limit: self.in_unit(limit, unit),
                number_phases: Some(limit.phases.into()),
            };
            count += 1;
        }
        let schedule_start = from_unix_millis(start * 1000);
        let response = GetCompositeScheduleResponse {
            status: GetCompositeScheduleStatus::Accepted,
            connector_id: Some(connector.into()),
            schedule_start,
            charging_schedule: Some(ChargingSchedule {
                duration: Some(end - start),
                start_schedule: schedule_start,
                charging_rate_unit: unit,
                charging_schedule_period: List::new(periods.get(..count).unwrap_or_default()),
                min_charging_rate: None,
            }),
        };
        write_result(buffer, Version::V16, &id.id(), &response)
    }

    /// A limit in tenths of the unit, rounded down.
    fn in_unit(&self, limit: Limit, unit: ChargingRateUnit) -> Decimal {
        let milliamps = i64::from(limit.current.0);
        Decimal::new(
            match unit {
                ChargingRateUnit::A => milliamps / 100,
                ChargingRateUnit::W => {
                    let watts_per_amp = i64::from(self.config.supply.volts) * i64::from(limit.phases);
                    milliamps.saturating_mul(watts_per_amp) / 100
                }
            },
            1,
        )
    }
}
