//! Limits: every one has a role, a source and a time until which it holds; the lowest counts.
//!
//! A supply node or an EVSE is limited from several sides at once: hardware, feed cable, installer,
//! operator (Bender 7.2), DIP switches, master, UDP command, EMS register (KEBA 5.1.3, 5.7), an OCPP
//! charging profile, a scheduler, an input contact. None of them may lift another. The source stays
//! with the number so that a report can say *whose* limit a car feels.

use crate::units::{Instant, Milliamps, PhaseCurrents, sooner, three};
use core::fmt;
use thiserror::Error;

/// Why a limit exists.
///
/// The first four form a chain in which each may only lower the one before (Bender 7.2); the rest
/// come and go while the site runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Role {
    /// What the device can carry; set by the manufacturer.
    Hardware,
    /// What the supply line can carry, for instance one cable for two sockets.
    FeedCable,
    /// Set by the installer for the connection as built.
    Installation,
    /// Set by the operator, at most the installer's.
    Operator,
    /// DIP switches of a station (KEBA 5.1.3).
    Switches,
    /// The cable between station and car, by its coding resistor (IEC 61851-1 annex B).
    Cable,
    /// The car's own limit, as far as it is known.
    Vehicle,
    /// Set for one session, for instance by a tariff or an app.
    Session,
    /// A charging profile of the central system (OCPP smart charging).
    Profile,
    /// An energy management system, for instance through a register (KEBA 5.7).
    Ems,
    /// A command over the network, such as a station's UDP interface.
    Command,
    /// Limit by time of day.
    Scheduler,
    /// A switch or ripple-control contact ("load shedding", "local current limitation").
    InputContact,
    /// Power left from the site's own generation.
    Surplus,
    /// Cap for cars that load one or two phases only.
    Asymmetry,
    /// Reduced because the device is too hot or the grid is weak.
    Derating,
}

impl Role {
    /// Place in the chain manufacturer, cable, installer, operator; `None` for roles outside it.
    pub const fn authority(self) -> Option<u8> {
        match self {
            Self::Hardware => Some(0),
            Self::FeedCable => Some(1),
            Self::Installation => Some(2),
            Self::Operator => Some(3),
            _ => None,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hardware => "hardware",
            Self::FeedCable => "feed cable",
            Self::Installation => "installation limit",
            Self::Operator => "operator limit",
            Self::Switches => "DIP switches",
            Self::Cable => "cable",
            Self::Vehicle => "vehicle",
            Self::Session => "session limit",
            Self::Profile => "charging profile",
            Self::Ems => "energy management",
            Self::Command => "command",
            Self::Scheduler => "scheduler",
            Self::InputContact => "input contact",
            Self::Surplus => "PV surplus",
            Self::Asymmetry => "asymmetry cap",
            Self::Derating => "derating",
        })
    }
}

/// Who set a limit: a role, and a number where several have the same role (input contact 1 and 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    /// Why the limit exists.
    pub role: Role,
    /// Tells sources of one role apart; 0 if there is only one.
    pub number: u8,
}

impl From<Role> for Source {
    fn from(role: Role) -> Self {
        Self { role, number: 0 }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            0 => write!(f, "{}", self.role),
            number => write!(f, "{} {number}", self.role),
        }
    }
}

/// How long a limit holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// Until it is replaced or cleared.
    Always,
    /// It no longer limits from this instant on.
    Until(Instant),
    /// From this instant on the other currents hold, until replaced: a set-point with a watchdog.
    UntilThen(Instant, PhaseCurrents),
}

/// One limit of one source. Of an EVSE the lowest of the three currents counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Who set it.
    pub source: Source,
    /// The most that may flow, by grid phase.
    pub currents: PhaseCurrents,
    /// How long it holds.
    pub validity: Validity,
}

impl Limit {
    /// The same current on every phase, until replaced.
    pub fn new(source: impl Into<Source>, current: Milliamps) -> Self {
        Self::per_phase(source, three(current))
    }

    /// A current for each phase, until replaced.
    pub fn per_phase(source: impl Into<Source>, currents: PhaseCurrents) -> Self {
        Self { source: source.into(), currents, validity: Validity::Always }
    }

    /// The same limit, gone from `end` on.
    #[must_use]
    pub fn until(self, end: Instant) -> Self {
        Self { validity: Validity::Until(end), ..self }
    }

    /// The same limit, replaced by `then` on every phase from `end` on unless renewed.
    #[must_use]
    pub fn until_then(self, end: Instant, then: Milliamps) -> Self {
        Self { validity: Validity::UntilThen(end, three(then)), ..self }
    }

    /// Its currents at `now`, `None` once it no longer holds.
    pub fn at(&self, now: Instant) -> Option<PhaseCurrents> {
        match self.validity {
            Validity::Until(end) if now >= end => None,
            Validity::UntilThen(end, then) if now >= end => Some(then),
            _ => Some(self.currents),
        }
    }

    /// The next instant after `now` at which [`Limit::at`] changes by itself.
    pub fn next_change(&self, now: Instant) -> Option<Instant> {
        match self.validity {
            Validity::Until(end) | Validity::UntilThen(end, _) if end > now => Some(end),
            _ => None,
        }
    }
}

/// The lowest limit on each phase and who set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effective {
    /// By grid phase; [`Milliamps::MAX`] where nothing limits.
    pub currents: PhaseCurrents,
    /// Source of each of the three, `None` where nothing limits.
    pub sources: [Option<Source>; 3],
}

impl Effective {
    /// The lowest of these limits that hold at `now`.
    pub(crate) fn of<'a>(limits: impl Iterator<Item = &'a Limit>, now: Instant) -> Self {
        let mut lowest = Self { currents: three(Milliamps::MAX), sources: [None; 3] };
        for limit in limits {
            let Some(currents) = limit.at(now) else { continue };
            let held = lowest.currents.iter_mut().zip(&mut lowest.sources);
            for ((current, source), value) in held.zip(currents) {
                if value < *current {
                    *current = value;
                    *source = Some(limit.source);
                }
            }
        }
        lowest
    }

    /// The lowest of the three phases and its source.
    pub fn lowest(&self) -> (Milliamps, Option<Source>) {
        let mut lowest = (Milliamps::MAX, None);
        for (&current, &source) in self.currents.iter().zip(&self.sources) {
            if current < lowest.0 {
                lowest = (current, source);
            }
        }
        lowest
    }
}

/// A place has as many limits as [`LimitSet::CAPACITY`] already, all of other sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no room for a limit by {0}: a place holds at most {capacity} sources", capacity = LimitSet::CAPACITY)]
pub struct LimitSetFull(pub Source);

/// All limits of one place, one per source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LimitSet {
    limits: [Option<Limit>; Self::CAPACITY],
}

impl LimitSet {
    /// Sources one place can have.
    pub const CAPACITY: usize = 8;

    /// Sets or replaces the limit of its source.
    ///
    /// # Errors
    /// [`LimitSetFull`] if the source is new and no room is left; nothing is changed then.
    pub fn set(&mut self, limit: Limit) -> Result<(), LimitSetFull> {
        let same = |slot: &Option<Limit>| slot.is_some_and(|held| held.source == limit.source);
        let place =
            self.limits.iter().position(same).or_else(|| self.limits.iter().position(Option::is_none));
        let slot = place.and_then(|place| self.limits.get_mut(place)).ok_or(LimitSetFull(limit.source))?;
        *slot = Some(limit);
        Ok(())
    }

    /// Removes the limit of a source; says whether there was one.
    pub fn clear(&mut self, source: Source) -> bool {
        let held = self.limits.iter_mut().find(|slot| slot.is_some_and(|limit| limit.source == source));
        held.is_some_and(|slot| slot.take().is_some())
    }

    /// All limits, in no particular order, those that no longer hold included.
    pub fn iter(&self) -> impl Iterator<Item = &Limit> {
        self.limits.iter().flatten()
    }

    /// The lowest valid limit on each phase.
    pub fn effective(&self, now: Instant) -> Effective {
        Effective::of(self.iter(), now)
    }

    /// The next instant after `now` at which a limit starts or stops to hold by itself.
    pub fn next_change(&self, now: Instant) -> Option<Instant> {
        self.iter().filter_map(|limit| limit.next_change(now)).min()
    }
}

impl<const N: usize> TryFrom<[Limit; N]> for LimitSet {
    type Error = LimitSetFull;

    fn try_from(limits: [Limit; N]) -> Result<Self, LimitSetFull> {
        let mut set = Self::default();
        limits.into_iter().try_for_each(|limit| set.set(limit))?;
        Ok(set)
    }
}

/// Where a limit of a site holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Node(u16),
    Evse(u16),
}

/// A site has as many limits as there is room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no room for a limit by {who}: there is room for {room} limits of all nodes and EVSEs together")]
pub struct LimitsFull {
    /// Who wanted to set it.
    pub who: Source,
    /// How many fit.
    pub room: usize,
}

/// All limits of a site in one array, by place, so that a place takes no more than it has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SiteLimits<const ROOM: usize> {
    /// The first `count` are sorted by place; the rest means nothing.
    limits: [(Place, Limit); ROOM],
    count: usize,
}

impl<const ROOM: usize> SiteLimits<ROOM> {
    pub(crate) fn new() -> Self {
        let nothing = (Place::Node(0), Limit::new(Role::Hardware, Milliamps::MAX));
        Self { limits: [nothing; ROOM], count: 0 }
    }

    /// Sets or replaces the limit of its source at a place.
    pub(crate) fn set(&mut self, place: Place, limit: Limit) -> Result<(), LimitsFull> {
        if let Some(at) = self.position(place, limit.source) {
            self.limits[at].1 = limit;
            return Ok(());
        }
        let end = self.range(place).end;
        let full = LimitsFull { who: limit.source, room: ROOM };
        if self.count >= ROOM {
            return Err(full);
        }
        self.limits.copy_within(end..self.count, end + 1);
        self.limits[end] = (place, limit);
        self.count += 1;
        Ok(())
    }

    /// Removes the limit of a source at a place; says whether there was one.
    pub(crate) fn clear(&mut self, place: Place, source: Source) -> bool {
        let held = self.position(place, source);
        if let Some(at) = held {
            self.limits.copy_within(at + 1..self.count, at);
            self.count -= 1;
        }
        held.is_some()
    }

    /// The lowest limit at a place on each phase.
    pub(crate) fn effective(&self, place: Place, now: Instant) -> Effective {
        Effective::of(self.limits[self.range(place)].iter().map(|(_, limit)| limit), now)
    }

    /// The next instant after `now` at which a limit starts or stops to hold by itself.
    pub(crate) fn next_change(&self, now: Instant) -> Option<Instant> {
        let limits = self.limits[..self.count].iter();
        limits.fold(None, |next, (_, limit)| sooner(now, next, limit.next_change(now)))
    }

    fn range(&self, place: Place) -> core::ops::Range<usize> {
        let held = &self.limits[..self.count];
        let start = held.partition_point(|(other, _)| *other < place);
        start..start + held[start..].partition_point(|(other, _)| *other == place)
    }

    fn position(&self, place: Place, source: Source) -> Option<usize> {
        self.range(place).find(|&at| self.limits[at].1.source == source)
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;

    use super::*;
    use alloc::string::ToString;

    const A32: Milliamps = Milliamps::from_amps(32);
    const A16: Milliamps = Milliamps::from_amps(16);

    #[test]
    fn the_lowest_counts_and_keeps_its_source() {
        let operator = Limit::per_phase(Role::Operator, [A32, A16, A32]);
        let set = LimitSet::try_from([Limit::new(Role::Installation, Milliamps(20_000)), operator]);
        let effective = set.unwrap().effective(Instant::default());
        assert_eq!(effective.currents, [Milliamps(20_000), A16, Milliamps(20_000)]);
        assert_eq!(effective.sources[1], Some(Role::Operator.into()));
        assert_eq!(effective.lowest(), (A16, Some(Role::Operator.into())));
    }

    #[test]
    fn a_limit_ends_at_its_instant_and_may_leave_another_behind() {
        let end = Instant::from_millis(1_000);
        let before = Instant::from_millis(999);
        let gone = LimitSet::try_from([Limit::new(Role::Ems, A16).until(end)]).unwrap();
        assert_eq!(gone.effective(before).lowest().0, A16);
        assert_eq!(gone.effective(end).lowest(), (Milliamps::MAX, None));
        assert_eq!(gone.next_change(before), Some(end));
        assert_eq!(gone.next_change(end), None);

        let watchdog = LimitSet::try_from([Limit::new(Role::Ems, A32).until_then(end, A16)]).unwrap();
        assert_eq!(watchdog.effective(before).lowest(), (A32, Some(Role::Ems.into())));
        assert_eq!(watchdog.effective(end).lowest(), (A16, Some(Role::Ems.into())));
    }

    #[test]
    fn of_equal_limits_the_first_one_set_is_named() {
        let set = LimitSet::try_from([Limit::new(Role::Operator, A16), Limit::new(Role::Ems, A16)]);
        assert_eq!(set.unwrap().effective(Instant::default()).sources, [Some(Role::Operator.into()); 3]);
        // The same for phases.
        let set = LimitSet::try_from([
            Limit::per_phase(Role::Operator, [A16, A32, A32]),
            Limit::per_phase(Role::Ems, [A32, A32, A16]),
        ]);
        let effective = set.unwrap().effective(Instant::default());
        assert_eq!(effective.lowest(), (A16, Some(Role::Operator.into())));
    }

    #[test]
    fn sources_of_one_role_are_told_apart_by_number() {
        let named = |number| Source { role: Role::InputContact, number }.to_string();
        assert_eq!([named(0), named(2)], ["input contact", "input contact 2"]);
    }

    /// Bender 7.2: hardware maximum, feed cable, installation limit, operator limit, each at most the one
    /// before; nobody else is in that chain.
    #[test]
    fn manufacturer_cable_installer_and_operator_are_a_chain() {
        let chain = [Role::Hardware, Role::FeedCable, Role::Installation, Role::Operator];
        assert_eq!(chain.map(Role::authority), [Some(0), Some(1), Some(2), Some(3)]);
        assert_eq!(Role::Ems.authority(), None);
    }

    #[test]
    fn a_source_has_one_limit_and_a_full_set_says_so() {
        let mut set = LimitSet::default();
        for number in 0..8 {
            set.set(Limit::new(Source { role: Role::InputContact, number }, A16)).unwrap();
        }
        let one_more = Limit::new(Role::Ems, A16);
        assert_eq!(set.set(one_more), Err(LimitSetFull(Role::Ems.into())));
        set.set(Limit::new(Source { role: Role::InputContact, number: 3 }, A32)).unwrap();
        assert!(set.clear(Source { role: Role::InputContact, number: 4 }));
        assert!(!set.clear(Role::Ems.into()));
        assert_eq!(set.set(one_more), Ok(()));
    }

    #[test]
    fn the_limits_of_a_site_belong_to_their_places() {
        let at = |amps| Limit::new(Role::Ems, Milliamps::from_amps(amps));
        let lowest = |limits: &SiteLimits<4>, place| limits.effective(place, Instant::default()).lowest().0;
        let (node, other, evse) = (Place::Node(1), Place::Node(0), Place::Evse(0));
        let mut limits = SiteLimits::<4>::new();
        limits.set(evse, at(10)).unwrap();
        limits.set(node, at(20)).unwrap();
        limits.set(node, Limit::new(Role::Operator, A16)).unwrap();
        limits.set(other, at(30).until(Instant::from_millis(5))).unwrap();
        assert_eq!([node, other, evse].map(|place| lowest(&limits, place).0 / 1000), [16, 30, 10]);
        assert_eq!(limits.next_change(Instant::default()), Some(Instant::from_millis(5)));
        // A source replaces its own limit even if there is no room for another.
        limits.set(node, at(8)).unwrap();
        let full = LimitsFull { who: Role::Profile.into(), room: 4 };
        assert_eq!(limits.set(evse, Limit::new(Role::Profile, A16)), Err(full));
        assert!(limits.clear(node, Role::Ems.into()) && !limits.clear(evse, Role::Operator.into()));
        limits.set(evse, Limit::new(Role::Profile, Milliamps(6_000))).unwrap();
        assert_eq!([node, other, evse].map(|place| lowest(&limits, place).0 / 1000), [16, 30, 6]);
    }
}
