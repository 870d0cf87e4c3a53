//! Input made to do harm is refused where it goes wrong, and costs no more than reading it once.

use evkit_ocpp::json::{Lexer, MAX_DEPTH, Reason};
use evkit_ocpp::message::Message;
use evkit_ocpp::rpc::{Frame, FrameFault};
use evkit_ocpp::schema::{Rule, Version, Violation, check};
use evkit_ocpp::v2::{ClearCacheRequest, DataTransferRequest as DataTransferRequest2};
use evkit_ocpp::v16::{
    AuthorizeRequest, DataTransferRequest, SetChargingProfileRequest, StartTransactionRequest,
};

/// Many, so that anything quadratic would not end.
const MANY: usize = 1_000_000;

fn id_tag(inside: &str) -> String {
    format!(r#"{{"idTag":"{inside}"}}"#)
}

fn rule(text: &str) -> Rule {
    AuthorizeRequest::decode(text, Version::V16).expect_err("refused").rule()
}

fn in_custom_data(value: &str) -> Result<(), Violation> {
    let text = format!(r#"{{"customData":{{"vendorId":"x","data":{value}}}}}"#);
    check(&text, ClearCacheRequest::SCHEMA, Version::V21)
}

#[test]
fn a_text_of_a_hundred_megabytes() {
    let text = id_tag(&"x".repeat(100_000_000));
    assert_eq!(rule(&text), Rule::Length);
    let frame = format!(r#"[2,"1","Authorize",{text}]"#);
    drop(text);
    assert!(matches!(Frame::parse(&frame, Version::V16), Ok(Frame::Call { .. })));
}

#[test]
fn a_million_escapes() {
    assert_eq!(rule(&id_tag(&"\\u0041".repeat(MANY))), Rule::Length);
    let data = format!(r#"{{"vendorId":"x","data":"{}"}}"#, "\\n".repeat(MANY));
    let message = DataTransferRequest::decode(&data, Version::V16).expect("data has no bound");
    assert_eq!(message.data.map(|data| data.len()), Some(MANY));
}

#[test]
fn a_million_arrays_inside_each_other() {
    for open in ["[", "{\"a\":", "[{\"a\":"] {
        let nested = open.repeat(MANY);
        assert_eq!(Lexer::new(&nested).skip().expect_err("too deep"), Reason::Depth);
        assert_eq!(rule(&format!("{{\"idTag\":{nested}")), Rule::Type);
        assert_eq!(in_custom_data(&nested).expect_err("too deep").rule(), Rule::Json(Reason::Depth));
        let frame = format!(r#"[2,"1","Authorize",{nested}"#);
        let error = Frame::parse(&frame, Version::V21).expect_err("too deep");
        assert_eq!(error.fault, FrameFault::Json(Reason::Depth));
    }
    let most = MAX_DEPTH as usize;
    assert_eq!(in_custom_data(&format!("{}{}", "[".repeat(most), "]".repeat(most))), Ok(()));
}

#[test]
fn a_million_members_or_items() {
    let members = r#""vendorExtra":0,"#.repeat(MANY);
    assert_eq!(rule(&format!(r#"{{{members}"idTag":"A"}}"#)), Rule::Unknown);
    let again = r#""idTag":"A","#.repeat(MANY);
    assert_eq!(rule(&format!(r#"{{{again}"idTag":"A"}}"#)), Rule::Duplicate);
    let items = "{},".repeat(MANY);
    let text = format!(r#"{{"vendorId":"x","data":[{items}{{}}]}}"#);
    assert_eq!(check(&text, DataTransferRequest2::SCHEMA, Version::V201), Ok(()));
}

#[test]
fn bytes_that_are_no_text() {
    for inside in ["\\ud800", "\\udc00", "\\ud800\\ud800", "\\ud83dx", "\\u00", "\\x41", "\\"] {
        assert!(matches!(rule(&id_tag(inside)), Rule::Json(_)), "{inside}");
    }
    for control in ["\u{0}", "\u{1}", "\n", "\u{1f}"] {
        assert_eq!(rule(&id_tag(control)), Rule::Json(Reason::Control), "{control:?}");
    }
    // A frame is a `str`: what is not UTF-8 is refused by whoever receives bytes. NUL as an escape is a character like any
    // other.
    assert!(AuthorizeRequest::decode(&id_tag("\\u0000"), Version::V16).is_ok());
    assert_eq!(rule("{\"idTag\":\"A\"}\u{0}"), Rule::Json(Reason::Trailing));
    assert_eq!(rule("\u{feff}{\"idTag\":\"A\"}"), Rule::Json(Reason::Unexpected));
}

#[test]
fn numbers_that_would_fill_memory() {
    let start = |meter: &str| {
        let text = format!(
            r#"{{"connectorId":1,"idTag":"A","meterStart":{meter},"timestamp":"2026-11-21T10:00:00Z"}}"#
        );
        check(&text, StartTransactionRequest::SCHEMA, Version::V16).expect_err("refused").rule()
    };
    assert_eq!(start("1e999999"), Rule::Type);
    assert_eq!(start(&"9".repeat(MANY)), Rule::Size);
    assert_eq!(start(&format!("1.{}", "0".repeat(MANY))), Rule::Type);
    let limit = |limit: &str| {
        let text = format!(
            r#"{{"connectorId":0,"csChargingProfiles":{{"chargingProfileId":1,"stackLevel":0,
            "chargingProfilePurpose":"TxProfile","chargingProfileKind":"Relative","chargingSchedule":
            {{"chargingRateUnit":"A","chargingSchedulePeriod":[{{"startPeriod":0,"limit":{limit}}}]}}}}}}"#
        );
        check(&text, SetChargingProfileRequest::SCHEMA, Version::V16).map_err(|violation| violation.rule())
    };
    assert_eq!(limit("8.1"), Ok(()));
    for huge in ["1e999999", "1e-999999", "-1e99999999999999999999", &"1".repeat(400)] {
        assert_eq!(limit(huge), Err(Rule::Size), "{huge}");
    }
    assert_eq!(limit("0e999999"), Ok(()));
}
