//! One vocabulary of faults for all stations: what each one means to OCPP, whether it ends the
//! transaction, how it goes away, and what a person reads.
//!
//! The rows of Bender's error table ([`bender`]) and EVlink's event numbers ([`evlink`]) map into it,
//! and so does everything the crate's own machines find. The texts are short and in English; a
//! station with other languages uses the variant as the key.

pub mod bender;
pub mod evlink;
mod log;
mod table;

use core::fmt;
use core::time::Duration;

use crate::contactor::ContactorFault;
use crate::lock::LockFault;
use crate::pilot::PilotFault;
use crate::rcm::RcmFault;
use crate::safety::{Hazard, Protection};

pub use log::{FaultLog, Record};
pub use table::Fault;

/// `ChargePointErrorCode` of OCPP 1.6 §7.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// The connector cannot be locked or unlocked.
    ConnectorLockFailure,
    /// Trouble between station and vehicle. OCPP 1.5 and Bender call it `Mode3Error`.
    EvCommunicationError,
    /// A residual current, or its device tripped.
    GroundFailure,
    /// Too hot.
    HighTemperature,
    /// Hardware or software of the station.
    InternalError,
    /// Nothing.
    NoError,
    /// Anything without a code of its own.
    OtherError,
    /// A breaker tripped or the vehicle drew too much.
    OverCurrentFailure,
    /// The mains voltage is too high.
    OverVoltage,
    /// The meter cannot be read.
    PowerMeterFailure,
    /// The contactor does not obey.
    PowerSwitchFailure,
    /// The card reader does not answer.
    ReaderFailure,
    /// The mains voltage is too low.
    UnderVoltage,
    /// The radio link is weak or gone.
    WeakSignal,
}

impl ErrorCode {
    /// The text on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConnectorLockFailure => "ConnectorLockFailure",
            Self::EvCommunicationError => "EVCommunicationError",
            Self::GroundFailure => "GroundFailure",
            Self::HighTemperature => "HighTemperature",
            Self::InternalError => "InternalError",
            Self::NoError => "NoError",
            Self::OtherError => "OtherError",
            Self::OverCurrentFailure => "OverCurrentFailure",
            Self::OverVoltage => "OverVoltage",
            Self::PowerMeterFailure => "PowerMeterFailure",
            Self::PowerSwitchFailure => "PowerSwitchFailure",
            Self::ReaderFailure => "ReaderFailure",
            Self::UnderVoltage => "UnderVoltage",
            Self::WeakSignal => "WeakSignal",
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Component and variable of a `NotifyEventRequest` of OCPP 2.0.1 (block N; names of part 2
/// appendix 3). The variable is boolean and true while the fault stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventSource {
    /// Standardized component.
    pub component: &'static str,
    /// Standardized variable of it.
    pub variable: &'static str,
}

/// How a fault goes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Clearing {
    /// When its cause does.
    ByItself,
    /// When the vehicle, or the cable, is unplugged.
    Unplugging,
    /// When the cable is unplugged, or this long after the vehicle left.
    UnpluggingOrAfter(Duration),
    /// By an unlock command or a hard reset, which try again.
    Command,
    /// After a person was there.
    Service,
}

/// What there is to know about a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Code for OCPP 1.6.
    pub error_code: ErrorCode,
    /// Event source for OCPP 2.0.1.
    pub event: EventSource,
    /// Whether it ends the running transaction.
    pub stops_transaction: bool,
    /// How it goes away.
    pub clearing: Clearing,
    /// Said when it appears.
    pub appeared: &'static str,
    /// Said when it is gone.
    pub gone: &'static str,
    /// What a person can do.
    pub remedy: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.entry().appeared)
    }
}

impl From<PilotFault> for Fault {
    fn from(fault: PilotFault) -> Self {
        match fault {
            PilotFault::Short => Self::PilotShort,
            PilotFault::OutOfRange => Self::VehicleSignal,
            PilotFault::Diode => Self::Diode,
            PilotFault::Generator => Self::PilotGenerator,
            PilotFault::Ventilation => Self::Ventilation,
        }
    }
}

impl From<ContactorFault> for Fault {
    fn from(fault: ContactorFault) -> Self {
        match fault {
            ContactorFault::Welded => Self::ContactorWelded,
            ContactorFault::NotClosing => Self::ContactorNotClosing,
        }
    }
}

impl From<LockFault> for Fault {
    fn from(fault: LockFault) -> Self {
        match fault {
            LockFault::NotLocking | LockFault::UnexpectedlyOpen => Self::LockFailed,
            LockFault::Stuck | LockFault::UnexpectedlyClosed => Self::LockStuck,
            LockFault::Absent => Self::LockAbsent,
            LockFault::NotCharged => Self::Supply,
        }
    }
}

impl From<RcmFault> for Fault {
    fn from(fault: RcmFault) -> Self {
        match fault {
            RcmFault::Dc | RcmFault::Ac => Self::ResidualCurrent,
            RcmFault::SelfTest => Self::RcmSelfTest,
        }
    }
}

impl From<Hazard> for Fault {
    fn from(hazard: Hazard) -> Self {
        match hazard {
            Hazard::Contactor(fault) => fault.into(),
            Hazard::Pilot(fault) => fault.into(),
            Hazard::ContactorSilent | Hazard::Silent(_) => Self::SensorSilent,
            Hazard::Tripped(protection) => match protection {
                Protection::ResidualCurrent => Self::ResidualCurrent,
                Protection::EmergencyStop | Protection::EnableInput => Self::ExternalStop,
                Protection::Upstream => Self::UpstreamProtection,
                Protection::OverCurrent => Self::OverCurrent,
                Protection::Temperature => Self::Temperature,
                Protection::Mains => Self::Mains,
                Protection::Supply => Self::Supply,
                Protection::Lock => Self::LockFailed,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;

    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn every_fault_says_something_and_has_a_code() {
        for fault in Fault::ALL {
            let entry = fault.entry();
            assert_ne!(entry.error_code, ErrorCode::NoError, "{fault:?}");
            for text in [entry.appeared, entry.gone, entry.remedy] {
                assert!(!text.is_empty() && !text.ends_with('.'), "{fault:?}: {text}");
                assert!(text.len() <= 50, "OCPP 1.6 `info` holds 50 characters: {text}");
            }
            assert_ne!(entry.appeared, entry.gone);
        }
    }

    #[test]
    fn texts_are_not_repeated() {
        let mut texts: Vec<_> = Fault::ALL.iter().map(|fault| fault.entry().appeared).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), Fault::ALL.len());
    }

    #[test]
    fn every_hazard_has_a_fault_that_stops() {
        for hazard in Hazard::all() {
            let fault = Fault::from(hazard);
            // Power is off under every hazard. A session survives those that usually pass.
            let survives = matches!(
                fault,
                Fault::VehicleSignal
                    | Fault::PilotShort
                    | Fault::SensorSilent
                    | Fault::Mains
                    | Fault::Temperature
                    | Fault::LockFailed
            );
            assert_eq!(fault.entry().stops_transaction, !survives, "{hazard:?}");
        }
    }

    #[test]
    fn a_lock_failure_is_the_event_of_g05_fr_02() {
        let event = Fault::LockFailed.entry().event;
        assert_eq!((event.component, event.variable), ("ConnectorPlugRetentionLock", "Problem"));
    }
}
