//! The local authorization list (OCPP 1.6 §3.5.2): updates by the central system.

use embedded_storage_async::nor_flash::MultiwriteNorFlash;
use evkit_ocpp::rpc::Responder;
use evkit_ocpp::v16::{IdTag, SendLocalListRequest, UpdateStatus, UpdateType};

use super::Station;
use crate::clock;
use crate::log::log;
use crate::shared::Task;
use crate::store::list::ENTRIES;

impl<F: MultiwriteNorFlash> Station<'_, F> {
    /// Takes an update over, which may take some seconds, and writes the answer into `room`.
    pub(super) async fn update_list(
        &mut self,
        request: &SendLocalListRequest<'_>,
        responder: Responder<SendLocalListRequest<'static>>,
        room: &mut [u8],
    ) -> Option<usize> {
        let length = self.change_list(request).await;
        match length {
            Some(length) => log!(self.shared, "local list {}: {length} entries", request.list_version),
            None => log!(self.shared, "the local list cannot be updated"),
        }
        let status = if length.is_some() { UpdateStatus::Accepted } else { UpdateStatus::Failed };
        let answer = self.session.answer_local_list(responder, status, length == Some(0), room);
        // A call that is no longer open needs no answer.
        answer.ok().map(str::len)
    }

    /// Changes the list and returns its length. An update that is wrong or too large changes nothing; a power cut or a
    /// memory that fails on the way leaves a list of version 0.
    async fn change_list(&mut self, request: &SendLocalListRequest<'_>) -> Option<usize> {
        let whole = request.update_type == UpdateType::Full;
        // Of a list without version there may be remains.
        let begins = whole || self.session.local_list_version() == 0;
        let entries = || request.local_authorization_list.iter().flatten();
        if whole && entries().any(|entry| entry.id_tag_info.is_none()) {
            return None;
        }
        let old = if begins {
            0
        } else if let Ok(look) = self.store.look(None).await {
            look.length()
        } else {
            // It cannot be read, so it has to be sent as a whole.
            self.session.forget_local_list();
            return None;
        };
        if old + entries().count() > ENTRIES.into() {
            // Some may be known or removed, so it may do nevertheless.
            let mut length = old;
            for entry in entries() {
                let token = IdTag::try_from(&entry.id_tag).ok()?;
                let known = !begins && self.store.look(Some(&token)).await.ok()?.entry().is_some();
                match entry.id_tag_info {
                    None => length = length.saturating_sub(known.into()),
                    Some(_) => length += usize::from(!known),
                }
            }
            if length > ENTRIES.into() {
                return None;
            }
        }
        self.session.forget_local_list();
        self.store.drive(clock::ocpp(), self.session).await;
        if !self.session.is_local_list_kept() {
            return None;
        }
        if begins {
            self.store.clear_list().await.ok()?;
        }
        for entry in entries() {
            let token = IdTag::try_from(&entry.id_tag).ok()?;
            self.store.list(&token, entry.id_tag_info.as_ref()).await.ok()?;
            self.shared.alive(Task::Station);
        }
        self.store.look(None).await.ok().map(|look| look.length())
    }
}
