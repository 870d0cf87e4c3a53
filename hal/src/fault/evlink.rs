//! EVlink's event numbers (maintenance report, *Event Status*) and outlet errors (`KO_...`).
//!
//! Event `n` is bit `n - 1` of the Modbus error mask; for 24 to 31 the bit is inferred from the
//! numbers before. Several lists spell the same event differently; the number counts.

use super::Fault;

/// An event of the maintenance report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Number, 1 to 31.
    pub number: u8,
    /// Name in the report.
    pub name: &'static str,
    /// The fault it stands for.
    pub fault: Fault,
}

const fn event(number: u8, name: &'static str, fault: Fault) -> Event {
    Event { number, name, fault }
}

/// All events. The numbers 2, 23 and 25 to 28 are not in the report.
pub const EVENTS: [Event; 25] = [
    event(1, "Rfid Reader", Fault::ReaderSilent),
    event(3, "Internal Communication", Fault::InternalCommunication),
    event(4, "Outlet Lock", Fault::LockFailed),
    event(5, "Contactor State", Fault::ContactorWelded),
    event(6, "Surge Arrestor", Fault::SurgeArrester),
    event(7, "Anti-intrusion", Fault::AntiIntrusion),
    event(8, "Hardware Configuration", Fault::HardwareConfiguration),
    event(9, "Software Configuration", Fault::SoftwareConfiguration),
    event(10, "Flap Sensor", Fault::FlapSensor),
    event(11, "Upstream Protection Devices", Fault::UpstreamProtection),
    event(12, "Power Meter Communication", Fault::ExternalMeterSilent),
    event(13, "Remote Authentication Communication", Fault::RemoteAuthentication),
    event(14, "[Un]Plug Process", Fault::PlugProcess),
    event(15, "Load tri-phasis compliancy", Fault::PhaseCompliance),
    event(16, "Plc Communication", Fault::PlcCommunication),
    event(17, "Control Pilot Signal conformity", Fault::VehicleSignal),
    event(18, "Plug Presence conformity", Fault::PlugPresence),
    event(19, "Charge Alarm EV Disconnected", Fault::VehicleDisconnected),
    event(20, "Charge Alarm ShortCut", Fault::PilotShort),
    event(21, "Charge Alarm OverLoad", Fault::OverCurrent),
    event(22, "Charge Alarm Ventilation Not Allowed", Fault::Ventilation),
    event(24, "Modem Communication", Fault::ModemCommunication),
    event(29, "Remote EM Communication", Fault::RemoteEnergyManager),
    event(30, "Supervision Communication", Fault::BackEndDisconnected),
    event(31, "NTP Server Communication", Fault::TimeServer),
];

impl Event {
    /// The event with this number.
    pub fn by_number(number: u8) -> Option<Self> {
        EVENTS.into_iter().find(|event| event.number == number)
    }

    /// Its bit in the Modbus error mask (holding registers 23 and 24).
    pub const fn mask(self) -> u32 {
        1 << (self.number.saturating_sub(1) & 31)
    }

    /// The event an EVlink station reports for a fault, if it has one. Faults it does not tell apart
    /// share an event.
    pub fn for_fault(fault: Fault) -> Option<Self> {
        let reported = match fault {
            Fault::ContactorNotClosing => Fault::ContactorWelded,
            Fault::LockStuck | Fault::LockAbsent => Fault::LockFailed,
            Fault::BreakerTripped | Fault::DomesticBreakerTripped | Fault::RcdTripped => {
                Fault::UpstreamProtection
            }
            Fault::Diode | Fault::PilotGenerator => Fault::VehicleSignal,
            Fault::OcppMeterSilent => Fault::ExternalMeterSilent,
            Fault::SensorSilent => Fault::InternalCommunication,
            other => other,
        };
        EVENTS.into_iter().find(|event| event.fault == reported)
    }
}

/// The events in the Modbus error mask.
pub fn from_mask(mask: u32) -> impl Iterator<Item = Event> {
    EVENTS.into_iter().filter(move |event| mask & event.mask() != 0)
}

/// The step of a session in which an outlet error occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// While the user is being authorized.
    Authorization,
    /// While plugging in.
    Plug,
    /// While charging.
    Charge,
    /// While unplugging.
    Unplug,
}

/// An outlet error of the maintenance report, row *last error*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutletError {
    /// Its code.
    pub code: &'static str,
    /// When it occurs.
    pub stage: Stage,
    /// The fault behind it; `None` where a person did something wrong and nothing is broken.
    pub fault: Option<Fault>,
}

const fn outlet(code: &'static str, stage: Stage, fault: Option<Fault>) -> OutletError {
    OutletError { code, stage, fault }
}

/// All outlet errors.
pub const OUTLET_ERRORS: [OutletError; 15] = [
    outlet("KO_BadgeUnknown", Stage::Authorization, None),
    outlet("KO_BadgeIsNotTheBooker", Stage::Authorization, None),
    outlet("KO_PlugOrShutterAbnormallyLocked", Stage::Plug, Some(Fault::LockStuck)),
    outlet("KO_ShutterNotOpened", Stage::Plug, Some(Fault::FlapSensor)),
    outlet("KO_PlugNotDetected", Stage::Plug, Some(Fault::PlugPresence)),
    outlet("KO_EvNotDetected", Stage::Plug, None),
    outlet("KO_PlugOrShutterAbnormallyNotLocked", Stage::Plug, Some(Fault::LockFailed)),
    outlet("KO_PlugProcedureError", Stage::Plug, Some(Fault::PlugProcess)),
    outlet("KO_BadgeIsNotTheCurrentUser", Stage::Charge, None),
    outlet("KO_UnlockPlugInCharge", Stage::Charge, Some(Fault::VehicleDisconnected)),
    outlet("KO_OnStreetOpenShutterInCharge", Stage::Charge, Some(Fault::FlapSensor)),
    outlet("KO_ShutterNotClosed", Stage::Unplug, Some(Fault::FlapSensor)),
    outlet("KO_PlugStillDetected", Stage::Unplug, None),
    outlet("KO_EVStillDetected", Stage::Unplug, None),
    outlet("KO_UnplugProcedureError", Stage::Unplug, Some(Fault::PlugProcess)),
];

impl OutletError {
    /// The error with this code. Case does not count, and `l` is taken for `I`: text extracted from
    /// the manual confuses the two.
    pub fn by_code(code: &str) -> Option<Self> {
        OUTLET_ERRORS.into_iter().find(|error| {
            let fold = |c: u8| if c.eq_ignore_ascii_case(&b'l') { b'i' } else { c.to_ascii_lowercase() };
            error.code.bytes().map(fold).eq(code.bytes().map(fold))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ascend_and_the_missing_ones_are_missing() {
        assert!(EVENTS.windows(2).all(|pair| pair[0].number < pair[1].number));
        for number in [0, 2, 23, 25, 26, 27, 28, 32, 255] {
            assert_eq!(Event::by_number(number), None);
        }
    }

    #[test]
    fn bits_follow_the_numbers() {
        for (number, bit) in [(1, 0), (4, 3), (12, 11), (22, 21), (31, 30)] {
            assert_eq!(Event::by_number(number).unwrap().mask(), 1 << bit);
        }
        let faults = from_mask(1 | 1 << 19).map(|event| event.fault);
        assert!(faults.eq([Fault::ReaderSilent, Fault::PilotShort]));
        assert_eq!(from_mask(u32::MAX).count(), 25);
    }

    #[test]
    fn every_event_is_reported_for_its_own_fault() {
        for event in EVENTS {
            assert_eq!(Event::for_fault(event.fault), Some(event));
        }
        assert_eq!(Event::for_fault(Fault::RcdTripped).unwrap().number, 11);
        assert_eq!(Event::for_fault(Fault::Temperature), None);
    }

    #[test]
    fn outlet_errors_are_found_as_the_manual_prints_them() {
        for error in OUTLET_ERRORS {
            assert_eq!(OutletError::by_code(error.code), Some(error));
        }
        let error = OutletError::by_code("KO_BadgelsNotTheBooker").unwrap();
        assert_eq!((error.code, error.stage), ("KO_BadgeIsNotTheBooker", Stage::Authorization));
        assert_eq!(OutletError::by_code("KO_"), None);
    }
}
