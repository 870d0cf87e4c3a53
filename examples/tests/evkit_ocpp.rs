//! `evkit ocpp`, as a program.

use std::path::Path;
use std::process::{Command, Output};

fn evkit(folder: &Path, arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_evkit");
    Command::new(program).current_dir(folder).args(arguments).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("output is UTF-8")
}

fn check(content: &[u8], arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("log.jsonl"), content).expect("written");
    evkit(folder.path(), &[&["ocpp", "check", "log.jsonl"], arguments].concat())
}

const LOG: &str = r#"[2,"1","Heartbeat",{}]
[3,"1",{"currentTime":"2026-01-02T03:04:05Z"}]
[2,"2","StartTransaction",{"connectorId":1,"idTag":"A","meterStart":0}]
[3,"2",{"transactionId":1}]
[3,"2",{}]

[2,"3","Dance",{}]
{"version":"1.6","action":"Reset","direction":"request","payload":{"type":"Warm"}}
{"version":"1.6","action":"Reset","direction":"response","payload":{"status":"Accepted"}}
{"version":"2.0.1","action":"Reset","direction":"request","payload":{}}
[7,"4",{}]
nonsense
"#;

#[test]
fn each_line_gets_a_verdict() {
    let output = check(LOG.as_bytes(), &["--json"]);
    let good = |line| {
        format!(r#"{{"line":{line},"valid":true,"code":null,"rule":null,"path":null,"message":null}}"#)
    };
    let bad = |line, code, rule, path, message: &str| {
        let head = format!(r#"{{"line":{line},"valid":false,"code":"{code}","rule":"{rule}","#);
        format!(r#"{head}"path":"{path}","message":"{message}"}}"#)
    };
    let occurrence = "OccurenceConstraintViolation";
    let form = "FormationViolation";
    let expected = [
        good(1),
        good(2),
        bad(3, occurrence, "Missing", "$.timestamp", "required but missing"),
        bad(4, occurrence, "Missing", "$.idTagInfo", "required but missing"),
        bad(5, "GenericError", "Unmatched", "$[1]", "an answer, but no call with this message id before it"),
        bad(7, "NotImplemented", "Action", "$[2]", r#"OCPP 1.6 has no action \"Dance\""#),
        bad(8, "PropertyConstraintViolation", "Choice", "$.type", "not one of Hard, Soft"),
        good(9),
        bad(10, "OccurrenceConstraintViolation", "Missing", "$.type", "required but missing"),
        bad(11, "GenericError", "Frame", "$", "unknown message type 7"),
        bad(12, form, "Frame", "$", "not an array"),
    ];
    assert_eq!(text(&output.stdout).lines().collect::<Vec<_>>(), expected);
    assert_eq!(text(&output.stderr), "11 lines, 3 valid, 8 invalid\n");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn people_see_only_what_is_wrong() {
    let output = check(br#"[2,"1","Reset",{"type":"Warm"}]"#, &[]);
    assert_eq!(
        text(&output.stdout),
        "log.jsonl:1:24: PropertyConstraintViolation: $.type: not one of Hard, Soft\n"
    );
    assert_eq!(text(&output.stderr), "1 lines, 0 valid, 1 invalid\n");
}

#[test]
fn answers_belong_to_their_own_side_and_station() {
    let log = r#"{"station":"A","from":"station","frame":[2,"1","Heartbeat",{}]}
{"station":"A","from":"csms","frame":[2,"1","ClearCache",{}]}
{"station":"A","from":"station","frame":[3,"1",{"status":"Accepted"}]}
{"station":"A","from":"csms","frame":[3,"1",{"currentTime":"2026-01-02T03:04:05Z"}]}
"#;
    let output = check(log.as_bytes(), &[]);
    assert_eq!(text(&output.stderr), "4 lines, 4 valid, 0 invalid\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn what_is_forgiven_is_reported() {
    let line = br#"{"version":"1.6","action":"Reset","direction":"request","payload":{"type":"Hard","x":1}}"#;
    assert_eq!(check(line, &[]).status.code(), Some(1));
    let output = check(line, &["--lenient", "unknown-members,missing-zone"]);
    assert_eq!(
        text(&output.stderr),
        "1 lines, 1 valid, 0 invalid, 1 of the valid ones forgiven: unknown member\n"
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn text_that_is_not_unicode() {
    let output = check(b"[2,\"1\",\"\xff\",{}]", &[]);
    assert_eq!(text(&output.stdout), "log.jsonl:1:9: FormationViolation: $: not UTF-8\n");
}

#[test]
fn unknown_versions_are_refused() {
    let line = br#"{"version":"1.5","action":"Reset","direction":"request","payload":{}}"#;
    assert_eq!(
        text(&check(line, &[]).stdout),
        "log.jsonl:1:13: FormationViolation: $.version: there is no version \"1.5\", only \"1.6\", \"2.0.1\" and \"2.1\"\n"
    );
    assert_eq!(check(b"", &["--version", "1.5"]).status.code(), Some(2));
}

#[test]
fn frames_of_2_1() {
    let log = r#"[2,"1","Heartbeat",{}]
[3,"1",{"currentTime":"2026-01-02T03:04:05Z"}]
[5,"1","FormatViolation","",{}]
[6,"2","NotifyPeriodicEventStream",{"data":[{"t":0,"v":"1"}],"id":1,"pending":0,"basetime":"2026-01-02T03:04:05Z"}]
[6,"3","NotifyPeriodicEventStream",{}]
[6,"4","Heartbeat",{}]
{"action":"NotifyPeriodicEventStream","direction":"request","payload":{"data":[]}}
"#;
    let output = check(log.as_bytes(), &["--version", "2.1"]);
    assert_eq!(
        text(&output.stdout),
        "log.jsonl:5:36: OccurrenceConstraintViolation: $.data: required but missing\n\
         log.jsonl:6:9: NotImplemented: $[2]: OCPP 2.1 has no action \"Heartbeat\" to send without answer\n\
         log.jsonl:7:79: OccurrenceConstraintViolation: $.data: fewer than 1 items\n"
    );
    assert_eq!(text(&output.stderr), "7 lines, 4 valid, 3 invalid\n");
}

#[test]
fn actions_belong_to_their_versions() {
    let frame = br#"[2,"1","BatterySwap",{}]"#;
    assert_eq!(
        text(&check(frame, &["--version", "2.0.1"]).stdout),
        "log.jsonl:1:9: NotImplemented: $[2]: OCPP 2.0.1 has no action \"BatterySwap\"\n"
    );
    let stated = br#"{"version":"2.0.1","frame":[2,"1","ClearCache",{}]}"#;
    assert_eq!(check(stated, &[]).status.code(), Some(0));
}

#[test]
fn fields_belong_to_their_versions() {
    let source = |version| {
        let output =
            evkit(Path::new("."), &["ocpp", "explain", "ClearedChargingLimit", "--version", version]);
        let row = text(&output.stdout).lines().find(|row| row.contains("chargingLimitSource"));
        row.map(|row| row.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    assert_eq!(
        source("2.0.1").as_deref(),
        Some("chargingLimitSource required enumeration: EMS, Other, SO, CSO")
    );
    assert_eq!(source("2.1").as_deref(), Some("chargingLimitSource required string, at most 20 characters"));
}

#[test]
fn an_action_in_words() {
    let output = evkit(Path::new("."), &["ocpp", "explain", "getconfiguration"]);
    assert_eq!(
        text(&output.stdout),
        "GetConfiguration: OCPP 1.6, Core, sender: central system\n\n\
         request\n  key    optional  array\n  key[]  required  string, at most 50 characters\n\n\
         response\n\
         \x20 configurationKey             optional  array\n\
         \x20 configurationKey[].key       required  string, at most 50 characters\n\
         \x20 configurationKey[].readonly  required  boolean\n\
         \x20 configurationKey[].value     optional  string, at most 500 characters\n\
         \x20 unknownKey                   optional  array\n\
         \x20 unknownKey[]                 required  string, at most 50 characters\n"
    );
    let output = evkit(Path::new("."), &["ocpp", "explain", "Heartbeat", "--json"]);
    assert_eq!(
        text(&output.stdout),
        concat!(
            r#"{"version":"1.6","action":"Heartbeat","block":"Core","from":"charge point","message":"response","#,
            r#""path":"currentTime","required":true,"type":"date-time","min":null,"max":null,"multiple_of":null,"#,
            r#""values":null}"#,
            "\n"
        )
    );
    assert_eq!(evkit(Path::new("."), &["ocpp", "explain", "Dance"]).status.code(), Some(2));
}

#[test]
fn the_message_nobody_answers_in_words() {
    let arguments = ["ocpp", "explain", "notifyPeriodicEventStream", "--version"];
    let output = evkit(Path::new("."), &[&arguments[..], &["2.1"]].concat());
    let words = text(&output.stdout);
    assert!(
        words.starts_with("NotifyPeriodicEventStream: OCPP 2.1, Diagnostics, sender: station\n\nrequest\n"),
        "{words}"
    );
    assert!(words.contains("basetime") && !words.contains("response"), "{words}");
    assert_eq!(evkit(Path::new("."), &[&arguments[..], &["2.0.1"]].concat()).status.code(), Some(2));
}
