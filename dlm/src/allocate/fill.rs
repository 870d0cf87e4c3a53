//! Water filling: the fair shares of a given set of served demands.
//!
//! The water level rises in all demands of a tier at once; a demand's current is its weight times the
//! level, held between its minimum and maximum. When a row is full, its demands stop. Without
//! imbalance limits this is exact for max-min fairness in the leximin sense, whatever the tree, the
//! phases, the pools and the weights, because every coefficient is positive and every EVSE has one
//! number (Radunović and Le Boudec).
//!
//! The tight level of a row only rises when demands stop, so stale levels are lower bounds: they are
//! brought up to date only when they come up as the lowest of the tournament. Only a demand that
//! *joins* (the water reaches its minimum) lowers levels, and that is done at once.

use super::work::{Event, Level, Row, RowId, State, Work};
use crate::phases::Phase;

impl Work<'_> {
    /// Raises every served demand from its minimum to its fair share.
    pub(super) fn fill(&mut self) {
        let demands = self.demands;
        for (index, (demand, (join, leave))) in
            (0..).zip(demands.iter().zip(self.joins.iter_mut().zip(self.leaves.iter_mut())))
        {
            *join = Event { tier: demand.tier, level: level_of(demand.min.0, demand.weight), demand: index };
            *leave = Event { tier: demand.tier, level: level_of(demand.max.0, demand.weight), demand: index };
        }
        self.joins.sort_unstable();
        self.leaves.sort_unstable();
        let mut start = 0;
        while let Some(tier) = self.joins.get(start).map(|event| event.tier) {
            let end = start + self.joins[start..].partition_point(|event| event.tier == tier);
            self.fill_tier(start, end);
            self.top_up(start, end);
            start = end;
        }
    }

    fn fill_tier(&mut self, start: usize, end: usize) {
        for at in start..end {
            let slot = &mut self.evses[usize::from(self.joins[at].demand)];
            if slot.state == State::Served {
                slot.state = State::Waiting;
            }
        }
        let Some(lowest) = self.joins.get(start).map(|event| event.level) else { return };
        let (mut joining, mut leaving) = (start, start);
        while joining < end && self.joins[joining].level == lowest {
            self.join(self.joins[joining].demand);
            joining += 1;
        }
        self.start_tournament();
        loop {
            let join = if joining < end { self.joins[joining].level } else { Level::MAX };
            let leave = if leaving < end { self.leaves[leaving].level } else { Level::MAX };
            let (tight, row) = self.next_tight();
            if leave <= tight && leave <= join {
                if leaving >= end {
                    return;
                }
                self.stop_at_maximum(self.leaves[leaving].demand);
                leaving += 1;
            } else if tight <= join {
                self.stop_row(row, tight);
            } else {
                self.join(self.joins[joining].demand);
                self.lower_levels(self.joins[joining].demand);
                joining += 1;
            }
        }
    }

    fn join(&mut self, index: u16) {
        let at = usize::from(index);
        if self.evses[at].state != State::Waiting {
            return;
        }
        self.evses[at].state = State::Rising;
        let demand = &self.demands[at];
        let (min, weight) = (u64::from(demand.min.0), u64::from(demand.weight));
        self.for_rows(demand, |row, factor| {
            row.used = row.used.saturating_sub(min * factor);
            row.slope += weight * factor;
        });
    }

    fn stop_at_maximum(&mut self, index: u16) {
        let at = usize::from(index);
        if self.evses[at].state == State::Rising {
            self.stop(index, self.demands[at].max.0);
        }
    }

    /// Fixes the current of a rising demand.
    fn stop(&mut self, index: u16, current: u32) {
        let at = usize::from(index);
        self.evses[at].state = State::Stopped;
        self.evses[at].current = current;
        let demand = &self.demands[at];
        let weight = u64::from(demand.weight);
        self.for_rows(demand, |row, factor| {
            row.slope = row.slope.saturating_sub(weight * factor);
            row.used += u64::from(current) * factor;
        });
    }

    /// Stops every demand of a full row.
    fn stop_row(&mut self, row: RowId, level: Level) {
        match row {
            RowId::Phase { node, phase } => {
                let node = &self.nodes[usize::from(node)];
                for at in node.first..node.end {
                    let index = self.evses[usize::from(at)].ordered;
                    if self.demands[usize::from(index)].phases.contains(phase) {
                        self.stop_at(index, level, row);
                    }
                }
            }
            RowId::Pool { pool } => {
                for index in 0..self.demands.len() as u16 {
                    if self.demands[usize::from(index)].pools.contains(pool) {
                        self.stop_at(index, level, row);
                    }
                }
            }
        }
    }

    fn stop_at(&mut self, index: u16, level: Level, row: RowId) {
        let at = usize::from(index);
        let demand = &self.demands[at];
        match self.evses[at].state {
            State::Rising => {
                let current = (level.saturating_mul(demand.weight.into()) >> 16) as u32;
                self.stop(index, current.clamp(demand.min.0, demand.max.0));
            }
            State::Waiting => self.evses[at].state = State::Stopped,
            State::Out | State::Served | State::Stopped => return,
        }
        self.evses[at].bound = row.into();
    }

    /// Hands out what rounding down has left, a milliampere at a time, the lowest share first.
    fn top_up(&mut self, start: usize, end: usize) {
        for at in start..end {
            let event = &mut self.leaves[at];
            let current = self.evses[usize::from(event.demand)].current;
            event.level = level_of(current, self.demands[usize::from(event.demand)].weight);
        }
        self.leaves[start..end].sort_unstable();
        let mut again = true;
        while again {
            again = false;
            for at in start..end {
                again |= self.add_one(self.leaves[at].demand);
            }
        }
    }

    fn add_one(&mut self, index: u16) -> bool {
        let at = usize::from(index);
        let demand = &self.demands[at];
        let slot = &self.evses[at];
        let rises =
            slot.state == State::Stopped && slot.current < demand.max.0 && self.lacking(demand, 1).is_none();
        if rises {
            self.evses[at].current += 1;
            self.for_rows(demand, |row, factor| row.used += factor);
        }
        rises
    }

    /// The lowest level at which a row gets tight, and the row.
    fn next_tight(&mut self) -> (Level, RowId) {
        let pools = (0..).zip(self.pools()).map(|(pool, row)| (row.tight_level(), RowId::Pool { pool }));
        let pool = pools.min_by_key(|&(level, _)| level);
        let node = loop {
            let node = self.lowest_node();
            let slot = &self.nodes[usize::from(node)];
            let levels = slot.rows.iter().zip(Phase::ALL).map(|(row, phase)| (row.tight_level(), phase));
            let (level, phase) = levels.min_by_key(|&(level, _)| level).unwrap_or((Level::MAX, Phase::L1));
            if level == slot.tight {
                break (level, RowId::Phase { node, phase });
            }
            self.set_tight(node, level);
        };
        pool.filter(|pool| pool.0 < node.0).unwrap_or(node)
    }

    /// Brings the levels of a demand's nodes up to date after they may have fallen.
    fn lower_levels(&mut self, index: u16) {
        let mut next = Some(self.demands[usize::from(index)].node);
        while let Some(node) = next {
            let level = self.tight_level(node);
            self.set_tight(node, level);
            next = self.parent(node);
        }
    }

    fn tight_level(&self, node: u16) -> Level {
        self.nodes[usize::from(node)].rows.iter().map(Row::tight_level).min().unwrap_or(Level::MAX)
    }

    // The tournament: pairing `i` is played between the winners of pairings `2 i` and `2 i + 1`; numbers
    // from `nodes.len()` on are the nodes themselves. The winner of pairing 1 has the lowest level.

    fn start_tournament(&mut self) {
        for node in 0..self.nodes.len() {
            self.nodes[node].tight = self.tight_level(node as u16);
        }
        for pairing in (1..self.nodes.len()).rev() {
            self.nodes[pairing].winner = self.play(pairing);
        }
    }

    fn lowest_node(&self) -> u16 {
        self.winner(1)
    }

    fn winner(&self, pairing: usize) -> u16 {
        match pairing.checked_sub(self.nodes.len()) {
            Some(node) => node as u16,
            None => self.nodes[pairing].winner,
        }
    }

    fn play(&self, pairing: usize) -> u16 {
        let (left, right) = (self.winner(2 * pairing), self.winner(2 * pairing + 1));
        let level = |node: u16| self.nodes[usize::from(node)].tight;
        if level(right) < level(left) { right } else { left }
    }

    fn set_tight(&mut self, node: u16, level: Level) {
        self.nodes[usize::from(node)].tight = level;
        let mut pairing = (self.nodes.len() + usize::from(node)) / 2;
        while pairing > 0 {
            let (before, now) = (self.nodes[pairing].winner, self.play(pairing));
            if before == now && now != node {
                return;
            }
            self.nodes[pairing].winner = now;
            pairing /= 2;
        }
    }
}

/// The level at which a demand of this weight has at least this current.
fn level_of(current: u32, weight: u16) -> Level {
    (Level::from(current) << 16).div_ceil(weight.max(1).into())
}
