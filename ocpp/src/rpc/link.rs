//! The conversation both roles are built on: one call out at a time, a few calls in, each answered exactly once.
//!
//! OCPP-J 1.6 §4.1.1: a side does not send a call before the last one was answered or has timed out. Which message is
//! next is none of the link's business; it knows ids, deadlines and who waits for what.

use core::marker::PhantomData;
use core::time::Duration;

use thiserror::Error;

use super::timer::Deadline;
use super::{ErrorCode, Frame, FrameError, IdBuf, MessageId, write_error, write_members};
use crate::inline::Inline;
use crate::message::{Call, EncodeError, Message, WriteMembers};
use crate::schema::{Object, Version, Violation};
use crate::text::Str;
use crate::time::Instant;

/// Calls of the peer that may be open at once. One is what the specification allows; the others are patience.
const OPEN_CALLS: usize = 4;

/// Why a call has no usable answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Failure {
    /// The peer answered with CALLERROR.
    #[error("refused by the peer: {0}")]
    Refused(ErrorCode),
    /// The peer's answer breaks its schema.
    #[error("invalid answer: {0}")]
    Invalid(Violation),
    /// The peer did not answer in time.
    #[error("no answer in time")]
    TimedOut,
    /// The connection was lost before the answer came.
    #[error("connection lost before the answer")]
    Dropped,
}

/// Why the application's call cannot be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CallError {
    /// There is no connection.
    #[error("there is no connection")]
    Offline,
    /// The central system has not accepted the charge point yet.
    #[error("the central system has not accepted this charge point yet")]
    NotAccepted,
    /// Another call waits for its answer; try again after the next event or answer.
    #[error("another call waits for its answer")]
    Busy,
    /// The request cannot be written.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

/// Why an answer cannot be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The call is no longer open: its connection ended, or it waited too long and was answered with `InternalError`.
    #[error("the call is no longer open")]
    Gone,
    /// The response cannot be written. The peer will be answered with `InternalError`.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

/// The duty to answer one call with the response that belongs to `C`.
///
/// It can be used once. If it is dropped the peer gets `InternalError` when the session's patience ends.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a call has to be answered"]
pub struct Responder<C> {
    ticket: Ticket,
    call: PhantomData<fn() -> C>,
}

impl<C> Responder<C> {
    pub(crate) fn new(ticket: Ticket) -> Self {
        Self { ticket, call: PhantomData }
    }

    pub(crate) fn into_ticket(self) -> Ticket {
        self.ticket
    }
}

/// Names an open call of the peer; stale once it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticket {
    slot: usize,
    serial: u32,
}

/// What the session has decided to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reply<A> {
    /// Nothing yet: the application holds a [`Responder`].
    Open,
    /// An answer the session can write when asked to.
    Ready(A),
    Error(ErrorCode),
}

#[derive(Debug)]
struct OpenCall<A> {
    serial: u32,
    id: IdBuf,
    deadline: Deadline,
    reply: Reply<A>,
}

#[derive(Debug)]
struct Pending<O> {
    number: u32,
    deadline: Deadline,
    origin: O,
}

/// What a frame means.
#[derive(Debug)]
pub(crate) enum Incoming<'f, O> {
    Call {
        ticket: Ticket,
        action: &'f str,
        payload: &'f str,
    },
    Result {
        origin: O,
        payload: &'f str,
    },
    Error {
        origin: O,
        code: ErrorCode,
    },
    /// An answer nobody waits for, or a call too many.
    Ignored,
}

/// How long a link waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the peer's answer to a call.
    pub call: Duration,
    /// For the application's answer to a call of the peer.
    pub answer: Duration,
}

impl Default for Patience {
    /// 30 s for the peer, 20 s for the application, which leaves the peer's own 30 s some room.
    fn default() -> Self {
        Self { call: Duration::from_secs(30), answer: Duration::from_secs(20) }
    }
}

/// One connection after another, `O` saying who made a call and `A` what the session answers by itself.
#[derive(Debug)]
pub(crate) struct Link<O, A> {
    version: Version,
    patience: Patience,
    nonce: u64,
    number: u32,
    serial: u32,
    open: bool,
    pending: Option<Pending<O>>,
    calls: [Option<OpenCall<A>>; OPEN_CALLS],
}

impl<O: Copy, A: Copy> Link<O, A> {
    /// `nonce` must differ from run to run: ids are made of it and a counter.
    #[inline(never)]
    pub(crate) fn new(version: Version, nonce: u64, patience: Patience) -> Self {
        let calls = [const { None }; OPEN_CALLS];
        Self { version, patience, nonce, number: 0, serial: 0, open: false, pending: None, calls }
    }

    pub(crate) fn open(&mut self) {
        self.open = true;
    }

    /// Ends the connection and returns who waited for an answer. All responders become stale.
    pub(crate) fn close(&mut self) -> Option<O> {
        self.open = false;
        self.calls = [const { None }; OPEN_CALLS];
        self.pending.take().map(|pending| pending.origin)
    }

    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    /// Whether a call may be sent.
    pub(crate) fn is_idle(&self) -> bool {
        self.open && self.pending.is_none()
    }

    pub(crate) fn deadline(&self) -> Deadline {
        let pending = self.pending.as_ref().map_or(Deadline::NEVER, |pending| pending.deadline);
        self.calls
            .iter()
            .filter_map(Option::as_ref)
            .fold(pending, |deadline, call| deadline.min(call.deadline))
    }

    // ---- outgoing calls ----

    pub(crate) fn call<'b, 'm, C: Call + Message<'m>>(
        &mut self,
        now: Instant,
        origin: O,
        request: &C,
        buffer: &'b mut [u8],
    ) -> Result<&'b str, EncodeError> {
        let text = self.write_call(request, buffer)?;
        self.called(now, origin);
        Ok(text)
    }

    /// Writes a call; once it is on its way, [`called`](Self::called) is to be told.
    pub(crate) fn write_call<'b, 'm, C: Call + Message<'m>>(
        &self,
        request: &C,
        buffer: &'b mut [u8],
    ) -> Result<&'b str, EncodeError> {
        self.write_call_members(C::NAME, request, C::SCHEMA, buffer)
    }

    /// For all messages in one, as [`write_answer`](Self::write_answer).
    #[inline(never)]
    fn write_call_members<'b>(
        &self,
        name: &str,
        request: &dyn WriteMembers,
        schema: &'static Object,
        buffer: &'b mut [u8],
    ) -> Result<&'b str, EncodeError> {
        let id = id_text(self.nonce, self.number);
        write_members(buffer, self.version, &MessageId::cut(id.as_str()), Some(name), request, schema)
    }

    /// A call has gone out.
    pub(crate) fn called(&mut self, now: Instant, origin: O) {
        let number = self.number;
        self.number = number.wrapping_add(1);
        self.pending = Some(Pending { number, deadline: Deadline::after(now, self.patience.call), origin });
    }

    /// Who has waited too long for the peer.
    pub(crate) fn timed_out(&mut self, now: Instant) -> Option<O> {
        self.pending.take_if(|pending| pending.deadline.is_due(now)).map(|pending| pending.origin)
    }

    // ---- incoming frames ----

    pub(crate) fn receive<'f>(
        &mut self,
        now: Instant,
        text: &'f str,
    ) -> Result<Incoming<'f, O>, FrameError<'f>> {
        match Frame::parse(text, self.version) {
            Ok(Frame::Call { id, action, payload }) => Ok(match self.admit(now, &id) {
                Some(ticket) => Incoming::Call { ticket, action, payload },
                None => Incoming::Ignored,
            }),
            Ok(Frame::Result { id, payload }) => Ok(match self.take_pending(&id) {
                Some(origin) => Incoming::Result { origin, payload },
                None => Incoming::Ignored,
            }),
            Ok(Frame::Error { id, of_result: false, code, .. }) => Ok(match self.take_pending(&id) {
                Some(origin) => Incoming::Error { origin, code },
                None => Incoming::Ignored,
            }),
            Ok(Frame::Error { .. } | Frame::Send { .. }) => Ok(Incoming::Ignored),
            Err(error) => {
                if let Some((id, code)) = error.answer(self.version) {
                    if let Some(ticket) = self.admit(now, &id) {
                        self.refuse(ticket, code);
                    }
                }
                Err(error)
            }
        }
    }

    fn admit(&mut self, now: Instant, id: &MessageId<'_>) -> Option<Ticket> {
        let slot = self.calls.iter().position(Option::is_none).filter(|_| self.open)?;
        let serial = self.serial;
        self.serial = serial.wrapping_add(1);
        let deadline = Deadline::after(now, self.patience.answer);
        *self.calls.get_mut(slot)? = Some(OpenCall { serial, id: id.to_buf(), deadline, reply: Reply::Open });
        Some(Ticket { slot, serial })
    }

    fn take_pending(&mut self, id: &MessageId<'_>) -> Option<O> {
        let nonce = self.nonce;
        let pending = self.pending.take_if(|pending| *id == *id_text(nonce, pending.number).as_str())?;
        Some(pending.origin)
    }

    // ---- answers ----

    /// The session itself will answer.
    pub(crate) fn reply(&mut self, ticket: Ticket, answer: A) {
        if let Some(call) = self.open_call(ticket) {
            call.reply = Reply::Ready(answer);
            call.deadline = Deadline::NEVER;
        }
    }

    /// The call will be refused.
    pub(crate) fn refuse(&mut self, ticket: Ticket, code: ErrorCode) {
        if let Some(call) = self.open_call(ticket) {
            call.reply = Reply::Error(code);
            call.deadline = Deadline::NEVER;
        }
    }

    fn open_call(&mut self, ticket: Ticket) -> Option<&mut OpenCall<A>> {
        self.calls.get_mut(ticket.slot)?.as_mut().filter(|call| call.serial == ticket.serial)
    }

    /// Writes the application's answer.
    pub(crate) fn answer<'b, C: Call>(
        &mut self,
        responder: Responder<C>,
        response: &C::Response<'_>,
        buffer: &'b mut [u8],
    ) -> Result<&'b str, AnswerError> {
        self.write_answer(responder.into_ticket(), response, <C::Response<'_> as Message<'_>>::SCHEMA, buffer)
    }

    #[inline(never)]
    fn write_answer<'b>(
        &mut self,
        ticket: Ticket,
        response: &dyn WriteMembers,
        schema: &'static Object,
        buffer: &'b mut [u8],
    ) -> Result<&'b str, AnswerError> {
        let version = self.version;
        self.write(ticket, |id| write_members(buffer, version, id, None, response, schema))
    }

    /// Writes an answer with the given writer and closes the call; on failure the peer gets `InternalError` later.
    pub(crate) fn write<'b>(
        &mut self,
        ticket: Ticket,
        write: impl FnOnce(&MessageId<'_>) -> Result<&'b str, EncodeError>,
    ) -> Result<&'b str, AnswerError> {
        let open = |call: &&mut OpenCall<A>| matches!(call.reply, Reply::Open);
        let call = self.open_call(ticket).filter(open).ok_or(AnswerError::Gone)?;
        match write(&call.id.id()) {
            Ok(text) => {
                self.finish(ticket);
                Ok(text)
            }
            Err(error) => {
                self.refuse(ticket, ErrorCode::InternalError);
                Err(error.into())
            }
        }
    }

    /// The application refuses; the frame leaves with `poll_transmit`.
    pub(crate) fn reject<C>(&mut self, responder: Responder<C>, code: ErrorCode) {
        self.refuse(responder.into_ticket(), code);
    }

    /// Refuses the calls the application has not answered in time; whether there were any.
    pub(crate) fn refuse_unanswered(&mut self, now: Instant) -> bool {
        let mut found = false;
        for call in self.calls.iter_mut().filter_map(Option::as_mut) {
            if call.deadline.take_due(now) {
                call.reply = Reply::Error(ErrorCode::InternalError);
                found = true;
            }
        }
        found
    }

    /// An answer ready to be written.
    pub(crate) fn next_reply(&self) -> Option<(Ticket, IdBuf, Result<A, ErrorCode>)> {
        self.calls.iter().enumerate().find_map(|(slot, call)| {
            let call = call.as_ref()?;
            let reply = match call.reply {
                Reply::Open => return None,
                Reply::Ready(answer) => Ok(answer),
                Reply::Error(code) => Err(code),
            };
            Some((Ticket { slot, serial: call.serial }, call.id, reply))
        })
    }

    /// The answer was written.
    pub(crate) fn finish(&mut self, ticket: Ticket) {
        if let Some(slot) = self.calls.get_mut(ticket.slot) {
            slot.take_if(|call| call.serial == ticket.serial);
        }
    }

    /// Writes a refusal and closes the call.
    pub(crate) fn write_refusal<'b>(
        &mut self,
        ticket: Ticket,
        id: &IdBuf,
        code: ErrorCode,
        buffer: &'b mut [u8],
    ) -> Result<&'b str, EncodeError> {
        let text = write_error(buffer, self.version, &id.id(), code, &Str::cut(""))?;
        self.finish(ticket);
        Ok(text)
    }
}

/// Id of the call with this number: 16 digits of nonce, a hyphen, up to 8 digits of counter.
fn id_text(nonce: u64, number: u32) -> Inline<{ MessageId::MAX }> {
    // In halves: then a small controller does without the form for 64 bits.
    Inline::of(format_args!("{:08x}{:08x}-{number:x}", (nonce >> 32) as u32, nonce as u32))
}
