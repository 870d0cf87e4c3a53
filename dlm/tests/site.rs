//! A simulated site under the controller: whatever cars, loads and meters do within what they promise, on
//! no phase of no node does more flow than the limit, at no moment.
//!
//! Cars take up to 5 s to follow a reduction, each its own time each time, and follow a raise at once: the
//! worst order. Loads move within their headroom. Meters are read seldom, fall silent, and see the EVSEs
//! or not. Some rotations are unknown to the controller, and some stations fall silent.

mod common;

use common::Random;
use core::time::Duration;
use evkit_dlm::Controller;
use evkit_dlm::controller::{EvseConfig, EvseFacts, EvseReport, Fairness, NodeConfig, Settings};
use evkit_dlm::limits::{Limit, LimitSet, Role};
use evkit_dlm::meter::{MeterConfig, MeterLocation};
use evkit_dlm::phases::{Phase, Rotation, Terminals};
use evkit_dlm::queue::{Priority, Shedding};
use evkit_dlm::units::{Instant, Milliamps, PhaseCurrents, three};

const NODES: usize = 6;
const EVSES: usize = 10;
const NONE: [u32; 3] = [0; 3];

/// A car and its station as they really are.
#[derive(Clone, Debug)]
struct Car {
    plugged: bool,
    terminals: Terminals,
    /// Really wired like this; the controller may not know.
    wiring: Rotation,
    appetite: u32,
    /// What it takes the offer to be, and the changes on their way: when, and to what.
    sees: u32,
    coming: Vec<(u64, u32)>,
    measured: bool,
    priority: Priority,
    silent_since: u64,
    silent_until: u64,
}

impl Car {
    fn draws(&self) -> [u32; 3] {
        let current = if self.sees >= 6_000 && self.plugged { self.sees.min(self.appetite) } else { 0 };
        core::array::from_fn(|place| if self.terminals.contains(place) { current } else { 0 })
    }

    fn loads(&self) -> [u32; 3] {
        let mut by_phase = NONE;
        for (phase, current) in self.wiring.wiring().unwrap().into_iter().zip(self.draws()) {
            by_phase[phase.index()] = current;
        }
        by_phase
    }
}

struct World {
    random: Random,
    nodes: [NodeConfig; NODES],
    limits: [PhaseCurrents; NODES],
    evses: [EvseConfig; EVSES],
    cars: Vec<Car>,
    /// Real uncontrolled load attached at each node.
    base: [[u32; 3]; NODES],
    meter_silent_until: [u64; NODES],
    /// Either stations fall silent, or limits come at run time: nobody can lower a silent station.
    silences: bool,
    /// Limits by the energy management: since when, until when, how much.
    ems: [Option<(u64, u64, u32)>; NODES],
}

/// Fastest rise of a load, per second.
const SLOPE: u32 = 150;
const MOST_BASE: u32 = 30_000;
const METER_AGE: u64 = 10;

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let headroom = three(Milliamps(SLOPE * (METER_AGE as u32 + 8)));
        let nodes = core::array::from_fn(|at| {
            let amps = if at == 0 { random.within(50, 130) } else { random.within(16, 70) };
            let mut limit = || Milliamps(amps * random.within(800, 1_200));
            let limit = [limit(), limit(), limit()];
            let imbalance = (random.below(3) == 0).then(|| Milliamps::from_amps(random.within(7, 30)));
            let metered = at == 0 || random.below(4) == 0;
            let location = random.pick(&[MeterLocation::ExcludingEvses, MeterLocation::IncludingEvses]);
            NodeConfig {
                parent: at.checked_sub(1).map(|last| random.within(0, last as u32) as u16),
                limits: LimitSet::try_from([Limit::per_phase(Role::Installation, limit)]).unwrap(),
                imbalance,
                meter: metered.then_some(MeterConfig {
                    location,
                    headroom,
                    max_age: Duration::from_secs(METER_AGE),
                    fallback: three(Milliamps(MOST_BASE)),
                    ..MeterConfig::default()
                }),
            }
        });
        let cars: Vec<Car> = (0..EVSES)
            .map(|_| Car {
                plugged: false,
                terminals: Terminals::NONE,
                wiring: random.pick(&Rotation::KNOWN),
                appetite: 0,
                sees: 0,
                coming: Vec::new(),
                measured: random.below(5) != 0,
                priority: Priority::Normal,
                silent_since: 0,
                silent_until: 0,
            })
            .collect();
        let evses = core::array::from_fn(|at| EvseConfig {
            rotation: if random.below(5) == 0 { Rotation::Unknown } else { cars[at].wiring },
            limits: LimitSet::try_from([Limit::new(Role::Hardware, Milliamps(32_000))]).unwrap(),
            ..EvseConfig::on(random.below(NODES as u32) as u16)
        });
        let limits = nodes.each_ref().map(|node| node.limits.effective(Instant::default()).currents);
        Self {
            random,
            nodes,
            limits,
            evses,
            cars,
            base: [NONE; NODES],
            meter_silent_until: [0; NODES],
            ems: [None; NODES],
            silences: seed.is_multiple_of(2),
        }
    }

    fn is_below(&self, mut from: u16, node: usize) -> bool {
        while usize::from(from) != node {
            match self.nodes[usize::from(from)].parent {
                Some(parent) => from = parent,
                None => return false,
            }
        }
        true
    }

    /// What flows through a node: EVSEs and loads below.
    fn flow(&self, node: usize) -> [u32; 3] {
        let mut sum = NONE;
        for (config, car) in self.evses.iter().zip(&self.cars) {
            if self.is_below(config.node, node) {
                sum.iter_mut().zip(car.loads()).for_each(|(sum, load)| *sum += load);
            }
        }
        for (at, base) in self.base.iter().enumerate() {
            if self.is_below(at as u16, node) {
                sum.iter_mut().zip(base).for_each(|(sum, load)| *sum += load);
            }
        }
        sum
    }

    /// The load alone may be more than the limit; then nothing is left for the cars. A limit that comes at
    /// run time may be passed for as long as messages and cars take to follow.
    fn assert_within_limits(&self, seed: u64, second: u64) {
        for node in 0..NODES {
            let flow = self.flow(node);
            let ems = self.ems[node].filter(|(since, until, _)| (since + 8..*until).contains(&second));
            for (phase, flow) in flow.into_iter().enumerate() {
                let below =
                    self.evses.iter().zip(&self.cars).filter(|(evse, _)| self.is_below(evse.node, node));
                let cars: u32 = below.map(|(_, car)| car.loads()[phase]).sum();
                let most = self.limits[node][phase].0.min(ems.map_or(u32::MAX, |(_, _, most)| most));
                assert!(
                    flow <= most || cars == 0,
                    "seed {seed}, second {second}: node {node} phase {phase}: {flow} of {most}"
                );
            }
        }
    }

    /// Targets keep the imbalance limits; where rounding has cost that, whoever could give a step back is at its
    /// minimum. No raise pulls two phases of a node further apart than limit and targets do.
    fn assert_balanced(&self, before: &[Milliamps], controller: &Controller<NODES, EVSES>, seed: u64) {
        let evses: Vec<_> = controller.evses().filter(|evse| evse.target.0 > 0).collect();
        let limited = (0..NODES).filter_map(|node| Some((node, self.nodes[node].imbalance?.0)));
        let pairs = Phase::ALL.into_iter().flat_map(|high| Phase::ALL.map(|low| (high, low)));
        for ((node, most), (high, low)) in
            limited.flat_map(|node| pairs.clone().map(move |pair| (node, pair)))
        {
            let on = |evse: &EvseReport, phase| evse.phases().any(|used| used == phase);
            let below = evses.iter().filter(|evse| self.is_below(evse.node, node));
            let apart = |current: fn(&EvseReport) -> Milliamps| {
                let sum =
                    |phase| below.clone().filter(|evse| on(evse, phase)).map(|evse| current(evse).0).sum();
                u32::saturating_sub(sum(high), sum(low))
            };
            let (targets, offers) = (apart(|evse| evse.target), apart(|evse| evse.offer.current));
            for evse in below.clone().filter(|evse| on(evse, high) && !on(evse, low)) {
                let place = format!("seed {seed}, node {node}, {high} over {low}, EVSE {}", evse.evse);
                assert!(targets <= most || evse.target.0 <= 6_000, "{place}: {targets} of {most}");
                let raised = evse.offer.current > before[usize::from(evse.evse)];
                assert!(!raised || offers <= most.max(targets), "{place}: {offers} of {most}, {targets}");
            }
        }
    }

    fn live(&mut self, second: u64) {
        for (node, base) in self.nodes.iter().zip(&mut self.base) {
            if node.meter.is_some() {
                for load in base {
                    let step = self.random.within(0, 2 * SLOPE);
                    *load = (*load + step).saturating_sub(SLOPE).min(MOST_BASE);
                    // Loads fall as fast as they like.
                    *load = if self.random.below(100) == 0 { *load / 2 } else { *load };
                }
            }
        }
        for car in &mut self.cars {
            while let Some(&(_, sees)) = car.coming.first().filter(|(at, _)| *at <= second) {
                car.sees = sees;
                car.coming.remove(0);
            }
            // Nobody swaps cars before a station that fell silent counts as silent.
            let unnoticed = second < car.silent_until && second <= car.silent_since + 31;
            if !unnoticed && self.random.below(if car.plugged { 600 } else { 60 }) == 0 {
                car.plugged = !car.plugged;
                // The delay is the car's: a new one sees what the station signals.
                car.sees = car.coming.pop().map_or(car.sees, |(_, offer)| offer);
                car.coming.clear();
                car.terminals = self.random.pick(&[Terminals::ONE, Terminals::TWO, Terminals::THREE]);
                car.appetite = self.random.pick(&[32_000, 32_000, 16_000, 9_000]);
                car.priority = self.random.pick(&[Priority::Vip, Priority::Normal, Priority::Low]);
            } else if self.random.below(100) == 0 {
                car.appetite = self.random.within(3_000, 32_000);
            }
            if self.silences && second >= car.silent_until && self.random.below(1_000) == 0 {
                car.silent_since = second;
                car.silent_until = second + u64::from(self.random.within(1, 200));
            }
        }
        for silent in &mut self.meter_silent_until {
            if self.random.below(400) == 0 {
                *silent = second + u64::from(self.random.within(1, 120));
            }
        }
    }

    /// Tells the controller what it can know.
    fn report(&mut self, controller: &mut Controller<NODES, EVSES>, second: u64) {
        let now = Instant::from_millis(second * 1000);
        for node in 0..NODES {
            let Some(meter) = self.nodes[node].meter else { continue };
            if second < self.meter_silent_until[node] || self.random.below(3) != 0 {
                continue;
            }
            let reading = match meter.location {
                MeterLocation::ExcludingEvses => self.base[node],
                MeterLocation::IncludingEvses => self.flow(node),
            };
            controller.handle_meter(node as u16, now, reading.map(Milliamps)).unwrap();
        }
        for node in 0..NODES {
            if !self.silences && self.random.below(200) == 0 {
                let until = second + u64::from(self.random.within(10, 100));
                let most = self.random.within(0, 60_000);
                self.ems[node] = Some((second, until, most));
                let limit = Limit::new(Role::Ems, Milliamps(most)).until(Instant::from_millis(until * 1000));
                controller.set_node_limit(node as u16, limit).unwrap();
            }
        }
        for (evse, car) in (0..).zip(&self.cars) {
            if second < car.silent_until {
                continue;
            }
            let facts = EvseFacts {
                plugged: car.plugged,
                wants_current: car.plugged,
                measured: car.measured.then_some(car.draws().map(Milliamps)),
                priority: car.priority,
                ..EvseFacts::IDLE
            };
            controller.handle_evse(evse, now, facts).unwrap();
        }
    }

    /// Brings the offers to the cars.
    fn obey(&mut self, controller: &Controller<NODES, EVSES>, second: u64) {
        for (evse, car) in (0..).zip(&mut self.cars) {
            let offer = controller.offer(evse).unwrap().current.0;
            if second < car.silent_until {
                continue;
            }
            if offer >= car.sees || !car.plugged {
                car.sees = offer;
                car.coming.clear();
            } else if car.coming.last().is_none_or(|(_, coming)| *coming != offer) {
                let delay = u64::from(self.random.within(0, 5));
                // It never follows a later change before an earlier one.
                let after = car.coming.last().map_or(0, |(at, _)| *at);
                car.coming.push((after.max(second + delay), offer));
            }
        }
    }
}

fn settings(random: &mut Random) -> Settings {
    Settings {
        fairness: random.pick(&[Fairness::Pooled, Fairness::ByPriority]),
        shedding: random.pick(&[Shedding::LongestCharging, Shedding::MostEnergy]),
        turn: random.pick(&[None, Some(Duration::from_secs(60)), Some(Duration::from_secs(900))]),
        raise_interval: Duration::from_secs(u64::from(random.within(0, 20))),
        step: random.pick(&[Milliamps(1), Milliamps(100), Milliamps(1_000)]),
        ..Settings::default()
    }
}

#[test]
fn no_limit_is_passed_at_any_moment() {
    let mut charged = 0;
    for seed in 0..24 {
        let mut world = World::new(seed);
        let settings = settings(&mut world.random);
        let mut controller = Controller::new(&world.nodes, &world.evses, settings).unwrap();
        for second in 0..900 {
            world.live(second);
            world.assert_within_limits(seed, second);
            world.report(&mut controller, second);
            let before: Vec<_> = controller.evses().map(|evse| evse.offer.current).collect();
            controller.tick(Instant::from_millis(second * 1000));
            world.assert_balanced(&before, &controller, seed);
            world.obey(&controller, second);
            world.assert_within_limits(seed, second);
            charged += world.cars.iter().flat_map(Car::draws).map(u64::from).sum::<u64>() / 1000;
        }
    }
    // It must not be safe by charging nobody: at least 30 A on each site at a time.
    assert!(charged > 24 * 900 * 20, "{charged} As");
}
