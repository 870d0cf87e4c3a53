//! The keys of an EVlink station's configuration.
//!
//! 190 keys in 24 sections, from the configuration text that the maintenance report of a two-socket station
//! (firmware 3.3.0.4) prints (commissioning tool guide, annex A), and their names and rights in the
//! GetConfiguration answer of a supervised station. `seen` is the annex value, `default` what the guide
//! states for the page's field. Codes of most enumerations are not documented: their rows take any small
//! number.

use crate::profile::{Access, Account, Key, Kind, Profile, Unit, Vendor, index};

/// All 190 keys.
pub const PROFILE: Profile<'static> = Profile::indexed(Vendor::Evlink, &KEYS, &INDEX);
static INDEX: [u16; 512] = index(&KEYS);

/// The blocks of the text, each with the section it starts with.
const BLOCKS: [(&str, &str); 4] = [
    ("FUNCTIONAL", "Evse Conf"),
    ("OCPP", "Ocpp Conf"),
    ("REPORT GLOBAL", "Report Conf"),
    ("UPDATE GLOBAL", "Update Conf"),
];

/// The heading of the block a section stands in, without the comment sign.
#[must_use]
pub fn block(section: &str) -> Option<&'static str> {
    let place = |name: &str| KEYS.iter().position(|key| key.section == Some(name));
    let own = place(section)?;
    let block = BLOCKS.iter().rev().find(|(first, _)| place(first).is_some_and(|first| first <= own))?;
    Some(block.1)
}

/// Annex A of the commissioning tool guide, 03/2022.
const ANNEX: &str = "EVlink commissioning tool guide 03/2022, annex A";

const BOOL: Kind<'static> = Kind::Bool;
const BIT: Kind<'static> = Kind::Bit;
const TEXT: Kind<'static> = Kind::Text { min: 0, max: 0 };
const COUNT: Kind<'static> = int(0, i32::MAX as i64);
const PORT: Kind<'static> = int(1, 65535);
/// A code whose meanings are not documented.
const CODE: Kind<'static> = int(0, 255);

const fn int(min: i64, max: i64) -> Kind<'static> {
    Kind::Integer { min, max }
}

const fn text(max: u16) -> Kind<'static> {
    Kind::Text { min: 0, max }
}

/// A key the back end may write. Only the administrator loads configuration files.
const fn key(section: &'static str, name: &'static str, kind: Kind<'static>) -> Key<'static> {
    Key::new(name, kind, ANNEX).within(section).account(Account::Operator)
}

const fn read_only(section: &'static str, name: &'static str, kind: Kind<'static>) -> Key<'static> {
    key(section, name, kind).access(Access::ReadOnly)
}

const fn hidden(section: &'static str, name: &'static str, kind: Kind<'static>) -> Key<'static> {
    key(section, name, kind).access(Access::Hidden)
}

#[rustfmt::skip]
static KEYS: [Key<'static>; 190] = [
    // Block evse
    key("FUNCTIONAL", "operatingMode", CODE).seen("2").inferred(),
    read_only("FUNCTIONAL", "clusterManagement", BIT).seen("0"),
    key("FUNCTIONAL", "simplifiedMode3", BOOL).seen("true"),
    key("FUNCTIONAL", "ventilation", BOOL).seen("false").inferred(),
    key("FUNCTIONAL", "localisation", BOOL).default("false").seen("false").inferred(),
    hidden("FUNCTIONAL", "statePDelayPwmOff", COUNT).unit(Unit::Second).seen("0").inferred(),
    hidden("FUNCTIONAL", "statePDelayPwmOn", COUNT).unit(Unit::Second).seen("3").inferred(),
    read_only("FUNCTIONAL", "evChargeTimeout", COUNT).alias("ConnectionTimeOut").unit(Unit::Second).seen("30").inferred(),
    read_only("FUNCTIONAL", "cpwRateStep", COUNT).seen("0"),
    key("FUNCTIONAL", "isolatedInput1", CODE).seen("0").inferred(),
    key("FUNCTIONAL", "isolatedInput2", CODE).seen("0").inferred(),
    hidden("FUNCTIONAL", "diStatusExpected", Kind::Mask { digits: 4 }).seen("0x0060"),
    hidden("FUNCTIONAL", "diStatusEnable", Kind::Mask { digits: 4 }).seen("0x0268"),
    hidden("FUNCTIONAL", "autoTestEnable", Kind::Mask { digits: 8 }).seen("0x7FFFFFFF"),
    read_only("FUNCTIONAL", "SM3CurrentLowThreshold", COUNT).unit(Unit::Ampere).seen("1").inferred(),
    hidden("FUNCTIONAL", "SM3MaxCurrent", COUNT).unit(Unit::Ampere).seen("10"),
    read_only("FUNCTIONAL", "SM3StopDelay", COUNT).unit(Unit::Second).seen("3600"),
    key("FUNCTIONAL", "postponeCharge", BOOL).seen("false"),
    read_only("FUNCTIONAL", "allowPluggedCable", BOOL).default("false").seen("false"),
    key("FUNCTIONAL", "enableEvDetection", BOOL).seen("false"),
    read_only("FUNCTIONAL", "schukoWithNoDetectionEndOfCharge", COUNT).unit(Unit::Unknown).seen("60").inferred(),
    read_only("FUNCTIONAL", "updateSetPointPeriodInSec", COUNT).unit(Unit::Second).seen("15"),
    read_only("FUNCTIONAL", "remoteSetPointPeriodInSec", COUNT).unit(Unit::Second).seen("5"),
    key("FUNCTIONAL", "stationNetworkType", CODE).seen("1").inferred(),
    key("FUNCTIONAL", "dhcp", BIT).seen("0"),
    key("FUNCTIONAL", "strictDhcpMode", BIT).seen("0").inferred(),
    key("FUNCTIONAL", "slaveHasPublicIp", BIT).seen("1"),
    key("FUNCTIONAL", "stationName", Kind::StationName).optional().station_specific(),
    hidden("FUNCTIONAL", "ssdp", BIT).seen("1"),
    read_only("FUNCTIONAL", "dhcpMode", CODE).seen("0").inferred(),
    key("FUNCTIONAL", "loadSheddingSetPoint", int(0, 32)).unit(Unit::Ampere).default("0").seen("0"),
    key("ENERGY", "voltageReference", COUNT).alias("voltagererefence").unit(Unit::Volt).seen("400"),
    read_only("ENERGY", "currentPH1", COUNT).alias("currentpb1").unit(Unit::Ampere).default("32").seen("32").inferred(),
    read_only("ENERGY", "nbPhase", Kind::Choice(&["1", "3"])).required().seen("3"),
    key("ENERGY", "maxIntensitySocket", int(0, 32)).unit(Unit::Ampere).required().default("32").seen("32"),
    key("ENERGY", "maxIntensityStation", int(0, 64)).unit(Unit::Ampere).required().default("64").seen("64"),
    key("ENERGY", "maxTEValue", COUNT).unit(Unit::Ampere).seen("14"),
    key("ENERGY", "HeadMeterType", CODE).default("5").seen("5").inferred(),
    key("ENERGY", "HeadMeterProtocol", CODE).default("1").seen("1").inferred(),
    key("ENERGY", "HeadMeterRTUAddress", int(1, 255)).station_specific().default("2").seen("1").inferred(),
    key("ENERGY", "HeadMeterGatewayAddress", int(130, 162)).station_specific().default("130").seen("130"),
    key("ENERGY", "HeadMeterPhase", COUNT).seen("1"),
    key("ENERGY", "StationMeterType", CODE).seen("5").inferred(),
    key("ENERGY", "StationMeterProtocol", CODE).seen("1").inferred(),
    key("ENERGY", "StationMeterRTUAddress", COUNT).station_specific().seen("2"),
    key("ENERGY", "StationMeterPhase", COUNT).seen("2"),
    key("ENERGY", "AlternativeMeterType", CODE).seen("5").inferred(),
    key("ENERGY", "AlternativeMeterProtocol", CODE).seen("1").inferred(),
    key("ENERGY", "AlternativeMeterRTUAddress", COUNT).seen("3"),
    key("ENERGY", "AlternativeMeterGatewayAddress", COUNT).seen("130"),
    key("ENERGY", "AlternativeMeterPhase", COUNT).seen("3"),
    key("ENERGY", "MeteringPollingPeriod", COUNT).unit(Unit::Millisecond).seen("1000"),
    read_only("ENERGY", "PowerMeterPhasesConnection", CODE).seen("1").inferred(),
    key("ENERGY", "TerminalPhasesConnection", CODE).seen("1").inferred(),
    key("HISTORY", "CurrentChargeLogPeriod", COUNT).unit(Unit::Second).seen("60").inferred(),
    key("HMI CONTROL", "EnableSuspendChargeByButton", BOOL).seen("false"),
    hidden("PROXY", "proxyEnabled", BIT).seen("0"),
    hidden("PROXY", "proxyHost", TEXT).optional().seen("UNDEFINED"),
    hidden("PROXY", "proxyPort", COUNT).seen("0"),
    hidden("PROXY", "proxyAuthentication", CODE).seen("0").inferred(),
    hidden("PROXY", "proxyUsername", TEXT).optional().seen("UNDEFINED"),
    hidden("PROXY", "proxyPassword", Kind::Cipher).optional().secret(),
    hidden("PROXY", "proxyUseHttps", BIT).seen("0"),
    hidden("PROXY", "proxyUseHttpParam", BIT).seen("0"),
    key("TIME", "useAutoTimeManagement", BOOL).alias("useautotimemanagment").default("false").seen("false"),
    key("TIME", "timeServerName", text(200)).optional().default("pool.ntp.org").seen("pool.ntp.org"),
    key("TIME", "timezone", TEXT).optional().seen("UTC"),
    key("EVLINK ENERGY", "pulseToEnergyFactor", COUNT).unit(Unit::WattHourPerPulse).seen("1").inferred(),
    key("EVLINK ENERGY", "degradedModeSetPointMono", COUNT).unit(Unit::Ampere).seen("8"),
    key("EVLINK ENERGY", "degradedModeSetPointTri", COUNT).unit(Unit::Ampere).seen("14"),
    key("EVLINK ENERGY", "monophasedLoadSheddingFloorValue", COUNT).unit(Unit::Ampere).seen("8"),
    key("EVLINK ENERGY", "triphasedLoadSheddingFloorValue", COUNT).unit(Unit::Ampere).seen("14"),
    key("EVLINK ENERGY", "EMSetting", CODE).seen("1").inferred(),
    read_only("EVLINK ENERGY", "upstreamProtHighTrshld", int(0, 100)).unit(Unit::Percent).seen("100").inferred(),
    read_only("EVLINK ENERGY", "homeUpstreamProtection", COUNT).unit(Unit::Ampere).seen("32").inferred(),
    key("ENERGY SHARING", "staticMaxIntensityCluster", COUNT).unit(Unit::Ampere).seen("64"),
    key("ENERGY SHARING", "loadSheddingPriority", CODE).seen("1").inferred(),
    key("ENERGY SHARING", "loadSheddingPeriod", COUNT).unit(Unit::Second).seen("900"),
    key("ENERGY SHARING", "phaseRotation", BOOL).seen("false"),
    hidden("CURRENT MEASUREMENT", "currentAdjustmentSlope", COUNT).seen("722"),
    hidden("CURRENT MEASUREMENT", "currentAdjustmentOffset", COUNT).seen("0"),
    hidden("CURRENT MEASUREMENT", "lowOvercurrentTolerance", int(0, 100)).unit(Unit::Percent).seen("10").inferred(),
    hidden("CURRENT MEASUREMENT", "mediumOvercurrentTolerance", int(0, 100)).unit(Unit::Percent).seen("25").inferred(),
    hidden("CURRENT MEASUREMENT", "highOvercurrentTolerance", int(0, 100)).unit(Unit::Percent).seen("70").inferred(),
    hidden("CURRENT MEASUREMENT", "lowOvercurrentDelay", COUNT).unit(Unit::Unknown).seen("1010").inferred(),
    hidden("CURRENT MEASUREMENT", "mediumOvercurrentDelay", COUNT).unit(Unit::Second).seen("5").inferred(),
    hidden("CURRENT MEASUREMENT", "highOvercurrentDelay", COUNT).unit(Unit::Second).seen("1").inferred(),
    read_only("CURRENT MEASUREMENT", "iMaxStation", COUNT).unit(Unit::Ampere).seen("64"),
    read_only("CURRENT MEASUREMENT", "overloadDelay", COUNT).unit(Unit::Second).seen("90").inferred(),
    read_only("CURRENT MEASUREMENT", "overloadTolerance", int(0, 100)).unit(Unit::Percent).seen("18").inferred(),
    key("AUTHENTICATION", "enableUnknownUser", BOOL).alias("AllowOfflineTxForUnknownId").default("true").seen("true").inferred(),
    key("AUTHENTICATION", "authenticationManager", CODE).seen("0").inferred(),
    key("AUTHENTICATION", "rfidStatusTimeout", int(0, 999)).unit(Unit::Second).default("10").seen("10"),
    key("AUTHENTICATION", "masterkeyAvailability", BOOL).seen("false").inferred(),
    key("AUTHENTICATION", "authenticationMode", CODE).seen("1").inferred(),
    key("AUTHENTICATION", "supervisionSystem", CODE).seen("0").inferred(),
    key("AUTHENTICATION", "ControlChargeByRemoteCommand", BOOL).default("false").seen("false"),
    // Block ocpp
    key("OCPP", "ocppVersion", Kind::Choice(&["1.5", "1.6"])).seen("1.5"),
    key("OCPP", "ocppCentralAddress", Kind::Url(&["http", "ws", "wss"])).optional().seen(""),
    key("OCPP", "ocppBoxLocalPort", PORT).default("8080").seen("8080"),
    key("OCPP", "ocppBoxPublicIp", Kind::Ipv4).optional().station_specific().seen(""),
    key("OCPP", "ocppBoxPublicPort", PORT).default("8080").seen("8080"),
    read_only("OCPP", "ocppBoxLocalSSL", BIT).seen("0"),
    key("OCPP", "ocppBoxAddressReplyTo", Kind::Url(&["http", "https"])).optional().default("http://www.w3.org/2005/08/addressing/anonymous").seen("http://www.w3.org/2005/08/addressing/anonymous"),
    read_only("OCPP", "ocppModemIpAddress", Kind::Ipv4).optional().default("192.168.0.254").seen("192.168.0.254"),
    read_only("OCPP", "ocppModemPresence", BIT).default("0").seen("0"),
    read_only("OCPP", "modemType", TEXT).optional().seen(""),
    key("OCPP", "boxIdentity", TEXT).optional().station_specific().default("UNDEFINED").seen("UNDEFINED"),
    key("OCPP", "defaultIdTag", TEXT).optional().default("UNDEFINED").seen("UNDEFINED"),
    hidden("OCPP", "isMeterValueSimulated", BOOL).seen("false"),
    key("OCPP", "MeterValuesAlignedData", TEXT).optional().seen("Energy.Active.Import.Register"),
    key("OCPP", "MeterValuesSampledData", TEXT).optional().seen("Energy.Active.Import.Register"),
    key("OCPP", "meterValueSampleInterval", COUNT).unit(Unit::Second).default("900").seen("900"),
    key("OCPP", "clockAlignedDataInterval", COUNT).unit(Unit::Second).default("0").seen("0"),
    key("OCPP", "ocppConnectTimeOut", COUNT).unit(Unit::Second).default("60").seen("60"),
    key("OCPP", "WebSocketPingInterval", COUNT).unit(Unit::Second).seen("120"),
    key("OCPP", "MinimumStatusDuration", COUNT).unit(Unit::Second).seen("0"),
    key("OCPP", "TransactionMessageRetryInterval", COUNT).unit(Unit::Second).seen("60"),
    key("OCPP", "TransactionMessageAttempts", COUNT).seen("500"),
    key("OCPP", "truncateBootNotificationsSerialNumbers", BOOL).seen("false"),
    hidden("OCPP", "serverCertificatePassword", Kind::Cipher).optional().secret().seen("UNDEFINED"),
    read_only("OCPP", "clientHttpsOptions", Kind::OpenChoice(&["DEFAULT"])).seen("DEFAULT"),
    key("OCPP", "cacheListEnabled", BOOL).alias("AuthorizationCacheEnabled").seen("false").inferred(),
    key("OCPP", "enablePlugNumbering", BOOL).default("false").seen("false"),
    hidden("OCPP", "lastAcceptedOcppCentralAddress", Kind::Url(&["http", "ws", "wss"])).optional().state().seen(""),
    hidden("OCPP", "lastAcceptedBoxIdentity", TEXT).optional().state().seen(""),
    key("OCPP", "lastAcceptedHeartBeatInterval", COUNT).alias("HeartBeatInterval").unit(Unit::Second).state().seen("0").inferred(),
    key("OCPP", "compressDiagnostic", BIT).seen("1"),
    key("OCPP", "ocppEMDegradedModeEnabled", BIT).seen("0"),
    // Block report
    hidden("REPORT GLOBAL", "GlobalLogReportPeriod", int(0, 3)).default("0").seen("0").inferred(),
    hidden("REPORT GLOBAL", "FieldSeparator", CODE).default("1").seen("1").inferred(),
    hidden("REPORT GLOBAL", "DecimalSeparator", CODE).default("1").seen("1").inferred(),
    hidden("REPORT GLOBAL", "PublicationProtocol", CODE).default("1").seen("1").inferred(),
    hidden("REPORT GLOBAL", "Language", TEXT).optional().seen("en-gb"),
    hidden("REPORT CHARGE LOGS", "SmtplAuthentication", BOOL).default("false").seen("true").inferred(),
    hidden("REPORT CHARGE LOGS", "SmtplLogin", TEXT).optional(),
    hidden("REPORT CHARGE LOGS", "SmtplPassword", Kind::Cipher).optional().secret(),
    hidden("REPORT CHARGE LOGS", "SmtplSender", text(254)).optional(),
    hidden("REPORT CHARGE LOGS", "SmtplServer", Kind::Url(&["smtp", "smtps"])).optional(),
    hidden("REPORT CHARGE LOGS", "SmtplPort", int(25, 587)).default("25").seen("587"),
    hidden("REPORT CHARGE LOGS", "SmtplLogsReceiver", text(254)).optional(),
    hidden("REPORT ALARM", "AlarmEnabled", BOOL).seen("true"),
    hidden("REPORT ALARM", "AlarmAuthent", BOOL).seen("true"),
    hidden("REPORT ALARM", "AlarmLogin", TEXT).optional().station_specific(),
    hidden("REPORT ALARM", "AlarmPassword", Kind::Cipher).optional().secret(),
    hidden("REPORT ALARM", "AlarmSender", TEXT).optional(),
    hidden("REPORT ALARM", "AlarmServer", TEXT).optional().seen(""),
    hidden("REPORT ALARM", "AlarmPort", PORT).seen("587"),
    hidden("REPORT ALARM", "AlarmReceiver", TEXT).optional().seen(""),
    hidden("REPORT FTP", "FtpAuthent", BOOL).seen("false"),
    hidden("REPORT FTP", "FtpLogin", TEXT).optional().seen(""),
    hidden("REPORT FTP", "FtpPassword", Kind::Cipher).optional().secret(),
    hidden("REPORT FTP", "FtpServer", TEXT).optional().seen(""),
    hidden("REPORT FTP", "FtpPort", int(1, 9999)).default("21").seen("21"),
    hidden("REPORT FTP", "FtpPassif", BIT).default("0").seen("0"),
    hidden("REPORT HTTP", "HttpAuthent", BOOL).seen("false"),
    hidden("REPORT HTTP", "HttpLogin", TEXT).optional().seen(""),
    hidden("REPORT HTTP", "HttpPassword", Kind::Cipher).optional().secret(),
    hidden("REPORT HTTP", "HttpServer", TEXT).optional().seen(""),
    hidden("REPORT HTTP", "HttpPort", int(1, 9999)).default("80").seen("80"),
    hidden("REPORT HTTP", "HttpPath", text(99)).optional().seen("/"),
    hidden("REPORT HTTP", "HttpField", text(49)).optional().seen(""),
    hidden("REPORT HTTPS", "HttpsAuthent", BIT).seen("0"),
    hidden("REPORT HTTPS", "HttpsLogin", TEXT).optional().seen(""),
    hidden("REPORT HTTPS", "HttpsPassword", Kind::Cipher).optional().secret(),
    hidden("REPORT HTTPS", "HttpsServer", TEXT).optional().seen(""),
    hidden("REPORT HTTPS", "HttpsPort", int(1, 9999)).default("80").seen("80"),
    hidden("REPORT HTTPS", "HttpsPath", text(99)).optional().seen("/"),
    hidden("REPORT HTTPS", "HttpsField", text(49)).optional().seen(""),
    hidden("SMTP", "authentication", BOOL).seen("true"),
    hidden("SMTP", "login", TEXT).optional(),
    hidden("SMTP", "password", Kind::Cipher).optional().secret(),
    hidden("SMTP", "sender", TEXT).optional(),
    hidden("SMTP", "server", Kind::Url(&["smtp", "smtps"])).optional(),
    hidden("SMTP", "port", PORT).seen("587"),
    hidden("SMTP", "receiver", TEXT).optional(),
    // Block update
    hidden("UPDATE GLOBAL", "GlobalFWUpdateProtocol", CODE).seen("0").inferred(),
    hidden("UPDATE GLOBAL", "DefaultPackageName", TEXT).optional().seen("evse"),
    hidden("UPDATE HTTP", "HttpLogin", TEXT).optional().seen(""),
    hidden("UPDATE HTTP", "HttpPassword", Kind::Cipher).optional().secret(),
    hidden("UPDATE HTTP", "HttpServerAddr", TEXT).optional().seen("192.168.0.101"),
    hidden("UPDATE HTTP", "HttpPort", PORT).seen("80"),
    hidden("UPDATE HTTP", "HttpPath", TEXT).optional().seen(""),
    hidden("UPDATE FTP", "FtpLogin", TEXT).optional().seen(""),
    hidden("UPDATE FTP", "FtpPassword", Kind::Cipher).optional().secret(),
    hidden("UPDATE FTP", "FtpServerAddr", TEXT).optional().seen(""),
    hidden("UPDATE FTP", "FtpPort", PORT).seen("21"),
    hidden("UPDATE FTP", "FtpPath", TEXT).optional().seen(""),
    hidden("UPDATE TFTP", "TftpServerAddr", TEXT).optional().seen(""),
    hidden("UPDATE TFTP", "TftpPath", TEXT).optional().seen(""),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_the_annex() {
        assert_eq!(KEYS.len(), 190);
        let sections = KEYS
            .iter()
            .enumerate()
            .filter(|(index, key)| !KEYS.iter().take(*index).any(|earlier| earlier.section == key.section));
        assert_eq!(sections.count(), 22, "24 less the two empty ones");
    }

    #[test]
    fn names_are_unique_in_their_section_and_seen_values_are_right() {
        for (index, key) in KEYS.iter().enumerate() {
            let twin = |other: &&Key<'_>| other.name == key.name && other.section == key.section;
            assert!(!KEYS.iter().skip(index + 1).any(|other| twin(&other)), "{} twice", key.name);
            for value in key.seen.into_iter().chain(key.default) {
                assert!(key.read(value.into()).is_some(), "{}: {value}", key.name);
            }
        }
    }

    #[test]
    fn sections_know_their_block() {
        assert_eq!(block("ENERGY"), Some("Evse Conf"));
        assert_eq!(block("OCPP"), Some("Ocpp Conf"));
        assert_eq!(block("SMTP"), Some("Report Conf"));
        assert_eq!(block("UPDATE TFTP"), Some("Update Conf"));
        assert_eq!(block("LOADMANAGEMENT"), None);
    }

    #[test]
    fn ciphers_are_the_secrets() {
        assert_eq!(KEYS.iter().filter(|key| key.secret).count(), 10);
        assert!(KEYS.iter().all(|key| key.secret == (key.kind == Kind::Cipher)));
    }
}
