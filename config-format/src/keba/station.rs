//! A `.conf` file as a [`StationModel`].
//!
//! Confirmed by the manuals: identity, back-end address, network limit, minimum current, voltage,
//! authorization switch, client serials. Inferred from key names and the values of one dump: all others.
//! Readings worth knowing:
//!
//! - `MaxAvailableCurrent` is the limit per phase of the whole charging network, not of one connector: role
//!   installation, scope network.
//! - `MaxCurrentSerialN` is taken as the hardware limit of station N, `FailsafeCurrentSerialN` as its current
//!   without master; 0 stops.
//! - `MaximumAsymmetricLoadCurrent` 0 means off and gives no current.
//! - The address is three keys; [`BackEnd::url`](crate::station::BackEnd::url) joins them.
//! - The number of phases follows from `ConnectorPhaseRotation` (`1.Rxx` is one phase); no key states it.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::document::Entry;
use crate::file::File;
use crate::finding::{Check, Finding};
use crate::profile::{Known, MOST_NUMBERED, Vendor};
use crate::station::map::{self, Row, Slot, Written, words};
use crate::station::read::Read;
use crate::station::{OfflineMode, OnlineMode, Protocol, Role, Rotation, Scope, StationModel, put};
use crate::units::Conductors;

use Slot::{Current, Flag, Number, NumberedCurrent, Rule, Serial, Short, Small, Text, Voltage};

/// Key by key, in the order of the file.
#[rustfmt::skip]
pub(crate) const MAP: &[Row] = &[
    ("ChargeBoxIdentity", Text(|m| &mut m.back_end.identity)),
    ("AuthorizationEnabled", Flag(|m| &mut m.authorization.required)),
    ("AuthorizationModeOnline", words!(ONLINE, authorization.online)),
    ("AuthorizationModeOffline", words!(OFFLINE, authorization.offline)),
    ("LocalPreAuthorize", Flag(|m| &mut m.authorization.local_pre_authorize)),
    ("LocalAuthorizeOffline", Flag(|m| &mut m.authorization.local_authorize_offline)),
    ("AllowOfflineTxForUnknownId", Flag(|m| &mut m.authorization.unknown_offline)),
    ("LocalAuthListEnabled", Flag(|m| &mut m.authorization.local_list)),
    ("DefaultTokenID", Text(|m| &mut m.authorization.default_token)),
    ("ResumeSessionAfterPowerCut", Flag(|m| &mut m.authorization.resume_after_power_cut)),
    ("SetSecureOutgoingConnection", Flag(|m| &mut m.back_end.encrypted)),
    ("HostConnectorType", Rule { read: read_protocol, write: write_protocol }),
    ("CentralSystemAddress", Text(|m| &mut m.back_end.host)),
    ("CentralSystemPort", Short(|m| &mut m.back_end.port)),
    ("CentralSystemPath", Text(|m| &mut m.back_end.path)),
    ("SecurityProfile", Small(|m| &mut m.back_end.security_profile)),
    ("HeartBeatInterval", Number(|m| &mut m.timings.heartbeat)),
    ("MeterValueSampleInterval", Number(|m| &mut m.timings.meter_sample)),
    ("ClockAlignedDataInterval", Number(|m| &mut m.timings.clock_aligned)),
    ("ConnectionTimeOut", Number(|m| &mut m.timings.connection)),
    ("WebSocketPingInterval", Number(|m| &mut m.timings.ping)),
    ("TransactionMessageRetryInterval", Number(|m| &mut m.timings.transaction_retry)),
    ("TransactionMessageAttempts", Number(|m| &mut m.timings.transaction_attempts)),
    ("TimeDateSyncMethod", words!(SYNC, time.automatic)),
    ("TimeZone", Text(|m| &mut m.time.zone)),
    ("AmountConnectors", Short(|m| &mut m.connectors)),
    ("Connect2ConnectorSerial", Serial),
    ("MaxCurrentSerial", NumberedCurrent(Role::Hardware)),
    ("FailsafeCurrentSerial", NumberedCurrent(Role::Disconnected)),
    ("ConnectorPhaseRotation", Rule { read: read_rotations, write: write_rotations }),
    ("MaxAvailableCurrent", Current(Role::Installation, Scope::Network)),
    ("NominalVoltage", Voltage(Conductors::LineNeutral)),
    ("PwmMinCurrentDefault", Current(Role::Minimum, Scope::EachConnector)),
    ("MaximumAsymmetricLoadCurrent", Current(Role::Asymmetry, Scope::EachConnector)),
    ("LocalDHCPSEnabled", Flag(|m| &mut m.network.dhcp_server)),
    ("MaxDurationChargingPause", Number(|m| &mut m.timings.queue_rotation)),
    ("ExternalMeterHomegridConfigured", Flag(|m| &mut m.meters.building.enabled)),
    ("ExternalMeterHomegridProvider", Text(|m| &mut m.meters.building.model)),
    ("ExternalMeterHomegridIpAddress", Text(|m| &mut m.meters.building.host)),
    ("ExternalMeterHomegridPort", Short(|m| &mut m.meters.building.port)),
    ("ExternalMeterHomegridUnit", Small(|m| &mut m.meters.building.unit)),
];

/// The one word seen; others are not known.
const SYNC: &[(&str, bool)] = &[("Automatic", true)];

const ONLINE: &[(&str, OnlineMode)] = &[
    ("FirstLocal", OnlineMode::FirstLocal),
    ("FirstOnline", OnlineMode::FirstOnline),
    ("OnlyLocal", OnlineMode::OnlyLocal),
];

const OFFLINE: &[(&str, OfflineMode)] = &[
    ("OfflineLocalUnknownAuthorization", OfflineMode::AllButBlocked),
    ("OfflineLocalAuthorization", OfflineMode::ListedOnly),
    ("OfflineNoAuthorization", OfflineMode::AllForNow),
    ("OfflineNoCharging", OfflineMode::Nobody),
    ("OfflineFreeCharging", OfflineMode::Free),
];

/// The first two words are proven, the others follow their pattern.
const PROTOCOLS: &[(&str, Protocol)] = &[
    ("OCPP_15", Protocol::Ocpp15Soap),
    ("OCPP_16_JSON", Protocol::Ocpp16Json),
    ("OCPP_16", Protocol::Ocpp16Soap),
    ("OCPP_201_JSON", Protocol::Ocpp201Json),
];

pub(super) fn model(file: &File<'_>) -> StationModel {
    map::model(Vendor::Keba, MAP, file.entries())
}

fn read_protocol(model: &mut StationModel, read: &Read<'_, '_>) {
    let known = |word: &str| map::meaning(PROTOCOLS, word).unwrap_or(Protocol::Other);
    model.back_end.protocol = read.word(|word| Some(known(word)));
}

fn write_protocol(model: &StationModel) -> Option<Written> {
    map::word(PROTOCOLS, model.back_end.protocol.as_ref())
}

/// `1.RST,2.STR`: one wiring per connector.
fn read_rotations(model: &mut StationModel, read: &Read<'_, '_>) {
    let Some(list) = read.text() else { return };
    for item in list.value.split(',') {
        let Some((number, letters)) = item.trim().split_once('.') else { continue };
        let number = number.parse().ok().filter(|&number| number <= MOST_NUMBERED);
        let (Some(_), Some(rotation)) = (number, Rotation::from_letters(letters)) else { continue };
        put(&mut model.rotations, number, Some(read.setting(rotation)));
        put(&mut model.phases, number, Some(read.setting(rotation.phases())));
    }
}

fn write_rotations(model: &StationModel) -> Option<Written> {
    let first = model.rotations.first()?;
    let item = |(index, wiring): (usize, &crate::station::PerConnector<Rotation>)| {
        let number = wiring.connector.map_or(index + 1, usize::from);
        format!("{number}.{}", wiring.setting.value)
    };
    let items: Vec<String> = model.rotations.iter().enumerate().map(item).collect();
    let origins = model.rotations.iter().map(|wiring| wiring.setting.origin.clone()).collect();
    Some(Written { origins, ..Written::of(&first.setting, items.join(",")) })
}

/// The DHCP server serves the clients of a master; a station without clients has no one to serve but those who have
/// a server already.
pub(super) fn lonely_server(model: &StationModel) -> Option<Finding> {
    let server = model.network.dhcp_server.as_ref().filter(|server| server.value)?;
    let amount = model.connectors.as_ref().filter(|amount| amount.value <= 1)?;
    let message = format!(
        "`{}` is for the master of a charging network, but `{}` in line {} is {}; beside another DHCP server it gives out the same addresses twice, set FALSE",
        server.origin.key, amount.origin.key, amount.origin.line, amount.value
    );
    Some(server.origin.finding(Check::DhcpServer, message))
}

/// Keys for stations beyond `AmountConnectors`: left over when a network shrinks.
pub(super) fn orphans(file: &File<'_>, model: &StationModel) -> Vec<Finding> {
    let Some(amount) = &model.connectors else { return Vec::new() };
    let (line, count) = (amount.origin.line, amount.value);
    let orphan = |(entry, known): (Entry<'_>, Option<Known<'_>>)| {
        let number = known?.number.filter(|&number| number > count)?;
        let message = format!(
            "`{}` is for station {number}, but `AmountConnectors` in line {line} is {count}; delete it",
            entry.key
        );
        Some(Finding::at(Check::Orphan, &entry, entry.key_span, message))
    };
    file.entries().filter_map(orphan).collect()
}
