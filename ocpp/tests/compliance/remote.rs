//! What the central system asks for: remote start and stop, resets, unlocking, triggers, reservations (cases 010 to 019,
//! 026 to 031, 046 to 055).

use super::{online, set, status_of, told};
use crate::world::World;
use evkit_ocpp::text::CiStr;
use evkit_ocpp::v16::charge_point::{Facts, Fault};
use evkit_ocpp::v16::{
    AvailabilityType, CancelReservationRequest, ChangeAvailabilityRequest, ChargePointErrorCode,
    ChargePointStatus as Status, MessageTrigger, RemoteStartTransactionRequest, RemoteStopTransactionRequest,
    ReserveNowRequest, ResetRequest, ResetType, TriggerMessageRequest, UnlockConnectorRequest, UnlockStatus,
};

fn remote_start(world: &mut World, connector_id: Option<i64>) -> String {
    let request =
        RemoteStartTransactionRequest { connector_id, id_tag: CiStr::cut("A"), charging_profile: None };
    let status = status_of(&world.call(&request));
    world.wait(1_000);
    status
}

fn remote_stop(world: &mut World, transaction_id: i64) -> String {
    let status = status_of(&world.call(&RemoteStopTransactionRequest { transaction_id }));
    world.wait(1_000);
    status
}

fn charging() -> World {
    let mut world = online();
    world.plug(1);
    world.card(1, "A");
    world.wait(1_000);
    told(&mut world);
    world
}

fn running(world: &World) -> i64 {
    world.station.session.transaction(1).unwrap().transaction.unwrap()
}

#[test]
fn tc_010_cs() {
    let mut world = online();
    set(&mut world, "AuthorizeRemoteTxRequests", "false");
    world.plug(1);
    assert_eq!(remote_start(&mut world, Some(1)), "Accepted");
    assert_eq!(told(&mut world), ["1 Preparing", "Start 1 A", "1 Charging"]);
}

#[test]
fn tc_010_authorized_cs() {
    let mut world = online();
    set(&mut world, "AuthorizeRemoteTxRequests", "true");
    world.plug(1);
    assert_eq!(remote_start(&mut world, Some(1)), "Accepted");
    assert_eq!(told(&mut world), ["1 Preparing", "Authorize A", "Start 1 A", "1 Charging"]);
}

#[test]
fn tc_011_1_cs() {
    let mut world = online();
    assert_eq!(remote_start(&mut world, Some(1)), "Accepted");
    assert_eq!(told(&mut world), ["1 Preparing"]);
    world.plug(1);
    world.wait(1_000);
    assert_eq!(told(&mut world), ["Start 1 A", "1 Charging"]);
}

#[test]
fn tc_011_2_cs() {
    let mut world = online();
    set(&mut world, "ConnectionTimeOut", "10");
    assert_eq!(remote_start(&mut world, Some(1)), "Accepted");
    world.wait(10_000);
    assert_eq!(told(&mut world), ["1 Preparing", "1 Available"]);
}

#[test]
fn tc_012_cs() {
    let mut world = charging();
    let id = running(&world);
    assert_eq!(remote_stop(&mut world, id), "Accepted");
    assert_eq!(told(&mut world), ["Stop Remote", "1 Finishing"]);
}

fn reset(world: &mut World, kind: ResetType) -> Vec<String> {
    assert_eq!(status_of(&world.call(&ResetRequest { kind })), "Accepted");
    world.finish_reset();
    told(world)
}

const BOOT: [&str; 4] = ["BootNotification", "0 Available", "1 Available", "2 Available"];

#[test]
fn tc_013_cs() {
    assert_eq!(reset(&mut online(), ResetType::Hard), BOOT);
}

#[test]
fn tc_014_cs() {
    assert_eq!(reset(&mut online(), ResetType::Soft), BOOT);
}

#[test]
fn tc_015_cs() {
    let mut world = charging();
    let told = reset(&mut world, ResetType::Hard);
    // A hard reset waits for nothing: the stop may leave before or after it, but once.
    assert_eq!(told.iter().filter(|call| *call == "Stop HardReset").count(), 1, "{told:?}");
    world.check_books();
}

#[test]
fn tc_016_cs() {
    let mut world = charging();
    let told = reset(&mut world, ResetType::Soft);
    assert_eq!(told[0], "Stop SoftReset");
    assert_eq!(told[2], "BootNotification");
    world.check_books();
}

fn unlock(world: &mut World, connector_id: i64) -> String {
    let status = status_of(&world.call(&UnlockConnectorRequest { connector_id }));
    world.wait(1_000);
    status
}

#[test]
fn tc_017_1_cs() {
    let mut world = online();
    assert_eq!(unlock(&mut world, 1), "Unlocked");
    assert!(told(&mut world).is_empty());
}

/// A cable that is part of the station has no lock.
#[test]
fn tc_017_2_cs() {
    let mut world = online();
    world.station.program.unlock = UnlockStatus::NotSupported;
    assert_eq!(unlock(&mut world, 1), "NotSupported");
}

#[test]
fn tc_018_1_cs() {
    let mut world = charging();
    assert_eq!(unlock(&mut world, 1), "Unlocked");
    assert_eq!(told(&mut world), ["Stop UnlockCommand", "1 Finishing"]);
}

#[test]
fn tc_018_2_cs() {
    let mut world = charging();
    world.station.program.unlock = UnlockStatus::NotSupported;
    assert_eq!(unlock(&mut world, 1), "NotSupported");
    assert_eq!(told(&mut world)[0], "Stop UnlockCommand");
}

#[test]
fn tc_026_cs() {
    let mut world = charging();
    // The connector is taken.
    assert_eq!(remote_start(&mut world, Some(1)), "Rejected");
    assert!(told(&mut world).is_empty());
}

/// Connector 0 is not a connector to start at.
#[test]
fn tc_027_cs() {
    let mut world = online();
    assert_eq!(remote_start(&mut world, Some(0)), "Rejected");
    assert_eq!(remote_start(&mut world, Some(3)), "Rejected");
    assert_eq!(remote_start(&mut world, None), "Accepted");
}

#[test]
fn tc_028_cs() {
    let mut world = charging();
    let id = running(&world);
    assert_eq!(remote_stop(&mut world, id + 1), "Rejected");
    assert!(told(&mut world).is_empty());
}

#[test]
fn tc_030_cs() {
    let mut world = online();
    world.station.program.unlock = UnlockStatus::UnlockFailed;
    assert_eq!(unlock(&mut world, 1), "UnlockFailed");
}

#[test]
fn tc_031_cs() {
    let mut world = online();
    assert_eq!(unlock(&mut world, 9), "NotSupported");
    assert_eq!(unlock(&mut world, 0), "NotSupported");
}

// ---- reservations ----

fn reserve(world: &mut World, connector_id: i64, parent: Option<&'static str>) -> String {
    let now = world.station.session.utc(world.station_now()).unwrap();
    let request = ReserveNowRequest {
        connector_id,
        expiry_date: now + core::time::Duration::from_secs(60),
        id_tag: CiStr::cut("A"),
        parent_id_tag: parent.map(CiStr::cut),
        reservation_id: 7,
    };
    let status = status_of(&world.call(&request));
    world.wait(1_000);
    status
}

fn reservation_in_start(world: &World) -> bool {
    let start = world.server.calls.iter().find(|call| call.contains("\"StartTransaction\"")).unwrap();
    start.contains("\"reservationId\":7")
}

#[test]
fn tc_046_1_cs() {
    let mut world = online();
    assert_eq!(reserve(&mut world, 1, None), "Accepted");
    assert_eq!(told(&mut world), ["1 Reserved"]);
    world.plug(1);
    world.card(1, "B");
    world.wait(1_000);
    assert!(world.station.session.transaction(1).is_none(), "kept for somebody else");
    world.card(1, "A");
    world.wait(1_000);
    assert!(reservation_in_start(&world));
    assert!(world.station.session.reservation(1).is_none());
}

#[test]
fn tc_046_2_cs() {
    let mut world = online();
    assert_eq!(reserve(&mut world, 1, None), "Accepted");
    assert_eq!(remote_start(&mut world, Some(1)), "Accepted");
    world.plug(1);
    world.wait(1_000);
    assert!(reservation_in_start(&world));
}

#[test]
fn tc_047_cs() {
    let mut world = online();
    assert_eq!(reserve(&mut world, 1, None), "Accepted");
    world.wait(60_000);
    assert_eq!(told(&mut world), ["1 Reserved", "1 Available"]);
    assert!(world.station.session.reservation(1).is_none());
}

/// A restart neither forgets a reservation nor its end.
#[test]
fn tc_047_restart_cs() {
    let mut world = online();
    assert_eq!(reserve(&mut world, 1, Some("GROUP")), "Accepted");
    let before = world.station.session.reservation(1);
    world.wait(20_000);
    world.restart_station();
    world.connect();
    world.wait(5_000);
    assert_eq!(world.station.session.reservation(1), before);
    assert_eq!(world.station.session.status(1), Some(Status::Reserved));
    world.wait(35_000);
    assert_eq!(world.station.session.status(1), Some(Status::Available));
    world.restart_station();
    assert!(world.station.session.reservation(1).is_none());
}

#[test]
fn tc_048_1_cs() {
    let mut world = online();
    let now = world.station_now();
    let fault = Fault { code: ChargePointErrorCode::OtherError, blocking: true, vendor_code: "", info: "" };
    let facts = Facts { fault: Some(fault), ..Facts::default() };
    world.station.session.report(now, 1, &facts).unwrap();
    world.settle();
    world.wait(1_000);
    assert_eq!(reserve(&mut world, 1, None), "Faulted");
}

#[test]
fn tc_048_2_cs() {
    assert_eq!(reserve(&mut charging(), 1, None), "Occupied");
}

#[test]
fn tc_048_3_cs() {
    let mut world = online();
    let request = ChangeAvailabilityRequest { connector_id: 1, kind: AvailabilityType::Inoperative };
    world.call(&request);
    assert_eq!(reserve(&mut world, 1, None), "Unavailable");
}

#[test]
fn tc_048_4_cs() {
    assert_eq!(reserve(&mut online(), 3, None), "Rejected");
}

#[test]
fn tc_049_cs() {
    let mut world = online();
    assert_eq!(reserve(&mut world, 0, None), "Accepted");
    world.plug(2);
    world.card(2, "A");
    world.wait(1_000);
    assert!(reservation_in_start(&world));
}

#[test]
fn tc_051_cs() {
    let mut world = online();
    reserve(&mut world, 1, None);
    let answer = world.call(&CancelReservationRequest { reservation_id: 7 });
    world.wait(1_000);
    assert_eq!(status_of(&answer), "Accepted");
    assert_eq!(told(&mut world), ["1 Reserved", "1 Available"]);
}

#[test]
fn tc_052_cs() {
    let mut world = online();
    reserve(&mut world, 1, None);
    assert_eq!(status_of(&world.call(&CancelReservationRequest { reservation_id: 8 })), "Rejected");
    assert_eq!(world.station.session.status(1), Some(Status::Reserved));
}

#[test]
fn tc_053_cs() {
    let mut world = online();
    world.server.parent = Some("GROUP");
    assert_eq!(reserve(&mut world, 1, Some("GROUP")), "Accepted");
    world.plug(1);
    world.card(1, "B");
    world.wait(1_000);
    assert!(reservation_in_start(&world));
}

// ---- triggers ----

fn trigger(world: &mut World, requested_message: MessageTrigger, connector_id: Option<i64>) -> String {
    let status = status_of(&world.call(&TriggerMessageRequest { requested_message, connector_id }));
    world.wait(1_000);
    status
}

#[test]
fn tc_054_cs() {
    for (message, call) in [
        (MessageTrigger::BootNotification, "BootNotification"),
        (MessageTrigger::Heartbeat, "Heartbeat"),
        (MessageTrigger::MeterValues, "MeterValues"),
        (MessageTrigger::StatusNotification, "1 Available"),
        (MessageTrigger::DiagnosticsStatusNotification, "DiagnosticsStatusNotification Idle"),
        (MessageTrigger::FirmwareStatusNotification, "FirmwareStatusNotification Idle"),
    ] {
        let mut world = online();
        // A meter has been read.
        world.report(1, false);
        assert_eq!(trigger(&mut world, message, Some(1)), "Accepted");
        assert_eq!(told(&mut world), [call], "{message}");
    }
}

#[test]
fn tc_055_cs() {
    let mut world = online();
    assert_eq!(trigger(&mut world, MessageTrigger::MeterValues, Some(9)), "Rejected");
    assert!(told(&mut world).is_empty());
}
