//! Decodes, validates and writes again every message of the functional blocks that are switched on, behind opaque inputs.
//!
//! One feature for each block, named as in the library's tables of actions; the group features switch on a version.
//! Without any feature only the frame around the work is left.
#![no_std]
#![no_main]

use core::hint::black_box;
use core::panic::PanicInfo;

use evkit_ocpp::message::{Call, Message};
use evkit_ocpp::schema::Version;

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

/// A text, its version, and room for what is written.
struct Work<'a, 'b> {
    text: &'a str,
    version: Version,
    buffer: &'b mut [u8],
    result: usize,
}

impl<'a> Work<'a, '_> {
    /// Reads a text and writes it again; says how long it is, or where it is wrong.
    #[inline(never)]
    fn message<M: Message<'a>>(&mut self) {
        let result = match M::decode(self.text, self.version) {
            Ok(message) => message.encode(self.version, self.buffer).map_or(0, str::len),
            Err(violation) => violation.offset() as usize,
        };
        self.result ^= result;
    }

    /// A request and its response.
    fn action<R: Call + Message<'a>>(&mut self) {
        self.message::<R>();
        self.message::<R::Response<'a>>();
    }
}

/// One line per block: its feature, the module, the requests of its actions.
macro_rules! blocks {
    ($work:ident; $($feature:literal $module:ident: $($Request:ident),*;)*) => {
        $(#[cfg(feature = $feature)] {$(
            $work.action::<evkit_ocpp::$module::$Request>();
        )*})*
    };
}

#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    let mut buffer = [0; 1024];
    let mut work =
        Work { text: black_box(""), version: black_box(Version::V16), buffer: &mut buffer, result: 0 };
    blocks! {
        work;
        "shared" v16: DataTransferRequest, SetChargingProfileRequest;
        "v16-core" v16: AuthorizeRequest, BootNotificationRequest, ChangeAvailabilityRequest,
            ChangeConfigurationRequest, ClearCacheRequest, DataTransferRequest, GetConfigurationRequest,
            HeartbeatRequest, MeterValuesRequest, RemoteStartTransactionRequest,
            RemoteStopTransactionRequest, ResetRequest, StartTransactionRequest,
            StatusNotificationRequest, StopTransactionRequest, UnlockConnectorRequest;
        "v16-reservation" v16: CancelReservationRequest, ReserveNowRequest;
        "v16-security" v16: CertificateSignedRequest, DeleteCertificateRequest,
            ExtendedTriggerMessageRequest, GetInstalledCertificateIdsRequest, GetLogRequest,
            InstallCertificateRequest, LogStatusNotificationRequest, SecurityEventNotificationRequest,
            SignCertificateRequest, SignedFirmwareStatusNotificationRequest, SignedUpdateFirmwareRequest;
        "v16-smart-charging" v16: ClearChargingProfileRequest, GetCompositeScheduleRequest,
            SetChargingProfileRequest;
        "v16-firmware-management" v16: DiagnosticsStatusNotificationRequest,
            FirmwareStatusNotificationRequest, GetDiagnosticsRequest, UpdateFirmwareRequest;
        "v16-local-authorization-list" v16: GetLocalListVersionRequest, SendLocalListRequest;
        "v16-remote-trigger" v16: TriggerMessageRequest;
        "v201-authorization" v2: AuthorizeRequest, ClearCacheRequest;
        "v201-provisioning" v2: BootNotificationRequest, GetBaseReportRequest, GetReportRequest,
            GetVariablesRequest, NotifyReportRequest, ResetRequest, SetNetworkProfileRequest,
            SetVariablesRequest;
        "v201-reservation" v2: CancelReservationRequest, ReservationStatusUpdateRequest,
            ReserveNowRequest;
        "v201-security" v2: CertificateSignedRequest, SecurityEventNotificationRequest,
            SignCertificateRequest;
        "v201-availability" v2: ChangeAvailabilityRequest, HeartbeatRequest, StatusNotificationRequest;
        "v201-smart-charging" v2: ClearChargingProfileRequest, ClearedChargingLimitRequest,
            GetChargingProfilesRequest, GetCompositeScheduleRequest, NotifyChargingLimitRequest,
            NotifyEVChargingNeedsRequest, NotifyEVChargingScheduleRequest, ReportChargingProfilesRequest,
            SetChargingProfileRequest;
        "v201-display-message" v2: ClearDisplayMessageRequest, GetDisplayMessagesRequest,
            NotifyDisplayMessagesRequest, SetDisplayMessageRequest;
        "v201-diagnostics" v2: ClearVariableMonitoringRequest, CustomerInformationRequest, GetLogRequest,
            GetMonitoringReportRequest, LogStatusNotificationRequest, NotifyCustomerInformationRequest,
            NotifyEventRequest, NotifyMonitoringReportRequest, SetMonitoringBaseRequest,
            SetMonitoringLevelRequest, SetVariableMonitoringRequest;
        "v201-tariff-and-cost" v2: CostUpdatedRequest;
        "v201-data-transfer" v2: DataTransferRequest;
        "v201-certificate-management" v2: DeleteCertificateRequest, Get15118EVCertificateRequest,
            GetCertificateStatusRequest, GetInstalledCertificateIdsRequest, InstallCertificateRequest;
        "v201-firmware-management" v2: FirmwareStatusNotificationRequest, PublishFirmwareRequest,
            PublishFirmwareStatusNotificationRequest, UnpublishFirmwareRequest, UpdateFirmwareRequest;
        "v201-local-authorization-list" v2: GetLocalListVersionRequest, SendLocalListRequest;
        "v201-transactions" v2: GetTransactionStatusRequest, TransactionEventRequest;
        "v201-meter-values" v2: MeterValuesRequest;
        "v201-remote-control" v2: RequestStartTransactionRequest, RequestStopTransactionRequest,
            TriggerMessageRequest, UnlockConnectorRequest;
        "v21-bidirectional-power-transfer" v2: AFRRSignalRequest, NotifyAllowedEnergyTransferRequest;
        "v21-diagnostics" v2: AdjustPeriodicEventStreamRequest, ClosePeriodicEventStreamRequest,
            GetPeriodicEventStreamRequest, OpenPeriodicEventStreamRequest;
        "v21-battery-swap" v2: BatterySwapRequest, RequestBatterySwapRequest;
        "v21-tariff-and-cost" v2: ChangeTransactionTariffRequest, ClearTariffsRequest, GetTariffsRequest,
            SetDefaultTariffRequest;
        "v21-der-control" v2: ClearDERControlRequest, GetDERControlRequest, NotifyDERAlarmRequest,
            NotifyDERStartStopRequest, ReportDERControlRequest, SetDERControlRequest;
        "v21-certificate-management" v2: GetCertificateChainStatusRequest;
        "v21-smart-charging" v2: NotifyPriorityChargingRequest, PullDynamicScheduleUpdateRequest,
            UpdateDynamicScheduleRequest, UsePriorityChargingRequest;
        "v21-payment" v2: NotifySettlementRequest, NotifyWebPaymentStartedRequest,
            VatNumberValidationRequest;
    }
    #[cfg(feature = "v21-diagnostics")]
    work.message::<evkit_ocpp::v2::NotifyPeriodicEventStream>();
    black_box(work.result);
    loop {}
}
