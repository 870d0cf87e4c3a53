//! The security extension (cases 073 to 088; 086 and 087 are about TLS itself, see the tests of the `tokio` feature).

use super::{change, online, set, status_of, told};
use crate::world::World;
use evkit_ocpp::rpc::Trial;
use evkit_ocpp::rpc::handshake;
use evkit_ocpp::schema::Version;
use evkit_ocpp::text::Str;
use evkit_ocpp::time::parse_utc;
use evkit_ocpp::v16::charge_point::SecurityEvent;
use evkit_ocpp::v16::keys::Key;
use evkit_ocpp::v16::{
    CertificateHashData, CertificateSignedRequest, CertificateUse, DeleteCertificateRequest,
    ExtendedMessageTrigger, ExtendedTriggerMessageRequest, Firmware, GetInstalledCertificateIdsRequest,
    GetLogRequest, HashAlgorithm, InstallCertificateRequest, LogParameters, LogType, SignedFirmwareStatus,
    SignedUpdateFirmwareRequest, UploadLogStatus,
};

#[test]
fn tc_073_cs() {
    let mut world = online();
    assert_eq!(change(&mut world, "AuthorizationKey", "FEDCBA9876543210"), "Accepted");
    // The next connections use the new password; if none works, the old one does again.
    let password = &mut world.station.program.password;
    assert_eq!(password.current(), "FEDCBA9876543210");
    assert_eq!(password.failed(2), None);
    assert_eq!(password.failed(2).as_deref(), Some("FEDCBA9876543210"));
    assert_eq!(password.current(), "0123456789ABCDEF");
    password.propose("FEDCBA9876543210".to_owned());
    assert_eq!(password.succeeded().as_deref(), Some("0123456789ABCDEF"));
    assert_eq!(change(&mut world, "AuthorizationKey", "short"), "Rejected");
}

fn extended(world: &mut World, requested_message: ExtendedMessageTrigger) -> String {
    let request = ExtendedTriggerMessageRequest { requested_message, connector_id: None };
    let status = status_of(&world.call(&request));
    world.wait(1_000);
    status
}

#[test]
fn tc_074_cs() {
    let mut world = online();
    assert_eq!(extended(&mut world, ExtendedMessageTrigger::SignChargePointCertificate), "Accepted");
    assert_eq!(told(&mut world), ["SignCertificate"]);
    let request = CertificateSignedRequest { certificate_chain: Str::cut("CERT01") };
    assert_eq!(status_of(&world.call(&request)), "Accepted");
}

fn install(world: &mut World, certificate_type: CertificateUse, pem: &'static str) -> String {
    status_of(&world.call(&InstallCertificateRequest { certificate_type, certificate: Str::cut(pem) }))
}

fn installed(world: &mut World, certificate_type: CertificateUse) -> String {
    world.call(&GetInstalledCertificateIdsRequest { certificate_type })
}

fn installs(usage: CertificateUse) {
    let mut world = online();
    assert_eq!(status_of(&installed(&mut world, usage)), "NotFound");
    assert_eq!(install(&mut world, usage, "CERT01"), "Accepted");
    assert_eq!(install(&mut world, usage, "no certificate"), "Rejected");
    let answer = installed(&mut world, usage);
    assert!(answer.contains(r#""serialNumber":"01""#), "{answer}");
}

#[test]
fn tc_075_1_cs() {
    installs(CertificateUse::ManufacturerRootCertificate);
}

#[test]
fn tc_075_2_cs() {
    installs(CertificateUse::CentralSystemRootCertificate);
}

fn delete(world: &mut World, serial: &'static str) -> String {
    let certificate_hash_data = CertificateHashData {
        hash_algorithm: HashAlgorithm::Sha256,
        issuer_name_hash: Str::cut("AA"),
        issuer_key_hash: Str::cut("BB"),
        serial_number: Str::cut(serial),
    };
    status_of(&world.call(&DeleteCertificateRequest { certificate_hash_data }))
}

#[test]
fn tc_076_cs() {
    let mut world = online();
    let root = CertificateUse::CentralSystemRootCertificate;
    install(&mut world, root, "CERT01");
    install(&mut world, root, "CERT02");
    assert_eq!(delete(&mut world, "03"), "NotFound");
    assert_eq!(delete(&mut world, "01"), "Accepted");
    // The last one the connection depends on stays.
    world.station.session.set_highest_security_profile(2);
    assert_eq!(change(&mut world, "SecurityProfile", "2"), "RebootRequired");
    assert_eq!(delete(&mut world, "02"), "Failed");
    assert!(installed(&mut world, root).contains("02"));
}

fn security_event(world: &mut World, event: SecurityEvent) {
    let now = world.station_now();
    world.station.session.security_event(now, event, "").unwrap();
    world.settle();
    world.wait(1_000);
}

#[test]
fn tc_077_cs() {
    let mut world = online();
    let request = CertificateSignedRequest { certificate_chain: Str::cut("no certificate") };
    assert_eq!(status_of(&world.call(&request)), "Rejected");
    security_event(&mut world, SecurityEvent::InvalidChargePointCertificate);
    assert_eq!(told(&mut world), ["Security InvalidChargePointCertificate"]);
}

#[test]
fn tc_078_cs() {
    let mut world = online();
    let root = CertificateUse::CentralSystemRootCertificate;
    assert_eq!(install(&mut world, root, "no certificate"), "Rejected");
    security_event(&mut world, SecurityEvent::InvalidCentralSystemCertificate);
    assert_eq!(told(&mut world), ["Security InvalidCentralSystemCertificate"]);
}

#[test]
fn tc_079_cs() {
    let mut world = online();
    let request = GetLogRequest {
        log: LogParameters {
            remote_location: Str::cut("https://host/logs"),
            oldest_timestamp: None,
            latest_timestamp: None,
        },
        log_type: LogType::SecurityLog,
        request_id: 5,
        retries: None,
        retry_interval: None,
    };
    assert_eq!(status_of(&world.call(&request)), "Accepted");
    for status in [UploadLogStatus::Uploading, UploadLogStatus::Uploaded] {
        world.station.session.set_log_status(status, Some(5));
        world.settle();
        world.wait(1_000);
    }
    assert!(world.server.calls.iter().all(|call| call.contains("\"requestId\":5")));
    assert_eq!(told(&mut world), ["LogStatusNotification Uploading", "LogStatusNotification Uploaded"]);
}

fn signed_update(signing: &'static str, steps: &[SignedFirmwareStatus]) -> (String, Vec<String>) {
    let mut world = online();
    let request = SignedUpdateFirmwareRequest {
        retries: None,
        retry_interval: None,
        request_id: 6,
        firmware: Firmware {
            location: Str::cut("https://host/image"),
            retrieve_date_time: parse_utc("2026-01-01T00:00:00Z").unwrap(),
            install_date_time: None,
            signing_certificate: Str::cut(signing),
            signature: Str::cut("AAAA"),
        },
    };
    let status = status_of(&world.call(&request));
    for step in steps {
        world.station.session.set_signed_firmware_status(*step, Some(6));
        world.settle();
        world.wait(1_000);
    }
    let short = |call: String| call.replace("SignedFirmwareStatusNotification ", "");
    (status, told(&mut world).into_iter().map(short).collect())
}

#[test]
fn tc_080_cs() {
    use SignedFirmwareStatus::{Downloaded, Downloading, Installed, Installing, SignatureVerified};
    let steps = [Downloading, Downloaded, SignatureVerified, Installing, Installed];
    let (status, told) = signed_update("CERT09", &steps);
    assert_eq!(status, "Accepted");
    assert_eq!(told, steps.map(|step| step.to_string()));
}

#[test]
fn tc_081_cs() {
    use SignedFirmwareStatus::{Downloaded, Downloading, InvalidSignature};
    let (_, told) = signed_update("CERT09", &[Downloading, Downloaded, InvalidSignature]);
    assert_eq!(told.last().map(String::as_str), Some("InvalidSignature"));
    assert_eq!(signed_update("no certificate", &[]).0, "InvalidCertificate");
}

/// The extended trigger means the signed form of the firmware status.
#[test]
fn tc_082_trigger_cs() {
    for (message, call) in [
        (ExtendedMessageTrigger::BootNotification, "BootNotification"),
        (ExtendedMessageTrigger::LogStatusNotification, "LogStatusNotification Idle"),
        (ExtendedMessageTrigger::FirmwareStatusNotification, "SignedFirmwareStatusNotification Idle"),
        (ExtendedMessageTrigger::Heartbeat, "Heartbeat"),
        (ExtendedMessageTrigger::StatusNotification, "0 Available"),
    ] {
        let mut world = online();
        assert_eq!(extended(&mut world, message), "Accepted");
        assert_eq!(told(&mut world)[0], call, "{message}");
    }
}

#[test]
fn tc_083_cs() {
    let mut world = online();
    world.station.session.set_highest_security_profile(1);
    assert_eq!(change(&mut world, "SecurityProfile", "1"), "RebootRequired");
    let profile = world.station.session.setting(Key::SecurityProfile);
    // The next connections try it; if none works, the profile before does.
    let mut trial = Trial::new(0);
    trial.propose(profile);
    assert_eq!(trial.failed(1), Some(1));
    let now = world.station_now();
    world.station.session.set_setting(now, Key::SecurityProfile, &trial.current().to_string()).unwrap();
    world.settle();
    world.restart_station();
    assert_eq!(world.station.session.setting(Key::SecurityProfile), 0);
}

/// Without what a profile needs it is not taken; and it never sinks.
#[test]
fn tc_084_cs() {
    let mut world = online();
    assert_eq!(change(&mut world, "SecurityProfile", "1"), "Rejected");
    world.station.session.set_highest_security_profile(2);
    assert_eq!(change(&mut world, "SecurityProfile", "3"), "Rejected");
    assert_eq!(change(&mut world, "SecurityProfile", "2"), "RebootRequired");
    assert_eq!(change(&mut world, "SecurityProfile", "1"), "Rejected");
    set(&mut world, "HeartbeatInterval", "60");
}

#[test]
fn tc_085_cs() {
    let mut buffer = [0; 128];
    let header = handshake::basic_credentials("CP1", b"0123456789ABCDEF", &mut buffer).unwrap();
    let mut buffer = [0; 128];
    let credentials = handshake::Credentials::parse(header, &mut buffer).unwrap();
    assert!(credentials.matches("CP1", b"0123456789ABCDEF"));
    assert!(!credentials.matches("CP1", b"0123456789ABCDEE"));
}

#[test]
fn tc_088_cs() {
    assert_eq!(handshake::select_subprotocol("ocpp2.0.1, ocpp1.6", &[Version::V16]), Some(Version::V16));
    assert_eq!(handshake::select_subprotocol("ocpp1.5", &[Version::V16]), None);
}
