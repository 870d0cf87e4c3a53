//! Who may charge, and transactions with their meter values, over lost connections and restarts.

use super::{Bare, change, tag};
use crate::world::{World, identity};
use evkit_ocpp::time::Instant;
use evkit_ocpp::units::WattHours;
use evkit_ocpp::v16::charge_point::{self, ActionError, ChargePoint, Facts, Meter};
use evkit_ocpp::v16::keys::Key;
use evkit_ocpp::v16::{AuthorizationStatus, Reason};

// ---- §4.1 Authorize ----

#[test]
fn the_answer_about_an_identifier_is_an_event() {
    let mut world = World::online();
    world.server.id_tag_status = AuthorizationStatus::Blocked;
    let now = world.station_now();
    assert_eq!(world.station.session.authorize(now, 3, tag("A")), Err(ActionError::NoConnector(3)));
    world.station.session.authorize(now, 1, tag("A")).unwrap();
    assert_eq!(world.station.session.authorize(now, 1, tag("B")), Err(ActionError::Busy));
    world.settle();
    world.wait(1_000);
    let event = world.station.events.last().unwrap();
    assert!(event.starts_with("Authorized { connector: 1") && event.contains("Blocked"), "{event}");
}

#[test]
fn all_questions_end_with_the_connection() {
    let mut world = World::online();
    let now = world.station_now();
    for connector in 1..=2 {
        world.station.session.authorize(now, connector, tag("A")).unwrap();
    }
    world.disconnect();
    let dropped = world.station.events.iter().filter(|event| event.contains("Dropped"));
    assert_eq!(dropped.count(), 2);
}

#[test]
fn a_question_ends_with_the_connection() {
    let mut world = World::online();
    let now = world.station_now();
    world.station.session.authorize(now, 2, tag("A")).unwrap();
    world.disconnect();
    let event = world.station.events.last().unwrap();
    assert!(event.starts_with("Authorized { connector: 2") && event.contains("Dropped"), "{event}");
    assert_eq!(world.station.session.authorize(now, 2, tag("A")), Err(ActionError::Offline));
}

// ---- transactions ----

#[test]
fn a_start_that_is_not_accepted_is_the_applications_decision() {
    let mut world = World::online();
    world.server.id_tag_status = AuthorizationStatus::Invalid;
    world.station.program.mute = true;
    world.start(1);
    world.wait(1_000);
    let event = world.station.events.iter().find(|event| event.starts_with("TransactionAccepted")).unwrap();
    assert!(
        event.contains("connector: 1") && event.contains("running: true") && event.contains("Invalid"),
        "{event}"
    );
    assert!(world.station.session.transaction(1).unwrap().transaction.is_some());
}

#[test]
fn refused_messages_are_given_up_after_the_attempts_and_the_queue_goes_on() {
    let mut world = World::new();
    let now = world.station_now();
    world.station.session.set_setting(now, Key::TransactionMessageAttempts, "3").unwrap();
    world.station.session.set_setting(now, Key::TransactionMessageRetryInterval, "10").unwrap();
    world.connect();
    world.wait(1_000);
    world.server.refuse = true;
    world.start(1);
    world.wait(9_000);
    assert_eq!(world.server.starts, 1);
    world.wait(2_000);
    assert_eq!(world.server.starts, 2, "the second attempt comes an interval after the first");
    world.wait(17_000);
    assert_eq!(world.server.starts, 2, "the third one two intervals after the second");
    world.wait(4_000);
    assert_eq!(world.server.starts, 3);
    world.wait(600_000);
    assert_eq!(world.server.starts, 3);
    let given_up = world.station.events.iter().find(|event| event.starts_with("GivenUp")).unwrap();
    assert!(given_up.contains("StartTransaction") && given_up.contains("InternalError"), "{given_up}");
    // Its samples have no transaction to belong to; its end is told without one.
    world.server.refuse = false;
    world.stop(1, Reason::Local);
    world.start(2);
    world.stop(2, Reason::Local);
    world.wait(1_000);
    assert!(world.server.samples.is_empty());
    assert_eq!(world.server.books.len(), 1);
    assert!(world.station.session.is_settled());
}

/// §4.8: what was measured before the central system gave the transaction a number is told with it.
#[test]
fn the_number_of_a_transaction_is_filled_in_when_it_is_known() {
    let mut world = World::online();
    world.disconnect();
    world.start(1);
    world.wait(61_000);
    world.stop(1, Reason::Local);
    assert!(world.server.samples.is_empty());
    world.connect();
    world.wait(5_000);
    let numbers: Vec<_> = world.server.books.keys().map(|id| Some(*id)).collect();
    assert_eq!((numbers.len(), world.server.samples.len()), (1, 1));
    assert_eq!(world.server.samples[0].0, numbers[0]);
    world.check_books();
}

#[test]
fn silence_costs_no_record_unless_the_central_system_answers_something_else() {
    let mut world = World::new();
    let now = world.station_now();
    world.station.session.set_setting(now, Key::TransactionMessageAttempts, "2").unwrap();
    world.connect();
    world.wait(1_000);
    world.loss = 1;
    world.start(1);
    world.wait(3_600_000);
    assert!(!world.station.events.iter().any(|event| event.starts_with("GivenUp")));
    world.heal();
    world.check_books();
}

#[test]
fn an_interrupted_transaction_ends_once_with_power_loss() {
    let mut world = World::online();
    world.start(1);
    world.charge(1, 700);
    world.restart_station();
    assert!(world.station.events.iter().any(|event| event == "Interrupted { connector: 1, resumed: false }"));
    assert!(world.station.session.transaction(1).is_none());
    world.restart_station();
    world.heal();
    world.check_books();
    assert_eq!(world.server.books.len(), 1);
}

#[test]
fn an_interrupted_transaction_waits_for_a_reading() {
    let mut bare = Bare::accepted();
    let now = Instant::from_secs(10);
    bare.session.start_transaction(now, 1, tag("A"), WattHours(500), None).unwrap();
    bare.store(now);
    bare.session = ChargePoint::new(charge_point::Config::new(identity(), 8));
    bare.store(now);
    bare.session.report(now, 1, &Facts::default()).unwrap();
    assert!(bare.session.transaction(1).is_some(), "a register of 0 is no reading");
    let meter = Meter { energy: WattHours(500), ..Meter::default() };
    bare.session.report(now, 1, &Facts { meter, ..Facts::default() }).unwrap();
    assert!(bare.session.transaction(1).is_none());
}

#[test]
fn an_interrupted_transaction_goes_on_with_its_number_if_so_configured() {
    let mut world = World::with(true);
    world.connect();
    world.wait(1_000);
    world.start(1);
    world.wait(1_000);
    let before = world.station.session.transaction(1).unwrap();
    world.restart_station();
    assert_eq!(world.station.session.transaction(1), Some(before));
    world.charge(1, 50);
    world.connect();
    world.wait(130_000);
    assert!(world.server.samples.len() >= 2, "sampled again after the interruption");
    world.heal();
    world.check_books();
    assert_eq!(world.server.books.len(), 1);
}

#[test]
fn actions_that_do_not_fit_are_refused() {
    let mut session = ChargePoint::<1>::new(charge_point::Config::new(identity(), 0));
    let now = Instant::ZERO;
    let start =
        |session: &mut ChargePoint<'_, 1>| session.start_transaction(now, 1, tag("A"), WattHours(0), None);
    assert_eq!(start(&mut session), Err(ActionError::JournalBusy), "before the journal was read");
    let mut journal = evkit_ocpp::journal::MemJournal::<4096>::new();
    evkit_ocpp::journal::drive_blocking(now, &mut session, &mut journal);
    assert_eq!(start(&mut session), Ok(()));
    assert_eq!(start(&mut session), Err(ActionError::TransactionRunning));
    assert_eq!(session.await_vehicle(now, 1), Err(ActionError::TransactionRunning));
    let stop = |session: &mut ChargePoint<'_, 1>| {
        session.stop_transaction(now, 1, Reason::Local, WattHours(1), None)
    };
    assert_eq!(stop(&mut session), Ok(()));
    assert_eq!(stop(&mut session), Err(ActionError::NoTransaction));
    assert_eq!(start(&mut session), Err(ActionError::JournalBusy), "the stop is not durable yet");
    evkit_ocpp::journal::drive_blocking(now, &mut session, &mut journal);
    assert_eq!(start(&mut session), Ok(()));
}

#[test]
fn nothing_is_sent_before_it_is_durable() {
    let mut bare = Bare::accepted();
    let now = Instant::from_secs(10);
    bare.session.start_transaction(now, 1, tag("A"), WattHours(5), None).unwrap();
    let mut buffer = [0; 1024];
    let status = bare.session.poll_transmit(now, &mut buffer).unwrap().unwrap().to_owned();
    assert!(status.contains("StatusNotification"), "{status}");
    assert!(bare.session.poll_transmit(now, &mut buffer).unwrap().is_none());
    bare.store(now);
    let id = status.split('"').nth(1).unwrap();
    bare.session.handle_frame(now, &format!("[3,\"{id}\",{{}}]")).unwrap();
    let start = bare.sent(now);
    assert!(start[0].contains(r#""StartTransaction",{"connectorId":1,"idTag":"A","meterStart":5,"timestamp":"2026-01-01T00:00:10Z"}"#), "{start:?}");
}

// ---- metering ----

#[test]
fn clock_aligned_values_of_idle_connectors_are_sent_without_transaction() {
    let mut world = World::online();
    change(&mut world, "ClockAlignedDataInterval", "900");
    for connector in 1..=2 {
        world.report(connector, false);
    }
    world.settle();
    world.wait(901_000);
    assert_eq!(world.server.samples, [(None, 1000), (None, 2000)]);
}

#[test]
fn without_a_reading_there_is_nothing_to_sample() {
    let mut world = World::online();
    change(&mut world, "ClockAlignedDataInterval", "60");
    world.wait(200_000);
    assert!(world.server.samples.is_empty());
}
