//! The log of faults: the newest ones, standing or gone.

use super::{ErrorCode, Fault};
use crate::units::Instant;

/// One entry of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// What it was.
    pub fault: Fault,
    /// When it appeared.
    pub since: Instant,
    /// When it was gone; `None` while it stands.
    pub until: Option<Instant>,
}

/// The last `N` faults, oldest first. A full log forgets the oldest one that is gone; if all stand,
/// the oldest.
#[derive(Clone, Debug)]
pub struct FaultLog<const N: usize> {
    records: [Option<Record>; N],
}

impl<const N: usize> FaultLog<N> {
    /// An empty log.
    pub const fn new() -> Self {
        Self { records: [None; N] }
    }

    /// Notes that a fault appeared; one that stands is not noted again. Returns whether it is new.
    pub fn raise(&mut self, now: Instant, fault: Fault) -> bool {
        if self.stands(fault) {
            return false;
        }
        let free = self.records.iter().position(Option::is_none);
        let gone = || self.records.iter().position(|r| r.is_some_and(|record| record.until.is_some()));
        let at = free.or_else(gone).unwrap_or(0);
        if let Some(rest) = self.records.get_mut(at..) {
            if free.is_none() {
                rest.rotate_left(1.min(rest.len()));
            }
            let slot = if free.is_some() { rest.first_mut() } else { rest.last_mut() };
            if let Some(slot) = slot {
                *slot = Some(Record { fault, since: now, until: None });
            }
        }
        true
    }

    /// Notes that a fault is gone. Returns whether it stood.
    pub fn clear(&mut self, now: Instant, fault: Fault) -> bool {
        let standing = self.records.iter_mut().flatten().find(|r| r.fault == fault && r.until.is_none());
        standing.map(|record| record.until = Some(now)).is_some()
    }

    /// All records, newest first.
    pub fn iter(&self) -> impl Iterator<Item = &Record> {
        self.records.iter().rev().flatten()
    }

    /// The faults that stand, newest first.
    pub fn standing(&self) -> impl Iterator<Item = Fault> {
        self.iter().filter(|record| record.until.is_none()).map(|record| record.fault)
    }

    /// Whether a fault stands.
    pub fn stands(&self, fault: Fault) -> bool {
        self.standing().any(|standing| standing == fault)
    }

    /// The fault people have to act on first, of those that stand.
    pub fn worst(&self) -> Option<Fault> {
        self.standing().min()
    }

    /// The code for a `StatusNotification` of OCPP 1.6.
    pub fn error_code(&self) -> ErrorCode {
        self.worst().map_or(ErrorCode::NoError, |fault| fault.entry().error_code)
    }
}

impl<const N: usize> Default for FaultLog<N> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Instant {
        Instant::from_millis(ms)
    }

    #[test]
    fn a_fault_is_noted_once_while_it_stands() {
        let mut log = FaultLog::<4>::new();
        assert!(log.raise(at(1), Fault::Temperature));
        assert!(!log.raise(at(2), Fault::Temperature));
        assert!(log.clear(at(3), Fault::Temperature));
        assert!(!log.clear(at(4), Fault::Temperature));
        assert!(log.raise(at(5), Fault::Temperature));
        let since: [u64; 2] = [5, 1];
        assert!(log.iter().map(|record| record.since.as_millis()).eq(since));
    }

    #[test]
    fn a_full_log_forgets_what_is_gone_before_what_stands() {
        let mut log = FaultLog::<3>::new();
        log.raise(at(1), Fault::Diode);
        log.raise(at(2), Fault::Mains);
        log.raise(at(3), Fault::Supply);
        log.clear(at(4), Fault::Mains);
        log.raise(at(5), Fault::PilotShort);
        assert!(log.iter().map(|r| r.fault).eq([Fault::PilotShort, Fault::Supply, Fault::Diode]));
        log.raise(at(6), Fault::LockStuck);
        assert!(log.standing().eq([Fault::LockStuck, Fault::PilotShort, Fault::Supply]));
    }

    #[test]
    fn the_worst_fault_gives_the_code() {
        let mut log = FaultLog::<4>::new();
        assert_eq!(log.error_code(), ErrorCode::NoError);
        log.raise(at(1), Fault::BackEndDisconnected);
        assert_eq!(log.error_code(), ErrorCode::OtherError);
        log.raise(at(2), Fault::ContactorWelded);
        log.raise(at(3), Fault::Temperature);
        assert_eq!(log.error_code(), ErrorCode::PowerSwitchFailure);
        log.clear(at(4), Fault::ContactorWelded);
        assert_eq!(log.worst(), Some(Fault::Temperature));
    }

    #[test]
    fn a_log_without_room_does_no_harm() {
        let mut log = FaultLog::<0>::new();
        log.raise(at(1), Fault::Diode);
        assert_eq!(log.iter().count(), 0);
    }
}
