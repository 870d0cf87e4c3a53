//! Block H, *Reservation*.

use super::types::{IdToken, StatusInfo};
use crate::schema::{Texts, texts};
use crate::text::Str;
use crate::time::{DateTime, Utc};

/// Types of connector that 2.0.1 knows.
pub const CONNECTOR_TYPES: Texts = texts![
    "cCCS1",
    "cCCS2",
    "cG105",
    "cTesla",
    "cType1",
    "cType2",
    "s309-1P-16A",
    "s309-1P-32A",
    "s309-3P-16A",
    "s309-3P-32A",
    "sBS1361",
    "sCEE-7-7",
    "sType2",
    "sType3",
    "Other1PhMax16A",
    "Other1PhOver16A",
    "Other3Ph",
    "Pan",
    "wInductive",
    "wResonant",
    "Undetermined",
    "Unknown",
];

messages! {
    /// Keeps an EVSE for somebody (H01).
    class ReserveNowRequest<'a> {
        /// Id of the reservation; an existing one with the same id is replaced.
        "id" id: i64 [at_least(0), bounds_since_v21()],
        /// When it ends by itself.
        "expiryDateTime" expiry_date_time: DateTime<Utc>,
        /// Type of connector, one of [`CONNECTOR_TYPES`]; any text since 2.1.
        "connectorType" connector_type: Option<Str<'a, 20>> [opened(&CONNECTOR_TYPES)],
        /// Who may use it.
        "idToken" id_token: IdToken<'a>,
        /// The EVSE; absent means any.
        "evseId" evse_id: Option<i64> [at_least(0), bounds_since_v21()],
        /// Whose group may use it.
        "groupIdToken" group_id_token: Option<IdToken<'a>>,
    }

    /// Answers ReserveNowRequest.
    class ReserveNowResponse<'a> {
        /// What comes of it.
        "status" status: ReserveNowStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// What comes of a reservation.
    enum ReserveNowStatus {
        "Accepted" => Accepted,
        "Faulted" => Faulted,
        "Occupied" => Occupied,
        "Rejected" => Rejected,
        "Unavailable" => Unavailable,
    }

    /// Gives up a reservation (H02).
    class CancelReservationRequest<'a> {
        /// The reservation.
        "reservationId" reservation_id: i64 [at_least(0), bounds_since_v21()],
    }

    /// Answers CancelReservationRequest.
    class CancelReservationResponse<'a> {
        /// What comes of it.
        "status" status: CancelReservationStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Whether a reservation was given up.
    enum CancelReservationStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
    }

    /// A reservation has ended on the station's side (H04).
    class ReservationStatusUpdateRequest<'a> {
        /// The reservation.
        "reservationId" reservation_id: i64 [at_least(0), bounds_since_v21()],
        /// How.
        "reservationUpdateStatus" reservation_update_status: ReservationUpdateStatus,
    }

    /// How a reservation ended.
    ///
    /// Since 2.1: `NoTransaction`.
    enum ReservationUpdateStatus(2) {
        /// Its time is over.
        "Expired" => Expired,
        /// The EVSE cannot be kept any longer, for instance because of a fault.
        "Removed" => Removed,
        /// It was used but no transaction came of it.
        "NoTransaction" => NoTransaction,
    }

    /// Answers ReservationStatusUpdateRequest.
    class ReservationStatusUpdateResponse<'a> {
    }
}
