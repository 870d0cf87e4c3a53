//! OCPP 1.6J with the security extension: 28 + 11 actions, in tables by functional block.

pub mod charge_point;
pub mod core;
pub mod csms;
pub mod firmware;
mod id_tag;
pub mod keys;
pub mod local_auth;
pub mod measurands;
pub mod reservation;
pub mod security;
pub mod smart_charging;
pub mod trigger;
pub mod types;

#[cfg(feature = "alloc")]
use crate::message::IntoOwned;
use crate::message::{self, Call, EncodeError, Message, WriteMembers};
use crate::schema::{self, Object, Rule, Slot, Tolerance, Version, Violation};

pub use self::charge_point::ChargePoint;
pub use self::core::*;
pub use self::csms::Csms;
pub use self::firmware::*;
pub use self::id_tag::{ID_TAG_MAX, IdTag, IdTagError};
pub use self::local_auth::*;
pub use self::reservation::*;
pub use self::security::*;
pub use self::smart_charging::*;
pub use self::trigger::*;
pub use self::types::*;

const FIRST_VERSION: Version = Version::V16;

actions! {
    () Version::V16, Request<'a>, Response<'r>;
    /// Core, from the charge point.
    Authorize: AuthorizeRequest<'a> => AuthorizeResponse<'r>,
    /// Core, from the charge point.
    BootNotification: BootNotificationRequest<'a> => BootNotificationResponse,
    /// Reservation, from the central system.
    CancelReservation: CancelReservationRequest => CancelReservationResponse,
    /// Security, from the central system.
    CertificateSigned: CertificateSignedRequest<'a> => CertificateSignedResponse,
    /// Core, from the central system.
    ChangeAvailability: ChangeAvailabilityRequest => ChangeAvailabilityResponse,
    /// Core, from the central system.
    ChangeConfiguration: ChangeConfigurationRequest<'a> => ChangeConfigurationResponse,
    /// Core, from the central system.
    ClearCache: ClearCacheRequest => ClearCacheResponse,
    /// Smart charging, from the central system.
    ClearChargingProfile: ClearChargingProfileRequest => ClearChargingProfileResponse,
    /// Core, from either side.
    DataTransfer: DataTransferRequest<'a> => DataTransferResponse<'r>,
    /// Security, from the central system.
    DeleteCertificate: DeleteCertificateRequest<'a> => DeleteCertificateResponse,
    /// Firmware management, from the charge point.
    DiagnosticsStatusNotification: DiagnosticsStatusNotificationRequest => DiagnosticsStatusNotificationResponse,
    /// Security, from the central system.
    ExtendedTriggerMessage: ExtendedTriggerMessageRequest => ExtendedTriggerMessageResponse,
    /// Firmware management, from the charge point.
    FirmwareStatusNotification: FirmwareStatusNotificationRequest => FirmwareStatusNotificationResponse,
    /// Smart charging, from the central system.
    GetCompositeSchedule: GetCompositeScheduleRequest => GetCompositeScheduleResponse<'r>,
    /// Core, from the central system.
    GetConfiguration: GetConfigurationRequest<'a> => GetConfigurationResponse<'r>,
    /// Firmware management, from the central system.
    GetDiagnostics: GetDiagnosticsRequest<'a> => GetDiagnosticsResponse<'r>,
    /// Security, from the central system.
    GetInstalledCertificateIds: GetInstalledCertificateIdsRequest => GetInstalledCertificateIdsResponse<'r>,
    /// Local authorization list, from the central system.
    GetLocalListVersion: GetLocalListVersionRequest => GetLocalListVersionResponse,
    /// Security, from the central system.
    GetLog: GetLogRequest<'a> => GetLogResponse<'r>,
    /// Core, from the charge point.
    Heartbeat: HeartbeatRequest => HeartbeatResponse,
    /// Security, from the central system.
    InstallCertificate: InstallCertificateRequest<'a> => InstallCertificateResponse,
    /// Security, from the charge point.
    LogStatusNotification: LogStatusNotificationRequest => LogStatusNotificationResponse,
    /// Core, from the charge point.
    MeterValues: MeterValuesRequest<'a> => MeterValuesResponse,
    /// Core, from the central system.
    RemoteStartTransaction: RemoteStartTransactionRequest<'a> => RemoteStartTransactionResponse,
    /// Core, from the central system.
    RemoteStopTransaction: RemoteStopTransactionRequest => RemoteStopTransactionResponse,
    /// Reservation, from the central system.
    ReserveNow: ReserveNowRequest<'a> => ReserveNowResponse,
    /// Core, from the central system.
    Reset: ResetRequest => ResetResponse,
    /// Security, from the charge point.
    SecurityEventNotification: SecurityEventNotificationRequest<'a> => SecurityEventNotificationResponse,
    /// Local authorization list, from the central system.
    SendLocalList: SendLocalListRequest<'a> => SendLocalListResponse,
    /// Smart charging, from the central system.
    SetChargingProfile: SetChargingProfileRequest<'a> => SetChargingProfileResponse,
    /// Security, from the charge point.
    SignCertificate: SignCertificateRequest<'a> => SignCertificateResponse,
    /// Security, from the charge point.
    SignedFirmwareStatusNotification: SignedFirmwareStatusNotificationRequest => SignedFirmwareStatusNotificationResponse,
    /// Security, from the central system.
    SignedUpdateFirmware: SignedUpdateFirmwareRequest<'a> => SignedUpdateFirmwareResponse,
    /// Core, from the charge point.
    StartTransaction: StartTransactionRequest<'a> => StartTransactionResponse<'r>,
    /// Core, from the charge point.
    StatusNotification: StatusNotificationRequest<'a> => StatusNotificationResponse,
    /// Core, from the charge point.
    StopTransaction: StopTransactionRequest<'a> => StopTransactionResponse<'r>,
    /// Remote trigger, from the central system.
    TriggerMessage: TriggerMessageRequest => TriggerMessageResponse,
    /// Core, from the central system.
    UnlockConnector: UnlockConnectorRequest => UnlockConnectorResponse,
    /// Firmware management, from the central system.
    UpdateFirmware: UpdateFirmwareRequest<'a> => UpdateFirmwareResponse,
}

/// Checks the payload of a request without reading it.
///
/// # Errors
/// The first rule broken.
pub fn check_request(action: Action, payload: &str) -> Result<(), Violation> {
    schema::check(payload, action.request_schema(), Version::V16)
}

/// Checks the payload of a response without reading it.
///
/// # Errors
/// The first rule broken.
pub fn check_response(action: Action, payload: &str) -> Result<(), Violation> {
    schema::check(payload, action.response_schema(), Version::V16)
}
