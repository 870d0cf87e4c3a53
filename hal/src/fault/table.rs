//! The table of faults, one row each.

use core::time::Duration;

use super::{Clearing, Entry, ErrorCode, EventSource};

/// A row: name, code of OCPP 1.6, component and variable of 2.0.1, whether the transaction ends, how
/// it clears; then what is said when it appears and when it is gone, and what a person can do.
macro_rules! faults {
    ($($name:ident: $code:ident, $component:ident.$variable:ident, $effect:ident, $clearing:expr;
        $appeared:literal, $gone:literal, $remedy:literal;)*) => {
        /// A fault of a station or of what is connected to it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fault {
            $(#[doc = concat!($appeared, ".")] $name,)*
        }

        impl Fault {
            /// All faults, the ones people have to act on first.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// What there is to know about it.
            // Inlined, so that a program keeps in flash only the tables of what it asks for.
            #[inline(always)]
            #[expect(clippy::indexing_slicing, reason = "each table has a row for each fault")]
            pub const fn entry(self) -> Entry {
                let row = self as usize;
                let [appeared, gone, remedy] = Self::TEXTS[row];
                let (error_code, stops_transaction) = Self::CODES[row];
                Entry {
                    error_code,
                    event: Self::EVENTS[row],
                    stops_transaction,
                    clearing: Self::CLEARINGS[row],
                    appeared,
                    gone,
                    remedy,
                }
            }

            const CODES: &'static [(ErrorCode, bool)] = &[$((ErrorCode::$code, $effect),)*];

            const EVENTS: &'static [EventSource] = &[$(EventSource {
                component: stringify!($component),
                variable: stringify!($variable),
            },)*];

            const CLEARINGS: &'static [Clearing] = &[$($clearing,)*];

            const TEXTS: &'static [[&'static str; 3]] = &[$([$appeared, $gone, $remedy],)*];
        }
    };
}

/// The transaction ends.
const STOPS: bool = true;
/// The transaction goes on, if need be without power.
const GOES_ON: bool = false;

const BY_ITSELF: Clearing = Clearing::ByItself;
const UNPLUG: Clearing = Clearing::Unplugging;
const UNPLUG_OR_10_S: Clearing = Clearing::UnpluggingOrAfter(Duration::from_secs(10));
const COMMAND: Clearing = Clearing::Command;
const SERVICE: Clearing = Clearing::Service;

faults! {
    ContactorWelded: PowerSwitchFailure, PowerContactor.Problem, STOPS, SERVICE;
        "contactor welded", "contactor opens again", "switch off upstream, call service at once";
    ContactorNotClosing: PowerSwitchFailure, PowerContactor.Problem, STOPS, SERVICE;
        "contactor does not close", "contactor closes again", "call service";
    ResidualCurrent: GroundFailure, RCD.Tripped, STOPS, UNPLUG_OR_10_S;
        "residual current detected", "residual current gone", "unplug the vehicle, try another cable";
    RcdTripped: GroundFailure, RCD.Tripped, STOPS, SERVICE;
        "residual current device tripped", "residual current device closed again", "close the device once";
    RcmSelfTest: GroundFailure, RCD.Problem, STOPS, BY_ITSELF;
        "residual current self-test failed", "residual current self-test passed", "restart, then call service";
    BreakerTripped: OverCurrentFailure, OverCurrentProtection.Tripped, STOPS, SERVICE;
        "breaker of the vehicle socket tripped", "breaker of the vehicle socket closed", "call service to reset it";
    DomesticBreakerTripped: OverCurrentFailure, OverCurrentProtection.Tripped, STOPS, SERVICE;
        "breaker of the household socket tripped", "breaker of the household socket closed", "call service to reset it";
    UpstreamProtection: OverCurrentFailure, UpstreamProtectionTrigger.Tripped, STOPS, SERVICE;
        "upstream protection tripped", "upstream protection closed", "call service to reset it";
    OverCurrent: OverCurrentFailure, OverCurrentProtection.Tripped, STOPS, UNPLUG;
        "vehicle draws too much current", "current within limits", "unplug the vehicle and try again";
    SurgeArrester: OtherError, ElectricalFeed.Problem, GOES_ON, SERVICE;
        "surge arrester spent", "surge arrester in order", "replace the surge arrester";
    Diode: EvCommunicationError, CPPWMController.Problem, STOPS, UNPLUG;
        "vehicle shows no diode, or tampering", "vehicle without diode unplugged", "unplug the vehicle, have it checked";
    VehicleSignal: EvCommunicationError, CPPWMController.Problem, GOES_ON, BY_ITSELF;
        "vehicle signals out of range", "vehicle signals in order", "unplug and try again";
    PilotShort: EvCommunicationError, CPPWMController.Problem, GOES_ON, BY_ITSELF;
        "pilot line shorted", "pilot line free", "unplug, check the cable";
    PilotGenerator: InternalError, CPPWMController.Problem, STOPS, BY_ITSELF;
        "pilot generator does not follow", "pilot generator in order", "restart, then call service";
    PlugPresence: EvCommunicationError, Connector.Problem, GOES_ON, BY_ITSELF;
        "plug contact reads no valid cable", "plug contact in order", "unplug, try another cable";
    Ventilation: EvCommunicationError, AreaVentilation.Problem, STOPS, BY_ITSELF;
        "vehicle needs ventilation, there is none", "vehicle needs no ventilation", "charge this vehicle outdoors";
    VehicleDisconnected: EvCommunicationError, CableBreakawaySensor.Tripped, STOPS, UNPLUG;
        "vehicle disconnected while charging", "vehicle connected again", "plug in again";
    PhaseCompliance: OtherError, ConnectedEV.Problem, GOES_ON, UNPLUG;
        "vehicle loads the phases unevenly", "phases loaded evenly", "use a three-phase cable";
    LockFailed: ConnectorLockFailure, ConnectorPlugRetentionLock.Problem, GOES_ON, UNPLUG;
        "plug could not be locked", "plug locked", "unplug, insert the plug all the way";
    LockStuck: ConnectorLockFailure, ConnectorPlugRetentionLock.Problem, STOPS, COMMAND;
        "plug lock stuck", "plug lock moves again", "unlock by command or reset, then call service";
    LockAbsent: ConnectorLockFailure, ConnectorPlugRetentionLock.Problem, STOPS, COMMAND;
        "plug lock not detected", "plug lock detected", "reset, then call service";
    PlugProcess: ConnectorLockFailure, Connector.Problem, GOES_ON, UNPLUG;
        "plugging or unplugging failed", "plugging or unplugging done", "unplug and begin again";
    FlapSensor: OtherError, AccessBarrier.Problem, GOES_ON, SERVICE;
        "flap sensor in an impossible state", "flap sensor in order", "clear the flap, then call service";
    ExternalStop: OtherError, EmergencyStopSensor.Tripped, STOPS, BY_ITSELF;
        "stopped from outside", "stop from outside released", "release the emergency stop";
    Temperature: HighTemperature, TemperatureSensor.Problem, GOES_ON, BY_ITSELF;
        "station too hot", "station cooled down", "wait, keep the vents free";
    Mains: UnderVoltage, ElectricalFeed.Problem, GOES_ON, BY_ITSELF;
        "mains voltage or frequency out of range", "mains in order", "wait";
    Supply: InternalError, ELVSupply.Problem, STOPS, BY_ITSELF;
        "supply of the controller fails", "supply of the controller in order", "check the mains, then call service";
    SensorSilent: InternalError, Controller.Problem, GOES_ON, BY_ITSELF;
        "a protection does not report", "all protections report", "restart, then call service";
    AntiIntrusion: OtherError, CaseAccessSensor.Tripped, GOES_ON, SERVICE;
        "housing opened", "housing closed", "close the housing";
    InternalCommunication: InternalError, LocalController.Problem, STOPS, BY_ITSELF;
        "boards of the station do not talk", "boards of the station talk again", "restart, then call service";
    HardwareConfiguration: InternalError, ChargingStation.Problem, STOPS, SERVICE;
        "hardware and its configuration disagree", "hardware fits its configuration", "call service";
    SoftwareConfiguration: InternalError, Controller.Problem, STOPS, SERVICE;
        "software configuration not usable", "software configuration usable", "restore the configuration";
    OcppMeterSilent: PowerMeterFailure, FiscalMetering.Problem, STOPS, BY_ITSELF;
        "billing meter does not answer", "billing meter answers again", "wait, then call service";
    ExternalMeterSilent: PowerMeterFailure, ControlMetering.Problem, GOES_ON, BY_ITSELF;
        "external meter does not answer", "external meter answers again", "check the wiring of the meter";
    ReaderSilent: ReaderFailure, TokenReader.Problem, GOES_ON, BY_ITSELF;
        "card reader does not answer", "card reader answers again", "restart, then call service";
    BackEndDisconnected: OtherError, OCPPCommCtrlr.Problem, GOES_ON, BY_ITSELF;
        "back end not reachable", "back end reachable", "check the network";
    RemoteAuthentication: OtherError, AuthCtrlr.Problem, GOES_ON, BY_ITSELF;
        "remote authentication not reachable", "remote authentication reachable", "check the network";
    RemoteEnergyManager: OtherError, SmartChargingCtrlr.Problem, GOES_ON, BY_ITSELF;
        "energy manager not reachable", "energy manager reachable", "check the network";
    PlcCommunication: OtherError, ISO15118Ctrlr.Problem, GOES_ON, BY_ITSELF;
        "power line communication broken", "power line communication in order", "unplug and try again";
    ModemCommunication: WeakSignal, DataLink.Problem, GOES_ON, BY_ITSELF;
        "modem has no connection", "modem connected", "check antenna and SIM card";
    TimeServer: OtherError, ClockCtrlr.Problem, GOES_ON, BY_ITSELF;
        "time server not reachable", "time server reachable", "check the network";
}
