//! Branch and bound over the served sets, as far as the fuel lasts.
//!
//! Items are taken in order, served first, left out after. Two goals use the same walk: one wants strictly
//! more served and gives up a branch that cannot have that; the other wants as many served as the best set
//! has, and compares the shares.

use super::memory::{Key, sort};
use super::rows::{Work, level_of};
use core::cmp::Ordering;

/// Steps a search may take, roughly nanoseconds of a desktop computer: a bound on the time of a decision.
const FUEL: u32 = 1_000_000;
/// Steps it may take more for each demand, when it looks for a set that serves more.
const FUEL_PER_DEMAND: u32 = 2_000;

/// What a search is after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// A set that serves more.
    More,
    /// Among those that serve as many, the one with the fairest shares, then the largest total.
    Fairer,
}

impl Work<'_> {
    /// Fills the tank for a goal.
    pub(super) fn refuel(&mut self, goal: Goal) {
        let demands = self.problem.demands.len() as u32;
        self.fuel = match goal {
            Goal::More => FUEL + FUEL_PER_DEMAND * demands,
            Goal::Fairer => FUEL,
        };
    }

    /// Uses up fuel; says whether some is left.
    pub(super) fn burn(&mut self, steps: u32) -> bool {
        self.fuel = self.fuel.saturating_sub(steps);
        self.fuel > 0
    }

    pub(super) fn fill_cost(&self) -> u32 {
        self.problem.demands.len() as u32 * 300
    }

    /// Whether the best set provably serves as many as possible.
    pub(super) fn is_proven(&mut self) -> bool {
        self.clear();
        let open = self.is_promising(0, Goal::More);
        self.restore_best();
        !open
    }

    /// Walks through the sets; says whether it got to the end. The best set is noted, not served.
    pub(super) fn search(&mut self, goal: Goal) -> bool {
        if goal == Goal::Fairer {
            self.settle_best();
            self.sort_shares();
            self.keep_levels();
        }
        self.clear();
        let mut at = 0;
        while self.fuel > 0 {
            if at < self.competing && self.is_promising(at, goal) {
                if !self.is_spare_twin(at) {
                    self.serve_if_fits(self.items[at]);
                }
                at += 1;
                continue;
            }
            if at == self.competing {
                self.handle_set(goal);
            }
            // Back to the last one served, and on without it.
            let served = |&at: &usize| self.evses[usize::from(self.items[at])].served;
            let Some(last) = (0..at).rfind(served) else { return true };
            self.dismiss_item(self.items[last]);
            at = last + 1;
        }
        false
    }

    /// Whether an item is the same as the one before, which is not served: serving this one instead leads
    /// to nothing new.
    fn is_spare_twin(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return false };
        let (before, this) = (self.items[before], self.items[at]);
        !self.evses[usize::from(before)].served && self.demand(before) == self.demand(this)
    }

    /// Whether the goal can still be reached with the items before `at` decided.
    fn is_promising(&mut self, at: usize, goal: Goal) -> bool {
        let mut class = 0;
        while class < self.competing {
            let group = self.group(class);
            let same = |&item: &u16| self.demand(item).priority == group;
            let end = class + self.items[class..self.competing].partition_point(same);
            let slot = &self.evses[class];
            let (count, best) = (slot.count, slot.best_count);
            let more = if end > at { self.most_more(class, at.max(class), end) } else { 0 };
            match (count + more).cmp(&best) {
                Ordering::Less => return false,
                Ordering::Greater => return true,
                Ordering::Equal => class = end,
            }
        }
        goal == Goal::Fairer
    }

    /// All items are decided: takes the set over if it is better.
    fn handle_set(&mut self, goal: Goal) {
        let more = self.compare_counts();
        if more.is_lt() || goal == Goal::More && more.is_eq() {
            return;
        }
        if goal == Goal::More && !self.balanced {
            self.keep_as_best();
            return;
        }
        self.burn(self.fill_cost());
        let settled = self.settle().is_ok();
        if settled && (more.is_gt() || self.is_fairer()) {
            self.keep_as_best();
            if goal == Goal::Fairer {
                self.sort_shares();
                self.keep_levels();
            }
        }
        self.reset();
    }

    /// Compares how many are served with the best set, priority by priority.
    pub(super) fn compare_counts(&self) -> Ordering {
        let classes = &self.evses[..self.competing];
        classes.iter().map(|class| class.count).cmp(classes.iter().map(|class| class.best_count))
    }

    pub(super) fn is_fairer(&mut self) -> bool {
        self.sort_shares();
        let levels = self.sorted.iter().map(|&index| self.evses[usize::from(index)].key.value());
        let best = self.evses.iter().map(|slot| slot.best_level);
        levels.cmp(best).then(self.total().cmp(&self.best_total)).is_gt()
    }

    pub(super) fn sort_shares(&mut self) {
        for ((slot, place), (index, demand)) in
            self.evses.iter_mut().zip(&mut *self.sorted).zip((0..).zip(self.problem.demands))
        {
            slot.key = Key::new(demand.tier, level_of(slot.current, demand.weight));
            *place = index;
        }
        sort(self.sorted, self.evses);
    }

    /// Notes the sorted shares as those of the best set.
    pub(super) fn keep_levels(&mut self) {
        for at in 0..self.sorted.len() {
            self.evses[at].best_level = self.evses[usize::from(self.sorted[at])].key.value();
        }
        self.best_total = self.total();
    }

    fn total(&self) -> u64 {
        let drawn = |index: &u16| {
            u64::from(self.evses[usize::from(*index)].current) * u64::from(self.demand(*index).conductors)
        };
        self.indices().map(|index| drawn(&index)).sum()
    }

    /// Serves none of the items.
    pub(super) fn clear(&mut self) {
        for at in 0..self.competing {
            self.evses[usize::from(self.items[at])].served = false;
            self.evses[at].count = 0;
        }
        self.reset();
    }
}
