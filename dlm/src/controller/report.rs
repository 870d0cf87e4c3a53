//! What a decision looks like from outside: offers, typed reasons, and a snapshot for the log.

use crate::allocate::Bound;
use crate::limits::Source;
use crate::meter::MeterState;
use crate::phases::{Phase, Rotation, Terminals};
use crate::units::{Milliamps, PhaseCurrents};
use core::fmt;

/// What binds, with the source of the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cause {
    /// The row, pool or maximum.
    pub bound: Bound,
    /// Who set the limit; `None` if nobody did, or for pools and imbalance.
    pub source: Option<Source>,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.bound)?;
        self.source.map_or(Ok(()), |source| write!(f, " ({source})"))
    }
}

/// Why an EVSE is offered what it is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// Nothing was ever heard of it, or not for too long.
    Silent,
    /// No car is plugged in.
    Unplugged,
    /// The car or its user does not want current.
    NotRequested,
    /// Its own limit is below the least useful current.
    BelowMinimum {
        /// The limit.
        limit: Milliamps,
        /// The least useful current.
        minimum: Milliamps,
        /// Who set the limit.
        source: Option<Source>,
    },
    /// It charges with as much as this allows.
    Bound(Cause),
    /// It charges with what it draws and a margin, because it takes no more.
    TakesLess,
    /// It is held at its minimum, because it draws more than it was offered.
    Exceeds,
    /// It waits for its turn, because this has no room for its minimum.
    Queued(Cause),
    /// It will get more as soon as the interval between raises is over.
    Dwell,
    /// It will get more as soon as others have followed their reductions.
    AwaitsOthers(Cause),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent => f.write_str("not heard of"),
            Self::Unplugged => f.write_str("no car"),
            Self::NotRequested => f.write_str("no current requested"),
            Self::BelowMinimum { limit, minimum, source } => {
                write!(f, "own limit of {limit} is below the minimum of {minimum}")?;
                source.map_or(Ok(()), |source| write!(f, " ({source})"))
            }
            Self::Bound(cause) => write!(f, "{cause}"),
            Self::TakesLess => f.write_str("takes less than it could"),
            Self::Exceeds => f.write_str("draws more than it was offered"),
            Self::Queued(cause) => write!(f, "waits for its turn: {cause}"),
            Self::Dwell => f.write_str("to be raised when the interval is over"),
            Self::AwaitsOthers(cause) => write!(f, "to be raised when others have followed: {cause}"),
        }
    }
}

/// What an EVSE is to signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Current by conductor; 0 pauses.
    pub current: Milliamps,
    /// Why it is not more.
    pub reason: Reason,
}

/// A node at the last decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeReport {
    /// Index of the node.
    pub node: u16,
    /// Index of the node that feeds it.
    pub parent: Option<u16>,
    /// Effective limit by phase; [`Milliamps::MAX`] where nothing limits.
    pub limit: PhaseCurrents,
    /// Who set the limit of each phase.
    pub sources: [Option<Source>; 3],
    /// Uncontrolled load counted at this node itself, headroom included.
    pub base: PhaseCurrents,
    /// What the EVSEs below it may be drawing.
    pub reserved: PhaseCurrents,
    /// State of its meter, if it has one.
    pub meter: Option<MeterState>,
}

/// An EVSE at the last decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvseReport {
    /// Index of the EVSE.
    pub evse: u16,
    /// Index of the node it hangs on.
    pub node: u16,
    /// How it is wired.
    pub rotation: Rotation,
    /// Terminals counted for its car.
    pub terminals: Terminals,
    /// The offer in force and why it is not more.
    pub offer: Offer,
    /// Fair share at the last decision; an offer may still be on its way up to it.
    pub target: Milliamps,
    /// Last measured currents by terminal, `None` if it has no meter.
    pub measured: Option<[Milliamps; 3]>,
    /// What it may be drawing by grid phase.
    pub reserved: PhaseCurrents,
}

impl EvseReport {
    /// Grid phases its car is counted on, in order.
    pub fn phases(&self) -> impl Iterator<Item = Phase> {
        self.rotation.phases(self.terminals).iter()
    }
}
