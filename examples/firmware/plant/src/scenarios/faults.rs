//! Cars, cables and contactors that fail: power goes off in time, and the central system learns why.

use anyhow::ensure;
use evkit_hal::fault::Fault;
use serde_json::Value;

use super::site::{LATER, SOON, charging, plug, until};
use super::{Scenario, Setup, Site};
use crate::referee::Condition;
use crate::script::{State, Step};
use crate::world::{Kind, Leak, Wear};

/// What happens to a charging socket, what the referee calls it, and what the central system must learn.
struct Case(Condition, Step, Option<Fault>);

const CASES: [Case; 7] = [
    Case(Condition::Residual, Step::Leak { kind: Some(Leak::Dc) }, Some(Fault::ResidualCurrent)),
    Case(Condition::NoDiode, Step::Diode { works: false }, Some(Fault::Diode)),
    Case(Condition::NoWish, Step::Unplug { force: true }, None),
    Case(Condition::NoWish, Step::Short { on: true }, Some(Fault::PilotShort)),
    Case(Condition::Silence, Step::Silence { ms: 1_500 }, None),
    Case(Condition::Hot, Step::Temperature { celsius: 72 }, Some(Fault::Temperature)),
    Case(Condition::Mains, Step::Mains { volts: 200 }, Some(Fault::Mains)),
];

/// The socket is repaired, its car gone, and a person has looked at it.
fn repair(site: &mut Site, connector: u8) -> anyhow::Result<()> {
    site.bench.play(connector, [Step::Wait { ms: 500 }, Step::Repair, Step::Wait { ms: 1_500 }])?;
    site.machine()?.type_in(format!("clear {connector}\n").as_bytes())
}

/// Every reaction in the station's time, and the code the central system reads.
pub(super) fn reactions(setup: &Setup, scenario: &Scenario) -> anyhow::Result<String> {
    let mut site = Site::start(setup, scenario, &[])?;
    site.ready()?;
    let mut report = Vec::new();
    for (index, Case(condition, step, fault)) in CASES.iter().enumerate() {
        let connector = index as u8 % 2 + 1;
        site.bench.play(connector, charging(1_500))?;
        let before = site.back_end.heard("StatusNotification")?.len();
        site.bench.play(connector, [step.clone(), until(State::Open)])?;
        site.bench.check()?;
        ensure!(site.bench.plant().referee.reaction(*condition).count > 0, "{condition:?} was not seen");
        let mut found = site.reaction(*condition);
        if let Some(fault) = fault {
            let code = fault.entry().error_code.as_str();
            told(&mut site, before, connector, code)?;
            found = format!("{found} {code}");
        }
        report.push(found);
        repair(&mut site, connector)?;
    }
    site.finish(0)?;
    Ok(report.join(", "))
}

fn told(site: &mut Site, skip: usize, connector: u8, code: &str) -> anyhow::Result<()> {
    let told = |status: &Value| status["connectorId"] == connector && status["errorCode"] == code;
    site.back_end.hear("StatusNotification", skip, SOON, told)?;
    Ok(())
}

/// Cars that must not charge at all, and a contactor that does not close.
pub(super) fn refused(setup: &Setup, scenario: &Scenario) -> anyhow::Result<String> {
    let mut site = Site::start(setup, scenario, &[])?;
    site.ready()?;
    let mut report = Vec::new();
    for (kind, fault) in [(Kind::NoDiode, Fault::Diode), (Kind::Ventilated, Fault::Ventilation)] {
        let code = fault.entry().error_code.as_str();
        let before = site.back_end.heard("StatusNotification")?.len();
        site.bench.play(1, [plug(kind), Step::Wait { ms: 700 }, super::site::card()])?;
        told(&mut site, before, 1, code)?;
        report.push(format!("{kind:?} {code}"));
        repair(&mut site, 1)?;
    }
    ensure!(site.bench.plant().referee.closings() == 0, "closed");
    let code = Fault::ContactorNotClosing.entry().error_code.as_str();
    let before = site.back_end.heard("StatusNotification")?.len();
    site.bench.play(2, [Step::Contactor { wear: Wear::Stuck }])?;
    site.bench.play(2, charging(0))?;
    site.bench.until(2, State::Open, LATER)?;
    told(&mut site, before, 2, code)?;
    report.push(format!("{} {code}", site.reaction(Condition::NotClosed)));
    site.finish(0)?;
    Ok(report.join(", "))
}

/// A contactor that stays closed: the plug stays locked, nothing closes again, a person clears it.
pub(super) fn welded(setup: &Setup, scenario: &Scenario) -> anyhow::Result<String> {
    let mut site = Site::start(setup, scenario, &[])?;
    site.ready()?;
    site.bench.play(1, charging(1_500))?;
    let before = site.back_end.heard("StatusNotification")?.len();
    site.bench.play(1, [Step::Contactor { wear: Wear::Welded }, Step::Finish, until(State::Open)])?;
    let code = Fault::ContactorWelded.entry().error_code.as_str();
    told(&mut site, before, 1, code)?;
    site.bench.play(1, [Step::Wait { ms: 3_000 }])?;
    ensure!(State::Locked.holds(&mut site.bench.plant().world, 1), "a live plug was freed");
    let closings = site.bench.plant().referee.closings();
    let pause = Step::Wait { ms: 11_000 };
    let again = [Step::Unplug { force: true }, pause.clone(), plug(Kind::Normal), super::site::card(), pause];
    site.bench.play(1, again)?;
    ensure!(site.bench.plant().referee.closings() == closings, "closed a welded contactor");
    repair(&mut site, 1)?;
    site.bench.play(1, [Step::Wait { ms: 3_000 }])?;
    site.bench.play(1, charging(0))?;
    site.finish(0)?;
    Ok(format!("{code}, plug kept locked, charges again once cleared"))
}

/// A car that asks for nothing until the pilot was interrupted.
pub(super) fn sleeping_car(setup: &Setup, scenario: &Scenario) -> anyhow::Result<String> {
    let mut site = Site::start(setup, scenario, &[])?;
    site.ready()?;
    site.bench.play(
        1,
        [plug(Kind::Sleeping), Step::Wait { ms: 700 }, super::site::card(), until(State::Offered)],
    )?;
    let offered = site.bench.plant().station_ms;
    site.bench.until(1, State::Closed, 2 * LATER)?;
    let took = site.bench.plant().station_ms - offered;
    ensure!((30_000..60_000).contains(&took), "woken after {took} ms");
    site.finish(0)?;
    Ok(format!("charges {took} ms after the first offer"))
}
