//! Configuration, local list, files and data (cases 019 to 021, 040 to 045, 062, 064, 070, 071).

use super::{change, online, set, status_of, told};
use crate::world::World;
use evkit_ocpp::list::List;
use evkit_ocpp::text::{CiStr, Str};
use evkit_ocpp::time::parse_utc;
use evkit_ocpp::v16::{
    AuthorizationData, AuthorizationStatus, DataTransferRequest, DiagnosticsStatus, FirmwareStatus,
    GetConfigurationRequest, GetDiagnosticsRequest, GetLocalListVersionRequest, IdTagInfo,
    SendLocalListRequest, UpdateFirmwareRequest, UpdateType,
};

#[test]
fn tc_019_1_cs() {
    let mut world = online();
    let answer = world.call(&GetConfigurationRequest { key: None });
    for key in ["HeartbeatInterval", "NumberOfConnectors", "OwnKey", "SupportedFeatureProfiles"] {
        assert!(answer.contains(&format!("\"{key}\"")), "{key}");
    }
}

#[test]
fn tc_019_2_cs() {
    let mut world = online();
    let keys = [CiStr::cut("HeartbeatInterval"), CiStr::cut("NoSuchKey")];
    let answer = world.call(&GetConfigurationRequest { key: Some(List::new(&keys)) });
    assert!(answer.contains(r#"[{"key":"HeartbeatInterval","readonly":false,"value":"300"}]"#), "{answer}");
    assert!(answer.contains(r#""unknownKey":["NoSuchKey"]"#), "{answer}");
}

#[test]
fn tc_021_cs() {
    let mut world = online();
    set(&mut world, "MeterValueSampleInterval", "30");
    let keys = [CiStr::cut("MeterValueSampleInterval")];
    let answer = world.call(&GetConfigurationRequest { key: Some(List::new(&keys)) });
    assert!(answer.contains(r#""value":"30""#), "{answer}");
}

#[test]
fn tc_040_1_cs() {
    assert_eq!(change(&mut online(), "NoSuchKey", "1"), "NotSupported");
}

#[test]
fn tc_040_2_cs() {
    assert_eq!(change(&mut online(), "MeterValueSampleInterval", "-1"), "Rejected");
}

// ---- local list ----

fn version(world: &mut World) -> i64 {
    let answer = world.call(&GetLocalListVersionRequest {});
    let frame: serde_json::Value = serde_json::from_str(&answer).unwrap();
    frame[2]["listVersion"].as_i64().unwrap()
}

fn send_list(world: &mut World, list_version: i64, update_type: UpdateType, tags: &[&str]) -> String {
    let entry = |tag| AuthorizationData {
        id_tag: CiStr::cut(tag),
        id_tag_info: Some(IdTagInfo {
            expiry_date: None,
            parent_id_tag: None,
            status: AuthorizationStatus::Accepted,
        }),
    };
    let entries: Vec<_> = tags.iter().map(|tag| entry(*tag)).collect();
    let request = SendLocalListRequest {
        list_version,
        local_authorization_list: Some(List::new(&entries)),
        update_type,
    };
    status_of(&world.call(&request))
}

#[test]
fn tc_042_1_cs() {
    let mut world = online();
    set(&mut world, "LocalAuthListEnabled", "false");
    assert_eq!(send_list(&mut world, 1, UpdateType::Full, &["A"]), "NotSupported");
}

#[test]
fn tc_042_2_cs() {
    assert_eq!(version(&mut online()), 0);
}

#[test]
fn tc_043_cs() {
    let mut world = online();
    assert_eq!(send_list(&mut world, 3, UpdateType::Full, &["A", "B"]), "Accepted");
    assert_eq!((version(&mut world), world.station.program.list.len()), (3, 2));
}

#[test]
fn tc_043_1_cs() {
    let mut world = online();
    set(&mut world, "LocalAuthListEnabled", "false");
    assert_eq!(send_list(&mut world, 2, UpdateType::Differential, &["A"]), "NotSupported");
}

#[test]
fn tc_043_2_cs() {
    let mut world = online();
    send_list(&mut world, 3, UpdateType::Full, &["A"]);
    assert_eq!(send_list(&mut world, 3, UpdateType::Differential, &["B"]), "VersionMismatch");
    assert_eq!((version(&mut world), world.station.program.list.len()), (3, 1));
}

#[test]
fn tc_043_3_cs() {
    let mut world = online();
    assert_eq!(send_list(&mut world, -1, UpdateType::Full, &["A"]), "Failed");
    assert_eq!(version(&mut world), 0);
}

#[test]
fn tc_043_5_cs() {
    let mut world = online();
    send_list(&mut world, 3, UpdateType::Full, &["A"]);
    assert_eq!(send_list(&mut world, 4, UpdateType::Differential, &["B"]), "Accepted");
    assert_eq!((version(&mut world), world.station.program.list.len()), (4, 2));
    // Over a restart, too.
    world.restart_station();
    world.connect();
    world.wait(5_000);
    assert_eq!(version(&mut world), 4);
}

// ---- firmware and diagnostics ----

fn firmware(steps: &[FirmwareStatus]) -> Vec<String> {
    let mut world = online();
    let request = UpdateFirmwareRequest {
        location: Str::cut("ftp://host/image"),
        retries: None,
        retrieve_date: parse_utc("2026-01-01T00:00:00Z").unwrap(),
        retry_interval: None,
    };
    assert!(world.call(&request).starts_with("[3,"));
    for step in steps {
        world.station.session.set_firmware_status(*step);
        world.settle();
        world.wait(1_000);
    }
    told(&mut world)
}

#[test]
fn tc_044_1_cs() {
    use FirmwareStatus::{Downloaded, Downloading, Installed, Installing};
    let told = firmware(&[Downloading, Downloaded, Installing, Installed]);
    assert_eq!(
        told,
        ["Downloading", "Downloaded", "Installing", "Installed"]
            .map(|status| format!("FirmwareStatusNotification {status}"))
    );
}

#[test]
fn tc_044_2_cs() {
    let told = firmware(&[FirmwareStatus::Downloading, FirmwareStatus::DownloadFailed]);
    assert_eq!(told[1], "FirmwareStatusNotification DownloadFailed");
}

#[test]
fn tc_044_3_cs() {
    let told = firmware(&[FirmwareStatus::Installing, FirmwareStatus::InstallationFailed]);
    assert_eq!(told[1], "FirmwareStatusNotification InstallationFailed");
}

fn diagnostics(end: DiagnosticsStatus) -> Vec<String> {
    let mut world = online();
    let request = GetDiagnosticsRequest {
        location: Str::cut("ftp://host/logs"),
        retries: None,
        retry_interval: None,
        start_time: None,
        stop_time: None,
    };
    assert!(world.call(&request).contains("log.txt"));
    for status in [DiagnosticsStatus::Uploading, end] {
        world.station.session.set_diagnostics_status(status);
        world.settle();
        world.wait(1_000);
    }
    told(&mut world)
}

#[test]
fn tc_045_1_cs() {
    let told = diagnostics(DiagnosticsStatus::Uploaded);
    assert_eq!(told, ["Uploading", "Uploaded"].map(|s| format!("DiagnosticsStatusNotification {s}")));
}

#[test]
fn tc_045_2_cs() {
    let told = diagnostics(DiagnosticsStatus::UploadFailed);
    assert_eq!(told[1], "DiagnosticsStatusNotification UploadFailed");
}

// ---- data transfer ----

#[test]
fn tc_062_cs() {
    let mut world = online();
    let request = DataTransferRequest { vendor_id: CiStr::cut("nobody"), message_id: None, data: None };
    assert_eq!(status_of(&world.call(&request)), "UnknownVendorId");
}

#[test]
fn tc_064_cs() {
    let mut world = online();
    let request = DataTransferRequest { vendor_id: CiStr::cut("Vendor"), message_id: None, data: None };
    world.station_call(&request);
    assert_eq!(told(&mut world), ["DataTransfer"]);
    assert!(world.station.events.iter().any(|event| event.starts_with("Answered { action: DataTransfer")));
}

// ---- meter values ----

#[test]
fn tc_070_cs() {
    let mut world = online();
    set(&mut world, "MeterValueSampleInterval", "10");
    world.plug(1);
    world.card(1, "A");
    world.wait(31_000);
    let told = told(&mut world);
    assert_eq!(told.iter().filter(|call| *call == "MeterValues").count(), 3, "{told:?}");
    assert_eq!(world.server.samples.len(), 3);
}

#[test]
fn tc_071_cs() {
    let mut world = online();
    set(&mut world, "MeterValueSampleInterval", "0");
    set(&mut world, "ClockAlignedDataInterval", "30");
    world.report(1, false);
    world.wait(1_000);
    told(&mut world);
    world.wait(61_000);
    let calls: Vec<_> = world.server.calls.iter().filter(|call| call.contains("\"MeterValues\"")).collect();
    assert_eq!(calls.len(), 2);
    assert!(calls.iter().all(|call| call.contains("Sample.Clock")));
}
