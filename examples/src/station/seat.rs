//! One connector of a station: its electronics and the session at it.

use std::collections::HashMap;

use evkit_hal::fault;
use evkit_hal::pilot::State;
use evkit_ocpp::units::{Milliamps, Millivolts, WattHours, Watts};
use evkit_ocpp::v16::charge_point::{Facts, Fault, Meter};
use evkit_ocpp::v16::{ChargePointErrorCode, IdTag, Reason};
use evkit_rfid::{Listed, Occasion, Uid};

use crate::plant::Spot;

/// A car that has stopped by itself for this long gives its place in the queue back.
const FULL_AFTER_MS: u64 = 120_000;

/// What goes on at a connector, for the load manager and for people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Phase {
    /// A car is plugged in.
    pub plugged: bool,
    /// A session runs and nothing but current is missing.
    pub wants_current: bool,
    /// The session takes precedence.
    pub vip: bool,
    /// Energy of the session in watt hours.
    pub energy_wh: u32,
}

/// A session that has ended, by the station's own meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// Connector, from 1.
    pub connector: u32,
    /// Identifier it ran under.
    pub id_tag: String,
    /// Register at the start in watt hours.
    pub start_wh: i64,
    /// Register at the end in watt hours.
    pub stop_wh: i64,
    /// Was the central system away at the start or the end?
    pub offline: bool,
}

/// Somebody may charge at a connector.
#[derive(Debug, Clone)]
pub(super) struct Access {
    /// Identifier for the central system.
    pub(super) token: IdTag,
    /// The card, if there was one.
    pub(super) uid: Option<Uid>,
    /// The session takes precedence.
    pub(super) vip: bool,
    /// The central system still has to confirm it.
    pub(super) recheck: bool,
    /// Register at the start of the transaction; none before it has begun.
    pub(super) started: Option<Started>,
    /// To be ended for this reason as soon as the journal takes it, by this identifier.
    pub(super) ending: Option<(Reason, Option<IdTag>)>,
}

/// A transaction that has begun.
#[derive(Debug, Clone, Copy)]
pub(super) struct Started {
    pub(super) register_wh: i64,
    pub(super) offline: bool,
}

/// The central system has been asked whether somebody may charge.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    pub(super) occasion: Occasion,
    pub(super) token: IdTag,
    pub(super) uid: Option<Uid>,
}

/// A connector.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) spot: Spot,
    /// Cards that the station's own list knows here.
    pub(super) cards: HashMap<Uid, Listed>,
    pub(super) access: Option<Access>,
    pub(super) question: Option<Question>,
    /// Was a car there when last looked?
    pub(super) plugged: bool,
    /// The session of this visit is over; the next one needs a new plug or card.
    pub(super) done: bool,
    /// Since when the car has stopped by itself.
    pub(super) idle_since: Option<u64>,
    /// Register of the meter as last kept, in milliwatt hours.
    pub(super) kept_mwh: u64,
}

impl Seat {
    pub(super) fn new(spot: Spot, cards: HashMap<Uid, Listed>, kept_mwh: u64) -> Self {
        Self {
            spot,
            cards,
            access: None,
            question: None,
            plugged: false,
            done: false,
            idle_since: None,
            kept_mwh,
        }
    }

    /// The session's access while its transaction runs.
    pub(super) fn running(&self) -> Option<&Access> {
        self.access.as_ref().filter(|access| access.started.is_some())
    }

    pub(super) fn phase(&self, now_ms: u64) -> Phase {
        let running = self.running();
        let start = running.and_then(|access| access.started).map_or(0, |started| started.register_wh);
        let full = self.idle_since.is_some_and(|since| now_ms.saturating_sub(since) >= FULL_AFTER_MS);
        Phase {
            plugged: self.plugged,
            wants_current: self.plugged && running.is_some_and(|access| access.ending.is_none()) && !full,
            vip: running.is_some_and(|access| access.vip),
            energy_wh: running.map_or(0, |_| u32::try_from(self.spot.register_wh() - start).unwrap_or(0)),
        }
    }

    /// Watches whether the car has stopped by itself: offered current, and in state B.
    pub(super) fn watch(&mut self, now_ms: u64) {
        let evse = self.spot.evse();
        let stopped = evse.outputs().signal.is_pwm() && evse.state() == Some(State::B2);
        match (stopped, self.idle_since) {
            (true, None) => self.idle_since = Some(now_ms),
            (false, Some(_)) if evse.outputs().signal.is_pwm() => self.idle_since = None,
            _ => {}
        }
    }

    /// What the charge point session has to know.
    pub(super) fn facts(&self, volts: u32) -> Facts {
        let evse = self.spot.evse();
        let millivolts = Some(Millivolts(volts * 1000));
        Facts {
            plugged: self.plugged,
            requesting: matches!(evse.state(), Some(State::C1 | State::C2 | State::D1 | State::D2)),
            offering: evse.outputs().signal.is_pwm(),
            fault: self.fault(),
            meter: Meter {
                energy: WattHours(u64::try_from(self.spot.register_wh()).unwrap_or(0)),
                power: Some(Watts(i32::try_from(self.spot.power_w()).unwrap_or(i32::MAX))),
                currents: self.spot.draw_ma().map(|ma| Some(Milliamps(ma))),
                voltages: [millivolts; 3],
                offered: Some(Milliamps(evse.advertised().0)),
            },
        }
    }

    /// The worst of what keeps the electronics from working, in the words of OCPP 1.6 §7.6.
    fn fault(&self) -> Option<Fault> {
        let entry = fault::Fault::from(self.spot.evse().hazards().iter().next()?).entry();
        let code = ChargePointErrorCode::from_text(entry.error_code.as_str());
        let code = code.unwrap_or(ChargePointErrorCode::OtherError);
        Some(Fault { code, blocking: true, vendor_code: "", info: entry.appeared })
    }
}
