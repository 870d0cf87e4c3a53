//! The protections of one socket: each looks at its sensor and gives its word to the connector.
//!
//! A word is given only when the sensor was read, so a sensor that falls silent is noticed by the safety layer
//! ([`Protection::freshness`]).

use evkit_hal::Evse;
use evkit_hal::evse::Event;
use evkit_hal::lock::{self, Lock, View};
use evkit_hal::mains::{self, Mains};
use evkit_hal::overcurrent::{EVLINK, OverCurrent};
use evkit_hal::pilot::State;
use evkit_hal::rcm::{self, Procedure, Rcm};
use evkit_hal::safety::Protection;
use evkit_hal::temperature::{Derating, OPENEVSE};
use evkit_hal::units::{Instant, Milliamps};

use crate::board::Sensed;
use crate::shared::Measured;

/// A reading of the meter older than this says nothing about the current.
const METER_FRESH_MS: u16 = 2_000;

pub(super) struct Protections {
    rcm: Rcm,
    lock: Lock,
    overcurrent: OverCurrent<4>,
    derating: Derating<3>,
    mains: Mains,
    /// Reading of the meter that was judged last.
    judged: Option<Instant>,
}

impl Protections {
    pub(super) fn new(now: Instant, rating: Milliamps) -> Result<Self, lock::ConfigError> {
        Ok(Self {
            rcm: Rcm::new(now, rcm::Config { procedure: Procedure::Pulse, ..rcm::Config::DEFAULT }),
            lock: Lock::new(lock::Config::DEFAULT)?,
            overcurrent: OverCurrent::new(EVLINK, rating),
            derating: Derating::new(OPENEVSE),
            mains: Mains::new(mains::Config::UNITED_KINGDOM, now.as_millis()),
            judged: None,
        })
    }

    /// Takes the sensors in and hands the words of the protections to the connector.
    pub(super) fn handle(&mut self, now: Instant, sensed: &Sensed, measured: &Measured, evse: &mut Evse) {
        if let Some(lines) = sensed.residual {
            self.rcm.handle_lines(now, lines);
            evse.handle_protection(now, Protection::ResidualCurrent, self.rcm.status());
        }
        if let Some((bolt, charged)) = sensed.bolt {
            self.lock.handle_sensed(now, bolt);
            self.lock.handle_charged(now, charged);
            evse.handle_protection(now, Protection::Lock, self.lock.status());
        }
        if let Some(temperature) = sensed.temperature {
            self.derating.handle_temperature(temperature);
            evse.handle_protection(now, Protection::Temperature, self.derating.status());
        }
        if let Some(voltage) = sensed.mains {
            self.mains.handle_voltages(now, &[voltage]);
            evse.handle_protection(now, Protection::Mains, self.mains.status());
        }
        self.overcurrent.set_offer(now, evse.advertised());
        if measured.at != self.judged && measured.is_fresh(now, METER_FRESH_MS) {
            self.judged = measured.at;
            self.overcurrent.handle_currents(now, measured.currents);
        }
        // It stands behind the circuit breaker, so a meter that is silent does not stop a vehicle.
        if sensed.pilot.is_some() {
            evse.handle_protection(now, Protection::OverCurrent, self.overcurrent.status());
        }
        self.rcm.handle_timeout(now);
        self.lock.handle_timeout(now);
        self.mains.handle_timeout(now);
    }

    /// What an event of the connector means to the protections.
    pub(super) fn handle_event(&mut self, now: Instant, event: Event) {
        match event {
            Event::Closed | Event::Opened(_) => self.rcm.handle_contactor_switched(now),
            Event::Unplugged => {
                self.overcurrent.handle_unplugged();
                self.mains.handle_unplugged(now);
            }
            _ => {}
        }
    }

    /// What follows from the connector's state.
    pub(super) fn follow(&mut self, now: Instant, evse: &Evse, permission: bool) {
        let (vehicle, closed) = (evse.connected() != Some(false), evse.is_closed());
        let cable = evse.cable_limit(now).is_some();
        self.rcm.set_connected(now, vehicle, cable);
        // A vehicle that waits may be there: after a power cut it is, and has to be charged on.
        let wants = matches!(evse.state(), None | Some(State::C1 | State::C2 | State::D1 | State::D2));
        self.rcm.set_idle(now, !closed && !wants);
        let in_f = evse.unavailable_since().map(|since| now.since(since));
        let view = View { state: evse.state(), in_f, authorized: permission, cable, live: closed };
        if let Some(target) = lock::wanted(lock::Policy::Connected, &view) {
            self.lock.set_target(now, target);
        }
    }

    /// Frees the plug whatever the policy says, unless it is live.
    pub(super) fn force_unlock(&mut self, now: Instant, live: bool) -> bool {
        self.lock.force_unlock(now, live).is_ok()
    }

    /// What is left of an offer for the heat and after a failure of the mains.
    pub(super) fn limit(&self, now: Instant, offer: Milliamps) -> Option<Milliamps> {
        self.derating.limit(offer).and_then(|offer| self.mains.limit(now, offer))
    }

    pub(super) fn residual_test(&self) -> bool {
        self.rcm.test_output()
    }

    pub(super) const fn lock(&self) -> &Lock {
        &self.lock
    }

    pub(super) const fn rcm(&self) -> &Rcm {
        &self.rcm
    }
}
