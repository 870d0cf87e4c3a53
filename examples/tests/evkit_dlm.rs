//! `evkit dlm`, as a program.

use std::path::Path;
use std::process::{Command, Output};

fn evkit(folder: &Path, arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_evkit");
    Command::new(program).current_dir(folder).args(arguments).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("output is UTF-8")
}

/// Two single-phase cars and a three-phase one; 16 A are left on L1.
const THREE_CARS: &str = r#"{"instance":{"id":"three","fairness":"pooled","nodes":[{"parent":null,"limit_mA":[20000,20000,20000],"base_mA":[4000,0,0],"imbalance_mA":null}],"evses":[{"node":0,"rotation":[1,2,3],"car_phases":[1],"min_mA":6000,"max_mA":32000,"priority":0,"weight":1},{"node":0,"rotation":[2,3,1],"car_phases":[1],"min_mA":6000,"max_mA":7000,"priority":1,"weight":3},{"node":0,"rotation":null,"car_phases":[1,2,3],"min_mA":11000,"max_mA":32000,"priority":1,"weight":1}],"pools":[]}}"#;

#[test]
fn shares_with_reasons() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("site.jsonl"), THREE_CARS).expect("written");
    let output = evkit(folder.path(), &["--json", "dlm", "solve", "site.jsonl"]);
    assert_eq!(
        text(&output.stdout),
        concat!(
            r#"{"id":"three","currents_mA":[16000,7000,0],"served":[1,1],"levels_mA":[0,2333.3333333333335,16000],"#,
            r#""reasons":["limit of node 0 on L1","own maximum","not admitted: limit of node 0 on L1"]}"#,
            "\n"
        )
    );
    assert_eq!(output.status.code(), Some(0));
    let output = evkit(folder.path(), &["dlm", "solve", "site.jsonl"]);
    assert_eq!(
        text(&output.stdout),
        "three: 2 of 3 served\n  EVSE 0            16 A  limit of node 0 on L1\n  EVSE 1             7 A  own maximum\n  \
         EVSE 2             0 A  not admitted: limit of node 0 on L1\n"
    );
}

#[test]
fn bad_lines_are_named_and_the_rest_is_solved() {
    let folder = tempfile::tempdir().expect("a folder");
    let content = format!(
        "{}\n{}\n\n{}\n{THREE_CARS}\n",
        r#"{"id":"empty","fairness":"pooled","nodes":[],"evses":[],"pools":[]}"#,
        r#"{"instance": {"id":"x","fairness":"fair"}}"#,
        THREE_CARS.replace("[2,3,1]", "[2,2,1]"),
    );
    std::fs::write(folder.path().join("bad.jsonl"), content).expect("written");
    let output = evkit(folder.path(), &["--json", "dlm", "solve", "bad.jsonl"]);
    assert_eq!(
        text(&output.stderr),
        "bad.jsonl:1:1: empty: there is no supply node; node 0 must be the main connection\n\
         bad.jsonl:2:40: unknown variant `fair`, expected `pooled` or `by_class`\n\
         bad.jsonl:4:1: three: $.evses[1]: rotation: wanted null or an order of 1, 2 and 3\n"
    );
    assert_eq!(text(&output.stdout).lines().count(), 1);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn an_unreadable_file_is_unusable() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = evkit(folder.path(), &["dlm", "solve", "nowhere.jsonl"]);
    assert!(text(&output.stderr).starts_with("nowhere.jsonl: "));
    assert_eq!(output.status.code(), Some(2));
}

const SITE: &str = r#"[[node]]
name = "main"
installation_mA = 20000
operator_mA = 25000
meter.location = "including"

[[evse]]
id = "left"
node = "main"
hardware_mA = 32000
disconnected_mA = 4000
"#;

fn check_site(content: &str, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("site.toml"), content).expect("written");
    evkit(folder.path(), &[&["dlm", "check", "site.toml"], arguments].concat())
}

#[test]
fn findings_of_a_site() {
    let content = SITE.replace("25000", "[20000, 25000, 20000]");
    let output = check_site(&content, &[]);
    assert_eq!(
        text(&output.stdout),
        "site.toml:1:1: error: main: node 0: operator limit is above installation limit on L2, which it may only lower\n\
         site.toml:1:1: warning: main: node 0: its load is unknown when its meter is silent, but disconnected EVSEs go on\n\
         site.toml:7:1: warning: left: EVSE 0: disconnected limit of 4 A acts as 0, the minimum is 6 A\n"
    );
    assert_eq!(output.status.code(), Some(1));
    let output = check_site(&content.replace("disconnected_mA = 4000", ""), &["--json"]);
    assert_eq!(
        text(&output.stdout),
        concat!(
            r#"{"line":1,"severity":"error","name":"main","#,
            r#""message":"node 0: operator limit is above installation limit on L2, which it may only lower"}"#,
            "\n"
        )
    );
}

#[test]
fn a_site_without_findings() {
    let content = SITE.replace("operator_mA = 25000\n", "").replace("disconnected_mA = 4000", "");
    let output = check_site(&content, &[]);
    assert_eq!((text(&output.stdout), text(&output.stderr)), ("", "1 nodes, 1 EVSEs, 0 findings\n"));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn durations_that_do_not_fit_each_other() {
    let content = SITE.replace("operator_mA = 25000\n", "").replace("disconnected_mA = 4000", "");
    let content = content + "[network]\nlease_ms = 10000\nalone_ms = 30000\n";
    let output = check_site(&content, &[]);
    let expected = "error: network: going alone after 30s is too early: the others need until 38.561s\n";
    let said = text(&output.stdout);
    assert!(said.ends_with(expected), "{said}");
    assert_eq!(output.status.code(), Some(1));
    let output = check_site(&content.replace("30000", "38561"), &[]);
    assert_eq!((text(&output.stdout), output.status.code()), ("", Some(0)));
}

#[test]
fn a_site_that_cannot_be_used() {
    let output = check_site(&SITE.replace("node = \"main\"", "node = \"barn\""), &[]);
    assert_eq!(text(&output.stderr), "site.toml:7:1: there is no node \"barn\"\n");
    assert_eq!(output.status.code(), Some(2));
    let output = check_site(&SITE.replace("operator_mA", "operater_mA"), &[]);
    assert!(text(&output.stderr).starts_with("site.toml:4:1: unknown field `operater_mA`"));
    assert_eq!(output.status.code(), Some(2));
}
