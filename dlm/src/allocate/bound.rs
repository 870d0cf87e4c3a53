//! How many of a class can be served at most: relaxations that can be solved exactly.
//!
//! If only the rows of one phase count, those below a node are nested in those below its parent, and every
//! demand has the same size in all of them. Then dropping the largest below each overfull node, from the
//! leaves up, keeps as many as possible. The same holds for the sum of the three phases. The least of the
//! four numbers, and of the same for each pool alone, is a bound for the problem itself.

use super::problem::Demand;
use super::rows::Work;
use crate::phases::Phase;

/// So many demands below a node are looked through without any order.
const FEW: usize = 64;

/// Which rows a relaxation looks at.
#[derive(Clone, Copy, Debug)]
enum Relaxation {
    Phase(Phase),
    Sum,
}

impl Relaxation {
    const ALL: [Self; 4] =
        [Self::Phase(Phase::L1), Self::Phase(Phase::L2), Self::Phase(Phase::L3), Self::Sum];

    fn size(self, demand: &Demand) -> u32 {
        let counted = match self {
            Self::Phase(phase) => u32::from(demand.phases.contains(phase)),
            Self::Sum => demand.phases.len(),
        };
        demand.min.0 * counted
    }
}

impl Work<'_> {
    /// How many of the items `from..to`, all of the class that starts at `class`, can be served beside
    /// those already served, at most.
    pub(super) fn most_more(&mut self, class: usize, from: usize, to: usize) -> u16 {
        let mut fitting = 0;
        for at in class..to {
            let index = self.items[at];
            let demand = self.demand(index);
            let fits = at >= from && self.lacking(demand, demand.min).is_none();
            self.evses[usize::from(index)].fits = fits;
            fitting += u16::from(fits);
        }
        if fitting == 0 {
            return 0;
        }
        self.burn((to - class) as u32 * 100 + self.nodes.len() as u32 * 10);
        let nodes = Relaxation::ALL.into_iter().map(|relaxation| self.survivors(relaxation, class, to)).min();
        let pools =
            (0..self.problem.pools.len() as u8).map(|pool| self.pool_survivors(pool, class, to)).min();
        fitting.min(nodes.unwrap_or(fitting)).min(pools.unwrap_or(fitting))
    }

    fn survivors(&mut self, relaxation: Relaxation, class: usize, to: usize) -> u16 {
        for node in self.nodes.iter_mut() {
            *node.load() = 0;
        }
        let mut alive = 0;
        for at in class..to {
            let index = self.items[at];
            let slot = &mut self.evses[usize::from(index)];
            slot.alive = slot.fits;
            if slot.alive {
                alive += 1;
                let size = relaxation.size(self.demand(index));
                let load = self.nodes[usize::from(self.demand(index).node)].load();
                *load = load.saturating_add(size);
            }
        }
        for node in (0..self.nodes.len()).rev() {
            alive -= self.drop_largest(relaxation, node, class, to);
            let load = *self.nodes[node].load();
            let parent = self.nodes[node].parent;
            if let Some(parent) = self.nodes.get_mut(usize::from(parent)) {
                *parent.load() = parent.load().saturating_add(load);
            }
        }
        alive
    }

    /// Drops the largest candidates below a node until the rest fits, and says how many.
    fn drop_largest(&mut self, relaxation: Relaxation, node: usize, class: usize, to: usize) -> u16 {
        let slot = &self.nodes[node];
        let slack = |phase: Phase| slot.rows[phase.index()].slack();
        let slack = match relaxation {
            Relaxation::Phase(phase) => slack(phase),
            Relaxation::Sum => Phase::ALL.into_iter().map(slack).sum(),
        };
        let below = slot.first..slot.end;
        let mut dropped = 0;
        // Below most nodes there are few: they are looked through. Otherwise all items in order of size are.
        let mut sorted = (class..to).rev();
        while *self.nodes[node].load() > slack {
            let next = if below.len() <= FEW {
                self.burn(below.len() as u32);
                let candidates = below.clone().map(|at| self.evses[usize::from(at)].ordered);
                let alive = candidates.filter(|&index| self.evses[usize::from(index)].alive);
                alive.max_by_key(|&index| relaxation.size(self.demand(index)))
            } else {
                self.burn(1);
                let order = match relaxation {
                    Relaxation::Phase(_) => &self.by_min,
                    Relaxation::Sum => &self.items,
                };
                sorted.next().map(|at| order[at])
            };
            let Some(index) = next else { break };
            let size = relaxation.size(self.demand(index));
            let slot = &mut self.evses[usize::from(index)];
            if slot.alive && size > 0 && below.contains(&slot.position) {
                slot.alive = false;
                dropped += 1;
                let load = self.nodes[node].load();
                *load = load.saturating_sub(size);
            }
        }
        dropped
    }

    fn pool_survivors(&mut self, pool: u8, class: usize, to: usize) -> u16 {
        let size = |demand: &Demand| {
            let drawn = demand.min.0 * u32::from(demand.conductors);
            if demand.pools.contains(pool) { drawn } else { 0 }
        };
        let (mut alive, mut load) = (0, 0);
        for at in class..to {
            let index = self.items[at];
            let slot = &mut self.evses[usize::from(index)];
            slot.alive = slot.fits;
            if slot.alive {
                alive += 1;
                load = size(self.demand(index)).saturating_add(load);
            }
        }
        while load > self.pools()[usize::from(pool)].slack() {
            self.burn((to - class) as u32);
            let candidates = self.items[class..to].iter().copied();
            let candidates = candidates.filter(|&index| self.evses[usize::from(index)].alive);
            let Some(largest) = candidates.max_by_key(|&index| size(self.demand(index))) else { break };
            self.evses[usize::from(largest)].alive = false;
            load = load.saturating_sub(size(self.demand(largest)));
            alive -= 1;
        }
        alive
    }
}
