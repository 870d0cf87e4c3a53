//! One station's connection: the session of `evkit-ocpp` and what the hub says to it.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use evkit_ocpp::list::List;
use evkit_ocpp::message::{Call, Message};
use evkit_ocpp::num::Decimal;
use evkit_ocpp::rpc::Responder;
use evkit_ocpp::text::CiStr;
use evkit_ocpp::time::Instant;
use evkit_ocpp::v16::csms::{Config, Csms, Event};
use evkit_ocpp::v16::keys::Key;
use evkit_ocpp::v16::{
    Action, AuthorizationStatus, AuthorizeResponse, BootNotificationResponse, ChangeConfigurationRequest,
    ChargingProfile, ChargingProfileKind, ChargingProfilePurpose, ChargingRateUnit, ChargingSchedule,
    ChargingSchedulePeriod, ConfigurationStatus, DataTransferResponse, DataTransferStatus,
    DiagnosticsStatusNotificationResponse, FirmwareStatusNotificationResponse, GenericStatus,
    GetDiagnosticsRequest, HeartbeatRequest, HeartbeatResponse, IdTagInfo, LogStatusNotificationResponse,
    MeterValuesResponse, RegistrationStatus, RemoteStartTransactionRequest, RemoteStopTransactionRequest,
    ResetRequest, Response, SecurityEventNotificationResponse, SetChargingProfileRequest,
    SignCertificateResponse, SignedFirmwareStatusNotificationResponse, StartTransactionResponse,
    StatusNotificationResponse, StopTransactionResponse,
};

use super::Command;
use super::hub::{Hub, Verdict};
use crate::password::Password;

/// Room for one frame to a station.
const FRAME: usize = 4 * 1024;

/// A station's connection, without its socket.
#[derive(Debug)]
pub(super) struct Connection {
    identity: String,
    session: Csms,
    heartbeat_s: u32,
    /// Commands that wait for the answer to the one before.
    commands: VecDeque<Command>,
    outgoing: VecDeque<String>,
    /// A password the station has been told and has not yet answered to.
    new_password: Option<Password>,
}

impl Connection {
    pub(super) fn new(identity: String, nonce: u64, heartbeat_s: u32) -> Self {
        let session = Csms::new(Config::new(nonce));
        Self {
            identity,
            session,
            heartbeat_s,
            commands: VecDeque::new(),
            outgoing: VecDeque::new(),
            new_password: None,
        }
    }

    /// The WebSocket is open.
    pub(super) fn open(&mut self, now: Instant) {
        self.session.handle_open(now);
    }

    /// A frame has arrived. Returns what is worth logging.
    pub(super) fn frame(
        &mut self,
        now: Instant,
        utc: DateTime<Utc>,
        hub: &mut Hub,
        text: &str,
    ) -> Option<String> {
        let remark = match self.session.handle_frame(now, text) {
            Ok(Some(event)) => self.event(utc, hub, event),
            Ok(None) => None,
            Err(error) => Some(format!("no OCPP frame: {error}")),
        };
        self.next_command(now, utc, hub);
        remark
    }

    /// The operator wants something.
    pub(super) fn command(&mut self, now: Instant, utc: DateTime<Utc>, hub: &Hub, command: Command) {
        self.commands.push_back(command);
        self.next_command(now, utc, hub);
    }

    /// A deadline may have passed.
    pub(super) fn timeout(&mut self, now: Instant, utc: DateTime<Utc>, hub: &mut Hub) -> Option<String> {
        self.session.handle_timeout(now);
        let event = self.session.poll_event();
        let remark = event.and_then(|event| self.event(utc, hub, event));
        self.next_command(now, utc, hub);
        remark
    }

    /// When [`Connection::timeout`] is due.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.session.poll_timeout()
    }

    /// The next frame to send.
    pub(super) fn transmit(&mut self, now: Instant) -> Option<String> {
        if let Some(frame) = self.outgoing.pop_front() {
            return Some(frame);
        }
        let mut buffer = [0; FRAME];
        self.session.poll_transmit(now, &mut buffer).ok()?.map(str::to_owned)
    }

    fn event(&mut self, utc: DateTime<Utc>, hub: &mut Hub, event: Event<'_>) -> Option<String> {
        match event {
            Event::BootNotification(request, responder) => {
                hub.station(&self.identity).model =
                    format!("{} {}", request.charge_point_vendor, request.charge_point_model);
                let response = BootNotificationResponse {
                    status: RegistrationStatus::Accepted,
                    current_time: utc,
                    interval: self.heartbeat_s.into(),
                };
                self.answer(responder, &response);
            }
            Event::Heartbeat(_, responder) => {
                self.answer(responder, &HeartbeatResponse { current_time: utc });
            }
            Event::Authorize(request, responder) => {
                let id_tag = request.id_tag.to_string();
                self.answer(responder, &AuthorizeResponse { id_tag_info: info(hub.authorize(&id_tag)) });
            }
            Event::StatusNotification(request, responder) => {
                let connector = u32::try_from(request.connector_id).unwrap_or(0);
                let status = request.status.as_str().to_owned();
                hub.station(&self.identity).connectors.insert(connector, status);
                self.answer(responder, &StatusNotificationResponse {});
            }
            Event::StartTransaction(request, responder) => {
                let transaction_id = hub.start(&self.identity, utc, &request);
                let id_tag = request.id_tag.to_string();
                let response =
                    StartTransactionResponse { id_tag_info: info(hub.authorize(&id_tag)), transaction_id };
                self.answer(responder, &response);
            }
            Event::MeterValues(request, responder) => {
                if let Some(id) = request.transaction_id {
                    hub.meter_values(id);
                }
                self.answer(responder, &MeterValuesResponse {});
            }
            Event::StopTransaction(request, responder) => {
                hub.stop(&self.identity, utc, &request);
                let id_tag = request.id_tag.as_ref().map(ToString::to_string);
                let id_tag_info = id_tag.as_ref().map(|id_tag| info(hub.authorize(id_tag)));
                self.answer(responder, &StopTransactionResponse { id_tag_info });
            }
            Event::DataTransfer(_, responder) => {
                let status = DataTransferStatus::UnknownVendorId;
                self.answer(responder, &DataTransferResponse { data: None, status });
            }
            Event::DiagnosticsStatusNotification(_, r) => {
                self.answer(r, &DiagnosticsStatusNotificationResponse {});
            }
            Event::FirmwareStatusNotification(_, r) => self.answer(r, &FirmwareStatusNotificationResponse {}),
            Event::LogStatusNotification(_, r) => self.answer(r, &LogStatusNotificationResponse {}),
            Event::SecurityEventNotification(_, r) => self.answer(r, &SecurityEventNotificationResponse {}),
            Event::SignedFirmwareStatusNotification(_, r) => {
                self.answer(r, &SignedFirmwareStatusNotificationResponse {});
            }
            Event::SignCertificate(_, responder) => {
                // This central system has no certificate authority.
                let status = GenericStatus::Rejected;
                self.answer(responder, &SignCertificateResponse { status });
            }
            Event::Answered { action, result: Err(failure) } => return Some(format!("{action}: {failure}")),
            Event::Answered { action, result: Ok(response) } => {
                self.answered(hub, &response);
                return status(&response).map(|status| format!("{action}: {status}"));
            }
            Event::CallRefused { action, violation } => {
                return Some(format!("{action} refused: {violation}"));
            }
            _ => {}
        }
        None
    }

    /// A password counts once the station has accepted it.
    fn answered(&mut self, hub: &mut Hub, response: &Response<'_>) {
        let Response::ChangeConfiguration(response) = response else { return };
        let password = self.new_password.take();
        if let (Some(password), ConfigurationStatus::Accepted) = (password, response.status) {
            hub.propose_password(&self.identity, password);
        }
    }

    fn answer<C: Call>(&mut self, responder: Responder<C>, response: &C::Response<'_>) {
        let mut buffer = [0; FRAME];
        // A call whose connection is gone needs no answer.
        if let Ok(frame) = self.session.answer(responder, response, &mut buffer) {
            self.outgoing.push_back(frame.to_owned());
        }
    }

    /// Sends the next command once the station has answered the one before.
    fn next_command(&mut self, now: Instant, utc: DateTime<Utc>, hub: &Hub) {
        while self.session.is_idle() {
            let Some(command) = self.commands.pop_front() else { return };
            self.send(now, utc, hub, &command);
        }
    }

    fn send(&mut self, now: Instant, utc: DateTime<Utc>, hub: &Hub, command: &Command) {
        match command {
            Command::RemoteStart { connector, id_tag } => {
                let Ok(id_tag) = CiStr::new(id_tag) else { return };
                let connector_id = Some((*connector).into());
                self.call(
                    now,
                    &RemoteStartTransactionRequest { connector_id, id_tag, charging_profile: None },
                );
            }
            Command::RemoteStop { connector } => {
                if let Some(transaction) = hub.open_transaction(&self.identity, *connector) {
                    self.call(now, &RemoteStopTransactionRequest { transaction_id: transaction.id });
                }
            }
            Command::Limit { connector, amps, seconds } => {
                let period = [ChargingSchedulePeriod {
                    start_period: 0,
                    limit: Decimal::new((*amps).into(), 0),
                    number_phases: None,
                }];
                let purpose = match connector {
                    0 => ChargingProfilePurpose::ChargePointMaxProfile,
                    _ => ChargingProfilePurpose::TxDefaultProfile,
                };
                let profile = ChargingProfile {
                    charging_profile_id: 1 + i64::from(*connector),
                    transaction_id: None,
                    stack_level: 0,
                    charging_profile_purpose: purpose,
                    charging_profile_kind: ChargingProfileKind::Absolute,
                    recurrency_kind: None,
                    valid_from: None,
                    valid_to: None,
                    charging_schedule: ChargingSchedule {
                        duration: Some((*seconds).into()),
                        start_schedule: Some(utc),
                        charging_rate_unit: ChargingRateUnit::A,
                        charging_schedule_period: List::from(&period[..]),
                        min_charging_rate: None,
                    },
                };
                let connector_id = (*connector).into();
                self.call(now, &SetChargingProfileRequest { connector_id, cs_charging_profiles: profile });
            }
            Command::GetDiagnostics { location } => {
                let Ok(location) = evkit_ocpp::text::Str::new(location.as_str()) else { return };
                let request = GetDiagnosticsRequest {
                    location,
                    retries: None,
                    retry_interval: None,
                    start_time: None,
                    stop_time: None,
                };
                self.call(now, &request);
            }
            Command::Set { key, value } => {
                let (Ok(name), Ok(text)) = (CiStr::new(key), CiStr::new(value)) else { return };
                let is_password = key.eq_ignore_ascii_case(Key::AuthorizationKey.row().name);
                self.new_password = is_password.then(|| Password::of_key(value)).flatten();
                self.call(now, &ChangeConfigurationRequest { key: name, value: text });
            }
            Command::Reset(kind) => self.call(now, &ResetRequest { kind: *kind }),
            Command::Unsupported => self.call(now, &HeartbeatRequest {}),
        }
    }

    fn call<'m, C: Call<Action = Action> + Message<'m>>(&mut self, now: Instant, request: &C) {
        let mut buffer = [0; FRAME];
        // The session is open and idle; what cannot be written is not sent.
        if let Ok(frame) = self.session.call(now, request, &mut buffer) {
            self.outgoing.push_back(frame.to_owned());
        }
    }
}

/// What a station says to a command.
fn status(response: &Response<'_>) -> Option<&'static str> {
    match response {
        Response::RemoteStartTransaction(response) => Some(response.status.as_str()),
        Response::RemoteStopTransaction(response) => Some(response.status.as_str()),
        Response::ChangeConfiguration(response) => Some(response.status.as_str()),
        Response::Reset(response) => Some(response.status.as_str()),
        Response::SetChargingProfile(response) => Some(response.status.as_str()),
        _ => None,
    }
}

fn info<'a>((verdict, parent): (Verdict, Option<&'a str>)) -> IdTagInfo<'a> {
    let status = match verdict {
        Verdict::Accepted => AuthorizationStatus::Accepted,
        Verdict::Blocked => AuthorizationStatus::Blocked,
        Verdict::Invalid => AuthorizationStatus::Invalid,
    };
    IdTagInfo { expiry_date: None, parent_id_tag: parent.and_then(|parent| CiStr::new(parent).ok()), status }
}
