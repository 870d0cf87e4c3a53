//! What the protocol costs and how soon it acts; `cargo test --test network figures -- --nocapture` prints it.

use crate::faults::{in_service, share};
use crate::sim::{MEMBERS, Sim};
use core::net::SocketAddrV4;
use evkit_dlm::protocol::Master;
use evkit_dlm::units::{Milliamps, three};

/// A minute of full service: a report each second and its answer, a few more when something changes.
#[test]
fn figures_of_the_network_load() {
    let mut sim = in_service(1);
    let before = sim.traffic;
    sim.run_for(60);
    let stations = MEMBERS as u64;
    let datagrams = (sim.traffic.datagrams - before.datagrams) / stations;
    let bytes = (sim.traffic.bytes - before.bytes) / stations;
    println!("{datagrams} datagrams and {bytes} bytes per station and minute");
    assert!((100..=140).contains(&datagrams) && bytes <= 60 * datagrams);
}

/// From a cut of the main fuse until the last station signals less, and until what all cars can be drawing fits.
fn reduction(seed: u64, lost_percent: u32) -> (u64, u64) {
    let mut sim: Sim = in_service(seed);
    share(&mut sim, &[10; MEMBERS]);
    sim.run_for(60);
    sim.network.lost_percent = lost_percent;
    let start = sim.now + seed * 37 % 1_000;
    sim.run_until(start);
    sim.set_capacity(0, three(Milliamps::from_amps(48)));
    let mut lowered = None;
    while lowered.is_none() || sim.load(0).iter().any(|&load| load > 48_000) {
        sim.run_until(sim.now + 1);
        lowered = lowered.or_else(|| (sim.limits().iter().sum::<u32>() <= 48_000).then_some(sim.now));
        assert!(sim.now < start + 60_000, "{}", sim.story());
    }
    (lowered.unwrap_or(0) - start, sim.now - start)
}

#[test]
fn figures_of_a_reduction() {
    for (lost, limit) in [(0, 60), (20, 9_000)] {
        let runs = (1..=50).map(|seed| reduction(seed, lost));
        let worst = runs.fold((0, 0), |worst, run| (worst.0.max(run.0), worst.1.max(run.1)));
        println!(
            "{lost} % lost: last station lowered after {} ms, cars after {} ms at most",
            worst.0, worst.1
        );
        assert!(worst.0 <= limit && worst.1 <= worst.0 + 5_000);
    }
}

/// Memory of a master, `SocketAddrV4` as addresses.
#[test]
fn figures_of_memory() {
    let [none, many] = [size_of::<Master<SocketAddrV4, 8, 0>>(), size_of::<Master<SocketAddrV4, 8, 250>>()];
    println!("{} bytes for each member, {many} for 250 and 8 nodes", (many - none) / 250);
    assert!(many <= 250 * 128 + 512);
}
