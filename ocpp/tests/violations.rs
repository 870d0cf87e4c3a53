//! What a violation says: rule, place, and what would be right.

use evkit_ocpp::message::Message;
use evkit_ocpp::schema::{Rule, Version};
use evkit_ocpp::v16::{Action, ChargingSchedulePeriod, check_request, check_response};

const TIME: &str = "2026-11-21T10:00:00Z";

fn meter_values(sample: &str) -> String {
    format!(
        r#"{{"connectorId":1,"meterValue":[{{"timestamp":"{TIME}","sampledValue":[{{"value":"1"}},{{"value":"2"}},{sample}]}}]}}"#
    )
}

/// The text of every rule, at a nested place where there is one.
#[test]
fn every_rule_prints_its_place() {
    let request = |action, payload: &str| check_request(action, payload).unwrap_err();
    for (violation, rule, text) in [
        (
            request(Action::MeterValues, &meter_values(r#"{"value":"3","unit":"W h"}"#)),
            Rule::Choice,
            "$.meterValue[0].sampledValue[2].unit: not one of Wh, kWh, varh, kvarh, W, kW, VA, kVA, var, kvar, A, V, K, \
             Celcius, Celsius, Fahrenheit, Percent, Hertz (byte 131)",
        ),
        (
            request(Action::MeterValues, &meter_values(r#"{"unit":"Wh"}"#)),
            Rule::Missing,
            "$.meterValue[0].sampledValue[2].value: required but missing (byte 111)",
        ),
        (
            request(Action::MeterValues, &meter_values(r#"{"value":3}"#)),
            Rule::Type,
            "$.meterValue[0].sampledValue[2].value: not a string (byte 120)",
        ),
        (
            request(Action::MeterValues, &meter_values("null")),
            Rule::Null,
            "$.meterValue[0].sampledValue[2]: null where a value or nothing is due (byte 111)",
        ),
        (
            request(Action::MeterValues, &meter_values(r#"{"value":"3","Unit":"Wh"}"#)),
            Rule::Unknown,
            "$.meterValue[0].sampledValue[2]: unknown member (byte 124)",
        ),
        (
            request(Action::MeterValues, &meter_values(r#"{"value":"3","value":"3"}"#)),
            Rule::Duplicate,
            "$.meterValue[0].sampledValue[2].value: member occurs twice (byte 124)",
        ),
        (
            request(Action::MeterValues, r#"{"connectorId":1,"meterValue":[]}"#),
            Rule::TooFew,
            "$.meterValue: fewer than 1 items (byte 30)",
        ),
        (
            request(Action::Authorize, r#"{"idTag":"123456789012345678901"}"#),
            Rule::Length,
            "$.idTag: more than 20 characters (byte 9)",
        ),
        (request(Action::Authorize, "[]"), Rule::NotAnObject, "$: not an object (byte 0)"),
        (
            request(Action::RemoteStopTransaction, r#"{"transactionId":9223372036854775808}"#),
            Rule::Size,
            "$.transactionId: more digits than 64 bits hold (byte 17)",
        ),
        (
            check_response(Action::Heartbeat, r#"{"currentTime":"today"}"#).unwrap_err(),
            Rule::DateTime,
            "$.currentTime: not an RFC 3339 time stamp (byte 15)",
        ),
    ] {
        assert_eq!(violation.rule(), rule);
        assert_eq!(violation.to_string(), text);
    }
    let period =
        ChargingSchedulePeriod::decode(r#"{"startPeriod":0,"limit":8.15}"#, Version::V16).unwrap_err();
    assert_eq!(period.to_string(), "$.limit: not a multiple of 0.1 (byte 25)");
    let period =
        ChargingSchedulePeriod::decode(r#"{"startPeriod":0,"limit":8.15"#, Version::V16).unwrap_err();
    assert_eq!(period.to_string(), "$.limit: not a multiple of 0.1 (byte 25)");
    let period = ChargingSchedulePeriod::decode(r#"{"startPeriod":0,"limit":8.1"#, Version::V16).unwrap_err();
    assert_eq!(period.to_string(), "$: text ends inside a value (byte 28)");
}

/// Small enough to be returned by value on a microcontroller.
#[test]
fn a_violation_is_small() {
    assert!(size_of::<evkit_ocpp::schema::Violation>() <= 64);
}
