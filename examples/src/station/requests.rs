//! What the central system and the electronics tell the station program.

use evkit_hal::evse;
use evkit_hal::fault::Fault;
use evkit_ocpp::message::Call;
use evkit_ocpp::rpc::Responder;
use evkit_ocpp::text::CiStr;
use evkit_ocpp::v16::charge_point::Event;
use evkit_ocpp::v16::{
    AuthorizationStatus, ClearCacheResponse, ClearCacheStatus, DataTransferResponse, DataTransferStatus,
    IdTag, KeyValue, Reason, RemoteStartStopStatus, RemoteStartTransactionResponse, UnlockConnectorResponse,
    UnlockStatus,
};
use evkit_rfid::{Occasion, StopEvent};

use super::access::Claim;
use super::config::Vendor;
use super::files::PROTOCOLS;
use super::program::Program;

impl<const N: usize> Program<N> {
    /// An event of the charge point session.
    pub(super) fn event(&mut self, now_ms: u64, event: Event<'_>) {
        match event {
            Event::Registered { status, interval } => {
                self.note_station(format!("registration {}, interval {interval} s", status.as_str()));
            }
            Event::Authorized { connector, id_tag, result } => {
                let status = result.ok().map(|info| info.status);
                if let Some(seat) = Self::seat(connector.into()) {
                    self.answered(now_ms, seat, id_tag, status);
                }
            }
            Event::TransactionAccepted { connector, transaction, running, id_tag_info } => {
                let Some(seat) = Self::seat(connector.into()) else { return };
                self.note(seat, format!("the central system calls it transaction {transaction}"));
                let refused = id_tag_info.status != AuthorizationStatus::Accepted;
                if refused && running && self.config.policy.stop_on_invalid {
                    self.note(seat, format!("its identifier is {}", id_tag_info.status.as_str()));
                    self.stop(now_ms, seat, Reason::DeAuthorized, None);
                }
            }
            Event::ConnectionTimedOut { connector } => {
                let Some(seat) = Self::seat(connector.into()) else { return };
                if self.seats[seat].running().is_none() {
                    self.seats[seat].access = None;
                    self.note(seat, "no car came in time".to_owned());
                }
            }
            Event::RemoteStop { connector } => {
                if let Some(seat) = Self::seat(connector.into()) {
                    self.stop(now_ms, seat, Reason::Remote, None);
                }
            }
            Event::GivenUp { connector, action, failure } => {
                if let Some(seat) = Self::seat(connector.into()) {
                    self.note(seat, format!("{action} was given up: {failure}"));
                }
            }
            Event::CallRefused { action, violation } => {
                self.note_station(format!("{action} refused: {violation}"));
            }
            Event::ConfigurationChanged(key) => self.note_station(format!("{key:?} was changed")),
            Event::ProfilesChanged => self.note_station("charging profiles were changed".to_owned()),
            Event::Interrupted { connector, resumed } => {
                if let Some(seat) = Self::seat(connector.into()) {
                    let then = if resumed { "it goes on" } else { "it ends with PowerLoss" };
                    self.note(seat, format!("the power was cut during a transaction; {then}"));
                }
            }
            Event::RecordsLost(count) => self.note_station(format!("{count} records lost in the store")),
            other => self.call(now_ms, other),
        }
    }

    /// A call of the central system that the application answers.
    fn call(&mut self, now_ms: u64, event: Event<'_>) {
        match event {
            Event::RemoteStart { connector, id_tag, profile, responder } => {
                let free = |seat: &usize| self.seats[*seat].access.is_none() && self.restart.is_none();
                let wanted = match connector {
                    Some(connector) => Self::seat(connector.into()).filter(free),
                    None => (0..N).find(|seat| free(seat) && self.seats[*seat].plugged),
                };
                let status = match wanted {
                    Some(_) => RemoteStartStopStatus::Accepted,
                    None => RemoteStartStopStatus::Rejected,
                };
                self.answer(responder, &RemoteStartTransactionResponse { status });
                if let Some(seat) = wanted {
                    if let Some(profile) = profile {
                        let _ = self.session.set_transaction_profile(Self::connector(seat), &profile);
                    }
                    self.remote_start(now_ms, seat, id_tag);
                }
            }
            Event::UnlockConnector { connector, responder } => {
                if let Some(seat) = Self::seat(connector.into()) {
                    self.stop(now_ms, seat, Reason::UnlockCommand, None);
                }
                self.answer(responder, &UnlockConnectorResponse { status: UnlockStatus::Unlocked });
            }
            Event::ClearCache(responder) => {
                self.cache.clear();
                self.answer(responder, &ClearCacheResponse { status: ClearCacheStatus::Accepted });
            }
            Event::DataTransfer(_, responder) => {
                let status = DataTransferStatus::UnknownVendorId;
                self.answer(responder, &DataTransferResponse { data: None, status });
            }
            Event::GetConfiguration(request, responder) => {
                let mut buffer = vec![0; 16 * 1024];
                let own = [KeyValue {
                    key: CiStr::cut("SupportedFileTransferProtocols"),
                    readonly: true,
                    value: Some(CiStr::cut(PROTOCOLS)),
                }];
                if let Ok(frame) = self.session.answer_configuration(responder, &request, &own, &mut buffer) {
                    self.outgoing.push_back(frame.to_owned());
                }
            }
            other => self.upkeep(now_ms, other),
        }
    }

    pub(super) fn answer<C: Call>(&mut self, responder: Responder<C>, response: &C::Response<'_>) {
        let mut buffer = [0; 1024];
        // A call that is no longer open needs no answer.
        if let Ok(frame) = self.session.answer(responder, response, &mut buffer) {
            self.outgoing.push_back(frame.to_owned());
        }
    }

    fn remote_start(&mut self, now_ms: u64, seat: usize, id_tag: IdTag) {
        self.note(seat, format!("remote start for {}", id_tag.as_str()));
        self.claim(now_ms, seat, Claim { occasion: Occasion::RemoteStart, uid: None, token: Some(id_tag) });
    }

    /// An event of a connector's electronics.
    pub(super) fn electronics(&mut self, now_ms: u64, seat: usize, event: evse::Event) {
        match event {
            evse::Event::Plugged => self.plugged(now_ms, seat),
            evse::Event::Unplugged => self.unplugged(now_ms, seat),
            evse::Event::Fault(hazard) => {
                let entry = Fault::from(hazard).entry();
                self.note(seat, format!("fault: {}; {}", entry.appeared, entry.remedy));
                if self.ends_session(Fault::from(hazard)) {
                    self.stop(now_ms, seat, Reason::Other, None);
                }
            }
            evse::Event::Cleared(hazard) => self.note(seat, Fault::from(hazard).entry().gone.to_owned()),
            _ => {}
        }
    }

    /// Whether a fault ends the session. Bender's stop mode decides about two of them (CC612/613 manual 5.1), which then
    /// only take the current away; all others, and those of other makers, go by their table.
    fn ends_session(&self, fault: Fault) -> bool {
        let event = match fault {
            Fault::Ventilation => StopEvent::StateD,
            Fault::ResidualCurrent | Fault::RcdTripped => StopEvent::ResidualCurrent,
            _ => return fault.entry().stops_transaction,
        };
        match self.config.vendor {
            Vendor::Bender => self.config.policy.stops_on(event),
            Vendor::Keba | Vendor::Evlink => fault.entry().stops_transaction,
        }
    }
}
