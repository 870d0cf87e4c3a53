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
        if !self.balanced {
            self.fill();
            return Ok(());
        }
        let settled = self.settle_on_floors();
        if settled.is_err() {
            self.reset_rows();
            if self.lift_floors() {
                return self.settle_on_floors();
            }
        }
        settled
    }

    fn settle_on_floors(&mut self) -> Result<(), RowId> {
        self.unbound_pairs();
        self.fill();
        let mut round = 0;
        while self.bound_pairs(round) {
            if round >= LAST {
                self.reset_rows();
                self.bound_pairs(round);
            }
            round += 1;
            self.reset_rows();
            if let Some(row) = self.overfull_pair() {
                return Err(row);
            }
            self.fill();
        }
        Ok(())
    }

    /// Lifts floors above the minima until the floors alone keep every imbalance limit.
    fn lift_floors(&mut self) -> bool {
        self.lifted = true;
        for _ in 0..self.problem.demands.len() + 8 {
            let Some((node, lane, excess)) = self.widest_gap() else {
                self.sort_joins();
                return true;
            };
            let Some((index, room)) = self.best_to_lift(node, lane) else { return false };
            self.dismiss(index);
            self.evses[usize::from(index)].floor += room.min(excess) as u32;
            self.serve(index);
        }
        false
    }

    /// The pair whose phases are furthest beyond the limit: its node, the lane of the lower side, by how much.
    fn widest_gap(&self) -> Option<(u16, usize, u64)> {
        let nodes = (0..).zip(self.nodes.iter().zip(self.problem.nodes));
        let gaps = nodes.flat_map(|(node, (slot, described))| {
            let most = described.imbalance.into_iter();
            most.flat_map(move |most| {
                let gap = move |(lane, reverse): (usize, usize)| {
                    let beside = slot.rows[reverse].used + u64::from(most.0);
                    (node, reverse, slot.rows[lane].used.saturating_sub(beside))
                };
                Lanes::pairs().map(gap)
            })
        });
        gaps.filter(|gap| gap.2 > 0).max_by_key(|gap| gap.2)
    }

    /// The demand of a lane that can be lifted furthest, and how far: without opening another gap if there
    /// is such a one, else within the limits alone.
    fn best_to_lift(&self, node: u16, lane: usize) -> Option<(u16, u64)> {
        let row = RowId::Node { node, lane };
        let candidates = self.indices().filter(|&index| self.evses[usize::from(index)].served);
        let rooms = candidates.filter(|&index| self.loads(index, row)).map(|index| {
            let (gentle, any) = self.room_to_lift(index);
            (index, gentle, any)
        });
        let best = rooms.max_by_key(|&(_, gentle, any)| (gentle, any))?;
        let room = if best.1 > 0 { best.1 } else { best.2 };
        (room > 0).then_some((best.0, room))
    }

    /// How far a demand's floor can be lifted with and without regard to other imbalance limits.
    fn room_to_lift(&self, index: u16) -> (u64, u64) {
        let demand = self.demand(index);
        let mut any = u64::from(demand.max.0 - self.evses[usize::from(index)].floor.min(demand.max.0));
        let mut gentle = any;
        let loaded = Lanes::of(demand.phases);
        let mut next = Some(demand.node);
        while let Some(at) = next {
            let slot = &self.nodes[usize::from(at)];
            for lane in loaded.and(Lanes::PHASES).iter() {
                any = any.min(slot.rows[lane].slack());
            }
            if let Some(most) = self.problem.nodes[usize::from(at)].imbalance {
                for (lane, reverse) in Lanes::pairs().filter(|pair| loaded.contains(pair.0)) {
                    let beside = slot.rows[reverse].used + u64::from(most.0);
                    gentle = gentle.min(beside.saturating_sub(slot.rows[lane].used));
                }
            }
            next = self.parent(at);
        }
        for pool in demand.pools.iter() {
            any = any.min(self.pools()[usize::from(pool)].slack() / u64::from(demand.conductors));
        }
        (gentle.min(any), any)
    }

    /// Lets every pair be as far apart as it likes.
    pub(super) fn unbound_pairs(&mut self) {
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
