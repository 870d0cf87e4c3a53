//! The validator against payloads whose verdict is known by construction: no false accept, no false reject, the exact rule and
//! the exact place.

#[path = "corpus/mod.rs"]
mod generator;

use evkit_ocpp::schema::{Object, Rule, Version, check};
use evkit_ocpp::v16;
use generator::{Mutator, Rng, Verdict, valid_object};

fn verdict(text: &str, schema: &'static Object) -> Verdict {
    check(text, schema, Version::V16).map_err(|violation| {
        let path =
            if let Rule::Json(_) = violation.rule() { String::new() } else { violation.path().to_string() };
        (violation.rule(), path)
    })
}

/// Every message of 1.6 as (name, schema, decoder).
type Decoder = fn(v16::Action, &str) -> bool;

fn messages() -> impl Iterator<Item = (v16::Action, &'static Object, Decoder)> {
    let request: Decoder = |action, text| v16::Request::decode(action, text).is_ok();
    let response: Decoder = |action, text| v16::Response::decode(action, text).is_ok();
    v16::Action::ALL.iter().flat_map(move |action| {
        [(*action, action.request_schema(), request), (*action, action.response_schema(), response)]
    })
}

#[test]
fn verdicts_known_by_construction() {
    let (mut accepted, mut refused) = (0, 0);
    for seed in 0..3 {
        let mut rng = Rng::new(seed);
        for (action, schema, decodes) in messages() {
            let node = valid_object(schema, Version::V16, &mut rng);
            for spaced in [false, true] {
                let text = node.text(spaced);
                assert_eq!(verdict(&text, schema), Ok(()), "{action}: {text}");
                assert!(decodes(action, &text), "{action}: {text}");
            }
            let mutants = Mutator { rng: &mut rng, version: Version::V16 }.root(schema, &node);
            for (mutant, expected) in mutants {
                let text = mutant.text(rng.below(4) == 0);
                let found = verdict(&text, schema);
                match (&expected, &found) {
                    // A text that breaks off may do so where another reason is nearer.
                    (Err((Rule::Json(_), _)), Err((Rule::Json(_), _))) => {}
                    _ => assert_eq!(found, expected, "{action}: {text}"),
                }
                assert_eq!(decodes(action, &text), expected.is_ok(), "{action}: {text}");
                *(if expected.is_ok() { &mut accepted } else { &mut refused }) += 1;
            }
        }
    }
    println!("{accepted} accepted, {refused} refused, all as constructed");
    assert!(accepted > 5_000 && refused > 15_000, "the corpus has shrunk: {accepted}, {refused}");
}

/// Collecting goes on after a violation and finds the same first one.
#[cfg(feature = "alloc")]
#[test]
fn all_violations_of_a_payload() {
    use evkit_ocpp::schema::check_all;
    let mut rng = Rng::new(77);
    for (action, schema, _) in messages() {
        let node = valid_object(schema, Version::V16, &mut rng);
        assert_eq!(check_all(&node.text(false), schema, Version::V16), []);
        for (mutant, _) in (Mutator { rng: &mut rng, version: Version::V16 }).root(schema, &node) {
            let text = mutant.text(false);
            let first = check(&text, schema, Version::V16).err();
            let all = check_all(&text, schema, Version::V16);
            assert_eq!(all.first().copied(), first, "{action}: {text}");
        }
    }
}
