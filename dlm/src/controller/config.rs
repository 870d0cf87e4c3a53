//! What a controller is told once: the site as built, and how to behave.

use crate::allocate::PoolSet;
use crate::detect::AppetiteSettings;
use crate::limits::LimitSet;
use crate::meter::MeterConfig;
use crate::phases::{Rotation, Terminals};
use crate::queue::Shedding;
use crate::rounding;
use crate::units::Milliamps;
use core::time::Duration;

/// A supply node as built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeConfig {
    /// Index of the node that feeds this one, lower than its own; `None` for node 0 only.
    pub parent: Option<u16>,
    /// Its limits from the start; more can be set and cleared while the controller runs.
    pub limits: LimitSet,
    /// Largest difference between the EVSE currents of two phases below the node.
    pub imbalance: Option<Milliamps>,
    /// External meter for the uncontrolled load; without one there is no such load.
    pub meter: Option<MeterConfig>,
}

/// The least current worth offering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minimum {
    /// For a car on one conductor.
    pub single_phase: Milliamps,
    /// For a car on two or three.
    pub multi_phase: Milliamps,
}

impl Minimum {
    /// 6 A, the least the control pilot can signal (IEC 61851-1 table A.8).
    pub const IEC_61851: Self = Self::both(Milliamps(6_000));
    /// 8 A on one phase and 14 A on three, below which a set-point acts as 0 (EVlink 4; ZE Ready).
    pub const ZE_READY: Self = Self { single_phase: Milliamps(8_000), multi_phase: Milliamps(14_000) };

    /// The same for any number of conductors, for instance Bender's usual 7 A or 8 A.
    pub const fn both(current: Milliamps) -> Self {
        Self { single_phase: current, multi_phase: current }
    }

    /// For a car on these terminals.
    pub const fn of(self, terminals: Terminals) -> Milliamps {
        if terminals.len() > 1 { self.multi_phase } else { self.single_phase }
    }
}

/// An EVSE as built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvseConfig {
    /// Index of the node it hangs on.
    pub node: u16,
    /// Which grid phase each terminal is wired to.
    pub rotation: Rotation,
    /// Terminals that are connected at all: one for a single-phase station.
    pub wired: Terminals,
    /// Its own limits from the start; the lowest of the three phases counts.
    pub limits: LimitSet,
    /// The least current worth offering.
    pub minimum: Minimum,
    /// Pools it draws from, of the [`POOLS`](super::POOLS) there are.
    pub pools: PoolSet,
    /// What it falls to by itself when it hears nothing any more (Bender 7.7); reserved while it is silent.
    pub disconnected: Milliamps,
}

impl EvseConfig {
    /// A three-phase EVSE on a node, wired RST, without limits, 6 A minimum, stopping when disconnected.
    pub fn on(node: u16) -> Self {
        Self {
            node,
            rotation: Rotation::Rst,
            wired: Terminals::THREE,
            limits: LimitSet::default(),
            minimum: Minimum::IEC_61851,
            pools: PoolSet::NONE,
            disconnected: Milliamps::ZERO,
        }
    }
}

/// Who shares with whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fairness {
    /// All sessions share by weight, whatever their priority.
    Pooled,
    /// VIPs get their share first, then normal sessions, then low ones: a VIP is only reduced to let
    /// others have their minimum.
    #[default]
    ByPriority,
}

/// How a controller behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Who shares with whom.
    pub fairness: Fairness,
    /// Who is paused first.
    pub shedding: Shedding,
    /// Every so often waiting sessions get the place of running ones; `None`: whoever charges, stays.
    pub turn: Option<Duration>,
    /// How many waiting sessions come in at each turn.
    pub turns_at_once: u16,
    /// Time from a new set-point until the current obeys: 5 s of the car (IEC 61851-1 table A.6) and the
    /// way of the message. A lowered offer stays reserved that long.
    pub reaction: Duration,
    /// An offer is raised no sooner than this after its last change. Reductions never wait.
    pub raise_interval: Duration,
    /// Most for a car on one or two conductors (KEBA 4.1.4: "charge oblique"; TOR: 16 A); `None`: no cap.
    /// It holds from when the conductors are known.
    pub asymmetry: Option<Milliamps>,
    /// Offers are multiples of this; 0 and 1 mA mean any. Rounding is down, a minimum is rounded up.
    pub step: Milliamps,
    /// Facts about an EVSE older than this count as silence.
    pub evse_max_age: Duration,
    /// A silent EVSE is known to have fallen to its disconnected limit after this; `None`: never, what it
    /// was last offered stays reserved until it is heard again.
    pub lease: Option<Duration>,
    /// A conductor without current for this long while others carry some is not counted any more.
    pub phase_patience: Duration,
    /// A car that draws nothing for this long after a pause should be woken; `None`: never.
    pub wake_after: Option<Duration>,
    /// When a car counts as taking less than its offer; `None`: an offer is never taken back for that.
    pub appetite: Option<AppetiteSettings>,
}

impl Settings {
    pub(super) const fn round_down(&self, current: Milliamps) -> Milliamps {
        rounding::down(current, self.step)
    }

    pub(super) const fn round_up(&self, current: Milliamps) -> Milliamps {
        rounding::up(current, self.step)
    }
}

impl Default for Settings {
    /// By priority, longest charging first, one session each 15 minutes (KEBA 5.1.1), 6 s reaction, 15 s
    /// between raises, 100 mA steps, 30 s age, 30 s for phases, a minute to wake up.
    fn default() -> Self {
        Self {
            fairness: Fairness::default(),
            shedding: Shedding::default(),
            turn: Some(Duration::from_secs(900)),
            turns_at_once: 1,
            reaction: Duration::from_secs(6),
            raise_interval: Duration::from_secs(15),
            asymmetry: None,
            step: Milliamps(100),
            evse_max_age: Duration::from_secs(30),
            lease: None,
            phase_patience: Duration::from_secs(30),
            wake_after: Some(Duration::from_secs(60)),
            appetite: Some(AppetiteSettings::default()),
        }
    }
}
