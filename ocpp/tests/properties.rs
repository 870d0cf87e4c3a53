//! Properties: what is written is read back, whatever is fed in does not panic and is judged the same by every entrance.

extern crate alloc;

use evkit_ocpp::json::{Lexer, Writer};
use evkit_ocpp::list::List;
use evkit_ocpp::message::Message;
use evkit_ocpp::num::Decimal;
use evkit_ocpp::rpc::Frame;
use evkit_ocpp::schema::{Version, check};
use evkit_ocpp::text::{CiStr, Str};
use evkit_ocpp::time::{DateTime, Utc, parse_utc};
use evkit_ocpp::v16::{
    Action, ChargingSchedulePeriod, GetConfigurationResponse, KeyValue, Request, Response,
    StartTransactionRequest, check_request, check_response,
};
use proptest::prelude::*;

/// Texts with everything JSON has to escape or count.
fn text(max: usize) -> impl Strategy<Value = String> {
    let character =
        prop_oneof![any::<char>(), Just('"'), Just('\\'), Just('\n'), Just('\u{0}'), Just('\u{1f50c}')];
    prop::collection::vec(character, 0..=max).prop_map(|chars| chars.into_iter().collect())
}

/// Moments of the years 0 to 9999 in whole milliseconds, which is what is sent.
fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    (-62_167_219_200_000_i64..253_402_300_800_000)
        .prop_map(|ms| DateTime::from_timestamp_millis(ms).expect("in range"))
}

/// Almost JSON: pieces of it in any order.
fn almost_json() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(&[
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            "\\u",
            "d83d",
            "1",
            "-",
            ".",
            "e",
            "null",
            "true",
            "false",
            " ",
            "\"idTag\"",
            "\"a\":",
            "{\"idTag\":\"",
            "\u{1}",
            "\u{e9}",
            "[2,\"1\",\"Heartbeat\",{}]",
        ])
        .prop_map(String::from),
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_request_is_read_back(
        connector_id in any::<i64>(),
        id_tag in text(20),
        meter_start in any::<i64>(),
        reservation_id in any::<Option<i64>>(),
        timestamp in moment(),
    ) {
        let id_tag = CiStr::new(&id_tag).unwrap();
        let request = StartTransactionRequest { connector_id, id_tag, meter_start, reservation_id, timestamp };
        let mut buffer = [0; 1000];
        let text = request.encode(Version::V16, &mut buffer).unwrap();
        prop_assert_eq!(StartTransactionRequest::decode(text, Version::V16), Ok(request.clone()));
        prop_assert_eq!(serde_json::from_str::<serde_json::Value>(text).unwrap()["connectorId"].as_i64(), Some(connector_id));
    }

    #[test]
    fn a_list_is_the_same_wherever_it_is_stored(keys in prop::collection::vec((text(50), any::<bool>(), prop::option::of(text(20))), 0..5)) {
        let keys: Vec<_> = keys
            .iter()
            .map(|(key, readonly, value)| KeyValue {
                key: CiStr::new(key).unwrap(),
                readonly: *readonly,
                value: value.as_deref().map(|value| CiStr::new(value).unwrap()),
            })
            .collect();
        let response = GetConfigurationResponse { configuration_key: Some(List::new(&keys)), unknown_key: None };
        let mut buffer = [0; 4000];
        let text = response.encode(Version::V16, &mut buffer).unwrap();
        let received = GetConfigurationResponse::decode(text, Version::V16).unwrap();
        prop_assert_eq!(&received, &response);
        let list = received.configuration_key.unwrap();
        prop_assert_eq!((list.len(), list.is_empty()), (keys.len(), keys.is_empty()));
        prop_assert_eq!(list.iter().collect::<Vec<_>>(), keys);
    }

    /// Limits that are no multiples of 0.1 never leave.
    #[test]
    fn limits_have_one_decimal(mantissa in -100_000_i64..100_000, scale in 0_u8..4) {
        let limit = Decimal::new(mantissa, scale);
        let period = ChargingSchedulePeriod { start_period: 0, limit, number_phases: None };
        let fine = mantissa * 10 % 10_i64.pow(scale.into()) == 0;
        prop_assert_eq!(period.encode(Version::V16, &mut [0; 200]).is_ok(), fine);
    }

    #[test]
    fn time_stamps_are_read_back(moment in moment()) {
        let mut buffer = [0; 40];
        let mut w = Writer::new(&mut buffer);
        w.date_time(moment);
        let text = w.finish().unwrap().trim_matches('"');
        prop_assert_eq!(parse_utc(text), Some(moment));
        prop_assert_eq!(DateTime::parse_from_rfc3339(text).map(|time| time.to_utc()), Ok(moment));
    }

    #[test]
    fn decimals_are_read_back_and_ordered(a in any::<i64>(), b in any::<i64>(), scale in 0_u8..20, other in 0_u8..20) {
        let (x, y) = (Decimal::new(a, scale), Decimal::new(b, other));
        prop_assert_eq!(x.to_string().parse(), Ok(x));
        let most = scale.max(other);
        let wide = |value: Decimal| i128::from(value.mantissa()) * 10_i128.pow((most - value.scale()).into());
        prop_assert_eq!(x.cmp(&y), wide(x).cmp(&wide(y)));
    }

    #[test]
    fn strings_are_written_as_json(content in text(40)) {
        let mut buffer = [0; 1000];
        let mut w = Writer::new(&mut buffer);
        w.string(&content);
        let json = w.finish().unwrap();
        let theirs: Option<String> = serde_json::from_str(json).ok();
        prop_assert_eq!(theirs.as_deref(), Some(content.as_str()));
        let quoted = Lexer::new(json).string().unwrap();
        prop_assert!(quoted.is(&content));
        prop_assert_eq!(Str::<40>::new(&content).unwrap().len(), content.chars().count());
    }

    /// The lexer takes what another JSON parser takes.
    #[test]
    fn the_lexer_agrees_about_json(text in almost_json()) {
        let mut lexer = Lexer::new(&text);
        let ours = lexer.skip().and_then(|_| lexer.end()).is_ok();
        // The other parser refuses numbers that a double cannot hold.
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        prop_assert!(ours == theirs.is_ok() || theirs.is_err_and(|error| error.to_string().contains("out of range")));
    }

    #[test]
    fn no_text_is_too_strange(text in almost_json()) {
        for version in [Version::V16, Version::V201, Version::V21] {
            if let Err(error) = Frame::parse(&text, version) {
                prop_assert!(error.offset as usize <= text.len());
                let _ = error.answer(version);
            }
        }
        for action in Action::ALL {
            prop_assert_eq!(check_request(*action, &text).err(), Request::decode(*action, &text).err());
            prop_assert_eq!(check_response(*action, &text).err(), Response::decode(*action, &text).err());
            if let Err(violation) = check(&text, action.request_schema(), Version::V16) {
                prop_assert!(violation.offset() as usize <= text.len());
                prop_assert!(!violation.to_string().is_empty());
            }
        }
    }
}
