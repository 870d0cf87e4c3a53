//! Payloads from any text: the validator accepts exactly what can be read, collects what it would report first, and
//! forgives only more, never less.
#![no_main]

use evkit_ocpp::schema::{Leniency, Tolerance, Version, check, check_all};
use evkit_ocpp::v16::{Action, Request, Response};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: (u8, &str)| {
    let (selector, text) = data;
    let action = Action::ALL[usize::from(selector >> 1) % Action::ALL.len()];
    let is_request = selector & 1 == 0;
    let schema = if is_request { action.request_schema() } else { action.response_schema() };

    let checked = check(text, schema, Version::V16);
    let read = |tolerance: &mut Tolerance| {
        if is_request {
            Request::decode_with(action, text, tolerance).map(|message| format!("{message:?}"))
        } else {
            Response::decode_with(action, text, tolerance).map(|message| format!("{message:?}"))
        }
    };
    let strict = read(&mut Tolerance::default());
    assert_eq!(checked.err(), strict.as_ref().err().copied());
    assert_eq!(check_all(text, schema, Version::V16).first().copied(), checked.err());

    let mut tolerance = Tolerance::new(Leniency::ALL);
    let lenient = read(&mut tolerance);
    match (strict, lenient) {
        (Ok(strict), Ok(lenient)) => {
            assert_eq!(strict, lenient);
            assert_eq!(tolerance.count(), 0);
        }
        (Ok(_), Err(violation)) => panic!("{violation}"),
        (Err(violation), _) => {
            assert!(violation.offset() as usize <= text.len());
            let _ = violation.to_string();
        }
    }
});
