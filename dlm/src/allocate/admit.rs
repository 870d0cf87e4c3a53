//! Admission: which demands are served when the minima of all do not fit.

use super::work::{Event, State, Work};

impl Work<'_> {
    /// Serves demands with their minimum, small ones first within a priority, as long as they fit.
    pub(super) fn admit(&mut self) {
        let demands = self.demands;
        for (index, (event, demand)) in (0..).zip(self.joins.iter_mut().zip(demands)) {
            let footprint = u64::from(demand.min.0) * u64::from(demand.phases.len());
            *event = Event { tier: demand.priority, level: footprint, demand: index };
        }
        self.joins.sort_unstable();
        for at in 0..self.joins.len() {
            let index = usize::from(self.joins[at].demand);
            let demand = &demands[index];
            let min = u64::from(demand.min.0);
            if self.lacking(demand, min).is_none() {
                self.evses[index].state = State::Served;
                self.evses[index].current = demand.min.0;
                self.for_rows(demand, |row, factor| row.used += min * factor);
            }
        }
        self.name_blockers();
    }

    /// Says for every demand left out which row has no room for it.
    fn name_blockers(&mut self) {
        for index in 0..self.demands.len() {
            if self.evses[index].state == State::Out {
                let demand = &self.demands[index];
                if let Some(row) = self.lacking(demand, demand.min.0.into()) {
                    self.evses[index].bound = row.into();
                }
            }
        }
    }
}
