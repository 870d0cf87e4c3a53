//! `evkit meters`, as a program.

use std::process::{Command, Output};

fn evkit(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_evkit")).args(arguments).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("output is UTF-8")
}

#[test]
fn the_list_has_every_row_of_every_map() {
    let output = evkit(&["meters", "list", "--csv"]);
    let mut lines = text(&output.stdout).lines();
    let header = "manufacturer,model,function_code,address,words,encoding,scale,unit,quantity,access,confidence,source";
    assert_eq!(lines.next(), Some(header));
    let rows: usize = evkit_modbus_registers::devices::ALL.iter().map(|map| map.rows().len()).sum();
    assert_eq!(lines.clone().count(), rows);
    let current =
        "Siemens,PAC2200 (7KM2200),4,13,2,f32 be,1,A,current_l1,read,high,evkit_modbus_registers::devices";
    assert!(lines.clone().any(|line| line == current));
    let command = "KEBA,KeContact P30,6,5004,1,u16,0.001,A,set_current_limit,write,high,evkit_modbus_registers::devices";
    assert!(lines.any(|line| line == command));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_plan_shows_requests_and_what_they_bring() {
    let output =
        evkit(&["meters", "plan", "pac2200", "current_l1", "current_l3", "energy_active_import_total"]);
    assert_eq!(
        text(&output.stdout),
        "Siemens PAC2200 (7KM2200): requests 2, registers 14
  function 4  address    13  words   6  current_l1 current_l3
  function 4  address   801  words   8  energy_active_import_total
"
    );
    assert_eq!(output.status.code(), Some(0));
    let output = evkit(&["--json", "meters", "plan", "pac2200", "current_l1"]);
    let row = r#"{"function_code":4,"address":13,"words":2,"quantities":["current_l1"]}"#;
    assert_eq!(text(&output.stdout).trim_end(), row);
}

#[test]
fn what_a_device_does_not_have_is_a_finding() {
    let output = evkit(&["meters", "plan", "pac2200", "thd_voltage_l1"]);
    assert_eq!(text(&output.stderr), "Siemens PAC2200 (7KM2200) has no thd_voltage_l1\n");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn unknown_and_ambiguous_models_are_wrong_usage() {
    for (model, complaint) in [("pac9999", "no such model"), ("pac3", "Siemens PAC3120; Siemens PAC3200")] {
        let output = evkit(&["meters", "plan", model]);
        assert!(text(&output.stderr).contains(complaint), "{model}");
        assert_eq!(output.status.code(), Some(2), "{model}");
    }
}
