//! Payloads from any text, for every version: the validator accepts exactly what can be read, collects what it would
//! report first, and forgives only more, never less.
#![no_main]

use evkit_ocpp::schema::{Leniency, Object, Rule, Tolerance, Version, Violation, check, check_all};
use evkit_ocpp::{v2, v16};
use libfuzzer_sys::fuzz_target;

/// Reads a payload, forgiving what is allowed, and prints what was read.
type Read<'t> = &'t dyn Fn(&mut Tolerance) -> Result<String, Violation>;

fn agree(text: &str, schema: &'static Object, version: Version, read: Read<'_>) {
    let checked = check(text, schema, version);
    let strict = read(&mut Tolerance::default());
    assert_eq!(checked.err(), strict.as_ref().err().copied());
    assert_eq!(check_all(text, schema, version).first().copied(), checked.err());

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
}

fuzz_target!(|data: (u8, u8, &str)| {
    let (version, selector, text) = data;
    let version = [Version::V16, Version::V201, Version::V21][usize::from(version) % 3];
    let (at, is_request) = (usize::from(selector >> 1), selector & 1 == 0);
    if version == Version::V16 {
        use v16::{Action, Request, Response};
        let action = Action::ALL[at % Action::ALL.len()];
        if is_request {
            agree(text, action.request_schema(), version, &|tolerance| {
                Request::decode_with(action, text, tolerance).map(|message| format!("{message:?}"))
            });
        } else {
            agree(text, action.response_schema(), version, &|tolerance| {
                Response::decode_with(action, text, tolerance).map(|message| format!("{message:?}"))
            });
        }
    } else {
        use v2::{Action, Request, Response};
        let action = Action::ALL[at % Action::ALL.len()];
        if !action.is_in(version) {
            // Only the decoder knows the action; the validator is given a schema and takes it.
            let read = if is_request {
                Request::decode(action, text, version).map(drop)
            } else {
                Response::decode(action, text, version).map(drop)
            };
            assert_eq!(read.map_err(|violation| violation.rule()), Err(Rule::Action));
        } else if is_request {
            agree(text, action.request_schema(), version, &|tolerance| {
                Request::decode_with(action, text, version, tolerance).map(|message| format!("{message:?}"))
            });
        } else {
            agree(text, action.response_schema(), version, &|tolerance| {
                Response::decode_with(action, text, version, tolerance).map(|message| format!("{message:?}"))
            });
        }
    }
});
