//! Fair shares under imbalance limits.
//!
//! The capacity of a pair's row follows what the other side of the pair takes, so it is known only after
//! the filling it is needed for. The two are brought to agree by repetition: fill, see which pairs are too
//! far apart, bound those by what the other side took, fill again. This rarely takes more than three
//! rounds. It is a heuristic: the result keeps every limit, but where raising one phase further would let
//! another one follow, the fairest shares can be missed.

use super::lanes::Lanes;
use super::problem::Problem;
use super::rows::Work;

/// From this round on capacities are only lowered, so that they cannot chase each other.
const LOWERING: u32 = 4;
/// From this round on the other side counts with its floors, which cannot change any more.
const LAST: u32 = 12;

/// The floors of those served are not within the imbalance limits.
#[derive(Debug)]
pub(super) struct OutOfBalance;

impl Work<'_> {
    /// Fills the rows, which hold the minima of those served. If these are out of balance, the shares
    /// start from lifted floors.
    ///
    /// # Errors
    /// The balance cannot be had, or was not found; the shares are worthless then.
    pub(super) fn settle(&mut self) -> Result<(), OutOfBalance> {
        self.settle_on_floors().or_else(|out| {
            self.unbound_pairs();
            if self.lift_floors() { self.settle_on_floors() } else { Err(out) }
        })
    }

    /// Fills the rows, which hold the floors of those served.
    ///
    /// # Errors
    /// The floors themselves are out of balance.
    pub(super) fn settle_on_floors(&mut self) -> Result<(), OutOfBalance> {
        self.fill();
        let mut round = 0;
        while self.balanced && self.bound_pairs(round) {
            self.burn(self.fill_cost());
            self.reset_rows();
            if round == LAST {
                self.bound_pairs_by_floors();
            }
            round += 1;
            if self.is_over() {
                return Err(OutOfBalance);
            }
            self.fill();
        }
        Ok(())
    }

    /// Lets every pair be as far apart as it likes.
    pub(super) fn unbound_pairs(&mut self) {
        for row in self.pairs.iter_mut().flat_map(|pairs| &mut pairs.rows) {
            row.capacity = Problem::MOST.0;
        }
    }

    /// Bounds every pair that is too far apart, and in the first rounds every one that was bound before, by
    /// what its other side takes; says whether that changes anything.
    fn bound_pairs(&mut self, round: u32) -> bool {
        let mut changed = false;
        let limits = self.problem.nodes.iter().filter_map(|node| node.imbalance);
        for (pairs, most) in self.pairs.iter_mut().zip(limits) {
            for (place, reverse) in Lanes::pairs() {
                let capacity = pairs.rows[reverse].used.saturating_add(most.0).min(Problem::MOST.0);
                let row = &mut pairs.rows[place];
                if row.used > capacity || row.capacity != Problem::MOST.0 && round < LOWERING {
                    changed |= row.capacity != capacity;
                    row.capacity = capacity;
                }
            }
        }
        changed
    }

    /// Bounds every pair by the floors of its other side: whatever the shares, the balance is kept.
    fn bound_pairs_by_floors(&mut self) {
        let limits = self.problem.nodes.iter().filter_map(|node| node.imbalance);
        for (pairs, most) in self.pairs.iter_mut().zip(limits) {
            for (place, reverse) in Lanes::pairs() {
                let capacity = pairs.rows[reverse].used.saturating_add(most.0);
                pairs.rows[place].capacity = capacity.min(Problem::MOST.0);
            }
        }
    }
}
