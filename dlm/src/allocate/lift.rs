//! Serving within imbalance limits: minima that need a counterweight.
//!
//! Three single-phase cars on one phase may be further from the other phases than an imbalance limit
//! allows, unless a car on another phase takes more than its minimum. So floors are lifted, greedily and
//! only as far as needed, while demands come in one by one. What has no counterweight yet is tried again
//! when others have come.

use super::lanes::Lanes;
use super::memory::PairSlot;
use super::rows::{RowId, Work};

/// Floors lifted at most to serve one more demand.
const LIFTS: usize = 6;

/// How often gaps are narrowed by lifting; after that, only by dismissing.
const PASSES: u32 = 4;

/// Phases of a node that are too far apart.
#[derive(Clone, Copy, Debug)]
struct Gap {
    node: u16,
    /// Lane of those who would narrow it by taking more.
    lane: usize,
    excess: u32,
}

impl Work<'_> {
    /// Lifts floors of those served until the balance is kept; says whether that works.
    pub(super) fn lift_floors(&mut self) -> bool {
        self.reset_rows();
        let kept = self.narrow_gaps(false);
        self.sort_joins();
        kept
    }

    /// Serves what is wanted as far as the balance can be kept: all of it first, then without those that
    /// no counterweight is found for, then those again that have found one now.
    pub(super) fn serve_wanted(&mut self) {
        for at in 0..self.competing {
            let index = self.items[at];
            let demand = self.demand(index);
            if self.evses[usize::from(index)].wanted && self.lacking(demand, demand.min).is_none() {
                self.serve(index);
            }
        }
        self.narrow_gaps(true);
        let mut again = true;
        while again {
            again = false;
            for at in 0..self.competing {
                let index = self.items[at];
                let slot = &self.evses[usize::from(index)];
                again |= slot.wanted && !slot.served && self.serve_in_balance(index);
            }
        }
    }

    /// Narrows every gap, from the leaves up, by lifting floors, or else by dismissing items if that is
    /// allowed; says whether all gaps are closed.
    fn narrow_gaps(&mut self, dismissing: bool) -> bool {
        for pass in 0..=PASSES {
            let mut open = false;
            for node in (0..self.nodes.len() as u16).rev() {
                while let Some(gap) = self.gap(node) {
                    open = true;
                    let lifted = if pass < PASSES { self.best_to_lift(gap) } else { None };
                    if let Some((index, room)) = lifted {
                        let floor = self.evses[usize::from(index)].floor;
                        self.set_floor(index, floor + room.min(gap.excess));
                    } else if let Some(index) = dismissing.then(|| self.last_to_serve(gap)).flatten() {
                        self.dismiss(index);
                        self.evses[usize::from(index)].floor = self.demand(index).min.0;
                    } else {
                        return false;
                    }
                }
            }
            if !open {
                return true;
            }
        }
        false
    }

    /// Of those who widen a gap, the one with the least claim to be served.
    fn last_to_serve(&self, gap: Gap) -> Option<u16> {
        let slot = &self.nodes[usize::from(gap.node)];
        let candidates = (slot.first..slot.end).map(|at| self.evses[usize::from(at)].ordered);
        let widening = candidates.filter(|&index| {
            self.evses[usize::from(index)].served
                && Lanes::of(self.demand(index).phases).contains(Lanes::reverse(gap.lane))
        });
        widening.max_by_key(|&index| {
            let demand = self.demand(index);
            (demand.priority, demand.min, index)
        })
    }

    /// Serves a demand if its minimum fits and floors can be lifted so that the balance is kept.
    fn serve_in_balance(&mut self, index: u16) -> bool {
        let demand = self.demand(index);
        if self.lacking(demand, demand.min).is_some() {
            return false;
        }
        self.serve(index);
        // The demand itself, then those that were lifted for it, with their floors before.
        let mut touched = [(index, demand.min.0); 1 + LIFTS];
        for step in 0..=LIFTS {
            let Some(gap) = self.widest_gap(&touched[..=step]) else { return true };
            let best = if step < LIFTS { self.best_to_lift(gap) } else { None };
            let Some((lifted, room)) = best else {
                for &(lifted, floor) in touched[1..=step].iter().rev() {
                    self.set_floor(lifted, floor);
                }
                self.dismiss(index);
                return false;
            };
            let floor = self.evses[usize::from(lifted)].floor;
            touched[step + 1] = (lifted, floor);
            self.set_floor(lifted, floor + room.min(gap.excess));
        }
        true
    }

    /// The pair that a demand which is not served would bring out of balance; if none by its minimum
    /// alone, the first it is on.
    pub(super) fn unbalancing(&mut self, index: u16) -> Option<RowId> {
        self.serve(index);
        let gap = self.widest_gap(&[(index, 0)]);
        self.dismiss(index);
        if let Some(Gap { node, lane, .. }) = gap {
            return Some(RowId::Node { node, lane: Lanes::reverse(lane) as u8 });
        }
        let demand = self.demand(index);
        self.path(demand.node).find_map(|node| {
            self.pairs(node)?;
            let mut lanes = (0..Lanes::PAIRS).map(Lanes::of_pair);
            let lane = lanes.find(|&lane| Lanes::of(demand.phases).contains(lane))?;
            Some(RowId::Node { node, lane: lane as u8 })
        })
    }

    fn set_floor(&mut self, index: u16, floor: u32) {
        self.lifted = true;
        self.dismiss(index);
        self.evses[usize::from(index)].floor = floor;
        self.serve(index);
    }

    /// The widest gap above these demands.
    fn widest_gap(&self, touched: &[(u16, u32)]) -> Option<Gap> {
        let mut widest = None;
        for &(index, _) in touched {
            for gap in self.path(self.demand(index).node).filter_map(|node| self.gap(node)) {
                if widest.is_none_or(|widest: Gap| gap.excess >= widest.excess) {
                    widest = Some(gap);
                }
            }
        }
        widest
    }

    /// The widest gap at one node.
    fn gap(&self, node: u16) -> Option<Gap> {
        let (PairSlot { rows }, most) = self.pairs(node)?;
        let gaps = Lanes::pairs().map(|(place, reverse)| {
            let excess = rows[place].used.saturating_sub(rows[reverse].used.saturating_add(most));
            Gap { node, lane: Lanes::of_pair(reverse), excess }
        });
        gaps.max_by_key(|gap| gap.excess).filter(|gap| gap.excess > 0)
    }

    /// The demand that can narrow a gap furthest, and how far: without opening another if there is such a
    /// one, else within the limits alone.
    fn best_to_lift(&mut self, gap: Gap) -> Option<(u16, u32)> {
        let slot = &self.nodes[usize::from(gap.node)];
        let below = slot.first..slot.end;
        if !self.burn(below.len() as u32 * 20) {
            return None;
        }
        let candidates = below.map(|at| self.evses[usize::from(at)].ordered);
        let narrowing = candidates.filter(|&index| {
            self.evses[usize::from(index)].served && Lanes::of(self.demand(index).phases).contains(gap.lane)
        });
        let rooms = narrowing.map(|index| (index, self.room_to_lift(index)));
        let (index, (gentle, any)) = rooms.max_by_key(|&(_, room)| room)?;
        let room = if gentle > 0 { gentle } else { any };
        (room > 0).then_some((index, room))
    }

    /// How far a demand's floor can be lifted with and without regard to other imbalance limits.
    fn room_to_lift(&self, index: u16) -> (u32, u32) {
        let demand = self.demand(index);
        let mut any = demand.max.0.saturating_sub(self.evses[usize::from(index)].floor);
        let mut gentle = any;
        let loaded = Lanes::of(demand.phases);
        for node in self.path(demand.node) {
            let rows = &self.nodes[usize::from(node)].rows;
            for phase in demand.phases.iter() {
                any = any.min(rows[phase.index()].slack());
            }
            let Some((PairSlot { rows }, most)) = self.pairs(node) else { continue };
            for (place, reverse) in Lanes::pairs().filter(|pair| loaded.contains(Lanes::of_pair(pair.0))) {
                let beside = rows[reverse].used.saturating_add(most);
                gentle = gentle.min(beside.saturating_sub(rows[place].used));
            }
        }
        for pool in demand.pools.iter() {
            any = any.min(self.pools()[usize::from(pool)].slack() / u32::from(demand.conductors));
        }
        (gentle.min(any), any)
    }
}
