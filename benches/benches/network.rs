//! What a master of 250 stations works in a second: 250 reports in, 250 answers out, one target changing each second.
//!
//! A second of this is what the figure has to be divided by for the share of a core.

use criterion::{Criterion, criterion_group, criterion_main};
use evkit_dlm::controller::{EvseConfig, NodeConfig};
use evkit_dlm::limits::{Limit, LimitSet, Role};
use evkit_dlm::phases::{Rotation, Terminals};
use evkit_dlm::protocol::{
    Car, MAX_FRAME, Master, MasterConfig, Mastership, Seal, Slave, SlaveConfig, Timing,
};
use evkit_dlm::units::{Instant, Milliamps};
use std::time::{Duration, Instant as Stopwatch};

const STATIONS: usize = 250;
/// A main connection and seven sub-distributions.
const NODES: usize = 8;
const SEAL: Seal = Seal::open(1);

type Site = (Master<usize, NODES, STATIONS>, Vec<Slave<usize>>);

fn limit(amps: u32) -> LimitSet {
    LimitSet::try_from([Limit::new(Role::Installation, Milliamps::from_amps(amps))]).expect("one limit fits")
}

fn site() -> Site {
    let nodes: [NodeConfig; NODES] = core::array::from_fn(|at| NodeConfig {
        parent: (at > 0).then_some(0),
        limits: limit(if at == 0 { 4_000 } else { 600 }),
        ..NodeConfig::default()
    });
    let rotations = [Rotation::Rst, Rotation::Str, Rotation::Trs];
    let evse = |at: usize| EvseConfig {
        rotation: rotations[at % 3],
        disconnected: Milliamps::from_amps(6),
        ..EvseConfig::on(1 + (at % (NODES - 1)) as u16)
    };
    let evses: Vec<_> = (0..STATIONS).map(evse).collect();
    let ids: Vec<_> = (0..STATIONS as u32).collect();
    let (timing, start) = (Timing::default(), Instant::from_millis(0));
    let config = MasterConfig { id: 1, mastership: Mastership::Sole, timing };
    let mut master = Master::new(&config, SEAL, 0, &nodes, &ids, &evses).expect("the site is sound");
    for member in 0..STATIONS {
        master.set_target(member, Milliamps::from_amps(10)).expect("there is such a member");
    }
    let slaves = ids.iter().map(|&member| {
        let config = SlaveConfig {
            member,
            wired: Terminals::THREE,
            disconnected: Milliamps::from_amps(6),
            minimum: Milliamps::from_amps(6),
            timing,
        };
        let mut slave = Slave::new(start, config, SEAL, 1 + member, Some(0)).expect("the timing is sound");
        slave.handle_car(start, Car { plugged: true, wants: true, ..Car::default() });
        slave
    });
    let slaves = slaves.collect();
    (master, slaves)
}

/// One second of the network; the time that the master took.
fn second(at: u64, (master, slaves): &mut Site) -> Duration {
    let mut out = [0; MAX_FRAME];
    let mut worked = Duration::ZERO;
    for index in 0..slaves.len() {
        let now = Instant::from_millis(at * 1_000 + index as u64 * 4);
        while let Some((_, length)) = slaves[index].poll_transmit(now, &mut out) {
            let watch = Stopwatch::now();
            let _ = master.handle_datagram(now, index, &out[..length]);
            let _ = master.poll_event();
            worked += watch.elapsed();
        }
        let watch = Stopwatch::now();
        if index == 0 {
            let amps = if at.is_multiple_of(2) { 16 } else { 10 };
            let _ = master.set_target(at as usize % STATIONS, Milliamps::from_amps(amps));
        }
        let mut next = master.poll_transmit(now, &mut out);
        worked += watch.elapsed();
        while let Some((to, length)) = next {
            let _ = slaves[to].handle_datagram(now, 0, &out[..length]);
            let watch = Stopwatch::now();
            next = master.poll_transmit(now, &mut out);
            worked += watch.elapsed();
        }
    }
    worked
}

fn network(c: &mut Criterion) {
    let mut group = c.benchmark_group("network");
    group.sample_size(20);
    group.bench_function("master of 250 stations, one second", |b| {
        let mut site = site();
        if let Some(epoch) = site.0.poll_store() {
            site.0.handle_stored(Instant::from_millis(0), epoch);
        }
        let mut at = 0;
        b.iter_custom(|seconds| {
            (0..seconds)
                .map(|_| {
                    at += 1;
                    second(at, &mut site)
                })
                .sum()
        });
        let (granted, _) = site.0.granted(STATIONS - 1).expect("there is such a member");
        assert!(granted > Milliamps::ZERO || at < 60, "the stations are served");
    });
    group.finish();
}

criterion_group!(benches, network);
criterion_main!(benches);
