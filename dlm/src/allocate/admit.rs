//! Admission: who is served.
//!
//! When all minima fit, everybody is. Otherwise only the demands that load an overfull row compete; they
//! are admitted small ones first and improved by prices and exchanges. If they are few, the search then
//! proves the result or betters it as long as its fuel lasts.

use super::Outcome;
use super::memory::{Key, sort};
use super::problem::Demand;
use super::rows::{Row, RowId, Work};
use super::search::Goal;

/// Up to so many competitors all sets are searched. With more, a search that the time allows sees only a
/// corner of them and finds next to nothing that exchanges have not found.
const SEARCHED: usize = 32;

/// What an exchange has brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gain {
    Nothing,
    /// As many are served with less current.
    Room,
    /// More are served.
    More,
}

impl Work<'_> {
    /// Fixes who is served and everybody's share.
    pub(super) fn solve(&mut self) -> Outcome {
        self.sort_levels();
        self.serve_possible();
        let all = self.evses.iter().all(|slot| slot.served);
        let fits = all && !self.is_over() && !self.pools().iter().any(Row::is_over);
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

    /// Serves everybody who could be served alone.
    fn serve_possible(&mut self) {
        for index in self.indices() {
            let demand = self.demand(index);
            if self.find_row(demand, demand.min, |row, min| row.capacity < min).is_none() {
                self.serve(index);
            }
        }
    }

    /// Lists all that load an overfull row or are below an imbalance limit, and dismisses them.
    fn list_items(&mut self) {
        self.competing = 0;
        for index in self.indices() {
            let demand = self.demand(index);
            if self.evses[usize::from(index)].served && self.competes(demand) {
                self.items[self.competing] = index;
                self.by_min[self.competing] = index;
                self.competing += 1;
                self.evses[usize::from(index)].key = Key::new(demand.priority, demand.min.0.into());
            }
        }
        sort(&mut self.by_min[..self.competing], self.evses);
        for &index in &self.items[..self.competing] {
            let demand = self.demand(index);
            let size = u64::from(demand.min.0) * u64::from(demand.phases.len());
            let key = Key::new(demand.priority, size << 16 | u64::from(demand.node));
            self.evses[usize::from(index)].key = key;
        }
        sort(&mut self.items[..self.competing], self.evses);
        let mut class = 0;
        for at in 0..self.competing {
            if at > 0 && self.group(at) != self.group(at - 1) {
                class = at as u16;
            }
            self.evses[usize::from(self.items[at])].class = class;
            self.dismiss(self.items[at]);
        }
    }

    /// Priority of the item at this place.
    pub(super) fn group(&self, at: usize) -> u16 {
        self.demand(self.items[at]).priority
    }

    fn competes(&self, demand: &Demand) -> bool {
        self.find_row(demand, demand.min, |row, _| row.is_over()).is_some()
            || self.balanced && self.path(demand.node).any(|node| self.pairs(node).is_some())
    }

    fn choose(&mut self) -> Outcome {
        self.refuel(Goal::More);
        if self.balanced {
            for at in 0..self.competing {
                self.evses[usize::from(self.items[at])].wanted = true;
            }
            self.serve_wanted();
            self.count_served();
        } else {
            for at in 0..self.competing {
                self.serve_if_fits(self.items[at]);
            }
        }
        self.keep_as_best();
        if self.is_a_queue() {
            // Each item has a priority of its own: first come, first served is the only best set.
            self.settle_best();
            return Outcome { most_served: !self.balanced, fairest: !self.balanced };
        }
        let most_served = self.is_proven() || {
            self.improve() && self.is_proven()
                || self.competing <= SEARCHED && self.search(Goal::More) && !self.balanced
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
        (1..self.competing).all(|at| self.group(at) != self.group(at - 1))
    }

    /// Serves an item if its minimum fits beside those served.
    pub(super) fn serve_if_fits(&mut self, index: u16) -> bool {
        let demand = self.demand(index);
        let fits = self.lacking(demand, demand.min).is_none();
        if fits {
            self.serve_item(index);
        }
        fits
    }

    fn serve_item(&mut self, index: u16) {
        self.serve(index);
        let class = usize::from(self.evses[usize::from(index)].class);
        self.evses[class].count += 1;
    }

    pub(super) fn dismiss_item(&mut self, index: u16) {
        self.dismiss(index);
        let class = usize::from(self.evses[usize::from(index)].class);
        self.evses[class].count = self.evses[class].count.saturating_sub(1);
    }

    /// Whether the row that kept an item out still does.
    fn is_blocked(&self, index: u16) -> bool {
        let demand = self.demand(index);
        match self.evses[usize::from(index)].bound {
            Some(RowId::Node { node, lane }) => {
                self.row(node, lane).is_some_and(|row| row.slack() < demand.min.0)
            }
            Some(RowId::Pool { pool }) => {
                self.pools()[usize::from(pool)].slack() < demand.min.0 * u32::from(demand.conductors)
            }
            None => false,
        }
    }

    /// Looks for a set that serves more: by prices, then by exchanging served items for others. Says whether
    /// it has found one.
    fn improve(&mut self) -> bool {
        if self.balanced {
            return false;
        }
        let mut more = self.admit_by_price();
        self.restore_best();
        let mut again = true;
        while again {
            again = false;
            self.sort_by_cost();
            self.list_left_out();
            for out in (0..self.competing).rev() {
                let leaving = self.sorted[out];
                if !self.evses[usize::from(leaving)].served {
                    continue;
                }
                if !self.burn(self.competing as u32 * 5) {
                    return more;
                }
                let gain = self.exchange(leaving);
                if gain != Gain::Nothing {
                    again = true;
                    more |= gain == Gain::More;
                    self.list_left_out();
                }
            }
        }
        more
    }

    /// Lists the items left out in the order of cost, each with the row that keeps it out.
    fn list_left_out(&mut self) {
        self.left_out = 0;
        for at in 0..self.competing {
            let index = self.sorted[at];
            if !self.evses[usize::from(index)].served {
                let demand = self.demand(index);
                self.evses[usize::from(index)].bound = self.lacking(demand, demand.min);
                self.others[self.left_out] = index;
                self.left_out += 1;
            }
        }
    }

    /// Takes an item out and as many of those left out as possible in, cheap ones first; back again if that
    /// gains nothing. One for one is a gain if it is cheaper: it makes room.
    fn exchange(&mut self, leaving: u16) -> Gain {
        self.dismiss_item(leaving);
        let (group, cost) = (self.demand(leaving).priority, self.evses[usize::from(leaving)].key);
        // What is gained in the item's own priority or an earlier one, and in later ones.
        let (mut gained, mut cheaper) = ((0, 0), false);
        for at in 0..self.left_out {
            let index = self.others[at];
            let comes = !self.is_blocked(index) && self.serve_if_fits(index);
            self.evses[usize::from(index)].wanted = comes;
            let own = self.demand(index).priority;
            if comes && own <= group {
                gained.0 += 1;
                cheaper |= own == group && self.evses[usize::from(index)].key < cost;
            } else if comes {
                gained.1 += 1;
            }
        }
        if gained > (1, 0) {
            self.keep_as_best();
            return Gain::More;
        }
        if gained == (1, 0) && cheaper {
            return Gain::Room;
        }
        for at in 0..self.left_out {
            if self.evses[usize::from(self.others[at])].wanted {
                self.dismiss_item(self.others[at]);
            }
        }
        self.serve_item(leaving);
        Gain::Nothing
    }

    fn count_served(&mut self) {
        for at in 0..self.competing {
            let slot = &self.evses[usize::from(self.items[at])];
            let (served, class) = (slot.served, usize::from(slot.class));
            self.evses[class].count += u16::from(served);
        }
    }

    /// Notes who is served, and from which floor, as the best found so far.
    pub(super) fn keep_as_best(&mut self) {
        for at in 0..self.competing {
            let slot = &mut self.evses[usize::from(self.items[at])];
            slot.best = slot.served;
            slot.best_floor = slot.floor;
            self.evses[at].best_count = self.evses[at].count;
        }
    }

    /// Serves the best set, each item with its minimum.
    pub(super) fn restore_best(&mut self) {
        for at in 0..self.competing {
            let slot = &mut self.evses[usize::from(self.items[at])];
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
            let slot = &mut self.evses[usize::from(self.items[at])];
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
                self.evses[usize::from(index)].bound = row;
            }
        }
    }
}
