//! Broken memory, garbage on the lines, a central system that asks too much: the station goes on, and says so.

use std::time::Duration;

use anyhow::ensure;
use fastrand::Rng;
use serde_json::{Value, json};

use super::site::{LATER, SOON, charging};
use super::{Scenario, Setup, Site};
use crate::script::State;

/// Ways to spoil a memory.
const SPOILERS: [fn(&mut Rng, &mut [u8]); 6] = [
    |_, content| content.fill(0),
    |rng, content| rng.fill(content),
    |rng, content| flip(rng, content, 4_000),
    |rng, content| flip(rng, content, 200),
    |_, content| halves(content).0.fill(0xA5),
    |rng, content| rng.fill(halves(content).1),
];

fn flip(rng: &mut Rng, content: &mut [u8], bits: usize) {
    for _ in 0..bits {
        let at = rng.usize(..content.len());
        content[at] ^= 1 << rng.u8(..8);
    }
}

fn halves(content: &mut [u8]) -> (&mut [u8], &mut [u8]) {
    content.split_at_mut(content.len() / 2)
}

fn still_charging(site: &Site) -> anyhow::Result<()> {
    ensure!(State::Closed.holds(&mut site.bench.plant().world, 1), "it does not go on charging");
    Ok(())
}

/// Starts with a memory that holds nothing sensible, and charges.
pub(super) fn eeprom(setup: &Setup, scenario: &Scenario) -> anyhow::Result<String> {
    let mut rng = Rng::with_seed(1);
    let mut site = Site::start(setup, scenario, &[])?;
    site.ready()?;
    let mut said = 0;
    for spoil in SPOILERS {
        site.charge(1)?;
        site.cut()?;
        let mut content = std::fs::read(site.eeprom())?;
        spoil(&mut rng, &mut content);
        std::fs::write(site.eeprom(), content)?;
        site.bench.plant().world.socket(1).reset();
        site.power_on()?;
        site.ready()?;
        said += u32::from(site.machine()?.console().contains("erased"));
    }
    site.charge(1)?;
    ensure!(said > 0, "nothing was said about any of them");
    site.finish(SPOILERS.len() as u32)?;
    Ok(format!("{} spoilt memories, {said} times said so, charges after each", SPOILERS.len()))
}

/// Random bytes at all three serial lines while a car charges.
pub(super) fn garbage(setup: &Setup, scenario: &Scenario) -> anyhow::Result<String> {
    let mut rng = Rng::with_seed(2);
    let mut site = Site::start(setup, scenario, &[])?;
    site.ready()?;
    site.charge(1)?;
    let mut sent = 0;
    for _ in 0..400 {
        let mut bytes: Vec<u8> = (0..rng.usize(1..120)).map(|_| rng.u8(..)).collect();
        site.machine()?.type_in(&bytes)?;
        site.bench.plant().send_bus(&bytes)?;
        // A line feed, so that garbage costs no measurement: this is about what the station makes of it.
        bytes.push(b'\n');
        site.bench.plant().send_raw(&bytes)?;
        sent += 3 * bytes.len();
        std::thread::sleep(Duration::from_millis(20));
    }
    still_charging(&site)?;
    let machine = site.machine()?;
    let before = machine.console().len();
    machine.type_in(b"\nstatus\n")?;
    machine.hear_after(before, "contactor closed", SOON)?;
    site.leave(1)?;
    site.back_end.hear("StopTransaction", 0, SOON, |_| true)?;
    site.finish(0)?;
    Ok(format!("{sent} bytes; goes on charging, the console answers"))
}

/// Frames without end, most of them no OCPP, while a car charges.
pub(super) fn flood(setup: &Setup, scenario: &Scenario) -> anyhow::Result<String> {
    let mut site = Site::start(setup, scenario, &[])?;
    site.ready()?;
    site.charge(1)?;
    site.back_end.command("flood 1000")?;
    std::thread::sleep(Duration::from_secs(5));
    site.back_end.command("call GetLocalListVersion {}")?;
    site.back_end.answered("GetLocalListVersion", 0, 2 * LATER)?;
    still_charging(&site)?;
    site.leave(1)?;
    site.back_end.hear("StopTransaction", 0, LATER, |_| true)?;
    site.finish(0)?;
    Ok("1000 frames at once; goes on charging, answers afterwards".to_owned())
}

/// The largest messages OCPP allows, one after the other.
fn worst() -> Vec<(&'static str, Value)> {
    let profile = |periods: u32| {
        let period = |at: u32| json!({"startPeriod": at * 60, "limit": f64::from(6 + at % 20) + 0.5, "numberPhases": 3});
        let periods: Vec<Value> = (0..periods).map(period).collect();
        json!({"connectorId": 1, "csChargingProfiles": {
            "chargingProfileId": 7, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Relative",
            "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": periods},
        }})
    };
    let keys: Vec<String> = (0..40).map(|key| format!("Key{key:0>47}")).collect();
    let entry = |number: u32| {
        json!({"idTag": format!("CARD{number:0>16}"), "idTagInfo": {
            "status": "Accepted", "parentIdTag": format!("{number:0>20}"), "expiryDate": "2036-01-01T00:00:00.000Z",
        }})
    };
    let list = |entries: u32| {
        let entries: Vec<Value> = (0..entries).map(entry).collect();
        json!({"listVersion": 1, "updateType": "Full", "localAuthorizationList": entries})
    };
    vec![
        ("GetConfiguration", json!({})),
        ("GetConfiguration", json!({"key": keys})),
        ("SetChargingProfile", profile(6)),
        ("SetChargingProfile", profile(24)),
        ("SetChargingProfile", profile(200)),
        ("SendLocalList", list(18)),
        ("SendLocalList", list(30)),
        ("GetCompositeSchedule", json!({"connectorId": 1, "duration": 86_400})),
        ("DataTransfer", json!({"vendorId": "v".repeat(255), "data": "d".repeat(20_000)})),
        ("GetConfiguration", json!({"key": ["HeartbeatInterval"]})),
    ]
}

/// The largest messages, while a car charges: answered, or refused and said so.
pub(super) fn worst_messages(setup: &Setup, scenario: &Scenario) -> anyhow::Result<String> {
    let mut site = Site::start(setup, scenario, &[])?;
    site.ready()?;
    site.charge(1)?;
    let mut answers = Vec::new();
    for (action, request) in worst() {
        let asked = site.back_end.asked(action)?;
        let bytes = request.to_string().len();
        site.back_end.command(&format!("call {action} {request}"))?;
        let said = match site.back_end.answered(action, asked, LATER) {
            Ok(Value::Array(error)) => error[2].as_str().unwrap_or("refused").to_owned(),
            Ok(answer) => answer["status"].as_str().unwrap_or("answered").to_owned(),
            Err(_) if site.machine()?.console().contains("is refused") => "too long, said so".to_owned(),
            Err(error) => return Err(error),
        };
        answers.push(format!("{action} of {bytes} B {said}"));
        still_charging(&site)?;
    }
    site.leave(1)?;
    site.back_end.hear("StopTransaction", 0, LATER, |_| true)?;
    site.bench.play(1, charging(0))?;
    site.finish(0)?;
    Ok(answers.join(", "))
}
