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
mod fill;
mod problem;
mod work;

pub use problem::{Bound, Demand, Node, PoolSet, Problem, ProblemError, Share};
pub use work::{Event, EvseSlot, Memory, NodeSlot, Scratch};

use crate::units::Milliamps;
use work::Work;

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
) -> Result<(), ProblemError> {
    problem.check()?;
    let (room, needed) = (shares.len(), problem.demands.len());
    let shares = shares.get_mut(..needed).ok_or(ProblemError::Memory { what: "shares", room, needed })?;
    let mut work = Work::load(problem, scratch)?;
    work.admit();
    work.fill();
    for (share, slot) in shares.iter_mut().zip(work.evses.iter()) {
        *share = Share { current: Milliamps(slot.current), bound: slot.bound };
    }
    Ok(())
}
