//! The neutral model of each vendor's samples, with the key and line of every value.
#![cfg(feature = "alloc")]

use evkit_config_format::station::{
    FreeCharging, OfflineMode, OnlineMode, Protocol, Role, Rotation, Scope, Setting, StationModel, UidForm,
};
use evkit_config_format::units::{Conductors, Milliamps, SupplyVoltage};
use evkit_config_format::{bender, evlink, keba};

mod fixtures;

/// Value and origin of a setting, as the site prints it.
fn shown<T: core::fmt::Debug>(setting: Option<&Setting<T>>) -> String {
    setting.map_or("-".into(), |setting| format!("{:?} from {}", setting.value, setting.origin))
}

/// All currents as the site prints them.
fn currents(model: &StationModel) -> Vec<String> {
    let current = |current: &evkit_config_format::station::Current| {
        let phases = current.phases.map(|phases| format!(" for {phases} phases")).unwrap_or_default();
        let line = current.line.map(|line| format!(" on L{line}")).unwrap_or_default();
        let setting = &current.setting;
        format!(
            "{:?} {:?}{phases}{line}: {} from {}",
            current.role, current.scope, setting.value, setting.origin
        )
    };
    model.currents.iter().map(current).collect()
}

#[test]
fn keba_network() {
    let bytes = fixtures::read("keba-p30-10000001.conf");
    let model = keba::Config::parse(&bytes).station();
    assert_eq!(
        shown(model.back_end.identity.as_ref()),
        "\"DEPOT-NORD-01\" from [CONFIGURATION] ChargeBoxIdentity, line 2"
    );
    assert_eq!(shown(model.connectors.as_ref()), "3 from [CONFIGURATION] AmountConnectors, line 18");
    let serials: Vec<_> =
        model.serials.iter().map(|serial| (serial.connector, serial.setting.value.as_str())).collect();
    assert_eq!(serials, [(Some(1), "10000001"), (Some(2), "10000002"), (Some(3), "10000003")]);
    assert_eq!(model.back_end.url().as_deref(), Some("wss://ocpp.example.invalid:443/ocpp/depot"));
    assert_eq!(model.back_end.protocol.as_ref().map(|protocol| protocol.value), Some(Protocol::Ocpp16Json));
    assert_eq!(
        currents(&model),
        [
            "Disconnected Connector(1): 0 A from [CONFIGURATION] FailsafeCurrentSerial1, line 23",
            "Disconnected Connector(2): 6 A from [CONFIGURATION] FailsafeCurrentSerial2, line 24",
            "Disconnected Connector(3): 6 A from [CONFIGURATION] FailsafeCurrentSerial3, line 25",
            "Installation Network: 63 A from [LOADMANAGEMENT] MaxAvailableCurrent, line 31",
            "Minimum EachConnector: 6 A from [LOADMANAGEMENT] PwmMinCurrentDefault, line 33",
        ]
    );
    let rules = &model.authorization;
    assert_eq!(rules.required.as_ref().map(|required| required.value), Some(true));
    assert_eq!(rules.online.as_ref().map(|mode| mode.value), Some(OnlineMode::FirstLocal));
    assert_eq!(rules.offline.as_ref().map(|mode| mode.value), Some(OfflineMode::ListedOnly));
    assert_eq!(
        shown(rules.default_token.as_ref()),
        "\"predefinedTokenId\" from [CONFIGURATION] DefaultTokenID, line 8"
    );
    assert_eq!(shown(model.timings.ping.as_ref()), "240 from [CONFIGURATION] WebSocketPingInterval, line 17");
    assert_eq!(
        shown(model.timings.queue_rotation.as_ref()),
        "900 from [LOADMANAGEMENT] MaxDurationChargingPause, line 34"
    );
    let voltage = SupplyVoltage { volts: 230, between: Conductors::LineNeutral };
    assert_eq!(model.voltage.as_ref().map(|setting| setting.value), Some(voltage));
    assert_eq!(shown(model.name.as_ref()), "-");
}

#[test]
fn keba_rotations_and_phases() {
    let text = b"[CONFIGURATION]\nConnectorPhaseRotation=1.Rxx, 2.STR,3.NotApplicable,999.RST\n";
    let model = keba::Config::parse(text).station();
    let rotations: Vec<_> =
        model.rotations.iter().map(|r| (r.connector, r.setting.value.to_string())).collect();
    assert_eq!(rotations, [(Some(1), "Rxx".to_string()), (Some(2), "STR".to_string())]);
    let phases: Vec<_> = model.phases.iter().map(|phases| (phases.connector, phases.setting.value)).collect();
    assert_eq!(phases, [(Some(1), 1), (Some(2), 3)]);
}

#[test]
fn keba_asymmetry_of_zero_is_off() {
    let model = |amps| keba::Config::parse(amps).station().currents.len();
    assert_eq!(model(b"[L]\nMaximumAsymmetricLoadCurrent=0\n"), 0);
    assert_eq!(model(b"[L]\nMaximumAsymmetricLoadCurrent=16000\n"), 1);
}

#[test]
fn evlink_station() {
    let bytes = fixtures::read("evlink-all.cfg");
    let model = evlink::Config::parse(&bytes).station();
    assert_eq!(shown(model.name.as_ref()), "\"FG 00000 00 000 001\" from [FUNCTIONAL] stationName, line 30");
    assert_eq!(shown(model.connectors.as_ref()), "-", "no key states the number of sockets");
    assert_eq!(
        currents(&model),
        [
            "LoadShedding EachConnector: 0 A from [FUNCTIONAL] loadSheddingSetPoint, line 33",
            "Hardware EachConnector: 32 A from [ENERGY] currentPH1, line 37",
            "Operator EachConnector: 32 A from [ENERGY] maxIntensitySocket, line 39",
            "Installation Station: 64 A from [ENERGY] maxIntensityStation, line 40",
            "Disconnected EachConnector for 1 phases: 8 A from [EVLINK ENERGY] degradedModeSetPointMono, line 83",
            "Disconnected EachConnector for 3 phases: 14 A from [EVLINK ENERGY] degradedModeSetPointTri, line 84",
            "Minimum EachConnector for 1 phases: 8 A from [EVLINK ENERGY] monophasedLoadSheddingFloorValue, line 85",
            "Minimum EachConnector for 3 phases: 14 A from [EVLINK ENERGY] triphasedLoadSheddingFloorValue, line 86",
            "Installation Main: 32 A from [EVLINK ENERGY] homeUpstreamProtection, line 89",
            "Installation Network: 64 A from [ENERGY SHARING] staticMaxIntensityCluster, line 92",
            "Hardware Station: 64 A from [CURRENT MEASUREMENT] iMaxStation, line 108",
        ]
    );
    assert_eq!(model.connector_limit(2).map(|limit| limit.setting.value), Some(Milliamps(32_000)));
    assert_eq!(model.station_limit().map(|limit| limit.setting.value), Some(Milliamps(64_000)));
    assert_eq!(
        model.connector_current(Role::Disconnected, 1).map(|current| current.setting.value),
        Some(Milliamps(14_000)),
        "the three-phase one"
    );
    let phases: Vec<_> = model.phases.iter().map(|phases| (phases.connector, phases.setting.value)).collect();
    assert_eq!(phases, [(None, 3)]);
    assert_eq!(model.rotations.first().map(|rotation| rotation.setting.value), Some(Rotation::RST));
    assert_eq!(model.voltage.as_ref().map(|voltage| voltage.value.line_to_neutral()), Some(230));
    assert_eq!(shown(model.back_end.identity.as_ref()), "-", "UNDEFINED is no identity");
    assert_eq!(model.back_end.url(), None);
    assert_eq!(
        shown(model.authorization.timeout.as_ref()),
        "10 from [AUTHENTICATION] rfidStatusTimeout, line 115"
    );
    assert_eq!(shown(model.meters.station.code.as_ref()), "5 from [ENERGY] StationMeterType, line 47");
    assert_eq!(
        shown(model.timings.meter_sample.as_ref()),
        "900 from [OCPP] meterValueSampleInterval, line 138"
    );
}

#[test]
fn evlink_address_and_version_make_the_protocol() {
    let back_end = |address: &str| {
        let text = format!("[OCPP]\nocppVersion= 1.5\nocppCentralAddress={address}\n");
        evlink::Config::parse(text.as_bytes()).station().back_end
    };
    let json = back_end("wss://[2001:db8::1]:8443/a/b");
    assert_eq!(json.protocol.as_ref().map(|protocol| protocol.value), Some(Protocol::Ocpp15Json));
    assert_eq!(shown(json.host.as_ref()), "\"[2001:db8::1]\" from [OCPP] ocppCentralAddress, line 3");
    assert_eq!(json.port.as_ref().map(|port| port.value), Some(8443));
    assert_eq!(json.url().as_deref(), Some("wss://[2001:db8::1]:8443/a/b"));
    let soap = back_end("http://host");
    assert_eq!(soap.protocol.as_ref().map(|protocol| protocol.value), Some(Protocol::Ocpp15Soap));
    assert_eq!(
        (soap.url().as_deref(), soap.encrypted.map(|encrypted| encrypted.value)),
        (Some("http://host/"), Some(false))
    );
}

#[test]
fn bender_pair() {
    let files: [(&str, &[u8]); 16] = [
        ("ChargeBoxIdentity_ocpp", b"PAIR\n0 0\n"),
        ("WebsocketUrl_ocpp", b"ws://csms.example.invalid:9000/ocpp\n0 0\n"),
        ("OcppMode_ocpp", b"OCPP-J 1.6\n0 0\n"),
        ("MaximumCurrent_vehicleif", b"32\n0 0\n"),
        ("InstallationCurrentLimit_vehicleif", b"25\n0 0\n"),
        ("OperatorCurrentLimit_vehicleif", b"16\n0 0\n"),
        ("OperatorCurrentLimit_2_vehicleif", b"20\n0 0\n"),
        ("FeedLineCapacity_energyman", b"32\n0 0\n"),
        ("OneFeedLine_energyman", b"on\n0 0\n"),
        ("MainDistributionLimitL2_energyman", b"63\n0 0\n"),
        ("FreeChargingMode_vehicleif", b"5\n0 0\n"),
        ("FreeCharging_vehicleif", b"on\n0 0\n"),
        ("PhaseRotation_2_vehicleif", b"STR\n0 0\n"),
        ("ConnectedPhases_vehicleif", b"1-phase IT\n0 0\n"),
        ("RfidTagCase_rfid", b"upper reversed\n0 0\n"),
        ("AllowChargingIfInDoubt_vehicleif", b"immediately\n0 0\n"),
    ];
    let model = bender::Folder::parse(files).station();
    assert_eq!(shown(model.connectors.as_ref()), "2 from OperatorCurrentLimit_2_vehicleif");
    assert_eq!(
        currents(&model),
        [
            "Hardware Connector(1): 32 A from MaximumCurrent_vehicleif",
            "Installation Station: 25 A from InstallationCurrentLimit_vehicleif",
            "Operator Connector(1): 16 A from OperatorCurrentLimit_vehicleif",
            "Operator Connector(2): 20 A from OperatorCurrentLimit_2_vehicleif",
            "Hardware Station: 32 A from FeedLineCapacity_energyman",
            "Installation Main on L2: 63 A from MainDistributionLimitL2_energyman",
        ]
    );
    assert_eq!(model.connector_limit(2).map(|limit| limit.setting.value), Some(Milliamps(20_000)));
    assert_eq!(
        model.station_limit().map(|limit| (limit.role, limit.scope)),
        Some((Role::Installation, Scope::Station))
    );
    let rules = &model.authorization;
    assert_eq!(rules.required.as_ref().map(|required| required.value), Some(false));
    assert_eq!(
        rules.free_charging.as_ref().map(|free| free.value),
        Some(FreeCharging::FixedToken { card: false })
    );
    assert_eq!(
        rules.uid_form.as_ref().map(|form| form.value),
        Some(UidForm { upper_case: true, reversed: true })
    );
    assert_eq!(rules.offline.as_ref().map(|mode| mode.value), Some(OfflineMode::FreeOnPlug));
    assert_eq!(
        model.phases.first().map(|phases| (phases.connector, phases.setting.value)),
        Some((Some(1), 1))
    );
    assert_eq!(model.back_end.url().as_deref(), Some("ws://csms.example.invalid:9000/ocpp"));
}

#[test]
fn bender_free_charging_off_hides_the_mode() {
    for files in [
        ["FreeCharging_vehicleif", "FreeChargingMode_vehicleif"],
        ["FreeChargingMode_vehicleif", "FreeCharging_vehicleif"],
    ] {
        let content = |name: &str| if name.contains("Mode") { &b"3\n0 0\n"[..] } else { b"off\n0 0\n" };
        let model = bender::Folder::parse(files.map(|name| (name, content(name)))).station();
        assert_eq!(model.authorization.free_charging.map(|free| free.value), Some(FreeCharging::Off));
        assert_eq!(model.authorization.required.map(|required| required.value), Some(true));
    }
}

#[test]
fn wrong_values_are_left_out_and_the_last_of_duplicates_counts() {
    let text = b"[LOADMANAGEMENT]\nMaxAvailableCurrent=1\nMaxAvailableCurrent=32000\nNominalVoltage=high\n";
    let model = keba::Config::parse(text).station();
    assert_eq!(
        currents(&model),
        ["Installation Network: 32 A from [LOADMANAGEMENT] MaxAvailableCurrent, line 3"]
    );
    assert_eq!(model.voltage, None);
}
