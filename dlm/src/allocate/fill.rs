//! Water filling: the fair shares of a given set of served demands.
//!
//! The water level rises in all demands of a tier at once; a demand's current is its weight times the
//! level, held between its minimum and maximum. When a row is full, its demands stop. Without
//! imbalance limits this is exact for max-min fairness in the leximin sense, whatever the tree, the
//! phases, the pools and the weights, because every coefficient is positive and every EVSE has one
//! number (Radunović and Le Boudec).

use super::lanes::Lanes;
use super::memory::{Entry, State};
use super::problem::Bound;
use super::rows::{Level, RowId, Work, current_at, level_of};
use crate::units::Milliamps;

impl Work<'_> {
    /// Sorts the levels at which demands meet the water; they do not depend on who is served.
    pub(super) fn sort_levels(&mut self) {
        self.sort_joins();
        for ((leave, index), demand) in self.leaves.iter_mut().zip(0..).zip(self.problem.demands) {
            let key = level_of(demand.max.0, demand.weight);
            *leave = Entry { group: demand.tier, key, demand: index };
        }
        self.leaves.sort_unstable();
    }

    /// The same for their floors alone, after those have changed.
    pub(super) fn sort_joins(&mut self) {
        let demands = self.problem.demands.iter().zip(self.evses.iter());
        for ((join, index), (demand, slot)) in self.joins.iter_mut().zip(0..).zip(demands) {
            let key = level_of(slot.floor, demand.weight);
            *join = Entry { group: demand.tier, key, demand: index };
        }
        self.joins.sort_unstable();
    }

    /// Raises every served demand from its floor, which is what the rows hold, to its fair share.
    pub(super) fn fill(&mut self) {
        for slot in self.evses.iter_mut() {
            slot.state = State::Resting;
            slot.bound = Bound::Maximum;
            slot.current = if slot.served { slot.floor } else { 0 };
        }
        let mut start = 0;
        while let Some(tier) = self.joins.get(start).map(|join| join.group) {
            let end = start + self.joins[start..].partition_point(|join| join.group == tier);
            self.fill_tier(start, end);
            self.top_up(start, end);
            start = end;
        }
    }

    fn fill_tier(&mut self, start: usize, end: usize) {
        for at in start..end {
            let slot = &mut self.evses[usize::from(self.joins[at].demand)];
            if slot.served {
                slot.state = State::Waiting;
            }
        }
        let lowest = self.joins[start].key;
        let (mut joining, mut leaving) = (start, start);
        while joining < end && self.joins[joining].key == lowest {
            self.join(self.joins[joining].demand);
            joining += 1;
        }
        self.start_tournament();
        while leaving < end {
            let leave = self.leaves[leaving].key;
            let join = if joining < end { self.joins[joining].key } else { Level::MAX };
            let (tight, row) = self.next_tight();
            // A demand whose floor is its maximum must join before it leaves.
            if tight < join.min(leave) {
                self.stop_row(row, tight);
            } else if join <= leave {
                self.join(self.joins[joining].demand);
                self.lower_levels(self.joins[joining].demand);
                joining += 1;
            } else {
                self.leave(self.leaves[leaving].demand);
                leaving += 1;
            }
        }
    }

    /// The water has reached a demand's floor.
    fn join(&mut self, index: u16) {
        let demand = self.demand(index);
        let slot = &mut self.evses[usize::from(index)];
        if slot.state == State::Waiting {
            slot.state = State::Rising;
            let floor = u64::from(slot.floor);
            self.for_rows(demand, |row, factor| {
                row.used = row.used.saturating_sub(floor * factor);
                row.slope += u64::from(demand.weight) * factor;
            });
        }
    }

    /// The water has reached a demand's maximum.
    fn leave(&mut self, index: u16) {
        if self.evses[usize::from(index)].state == State::Rising {
            self.stop(index, self.demand(index).max.0);
        }
    }

    /// Fixes the current of a rising demand.
    fn stop(&mut self, index: u16, current: u32) {
        let demand = self.demand(index);
        let slot = &mut self.evses[usize::from(index)];
        slot.state = State::Stopped;
        slot.current = current;
        self.for_rows(demand, |row, factor| {
            row.slope = row.slope.saturating_sub(u64::from(demand.weight) * factor);
            row.used += u64::from(current) * factor;
        });
    }

    /// Stops every demand of a row that is full at this level.
    fn stop_row(&mut self, row: RowId, level: Level) {
        match row {
            RowId::Node { node, lane } => {
                let node = &self.nodes[usize::from(node)];
                for at in node.first..node.end {
                    let index = self.evses[usize::from(at)].ordered;
                    if Lanes::of(self.demand(index).phases).contains(lane) {
                        self.stop_at(index, level, row);
                    }
                }
            }
            RowId::Pool { pool } => {
                for index in self.indices() {
                    if self.demand(index).pools.contains(pool) {
                        self.stop_at(index, level, row);
                    }
                }
            }
        }
    }

    fn stop_at(&mut self, index: u16, level: Level, row: RowId) {
        let demand = self.demand(index);
        match self.evses[usize::from(index)].state {
            State::Rising => {
                let current = current_at(level, demand.weight);
                let floor = self.evses[usize::from(index)].floor;
                self.stop(index, current.clamp(floor, demand.max.0));
            }
            State::Waiting => self.evses[usize::from(index)].state = State::Stopped,
            State::Resting | State::Stopped => return,
        }
        self.evses[usize::from(index)].bound = Self::bound(row);
    }

    /// Hands out what rounding down has left, a milliampere at a time, the lowest share first.
    fn top_up(&mut self, start: usize, end: usize) {
        for at in start..end {
            let index = self.joins[at].demand;
            let key = level_of(self.evses[usize::from(index)].current, self.demand(index).weight);
            self.sorted[at] = Entry { key, ..self.joins[at] };
        }
        self.sorted[start..end].sort_unstable();
        let mut given = true;
        while given {
            given = false;
            for at in start..end {
                given |= self.add_one(self.sorted[at].demand);
            }
        }
    }

    fn add_one(&mut self, index: u16) -> bool {
        let demand = self.demand(index);
        let slot = &self.evses[usize::from(index)];
        let rises = slot.state == State::Stopped
            && slot.current < demand.max.0
            && self.lacking(demand, Milliamps(1)).is_none();
        if rises {
            self.evses[usize::from(index)].current += 1;
            self.for_rows(demand, |row, factor| row.used += factor);
        }
        rises
    }
}
