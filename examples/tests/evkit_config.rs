//! `evkit config`, as a program, over the samples of the library.

use std::path::Path;
use std::process::{Command, Output};

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../config-format/tests/fixtures");
const STATION: &str = "keba-p30-10000001.conf";

/// Runs the program where the samples are.
fn config(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evkit"));
    command.current_dir(SAMPLES).arg("config").args(arguments).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("output is UTF-8")
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(SAMPLES).join(name)).expect("the sample is there")
}

#[test]
fn findings_name_file_line_and_column() {
    let output = config(&["check", "--vendor", "keba", "keba-p30-spaced-crlf.conf"]);
    assert_eq!(
        text(&output.stderr),
        "keba-p30-spaced-crlf.conf:9:1: error: `MaxAvailableCurrent` stands in line 8 already; which of the two \
         counts is not documented, keep one
keba-p30-spaced-crlf.conf:13:1: warning: `HOTSPOT SSID` is written `HOTSPOT_SSID` in a station's file
1 errors, 1 warnings, 0 notes
"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn stations_of_one_site_are_compared() {
    let output = config(&["check", "--vendor", "keba", STATION, STATION]);
    assert_eq!(
        text(&output.stderr),
        "keba-p30-10000001.conf:38:19: error: `LocalDHCPSEnabled` makes the station a DHCP server, but \
         keba-p30-10000001.conf is one already; only one of a network may be\n\
         keba-p30-10000001.conf:2:19: error: `ChargeBoxIdentity` is `DEPOT-NORD-01`, which keba-p30-10000001.conf \
         has already; give each its own\n2 errors, 0 warnings, 0 notes\n"
    );
}

#[test]
fn a_note_is_no_finding_that_fails() {
    let output = config(&["--json", "check", "--vendor", "bender", "bender-sw_config"]);
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one object");
    assert_eq!(found["check"], "no-software-id");
    assert_eq!(found["file"], Path::new("bender-sw_config").join("FLLFillMode_fll").to_str().unwrap());
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn settings_are_typed() {
    let output =
        config(&["--json", "get", "LOADMANAGEMENT.MaxAvailableCurrent", "--vendor", "keba", STATION]);
    assert_eq!(
        text(&output.stdout),
        concat!(
            r#"{"file":"keba-p30-10000001.conf","line":31,"column":21,"section":"LOADMANAGEMENT","#,
            r#""key":"MaxAvailableCurrent","known":"MaxAvailableCurrent","rule":"exact","value":"63000","#,
            r#""unit":"mA","secret":false,"valid":true}"#,
            "\n"
        )
    );
}

#[test]
fn secrets_are_shown_on_demand_only() {
    for arguments in [
        &["show", "--vendor", "keba", STATION][..],
        &["--json", "show", "--vendor", "keba", STATION],
        &["get", "HOTSPOT_KEY", "--vendor", "keba", STATION],
        &["--json", "get", "HOTSPOT_KEY", "--vendor", "keba", STATION],
        &["check", "--vendor", "keba", STATION],
        &["diff", "--vendor", "keba", STATION, "keba-p30.conf"],
        &["clone", "--json", "--vendor", "keba", STATION],
        &["convert", "--json", "--vendor", "keba", "--to", "evlink", STATION],
    ] {
        let output = config(arguments);
        let all = format!("{}{}", text(&output.stdout), text(&output.stderr));
        assert!(!all.is_empty() && !all.contains("EXAMPLE-SECRET"), "{arguments:?}: {all}");
    }
    let output = config(&["get", "HOTSPOT_KEY", "--show-secrets", "--vendor", "keba", STATION]);
    assert_eq!(text(&output.stdout), "EXAMPLE-SECRET-1\n");
}

#[test]
fn setting_changes_one_value() {
    let output = config(&["set", "LOADMANAGEMENT.MaxAvailableCurrent=32000", "--vendor", "keba", STATION]);
    let old = String::from_utf8(sample(STATION)).expect("UTF-8");
    assert_eq!(text(&output.stdout), old.replace("MaxAvailableCurrent=63000", "MaxAvailableCurrent=32000"));

    let output = config(&["set", "MaxAvailableCurrent=63 A", "--vendor", "keba", STATION]);
    assert_eq!(
        text(&output.stderr),
        "keba-p30-10000001.conf:31:21: error: `MaxAvailableCurrent` takes a whole number from 0 to 2147483647 (mA)\n"
    );
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]));
}

#[test]
fn in_place_replaces_the_file_and_leaves_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("station.conf");
    std::fs::write(&file, "[LOADMANAGEMENT]\r\nNominalVoltage =  230\r\n").expect("written");
    let path = file.to_str().expect("UTF-8");
    let output = config(&["set", "NominalVoltage=240", "--in-place", "--vendor", "keba", path]);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), &b""[..]));
    assert_eq!(std::fs::read(&file).expect("read"), b"[LOADMANAGEMENT]\r\nNominalVoltage =  240\r\n");
    assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 1);
}

#[test]
fn a_clone_is_the_file_the_manual_describes() {
    let output = config(&["clone", "--stations", "2", "--vendor", "keba", STATION]);
    assert_eq!(output.stdout, sample("keba-p30.conf"));
    assert!(text(&output.stderr).contains("name the copy keba-p30.conf"));
}

#[test]
fn a_bender_folder_is_cloned_into_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().to_str().expect("UTF-8");
    let output = config(&["clone", "--vendor", "bender", "--out", out, "bender-sw_config"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("ChargePointUUID_ocpp:1: "), "{}", text(&output.stderr));
    let limit = "OperatorCurrentLimit_vehicleif";
    let copy = std::fs::read(folder.path().join(limit)).expect("the limit is there");
    assert_eq!(copy, sample(&format!("bender-sw_config/{limit}")));
    assert!(!folder.path().join("ChargePointUUID_ocpp").exists());
    assert_eq!(config(&["clone", "--vendor", "bender", "bender-sw_config"]).status.code(), Some(2));
}

#[test]
fn differences_show_secrets_on_demand() {
    let output = config(&["diff", "--show-secrets", "--vendor", "keba", STATION, "keba-p30.conf"]);
    assert!(text(&output.stdout).contains("EXAMPLE-SECRET-1"), "{}", text(&output.stdout));
}

#[test]
fn repair_gives_back_the_file_that_was_printed() {
    let output = config(&["repair", "--vendor", "evlink", "evlink-all-extracted.txt"]);
    assert_eq!(output.stdout, sample("evlink-all.cfg"));
    assert_eq!(text(&output.stderr).lines().count(), 181, "a decision for each line");
}

#[test]
fn differences_are_findings() {
    let output = config(&["diff", "--vendor", "keba", STATION, "keba-p30.conf"]);
    assert!(text(&output.stdout).contains("~ [CONFIGURATION] AmountConnectors: 3 -> 2\n"));
    assert_eq!(output.status.code(), Some(1));
    let output = config(&["diff", "--vendor", "keba", STATION, STATION]);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn a_conversion_lists_what_it_loses() {
    let output = config(&["convert", "--vendor", "keba", "--to", "evlink", STATION]);
    assert!(text(&output.stdout).contains("63\n"), "amperes: {}", text(&output.stdout));
    let lost = "keba-p30-10000001.conf: [CONFIGURATION] ChargepointPort, line 16: is peculiar to its vendor";
    assert!(text(&output.stderr).contains(lost));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn unusable_input_is_no_finding() {
    for arguments in [
        &["check", "--vendor", "keba", "no-such-file"][..],
        &["get", "NoSuchKey", "--vendor", "keba", STATION],
        &["set", "no sign", "--vendor", "keba", STATION],
        &["repair", "--vendor", "keba", STATION],
        &["convert", "--vendor", "keba", "--to", "bender", STATION],
    ] {
        assert_eq!(config(arguments).status.code(), Some(2), "{arguments:?}");
    }
}
