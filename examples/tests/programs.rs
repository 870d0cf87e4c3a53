//! `csms` and `charge-point` as separate processes that die and come back.

mod common;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use common::Program;

fn csms(listen: &str) -> (Program, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_csms"));
    command.args(["--listen", listen]);
    let program = Program::start(command);
    let line = program.says("listening at ");
    let address = line.split("ws://").nth(1).unwrap().split('/').next().unwrap().to_owned();
    (program, address)
}

fn station(address: &str, folder: &Path, script: &str) -> Program {
    let path = folder.join("script.txt");
    std::fs::write(&path, script).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_charge-point"));
    command.arg(format!("ws://{address}/")).args(["--id", "S1", "--store"]).arg(folder.join("store"));
    command.arg("--script").arg(path);
    Program::start(command)
}

fn api(address: &str) -> serde_json::Value {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET /api/stations HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap()
}

#[test]
fn a_station_that_loses_power_closes_its_transaction_once_with_power_loss() {
    let folder = tempfile::tempdir().unwrap();
    let (_csms, address) = csms("127.0.0.1:0");
    let first = station(&address, folder.path(), "0.2 plug 1\n0.8 card 1 04A224B25C6480\n");
    first.says("transaction 1");
    // Let some energy flow, so that the meter has moved.
    std::thread::sleep(Duration::from_secs(3));
    drop(first);

    let second = station(&address, folder.path(), "2 quit\n");
    second.says("it ends with PowerLoss");
    assert_eq!(second.ends(), Some(0));
    let state = api(&address);
    let transactions = state["transactions"].as_array().unwrap();
    assert_eq!(transactions.len(), 1, "{state}");
    let stop = &transactions[0]["stop"];
    assert_eq!(stop["reason"], "PowerLoss", "{state}");
    assert!(stop["meter"].as_i64().unwrap() >= transactions[0]["meter_start"].as_i64().unwrap(), "{state}");
}

#[test]
fn a_central_system_that_is_killed_loses_no_transaction_of_a_station() {
    let folder = tempfile::tempdir().unwrap();
    let (first, address) = csms("127.0.0.1:0");
    let program =
        station(&address, folder.path(), "0.2 plug 1\n0.8 card 1 04A224B25C6480\n4 unplug 1\n5 quit\n");
    program.says("transaction 1");
    drop(first);
    program.says("connection lost");
    // The transaction ends while nobody listens.
    program.says("transaction stopped after");
    let (second, _) = csms(&address);
    // The new process has no memory: it gets the end of a transaction it never knew, and answers it.
    assert_eq!(program.ends(), Some(0), "everything was delivered and answered");
    let state = api(&address);
    assert_eq!(state["anomalies"][0]["UnknownTransaction"]["id"], 1, "{state}");
    drop(second);
}

#[test]
fn a_wrong_script_or_address_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let program = station("127.0.0.1:9", folder.path(), "0.5 plug\n");
    program.says("script.txt:1:");
    assert_eq!(program.ends(), Some(2));
    let mut command = Command::new(env!("CARGO_BIN_EXE_charge-point"));
    command.args(["http://127.0.0.1:9/", "--id", "S1"]);
    let program = Program::start(command);
    program.says("not a ws:// or wss:// address");
    assert_eq!(program.ends(), Some(2));
}

#[test]
fn a_station_that_reaches_nobody_is_restarted_by_its_watchdog() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_charge-point"));
    // Nobody listens there.
    command.args(["ws://127.0.0.1:9/", "--id", "S1", "--watchdog", "1"]);
    let program = Program::start(command);
    program.says("next attempt in");
    program.says("restart: no connection for too long");
}

#[test]
fn a_station_is_reset_from_the_line_of_the_central_system() {
    let folder = tempfile::tempdir().unwrap();
    let (mut central, address) = csms("127.0.0.1:0");
    let program = station(&address, folder.path(), "0.2 plug 1\n0.8 card 1 04A224B25C6480\n");
    program.says("transaction 1");
    central.hears("S1 reset soft\n");
    program.says("transaction stopped after");
    program.says("restart: soft reset");
    // It registers again, over a new connection.
    program.says("registration Accepted");
    assert_eq!(api(&address)["transactions"][0]["stop"]["reason"], "SoftReset");
}
