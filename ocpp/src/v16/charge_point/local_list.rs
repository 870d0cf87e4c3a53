//! Versions of the local authorization list (OCPP 1.6 §3.5.2, §5.10, §5.15).
//!
//! The list itself is the application's, which uses it to decide. The session keeps its version over restarts and
//! refuses updates that do not follow it.

use super::remote::Answer;
use super::{ChargePoint, Event};
use crate::rpc::link::Ticket;
use crate::rpc::{AnswerError, Responder};
use crate::v16::keys::Key;
use crate::v16::{SendLocalListRequest, SendLocalListResponse, UpdateStatus, UpdateType};

/// §5.10: the version of a station without a list.
const NO_LIST: i64 = -1;

#[derive(Debug)]
pub(super) struct LocalList {
    version: i64,
    /// The version of the update the application is working on.
    offered: i64,
    dirty: bool,
}

impl LocalList {
    pub(super) const fn new() -> Self {
        Self { version: 0, offered: 0, dirty: false }
    }

    pub(super) fn restore(&mut self, version: i64) {
        self.version = version;
    }

    pub(super) fn version(&self) -> i64 {
        self.version
    }

    pub(super) fn take_dirty(&mut self) -> bool {
        core::mem::take(&mut self.dirty)
    }

    pub(super) fn mark_dirty(&mut self) {
        self.dirty = true;
    }
}

impl<const N: usize> ChargePoint<'_, N> {
    /// Version of the local authorization list: 0 if it is empty, −1 if there is none.
    #[must_use]
    pub fn local_list_version(&self) -> i64 {
        if self.config.local_list_entries == 0 { NO_LIST } else { self.local_list.version }
    }

    pub(super) fn send_local_list<'f>(
        &mut self,
        ticket: Ticket,
        request: SendLocalListRequest<'f>,
    ) -> Option<Event<'f>> {
        let refusal = if self.config.local_list_entries == 0 || self.setting(Key::LocalAuthListEnabled) == 0 {
            Some(UpdateStatus::NotSupported)
        } else if request.list_version <= 0 {
            // §3.5.2: 0 and −1 are reserved.
            Some(UpdateStatus::Failed)
        } else if request.update_type == UpdateType::Differential
            && request.list_version <= self.local_list.version
        {
            Some(UpdateStatus::VersionMismatch)
        } else {
            None
        };
        if let Some(status) = refusal {
            self.link.reply(ticket, Answer::SendLocalList(status));
            return None;
        }
        self.local_list.offered = request.list_version;
        Some(Event::SendLocalList(request, Responder::new(ticket)))
    }

    /// The list is about to be changed entry by entry: its version is 0 until an update is answered as `Accepted`.
    ///
    /// An application whose list does not change as a whole calls this before the first entry, performs what
    /// [`poll_store`](Self::poll_store) wants, and goes on if [`is_local_list_kept`](Self::is_local_list_kept). A list that a
    /// power cut left half changed then has version 0: it counts as empty, and the central system sends it again.
    pub fn forget_local_list(&mut self) {
        self.local_list.dirty |= self.local_list.version != 0;
        self.local_list.version = 0;
    }

    /// Whether the version of the list is stored as it is.
    #[must_use]
    pub fn is_local_list_kept(&self) -> bool {
        !self.local_list.dirty && !self.is_storing_list_version()
    }

    /// Answers SendLocalList after the list has been updated, or not. `Accepted` takes over the version: 0 if the
    /// list is `empty` now.
    ///
    /// # Errors
    ///
    /// If the call is no longer open or the buffer is too small (64 bytes are enough).
    pub fn answer_local_list<'b>(
        &mut self,
        responder: Responder<SendLocalListRequest<'static>>,
        status: UpdateStatus,
        empty: bool,
        buffer: &'b mut [u8],
    ) -> Result<&'b str, AnswerError> {
        let text = self.link.answer(responder, &SendLocalListResponse { status }, buffer)?;
        if status == UpdateStatus::Accepted {
            let version = if empty { 0 } else { self.local_list.offered };
            self.local_list.dirty |= self.local_list.version != version;
            self.local_list.version = version;
        }
        Ok(text)
    }
}
