//! `evkit pilot`, as a program.

use std::fmt::Write as _;
use std::process::{Command, Output};

fn replay(content: &str, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("samples.csv"), content).expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_evkit"));
    command.current_dir(folder.path()).args(["pilot", "samples.csv"]).args(arguments);
    command.output().expect("the program starts")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("output is UTF-8")
}

/// Samples every 50 ms: each step holds its levels until the time it names.
fn record(steps: &[(u32, i32, i32)]) -> String {
    let mut content = "time_ms,high_mV,low_mV\n".to_owned();
    let mut time = 0;
    for (until, high, low) in steps {
        while time < *until {
            writeln!(content, "{time},{high},{low}").expect("strings take anything");
            time += 50;
        }
    }
    content
}

#[test]
fn a_session_with_its_contactor_decisions() {
    let content = record(&[
        (1_000, 12_000, 12_000),
        (1_100, 9_000, 9_000),
        (2_000, 9_000, -12_000),
        (4_000, 6_000, -12_000),
        (5_000, 9_000, -12_000),
        (5_100, 12_000, -12_000),
        (6_000, 12_000, 12_000),
    ]);
    let output = replay(&content, &[]);
    assert_eq!(
        text(&output.stdout),
        "        50 ms  state          A1
      1050 ms  plugged
      1050 ms  state          B2
      2050 ms  state          C2
      2050 ms  requested
      2500 ms  closed         every condition is met
      4000 ms  state          B2
      4000 ms  request-ended
      4000 ms  opened         the vehicle does not ask for power
      5050 ms  unplugged
      5050 ms  state          A1
"
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_missing_diode_is_a_finding() {
    let content = record(&[(1_000, 12_000, 12_000), (1_100, 9_000, 9_000), (1_200, 9_000, -9_000)]);
    let output = replay(&content, &["--json"]);
    let rows = [
        r#"{"time_ms":50,"event":"state","detail":"A1"}"#,
        r#"{"time_ms":1050,"event":"plugged","detail":null}"#,
        r#"{"time_ms":1050,"event":"state","detail":"B2"}"#,
        r#"{"time_ms":1150,"event":"fault","detail":"control pilot fault: Diode"}"#,
        r#"{"time_ms":1150,"event":"state","detail":"B1"}"#,
    ];
    assert_eq!(text(&output.stdout).lines().collect::<Vec<_>>(), rows);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn unusable_lines_are_named() {
    let output = replay("time_ms,high_mV,low_mV\n0,12000,12000\n50,high,0\n", &[]);
    assert_eq!(text(&output.stderr), "samples.csv:3:1: high_mV: \"high\": invalid digit found in string\n");
    assert_eq!(output.status.code(), Some(2));
    let output = replay("50,12000,12000\n0,12000,12000\n", &[]);
    assert_eq!(text(&output.stderr), "samples.csv:2:1: time runs backwards\n");
    let output = replay("0,12000\n", &[]);
    assert_eq!(text(&output.stderr), "samples.csv:1:1: 2 fields; wanted time_ms,high_mV,low_mV\n");
}

#[test]
fn a_recording_that_skips_years_is_refused_at_once() {
    let output = replay("time_ms,high_mV,low_mV\n0,12000,12000\n18446744073709551615,12000,12000\n", &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).starts_with("samples.csv:3:1: "), "{}", text(&output.stderr));
}
