//! The compliance cases for charge points that are known by their ids in public, each in a session of both roles on a
//! virtual clock. The table of what is covered is in the documentation of `charge_point`; a test here compares it with
//! the functions.
//!
//! What a case asks for was put together from public code and issue threads, so the sentences are inferred.

extern crate alloc;

mod charging;
mod data;
mod remote;
mod security;
mod session;
#[path = "../world/mod.rs"]
mod world;

use evkit_ocpp::text::CiStr;
use evkit_ocpp::v16::ChangeConfigurationRequest;
use serde_json::Value;
use world::World;

/// A registered station with nothing left to say.
fn online() -> World {
    let mut world = World::online();
    told(&mut world);
    world
}

/// The central system changes a key; returns the status of the answer.
fn change(world: &mut World, key: &str, value: &str) -> String {
    status_of(&world.call(&ChangeConfigurationRequest { key: CiStr::cut(key), value: CiStr::cut(value) }))
}

fn set(world: &mut World, key: &str, value: &str) {
    assert_eq!(change(world, key, value), "Accepted", "{key}={value}");
}

/// The status of an answer.
fn status_of(answer: &str) -> String {
    let frame: Value = serde_json::from_str(answer).expect("an answer");
    frame[2]["status"].as_str().unwrap_or(frame[2].as_str().unwrap_or_default()).to_owned()
}

/// What the station has said since last asked, in short: action and what matters of it.
fn told(world: &mut World) -> Vec<String> {
    let calls = core::mem::take(&mut world.server.calls);
    calls.iter().map(|call| short(&serde_json::from_str(call).expect("a frame"))).collect()
}

fn short(frame: &Value) -> String {
    let (action, payload) = (frame[2].as_str().unwrap_or_default(), &frame[3]);
    let text = |key: &str| payload[key].as_str().unwrap_or_default();
    match action {
        "Authorize" => format!("Authorize {}", text("idTag")),
        "StatusNotification" => format!("{} {}", payload["connectorId"], text("status")),
        "StartTransaction" => format!("Start {} {}", payload["connectorId"], text("idTag")),
        "StopTransaction" => format!("Stop {} {}", text("reason"), text("idTag")).trim_end().to_owned(),
        "SecurityEventNotification" => format!("Security {}", text("type")),
        _ if payload["status"].is_string() => format!("{action} {}", text("status")),
        _ => action.to_owned(),
    }
}

const SOURCES: [&str; 5] = [
    include_str!("session.rs"),
    include_str!("remote.rs"),
    include_str!("data.rs"),
    include_str!("charging.rs"),
    include_str!("security.rs"),
];

/// The documented table names exactly the cases that are there.
#[test]
fn the_table_of_covered_cases_is_true() {
    let table = include_str!("../../src/v16/charge_point/compliance.md");
    let listed: Vec<&str> =
        table.lines().filter_map(|line| line.strip_prefix("| `tc_")?.split('`').next()).collect();
    let mut written: Vec<&str> = SOURCES
        .iter()
        .flat_map(|source| source.lines())
        .filter_map(|line| line.strip_prefix("fn tc_")?.split('(').next())
        .collect();
    written.sort_unstable();
    assert_eq!(listed, written);
}
