//! The standard configuration keys as a table (OCPP 1.6 §9 and the security white paper, edition 3, §2).
//!
//! A row says what a key is called, what its values look like, who may change it and what it is before anybody did.
//! The session parses, checks and prints by this table; it holds no further knowledge about a key except where its
//! behaviour uses the value. Keys of kind [`Kind::Text`] and all vendor keys are kept by the application.

use core::fmt::{self, Write};

use super::measurands::Measurands;
use crate::num::whole;

/// What the values of a key look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// `true` or `false`, in any case.
    Bool,
    /// A decimal integer within these bounds.
    Int {
        /// Lowest value taken.
        min: i32,
        /// Highest value taken.
        max: i32,
    },
    /// A comma separated list of measurands, see [`Measurands`].
    Measurands,
    /// A text that never changes.
    Constant(&'static str),
    /// A text of at most so many characters that the application keeps.
    Text(u16),
}

/// Unit of an integer value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unit {
    /// A plain number.
    None,
    /// Seconds.
    Seconds,
    /// Number of times something is tried.
    Times,
    /// Watt hours.
    WattHours,
    /// Percent.
    Percent,
}

/// What the central system may do with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Access {
    /// Read only; a change is answered `Rejected`.
    Read,
    /// Read and change.
    Write,
    /// Change; reading shows no value (secrets).
    Secret,
    /// Read and change; the change works after the next restart and is answered `RebootRequired`.
    Reboot,
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// The key of this row.
    pub key: Key,
    /// The name on the wire. Names compare without case.
    pub name: &'static str,
    /// What its values look like.
    pub kind: Kind,
    /// Unit of an integer value.
    pub unit: Unit,
    /// What the central system may do with it.
    pub access: Access,
    /// The value before anybody changed it: the number, 0 or 1, or the bits of [`Measurands`].
    pub default: i32,
}

/// Why a text is no value for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueError {
    /// Neither `true` nor `false`.
    #[error("expected true or false")]
    Bool,
    /// Not an integer within the bounds of the row.
    #[error("expected an integer from {min} to {max}")]
    Int {
        /// Lowest value taken.
        min: i32,
        /// Highest value taken.
        max: i32,
    },
    /// A measurand is unknown or cannot be measured here.
    #[error("expected a comma separated list of measurands this station can measure")]
    Measurands,
    /// The session does not hold values of this kind.
    #[error("the value of this key is not held by the session")]
    NotHeld,
}

impl Row {
    /// Reads a value from its text.
    ///
    /// # Errors
    ///
    /// See [`ValueError`]. Keys of kind [`Kind::Constant`] and [`Kind::Text`] have no value here.
    pub fn parse(&self, text: &str) -> Result<i32, ValueError> {
        let text = text.trim_ascii();
        match self.kind {
            Kind::Bool if text.eq_ignore_ascii_case("true") => Ok(1),
            Kind::Bool if text.eq_ignore_ascii_case("false") => Ok(0),
            Kind::Bool => Err(ValueError::Bool),
            Kind::Int { min, max } => match whole(text) {
                Some(value) if min <= value && value <= max => Ok(value),
                _ => Err(ValueError::Int { min, max }),
            },
            Kind::Measurands => {
                Measurands::parse(text).map(Measurands::to_bits).ok_or(ValueError::Measurands)
            }
            Kind::Constant(_) | Kind::Text(_) => Err(ValueError::NotHeld),
        }
    }

    /// Writes a value as its text.
    ///
    /// # Errors
    ///
    /// When the writer refuses.
    pub fn write(&self, value: i32, out: &mut dyn Write) -> fmt::Result {
        match self.kind {
            Kind::Bool => out.write_str(if value == 0 { "false" } else { "true" }),
            // As wide as other numbers that are printed: firmware has the code for it then.
            Kind::Int { .. } => write!(out, "{}", i64::from(value)),
            Kind::Measurands => write!(out, "{}", Measurands::from_bits(value)),
            Kind::Constant(text) => out.write_str(text),
            Kind::Text(_) => Ok(()),
        }
    }
}

macro_rules! keys {
    ($($(#[$doc:meta])* $key:ident: $kind:expr, $unit:ident, $access:ident, $default:expr;)*) => {
        /// A standard configuration key.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Key {
            $($(#[$doc])* $key,)*
        }

        /// All rows, in the order of [`Key`], which is alphabetical within each block.
        pub static KEYS: [Row; Key::COUNT] = [$(
            Row {
                key: Key::$key,
                name: stringify!($key),
                kind: $kind,
                unit: Unit::$unit,
                access: Access::$access,
                default: $default,
            },
        )*];

        impl Key {
            /// Number of keys.
            pub const COUNT: usize = [$(Key::$key),*].len();

            /// The row of this key.
            #[must_use]
            pub const fn row(self) -> &'static Row {
                // Every key has its row there, which the compiler sees.
                &KEYS[self as usize]
            }
        }
    };
}

const ANY: Kind = Kind::Int { min: 0, max: i32::MAX };
const DAY: Kind = Kind::Int { min: 0, max: 86_400 };
const ENERGY: i32 = Measurands::ENERGY.to_bits();

keys! {
    // Core profile, §9.1.

    /// Whether an unknown identifier may charge while there is no connection.
    AllowOfflineTxForUnknownId: Kind::Bool, None, Write, 0;
    /// Whether identifiers the central system accepted are remembered.
    AuthorizationCacheEnabled: Kind::Bool, None, Write, 0;
    /// Whether a remote start is authorized like a card.
    AuthorizeRemoteTxRequests: Kind::Bool, None, Write, 0;
    /// How often the lighting blinks when it signals.
    BlinkRepeat: Kind::Int { min: 0, max: 100 }, Times, Write, 3;
    /// Interval of clock-aligned meter values, counted from midnight UTC; 0: none.
    ClockAlignedDataInterval: DAY, Seconds, Write, 0;
    /// How long an authorization waits for a cable.
    ConnectionTimeOut: DAY, Seconds, Write, 60;
    /// Phase rotation per connector, such as `1.RST`.
    ConnectorPhaseRotation: Kind::Text(255), None, Write, 0;
    /// Most keys one GetConfiguration may ask for.
    GetConfigurationMaxKeys: ANY, None, Read, 64;
    /// Interval of heartbeats; the answer to a BootNotification overrides it.
    HeartbeatInterval: DAY, Seconds, Write, 300;
    /// Brightness of the lighting.
    LightIntensity: Kind::Int { min: 0, max: 100 }, Percent, Write, 100;
    /// Whether identifiers known to the station may charge while there is no connection.
    LocalAuthorizeOffline: Kind::Bool, None, Write, 1;
    /// Whether identifiers known to the station may charge before the central system has answered.
    LocalPreAuthorize: Kind::Bool, None, Write, 0;
    /// Energy delivered at most after an identifier turned out to be invalid.
    MaxEnergyOnInvalidId: ANY, WattHours, Write, 0;
    /// What clock-aligned meter values contain.
    MeterValuesAlignedData: Kind::Measurands, None, Write, ENERGY;
    /// What sampled meter values contain.
    MeterValuesSampledData: Kind::Measurands, None, Write, ENERGY;
    /// Interval of sampled meter values during a transaction; 0: none.
    MeterValueSampleInterval: DAY, Seconds, Write, 900;
    /// How long a status must last to be reported.
    MinimumStatusDuration: DAY, Seconds, Write, 0;
    /// Number of connectors, without connector 0.
    NumberOfConnectors: Kind::Int { min: 1, max: 255 }, None, Read, 1;
    /// How often an unsuccessful reset is tried again.
    ResetRetries: Kind::Int { min: 0, max: 100 }, Times, Write, 3;
    /// Whether pulling the cable at the vehicle ends the transaction.
    StopTransactionOnEVSideDisconnect: Kind::Bool, None, Write, 1;
    /// Whether a transaction ends when its identifier turns out to be invalid.
    StopTransactionOnInvalidId: Kind::Bool, None, Write, 1;
    /// What clock-aligned data a StopTransaction carries, besides the messages sent as it arose.
    StopTxnAlignedData: Kind::Measurands, None, Write, 0;
    /// Longest list in StopTxnAlignedData.
    StopTxnAlignedDataMaxLength: ANY, None, Read, Measurands::LONGEST_LIST;
    /// What sampled data a StopTransaction carries, besides the messages sent as it arose.
    StopTxnSampledData: Kind::Measurands, None, Write, 0;
    /// Longest list in StopTxnSampledData.
    StopTxnSampledDataMaxLength: ANY, None, Read, Measurands::LONGEST_LIST;
    /// The feature profiles the station serves.
    SupportedFeatureProfiles: Kind::Text(500), None, Read, 0;
    /// How often a transaction message is tried that the central system refuses.
    TransactionMessageAttempts: Kind::Int { min: 1, max: 10_000 }, Times, Write, 3;
    /// Pause before the second attempt; it grows by itself with each further one.
    TransactionMessageRetryInterval: DAY, Seconds, Write, 60;
    /// Whether the connector is unlocked when the cable is pulled at the vehicle.
    UnlockConnectorOnEVSideDisconnect: Kind::Bool, None, Write, 1;
    /// Interval of WebSocket pings; 0: none.
    WebSocketPingInterval: DAY, Seconds, Write, 60;

    // Firmware management, errata.

    /// Protocols for firmware and diagnostics.
    SupportedFileTransferProtocols: Kind::Text(500), None, Read, 0;

    // Local authorization list, §9.2.

    /// Whether the local list is used.
    LocalAuthListEnabled: Kind::Bool, None, Write, 1;
    /// Most entries of the local list.
    LocalAuthListMaxLength: ANY, None, Read, 0;
    /// Most entries in one SendLocalList.
    SendLocalListMaxLength: ANY, None, Read, 0;

    // Reservation, §9.3.

    /// Whether connector 0 can be reserved: any free connector will do then.
    ReserveConnectorZeroSupported: Kind::Bool, None, Read, 1;

    // Smart charging, §9.4.

    /// Highest stack level.
    ChargeProfileMaxStackLevel: ANY, None, Read, super::charge_point::MAX_STACK_LEVEL as i32;
    /// Units a schedule may have.
    ChargingScheduleAllowedChargingRateUnit: Kind::Constant("Current,Power"), None, Read, 0;
    /// Most periods of a schedule.
    ChargingScheduleMaxPeriods: ANY, None, Read, super::charge_point::MAX_PERIODS as i32;
    /// Whether the station can change from three phases to one while charging.
    ConnectorSwitch3to1PhaseSupported: Kind::Bool, None, Read, 0;
    /// Most profiles held at once.
    MaxChargingProfilesInstalled: ANY, None, Read, 0;

    // Security white paper.

    /// Whether only one manufacturer and one central system root certificate are trusted at a time.
    AdditionalRootCertificateCheck: Kind::Bool, None, Read, 0;
    /// Password of HTTP Basic authentication, in hexadecimal.
    AuthorizationKey: Kind::Text(40), None, Secret, 0;
    /// Longest certificate chain in one CertificateSigned.
    CertificateSignedMaxChainSize: ANY, None, Read, 10_000;
    /// Most certificates held.
    CertificateStoreMaxLength: ANY, None, Read, 0;
    /// Name of the operator, part of a certificate signing request.
    CpoName: Kind::Text(255), None, Write, 0;
    /// Security profile 0 to 3; it can be raised only.
    SecurityProfile: Kind::Int { min: 0, max: 3 }, None, Reboot, 0;
}

impl Key {
    /// The key of a name, compared without case.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        KEYS.iter().find(|row| row.name.eq_ignore_ascii_case(name)).map(|row| row.key)
    }

    /// All keys, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        KEYS.iter().map(|row| row.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    #[test]
    fn rows_are_in_the_order_of_the_keys_and_their_names_differ() {
        for (at, row) in KEYS.iter().enumerate() {
            assert_eq!(row.key as usize, at);
            assert_eq!(Key::find(row.name), Some(row.key), "{}", row.name);
            assert_eq!(Key::find(&row.name.to_ascii_uppercase()), Some(row.key));
        }
        assert_eq!(KEYS.len(), Key::COUNT);
        assert_eq!(Key::find("NoSuchKey"), None);
    }

    #[test]
    fn defaults_read_back_from_their_text() {
        for row in &KEYS {
            let mut text = String::new();
            row.write(row.default, &mut text).unwrap();
            match row.kind {
                Kind::Constant(constant) => assert_eq!(text, constant),
                Kind::Text(_) => assert_eq!(row.parse("x"), Err(ValueError::NotHeld)),
                _ => assert_eq!(row.parse(&text), Ok(row.default), "{}", row.name),
            }
        }
    }

    /// Chapter 9: all keys the specification requires are there.
    #[test]
    fn required_keys() {
        for name in [
            "AuthorizeRemoteTxRequests",
            "ClockAlignedDataInterval",
            "ConnectionTimeOut",
            "ConnectorPhaseRotation",
            "GetConfigurationMaxKeys",
            "HeartbeatInterval",
            "LocalAuthorizeOffline",
            "LocalPreAuthorize",
            "MeterValuesAlignedData",
            "MeterValuesSampledData",
            "MeterValueSampleInterval",
            "NumberOfConnectors",
            "ResetRetries",
            "StopTransactionOnEVSideDisconnect",
            "StopTransactionOnInvalidId",
            "StopTxnAlignedData",
            "StopTxnSampledData",
            "SupportedFeatureProfiles",
            "TransactionMessageAttempts",
            "TransactionMessageRetryInterval",
            "UnlockConnectorOnEVSideDisconnect",
            "LocalAuthListEnabled",
            "LocalAuthListMaxLength",
            "SendLocalListMaxLength",
            "ChargeProfileMaxStackLevel",
            "ChargingScheduleAllowedChargingRateUnit",
            "ChargingScheduleMaxPeriods",
            "MaxChargingProfilesInstalled",
        ] {
            assert!(Key::find(name).is_some(), "{name}");
        }
    }
}
