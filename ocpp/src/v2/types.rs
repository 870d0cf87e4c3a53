//! Classes and enumerations that several blocks share.

use crate::list::List;
use crate::num::Decimal;
use crate::schema::{Kind, Texts, Version, texts};
use crate::text::{CiStr, Str};
use crate::time::{DateTime, Utc};

/// Types of identifier that 2.0.1 knows.
pub const ID_TOKEN_TYPES: Texts =
    texts!["Central", "eMAID", "ISO14443", "ISO15693", "KeyCode", "Local", "MacAddress", "NoAuthorization"];

messages! {
    /// An identifier beside another one.
    class AdditionalInfo<'a> {
        /// The identifier, compared without case.
        "additionalIdToken" additional_id_token: CiStr<'a, 255> [before_v21(36)],
        /// What it is, as the parties have agreed.
        "type" kind: Str<'a, 50>,
    }

    /// Whether an identifier may charge.
    enum AuthorizationStatus {
        "Accepted" => Accepted,
        "Blocked" => Blocked,
        /// It already takes part in another transaction and may have only one.
        "ConcurrentTx" => ConcurrentTx,
        "Expired" => Expired,
        /// It is known but cannot be used.
        "Invalid" => Invalid,
        /// It may not for lack of credit.
        "NoCredit" => NoCredit,
        /// It may not at this type of EVSE.
        "NotAllowedTypeEVSE" => NotAllowedTypeEvse,
        /// It may not here.
        "NotAtThisLocation" => NotAtThisLocation,
        /// It may not now.
        "NotAtThisTime" => NotAtThisTime,
        "Unknown" => Unknown,
    }

    /// Names a certificate by hashes, as OCSP does.
    class CertificateHashData<'a> {
        /// How the hashes are made.
        "hashAlgorithm" hash_algorithm: HashAlgorithm,
        /// Hash of the issuer's distinguished name, hexadecimal.
        "issuerNameHash" issuer_name_hash: Str<'a, 128>,
        /// Hash of the issuer's public key, hexadecimal.
        "issuerKeyHash" issuer_key_hash: Str<'a, 128>,
        /// Serial number of the certificate, hexadecimal, without leading zeros.
        "serialNumber" serial_number: Str<'a, 40>,
    }

    /// How hashes are made.
    enum HashAlgorithm {
        "SHA256" => Sha256,
        "SHA384" => Sha384,
        "SHA512" => Sha512,
    }

    /// A part of the device model.
    class Component<'a> {
        /// The EVSE or connector it belongs to.
        "evse" evse: Option<Evse<'a>>,
        /// Its name, from the list of standard components where possible, compared without case.
        "name" name: CiStr<'a, 50>,
        /// Which one, if there are several; compared without case.
        "instance" instance: Option<CiStr<'a, 50>>,
    }

    /// An EVSE, and a connector of it if one is meant.
    class Evse<'a> {
        /// The EVSE, from 1 on; 0 for the station where that makes sense.
        "id" id: i64 [at_least(0), bounds_since_v21()],
        /// The connector, from 1 on within the EVSE.
        "connectorId" connector_id: Option<i64> [at_least(0), bounds_since_v21()],
    }

    /// A component, and a variable of it if one is meant.
    class ComponentVariable<'a> {
        /// The component.
        "component" component: Component<'a>,
        /// The variable; absent means all of the component.
        "variable" variable: Option<Variable<'a>>,
    }

    /// A variable of a component.
    class Variable<'a> {
        /// Its name, from the list of standard variables where possible, compared without case.
        "name" name: CiStr<'a, 50>,
        /// Which one, if there are several; compared without case.
        "instance" instance: Option<CiStr<'a, 50>>,
    }

    /// How energy is transferred, and which way.
    ///
    /// Since 2.1: `AC_BPT`, `AC_BPT_DER`, `AC_DER`, `DC_BPT`, `DC_ACDP`, `DC_ACDP_BPT`, `WPT`.
    enum EnergyTransferMode(4) {
        "DC" => Dc,
        "AC_single_phase" => AcSinglePhase,
        "AC_two_phase" => AcTwoPhase,
        "AC_three_phase" => AcThreePhase,
        /// AC in both directions (ISO 15118-20).
        "AC_BPT" => AcBpt,
        /// AC in both directions with grid support functions (ISO 15118-20).
        "AC_BPT_DER" => AcBptDer,
        /// AC with grid support functions (ISO 15118-20).
        "AC_DER" => AcDer,
        /// DC in both directions (ISO 15118-20).
        "DC_BPT" => DcBpt,
        /// DC by an automatic connection device, a pantograph (ISO 15118-20).
        "DC_ACDP" => DcAcdp,
        /// The same in both directions (ISO 15118-20).
        "DC_ACDP_BPT" => DcAcdpBpt,
        /// Wireless (ISO 15118-20).
        "WPT" => Wpt,
    }

    /// What comes of a request about the device model.
    enum GenericDeviceModelStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
        "NotSupported" => NotSupported,
        /// Nothing matches.
        "EmptyResultSet" => EmptyResultSet,
    }

    /// Yes or no.
    enum GenericStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
    }

    /// What the CSMS says about an identifier.
    class IdTokenInfo<'a> {
        /// Whether it may charge.
        "status" status: AuthorizationStatus,
        /// Moment from which it is to be dropped from the authorization cache.
        "cacheExpiryDateTime" cache_expiry_date_time: Option<DateTime<Utc>>,
        /// Business priority, -9 to 9; 0 is normal, higher goes first.
        "chargingPriority" charging_priority: Option<i64>,
        /// Group it belongs to: members may stop each other's transactions.
        "groupIdToken" group_id_token: Option<IdToken<'a>>,
        /// Language the user prefers (RFC 5646).
        "language1" language1: Option<Str<'a, 8>>,
        /// Language the user prefers next (RFC 5646).
        "language2" language2: Option<Str<'a, 8>>,
        /// The EVSEs it may charge at; absent means all.
        "evseId" evse_id: Option<List<'a, i64>> [items(&Kind::NATURAL_SINCE_V21), min_items(1)],
        /// Message to show to the user.
        "personalMessage" personal_message: Option<MessageContent<'a>>,
    }

    /// An identifier of a card, a user, a vehicle.
    class IdToken<'a> {
        /// More identifiers to authorize with.
        "additionalInfo" additional_info: Option<List<'a, AdditionalInfo<'a>>> [min_items(1)],
        /// The identifier, compared without case.
        "idToken" id_token: CiStr<'a, 255> [before_v21(36)],
        /// What it is, one of [`ID_TOKEN_TYPES`]; any text since 2.1.
        "type" kind: Str<'a, 20> [opened(&ID_TOKEN_TYPES)],
    }

    /// A text to be shown.
    class MessageContent<'a> {
        /// How it is written.
        "format" format: MessageFormat,
        /// Its language (RFC 5646).
        "language" language: Option<Str<'a, 8>>,
        /// The text.
        "content" content: Str<'a, 1024> [before_v21(512)],
    }

    /// How a text is written.
    ///
    /// Since 2.1: `QRCODE`.
    enum MessageFormat(4) {
        "ASCII" => Ascii,
        "HTML" => Html,
        "URI" => Uri,
        "UTF8" => Utf8,
        "QRCODE" => Qrcode,
    }

    /// Where was measured.
    ///
    /// Since 2.1: `Upstream`.
    enum Location(5) {
        "Body" => Body,
        "Cable" => Cable,
        "EV" => Ev,
        "Inlet" => Inlet,
        "Outlet" => Outlet,
        "Upstream" => Upstream,
    }

    /// What was measured. Import is energy towards the vehicle, export away from it; for the main meter, from
    /// and to the grid.
    ///
    /// Since 2.1: `Current.Export.Offered`, `Current.Export.Minimum`, `Current.Import.Offered`,
    /// `Current.Import.Minimum`, `Display.PresentSOC`, `Display.MinimumSOC`, `Display.TargetSOC`,
    /// `Display.MaximumSOC`, `Display.RemainingTimeToMinimumSOC`, `Display.RemainingTimeToTargetSOC`,
    /// `Display.RemainingTimeToMaximumSOC`, `Display.ChargingComplete`, `Display.BatteryEnergyCapacity`,
    /// `Display.InletHot`, `Energy.Active.Import.CableLoss`, `Energy.Active.Import.LocalGeneration.Register`,
    /// `Energy.Active.Setpoint.Interval`, `EnergyRequest.Target`, `EnergyRequest.Minimum`,
    /// `EnergyRequest.Maximum`, `EnergyRequest.Minimum.V2X`, `EnergyRequest.Maximum.V2X`,
    /// `EnergyRequest.Bulk`, `Power.Active.Setpoint`, `Power.Active.Residual`, `Power.Export.Minimum`,
    /// `Power.Export.Offered`, `Power.Import.Offered`, `Power.Import.Minimum`, `Voltage.Minimum`,
    /// `Voltage.Maximum`.
    enum Measurand(25) {
        "Current.Export" => CurrentExport,
        "Current.Import" => CurrentImport,
        "Current.Offered" => CurrentOffered,
        "Energy.Active.Export.Register" => EnergyActiveExportRegister,
        "Energy.Active.Import.Register" => EnergyActiveImportRegister,
        "Energy.Reactive.Export.Register" => EnergyReactiveExportRegister,
        "Energy.Reactive.Import.Register" => EnergyReactiveImportRegister,
        "Energy.Active.Export.Interval" => EnergyActiveExportInterval,
        "Energy.Active.Import.Interval" => EnergyActiveImportInterval,
        /// Import minus export.
        "Energy.Active.Net" => EnergyActiveNet,
        "Energy.Reactive.Export.Interval" => EnergyReactiveExportInterval,
        "Energy.Reactive.Import.Interval" => EnergyReactiveImportInterval,
        "Energy.Reactive.Net" => EnergyReactiveNet,
        "Energy.Apparent.Net" => EnergyApparentNet,
        "Energy.Apparent.Import" => EnergyApparentImport,
        "Energy.Apparent.Export" => EnergyApparentExport,
        "Frequency" => Frequency,
        "Power.Active.Export" => PowerActiveExport,
        "Power.Active.Import" => PowerActiveImport,
        "Power.Factor" => PowerFactor,
        "Power.Offered" => PowerOffered,
        "Power.Reactive.Export" => PowerReactiveExport,
        "Power.Reactive.Import" => PowerReactiveImport,
        /// State of charge, percent.
        "SoC" => SoC,
        "Voltage" => Voltage,
        "Current.Export.Offered" => CurrentExportOffered,
        "Current.Export.Minimum" => CurrentExportMinimum,
        "Current.Import.Offered" => CurrentImportOffered,
        "Current.Import.Minimum" => CurrentImportMinimum,
        /// State of charge the vehicle shows, percent.
        "Display.PresentSOC" => DisplayPresentSoc,
        /// Least state of charge the driver wants, percent.
        "Display.MinimumSOC" => DisplayMinimumSoc,
        /// State of charge the driver wants at departure, percent.
        "Display.TargetSOC" => DisplayTargetSoc,
        /// Highest state of charge the driver wants, percent.
        "Display.MaximumSOC" => DisplayMaximumSoc,
        "Display.RemainingTimeToMinimumSOC" => DisplayRemainingTimeToMinimumSoc,
        "Display.RemainingTimeToTargetSOC" => DisplayRemainingTimeToTargetSoc,
        "Display.RemainingTimeToMaximumSOC" => DisplayRemainingTimeToMaximumSoc,
        "Display.ChargingComplete" => DisplayChargingComplete,
        "Display.BatteryEnergyCapacity" => DisplayBatteryEnergyCapacity,
        "Display.InletHot" => DisplayInletHot,
        "Energy.Active.Import.CableLoss" => EnergyActiveImportCableLoss,
        "Energy.Active.Import.LocalGeneration.Register" => EnergyActiveImportLocalGenerationRegister,
        "Energy.Active.Setpoint.Interval" => EnergyActiveSetpointInterval,
        "EnergyRequest.Target" => EnergyRequestTarget,
        "EnergyRequest.Minimum" => EnergyRequestMinimum,
        "EnergyRequest.Maximum" => EnergyRequestMaximum,
        "EnergyRequest.Minimum.V2X" => EnergyRequestMinimumV2x,
        "EnergyRequest.Maximum.V2X" => EnergyRequestMaximumV2x,
        "EnergyRequest.Bulk" => EnergyRequestBulk,
        "Power.Active.Setpoint" => PowerActiveSetpoint,
        "Power.Active.Residual" => PowerActiveResidual,
        "Power.Export.Minimum" => PowerExportMinimum,
        "Power.Export.Offered" => PowerExportOffered,
        "Power.Import.Offered" => PowerImportOffered,
        "Power.Import.Minimum" => PowerImportMinimum,
        "Voltage.Minimum" => VoltageMinimum,
        "Voltage.Maximum" => VoltageMaximum,
    }

    /// Values measured at one moment.
    class MeterValue<'a> {
        /// The values, at least one.
        "sampledValue" sampled_value: List<'a, SampledValue<'a>> [min_items(1)],
        /// Moment of measurement.
        "timestamp" timestamp: DateTime<Utc>,
    }

    /// One measured value and what it is.
    class SampledValue<'a> {
        /// The value in its unit, times the multiplier.
        "value" value: Decimal,
        /// What was measured; absent means `Energy.Active.Import.Register`.
        "measurand" measurand: Option<Measurand>,
        /// Why it was taken; absent means `Sample.Periodic`.
        "context" context: Option<ReadingContext>,
        /// Phase it belongs to; absent means the sum or the average over all phases.
        "phase" phase: Option<Phase>,
        /// Where it was measured; absent means `Outlet`.
        "location" location: Option<Location>,
        /// The same with the meter's signature.
        "signedMeterValue" signed_meter_value: Option<SignedMeterValue<'a>>,
        /// Its unit; absent means Wh.
        "unitOfMeasure" unit_of_measure: Option<UnitOfMeasure<'a>>,
    }

    /// Why a value was taken.
    enum ReadingContext {
        "Interruption.Begin" => InterruptionBegin,
        "Interruption.End" => InterruptionEnd,
        "Other" => Other,
        "Sample.Clock" => SampleClock,
        "Sample.Periodic" => SamplePeriodic,
        "Transaction.Begin" => TransactionBegin,
        "Transaction.End" => TransactionEnd,
        "Trigger" => Trigger,
    }

    /// Between which conductors was measured.
    enum Phase {
        "L1" => L1,
        "L2" => L2,
        "L3" => L3,
        "N" => N,
        "L1-N" => L1N,
        "L2-N" => L2N,
        "L3-N" => L3N,
        "L1-L2" => L1L2,
        "L2-L3" => L2L3,
        "L3-L1" => L3L1,
    }

    /// A value with the meter's signature.
    class SignedMeterValue<'a> {
        /// The signed data, base64, in the format `encodingMethod` says.
        "signedMeterData" signed_meter_data: Str<'a, 32768> [before_v21(2500)],
        /// How it was signed; may be part of the data.
        ///
        /// Required in 2.0.1.
        "signingMethod" signing_method: Option<Str<'a, 50>> [required_in(Version::V201)],
        /// Format of the data, for instance OCMF or EDL.
        "encodingMethod" encoding_method: Str<'a, 50>,
        /// The meter's public key, base64; whether it is sent is a configuration variable.
        ///
        /// Required in 2.0.1.
        "publicKey" public_key: Option<Str<'a, 2500>> [required_in(Version::V201)],
    }

    /// A unit and a multiplier.
    class UnitOfMeasure<'a> {
        /// The unit, from the list of standard units; absent means Wh.
        "unit" unit: Option<Str<'a, 20>>,
        /// Power of ten the value is to be multiplied with; absent means 0.
        "multiplier" multiplier: Option<i64>,
    }

    /// Names a certificate and whom to ask about it.
    class OcspRequestData<'a> {
        /// How the hashes are made.
        "hashAlgorithm" hash_algorithm: HashAlgorithm,
        /// Hash of the issuer's distinguished name, hexadecimal.
        "issuerNameHash" issuer_name_hash: Str<'a, 128>,
        /// Hash of the issuer's public key, hexadecimal.
        "issuerKeyHash" issuer_key_hash: Str<'a, 128>,
        /// Serial number of the certificate, hexadecimal, without leading zeros.
        "serialNumber" serial_number: Str<'a, 40>,
        /// URL of the OCSP responder.
        "responderURL" responder_url: Str<'a, 2000> [before_v21(512)],
    }

    /// Why a status is what it is.
    class StatusInfo<'a> {
        /// A code from the specification's list, compared without case.
        "reasonCode" reason_code: Str<'a, 20>,
        /// More about it, free text.
        "additionalInfo" additional_info: Option<Str<'a, 1024>> [before_v21(512)],
    }
}
