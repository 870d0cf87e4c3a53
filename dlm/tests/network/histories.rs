//! Random histories of faults. The bound is asserted after every event; service must come back when the faults end.

use crate::random::Random;
use crate::sim::{MEMBERS, Sim, Site};
use core::time::Duration;
use evkit_dlm::phases::Terminals;
use evkit_dlm::protocol::{Car, Mastership};
use evkit_dlm::units::Milliamps;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

/// Something that happens to the site.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Loss(u32),
    Twice(u32),
    Delay(u32),
    CutTo { from: usize, to: usize },
    Split(u32),
    Heal,
    StationOff(usize),
    StationOn(usize),
    MasterOff(usize),
    MasterOn(usize),
    MasterHangs(usize, u32),
    StorageLost(usize),
    Target(usize, u32),
    Car(usize, u8),
}

const MASTERS: usize = 2;

fn fault() -> impl Strategy<Value = Fault> {
    let station = 0..MEMBERS;
    let device = 0..MEMBERS + MASTERS;
    prop_oneof![
        (0u32..100).prop_map(Fault::Loss),
        (0u32..60).prop_map(Fault::Twice),
        prop_oneof![Just(20), Just(200), Just(3_000), Just(25_000)].prop_map(Fault::Delay),
        (device.clone(), device).prop_map(|(from, to)| Fault::CutTo { from, to }),
        any::<u32>().prop_map(Fault::Split),
        Just(Fault::Heal),
        station.clone().prop_map(Fault::StationOff),
        station.clone().prop_map(Fault::StationOn),
        (0..MASTERS).prop_map(Fault::MasterOff),
        (0..MASTERS).prop_map(Fault::MasterOn),
        (0..MASTERS, 0u32..60_000).prop_map(|(at, ms)| Fault::MasterHangs(at, ms)),
        (0..MASTERS).prop_map(Fault::StorageLost),
        (station.clone(), prop_oneof![Just(0), 6_000u32..32_000]).prop_map(|(at, ma)| Fault::Target(at, ma)),
        (station.clone(), prop_oneof![Just(0), 6_000u32..32_000]).prop_map(|(at, ma)| Fault::Target(at, ma)),
        (station, 0u8..4).prop_map(|(at, car)| Fault::Car(at, car)),
    ]
}

/// A step: how long until it, in ms, and what happens.
fn history() -> impl Strategy<Value = Vec<(u32, Fault)>> {
    prop::collection::vec((prop_oneof![0u32..500, 0u32..5_000, 0u32..60_000], fault()), 1..60)
}

fn apply(sim: &mut Sim, fault: Fault) {
    match fault {
        Fault::Loss(percent) => sim.network.lost_percent = percent,
        Fault::Twice(percent) => sim.network.twice_percent = percent,
        Fault::Delay(ms) => sim.network.delay = ms,
        Fault::CutTo { from, to } => sim.network.cut.push((from, to)),
        Fault::Split(halves) => {
            let devices = MEMBERS + MASTERS;
            let side = |device: usize| halves >> device & 1;
            let pairs = (0..devices).flat_map(|from| (0..devices).map(move |to| (from, to)));
            sim.network.cut = pairs.filter(|&(from, to)| side(from) != side(to)).collect();
        }
        Fault::Heal => sim.network.cut.clear(),
        Fault::StationOff(at) => sim.stop_station(at),
        Fault::StationOn(at) => {
            if sim.stations[at].slave.is_none() {
                sim.start_station(at);
            }
        }
        Fault::MasterOff(at) => sim.stop_master(at.min(sim.masters.len() - 1)),
        Fault::MasterOn(at) => {
            let at = at.min(sim.masters.len() - 1);
            if sim.masters[at].master.is_none() {
                sim.start_master(at);
            }
        }
        Fault::MasterHangs(at, ms) => {
            let at = at.min(sim.masters.len() - 1);
            sim.masters[at].hangs_until = sim.now + u64::from(ms);
        }
        Fault::StorageLost(at) => {
            let at = at.min(sim.masters.len() - 1);
            sim.masters[at].epoch = 0;
        }
        Fault::Target(at, target) => sim.targets[at] = Milliamps(target),
        Fault::Car(at, kind) => {
            let terminals = [None, Some(Terminals::ONE), Some(Terminals::THREE), None][usize::from(kind)];
            let terminals = terminals.map(|terminals| terminals.intersection(sim.site.evses[at].wired));
            sim.plug(at, Car { plugged: kind != 0, wants: kind != 0, terminals, ..Car::default() });
        }
    }
}

/// Runs a history and, when it is over and everything works again, sees that everybody is served, and soon.
fn live_through(seed: u64, history: &[(u32, Fault)], mastership: Mastership) -> u64 {
    let mut random = Random(seed);
    let site = Site::random(&mut random, mastership);
    let masters = if mastership == Mastership::Sole { 1 } else { MASTERS };
    let mut sim = Sim::new(site, random, masters);
    for &(after, fault) in history {
        sim.run_until(sim.now + u64::from(after));
        apply(&mut sim, fault);
    }
    let recovery = recovers(&mut sim);
    // A second master, or one that forgot its epoch, first has to learn whose turn it is.
    let forgot = history.iter().any(|(_, fault)| matches!(fault, Fault::StorageLost(_)));
    let simple = mastership == Mastership::Sole && !forgot;
    let (patience, timing) = (Duration::from_secs(200), sim.site.timing);
    let patience = if simple { timing.lease + timing.period * 2 + timing.reaction } else { patience };
    assert!(recovery <= patience, "service was back after {recovery:?} only:\n{}", sim.story());
    sim.events
}

/// Ends all faults and asks for 6 A on one conductor for everybody, for which there is room; returns how long it takes.
fn recovers(sim: &mut Sim) -> Duration {
    sim.network.cut.clear();
    (sim.network.lost_percent, sim.network.twice_percent, sim.network.delay) = (0, 0, 30);
    for at in 0..MEMBERS {
        sim.targets[at] = Milliamps(6_000);
        if sim.stations[at].slave.is_none() {
            sim.start_station(at);
        }
        sim.plug(at, Car { plugged: true, wants: true, terminals: Some(Terminals::ONE), ..Car::default() });
    }
    if sim.masters.iter().all(|device| device.master.is_none()) {
        sim.start_master(0);
    }
    sim.wake_masters();
    let start = sim.now;
    while sim.limits() != [6_000; MEMBERS] && sim.now < start + 300_000 {
        sim.run_until(sim.now + 100);
    }
    let recovery = Duration::from_millis(sim.now - start);
    // It lasts.
    sim.run_for(20);
    assert_eq!(sim.limits(), [6_000; MEMBERS], "{}", sim.story());
    recovery
}

/// Few in every test run; `PROPTEST_CASES` asks for more.
fn cases() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(16), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn one_master_keeps_the_bound(seed in any::<u64>(), history in history()) {
        live_through(seed, &history, Mastership::Sole);
    }

    #[test]
    fn two_masters_keep_the_bound(seed in any::<u64>(), history in history()) {
        live_through(seed, &history, Mastership::Majority);
    }
}

/// Random histories one after the other, until so many events have happened without a violation: a million (a tenth in
/// an unoptimised build), or `EVKIT_EVENTS` from the seed `EVKIT_SEED` on. The seed of a history that fails is printed.
#[test]
fn events_without_a_violation() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let usual = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };
    let (wanted, mut seed) = (number("EVKIT_EVENTS").unwrap_or(usual), number("EVKIT_SEED").unwrap_or(1));
    let mut events = 0;
    while events < wanted {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed.to_le_bytes(); 4].concat());
        let mut runner = TestRunner::new_with_rng(ProptestConfig::default(), rng);
        let history = history().new_tree(&mut runner).expect("nothing is filtered").current();
        let mastership = if seed % 2 == 0 { Mastership::Sole } else { Mastership::Majority };
        let lived = std::panic::catch_unwind(|| live_through(seed, &history, mastership));
        events += lived.unwrap_or_else(|_| panic!("EVKIT_SEED={seed}, {mastership:?}, {history:?}"));
        seed += 1;
    }
    println!("{events} events in histories up to seed {}", seed - 1);
}
