//! What the central system asks for: answered here where the rule is the protocol's, handed to the application
//! otherwise.

use super::outbox::Place;
use super::{ActionError, ChargePoint, Event};
use crate::message::Message;
use crate::rpc::link::Ticket;
use crate::rpc::{ErrorCode, Responder};
use crate::schema::{Members, Object, Slot, Tolerance, Version, Violation};
use crate::time::Instant;
use crate::v16::{
    Action, AvailabilityStatus, CancelReservationRequest, CancelReservationStatus, ChangeAvailabilityRequest,
    ChangeConfigurationRequest, ChargingProfile, ChargingProfilePurpose, ChargingProfileStatus,
    ChargingRateUnit, ClearCacheRequest, ClearChargingProfileRequest, ClearChargingProfileStatus,
    ConfigurationStatus, DataTransferRequest, ExtendedMessageTrigger, GetCompositeScheduleRequest,
    GetConfigurationRequest, GetDiagnosticsRequest, GetLocalListVersionRequest, IdTag, MOST_MEMBERS,
    MessageTrigger, ReadingContext, RemoteStartStopStatus, RemoteStartTransactionRequest,
    RemoteStopTransactionRequest, ReservationStatus, ReserveNowRequest, ResetRequest, SendLocalListRequest,
    SetChargingProfileRequest, TriggerMessageRequest, TriggerMessageStatus, UnlockConnectorRequest,
    UnlockStatus, UpdateFirmwareRequest, UpdateStatus,
};

/// What the session answers by itself, written when it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    ChangeAvailability(AvailabilityStatus),
    ChangeConfiguration(ConfigurationStatus),
    RemoteStart(RemoteStartStopStatus),
    RemoteStop(RemoteStartStopStatus),
    UnlockConnector(UnlockStatus),
    SetChargingProfile(ChargingProfileStatus),
    ClearChargingProfile(ClearChargingProfileStatus),
    CompositeSchedule { connector: u8, duration: i64, unit: ChargingRateUnit, from: Instant },
    Trigger(TriggerMessageStatus),
    ListVersion(i64),
    SendLocalList(UpdateStatus),
    ReserveNow(ReservationStatus),
    CancelReservation(CancelReservationStatus),
}

/// The messages the two kinds of trigger ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trigger {
    Boot,
    Heartbeat,
    Status,
    Meter,
    Firmware,
    SignedFirmware,
    Diagnostics,
    Log,
    SignCertificate,
}

/// The schema of a call that a charge point of plain 1.6 receives.
const fn request_schema(action: Action) -> Option<&'static Object> {
    Some(match action {
        Action::CancelReservation => CancelReservationRequest::SCHEMA,
        Action::ChangeAvailability => ChangeAvailabilityRequest::SCHEMA,
        Action::ChangeConfiguration => ChangeConfigurationRequest::SCHEMA,
        Action::ClearCache => ClearCacheRequest::SCHEMA,
        Action::ClearChargingProfile => ClearChargingProfileRequest::SCHEMA,
        Action::DataTransfer => DataTransferRequest::SCHEMA,
        Action::GetCompositeSchedule => GetCompositeScheduleRequest::SCHEMA,
        Action::GetConfiguration => GetConfigurationRequest::SCHEMA,
        Action::GetDiagnostics => GetDiagnosticsRequest::SCHEMA,
        Action::GetLocalListVersion => GetLocalListVersionRequest::SCHEMA,
        Action::RemoteStartTransaction => RemoteStartTransactionRequest::SCHEMA,
        Action::RemoteStopTransaction => RemoteStopTransactionRequest::SCHEMA,
        Action::ReserveNow => ReserveNowRequest::SCHEMA,
        Action::Reset => ResetRequest::SCHEMA,
        Action::SendLocalList => SendLocalListRequest::SCHEMA,
        Action::SetChargingProfile => SetChargingProfileRequest::SCHEMA,
        Action::TriggerMessage => TriggerMessageRequest::SCHEMA,
        Action::UnlockConnector => UnlockConnectorRequest::SCHEMA,
        Action::UpdateFirmware => UpdateFirmwareRequest::SCHEMA,
        _ => return None,
    })
}

impl<const N: usize> ChargePoint<'_, N> {
    /// Checks a payload, noting what was forgiven.
    // Not inlined: for all messages in one.
    #[inline(never)]
    fn check(&mut self, members: &mut Members<'_, '_>, schema: &'static Object) -> Result<(), Violation> {
        let mut tolerance = Tolerance::new(self.config.leniency);
        members.check(schema, Version::V16, Some(&mut tolerance))?;
        self.leniency_used = self.leniency_used | tolerance.forgiven();
        Ok(())
    }

    /// Checks and reads a payload.
    pub(super) fn read<'f, M: Message<'f>>(&mut self, members: &mut Members<'f, '_>) -> Result<M, Violation> {
        self.check(members, M::SCHEMA)?;
        Ok(M::from_members(members))
    }

    pub(super) fn on_call<'f>(
        &mut self,
        now: Instant,
        ticket: Ticket,
        name: &str,
        payload: &'f str,
    ) -> Option<Event<'f>> {
        let Some(action) = Action::from_text(name) else {
            self.link.refuse(ticket, ErrorCode::NotImplemented);
            return None;
        };
        let of_extension = || self.config.security?.request_schema(action);
        let Some(schema) = request_schema(action).or_else(of_extension) else {
            // One of an extension that is not served, or one that a charge point only sends.
            self.link.refuse(ticket, ErrorCode::NotSupported);
            return None;
        };
        self.dispatch(now, ticket, action, schema, payload).unwrap_or_else(|violation| {
            self.link.refuse(ticket, self.config.policy.code(violation.rule()));
            Some(Event::CallRefused { action, violation })
        })
    }

    fn dispatch<'f>(
        &mut self,
        now: Instant,
        ticket: Ticket,
        action: Action,
        schema: &'static Object,
        payload: &'f str,
    ) -> Result<Option<Event<'f>>, Violation> {
        // Checked here for all of them, which takes 3 KB of flash less than a check in each arm.
        let mut slots = const { [Slot::EMPTY; MOST_MEMBERS] };
        let members = &mut Members::of(payload, &mut slots);
        self.check(members, schema)?;
        Ok(match action {
            Action::CancelReservation => {
                let request = Message::from_members(members);
                self.cancel_reservation(now, ticket, &request)
            }
            Action::ChangeAvailability => {
                let request = Message::from_members(members);
                let status = self.change_availability(now, &request);
                self.link.reply(ticket, Answer::ChangeAvailability(status));
                (status == AvailabilityStatus::Accepted).then(|| {
                    let connector = u8::try_from(request.connector_id).unwrap_or_default();
                    Event::AvailabilityChanged {
                        connector,
                        operative: self.kept_availability(connector.into()),
                    }
                })
            }
            Action::ChangeConfiguration => {
                let request = Message::from_members(members);
                self.change_configuration(now, ticket, request)
            }
            Action::ClearCache => Some(Event::ClearCache(Responder::new(ticket))),
            Action::ClearChargingProfile => {
                let request = Message::from_members(members);
                self.clear_charging_profile(ticket, &request)
            }
            Action::DataTransfer => {
                Some(Event::DataTransfer(Message::from_members(members), Responder::new(ticket)))
            }
            Action::GetCompositeSchedule => {
                let request = Message::from_members(members);
                self.get_composite_schedule(now, ticket, &request);
                None
            }
            Action::GetConfiguration => {
                Some(Event::GetConfiguration(Message::from_members(members), Responder::new(ticket)))
            }
            Action::GetDiagnostics => {
                Some(Event::GetDiagnostics(Message::from_members(members), Responder::new(ticket)))
            }
            Action::GetLocalListVersion => {
                self.link.reply(ticket, Answer::ListVersion(self.local_list_version()));
                None
            }
            Action::RemoteStartTransaction => {
                let request = Message::from_members(members);
                self.remote_start(ticket, request)
            }
            Action::RemoteStopTransaction => {
                let request = Message::from_members(members);
                self.remote_stop(ticket, &request)
            }
            Action::ReserveNow => {
                let request = Message::from_members(members);
                self.reserve_now(now, ticket, &request)
            }
            Action::Reset => Some(Event::Reset(Message::from_members(members), Responder::new(ticket))),
            Action::SendLocalList => {
                let request = Message::from_members(members);
                self.send_local_list(ticket, request)
            }
            Action::SetChargingProfile => {
                let request = Message::from_members(members);
                self.set_charging_profile(now, ticket, &request)
            }
            Action::TriggerMessage => {
                let request: TriggerMessageRequest = Message::from_members(members);
                let status = self.trigger(now, request.requested_message.into(), request.connector_id);
                self.link.reply(ticket, Answer::Trigger(status));
                None
            }
            Action::UnlockConnector => {
                let request = Message::from_members(members);
                self.unlock_connector(ticket, &request)
            }
            Action::UpdateFirmware => {
                Some(Event::UpdateFirmware(Message::from_members(members), Responder::new(ticket)))
            }
            Action::ExtendedTriggerMessage => self.extended_trigger(now, ticket, members),
            _ => self.config.security.and_then(|extension| extension.event(action, members, ticket)),
        })
    }

    /// §5.11, and §4.2: not while registration is pending.
    fn remote_start<'f>(
        &mut self,
        ticket: Ticket,
        request: RemoteStartTransactionRequest<'f>,
    ) -> Option<Event<'f>> {
        let Ok(id_tag) = IdTag::try_from(&request.id_tag) else {
            self.link.refuse(ticket, ErrorCode::PropertyConstraintViolation);
            return None;
        };
        let connector = request.connector_id.map(u8::try_from).transpose().ok();
        let exists = connector.is_some_and(|number| number.is_none_or(|number| self.index(number).is_ok()));
        let of_transaction = |profile: &ChargingProfile<'_>| {
            profile.charging_profile_purpose == ChargingProfilePurpose::TxProfile
        };
        let profile = request.charging_profile;
        let Some(connector) =
            connector.filter(|_| exists && self.is_accepted() && profile.as_ref().is_none_or(of_transaction))
        else {
            self.link.reply(ticket, Answer::RemoteStart(RemoteStartStopStatus::Rejected));
            return None;
        };
        Some(Event::RemoteStart { connector, id_tag, profile, responder: Responder::new(ticket) })
    }

    /// §5.12, and the maker's stop mode.
    fn remote_stop<'f>(
        &mut self,
        ticket: Ticket,
        request: &RemoteStopTransactionRequest,
    ) -> Option<Event<'f>> {
        let may = self.config.remote_stop && self.is_accepted();
        let connector = self.connector_of(request.transaction_id).filter(|_| may);
        let status = match connector {
            Some(_) => RemoteStartStopStatus::Accepted,
            None => RemoteStartStopStatus::Rejected,
        };
        self.link.reply(ticket, Answer::RemoteStop(status));
        connector.map(|connector| Event::RemoteStop { connector })
    }

    /// §5.18: there is nothing to unlock at a connector that does not exist.
    fn unlock_connector<'f>(
        &mut self,
        ticket: Ticket,
        request: &UnlockConnectorRequest,
    ) -> Option<Event<'f>> {
        let connector = u8::try_from(request.connector_id).ok().filter(|number| self.index(*number).is_ok());
        let Some(connector) = connector else {
            self.link.reply(ticket, Answer::UnlockConnector(UnlockStatus::NotSupported));
            return None;
        };
        Some(Event::UnlockConnector { connector, responder: Responder::new(ticket) })
    }

    /// Security white paper: as TriggerMessage, and the answers read the same.
    fn extended_trigger<'f>(
        &mut self,
        now: Instant,
        ticket: Ticket,
        members: &mut Members<'_, '_>,
    ) -> Option<Event<'f>> {
        let (wanted, connector) = self.config.security?.trigger(members);
        let status = self.trigger(now, wanted, connector);
        self.link.reply(ticket, Answer::Trigger(status));
        (wanted == Trigger::SignCertificate).then_some(Event::SignCertificateWanted)
    }

    /// §5.17: marks what is to be sent; without a connector all of them.
    fn trigger(&mut self, now: Instant, wanted: Trigger, connector: Option<i64>) -> TriggerMessageStatus {
        let one = match connector.map(u8::try_from) {
            None => None,
            Some(Ok(number)) if usize::from(number) <= N => Some(number),
            Some(_) => return TriggerMessageStatus::Rejected,
        };
        match wanted {
            Trigger::Boot => self.boot.trigger(),
            Trigger::Heartbeat => self.boot.trigger_heartbeat(),
            Trigger::Firmware => self.progress.firmware.trigger(),
            Trigger::SignedFirmware => self.progress.signed.trigger(),
            Trigger::Diagnostics => self.progress.diagnostics.trigger(),
            Trigger::Log => self.progress.log.trigger(),
            Trigger::SignCertificate => {}
            Trigger::Status => {
                if one.is_none_or(|number| number == 0) {
                    self.station.reporter.trigger();
                }
                for index in self.indexes(one) {
                    if let Some(outlet) = self.connectors.get_mut(index) {
                        outlet.connector.reporter.trigger();
                    }
                }
            }
            Trigger::Meter => {
                for index in self.indexes(one) {
                    self.sample(now, index, Place::Sample, ReadingContext::Trigger);
                }
            }
        }
        TriggerMessageStatus::Accepted
    }

    /// The connectors a trigger means: one, or all if none is named. Connector 0 has no index.
    fn indexes(&self, connector: Option<u8>) -> core::ops::Range<usize> {
        match connector.map(|number| self.index(number)) {
            None => 0..N,
            Some(Ok(index)) => index..index + 1,
            Some(Err(ActionError::NoConnector(_)) | Err(_)) => 0..0,
        }
    }
}

impl From<MessageTrigger> for Trigger {
    fn from(message: MessageTrigger) -> Self {
        match message {
            MessageTrigger::BootNotification => Self::Boot,
            MessageTrigger::DiagnosticsStatusNotification => Self::Diagnostics,
            MessageTrigger::FirmwareStatusNotification => Self::Firmware,
            MessageTrigger::Heartbeat => Self::Heartbeat,
            MessageTrigger::MeterValues => Self::Meter,
            MessageTrigger::StatusNotification => Self::Status,
        }
    }
}

impl From<ExtendedMessageTrigger> for Trigger {
    fn from(message: ExtendedMessageTrigger) -> Self {
        match message {
            ExtendedMessageTrigger::BootNotification => Self::Boot,
            ExtendedMessageTrigger::LogStatusNotification => Self::Log,
            // White paper: the signed form, whatever it is called.
            ExtendedMessageTrigger::FirmwareStatusNotification => Self::SignedFirmware,
            ExtendedMessageTrigger::Heartbeat => Self::Heartbeat,
            ExtendedMessageTrigger::MeterValues => Self::Meter,
            ExtendedMessageTrigger::SignChargePointCertificate => Self::SignCertificate,
            ExtendedMessageTrigger::StatusNotification => Self::Status,
        }
    }
}
