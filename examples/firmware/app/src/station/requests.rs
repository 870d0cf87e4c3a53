//! What the OCPP session tells the firmware, and the calls of the central system that the firmware answers.

use embedded_storage_async::nor_flash::MultiwriteNorFlash;
use evkit_ocpp::message::Call;
use evkit_ocpp::rpc::{ErrorCode, Failure, Responder};
use evkit_ocpp::text::CiStr;
use evkit_ocpp::v16::charge_point::{Event, InvalidId};
use evkit_ocpp::v16::{
    AuthorizationStatus, ChangeConfigurationRequest, ChangeConfigurationResponse, ClearCacheResponse,
    ClearCacheStatus, ConfigurationStatus, DataTransferResponse, DataTransferStatus, GetConfigurationRequest,
    KeyValue, Reason, RemoteStartStopStatus, RemoteStartTransactionResponse, ResetResponse, ResetStatus,
    ResetType, UnlockConnectorResponse, UnlockStatus,
};
use evkit_rfid::Occasion;

use super::access::Claim;
use super::{Done, Station, Wish, seat_of};
use crate::clock;
use crate::log::{log, log_socket};
use crate::shared::Request;
use crate::store::settings::{Setting, VALUE, Value};

impl<F: MultiwriteNorFlash> Station<'_, F> {
    /// An event of the session. What it is answered with is written into `room`; returns how much that is.
    pub(super) fn event(&mut self, event: Event<'_>, room: &mut [u8]) -> Option<usize> {
        match event {
            Event::Registered { status, interval } => {
                log!(self.shared, "registration {}, interval {interval} s", status.as_str());
            }
            Event::Authorized { connector, id_tag, result } => {
                let info = result.ok();
                if let Some(info) = &info {
                    self.remember(&id_tag, info);
                }
                self.answered(seat_of(connector), id_tag, info.map(|info| info.status));
            }
            Event::TransactionAccepted { connector, transaction, running, id_tag_info } => {
                log_socket!(self.shared, connector, "the central system calls it transaction {transaction}");
                if let Some(running) = self.session.transaction(connector) {
                    self.remember(&running.id_tag, &id_tag_info);
                }
                if running && id_tag_info.status != AuthorizationStatus::Accepted {
                    self.invalid(connector, id_tag_info.status);
                }
            }
            Event::ConnectionTimedOut { connector } => {
                let place = self.seats.get_mut(seat_of(connector));
                if let Some(place) = place.filter(|place| place.running().is_none()) {
                    place.access = None;
                    log_socket!(self.shared, connector, "no vehicle came in time");
                }
            }
            Event::RemoteStop { connector } => self.stop(seat_of(connector), Reason::Remote, None),
            Event::GivenUp { connector, action, failure } => {
                let refused = matches!(failure, Failure::Refused(_));
                let why = if refused { "it was refused" } else { "it has no usable answer" };
                log_socket!(self.shared, connector, "{action} was given up, {why}");
            }
            // Why is in the answer; to print it takes 3 KB of flash.
            Event::CallRefused { action, .. } => log!(self.shared, "{action} breaks its schema, refused"),
            Event::Interrupted { connector, resumed } => self.interrupted(connector, resumed),
            Event::RecordsLost(count) => {
                log!(self.shared, "{} records of the journal were lost", u32::from(count));
            }
            Event::StorageFailed => log!(self.shared, "the journal is full or failed; next try in 10 s"),
            Event::ConfigurationChanged(key) => log!(self.shared, "{} was changed", key.row().name),
            Event::ProfilesChanged => log!(self.shared, "charging profiles were changed"),
            Event::AvailabilityChanged { connector, operative } => {
                let state = if operative { "in" } else { "out of" };
                log_socket!(self.shared, connector, "{state} service");
            }
            other => return self.call(other, room),
        }
        None
    }

    /// The identifier of a running transaction turned out to be invalid.
    fn invalid(&mut self, connector: u8, status: AuthorizationStatus) {
        log_socket!(self.shared, connector, "its identifier is {}", status.as_str());
        match self.session.on_invalid_id(connector) {
            Some(InvalidId::Stop) => self.stop(seat_of(connector), Reason::DeAuthorized, None),
            Some(InvalidId::StopAt(register)) => {
                if let Some(place) = self.seats.get_mut(seat_of(connector)) {
                    place.stop_at = Some(register);
                }
            }
            _ => {}
        }
    }

    /// The power was cut during a transaction.
    fn interrupted(&mut self, connector: u8, resumed: bool) {
        let then = if resumed { "it goes on" } else { "it ends with PowerLoss" };
        log_socket!(self.shared, connector, "the power was cut during a transaction; {then}");
        if let (true, Some(running), Some(place)) =
            (resumed, self.session.transaction(connector), self.seats.get_mut(seat_of(connector)))
        {
            let access =
                super::seat::Access { token: running.id_tag, recheck: false, started: true, ending: None };
            place.access = Some(access);
        }
    }

    /// A call of the central system that the firmware answers.
    fn call(&mut self, event: Event<'_>, room: &mut [u8]) -> Option<usize> {
        match event {
            Event::RemoteStart { connector, id_tag, profile, responder } => {
                let seat = self.free_seat(connector);
                let status =
                    seat.map_or(RemoteStartStopStatus::Rejected, |_| RemoteStartStopStatus::Accepted);
                let answer = self.answer(responder, &RemoteStartTransactionResponse { status }, room);
                let Some(seat) = seat else { return answer };
                if let Some(profile) = profile
                    && let Err(error) = self.session.set_transaction_profile(super::connector(seat), &profile)
                {
                    log_socket!(self.shared, super::connector(seat), "{error}");
                }
                log_socket!(self.shared, super::connector(seat), "remote start");
                self.claim(seat, Claim { occasion: Occasion::RemoteStart, token: Some(id_tag) });
                answer
            }
            Event::Reset(request, responder) => {
                self.reset(request.kind);
                self.answer(responder, &ResetResponse { status: ResetStatus::Accepted }, room)
            }
            Event::UnlockConnector { connector, responder } => {
                let status = match self.unlock(connector) {
                    true => UnlockStatus::Unlocked,
                    false => UnlockStatus::NotSupported,
                };
                self.answer(responder, &UnlockConnectorResponse { status }, room)
            }
            Event::ClearCache(responder) => {
                self.cache.clear();
                self.answer(responder, &ClearCacheResponse { status: ClearCacheStatus::Accepted }, room)
            }
            Event::DataTransfer(_, responder) => {
                let status = DataTransferStatus::UnknownVendorId;
                self.answer(responder, &DataTransferResponse { data: None, status }, room)
            }
            Event::GetConfiguration(request, responder) => self.list_configuration(&request, responder, room),
            Event::ChangeConfiguration(request, responder) => {
                let status = match wanted(&request) {
                    Ok(request) => {
                        // Answered once it is kept.
                        self.wish = Some(Wish { request, asked: Some(responder) });
                        return None;
                    }
                    Err(status) => status,
                };
                self.answer(responder, &ChangeConfigurationResponse { status }, room)
            }
            other => {
                self.not_supported(other);
                None
            }
        }
    }

    /// Calls this firmware has no use for: CALLERROR `NotSupported`.
    fn not_supported(&mut self, event: Event<'_>) {
        let (code, session) = (ErrorCode::NotSupported, &mut *self.session);
        match event {
            Event::GetDiagnostics(_, responder) => session.reject(responder, code),
            Event::UpdateFirmware(_, responder) => session.reject(responder, code),
            _ => {}
        }
    }

    /// The connector of a remote start: the one that was named if it is free, else a free one, best with a vehicle.
    fn free_seat(&self, connector: Option<u8>) -> Option<usize> {
        let is_free = |seat: &usize| self.seats.get(*seat).is_some_and(|place| place.access.is_none());
        let plugged = |seat: &usize| self.seats.get(*seat).is_some_and(|place| place.view.plugged);
        match connector {
            Some(connector) => Some(seat_of(connector)).filter(is_free),
            None => {
                let mut free = (0..self.seats.len()).filter(is_free);
                free.clone().find(plugged).or_else(|| free.next())
            }
        }
    }

    fn reset(&mut self, kind: ResetType) {
        let reason = if kind == ResetType::Hard { Reason::HardReset } else { Reason::SoftReset };
        log!(self.shared, "restart by the central system, {}", reason.as_str());
        (0..self.seats.len()).for_each(|seat| self.stop(seat, reason, None));
        // A hard one does not wait until the central system has taken everything.
        let patience = if kind == ResetType::Hard { super::HARD_RESET } else { super::SOFT_RESET };
        self.restart_by = Some(clock::ocpp() + patience);
    }

    /// Ends the session of a connector and frees its plug; whether there is such a connector.
    fn unlock(&mut self, connector: u8) -> bool {
        let seat = seat_of(connector);
        self.stop(seat, Reason::UnlockCommand, None);
        if let Some(place) = self.seats.get_mut(seat) {
            place.unlock = true;
        }
        self.seats.get(seat).is_some()
    }

    fn list_configuration(
        &mut self,
        request: &GetConfigurationRequest<'_>,
        responder: Responder<GetConfigurationRequest<'static>>,
        room: &mut [u8],
    ) -> Option<usize> {
        let own: heapless::Vec<KeyValue<'_>, { Setting::ALL.len() }> = Setting::ALL
            .iter()
            .map(|setting| {
                let value = (!setting.is_secret()).then(|| CiStr::cut(self.settings.get(*setting)));
                KeyValue { key: CiStr::cut(setting.row().name), readonly: false, value }
            })
            .collect();
        // A call that is no longer open needs no answer.
        self.session.answer_configuration(responder, request, &own, room).ok().map(str::len)
    }

    fn answer<C: Call>(
        &mut self,
        responder: Responder<C>,
        response: &C::Response<'_>,
        room: &mut [u8],
    ) -> Option<usize> {
        // As above.
        self.session.answer(responder, response, room).ok().map(str::len)
    }

    /// What a change of a setting led to, and by whom it was asked for.
    pub(super) fn answer_change(&mut self, done: Done, room: &mut [u8]) -> Option<usize> {
        let Done { asked, kept } = done;
        let status = if kept { ConfigurationStatus::RebootRequired } else { ConfigurationStatus::Rejected };
        self.answer(asked, &ChangeConfigurationResponse { status }, room)
    }
}

/// A change of a key that is the firmware's.
fn wanted(request: &ChangeConfigurationRequest<'_>) -> Result<Request, ConfigurationStatus> {
    let (mut name, mut value) = ([0; 50], [0; VALUE]);
    let name = request.key.copy_to(&mut name).unwrap_or_default();
    let setting = Setting::find(name).ok_or(ConfigurationStatus::NotSupported)?;
    let text = request.value.copy_to(&mut value).and_then(|text| Value::try_from(text).ok());
    Ok(Request { setting, value: text.ok_or(ConfigurationStatus::Rejected)? })
}
