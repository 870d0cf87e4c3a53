//! Admission: who is served.
//!
//! When all minima fit, everybody is. Otherwise only the demands that load an overfull row compete; they
//! are admitted small ones first and improved by prices and exchanges. If they are few, the search then
//! proves the result or betters it as long as its fuel lasts.

use super::Outcome;
use super::lanes::Lanes;
use super::memory::Entry;
use super::problem::{Bound, Demand};
use super::rows::{Row, RowId, Work};
use super::search::Goal;

/// Up to so many competitors all sets are searched. With more, a search that the time allows sees only a
/// corner of them and finds next to nothing that exchanges have not found.
const SEARCHED: usize = 32;

impl Work<'_> {
    /// Fixes who is served and everybody's share.
    pub(super) fn solve(&mut self) -> Outcome {
        self.sort_levels();
        for index in self.indices() {
            self.serve(index);
        }
        let fits = !self.nodes.iter().flat_map(|node| &node.rows).chain(self.pools()).any(Row::is_over);
        if fits && self.settle_on_floors().is_ok() {
            if self.balanced {
                self.even_out();
            }
            return Outcome { most_served: true, fairest: !self.balanced };
        }
        self.reset();
        self.list_items();
        let outcome = self.choose();
        self.name_blockers();
        outcome
    }

    /// Lists all that load an overfull row or are below an imbalance limit, and dismisses them. Whoever
    /// cannot be served even alone is out.
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
            if !self.evses[usize::from(index)].served || !self.competes(demand) {
                continue;
            }
            let group = demand.priority;
            let size = u64::from(demand.min.0) * u64::from(demand.phases.len());
            let key = size << 16 | u64::from(demand.node);
            self.items[self.competing] = Entry { group, key, demand: index };
            self.by_min[self.competing] = Entry { group, key: demand.min.0.into(), demand: index };
            self.competing += 1;
        }
        self.items[..self.competing].sort_unstable();
        self.by_min[..self.competing].sort_unstable();
        let mut class = 0;
        for at in 0..self.competing {
            if at > 0 && self.items[at].group != self.items[at - 1].group {
                class = at as u16;
            }
            let index = self.items[at].demand;
            self.evses[usize::from(index)].class = class;
            self.dismiss(index);
        }
    }

    fn competes(&self, demand: &Demand) -> bool {
        let is_balanced = |node: u16| self.nodes[usize::from(node)].lanes == Lanes::ALL;
        self.find_row(demand, |row, _| row.is_over()).is_some()
            || self.balanced && self.path(demand.node).any(is_balanced)
    }

    fn choose(&mut self) -> Outcome {
        self.refuel(Goal::More);
        if self.balanced {
            for at in 0..self.competing {
                self.evses[usize::from(self.items[at].demand)].wanted = true;
            }
            self.serve_wanted();
            self.count_served();
        } else {
            for at in 0..self.competing {
                self.serve_if_fits(self.items[at].demand);
            }
        }
        self.keep_as_best();
        if self.is_a_queue() {
            // Each item has a priority of its own: first come, first served is the only best set.
            self.settle_best();
            return Outcome { most_served: !self.balanced, fairest: !self.balanced };
        }
        let most_served = self.is_proven() || {
            self.improve();
            self.is_proven() || self.competing <= SEARCHED && self.search(Goal::More) && !self.balanced
        };
        self.refuel(Goal::Fairer);
        let fairest =
            self.competing <= SEARCHED && self.search(Goal::Fairer) && most_served && !self.balanced;
        self.settle_best();
        if self.balanced {
            self.even_out();
        }
        Outcome { most_served, fairest }
    }

    /// Whether no two items have the same priority.
    fn is_a_queue(&self) -> bool {
        self.items[..self.competing].windows(2).all(|pair| pair[0].group != pair[1].group)
    }

    /// Serves an item if its minimum fits beside those served.
    pub(super) fn serve_if_fits(&mut self, index: u16) -> bool {
        let demand = self.demand(index);
        let fits = self.lacking(demand, demand.min).is_none();
        if fits {
            self.serve(index);
            let class = usize::from(self.evses[usize::from(index)].class);
            self.evses[class].count += 1;
        }
        fits
    }

    pub(super) fn dismiss_item(&mut self, index: u16) {
        self.dismiss(index);
        let class = usize::from(self.evses[usize::from(index)].class);
        self.evses[class].count = self.evses[class].count.saturating_sub(1);
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

    /// Looks for a set that serves more: by prices, then by exchanging served items for others.
    fn improve(&mut self) {
        if self.balanced {
            return;
        }
        self.admit_by_price();
        self.restore_best();
        let mut improved = true;
        while improved {
            improved = false;
            self.sort_by_cost();
            self.list_left_out();
            for out in (0..self.competing).rev() {
                if !self.evses[usize::from(self.sorted[out].demand)].served {
                    continue;
                }
                if !self.burn(self.competing as u64 * 5) {
                    return;
                }
                if self.exchange(out) {
                    improved = true;
                    self.list_left_out();
                }
            }
        }
    }

    /// Lists the items left out in the order of cost, each with the row that keeps it out.
    fn list_left_out(&mut self) {
        self.left_out = 0;
        for at in 0..self.competing {
            let index = self.sorted[at].demand;
            if !self.evses[usize::from(index)].served {
                let demand = self.demand(index);
                self.evses[usize::from(index)].blocker = self.lacking(demand, demand.min);
                self.evses[self.left_out].left_out = at as u16;
                self.left_out += 1;
            }
        }
    }

    /// Takes the item at this place of the order of cost out and as many of those left out as possible in, cheap
    /// ones first; back again if that gains nothing. One for one is a gain if it is cheaper: it makes room.
    fn exchange(&mut self, out: usize) -> bool {
        let leaving = self.sorted[out];
        self.dismiss_item(leaving.demand);
        // What is gained in the item's own priority or an earlier one, and in later ones.
        let (mut gained, mut cheaper) = ((0, 0), false);
        for number in 0..self.left_out {
            let Entry { group, key, demand: index } = self.item_left_out(number);
            let blocker = self.evses[usize::from(index)].blocker;
            let may = blocker.is_none_or(|row| self.loads(leaving.demand, row));
            let comes = may && self.serve_if_fits(index);
            self.evses[usize::from(index)].wanted = comes;
            if comes && group <= leaving.group {
                gained.0 += 1;
                cheaper |= group == leaving.group && key < leaving.key;
            } else if comes {
                gained.1 += 1;
            }
        }
        if gained > (1, 0) {
            self.keep_as_best();
            return true;
        }
        if gained == (1, 0) && cheaper {
            return true;
        }
        for number in 0..self.left_out {
            let index = self.item_left_out(number).demand;
            if self.evses[usize::from(index)].wanted {
                self.dismiss_item(index);
            }
        }
        self.serve_if_fits(leaving.demand);
        false
    }

    fn item_left_out(&self, number: usize) -> Entry {
        self.sorted[usize::from(self.evses[number].left_out)]
    }

    fn count_served(&mut self) {
        for at in 0..self.competing {
            let slot = &self.evses[usize::from(self.items[at].demand)];
            let (served, class) = (slot.served, usize::from(slot.class));
            self.evses[class].count += u16::from(served);
        }
    }

    /// Notes who is served, and from which floor, as the best found so far.
    pub(super) fn keep_as_best(&mut self) {
        for at in 0..self.competing {
            let slot = &mut self.evses[usize::from(self.items[at].demand)];
            slot.best = slot.served;
            slot.best_floor = slot.floor;
            self.evses[at].best_count = self.evses[at].count;
        }
    }

    /// Serves the best set, each item with its minimum.
    pub(super) fn restore_best(&mut self) {
        for at in 0..self.competing {
            let slot = &mut self.evses[usize::from(self.items[at].demand)];
            slot.served = slot.best;
            self.evses[at].count = self.evses[at].best_count;
        }
        self.reset();
    }

    /// The shares of the best set: from the minima if that works, else from the floors it was found with.
    pub(super) fn settle_best(&mut self) {
        self.restore_best();
        if self.settle_on_floors().is_ok() {
            return;
        }
        for at in 0..self.competing {
            let slot = &mut self.evses[usize::from(self.items[at].demand)];
            slot.floor = slot.best_floor;
        }
        self.lifted = true;
        self.unbound_pairs();
        self.sort_joins();
        self.reset_rows();
        if self.settle_on_floors().is_err() {
            // The floors keep the balance, or the set would not be the best. If they did not, nobody served
            // would always be right.
            self.evses.iter_mut().for_each(|slot| slot.served = false);
            self.reset();
            self.fill();
        }
    }

    /// Says for every demand left out what has no room for it beside the minima of those served.
    fn name_blockers(&mut self) {
        self.reset();
        for index in self.indices() {
            if !self.evses[usize::from(index)].served {
                let demand = self.demand(index);
                let row = self.lacking(demand, demand.min).or_else(|| self.unbalancing(index));
                self.evses[usize::from(index)].bound = row.map_or(Bound::Maximum, Self::bound);
            }
        }
    }
}

/// What a demand's minimum takes of a row with this factor.
fn needs(demand: &Demand, factor: u64) -> u64 {
    u64::from(demand.min.0) * factor
}
