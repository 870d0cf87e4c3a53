//! A configuration text as a [`StationModel`].
//!
//! Confirmed by the commissioning guide: current limits, degraded-mode set points and floors, voltage, OCPP
//! address, identity and periods. Inferred from names and from the values of one station: the meaning of
//! every code. Readings worth knowing:
//!
//! - `currentPH1` is taken as the hardware limit of each socket, `maxIntensitySocket` as the operator's,
//!   `maxIntensityStation` and `staticMaxIntensityCluster` as the installation limits of station and cluster,
//!   `iMaxStation` as the station's hardware limit.
//! - The floors (8 A on one phase, 14 A on three) are minimum currents: a set point below them acts as 0.
//! - `degradedModeSetPointMono` and `Tri` are the currents without energy manager.
//! - `voltageReference` is between lines (400 V).
//! - `authenticationMode` 1 is on and 0 off; `TerminalPhasesConnection` 1 is L1-L2-L3. Other codes give
//!   nothing.
//! - `ocppVersion` and the scheme of the address together tell SOAP from JSON.
//! - No key states the number of sockets.

use alloc::format;
use alloc::vec::Vec;

use crate::document::Entry;
use crate::file::File;
use crate::finding::{Check, Finding};
use crate::profile::{UNDEFINED, Value, Vendor};
use crate::station::map::{self, Row, Slot, Written, words};
use crate::station::read::Read;
use crate::station::{Protocol, Role, Rotation, Scope, StationModel, put};
use crate::units::Conductors;

use Slot::{Current, Flag, Number, PhaseCurrent, Rule, Small, Text, Voltage};

/// Key by key, in the order of the file.
#[rustfmt::skip]
pub(crate) const MAP: &[Row] = &[
    ("evChargeTimeout", Number(|m| &mut m.timings.connection)),
    ("dhcp", Flag(|m| &mut m.network.dhcp_client)),
    ("stationName", Text(|m| &mut m.name)),
    ("loadSheddingSetPoint", Current(Role::LoadShedding, Scope::EachConnector)),
    ("voltageReference", Voltage(Conductors::LineLine)),
    ("currentPH1", Current(Role::Hardware, Scope::EachConnector)),
    ("nbPhase", Rule { read: read_phases, write: write_phases }),
    ("maxIntensitySocket", Current(Role::Operator, Scope::EachConnector)),
    ("maxIntensityStation", Current(Role::Installation, Scope::Station)),
    ("HeadMeterType", Small(|m| &mut m.meters.building.code)),
    ("HeadMeterRTUAddress", Small(|m| &mut m.meters.building.unit)),
    ("StationMeterType", Small(|m| &mut m.meters.station.code)),
    ("StationMeterRTUAddress", Small(|m| &mut m.meters.station.unit)),
    ("AlternativeMeterType", Small(|m| &mut m.meters.alternative.code)),
    ("AlternativeMeterRTUAddress", Small(|m| &mut m.meters.alternative.unit)),
    ("TerminalPhasesConnection", Rule { read: read_rotation, write: write_rotation }),
    ("useAutoTimeManagement", Flag(|m| &mut m.time.automatic)),
    ("timeServerName", Text(|m| &mut m.time.server)),
    ("timezone", Text(|m| &mut m.time.zone)),
    ("degradedModeSetPointMono", PhaseCurrent(Role::Disconnected, Scope::EachConnector, 1)),
    ("degradedModeSetPointTri", PhaseCurrent(Role::Disconnected, Scope::EachConnector, 3)),
    ("monophasedLoadSheddingFloorValue", PhaseCurrent(Role::Minimum, Scope::EachConnector, 1)),
    ("triphasedLoadSheddingFloorValue", PhaseCurrent(Role::Minimum, Scope::EachConnector, 3)),
    ("homeUpstreamProtection", Current(Role::Installation, Scope::Main)),
    ("staticMaxIntensityCluster", Current(Role::Installation, Scope::Network)),
    ("loadSheddingPeriod", Number(|m| &mut m.timings.queue_rotation)),
    ("iMaxStation", Current(Role::Hardware, Scope::Station)),
    ("enableUnknownUser", Flag(|m| &mut m.authorization.unknown_offline)),
    ("rfidStatusTimeout", Number(|m| &mut m.authorization.timeout)),
    ("authenticationMode", Rule { read: read_mode, write: write_mode }),
    ("ocppVersion", words!(PROTOCOLS, back_end.protocol)),
    ("ocppCentralAddress", Rule { read: |m, read| m.back_end.take_url(read), write: |m| m.back_end.written_url() }),
    ("boxIdentity", Text(|m| &mut m.back_end.identity)),
    ("defaultIdTag", Text(|m| &mut m.authorization.default_token)),
    ("meterValueSampleInterval", Number(|m| &mut m.timings.meter_sample)),
    ("clockAlignedDataInterval", Number(|m| &mut m.timings.clock_aligned)),
    ("WebSocketPingInterval", Number(|m| &mut m.timings.ping)),
    ("MinimumStatusDuration", Number(|m| &mut m.timings.minimum_status)),
    ("TransactionMessageRetryInterval", Number(|m| &mut m.timings.transaction_retry)),
    ("TransactionMessageAttempts", Number(|m| &mut m.timings.transaction_attempts)),
    ("cacheListEnabled", Flag(|m| &mut m.authorization.cache)),
];

/// OCPP 1.5 has one word for both transports; which one it is follows from the address. 1.6 is JSON only.
const PROTOCOLS: &[(&str, Protocol)] =
    &[("1.6", Protocol::Ocpp16Json), ("1.5", Protocol::Ocpp15Json), ("1.5", Protocol::Ocpp15Soap)];

pub(super) fn model(file: &File<'_>) -> StationModel {
    let mut model = map::model(Vendor::Evlink, MAP, file.entries());
    let soap = model.back_end.websocket.as_ref().is_some_and(|websocket| !websocket.value);
    if let Some(protocol) = model.back_end.protocol.as_mut().filter(|_| soap) {
        protocol.value = protocol.value.over_soap();
    }
    model
}

/// Logins: section, key of the switch, key of the password.
const LOGINS: [(&str, &str, &str); 7] = [
    ("PROXY", "proxyAuthentication", "proxyPassword"),
    ("REPORT CHARGE LOGS", "SmtplAuthentication", "SmtplPassword"),
    ("REPORT ALARM", "AlarmAuthent", "AlarmPassword"),
    ("REPORT FTP", "FtpAuthent", "FtpPassword"),
    ("REPORT HTTP", "HttpAuthent", "HttpPassword"),
    ("REPORT HTTPS", "HttpsAuthent", "HttpsPassword"),
    ("SMTP", "authentication", "password"),
];

/// Logins that are switched on with the password nobody has set. Equal passwords have equal cipher text (annex A
/// prints six unset ones alike), so what two logins that are off have in common is the unset one.
pub(super) fn unset_passwords(file: &File<'_>) -> Vec<Finding> {
    let login = |(section, switch, password): (&str, &str, &str)| {
        let (entry, _) = file.entry(Some(section), password)?;
        let on = !matches!(file.get(Some(section), switch).ok()?, Value::Bool(false) | Value::Integer(0));
        (!entry.value.is_empty() && entry.value != UNDEFINED).then_some((on, entry))
    };
    let logins: Vec<_> = LOGINS.into_iter().filter_map(login).collect();
    let off = |cipher| logins.iter().filter(|(on, entry)| !on && entry.value == cipher).count();
    let unset = logins.iter().filter(|(on, entry)| *on && off(entry.value) > 1);
    let finding = |(_, entry): &(bool, Entry<'_>)| {
        let message = format!(
            "`{}` is the same as those of logins that are off, so nobody has set it; set one or switch the login off",
            entry.key
        );
        Finding::at(Check::DefaultPassword, entry, entry.value_span, message)
    };
    unset.map(finding).collect()
}

fn read_phases(model: &mut StationModel, read: &Read<'_, '_>) {
    put(&mut model.phases, None, read.number());
}

fn write_phases(model: &StationModel) -> Option<Written> {
    let first = model.phases.first()?;
    let alike = model.phases.iter().all(|phases| phases.setting.value == first.setting.value);
    let origins = model.phases.iter().map(|phases| phases.setting.origin.clone()).collect();
    alike.then(|| Written { origins, ..Written::of(&first.setting, format!("{}", first.setting.value)) })
}

fn read_rotation(model: &mut StationModel, read: &Read<'_, '_>) {
    put(&mut model.rotations, None, read.code(|code| (code == 1).then_some(Rotation::RST)));
}

fn write_rotation(model: &StationModel) -> Option<Written> {
    let first = model.rotations.first()?;
    let straight = model.rotations.iter().all(|wiring| wiring.setting.value == Rotation::RST);
    let origins = model.rotations.iter().map(|wiring| wiring.setting.origin.clone()).collect();
    straight.then(|| Written { origins, ..Written::of(&first.setting, "1") })
}

fn read_mode(model: &mut StationModel, read: &Read<'_, '_>) {
    model.authorization.required = read.code(|code| match code {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    });
}

fn write_mode(model: &StationModel) -> Option<Written> {
    model
        .authorization
        .required
        .as_ref()
        .map(|required| Written::of(required, if required.value { "1" } else { "0" }))
}
