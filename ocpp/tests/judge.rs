//! The validator against another one: payloads made from the tables, and their mutants, judged by the crate `jsonschema` with
//! the official schemas and formats on. No false accept, no false reject.
//!
//! The schemas are in the folder `EVKIT_OCPP_SCHEMAS` as for `schemas.rs`; without it the test says so and passes.
//! `EVKIT_OCPP_SEEDS` is the number of seeds, 1 if not set.

#[path = "corpus/mod.rs"]
mod generator;

use std::path::{Path, PathBuf};

use evkit_ocpp::schema::{Object, Rule, Version, check};
use evkit_ocpp::{v2, v16};
use generator::{Mutator, Rng, valid_object};
use jsonschema::Validator;
use serde_json::Value;

/// Rules that the other validator cannot or does not know, so that only this crate refuses what breaks them.
const STRICTER: &[(Rule, &str)] = &[
    (Rule::Duplicate, "a tree of JSON values has lost the first of two members"),
    (Rule::Size, "doubles hold, or round, what 64 bits and exact decimals do not"),
];

/// `serde_json` reads `-0` as a double, which is no integer of draft 4; as text it is one, and it is zero.
fn without_negative_zero(value: &mut Value) {
    match value {
        Value::Number(number) if number.to_string() == "-0.0" => *value = 0.into(),
        Value::Array(items) => items.iter_mut().for_each(without_negative_zero),
        Value::Object(members) => members.values_mut().for_each(without_negative_zero),
        _ => {}
    }
}

fn validator(file: &Path) -> Validator {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let schema: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).expect("a schema is JSON");
    jsonschema::options()
        .should_validate_formats(true)
        // An annotation to this crate: field devices use what their servers take.
        .with_format("uri", |_: &str| true)
        .build(&schema)
        .expect("a valid schema")
}

#[derive(Default)]
struct Count {
    accepted: usize,
    refused: usize,
    stricter: usize,
}

fn judge(file: &Path, schema: &'static Object, version: Version, seed: u64, count: &mut Count) {
    let validator = validator(file);
    let mut rng = Rng::new(seed);
    let node = valid_object(schema, version, &mut rng);
    let mutants = Mutator { rng: &mut rng, version }.root(schema, &node);
    for node in mutants.into_iter().map(|(mutant, _)| mutant).chain([node]) {
        let text = node.text(rng.below(4) == 0);
        let ours = check(&text, schema, version);
        let theirs = serde_json::from_str::<Value>(&text).is_ok_and(|mut value| {
            without_negative_zero(&mut value);
            validator.is_valid(&value)
        });
        match &ours {
            Ok(()) if theirs => count.accepted += 1,
            Err(_) if !theirs => count.refused += 1,
            Err(violation) if STRICTER.iter().any(|(rule, _)| *rule == violation.rule()) => {
                count.stricter += 1;
            }
            Ok(()) => panic!("false accept by {}: {text}", file.display()),
            Err(violation) => panic!("false reject by {}: {violation}: {text}", file.display()),
        }
    }
}

/// Judges messages, each with the stem of its file.
fn run(name: &str, version: Version, messages: &[(String, &'static Object)]) {
    let Some(folder) = std::env::var_os("EVKIT_OCPP_SCHEMAS").map(PathBuf::from) else {
        println!("skipped: EVKIT_OCPP_SCHEMAS does not name the folder of the official schemas");
        return;
    };
    let seeds =
        std::env::var("EVKIT_OCPP_SEEDS").map_or(1, |seeds| seeds.parse().expect("a number of seeds"));
    let mut count = Count::default();
    for seed in 0..seeds {
        for (stem, schema) in messages {
            let file = folder.join(name).join("schemas").join(format!("{stem}.json"));
            judge(&file, schema, version, seed, &mut count);
        }
    }
    let Count { accepted, refused, stricter } = count;
    println!(
        "{name}, {seeds} seeds: {accepted} accepted and {refused} refused by both, 0 false accepts, 0 false rejects, \
         {stricter} beyond JSON Schema"
    );
    assert!(accepted > 0 && refused > 0);
}

#[test]
fn payloads_of_1_6() {
    let both = |action: &v16::Action| {
        [
            (action.to_string(), action.request_schema()),
            (format!("{action}Response"), action.response_schema()),
        ]
    };
    run("v16", Version::V16, &v16::Action::ALL.iter().flat_map(both).collect::<Vec<_>>());
}

fn messages_of_2(version: Version) -> Vec<(String, &'static Object)> {
    let actions = v2::Action::ALL.iter().filter(|action| action.is_in(version));
    let both = |action: &v2::Action| {
        [
            (format!("{action}Request"), action.request_schema()),
            (format!("{action}Response"), action.response_schema()),
        ]
    };
    actions.flat_map(both).collect()
}

#[test]
fn payloads_of_2_0_1() {
    run("v201", Version::V201, &messages_of_2(Version::V201));
}

#[test]
fn payloads_of_2_1() {
    run("v21", Version::V21, &messages_of_2(Version::V21));
}
