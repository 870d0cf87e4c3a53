//! The central system's side of OCPP 1.6J: one [`Csms`] per connection.
//!
//! The session validates what a station sends, hands it out typed with the duty to answer, and keeps track of the one
//! call that may be open towards the station. Which stations there are, what they may do and what is stored is the
//! application's. It is driven like the [charge point](super::charge_point): mutate, drain `poll_event` and
//! `poll_transmit`, sleep until `poll_timeout`.

mod transactions;

pub use transactions::{Started, Stopped, Transaction, Transactions};

use core::convert::Infallible;

use super::{
    Action, AuthorizeRequest, BootNotificationRequest, DataTransferRequest,
    DiagnosticsStatusNotificationRequest, FirmwareStatusNotificationRequest, HeartbeatRequest,
    LogStatusNotificationRequest, MeterValuesRequest, Response, SecurityEventNotificationRequest,
    SignCertificateRequest, SignedFirmwareStatusNotificationRequest, StartTransactionRequest,
    StatusNotificationRequest, StopTransactionRequest,
};
use crate::message::{Call, EncodeError, Message};
use crate::rpc::link::{Incoming, Link, Ticket};
use crate::rpc::{AnswerError, CallError, ErrorCode, Failure, FrameError, Patience, Policy, Responder};
use crate::schema::{Leniency, Tolerance, Version, Violation};
use crate::time::Instant;

/// How a session behaves where the specification leaves a choice.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct Config {
    /// Must differ from one connection of a station to the next: message ids are made of it.
    pub nonce: u64,
    /// How long to wait for answers.
    pub patience: Patience,
    /// What is forgiven in received messages. Default: nothing.
    pub leniency: Leniency,
    /// Which error code answers which broken rule.
    pub policy: Policy,
}

impl Config {
    /// The defaults.
    #[must_use]
    pub fn new(nonce: u64) -> Self {
        Self { nonce, ..Self::default() }
    }
}

/// The central system's end of one connection.
#[derive(Debug)]
pub struct Csms {
    config: Config,
    link: Link<Action, Infallible>,
    forgiven: Leniency,
    failed: Option<(Action, Failure)>,
    unanswered: bool,
}

/// The calls a station makes, one line each.
macro_rules! station_calls {
    ($($Action:ident($Request:ident $([$lt:lifetime, $owned:lifetime])?),)*) => {
        /// Something the central system has to know or to answer.
        #[derive(Debug)]
        #[non_exhaustive]
        pub enum Event<'f> {
            $(
                #[doc = concat!("The station calls [`Action::", stringify!($Action), "`].")]
                $Action($Request $(<$lt>)?, Responder<$Request $(<$owned>)?>),
            )*
            /// The answer to [`Csms::call`].
            Answered {
                /// What was called.
                action: Action,
                /// The answer, or why there is none.
                result: Result<Response<'f>, Failure>,
            },
            /// A call of the station broke its schema and was refused.
            CallRefused {
                /// The action.
                action: Action,
                /// What was wrong.
                violation: Violation,
            },
            /// A [`Responder`] was not used in time; the station was answered `InternalError`.
            Unanswered,
        }

        impl Csms {
            /// Reads a call; `Ok(None)`: an action a station does not call.
            fn read_call<'f>(
                &mut self,
                ticket: Ticket,
                action: Action,
                payload: &'f str,
            ) -> Result<Option<Event<'f>>, Violation> {
                let mut tolerance = Tolerance::new(self.config.leniency);
                let event = match action {
                    $(
                        Action::$Action => Event::$Action(
                            $Request::decode_with(payload, Version::V16, &mut tolerance)?,
                            Responder::new(ticket),
                        ),
                    )*
                    _ => return Ok(None),
                };
                self.forgiven = self.forgiven | tolerance.forgiven();
                Ok(Some(event))
            }
        }
    };
}

station_calls! {
    Authorize(AuthorizeRequest['f, 'static]),
    BootNotification(BootNotificationRequest['f, 'static]),
    DataTransfer(DataTransferRequest['f, 'static]),
    DiagnosticsStatusNotification(DiagnosticsStatusNotificationRequest),
    FirmwareStatusNotification(FirmwareStatusNotificationRequest),
    Heartbeat(HeartbeatRequest),
    LogStatusNotification(LogStatusNotificationRequest),
    MeterValues(MeterValuesRequest['f, 'static]),
    SecurityEventNotification(SecurityEventNotificationRequest['f, 'static]),
    SignCertificate(SignCertificateRequest['f, 'static]),
    SignedFirmwareStatusNotification(SignedFirmwareStatusNotificationRequest),
    StartTransaction(StartTransactionRequest['f, 'static]),
    StatusNotification(StatusNotificationRequest['f, 'static]),
    StopTransaction(StopTransactionRequest['f, 'static]),
}

impl Csms {
    /// The end of a connection that is not open yet.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let link = Link::new(Version::V16, config.nonce, config.patience);
        Self { config, link, forgiven: Leniency::STRICT, failed: None, unanswered: false }
    }

    /// The WebSocket is open, with subprotocol `ocpp1.6`. A connection that was open before has ended.
    pub fn handle_open(&mut self, now: Instant) {
        self.handle_close(now);
        self.link.open();
    }

    /// The WebSocket is closed: an open call is lost, all responders are void.
    pub fn handle_close(&mut self, _now: Instant) {
        if let Some(action) = self.link.close() {
            self.failed = Some((action, Failure::Dropped));
        }
    }

    /// A text frame has arrived.
    ///
    /// # Errors
    ///
    /// If it is no frame of OCPP-J. If it was recognizable as a call the station is answered; there is nothing to be
    /// done but to log it.
    pub fn handle_frame<'f>(
        &mut self,
        now: Instant,
        text: &'f str,
    ) -> Result<Option<Event<'f>>, FrameError<'f>> {
        Ok(match self.link.receive(now, text)? {
            Incoming::Call { ticket, action, payload } => self.on_call(ticket, action, payload),
            Incoming::Result { origin: action, payload } => {
                let mut tolerance = Tolerance::new(self.config.leniency);
                let result = Response::decode_with(action, payload, &mut tolerance);
                self.forgiven = self.forgiven | tolerance.forgiven();
                Some(Event::Answered { action, result: result.map_err(Failure::Invalid) })
            }
            Incoming::Error { origin: action, code } => {
                Some(Event::Answered { action, result: Err(Failure::Refused(code)) })
            }
            Incoming::Ignored => None,
        })
    }

    fn on_call<'f>(&mut self, ticket: Ticket, name: &str, payload: &'f str) -> Option<Event<'f>> {
        let Some(action) = Action::from_text(name) else {
            self.link.refuse(ticket, ErrorCode::NotImplemented);
            return None;
        };
        match self.read_call(ticket, action, payload) {
            Ok(Some(event)) => Some(event),
            Ok(None) => {
                self.link.refuse(ticket, ErrorCode::NotSupported);
                None
            }
            Err(violation) => {
                self.link.refuse(ticket, self.config.policy.code(violation.rule()));
                Some(Event::CallRefused { action, violation })
            }
        }
    }

    /// A deadline may have passed. Harmless at any time.
    pub fn handle_timeout(&mut self, now: Instant) {
        if let Some(action) = self.link.timed_out(now) {
            self.failed = Some((action, Failure::TimedOut));
        }
        self.unanswered |= self.link.refuse_unanswered(now);
    }

    /// When `handle_timeout` is to be called again, if nothing happens before.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.link.deadline().moment()
    }

    /// What happened without a frame: call until it returns `None`.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<Event<'static>> {
        if let Some((action, failure)) = self.failed.take() {
            return Some(Event::Answered { action, result: Err(failure) });
        }
        core::mem::take(&mut self.unanswered).then_some(Event::Unanswered)
    }

    /// The next refusal to send, written into `buffer`: call until it returns `None`. Answers and calls are written
    /// where they are made.
    ///
    /// # Errors
    ///
    /// [`EncodeError::BufferTooSmall`]: call again with a larger buffer; 256 bytes are enough.
    pub fn poll_transmit<'b>(
        &mut self,
        _now: Instant,
        buffer: &'b mut [u8],
    ) -> Result<Option<&'b str>, EncodeError> {
        match self.link.next_reply() {
            None => Ok(None),
            Some((_, _, Ok(never))) => match never {},
            Some((ticket, id, Err(code))) => self.link.write_refusal(ticket, &id, code, buffer).map(Some),
        }
    }

    /// Calls the station. The frame is written into `buffer`: send it. What became of it: [`Event::Answered`].
    ///
    /// # Errors
    ///
    /// [`CallError::Offline`]; [`CallError::Busy`] while an earlier call waits for its answer; [`CallError::Encode`].
    pub fn call<'b, 'm, C>(
        &mut self,
        now: Instant,
        request: &C,
        buffer: &'b mut [u8],
    ) -> Result<&'b str, CallError>
    where
        C: Call<Action = Action> + Message<'m>,
    {
        if !self.link.is_open() {
            return Err(CallError::Offline);
        }
        if !self.link.is_idle() {
            return Err(CallError::Busy);
        }
        Ok(self.link.call(now, C::ACTION, request, buffer)?)
    }

    /// Whether a call can be made now.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.link.is_idle()
    }

    /// Answers a call of the station. The frame is written into `buffer`: send it.
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

    /// Refuses a call of the station; the frame leaves with the next `poll_transmit`.
    pub fn reject<C>(&mut self, responder: Responder<C>, code: ErrorCode) {
        self.link.reject(responder, code);
    }

    /// All deviations forgiven so far in received messages.
    #[must_use]
    pub fn forgiven(&self) -> Leniency {
        self.forgiven
    }
}
