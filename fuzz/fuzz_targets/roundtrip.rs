//! What is read can be sent, is read as the same, and owns itself as the same.
#![no_main]

use evkit_ocpp::message::EncodeError;
use evkit_ocpp::schema::Violation;
use evkit_ocpp::v16::{Action, Request, Response};
use libfuzzer_sys::fuzz_target;

/// A received year may be one that RFC 3339 cannot write: before 0 or after 9999 once it is in UTC.
fn year_out_of_range(error: EncodeError) -> bool {
    matches!(error, EncodeError::Invalid(violation) if is_date_time(&violation))
}

fn is_date_time(violation: &Violation) -> bool {
    violation.rule() == evkit_ocpp::schema::Rule::DateTime
}

macro_rules! round_trip {
    ($Enum:ident, $action:expr, $text:expr) => {
        if let Ok(message) = $Enum::decode($action, $text) {
            let mut buffer = vec![0; 8 * $text.len() + 600];
            match message.encode(&mut buffer) {
                Ok(sent) => {
                    let again = $Enum::decode($action, sent).expect("what is sent is valid");
                    let mut second = vec![0; 8 * sent.len() + 600];
                    assert_eq!(again.encode(&mut second), Ok(&*sent));
                }
                Err(error) => assert!(year_out_of_range(error), "{error}"),
            }
            assert_eq!(message.clone().into_owned(), message);
        }
    };
}

fuzz_target!(|data: (u8, &str)| {
    let (selector, text) = data;
    let action = Action::ALL[usize::from(selector >> 1) % Action::ALL.len()];
    if selector & 1 == 0 {
        round_trip!(Request, action, text);
    } else {
        round_trip!(Response, action, text);
    }
});
