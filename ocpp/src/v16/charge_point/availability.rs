//! In and out of service (OCPP 1.6 §5.2), and the application's reports that status follows from.
//!
//! Availability survives a restart. While a transaction runs the change is scheduled for its end.

use super::connector::Shown;
use super::{ActionError, ChargePoint, Facts, Fault};
use crate::rpc::timer::Deadline;
use crate::time::Instant;
use crate::v16::keys::Key;
use crate::v16::{
    AvailabilityStatus, AvailabilityType, ChangeAvailabilityRequest, ChargePointStatus, Reason,
};

/// What is to be told or stored about the availability of a connector.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flags {
    /// The wanted availability differs from what is stored.
    pub(super) dirty: bool,
    /// A scheduled change has come into force.
    pub(super) changed: bool,
    /// Nobody plugged in in time.
    pub(super) timed_out: bool,
    /// A transaction was interrupted.
    pub(super) interrupted: bool,
}

impl Flags {
    pub(super) const NONE: Self = Self { dirty: false, changed: false, timed_out: false, interrupted: false };
}

impl<const N: usize> ChargePoint<'_, N> {
    /// Reports what the hardware of a connector sees: after every change, and whenever the meter was read.
    ///
    /// # Errors
    ///
    /// [`ActionError::NoConnector`].
    pub fn report(&mut self, now: Instant, connector: u8, facts: &Facts) -> Result<(), ActionError> {
        let index = self.index(connector)?;
        let outlet = self.connectors.get_mut(index).ok_or(ActionError::NoConnector(connector))?;
        let state = &mut outlet.connector;
        let left = state.facts.plugged && !facts.plugged;
        state.facts = *facts;
        state.known = true;
        state.requested |= facts.requesting && facts.offering;
        if facts.plugged {
            state.awaiting = Deadline::NEVER;
        } else {
            state.finishing = false;
        }
        if left && !outlet.transaction.is_running() {
            self.profiles.end_transaction(index);
        }
        if outlet.transaction.is_interrupted_before(facts.meter.energy) && self.storage.is_ready() {
            // The first reading after an interruption is the best there is: the meter went on counting.
            self.stop_transaction(now, connector, Reason::PowerLoss, facts.meter.energy, None)?;
        }
        self.resume_samples(now, index);
        self.refresh(now, index);
        Ok(())
    }

    /// Reports a fault of the station as a whole, or its end.
    pub fn report_station(&mut self, now: Instant, fault: Option<Fault>) {
        self.station.fault = fault;
        self.refresh_station(now);
    }

    /// Somebody may charge and is expected to plug in within `ConnectionTimeOut`: the connector is `Preparing`. If
    /// nobody does, [`Event::ConnectionTimedOut`](super::Event::ConnectionTimedOut) says so.
    ///
    /// # Errors
    ///
    /// [`ActionError::NoConnector`], [`ActionError::TransactionRunning`].
    pub fn await_vehicle(&mut self, now: Instant, connector: u8) -> Result<(), ActionError> {
        let index = self.index(connector)?;
        let timeout = self.settings.get(Key::ConnectionTimeOut);
        let outlet = self.connectors.get_mut(index).ok_or(ActionError::NoConnector(connector))?;
        if outlet.transaction.is_running() {
            return Err(ActionError::TransactionRunning);
        }
        outlet.connector.finishing = false;
        if !outlet.connector.facts.plugged {
            outlet.connector.awaiting = Deadline::after_secs(now, timeout);
        }
        self.refresh(now, index);
        Ok(())
    }

    /// The status of a connector, or of the station (0), whether or not it has been told yet.
    #[must_use]
    pub fn status(&self, connector: u8) -> Option<ChargePointStatus> {
        match self.index(connector) {
            Ok(index) => self.connectors.get(index).map(|outlet| outlet.connector.reporter.status()),
            Err(_) if connector == 0 => Some(self.station.reporter.status()),
            Err(_) => None,
        }
    }

    pub(super) fn refresh_station(&mut self, now: Instant) {
        let status = match self.station.fault {
            Some(Fault { blocking: true, .. }) => ChargePointStatus::Faulted,
            _ if !self.station.operative => ChargePointStatus::Unavailable,
            _ => ChargePointStatus::Available,
        };
        self.station.reporter.set(now, Shown { status, fault: self.station.fault });
    }

    pub(super) fn change_availability(
        &mut self,
        now: Instant,
        request: &ChangeAvailabilityRequest,
    ) -> AvailabilityStatus {
        let operative = request.kind == AvailabilityType::Operative;
        let Ok(connector) = u8::try_from(request.connector_id) else { return AvailabilityStatus::Rejected };
        if connector == 0 {
            self.station.dirty |= self.station.operative != operative;
            self.station.operative = operative;
            self.refresh_station(now);
            let statuses = core::array::from_fn::<_, N, _>(|index| self.set_operative(now, index, operative));
            return if statuses.contains(&AvailabilityStatus::Scheduled) {
                AvailabilityStatus::Scheduled
            } else {
                AvailabilityStatus::Accepted
            };
        }
        match self.index(connector) {
            Ok(index) => self.set_operative(now, index, operative),
            Err(_) => AvailabilityStatus::Rejected,
        }
    }

    fn set_operative(&mut self, now: Instant, index: usize, operative: bool) -> AvailabilityStatus {
        let Some(outlet) = self.connectors.get_mut(index) else { return AvailabilityStatus::Rejected };
        let kept = outlet.connector.scheduled.unwrap_or(outlet.connector.operative);
        outlet.availability.dirty |= kept != operative;
        if outlet.transaction.is_running() && outlet.connector.operative != operative {
            outlet.connector.scheduled = Some(operative);
            return AvailabilityStatus::Scheduled;
        }
        outlet.connector.scheduled = None;
        outlet.connector.operative = operative;
        self.refresh(now, index);
        AvailabilityStatus::Accepted
    }

    /// What was scheduled for the end of a transaction.
    pub(super) fn apply_scheduled(&mut self, index: usize) {
        let Some(outlet) = self.connectors.get_mut(index) else { return };
        if let Some(operative) = outlet.connector.scheduled.take() {
            outlet.connector.operative = operative;
            outlet.availability.changed = true;
        }
    }

    /// The availability to be kept over a restart; connector 0 is the station.
    pub(super) fn kept_availability(&self, connector: usize) -> bool {
        match connector.checked_sub(1).and_then(|index| self.connectors.get(index)) {
            Some(outlet) => outlet.connector.scheduled.unwrap_or(outlet.connector.operative),
            None => self.station.operative,
        }
    }

    pub(super) fn restore_availability(&mut self, connector: usize, operative: bool) {
        match connector.checked_sub(1) {
            None => {
                self.station.operative = operative;
                self.refresh_station(Instant::ZERO);
            }
            Some(index) => {
                if let Some(outlet) = self.connectors.get_mut(index) {
                    outlet.connector.operative = operative;
                }
                self.refresh(Instant::ZERO, index);
            }
        }
    }

    /// An availability that differs from what is stored; from here on it counts as stored.
    pub(super) fn take_dirty_availability(&mut self) -> Option<u8> {
        if core::mem::take(&mut self.station.dirty) {
            return Some(0);
        }
        let index = self.connectors.iter().position(|outlet| outlet.availability.dirty)?;
        self.connectors.get_mut(index)?.availability.dirty = false;
        Some(index as u8 + 1)
    }

    pub(super) fn mark_dirty_availability(&mut self, connector: u8) {
        match self.index(connector).ok().and_then(|index| self.connectors.get_mut(index)) {
            Some(outlet) => outlet.availability.dirty = true,
            None => self.station.dirty = true,
        }
    }
}
