//! What the central system starts, stops, triggers and reserves.

use super::{Bare, tag};
use crate::world::{World, identity};
use evkit_ocpp::text::CiStr;
use evkit_ocpp::time::Instant;
use evkit_ocpp::units::WattHours;
use evkit_ocpp::v16::charge_point::{self, Event, Facts, Occupied};
use evkit_ocpp::v16::{
    CancelReservationRequest, ChargePointStatus as Status, ExtendedMessageTrigger,
    ExtendedTriggerMessageRequest, MessageTrigger, RemoteStartTransactionRequest,
    RemoteStopTransactionRequest, ReserveNowRequest, TriggerMessageRequest, UnlockConnectorRequest,
};

// ---- §5.11, §5.12 remote start and stop ----

#[test]
fn remote_start_and_stop() {
    let mut world = World::online();
    let start = |connector_id| RemoteStartTransactionRequest {
        connector_id,
        id_tag: CiStr::cut("REMOTE"),
        charging_profile: None,
    };
    assert!(world.call(&start(Some(3))).contains("Rejected"));
    assert!(world.call(&start(Some(0))).contains("Rejected"));
    assert!(world.call(&start(Some(1))).contains("Accepted"));
    assert_eq!(world.station.session.status(1), Some(Status::Preparing));
    world.start(1);
    world.wait(1_000);
    let transaction_id = world.station.session.transaction(1).unwrap().transaction.unwrap();
    assert!(world.call(&RemoteStopTransactionRequest { transaction_id: 999 }).contains("Rejected"));
    assert!(world.call(&RemoteStopTransactionRequest { transaction_id }).contains("Accepted"));
    assert!(world.station.session.transaction(1).is_none());
    world.heal();
    world.check_books();
}

/// Bender, stop transaction mode "only unplug"; the other three modes let the central system stop.
#[test]
fn a_station_that_stops_only_by_unplugging_refuses_remote_stops() {
    for (remote_stop, status) in [(true, "Accepted"), (false, "Rejected")] {
        let mut config = charge_point::Config::new(identity(), 7);
        config.remote_stop = remote_stop;
        let (mut bare, now) = (Bare::with(config).accept(), Instant::from_secs(10));
        bare.session.start_transaction(now, 1, tag("A"), WattHours(5), None).unwrap();
        bare.answer(now, r#"{"transactionId":4,"idTagInfo":{"status":"Accepted"}}"#);
        let frame = r#"[2,"1","RemoteStopTransaction",{"transactionId":4}]"#;
        let event = bare.session.handle_frame(now, frame).unwrap();
        assert_eq!(matches!(event, Some(Event::RemoteStop { connector: 1 })), remote_stop, "{event:?}");
        let answer = bare.sent(now).into_iter().find(|frame| frame.starts_with("[3,\"1\"")).unwrap();
        assert!(answer.contains(status), "{answer}");
    }
}

/// Bender, strategy for status transitions: "occupied on charging" and "occupied on authorized or plugged".
#[test]
fn the_two_strategies_of_when_a_connector_is_occupied() {
    for (occupied, told) in [
        (Occupied::OnAuthorizedOrPlugged, &["Preparing", "Charging"][..]),
        (Occupied::OnCharging, &["Charging"]),
    ] {
        let mut config = charge_point::Config::new(identity(), 7);
        config.occupied = occupied;
        let (mut bare, now) = (Bare::with(config).accept(), Instant::from_secs(10));
        let mut seen = Vec::new();
        let mut look = |bare: &mut Bare| {
            while let Some(frame) = bare.sent(now).pop() {
                let payload = if frame.contains("StartTransaction") {
                    r#"{"transactionId":4,"idTagInfo":{"status":"Accepted"}}"#
                } else {
                    seen.extend(
                        ["Preparing", "Charging"].into_iter().filter(|status| frame.contains(status)),
                    );
                    "{}"
                };
                let id = frame.split('"').nth(1).unwrap();
                bare.session.handle_frame(now, &format!("[3,\"{id}\",{payload}]")).unwrap();
            }
        };
        let facts = Facts { plugged: true, requesting: true, offering: true, ..Facts::default() };
        bare.session.report(now, 1, &facts).unwrap();
        look(&mut bare);
        bare.session.start_transaction(now, 1, tag("A"), WattHours(5), None).unwrap();
        look(&mut bare);
        assert_eq!(seen, told);
    }
}

/// §9.1 ConnectionTimeOut.
#[test]
fn nobody_plugs_in() {
    let mut world = World::online();
    let now = world.station_now();
    world.station.session.await_vehicle(now, 1).unwrap();
    world.settle();
    world.wait(59_000);
    assert_eq!(world.station.session.status(1), Some(Status::Preparing));
    world.wait(2_000);
    assert_eq!(world.station.session.status(1), Some(Status::Available));
    assert!(world.station.events.iter().any(|event| event == "ConnectionTimedOut { connector: 1 }"));
}

#[test]
fn an_unknown_connector_has_nothing_to_unlock() {
    let mut world = World::online();
    assert!(world.call(&UnlockConnectorRequest { connector_id: 1 }).contains("Unlocked"));
    assert!(world.call(&UnlockConnectorRequest { connector_id: 9 }).contains("NotSupported"));
}

// ---- §5.17 triggers ----

#[test]
fn triggered_messages_come() {
    let mut world = World::online();
    let trigger = |requested_message, connector_id| TriggerMessageRequest { requested_message, connector_id };
    world.server.status_log.clear();
    assert!(world.call(&trigger(MessageTrigger::StatusNotification, None)).contains("Accepted"));
    world.wait(1_000);
    assert_eq!(world.server.status_log.len(), 3);
    assert!(world.call(&trigger(MessageTrigger::BootNotification, None)).contains("Accepted"));
    world.wait(1_000);
    assert_eq!(world.server.boots, 2);
    world.report(2, false);
    assert!(world.call(&trigger(MessageTrigger::MeterValues, Some(2))).contains("Accepted"));
    world.wait(1_000);
    assert_eq!(world.server.samples, [(None, 2000)]);
    assert!(world.call(&trigger(MessageTrigger::MeterValues, Some(3))).contains("Rejected"));
    let request = ExtendedTriggerMessageRequest {
        requested_message: ExtendedMessageTrigger::SignChargePointCertificate,
        connector_id: None,
    };
    assert!(world.call(&request).contains("Accepted"));
    assert!(world.station.events.iter().any(|event| event == "SignCertificateWanted"));
}

// ---- §5.1, §5.13 reservations ----

fn reserve(world: &World, connector_id: i64, id: i64, seconds: i64) -> ReserveNowRequest<'static> {
    let now = world.station.session.utc(world.station_now()).unwrap();
    ReserveNowRequest {
        connector_id,
        expiry_date: now + core::time::Duration::from_secs(seconds.unsigned_abs()),
        id_tag: CiStr::cut("BOOKER"),
        parent_id_tag: None,
        reservation_id: id,
    }
}

#[test]
fn a_reservation_is_kept_replaced_and_expires() {
    let mut world = World::online();
    let request = reserve(&world, 1, 7, 600);
    assert!(world.call(&request).contains("Accepted"));
    assert_eq!(world.station.session.status(1), Some(Status::Reserved));
    assert_eq!(world.station.session.reservation(1).unwrap().id_tag, tag("booker"));
    let other = reserve(&world, 1, 8, 600);
    assert!(world.call(&other).contains("Occupied"));
    // The same id moves it.
    let moved = reserve(&world, 2, 7, 60);
    assert!(world.call(&moved).contains("Accepted"));
    assert_eq!(world.station.session.status(1), Some(Status::Available));
    assert_eq!(world.station.session.status(2), Some(Status::Reserved));
    world.wait(61_000);
    assert_eq!(world.station.session.status(2), Some(Status::Available));
    assert!(world.station.events.iter().any(|event| event == "ReservationChanged { connector: 2 }"));
    assert!(world.call(&CancelReservationRequest { reservation_id: 7 }).contains("Rejected"));
}

#[test]
fn a_reservation_ends_with_its_use_or_its_cancellation() {
    let mut world = World::online();
    let request = reserve(&world, 1, 7, 600);
    world.call(&request);
    let now = world.station_now();
    world.station.session.start_transaction(now, 1, tag("BOOKER"), WattHours(1), Some(7)).unwrap();
    world.settle();
    assert!(world.station.session.reservation(1).is_none());
    let request = reserve(&world, 1, 9, 600);
    assert!(world.call(&request).contains("Occupied"));
    let request = reserve(&world, 0, 9, 600);
    assert!(world.call(&request).contains("Accepted"));
    assert!(world.call(&CancelReservationRequest { reservation_id: 9 }).contains("Accepted"));
    assert!(world.station.session.reservation(0).is_none());
}
