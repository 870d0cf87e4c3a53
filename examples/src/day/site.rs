//! The car park: three levels of supply, a building, a roof full of sun.

use std::f64::consts::TAU;

use evkit_dlm::controller::{EvseConfig, NodeConfig};
use evkit_dlm::limits::{Limit, LimitSet, Role};
use evkit_dlm::meter::MeterConfig;
use evkit_dlm::phases::{Phase, Rotation, Terminals};
use evkit_dlm::units::{Milliamps, PhaseCurrents, three};
use fastrand::Rng;

use super::cars::{Car, Session, VOLTS};
use super::{DAY, STEP};

const HOUR: u32 = 3_600;

/// EVSEs on one sub-distribution; two share a feed.
const PER_SUB: usize = 10;

/// A car park, the same for the same number of EVSEs and the same seed.
#[derive(Debug)]
pub struct Site {
    evses: usize,
    /// Limit of the main connection in mA.
    main: u32,
    /// Limit of a sub-distribution.
    sub: u32,
    /// Largest load of the building in mA by phase.
    peak: [f64; 3],
    /// Largest current of the sun in mA by phase.
    sun: f64,
    parents: Vec<Option<u16>>,
}

impl Site {
    /// A site with 2.5 A and a little at the main connection for each EVSE: too little for everybody.
    pub fn new(evses: usize, seed: u64) -> Self {
        let mut random = Rng::with_seed(seed);
        let (subs, feeds) = (evses.div_ceil(PER_SUB), evses.div_ceil(2));
        let sub_of = |feed: usize| Some((1 + feed * 2 / PER_SUB) as u16);
        let parents = std::iter::once(None).chain((0..subs).map(|_| Some(0))).chain((0..feeds).map(sub_of));
        let main = 24_000 + 2_500 * evses as u32;
        Self {
            evses,
            main,
            sub: 63_000,
            peak: [0.30, 0.25, 0.20].map(|share| f64::from(main) * (share + 0.05 * random.f64())),
            sun: f64::from(main) * 0.15,
            parents: parents.collect(),
        }
    }

    /// The same site with room for everybody's minimum.
    pub(super) fn roomy(self) -> Self {
        Self { main: self.main * 3, sub: self.sub * 2, ..self }
    }

    pub(super) fn nodes(&self) -> Vec<NodeConfig> {
        let node = |(at, &parent): (usize, &Option<u16>)| {
            let limit = Limit::new(Role::Installation, Milliamps(self.limit(at)));
            let limits = LimitSet::try_from([limit]).unwrap_or_default();
            // More than the building can rise by while the cars follow.
            let headroom = three(Milliamps(self.main / 500));
            let meter = (at == 0).then(|| MeterConfig { headroom, ..MeterConfig::default() });
            NodeConfig { parent, limits, meter, ..NodeConfig::default() }
        };
        self.parents.iter().enumerate().map(node).collect()
    }

    pub(super) fn evses(&self) -> Vec<EvseConfig> {
        let evse = |index| EvseConfig {
            rotation: rotation(index),
            limits: LimitSet::try_from([Limit::new(Role::Hardware, Milliamps(32_000))]).unwrap_or_default(),
            ..EvseConfig::on(self.node_of(index))
        };
        (0..self.evses).map(evse).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.evses
    }

    pub(super) fn parents(&self) -> &[Option<u16>] {
        &self.parents
    }

    /// The feed of an EVSE.
    pub(super) fn node_of(&self, evse: usize) -> u16 {
        (1 + self.evses.div_ceil(PER_SUB) + evse / 2) as u16
    }

    /// Limit of a node in mA on each phase.
    pub(super) fn limit(&self, node: usize) -> u32 {
        match node {
            0 => self.main,
            _ if node <= self.evses.div_ceil(PER_SUB) => self.sub,
            _ => 32_000,
        }
    }

    /// Load of the building less the sun, in mA by phase.
    pub(super) fn building(&self, second: u32) -> PhaseCurrents {
        let hour = f64::from(second) / f64::from(HOUR);
        // Low at night, highest at half past one.
        let busy = 0.35 + 0.65 * (0.5 - 0.5 * (TAU * (hour - 1.5) / 24.0).cos());
        let sun = (TAU * (hour - 7.0) / 24.0).sin().max(0.0) * self.sun;
        self.peak.map(|peak| Milliamps((peak * busy - sun).max(0.0) as u32))
    }

    /// What the main connection leaves beside the building, in kW.
    pub(super) fn room(&self, building: &PhaseCurrents) -> f64 {
        let left: u32 = building.iter().map(|load| self.main.saturating_sub(load.0)).sum();
        f64::from(left) * VOLTS / 1e6
    }

    /// Cars in the order they come: most in the morning, others after lunch and in the evening.
    pub(super) fn sessions(&self, seed: u64) -> Vec<Session> {
        let mut random = Rng::with_seed(seed ^ 0xCA25);
        let mut sessions = Vec::new();
        for evse in 0..self.evses {
            let mut free = 0;
            for wave in [7 * HOUR, 12 * HOUR + HOUR / 2, 17 * HOUR] {
                if random.f64() < 0.25 {
                    continue;
                }
                let from = (wave + random.u32(0..3 * HOUR)).max(free);
                let to = from + random.u32(2 * HOUR..7 * HOUR);
                free = to + HOUR / 2;
                sessions.push(Session { from, to: to.min(DAY), ..visit(&mut random, evse) });
            }
        }
        sessions.sort_by_key(|session| session.from);
        sessions
    }

    /// A car at every EVSE that stays and never gets full.
    pub(super) fn everybody(&self, seed: u64) -> Vec<Session> {
        let mut random = Rng::with_seed(seed);
        (0..self.evses).map(|evse| Session { wants: 1e6, ..visit(&mut random, evse) }).collect()
    }

    /// Whether the currents keep the limit of every node on every phase.
    pub(super) fn keeps_limits(&self, building: &PhaseCurrents, cars: &[Option<Car>], drawn: &[u32]) -> bool {
        let mut sums = vec![[0; 3]; self.parents.len()];
        sums[0] = building.map(|load| load.0);
        for (evse, (car, &current)) in cars.iter().zip(drawn).enumerate() {
            let Some(car) = car else { continue };
            let phases = rotation(evse).phases(car.terminals());
            let mut next = Some(self.node_of(evse));
            while let Some(node) = next.map(usize::from) {
                for phase in Phase::ALL.into_iter().filter(|&phase| phases.contains(phase)) {
                    sums[node][phase.index()] += current;
                }
                next = self.parents[node];
            }
        }
        let kept = |(node, sums): (usize, &[u32; 3])| sums.iter().all(|&sum| sum <= self.limit(node));
        sums.iter().enumerate().all(kept)
    }
}

/// Neighbours are wired so that single-phase cars spread over the phases.
pub(super) fn rotation(evse: usize) -> Rotation {
    [Rotation::Rst, Rotation::Str, Rotation::Trs][evse % 3]
}

/// What kind of car it is and how much it wants; when is for the caller to say.
fn visit(random: &mut Rng, evse: usize) -> Session {
    let terminals = match random.u32(0..10) {
        0..5 => Terminals::ONE,
        5 => Terminals::TWO,
        _ => Terminals::THREE,
    };
    let max = [16_000, 20_000, 32_000][random.usize(0..3)];
    let wants = f64::from(random.u32(4_000..14_000) * terminals.len());
    Session { evse, from: 0, to: DAY + STEP, wants, terminals, max }
}
