//! A station at work: start, sessions of every kind, charging profiles.

use anyhow::ensure;

use super::site::{CARD, LATER, SOON, charging, plug, until};
use super::{Scenario, Setup, Site};
use crate::bench::Plant;
use crate::script::{State, Step};
use crate::world::Kind;

/// From the start to an accepted BootNotification, in the station's time.
const BOOT_MS: u64 = 1_000;
/// The most the processor may be busy, in thousandths of the time.
const BUSY_PERMILLE: u32 = 500;

pub(super) fn boot(setup: &Setup, scenario: &Scenario) -> anyhow::Result<String> {
    let mut site = Site::start(setup, scenario, &[])?;
    let new = site.accepted()?;
    site.lives(3_000)?;
    site.cut()?;
    site.power_on()?;
    let known = site.accepted()?;
    for boot in [new, known] {
        ensure!(boot <= BOOT_MS, "accepted after {boot} ms, not {BOOT_MS} ms");
    }
    let boots = site.back_end.heard("BootNotification")?.len();
    ensure!(boots == 2, "{boots} BootNotifications for two starts");
    site.lives(1_000)?;
    site.finish(1)?;
    Ok(format!("accepted {new} ms after the first start, {known} ms after the second"))
}

/// What the processor has to do while nothing happens, and while both sockets charge.
pub(super) fn processor(setup: &Setup, scenario: &Scenario) -> anyhow::Result<String> {
    let mut site = Site::start(setup, scenario, &[])?;
    site.ready()?;
    let idle = site.load()?;
    site.charge(1)?;
    site.charge(2)?;
    let charging = site.load()?;
    ensure!(idle.max(charging) <= BUSY_PERMILLE, "busy for {idle} and {charging} thousandths of the time");
    site.leave(1)?;
    site.leave(2)?;
    site.finish(0)?;
    Ok(format!("busy for {idle} thousandths of the time while idle, {charging} while two cars charge"))
}

pub(super) fn card(setup: &Setup, scenario: &Scenario) -> anyhow::Result<String> {
    let mut site = Site::start(setup, scenario, &[])?;
    site.ready()?;
    let energy = card_session(&mut site)?;
    let start = site.back_end.hear("StartTransaction", 0, SOON, |_| true)?;
    ensure!(start["idTag"].as_str().is_some_and(|tag| tag.eq_ignore_ascii_case(CARD)), "{start}");
    site.back_end.hear("StatusNotification", 0, SOON, |status| status["status"] == "Charging")?;
    site.finish(0)?;
    Ok(energy)
}

/// The first session of a station, by card at connector 1; returns its energy.
pub(super) fn card_session(site: &mut Site) -> anyhow::Result<String> {
    site.charge(1)?;
    site.leave(1)?;
    let stop = site.back_end.hear("StopTransaction", 0, SOON, |_| true)?;
    let start = site.back_end.hear("StartTransaction", 0, SOON, |_| true)?;
    let (from, to) = (start["meterStart"].as_i64().unwrap_or(0), stop["meterStop"].as_i64().unwrap_or(0));
    ensure!(to > from, "no energy: {from} Wh to {to} Wh");
    Ok(format!("{} Wh", to - from))
}

pub(super) fn remote(setup: &Setup, scenario: &Scenario) -> anyhow::Result<String> {
    let mut site = Site::start(setup, scenario, &[])?;
    site.ready()?;
    site.bench.play(2, [plug(Kind::Normal), Step::Wait { ms: 2_000 }])?;
    ensure!(!State::Closed.holds(&mut site.bench.plant().world, 2), "nobody may charge yet");
    site.back_end.command("start 2 APP-1")?;
    site.bench.until(2, State::Closed, LATER)?;
    let start = site.back_end.hear("StartTransaction", 0, SOON, |_| true)?;
    ensure!(start["idTag"] == "APP-1" && start["connectorId"] == 2, "{start}");
    site.back_end.command("stop 2")?;
    site.bench.until(2, State::Open, LATER)?;
    let stop = site.back_end.hear("StopTransaction", 0, SOON, |_| true)?;
    ensure!(stop["reason"] == "Remote", "{stop}");
    site.finish(0)?;
    Ok("started and stopped by the central system".to_owned())
}

pub(super) fn free(setup: &Setup, scenario: &Scenario) -> anyhow::Result<String> {
    let mut site = Site::start(setup, scenario, &[("FreeCharging", "true")])?;
    site.ready()?;
    site.bench.play(1, [plug(Kind::Normal), until(State::Closed), Step::Wait { ms: 2_000 }])?;
    let start = site.back_end.hear("StartTransaction", 0, SOON, |_| true)?;
    site.bench.play(1, [Step::Finish, until(State::Open), Step::Unplug { force: true }])?;
    let stop = site.back_end.hear("StopTransaction", 0, SOON, |_| true)?;
    ensure!(stop["reason"] == "EVDisconnected", "{stop}");
    site.finish(1)?;
    Ok(format!("under {}", start["idTag"]))
}

pub(super) fn profile(setup: &Setup, scenario: &Scenario) -> anyhow::Result<String> {
    let mut site = Site::start(setup, scenario, &[])?;
    site.ready()?;
    let offered = |plant: &mut Plant| plant.world.socket(1).offered_ma();
    site.bench.play(1, charging(0))?;
    let before = offered(&mut site.bench.plant());
    ensure!(before >= 31_000, "offered {before} mA on a cable for 32 A");
    site.back_end.hear("StartTransaction", 0, SOON, |_| true)?;
    site.back_end.command("limit 1 10 600")?;
    site.bench.wait("10 A by the profile", SOON, |plant| (9_900..=10_000).contains(&offered(plant)))?;
    site.back_end.command("limit 1 5 600")?;
    site.bench.wait("no offer below 6 A", SOON, |plant| offered(plant) == 0)?;
    site.back_end.command("limit 1 20 600")?;
    site.bench.wait("20 A again", LATER, |plant| (19_900..=20_000).contains(&offered(plant)))?;
    site.bench.until(1, State::Closed, LATER)?;
    site.finish(0)?;
    Ok(format!("{before} mA, then 10 A, none for 5 A, 20 A"))
}
