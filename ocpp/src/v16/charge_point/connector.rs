//! From physical facts to the status of a connector, and from there to StatusNotification (OCPP 1.6 §4.9).
//!
//! The application reports what it sees; the status follows. Only the latest status is ever reported: it is a
//! difference between what is and what the central system was told, not a queue.

use super::metering::Meter;
use super::status::next_step;
use crate::rpc::timer::Deadline;
use crate::time::Instant;
use crate::v16::{ChargePointErrorCode, ChargePointStatus};

/// What the hardware of a connector sees. One value holds everything, so a report is complete and may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// A vehicle is plugged in (IEC 61851-1 states B to D).
    pub plugged: bool,
    /// The vehicle asks for energy (states C and D).
    pub requesting: bool,
    /// The station offers energy: the control pilot carries a duty cycle.
    pub offering: bool,
    /// A fault, if there is one.
    pub fault: Option<Fault>,
    /// What the meter shows.
    pub meter: Meter,
}

/// A fault as StatusNotification reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// The standard's code.
    pub code: ChargePointErrorCode,
    /// Whether the connector cannot be used: it is `Faulted`. Otherwise the code accompanies the status it has.
    pub blocking: bool,
    /// The maker's code, at most 50 characters; empty: none.
    pub vendor_code: &'static str,
    /// A remark, at most 50 characters; empty: none.
    pub info: &'static str,
}

/// From when on a connector is told to be in use (Bender CC612/613 manual, strategy for status transitions). The manual
/// speaks of `Occupied`, the status of OCPP 1.5; what it means for 1.6, where that is every status from `Preparing` to
/// `Finishing`, is inferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Occupied {
    /// "Occupied on authorized or plugged": `Preparing` as soon as somebody is authorized or a cable is plugged in.
    OnAuthorizedOrPlugged,
    /// "Occupied on charging": `Available` (or `Reserved`) until the transaction begins.
    OnCharging,
}

/// Status and error code: what one StatusNotification tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) status: ChargePointStatus,
    pub(super) fault: Option<Fault>,
}

/// What a connector's status depends on besides the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Usage {
    /// A transaction is running.
    pub(super) transaction: bool,
    /// The connector is reserved.
    pub(super) reserved: bool,
    /// When to leave `Available`.
    pub(super) occupied: Occupied,
    /// `Preparing` until energy has been requested once, even if the transaction runs already.
    pub(super) prepare_until_request: bool,
}

/// The status block of a connector.
#[derive(Debug, Clone, Copy)]
pub(super) struct Connector {
    pub(super) facts: Facts,
    /// Facts have been reported in this run.
    pub(super) known: bool,
    /// Set by ChangeAvailability.
    pub(super) operative: bool,
    /// Wanted by ChangeAvailability as soon as no transaction runs.
    pub(super) scheduled: Option<bool>,
    /// Somebody is authorized and the cable is awaited, at most until then.
    pub(super) awaiting: Deadline,
    /// A transaction has ended and the vehicle has not left.
    pub(super) finishing: bool,
    /// Energy was requested in this transaction.
    pub(super) requested: bool,
    pub(super) reporter: Reporter,
}

impl Connector {
    pub(super) const fn new() -> Self {
        Self {
            facts: Facts {
                plugged: false,
                requesting: false,
                offering: false,
                fault: None,
                meter: Meter::EMPTY,
            },
            known: false,
            operative: true,
            scheduled: None,
            awaiting: Deadline::NEVER,
            finishing: false,
            requested: false,
            reporter: Reporter::new(),
        }
    }

    /// The status that follows from facts and usage.
    pub(super) fn status(&self, usage: Usage) -> ChargePointStatus {
        let facts = &self.facts;
        match facts.fault {
            Some(Fault { blocking: true, .. }) => ChargePointStatus::Faulted,
            _ if usage.transaction && usage.prepare_until_request && !self.requested => {
                ChargePointStatus::Preparing
            }
            _ if usage.transaction && !facts.offering => ChargePointStatus::SuspendedEvse,
            _ if usage.transaction && facts.plugged && facts.requesting => ChargePointStatus::Charging,
            _ if usage.transaction => ChargePointStatus::SuspendedEv,
            _ if self.finishing => ChargePointStatus::Finishing,
            _ if !self.operative => ChargePointStatus::Unavailable,
            _ if usage.occupied == Occupied::OnAuthorizedOrPlugged
                && (facts.plugged || self.awaiting.is_set()) =>
            {
                ChargePointStatus::Preparing
            }
            _ if usage.reserved => ChargePointStatus::Reserved,
            _ => ChargePointStatus::Available,
        }
    }

    /// Brings the reporter up to date.
    pub(super) fn refresh(&mut self, now: Instant, usage: Usage) {
        let shown = Shown { status: self.status(usage), fault: self.facts.fault };
        self.reporter.set(now, shown);
    }
}

/// The difference between what is and what the central system was told, for one connector or connector 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reporter {
    goal: Shown,
    since: Instant,
    told: Option<Shown>,
    /// Asked for by TriggerMessage: tell it even if nothing changed.
    triggered: bool,
}

impl Reporter {
    pub(super) const fn new() -> Self {
        let goal = Shown { status: ChargePointStatus::Available, fault: None };
        Self { goal, since: Instant::ZERO, told: None, triggered: false }
    }

    pub(super) fn status(&self) -> ChargePointStatus {
        self.goal.status
    }

    pub(super) fn set(&mut self, now: Instant, goal: Shown) {
        if self.goal != goal {
            self.goal = goal;
            self.since = now;
        }
    }

    pub(super) fn trigger(&mut self) {
        self.triggered = true;
    }

    pub(super) fn is_triggered(&self) -> bool {
        self.triggered
    }

    /// From when on there is something to tell: `minimum` seconds after the change (`MinimumStatusDuration`), or at
    /// once if the central system knows nothing yet.
    pub(super) fn deadline(&self, minimum: i32) -> Deadline {
        match &self.told {
            _ if self.triggered => Deadline::at(self.since),
            None => Deadline::at(self.since),
            Some(told) if *told == self.goal => Deadline::NEVER,
            Some(_) => {
                let pause = core::time::Duration::from_secs(u64::try_from(minimum).unwrap_or(0));
                Deadline::after(self.since, pause)
            }
        }
    }

    /// What to tell next and since when it is so.
    pub(super) fn next(&self) -> (Shown, Instant) {
        let status = match &self.told {
            Some(told) if !self.triggered => next_step(told.status, self.goal.status),
            _ => self.goal.status,
        };
        (Shown { status, fault: self.goal.fault }, self.since)
    }

    /// `shown` was sent.
    pub(super) fn sent(&mut self, shown: Shown) {
        self.told = Some(shown);
        self.triggered = false;
    }

    /// Nobody knows what the central system knows: the start of a run, or a notification without answer.
    pub(super) fn forget(&mut self) {
        self.told = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ChargePointStatus as Status;

    const IDLE: Usage = Usage {
        transaction: false,
        reserved: false,
        occupied: Occupied::OnAuthorizedOrPlugged,
        prepare_until_request: false,
    };
    const BUSY: Usage = Usage { transaction: true, ..IDLE };

    fn connector(plugged: bool, requesting: bool, offering: bool) -> Connector {
        let mut connector = Connector::new();
        connector.facts = Facts { plugged, requesting, offering, ..Facts::default() };
        connector
    }

    #[test]
    fn status_follows_from_facts() {
        assert_eq!(connector(false, false, false).status(IDLE), Status::Available);
        assert_eq!(connector(false, false, false).status(Usage { reserved: true, ..IDLE }), Status::Reserved);
        assert_eq!(connector(true, false, false).status(Usage { reserved: true, ..IDLE }), Status::Preparing);
        assert_eq!(connector(true, true, true).status(IDLE), Status::Preparing);
        assert_eq!(connector(true, true, true).status(BUSY), Status::Charging);
        assert_eq!(connector(true, false, true).status(BUSY), Status::SuspendedEv);
        assert_eq!(connector(true, true, false).status(BUSY), Status::SuspendedEvse);
    }

    /// §4.9: suspended by both sides reads SuspendedEVSE.
    #[test]
    fn suspended_by_both_is_suspended_by_the_station() {
        assert_eq!(connector(true, false, false).status(BUSY), Status::SuspendedEvse);
    }

    #[test]
    fn a_blocking_fault_hides_everything_and_another_one_nothing() {
        let mut connector = connector(true, true, true);
        let fault = Fault {
            code: ChargePointErrorCode::GroundFailure,
            blocking: true,
            vendor_code: "F1",
            info: "residual current",
        };
        connector.facts.fault = Some(fault);
        assert_eq!(connector.status(BUSY), Status::Faulted);
        connector.facts.fault = Some(Fault { blocking: false, ..fault });
        assert_eq!(connector.status(BUSY), Status::Charging);
    }

    #[test]
    fn a_setting_keeps_preparing_until_the_vehicle_asks() {
        let mut connector = connector(true, false, true);
        let usage = Usage { prepare_until_request: true, ..BUSY };
        assert_eq!(connector.status(usage), Status::Preparing);
        connector.requested = true;
        assert_eq!(connector.status(usage), Status::SuspendedEv);
    }

    #[test]
    fn occupied_on_authorized_or_plugged() {
        assert_eq!(connector(true, false, false).status(IDLE), Status::Preparing);
        let mut authorized = connector(false, false, false);
        authorized.awaiting = Deadline::at(Instant::from_secs(60));
        assert_eq!(authorized.status(IDLE), Status::Preparing);
    }

    #[test]
    fn occupied_on_charging() {
        let later = Usage { occupied: Occupied::OnCharging, ..IDLE };
        let mut connector = connector(true, false, false);
        connector.awaiting = Deadline::at(Instant::from_secs(60));
        assert_eq!(connector.status(later), Status::Available);
        assert_eq!(connector.status(Usage { reserved: true, ..later }), Status::Reserved);
        assert_eq!(connector.status(Usage { transaction: true, ..later }), Status::SuspendedEvse);
        connector.finishing = true;
        assert_eq!(connector.status(later), Status::Finishing);
    }

    #[test]
    fn finishing_until_the_cable_is_gone_and_unavailable_only_then() {
        let mut connector = connector(true, false, false);
        connector.finishing = true;
        connector.operative = false;
        assert_eq!(connector.status(IDLE), Status::Finishing);
        connector.finishing = false;
        assert_eq!(connector.status(IDLE), Status::Unavailable);
    }

    fn show(status: Status) -> Shown {
        Shown { status, fault: None }
    }

    /// §9.1 MinimumStatusDuration.
    #[test]
    fn a_short_status_is_never_told() {
        let mut reporter = Reporter::new();
        assert!(reporter.deadline(5).is_due(Instant::ZERO));
        reporter.sent(reporter.next().0);
        assert_eq!(reporter.deadline(5), Deadline::NEVER);
        reporter.set(Instant::from_secs(10), show(Status::Preparing));
        assert!(!reporter.deadline(5).is_due(Instant::from_secs(14)));
        reporter.set(Instant::from_secs(14), show(Status::Available));
        assert_eq!(reporter.deadline(5), Deadline::NEVER);
    }

    #[test]
    fn an_illegal_change_is_told_in_two_steps() {
        let mut reporter = Reporter::new();
        reporter.sent(show(Status::Finishing));
        reporter.set(Instant::from_secs(1), show(Status::Charging));
        let told = [0, 1].map(|_| {
            let (shown, since) = reporter.next();
            assert_eq!(since, Instant::from_secs(1));
            reporter.sent(shown);
            shown.status
        });
        assert_eq!(told, [Status::Preparing, Status::Charging]);
        assert_eq!(reporter.deadline(0), Deadline::NEVER);
    }
}
