//! `evkit meters`, as a program.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Output, Stdio};

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
    let current = r#"Siemens,PAC4220,4,13,2,f32 be,1,A,current_l1,read,medium,Tinkerforge/esp32-firmware"#;
    assert!(lines.clone().any(|line| line == current));
    let command = "KEBA,KeContact P30,6,5004,1,u16,0.001,A,set_current_limit,write,high,";
    assert!(lines.clone().any(|line| line.starts_with(command)));
    assert!(lines.all(|line| !line.ends_with(',')), "every row has a source");
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

/// A simulated meter that ends with the test.
struct Meter {
    process: Child,
    address: String,
}

impl Meter {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_evkit"));
        command.args(["meters", "simulate", "--listen", "127.0.0.1:0"]).args(arguments);
        let mut process = command.stdout(Stdio::piped()).spawn().expect("the program starts");
        let mut line = String::new();
        let output = process.stdout.take().expect("piped");
        BufReader::new(output).read_line(&mut line).expect("it says where it listens");
        let address = line.trim_end().rsplit(' ').next().unwrap_or_default().to_owned();
        Self { process, address }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_simulated_meter_is_read_over_a_socket() {
    let meter = Meter::start(&["pac2200", "--set", "current_l1=15.98", "--set", "power_active_total=-250.5"]);
    let wanted = ["current_l1", "voltage_l1n", "power_active_total"];
    let output =
        evkit(&[&["--json", "meters", "read", "pac2200", "--tcp", &meter.address][..], &wanted].concat());
    let rows = [
        r#"{"quantity":"voltage_l1n","value":null,"unit":"V","address":1,"error":"register 1: voltage_l1n: not a number"}"#,
        r#"{"quantity":"current_l1","value":"15.98","unit":"A","address":13,"error":null}"#,
        r#"{"quantity":"power_active_total","value":"-250.5","unit":"W","address":65,"error":null}"#,
    ];
    assert_eq!(text(&output.stdout).lines().collect::<Vec<_>>(), rows, "{}", text(&output.stderr));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_refusal_names_the_register() {
    // The PAC2200 does not have the energies of the PAC1600.
    let meter = Meter::start(&["pac2200"]);
    let output = evkit(&[
        "meters",
        "read",
        "siemens pac1600 (7kt1665, 7kt1666)",
        "--tcp",
        &meter.address,
        "energy_active_import_total",
    ]);
    assert_eq!(text(&output.stdout), "");
    assert_eq!(text(&output.stderr), "function 0x04 at register 6687: illegal data address\n");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_device_is_found_by_what_it_says() {
    let meter = Meter::start(&["em340", "--set", "model_id=341"]);
    let output = evkit(&["--json", "meters", "identify", "--tcp", &meter.address]);
    let line = r#"{"manufacturer":"Carlo Gavazzi","model":"EM340","strength":"likely","evidence":"code 341 at register 11"}"#;
    assert_eq!(text(&output.stdout).trim_end(), line, "{}", text(&output.stderr));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_place_where_nothing_listens_cannot_be_used() {
    let output = evkit(&["meters", "read", "pac2200", "current_l1", "--tcp", "127.0.0.1:1"]);
    let complaint = text(&output.stderr);
    assert!(complaint.starts_with("function 0x04 at register 13: "), "{complaint}");
    assert_eq!(output.status.code(), Some(2));
    let output = evkit(&["meters", "identify"]);
    assert!(text(&output.stderr).contains("<--tcp <HOST:PORT>|--rtu <DEV>>"), "{}", text(&output.stderr));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_watched_meter_is_read_again_and_again() {
    let meter = Meter::start(&["pac2200", "--set", "current_l1=15.98"]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_evkit"));
    command.args(["--json", "meters", "read", "pac2200", "current_l1", "--watch", "--tcp", &meter.address]);
    let mut process = command.stdout(Stdio::piped()).spawn().expect("the program starts");
    let lines = BufReader::new(process.stdout.take().expect("piped")).lines().take(2);
    let lines: Vec<_> = lines.map(|line| line.expect("output is UTF-8")).collect();
    process.kill().and_then(|()| process.wait()).expect("it runs until it is stopped");
    let value = r#"Z","quantity":"current_l1","value":"15.98","unit":"A","address":13,"error":null}"#;
    assert!(lines.iter().all(|line| line.starts_with(r#"{"time":"2"#) && line.ends_with(value)), "{lines:?}");
    assert_ne!(lines[0], lines[1]);
}

#[test]
fn a_description_in_a_file_is_a_model() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("acme.toml");
    let description = "manufacturer = \"Acme\"\nmodel = \"M1\"\nport = 502\n\n[[row]]\nquantity = \"current_l1\"\naddress = 16\ntype = \"u16\"\nscale = -1\n";
    std::fs::write(&path, description).expect("a file");
    let path = path.to_str().expect("UTF-8");
    let output = evkit(&["meters", "plan", path]);
    let plan = "Acme M1: requests 1, registers 1\n  function 3  address    16  words   1  current_l1\n";
    assert_eq!(text(&output.stdout), plan, "{}", text(&output.stderr));

    std::fs::write(path, description.replace("u16", "u17")).expect("a file");
    let output = evkit(&["meters", "plan", path]);
    let complaint = text(&output.stderr);
    assert!(complaint.contains("acme.toml:8:8: expected"), "{complaint}");
    assert_eq!(output.status.code(), Some(2));
}
