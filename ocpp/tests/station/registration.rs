//! Introduction, heartbeats, and what is told about connectors.

use super::{Bare, tag};
use crate::world::World;
use evkit_ocpp::text::CiStr;
use evkit_ocpp::time::Instant;
use evkit_ocpp::v16::charge_point::{ActionError, Facts, Fault};
use evkit_ocpp::v16::keys::Key;
use evkit_ocpp::v16::{
    ChargePointErrorCode, ChargePointStatus as Status, MessageTrigger, Reason, RegistrationStatus,
    RemoteStartTransactionRequest, TriggerMessageRequest,
};

// ---- §4.2 BootNotification ----

#[test]
fn first_of_all_the_station_introduces_itself_and_then_tells_the_status_of_everything() {
    let world = World::online();
    assert_eq!(world.server.boots, 1);
    let all = [(0, Status::Available), (1, Status::Available), (2, Status::Available)];
    assert_eq!(world.server.status_log, all);
    assert!(world.station.events[0].starts_with("Registered { status: Accepted, interval: 300"));
    assert_eq!(world.station.session.setting(Key::HeartbeatInterval), 300);
}

#[test]
fn while_pending_only_triggered_messages_are_sent() {
    let mut world = World::new();
    world.server.registration = RegistrationStatus::Pending;
    world.connect();
    world.wait(10_000);
    assert!(world.server.status_log.is_empty());
    assert_eq!(world.station.session.authorize(world.station_now(), 1, tag("A")), Err(ActionError::Offline));
    let trigger = TriggerMessageRequest {
        requested_message: MessageTrigger::StatusNotification,
        connector_id: Some(1),
    };
    assert!(world.call(&trigger).contains("Accepted"));
    assert_eq!(world.server.status_log, [(1, Status::Available)]);
    let start = RemoteStartTransactionRequest {
        connector_id: Some(1),
        id_tag: CiStr::cut("A"),
        charging_profile: None,
    };
    assert!(world.call(&start).contains("Rejected"));
    // The interval of the answer is the pause before the next attempt.
    world.server.registration = RegistrationStatus::Accepted;
    world.wait(300_000);
    assert_eq!(world.server.boots, 2);
    assert_eq!(world.server.status_log.len(), 4);
}

#[test]
fn rejected_means_silence_for_the_interval() {
    let mut world = World::new();
    world.server.registration = RegistrationStatus::Rejected;
    world.connect();
    world.start(1);
    world.wait(299_000);
    assert_eq!((world.server.boots, world.server.status_log.len(), world.server.starts), (1, 0, 0));
    world.server.registration = RegistrationStatus::Accepted;
    world.wait(2_000);
    assert_eq!((world.server.boots, world.server.starts), (2, 1));
}

#[test]
fn boot_is_tried_again_when_nobody_answers() {
    let mut bare = Bare::new();
    assert_eq!(bare.sent(Instant::ZERO).len(), 1);
    let timeout = bare.session.poll_timeout().unwrap();
    assert_eq!(timeout, Instant::from_secs(30));
    bare.session.handle_timeout(timeout);
    assert_eq!(bare.sent(timeout), [""; 0]);
    let retry = bare.session.poll_timeout().unwrap();
    bare.session.handle_timeout(retry);
    assert!(bare.sent(retry)[0].contains("BootNotification"));
}

#[test]
fn over_a_new_connection_boot_goes_out_at_once() {
    let mut bare = Bare::new();
    assert_eq!(bare.sent(Instant::ZERO).len(), 1);
    // The new connection is there before the end of the old one was noticed.
    let now = Instant::from_secs(5);
    bare.session.handle_open(now);
    assert!(bare.sent(now)[0].contains("BootNotification"));
}

#[test]
fn an_interval_of_zero_leaves_the_choice_to_the_station() {
    let mut bare = Bare::new();
    let now = Instant::ZERO;
    bare.answer(now, r#"{"status":"Rejected","currentTime":"2026-01-01T00:00:00Z","interval":0}"#);
    assert_eq!(bare.sent(now), [""; 0]);
    assert_eq!(bare.session.poll_timeout(), Some(Instant::from_secs(30)));
}

// ---- §4.6 Heartbeat ----

#[test]
fn heartbeats_come_an_interval_after_the_last_answer_to_anything() {
    let mut bare = Bare::accepted();
    let due = bare.session.poll_timeout().unwrap();
    assert_eq!(due, Instant::from_secs(3600));
    // Another message before that postpones it.
    let fact = Facts { plugged: true, ..Facts::default() };
    let now = Instant::from_secs(3000);
    bare.session.report(now, 1, &fact).unwrap();
    bare.answer(now, "{}");
    assert_eq!(bare.session.poll_timeout(), Some(Instant::from_secs(6600)));
    assert_eq!(bare.sent(Instant::from_secs(6599)), [""; 0]);
    assert!(bare.sent(Instant::from_secs(6600))[0].contains("\"Heartbeat\",{}"));
}

#[test]
fn a_heartbeat_corrects_the_clock() {
    let mut bare = Bare::accepted();
    let now = Instant::from_secs(3600);
    bare.answer(now, r#"{"currentTime":"2026-01-01T02:00:00Z"}"#);
    assert_eq!(bare.session.utc(now).unwrap().to_string(), "2026-01-01 02:00:00 UTC");
}

// ---- §4.9 StatusNotification ----

#[test]
fn after_a_lost_connection_only_changes_are_told() {
    let mut world = World::online();
    world.server.status_log.clear();
    world.disconnect();
    world.start(1);
    world.stop(1, Reason::Local);
    world.start(2);
    world.wait(10_000);
    world.connect();
    world.wait(5_000);
    // Connector 2 charges: told directly, without what was in between.
    assert_eq!(world.server.status_log, [(2, Status::Charging)]);
}

#[test]
fn a_status_shorter_than_the_minimum_is_not_told() {
    let mut world = World::online();
    let now = world.station_now();
    world.station.session.set_setting(now, Key::MinimumStatusDuration, "10").unwrap();
    world.server.status_log.clear();
    world.report(1, true);
    world.wait(9_000);
    world.report(1, false);
    world.wait(20_000);
    assert!(world.server.status_log.is_empty());
    world.report(1, true);
    world.wait(11_000);
    assert_eq!(world.server.status_log, [(1, Status::Preparing)]);
}

#[test]
fn faults_are_told_with_code_and_maker_s_code() {
    let mut bare = Bare::accepted();
    let fault = Fault {
        code: ChargePointErrorCode::GroundFailure,
        blocking: true,
        vendor_code: "E17",
        info: "residual current",
    };
    let now = Instant::from_secs(60);
    bare.session.report(now, 1, &Facts { fault: Some(fault), ..Facts::default() }).unwrap();
    let frames = bare.sent(now);
    let wanted = r#"{"connectorId":1,"errorCode":"GroundFailure","info":"residual current","status":"Faulted","timestamp":"2026-01-01T00:01:00Z","vendorErrorCode":"E17"}"#;
    assert!(frames[0].contains(wanted), "{frames:?}");
    bare.session.report_station(now, Some(Fault { blocking: false, ..fault }));
    assert_eq!(bare.session.status(0), Some(Status::Available));
}
