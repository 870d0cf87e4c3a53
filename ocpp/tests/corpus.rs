//! The validator against payloads whose verdict is known by construction: no false accept, no false reject, the exact rule and
//! the exact place.

#[path = "corpus/mod.rs"]
mod generator;

use evkit_ocpp::schema::{Object, Rule, Version, check};
use evkit_ocpp::{v2, v16};
use generator::{Mutator, Rng, Verdict, valid_object};

/// A message: its name, its schema, whether a payload can be decoded, and what comes out when it is sent again.
struct Message {
    name: String,
    schema: &'static Object,
    decodes: Box<dyn Fn(&str) -> bool>,
    sends: Box<dyn Fn(&str) -> String>,
}

/// Decodes, sends and decodes again, borrowed and (feature `alloc`) owned.
macro_rules! sends {
    ($Enum:path, $action:expr, $text:expr $(, $version:expr)?) => {{
        use $Enum as Enum;
        let message = Enum::decode($action, $text $(, $version)?).expect("a valid payload");
        let mut buffer = vec![0; 8 * $text.len() + 100];
        let sent = message.encode(&mut buffer $(, $version)?).expect("what was received can be sent").to_string();
        assert_eq!(Enum::decode($action, &sent $(, $version)?), Ok(message.clone()));
        #[cfg(feature = "alloc")]
        {
            let owned: Enum<'static> = message.clone().into_owned();
            assert_eq!(owned, message);
            let mut buffer = vec![0; 8 * $text.len() + 100];
            let sent = owned.encode(&mut buffer $(, $version)?).expect("and if it is owned");
            assert_eq!(Enum::decode($action, sent $(, $version)?).map(Enum::into_owned), Ok(owned.clone()));
        }
        sent
    }};
}

fn messages_of_1_6() -> Vec<Message> {
    let request = |action: v16::Action| Message {
        name: format!("{action}.req"),
        schema: action.request_schema(),
        decodes: Box::new(move |text| v16::Request::decode(action, text).is_ok()),
        sends: Box::new(move |text| sends!(v16::Request, action, text)),
    };
    let response = |action: v16::Action| Message {
        name: format!("{action}.conf"),
        schema: action.response_schema(),
        decodes: Box::new(move |text| v16::Response::decode(action, text).is_ok()),
        sends: Box::new(move |text| sends!(v16::Response, action, text)),
    };
    v16::Action::ALL.iter().flat_map(|action| [request(*action), response(*action)]).collect()
}

fn messages_of_2(version: Version) -> Vec<Message> {
    let request = |action: v2::Action| Message {
        name: format!("{action}Request"),
        schema: action.request_schema(),
        decodes: Box::new(move |text| v2::Request::decode(action, text, version).is_ok()),
        sends: Box::new(move |text| sends!(v2::Request, action, text, version)),
    };
    let response = |action: v2::Action| Message {
        name: format!("{action}Response"),
        schema: action.response_schema(),
        decodes: Box::new(move |text| v2::Response::decode(action, text, version).is_ok()),
        sends: Box::new(move |text| sends!(v2::Response, action, text, version)),
    };
    let actions = v2::Action::ALL.iter().filter(|action| action.is_in(version));
    actions.flat_map(|action| [request(*action), response(*action)]).collect()
}

fn verdict(text: &str, schema: &'static Object, version: Version) -> Verdict {
    check(text, schema, version).map_err(|violation| {
        let path =
            if let Rule::Json(_) = violation.rule() { String::new() } else { violation.path().to_string() };
        (violation.rule(), path)
    })
}

/// Judges the payloads made from `seeds` and returns how many were right and wrong.
fn run(messages: &[Message], version: Version, seeds: core::ops::Range<u64>) -> (usize, usize) {
    let (mut accepted, mut refused) = (0, 0);
    for seed in seeds {
        let mut rng = Rng::new(seed);
        for Message { name, schema, decodes, sends } in messages {
            let node = valid_object(schema, version, &mut rng);
            for spaced in [false, true] {
                let text = node.text(spaced);
                assert_eq!(verdict(&text, schema, version), Ok(()), "{name}: {text}");
                assert!(decodes(&text), "{name}: {text}");
                assert_eq!(verdict(&sends(&text), schema, version), Ok(()), "{name}: {text}");
            }
            for (mutant, expected) in (Mutator { rng: &mut rng, version }).root(schema, &node) {
                let text = mutant.text(rng.below(4) == 0);
                let found = verdict(&text, schema, version);
                match (&expected, &found) {
                    // A text that breaks off may do so where another reason is nearer.
                    (Err((Rule::Json(_), _)), Err((Rule::Json(_), _))) => {}
                    _ => assert_eq!(found, expected, "{name}: {text}"),
                }
                assert_eq!(decodes(&text), expected.is_ok(), "{name}: {text}");
                *(if expected.is_ok() { &mut accepted } else { &mut refused }) += 1;
            }
        }
    }
    println!("{version:?}: {accepted} accepted, {refused} refused, all as constructed");
    (accepted, refused)
}

#[test]
fn verdicts_of_1_6() {
    let (accepted, refused) = run(&messages_of_1_6(), Version::V16, 0..3);
    assert!(accepted > 4_000 && refused > 10_000, "the corpus has shrunk: {accepted}, {refused}");
}

#[test]
fn verdicts_of_2_0_1() {
    let (accepted, refused) = run(&messages_of_2(Version::V201), Version::V201, 0..1);
    assert!(accepted > 4_000 && refused > 10_000, "the corpus has shrunk: {accepted}, {refused}");
}

#[test]
fn verdicts_of_2_1() {
    let (accepted, refused) = run(&messages_of_2(Version::V21), Version::V21, 0..1);
    assert!(accepted > 4_000 && refused > 10_000, "the corpus has shrunk: {accepted}, {refused}");
}

/// Collecting goes on after a violation and finds the same first one.
#[cfg(feature = "alloc")]
#[test]
fn all_violations_of_a_payload() {
    use evkit_ocpp::schema::check_all;
    let mut rng = Rng::new(77);
    for Message { name, schema, .. } in messages_of_1_6() {
        let node = valid_object(schema, Version::V16, &mut rng);
        assert_eq!(check_all(&node.text(false), schema, Version::V16), []);
        for (mutant, _) in (Mutator { rng: &mut rng, version: Version::V16 }).root(schema, &node) {
            let text = mutant.text(false);
            let first = check(&text, schema, Version::V16).err();
            let all = check_all(&text, schema, Version::V16);
            assert_eq!(all.first().copied(), first, "{name}: {text}");
        }
    }
}
