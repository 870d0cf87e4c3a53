//! Reservations (OCPP 1.6 §3.11, §5.1, §5.13).
//!
//! One per connector, and one for connector 0, which keeps some connector free. The application compares identifiers
//! when somebody wants to charge; the session keeps the reservation, over restarts too, ends it in time and shows it as
//! `Reserved`.

use super::record::{Reader, Writer};
use super::remote::Answer;
use super::{ChargePoint, Event};
use crate::journal::{BLOB_MAX, SEAL_LEN};
use crate::rpc::ErrorCode;
use crate::rpc::link::Ticket;
use crate::rpc::timer::Deadline;
use crate::time::{Instant, unix_millis};
use crate::v16::{
    CancelReservationRequest, CancelReservationStatus, ChargePointStatus, IdTag, ReservationStatus,
    ReserveNowRequest,
};

/// Who a connector is kept for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reservation {
    /// Its id.
    pub id: i64,
    /// Who may use it.
    pub id_tag: IdTag,
    /// Whose group may use it.
    pub parent_id_tag: Option<IdTag>,
}

/// The reservation block of a connector or of connector 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    reservation: Option<Reservation>,
    /// When it ends, in milliseconds of Unix time.
    until: i64,
    /// The same on the monotonic clock; never while the time of day is unknown.
    expiry: Deadline,
    expired: bool,
    /// Whether it differs from what is stored.
    dirty: bool,
}

// The longest stored form, id, two identifiers and end, has room.
const _: () = assert!(8 + 21 + 21 + 8 + SEAL_LEN <= BLOB_MAX);

impl Held {
    pub(super) const NONE: Self =
        Self { reservation: None, until: 0, expiry: Deadline::NEVER, expired: false, dirty: false };

    pub(super) fn is_set(&self) -> bool {
        self.reservation.is_some()
    }

    pub(super) fn deadline(&self) -> Deadline {
        self.expiry
    }

    fn is(&self, id: i64) -> bool {
        self.reservation.as_ref().is_some_and(|reservation| reservation.id == id)
    }
}

impl<const N: usize> ChargePoint<'_, N> {
    /// The reservation of a connector; connector 0 is a reservation of any connector.
    #[must_use]
    pub fn reservation(&self, connector: u8) -> Option<Reservation> {
        self.held(connector.into())?.reservation
    }

    fn held(&self, connector: usize) -> Option<&Held> {
        match connector.checked_sub(1) {
            None => Some(&self.station.held),
            Some(index) => self.connectors.get(index).map(|outlet| &outlet.held),
        }
    }

    // Not inlined: it is used in many places.
    #[inline(never)]
    fn held_mut(&mut self, connector: usize) -> Option<&mut Held> {
        match connector.checked_sub(1) {
            None => Some(&mut self.station.held),
            Some(index) => self.connectors.get_mut(index).map(|outlet| &mut outlet.held),
        }
    }

    pub(super) fn reserve_now<'f>(
        &mut self,
        now: Instant,
        ticket: Ticket,
        request: &ReserveNowRequest<'f>,
    ) -> Option<Event<'f>> {
        let parent = request.parent_id_tag.as_ref().map(IdTag::try_from).transpose();
        let (Ok(id_tag), Ok(parent_id_tag)) = (IdTag::try_from(&request.id_tag), parent) else {
            self.link.refuse(ticket, ErrorCode::PropertyConstraintViolation);
            return None;
        };
        let id = request.reservation_id;
        let connector = usize::try_from(request.connector_id).ok().filter(|connector| *connector <= N);
        let until = unix_millis(request.expiry_date);
        let expiry = self.clock.instant(now, until).filter(|at| *at > now);
        let status = match (connector, expiry) {
            (Some(0), Some(_)) => self.any_reservable(id),
            (Some(connector), Some(_)) => self.reservable(connector, id),
            _ => ReservationStatus::Rejected,
        };
        self.link.reply(ticket, Answer::ReserveNow(status));
        let (connector, expiry) = (connector?, expiry?);
        if status != ReservationStatus::Accepted {
            return None;
        }
        // §5.13: a reservation with the same id is replaced, wherever it was.
        self.end_reservation_of(now, id);
        if let Some(held) = self.held_mut(connector) {
            let reservation = Some(Reservation { id, id_tag, parent_id_tag });
            *held = Held { reservation, until, expiry: Deadline::at(expiry), dirty: true, ..Held::NONE };
        }
        self.refresh_all(now);
        Some(Event::ReservationChanged { connector: connector as u8 })
    }

    /// §5.13: the answer follows from the state; a connector kept for somebody else counts as occupied.
    fn reservable(&self, connector: usize, id: i64) -> ReservationStatus {
        let Some(outlet) = connector.checked_sub(1).and_then(|index| self.connectors.get(index)) else {
            return ReservationStatus::Rejected;
        };
        match outlet.connector.reporter.status() {
            ChargePointStatus::Available => ReservationStatus::Accepted,
            ChargePointStatus::Reserved if outlet.held.is(id) || self.station.held.is(id) => {
                ReservationStatus::Accepted
            }
            ChargePointStatus::Faulted => ReservationStatus::Faulted,
            ChargePointStatus::Unavailable => ReservationStatus::Unavailable,
            _ => ReservationStatus::Occupied,
        }
    }

    /// Connector 0: one free connector is enough; otherwise the answer of the first connector.
    fn any_reservable(&self, id: i64) -> ReservationStatus {
        if self.station.held.is_set() && !self.station.held.is(id) {
            return ReservationStatus::Occupied;
        }
        let mut answer = ReservationStatus::Rejected;
        for connector in (1..=N).rev() {
            answer = self.reservable(connector, id);
            if answer == ReservationStatus::Accepted {
                break;
            }
        }
        answer
    }

    pub(super) fn cancel_reservation<'f>(
        &mut self,
        now: Instant,
        ticket: Ticket,
        request: &CancelReservationRequest,
    ) -> Option<Event<'f>> {
        let ended = self.end_reservation_of(now, request.reservation_id);
        let status = match ended {
            Some(_) => CancelReservationStatus::Accepted,
            None => CancelReservationStatus::Rejected,
        };
        self.link.reply(ticket, Answer::CancelReservation(status));
        ended.map(|connector| Event::ReservationChanged { connector })
    }

    /// Ends the reservation with this id, for instance because a transaction uses it. Returns its connector.
    pub(super) fn end_reservation_of(&mut self, now: Instant, id: i64) -> Option<u8> {
        let connector = (0..=N).find(|connector| self.held(*connector).is_some_and(|held| held.is(id)))?;
        self.end_reservation(now, connector);
        Some(connector as u8)
    }

    /// Ends the reservations whose time is over.
    pub(super) fn expire_reservations(&mut self, now: Instant) {
        for connector in 0..=N {
            if let Some(held) = self.held_mut(connector).filter(|held| held.expiry.is_due(now)) {
                held.expired = true;
                self.end_reservation(now, connector);
            }
        }
    }

    /// A connector whose reservation has expired without anybody being told.
    pub(super) fn take_expired(&mut self) -> Option<u8> {
        (0..=N).find_map(|connector| {
            let held = self.held_mut(connector)?;
            core::mem::take(&mut held.expired).then_some(connector as u8)
        })
    }

    fn end_reservation(&mut self, now: Instant, connector: usize) {
        if let Some(held) = self.held_mut(connector) {
            *held = Held { expired: held.expired, dirty: true, ..Held::NONE };
        }
        self.refresh_all(now);
    }

    // ---- storage ----

    /// A reservation, or its absence, that differs from what is stored; from here on it counts as stored.
    pub(super) fn take_dirty_reservation(&mut self) -> Option<u8> {
        let connector = (0..=N).find(|connector| self.held(*connector).is_some_and(|held| held.dirty))?;
        self.held_mut(connector)?.dirty = false;
        Some(connector as u8)
    }

    pub(super) fn mark_dirty_reservation(&mut self, connector: u8) {
        if let Some(held) = self.held_mut(connector.into()) {
            held.dirty = true;
        }
    }

    /// Writes the stored form; no bytes: none.
    pub(super) fn encode_reservation(&self, connector: u8, writer: &mut Writer<'_>) {
        if let Some(Held { reservation: Some(held), until, .. }) = self.held(connector.into()) {
            writer.number(held.id as u64, 8).tag(Some(&held.id_tag)).tag(held.parent_id_tag.as_ref());
            writer.number(*until as u64, 8);
        }
    }

    pub(super) fn restore_reservation(&mut self, connector: u8, bytes: &[u8]) {
        let mut reader = Reader::new(bytes);
        let mut read = || {
            let id = reader.number(8) as i64;
            let reservation =
                Reservation { id, id_tag: reader.tag()?, parent_id_tag: reader.optional_tag()? };
            Some((reservation, reader.last(8)? as i64))
        };
        let found = read();
        if let (Some(held), Some((reservation, until))) = (self.held_mut(connector.into()), found) {
            *held = Held { reservation: Some(reservation), until, ..Held::NONE };
            self.refresh_all(Instant::ZERO);
        }
    }

    /// The time of day was learnt or corrected.
    pub(super) fn arm_reservations(&mut self, now: Instant) {
        for connector in 0..=N {
            let until = self.held(connector).filter(|held| held.is_set()).map(|held| held.until);
            let expiry = until.and_then(|until| self.clock.instant(now, until));
            if let (Some(held), Some(expiry)) = (self.held_mut(connector), expiry) {
                held.expiry = Deadline::at(expiry);
            }
        }
    }

    fn refresh_all(&mut self, now: Instant) {
        for index in 0..N {
            self.refresh(now, index);
        }
    }
}
