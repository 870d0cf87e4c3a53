//! The safety layer: one pure function from everything known to *may the contactor be closed*.
//!
//! Everything else in the crate, and everything above it, only asks. The rules:
//!
//! * Closing needs every condition, each of them fresh. Missing, stale and contradictory count as
//!   tripped.
//! * A permission from above is necessary to close and never sufficient. Taking it away stops the
//!   offer; the vehicle then has the time of table A.6 to stop before power is cut under load.
//! * A hazard (anything tripped, missing or stale) opens at once, under load or not.

use thiserror::Error;

use crate::contactor::ContactorFault;
use crate::pilot::{Demand, FaultSet, PilotFault};
use crate::units::{Instant, Milliamps, Millis, earliest};

/// A guard besides pilot, proximity and contactor. Stations differ in which ones are fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protection {
    /// Residual current monitor (6 mA DC), or the feedback of a residual current device.
    ResidualCurrent,
    /// Emergency stop.
    EmergencyStop,
    /// Feedback of circuit breakers or other protection upstream of the contactor.
    Upstream,
    /// Over-current and overload watch on the measured currents.
    OverCurrent,
    /// Temperature of the electronics, contacts or socket.
    Temperature,
    /// Mains voltage and frequency.
    Mains,
    /// The controller's own supply.
    Supply,
    /// Cable lock of a socket.
    Lock,
    /// External enable input (KEBA X1), delayed start, EVlink's conditional input.
    EnableInput,
}

impl Protection {
    /// All protections, in the order in which they are blamed.
    pub const ALL: [Self; 9] = [
        Self::ResidualCurrent,
        Self::EmergencyStop,
        Self::Upstream,
        Self::OverCurrent,
        Self::Temperature,
        Self::Mains,
        Self::Supply,
        Self::Lock,
        Self::EnableInput,
    ];

    /// A report older than this is stale. Inferred: twice the slowest usual reporting period, and
    /// for what must open within 100 ms a few sampling periods.
    pub const fn freshness(self) -> Millis {
        Millis(match self {
            Self::ResidualCurrent | Self::EmergencyStop => 250,
            Self::Upstream | Self::Supply | Self::EnableInput => 500,
            Self::Lock => 1_000,
            Self::OverCurrent | Self::Mains => 2_000,
            Self::Temperature => 10_000,
        })
    }
}

/// What a protection reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Nothing stands against power.
    Clear,
    /// Not now, but nothing is wrong: no offer, and a charging vehicle is asked to stop.
    NotReady,
    /// Power off at once.
    Tripped,
}

/// The protections a station has, with their newest reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(Hash))]
pub struct Protections {
    words: [Word; Protection::ALL.len()],
    /// When each word was given; for those still awaited, when the waiting began.
    times: [Instant; Protection::ALL.len()],
}

/// The newest word of one protection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(Hash))]
enum Word {
    NotFitted,
    Awaited,
    Report(Status),
}

impl Protections {
    /// The protections in `fitted`, none of which has reported yet.
    pub fn new(now: Instant, fitted: &[Protection]) -> Self {
        let word = |protection| if fitted.contains(&protection) { Word::Awaited } else { Word::NotFitted };
        Self { words: Protection::ALL.map(word), times: [now; Protection::ALL.len()] }
    }

    /// Takes a report in. One that is not fitted is fitted from now on: who reports once is missed
    /// when it falls silent.
    pub fn report(&mut self, now: Instant, protection: Protection, status: Status) {
        self.words[protection as usize] = Word::Report(status);
        self.times[protection as usize] = now;
    }

    /// What `protection` says now, or why that does not count.
    pub fn check(&self, now: Instant, protection: Protection) -> Result<Status, Silence> {
        let late = now.has_passed_ms(self.times[protection as usize], protection.freshness());
        match self.words[protection as usize] {
            Word::NotFitted => Ok(Status::Clear),
            Word::Awaited if late => Err(Silence::Missing),
            Word::Report(_) if late => Err(Silence::Stale),
            Word::Awaited => Ok(Status::NotReady),
            Word::Report(status) => Ok(status),
        }
    }

    /// The first protection that is not ready. While there is one, nothing is offered.
    pub fn not_ready(&self, now: Instant) -> Option<Protection> {
        Protection::ALL.into_iter().find(|protection| self.check(now, *protection) == Ok(Status::NotReady))
    }

    /// When the next report becomes stale, after `now`.
    #[must_use]
    pub fn next_stale(&self, now: Instant) -> Option<Instant> {
        let stale = |protection: Protection| {
            let fitted = self.words[protection as usize] != Word::NotFitted;
            let at = self.times[protection as usize] + protection.freshness();
            (fitted && at > now).then_some(at)
        };
        Protection::ALL.into_iter().map(stale).fold(None, earliest)
    }
}

/// Why a protection's word does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Silence {
    /// It never reported.
    Missing,
    /// Its newest report is too old.
    Stale,
}

/// What the contactor says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContactorView {
    /// Whether it is commanded closed.
    pub closed: bool,
    /// The fault that stands.
    pub fault: Option<ContactorFault>,
    /// Whether its feedback is fresh.
    pub fresh: bool,
    /// Whether it rested long enough to close again, with its feedback open.
    pub can_close: bool,
}

/// Everything [`decide`] looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conditions {
    /// Permission from above: authorization, back end, load management.
    pub permission: bool,
    /// What the vehicle demands, from fresh samples.
    pub demand: Demand,
    /// Faults on the pilot.
    pub pilot_faults: FaultSet,
    /// The current the vehicle is told.
    pub advertised: Milliamps,
    /// The current the cable may carry; `None` without a fresh, valid reading.
    pub cable: Option<Milliamps>,
    /// The contactor.
    pub contactor: ContactorView,
    /// Everything else.
    pub protections: Protections,
}

/// Something that opens the contactor at once and withdraws the offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum Hazard {
    /// The contactor does not obey.
    #[error("contactor fault: {0:?}")]
    Contactor(ContactorFault),
    /// The contactor's feedback is missing.
    #[error("no feedback from the contactor")]
    ContactorSilent,
    /// A protection tripped.
    #[error("{0:?} tripped")]
    Tripped(Protection),
    /// A protection is missing or its report is stale.
    #[error("no word from {0:?}")]
    Silent(Protection),
    /// The pilot shows a fault.
    #[error("control pilot fault: {0:?}")]
    Pilot(PilotFault),
}

impl Hazard {
    const FIRST_TRIPPED: u32 = 3;
    const FIRST_SILENT: u32 = Self::FIRST_TRIPPED + Protection::ALL.len() as u32;
    const FIRST_PILOT: u32 = Self::FIRST_SILENT + Protection::ALL.len() as u32;

    /// Its place in a set, in the order in which they are blamed.
    const fn bit(self) -> u32 {
        match self {
            Self::Contactor(fault) => fault as u32,
            Self::ContactorSilent => 2,
            Self::Tripped(protection) => Self::FIRST_TRIPPED + protection as u32,
            Self::Silent(protection) => Self::FIRST_SILENT + protection as u32,
            Self::Pilot(fault) => Self::FIRST_PILOT + fault as u32,
        }
    }

    /// The hazard with this bit, the other way round.
    fn of_bit(bit: u32) -> Option<Self> {
        let at = |from: u32| bit.checked_sub(from).and_then(|at| usize::try_from(at).ok());
        match bit {
            0 => Some(Self::Contactor(ContactorFault::Welded)),
            1 => Some(Self::Contactor(ContactorFault::NotClosing)),
            2 => Some(Self::ContactorSilent),
            Self::FIRST_TRIPPED..Self::FIRST_SILENT => {
                Protection::ALL.get(at(Self::FIRST_TRIPPED)?).copied().map(Self::Tripped)
            }
            Self::FIRST_SILENT..Self::FIRST_PILOT => {
                Protection::ALL.get(at(Self::FIRST_SILENT)?).copied().map(Self::Silent)
            }
            _ => PilotFault::ALL.get(at(Self::FIRST_PILOT)?).copied().map(Self::Pilot),
        }
    }

    /// Every hazard there is, in the order in which they are blamed.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..u32::BITS).map_while(Self::of_bit)
    }
}

/// A set of hazards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct HazardSet(u32);

impl HazardSet {
    /// No hazard.
    pub const EMPTY: Self = Self(0);

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether this one stands.
    pub const fn contains(self, hazard: Hazard) -> bool {
        self.0 & 1 << hazard.bit() != 0
    }

    /// The hazards, in the order in which they are blamed.
    pub fn iter(self) -> impl Iterator<Item = Hazard> {
        let mut left = self.0;
        core::iter::from_fn(move || {
            let lowest = left.trailing_zeros();
            left &= left.wrapping_sub(1);
            // 32 when none is left, and no hazard has that bit.
            Hazard::of_bit(lowest)
        })
    }

    /// The hazards of this set that are not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    fn insert(&mut self, hazard: Hazard) {
        self.0 |= 1 << hazard.bit();
    }
}

/// Why the contactor may not be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum Refusal {
    /// A hazard stands.
    #[error(transparent)]
    Hazard(Hazard),
    /// No cable with a valid rating.
    #[error("no valid cable rating")]
    Cable,
    /// The vehicle is told more than the cable may carry.
    #[error("{advertised} offered through a cable for {cable}")]
    CableRating {
        /// What the vehicle is told.
        advertised: Milliamps,
        /// What the cable may carry.
        cable: Milliamps,
    },
    /// The vehicle does not ask for power, stopped asking, or was not checked yet.
    #[error("the vehicle does not ask for power")]
    Demand,
    /// A protection is not ready.
    #[error("{0:?} is not ready")]
    NotReady(Protection),
    /// The permission from above is missing.
    #[error("not permitted")]
    Permission,
    /// The contactor closed too short a time ago, or its feedback is not open yet.
    #[error("the contactor has to rest")]
    Resting,
}

/// The hazards that stand.
pub fn hazards(now: Instant, conditions: &Conditions) -> HazardSet {
    let mut set = HazardSet::EMPTY;
    if let Some(fault) = conditions.contactor.fault {
        set.insert(Hazard::Contactor(fault));
    }
    if !conditions.contactor.fresh {
        set.insert(Hazard::ContactorSilent);
    }
    for protection in Protection::ALL {
        match conditions.protections.check(now, protection) {
            Ok(Status::Tripped) => set.insert(Hazard::Tripped(protection)),
            Err(_) => set.insert(Hazard::Silent(protection)),
            Ok(Status::Clear | Status::NotReady) => {}
        }
    }
    set.0 |= u32::from(conditions.pilot_faults.bits()) << Hazard::FIRST_PILOT;
    set
}

/// Whether the contactor may close, or, when it is closed, stay closed.
///
/// # Errors
///
/// The first reason against it.
pub fn decide(now: Instant, conditions: &Conditions) -> Result<(), Refusal> {
    if let Some(hazard) = hazards(now, conditions).iter().next() {
        return Err(Refusal::Hazard(hazard));
    }
    let cable = conditions.cable.ok_or(Refusal::Cable)?;
    if conditions.advertised > cable {
        return Err(Refusal::CableRating { advertised: conditions.advertised, cable });
    }
    if conditions.contactor.closed {
        return if conditions.demand >= Demand::Hold { Ok(()) } else { Err(Refusal::Demand) };
    }
    if let Some(protection) = conditions.protections.not_ready(now) {
        return Err(Refusal::NotReady(protection));
    }
    if !conditions.permission {
        return Err(Refusal::Permission);
    }
    if conditions.demand < Demand::Close {
        return Err(Refusal::Demand);
    }
    if conditions.contactor.can_close { Ok(()) } else { Err(Refusal::Resting) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_millis(100_000);

    fn good(fitted: &[Protection]) -> Conditions {
        let mut protections = Protections::new(Instant::ZERO, fitted);
        for protection in fitted {
            protections.report(NOW, *protection, Status::Clear);
        }
        Conditions {
            permission: true,
            demand: Demand::Close,
            pilot_faults: FaultSet::EMPTY,
            advertised: Milliamps(16_000),
            cable: Some(Milliamps(20_000)),
            contactor: ContactorView { closed: false, fault: None, fresh: true, can_close: true },
            protections,
        }
    }

    fn closed(mut conditions: Conditions) -> Conditions {
        conditions.contactor.closed = true;
        conditions
    }

    #[test]
    fn everything_good_may_close_and_stay_closed() {
        let conditions = good(&Protection::ALL);
        assert_eq!(decide(NOW, &conditions), Ok(()));
        assert_eq!(decide(NOW, &closed(conditions)), Ok(()));
    }

    #[test]
    fn every_protection_opens_when_tripped_stale_or_missing() {
        for protection in Protection::ALL {
            for closed in [false, true] {
                let mut conditions = good(&Protection::ALL);
                conditions.contactor.closed = closed;
                conditions.protections.report(NOW, protection, Status::Tripped);
                let tripped = Refusal::Hazard(Hazard::Tripped(protection));
                assert_eq!(decide(NOW, &conditions), Err(tripped));

                conditions.protections = Protections::new(Instant::ZERO, &[protection]);
                let silent = Refusal::Hazard(Hazard::Silent(protection));
                assert_eq!(decide(NOW, &conditions), Err(silent), "missing");

                conditions.protections.report(NOW, protection, Status::Clear);
                let limit = protection.freshness();
                let before = Instant::from_millis((NOW + limit).as_millis() - 1);
                assert_eq!(decide(before, &conditions), Ok(()));
                assert_eq!(decide(NOW + limit, &conditions), Err(silent), "stale");
            }
        }
    }

    #[test]
    fn every_hazard_has_its_own_bit() {
        let all = Hazard::all().fold(HazardSet::EMPTY, |mut set, hazard| {
            assert!(!set.contains(hazard), "{hazard:?}");
            set.insert(hazard);
            assert!(set.contains(hazard), "{hazard:?}");
            set
        });
        assert!(all.iter().eq(Hazard::all()));
        assert_eq!(Hazard::all().count(), 3 + 2 * Protection::ALL.len() + PilotFault::ALL.len());
        assert!(all.without(all).is_empty());
    }

    #[test]
    fn not_ready_keeps_open_but_does_not_cut_off() {
        for protection in Protection::ALL {
            let mut conditions = good(&[]);
            conditions.protections.report(NOW, protection, Status::NotReady);
            assert_eq!(decide(NOW, &conditions), Err(Refusal::NotReady(protection)));
            assert_eq!(decide(NOW, &closed(conditions)), Ok(()));
        }
    }

    #[test]
    fn a_fitted_protection_is_waited_for_after_a_start() {
        let protections = Protections::new(NOW, &[Protection::Mains]);
        assert_eq!(protections.check(NOW, Protection::Mains), Ok(Status::NotReady));
        assert_eq!(protections.check(NOW + Millis(2_000), Protection::Mains), Err(Silence::Missing));
        assert_eq!(protections.check(NOW, Protection::Lock), Ok(Status::Clear));
    }

    #[test]
    fn permission_is_needed_to_close_and_does_not_cut_off() {
        let conditions = Conditions { permission: false, ..good(&[]) };
        assert_eq!(decide(NOW, &conditions), Err(Refusal::Permission));
        assert_eq!(decide(NOW, &closed(conditions)), Ok(()));
    }

    #[test]
    fn permission_alone_closes_nothing() {
        let base = good(&[]);
        let view = base.contactor;
        let rows = [
            (Conditions { demand: Demand::Open, ..base }, Refusal::Demand),
            (Conditions { demand: Demand::Hold, ..base }, Refusal::Demand),
            (Conditions { cable: None, ..base }, Refusal::Cable),
            (
                Conditions { advertised: Milliamps(20_001), ..base },
                Refusal::CableRating { advertised: Milliamps(20_001), cable: Milliamps(20_000) },
            ),
            (Conditions { contactor: ContactorView { can_close: false, ..view }, ..base }, Refusal::Resting),
            (
                Conditions { contactor: ContactorView { fresh: false, ..view }, ..base },
                Refusal::Hazard(Hazard::ContactorSilent),
            ),
            (
                Conditions {
                    contactor: ContactorView { fault: Some(ContactorFault::Welded), ..view },
                    ..base
                },
                Refusal::Hazard(Hazard::Contactor(ContactorFault::Welded)),
            ),
            (
                Conditions { pilot_faults: FaultSet::EMPTY.with(PilotFault::Diode, true), ..base },
                Refusal::Hazard(Hazard::Pilot(PilotFault::Diode)),
            ),
        ];
        for (conditions, refusal) in rows {
            assert_eq!(decide(NOW, &conditions), Err(refusal));
        }
    }

    #[test]
    fn a_closed_contactor_is_held_but_not_without_demand() {
        let hold = Conditions { demand: Demand::Hold, ..good(&[]) };
        assert_eq!(decide(NOW, &closed(hold)), Ok(()));
        let open = Conditions { demand: Demand::Open, ..good(&[]) };
        assert_eq!(decide(NOW, &closed(open)), Err(Refusal::Demand));
    }
}
