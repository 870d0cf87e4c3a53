//! Every leniency forgives its deviation, notes it, and forgives nothing else; what was forgiven can be read; nothing
//! forgiven can be sent.

use evkit_ocpp::message::{EncodeError, Message};
use evkit_ocpp::schema::{Leniency, Rule, Tolerance, Version};
use evkit_ocpp::v16::{
    Action, BootNotificationRequest, Measurand, Request, Response, StatusNotificationRequest,
    StopTransactionRequest, UnitOfMeasure, check_request,
};

/// Action, payload, the deviation and where it is noted, the rule it breaks when received strictly.
const CASES: &[(Action, &str, Leniency, u32, Rule)] = &[
    (Action::Authorize, r#"{"idTag":"A","rfid":{"x":[1]}}"#, Leniency::UNKNOWN_MEMBERS, 13, Rule::Unknown),
    (Action::Authorize, r#"{"idTag":"A","rfid":null}"#, Leniency::UNKNOWN_MEMBERS, 13, Rule::Unknown),
    (
        Action::StatusNotification,
        r#"{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":"2026-11-21T10:00:00"}"#,
        Leniency::MISSING_ZONE,
        72,
        Rule::DateTime,
    ),
    (
        Action::StatusNotification,
        r#"{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":"2026-11-21 10:00:00Z"}"#,
        Leniency::SPACE_IN_DATE_TIME,
        72,
        Rule::DateTime,
    ),
    (
        Action::StatusNotification,
        r#"{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":"2026-11-21T12:00:00+0200"}"#,
        Leniency::SHORT_OFFSET,
        72,
        Rule::DateTime,
    ),
    (
        Action::StatusNotification,
        r#"{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":"2026-11-21T12:00:00+02"}"#,
        Leniency::SHORT_OFFSET,
        72,
        Rule::DateTime,
    ),
    (
        Action::BootNotification,
        r#"{"chargePointVendor":"V","chargePointModel":"a model of 21 letters"}"#,
        Leniency::LONG_IDENTITY,
        44,
        Rule::Length,
    ),
    (
        Action::StatusNotification,
        r#"{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":null}"#,
        Leniency::NULL_FOR_ABSENT,
        72,
        Rule::Null,
    ),
    (Action::Heartbeat, "null", Leniency::NULL_FOR_ABSENT, 0, Rule::NotAnObject),
    (
        Action::StatusNotification,
        r#"{"connectorId":1,"errorCode":"ContactorWelded","status":"Available"}"#,
        Leniency::VENDOR_ENUM,
        29,
        Rule::Choice,
    ),
    (
        Action::StopTransaction,
        r#"{"meterStop":1,"timestamp":"2026-11-21T10:00:00Z","transactionId":1,"transactionData":[{"timestamp":"2026-11-21T10:00:00Z","sampledValue":[{"value":"50","unit":"Hertz"}]}]}"#,
        Leniency::LISTED_ELSEWHERE,
        160,
        Rule::Choice,
    ),
];

#[test]
fn one_switch_each() {
    for (action, payload, leniency, offset, rule) in CASES {
        let strict = check_request(*action, payload).unwrap_err();
        assert_eq!((strict.rule(), strict.offset()), (*rule, *offset), "{payload}");

        let mut tolerance = Tolerance::new(*leniency);
        Request::decode_with(*action, payload, &mut tolerance)
            .unwrap_or_else(|error| panic!("{payload}: {error}"));
        assert_eq!(tolerance.count(), 1, "{payload}");
        assert_eq!(
            (tolerance.notes()[0].leniency, tolerance.notes()[0].offset),
            (*leniency, *offset),
            "{payload}"
        );
        assert_eq!(tolerance.forgiven(), *leniency);

        let mut all_others = Tolerance::new(Leniency::ALL.without(*leniency));
        assert_eq!(Request::decode_with(*action, payload, &mut all_others), Err(strict), "{payload}");
    }
}

#[test]
fn what_was_forgiven_can_be_read() {
    let read =
        |action, payload| Request::decode_with(action, payload, &mut Tolerance::new(Leniency::ALL)).unwrap();
    for (action, payload, leniency, ..) in CASES {
        match (read(*action, payload), *leniency) {
            (Request::StatusNotification(status), Leniency::NULL_FOR_ABSENT) => {
                assert_eq!(status.timestamp, None);
            }
            (Request::StatusNotification(status), Leniency::VENDOR_ENUM) => {
                assert_eq!(status.error_code, evkit_ocpp::v16::ChargePointErrorCode::Vendor);
            }
            (Request::StatusNotification(status), _) => {
                assert_eq!(
                    status.timestamp,
                    evkit_ocpp::time::parse_utc("2026-11-21T10:00:00Z"),
                    "{payload}"
                );
            }
            (Request::BootNotification(boot), _) => {
                assert_eq!(boot.charge_point_model, "a model of 21 letters");
            }
            (Request::StopTransaction(stop), _) => {
                let sample = stop
                    .transaction_data
                    .unwrap()
                    .iter()
                    .next()
                    .unwrap()
                    .sampled_value
                    .iter()
                    .next()
                    .unwrap();
                assert_eq!(sample.unit, Some(UnitOfMeasure::Hertz));
            }
            (Request::Authorize(authorize), _) => assert_eq!(authorize.id_tag, "A"),
            (Request::Heartbeat(_), _) => {}
            (other, _) => panic!("{other:?}"),
        }
    }
}

#[test]
fn nothing_forgiven_can_be_sent() {
    let mut buffer = [0; 1000];
    let rule = |error| match error {
        EncodeError::Invalid(violation) => violation.rule(),
        other => panic!("{other}"),
    };
    for (action, payload, leniency, _, expected) in CASES {
        let read = Request::decode_with(*action, payload, &mut Tolerance::new(Leniency::ALL)).unwrap();
        match *leniency {
            Leniency::LONG_IDENTITY | Leniency::VENDOR_ENUM | Leniency::LISTED_ELSEWHERE => {
                // A list that is still text is sent as it is and refused as it is.
                assert_eq!(rule(read.encode(&mut buffer).unwrap_err()), *expected, "{payload}");
            }
            _ if *action == Action::StatusNotification || *action == Action::Heartbeat => {
                assert!(read.encode(&mut buffer).is_ok(), "{payload}");
            }
            _ => {}
        }
    }
}

#[test]
fn long_names_are_forgiven_up_to_255_characters() {
    let boot = |length: usize| {
        format!(r#"{{"chargePointVendor":"V","chargePointModel":"{}"}}"#, "\u{e9}".repeat(length))
    };
    let decode = |text: &str| {
        BootNotificationRequest::decode_with(text, Version::V16, &mut Tolerance::new(Leniency::LONG_IDENTITY))
            .map(drop)
    };
    assert_eq!(decode(&boot(255)), Ok(()));
    assert_eq!(decode(&boot(256)).unwrap_err().rule(), Rule::Length);
}

#[test]
fn null_is_never_a_required_member() {
    let payload = r#"{"connectorId":1,"errorCode":null,"status":"Available"}"#;
    let error =
        StatusNotificationRequest::decode_with(payload, Version::V16, &mut Tolerance::new(Leniency::ALL))
            .unwrap_err();
    assert_eq!(error.to_string(), "$.errorCode: null where a value or nothing is due (byte 29)");
    // Nor a payload with required members.
    let error =
        Request::decode_with(Action::Authorize, "null", &mut Tolerance::new(Leniency::ALL)).unwrap_err();
    assert_eq!(error.rule(), Rule::NotAnObject);
}

/// Both spellings are in the schemas of 2019-12, so neither needs a leniency.
#[test]
fn celsius_in_both_spellings() {
    for (text, unit) in [("Celcius", UnitOfMeasure::Celcius), ("Celsius", UnitOfMeasure::Celsius)] {
        let payload = format!(
            r#"{{"meterStop":1,"timestamp":"2026-11-21T10:00:00Z","transactionId":1,"transactionData":[{{"timestamp":"2026-11-21T10:00:00Z","sampledValue":[{{"value":"21.5","measurand":"Temperature","unit":"{text}"}}]}}]}}"#
        );
        let stop = StopTransactionRequest::decode(&payload, Version::V16).unwrap();
        let sample =
            stop.transaction_data.unwrap().iter().next().unwrap().sampled_value.iter().next().unwrap();
        assert_eq!((sample.measurand, sample.unit), (Some(Measurand::Temperature), Some(unit)));
    }
}

#[test]
fn notes_beyond_the_room_are_counted() {
    let keys = (0..20)
        .map(|at| format!(r#"{{"key":"k{at}","readonly":true,"value":null}}"#))
        .collect::<Vec<_>>()
        .join(",");
    let payload = format!(r#"{{"configurationKey":[{keys}]}}"#);
    let mut tolerance = Tolerance::new(Leniency::NULL_FOR_ABSENT);
    let response = Response::decode_with(Action::GetConfiguration, &payload, &mut tolerance).unwrap();
    assert_eq!((tolerance.count(), tolerance.notes().len()), (20, Tolerance::NOTES));
    let Response::GetConfiguration(response) = response else { panic!("{response:?}") };
    assert!(response.configuration_key.unwrap().iter().all(|key| key.value.is_none()));
}

#[test]
fn several_deviations_of_one_time_stamp() {
    let payload = r#"{"currentTime":"2026-11-21 12:00:00+02"}"#;
    let mut tolerance = Tolerance::new(Leniency::ALL);
    Response::decode_with(Action::Heartbeat, payload, &mut tolerance).unwrap();
    assert_eq!(tolerance.forgiven(), Leniency::SPACE_IN_DATE_TIME | Leniency::SHORT_OFFSET);
    assert_eq!(tolerance.forgiven().to_string(), "space in a time stamp, offset without minutes or colon");
}
