//! Security events, and the progress of firmware.

use super::Bare;
use crate::world::{World, identity};
use evkit_ocpp::time::Instant;
use evkit_ocpp::v16::charge_point::{self, ActionError, ChargePoint, Event, SecurityEvent};
use evkit_ocpp::v16::{FirmwareStatus, SignedFirmwareStatus, UploadLogStatus};

// ---- security white paper ----

#[test]
fn security_events_wait_for_the_central_system_over_a_restart() {
    let mut world = World::new();
    let now = world.station_now();
    world.station.session.security_event(now, SecurityEvent::TamperDetectionActivated, "lid").unwrap();
    world.settle();
    world.restart_station();
    let now = world.station_now();
    world.station.session.security_event(now, SecurityEvent::StartupOfTheDevice, "").unwrap();
    world.settle();
    world.connect();
    world.wait(5_000);
    let wanted = ["TamperDetectionActivated", "StartupOfTheDevice"];
    assert_eq!(world.server.security.as_deref().unwrap(), wanted);
    assert!(world.station.session.is_settled());
}

#[test]
fn what_the_central_system_does_not_have_holds_nothing_up() {
    let mut world = World::online();
    world.server.security = None;
    let now = world.station_now();
    world.station.session.security_event(now, SecurityEvent::ResetOrReboot, "").unwrap();
    world.settle();
    world.start(1);
    world.wait(1_000);
    assert_eq!(world.server.starts, 1);
    let given_up = world.station.events.iter().find(|event| event.starts_with("GivenUp")).unwrap();
    assert!(given_up.contains("SecurityEventNotification"), "{given_up}");
}

#[test]
fn without_the_extension_nothing_of_it_is_understood_or_said() {
    let (mut bare, now) =
        (Bare::with(charge_point::Config::new(identity(), 7)).accept(), Instant::from_secs(10));
    for (action, payload) in [
        ("GetLog", r#"{"log":{"remoteLocation":"ftp://x"},"logType":"SecurityLog","requestId":5}"#),
        ("ExtendedTriggerMessage", r#"{"requestedMessage":"LogStatusNotification"}"#),
        ("SignCertificate", r#"{"csr":"x"}"#),
    ] {
        let frame = format!(r#"[2,"1","{action}",{payload}]"#);
        assert!(matches!(bare.session.handle_frame(now, &frame), Ok(None)), "{action}");
        let answers = bare.sent(now);
        assert!(answers.len() == 1 && answers[0].starts_with(r#"[4,"1","NotSupported","#), "{answers:?}");
    }
    bare.session.set_log_status(UploadLogStatus::Uploading, Some(5));
    bare.session.set_signed_firmware_status(SignedFirmwareStatus::Downloading, Some(6));
    let refused = bare.session.security_event(now, SecurityEvent::MemoryExhaustion, "");
    assert_eq!(refused, Err(ActionError::NoSecurity));
    assert_eq!(bare.sent(now), [""; 0]);
}

#[test]
fn a_program_without_the_extension_drops_the_events_of_the_one_before() {
    let (mut bare, now) = (Bare::new(), Instant::from_secs(1));
    bare.session.security_event(now, SecurityEvent::FirmwareUpdated, "").unwrap();
    bare.store(now);
    bare.session = ChargePoint::new(charge_point::Config::new(identity(), 8));
    bare.store(now);
    assert!(matches!(bare.session.poll_event(), Some(Event::RecordsLost(1))));
    assert!(bare.session.is_settled());
}

// ---- firmware ----

#[test]
fn the_latest_progress_is_told() {
    let mut bare = Bare::accepted();
    for status in [FirmwareStatus::Downloading, FirmwareStatus::Downloaded] {
        bare.session.set_firmware_status(status);
    }
    let frames = bare.sent(Instant::ZERO);
    assert_eq!(frames.len(), 1);
    assert!(frames[0].contains("\"Downloaded\""), "{frames:?}");
    assert!(bare.session.is_progress_told());
    bare.session.set_firmware_status(FirmwareStatus::Installing);
    assert!(!bare.session.is_progress_told());
}
