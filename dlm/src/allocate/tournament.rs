//! Which row gets full next.
//!
//! A tournament over the nodes: pairing `i` is played between the winners of pairings `2 i` and `2 i + 1`;
//! numbers from the node count on are the nodes themselves. The winner of pairing 1 has the lowest level.
//!
//! The level at which a row gets tight only rises when demands stop, so a stale level is a lower bound
//! and is brought up to date only when it comes up as the lowest. Only a demand that *joins* lowers
//! levels, and then they are brought up to date at once.

use super::lanes::Lanes;
use super::memory::NodeSlot;
use super::rows::{Level, Row, RowId, Work};

impl Work<'_> {
    /// Plays all pairings anew.
    pub(super) fn start_tournament(&mut self) {
        for node in 0..self.nodes.len() {
            let (level, _) = self.lowest(&self.nodes[node]);
            self.nodes[node].set_tight(level);
        }
        for pairing in (1..self.nodes.len()).rev() {
            self.nodes[pairing].winner = self.play(pairing);
        }
    }

    /// The lowest level at which a row gets tight, and the row.
    pub(super) fn next_tight(&mut self) -> (Level, RowId) {
        let node = loop {
            let node = self.winner(1);
            let slot = &self.nodes[usize::from(node)];
            let (level, lane) = self.lowest(slot);
            if level == slot.tight() {
                break (level, RowId::Node { node, lane });
            }
            self.set_tight(node, level);
        };
        let pools = (0..).zip(self.pools()).map(|(pool, row)| (row.tight_level(), RowId::Pool { pool }));
        pools.fold(node, |lowest, pool| if pool.0 < lowest.0 { pool } else { lowest })
    }

    /// Brings the levels of a demand's nodes up to date after they may have fallen.
    pub(super) fn lower_levels(&mut self, index: u16) {
        let mut next = Some(self.demand(index).node);
        while let Some(node) = next {
            self.set_tight(node, self.lowest(&self.nodes[usize::from(node)]).0);
            next = self.parent(node);
        }
    }

    fn set_tight(&mut self, node: u16, level: Level) {
        self.nodes[usize::from(node)].set_tight(level);
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

    fn play(&self, pairing: usize) -> u16 {
        let (left, right) = (self.winner(2 * pairing), self.winner(2 * pairing + 1));
        let level = |node: u16| self.nodes[usize::from(node)].tight();
        if level(right) < level(left) { right } else { left }
    }

    fn winner(&self, pairing: usize) -> u16 {
        match pairing.checked_sub(self.nodes.len()) {
            Some(node) => node as u16,
            None => self.nodes[pairing].winner,
        }
    }

    /// The lowest level at which a row of a node gets tight, and its lane.
    fn lowest(&self, node: &NodeSlot) -> (Level, u8) {
        let mut lowest = lowest_of(&node.rows);
        if let Some(pairs) = self.pairs.get(usize::from(node.pairs)) {
            let (level, place) = lowest_of(&pairs.rows);
            if level < lowest.0 {
                lowest = (level, Lanes::of_pair(usize::from(place)) as u8);
            }
        }
        lowest
    }
}

/// The lowest level at which one of these rows gets tight, and its place.
fn lowest_of(rows: &[Row]) -> (Level, u8) {
    let levels = (0..).zip(rows).map(|(place, row)| (row.tight_level(), place));
    levels.fold((Level::MAX, 0), |lowest, row| if row.0 < lowest.0 { row } else { lowest })
}
