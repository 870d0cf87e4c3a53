//! Fairer shares under imbalance limits, by trial.
//!
//! Where a car is held down by an imbalance limit, those on the lower phase may be too modest: they share
//! that phase with others that could do with less. So their floors are lifted by way of trial, in ever
//! smaller steps, and what makes the shares fairer is kept.

use super::lanes::{Lane, Lanes};
use super::rows::{RowId, Work};
use super::search::Goal;
use crate::phases::Phase;

/// First step of a trial in milliamperes, and the last.
const STEPS: (u32, u32) = (16_000, 10);

/// With more demands than this the time would not allow trying each of them once.
const TRIED: usize = 64;

impl Work<'_> {
    /// Betters the shares that are in force, which are those of the best set.
    pub(super) fn even_out(&mut self) {
        if self.evses.len() > TRIED {
            return;
        }
        self.refuel(Goal::Fairer);
        self.sort_shares();
        self.keep_levels();
        let mut step = STEPS.0;
        while step >= STEPS.1 && self.evses.iter().any(|slot| pair(slot.bound).is_some()) {
            let mut better = false;
            for index in self.indices() {
                if !self.burn(self.evses.len() as u32) {
                    return;
                }
                better |= self.may_be_too_modest(index) && self.try_floor(index, step);
            }
            if !better {
                step /= 2;
            }
        }
    }

    /// Whether somebody is held down on account of this demand and its like.
    fn may_be_too_modest(&self, index: u16) -> bool {
        let slot = &self.evses[usize::from(index)];
        let demand = self.demand(index);
        let holds_down = |bound: Option<RowId>| {
            pair(bound).is_some_and(|(node, high, low)| {
                demand.phases.contains(low)
                    && !demand.phases.contains(high)
                    && self.path(demand.node).any(|above| above == node)
            })
        };
        slot.served && slot.current < demand.max.0 && self.evses.iter().any(|slot| holds_down(slot.bound))
    }

    /// Lifts one floor above the current share; says whether the shares are fairer then. If not, all is as
    /// before.
    fn try_floor(&mut self, index: u16, step: u32) -> bool {
        if !self.burn(self.fill_cost() * 2) {
            return false;
        }
        let most = self.demand(index).max.0;
        let slot = &mut self.evses[usize::from(index)];
        let before = slot.floor;
        slot.floor = slot.current.saturating_add(step).min(most);
        if self.settle_anew() && self.is_fairer() {
            self.keep_levels();
            return true;
        }
        self.evses[usize::from(index)].floor = before;
        self.settle_anew();
        false
    }

    /// Settles on the floors as they are; says whether these are within all limits.
    fn settle_anew(&mut self) -> bool {
        self.lifted = true;
        self.unbound_pairs();
        self.sort_joins();
        self.reset_rows();
        !self.is_over() && !self.pools().iter().any(|row| row.is_over()) && self.settle_on_floors().is_ok()
    }
}

/// The node and phases of an imbalance limit.
fn pair(bound: Option<RowId>) -> Option<(u16, Phase, Phase)> {
    let RowId::Node { node, lane } = bound? else { return None };
    match Lanes::meaning(lane.into()) {
        Lane::Pair(high, low) => Some((node, high, low)),
        Lane::Phase(_) => None,
    }
}
