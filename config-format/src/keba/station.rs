//! A `.conf` file as a [`StationModel`].
//!
//! Confirmed by the manuals: identity, back-end address, network limit, minimum current, voltage, authorization switch, client serials.
//! Inferred from key names and the values of one dump: all others. Readings worth knowing:
//!
//! - `MaxAvailableCurrent` is the limit per phase of the whole charging network, not of one connector: role installation, scope network.
//! - `MaxCurrentSerialN` is taken as the hardware limit of station N, `FailsafeCurrentSerialN` as its current without master; 0 stops.
//! - `MaximumAsymmetricLoadCurrent` 0 means off and gives no current.
//! - `CentralSystemPath` and its neighbours keep their own keys; [`BackEnd::url`](crate::station::BackEnd::url) joins them.
//! - The number of phases follows from `ConnectorPhaseRotation` (`1.Rxx` is one phase); no key states it.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::file::File;
use crate::finding::{Check, Finding};
use crate::profile::Vendor;
use crate::station::read::Read;
use crate::station::{
    BackEnd, Current, MeterPlace, OfflineMode, OnlineMode, PerConnector, Protocol, Role, Rotation, Scope,
    StationModel,
};
use crate::units::{Conductors, Milliamps, SupplyVoltage};

pub(super) fn model(file: &File<'_>) -> StationModel {
    let mut model = StationModel::new(Vendor::Keba);
    for (entry, known) in file.entries() {
        if let Some(read) = known.as_ref().and_then(|known| Read::new(&entry, known)) {
            let taken = identity(&mut model, &read)
                || back_end(&mut model.back_end, &read)
                || currents(&mut model, &read)
                || authorization(&mut model, &read)
                || timings(&mut model, &read);
            if !taken {
                meter(&mut model, &read);
            }
        }
    }
    model
}

fn identity(model: &mut StationModel, read: &Read<'_, '_>) -> bool {
    let connector = read.known.number;
    match read.known.key.name {
        "AmountConnectors" => model.connectors = read.number(),
        "Connect2ConnectorSerial" => {
            model.serials.extend(read.text().map(|setting| PerConnector { connector, setting }));
        }
        "NominalVoltage" => {
            let volts = |volts| {
                Some(SupplyVoltage { volts: u16::try_from(volts).ok()?, between: Conductors::LineNeutral })
            };
            model.voltage = read.code(volts);
        }
        "ConnectorPhaseRotation" => rotations(model, read),
        _ => return false,
    }
    true
}

/// `1.RST,2.STR`: one wiring per connector.
fn rotations(model: &mut StationModel, read: &Read<'_, '_>) {
    let Some(list) = read.text() else { return };
    for item in list.value.split(',') {
        let Some((number, letters)) = item.trim().split_once('.') else { continue };
        let (Ok(number), Some(rotation)) = (number.parse(), Rotation::from_letters(letters)) else {
            continue;
        };
        let connector = Some(number);
        // At most three terminals.
        let phases = u8::try_from(rotation.phases()).unwrap_or(3);
        model.rotations.push(PerConnector { connector, setting: read.setting(rotation) });
        model.phases.push(PerConnector { connector, setting: read.setting(phases) });
    }
}

fn back_end(back_end: &mut BackEnd, read: &Read<'_, '_>) -> bool {
    match read.known.key.name {
        "ChargeBoxIdentity" => back_end.identity = read.text(),
        "HostConnectorType" => back_end.protocol = read.text().map(|word| read.setting(protocol(word.value))),
        "CentralSystemAddress" => back_end.host = read.text(),
        "CentralSystemPort" => back_end.port = read.number(),
        "CentralSystemPath" => back_end.path = read.text(),
        "SetSecureOutgoingConnection" => back_end.encrypted = read.flag(),
        "SecurityProfile" => back_end.security_profile = read.number(),
        _ => return false,
    }
    true
}

/// Only the first two words are proven; the others follow their pattern.
fn protocol(word: String) -> Protocol {
    match word.as_str() {
        "OCPP_15" => Protocol::Ocpp15Soap,
        "OCPP_16_JSON" => Protocol::Ocpp16Json,
        "OCPP_16" | "OCPP_16_SOAP" => Protocol::Ocpp16Soap,
        "OCPP_201_JSON" | "OCPP_201" => Protocol::Ocpp201Json,
        _ => Protocol::Other(word),
    }
}

fn currents(model: &mut StationModel, read: &Read<'_, '_>) -> bool {
    let (role, scope) = match (read.known.key.name, read.known.number) {
        ("MaxAvailableCurrent", _) => (Role::Installation, Scope::Network),
        ("PwmMinCurrentDefault", _) => (Role::Minimum, Scope::EachConnector),
        ("MaximumAsymmetricLoadCurrent", _) => (Role::Asymmetry, Scope::EachConnector),
        ("MaxCurrentSerial", Some(number)) => (Role::Hardware, Scope::Connector(number)),
        ("FailsafeCurrentSerial", Some(number)) => (Role::Disconnected, Scope::Connector(number)),
        _ => return false,
    };
    let off = |current: &Milliamps| role == Role::Asymmetry && *current == Milliamps(0);
    let setting = read.milliamps().filter(|setting| !off(&setting.value));
    model.currents.extend(setting.map(|setting| Current { role, scope, phases: None, line: None, setting }));
    true
}

fn authorization(model: &mut StationModel, read: &Read<'_, '_>) -> bool {
    let rules = &mut model.authorization;
    match read.known.key.name {
        "AuthorizationEnabled" => rules.required = read.flag(),
        "AuthorizationModeOnline" => rules.online = read.word(online_mode),
        "AuthorizationModeOffline" => rules.offline = read.word(offline_mode),
        "LocalPreAuthorize" => rules.local_pre_authorize = read.flag(),
        "LocalAuthorizeOffline" => rules.local_authorize_offline = read.flag(),
        "AllowOfflineTxForUnknownId" => rules.unknown_offline = read.flag(),
        "LocalAuthListEnabled" => rules.local_list = read.flag(),
        "DefaultTokenID" => rules.default_token = read.text(),
        "ResumeSessionAfterPowerCut" => rules.resume_after_power_cut = read.flag(),
        _ => return false,
    }
    true
}

fn online_mode(word: &str) -> Option<OnlineMode> {
    match word {
        "FirstLocal" => Some(OnlineMode::FirstLocal),
        "FirstOnline" => Some(OnlineMode::FirstOnline),
        "OnlyLocal" => Some(OnlineMode::OnlyLocal),
        _ => None,
    }
}

fn offline_mode(word: &str) -> Option<OfflineMode> {
    match word {
        "OfflineLocalUnknownAuthorization" => Some(OfflineMode::AllButBlocked),
        "OfflineLocalAuthorization" => Some(OfflineMode::ListedOnly),
        "OfflineNoAuthorization" => Some(OfflineMode::AllForNow),
        "OfflineNoCharging" => Some(OfflineMode::Nobody),
        "OfflineFreeCharging" => Some(OfflineMode::Free),
        _ => None,
    }
}

fn timings(model: &mut StationModel, read: &Read<'_, '_>) -> bool {
    let timings = &mut model.timings;
    let field = match read.known.key.name {
        "HeartBeatInterval" => &mut timings.heartbeat,
        "MeterValueSampleInterval" => &mut timings.meter_sample,
        "ClockAlignedDataInterval" => &mut timings.clock_aligned,
        "ConnectionTimeOut" => &mut timings.connection,
        "WebSocketPingInterval" => &mut timings.ping,
        "TransactionMessageRetryInterval" => &mut timings.transaction_retry,
        "TransactionMessageAttempts" => &mut timings.transaction_attempts,
        "MaxDurationChargingPause" => &mut timings.queue_rotation,
        _ => return false,
    };
    *field = read.number();
    true
}

fn meter(model: &mut StationModel, read: &Read<'_, '_>) {
    let Some(name) = read.known.key.name.strip_prefix("ExternalMeterHomegrid") else { return };
    let meter = model.meter_at(MeterPlace::Building);
    match name {
        "Configured" => meter.enabled = read.flag(),
        "IpAddress" => meter.host = read.text(),
        "Port" => meter.port = read.number(),
        "Provider" => meter.model = read.text(),
        "Unit" => meter.unit = read.number(),
        _ => {}
    }
}

/// Keys for stations beyond `AmountConnectors`: left over when a network shrinks.
pub(super) fn orphans(file: &File<'_>) -> Vec<Finding> {
    let Some(amount) = model(file).connectors else { return Vec::new() };
    let beyond = |number: u16| number > amount.value;
    let orphan = |(entry, known): (crate::document::Entry<'_>, Option<crate::profile::Known<'_>>)| {
        let number = known.and_then(|known| known.number).filter(|&number| beyond(number))?;
        let message = format!(
            "`{}` is for station {number}, but `AmountConnectors` in line {} is {}; delete it",
            entry.key, amount.origin.line, amount.value
        );
        Some(Finding::at(Check::Orphan, &entry, entry.key_span, message))
    };
    file.entries().filter_map(orphan).collect()
}
