//! Time and allocations of one piece of work.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// About how long a batch takes: long beside the clock's resolution, short beside a scheduler's time slice.
const BATCH: Duration = Duration::from_micros(500);

/// One way to do the work of a row.
pub(crate) struct Contender<'a> {
    work: Box<dyn FnMut() + 'a>,
    calls: u32,
    best: Duration,
}

/// What one call costs.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) nanoseconds: f64,
    pub(crate) allocations: u64,
}

impl<'a> Contender<'a> {
    /// `work` says whether it succeeded, and must.
    pub(crate) fn new<T: 'a>(mut work: impl FnMut() -> Option<T> + 'a) -> Self {
        assert!(work().is_some(), "a contender refuses the payload");
        Self { work: Box::new(move || drop(black_box(work()))), calls: 1, best: Duration::MAX }
    }

    fn batch(&mut self) -> Duration {
        let start = Instant::now();
        for _ in 0..self.calls {
            (self.work)();
        }
        start.elapsed()
    }

    fn cost(&mut self) -> Cost {
        let allocations = allocation_counter::measure(|| (self.work)()).count_total;
        Cost { nanoseconds: self.best.as_nanos() as f64 / f64::from(self.calls), allocations }
    }
}

/// Lets the contenders take turns.
pub(crate) fn race(contenders: &mut [Contender<'_>], batches: u32) -> Vec<Cost> {
    for contender in &mut *contenders {
        while contender.batch() < BATCH {
            contender.calls *= 2;
        }
    }
    for _ in 0..batches {
        for contender in &mut *contenders {
            contender.best = contender.best.min(contender.batch());
        }
    }
    contenders.iter_mut().map(Contender::cost).collect()
}
