//! What several tests share: random problems, a checker that knows nothing of the solver, and oracles.
#![allow(dead_code, reason = "every test uses its own part")]

mod random;

pub(crate) use random::Random;

use evkit_dlm::allocate::{
    Demand, EvseSlot, Node, NodeSlot, Outcome, PairSlot, PoolSet, Problem, Scratch, Share, allocate,
};
use evkit_dlm::phases::{Phase, PhaseSet, Rotation, Terminals};
use evkit_dlm::units::{Milliamps, three};

#[derive(Clone, Debug)]
pub(crate) struct Owned {
    pub(crate) nodes: Vec<Node>,
    pub(crate) demands: Vec<Demand>,
    pub(crate) pools: Vec<Milliamps>,
}

impl Owned {
    pub(crate) fn problem(&self) -> Problem<'_> {
        Problem { nodes: &self.nodes, demands: &self.demands, pools: &self.pools }
    }

    pub(crate) fn solve(&self) -> (Vec<Share>, Outcome) {
        let count = self.demands.len();
        let scratch = Scratch {
            nodes: &mut vec![NodeSlot::EMPTY; self.nodes.len()],
            pairs: &mut vec![PairSlot::EMPTY; self.nodes.len()],
            evses: &mut vec![EvseSlot::EMPTY; count],
            orders: &mut vec![0; count * Scratch::ORDERS],
        };
        let mut shares = vec![Share::NONE; count];
        let outcome = allocate(&self.problem(), scratch, &mut shares).unwrap();
        (shares, outcome)
    }

    /// Cuts all limits and base loads down to whole amperes, so that minima may fit exactly.
    pub(crate) fn cut_to_amps(&mut self) {
        let cut = |current: &mut Milliamps| current.0 -= current.0 % 1_000;
        self.pools.iter_mut().for_each(cut);
        for node in &mut self.nodes {
            node.limit.iter_mut().chain(&mut node.base).chain(&mut node.imbalance).for_each(cut);
        }
    }

    /// Whether this node or one above it feeds through `node`.
    pub(crate) fn is_below(&self, from: u16, node: usize) -> bool {
        let mut next = Some(from);
        while let Some(at) = next {
            if usize::from(at) == node {
                return true;
            }
            next = self.nodes[usize::from(at)].parent;
        }
        false
    }

    /// Everything the problem demands of currents, said directly; `None` if all is kept.
    pub(crate) fn violation(&self, currents: &[u32]) -> Option<String> {
        for (i, (demand, &x)) in self.demands.iter().zip(currents).enumerate() {
            if x != 0 && !(demand.min.0..=demand.max.0).contains(&x) {
                return Some(format!("{i} gets {x} outside {} to {}", demand.min, demand.max));
            }
        }
        for (v, node) in self.nodes.iter().enumerate() {
            let mut sums = [0u64; 3];
            for phase in Phase::ALL {
                let p = phase.index();
                let below = self.demands.iter().zip(currents).filter(|(d, _)| self.is_below(d.node, v));
                sums[p] = below.filter(|(d, _)| d.phases.contains(phase)).map(|(_, &x)| u64::from(x)).sum();
                let under = (0..self.nodes.len() as u16).filter(|&u| self.is_below(u, v));
                let base: u64 = under.map(|u| u64::from(self.nodes[usize::from(u)].base[p].0)).sum();
                if sums[p] > u64::from(node.limit[p].0).saturating_sub(base) {
                    return Some(format!("node {v} {phase}: {} over {} with {base}", sums[p], node.limit[p]));
                }
            }
            let spread = sums.iter().max().unwrap() - sums.iter().min().unwrap();
            if node.imbalance.is_some_and(|most| spread > u64::from(most.0)) {
                return Some(format!("node {v}: {sums:?} are too far apart"));
            }
        }
        for (k, limit) in self.pools.iter().enumerate() {
            let members = self.demands.iter().zip(currents).filter(|(d, _)| d.pools.contains(k as u8));
            let drawn: u64 = members.map(|(d, &x)| u64::from(x) * u64::from(d.conductors)).sum();
            if drawn > u64::from(limit.0) {
                return Some(format!("pool {k}: {drawn} over {limit}"));
            }
        }
        None
    }

    /// Number served of each priority, lowest number first.
    pub(crate) fn served(&self, currents: &[u32]) -> Vec<usize> {
        let mut priorities: Vec<u16> = self.demands.iter().map(|d| d.priority).collect();
        priorities.sort_unstable();
        priorities.dedup();
        let count = |priority: u16| {
            self.demands.iter().zip(currents).filter(|(d, x)| d.priority == priority && **x > 0).count()
        };
        priorities.into_iter().map(count).collect()
    }

    /// Current by weight in 1/1000 mA, sorted within each tier, tiers one after the other.
    pub(crate) fn levels(&self, currents: &[u32]) -> Vec<u64> {
        let level = |(d, &x): (&Demand, &u32)| (d.tier, u64::from(x) * 1000 / u64::from(d.weight));
        let mut levels: Vec<(u16, u64)> = self.demands.iter().zip(currents).map(level).collect();
        levels.sort_unstable();
        levels.into_iter().map(|(_, level)| level).collect()
    }

    pub(crate) fn total(&self, currents: &[u32]) -> u64 {
        let drawn = |(d, &x): (&Demand, &u32)| u64::from(d.conductors) * u64::from(x);
        self.demands.iter().zip(currents).map(drawn).sum()
    }
}

/// How a random problem is to look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) nodes: u32,
    pub(crate) demands: u32,
    pub(crate) priorities: u32,
    pub(crate) weights: u32,
    pub(crate) pools: u32,
    pub(crate) imbalance: bool,
    /// Limits of the nodes in amperes, root first; the range shrinks with depth.
    pub(crate) scarcity: u32,
    pub(crate) by_class: bool,
}

pub(crate) fn random(random: &mut Random, shape: &Shape) -> Owned {
    let count = random.within(1, shape.nodes);
    let nodes = (0..count).map(|node| {
        let parent = node.checked_sub(1).map(|last| random.within(last.saturating_sub(4), last) as u16);
        let amps =
            if node == 0 { shape.demands * shape.scarcity } else { shape.scarcity * random.within(1, 5) };
        let mut limit = || Milliamps(random.within(amps * 500, amps * 1500));
        let limit = [limit(), limit(), limit()];
        let mut base = three(Milliamps::ZERO);
        if random.below(4) == 0 {
            base = base.map(|_| Milliamps(random.below(amps * 200)));
        }
        let imbalance =
            (shape.imbalance && random.below(3) == 0).then(|| Milliamps(random.within(4_000, 20_000)));
        Node { parent, limit, base, imbalance }
    });
    let nodes: Vec<Node> = nodes.collect();
    let pools: Vec<Milliamps> = (0..random.below(shape.pools + 1))
        .map(|_| Milliamps(random.within(1, shape.demands * shape.scarcity * 1500)))
        .collect();
    let demands = (0..random.within(1, shape.demands)).map(|_| {
        let terminals = random.pick(&[Terminals::ONE, Terminals::ONE, Terminals::TWO, Terminals::THREE]);
        let rotation = match random.below(12) {
            0 => Rotation::Unknown,
            _ => random.pick(&Rotation::KNOWN),
        };
        let min = random.pick(&[6_000, 6_000, 6_000, 7_000, 8_000, 14_000, 9_200]);
        let max = min.max(random.pick(&[min, 10_000, 16_000, 20_000, 32_000, 13_337]));
        let priority = random.below(shape.priorities) as u16;
        let mut member = PoolSet::NONE;
        for pool in 0..pools.len() as u8 {
            if random.below(2) == 0 {
                member = member.with(pool);
            }
        }
        Demand {
            node: random.below(nodes.len() as u32) as u16,
            phases: rotation.phases(terminals),
            conductors: terminals.len() as u8,
            min: Milliamps(min),
            max: Milliamps(max),
            priority,
            tier: if shape.by_class { priority } else { 0 },
            weight: random.within(1, shape.weights) as u16,
            pools: member,
        }
    });
    Owned { demands: demands.collect(), nodes, pools }
}

pub(crate) fn currents(shares: &[Share]) -> Vec<u32> {
    shares.iter().map(|share| share.current.0).collect()
}

/// Fair shares of a served set by the definition: tier by tier, raise the common level by bisection until
/// something is in the way, fix whoever cannot rise alone, go on. `None` if the minima do not fit.
pub(crate) fn fair_shares(site: &Owned, served: &[bool]) -> Option<Vec<u32>> {
    const FINE: u64 = 1 << 12;
    let n = site.demands.len();
    let mut x: Vec<u32> = (0..n).map(|i| if served[i] { site.demands[i].min.0 } else { 0 }).collect();
    if site.violation(&x).is_some() {
        return None;
    }
    let mut tiers: Vec<u16> = site.demands.iter().map(|d| d.tier).collect();
    tiers.sort_unstable();
    tiers.dedup();
    for tier in tiers {
        let mut free: Vec<usize> = (0..n).filter(|&i| served[i] && site.demands[i].tier == tier).collect();
        let mut floor = 0;
        while !free.is_empty() {
            let at = |level: u64, x: &[u32], free: &[usize]| {
                let mut x = x.to_vec();
                for &i in free {
                    let d = &site.demands[i];
                    let current = level * u64::from(d.weight) / FINE;
                    x[i] = current.clamp(d.min.0.into(), d.max.0.into()) as u32;
                }
                x
            };
            let (mut low, mut high) = (floor, 40_000 * FINE);
            while low < high {
                let middle = (low + high).div_ceil(2);
                if site.violation(&at(middle, &x, &free)).is_none() {
                    low = middle;
                } else {
                    high = middle - 1;
                }
            }
            x = at(low, &x, &free);
            floor = low;
            let before = free.len();
            // A few mA of rounding are not room.
            free.retain(|&i| {
                let mut more = x.clone();
                more[i] += 3;
                x[i] + 3 <= site.demands[i].max.0 && site.violation(&more).is_none()
            });
            if free.len() == before {
                free.clear();
            }
        }
    }
    Some(x)
}

/// The best allocation by trying every served set: most served by priority, then fairest to `slack`
/// thousandths of a milliampere, then the largest total.
pub(crate) fn best_by_sets(site: &Owned, slack: u64) -> Vec<u32> {
    let n = site.demands.len();
    let mut best = vec![0; n];
    for set in 0u32..1 << n {
        let served: Vec<bool> = (0..n).map(|i| set >> i & 1 != 0).collect();
        let minima: Vec<u32> = (0..n).map(|i| if served[i] { site.demands[i].min.0 } else { 0 }).collect();
        if site.served(&minima) < site.served(&best) {
            continue;
        }
        if let Some(x) = fair_shares(site, &served) {
            if is_better(site, &x, &best, slack) {
                best = x;
            }
        }
    }
    best
}

/// Whether `x` beats `y` in the order of the objective, levels within `slack` counting as equal.
pub(crate) fn is_better(site: &Owned, x: &[u32], y: &[u32], slack: u64) -> bool {
    let by_count = site.served(x).cmp(&site.served(y));
    if by_count.is_ne() {
        return by_count.is_gt();
    }
    for (a, b) in site.levels(x).into_iter().zip(site.levels(y)) {
        if a.abs_diff(b) > slack {
            return a > b;
        }
    }
    site.total(x) > site.total(y)
}

pub(crate) fn phase_set(bits: u32) -> PhaseSet {
    Phase::ALL
        .into_iter()
        .filter(|phase| bits >> phase.index() & 1 != 0)
        .fold(PhaseSet::EMPTY, PhaseSet::with)
}
