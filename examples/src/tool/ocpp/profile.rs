//! Which functional block an action belongs to, and who calls it (OCPP 1.6 chapter 3.2 and the security extension).

use evkit_ocpp::v16::Action;

/// The block of an action and who sends its request.
pub(super) const fn of(action: Action) -> (&'static str, &'static str) {
    use Action::*;
    const STATION: &str = "charge point";
    const CENTRAL: &str = "central system";
    match action {
        Authorize | BootNotification | Heartbeat | MeterValues | StartTransaction | StatusNotification
        | StopTransaction => ("core", STATION),
        DataTransfer => ("core", "either side"),
        ChangeAvailability
        | ChangeConfiguration
        | ClearCache
        | GetConfiguration
        | RemoteStartTransaction
        | RemoteStopTransaction
        | Reset
        | UnlockConnector => ("core", CENTRAL),
        DiagnosticsStatusNotification | FirmwareStatusNotification => ("firmware management", STATION),
        GetDiagnostics | UpdateFirmware => ("firmware management", CENTRAL),
        GetLocalListVersion | SendLocalList => ("local authorization list", CENTRAL),
        CancelReservation | ReserveNow => ("reservation", CENTRAL),
        ClearChargingProfile | GetCompositeSchedule | SetChargingProfile => ("smart charging", CENTRAL),
        TriggerMessage => ("remote trigger", CENTRAL),
        LogStatusNotification
        | SecurityEventNotification
        | SignCertificate
        | SignedFirmwareStatusNotification => ("security", STATION),
        CertificateSigned
        | DeleteCertificate
        | ExtendedTriggerMessage
        | GetInstalledCertificateIds
        | GetLog
        | InstallCertificate
        | SignedUpdateFirmware => ("security", CENTRAL),
    }
}
