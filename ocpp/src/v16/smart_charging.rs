//! Block *Smart charging*: profiles that limit power or current over time (OCPP 1.6 chapters 3.13, 5.5, 5.7, 5.16).

use super::types::{ChargingProfile, ChargingProfilePurpose, ChargingRateUnit, ChargingSchedule};
use crate::time::{DateTime, Utc};

messages! {
    /// Removes charging profiles (OCPP 1.6 §5.5): the one with `id`, or all that match the other members given.
    struct ClearChargingProfileRequest {
        /// The profile to remove.
        "id" id: Option<i64>,
        /// Connector the profiles are for; 0 for the whole charge point.
        "connectorId" connector_id: Option<i64>,
        /// Their purpose.
        "chargingProfilePurpose" charging_profile_purpose: Option<ChargingProfilePurpose>,
        /// Their stack level.
        "stackLevel" stack_level: Option<i64>,
    }

    /// Answers ClearChargingProfile.req.
    struct ClearChargingProfileResponse {
        /// Whether anything was removed.
        "status" status: ClearChargingProfileStatus,
    }

    /// Whether a charging profile was removed (OCPP 1.6 §7.21).
    enum ClearChargingProfileStatus {
        /// At least one was.
        "Accepted" => Accepted,
        /// None matched.
        "Unknown" => Unknown,
    }

    /// Asks for the limits that all profiles together make (OCPP 1.6 §5.7).
    struct GetCompositeScheduleRequest {
        /// Connector from 1 on; 0 for the expected consumption of the whole charge point at its grid connection.
        "connectorId" connector_id: i64,
        /// Length of the time asked for, from now on, in seconds.
        "duration" duration: i64,
        /// Unit the limits are to be given in; absent leaves the choice to the charge point.
        "chargingRateUnit" charging_rate_unit: Option<ChargingRateUnit>,
    }

    /// Answers GetCompositeSchedule.req.
    struct GetCompositeScheduleResponse<'a> {
        /// Whether the schedule could be made.
        "status" status: GetCompositeScheduleStatus,
        /// Connector it is for.
        "connectorId" connector_id: Option<i64>,
        /// Moment its periods count from.
        "scheduleStart" schedule_start: Option<DateTime<Utc>>,
        /// The schedule.
        "chargingSchedule" charging_schedule: Option<ChargingSchedule<'a>>,
    }

    /// Whether the schedule could be made (OCPP 1.6 §7.26).
    enum GetCompositeScheduleStatus {
        /// It could.
        "Accepted" => Accepted,
        /// It could not.
        "Rejected" => Rejected,
    }

    /// Sets a charging profile (OCPP 1.6 §5.16).
    struct SetChargingProfileRequest<'a> {
        /// Connector from 1 on; 0 for the whole charge point or as default for all connectors.
        "connectorId" connector_id: i64,
        /// The profile.
        "csChargingProfiles" cs_charging_profiles: ChargingProfile<'a>,
    }

    /// Answers SetChargingProfile.req.
    struct SetChargingProfileResponse {
        /// Whether the profile is in force.
        "status" status: ChargingProfileStatus,
    }

    /// Whether a profile was taken (OCPP 1.6 §7.11).
    enum ChargingProfileStatus {
        /// It was.
        "Accepted" => Accepted,
        /// It was refused.
        "Rejected" => Rejected,
        /// The charge point does not do smart charging.
        "NotSupported" => NotSupported,
    }
}
