//! What a 1.6 charge point does when: each rule in a session of both roles, named after it.

extern crate alloc;

mod world;

use evkit_ocpp::list::List;
use evkit_ocpp::rpc::{AnswerError, Failure};
use evkit_ocpp::text::CiStr;
use evkit_ocpp::time::Instant;
use evkit_ocpp::units::{Milliamps, Millivolts, WattHours, Watts};
use evkit_ocpp::v16::charge_point::{
    self, ActionError, ChargePoint, Event, Facts, Fault, Meter, Occupied, SecurityEvent,
};
use evkit_ocpp::v16::keys::Key;
use evkit_ocpp::v16::{
    AuthorizationStatus, AvailabilityType, CancelReservationRequest, ChangeAvailabilityRequest,
    ChangeConfigurationRequest, ChargePointErrorCode, ChargePointStatus as Status, DataTransferRequest,
    DataTransferResponse, DataTransferStatus, ExtendedMessageTrigger, ExtendedTriggerMessageRequest,
    FirmwareStatus, GetConfigurationRequest, GetLocalListVersionRequest, IdTag, InstallCertificateResponse,
    InstallCertificateStatus, MessageTrigger, Reason, RegistrationStatus, RemoteStartTransactionRequest,
    RemoteStopTransactionRequest, ReserveNowRequest, SendLocalListRequest, TriggerMessageRequest,
    UnlockConnectorRequest, UpdateType,
};
use world::{World, identity};

fn online() -> World {
    let mut world = World::new();
    world.connect();
    world.wait(1_000);
    world
}

fn tag(text: &str) -> IdTag {
    IdTag::new(text).unwrap()
}

/// The action of every frame the station has sent in a bare session, without a central system.
struct Bare {
    session: ChargePoint<'static, 1>,
    journal: evkit_ocpp::journal::MemJournal<4096>,
}

impl Bare {
    fn new() -> Self {
        Self::with(charge_point::Config::new(identity(), 7))
    }

    fn with(config: charge_point::Config<'static>) -> Self {
        let session = ChargePoint::new(config);
        let mut bare = Self { session, journal: evkit_ocpp::journal::MemJournal::new() };
        bare.store(Instant::ZERO);
        bare.session.handle_open(Instant::ZERO);
        bare
    }

    fn store(&mut self, now: Instant) {
        evkit_ocpp::journal::drive_blocking(now, &mut self.session, &mut self.journal);
    }

    /// The frames to be sent.
    fn sent(&mut self, now: Instant) -> Vec<String> {
        self.store(now);
        let mut buffer = [0; 2048];
        let mut frames = Vec::new();
        while let Some(text) = self.session.poll_transmit(now, &mut buffer).unwrap() {
            frames.push(text.to_owned());
        }
        frames
    }

    /// Answers the call just sent.
    fn answer(&mut self, now: Instant, payload: &str) {
        let frames = self.sent(now);
        let id = frames.last().unwrap().split('"').nth(1).unwrap().to_owned();
        self.session.handle_frame(now, &format!("[3,\"{id}\",{payload}]")).unwrap();
    }

    /// Registered at second 0, at 2026-01-01, with nothing left to say.
    fn accepted() -> Self {
        Self::new().accept()
    }

    fn accept(self) -> Self {
        let (mut bare, now) = (self, Instant::ZERO);
        bare.answer(now, r#"{"status":"Accepted","currentTime":"2026-01-01T00:00:00Z","interval":3600}"#);
        for _ in 0..2 {
            bare.answer(now, "{}");
        }
        assert_eq!(bare.sent(now), [""; 0]);
        bare
    }
}

// ---- §4.2 BootNotification ----

#[test]
fn first_of_all_the_station_introduces_itself_and_then_tells_the_status_of_everything() {
    let world = online();
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
    let mut world = online();
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
    let mut world = online();
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

// ---- §5.2 ChangeAvailability ----

fn availability(connector_id: i64, kind: AvailabilityType) -> ChangeAvailabilityRequest {
    ChangeAvailabilityRequest { connector_id, kind }
}

#[test]
fn out_of_service_waits_for_the_end_of_the_transaction_and_survives_a_restart() {
    let mut world = online();
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
    let mut world = online();
    world.start(1);
    assert!(world.call(&availability(1, AvailabilityType::Inoperative)).contains("Scheduled"));
    assert!(world.call(&availability(1, AvailabilityType::Operative)).contains("Accepted"));
    world.stop(1, Reason::Local);
    assert_eq!(world.station.session.status(1), Some(Status::Available));
}

// ---- §5.3, §5.8 configuration ----

fn change(world: &mut World, key: &str, value: &str) -> String {
    world.call(&ChangeConfigurationRequest { key: CiStr::cut(key), value: CiStr::cut(value) })
}

#[test]
fn configuration_changes_are_judged_by_the_table() {
    let mut world = online();
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
    let mut world = online();
    change(&mut world, "ConnectionTimeOut", "17");
    world.restart_station();
    assert_eq!(world.station.session.setting(Key::ConnectionTimeOut), 17);
}

#[test]
fn all_keys_or_those_asked_for() {
    let mut world = online();
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

// ---- §4.1 Authorize ----

#[test]
fn the_answer_about_an_identifier_is_an_event() {
    let mut world = online();
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
    let mut world = online();
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
    let mut world = online();
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
    let mut world = online();
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
    let mut world = online();
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
    let mut world = online();
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
    let mut world = online();
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
    let mut world = online();
    change(&mut world, "ClockAlignedDataInterval", "60");
    world.wait(200_000);
    assert!(world.server.samples.is_empty());
}

// ---- §5.11, §5.12 remote start and stop ----

#[test]
fn remote_start_and_stop() {
    let mut world = online();
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
    let mut world = online();
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
    let mut world = online();
    assert!(world.call(&UnlockConnectorRequest { connector_id: 1 }).contains("Unlocked"));
    assert!(world.call(&UnlockConnectorRequest { connector_id: 9 }).contains("NotSupported"));
}

// ---- §5.17 triggers ----

#[test]
fn triggered_messages_come() {
    let mut world = online();
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
    let mut world = online();
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
    let mut world = online();
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

// ---- §5.10, §5.15 local list ----

#[test]
fn versions_of_the_local_list() {
    let mut world = online();
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
    let mut world = online();
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

// ---- OCPP-J ----

#[test]
fn calls_that_cannot_be_served_are_refused_with_the_right_code() {
    let mut bare = Bare::accepted();
    for (frame, code) in [
        (r#"[2,"1","Fly",{}]"#, "NotImplemented"),
        (r#"[2,"1","Heartbeat",{}]"#, "NotSupported"),
        (r#"[2,"1","Reset",{}]"#, "OccurenceConstraintViolation"),
        (r#"[2,"1","Reset",{"type":"Warm"}]"#, "PropertyConstraintViolation"),
        (r#"[2,"1","Reset",{"type":1}]"#, "TypeConstraintViolation"),
        (r#"[2,"1","Reset",{"type":"Soft","x":1}]"#, "FormationViolation"),
        (r#"[2,"1","Reset"]"#, "FormationViolation"),
        (r#"[2,"1","RemoteStartTransaction",{"idTag":"\u00e9"}]"#, "PropertyConstraintViolation"),
    ] {
        let _ = bare.session.handle_frame(Instant::ZERO, frame);
        let sent = bare.sent(Instant::ZERO);
        assert_eq!(sent.len(), 1, "{frame}");
        assert!(sent[0].starts_with(&format!("[4,\"1\",\"{code}\",")), "{frame}: {}", sent[0]);
    }
}

#[test]
fn one_call_at_a_time_and_the_answer_must_fit_it() {
    let mut bare = Bare::new();
    assert_eq!(bare.sent(Instant::ZERO).len(), 1);
    for stray in [r#"[3,"other",{}]"#, r#"[4,"other","InternalError","",{}]"#] {
        assert!(bare.session.handle_frame(Instant::ZERO, stray).unwrap().is_none());
    }
    assert_eq!(bare.sent(Instant::ZERO), [""; 0]);
}

#[test]
fn a_call_nobody_answers_is_answered_in_the_end() {
    let mut world = online();
    world.station.program.mute = true;
    let request = DataTransferRequest { vendor_id: CiStr::cut("x"), message_id: None, data: None };
    world.call(&request);
    world.wait(25_000);
    assert!(world.station.events.iter().any(|event| event == "Unanswered"));
    let answer = world.server.answers.last().unwrap();
    assert!(answer.contains("InternalError"), "{answer}");
}

#[test]
fn a_responder_is_void_after_the_connection() {
    let mut bare = Bare::accepted();
    let frame = r#"[2,"1","DataTransfer",{"vendorId":"x"}]"#;
    let Ok(Some(Event::DataTransfer(_, responder))) = bare.session.handle_frame(Instant::ZERO, frame) else {
        panic!("a data transfer is an event");
    };
    bare.session.handle_close(Instant::ZERO);
    bare.session.handle_open(Instant::ZERO);
    let response = DataTransferResponse { status: DataTransferStatus::Accepted, data: None };
    assert_eq!(bare.session.answer(responder, &response, &mut [0; 256]), Err(AnswerError::Gone));
}

#[test]
fn the_applications_own_call() {
    let mut bare = Bare::accepted();
    let request = DataTransferRequest { vendor_id: CiStr::cut("x"), message_id: None, data: None };
    let mut buffer = [0; 256];
    let text = bare.session.call(Instant::ZERO, &request, &mut buffer).unwrap().to_owned();
    assert!(bare.session.call(Instant::ZERO, &request, &mut buffer).is_err());
    let id = text.split('"').nth(1).unwrap();
    let answer = format!("[3,\"{id}\",{{\"status\":\"Maybe\"}}]");
    let event = bare.session.handle_frame(Instant::ZERO, &answer).unwrap();
    let Some(Event::Answered { result: Err(Failure::Invalid(violation)), .. }) = event else {
        panic!("{event:?}");
    };
    assert!(violation.to_string().starts_with("$.status"), "{violation}");
}

#[test]
fn the_largest_frames_fit_the_documented_buffers() {
    let mut bare = Bare::accepted();
    let now = Instant::from_secs(10);
    let all = "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Current.Offered,Voltage";
    bare.session.set_setting(now, Key::MeterValuesSampledData, all).unwrap();
    let meter = Meter {
        energy: WattHours(u64::MAX),
        power: Some(Watts(i32::MIN)),
        currents: [Some(Milliamps(u32::MAX)); 3],
        voltages: [Some(Millivolts(u32::MAX)); 3],
        offered: Some(Milliamps(u32::MAX)),
    };
    bare.session.report(now, 1, &Facts { meter, ..Facts::default() }).unwrap();
    let trigger = r#"[2,"1","TriggerMessage",{"requestedMessage":"MeterValues"}]"#;
    bare.session.handle_frame(now, trigger).unwrap();
    let values = bare.sent(now).into_iter().find(|frame| frame.contains("MeterValues")).unwrap();
    assert_eq!(values.matches("measurand").count(), 9);
    assert!(values.len() <= 1500, "{}", values.len());
}

/// A frame in the one buffer of a small station, and the room behind it.
fn received<'b>(buffer: &'b mut [u8], frame: &str) -> (&'b str, &'b mut [u8]) {
    buffer[..frame.len()].copy_from_slice(frame.as_bytes());
    let (frame, room) = buffer.split_at_mut(frame.len());
    (str::from_utf8(frame).unwrap(), room)
}

#[test]
fn one_buffer_of_5760_bytes_is_enough_for_both_directions() {
    let mut bare = Bare::accepted();
    let (now, mut buffer) = (Instant::from_secs(10), [0; 5_760]);
    let id = "0123456789abcdef0123456789abcdef0123";
    let (frame, room) = received(&mut buffer, &format!(r#"[2,"{id}","GetConfiguration",{{}}]"#));
    let Ok(Some(Event::GetConfiguration(request, responder))) = bare.session.handle_frame(now, frame) else {
        panic!("GetConfiguration is an event");
    };
    let answer = bare.session.answer_configuration(responder, &request, &[], room).unwrap();
    assert!(answer.len() < 5_000, "{}", answer.len());
    // The longest certificate there is, in lines of 64 characters whose ends are escaped.
    let pem: String =
        (1..=5_500).map(|at| if at % 65 == 0 { "\\n".to_owned() } else { "A".to_owned() }).collect();
    let usage = r#""certificateType":"CentralSystemRootCertificate""#;
    let frame = format!(r#"[2,"{id}","InstallCertificate",{{{usage},"certificate":"{pem}"}}]"#);
    let (frame, _) = received(&mut buffer, &frame);
    let Ok(Some(Event::InstallCertificate(request, responder))) = bare.session.handle_frame(now, frame)
    else {
        panic!("InstallCertificate is an event");
    };
    assert_eq!(request.certificate.chars().count(), 5_500);
    // The certificate has been dealt with: the answer is written over it.
    let status = InstallCertificateStatus::Accepted;
    bare.session.answer(responder, &InstallCertificateResponse { status }, &mut buffer).unwrap();
}

#[test]
fn a_small_buffer_changes_nothing() {
    let mut bare = Bare::new();
    assert!(bare.session.poll_transmit(Instant::ZERO, &mut [0; 10]).is_err());
    assert_eq!(bare.sent(Instant::ZERO).len(), 1);
}
