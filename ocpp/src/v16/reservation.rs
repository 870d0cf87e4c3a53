//! Block *Reservation* (OCPP 1.6 chapters 5.1, 5.13).

use super::types::IdToken;
use crate::time::{DateTime, Utc};

messages! {
    /// Gives up a reservation (OCPP 1.6 §5.1).
    struct CancelReservationRequest {
        /// The reservation.
        "reservationId" reservation_id: i64,
    }

    /// Answers CancelReservation.req.
    struct CancelReservationResponse {
        /// Whether there was such a reservation.
        "status" status: CancelReservationStatus,
    }

    /// Whether a reservation was given up (OCPP 1.6 §7.5).
    enum CancelReservationStatus {
        /// It was.
        "Accepted" => Accepted,
        /// There is no such reservation.
        "Rejected" => Rejected,
    }

    /// Keeps a connector for somebody (OCPP 1.6 §5.13).
    struct ReserveNowRequest<'a> {
        /// Connector from 1 on; 0 for any.
        "connectorId" connector_id: i64,
        /// Moment the reservation ends by itself.
        "expiryDate" expiry_date: DateTime<Utc>,
        /// Who may use it.
        "idTag" id_tag: IdToken<'a>,
        /// Whose group may use it.
        "parentIdTag" parent_id_tag: Option<IdToken<'a>>,
        /// Id of the reservation; an existing one with the same id is replaced.
        "reservationId" reservation_id: i64,
    }

    /// Answers ReserveNow.req.
    struct ReserveNowResponse {
        /// What comes of it.
        "status" status: ReservationStatus,
    }

    /// What comes of a reservation (OCPP 1.6 §7.40).
    enum ReservationStatus {
        /// The connector is kept.
        "Accepted" => Accepted,
        /// It is out of order.
        "Faulted" => Faulted,
        /// It is in use.
        "Occupied" => Occupied,
        /// The charge point does not take reservations.
        "Rejected" => Rejected,
        /// It is out of service.
        "Unavailable" => Unavailable,
    }
}
