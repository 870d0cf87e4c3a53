//! The back end gone, the power cut: nothing is lost, nothing is told twice.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::site::{CARD, LATER, SOON, charging, plug};
use super::{Scenario, Setup, Site, sessions};
use crate::script::{State, Step};
use crate::world::Kind;

/// How long the back end is gone.
const GONE: Duration = Duration::from_secs(125);
/// Time for a station to find it again: its pauses double up to half a minute and more.
const BACK: Duration = Duration::from_secs(100);
/// How long short sessions are made to fill the journal.
const FILLING: Duration = Duration::from_secs(150);

/// What the central system can say about transactions: each started once and stopped once, its energy in order.
fn transactions(site: &mut Site) -> anyhow::Result<usize> {
    let mut starts = BTreeMap::<i64, Value>::new();
    let mut stops = BTreeMap::<i64, Value>::new();
    for call in site.back_end.calls()?.iter().filter(|call| call.by_station) {
        let (told, id) = match call.action.as_str() {
            "StartTransaction" => (&mut starts, call.answer.as_ref().map(|answer| &answer["transactionId"])),
            "StopTransaction" => (&mut stops, Some(&call.request["transactionId"])),
            _ => continue,
        };
        let id = id.and_then(Value::as_i64).with_context(|| format!("no transaction in {call:?}"))?;
        // The same again is how a lost answer is made good.
        let before = told.insert(id, call.request.clone());
        ensure!(
            before.is_none_or(|before| before == call.request),
            "transaction {id}: told twice, differently"
        );
    }
    ensure!(starts.keys().eq(stops.keys()), "started {starts:?}, stopped {stops:?}");
    for (start, stop) in starts.values().zip(stops.values()) {
        ensure!(start["meterStart"].as_i64() <= stop["meterStop"].as_i64(), "energy lost: {start} {stop}");
    }
    Ok(starts.len())
}

pub(super) fn back_end_gone(setup: &Setup, scenario: &Scenario) -> anyhow::Result<String> {
    let mut site = Site::start(setup, scenario, &[("FreeCharging", "true")])?;
    site.ready()?;
    site.charge(1)?;
    site.relay.set_up(false);
    let gone = Instant::now();
    // One ends while nobody listens, one begins and ends, one begins and goes on.
    site.leave(1)?;
    site.bench.play(2, charging(3_000))?;
    site.leave(2)?;
    site.bench.play(1, charging(0))?;
    std::thread::sleep(GONE.saturating_sub(gone.elapsed()));
    ensure!(State::Closed.holds(&mut site.bench.plant().world, 1), "it does not go on charging");
    site.relay.set_up(true);
    site.back_end.hear("StartTransaction", 2, BACK, |_| true)?;
    site.leave(1)?;
    site.back_end.hear("StopTransaction", 2, SOON, |_| true)?;
    let transactions = transactions(&mut site)?;
    ensure!(transactions == 3, "{transactions} transactions");
    site.finish(1)?;
    Ok(format!("{} s without, 3 transactions, each once", GONE.as_secs()))
}

/// A local list is sent once; after a restart without any back end its card charges and another does not.
pub(super) fn local_list(setup: &Setup, scenario: &Scenario) -> anyhow::Result<String> {
    let mut site = Site::start(setup, scenario, &[])?;
    site.ready()?;
    let entries =
        [CARD, "04AAAAAAAAAAAA"].map(|tag| json!({"idTag": tag, "idTagInfo": {"status": "Accepted"}}));
    let removed = json!([{"idTag": "04AAAAAAAAAAAA"}]);
    for (version, (kind, list)) in (1..).zip([("Full", json!(entries)), ("Differential", removed)]) {
        let update = json!({"listVersion": version, "updateType": kind, "localAuthorizationList": list});
        site.back_end.command(&format!("call SendLocalList {update}"))?;
        let answer = site.back_end.answered("SendLocalList", version - 1, LATER)?;
        ensure!(answer["status"] == "Accepted", "{kind}: {answer}");
    }
    site.relay.set_up(false);
    site.cut()?;
    site.power_on()?;
    site.bench.play(1, charging(3_000))?;
    let removed = Step::Card { uid: "04AAAAAAAAAAAA".to_owned() };
    site.bench.play(2, [plug(Kind::Normal), Step::Wait { ms: 700 }, removed, Step::Wait { ms: 5_000 }])?;
    ensure!(!State::Closed.holds(&mut site.bench.plant().world, 2), "a card that is not on the list charges");
    site.relay.set_up(true);
    site.back_end.hear("StartTransaction", 0, BACK, |start| start["connectorId"] == 1)?;
    site.leave(1)?;
    site.back_end.hear("StopTransaction", 0, LATER, |_| true)?;
    let asked = site.back_end.asked("GetLocalListVersion")?;
    site.back_end.command("call GetLocalListVersion {}")?;
    let answer = site.back_end.answered("GetLocalListVersion", asked, LATER)?;
    ensure!(answer["listVersion"] == 2, "{answer}");
    let transactions = transactions(&mut site)?;
    ensure!(transactions == 1, "{transactions} transactions");
    site.finish(1)?;
    Ok("kept over a restart; its card charges without a back end, one taken off it does not".to_owned())
}

pub(super) fn power_cut(setup: &Setup, scenario: &Scenario) -> anyhow::Result<String> {
    let mut site = Site::start(setup, scenario, &[])?;
    site.ready()?;
    site.charge(1)?;
    site.cut()?;
    std::thread::sleep(Duration::from_secs(1));
    site.power_on()?;
    let stop = site.back_end.hear("StopTransaction", 0, LATER, |_| true)?;
    ensure!(stop["reason"] == "PowerLoss", "{stop}");
    site.lives(10_000)?;
    // And again from the same memory: nothing is told once more.
    site.cut()?;
    site.power_on()?;
    site.accepted()?;
    site.lives(5_000)?;
    let stops = site.back_end.heard("StopTransaction")?.len();
    ensure!(transactions(&mut site)? == 1 && stops == 1, "{stops} StopTransactions");
    site.finish(2)?;
    Ok("closed with PowerLoss, once".to_owned())
}

pub(super) fn power_cut_resumed(setup: &Setup, scenario: &Scenario) -> anyhow::Result<String> {
    let mut site = Site::start(setup, scenario, &[("ResumeTransactions", "true")])?;
    site.ready()?;
    site.charge(1)?;
    site.cut()?;
    std::thread::sleep(Duration::from_secs(1));
    site.power_on()?;
    site.accepted()?;
    site.bench.until(1, State::Closed, LATER)?;
    site.bench.play(1, [Step::Wait { ms: 2_000 }])?;
    let stops = site.back_end.heard("StopTransaction")?.len();
    ensure!(stops == 0, "resumed, and stopped {stops} times");
    site.leave(1)?;
    site.back_end.hear("StopTransaction", 0, LATER, |stop| stop["reason"] != "PowerLoss")?;
    let transactions = transactions(&mut site)?;
    ensure!(transactions == 1, "{transactions} transactions");
    site.finish(2)?;
    Ok("resumed, once".to_owned())
}

/// Short sessions without a back end until the journal has no room left: power flows on, and the station says so.
pub(super) fn journal_full(setup: &Setup, scenario: &Scenario) -> anyhow::Result<String> {
    let mut site = Site::start(setup, scenario, &[("FreeCharging", "true")])?;
    site.ready()?;
    let energy = sessions::card_session(&mut site)?;
    site.relay.set_up(false);
    let (began, mut sessions, mut said) = (Instant::now(), 0, "not full yet");
    while began.elapsed() < FILLING {
        let pause = |ms| Step::Wait { ms };
        let short = [plug(Kind::Normal), pause(700), Step::Unplug { force: true }, pause(400)];
        site.bench.play_all([(1, short.to_vec()), (2, short.to_vec())])?;
        sessions += 2;
        let console = site.machine()?.console();
        if console.contains("journal is full") || console.contains("were lost") {
            said = "said so";
            break;
        }
    }
    site.relay.set_up(true);
    let stops = site.back_end.heard("StopTransaction")?.len();
    site.back_end.hear("StopTransaction", stops, BACK, |_| true)?;
    site.bench.play(1, charging(0))?;
    site.finish(1)?;
    Ok(format!("{energy} before; {sessions} sessions without back end, {said}; delivers, and charges"))
}
