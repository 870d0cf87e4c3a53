//! Admission by prices: what each row is worth, found by supply and demand.
//!
//! Small demands first is a poor rule where one phase is scarce and another is not. So every row gets a
//! price for its current; an item costs what its minimum costs in all rows it loads. Rows asked for more
//! than they have get dearer, others cheaper (a multiplicative form of the subgradient method for the
//! Lagrangian dual). In every round items are admitted in the order of cost, and the best round counts.

use super::memory::Entry;
use super::rows::Work;

/// Rounds of price finding. More find a little better prices, but the exchanges that follow make more of
/// the same time.
const ROUNDS: u64 = 8;
/// An item asks for admission while it costs less than this.
const WORTH: u64 = 1 << 40;
/// The first price of a milliampere in a contended row: four such rows make 8 A just worth it.
const FIRST_PRICE: u64 = WORTH / 32_000;

impl Work<'_> {
    /// Tries admission in the order of cost; the best set is noted, and no item is served at the end.
    pub(super) fn admit_by_price(&mut self) {
        self.clear();
        self.rows_mut().for_each(|row| row.price = 0);
        self.sort_by_cost();
        self.ask();
        for row in self.rows_mut() {
            row.price = if row.slope > row.slack() * 16 { FIRST_PRICE } else { 0 };
            row.slope = 0;
        }
        for _ in 0..ROUNDS {
            if !self.burn(self.competing as u64 * 150) {
                break;
            }
            self.sort_by_cost();
            self.ask();
            // A row nobody contends for stays without a price.
            for row in self.rows_mut().filter(|row| row.price > 0) {
                let (asked, slack) = (row.slope / 16, row.slack().max(1));
                // Up to twice, down to half the price.
                let ratio = |amount: u64| {
                    (u128::from(row.price) * u128::from(amount.min(slack)) / u128::from(slack)) as u64
                };
                row.price = match asked.checked_sub(slack) {
                    Some(excess) => row.price.saturating_add(ratio(excess)).min(WORTH),
                    None => row.price - ratio(slack - asked) / 2,
                };
            }
            for at in 0..self.competing {
                self.serve_if_fits(self.sorted[at].demand);
            }
            if self.compare_counts().is_gt() {
                self.keep_as_best();
            }
            self.clear();
        }
    }

    /// Sorts the items by priority and cost.
    pub(super) fn sort_by_cost(&mut self) {
        for at in 0..self.competing {
            let cost = self.cost(self.items[at].demand);
            self.sorted[at] = Entry { key: cost, ..self.items[at] };
        }
        self.sorted[..self.competing].sort_unstable();
    }

    /// Adds up in every row what the items ask for, in sixteenths: all of it when they are cheap, nothing
    /// when they are dear, a part in between.
    fn ask(&mut self) {
        for at in 0..self.competing {
            let Entry { key: cost, demand: index, .. } = self.sorted[at];
            let part = (WORTH * 3 / 2).saturating_sub(cost).min(WORTH) / (WORTH / 16);
            let demand = self.demand(index);
            self.for_rows(demand, |row, factor| row.slope += u64::from(demand.min.0) * factor * part);
        }
    }

    fn cost(&mut self, index: u16) -> u64 {
        let demand = self.demand(index);
        let mut cost = 0u64;
        self.for_rows(demand, |row, factor| {
            cost = cost.saturating_add(row.price.saturating_mul(u64::from(demand.min.0) * factor));
        });
        cost
    }
}
