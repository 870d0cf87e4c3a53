//! The parameters of Bender controllers.
//!
//! Three name spaces exist: OCPP keys, web labels, parameter files; the full mapping is printed by the device
//! only. Confirmed are the 12 OCPP keys and the 18 parameter names of the first two groups below. **All other
//! file names are inferred**: the labels, ranges and roles come from the Powerstation TWO manual (CC612/613),
//! the file name is the label written the way the confirmed names are. Replace the table (a [`Profile`] is
//! data) where a device shows other names.

use crate::profile::{Access, Account, Key, Kind, Profile, Unit, Vendor, index};

/// Parameter files. A second connector has keys of its own, with `_2` in front of the module.
pub const PROFILE: Profile<'static> = Profile::indexed(Vendor::Bender, &PARAMETERS, &INDEX);
static INDEX: [u16; 512] = index(&PARAMETERS);

/// The documented keys of GetConfiguration.
pub const OCPP_PROFILE: Profile<'static> = Profile::indexed(Vendor::Bender, &OCPP_KEYS, &OCPP_INDEX);
static OCPP_INDEX: [u16; 32] = index(&OCPP_KEYS);

/// Firmware documentation and programs that read or write these files.
const FIRMWARE: &str = "Bender firmware documentation 5.33 and public clients";
/// The on-device OCPP page.
const OCPP: &str = "Bender OCPP guide 5.33";
/// Labels, ranges and roles; the name is inferred.
const MANUAL: &str = "Powerstation TWO manual (CC612/613), file name inferred";

const SWITCH: Kind<'static> = Kind::Switch;
const TEXT: Kind<'static> = Kind::Text { min: 0, max: 0 };
const COUNT: Kind<'static> = int(0, i32::MAX as i64);
const PORT: Kind<'static> = int(1, 65535);
/// Supply lines of connectors; no Bender station has more than 80 A per connector, so a larger number is a
/// slip of unit.
const AMPS: Kind<'static> = int(0, 80);
/// Fuses of distributions; 9999 stands for no limit.
const FUSE: Kind<'static> = int(0, 9999);
const PHASES: Kind<'static> = Kind::OpenChoice(&["1-phase", "1-phase IT", "3-phase"]);
const ROTATION: Kind<'static> = Kind::Choice(&["RST", "STR", "TRS", "RTS", "SRT", "TSR"]);

const fn int(min: i64, max: i64) -> Kind<'static> {
    Kind::Integer { min, max }
}

const fn proven(name: &'static str, kind: Kind<'static>) -> Key<'static> {
    Key::new(name, kind, FIRMWARE).access(Access::Hidden).account(Account::Operator)
}

const fn reading(name: &'static str) -> Key<'static> {
    proven(name, TEXT).access(Access::ReadOnly).optional().state()
}

/// A parameter of the manual whose file name is inferred.
const fn label(name: &'static str, kind: Kind<'static>) -> Key<'static> {
    Key::new(name, kind, MANUAL).access(Access::Hidden).account(Account::Operator).inferred()
}

const fn ocpp(name: &'static str, kind: Kind<'static>) -> Key<'static> {
    Key::new(name, kind, OCPP).account(Account::Operator)
}

#[rustfmt::skip]
static OCPP_KEYS: [Key<'static>; 12] = [
    ocpp("RCMBDelta", int(0, 999)).unit(Unit::Decimilliampere).default("0"),
    ocpp("RCMB_STATE", TEXT).access(Access::ReadOnly).optional().state(),
    ocpp("RCMBTransactionMaxRMS", Kind::Decimal).unit(Unit::Decimilliampere).access(Access::ReadOnly).state().inferred(),
    ocpp("RCMBTransactionMaxDC", Kind::Decimal).unit(Unit::Decimilliampere).access(Access::ReadOnly).state().inferred(),
    ocpp("WeldCheck", Kind::OpenChoice(&["Disable", "Enable Opto C6/5", "Enable Opto C8/7"])).access(Access::ReadOnly),
    ocpp("WeldCheckInType", Kind::OpenChoice(&["Normally open", "Normally closed"])).access(Access::ReadOnly),
    ocpp("ChargePointVendor", TEXT).access(Access::ReadOnly),
    ocpp("ChargePointModel", TEXT).access(Access::ReadOnly).seen("CC612_2S0R"),
    ocpp("SSHAccessUsb", SWITCH).inferred(),
    ocpp("SSHAccessWlanNetwork", SWITCH).inferred(),
    ocpp("OperatorCurrentLimit", AMPS).unit(Unit::Ampere),
    ocpp("OperatorCurrentLimit_2", AMPS).unit(Unit::Ampere),
];

#[rustfmt::skip]
static PARAMETERS: [Key<'static>; 143] = [
    // Proven settings
    proven("FreeCharging_vehicleif", SWITCH).seen("off"),
    proven("OperatorCurrentLimit_vehicleif", AMPS).alias("OperatorCurrentLimit").unit(Unit::Ampere).access(Access::ReadWrite).seen("16"),
    proven("FLLFillMode_fll", Kind::Bit).seen("0"),
    proven("WebUILanguage_web", TEXT).seen("en"),
    proven("WebUIStyle_web", TEXT),
    proven("ChargePointUUID_ocpp", TEXT).station_specific(),
    proven("ManufacturerURL_custom", TEXT).optional(),
    // Proven readings
    reading("SignaledCurrentLimit_vehicleif"),
    reading("Type2StateConnector1_vehicleif"),
    reading("OcppMeterCurrent_meter"),
    reading("OcppMeterVoltage_meter"),
    reading("OcppMeterFrequency_meter"),
    reading("FirstMeterTable_meter"),
    reading("ErrorsList_custom"),
    reading("Type2NumberContactorCyclesRO_vehicleif"),
    reading("Type2PlugCounterRO_vehicleif"),
    reading("EnergyManagerTable_energyman"),
    reading("StateMon_energyman"),
    // Network
    label("ConnectionType_ocpp", Kind::OpenChoice(&["GSM", "Ethernet", "No backend"])),
    label("Apn_modem", TEXT).optional(),
    label("ApnUser_modem", TEXT).optional(),
    label("ApnPassword_modem", TEXT).optional().secret(),
    label("SimPin_modem", TEXT).optional().secret(),
    label("NetworkSelection_modem", Kind::OpenChoice(&["auto", "manual", "manual/auto"])).default("auto"),
    label("AccessTechnology_modem", Kind::OpenChoice(&["auto", "2G", "3G", "4G"])).default("auto"),
    label("ScanOperatorsAtBoot_modem", SWITCH).default("off"),
    label("RequestedOperator_modem", TEXT).optional(),
    label("OperatorNameFormat_modem", Kind::OpenChoice(&["long", "short", "numeric"])).seen("short"),
    label("Mtu_modem", COUNT).unit(Unit::Byte).optional(),
    label("WanRouter_network", SWITCH).seen("off"),
    label("Wlan_network", SWITCH),
    label("NetworkMode_network", Kind::OpenChoice(&["auto", "manual", "DHCP server"])),
    label("DhcpHostname_network", TEXT).optional().station_specific(),
    label("DhcpRetries_network", COUNT),
    label("DhcpTimeout_network", COUNT).unit(Unit::Second),
    label("DhcpDelay_network", COUNT).unit(Unit::Second),
    label("StaticAddress_network", Kind::Ipv4).optional().station_specific(),
    label("Netmask_network", Kind::Ipv4).optional(),
    label("Gateway_network", Kind::Ipv4).optional(),
    label("Dns_network", Kind::Ipv4).optional(),
    // Back end
    label("ChargeBoxIdentity_ocpp", TEXT).optional().station_specific(),
    label("OcppMode_ocpp", Kind::Choice(&["OCPP-S 1.5", "OCPP-S 1.6", "OCPP-J 1.6"])).seen("OCPP-J 1.6"),
    label("SoapUrl_ocpp", Kind::Url(&["http", "https"])).optional(),
    label("WebsocketUrl_ocpp", Kind::Url(&["ws", "wss"])).optional(),
    label("WebsocketProxy_ocpp", TEXT).optional(),
    label("WebsocketKeepAlive_ocpp", COUNT).unit(Unit::Second).default("0").seen("60"),
    label("HttpBasicPassword_ocpp", TEXT).optional().secret(),
    label("SoapServerPort_ocpp", PORT).default("8090"),
    label("SoapServerSsl_ocpp", TEXT),
    label("SoapBackendAddresses_ocpp", TEXT).optional(),
    label("PublicAddressMode_ocpp", Kind::OpenChoice(&["local device", "manual", "automatic", "Teltonika RUT"])),
    label("SslStrictness_ocpp", Kind::OpenChoice(&["encrypt only", "expired and any host", "any host", "expired", "normal"])),
    label("ConnectionTimeout_ocpp", COUNT).unit(Unit::Second).default("60"),
    label("TcpWatchdog_ocpp", COUNT).unit(Unit::Second).default("10800"),
    label("ForceHeartbeat_ocpp", SWITCH).seen("on"),
    label("ShowDisconnectAsError_ocpp", SWITCH).default("off"),
    label("InformativeNotifications_ocpp", SWITCH).seen("on"),
    label("ErrorNotifications_ocpp", SWITCH).seen("on"),
    label("UsbErrorNotifications_ocpp", SWITCH).seen("off"),
    label("OccupiedStrategy_ocpp", Kind::OpenChoice(&["on charging", "on authorized or plugged"])).seen("on charging"),
    label("PreparingUntilStateC_ocpp", SWITCH),
    label("MailServer_mail", TEXT).optional().since("5.30"),
    label("MailPort_mail", PORT).optional().since("5.30"),
    label("MailLogin_mail", TEXT).optional().since("5.30"),
    label("MailPassword_mail", TEXT).optional().secret().since("5.30"),
    label("MailReceiver_mail", TEXT).optional().since("5.30"),
    label("MailLocation_mail", TEXT).optional().since("5.30"),
    label("RestartTransactionAfterPowerLoss_ocpp", SWITCH),
    label("HeartbeatInterval_ocpp", COUNT).unit(Unit::Second),
    label("MeterValueSampleInterval_ocpp", COUNT).unit(Unit::Second),
    label("ClockAlignedDataInterval_ocpp", COUNT).unit(Unit::Second),
    label("LongGetConfigurationKeys_ocpp", SWITCH).seen("off"),
    // Authorization
    label("VehicleConnectionTimeout_ocpp", COUNT).unit(Unit::Second).default("45"),
    label("AuthorizeRemoteStart_ocpp", SWITCH).seen("on"),
    label("AllowChargingIfInDoubt_vehicleif", Kind::Choice(&["off", "on", "immediately"])).seen("off"),
    label("StopTransactionMode_vehicleif", Kind::OpenChoice(&["normal", "unplug", "card", "normal+D+RCD"])).seen("normal"),
    label("LockOnlyIfAuthorized_vehicleif", SWITCH).seen("off"),
    label("FreeChargingMode_vehicleif", int(1, 6)),
    label("FreeChargingTag_vehicleif", TEXT).optional(),
    label("RfidTagCase_rfid", Kind::Choice(&["lower", "upper", "lower reversed", "upper reversed"])).seen("lower"),
    label("EnforceMasterRfid_rfid", SWITCH).seen("off"),
    label("EnforceSecureRfid_rfid", SWITCH).seen("off"),
    label("DisplayLanguage_web", TEXT),
    label("LocalWhitelistEnabled_fll", SWITCH).seen("on"),
    label("LocalWhitelist_fll", TEXT).optional(),
    label("OcppWhitelistEnabled_ocpp", SWITCH).seen("on"),
    label("OcppWhitelistExpiry_ocpp", Kind::OpenChoice(&["end of epoch", "one year"])).default("end of epoch"),
    label("LocalPreAuthorize_ocpp", SWITCH).seen("on"),
    label("LocalAuthorizeOffline_ocpp", SWITCH).seen("on"),
    label("Iso15118Mode_vehicleif", Kind::OpenChoice(&["off", "encourage", "offer", "force", "edition 2"])),
    // Power
    label("OperatorCurrentLimit_2_vehicleif", AMPS).alias("OperatorCurrentLimit_2").unit(Unit::Ampere),
    label("InstallationCurrentLimit_vehicleif", AMPS).unit(Unit::Ampere).account(Account::Installer),
    label("InstallationCurrentLimit_2_vehicleif", AMPS).unit(Unit::Ampere).account(Account::Installer),
    label("MaximumCurrent_vehicleif", AMPS).unit(Unit::Ampere).account(Account::Manufacturer).seen("32"),
    label("MaximumCurrent_2_vehicleif", AMPS).unit(Unit::Ampere).account(Account::Manufacturer),
    label("MasterSlaveMode_vehicleif", Kind::Choice(&["off", "master", "slave"])).account(Account::Manufacturer),
    label("OneFeedLine_energyman", SWITCH).account(Account::Manufacturer),
    label("FeedLineCapacity_energyman", AMPS).since("5.29.1").unit(Unit::Ampere).account(Account::Manufacturer).seen("32"),
    label("FeedLineVisibleToInstaller_energyman", SWITCH).account(Account::Manufacturer),
    label("SupplyVoltage_vehicleif", int(100, 300)).unit(Unit::Volt).default("230"),
    label("ConnectedPhases_vehicleif", PHASES).seen("3-phase"),
    label("ConnectedPhases_2_vehicleif", PHASES),
    label("PhaseRotation_vehicleif", ROTATION).seen("RST"),
    label("PhaseRotation_2_vehicleif", ROTATION),
    // Load management
    label("ModbusServer_energyman", SWITCH),
    label("Semp_energyman", SWITCH).seen("off"),
    label("EeBus_energyman", SWITCH).seen("off"),
    label("AskiOverOcpp_energyman", SWITCH).seen("off"),
    label("DlmMode_energyman", Kind::OpenChoice(&["disabled", "master with internal slave", "master", "slave auto discovery", "slave fixed"])),
    label("DlmNetworkId_energyman", COUNT).seen("0"),
    label("DlmDiscoveryDisabled_energyman", SWITCH).seen("off"),
    label("DlmSampleRate_energyman", COUNT).unit(Unit::Second).seen("30"),
    label("DlmEvWakeUp_energyman", SWITCH).seen("on"),
    label("ExternalInput1_energyman", Kind::OpenChoice(&["disabled"])).seen("disabled"),
    label("ExternalInput2_energyman", Kind::OpenChoice(&["disabled"])).seen("disabled"),
    label("MeterDigitalInput_energyman", SWITCH).seen("off"),
    label("EvseSubDistributionLimitL1_energyman", FUSE).unit(Unit::Ampere),
    label("EvseSubDistributionLimitL2_energyman", FUSE).unit(Unit::Ampere),
    label("EvseSubDistributionLimitL3_energyman", FUSE).unit(Unit::Ampere),
    label("OperatorSubDistributionLimitL1_energyman", FUSE).unit(Unit::Ampere),
    label("OperatorSubDistributionLimitL2_energyman", FUSE).unit(Unit::Ampere),
    label("OperatorSubDistributionLimitL3_energyman", FUSE).unit(Unit::Ampere),
    label("MainDistributionLimitL1_energyman", FUSE).unit(Unit::Ampere).seen("100"),
    label("MainDistributionLimitL2_energyman", FUSE).unit(Unit::Ampere).seen("100"),
    label("MainDistributionLimitL3_energyman", FUSE).unit(Unit::Ampere).seen("100"),
    label("ExternalMeter_energyman", SWITCH).seen("off"),
    label("SecondMeterType_meter", TEXT).seen("Siemens 7KM2200 (TCP)"),
    label("SecondMeterAddress_meter", Kind::Ipv4).optional(),
    label("SecondMeterPort_meter", PORT).seen("502"),
    label("ExternalLoadHeadroomL1_energyman", FUSE).unit(Unit::Ampere).seen("0"),
    label("ExternalLoadHeadroomL2_energyman", FUSE).unit(Unit::Ampere).seen("0"),
    label("ExternalLoadHeadroomL3_energyman", FUSE).unit(Unit::Ampere).seen("0"),
    label("ExternalLoadFallbackL1_energyman", FUSE).unit(Unit::Ampere).seen("9999"),
    label("ExternalLoadFallbackL2_energyman", FUSE).unit(Unit::Ampere).seen("9999"),
    label("ExternalLoadFallbackL3_energyman", FUSE).unit(Unit::Ampere).seen("9999"),
    label("ExternalMeterLocation_energyman", Kind::OpenChoice(&["including", "excluding"])).seen("including"),
    label("CurrentImbalancePrevention_energyman", SWITCH).seen("off"),
    label("MinimumCurrentLimit_energyman", AMPS).unit(Unit::Ampere).seen("7"),
    label("DisconnectedLimit_energyman", AMPS).unit(Unit::Ampere).seen("7"),
    label("ItNetwork_energyman", SWITCH).seen("off"),
    label("CurrentScheduler_energyman", SWITCH).seen("off"),
    label("OcppMeterType_meter", TEXT),
    // System
    label("UsbFirmwareUpdate_system", SWITCH),
];

#[cfg(test)]
mod tests {
    extern crate alloc;
    use alloc::vec::Vec;

    use super::*;
    use crate::profile::Confidence;

    #[test]
    fn counts_of_what_is_proven() {
        assert_eq!(OCPP_KEYS.len(), 12);
        assert_eq!(PARAMETERS.iter().filter(|key| key.confidence == Confidence::Confirmed).count(), 18);
    }

    #[test]
    fn secrets_of_the_manual() {
        let secrets: Vec<_> = PARAMETERS.iter().filter(|key| key.secret).map(|key| key.name).collect();
        assert_eq!(
            secrets,
            ["ApnPassword_modem", "SimPin_modem", "HttpBasicPassword_ocpp", "MailPassword_mail"]
        );
    }

    #[test]
    fn names_are_unique_and_seen_values_are_right() {
        for keys in [&OCPP_KEYS[..], &PARAMETERS[..]] {
            for (index, key) in keys.iter().enumerate() {
                assert!(
                    keys.iter().skip(index + 1).all(|other| other.name != key.name),
                    "{} twice",
                    key.name
                );
                for value in key.seen.into_iter().chain(key.default) {
                    assert!(key.read(value.into()).is_some(), "{}: {value}", key.name);
                }
            }
        }
    }
}
