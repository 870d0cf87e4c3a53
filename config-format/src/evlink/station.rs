//! A configuration text as a [`StationModel`].
//!
//! Confirmed by the commissioning guide: current limits, degraded-mode set points and floors, voltage, OCPP address, identity and periods.
//! Inferred from names and from the values of one station: the meaning of every code. Readings worth knowing:
//!
//! - `currentPH1` is taken as the hardware limit of each socket, `maxIntensitySocket` as the operator's, `maxIntensityStation` and
//!   `staticMaxIntensityCluster` as the installation limits of station and cluster, `iMaxStation` as the station's hardware limit.
//! - The floors (8 A on one phase, 14 A on three) are minimum currents: a set point below them acts as 0.
//! - `degradedModeSetPointMono` and `Tri` are the currents without energy manager.
//! - `voltageReference` is between lines (400 V).
//! - `authenticationMode` 1 is on and 0 off; `TerminalPhasesConnection` 1 is L1-L2-L3. Other codes give nothing.
//! - No key states the number of sockets.

use crate::file::File;
use crate::profile::Vendor;
use crate::station::read::Read;
use crate::station::{Current, MeterPlace, PerConnector, Protocol, Role, Rotation, Scope, StationModel};
use crate::units::{Conductors, SupplyVoltage};

pub(super) fn model(file: &File<'_>) -> StationModel {
    let mut model = StationModel::new(Vendor::Evlink);
    let mut version = None;
    for (entry, known) in file.entries() {
        if let Some(read) = known.as_ref().and_then(|known| Read::new(&entry, known)) {
            if read.known.key.name == "ocppVersion" {
                version = read.text();
                continue;
            }
            let taken = identity(&mut model, &read)
                || currents(&mut model, &read)
                || authorization(&mut model, &read)
                || timings(&mut model, &read);
            if !taken {
                meter(&mut model, &read);
            }
        }
    }
    // Version and transport are two keys: the scheme of the address tells SOAP from JSON.
    let json = model.back_end.websocket.as_ref().is_none_or(|websocket| websocket.value);
    model.back_end.protocol = version.map(|version| version.map(|version| protocol(version, json)));
    model
}

fn protocol(version: alloc::string::String, json: bool) -> Protocol {
    match (version.as_str(), json) {
        ("1.5", false) => Protocol::Ocpp15Soap,
        ("1.5", true) => Protocol::Ocpp15Json,
        ("1.6", true) => Protocol::Ocpp16Json,
        ("1.6", false) => Protocol::Ocpp16Soap,
        _ => Protocol::Other(version),
    }
}

fn identity(model: &mut StationModel, read: &Read<'_, '_>) -> bool {
    let everywhere = |setting| PerConnector { connector: None, setting };
    match read.known.key.name {
        "stationName" => model.name = read.text(),
        "boxIdentity" => model.back_end.identity = read.text(),
        "ocppCentralAddress" => model.back_end.take_url(read),
        "nbPhase" => model.phases.extend(read.number().map(everywhere)),
        "TerminalPhasesConnection" => {
            let rotation = read.code(|code| (code == 1).then_some(Rotation::RST));
            model.rotations.extend(rotation.map(|setting| PerConnector { connector: None, setting }));
        }
        "voltageReference" => {
            let volts = |volts| {
                Some(SupplyVoltage { volts: u16::try_from(volts).ok()?, between: Conductors::LineLine })
            };
            model.voltage = read.code(volts);
        }
        _ => return false,
    }
    true
}

fn currents(model: &mut StationModel, read: &Read<'_, '_>) -> bool {
    let (role, scope, phases) = match read.known.key.name {
        "currentPH1" => (Role::Hardware, Scope::EachConnector, None),
        "iMaxStation" => (Role::Hardware, Scope::Station, None),
        "maxIntensityStation" => (Role::Installation, Scope::Station, None),
        "staticMaxIntensityCluster" => (Role::Installation, Scope::Network, None),
        "homeUpstreamProtection" => (Role::Installation, Scope::Main, None),
        "maxIntensitySocket" => (Role::Operator, Scope::EachConnector, None),
        "loadSheddingSetPoint" => (Role::LoadShedding, Scope::EachConnector, None),
        "degradedModeSetPointMono" => (Role::Disconnected, Scope::EachConnector, Some(1)),
        "degradedModeSetPointTri" => (Role::Disconnected, Scope::EachConnector, Some(3)),
        "monophasedLoadSheddingFloorValue" => (Role::Minimum, Scope::EachConnector, Some(1)),
        "triphasedLoadSheddingFloorValue" => (Role::Minimum, Scope::EachConnector, Some(3)),
        _ => return false,
    };
    model.currents.extend(read.amps().map(|setting| Current { role, scope, phases, line: None, setting }));
    true
}

fn authorization(model: &mut StationModel, read: &Read<'_, '_>) -> bool {
    let rules = &mut model.authorization;
    match read.known.key.name {
        "authenticationMode" => rules.required = read.code(switch),
        "enableUnknownUser" => rules.unknown_offline = read.flag(),
        "cacheListEnabled" => rules.cache = read.flag(),
        "defaultIdTag" => rules.default_token = read.text(),
        "rfidStatusTimeout" => rules.timeout = read.number(),
        _ => return false,
    }
    true
}

/// Codes of a switch.
fn switch(code: i64) -> Option<bool> {
    match code {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}

fn timings(model: &mut StationModel, read: &Read<'_, '_>) -> bool {
    let timings = &mut model.timings;
    let field = match read.known.key.name {
        "lastAcceptedHeartBeatInterval" => &mut timings.heartbeat,
        "meterValueSampleInterval" => &mut timings.meter_sample,
        "clockAlignedDataInterval" => &mut timings.clock_aligned,
        "evChargeTimeout" => &mut timings.connection,
        "WebSocketPingInterval" => &mut timings.ping,
        "TransactionMessageRetryInterval" => &mut timings.transaction_retry,
        "TransactionMessageAttempts" => &mut timings.transaction_attempts,
        "MinimumStatusDuration" => &mut timings.minimum_status,
        "loadSheddingPeriod" => &mut timings.queue_rotation,
        _ => return false,
    };
    *field = read.number();
    true
}

fn meter(model: &mut StationModel, read: &Read<'_, '_>) {
    const PLACES: [(&str, MeterPlace); 3] = [
        ("HeadMeter", MeterPlace::Building),
        ("StationMeter", MeterPlace::Station),
        ("AlternativeMeter", MeterPlace::Alternative),
    ];
    let place =
        PLACES.iter().find_map(|(prefix, place)| Some((read.known.key.name.strip_prefix(prefix)?, *place)));
    let Some((field, place)) = place else { return };
    let meter = model.meter_at(place);
    match field {
        "Type" => meter.model = read.code(|code| Some(alloc::format!("{code}"))),
        "RTUAddress" => meter.unit = read.number(),
        _ => {}
    }
}
