//! Security events, and the progress of firmware.

use super::Bare;
use crate::world::World;
use evkit_ocpp::time::Instant;
use evkit_ocpp::v16::FirmwareStatus;
use evkit_ocpp::v16::charge_point::SecurityEvent;

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
