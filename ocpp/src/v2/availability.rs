//! Block G, *Availability*: status of connectors, heartbeat, in and out of service.

use super::types::{Evse, StatusInfo};
use crate::time::{DateTime, Utc};

messages! {
    /// Takes a connector, an EVSE or the station in or out of service (G03, G04).
    class ChangeAvailabilityRequest<'a> {
        /// The EVSE or connector; absent means the whole station.
        "evse" evse: Option<Evse<'a>>,
        /// In or out.
        "operationalStatus" operational_status: OperationalStatus,
    }

    /// In or out of service.
    enum OperationalStatus {
        "Inoperative" => Inoperative,
        "Operative" => Operative,
    }

    /// Answers ChangeAvailabilityRequest.
    class ChangeAvailabilityResponse<'a> {
        /// What comes of it.
        "status" status: ChangeAvailabilityStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// What comes of a change of availability.
    enum ChangeAvailabilityStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
        /// It will be done once transactions have ended.
        "Scheduled" => Scheduled,
    }

    /// Status of a connector (G01).
    class StatusNotificationRequest<'a> {
        /// Moment of the change.
        "timestamp" timestamp: DateTime<Utc>,
        /// The status.
        "connectorStatus" connector_status: ConnectorStatus,
        /// The EVSE, from 1 on.
        "evseId" evse_id: i64 [at_least(0), bounds_since_v21()],
        /// The connector, from 1 on.
        "connectorId" connector_id: i64 [at_least(0), bounds_since_v21()],
    }

    /// Status of a connector.
    enum ConnectorStatus {
        "Available" => Available,
        "Occupied" => Occupied,
        "Reserved" => Reserved,
        "Unavailable" => Unavailable,
        "Faulted" => Faulted,
    }

    /// Answers StatusNotificationRequest.
    class StatusNotificationResponse<'a> {
    }

    /// The station is alive and asks for the time (G02).
    class HeartbeatRequest<'a> {
    }

    /// Answers HeartbeatRequest.
    class HeartbeatResponse<'a> {
        /// The CSMS's clock.
        "currentTime" current_time: DateTime<Utc>,
    }
}
