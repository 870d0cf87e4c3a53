//! One EVSE as the controller knows it.

use super::config::{EvseConfig, Minimum, Settings};
use super::report::Reason;
use crate::allocate::PoolSet;
use crate::detect::{Appetite, PhaseDetector, Slumber};
use crate::ledger::Ledger;
use crate::limits::{Effective, Role, Source};
use crate::phases::{Rotation, Terminals};
use crate::queue::{Priority, Ticket, consumed};
use crate::units::{Instant, Milliamps, PhaseCurrents, WattHours, sooner};
use core::time::Duration;

/// What an EVSE reports about itself and its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvseFacts {
    /// A car is plugged in (IEC 61851-1 state B, C or D).
    pub plugged: bool,
    /// The session is authorized and nothing but the load management keeps it from charging. A car that
    /// is full says so in its own way; until then it wants current.
    pub wants_current: bool,
    /// Measured currents by terminal, `None` if the EVSE has no meter.
    pub measured: Option<[Milliamps; 3]>,
    /// Class of the session.
    pub priority: Priority,
    /// Share relative to others, more than 0 (0 counts as 1).
    pub weight: u16,
    /// Energy of the session so far; only [`Shedding::MostEnergy`](crate::queue::Shedding) looks at it.
    pub energy: WattHours,
}

impl EvseFacts {
    /// Nobody there, nothing measured.
    pub const IDLE: Self = Self {
        plugged: false,
        wants_current: false,
        measured: None,
        priority: Priority::Normal,
        weight: 1,
        energy: WattHours(0),
    };

    /// A normal session that wants current and draws this by terminal.
    pub const fn charging(measured: [Milliamps; 3]) -> Self {
        Self { plugged: true, wants_current: true, measured: Some(measured), ..Self::IDLE }
    }
}

/// Drawn beyond the offer without being taken for disobedience: what meters and cars are out by.
const OVERDRAW: Milliamps = Milliamps(1_000);

/// What stays as built: an [`EvseConfig`] without its limits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wiring {
    pub(super) node: u16,
    pub(super) rotation: Rotation,
    pub(super) wired: Terminals,
    minimum: Minimum,
    pub(super) pools: PoolSet,
    disconnected: Milliamps,
}

impl Wiring {
    fn of(config: &EvseConfig) -> Self {
        let &EvseConfig { node, rotation, wired, limits: _, minimum, pools, disconnected } = config;
        Self { node, rotation, wired, minimum, pools, disconnected }
    }
}

/// State of one EVSE.
#[derive(Clone, Copy, Debug)]
pub(super) struct Evse {
    pub(super) config: Wiring,
    /// The lowest of its own limits at this tick, and who set it.
    own_limit: (Milliamps, Option<Source>),
    pub(super) facts: EvseFacts,
    heard: Option<Instant>,
    detector: PhaseDetector,
    appetite: Appetite,
    slumber: Slumber,
    /// The car should be woken, and nobody was told yet.
    pub(super) to_wake: bool,
    pub(super) ledger: Ledger,
    /// When the offer last changed.
    signalled: Instant,
    /// Whether that was in this session.
    changed: bool,
    /// Since when the session has a share.
    pub(super) charging_since: Option<Instant>,
    /// When the session joined the tail of the queue.
    pub(super) queued_at: Instant,
    pub(super) target: Milliamps,
    /// The offer that this tick ends with, as far as it is decided.
    pub(super) next: Milliamps,
    pub(super) reason: Reason,
    /// At this decision it is the session's turn.
    pub(super) called: bool,
}

/// What an EVSE may be drawing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reserved {
    /// By grid phase.
    pub(super) by_phase: PhaseCurrents,
    /// All conductors together.
    pub(super) by_all: Milliamps,
}

/// Whether an EVSE takes part in the sharing.
pub(super) enum Standing {
    /// It does, with this range.
    Takes { min: Milliamps, max: Milliamps },
    /// It does not, and why.
    Stays(Reason),
}

impl Evse {
    pub(super) fn new(config: &EvseConfig) -> Self {
        Self {
            config: Wiring::of(config),
            own_limit: (Milliamps::MAX, None),
            facts: EvseFacts::IDLE,
            heard: None,
            detector: PhaseDetector::new(config.wired),
            appetite: Appetite::default(),
            slumber: Slumber::default(),
            to_wake: false,
            ledger: Ledger::new(config.disconnected),
            signalled: Instant::default(),
            changed: false,
            charging_since: None,
            queued_at: Instant::default(),
            target: Milliamps::ZERO,
            next: Milliamps::ZERO,
            reason: Reason::Silent,
            called: false,
        }
    }

    pub(super) fn handle_facts(&mut self, now: Instant, facts: EvseFacts, settings: &Settings) {
        // After a silence the car may be another one.
        if facts.plugged && !self.facts.plugged || self.is_silent(now, settings) {
            self.detector.reset();
            self.appetite = Appetite::default();
            self.slumber = Slumber::default();
            self.changed = false;
        }
        if facts.plugged && facts.wants_current && !(self.facts.plugged && self.facts.wants_current) {
            self.queued_at = now;
        }
        if let Some(measured) = facts.measured.filter(|_| facts.plugged) {
            self.handle_measured(now, measured, settings);
        }
        if !facts.plugged {
            // The contactor is open (IEC 61851-1 state A): whatever was offered, nothing flows.
            self.ledger = Ledger::default();
            self.to_wake = false;
        }
        // What was reported before the set-point went out says nothing about it.
        if now > self.signalled {
            self.ledger.confirm(now, settings.reaction);
        }
        self.facts = facts;
        self.heard = Some(now);
    }

    fn handle_measured(&mut self, now: Instant, measured: [Milliamps; 3], settings: &Settings) {
        let drawn = measured.into_iter().fold(Milliamps::ZERO, Milliamps::max);
        let offer = self.ledger.offer();
        self.detector.handle_measured(now, measured, settings.phase_patience);
        if let Some(appetite) = &settings.appetite {
            self.appetite.handle_measured(now, drawn, offer, appetite);
        }
        if let Some(patience) = settings.wake_after {
            self.to_wake |= self.slumber.handle_measured(now, drawn, offer, patience);
        }
    }

    pub(super) fn is_silent(&self, now: Instant, settings: &Settings) -> bool {
        self.heard.is_none_or(|heard| now > heard.after(settings.evse_max_age))
    }

    pub(super) fn terminals(&self) -> Terminals {
        self.detector.in_use()
    }

    /// Measured currents if they are recent.
    pub(super) fn measured(&self, now: Instant, settings: &Settings) -> Option<[Milliamps; 3]> {
        self.facts.measured.filter(|_| !self.is_silent(now, settings))
    }

    /// Whether and with which range it takes part.
    pub(super) fn standing(&self, now: Instant, settings: &Settings) -> Standing {
        if self.is_silent(now, settings) {
            return Standing::Stays(Reason::Silent);
        }
        if !self.facts.plugged {
            return Standing::Stays(Reason::Unplugged);
        }
        if !self.facts.wants_current {
            return Standing::Stays(Reason::NotRequested);
        }
        let (limit, source) = self.own_limit(settings);
        let minimum = settings.round_up(self.config.minimum.of(self.terminals()));
        let max = settings.round_down(limit);
        if max < minimum || minimum == Milliamps::ZERO {
            return Standing::Stays(Reason::BelowMinimum { limit, minimum, source });
        }
        if self.exceeds(now) {
            return Standing::Takes { min: minimum, max: minimum };
        }
        let max = self.appetite.cap().map_or(max, |cap| settings.round_up(cap).clamp(minimum, max));
        Standing::Takes { min: minimum, max }
    }

    /// Brings the lowest of its own limits up to date.
    pub(super) fn limit_to(&mut self, effective: &Effective) {
        self.own_limit = effective.lowest();
    }

    /// The lowest of its own limits, the cap for cars on fewer than three conductors included.
    pub(super) fn own_limit(&self, settings: &Settings) -> (Milliamps, Option<Source>) {
        let own = self.own_limit;
        match settings.asymmetry.filter(|_| self.terminals().len() < 3) {
            Some(cap) if cap < own.0 => (cap, Some(Role::Asymmetry.into())),
            _ => own,
        }
    }

    /// Whether its maximum is what the car was seen to take.
    pub(super) fn takes_less(&self) -> bool {
        self.appetite.cap().is_some()
    }

    /// What it may be drawing by terminal if it is offered `next`: on the terminals in use the largest offer it may
    /// still be following, on all what was measured. Of a silent one every wired terminal counts.
    pub(super) fn possible(&self, now: Instant, next: Milliamps, settings: &Settings) -> [Milliamps; 3] {
        let measured = self.facts.measured.unwrap_or_default();
        let silent = self.is_silent(now, settings);
        let counted = if silent { self.config.wired } else { self.terminals() };
        let mut offered = self.ledger.possible(now).max(next);
        if silent {
            offered = offered.max(self.config.disconnected);
        }
        core::array::from_fn(|place| {
            if counted.contains(place) { measured[place].max(offered) } else { measured[place] }
        })
    }

    /// Notes that a silent EVSE has fallen to its disconnected limit if its lease is over by now.
    pub(super) fn expire(&mut self, now: Instant, settings: &Settings) {
        let Some((lease, heard)) = settings.lease.zip(self.heard) else { return };
        if now > heard.after(lease.max(settings.evse_max_age)).after(settings.reaction) {
            self.ledger = Ledger::new(self.config.disconnected);
            self.facts.measured = None;
        }
    }

    /// Whether it draws clearly more than it may.
    pub(super) fn exceeds(&self, now: Instant) -> bool {
        let drawn = self.facts.measured.unwrap_or_default().into_iter().fold(Milliamps::ZERO, Milliamps::max);
        drawn > self.ledger.possible(now).saturating_add(OVERDRAW)
    }

    /// What it draws by terminal beyond `allowed`, and on terminals that are not counted at all.
    pub(super) fn excess(&self, allowed: Milliamps) -> [Milliamps; 3] {
        let measured = self.facts.measured.unwrap_or_default();
        core::array::from_fn(|place| {
            let counted = if self.terminals().contains(place) { allowed } else { Milliamps::ZERO };
            measured[place].saturating_sub(counted)
        })
    }

    /// What it takes whatever is decided, by terminal: of a silent one all it may be drawing, of others what
    /// they were measured to draw.
    pub(super) fn unmoved(&self, now: Instant, settings: &Settings) -> [Milliamps; 3] {
        if self.is_silent(now, settings) {
            self.possible(now, self.ledger.offer(), settings)
        } else {
            self.excess(Milliamps::ZERO)
        }
    }

    pub(super) fn ticket(&self, now: Instant, settings: &Settings) -> Ticket {
        let charging = self.charging_since;
        Ticket {
            priority: self.facts.priority,
            charging_since: charging,
            queued_at: self.queued_at,
            called: self.called,
            consumed: charging.map_or(0, |since| consumed(settings.shedding, now, since, self.facts.energy)),
        }
    }

    /// Puts an offer in force.
    pub(super) fn set_offer(&mut self, now: Instant, offer: Milliamps) {
        if offer != self.ledger.offer() {
            self.ledger.set(now, offer);
            self.signalled = now;
            self.changed = true;
        }
    }

    /// When something about it changes by itself.
    pub(super) fn next_change(&self, now: Instant, settings: &Settings) -> Option<Instant> {
        let just_after = Duration::from_millis(1);
        let silent = self.heard.map(|heard| heard.after(settings.evse_max_age).after(just_after));
        let rises = self.target > self.ledger.offer();
        let rise = self.may_rise_from(settings).filter(|_| rises);
        sooner(now, sooner(now, silent, rise), self.ledger.next_release(now))
    }

    /// From when on its offer may be raised; `None`: at once.
    pub(super) fn may_rise_from(&self, settings: &Settings) -> Option<Instant> {
        self.changed.then(|| self.signalled.after(settings.raise_interval))
    }

    /// What it may be drawing with the offer that is decided so far.
    pub(super) fn reserved(&self, now: Instant, settings: &Settings) -> Reserved {
        let possible = self.possible(now, self.next, settings);
        let by_all = possible.into_iter().fold(Milliamps::ZERO, Milliamps::saturating_add);
        Reserved { by_phase: self.config.rotation.at_most(possible), by_all }
    }
}
