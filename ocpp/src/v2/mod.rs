//! OCPP 2.0.1 and 2.1 in one model, in tables by functional block.
//!
//! No member and no value of an enumeration of 2.0.1 disappears in 2.1, so 2.0.1 is a restriction of one model: rows say
//! since when they are there, and every check is told for which version it is. What differs otherwise (longer texts,
//! bounds, enumerations that became texts) is a mark of the row as well.

pub mod authorization;
pub mod availability;
pub mod battery_swap;
pub mod bidirectional;
pub mod certificates;
pub mod charging_profile;
mod custom_data;
pub mod data_transfer;
pub mod der;
pub mod diagnostics;
pub mod display;
pub mod firmware;
pub mod local_list;
pub mod metering;
pub mod monitoring;
pub mod payment;
pub mod provisioning;
pub mod remote;
pub mod reservation;
pub mod security;
pub mod smart_charging;
pub mod tariff;
pub mod transactions;
pub mod types;

#[cfg(feature = "alloc")]
use crate::message::IntoOwned;
use crate::message::{self, Call, EncodeError, Message, WriteMembers};
use crate::schema::{self, Object, Rule, Slot, Tolerance, Version, Violation};

pub use self::authorization::*;
pub use self::availability::*;
pub use self::battery_swap::*;
pub use self::bidirectional::*;
pub use self::certificates::*;
pub use self::charging_profile::*;
pub use self::custom_data::CustomData;
pub use self::data_transfer::*;
pub use self::der::*;
pub use self::diagnostics::*;
pub use self::display::*;
pub use self::firmware::*;
pub use self::local_list::*;
pub use self::metering::*;
pub use self::monitoring::*;
pub use self::payment::*;
pub use self::provisioning::*;
pub use self::remote::*;
pub use self::reservation::*;
pub use self::security::*;
pub use self::smart_charging::*;
pub use self::tariff::*;
pub use self::transactions::*;
pub use self::types::*;

const FIRST_VERSION: Version = Version::V201;

actions! {
    (, version: Version) version, Request<'a>, Response<'r>;
    /// Bidirectional power transfer, from the CSMS; since 2.1.
    AFRRSignal since V21: AFRRSignalRequest<'a> => AFRRSignalResponse<'r>,
    /// Diagnostics, from the CSMS; since 2.1.
    AdjustPeriodicEventStream since V21: AdjustPeriodicEventStreamRequest<'a> => AdjustPeriodicEventStreamResponse<'r>,
    /// Authorization, from the station.
    Authorize: AuthorizeRequest<'a> => AuthorizeResponse<'r>,
    /// Battery swap, from the station; since 2.1.
    BatterySwap since V21: BatterySwapRequest<'a> => BatterySwapResponse<'r>,
    /// Provisioning, from the station.
    BootNotification: BootNotificationRequest<'a> => BootNotificationResponse<'r>,
    /// Reservation, from the CSMS.
    CancelReservation: CancelReservationRequest<'a> => CancelReservationResponse<'r>,
    /// Security, from the CSMS.
    CertificateSigned: CertificateSignedRequest<'a> => CertificateSignedResponse<'r>,
    /// Availability, from the CSMS.
    ChangeAvailability: ChangeAvailabilityRequest<'a> => ChangeAvailabilityResponse<'r>,
    /// Tariff and cost, from the CSMS; since 2.1.
    ChangeTransactionTariff since V21: ChangeTransactionTariffRequest<'a> => ChangeTransactionTariffResponse<'r>,
    /// Authorization, from the CSMS.
    ClearCache: ClearCacheRequest<'a> => ClearCacheResponse<'r>,
    /// Smart charging, from the CSMS.
    ClearChargingProfile: ClearChargingProfileRequest<'a> => ClearChargingProfileResponse<'r>,
    /// DER control, from the CSMS; since 2.1.
    ClearDERControl since V21: ClearDERControlRequest<'a> => ClearDERControlResponse<'r>,
    /// Display message, from the CSMS.
    ClearDisplayMessage: ClearDisplayMessageRequest<'a> => ClearDisplayMessageResponse<'r>,
    /// Tariff and cost, from the CSMS; since 2.1.
    ClearTariffs since V21: ClearTariffsRequest<'a> => ClearTariffsResponse<'r>,
    /// Diagnostics, from the CSMS.
    ClearVariableMonitoring: ClearVariableMonitoringRequest<'a> => ClearVariableMonitoringResponse<'r>,
    /// Smart charging, from the station.
    ClearedChargingLimit: ClearedChargingLimitRequest<'a> => ClearedChargingLimitResponse<'r>,
    /// Diagnostics, from the station; since 2.1.
    ClosePeriodicEventStream since V21: ClosePeriodicEventStreamRequest<'a> => ClosePeriodicEventStreamResponse<'r>,
    /// Tariff and cost, from the CSMS.
    CostUpdated: CostUpdatedRequest<'a> => CostUpdatedResponse<'r>,
    /// Diagnostics, from the CSMS.
    CustomerInformation: CustomerInformationRequest<'a> => CustomerInformationResponse<'r>,
    /// Data transfer, from either side.
    DataTransfer: DataTransferRequest<'a> => DataTransferResponse<'r>,
    /// Certificate management, from the CSMS.
    DeleteCertificate: DeleteCertificateRequest<'a> => DeleteCertificateResponse<'r>,
    /// Firmware management, from the station.
    FirmwareStatusNotification: FirmwareStatusNotificationRequest<'a> => FirmwareStatusNotificationResponse<'r>,
    /// Certificate management, from the station.
    Get15118EVCertificate: Get15118EVCertificateRequest<'a> => Get15118EVCertificateResponse<'r>,
    /// Provisioning, from the CSMS.
    GetBaseReport: GetBaseReportRequest<'a> => GetBaseReportResponse<'r>,
    /// Certificate management, from the station; since 2.1.
    GetCertificateChainStatus since V21: GetCertificateChainStatusRequest<'a> => GetCertificateChainStatusResponse<'r>,
    /// Certificate management, from the station.
    GetCertificateStatus: GetCertificateStatusRequest<'a> => GetCertificateStatusResponse<'r>,
    /// Smart charging, from the CSMS.
    GetChargingProfiles: GetChargingProfilesRequest<'a> => GetChargingProfilesResponse<'r>,
    /// Smart charging, from the CSMS.
    GetCompositeSchedule: GetCompositeScheduleRequest<'a> => GetCompositeScheduleResponse<'r>,
    /// DER control, from the CSMS; since 2.1.
    GetDERControl since V21: GetDERControlRequest<'a> => GetDERControlResponse<'r>,
    /// Display message, from the CSMS.
    GetDisplayMessages: GetDisplayMessagesRequest<'a> => GetDisplayMessagesResponse<'r>,
    /// Certificate management, from the CSMS.
    GetInstalledCertificateIds: GetInstalledCertificateIdsRequest<'a> => GetInstalledCertificateIdsResponse<'r>,
    /// Local authorization list, from the CSMS.
    GetLocalListVersion: GetLocalListVersionRequest<'a> => GetLocalListVersionResponse<'r>,
    /// Diagnostics, from the CSMS.
    GetLog: GetLogRequest<'a> => GetLogResponse<'r>,
    /// Diagnostics, from the CSMS.
    GetMonitoringReport: GetMonitoringReportRequest<'a> => GetMonitoringReportResponse<'r>,
    /// Diagnostics, from the CSMS; since 2.1.
    GetPeriodicEventStream since V21: GetPeriodicEventStreamRequest<'a> => GetPeriodicEventStreamResponse<'r>,
    /// Provisioning, from the CSMS.
    GetReport: GetReportRequest<'a> => GetReportResponse<'r>,
    /// Tariff and cost, from the CSMS; since 2.1.
    GetTariffs since V21: GetTariffsRequest<'a> => GetTariffsResponse<'r>,
    /// Transactions, from the CSMS.
    GetTransactionStatus: GetTransactionStatusRequest<'a> => GetTransactionStatusResponse<'r>,
    /// Provisioning, from the CSMS.
    GetVariables: GetVariablesRequest<'a> => GetVariablesResponse<'r>,
    /// Availability, from the station.
    Heartbeat: HeartbeatRequest<'a> => HeartbeatResponse<'r>,
    /// Certificate management, from the CSMS.
    InstallCertificate: InstallCertificateRequest<'a> => InstallCertificateResponse<'r>,
    /// Diagnostics, from the station.
    LogStatusNotification: LogStatusNotificationRequest<'a> => LogStatusNotificationResponse<'r>,
    /// Meter values, from the station.
    MeterValues: MeterValuesRequest<'a> => MeterValuesResponse<'r>,
    /// Bidirectional power transfer, from the CSMS; since 2.1.
    NotifyAllowedEnergyTransfer since V21: NotifyAllowedEnergyTransferRequest<'a> => NotifyAllowedEnergyTransferResponse<'r>,
    /// Smart charging, from the station.
    NotifyChargingLimit: NotifyChargingLimitRequest<'a> => NotifyChargingLimitResponse<'r>,
    /// Diagnostics, from the station.
    NotifyCustomerInformation: NotifyCustomerInformationRequest<'a> => NotifyCustomerInformationResponse<'r>,
    /// DER control, from the station; since 2.1.
    NotifyDERAlarm since V21: NotifyDERAlarmRequest<'a> => NotifyDERAlarmResponse<'r>,
    /// DER control, from the station; since 2.1.
    NotifyDERStartStop since V21: NotifyDERStartStopRequest<'a> => NotifyDERStartStopResponse<'r>,
    /// Display message, from the station.
    NotifyDisplayMessages: NotifyDisplayMessagesRequest<'a> => NotifyDisplayMessagesResponse<'r>,
    /// Smart charging, from the station.
    NotifyEVChargingNeeds: NotifyEVChargingNeedsRequest<'a> => NotifyEVChargingNeedsResponse<'r>,
    /// Smart charging, from the station.
    NotifyEVChargingSchedule: NotifyEVChargingScheduleRequest<'a> => NotifyEVChargingScheduleResponse<'r>,
    /// Diagnostics, from the station.
    NotifyEvent: NotifyEventRequest<'a> => NotifyEventResponse<'r>,
    /// Diagnostics, from the station.
    NotifyMonitoringReport: NotifyMonitoringReportRequest<'a> => NotifyMonitoringReportResponse<'r>,
    /// Smart charging, from the station; since 2.1.
    NotifyPriorityCharging since V21: NotifyPriorityChargingRequest<'a> => NotifyPriorityChargingResponse<'r>,
    /// Provisioning, from the station.
    NotifyReport: NotifyReportRequest<'a> => NotifyReportResponse<'r>,
    /// Payment, from the station; since 2.1.
    NotifySettlement since V21: NotifySettlementRequest<'a> => NotifySettlementResponse<'r>,
    /// Payment, from the CSMS; since 2.1.
    NotifyWebPaymentStarted since V21: NotifyWebPaymentStartedRequest<'a> => NotifyWebPaymentStartedResponse<'r>,
    /// Diagnostics, from the station; since 2.1.
    OpenPeriodicEventStream since V21: OpenPeriodicEventStreamRequest<'a> => OpenPeriodicEventStreamResponse<'r>,
    /// Firmware management, from the CSMS.
    PublishFirmware: PublishFirmwareRequest<'a> => PublishFirmwareResponse<'r>,
    /// Firmware management, from the station.
    PublishFirmwareStatusNotification: PublishFirmwareStatusNotificationRequest<'a> => PublishFirmwareStatusNotificationResponse<'r>,
    /// Smart charging, from the station; since 2.1.
    PullDynamicScheduleUpdate since V21: PullDynamicScheduleUpdateRequest<'a> => PullDynamicScheduleUpdateResponse<'r>,
    /// Smart charging, from the station.
    ReportChargingProfiles: ReportChargingProfilesRequest<'a> => ReportChargingProfilesResponse<'r>,
    /// DER control, from the station; since 2.1.
    ReportDERControl since V21: ReportDERControlRequest<'a> => ReportDERControlResponse<'r>,
    /// Battery swap, from the CSMS; since 2.1.
    RequestBatterySwap since V21: RequestBatterySwapRequest<'a> => RequestBatterySwapResponse<'r>,
    /// Remote control, from the CSMS.
    RequestStartTransaction: RequestStartTransactionRequest<'a> => RequestStartTransactionResponse<'r>,
    /// Remote control, from the CSMS.
    RequestStopTransaction: RequestStopTransactionRequest<'a> => RequestStopTransactionResponse<'r>,
    /// Reservation, from the station.
    ReservationStatusUpdate: ReservationStatusUpdateRequest<'a> => ReservationStatusUpdateResponse<'r>,
    /// Reservation, from the CSMS.
    ReserveNow: ReserveNowRequest<'a> => ReserveNowResponse<'r>,
    /// Provisioning, from the CSMS.
    Reset: ResetRequest<'a> => ResetResponse<'r>,
    /// Security, from the station.
    SecurityEventNotification: SecurityEventNotificationRequest<'a> => SecurityEventNotificationResponse<'r>,
    /// Local authorization list, from the CSMS.
    SendLocalList: SendLocalListRequest<'a> => SendLocalListResponse<'r>,
    /// Smart charging, from the CSMS.
    SetChargingProfile: SetChargingProfileRequest<'a> => SetChargingProfileResponse<'r>,
    /// DER control, from the CSMS; since 2.1.
    SetDERControl since V21: SetDERControlRequest<'a> => SetDERControlResponse<'r>,
    /// Tariff and cost, from the CSMS; since 2.1.
    SetDefaultTariff since V21: SetDefaultTariffRequest<'a> => SetDefaultTariffResponse<'r>,
    /// Display message, from the CSMS.
    SetDisplayMessage: SetDisplayMessageRequest<'a> => SetDisplayMessageResponse<'r>,
    /// Diagnostics, from the CSMS.
    SetMonitoringBase: SetMonitoringBaseRequest<'a> => SetMonitoringBaseResponse<'r>,
    /// Diagnostics, from the CSMS.
    SetMonitoringLevel: SetMonitoringLevelRequest<'a> => SetMonitoringLevelResponse<'r>,
    /// Provisioning, from the CSMS.
    SetNetworkProfile: SetNetworkProfileRequest<'a> => SetNetworkProfileResponse<'r>,
    /// Diagnostics, from the CSMS.
    SetVariableMonitoring: SetVariableMonitoringRequest<'a> => SetVariableMonitoringResponse<'r>,
    /// Provisioning, from the CSMS.
    SetVariables: SetVariablesRequest<'a> => SetVariablesResponse<'r>,
    /// Security, from the station.
    SignCertificate: SignCertificateRequest<'a> => SignCertificateResponse<'r>,
    /// Availability, from the station.
    StatusNotification: StatusNotificationRequest<'a> => StatusNotificationResponse<'r>,
    /// Transactions, from the station.
    TransactionEvent: TransactionEventRequest<'a> => TransactionEventResponse<'r>,
    /// Remote control, from the CSMS.
    TriggerMessage: TriggerMessageRequest<'a> => TriggerMessageResponse<'r>,
    /// Remote control, from the CSMS.
    UnlockConnector: UnlockConnectorRequest<'a> => UnlockConnectorResponse<'r>,
    /// Firmware management, from the CSMS.
    UnpublishFirmware: UnpublishFirmwareRequest<'a> => UnpublishFirmwareResponse<'r>,
    /// Smart charging, from the CSMS; since 2.1.
    UpdateDynamicSchedule since V21: UpdateDynamicScheduleRequest<'a> => UpdateDynamicScheduleResponse<'r>,
    /// Firmware management, from the CSMS.
    UpdateFirmware: UpdateFirmwareRequest<'a> => UpdateFirmwareResponse<'r>,
    /// Smart charging, from the CSMS; since 2.1.
    UsePriorityCharging since V21: UsePriorityChargingRequest<'a> => UsePriorityChargingResponse<'r>,
    /// Payment, from the station; since 2.1.
    VatNumberValidation since V21: VatNumberValidationRequest<'a> => VatNumberValidationResponse<'r>,
}

/// Checks the payload of a request without reading it.
///
/// # Errors
/// The first rule broken; [`Rule::Action`] if the version does not have the action.
pub fn check_request(action: Action, payload: &str, version: Version) -> Result<(), Violation> {
    action.demand(action.request_schema(), version)?;
    schema::check(payload, action.request_schema(), version)
}

/// Checks the payload of a response without reading it.
///
/// # Errors
/// The first rule broken; [`Rule::Action`] if the version does not have the action.
pub fn check_response(action: Action, payload: &str, version: Version) -> Result<(), Violation> {
    action.demand(action.response_schema(), version)?;
    schema::check(payload, action.response_schema(), version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc::{ErrorCode, Policy};

    #[test]
    fn an_action_of_2_1_is_no_action_of_2_0_1() {
        let text = r#"{"idToken":{"idToken":"04A2","type":"Local"},"requestId":1}"#;
        let action = Action::RequestBatterySwap;
        assert!(check_request(action, text, Version::V21).is_ok());
        let request = Request::decode(action, text, Version::V21).unwrap();
        assert!(request.encode(&mut [0; 100], Version::V21).is_ok());
        for refused in [
            check_request(action, text, Version::V201).unwrap_err(),
            check_response(action, "{}", Version::V201).unwrap_err(),
            Request::decode(action, text, Version::V201).unwrap_err(),
            Response::decode(action, "{}", Version::V201).unwrap_err(),
        ] {
            assert_eq!(refused.rule(), Rule::Action);
            assert_eq!(Policy::STANDARD.code(refused.rule()), ErrorCode::NotImplemented);
        }
        let Err(EncodeError::Invalid(refused)) = request.encode(&mut [0; 100], Version::V201) else {
            panic!("sent")
        };
        assert_eq!(refused.rule(), Rule::Action);
        assert_eq!(Request::decode(Action::Heartbeat, "{}", Version::V16).unwrap_err().rule(), Rule::Action);
    }

    #[test]
    fn an_action_says_its_block_and_sender() {
        assert_eq!(Action::Authorize.summary(), "Authorization, from the station.");
        assert_eq!(Action::AFRRSignal.summary(), "Bidirectional power transfer, from the CSMS; since 2.1.");
    }
}
