//! Water filling: the fair shares of a given set of served demands.
//!
//! The water level rises in all demands of a tier at once; a demand's current is its weight times the
//! level, held between its minimum and maximum. When a row is full, its demands stop. Without
//! imbalance limits this is exact for max-min fairness in the leximin sense, whatever the tree, the
//! phases, the pools and the weights, because every coefficient is positive and every EVSE has one
//! number (Radunović and Le Boudec).

use super::lanes::Lanes;
use super::memory::{Key, State, sort};
use super::rows::{Level, Part, RowId, Work, current_at, level_of};
use crate::units::Milliamps;

impl Work<'_> {
    /// Sorts the demands by the levels at which they meet the water; these do not depend on who is served.
    pub(super) fn sort_levels(&mut self) {
        self.sort_joins();
        for ((slot, place), (index, demand)) in
            self.evses.iter_mut().zip(&mut *self.leaves).zip((0..).zip(self.problem.demands))
        {
            slot.key = Key::new(demand.tier, level_of(demand.max.0, demand.weight));
            *place = index;
        }
        sort(self.leaves, self.evses);
    }

    /// The same for their floors alone, after those have changed.
    pub(super) fn sort_joins(&mut self) {
        for ((slot, place), (index, demand)) in
            self.evses.iter_mut().zip(&mut *self.joins).zip((0..).zip(self.problem.demands))
        {
            slot.key = Key::new(demand.tier, level_of(slot.floor, demand.weight));
            *place = index;
        }
        sort(self.joins, self.evses);
    }

    /// Raises every served demand from its floor, which is what the rows hold, to its fair share.
    pub(super) fn fill(&mut self) {
        for slot in self.evses.iter_mut() {
            slot.state = State::Resting;
            slot.bound = None;
            slot.current = if slot.served { slot.floor } else { 0 };
        }
        let mut start = 0;
        while let Some(tier) = self.joins.get(start).map(|&index| self.demand(index).tier) {
            let end = start + self.joins[start..].partition_point(|&index| self.demand(index).tier == tier);
            self.fill_tier(start, end);
            self.top_up(start, end);
            start = end;
        }
    }

    fn fill_tier(&mut self, start: usize, end: usize) {
        for at in start..end {
            let slot = &mut self.evses[usize::from(self.joins[at])];
            if slot.served {
                slot.state = State::Waiting;
            }
        }
        let (mut joining, mut leaving) = (start, start);
        let (mut join, mut leave) = (self.join_level(start, end), self.leave_level(start, end));
        let lowest = join;
        while join == lowest {
            self.join(self.joins[joining]);
            joining += 1;
            join = self.join_level(joining, end);
        }
        self.start_tournament();
        while leaving < end {
            let (tight, row) = self.next_tight();
            // A demand whose floor is its maximum must join before it leaves.
            if tight < join.min(leave) {
                self.stop_row(row, tight);
            } else if join <= leave {
                self.join(self.joins[joining]);
                self.lower_levels(self.joins[joining]);
                joining += 1;
                join = self.join_level(joining, end);
            } else {
                self.leave(self.leaves[leaving]);
                leaving += 1;
                leave = self.leave_level(leaving, end);
            }
        }
    }

    /// The level at which the demand at this place of its tier joins.
    fn join_level(&self, at: usize, end: usize) -> Level {
        let level = |&index| level_of(self.evses[usize::from(index)].floor, self.demand(index).weight);
        self.joins[..end].get(at).map_or(Level::MAX, level)
    }

    /// The level at which the demand at this place of its tier leaves.
    fn leave_level(&self, at: usize, end: usize) -> Level {
        let level = |&index| level_of(self.demand(index).max.0, self.demand(index).weight);
        self.leaves[..end].get(at).map_or(Level::MAX, level)
    }

    /// The water has reached a demand's floor.
    fn join(&mut self, index: u16) {
        let demand = self.demand(index);
        let slot = &mut self.evses[usize::from(index)];
        if slot.state == State::Waiting {
            slot.state = State::Rising;
            let floor = Part::Current(slot.floor);
            self.change(demand, floor, Part::Weight(demand.weight));
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
        self.change(demand, Part::Weight(demand.weight), Part::Current(current));
    }

    /// Stops every demand of a row that is full at this level.
    fn stop_row(&mut self, row: RowId, level: Level) {
        match row {
            RowId::Node { node, lane } => {
                let node = &self.nodes[usize::from(node)];
                for at in node.first..node.end {
                    let index = self.evses[usize::from(at)].ordered;
                    if Lanes::of(self.demand(index).phases).contains(lane.into()) {
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
        self.evses[usize::from(index)].bound = Some(row);
    }

    /// Hands out what rounding down has left, a milliampere at a time, the lowest share first.
    fn top_up(&mut self, start: usize, end: usize) {
        for at in start..end {
            let index = self.joins[at];
            let demand = self.demand(index);
            let slot = &mut self.evses[usize::from(index)];
            slot.key = Key::new(demand.tier, level_of(slot.current, demand.weight));
            self.sorted[at] = index;
        }
        sort(&mut self.sorted[start..end], self.evses);
        let mut given = true;
        while given {
            given = false;
            for at in start..end {
                given |= self.add_one(self.sorted[at]);
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
            self.change(demand, Part::Nothing, Part::Current(1));
        }
        rises
    }
}
