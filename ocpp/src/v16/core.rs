//! Block *Core*: boot, authorization, transactions, metering, configuration, remote control (OCPP 1.6 chapters 4.1 to
//! 4.10 and 5.1 to 5.18).

use super::types::{ChargingProfile, IdTagInfo, IdToken, MeterValue, SampledValue, UnitOfMeasure};
use crate::list::List;
use crate::message::Message;
use crate::schema::{Kind, Object};
use crate::text::{CiStr, Str};
use crate::time::{DateTime, Utc};

messages! {
    /// Asks whether an identifier may charge (OCPP 1.6 §4.1).
    struct AuthorizeRequest<'a> {
        /// The identifier.
        "idTag" id_tag: IdToken<'a>,
    }

    /// Says whether an identifier may charge (OCPP 1.6 §6.2).
    struct AuthorizeResponse<'a> {
        /// Its status, expiry and group.
        "idTagInfo" id_tag_info: IdTagInfo<'a>,
    }

    /// The charge point has started and introduces itself (OCPP 1.6 §4.2).
    struct BootNotificationRequest<'a> {
        /// Who made it.
        "chargePointVendor" charge_point_vendor: CiStr<'a, 20> [identity()],
        /// Its model.
        "chargePointModel" charge_point_model: CiStr<'a, 20> [identity()],
        /// Serial number of the charge point.
        "chargePointSerialNumber" charge_point_serial_number: Option<CiStr<'a, 25>> [identity()],
        /// Serial number of the charge box; deprecated in favour of the one above.
        "chargeBoxSerialNumber" charge_box_serial_number: Option<CiStr<'a, 25>> [identity()],
        /// Version of the firmware.
        "firmwareVersion" firmware_version: Option<CiStr<'a, 50>> [identity()],
        /// ICCID of the SIM card.
        "iccid" iccid: Option<CiStr<'a, 20>> [identity()],
        /// IMSI of the SIM card.
        "imsi" imsi: Option<CiStr<'a, 20>> [identity()],
        /// Model of the main meter.
        "meterType" meter_type: Option<CiStr<'a, 25>> [identity()],
        /// Serial number of the main meter.
        "meterSerialNumber" meter_serial_number: Option<CiStr<'a, 25>> [identity()],
    }

    /// Lets the charge point in, or tells it to wait (OCPP 1.6 §6.4).
    struct BootNotificationResponse {
        /// Whether it is let in.
        "status" status: RegistrationStatus,
        /// The central system's clock.
        "currentTime" current_time: DateTime<Utc>,
        /// Seconds between heartbeats if accepted, otherwise before the next BootNotification.req; 0 leaves the choice
        /// to the charge point.
        "interval" interval: i64,
    }

    /// Whether a charge point is let in (OCPP 1.6 §7.37).
    enum RegistrationStatus {
        /// It is.
        "Accepted" => Accepted,
        /// Not yet: the central system may configure it first, it must not send anything on its own.
        "Pending" => Pending,
        /// It is not; it must keep silent for the interval.
        "Rejected" => Rejected,
    }

    /// Takes a connector or the whole charge point in or out of service (OCPP 1.6 §5.2).
    struct ChangeAvailabilityRequest {
        /// Connector from 1 on; 0 for the whole charge point.
        "connectorId" connector_id: i64,
        /// In or out.
        "type" kind: AvailabilityType,
    }

    /// In or out of service (OCPP 1.6 §7.4).
    enum AvailabilityType {
        /// Out of service.
        "Inoperative" => Inoperative,
        /// In service.
        "Operative" => Operative,
    }

    /// Answers ChangeAvailability.req.
    struct ChangeAvailabilityResponse {
        /// What comes of it.
        "status" status: AvailabilityStatus,
    }

    /// What comes of a change of availability (OCPP 1.6 §7.3).
    enum AvailabilityStatus {
        /// It is done.
        "Accepted" => Accepted,
        /// It will not be done.
        "Rejected" => Rejected,
        /// It will be done when the running transaction ends.
        "Scheduled" => Scheduled,
    }

    /// Sets a configuration key (OCPP 1.6 §5.3).
    struct ChangeConfigurationRequest<'a> {
        /// The key, compared without case.
        "key" key: CiStr<'a, 50>,
        /// Its new value, as text.
        "value" value: CiStr<'a, 500>,
    }

    /// Answers ChangeConfiguration.req.
    struct ChangeConfigurationResponse {
        /// What comes of it.
        "status" status: ConfigurationStatus,
    }

    /// What comes of setting a configuration key (OCPP 1.6 §7.22).
    enum ConfigurationStatus {
        /// The value is in force.
        "Accepted" => Accepted,
        /// The key is known but the value or the change is not allowed.
        "Rejected" => Rejected,
        /// The value will be in force after a reboot.
        "RebootRequired" => RebootRequired,
        /// The key is not known.
        "NotSupported" => NotSupported,
    }

    /// Empties the authorization cache (OCPP 1.6 §5.4).
    struct ClearCacheRequest {}

    /// Answers ClearCache.req.
    struct ClearCacheResponse {
        /// Whether the cache was emptied.
        "status" status: ClearCacheStatus,
    }

    /// Whether the cache was emptied (OCPP 1.6 §7.20).
    enum ClearCacheStatus {
        /// It was.
        "Accepted" => Accepted,
        /// It was not.
        "Rejected" => Rejected,
    }

    /// Carries something OCPP does not define, in either direction (OCPP 1.6 §4.3, §5.6).
    struct DataTransferRequest<'a> {
        /// Who defines the meaning; the reversed domain name is recommended.
        "vendorId" vendor_id: CiStr<'a, 255>,
        /// Which of the vendor's messages it is.
        "messageId" message_id: Option<CiStr<'a, 50>>,
        /// The data, of any length and format.
        "data" data: Option<Str<'a>>,
    }

    /// Answers DataTransfer.req.
    struct DataTransferResponse<'a> {
        /// Whether it was understood.
        "status" status: DataTransferStatus,
        /// The answering data, of any length and format.
        "data" data: Option<Str<'a>>,
    }

    /// Whether a data transfer was understood (OCPP 1.6 §7.23).
    enum DataTransferStatus {
        /// Understood and accepted.
        "Accepted" => Accepted,
        /// Understood and refused.
        "Rejected" => Rejected,
        /// The vendor is known, the message is not.
        "UnknownMessageId" => UnknownMessageId,
        /// The vendor is not known.
        "UnknownVendorId" => UnknownVendorId,
    }

    /// Asks for configuration keys (OCPP 1.6 §5.8).
    struct GetConfigurationRequest<'a> {
        /// The keys; absent or empty for all of them.
        "key" key: Option<List<'a, CiStr<'a, 50>>>,
    }

    /// Answers GetConfiguration.req.
    struct GetConfigurationResponse<'a> {
        /// The keys known.
        "configurationKey" configuration_key: Option<List<'a, KeyValue<'a>>>,
        /// The keys asked for and not known.
        "unknownKey" unknown_key: Option<List<'a, CiStr<'a, 50>>>,
    }

    /// A configuration key (OCPP 1.6 §7.29).
    struct KeyValue<'a> {
        /// Its name.
        "key" key: CiStr<'a, 50>,
        /// Whether ChangeConfiguration.req cannot set it.
        "readonly" readonly: bool,
        /// Its value, as text; absent if it is known but not set.
        "value" value: Option<CiStr<'a, 500>>,
    }

    /// The charge point is alive and asks for the time (OCPP 1.6 §4.6).
    struct HeartbeatRequest {}

    /// Answers Heartbeat.req.
    struct HeartbeatResponse {
        /// The central system's clock.
        "currentTime" current_time: DateTime<Utc>,
    }

    /// Values of a connector's meter (OCPP 1.6 §4.7).
    struct MeterValuesRequest<'a> {
        /// Connector from 1 on; 0 for the main meter of the charge point.
        "connectorId" connector_id: i64,
        /// The transaction they belong to, if any.
        "transactionId" transaction_id: Option<i64>,
        /// The values, at least one.
        "meterValue" meter_value: List<'a, MeterValue<'a>> [min_items(1)],
    }

    /// Answers MeterValues.req.
    struct MeterValuesResponse {}

    /// Asks the charge point to start a transaction (OCPP 1.6 §5.11).
    struct RemoteStartTransactionRequest<'a> {
        /// Connector from 1 on; absent leaves the choice to the charge point.
        "connectorId" connector_id: Option<i64>,
        /// The identifier to start with.
        "idTag" id_tag: IdToken<'a>,
        /// Limits for the transaction; of purpose `TxProfile`.
        "chargingProfile" charging_profile: Option<ChargingProfile<'a>>,
    }

    /// Answers RemoteStartTransaction.req.
    struct RemoteStartTransactionResponse {
        /// Whether the charge point will try.
        "status" status: RemoteStartStopStatus,
    }

    /// Whether a remote command is followed (OCPP 1.6 §7.39).
    enum RemoteStartStopStatus {
        /// The charge point will try.
        "Accepted" => Accepted,
        /// It will not.
        "Rejected" => Rejected,
    }

    /// Asks the charge point to stop a transaction (OCPP 1.6 §5.12).
    struct RemoteStopTransactionRequest {
        /// The transaction.
        "transactionId" transaction_id: i64,
    }

    /// Answers RemoteStopTransaction.req.
    struct RemoteStopTransactionResponse {
        /// Whether the charge point will stop it.
        "status" status: RemoteStartStopStatus,
    }

    /// Restarts the charge point (OCPP 1.6 §5.14).
    struct ResetRequest {
        /// How.
        "type" kind: ResetType,
    }

    /// How to restart (OCPP 1.6 §7.42).
    enum ResetType {
        /// At once, transactions are stopped if that is still possible.
        "Hard" => Hard,
        /// After transactions were stopped in good order.
        "Soft" => Soft,
    }

    /// Answers Reset.req.
    struct ResetResponse {
        /// Whether the charge point will restart.
        "status" status: ResetStatus,
    }

    /// Whether a reset is followed (OCPP 1.6 §7.41).
    enum ResetStatus {
        /// The charge point will restart.
        "Accepted" => Accepted,
        /// It will not.
        "Rejected" => Rejected,
    }

    /// A transaction has begun (OCPP 1.6 §4.8).
    struct StartTransactionRequest<'a> {
        /// Connector from 1 on.
        "connectorId" connector_id: i64,
        /// The identifier it was started with.
        "idTag" id_tag: IdToken<'a>,
        /// Meter reading at the start, Wh.
        "meterStart" meter_start: i64,
        /// The reservation it ends, if any.
        "reservationId" reservation_id: Option<i64>,
        /// Moment of the start.
        "timestamp" timestamp: DateTime<Utc>,
    }

    /// Answers StartTransaction.req.
    struct StartTransactionResponse<'a> {
        /// Status of the identifier.
        "idTagInfo" id_tag_info: IdTagInfo<'a>,
        /// The id the central system gives the transaction.
        "transactionId" transaction_id: i64,
    }

    /// Status of a connector (OCPP 1.6 §4.9).
    struct StatusNotificationRequest<'a> {
        /// Connector from 1 on; 0 for the main controller.
        "connectorId" connector_id: i64,
        /// The fault, or `NoError`.
        "errorCode" error_code: ChargePointErrorCode,
        /// More about it, free text.
        "info" info: Option<CiStr<'a, 50>>,
        /// The status.
        "status" status: ChargePointStatus,
        /// Moment of the change; absent means when the message is received.
        "timestamp" timestamp: Option<DateTime<Utc>>,
        /// Who defines `vendorErrorCode`.
        "vendorId" vendor_id: Option<CiStr<'a, 255>>,
        /// The vendor's own error code.
        "vendorErrorCode" vendor_error_code: Option<CiStr<'a, 50>>,
    }

    /// What is wrong (OCPP 1.6 §7.6).
    open enum ChargePointErrorCode {
        /// The connector could not be locked or unlocked.
        "ConnectorLockFailure" => ConnectorLockFailure,
        /// Communication with the vehicle failed; not an error of the charge point itself.
        "EVCommunicationError" => EvCommunicationError,
        /// The residual current device has tripped.
        "GroundFailure" => GroundFailure,
        /// Too hot inside.
        "HighTemperature" => HighTemperature,
        /// An error in hard- or software of the charge point.
        "InternalError" => InternalError,
        /// The local list and an answer of the central system contradict each other.
        "LocalListConflict" => LocalListConflict,
        /// Nothing.
        "NoError" => NoError,
        /// Something else; `vendorErrorCode` says what.
        "OtherError" => OtherError,
        /// Too much current.
        "OverCurrentFailure" => OverCurrentFailure,
        /// The meter cannot be read.
        "PowerMeterFailure" => PowerMeterFailure,
        /// The contactor does not follow.
        "PowerSwitchFailure" => PowerSwitchFailure,
        /// The card reader fails.
        "ReaderFailure" => ReaderFailure,
        /// A reset could not be done.
        "ResetFailure" => ResetFailure,
        /// Voltage too low.
        "UnderVoltage" => UnderVoltage,
        /// Voltage too high.
        "OverVoltage" => OverVoltage,
        /// The radio link is weak.
        "WeakSignal" => WeakSignal,
    }

    /// Status of a connector (OCPP 1.6 §7.7); connector 0 knows `Available`, `Unavailable` and `Faulted` only.
    enum ChargePointStatus {
        /// Free for a new user.
        "Available" => Available,
        /// A user is about to charge: plugged, or presented an identifier.
        "Preparing" => Preparing,
        /// Energy may flow and the vehicle takes it.
        "Charging" => Charging,
        /// The charge point does not offer energy.
        "SuspendedEVSE" => SuspendedEvse,
        /// Energy is offered but the vehicle does not take it.
        "SuspendedEV" => SuspendedEv,
        /// The transaction is over but the connector is not free yet.
        "Finishing" => Finishing,
        /// Kept for a reservation.
        "Reserved" => Reserved,
        /// Out of service.
        "Unavailable" => Unavailable,
        /// Out of order.
        "Faulted" => Faulted,
    }

    /// Answers StatusNotification.req.
    struct StatusNotificationResponse {}

    /// A transaction has ended (OCPP 1.6 §4.10).
    struct StopTransactionRequest<'a> {
        /// The identifier it was stopped with, if one was.
        "idTag" id_tag: Option<IdToken<'a>>,
        /// Meter reading at the end, Wh.
        "meterStop" meter_stop: i64,
        /// Moment of the end.
        "timestamp" timestamp: DateTime<Utc>,
        /// The transaction.
        "transactionId" transaction_id: i64,
        /// Why it ended; absent means `Local`.
        "reason" reason: Option<Reason>,
        /// Meter values of the whole transaction.
        "transactionData" transaction_data: Option<List<'a, MeterValue<'a>>> [kind(TRANSACTION_DATA)],
    }

    /// Why a transaction ended (OCPP 1.6 §7.35).
    open enum Reason {
        /// The emergency stop was pressed.
        "EmergencyStop" => EmergencyStop,
        /// The cable was unplugged.
        "EVDisconnected" => EvDisconnected,
        /// A hard reset was asked for.
        "HardReset" => HardReset,
        /// The user stopped it at the charge point.
        "Local" => Local,
        /// Anything else.
        "Other" => Other,
        /// The power failed.
        "PowerLoss" => PowerLoss,
        /// The charge point restarts for a reason of its own.
        "Reboot" => Reboot,
        /// RemoteStopTransaction.req.
        "Remote" => Remote,
        /// A soft reset was asked for.
        "SoftReset" => SoftReset,
        /// UnlockConnector.req.
        "UnlockCommand" => UnlockCommand,
        /// The identifier turned out not to be allowed.
        "DeAuthorized" => DeAuthorized,
    }

    /// Answers StopTransaction.req.
    struct StopTransactionResponse<'a> {
        /// Status of the identifier, if the request had one.
        "idTagInfo" id_tag_info: Option<IdTagInfo<'a>>,
    }

    /// Asks to unlock a connector, for users whose cable is stuck (OCPP 1.6 §5.18).
    struct UnlockConnectorRequest {
        /// Connector from 1 on.
        "connectorId" connector_id: i64,
    }

    /// Answers UnlockConnector.req.
    struct UnlockConnectorResponse {
        /// What comes of it.
        "status" status: UnlockStatus,
    }

    /// What comes of an attempt to unlock (OCPP 1.6 §7.48).
    enum UnlockStatus {
        /// The connector is open.
        "Unlocked" => Unlocked,
        /// It could not be opened.
        "UnlockFailed" => UnlockFailed,
        /// It has no lock, or there is no such connector.
        "NotSupported" => NotSupported,
    }
}

/// `transactionData` of StopTransaction.req: as `meterValue` of MeterValues.req, but `sampledValue` may be empty and `Hertz` is
/// not listed. One Rust type serves both, so the difference is written down here.
const TRANSACTION_DATA: Kind = Kind::List { item: &Kind::Object(TRANSACTION_VALUE), min: 0, max: u16::MAX };

const TRANSACTION_VALUE: &Object = &Object {
    rows: &MeterValue::SCHEMA.with_kind::<2>("sampledValue", TRANSACTION_SAMPLES),
    ..*MeterValue::SCHEMA
};

const TRANSACTION_SAMPLES: Kind =
    Kind::List { item: &Kind::Object(TRANSACTION_SAMPLE), min: 0, max: u16::MAX };

const TRANSACTION_SAMPLE: &Object =
    &Object { rows: &SampledValue::SCHEMA.with_kind::<7>("unit", TRANSACTION_UNIT), ..*SampledValue::SCHEMA };

const TRANSACTION_UNIT: Kind = Kind::Choice {
    values: UnitOfMeasure::TEXTS,
    // All but the last, which is `Hertz`.
    listed: UnitOfMeasure::TEXTS.len() as u8 - 1,
    open: true,
};
