//! Sharing current: who is served, and with how much.
//!
//! [`allocate`] is a pure function: the same problem gives the same shares, it keeps nothing and
//! allocates nothing. In this order it wants
//!
//! 1. as many demands of the first priority served as possible, then of the next, and so on;
//! 2. the fairest shares: the lowest current per weight as high as possible, then the second lowest,
//!    and so on (leximin), tier by tier;
//! 3. the largest total current over all conductors.
//!
//! Whatever it finds, no limit is passed by a single milliampere.

mod admit;
mod balance;
mod bound;
mod even;
mod fill;
mod lanes;
mod lift;
mod memory;
mod prices;
mod problem;
mod rows;
mod search;
#[cfg(test)]
mod tests;
mod tournament;

#[cfg(feature = "alloc")]
pub use memory::HeapMemory;
pub use memory::{EvseSlot, Memory, NodeSlot, PairSlot, Scratch};
pub use problem::{Bound, Demand, Node, PoolSet, Problem, ProblemError, Share};

pub(crate) use rows::Row;
use rows::Work;

/// What is known about the shares of an [`allocate`] call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// It is proven that no more demands can be served, in the order of the priorities.
    pub most_served: bool,
    /// It is proven that the shares are the fairest possible with that many served.
    pub fairest: bool,
}

/// Shares the capacities of `problem` and writes one [`Share`] for each demand to `shares`.
///
/// `scratch` needs no preparation and is worthless afterwards; room in `shares` beyond the number of
/// demands is left alone.
///
/// # Errors
/// [`ProblemError`] if the problem is malformed or the memory too small; `shares` is unchanged then.
pub fn allocate(
    problem: &Problem<'_>,
    scratch: Scratch<'_>,
    shares: &mut [Share],
) -> Result<Outcome, ProblemError> {
    problem.check()?;
    let (room, needed) = (shares.len(), problem.demands.len());
    let shares = shares.get_mut(..needed).ok_or(ProblemError::Memory { what: "shares", room, needed })?;
    let mut work = Work::load(problem, scratch)?;
    let outcome = work.solve();
    for ((share, slot), demand) in shares.iter_mut().zip(work.evses.iter()).zip(problem.demands) {
        *share = slot.share(demand);
    }
    Ok(outcome)
}

/// The same, but the shares stay where [`Memory::share`] finds them.
pub(crate) fn solve(problem: &Problem<'_>, scratch: Scratch<'_>) -> Result<Outcome, ProblemError> {
    problem.check()?;
    Ok(Work::load(problem, scratch)?.solve())
}
