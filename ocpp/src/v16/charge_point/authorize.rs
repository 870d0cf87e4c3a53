//! Asking the central system about an identifier (OCPP 1.6 §4.1).
//!
//! The session only asks. Local list, cache and offline rules are policy and belong to the application.

use super::event::Subject;
use super::{ActionError, ChargePoint, Event};
use crate::time::Instant;
use crate::v16::{AuthorizeResponse, IdTag};

/// The question of a connector.
#[derive(Debug, Clone, Copy)]
pub(super) enum Question {
    None,
    /// Waits to be sent, or for its answer.
    Open(IdTag),
    /// The connection was lost and the application does not know.
    Dropped(IdTag),
}

impl Question {
    fn open(&self) -> Option<&IdTag> {
        match self {
            Self::Open(id_tag) => Some(id_tag),
            Self::None | Self::Dropped(_) => None,
        }
    }

    /// Ends an open question.
    fn take(&mut self) -> Option<IdTag> {
        let id_tag = *self.open()?;
        *self = Self::None;
        Some(id_tag)
    }

    pub(super) fn drop_open(&mut self) {
        if let Self::Open(id_tag) = *self {
            *self = Self::Dropped(id_tag);
        }
    }

    /// The identifier of a question that was dropped, once.
    pub(super) fn take_dropped(&mut self) -> Option<IdTag> {
        let Self::Dropped(id_tag) = *self else { return None };
        *self = Self::None;
        Some(id_tag)
    }
}

impl<const N: usize> ChargePoint<'_, N> {
    /// Asks whether `id_tag` may charge. The answer comes as [`Event::Authorized`], with a failure if the connection
    /// is lost first.
    ///
    /// # Errors
    ///
    /// [`ActionError::Offline`] if the central system cannot be asked, [`ActionError::Busy`] if another question for
    /// the connector is open, [`ActionError::NoConnector`].
    pub fn authorize(&mut self, _now: Instant, connector: u8, id_tag: IdTag) -> Result<(), ActionError> {
        let index = self.index(connector)?;
        if !self.is_online() {
            return Err(ActionError::Offline);
        }
        let outlet = self.connectors.get_mut(index).ok_or(ActionError::NoConnector(connector))?;
        if outlet.question.open().is_some() {
            return Err(ActionError::Busy);
        }
        outlet.question = Question::Open(id_tag);
        Ok(())
    }

    /// A question to be sent.
    pub(super) fn next_question(&self) -> Option<(usize, &IdTag)> {
        self.connectors.iter().enumerate().find_map(|(index, outlet)| Some((index, outlet.question.open()?)))
    }

    pub(super) fn on_authorized<'f>(
        &mut self,
        index: usize,
        answer: AuthorizeResponse<'f>,
    ) -> Option<Event<'f>> {
        let id_tag = self.connectors.get_mut(index)?.question.take()?;
        Some(Event::Authorized { connector: index as u8 + 1, id_tag, result: Ok(answer.id_tag_info) })
    }

    pub(super) fn on_not_authorized(&mut self, index: usize) -> Option<Subject> {
        let id_tag = self.connectors.get_mut(index)?.question.take()?;
        Some(Subject::NotAuthorized { connector: index as u8 + 1, id_tag })
    }
}
