//! What is to be shared: supply nodes, demands, pools; and what comes out.

use crate::phases::{Phase, PhaseSet};
use crate::units::{Milliamps, PhaseCurrents};
use core::fmt;
use thiserror::Error;

/// A supply node: main connection, sub-distribution, feed of a double station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Index of the node that feeds this one, lower than its own; `None` for node 0 only.
    pub parent: Option<u16>,
    /// The most that may flow through the node, by grid phase.
    pub limit: PhaseCurrents,
    /// Uncontrolled load attached at this node itself, not the sum of its subtree.
    pub base: PhaseCurrents,
    /// Largest difference between the EVSE currents of two phases below the node; `None` = any.
    pub imbalance: Option<Milliamps>,
}

impl Node {
    /// The main connection, without base load or imbalance limit.
    pub const fn root(limit: PhaseCurrents) -> Self {
        Self { parent: None, limit, base: [Milliamps::ZERO; 3], imbalance: None }
    }

    /// A node fed by `parent`, without base load or imbalance limit.
    pub const fn below(parent: u16, limit: PhaseCurrents) -> Self {
        Self { parent: Some(parent), ..Self::root(limit) }
    }
}

/// The pools an EVSE draws from, by pool index 0 to 31.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolSet(u32);

impl PoolSet {
    /// No pool.
    pub const NONE: Self = Self(0);
    /// Number of pools a problem can have.
    pub const CAPACITY: usize = 32;

    /// This set and the pool with this index; an index of 32 or more is left out.
    #[must_use]
    pub const fn with(self, pool: u8) -> Self {
        if (pool as usize) < Self::CAPACITY { Self(self.0 | 1 << pool) } else { self }
    }

    /// Whether the pool is in the set.
    pub const fn contains(self, pool: u8) -> bool {
        (pool as usize) < Self::CAPACITY && self.0 & (1 << pool) != 0
    }

    /// Pools in rising order.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        let mut rest = self.0;
        core::iter::from_fn(move || {
            let lowest = rest.trailing_zeros();
            rest &= rest.wrapping_sub(1);
            (lowest < 32).then_some(lowest as u8)
        })
    }

    pub(crate) const fn fits(self, pools: usize) -> bool {
        pools >= Self::CAPACITY || self.0 >> pools == 0
    }
}

/// One EVSE that wants current.
///
/// It gets 0 or a current from `min` to `max`, the same on every conductor (IEC 61851-1 signals one
/// number).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// Index of the node it hangs on.
    pub node: u16,
    /// Grid phases its current counts on; all three if the rotation is unknown.
    pub phases: PhaseSet,
    /// Conductors the car really uses, 1 to 3: the factor of its current in pools and in the total.
    pub conductors: u8,
    /// Least useful current, more than 0.
    pub min: Milliamps,
    /// Most it can take, at least `min`.
    pub max: Milliamps,
    /// Whom to serve if not all can be: as many of the lowest number as possible, then of the next.
    pub priority: u16,
    /// Who shares with whom: tier 0 is filled first, then tier 1 with what is left, and so on.
    /// Equal numbers everywhere mean one common share; the priority repeated means class by class.
    pub tier: u16,
    /// Share relative to others of its tier, more than 0.
    pub weight: u16,
    /// Pools it draws from.
    pub pools: PoolSet,
}

/// One decision to take: a tree of nodes, the demands on it, and the limits of the pools.
#[derive(Clone, Copy, Debug)]
pub struct Problem<'a> {
    /// Node 0 is the root; every parent comes before its children. At most 65,535.
    pub nodes: &'a [Node],
    /// At most 65,535.
    pub demands: &'a [Demand],
    /// Limit of each pool on the sum of conductors × current of its members; at most 32 pools.
    pub pools: &'a [Milliamps],
}

/// What stops an EVSE's current from being higher, or keeps the EVSE from being served at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bound {
    /// Its own maximum.
    Maximum,
    /// The limit of a node on a phase.
    Limit {
        /// Index of the node.
        node: u16,
        /// Grid phase.
        phase: Phase,
    },
    /// The limit of a pool.
    Pool {
        /// Index of the pool.
        pool: u8,
    },
    /// The imbalance limit of a node: `high` may not rise further above `low`.
    Imbalance {
        /// Index of the node.
        node: u16,
        /// The more loaded phase.
        high: Phase,
        /// The less loaded phase.
        low: Phase,
    },
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Maximum => f.write_str("own maximum"),
            Self::Limit { node, phase } => write!(f, "limit of node {node} on {phase}"),
            Self::Pool { pool } => write!(f, "pool {pool}"),
            Self::Imbalance { node, high, low } => {
                write!(f, "imbalance of node {node}, {high} over {low}")
            }
        }
    }
}

/// What one EVSE gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// 0 if not served, else from the demand's minimum to its maximum.
    pub current: Milliamps,
    /// Why it is not more; for 0: what kept it from being served.
    pub bound: Bound,
}

impl Share {
    /// A place to write a result to.
    pub const NONE: Self = Self { current: Milliamps::ZERO, bound: Bound::Maximum };

    /// Whether the EVSE gets current.
    pub const fn is_served(&self) -> bool {
        self.current.0 > 0
    }
}

/// The problem or the memory lent for it is not usable; nothing was allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProblemError {
    /// There is no node at all.
    #[error("there is no supply node; node 0 must be the main connection")]
    NoNodes,
    /// An index would not fit 16 bits, or the weights together not 30 bits.
    #[error("{count} {what} are more than the {most} possible")]
    TooMany {
        /// "nodes", "demands", "pools" or "units of weight".
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many there may be.
        most: usize,
    },
    /// The tree is not in order.
    #[error("node {node} must name a parent from 0 to {last}", last = node.saturating_sub(1))]
    Parent {
        /// Index of the node.
        node: usize,
    },
    /// Node 0 has a parent.
    #[error("node 0 is the main connection and cannot have a parent")]
    RootParent,
    /// A demand hangs on a node that does not exist.
    #[error("demand {demand} hangs on node {node}, but there are only {nodes} nodes")]
    DemandNode {
        /// Index of the demand.
        demand: usize,
        /// The node it names.
        node: u16,
        /// How many there are.
        nodes: usize,
    },
    /// A demand uses no phase, or its number of conductors is not 1 to 3.
    #[error("demand {demand} must use 1 to 3 conductors and at least one phase")]
    DemandPhases {
        /// Index of the demand.
        demand: usize,
    },
    /// Not 0 < `min` <= `max`.
    #[error("demand {demand} asks for {min} to {max}; wanted 0 < minimum <= maximum")]
    DemandRange {
        /// Index of the demand.
        demand: usize,
        /// The minimum it gives.
        min: Milliamps,
        /// The maximum it gives.
        max: Milliamps,
    },
    /// A demand has weight 0.
    #[error("demand {demand} has weight 0; wanted 1 to 65535")]
    DemandWeight {
        /// Index of the demand.
        demand: usize,
    },
    /// A demand draws from a pool that does not exist.
    #[error("demand {demand} draws from a pool that does not exist; there are {pools}")]
    DemandPool {
        /// Index of the demand.
        demand: usize,
        /// How many pools there are.
        pools: usize,
    },
    /// The memory lent is too small.
    #[error("room for {room} {what} was lent, {needed} are needed")]
    Memory {
        /// "nodes", "demands", "orders" or "shares".
        what: &'static str,
        /// How many fit.
        room: usize,
        /// How many are needed.
        needed: usize,
    },
}

impl Problem<'_> {
    /// 1,073 kA, more than anything on a site carries: a higher limit counts as this, and a demand with a
    /// higher minimum is not served.
    pub const MOST: Milliamps = Milliamps(1 << 30);

    /// Checks every index and range, so that the solver can rely on them.
    ///
    /// # Errors
    /// The first thing found, with its index.
    pub fn check(&self) -> Result<(), ProblemError> {
        most("nodes", self.nodes.len(), usize::from(u16::MAX))?;
        most("demands", self.demands.len(), usize::from(u16::MAX))?;
        most("pools", self.pools.len(), PoolSet::CAPACITY)?;
        let weights = self.demands.iter().map(|demand| usize::from(demand.weight)).sum();
        most("units of weight", weights, Self::MOST.0 as usize)?;
        let (root, others) = self.nodes.split_first().ok_or(ProblemError::NoNodes)?;
        if root.parent.is_some() {
            return Err(ProblemError::RootParent);
        }
        for (node, below) in (1..).zip(others) {
            if below.parent.is_none_or(|parent| usize::from(parent) >= node) {
                return Err(ProblemError::Parent { node });
            }
        }
        self.demands.iter().enumerate().try_for_each(|(index, demand)| self.check_demand(index, demand))
    }

    fn check_demand(&self, demand: usize, wants: &Demand) -> Result<(), ProblemError> {
        let &Demand { node, min, max, .. } = wants;
        if usize::from(node) >= self.nodes.len() {
            return Err(ProblemError::DemandNode { demand, node, nodes: self.nodes.len() });
        }
        if wants.phases.is_empty() || !(1..=3).contains(&wants.conductors) {
            return Err(ProblemError::DemandPhases { demand });
        }
        if min == Milliamps::ZERO || min > max {
            return Err(ProblemError::DemandRange { demand, min, max });
        }
        if wants.weight == 0 {
            return Err(ProblemError::DemandWeight { demand });
        }
        if !wants.pools.fits(self.pools.len()) {
            return Err(ProblemError::DemandPool { demand, pools: self.pools.len() });
        }
        Ok(())
    }
}

fn most(what: &'static str, count: usize, most: usize) -> Result<(), ProblemError> {
    if count > most { Err(ProblemError::TooMany { what, count, most }) } else { Ok(()) }
}
