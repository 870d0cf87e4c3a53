//! Block *Smart charging* of the charge point: which profiles there are and what follows from them.
//!
//! OCPP 1.6 §3.13, §5.5, §5.7, §5.16. Default and maximum profiles are kept over restarts; a transaction's own
//! profiles end with it and are not written to storage, which frequent updates would wear.

mod composite;
mod profile;

pub use composite::{Limit, LimitSource, STACK_DEPTH};
pub use profile::{MAX_PERIODS, MAX_STACK_LEVEL, Supply};

pub(super) use composite::{Conditions, Profiles, Query};
pub(super) use profile::PROFILE_MAX;

use super::record::Writer;
use composite::Stack;
use profile::{Anchor, Period, Profile, RateUnit};

use crate::time::unix_seconds;
use crate::units::Milliamps;
use crate::v16::{
    ChargingProfile, ChargingProfileKind, ChargingProfilePurpose as Purpose, ChargingRateUnit,
    ChargingSchedulePeriod, ClearChargingProfileRequest, RecurrencyKind,
};

impl Profile {
    /// The profile of a message; `None` if it breaks a rule of §7.8 to §7.14 that its schema does not know, or is
    /// larger than this station takes.
    fn from_message(message: &ChargingProfile<'_>) -> Option<Self> {
        let schedule = &message.charging_schedule;
        let start = schedule.start_schedule.map(unix_seconds);
        let (anchor, start) = match (message.charging_profile_kind, message.recurrency_kind, start) {
            (ChargingProfileKind::Absolute, _, Some(start)) => (Anchor::Absolute, start),
            // §7.13: without a start, a schedule begins with the transaction.
            (ChargingProfileKind::Absolute, _, None) | (ChargingProfileKind::Relative, ..) => {
                (Anchor::Transaction, 0)
            }
            (ChargingProfileKind::Recurring, Some(RecurrencyKind::Daily), Some(start)) => {
                (Anchor::Daily, start)
            }
            (ChargingProfileKind::Recurring, Some(RecurrencyKind::Weekly), Some(start)) => {
                (Anchor::Weekly, start)
            }
            (ChargingProfileKind::Recurring, ..) => return None,
        };
        let least_tenths = match schedule.min_charging_rate.as_ref() {
            Some(rate) => u32::try_from(rate.floor(1)?).ok()?,
            None => 0,
        };
        let mut periods = [Period::default(); MAX_PERIODS];
        let mut len = 0;
        let mut previous = None;
        for message in &schedule.charging_schedule_period {
            let period = Period::from_message(&message)?;
            let in_order = previous.map_or(period.start == 0, |previous| period.start > previous);
            *periods.get_mut(usize::from(len)).filter(|_| in_order)? = period;
            previous = Some(period.start);
            len += 1;
        }
        Some(Self {
            id: message.charging_profile_id,
            level: u8::try_from(message.stack_level).ok().filter(|level| *level <= MAX_STACK_LEVEL)?,
            anchor,
            start,
            valid_from: message.valid_from.map_or(i64::MIN, unix_seconds),
            valid_to: message.valid_to.map_or(i64::MAX, unix_seconds),
            duration: match schedule.duration {
                Some(duration) => u32::try_from(duration).ok()?,
                None => u32::MAX,
            },
            unit: match schedule.charging_rate_unit {
                ChargingRateUnit::A => RateUnit::Amps,
                ChargingRateUnit::W => RateUnit::Watts,
            },
            least_tenths,
            len,
            periods,
        })
        .filter(|profile| profile.len > 0)
    }
}

impl Period {
    fn from_message(message: &ChargingSchedulePeriod) -> Option<Self> {
        let phases = match message.number_phases {
            None => 0,
            Some(phases @ 1..=3) => phases as u8,
            Some(_) => return None,
        };
        let (start, tenths) = (message.start_period, message.limit.floor(1)?);
        Self::new(u32::try_from(start).ok()?, u32::try_from(tenths).ok()?, phases)
    }
}

/// Number of stacks in front of the connectors' own: the station's maximum and its default.
const STATION_STACKS: usize = 2;

impl<const N: usize> Profiles<N> {
    /// Puts a profile in its place. It replaces the one with the same id, and the one with the same level in its
    /// stack (§5.16), or one whose time is over `now`. `false`: the place does not exist, is full, or the profile
    /// does not belong there.
    pub(super) fn set(&mut self, now: Option<i64>, connector: usize, message: &ChargingProfile<'_>) -> bool {
        let Some(profile) = Profile::from_message(message) else { return false };
        let purpose = message.charging_profile_purpose;
        if purpose == Purpose::ChargePointMaxProfile && profile.anchor == Anchor::Transaction {
            return false;
        }
        let Some(stack) = self.stack_mut(connector, purpose) else { return false };
        let over = |held: &Profile| now.is_some_and(|now| held.valid_to <= now);
        let replaced = |held: &Profile| held.level == profile.level || held.id == profile.id || over(held);
        if !stack.slots.iter().any(|slot| slot.as_ref().is_none_or(replaced)) {
            return false;
        }
        self.clear_matching(&ClearChargingProfileRequest {
            id: Some(profile.id),
            connector_id: None,
            charging_profile_purpose: None,
            stack_level: None,
        });
        let Some(stack) = self.stack_mut(connector, purpose) else { return false };
        let same_level =
            stack.slots.iter().position(|slot| slot.as_ref().is_some_and(|held| held.level == profile.level));
        let free = |slot: &Option<Profile>| slot.as_ref().is_none_or(over);
        let at = same_level.or_else(|| stack.slots.iter().position(free));
        if let Some((at, slot)) = at.and_then(|at| Some((at, stack.slots.get_mut(at)?))) {
            *slot = Some(profile);
            stack.dirty |= 1 << at;
        }
        true
    }

    fn stack_mut(&mut self, connector: usize, purpose: Purpose) -> Option<&mut Stack> {
        match (purpose, connector.checked_sub(1)) {
            (Purpose::ChargePointMaxProfile, None) => Some(&mut self.station_max),
            (Purpose::TxDefaultProfile, None) => Some(&mut self.station_default),
            (Purpose::TxDefaultProfile, Some(index)) => self.connector_default.get_mut(index),
            (Purpose::TxProfile, Some(index)) => self.transaction.get_mut(index),
            (Purpose::ChargePointMaxProfile, Some(_)) | (Purpose::TxProfile, None) => None,
        }
    }

    /// Removes the profiles a request names; `false`: there were none.
    ///
    /// §5.5: an id names one profile whatever else the request says; connector 0 stands for the profiles of the
    /// station.
    pub(super) fn clear_matching(&mut self, request: &ClearChargingProfileRequest) -> bool {
        let fits = |wanted: Option<i64>, held: i64| wanted.is_none_or(|wanted| wanted == held);
        let matches = |connector: usize, purpose, profile: &Profile| match request.id {
            Some(id) => profile.id == id,
            None => {
                fits(request.connector_id, connector as i64)
                    && fits(request.stack_level, profile.level.into())
                    && request.charging_profile_purpose.is_none_or(|wanted| wanted == purpose)
            }
        };
        let mut found = false;
        for number in 0..STATION_STACKS + 2 * N {
            let Some((connector, purpose, stack)) = self.numbered(number) else { break };
            for (at, slot) in stack.slots.iter_mut().enumerate() {
                if slot.as_ref().is_some_and(|profile| matches(connector, purpose, profile)) {
                    *slot = None;
                    stack.dirty |= 1 << at;
                    found = true;
                }
            }
        }
        found
    }

    /// The transaction of a connector has ended.
    pub(super) fn end_transaction(&mut self, index: usize) {
        if let Some(stack) = self.transaction.get_mut(index) {
            *stack = Stack::EMPTY;
        }
    }

    /// `minChargingRate` of the profile that sets a limit.
    pub(super) fn least_efficient(&self, limit: &Limit, supply: Supply) -> Option<Milliamps> {
        let id = match limit.source {
            LimitSource::StationMax(id) | LimitSource::Default(id) | LimitSource::Transaction(id) => id,
            LimitSource::Hardware | LimitSource::Sum => return None,
        };
        let stacks = [&self.station_max, &self.station_default].into_iter();
        let mut profiles =
            stacks.chain(&self.connector_default).chain(&self.transaction).flat_map(Stack::iter);
        profiles.find(|profile| profile.id == id)?.least_efficient(limit.phases, supply)
    }

    /// A stack by its number, its connector and its purpose. Those that are kept come first.
    fn numbered(&mut self, number: usize) -> Option<(usize, Purpose, &mut Stack)> {
        Some(match number {
            0 => (0, Purpose::ChargePointMaxProfile, &mut self.station_max),
            1 => (0, Purpose::TxDefaultProfile, &mut self.station_default),
            _ => {
                let index = number - STATION_STACKS;
                match index.checked_sub(N) {
                    None => (index + 1, Purpose::TxDefaultProfile, self.connector_default.get_mut(index)?),
                    Some(index) => (index + 1, Purpose::TxProfile, self.transaction.get_mut(index)?),
                }
            }
        })
    }

    // ---- storage: a slot of a stack that is kept has a number ----

    fn kept_stack(&mut self, number: usize) -> Option<&mut Stack> {
        self.numbered(number).filter(|_| number < STATION_STACKS + N).map(|(.., stack)| stack)
    }

    /// A slot that differs from what is stored; from here on it counts as stored.
    pub(super) fn take_dirty(&mut self) -> Option<u8> {
        for number in 0..STATION_STACKS + N {
            let stack = self.kept_stack(number)?;
            let at = stack.dirty.trailing_zeros() as usize;
            if at < STACK_DEPTH {
                stack.dirty &= !(1 << at);
                return u8::try_from(number * STACK_DEPTH + at).ok();
            }
        }
        None
    }

    pub(super) fn mark_dirty(&mut self, slot: u8) {
        if let Some(stack) = self.kept_stack(usize::from(slot) / STACK_DEPTH) {
            stack.dirty |= 1 << (usize::from(slot) % STACK_DEPTH);
        }
    }

    /// A slot by its number.
    fn slot(&mut self, number: u8) -> Option<&mut Option<Profile>> {
        let stack = self.kept_stack(usize::from(number) / STACK_DEPTH)?;
        stack.slots.get_mut(usize::from(number) % STACK_DEPTH)
    }

    /// Writes the stored form of a slot; no bytes: empty.
    pub(super) fn encode(&mut self, slot: u8, writer: &mut Writer<'_>) {
        if let Some(Some(profile)) = self.slot(slot) {
            profile.encode(writer);
        }
    }

    pub(super) fn restore(&mut self, slot: u8, bytes: &[u8]) {
        if let Some(slot) = self.slot(slot) {
            *slot = Profile::decode(bytes);
        }
    }
}
