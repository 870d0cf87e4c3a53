//! One connector put together: pilot, proximity, contactor and safety.
//!
//! A station program calls [`Evse::handle_inputs`] every 10 ms to 100 ms with what it measured, puts
//! [`Evse::outputs`] on its pins, and drains [`Evse::poll_event`]. Who may charge, and how much, comes
//! from above through [`Evse::set_permission`] and [`Evse::set_offer`]; whether power flows is decided
//! by [`safety`] alone.
//!
//! To open within 100 ms of the vehicle leaving C (table A.6) the program has to call at least every
//! 100 ms; from 37 ms on down a lone disturbed sample is also told from a real change.

use core::fmt;

use thiserror::Error;

use crate::contactor::{self, Contactor, Feedback};
use crate::pilot::timing::CLOSE_LIMIT;
use crate::pilot::{self, Pilot, Sample, Signal, State, TimingError};
use crate::proximity::{CableRating, Proximity};
use crate::queue::Queue;
use crate::safety::{
    self, Conditions, ContactorView, Hazard, HazardSet, Protection, Protections, Refusal, Status,
};
use crate::units::{Instant, Milliamps, Ohms, Phases, earliest};

/// How the vehicle is connected to the station.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Connection {
    /// A cable that belongs to the station, for this current.
    Attached(Milliamps),
    /// A socket; the cable's rating is read from its proximity contact.
    Socket,
}

/// Settings of one connector.
#[derive(Clone, Copy, Debug)]
pub struct Config<'a> {
    /// Control pilot.
    pub pilot: pilot::Config,
    /// Contactor.
    pub contactor: contactor::Config,
    /// Cable or socket.
    pub connection: Connection,
    /// Phases of the installation; decides what a 63/70 A cable carries.
    pub phases: Phases,
    /// The most this connector may offer per phase.
    pub rating: Milliamps,
    /// Protections that have to report. A contactor stays open until all of them did.
    pub fitted: &'a [Protection],
}

impl Config<'_> {
    /// A socket for 32 A and three phases, with nothing but a contactor with feedback.
    pub const DEFAULT: Self = Self {
        pilot: pilot::Config::DEFAULT,
        contactor: contactor::Config::DEFAULT,
        connection: Connection::Socket,
        phases: Phases::Three,
        rating: Milliamps(32_000),
        fitted: &[],
    };
}

impl Default for Config<'_> {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Settings that are not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// A time limit of the pilot.
    #[error(transparent)]
    Pilot(#[from] TimingError),
    /// A time of the contactor.
    #[error(transparent)]
    Contactor(#[from] contactor::ConfigError),
}

/// What the program measured since the last call. `None` means not measured this time; a condition
/// that is not renewed in time opens the contactor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// The pilot line.
    pub pilot: Option<Sample>,
    /// Resistance between proximity contact and earth; a socket needs it, an attached cable does not.
    pub proximity: Option<Ohms>,
    /// The contactor's feedback.
    pub feedback: Option<Feedback>,
}

/// What the program has to put on its pins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outputs {
    /// Signal of the pilot generator.
    pub signal: Signal,
    /// Coil of the contactor; `true` is energised.
    pub contactor: bool,
}

/// What happened. One call produces at most twelve, and one more per hazard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The pilot's state changed; `None` while it is not known.
    State(Option<State>),
    /// A vehicle was plugged in, or is there after a start.
    Plugged,
    /// The vehicle was unplugged, or is not there after a start.
    Unplugged,
    /// Another cable is in the socket, or none.
    Cable(Option<CableRating>),
    /// The vehicle wants power (C or D).
    Requested,
    /// The vehicle does not want power any more.
    RequestEnded,
    /// The contactor closed.
    Closed,
    /// The contactor opened, and why.
    Opened(Opening),
    /// The vehicle has been in C2 for 3 s, and this keeps the contactor open.
    NotClosed(Refusal),
    /// A sleeping vehicle is being woken.
    WakeUp,
    /// A hazard appeared.
    Fault(Hazard),
    /// The hazard is gone.
    Cleared(Hazard),
}

/// An opening of the contactor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Opening {
    /// The first reason.
    pub reason: Refusal,
    /// The vehicle wanted power until then and did not take its wish back (B): current was probably
    /// flowing, and in the case of an unplugged vehicle the plug was pulled under load.
    pub under_load: bool,
}

/// One connector. See the [module](self).
///
/// # Contract
///
/// After every call that takes `&mut self`: drain [`poll_event`](Self::poll_event), apply
/// [`outputs`](Self::outputs), and come back with fresh inputs, at the latest at
/// [`poll_timeout`](Self::poll_timeout). Time must not run backwards.
#[cfg_attr(test, derive(Clone, Hash))]
pub struct Evse {
    connection: Connection,
    phases: Phases,
    rating: Milliamps,
    pilot: Pilot,
    proximity: Proximity,
    contactor: Contactor,
    protections: Protections,
    permission: bool,
    offer: Option<Milliamps>,
    verdict: Result<(), Refusal>,
    hazards: HazardSet,
    cable: Option<CableRating>,
    requested: bool,
    /// Since when the vehicle has been in C2 or D2, and whether the limit was reported.
    ready_since: Option<Instant>,
    late_reported: bool,
    deadline: Option<Instant>,
    events: Queue<Event, 40>,
}

impl fmt::Debug for Evse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evse")
            .field("state", &self.pilot.state())
            .field("signal", &self.pilot.signal())
            .field("closed", &self.contactor.is_closed())
            .field("verdict", &self.verdict)
            .finish_non_exhaustive()
    }
}

impl Evse {
    /// A connector that starts now, with the contactor open and nothing offered.
    ///
    /// # Errors
    ///
    /// A setting out of its bounds.
    pub fn new(now: Instant, config: &Config<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            connection: config.connection,
            phases: config.phases,
            rating: config.rating,
            pilot: Pilot::new(now, config.pilot)?,
            proximity: Proximity::new(now),
            contactor: Contactor::new(now, config.contactor)?,
            protections: Protections::new(now, config.fitted),
            permission: false,
            offer: None,
            verdict: Err(Refusal::Demand),
            hazards: HazardSet::EMPTY,
            cable: None,
            requested: false,
            ready_since: None,
            late_reported: false,
            deadline: None,
            events: Queue::new(),
        })
    }

    /// Takes measurements in and decides anew.
    pub fn handle_inputs(&mut self, now: Instant, inputs: Inputs) {
        if let Some(resistance) = inputs.proximity {
            self.proximity.handle_reading(now, resistance);
        }
        if let Some(feedback) = inputs.feedback {
            self.contactor.handle_feedback(now, feedback);
        }
        if let Some(sample) = inputs.pilot {
            self.pilot.handle_sample(now, sample);
        }
        self.update(now);
    }

    /// Takes the report of a protection in and decides anew. To be repeated within
    /// [`Protection::freshness`].
    pub fn handle_protection(&mut self, now: Instant, protection: Protection, status: Status) {
        self.protections.report(now, protection, status);
        self.update(now);
    }

    /// Does what became due.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.update(now);
    }

    /// Sets the current per phase the station can spare; `None`, or less than 6 A, for none.
    ///
    /// The vehicle is told the least of this, the cable's rating and the connector's, and only with
    /// permission and without hazard.
    pub fn set_offer(&mut self, now: Instant, offer: Option<Milliamps>) {
        self.offer = offer;
        self.update(now);
    }

    /// Gives or takes the permission to charge. It closes nothing by itself; taking it away lets the
    /// vehicle stop (3 s) before power is cut under load (6 s).
    pub fn set_permission(&mut self, now: Instant, permission: bool) {
        self.permission = permission;
        self.update(now);
    }

    /// Makes the connector available, or not (state F, contactor open at once).
    pub fn set_available(&mut self, now: Instant, available: bool) {
        self.pilot.set_available(now, available);
        self.update(now);
    }

    /// Interrupts the pilot, with the contactor open, to switch phases.
    pub fn set_interrupted(&mut self, now: Instant, interrupted: bool) {
        self.pilot.set_interrupted(now, interrupted);
        self.update(now);
    }

    /// Sets the phases behind the contactor, after they were switched.
    pub fn set_phases(&mut self, now: Instant, phases: Phases) {
        self.phases = phases;
        self.update(now);
    }

    /// Forgets a contactor fault after a person looked at it.
    pub fn clear_contactor_fault(&mut self, now: Instant) {
        self.contactor.clear_fault(now);
        self.update(now);
    }

    /// The next event, oldest first.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop()
    }

    /// When [`handle_timeout`](Self::handle_timeout) has something to do.
    #[must_use]
    pub const fn poll_timeout(&self) -> Option<Instant> {
        self.deadline
    }

    fn next_deadline(&self, now: Instant) -> Option<Instant> {
        let close_limit = self.ready_since.filter(|_| !self.late_reported && !self.contactor.is_closed());
        [
            self.pilot.poll_timeout(),
            self.proximity.poll_timeout(),
            self.contactor.poll_timeout(),
            self.protections.next_stale(now),
            close_limit.map(|since| since + CLOSE_LIMIT),
            self.contactor.reclose_at().filter(|_| self.verdict == Err(Refusal::Resting)),
        ]
        .into_iter()
        .map(|at| at.filter(|at| *at > now))
        .fold(None, earliest)
    }

    /// What has to be on the pins.
    pub const fn outputs(&self) -> Outputs {
        Outputs { signal: self.pilot.signal(), contactor: self.contactor.is_closed() }
    }

    /// The pilot's state, or `None` while it is not known.
    pub fn state(&self) -> Option<State> {
        self.pilot.state()
    }

    /// Whether a vehicle is connected; `None` until that is known.
    pub const fn connected(&self) -> Option<bool> {
        self.pilot.connected()
    }

    /// Since when the connector has not been available; its plug may be freed after a while
    /// ([`lock::wanted`](crate::lock::wanted)).
    pub const fn unavailable_since(&self) -> Option<Instant> {
        self.pilot.unavailable_since()
    }

    /// Whether the contactor is commanded closed.
    pub const fn is_closed(&self) -> bool {
        self.contactor.is_closed()
    }

    /// The current the vehicle is told now; zero when it may not draw any.
    pub const fn advertised(&self) -> Milliamps {
        self.pilot.advertised()
    }

    /// The safety layer's newest word.
    ///
    /// # Errors
    ///
    /// The first reason why the contactor may not be closed.
    pub const fn verdict(&self) -> Result<(), Refusal> {
        self.verdict
    }

    /// The hazards that stand.
    pub const fn hazards(&self) -> HazardSet {
        self.hazards
    }

    /// The current the cable may carry, or `None` without a valid one.
    pub fn cable_limit(&self, now: Instant) -> Option<Milliamps> {
        match self.connection {
            Connection::Attached(limit) => Some(limit),
            Connection::Socket => self.proximity.rating(now).map(|rating| rating.current(self.phases)),
        }
    }

    /// Events that were lost because nobody drained them.
    pub const fn lost_events(&self) -> u32 {
        self.events.lost()
    }

    fn conditions(&self, now: Instant) -> Conditions {
        Conditions {
            permission: self.permission,
            demand: self.pilot.demand(now),
            pilot_faults: self.pilot.faults(),
            advertised: self.pilot.advertised(),
            cable: self.cable_limit(now).filter(|_| self.contactor.is_closed() || self.knows_cable()),
            contactor: ContactorView {
                closed: self.contactor.is_closed(),
                fault: self.contactor.fault(),
                fresh: self.contactor.is_fresh(now),
                can_close: self.contactor.can_close(now),
            },
            protections: self.protections,
        }
    }

    /// A reading that contradicts the others may be a glitch while power flows; nothing closes on it.
    fn knows_cable(&self) -> bool {
        match self.connection {
            Connection::Attached(_) => true,
            Connection::Socket => self.proximity.is_calm(),
        }
    }

    fn update(&mut self, now: Instant) {
        self.proximity.handle_timeout(now);
        self.contactor.handle_timeout(now);
        self.pilot.handle_timeout(now);
        self.follow_hazards(now);
        self.follow_cable(now);
        self.pilot.set_offer(now, self.allowed_offer(now));
        self.translate_pilot_events();
        let wanted_power = self.requested;
        self.follow_request(now);
        let stopped = matches!(self.pilot.state(), Some(State::B1 | State::B2));
        self.switch(now, wanted_power && !stopped);
        self.follow_close_limit(now);
        self.deadline = self.next_deadline(now);
    }

    /// What the vehicle may be told: nothing while anything stands against power.
    fn allowed_offer(&self, now: Instant) -> Option<Milliamps> {
        if !self.permission || !self.hazards.is_empty() || self.protections.not_ready(now).is_some() {
            return None;
        }
        Some(self.offer?.min(self.cable_limit(now)?).min(self.rating))
    }

    fn follow_hazards(&mut self, now: Instant) {
        let hazards = safety::hazards(now, &self.conditions(now));
        for gone in self.hazards.without(hazards).iter() {
            self.events.push(Event::Cleared(gone));
        }
        for new in hazards.without(self.hazards).iter() {
            self.events.push(Event::Fault(new));
            // The pilot shows its own faults itself.
            if self.pilot.connected() == Some(true) && !matches!(new, Hazard::Pilot(_)) {
                self.pilot.signal_fault(now);
            }
        }
        self.hazards = hazards;
    }

    fn follow_cable(&mut self, now: Instant) {
        let cable = self.proximity.rating(now);
        if cable != self.cable {
            self.cable = cable;
            self.events.push(Event::Cable(cable));
        }
    }

    fn translate_pilot_events(&mut self) {
        while let Some(event) = self.pilot.poll_event() {
            match event {
                pilot::Event::State(state) => self.events.push(Event::State(state)),
                pilot::Event::Plugged => self.events.push(Event::Plugged),
                pilot::Event::Unplugged => self.events.push(Event::Unplugged),
                pilot::Event::WakeUp => self.events.push(Event::WakeUp),
                // Faults are reported as hazards; a forced opening is in the contactor's event.
                pilot::Event::Fault(_) | pilot::Event::Cleared(_) | pilot::Event::VehicleIgnoresStop => {}
            }
        }
    }

    fn follow_request(&mut self, now: Instant) {
        let state = self.pilot.state();
        let requested = matches!(state, Some(State::C1 | State::C2 | State::D1 | State::D2));
        if requested != self.requested {
            self.requested = requested;
            self.events.push(if requested { Event::Requested } else { Event::RequestEnded });
        }
        if matches!(state, Some(State::C2 | State::D2)) {
            self.ready_since.get_or_insert(now);
        } else {
            self.ready_since = None;
            self.late_reported = false;
        }
    }

    fn switch(&mut self, now: Instant, under_load: bool) {
        self.verdict = safety::decide(now, &self.conditions(now));
        if !self.contactor.command(now, self.verdict.is_ok()) {
            return;
        }
        self.pilot.handle_contactor_switched(now);
        self.events.push(match self.verdict {
            Ok(()) => Event::Closed,
            Err(reason) => Event::Opened(Opening { reason, under_load }),
        });
    }

    fn follow_close_limit(&mut self, now: Instant) {
        let overdue = self.ready_since.is_some_and(|since| now.has_passed_ms(since, CLOSE_LIMIT));
        if self.contactor.is_closed() {
            self.late_reported = true;
        } else if let (true, false, Err(reason)) = (overdue, self.late_reported, self.verdict) {
            self.late_reported = true;
            self.events.push(Event::NotClosed(reason));
        }
    }
}

#[cfg(test)]
mod model;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pilot_and_safety_fit_into_512_bytes() {
        let bytes = size_of::<Pilot>() + size_of::<Protections>();
        assert!(bytes <= 512, "{bytes}");
    }
}
