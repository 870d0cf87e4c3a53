//! Fair shares under imbalance limits.
//!
//! The capacity of a pair's row follows what the other side of the pair takes, so it is known only after
//! the filling it is needed for. The two are brought to agree by repetition: fill, see which pairs are too
//! far apart, bound those by what the other side took, fill again. This rarely takes more than three
//! rounds. It is a heuristic: the result keeps every limit, but where raising one phase further would let
//! another one follow, the fairest shares can be missed.

use super::lanes::Lanes;
use super::rows::{Row, RowId, Work};

/// From this round on capacities are only lowered, so that they cannot chase each other.
const LOWERING: u32 = 8;
/// From this round on the other side counts with its minima, which cannot change any more.
const LAST: u32 = 40;

impl Work<'_> {
    /// Fills the rows, which hold the minima of those served.
    ///
    /// # Errors
    /// The row whose minima cannot be had within an imbalance limit; the shares are worthless then.
    pub(super) fn settle(&mut self) -> Result<(), RowId> {
        self.unbound_pairs();
        self.fill();
        if !self.balanced {
            return Ok(());
        }
        let mut round = 0;
        while self.bound_pairs(round) {
            if round >= LAST {
                self.reset();
                self.bound_pairs(round);
            }
            round += 1;
            self.reset();
            if let Some(row) = self.overfull_pair() {
                return Err(row);
            }
            self.fill();
        }
        Ok(())
    }

    fn unbound_pairs(&mut self) {
        for node in self.nodes.iter_mut().filter(|node| node.lanes == Lanes::ALL) {
            for (lane, _) in Lanes::pairs() {
                node.rows[lane].capacity = Row::UNLIMITED;
            }
        }
    }

    /// Bounds every pair that was bound before or is too far apart by what its other side takes; says
    /// whether that changes anything.
    fn bound_pairs(&mut self, round: u32) -> bool {
        let (mut violated, mut changed) = (false, false);
        for (node, described) in self.nodes.iter_mut().zip(self.problem.nodes) {
            let Some(most) = described.imbalance else { continue };
            for (lane, reverse) in Lanes::pairs() {
                let capacity = node.rows[reverse].used + u64::from(most.0);
                let row = &mut node.rows[lane];
                let over = row.used > capacity;
                violated |= over;
                if over || row.capacity != Row::UNLIMITED && (round < LOWERING || capacity < row.capacity) {
                    changed |= row.capacity != capacity;
                    row.capacity = capacity;
                }
            }
        }
        violated || changed && round < LOWERING
    }

    fn overfull_pair(&self) -> Option<RowId> {
        (0..).zip(self.nodes.iter()).find_map(|(node, slot)| {
            let over = |&lane: &usize| slot.rows[lane].used > slot.rows[lane].capacity;
            slot.lanes.iter().find(over).map(|lane| RowId::Node { node, lane })
        })
    }
}
