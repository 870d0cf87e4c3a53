//! A folder of parameters as a [`StationModel`].
//!
//! Confirmed by names and manual: operator current limit, free charging. All other file names are inferred (see
//! [`PROFILE`](super::PROFILE)). Readings worth knowing:
//!
//! - The order of limits is maker, installer, operator, each per connector. With one feed line the installation limit holds for the whole
//!   station (manual), and the feed line's capacity is the station's hardware limit.
//! - Sub-distribution and main limits are per supply line.
//! - `DisconnectedLimit` is what a slave may draw without its master.
//! - The number of connectors is 2 as soon as a parameter of a second connector is there; a single one is not stated by any parameter.

use super::Folder;
use crate::profile::Vendor;
use crate::station::read::Read;
use crate::station::{
    Current, FreeCharging, MeterPlace, OfflineMode, PerConnector, Protocol, Role, Rotation, Scope,
    StationModel, UidForm,
};
use crate::units::{Conductors, SupplyVoltage};

pub(super) fn model(folder: &Folder<'_>) -> StationModel {
    let mut model = StationModel::new(Vendor::Bender);
    let mut one_feed_line = false;
    for (entry, known) in folder.entries() {
        if let Some(read) = known.as_ref().and_then(|known| Read::new(&entry, known)) {
            let name = read.known.key.name;
            if name == "OneFeedLine_energyman" {
                one_feed_line = read.flag().is_some_and(|flag| flag.value);
            }
            if name.contains("_2_") {
                model.connectors = Some(read.setting(2));
            }
            let taken = supply(&mut model, &read)
                || back_end(&mut model, &read)
                || currents(&mut model, &read)
                || authorization(&mut model, &read);
            if !taken {
                meter(&mut model, &read);
            }
        }
    }
    if one_feed_line {
        for current in &mut model.currents {
            if current.role == Role::Installation && matches!(current.scope, Scope::Connector(_)) {
                current.scope = Scope::Station;
            }
        }
    }
    model
}

/// The connector a parameter is for, and the name of the parameter of the first connector.
fn connector(name: &str) -> (&str, u16) {
    match name.split_once("_2_") {
        Some((stem, _)) => (stem, 2),
        None => (name.rsplit_once('_').map_or(name, |(stem, _)| stem), 1),
    }
}

fn supply(model: &mut StationModel, read: &Read<'_, '_>) -> bool {
    let (stem, number) = connector(read.known.key.name);
    let connector = Some(number);
    match stem {
        "SupplyVoltage" => {
            let volts = |volts| {
                Some(SupplyVoltage { volts: u16::try_from(volts).ok()?, between: Conductors::LineNeutral })
            };
            model.voltage = read.code(volts);
        }
        "ConnectedPhases" => {
            let phases = |word: &str| {
                word.chars().next().and_then(|digit| digit.to_digit(4)).and_then(|n| u8::try_from(n).ok())
            };
            model.phases.extend(read.word(phases).map(|setting| PerConnector { connector, setting }));
        }
        "PhaseRotation" => {
            model
                .rotations
                .extend(read.word(Rotation::from_letters).map(|setting| PerConnector { connector, setting }));
        }
        _ => return false,
    }
    true
}

fn back_end(model: &mut StationModel, read: &Read<'_, '_>) -> bool {
    let (link, timings) = (&mut model.back_end, &mut model.timings);
    match read.known.key.name {
        "ChargeBoxIdentity_ocpp" => link.identity = read.text(),
        "OcppMode_ocpp" => link.protocol = read.word(protocol),
        // Two URL fields exist; the one of the chosen mode is expected to be filled.
        "WebsocketUrl_ocpp" | "SoapUrl_ocpp" => link.take_url(read),
        "HeartbeatInterval_ocpp" => timings.heartbeat = read.number(),
        "MeterValueSampleInterval_ocpp" => timings.meter_sample = read.number(),
        "ClockAlignedDataInterval_ocpp" => timings.clock_aligned = read.number(),
        "VehicleConnectionTimeout_ocpp" => timings.connection = read.number(),
        "WebsocketKeepAlive_ocpp" => timings.ping = read.number(),
        _ => return false,
    }
    true
}

fn protocol(word: &str) -> Option<Protocol> {
    match word {
        "OCPP-S 1.5" => Some(Protocol::Ocpp15Soap),
        "OCPP-S 1.6" => Some(Protocol::Ocpp16Soap),
        "OCPP-J 1.6" => Some(Protocol::Ocpp16Json),
        _ => None,
    }
}

fn currents(model: &mut StationModel, read: &Read<'_, '_>) -> bool {
    let (stem, number) = connector(read.known.key.name);
    let own = Scope::Connector(number);
    let (stem, line) = match stem.strip_suffix("L1").map(|stem| (stem, 1)) {
        Some((stem, line)) => (stem, Some(line)),
        None => match stem.strip_suffix("L2") {
            Some(stem) => (stem, Some(2)),
            None => stem.strip_suffix("L3").map_or((stem, None), |stem| (stem, Some(3))),
        },
    };
    let (role, scope) = match stem {
        "MaximumCurrent" => (Role::Hardware, own),
        "InstallationCurrentLimit" => (Role::Installation, own),
        "OperatorCurrentLimit" => (Role::Operator, own),
        "FeedLineCapacity" => (Role::Hardware, Scope::Station),
        "EvseSubDistributionLimit" => (Role::Installation, Scope::SubDistribution),
        "OperatorSubDistributionLimit" => (Role::Operator, Scope::SubDistribution),
        "MainDistributionLimit" => (Role::Installation, Scope::Main),
        "MinimumCurrentLimit" => (Role::Minimum, Scope::EachConnector),
        "DisconnectedLimit" => (Role::Disconnected, Scope::EachConnector),
        _ => return false,
    };
    model.currents.extend(read.amps().map(|setting| Current { role, scope, phases: None, line, setting }));
    true
}

fn authorization(model: &mut StationModel, read: &Read<'_, '_>) -> bool {
    let rules = &mut model.authorization;
    match read.known.key.name {
        "FreeCharging_vehicleif" => {
            rules.required = read.flag().map(|free| free.map(|free| !free));
            // A mode, read before or after, says more.
            let on = |free: bool| if free { FreeCharging::On } else { FreeCharging::Off };
            let more = rules.free_charging.take().filter(|_| read.flag().is_some_and(|free| free.value));
            rules.free_charging = more.or_else(|| read.flag().map(|free| free.map(on)));
        }
        "FreeChargingMode_vehicleif" => {
            let off = rules.free_charging.as_ref().is_some_and(|free| free.value == FreeCharging::Off);
            if !off {
                rules.free_charging = read.code(free_charging);
            }
        }
        "FreeChargingTag_vehicleif" => rules.default_token = read.text(),
        "AllowChargingIfInDoubt_vehicleif" => rules.offline = read.word(in_doubt),
        "LocalPreAuthorize_ocpp" => rules.local_pre_authorize = read.flag(),
        "LocalAuthorizeOffline_ocpp" => rules.local_authorize_offline = read.flag(),
        "LocalWhitelistEnabled_fll" => rules.local_list = read.flag(),
        "OcppWhitelistEnabled_ocpp" => rules.cache = read.flag(),
        "RfidTagCase_rfid" => rules.uid_form = read.word(uid_form),
        "RestartTransactionAfterPowerLoss_ocpp" => rules.resume_after_power_cut = read.flag(),
        _ => return false,
    }
    true
}

/// The six modes as the manual numbers them.
fn free_charging(mode: i64) -> Option<FreeCharging> {
    match mode {
        1 => Some(FreeCharging::NoOcpp),
        2 => Some(FreeCharging::StatusOnly { card: false }),
        3 => Some(FreeCharging::StatusOnly { card: true }),
        4 => Some(FreeCharging::FixedToken { card: true }),
        5 => Some(FreeCharging::FixedToken { card: false }),
        6 => Some(FreeCharging::AnyCard),
        _ => None,
    }
}

/// What a card in no list gets while the back end is silent.
fn in_doubt(word: &str) -> Option<OfflineMode> {
    match word {
        "off" => Some(OfflineMode::ListedOnly),
        "on" => Some(OfflineMode::AllForNow),
        "immediately" => Some(OfflineMode::FreeOnPlug),
        _ => None,
    }
}

fn uid_form(word: &str) -> Option<UidForm> {
    let (case, reversed) = word.split_once(' ').map_or((word, false), |(case, _)| (case, true));
    Some(UidForm { upper_case: case == "upper", reversed })
}

fn meter(model: &mut StationModel, read: &Read<'_, '_>) {
    let name = read.known.key.name;
    if !(name.starts_with("SecondMeter") || name == "ExternalMeter_energyman") {
        return;
    }
    let meter = model.meter_at(MeterPlace::Building);
    match name {
        "ExternalMeter_energyman" => meter.enabled = read.flag(),
        "SecondMeterType_meter" => meter.model = read.text(),
        "SecondMeterAddress_meter" => meter.host = read.text(),
        "SecondMeterPort_meter" => meter.port = read.number(),
        _ => {}
    }
}
