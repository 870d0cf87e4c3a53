//! What is read can be sent, is read as the same, and owns itself as the same.
#![no_main]

use evkit_ocpp::message::EncodeError;
use evkit_ocpp::schema::{Version, Violation};
use evkit_ocpp::{v2, v16};
use libfuzzer_sys::fuzz_target;

/// A received year may be one that RFC 3339 cannot write: before 0 or after 9999 once it is in UTC.
fn year_out_of_range(error: EncodeError) -> bool {
    matches!(error, EncodeError::Invalid(violation) if is_date_time(&violation))
}

fn is_date_time(violation: &Violation) -> bool {
    violation.rule() == evkit_ocpp::schema::Rule::DateTime
}

macro_rules! round_trip {
    ($Enum:path, $action:expr, $text:expr $(, $version:expr)?) => {{
        use $Enum as Enum;
        if let Ok(message) = Enum::decode($action, $text $(, $version)?) {
            let mut buffer = vec![0; 8 * $text.len() + 600];
            match message.encode(&mut buffer $(, $version)?) {
                Ok(sent) => {
                    let again = Enum::decode($action, sent $(, $version)?).expect("what is sent is valid");
                    let mut second = vec![0; 8 * sent.len() + 600];
                    assert_eq!(again.encode(&mut second $(, $version)?), Ok(&*sent));
                }
                Err(error) => assert!(year_out_of_range(error), "{error}"),
            }
            assert_eq!(message.clone().into_owned(), message);
        }
    }};
}

fuzz_target!(|data: (u8, u8, &str)| {
    let (version, selector, text) = data;
    let (at, is_request) = (usize::from(selector >> 1), selector & 1 == 0);
    let of_1_6 = v16::Action::ALL[at % v16::Action::ALL.len()];
    let of_2 = v2::Action::ALL[at % v2::Action::ALL.len()];
    let version = [None, Some(Version::V201), Some(Version::V21)][usize::from(version) % 3];
    match (version, is_request) {
        (None, true) => round_trip!(v16::Request, of_1_6, text),
        (None, false) => round_trip!(v16::Response, of_1_6, text),
        (Some(version), true) => round_trip!(v2::Request, of_2, text, version),
        (Some(version), false) => round_trip!(v2::Response, of_2, text, version),
    }
});
