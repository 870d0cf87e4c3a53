//! Every row of every message table against the official JSON schemas, both ways.
//!
//! The schemas are the Open Charge Alliance's and not part of this repository. The folder named by
//! `EVKIT_OCPP_SCHEMAS` holds `v16/schemas/*.json` and so on, as the Python package `ocpp` ships them. Without the variable the
//! test says so and passes.

extern crate alloc;

use alloc::collections::BTreeSet;
use std::path::{Path, PathBuf};

use evkit_ocpp::message::Message;
use evkit_ocpp::schema::{Form, Kind, Object, Version};
use evkit_ocpp::{v2, v16};
use serde_json::Value;

/// Keywords that say nothing about what is valid.
const ANNOTATIONS: &[&str] =
    &["$id", "$schema", "comment", "default", "definitions", "description", "id", "javaType", "title"];

/// Keywords the tables leave out on purpose, with the reason.
const EXCEPTIONS: &[(&str, &str)] = &[
    (
        "format: uri",
        "an annotation: field devices use what their servers take, and JSON Schema validators do not assert it",
    ),
    ("additionalItems", "without effect where `items` is a single schema"),
    ("additionalProperties", "without effect on strings, where the files also have it"),
];

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("EVKIT_OCPP_SCHEMAS").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: EVKIT_OCPP_SCHEMAS does not name the folder of the official schemas");
    }
    folder
}

fn bounds(min: Option<f64>, max: Option<f64>) -> String {
    let from = min.map_or(String::new(), |min| format!(", from {min}"));
    let to = max.map_or(String::new(), |max| format!(", to {max}"));
    from + &to
}

/// What is valid, one fact per line, so that a difference reads like one.
type Facts = BTreeSet<String>;

fn ours(object: &Object, version: Version, path: &str, facts: &mut Facts) {
    facts.insert(format!("{path}: {} object", if object.is_open() { "open" } else { "closed" }));
    for field in object.fields().filter(|field| field.is_in(version)) {
        let path = format!("{path}.{}", field.name);
        facts.insert(format!("{path}: {}", if field.is_required(version) { "required" } else { "optional" }));
        our_value(field.kind, version, &path, facts);
    }
}

fn our_value(kind: &Kind, version: Version, path: &str, facts: &mut Facts) {
    let mut fact = |text: String| {
        facts.insert(format!("{path}: {text}"));
    };
    match kind {
        Kind::Boolean => fact("boolean".into()),
        Kind::Number(number) => {
            let (form, min, max) = number.in_version(version);
            let form = match form {
                Form::Integer => "integer of draft 4",
                Form::Draft6Integer => "integer of draft 6",
                Form::Decimal | Form::DecimalSinceV21 => "number",
                Form::Tenths => "number, multiple of 0.1",
            };
            fact(format!("{form}{}", bounds(min.map(f64::from), max.map(f64::from))));
        }
        Kind::Any => fact("any value".into()),
        Kind::Text { max: u16::MAX, .. } => fact("string".into()),
        Kind::Text { max, .. } if version == Version::V21 => fact(format!("string of at most {max}")),
        Kind::Text { before_v21: max, .. } | Kind::Identity(max) => fact(format!("string of at most {max}")),
        Kind::Opened { max, .. } if version == Version::V21 => fact(format!("string of at most {max}")),
        Kind::Opened { values, .. } => fact(format!("one of {:?}", BTreeSet::from_iter(values.iter()))),
        Kind::DateTime => fact("date-time".into()),
        Kind::Choice { values, listed, .. } => {
            let listed = if version == Version::V21 { values.len() } else { (*listed).into() };
            let values: BTreeSet<_> = values.iter().take(listed).collect();
            fact(format!("one of {values:?}"));
        }
        Kind::Object(object) => ours(object, version, path, facts),
        Kind::List { item, min, max } => {
            let max = if *max == u16::MAX { "any number".into() } else { max.to_string() };
            fact(format!("list of {min} to {max}"));
            our_value(item, version, &format!("{path}[]"), facts);
        }
    };
}

fn theirs(schema: &Value, root: &Value, path: &str, facts: &mut Facts) {
    let schema = match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => {
            root.pointer(reference.trim_start_matches('#')).expect("a definition of that name")
        }
        None => schema,
    };
    let mut known: BTreeSet<&str> = ANNOTATIONS.iter().copied().chain(["type"]).collect();
    known.extend(EXCEPTIONS.iter().map(|(keyword, _)| *keyword));
    let number = |keyword: &str| schema.get(keyword).map(|bound| bound.as_f64().expect("a number"));
    let mut fact = |text: String| {
        facts.insert(format!("{path}: {text}"));
    };
    match schema["type"].as_str() {
        Some("object") => {
            known.extend(["properties", "required"]);
            let open = schema["additionalProperties"] != Value::Bool(false);
            fact(format!("{} object", if open { "open" } else { "closed" }));
            let required: Vec<_> = schema["required"].as_array().into_iter().flatten().collect();
            for (name, member) in schema["properties"].as_object().into_iter().flatten() {
                let path = format!("{path}.{name}");
                let demanded = required.iter().any(|required| *required == name);
                facts.insert(format!("{path}: {}", if demanded { "required" } else { "optional" }));
                theirs(member, root, &path, facts);
            }
        }
        Some("array") => {
            known.extend(["items", "minItems", "maxItems"]);
            let max = number("maxItems").map_or("any number".into(), |max| max.to_string());
            fact(format!("list of {} to {max}", number("minItems").unwrap_or(0.0)));
            theirs(&schema["items"], root, &format!("{path}[]"), facts);
        }
        Some("string") => {
            known.extend(["enum", "format", "maxLength"]);
            let format = schema.get("format").map(|format| format.as_str().expect("a name"));
            if let Some(values) = schema.get("enum") {
                let values: BTreeSet<_> =
                    values.as_array().expect("texts").iter().map(|v| v.as_str().expect("a text")).collect();
                fact(format!("one of {values:?}"));
            } else if let Some(max) = number("maxLength") {
                fact(format!("string of at most {max}"));
            } else {
                match format {
                    Some("date-time") => fact("date-time".into()),
                    None | Some("uri") => fact("string".into()),
                    Some(format) => panic!("{path}: unknown format {format}"),
                };
            }
        }
        Some("integer") => {
            let draft =
                if root["$schema"].as_str().is_some_and(|id| id.contains("draft-04")) { 4 } else { 6 };
            known.extend(["minimum", "maximum"]);
            fact(format!("integer of draft {draft}{}", bounds(number("minimum"), number("maximum"))));
        }
        Some("number") => {
            known.extend(["multipleOf", "minimum", "maximum"]);
            let step = number("multipleOf").map_or(String::new(), |step| format!(", multiple of {step}"));
            fact(format!("number{step}{}", bounds(number("minimum"), number("maximum"))));
        }
        Some("boolean") => {
            fact("boolean".into());
        }
        None => fact("any value".into()),
        Some(other) => panic!("{path}: unknown type {other}"),
    }
    for keyword in schema.as_object().into_iter().flatten().map(|(keyword, _)| keyword) {
        assert!(known.contains(keyword.as_str()), "{path}: the tables do not know the keyword {keyword}");
    }
}

fn compare(file: &Path, object: &Object, version: Version, differences: &mut Vec<String>) {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let schema: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).expect("a schema is JSON");
    let (mut expected, mut found) = (Facts::new(), Facts::new());
    theirs(&schema, &schema, "$", &mut expected);
    ours(object, version, "$", &mut found);
    let name = file.file_name().expect("a file").to_string_lossy();
    differences.extend(expected.difference(&found).map(|fact| format!("{name} has, table has not: {fact}")));
    differences.extend(found.difference(&expected).map(|fact| format!("table has, {name} has not: {fact}")));
}

/// Which files the folder has, by stem, so that no message is forgotten.
fn stems(folder: &Path) -> BTreeSet<String> {
    std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| path.file_stem().expect("a stem").to_string_lossy().into_owned())
        .collect()
}

#[test]
fn tables_of_1_6() {
    let Some(folder) = folder() else { return };
    let folder = folder.join("v16/schemas");
    let mut differences = Vec::new();
    let mut expected = BTreeSet::new();
    for action in v16::Action::ALL {
        for (stem, schema) in [
            (action.to_string(), action.request_schema()),
            (format!("{action}Response"), action.response_schema()),
        ] {
            compare(&folder.join(format!("{stem}.json")), schema, Version::V16, &mut differences);
            expected.insert(stem);
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!(stems(&folder), expected);
    println!("{} messages of 1.6 compared", expected.len());
}

#[test]
fn tables_of_2_0_1_and_2_1() {
    let Some(folder) = folder() else { return };
    for (version, name) in [(Version::V201, "v201"), (Version::V21, "v21")] {
        let folder = folder.join(name).join("schemas");
        let mut differences = Vec::new();
        let mut expected = BTreeSet::new();
        let mut compare = |stem: String, schema| {
            compare(&folder.join(format!("{stem}.json")), schema, version, &mut differences);
            expected.insert(stem);
        };
        for action in v2::Action::ALL.iter().filter(|action| action.is_in(version)) {
            compare(format!("{action}Request"), action.request_schema());
            compare(format!("{action}Response"), action.response_schema());
        }
        if version == Version::V21 {
            compare("NotifyPeriodicEventStream".into(), v2::NotifyPeriodicEventStream::SCHEMA);
        }
        assert!(differences.is_empty(), "{}", differences.join("\n"));
        assert_eq!(stems(&folder), expected);
        println!("{} messages of {name} compared", expected.len());
    }
}
