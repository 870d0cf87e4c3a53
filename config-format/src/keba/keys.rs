//! The keys of a KeContact station.
//!
//! 198 names come from the GetConfiguration answer of a KC-P30 with firmware 1.18; 17 of them stand in the
//! manuals' excerpt of a `.conf` file, which also shows their sections. That the file uses the same names for
//! all is inferred. Three names are known from the file only. `seen` is that one station's value, not a
//! proven default; `default` is what the manuals' pages state.

use crate::profile::{Access, Key, Kind, Profile, Unit, Vendor, index};

/// All known keys: 198 of GetConfiguration, then 3 that only the file has.
pub const PROFILE: Profile<'static> = Profile::indexed(Vendor::Keba, &KEYS, &INDEX);
static INDEX: [u16; 512] = index(&KEYS);

/// GetConfiguration of a KC-P30, firmware 1.18.0.
const DUMP: &str = "GetConfiguration of a KC-P30 1.18.0";
/// The manuals' text and excerpt of a file.
const MANUAL: &str = "KEBA P30 x-series configuration manual V4.11 and V4.20";

const BOOL: Kind<'static> = Kind::Bool;
const TEXT: Kind<'static> = Kind::Text { min: 0, max: 0 };
/// Name and password of a mobile network (manual: at least two characters).
const LOGIN: Kind<'static> = Kind::Text { min: 2, max: 0 };
/// The password of a WebSocket link: 16 to 20 bytes, written as up to 40 hex digits (OCPP 1.6
/// security whitepaper).
const LINK_PASSWORD: Kind<'static> = Kind::Text { min: 16, max: 40 };
const COUNT: Kind<'static> = int(0, i32::MAX as i64);
const PORT: Kind<'static> = int(1, 65535);
const ONLINE_MODES: &[&str] = &["FirstLocal", "FirstOnline", "OnlyLocal"];
const OFFLINE_MODES: &[&str] = &[
    "OfflineLocalUnknownAuthorization",
    "OfflineLocalAuthorization",
    "OfflineNoAuthorization",
    "OfflineNoCharging",
    "OfflineFreeCharging",
];
/// OCPP 1.6 §9.3.6 and the one-phase forms of the dump.
const ROTATIONS: &[&str] =
    &["RST", "RTS", "SRT", "STR", "TRS", "TSR", "Rxx", "Sxx", "Txx", "NotApplicable", "Unknown"];

const fn int(min: i64, max: i64) -> Kind<'static> {
    Kind::Integer { min, max }
}

const fn key(name: &'static str, kind: Kind<'static>) -> Key<'static> {
    Key::new(name, kind, DUMP)
}

const fn read_only(name: &'static str, kind: Kind<'static>) -> Key<'static> {
    Key::new(name, kind, DUMP).access(Access::ReadOnly)
}

const fn file_only(name: &'static str, kind: Kind<'static>) -> Key<'static> {
    Key::new(name, kind, MANUAL).access(Access::Hidden)
}

#[rustfmt::skip]
static KEYS: [Key<'static>; 201] = [
    // Photovoltaic
    key("PVEnable", BOOL).default("false").seen("false"),
    key("PVMinShare", int(0, 100)).unit(Unit::Percent).seen("0"),
    key("PVPreChargeTime", COUNT).unit(Unit::Minute).seen("0").inferred(),
    key("PVIgnoreX1", BOOL).seen("false"),
    key("PVThresholdImport", COUNT).unit(Unit::Milliwatt).seen("400000").inferred(),
    key("PVThresholdExport", COUNT).unit(Unit::Milliwatt).seen("400000").inferred(),
    key("PVDelay", COUNT).unit(Unit::Second).seen("300"),
    // Load management
    key("MaxAvailableCurrent", COUNT).within("LOADMANAGEMENT").unit(Unit::Milliampere).required().seen("100000"),
    key("MaxDurationChargingPause", COUNT).unit(Unit::Second).default("900").seen("900"),
    key("NominalVoltage", COUNT).within("LOADMANAGEMENT").unit(Unit::Volt).seen("230"),
    key("MaximumAsymmetricLoadCurrent", COUNT).unit(Unit::Milliampere).default("0").seen("0"),
    key("AsymmNetworkEnabled", BOOL).seen("false"),
    key("AsymmNetworkCheckerTaskInitialDelay", COUNT).unit(Unit::Second).seen("15").inferred(),
    key("AsymmNetworkCheckerTaskRetryInterval", COUNT).unit(Unit::Second).seen("10").inferred(),
    key("PowerControlThreshold", COUNT).unit(Unit::Unknown).seen("1000").inferred(),
    key("TimeSynchronizationTolerance", COUNT).unit(Unit::Second).seen("30").inferred(),
    key("PwmMinCurrentDefault", COUNT).within("LOADMANAGEMENT").unit(Unit::Milliampere).seen("6000"),
    // Read-only capability
    read_only("ChargeProfileMaxStackLevel", COUNT).seen("32"),
    read_only("ChargingScheduleAllowedChargingRateUnit", TEXT).optional().seen("Current"),
    read_only("ChargingScheduleMaxPeriods", COUNT).seen("32"),
    read_only("MaxChargingProfilesInstalled", COUNT).seen("64"),
    // Load management
    read_only("DelayAfterInitialCalculation", COUNT).unit(Unit::Second).seen("30"),
    // Backend
    key("ConnectionTimeOut", COUNT).unit(Unit::Second).seen("60"),
    key("UpdateFirmwareChecksumCheckActivated", BOOL).seen("false"),
    // Metering and messages
    key("ClockAlignedDataInterval", COUNT).unit(Unit::Second).seen("900"),
    key("HostConnectorExternalMeterInterval", COUNT).unit(Unit::Second).seen("180"),
    key("HostConnectorClockAlignedDelayPerc", int(0, 100)).unit(Unit::Percent).seen("0"),
    // Load management
    key("MeasurementUpdateEvtInterval", COUNT).unit(Unit::Second).seen("30"),
    // Metering and messages
    key("MeterValueSampleInterval", COUNT).unit(Unit::Second).seen("60"),
    key("HostConnectorMeterValueSendInterval", COUNT).unit(Unit::Second).seen("60"),
    key("MeterValuesExternalData", TEXT).optional().seen("Energy.Active.Import.Register, Energy.Active.Export.Register"),
    key("HostConnectorSendStateChangeMeterValues", BOOL).seen("false"),
    // Load management
    key("MeasurementUpdateEvtCurrentThreshold", COUNT).unit(Unit::Milliampere).seen("1000"),
    // Authorization
    key("AuthorizationEnabled", BOOL).within("CONFIGURATION").seen("false"),
    key("AuthorizationModeOnline", Kind::Choice(ONLINE_MODES)).seen("FirstLocal"),
    key("AuthorizationModeOffline", Kind::Choice(OFFLINE_MODES)).seen("OfflineLocalAuthorization"),
    key("LocalPreAuthorize", BOOL).seen("true"),
    key("LocalAuthorizeOffline", BOOL).seen("true"),
    key("AllowOfflineTxForUnknownId", BOOL).seen("false"),
    read_only("LocalAuthListEnabled", BOOL).seen("true"),
    read_only("LocalAuthListMaxLength", COUNT).seen("1024"),
    read_only("SendLocalListMaxLength", COUNT).seen("1024"),
    key("ResumeSessionAfterPowerCut", BOOL).default("false").seen("true"),
    // Direct payment
    key("Price", Kind::Decimal).seen("0.0").inferred(),
    key("PreauthorizedAmount", Kind::Decimal).seen("0.0"),
    key("DirectPaymentLegalText", TEXT).optional(),
    read_only("DirectPaymentAllowedFilenames", TEXT).optional(),
    read_only("DirectPaymentMaxFileSize", COUNT).unit(Unit::Megabyte).seen("10").inferred(),
    key("DirectPaymentTariffModel", Kind::OpenChoice(&["PerEnergyConsumed"])).seen("PerEnergyConsumed"),
    key("DirectPaymentStartFee", Kind::Decimal).seen("0.0"),
    key("ChargepointLocation", TEXT).optional(),
    key("PaymentTerminalPwd", TEXT).optional().secret(),
    key("DirectPaymentContactPhone", TEXT).optional(),
    key("DirectPaymentContactEmail", TEXT).optional(),
    key("DirectPaymentNameOnReceipt", TEXT).optional().seen("KEBA AG"),
    key("DirectPaymentBlockingFee", Kind::Decimal).seen("0.0"),
    key("DirectPaymentBlockingFeeTime", Kind::Decimal).seen("0.0"),
    key("DirectPaymentBlockingFeeTimeUnit", Kind::OpenChoice(&["min"])).seen("min"),
    key("DirectPaymentBlockingFeeRunningTime", Kind::Decimal).seen("0.0"),
    key("DirectPaymentBlockingFeeRunningTimeTimeUnit", Kind::OpenChoice(&["min"])).seen("min"),
    // Metering and messages
    key("ExternalMeterSendInterval", COUNT).unit(Unit::Second).seen("5").inferred(),
    // Logging
    key("MaxDaysOfLogs", COUNT).unit(Unit::Day).seen("90"),
    key("LogLevelDebug", BOOL).within("CONFIGURATION").default("false").seen("false"),
    key("LogLevelDebugTime", COUNT).unit(Unit::Unknown).seen("3").inferred(),
    // Load management
    key("ConnectorPhaseRotation", Kind::PerConnector(ROTATIONS)).seen("1.Rxx"),
    key("PermanentlyLocked", Kind::PerConnector(&["true", "false"])).seen("1.false"),
    // External meter
    key("ExternalMeterHomegridProviders", TEXT).optional(),
    // Backend
    read_only("HostConnectorType", Kind::OpenChoice(&["OCPP_15", "OCPP_16_JSON"])).within("CONFIGURATION").seen("OCPP_16_JSON"),
    key("HeartBeatInterval", COUNT).unit(Unit::Second).seen("600"),
    key("HeartbeatNoOfRetries", COUNT).seen("15"),
    key("HostConnectorRetryInterval", COUNT).unit(Unit::Second).seen("60"),
    key("TransactionMessageAttempts", COUNT).seen("720"),
    key("TransactionMessageRetryInterval", COUNT).unit(Unit::Second).seen("60"),
    key("HostConnectorDurationMessageStorage", COUNT).unit(Unit::Minute).seen("43200").inferred(),
    // Metering and messages
    key("HostConnectorSendMeterValuesImmediately", BOOL).seen("true"),
    key("HostConnectorSendClockAlignedExternalMeter", BOOL).seen("false"),
    // Backend
    key("TimeDateSyncMethod", Kind::OpenChoice(&["Automatic"])).seen("Automatic"),
    key("HostConnectorTimezone", TEXT).optional().seen("Etc/UTC"),
    key("TimeZone", TEXT).optional().seen("Europe/Vienna"),
    key("HostConnectorUseCentralTime", BOOL).seen("true"),
    key("HostConnectorReconnectInterval", COUNT).unit(Unit::Second).seen("30"),
    key("SetSecureIncomingConnection", BOOL).within("CONFIGURATION").seen("false"),
    key("SetSecureOutgoingConnection", BOOL).within("CONFIGURATION").seen("false"),
    key("DisableCertificateValidation", BOOL).seen("false"),
    key("DisableHostnameVerification", BOOL).seen("false"),
    read_only("TruststorePath", TEXT).optional(),
    read_only("TruststorePassword", TEXT).optional().secret(),
    key("ChargeBoxIdentity", TEXT).within("CONFIGURATION").optional().station_specific(),
    key("CentralSystemAddress", TEXT).within("CONFIGURATION").optional(),
    key("CentralSystemPort", PORT).within("CONFIGURATION").seen("80"),
    key("CentralSystemPath", TEXT).within("CONFIGURATION").optional(),
    key("HostConnectorCentralSystemAuthorizationMethod", Kind::OpenChoice(&["None"])).seen("None"),
    key("HostConnectorCentralSystemUserId", TEXT).optional(),
    key("HostConnectorCentralSystemPassword", TEXT).optional().secret(),
    key("HostConnectorCentralSystemConnectTimeout", COUNT).unit(Unit::Second).seen("60"),
    key("HostConnectorCentralSystemReadTimeout", COUNT).unit(Unit::Second).seen("60"),
    key("ChargepointAddress", TEXT).within("CONFIGURATION").optional().seen("localhost"),
    key("ChargepointPort", int(1025, 65535)).within("CONFIGURATION").seen("12801"),
    key("HostConnectorChargepointPreferredInterface", Kind::OpenChoice(&["eth0"])).seen("eth0"),
    key("HostConnectorChargepointServiceAuthorizationMethod", Kind::OpenChoice(&["None"])).seen("None"),
    key("HostConnectorChargepointServiceUserId", TEXT).optional(),
    key("HostConnectorChargepointServicePassword", TEXT).optional().secret(),
    key("OcppChargepointServiceInitRetryPeriodInSeconds", COUNT).unit(Unit::Second).seen("30"),
    // Authorization
    key("StopTransactionOnInvalidId", BOOL).seen("true"),
    key("DefaultTokenID", TEXT).optional().seen("predefinedTokenId"),
    // Backend
    key("WebSocketPingInterval", COUNT).unit(Unit::Second).seen("0"),
    key("AuthorizationKey", LINK_PASSWORD).optional().secret().inferred(),
    // Charging network
    key("AmountConnectors", int(1, 16)).within("CONFIGURATION").required().seen("1"),
    key("NumberOfConnectors", COUNT).seen("1"),
    // External meter
    key("ExternalMeterHomegridConfigured", BOOL).default("false").seen("false"),
    key("ExternalMeterHomegridIpAddress", Kind::Ipv4).optional(),
    key("ExternalMeterHomegridPort", PORT).optional(),
    key("ExternalMeterHomegridProvider", TEXT).optional(),
    key("ExternalMeterHomegridUnit", COUNT).optional(),
    key("ExternalMeterHomegridImax1", COUNT).unit(Unit::Unknown).optional().inferred(),
    key("ExternalMeterHomegridImax2", COUNT).unit(Unit::Unknown).optional().inferred(),
    key("ExternalMeterHomegridImax3", COUNT).unit(Unit::Unknown).optional().inferred(),
    key("ExternalMeterHomegridPmax", COUNT).unit(Unit::Unknown).optional().inferred(),
    key("ExternalMeterHomegridComLost", COUNT).unit(Unit::Unknown).optional().default("0").inferred(),
    key("ExternalMeterHomegridDurationForIncrease", COUNT).unit(Unit::Second).seen("300"),
    key("ExternalMeterHomegridDurationForDecrease", COUNT).unit(Unit::Second).seen("10"),
    key("ExternalMeterHomegridLMGMTEnabled", BOOL).seen("true"),
    // Read-only capability
    read_only("ChargePointModel", TEXT).optional().seen("KC-P30-GS2400U2-M0A"),
    read_only("ChargePointSerialNumber", TEXT).optional().station_specific(),
    read_only("FirmwareVersion", TEXT).optional().seen("1.18.0"),
    // Backend
    key("RemoteServiceInterface", BOOL).seen("true"),
    // Mobile network
    key("GsmSimPin", TEXT).optional().secret(),
    key("GsmApn", TEXT).optional(),
    key("GsmApnUsername", LOGIN).optional(),
    key("GsmApnPassword", LOGIN).optional().secret(),
    key("GsmClientEnabled", BOOL).seen("false"),
    // Authorization
    read_only("AuthorizeRemoteTxRequests", BOOL).seen("false"),
    // Read-only capability
    read_only("GetConfigurationMaxKeys", COUNT).seen("200"),
    read_only("SupportedFeatureProfiles", TEXT).optional().seen("Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger"),
    // Metering and messages
    key("StopTxnAlignedData", TEXT).optional().seen("Energy.Active.Import.Register"),
    key("StopTxnSampledData", TEXT).optional().seen("Energy.Active.Import.Register"),
    key("MeterValuesAlignedData", TEXT).optional().seen("Energy.Active.Import.Register"),
    key("MeterValuesSampledData", TEXT).optional().seen("Energy.Active.Import.Register"),
    // Read-only capability
    read_only("UnlockConnectorOnEVSideDisconnect", BOOL).seen("true"),
    read_only("StopTransactionOnEVSideDisconnect", BOOL).seen("true"),
    read_only("ResetRetries", COUNT).seen("0"),
    // Load management
    key("ConnectorSwitch3to1PhaseSupported", BOOL).default("false").seen("false"),
    key("ConnectorSwitchPhaseSource", Kind::OpenChoice(&["NONE"])).seen("NONE"),
    // Read-only capability
    read_only("ReserveConnectorZeroSupported", BOOL).seen("false"),
    // Backend
    read_only("KeystorePassword", TEXT).optional().secret(),
    // Read-only capability
    read_only("CertificateStoreMaxLength", COUNT).seen("10000"),
    // Backend
    key("AdditionalRootCertificateCheck", BOOL).seen("false"),
    // Read-only capability
    read_only("SupportedFileTransferProtocols", TEXT).optional().seen("FTP,HTTP,HTTPS"),
    // Backend
    key("GetCertificateHashAlgorithm", Kind::OpenChoice(&["SHA256"])).seen("SHA256"),
    key("DaysUntilChargepointCertificateExpiration", COUNT).unit(Unit::Day).seen("30"),
    key("CpoName", TEXT).optional().seen("Keba"),
    key("SecurityProfile", int(0, 3)).seen("0"),
    key("SecurityProfileFallback", COUNT).seen("0"),
    key("SecurityProfileFallbackPeriod", COUNT).unit(Unit::Second).seen("180").inferred(),
    // Load management
    read_only("MemoryCheckerThresholdPct", int(0, 100)).unit(Unit::Percent).seen("90"),
    read_only("BatchedEventPauseResetAfter", COUNT).unit(Unit::Second).seen("30").inferred(),
    // Portal
    key("PortalHost", TEXT).optional(),
    key("PortalPort", PORT).optional(),
    key("PortalPath", TEXT).optional(),
    key("PortalChargeBoxIdentity", TEXT).optional().station_specific(),
    key("enc.PortalBasicAuthenticationPassword", TEXT).optional().secret(),
    key("PortalWebSocketPingInterval", COUNT).unit(Unit::Second).seen("240"),
    key("enc.PortalEnrollmentToken", TEXT).optional().secret(),
    key("PortalUpdateEndpoint", Kind::Url(&["http", "https"])),
    key("PortalUpdateCheckFrequencyDays", COUNT).unit(Unit::Day).seen("1"),
    // Load management
    key("RandomProfileDelayEnabled", BOOL).seen("true"),
    key("RandomProfileMaxDelay", COUNT).unit(Unit::Second).seen("600"),
    // Backend
    key("FtpUseMlstCommand", BOOL).seen("true"),
    key("FtpsUseEndpointChecking", BOOL).seen("true"),
    key("SftpUseStrictHostChecking", BOOL).seen("false"),
    key("RestApiEnabled", BOOL).seen("true"),
    // Portal
    key("PortalConfigNotificationEnabled", BOOL).seen("false"),
    key("PortalConfigNotificationFrequency", COUNT).unit(Unit::Second).seen("30").inferred(),
    // Backend
    key("HostConnectorProxyServerAddress", TEXT).optional(),
    key("HostConnectorProxyServerPort", PORT).optional(),
    key("HostConnectorProxyUsername", TEXT).optional(),
    key("HostConnectorProxyPassword", TEXT).optional().secret(),
    key("HostConnectorProxyServerConfigEnabled", BOOL).seen("false"),
    // Charging network
    key("Connect2ConnectorSerial", Kind::Digits(8)).within("CONFIGURATION").numbered().station_specific(),
    key("FailsafeCurrentSerial", COUNT).numbered().unit(Unit::Milliampere).seen("32000"),
    read_only("ModelSerial", TEXT).numbered().optional().seen("KC-P30-GS2400U2-M0A"),
    read_only("MaxCurrentSerial", COUNT).numbered().unit(Unit::Milliampere).seen("10000"),
    key("AliasSerial", TEXT).numbered().optional(),
    // Display text
    key("DisplayTextLanguage", Kind::OpenChoice(&["en"])).seen("en"),
    key("DisplayTextCard", Kind::DisplayText),
    key("DisplayTextPlug", Kind::DisplayText),
    key("DisplayTextCheckingCard", Kind::DisplayText),
    key("DisplayTextCardExpired", Kind::DisplayText),
    key("DisplayTextCardBlocked", Kind::DisplayText),
    key("DisplayTextCardInvalid", Kind::DisplayText),
    key("DisplayTextCardOk", Kind::DisplayText),
    key("DisplayTextCharging", Kind::DisplayText),
    key("DisplayTextPVBoostCharging", Kind::DisplayText),
    key("DisplayTextPVCharging", Kind::DisplayText),
    key("DisplayTextChargingSuspended", Kind::DisplayText),
    key("DisplayTextChargingStopped", Kind::DisplayText),
    key("DisplayTextReservedId", Kind::DisplayText),
    key("DisplayTextWrongReservation", Kind::DisplayText),
    // In the file only
    file_only("LocalDHCPSEnabled", BOOL).within("NETWORK").default("false"),
    file_only("HOTSPOT_SSID", TEXT).station_specific(),
    file_only("HOTSPOT_KEY", TEXT).secret().station_specific(),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_the_dump() {
        let dump = || KEYS.iter().filter(|key| key.source == DUMP);
        assert_eq!(dump().count(), 198);
        assert_eq!(dump().filter(|key| key.access == Access::ReadWrite).count(), 168);
        assert_eq!(dump().filter(|key| key.access == Access::ReadOnly).count(), 30);
    }

    #[test]
    fn names_are_unique_and_seen_values_are_right() {
        for (index, key) in KEYS.iter().enumerate() {
            assert!(KEYS.iter().skip(index + 1).all(|other| other.name != key.name), "{} twice", key.name);
            for value in key.seen.into_iter().chain(key.default) {
                assert!(key.read(value.into()).is_some(), "{}: {value}", key.name);
            }
        }
    }

    #[test]
    fn what_is_called_secret_is_secret() {
        for key in &KEYS {
            let telling = ["Password", "Pwd", "Token", "SimPin", "_KEY", "AuthorizationKey"];
            let named = telling.iter().any(|word| key.name.contains(word)) && key.name != "DefaultTokenID";
            assert_eq!(key.secret, named, "{}", key.name);
        }
    }
}
