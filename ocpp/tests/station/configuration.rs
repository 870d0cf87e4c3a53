//! Availability, configuration keys, the local list: what the central system sets.

use super::change;
use crate::world::{World, identity};
use evkit_ocpp::list::List;
use evkit_ocpp::text::CiStr;
use evkit_ocpp::v16::charge_point::{self, ChargePoint};
use evkit_ocpp::v16::keys::Key;
use evkit_ocpp::v16::{
    AvailabilityType, ChangeAvailabilityRequest, ChargePointStatus as Status, GetConfigurationRequest,
    GetLocalListVersionRequest, Reason, SendLocalListRequest, UpdateType,
};

// ---- §5.2 ChangeAvailability ----

fn availability(connector_id: i64, kind: AvailabilityType) -> ChangeAvailabilityRequest {
    ChangeAvailabilityRequest { connector_id, kind }
}

#[test]
fn out_of_service_waits_for_the_end_of_the_transaction_and_survives_a_restart() {
    let mut world = World::online();
    world.start(1);
    let answer = world.call(&availability(0, AvailabilityType::Inoperative));
    assert!(answer.contains("Scheduled"), "{answer}");
    assert_eq!(world.station.session.status(1), Some(Status::Charging));
    assert_eq!(world.station.session.status(2), Some(Status::Unavailable));
    world.stop(1, Reason::Local);
    assert_eq!(world.station.session.status(1), Some(Status::Unavailable));
    world.restart_station();
    for connector in 0..=2 {
        assert_eq!(world.station.session.status(connector), Some(Status::Unavailable));
    }
    world.connect();
    world.wait(1_000);
    assert!(world.call(&availability(0, AvailabilityType::Operative)).contains("Accepted"));
    assert_eq!(world.station.session.status(1), Some(Status::Available));
    assert!(world.call(&availability(3, AvailabilityType::Operative)).contains("Rejected"));
    assert!(world.call(&availability(-1, AvailabilityType::Operative)).contains("Rejected"));
}

#[test]
fn a_scheduled_change_can_be_taken_back() {
    let mut world = World::online();
    world.start(1);
    assert!(world.call(&availability(1, AvailabilityType::Inoperative)).contains("Scheduled"));
    assert!(world.call(&availability(1, AvailabilityType::Operative)).contains("Accepted"));
    world.stop(1, Reason::Local);
    assert_eq!(world.station.session.status(1), Some(Status::Available));
}

// ---- §5.3, §5.8 configuration ----

#[test]
fn configuration_changes_are_judged_by_the_table() {
    let mut world = World::online();
    for (key, value, status) in [
        ("HeartbeatInterval", "60", "Accepted"),
        ("heartbeatINTERVAL", "61", "Accepted"),
        ("HeartbeatInterval", "-1", "Rejected"),
        ("HeartbeatInterval", "1.5", "Rejected"),
        ("HeartbeatInterval", "", "Rejected"),
        ("LocalPreAuthorize", "TRUE", "Accepted"),
        ("LocalPreAuthorize", "1", "Rejected"),
        ("NumberOfConnectors", "2", "Rejected"),
        ("SupportedFeatureProfiles", "Core", "Rejected"),
        ("MeterValuesSampledData", "Current.Import,Voltage.L1", "Accepted"),
        ("MeterValuesSampledData", "SoC", "Rejected"),
        ("NoSuchKey", "1", "NotSupported"),
    ] {
        let answer = change(&mut world, key, value);
        assert!(answer.contains(&format!("\"{status}\"")), "{key}={value}: {answer}");
    }
    assert_eq!(world.station.session.setting(Key::HeartbeatInterval), 61);
    assert!(world.station.events.iter().any(|event| event == "ConfigurationChanged(LocalPreAuthorize)"));
}

#[test]
fn changed_values_survive_a_restart() {
    let mut world = World::online();
    change(&mut world, "ConnectionTimeOut", "17");
    world.restart_station();
    assert_eq!(world.station.session.setting(Key::ConnectionTimeOut), 17);
}

/// What a station sets before it reads its journal is its default: what the central system set comes before it, and
/// the next start may have another one.
#[test]
fn a_kept_value_comes_before_the_default_of_a_start() {
    let mut world = World::online();
    let defaults = |world: &mut World, seconds: &str| {
        let mut session = ChargePoint::new(charge_point::Config::new(identity(), 7));
        for key in [Key::MeterValueSampleInterval, Key::ConnectionTimeOut] {
            session.set_setting(world.station_now(), key, seconds).unwrap();
        }
        world.station.session = session;
        world.settle();
        let setting = |key| world.station.session.setting(key);
        (setting(Key::MeterValueSampleInterval), setting(Key::ConnectionTimeOut))
    };
    change(&mut world, "ConnectionTimeOut", "17");
    assert_eq!(defaults(&mut world, "30"), (30, 17));
    assert_eq!(defaults(&mut world, "40"), (40, 17));
}

#[test]
fn all_keys_or_those_asked_for() {
    let mut world = World::online();
    let all = world.call(&GetConfigurationRequest { key: None });
    for part in [
        r#"{"key":"NumberOfConnectors","readonly":true,"value":"2"}"#,
        r#"{"key":"MeterValuesSampledData","readonly":false,"value":"Energy.Active.Import.Register"}"#,
        r#"{"key":"ConnectorPhaseRotation","readonly":false,"value":"1.RST,2.RST"}"#,
        r#"{"key":"OwnKey","readonly":true,"value":"\"7\""}"#,
        r#"{"key":"AuthorizationKey","readonly":false}"#,
        r#"{"key":"SupportedFileTransferProtocols","readonly":true}"#,
        r#""value":"Core,SmartCharging,Reservation,RemoteTrigger"}"#,
        r#""unknownKey":[]"#,
    ] {
        assert!(all.contains(part), "{part} in {all}");
    }
    assert_eq!(all.matches("ConnectorPhaseRotation\"").count(), 1);
    let keys = ["heartbeatinterval", "ownKEY", "What\"is this?"].map(CiStr::cut);
    let some = world.call(&GetConfigurationRequest { key: Some(List::new(&keys)) });
    assert_eq!(some.matches("\"key\"").count(), 2, "{some}");
    assert!(some.contains(r#""unknownKey":["What\"is this?"]"#), "{some}");
}

// ---- §5.10, §5.15 local list ----

#[test]
fn versions_of_the_local_list() {
    let mut world = World::online();
    let update = |list_version, update_type| SendLocalListRequest {
        list_version,
        local_authorization_list: None,
        update_type,
    };
    for (version, kind, status) in [
        (5, UpdateType::Full, "Accepted"),
        (5, UpdateType::Differential, "VersionMismatch"),
        (6, UpdateType::Differential, "Accepted"),
        (3, UpdateType::Full, "Accepted"),
        (0, UpdateType::Full, "Failed"),
        (-1, UpdateType::Full, "Failed"),
    ] {
        let answer = world.call(&update(version, kind));
        assert!(answer.contains(status), "{version} {kind}: {answer}");
    }
    world.restart_station();
    world.connect();
    world.wait(1_000);
    assert!(world.call(&GetLocalListVersionRequest {}).contains("{\"listVersion\":3}"));
    change(&mut world, "LocalAuthListEnabled", "false");
    assert!(world.call(&update(9, UpdateType::Full)).contains("NotSupported"));
}

#[test]
fn a_list_that_was_forgotten_has_no_version_after_a_restart_either() {
    let mut world = World::online();
    let full = SendLocalListRequest {
        list_version: 5,
        local_authorization_list: None,
        update_type: UpdateType::Full,
    };
    assert!(world.call(&full).contains("Accepted"));
    world.wait(1_000);
    assert!(world.station.session.is_local_list_kept());
    world.station.session.forget_local_list();
    assert_eq!(world.station.session.local_list_version(), 0);
    assert!(!world.station.session.is_local_list_kept());
    assert!(world.call(&GetLocalListVersionRequest {}).contains("{\"listVersion\":0}"));
    assert!(world.station.session.is_local_list_kept());
    world.restart_station();
    world.connect();
    world.wait(1_000);
    assert!(world.call(&GetLocalListVersionRequest {}).contains("{\"listVersion\":0}"));
}
