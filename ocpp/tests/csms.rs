//! What a central system's session does, frame by frame.

extern crate alloc;

use evkit_ocpp::rpc::{AnswerError, CallError, ErrorCode, Failure, Patience};
use evkit_ocpp::schema::Leniency;
use evkit_ocpp::text::CiStr;
use evkit_ocpp::time::{Instant, parse_utc};
use evkit_ocpp::v16::csms::{Config, Csms, Event, Started, Stopped, Transactions};
use evkit_ocpp::v16::{
    Action, HeartbeatResponse, Reason, ResetRequest, ResetStatus, ResetType, Response,
    StartTransactionRequest, StopTransactionRequest,
};

const NOW: Instant = Instant::ZERO;

fn open() -> Csms {
    open_with(Config::new(0xABC))
}

fn open_with(config: Config) -> Csms {
    let mut csms = Csms::new(config);
    csms.handle_open(NOW);
    csms
}

/// The frame to be sent, if any.
fn sent(csms: &mut Csms) -> Option<String> {
    let mut buffer = [0; 256];
    let text = csms.poll_transmit(NOW, &mut buffer).unwrap().map(str::to_owned);
    assert!(text.is_none() || csms.poll_transmit(NOW, &mut [0; 256]).unwrap().is_none());
    text
}

#[test]
fn a_call_is_typed_and_answered_once() {
    let mut csms = open();
    let event = csms.handle_frame(NOW, r#"[2,"17","Heartbeat",{}]"#).unwrap();
    let Some(Event::Heartbeat(_, responder)) = event else { panic!("{event:?}") };
    let response = HeartbeatResponse { current_time: parse_utc("2026-01-01T00:00:00Z").unwrap() };
    let mut buffer = [0; 128];
    let frame = csms.answer(responder, &response, &mut buffer).unwrap();
    assert_eq!(frame, r#"[3,"17",{"currentTime":"2026-01-01T00:00:00Z"}]"#);
    assert_eq!(sent(&mut csms), None);
}

#[test]
fn an_answer_that_does_not_fit_the_buffer_becomes_a_refusal() {
    let mut csms = open();
    let Ok(Some(Event::Heartbeat(_, responder))) = csms.handle_frame(NOW, r#"[2,"1","Heartbeat",{}]"#) else {
        panic!("a heartbeat is an event");
    };
    let response = HeartbeatResponse { current_time: parse_utc("2026-01-01T00:00:00Z").unwrap() };
    let error = csms.answer(responder, &response, &mut [0; 20]).unwrap_err();
    assert!(matches!(error, AnswerError::Encode(_)), "{error}");
    assert_eq!(sent(&mut csms).as_deref(), Some(r#"[4,"1","InternalError","",{}]"#));
}

#[test]
fn wrong_calls_are_refused_with_the_right_code() {
    let mut csms = open();
    for (frame, code) in [
        (r#"[2,"1","Fly",{}]"#, "NotImplemented"),
        (r#"[2,"1","Reset",{"type":"Soft"}]"#, "NotSupported"),
        (r#"[2,"1","Authorize",{}]"#, "OccurenceConstraintViolation"),
        (r#"[2,"1","Authorize",{"idTag":1}]"#, "TypeConstraintViolation"),
        (r#"[2,"1","Authorize",{"idTag":"123456789012345678901"}]"#, "PropertyConstraintViolation"),
        (r#"[2,"1","Authorize",{"idTag":"1","extra":1}]"#, "FormationViolation"),
    ] {
        let event = csms.handle_frame(NOW, frame).unwrap();
        assert!(matches!(event, None | Some(Event::CallRefused { .. })), "{event:?}");
        assert_eq!(sent(&mut csms), Some(format!("[4,\"1\",\"{code}\",\"\",{{}}]")), "{frame}");
    }
}

#[test]
fn forgiven_deviations_are_reported() {
    let mut config = Config::new(1);
    config.leniency = Leniency::UNKNOWN_MEMBERS;
    let mut csms = open_with(config);
    let event = csms.handle_frame(NOW, r#"[2,"1","Authorize",{"idTag":"1","extra":1}]"#).unwrap();
    assert!(matches!(event, Some(Event::Authorize(..))), "{event:?}");
    assert_eq!(csms.forgiven(), Leniency::UNKNOWN_MEMBERS);
}

fn reset(csms: &mut Csms) -> Result<String, CallError> {
    csms.call(NOW, &ResetRequest { kind: ResetType::Soft }, &mut [0; 128]).map(str::to_owned)
}

#[test]
fn one_call_at_a_time_with_its_outcome() {
    let mut csms = open();
    assert_eq!(reset(&mut csms).unwrap(), r#"[2,"0000000000000abc-0","Reset",{"type":"Soft"}]"#);
    assert_eq!(reset(&mut csms), Err(CallError::Busy));
    assert!(csms.handle_frame(NOW, r#"[3,"0000000000000abc-1",{"status":"Accepted"}]"#).unwrap().is_none());
    let event = csms.handle_frame(NOW, r#"[3,"0000000000000abc-0",{"status":"Accepted"}]"#).unwrap();
    let Some(Event::Answered { action: Action::Reset, result: Ok(Response::Reset(response)) }) = event else {
        panic!("{event:?}");
    };
    assert_eq!(response.status, ResetStatus::Accepted);
    assert_eq!(reset(&mut csms).unwrap(), r#"[2,"0000000000000abc-1","Reset",{"type":"Soft"}]"#);
    let event = csms.handle_frame(NOW, r#"[4,"0000000000000abc-1","NotSupported","",{}]"#).unwrap();
    let refused = Err(Failure::Refused(ErrorCode::NotSupported));
    assert!(matches!(&event, Some(Event::Answered { result, .. }) if *result == refused), "{event:?}");
    reset(&mut csms).unwrap();
    let event = csms.handle_frame(NOW, r#"[3,"0000000000000abc-2",{}]"#).unwrap();
    assert!(
        matches!(&event, Some(Event::Answered { result: Err(Failure::Invalid(_)), .. })),
        "an invalid answer is an outcome, not an error to be sent: {event:?}"
    );
    assert_eq!(sent(&mut csms), None);
}

#[test]
fn silence_and_lost_connections_are_outcomes() {
    let mut csms = open();
    assert_eq!(csms.poll_timeout(), None);
    reset(&mut csms).unwrap();
    let deadline = csms.poll_timeout().unwrap();
    assert_eq!(deadline, NOW + Patience::default().call);
    csms.handle_timeout(Instant::from_millis(deadline.as_millis() - 1));
    assert!(csms.poll_event().is_none());
    csms.handle_timeout(deadline);
    let event = csms.poll_event();
    assert!(matches!(&event, Some(Event::Answered { result: Err(Failure::TimedOut), .. })), "{event:?}");
    assert!(csms.poll_event().is_none());
    // An answer that comes too late is nobody's.
    let late = csms.handle_frame(deadline, r#"[3,"0000000000000abc-0",{"status":"Accepted"}]"#).unwrap();
    assert!(late.is_none());
    reset(&mut csms).unwrap();
    csms.handle_close(deadline);
    let event = csms.poll_event();
    assert!(matches!(&event, Some(Event::Answered { result: Err(Failure::Dropped), .. })), "{event:?}");
    assert_eq!(reset(&mut csms), Err(CallError::Offline));
}

#[test]
fn a_station_that_floods_is_not_answered_beyond_four_open_calls() {
    let mut csms = open();
    let mut responders = Vec::new();
    for id in 0..6 {
        let frame = format!(r#"[2,"{id}","Heartbeat",{{}}]"#);
        if let Some(Event::Heartbeat(_, responder)) = csms.handle_frame(NOW, &frame).unwrap() {
            responders.push(responder);
        }
    }
    assert_eq!(responders.len(), 4);
    csms.reject(responders.remove(2), ErrorCode::GenericError);
    assert_eq!(sent(&mut csms).as_deref(), Some(r#"[4,"2","GenericError","",{}]"#));
}

// ---- books ----

fn start(connector_id: i64, id_tag: &'static str, meter_start: i64) -> StartTransactionRequest<'static> {
    StartTransactionRequest {
        connector_id,
        id_tag: CiStr::cut(id_tag),
        meter_start,
        reservation_id: None,
        timestamp: parse_utc("2026-01-01T00:00:00Z").unwrap(),
    }
}

fn stop(transaction_id: i64, meter_stop: i64) -> StopTransactionRequest<'static> {
    StopTransactionRequest {
        id_tag: None,
        meter_stop,
        timestamp: parse_utc("2026-01-01T01:00:00Z").unwrap(),
        transaction_id,
        reason: Some(Reason::Local),
        transaction_data: None,
    }
}

#[test]
fn a_repeated_start_gets_the_same_number() {
    let mut books = Transactions::<4>::new();
    assert_eq!(books.start(&start(1, "abc", 10), || 7), Started { id: 7, repeated: false });
    assert_eq!(books.start(&start(1, "ABC", 10), || 8), Started { id: 7, repeated: true });
    for (connector, tag, meter, id) in [(2, "abc", 10, 8), (1, "abd", 10, 9), (1, "abc", 11, 10)] {
        let started = books.start(&start(connector, tag, meter), || id);
        assert_eq!(started, Started { id, repeated: false });
    }
    let mut later = start(1, "abc", 10);
    later.timestamp = parse_utc("2026-01-01T00:00:00.001Z").unwrap();
    assert_eq!(books.start(&later, || 11), Started { id: 11, repeated: false });
}

#[test]
fn a_stop_is_entered_once() {
    let mut books = Transactions::<4>::new();
    books.start(&start(1, "abc", 10), || 7);
    assert!(matches!(books.stop(&stop(7, 90)), Stopped::Now(entry) if entry.meter_stop == Some(90)));
    assert!(matches!(books.stop(&stop(7, 91)), Stopped::Repeated(entry) if entry.meter_stop == Some(90)));
    assert_eq!(books.stop(&stop(8, 90)), Stopped::Unknown);
}

#[test]
fn the_oldest_ended_transaction_makes_room_and_only_then_a_running_one() {
    let mut books = Transactions::<3>::new();
    for id in 1..=3 {
        books.start(&start(1, "abc", id), || id);
    }
    books.stop(&stop(2, 90));
    books.start(&start(1, "abc", 4), || 4);
    let ids = |books: &Transactions<3>| books.iter().map(|entry| entry.id).collect::<Vec<_>>();
    assert_eq!(ids(&books), [1, 3, 4]);
    books.start(&start(1, "abc", 5), || 5);
    assert_eq!(ids(&books), [3, 4, 5]);
    let mut restored = Transactions::<3>::new();
    for entry in books.iter() {
        restored.insert(*entry);
    }
    assert_eq!(restored.start(&start(1, "abc", 4), || 99), Started { id: 4, repeated: true });
    let mut none = Transactions::<0>::new();
    assert_eq!(none.start(&start(1, "abc", 1), || 1).id, 1);
}
