//! Block F, *Remote control*: start, stop, trigger, unlock.

use super::charging_profile::ChargingProfile;
use super::types::{Evse, IdToken, StatusInfo};
use crate::text::{CiStr, Str};

messages! {
    /// Asks the station to start a transaction (F01, F02).
    class RequestStartTransactionRequest<'a> {
        /// The EVSE, from 1 on; absent leaves the choice to the station.
        "evseId" evse_id: Option<i64> [at_least(1), bounds_since_v21()],
        /// The group the identifier belongs to.
        "groupIdToken" group_id_token: Option<IdToken<'a>>,
        /// The identifier to start with.
        "idToken" id_token: IdToken<'a>,
        /// Id of the request, repeated in TransactionEventRequest.
        "remoteStartId" remote_start_id: i64,
        /// Limits for the transaction; of purpose `TxProfile`.
        "chargingProfile" charging_profile: Option<ChargingProfile<'a>>,
    }

    /// Answers RequestStartTransactionRequest.
    class RequestStartTransactionResponse<'a> {
        /// What comes of it.
        "status" status: RequestStartStopStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
        /// The transaction, if it was already there because a cable was plugged in.
        "transactionId" transaction_id: Option<CiStr<'a, 36>>,
    }

    /// Whether a remote command is followed.
    enum RequestStartStopStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
    }

    /// Asks the station to stop a transaction (F03).
    class RequestStopTransactionRequest<'a> {
        /// The transaction.
        "transactionId" transaction_id: CiStr<'a, 36>,
    }

    /// Answers RequestStopTransactionRequest.
    class RequestStopTransactionResponse<'a> {
        /// What comes of it.
        "status" status: RequestStartStopStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Asks for a message the station sends on its own (F06).
    class TriggerMessageRequest<'a> {
        /// EVSE it is to be about, where that makes sense.
        "evse" evse: Option<Evse<'a>>,
        /// Which one.
        "requestedMessage" requested_message: MessageTrigger,
        /// Which one, for `CustomTrigger`.
        ///
        /// Since 2.1.
        "customTrigger" custom_trigger: Option<Str<'a, 50>> [since_v21()],
    }

    /// A message that can be asked for.
    ///
    /// Since 2.1: `SignV2G20Certificate`, `CustomTrigger`.
    enum MessageTrigger(11) {
        "BootNotification" => BootNotification,
        "LogStatusNotification" => LogStatusNotification,
        "FirmwareStatusNotification" => FirmwareStatusNotification,
        "Heartbeat" => Heartbeat,
        "MeterValues" => MeterValues,
        "SignChargingStationCertificate" => SignChargingStationCertificate,
        "SignV2GCertificate" => SignV2gCertificate,
        "StatusNotification" => StatusNotification,
        "TransactionEvent" => TransactionEvent,
        /// SignCertificateRequest for a certificate that serves CSMS and vehicles.
        "SignCombinedCertificate" => SignCombinedCertificate,
        "PublishFirmwareStatusNotification" => PublishFirmwareStatusNotification,
        "SignV2G20Certificate" => SignV2g20Certificate,
        "CustomTrigger" => CustomTrigger,
    }

    /// Answers TriggerMessageRequest.
    class TriggerMessageResponse<'a> {
        /// What comes of it.
        "status" status: TriggerMessageStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Whether a message asked for will come.
    enum TriggerMessageStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
        "NotImplemented" => NotImplemented,
    }

    /// Asks to unlock a connector, for users whose cable is stuck (F05).
    class UnlockConnectorRequest<'a> {
        /// The EVSE, from 1 on.
        "evseId" evse_id: i64 [at_least(0), bounds_since_v21()],
        /// The connector, from 1 on.
        "connectorId" connector_id: i64 [at_least(0), bounds_since_v21()],
    }

    /// Answers UnlockConnectorRequest.
    class UnlockConnectorResponse<'a> {
        /// What comes of it.
        "status" status: UnlockStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// What comes of an attempt to unlock.
    enum UnlockStatus {
        "Unlocked" => Unlocked,
        "UnlockFailed" => UnlockFailed,
        "OngoingAuthorizedTransaction" => OngoingAuthorizedTransaction,
        "UnknownConnector" => UnknownConnector,
    }
}
