//! A folder of parameters as a [`StationModel`].
//!
//! Confirmed by names and manual: operator current limit, free charging. All other file names are inferred
//! (see [`PROFILE`](super::PROFILE)). Readings worth knowing:
//!
//! - The order of limits is maker, installer, operator, each per connector. With one feed line the
//!   installation limit holds for the whole station (manual), and the feed line's capacity is the station's
//!   hardware limit.
//! - Sub-distribution and main limits are per supply line.
//! - `DisconnectedLimit` is what a slave may draw without its master.
//! - The number of connectors is 2 as soon as a parameter of a second connector is there; a single one is not
//!   stated by any parameter.
//! - `AllowChargingIfInDoubt` off is read as "listed cards only", on as "all for now".

use alloc::format;

use super::Folder;
use crate::profile::{Value, Vendor};
use crate::station::map::{self, Row, Slot, Written, words};
use crate::station::read::Read;
use crate::station::{
    FreeCharging, OfflineMode, Origin, PerConnector, Protocol, Role, Rotation, Scope, Setting, StationModel,
    UidForm, put,
};
use crate::units::Conductors;

use Slot::{Current, Flag, LineCurrent, Number, Rule, Short, Text, Voltage};

/// Parameter by parameter.
#[rustfmt::skip]
pub(crate) const MAP: &[Row] = &[
    ("FreeCharging_vehicleif", Rule { read: read_free, write: write_free }),
    ("FreeChargingMode_vehicleif", Rule { read: read_free_mode, write: write_free_mode }),
    ("FreeChargingTag_vehicleif", Text(|m| &mut m.authorization.default_token)),
    ("AllowChargingIfInDoubt_vehicleif", words!(IN_DOUBT, authorization.offline)),
    ("LocalPreAuthorize_ocpp", Flag(|m| &mut m.authorization.local_pre_authorize)),
    ("LocalAuthorizeOffline_ocpp", Flag(|m| &mut m.authorization.local_authorize_offline)),
    ("LocalWhitelistEnabled_fll", Flag(|m| &mut m.authorization.local_list)),
    ("OcppWhitelistEnabled_ocpp", Flag(|m| &mut m.authorization.cache)),
    ("RestartTransactionAfterPowerLoss_ocpp", Flag(|m| &mut m.authorization.resume_after_power_cut)),
    ("RfidTagCase_rfid", words!(UID_FORMS, authorization.uid_form)),
    ("NetworkMode_network", Rule { read: read_network, write: write_network }),
    ("StaticAddress_network", Text(|m| &mut m.network.address)),
    ("Netmask_network", Text(|m| &mut m.network.netmask)),
    ("Gateway_network", Text(|m| &mut m.network.gateway)),
    ("Dns_network", Text(|m| &mut m.network.dns)),
    ("ChargeBoxIdentity_ocpp", Text(|m| &mut m.back_end.identity)),
    ("OcppMode_ocpp", words!(PROTOCOLS, back_end.protocol)),
    ("WebsocketUrl_ocpp", Rule { read: read_url, write: |m| write_url(m, true) }),
    ("SoapUrl_ocpp", Rule { read: read_url, write: |m| write_url(m, false) }),
    ("HeartbeatInterval_ocpp", Number(|m| &mut m.timings.heartbeat)),
    ("MeterValueSampleInterval_ocpp", Number(|m| &mut m.timings.meter_sample)),
    ("ClockAlignedDataInterval_ocpp", Number(|m| &mut m.timings.clock_aligned)),
    ("VehicleConnectionTimeout_ocpp", Number(|m| &mut m.timings.connection)),
    ("WebsocketKeepAlive_ocpp", Number(|m| &mut m.timings.ping)),
    ("SupplyVoltage_vehicleif", Voltage(Conductors::LineNeutral)),
    ("ConnectedPhases_vehicleif", phases::<1>()),
    ("ConnectedPhases_2_vehicleif", phases::<2>()),
    ("PhaseRotation_vehicleif", rotation::<1>()),
    ("PhaseRotation_2_vehicleif", rotation::<2>()),
    ("MaximumCurrent_vehicleif", Current(Role::Hardware, Scope::Connector(1))),
    ("MaximumCurrent_2_vehicleif", Current(Role::Hardware, Scope::Connector(2))),
    ("InstallationCurrentLimit_vehicleif", Current(Role::Installation, Scope::Connector(1))),
    ("InstallationCurrentLimit_2_vehicleif", Current(Role::Installation, Scope::Connector(2))),
    ("OperatorCurrentLimit_vehicleif", Current(Role::Operator, Scope::Connector(1))),
    ("OperatorCurrentLimit_2_vehicleif", Current(Role::Operator, Scope::Connector(2))),
    ("FeedLineCapacity_energyman", Current(Role::Hardware, Scope::Station)),
    ("MinimumCurrentLimit_energyman", Current(Role::Minimum, Scope::EachConnector)),
    ("DisconnectedLimit_energyman", Current(Role::Disconnected, Scope::EachConnector)),
    ("EvseSubDistributionLimitL1_energyman", LineCurrent(Role::Installation, Scope::SubDistribution, 1)),
    ("EvseSubDistributionLimitL2_energyman", LineCurrent(Role::Installation, Scope::SubDistribution, 2)),
    ("EvseSubDistributionLimitL3_energyman", LineCurrent(Role::Installation, Scope::SubDistribution, 3)),
    ("OperatorSubDistributionLimitL1_energyman", LineCurrent(Role::Operator, Scope::SubDistribution, 1)),
    ("OperatorSubDistributionLimitL2_energyman", LineCurrent(Role::Operator, Scope::SubDistribution, 2)),
    ("OperatorSubDistributionLimitL3_energyman", LineCurrent(Role::Operator, Scope::SubDistribution, 3)),
    ("MainDistributionLimitL1_energyman", LineCurrent(Role::Installation, Scope::Main, 1)),
    ("MainDistributionLimitL2_energyman", LineCurrent(Role::Installation, Scope::Main, 2)),
    ("MainDistributionLimitL3_energyman", LineCurrent(Role::Installation, Scope::Main, 3)),
    ("ExternalMeter_energyman", Flag(|m| &mut m.meters.building.enabled)),
    ("SecondMeterType_meter", Text(|m| &mut m.meters.building.model)),
    ("SecondMeterAddress_meter", Text(|m| &mut m.meters.building.host)),
    ("SecondMeterPort_meter", Short(|m| &mut m.meters.building.port)),
];

const PROTOCOLS: &[(&str, Protocol)] = &[
    ("OCPP-S 1.5", Protocol::Ocpp15Soap),
    ("OCPP-S 1.6", Protocol::Ocpp16Soap),
    ("OCPP-J 1.6", Protocol::Ocpp16Json),
];

/// What a card in no list gets while the back end is silent.
const IN_DOUBT: &[(&str, OfflineMode)] = &[
    ("off", OfflineMode::ListedOnly),
    ("on", OfflineMode::AllForNow),
    ("immediately", OfflineMode::FreeOnPlug),
];

/// The six modes as the manual numbers them.
const FREE_MODES: &[(&str, FreeCharging)] = &[
    ("1", FreeCharging::NoOcpp),
    ("2", FreeCharging::StatusOnly { card: false }),
    ("3", FreeCharging::StatusOnly { card: true }),
    ("4", FreeCharging::FixedToken { card: true }),
    ("5", FreeCharging::FixedToken { card: false }),
    ("6", FreeCharging::AnyCard),
];

const UID_FORMS: &[(&str, UidForm)] = &[
    ("lower", UidForm { upper_case: false, reversed: false }),
    ("upper", UidForm { upper_case: true, reversed: false }),
    ("lower reversed", UidForm { upper_case: false, reversed: true }),
    ("upper reversed", UidForm { upper_case: true, reversed: true }),
];

const PHASES: &[(&str, u8)] = &[("3-phase", 3), ("1-phase", 1), ("1-phase IT", 1)];

pub(super) fn model(folder: &Folder<'_>) -> StationModel {
    let mut model = map::model(Vendor::Bender, MAP, folder.entries());
    let second =
        folder.entries().find(|(_, known)| known.is_some_and(|known| known.key.name.contains("_2_")));
    model.connectors = second.map(|(entry, _)| Setting { value: 2, origin: Origin::of(&entry) });
    take_url_of_mode(folder, &mut model);
    if folder.get("OneFeedLine_energyman") == Ok(Value::Bool(true)) {
        share_feed_line(&mut model);
    }
    model
}

/// Asks for an address, gives them out, or neither.
fn read_network(model: &mut StationModel, read: &Read<'_, '_>) {
    let network = &mut model.network;
    let mode = |wanted: &'static str| {
        read.word(move |word| ["auto", "manual", "DHCP server"].contains(&word).then_some(word == wanted))
    };
    (network.dhcp_client, network.dhcp_server) = (mode("auto"), mode("DHCP server"));
}

fn write_network(model: &StationModel) -> Option<Written> {
    let (client, server) = (&model.network.dhcp_client, &model.network.dhcp_server);
    let on = |setting: &Option<Setting<bool>>| setting.as_ref().is_some_and(|setting| setting.value);
    let word = if on(server) {
        "DHCP server"
    } else if on(client) {
        "auto"
    } else {
        return None;
    };
    let decided = if on(server) { server.as_ref() } else { client.as_ref() };
    decided.map(|setting| Written::of(setting, word))
}

/// There is an address for each transport; the one of the chosen mode counts, whichever file comes last.
fn take_url_of_mode(folder: &Folder<'_>, model: &mut StationModel) {
    let Some(protocol) = &model.back_end.protocol else { return };
    let name = if protocol.value.is_json() { "WebsocketUrl_ocpp" } else { "SoapUrl_ocpp" };
    let chosen = folder.entries().find(|(_, known)| known.is_some_and(|known| known.key.name == name));
    let Some((entry, Some(known))) = chosen else { return };
    if let Some(read) = Read::new(&entry, &known) {
        model.back_end.take_url(&read);
    }
}

/// With one feed line the installation limits of the connectors hold for the whole station.
fn share_feed_line(model: &mut StationModel) {
    for current in &mut model.currents {
        if current.role == Role::Installation && matches!(current.scope, Scope::Connector(_)) {
            current.scope = Scope::Station;
        }
    }
}

/// Two address fields exist; the one of the chosen mode is filled.
fn read_url(model: &mut StationModel, read: &Read<'_, '_>) {
    model.back_end.take_url(read);
}

fn write_url(model: &StationModel, json: bool) -> Option<Written> {
    let wanted = model.back_end.protocol.as_ref().is_none_or(|protocol| protocol.value.is_json());
    model.back_end.written_url().filter(|_| wanted == json)
}

/// The switch; a mode says more, whichever file comes first.
fn read_free(model: &mut StationModel, read: &Read<'_, '_>) {
    let Some(free) = read.flag() else { return };
    let rules = &mut model.authorization;
    if !free.value {
        rules.free_charging = Some(read.setting(FreeCharging::Off));
    } else if rules.free_charging.is_none() {
        rules.free_charging = Some(read.setting(FreeCharging::On));
    }
    rules.required = Some(free.map(|free| !free));
}

fn write_free(model: &StationModel) -> Option<Written> {
    let required = model.authorization.required.as_ref()?;
    Some(Written::of(required, if required.value { "off" } else { "on" }))
}

/// The mode, unless the switch says off.
fn read_free_mode(model: &mut StationModel, read: &Read<'_, '_>) {
    let rules = &mut model.authorization;
    let off = rules.free_charging.as_ref().is_some_and(|free| free.value == FreeCharging::Off);
    if !off {
        let mode = |(word, mode): &(&str, FreeCharging)| Some((word.parse().ok()?, *mode));
        let modes = |code| {
            FREE_MODES
                .iter()
                .filter_map(mode)
                .find_map(|(number, mode): (i64, _)| (number == code).then_some(mode))
        };
        rules.free_charging = read.code(modes);
    }
}

fn write_free_mode(model: &StationModel) -> Option<Written> {
    map::word(FREE_MODES, model.authorization.free_charging.as_ref())
}

/// Phases of a connector.
const fn phases<const CONNECTOR: u16>() -> Slot {
    Rule {
        read: |m, read| put(&mut m.phases, Some(CONNECTOR), read.word(|word| map::meaning(PHASES, word))),
        write: |m| map::word(PHASES, of_connector(&m.phases, CONNECTOR)),
    }
}

/// Wiring of a connector.
const fn rotation<const CONNECTOR: u16>() -> Slot {
    Rule {
        read: |m, read| put(&mut m.rotations, Some(CONNECTOR), read.word(Rotation::from_letters)),
        write: |m| {
            of_connector(&m.rotations, CONNECTOR)
                .map(|wiring| Written::of(wiring, format!("{}", wiring.value)))
        },
    }
}

/// The setting of a connector: its own, or for the first one the common one.
fn of_connector<T>(list: &[PerConnector<T>], connector: u16) -> Option<&Setting<T>> {
    let own = |item: &&PerConnector<T>| {
        item.connector == Some(connector) || (connector == 1 && item.connector.is_none())
    };
    list.iter().find(own).map(|item| &item.setting)
}
