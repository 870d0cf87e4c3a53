//! Many profiles, one limit: stacks, precedence and the composite schedule.
//!
//! Rules from OCPP 1.6 §3.13: inside a purpose the highest stack level that says anything counts. A transaction's own
//! profiles stand before the default ones, a connector's default profile before the one of connector 0 at the same
//! level, and nothing exceeds the station's maximum. Everything is evaluated stretch by stretch: each profile says
//! what it allows and until when, so a schedule is found without looking at every second.

use super::profile::{Allowance, Profile, Segment, Supply};
use crate::units::Milliamps;

/// Profiles held per connector and purpose.
pub const STACK_DEPTH: usize = 3;

/// Where a limit comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimitSource {
    /// The connector's or the station's hardware; no profile is lower.
    Hardware,
    /// `ChargePointMaxProfile` of this id.
    StationMax(i64),
    /// `TxDefaultProfile` of this id.
    Default(i64),
    /// `TxProfile` of this id.
    Transaction(i64),
    /// The connectors together need no more.
    Sum,
}

/// What a connector may draw, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Current per phase.
    pub current: Milliamps,
    /// Phases that may be used, 1 to 3.
    pub phases: u8,
    /// Who set it.
    pub source: LimitSource,
}

impl Limit {
    /// The lower current decides the source; the phases are those both allow.
    fn min(self, other: Self) -> Self {
        let lower = if other.current < self.current { other } else { self };
        Self { phases: self.phases.min(other.phases), ..lower }
    }

    /// The lower one, if there are two.
    fn within(self, other: Option<Self>) -> Self {
        other.map_or(self, |other| self.min(other))
    }

    fn same_value(&self, other: &Self) -> bool {
        self.current == other.current && self.phases == other.phases
    }
}

/// Profiles of one purpose at one place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stack {
    pub(super) slots: [Option<Profile>; STACK_DEPTH],
    /// Slots that differ from what is stored, one bit each.
    pub(super) dirty: u8,
}

impl Stack {
    pub(super) const EMPTY: Self = Self { slots: [None; STACK_DEPTH], dirty: 0 };

    pub(super) fn iter(&self) -> impl Iterator<Item = &Profile> {
        self.slots.iter().filter_map(Option::as_ref)
    }
}

/// The profiles of a station with `N` connectors.
#[derive(Debug, Clone)]
pub(crate) struct Profiles<const N: usize> {
    pub(crate) station_max: Stack,
    pub(crate) station_default: Stack,
    pub(crate) connector_default: [Stack; N],
    pub(crate) transaction: [Stack; N],
}

impl<const N: usize> Profiles<N> {
    #[inline(never)]
    pub(crate) const fn new() -> Self {
        Self {
            station_max: Stack::EMPTY,
            station_default: Stack::EMPTY,
            connector_default: [Stack::EMPTY; N],
            transaction: [Stack::EMPTY; N],
        }
    }
}

/// A stack and how the limits of its profiles are named.
type Named<'a> = (&'a Stack, fn(i64) -> LimitSource);

/// Everything limits depend on besides the profiles.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Conditions<const N: usize> {
    pub(crate) supply: Supply,
    /// What the hardware of each connector can carry.
    pub(crate) connector: Milliamps,
    /// What the station's supply can carry.
    pub(crate) station: Milliamps,
    /// Start of the running transaction of each connector.
    pub(crate) transactions: [Option<i64>; N],
}

/// Profiles under given conditions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Query<'a, const N: usize> {
    pub(crate) profiles: &'a Profiles<N>,
    pub(crate) conditions: Conditions<N>,
}

impl<'a, const N: usize> Query<'a, N> {
    /// The limit of a connector (0: of the station) at `at`; `None` for a connector that does not exist.
    pub(crate) fn limit(&self, connector: usize, at: i64) -> Option<Limit> {
        self.segment(connector, at, at).map(|segment| segment.value)
    }

    /// A limit that holds whatever the time of day is: for a station that does not know it.
    pub(crate) fn limit_without_clock(&self, connector: usize) -> Option<Limit> {
        let supply = self.conditions.supply;
        let (stacks, hardware) = self.stacks(connector)?;
        let mut limit = hardware;
        for (stack, source) in &stacks {
            for profile in stack.iter() {
                limit = limit.within(profile.least(supply).map(|least| limit_of(least, source(profile.id))));
            }
        }
        Some(limit)
    }

    /// The limits from `from` to before `to`, one item per change, the first one at `from`.
    ///
    /// A schedule relative to the start of a transaction begins at `from` if no transaction is running.
    pub(crate) fn schedule(&self, connector: usize, from: i64, to: i64) -> Schedule<'a, N> {
        Schedule { query: *self, connector, from, at: from, to, last: None }
    }

    /// All stacks that can bind a connector, and its hardware limit.
    fn stacks(&self, connector: usize) -> Option<([Named<'a>; 4], Limit)> {
        const NONE: &Stack = &Stack::EMPTY;
        let profiles = self.profiles;
        let (own, transaction, amps) = match connector.checked_sub(1) {
            None => (NONE, NONE, self.conditions.station),
            Some(index) => {
                let running = self.conditions.transactions.get(index)?.is_some();
                let transaction = if running { profiles.transaction.get(index)? } else { NONE };
                (profiles.connector_default.get(index)?, transaction, self.conditions.connector)
            }
        };
        let hardware =
            Limit { current: amps, phases: self.conditions.supply.phases, source: LimitSource::Hardware };
        Some((
            [
                (transaction, LimitSource::Transaction),
                (own, LimitSource::Default),
                (&profiles.station_default, LimitSource::Default),
                (&profiles.station_max, LimitSource::StationMax),
            ],
            hardware,
        ))
    }

    fn segment(&self, connector: usize, at: i64, from: i64) -> Option<Segment<Limit>> {
        if connector == 0 {
            return self.station_segment(at, from);
        }
        let start = (*self.conditions.transactions.get(connector - 1)?).unwrap_or(from);
        let ([transaction, own, shared, station], hardware) = self.stacks(connector)?;
        let first = self.stack(&[transaction], at, start);
        let second = self.stack(&[own, shared], at, start);
        let most = self.stack(&[station], at, start);
        let value = hardware.within(first.value.or(second.value)).within(most.value);
        Some(Segment { value, until: first.until.min(second.until).min(most.until) })
    }

    /// The sum of the connectors, within the station's maximum.
    fn station_segment(&self, at: i64, from: i64) -> Option<Segment<Limit>> {
        let ([.., station], hardware) = self.stacks(0)?;
        let most = self.stack(&[station], at, from);
        let mut sum = Limit { current: Milliamps(0), phases: hardware.phases, source: LimitSource::Sum };
        let mut until = most.until;
        for connector in 1..=N {
            let segment = self.segment(connector, at, from)?;
            sum.current = Milliamps(sum.current.0.saturating_add(segment.value.current.0));
            until = until.min(segment.until);
        }
        Some(Segment { value: hardware.min(sum).within(most.value), until })
    }

    /// The profile that counts among stacks of one purpose. At the same level the earlier stack wins.
    fn stack(&self, stacks: &[Named<'a>], at: i64, transaction: i64) -> Segment<Option<Limit>> {
        let mut result = Segment { value: None, until: i64::MAX };
        let mut level = None;
        for (stack, source) in stacks {
            for profile in stack.iter() {
                let segment = profile.segment(at, Some(transaction), self.conditions.supply);
                result.until = result.until.min(segment.until);
                if let Some(allowance) = segment.value.filter(|_| Some(profile.level) > level) {
                    level = Some(profile.level);
                    result.value = Some(limit_of(allowance, source(profile.id)));
                }
            }
        }
        result
    }
}

fn limit_of(allowance: Allowance, source: LimitSource) -> Limit {
    Limit { current: allowance.current, phases: allowance.phases, source }
}

/// The changes of a limit over time, see [`Query::schedule`].
#[derive(Debug, Clone)]
pub(crate) struct Schedule<'a, const N: usize> {
    query: Query<'a, N>,
    connector: usize,
    from: i64,
    at: i64,
    to: i64,
    last: Option<Limit>,
}

impl<const N: usize> Iterator for Schedule<'_, N> {
    type Item = (i64, Limit);

    fn next(&mut self) -> Option<Self::Item> {
        while self.at < self.to {
            let at = self.at;
            let Segment { value, until } = self.query.segment(self.connector, at, self.from)?;
            self.at = until.max(at.saturating_add(1));
            if !self.last.is_some_and(|last| last.same_value(&value)) {
                self.last = Some(value);
                return Some((at, value));
            }
        }
        None
    }
}
