//! One connector as the OCPP session sees it: the vehicle there, who charges, and how far that has come.

use evkit_hal::fault::Fault as HalFault;
use evkit_hal::pilot::State;
use evkit_ocpp::units::{Milliamps, Millivolts, WattHours, Watts};
use evkit_ocpp::v16::charge_point::{Facts, Fault, Meter};
use evkit_ocpp::v16::{ChargePointErrorCode, IdTag, Reason};
use evkit_rfid::BackEnd;

use super::access::Claim;
use crate::clock;
use crate::shared::{Measured, View};

/// A meter that has not answered for this long is broken.
const METER_SILENT_MS: u16 = 10_000;

/// Somebody may charge.
#[derive(Clone, Copy, Debug)]
pub(super) struct Access {
    /// Identifier for the central system.
    pub(super) token: IdTag,
    /// Accepted without the central system, which still has to confirm it.
    pub(super) recheck: bool,
    /// The transaction has begun.
    pub(super) started: bool,
    /// To be ended for this reason as soon as nothing flows and the journal takes it, by this identifier.
    pub(super) ending: Option<(Reason, Option<IdTag>)>,
}

/// A connector.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) access: Option<Access>,
    /// The central system has been asked about this one.
    pub(super) question: Option<Claim>,
    /// To be judged next, and what the central system has said about it.
    pub(super) claim: Option<(Claim, BackEnd)>,
    /// What was seen last.
    pub(super) view: View,
    pub(super) measured: Measured,
    /// A vehicle is there; sensors that are silent for a moment do not take it away.
    pub(super) present: bool,
    /// The session of this visit is over; the next one needs a new vehicle or a card.
    pub(super) done: bool,
    /// The register at which a transaction with an identifier that turned out to be invalid ends.
    pub(super) stop_at: Option<WattHours>,
    /// The plug is to be freed as soon as the contactor is open.
    pub(super) unlock: bool,
}

impl Seat {
    /// A connector nobody is at.
    pub(super) const EMPTY: Self = Self {
        access: None,
        question: None,
        claim: None,
        view: View::UNKNOWN,
        measured: Measured::NEVER,
        present: false,
        done: false,
        stop_at: None,
        unlock: false,
    };

    /// The session's access while its transaction runs.
    pub(super) fn running(&self) -> Option<&Access> {
        self.access.as_ref().filter(|access| access.started)
    }

    /// Whether power may flow for somebody.
    pub(super) fn permitted(&self) -> bool {
        self.running().is_some_and(|access| access.ending.is_none())
    }

    /// The meter's register.
    pub(super) const fn register(&self) -> WattHours {
        WattHours(self.measured.energy_wh)
    }

    /// What the OCPP session has to know.
    pub(super) fn facts(&self, metered: bool) -> Facts {
        let view = &self.view;
        let measured = self.measured.at.is_some();
        Facts {
            plugged: self.present,
            requesting: matches!(view.state, Some(State::C1 | State::C2 | State::D1 | State::D2)),
            offering: view.offering,
            fault: self.fault(metered),
            meter: Meter {
                energy: self.register(),
                power: measured.then_some(Watts(self.measured.power_w)),
                currents: self.measured.currents.map(|current| measured.then_some(Milliamps(current.0))),
                voltages: self.measured.voltages_mv.map(|mv| measured.then_some(Millivolts(mv))),
                offered: Some(Milliamps(view.advertised.0)),
            },
        }
    }

    /// What keeps the connector from working, in the words of OCPP 1.6 §7.6. A silent meter does not stop a vehicle
    /// that is charging, but lets nobody begin.
    fn fault(&self, metered: bool) -> Option<Fault> {
        let silent = metered && !self.measured.is_fresh(clock::hal(), METER_SILENT_MS);
        let (fault, blocking) = match self.view.fault {
            Some(fault) => (fault, true),
            None if silent => (HalFault::OcppMeterSilent, self.running().is_none()),
            None => return None,
        };
        let entry = fault.entry();
        let code = ChargePointErrorCode::from_text(entry.error_code.as_str());
        let code = code.unwrap_or(ChargePointErrorCode::OtherError);
        Some(Fault { code, blocking, vendor_code: "", info: entry.appeared })
    }
}
