//! Boot, sessions, cache, resets of power, offline behaviour (cases 001 to 009, 023 to 024, 032 to 039, 061, 068, 069).

use super::{change, online, set, told};
use crate::world::World;
use evkit_ocpp::text::CiStr;
use evkit_ocpp::v16::charge_point::{Entry, Facts, Fault};
use evkit_ocpp::v16::{
    AuthorizationStatus, AvailabilityType, ChangeAvailabilityRequest, ChargePointErrorCode,
    ChargePointStatus as Status, ClearCacheRequest, MessageTrigger, RegistrationStatus,
    RemoteStartTransactionRequest, TriggerMessageRequest,
};

const VALID: Entry = Entry { status: AuthorizationStatus::Accepted, expiry: None };

#[test]
fn tc_001_cs() {
    let mut world = World::online();
    assert_eq!(told(&mut world), ["BootNotification", "0 Available", "1 Available", "2 Available"]);
    // Nothing else for an interval: then a heartbeat.
    world.wait(310_000);
    assert_eq!(told(&mut world), ["Heartbeat"]);
}

#[test]
fn tc_002_cs() {
    let mut world = World::new();
    world.server.registration = RegistrationStatus::Pending;
    world.connect();
    world.wait(10_000);
    assert_eq!(told(&mut world), ["BootNotification"]);
    // While pending it answers, and sends what it is triggered to.
    let trigger = |requested_message| TriggerMessageRequest { requested_message, connector_id: None };
    world.server.registration = RegistrationStatus::Accepted;
    assert!(world.call(&trigger(MessageTrigger::BootNotification)).contains("Accepted"));
    world.wait(1_000);
    assert_eq!(told(&mut world), ["BootNotification", "0 Available", "1 Available", "2 Available"]);
}

#[test]
fn tc_003_cs() {
    let mut world = online();
    world.plug(1);
    world.wait(100);
    world.card(1, "A");
    world.wait(1_000);
    assert_eq!(told(&mut world), ["1 Preparing", "Authorize A", "Start 1 A", "1 Charging"]);
    world.draw(1, 500);
    world.card(1, "A");
    world.wait(1_000);
    assert_eq!(told(&mut world), ["Stop Local A", "1 Finishing"]);
    world.unplug(1);
    world.wait(1_000);
    assert_eq!(told(&mut world), ["1 Available"]);
    world.check_books();
}

#[test]
fn tc_004_1_cs() {
    let mut world = online();
    world.card(1, "A");
    world.wait(1_000);
    assert_eq!(told(&mut world), ["Authorize A", "1 Preparing"]);
    world.plug(1);
    world.wait(1_000);
    assert_eq!(told(&mut world), ["Start 1 A", "1 Charging"]);
}

#[test]
fn tc_004_2_cs() {
    let mut world = online();
    set(&mut world, "ConnectionTimeOut", "20");
    world.card(1, "A");
    world.wait(19_000);
    assert_eq!(told(&mut world), ["Authorize A", "1 Preparing"]);
    world.wait(2_000);
    assert_eq!(told(&mut world), ["1 Available"]);
}

fn charging() -> World {
    let mut world = online();
    world.plug(1);
    world.card(1, "A");
    world.wait(1_000);
    told(&mut world);
    world
}

/// A cable pulled at the vehicle ends the transaction; whether the lock opens is the mechanism's.
#[test]
fn tc_005_1_cs() {
    let mut world = charging();
    set(&mut world, "StopTransactionOnEVSideDisconnect", "true");
    set(&mut world, "UnlockConnectorOnEVSideDisconnect", "true");
    world.unplug(1);
    world.wait(1_000);
    assert_eq!(told(&mut world), ["Stop EVDisconnected", "1 Available"]);
}

#[test]
fn tc_005_2_cs() {
    let mut world = charging();
    set(&mut world, "StopTransactionOnEVSideDisconnect", "true");
    set(&mut world, "UnlockConnectorOnEVSideDisconnect", "false");
    world.unplug(1);
    world.wait(1_000);
    assert_eq!(told(&mut world), ["Stop EVDisconnected", "1 Available"]);
}

#[test]
fn tc_005_3_cs() {
    let mut world = charging();
    set(&mut world, "StopTransactionOnEVSideDisconnect", "false");
    world.unplug(1);
    world.wait(1_000);
    // The transaction goes on without energy; plugging in again lets it charge.
    assert_eq!(told(&mut world), ["1 SuspendedEVSE"]);
    world.plug(1);
    world.wait(1_000);
    assert_eq!(told(&mut world), ["1 Charging"]);
    world.card(1, "A");
    world.wait(1_000);
    assert_eq!(told(&mut world)[0], "Stop Local A");
}

#[test]
fn tc_007_cs() {
    let mut world = online();
    set(&mut world, "AuthorizationCacheEnabled", "true");
    set(&mut world, "LocalPreAuthorize", "true");
    world.station.program.cache.insert("A".to_owned(), VALID);
    world.plug(1);
    world.card(1, "A");
    world.wait(1_000);
    // Nobody is asked.
    assert_eq!(told(&mut world), ["1 Preparing", "Start 1 A", "1 Charging"]);
}

#[test]
fn tc_008_cs() {
    let mut world = online();
    set(&mut world, "LocalAuthListEnabled", "true");
    set(&mut world, "LocalPreAuthorize", "true");
    world.station.program.list.insert("A".to_owned(), VALID);
    world.plug(1);
    world.card(1, "a");
    world.wait(1_000);
    assert_eq!(told(&mut world), ["1 Preparing", "Start 1 a", "1 Charging"]);
}

fn refused_with(status: AuthorizationStatus) {
    let mut world = online();
    world.server.id_tag_status = status;
    world.plug(1);
    world.wait(100);
    world.card(1, "A");
    world.wait(1_000);
    assert_eq!(told(&mut world), ["1 Preparing", "Authorize A"]);
    assert!(world.station.session.transaction(1).is_none());
}

#[test]
fn tc_023_cs() {
    refused_with(AuthorizationStatus::Invalid);
}

#[test]
fn tc_023_2_cs() {
    refused_with(AuthorizationStatus::Expired);
}

#[test]
fn tc_023_3_cs() {
    refused_with(AuthorizationStatus::Blocked);
}

fn report_fault(world: &mut World, fault: Option<Fault>) {
    let now = world.station_now();
    let facts = Facts { plugged: true, fault, ..Facts::default() };
    world.station.session.report(now, 1, &facts).unwrap();
    world.settle();
    world.wait(1_000);
}

/// The lock does not close: a fault, and no transaction.
#[test]
fn tc_024_cs() {
    let mut world = online();
    let fault = Fault {
        code: ChargePointErrorCode::ConnectorLockFailure,
        blocking: true,
        vendor_code: "",
        info: "lock",
    };
    report_fault(&mut world, Some(fault));
    let last = world.server.calls.last().unwrap().clone();
    assert!(last.contains("\"ConnectorLockFailure\"") && last.contains("\"Faulted\""), "{last}");
    assert!(world.station.session.transaction(1).is_none());
}

#[test]
fn tc_032_1_cs() {
    let mut world = charging();
    // Told of the failing supply in time.
    world.end(1, evkit_ocpp::v16::Reason::PowerLoss, None);
    world.restart_station();
    world.connect();
    world.wait(5_000);
    assert_eq!(told(&mut world)[..2], ["BootNotification", "Stop PowerLoss"]);
    world.check_books();
}

#[test]
fn tc_032_2_cs() {
    let mut world = charging();
    world.restart_station();
    world.connect();
    world.wait(5_000);
    let told = told(&mut world);
    assert_eq!(told[..2], ["BootNotification", "Stop PowerLoss"]);
    assert_eq!(told.iter().filter(|call| call.starts_with("Stop")).count(), 1);
    world.check_books();
}

#[test]
fn tc_034_cs() {
    let mut world = online();
    let request = ChangeAvailabilityRequest { connector_id: 1, kind: AvailabilityType::Inoperative };
    assert!(world.call(&request).contains("Accepted"));
    world.wait(1_000);
    assert_eq!(told(&mut world), ["1 Unavailable"]);
    world.restart_station();
    world.connect();
    world.wait(5_000);
    assert_eq!(told(&mut world), ["BootNotification", "0 Available", "1 Unavailable", "2 Available"]);
}

#[test]
fn tc_036_cs() {
    let mut world = charging();
    world.disconnect();
    world.draw(1, 700);
    world.wait(125_000);
    assert_eq!(world.station.session.status(1), Some(Status::Charging));
    world.connect();
    world.wait(5_000);
    // What was measured meanwhile arrives, in order; the transaction has gone on.
    assert_eq!(told(&mut world), ["MeterValues", "MeterValues"]);
    world.card(1, "A");
    world.wait(1_000);
    assert_eq!(told(&mut world), ["Stop Local A", "1 Finishing"]);
    world.check_books();
}

/// A session that begins without a connection, by an identifier that turns out to be `status`.
fn offline_start(status: AuthorizationStatus, stop_on_invalid: &str) -> World {
    let mut world = online();
    set(&mut world, "AllowOfflineTxForUnknownId", "true");
    set(&mut world, "StopTransactionOnInvalidId", stop_on_invalid);
    set(&mut world, "MaxEnergyOnInvalidId", "100");
    world.server.id_tag_status = status;
    world.disconnect();
    world.plug(1);
    world.card(1, "A");
    assert!(world.station.session.transaction(1).is_some());
    world.connect();
    world.wait(5_000);
    world
}

#[test]
fn tc_037_1_cs() {
    let mut world = offline_start(AuthorizationStatus::Accepted, "true");
    assert_eq!(told(&mut world), ["Start 1 A", "1 Charging"]);
}

#[test]
fn tc_037_2_cs() {
    let mut world = offline_start(AuthorizationStatus::Invalid, "false");
    assert_eq!(told(&mut world), ["Start 1 A", "1 Charging"]);
    // It may go on for a little while.
    world.draw(1, 99);
    world.wait(1_000);
    assert!(told(&mut world).is_empty());
    world.draw(1, 1);
    world.wait(1_000);
    assert_eq!(told(&mut world), ["Stop DeAuthorized", "1 Finishing"]);
}

#[test]
fn tc_037_3_cs() {
    let mut world = offline_start(AuthorizationStatus::Invalid, "true");
    let told = told(&mut world);
    assert_eq!(told[..2], ["Start 1 A", "Stop DeAuthorized"]);
}

#[test]
fn tc_038_cs() {
    let mut world = charging();
    world.disconnect();
    world.draw(1, 300);
    world.card(1, "A");
    world.unplug(1);
    world.wait(30_000);
    world.connect();
    world.wait(5_000);
    // The status is what it was when the connection ended, so only the transaction is told.
    let told = told(&mut world);
    assert_eq!(told[0], "Stop Local A");
    world.check_books();
}

#[test]
fn tc_039_cs() {
    let mut world = online();
    set(&mut world, "AllowOfflineTxForUnknownId", "true");
    world.disconnect();
    world.plug(1);
    world.card(1, "A");
    world.draw(1, 1234);
    world.wait(60_000);
    world.card(1, "A");
    world.unplug(1);
    // Even a loss of power in between changes nothing.
    world.restart_station();
    world.wait(60_000);
    world.connect();
    world.wait(5_000);
    let told = told(&mut world);
    assert_eq!(told[..4], ["BootNotification", "Start 1 A", "MeterValues", "Stop Local A"]);
    world.check_books();
}

#[test]
fn tc_041_cs() {
    let mut world = online();
    let fault = Fault {
        code: ChargePointErrorCode::GroundFailure,
        blocking: true,
        vendor_code: "RCD",
        info: "residual current",
    };
    report_fault(&mut world, Some(fault));
    assert_eq!(world.station.session.status(1), Some(Status::Faulted));
    report_fault(&mut world, None);
    // Back to what it was before.
    assert_eq!(told(&mut world), ["1 Faulted", "1 Preparing"]);
}

#[test]
fn tc_061_cs() {
    let mut world = online();
    set(&mut world, "AuthorizationCacheEnabled", "true");
    set(&mut world, "LocalPreAuthorize", "true");
    world.station.program.cache.insert("A".to_owned(), VALID);
    assert!(world.call(&ClearCacheRequest {}).contains("Accepted"));
    world.server.id_tag_status = AuthorizationStatus::Invalid;
    world.plug(1);
    world.wait(100);
    world.card(1, "A");
    world.wait(1_000);
    assert_eq!(told(&mut world), ["1 Preparing", "Authorize A"]);
    assert_eq!(change(&mut world, "AuthorizationCacheEnabled", "false"), "Accepted");
    assert!(world.call(&ClearCacheRequest {}).contains("Rejected"));
}

#[test]
fn tc_068_cs() {
    let mut world = charging();
    // Somebody else's card changes nothing, the same one in other letters stops.
    world.card(1, "B");
    world.wait(1_000);
    assert!(told(&mut world).is_empty());
    world.card(1, "a");
    world.wait(1_000);
    assert_eq!(told(&mut world)[0], "Stop Local a");
}

#[test]
fn tc_069_cs() {
    let mut world = charging();
    world.server.parent = Some("GROUP");
    world.card(1, "B");
    world.wait(1_000);
    assert_eq!(told(&mut world)[0], "Stop Local B");
}

/// The rules of §3.5 that no case above plays.
#[test]
fn permission_follows_list_cache_and_keys() {
    use evkit_ocpp::v16::charge_point::Permission::{Ask, Denied, Granted};
    let mut world = online();
    let blocked = Entry { status: AuthorizationStatus::Blocked, ..VALID };
    let now = world.station_now();
    let expired = Entry { expiry: world.station.session.utc(now), ..VALID };
    set(&mut world, "AuthorizationCacheEnabled", "true");
    let ask =
        |world: &World, listed, cached| world.station.session.permission(world.station_now(), listed, cached);
    assert_eq!(ask(&world, Some(VALID), None), Ask);
    set(&mut world, "LocalPreAuthorize", "true");
    assert_eq!(ask(&world, Some(VALID), Some(blocked)), Granted);
    assert_eq!(ask(&world, Some(blocked), Some(VALID)), Ask);
    assert_eq!(ask(&world, Some(expired), None), Ask);
    set(&mut world, "AllowOfflineTxForUnknownId", "true");
    world.disconnect();
    assert_eq!(ask(&world, Some(blocked), Some(VALID)), Denied);
    assert_eq!(ask(&world, Some(expired), None), Denied);
    assert_eq!(ask(&world, None, Some(VALID)), Granted);
    assert_eq!(ask(&world, None, None), Granted);
    world.connect();
    world.wait(1_000);
    set(&mut world, "AllowOfflineTxForUnknownId", "false");
    set(&mut world, "LocalAuthorizeOffline", "false");
    set(&mut world, "AuthorizationCacheEnabled", "false");
    let start = RemoteStartTransactionRequest {
        connector_id: Some(1),
        id_tag: CiStr::cut("A"),
        charging_profile: None,
    };
    assert!(world.call(&start).contains("Accepted"));
    world.disconnect();
    assert_eq!(ask(&world, Some(VALID), None), Denied);
    assert_eq!(ask(&world, None, Some(VALID)), Denied);
}
