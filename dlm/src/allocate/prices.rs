//! Admission by prices: what each row is worth, found by supply and demand.
//!
//! Small demands first is a poor rule where one phase is scarce and another is not. So every row gets a
//! price for its current; an item costs what its minimum costs in all rows it loads. Rows asked for more
//! than they have get dearer, others cheaper (a multiplicative form of the subgradient method for the
//! Lagrangian dual). In every round items are admitted in the order of cost, and the best round counts.

use super::memory::{Key, sort};
use super::rows::{Row, Work};
use crate::phases::PhaseSet;

/// Rounds of price finding. More find a little better prices, but the exchanges that follow make more of
/// the same time.
const ROUNDS: u64 = 3;
/// An item asks for admission while it costs less than this.
const WORTH: u32 = 1 << 31;
/// The first price of a milliampere in a contended row: four such rows make 8 A just worth it.
const FIRST_PRICE: u32 = WORTH / 32_000;

impl Work<'_> {
    /// Tries admission in the order of cost; says whether that serves more. The best set is noted, and no item
    /// is served at the end.
    pub(super) fn admit_by_price(&mut self) -> bool {
        let mut more = false;
        self.clear();
        self.for_priced(|_, price| *price = 0);
        self.sort_by_cost();
        self.ask();
        self.for_priced(|row, price| *price = if row.slope > row.slack() { FIRST_PRICE } else { 0 });
        for _ in 0..ROUNDS {
            if !self.burn(self.competing as u32 * 150) {
                break;
            }
            self.sort_by_cost();
            self.ask();
            self.for_priced(adjust);
            for at in 0..self.competing {
                self.serve_if_fits(self.sorted[at]);
            }
            if self.compare_counts().is_gt() {
                self.keep_as_best();
                more = true;
            }
            self.clear();
        }
        more
    }

    /// Sorts the items by priority and cost.
    pub(super) fn sort_by_cost(&mut self) {
        self.add_up_prices();
        for at in 0..self.competing {
            let index = self.items[at];
            let key = Key::new(self.demand(index).priority, self.cost(index));
            self.evses[usize::from(index)].key = key;
            self.sorted[at] = index;
        }
        sort(&mut self.sorted[..self.competing], self.evses);
    }

    /// Adds up in every row what the items ask for: all of it when they are cheap, nothing when they are
    /// dear, some sixteenths in between.
    fn ask(&mut self) {
        self.for_priced(|row, _| row.slope = 0);
        for at in 0..self.competing {
            let index = self.sorted[at];
            let cost = self.evses[usize::from(index)].key.value();
            let sixteenths = (u64::from(WORTH) * 3 / 2).saturating_sub(cost).min(WORTH.into()) >> 27;
            let demand = self.demand(index);
            let asked = (u64::from(demand.min.0) * sixteenths / 16) as u32;
            self.for_own_rows(demand, |row, factor| row.slope = row.slope.saturating_add(asked * factor));
        }
        self.sum_up(|row| &mut row.slope);
    }

    /// Adds the prices of every node's rows and of those above it up.
    fn add_up_prices(&mut self) {
        self.for_priced(|row, price| row.slope = *price);
        for at in 1..self.nodes.len() {
            let (above, below) = self.nodes.split_at_mut(at);
            let parent = &above[usize::from(below[0].parent)];
            for (row, sum) in below[0].rows.iter_mut().zip(&parent.rows) {
                row.slope = row.slope.saturating_add(sum.slope);
            }
        }
    }

    fn cost(&mut self, index: u16) -> u64 {
        let demand = self.demand(index);
        let mut cost = 0;
        self.for_own_rows(demand, |row, factor| {
            let price = u64::from(row.slope) * u64::from(demand.min.0 * factor);
            cost = price.saturating_add(cost);
        });
        // What leaves phases of its node without a taker is half as dear again. The half was found by trying: on
        // 770 scarce sites of 40 to 1,000 EVSEs it serves 46,046 where none at all serves 46,029.
        if demand.phases == PhaseSet::ALL { cost } else { cost.saturating_add(cost / 2) }
    }
}

/// Makes a row dearer that is asked for more than it has, and others cheaper: up to twice, down to half the price.
/// A row nobody contends for stays without a price.
fn adjust(row: &mut Row, price: &mut u32) {
    let (asked, slack) = (row.slope, row.slack().max(1));
    let part = |amount: u32| (u64::from(*price) * u64::from(amount.min(slack)) / u64::from(slack)) as u32;
    let change = part(asked.abs_diff(slack));
    *price = if asked >= slack { price.saturating_add(change).min(WORTH) } else { *price - change / 2 };
}
