//! Admission: who is served.
//!
//! When all minima fit, everybody is. Otherwise only the demands that load an overfull row compete; they
//! are admitted small ones first, improved by exchanges, and handed to the search, which proves the result
//! or betters it as long as its fuel lasts.

use super::lanes::Lanes;
use super::memory::Entry;
use super::problem::{Bound, Demand};
use super::rows::{Row, RowId, Work};
use super::{Outcome, search};

impl Work<'_> {
    /// Fixes who is served and everybody's share.
    pub(super) fn solve(&mut self) -> Outcome {
        self.sort_levels();
        for index in self.indices() {
            self.serve(index);
        }
        let fits = !self.nodes.iter().flat_map(|node| &node.rows).chain(self.pools()).any(Row::is_over);
        if fits && self.settle().is_ok() {
            return Outcome { most_served: true, fairest: !self.balanced };
        }
        self.reset();
        self.list_items();
        let outcome = self.choose();
        self.name_blockers();
        outcome
    }

    /// Dismisses all that load an overfull row and lists them as items, except those that could not be
    /// served even alone.
    fn list_items(&mut self) {
        for index in self.indices() {
            let demand = self.demand(index);
            if self.find_row(demand, |row, factor| row.capacity < needs(demand, factor)).is_some() {
                self.dismiss(index);
            }
        }
        self.competing = 0;
        for index in self.indices() {
            let demand = self.demand(index);
            let served = self.evses[usize::from(index)].served;
            if served && (self.balanced || self.find_row(demand, |row, _| row.is_over()).is_some()) {
                let group = demand.priority;
                let size = u64::from(demand.min.0) * u64::from(demand.phases.len());
                self.items[self.competing] =
                    Entry { group, key: size << 16 | u64::from(demand.node), demand: index };
                self.by_min[self.competing] = Entry { group, key: demand.min.0.into(), demand: index };
                self.competing += 1;
            }
        }
        for at in 0..self.competing {
            self.dismiss(self.items[at].demand);
        }
        self.items[..self.competing].sort_unstable();
        self.by_min[..self.competing].sort_unstable();
    }

    fn choose(&mut self) -> Outcome {
        for at in 0..self.competing {
            self.serve_if_fits(at);
        }
        if self.is_a_queue() && !self.balanced {
            // Each item has a priority of its own: first come, first served is the only best set.
            self.finish();
            return Outcome { most_served: true, fairest: true };
        }
        self.fuel = search::FUEL;
        if self.balanced {
            self.drop_until_balanced();
        }
        self.keep_as_best();
        let most_served = self.is_proven() || {
            self.improve();
            self.is_proven() || self.search(search::Goal::More) && !self.balanced
        };
        self.fuel = search::FUEL;
        let fairest = self.search(search::Goal::Fairer) && most_served && !self.balanced;
        self.restore_best();
        self.finish();
        Outcome { most_served, fairest }
    }

    /// Whether no two items have the same priority.
    fn is_a_queue(&self) -> bool {
        self.items[..self.competing].windows(2).all(|pair| pair[0].group != pair[1].group)
    }

    pub(super) fn serve_if_fits(&mut self, at: usize) -> bool {
        let index = self.items[at].demand;
        let demand = self.demand(index);
        let fits = self.lacking(demand, demand.min).is_none();
        if fits {
            self.serve(index);
            let class = self.class_of(at);
            self.evses[class].count += 1;
        }
        fits
    }

    pub(super) fn dismiss_item(&mut self, at: usize) {
        self.dismiss(self.items[at].demand);
        let class = self.class_of(at);
        self.evses[class].count -= 1;
    }

    /// The number of an item's class: that of its first item.
    pub(super) fn class_of(&self, at: usize) -> usize {
        let group = self.items[at].group;
        self.items[..self.competing].partition_point(|item| item.group < group)
    }

    /// Takes items away until the imbalance limits can be kept, then gives each another chance.
    fn drop_until_balanced(&mut self) {
        while let Err(row) = self.settle() {
            self.reset();
            let loads = |at: &usize| {
                let index = self.items[*at].demand;
                self.evses[usize::from(index)].served && self.loads(index, row)
            };
            match (0..self.competing).rfind(loads) {
                Some(last) => self.dismiss_item(last),
                None => break,
            }
        }
        self.reset();
        for at in 0..self.competing {
            let index = usize::from(self.items[at].demand);
            if !self.evses[index].served && self.burn(self.fill_cost()) && self.serve_if_fits(at) {
                if self.settle().is_err() {
                    self.reset();
                    self.dismiss_item(at);
                } else {
                    self.reset();
                }
            }
        }
    }

    /// Whether a demand loads a row.
    pub(super) fn loads(&self, index: u16, row: RowId) -> bool {
        let demand = self.demand(index);
        match row {
            RowId::Pool { pool } => demand.pools.contains(pool),
            RowId::Node { node, lane } => {
                let slot = &self.nodes[usize::from(node)];
                let below = slot.first..slot.end;
                below.contains(&self.evses[usize::from(index)].position)
                    && Lanes::of(demand.phases).contains(lane)
            }
        }
    }

    /// Exchanges a served item for two others, wherever that serves more.
    fn improve(&mut self) {
        if self.balanced {
            return;
        }
        let mut improved = true;
        while improved {
            improved = false;
            for out in (0..self.competing).rev() {
                if self.evses[usize::from(self.items[out].demand)].served {
                    if !self.burn(self.competing as u64 * 4) {
                        return;
                    }
                    improved |= self.exchange(out);
                }
            }
        }
    }

    /// Takes one item out and as many others as possible in; back again if that is no gain.
    fn exchange(&mut self, out: usize) -> bool {
        let priority = self.items[out].group;
        self.dismiss_item(out);
        // What is gained in the priority of the item, and in later ones. Earlier ones have nothing to gain.
        let mut gained = (0, 0);
        for at in 0..self.competing {
            let index = usize::from(self.items[at].demand);
            self.evses[index].alive = at != out && !self.evses[index].served && self.serve_if_fits(at);
            if self.evses[index].alive && self.items[at].group <= priority {
                gained.0 += 1;
            } else if self.evses[index].alive {
                gained.1 += 1;
            }
        }
        if gained > (1, 0) {
            self.keep_as_best();
            return true;
        }
        for at in 0..self.competing {
            if self.evses[usize::from(self.items[at].demand)].alive {
                self.dismiss_item(at);
            }
        }
        self.serve_if_fits(out);
        false
    }

    /// Notes who is served as the best found so far.
    pub(super) fn keep_as_best(&mut self) {
        for at in 0..self.competing {
            let slot = &mut self.evses[usize::from(self.items[at].demand)];
            slot.best = slot.served;
            self.evses[at].best_count = self.evses[at].count;
        }
    }

    fn restore_best(&mut self) {
        for at in 0..self.competing {
            let slot = &mut self.evses[usize::from(self.items[at].demand)];
            slot.served = slot.best;
        }
        self.reset();
    }

    fn finish(&mut self) {
        if self.settle().is_err() {
            // Only if a set that settled before does not settle now, which cannot be; nothing is safe.
            self.evses.iter_mut().for_each(|slot| slot.served = false);
            self.reset();
            self.fill();
        }
    }

    /// Says for every demand left out which row has no room for it. By now the rows hold the final shares,
    /// so the minima of the served ones are counted, not their shares.
    fn name_blockers(&mut self) {
        self.reset();
        for index in self.indices() {
            if self.evses[usize::from(index)].served {
                continue;
            }
            let demand = self.demand(index);
            let row =
                self.lacking(demand, demand.min).or_else(|| self.find_row(demand, |_, _| self.balanced));
            self.evses[usize::from(index)].bound = row.map_or(Bound::Maximum, Self::bound);
        }
    }
}

/// What a demand's minimum takes of a row with this factor.
fn needs(demand: &Demand, factor: u64) -> u64 {
    u64::from(demand.min.0) * factor
}
