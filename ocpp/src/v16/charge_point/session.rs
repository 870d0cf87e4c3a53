//! The run loop's side of the charge point: what comes in, what goes out, and when to be called again.

use super::connector::Shown;
use super::event::Subject;
use super::remote::Answer;
use super::{ChargePoint, Event, Loose, Notice, Origin};
use crate::list::List;
use crate::message::{Call, EncodeError, Message, WriteMembers};
use crate::rpc::link::Incoming;
use crate::rpc::timer::Deadline;
use crate::rpc::{AnswerError, CallError, ErrorCode, Failure, FrameError, IdBuf, Responder, write_members};
use crate::schema::{Leniency, Members, Object, Slot, Tolerance, Version, Violation};
use crate::text::CiStr;
use crate::time::Instant;
use crate::v16::keys::Key;
use crate::v16::{
    AuthorizeRequest, CancelReservationResponse, ChangeAvailabilityResponse, ChangeConfigurationResponse,
    ChargePointErrorCode, ClearChargingProfileResponse, GetLocalListVersionResponse, HeartbeatRequest,
    MOST_MEMBERS, MeterValue, MeterValuesRequest, RemoteStartTransactionResponse,
    RemoteStopTransactionResponse, ReserveNowResponse, Response, SendLocalListResponse,
    SetChargingProfileResponse, StatusNotificationRequest, TriggerMessageResponse, UnlockConnectorResponse,
};

/// An answer of the session's own, yet to be written.
struct Reply<'b, 'i> {
    id: &'i IdBuf,
    buffer: &'b mut [u8],
}

impl<'b> Reply<'b, '_> {
    fn write<'m, M: Message<'m>>(self, response: &M) -> Result<&'b str, EncodeError> {
        self.write_members(response, M::SCHEMA)
    }

    /// For all messages in one.
    #[inline(never)]
    fn write_members(
        self,
        response: &dyn WriteMembers,
        schema: &'static Object,
    ) -> Result<&'b str, EncodeError> {
        write_members(self.buffer, Version::V16, &self.id.id(), None, response, schema)
    }
}

impl<const N: usize> ChargePoint<'_, N> {
    // ---- in ----

    /// The WebSocket is open, with subprotocol `ocpp1.6`. A connection that was open before has ended.
    pub fn handle_open(&mut self, now: Instant) {
        self.handle_close(now);
        self.link.open();
    }

    /// The WebSocket is closed. Open calls and answers are lost; everything else goes on.
    pub fn handle_close(&mut self, now: Instant) {
        for outlet in &mut self.connectors {
            outlet.loose = None;
            outlet.question.drop_open();
        }
        if let Some(origin) = self.link.close() {
            self.fail(now, origin, Failure::Dropped);
        }
    }

    /// A text frame has arrived.
    ///
    /// # Errors
    ///
    /// If it is no frame of OCPP-J. If it was recognizable as a call the central system is answered; there is nothing
    /// to be done but to log it.
    // Not inlined, as `poll_transmit`.
    #[inline(never)]
    pub fn handle_frame<'f>(
        &mut self,
        now: Instant,
        text: &'f str,
    ) -> Result<Option<Event<'f>>, FrameError<'f>> {
        let (origin, failure) = match self.link.receive(now, text)? {
            Incoming::Call { ticket, action, payload } => {
                return Ok(self.on_call(now, ticket, action, payload));
            }
            Incoming::Result { origin, payload } => match self.on_result(now, origin, payload) {
                Ok(event) => return Ok(event),
                Err(violation) => (origin, Failure::Invalid(violation)),
            },
            Incoming::Error { origin, code } => {
                self.postpone_heartbeat(now);
                (origin, Failure::Refused(code))
            }
            Incoming::Ignored => return Ok(None),
        };
        let subject = self.on_failure(now, origin, &failure);
        Ok(subject.map(|subject| Notice { subject, failure }.into()))
    }

    /// A deadline may have passed. Harmless at any time.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.storage.handle_timeout(now);
        if let Some(origin) = self.link.timed_out(now) {
            self.fail(now, origin, Failure::TimedOut);
        }
        self.unanswered |= self.link.refuse_unanswered(now);
        self.take_samples(now);
        self.expire_reservations(now);
        for index in 0..N {
            let Some(outlet) = self.connectors.get_mut(index) else { break };
            if outlet.connector.awaiting.take_due(now) {
                outlet.availability.timed_out = true;
                self.profiles.end_transaction(index);
                self.refresh(now, index);
            }
        }
    }

    fn on_result<'f>(
        &mut self,
        now: Instant,
        origin: Origin,
        payload: &'f str,
    ) -> Result<Option<Event<'f>>, Violation> {
        self.postpone_heartbeat(now);
        if !matches!(origin, Origin::Record) {
            self.outbox.peer_answered();
        }
        let mut slots = const { [Slot::EMPTY; MOST_MEMBERS] };
        let members = &mut Members::of(payload, &mut slots);
        Ok(match origin {
            Origin::Boot => {
                let answer = self.read(members)?;
                Some(self.on_boot(now, &answer))
            }
            Origin::Heartbeat => {
                let answer = self.read(members)?;
                self.on_heartbeat(now, &answer);
                None
            }
            Origin::Record => self.on_record(members)?,
            Origin::Authorize(index) => {
                let answer = self.read(members)?;
                self.on_authorized(index, answer)
            }
            // Nothing is in these answers.
            Origin::Status(_) | Origin::Loose(_) | Origin::Progress(_) => None,
            Origin::Application(action, read) => {
                let mut tolerance = Tolerance::new(self.config.leniency);
                let response = read(action, payload, &mut tolerance)?;
                self.leniency_used = self.leniency_used | tolerance.forgiven();
                Some(Event::Answered { action, result: Ok(response) })
            }
        })
    }

    /// A call has no usable answer.
    fn on_failure(&mut self, now: Instant, origin: Origin, failure: &Failure) -> Option<Subject> {
        // A refusal is an answer; silence leaves open what the central system knows.
        let silence = matches!(failure, Failure::TimedOut | Failure::Dropped);
        match origin {
            Origin::Boot => self.boot.failed(now, failure),
            Origin::Heartbeat => self.postpone_heartbeat(now),
            Origin::Status(connector) if silence => {
                if let Some(reporter) = self.reporter_mut(connector) {
                    reporter.forget();
                }
            }
            Origin::Progress(progress) if silence => self.progress.failed(progress),
            Origin::Status(_) | Origin::Progress(_) | Origin::Loose(_) => {}
            Origin::Record => return self.on_record_failed(now, failure),
            Origin::Authorize(index) => return self.on_not_authorized(index),
            Origin::Application(action, _) => return Some(Subject::NotAnswered { action }),
        }
        None
    }

    /// As [`on_failure`](Self::on_failure), the event waiting for `poll_event`.
    fn fail(&mut self, now: Instant, origin: Origin, failure: Failure) {
        if let Some(subject) = self.on_failure(now, origin, &failure) {
            self.notice = Some(Notice { subject, failure });
        }
    }

    // ---- out ----

    /// What happened without a frame: call until it returns `None`.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<Event<'static>> {
        if let Some(notice) = self.notice.take() {
            return Some(notice.into());
        }
        if core::mem::take(&mut self.unanswered) {
            return Some(Event::Unanswered);
        }
        if self.storage.take_failed() {
            return Some(Event::StorageFailed);
        }
        let lost = self.outbox.take_lost();
        if lost > 0 {
            return Some(Event::RecordsLost(lost));
        }
        if let Some(connector) = self.take_expired() {
            return Some(Event::ReservationChanged { connector });
        }
        let resumed = self.config.resume_transactions;
        let ready = self.storage.is_ready();
        self.connectors.iter_mut().zip(1..).find_map(|(outlet, connector)| {
            let flags = &mut outlet.availability;
            if let Some(id_tag) = outlet.question.take_dropped() {
                Some(Event::Authorized { connector, id_tag, result: Err(Failure::Dropped) })
            } else if ready && core::mem::take(&mut flags.interrupted) {
                Some(Event::Interrupted { connector, resumed })
            } else if core::mem::take(&mut flags.timed_out) {
                Some(Event::ConnectionTimedOut { connector })
            } else if core::mem::take(&mut flags.changed) {
                let operative = outlet.connector.operative;
                Some(Event::AvailabilityChanged { connector, operative })
            } else {
                None
            }
        })
    }

    /// The next frame to send, written into `buffer`: call until it returns `None`.
    ///
    /// # Errors
    ///
    /// [`EncodeError::BufferTooSmall`]: nothing has changed; call again with a larger buffer. 1500 bytes are enough
    /// for all the session sends, GetCompositeSchedule.conf aside, which needs up to 3000. [`EncodeError::Invalid`]:
    /// something the application gave cannot be sent, such as an identity that is too long; it counts as refused.
    // Not inlined: what it keeps on the stack would lie below everything else its caller calls.
    #[inline(never)]
    pub fn poll_transmit<'b>(
        &mut self,
        now: Instant,
        buffer: &'b mut [u8],
    ) -> Result<Option<&'b str>, EncodeError> {
        if let Some((ticket, id, reply)) = self.link.next_reply() {
            return match reply {
                Err(code) => self.link.write_refusal(ticket, &id, code, buffer).map(Some),
                Ok(answer) => match self.write_answer(&id, answer, buffer) {
                    Ok(text) => {
                        self.link.finish(ticket);
                        Ok(Some(text))
                    }
                    Err(error) => {
                        if matches!(error, EncodeError::Invalid(_)) {
                            self.link.refuse(ticket, ErrorCode::InternalError);
                        }
                        Err(error)
                    }
                },
            };
        }
        let Some(origin) = self.next(now) else { return Ok(None) };
        let written = self.write_next(now, origin, buffer);
        if !matches!(written, Err(EncodeError::BufferTooSmall { .. })) {
            self.sent(origin);
        }
        match &written {
            Ok(Some(_)) => self.link.called(now, origin),
            // What cannot be written counts as refused.
            Err(EncodeError::Invalid(violation)) => self.fail(now, origin, Failure::Invalid(*violation)),
            Ok(None) | Err(EncodeError::BufferTooSmall { .. }) => {}
        }
        written
    }

    /// Outgoing priority: derived from what there is to say, never queued.
    fn next(&self, now: Instant) -> Option<Origin> {
        if !self.link.is_idle() {
            return None;
        }
        if self.boot.is_due(now) {
            return Some(Origin::Boot);
        }
        let accepted = self.boot.is_accepted();
        if accepted && self.outbox.outgoing(now).is_some() {
            return Some(Origin::Record);
        }
        if !self.boot.may_obey() {
            return None;
        }
        let status = (0..=N).find(|connector| self.is_status_due(now, *connector, accepted));
        if let Some(connector) = status {
            return Some(Origin::Status(connector));
        }
        if let Some((index, _)) = self.next_question().filter(|_| accepted) {
            return Some(Origin::Authorize(index));
        }
        if let Some(progress) = self.progress.next(accepted) {
            return Some(Origin::Progress(progress));
        }
        if let Some(index) = self.connectors.iter().position(|outlet| outlet.loose.is_some()) {
            return Some(Origin::Loose(index));
        }
        self.boot.is_heartbeat_due(now).then_some(Origin::Heartbeat)
    }

    fn is_status_due(&self, now: Instant, connector: usize, accepted: bool) -> bool {
        self.reporter(connector).is_some_and(|reporter| {
            reporter.is_triggered()
                || (accepted && reporter.deadline(self.settings.get(Key::MinimumStatusDuration)).is_due(now))
        })
    }

    fn reporter(&self, connector: usize) -> Option<&super::Reporter> {
        match connector.checked_sub(1) {
            None => Some(&self.station.reporter),
            Some(index) => self.connectors.get(index).map(|outlet| &outlet.connector.reporter),
        }
    }

    fn reporter_mut(&mut self, connector: usize) -> Option<&mut super::Reporter> {
        match connector.checked_sub(1) {
            None => Some(&mut self.station.reporter),
            Some(index) => self.connectors.get_mut(index).map(|outlet| &mut outlet.connector.reporter),
        }
    }

    fn write_next<'b>(
        &self,
        now: Instant,
        origin: Origin,
        buffer: &'b mut [u8],
    ) -> Result<Option<&'b str>, EncodeError> {
        match origin {
            Origin::Boot => self.link.write_call(&self.config.identity, buffer).map(Some),
            Origin::Heartbeat => self.link.write_call(&HeartbeatRequest {}, buffer).map(Some),
            Origin::Record => self.write_record(now, buffer).transpose(),
            Origin::Status(connector) => self.write_status(connector, buffer).transpose(),
            Origin::Authorize(_) => {
                let Some((_, id_tag)) = self.next_question() else { return Ok(None) };
                self.link.write_call(&AuthorizeRequest { id_tag: id_tag.token() }, buffer).map(Some)
            }
            Origin::Progress(progress) => self.write_progress(progress, buffer),
            Origin::Loose(index) => self.write_loose(index, buffer).transpose(),
            // Written at once.
            Origin::Application(..) => Ok(None),
        }
    }

    fn write_status<'b>(
        &self,
        connector: usize,
        buffer: &'b mut [u8],
    ) -> Option<Result<&'b str, EncodeError>> {
        let (Shown { status, fault }, since) = self.reporter(connector)?.next();
        let vendor_id = self.config.vendor_id;
        let text = |text: &'static str| (!text.is_empty()).then(|| CiStr::cut(text));
        let vendor_error_code = fault.and_then(|fault| text(fault.vendor_code));
        let request = StatusNotificationRequest {
            connector_id: connector as i64,
            error_code: fault.map_or(ChargePointErrorCode::NoError, |fault| fault.code),
            info: fault.and_then(|fault| text(fault.info)),
            status,
            timestamp: self.clock.utc(since),
            vendor_id: vendor_error_code
                .as_ref()
                .filter(|_| !vendor_id.is_empty())
                .map(|_| CiStr::cut(vendor_id)),
            vendor_error_code,
        };
        Some(self.link.write_call(&request, buffer))
    }

    fn write_loose<'b>(&self, index: usize, buffer: &'b mut [u8]) -> Option<Result<&'b str, EncodeError>> {
        let Loose { at, context, readings } = self.connectors.get(index)?.loose.as_ref()?;
        let timestamp = self.clock.utc(*at)?;
        Some(readings.with_values(*context, |values| {
            let meter_value = [MeterValue { timestamp, sampled_value: List::new(values) }];
            let request = MeterValuesRequest {
                connector_id: index as i64 + 1,
                transaction_id: None,
                meter_value: List::new(&meter_value),
            };
            self.link.write_call(&request, buffer)
        }))
    }

    /// There is nothing more to say about this: it is on its way, or cannot be said.
    fn sent(&mut self, origin: Origin) {
        match origin {
            Origin::Boot => self.boot.sent(),
            Origin::Heartbeat => self.boot.heartbeat_sent(),
            Origin::Status(connector) => {
                if let Some(reporter) = self.reporter_mut(connector) {
                    let (shown, _) = reporter.next();
                    reporter.sent(shown);
                }
            }
            Origin::Progress(progress) => self.progress.sent(progress),
            Origin::Loose(index) => {
                if let Some(outlet) = self.connectors.get_mut(index) {
                    outlet.loose = None;
                }
            }
            Origin::Record | Origin::Authorize(_) | Origin::Application(..) => {}
        }
    }

    fn write_answer<'b>(
        &self,
        id: &IdBuf,
        answer: Answer,
        buffer: &'b mut [u8],
    ) -> Result<&'b str, EncodeError> {
        let reply = Reply { id, buffer };
        match answer {
            Answer::ChangeAvailability(status) => reply.write(&ChangeAvailabilityResponse { status }),
            Answer::ChangeConfiguration(status) => reply.write(&ChangeConfigurationResponse { status }),
            Answer::RemoteStart(status) => reply.write(&RemoteStartTransactionResponse { status }),
            Answer::RemoteStop(status) => reply.write(&RemoteStopTransactionResponse { status }),
            Answer::UnlockConnector(status) => reply.write(&UnlockConnectorResponse { status }),
            Answer::SetChargingProfile(status) => reply.write(&SetChargingProfileResponse { status }),
            Answer::ClearChargingProfile(status) => reply.write(&ClearChargingProfileResponse { status }),
            Answer::CompositeSchedule { connector, duration, unit, from } => {
                self.write_composite(id, connector, duration, unit, from, reply.buffer)
            }
            Answer::Trigger(status) => reply.write(&TriggerMessageResponse { status }),
            Answer::ListVersion(list_version) => reply.write(&GetLocalListVersionResponse { list_version }),
            Answer::SendLocalList(status) => reply.write(&SendLocalListResponse { status }),
            Answer::ReserveNow(status) => reply.write(&ReserveNowResponse { status }),
            Answer::CancelReservation(status) => reply.write(&CancelReservationResponse { status }),
        }
    }

    /// When `handle_timeout` and `poll_transmit` are to be called again, if nothing happens before. In the past: now.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let mut deadline = self.link.deadline().min(self.storage.deadline()).min(self.aligned);
        deadline = deadline.min(self.station.held.deadline());
        for outlet in &self.connectors {
            deadline = deadline
                .min(outlet.transaction.deadline())
                .min(outlet.connector.awaiting)
                .min(outlet.held.deadline());
        }
        // What can be sent only while no call waits is no reason to wake up before.
        if self.link.is_idle() {
            deadline = deadline.min(self.boot.deadline());
            if self.is_accepted() {
                let minimum = self.settings.get(Key::MinimumStatusDuration);
                deadline = deadline.min(self.outbox.deadline());
                deadline = (0..=N)
                    .filter_map(|connector| self.reporter(connector))
                    .fold(deadline, |deadline: Deadline, reporter| deadline.min(reporter.deadline(minimum)));
            }
        }
        deadline.moment()
    }

    // ---- the application's own calls and answers ----

    /// Sends a call of the application: DataTransfer, SignCertificate, SecurityEventNotification. The frame is
    /// written into `buffer`: send it. What became of it: [`Event::Answered`].
    ///
    /// # Errors
    ///
    /// See [`CallError`]. After [`CallError::Busy`] try again before the next `poll_transmit`.
    pub fn call<'b, 'm, C>(
        &mut self,
        now: Instant,
        request: &C,
        buffer: &'b mut [u8],
    ) -> Result<&'b str, CallError>
    where
        C: Call<Action = crate::v16::Action> + Message<'m>,
    {
        if !self.link.is_open() {
            return Err(CallError::Offline);
        }
        if !self.is_accepted() {
            return Err(CallError::NotAccepted);
        }
        if !self.link.is_idle() {
            return Err(CallError::Busy);
        }
        let origin = Origin::Application(C::ACTION, |action, text, tolerance| {
            Response::decode_with(action, text, tolerance)
        });
        Ok(self.link.call(now, origin, request, buffer)?)
    }

    /// Answers a call of the central system. The frame is written into `buffer`: send it.
    ///
    /// # Errors
    ///
    /// See [`AnswerError`].
    pub fn answer<'b, C: Call>(
        &mut self,
        responder: Responder<C>,
        response: &C::Response<'_>,
        buffer: &'b mut [u8],
    ) -> Result<&'b str, AnswerError> {
        self.link.answer(responder, response, buffer)
    }

    /// Refuses a call of the central system; the frame leaves with the next `poll_transmit`.
    pub fn reject<C>(&mut self, responder: Responder<C>, code: ErrorCode) {
        self.link.reject(responder, code);
    }

    /// Whether a call can be made now.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.link.is_idle() && self.is_accepted()
    }

    /// All deviations forgiven so far in received messages.
    #[must_use]
    pub fn forgiven(&self) -> Leniency {
        self.leniency_used
    }
}
