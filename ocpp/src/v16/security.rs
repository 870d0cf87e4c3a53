//! The security extension: certificates, security events, logs, signed firmware (white paper "Improved security for OCPP
//! 1.6-J", edition 2, schemas of 2020-03).
//!
//! Its schemas are JSON Schema draft 6, where `1.0` is an integer.

use crate::list::List;
use crate::text::{CiStr, Str};
use crate::time::{DateTime, Utc};

messages! {
    /// Hands over the certificate a SignCertificate.req asked for (white paper §4.3).
    struct CertificateSignedRequest<'a> {
        /// The certificate and those between it and the root, PEM.
        "certificateChain" certificate_chain: Str<'a, 10000>,
    }

    /// Answers CertificateSigned.req.
    struct CertificateSignedResponse {
        /// Whether it is in use now.
        "status" status: CertificateSignedStatus,
    }

    /// Whether a signed certificate was taken.
    enum CertificateSignedStatus {
        /// It was.
        "Accepted" => Accepted,
        /// It is not valid.
        "Rejected" => Rejected,
    }

    /// Removes a root certificate (white paper §4.4).
    struct DeleteCertificateRequest<'a> {
        /// Which one.
        "certificateHashData" certificate_hash_data: CertificateHashData<'a>,
    }

    /// Answers DeleteCertificate.req.
    struct DeleteCertificateResponse {
        /// What comes of it.
        "status" status: DeleteCertificateStatus,
    }

    /// What comes of removing a certificate.
    enum DeleteCertificateStatus {
        /// It is gone.
        "Accepted" => Accepted,
        /// It could not be removed.
        "Failed" => Failed,
        /// There is no such certificate.
        "NotFound" => NotFound,
    }

    /// Names a certificate by hashes, as OCSP does.
    struct CertificateHashData<'a> {
        /// How the hashes are made.
        "hashAlgorithm" hash_algorithm: HashAlgorithm,
        /// Hash of the issuer's distinguished name, hexadecimal.
        "issuerNameHash" issuer_name_hash: Str<'a, 128>,
        /// Hash of the issuer's public key, hexadecimal.
        "issuerKeyHash" issuer_key_hash: Str<'a, 128>,
        /// Serial number of the certificate, hexadecimal.
        "serialNumber" serial_number: Str<'a, 40>,
    }

    /// How hashes are made.
    enum HashAlgorithm {
        /// SHA-256.
        "SHA256" => Sha256,
        /// SHA-384.
        "SHA384" => Sha384,
        /// SHA-512.
        "SHA512" => Sha512,
    }

    /// As TriggerMessage.req, with the messages of the extension (white paper §4.5).
    struct ExtendedTriggerMessageRequest {
        /// Which message.
        "requestedMessage" requested_message: ExtendedMessageTrigger,
        /// Connector from 1 on it is to be about, where that makes sense.
        "connectorId" connector_id: Option<i64> [draft6()],
    }

    /// A message that can be asked for.
    enum ExtendedMessageTrigger {
        /// BootNotification.req.
        "BootNotification" => BootNotification,
        /// LogStatusNotification.req.
        "LogStatusNotification" => LogStatusNotification,
        /// SignedFirmwareStatusNotification.req.
        "FirmwareStatusNotification" => FirmwareStatusNotification,
        /// Heartbeat.req.
        "Heartbeat" => Heartbeat,
        /// MeterValues.req.
        "MeterValues" => MeterValues,
        /// SignCertificate.req for the charge point's own certificate.
        "SignChargePointCertificate" => SignChargePointCertificate,
        /// StatusNotification.req.
        "StatusNotification" => StatusNotification,
    }

    /// Answers ExtendedTriggerMessage.req.
    struct ExtendedTriggerMessageResponse {
        /// Whether the message will come.
        "status" status: ExtendedTriggerMessageStatus,
    }

    /// Whether a message asked for will come.
    enum ExtendedTriggerMessageStatus {
        /// It will.
        "Accepted" => Accepted,
        /// It will not.
        "Rejected" => Rejected,
        /// The charge point does not have that message.
        "NotImplemented" => NotImplemented,
    }

    /// Asks which root certificates are installed (white paper §4.6).
    struct GetInstalledCertificateIdsRequest {
        /// Of which use.
        "certificateType" certificate_type: CertificateUse,
    }

    /// What a root certificate is used for.
    enum CertificateUse {
        /// To verify the central system.
        "CentralSystemRootCertificate" => CentralSystemRootCertificate,
        /// To verify firmware.
        "ManufacturerRootCertificate" => ManufacturerRootCertificate,
    }

    /// Answers GetInstalledCertificateIds.req.
    struct GetInstalledCertificateIdsResponse<'a> {
        /// The certificates; at least one, or absent.
        "certificateHashData" certificate_hash_data: Option<List<'a, CertificateHashData<'a>>> [min_items(1)],
        /// Whether there are any.
        "status" status: GetInstalledCertificateStatus,
    }

    /// Whether there are certificates of the use asked for.
    enum GetInstalledCertificateStatus {
        /// There are.
        "Accepted" => Accepted,
        /// There are none.
        "NotFound" => NotFound,
    }

    /// Asks for a log file (white paper §4.7).
    struct GetLogRequest<'a> {
        /// Where to and from when.
        "log" log: LogParameters<'a>,
        /// Which log.
        "logType" log_type: LogType,
        /// Id of the request, repeated in LogStatusNotification.req.
        "requestId" request_id: i64 [draft6()],
        /// How often to try; absent leaves the choice to the charge point.
        "retries" retries: Option<i64> [draft6()],
        /// Seconds between attempts; absent leaves the choice to the charge point.
        "retryInterval" retry_interval: Option<i64> [draft6()],
    }

    /// Where a log goes to and from when it is.
    struct LogParameters<'a> {
        /// URL to upload it to.
        "remoteLocation" remote_location: Str<'a, 512>,
        /// Oldest moment of interest.
        "oldestTimestamp" oldest_timestamp: Option<DateTime<Utc>>,
        /// Latest moment of interest.
        "latestTimestamp" latest_timestamp: Option<DateTime<Utc>>,
    }

    /// Which log.
    enum LogType {
        /// Diagnostics.
        "DiagnosticsLog" => DiagnosticsLog,
        /// Security events.
        "SecurityLog" => SecurityLog,
    }

    /// Answers GetLog.req.
    struct GetLogResponse<'a> {
        /// Whether it will be uploaded.
        "status" status: LogStatus,
        /// Name of the file; absent if there is nothing to upload.
        "filename" filename: Option<CiStr<'a, 255>>,
    }

    /// Whether a log will be uploaded.
    enum LogStatus {
        /// It will.
        "Accepted" => Accepted,
        /// It will not.
        "Rejected" => Rejected,
        /// It will, instead of one that was on its way.
        "AcceptedCanceled" => AcceptedCanceled,
    }

    /// Installs a root certificate (white paper §4.8).
    struct InstallCertificateRequest<'a> {
        /// What it is used for.
        "certificateType" certificate_type: CertificateUse,
        /// The certificate, PEM.
        "certificate" certificate: Str<'a, 5500>,
    }

    /// Answers InstallCertificate.req.
    struct InstallCertificateResponse {
        /// What comes of it.
        "status" status: InstallCertificateStatus,
    }

    /// What comes of installing a certificate.
    enum InstallCertificateStatus {
        /// It is installed.
        "Accepted" => Accepted,
        /// It is valid but could not be installed.
        "Failed" => Failed,
        /// It is not valid, or there are too many.
        "Rejected" => Rejected,
    }

    /// How an upload of a log goes on (white paper §4.9).
    struct LogStatusNotificationRequest {
        /// How.
        "status" status: UploadLogStatus,
        /// The request of GetLog.req; absent only if the message was triggered and no upload is going on.
        "requestId" request_id: Option<i64> [draft6()],
    }

    /// How an upload of a log goes on.
    enum UploadLogStatus {
        /// The server did not understand the charge point.
        "BadMessage" => BadMessage,
        /// Nothing is being done; only in answer to a trigger.
        "Idle" => Idle,
        /// The server cannot do what is needed.
        "NotSupportedOperation" => NotSupportedOperation,
        /// The server does not allow it.
        "PermissionDenied" => PermissionDenied,
        /// The file is there.
        "Uploaded" => Uploaded,
        /// The upload failed.
        "UploadFailure" => UploadFailure,
        /// The file is being uploaded.
        "Uploading" => Uploading,
    }

    /// Answers LogStatusNotification.req.
    struct LogStatusNotificationResponse {}

    /// Something happened that matters for security (white paper §4.10).
    struct SecurityEventNotificationRequest<'a> {
        /// What, from the white paper's list of events.
        "type" kind: Str<'a, 50>,
        /// When.
        "timestamp" timestamp: DateTime<Utc>,
        /// More about it, free text.
        "techInfo" tech_info: Option<Str<'a, 255>>,
    }

    /// Answers SecurityEventNotification.req.
    struct SecurityEventNotificationResponse {}

    /// Asks the central system to have a certificate signed (white paper §4.11).
    struct SignCertificateRequest<'a> {
        /// The certificate signing request, PEM.
        "csr" csr: Str<'a, 5500>,
    }

    /// Answers SignCertificate.req.
    struct SignCertificateResponse {
        /// Whether it will be dealt with.
        "status" status: GenericStatus,
    }

    /// Yes or no.
    enum GenericStatus {
        /// Yes.
        "Accepted" => Accepted,
        /// No.
        "Rejected" => Rejected,
    }

    /// How an update with signed firmware goes on (white paper §4.12).
    struct SignedFirmwareStatusNotificationRequest {
        /// How.
        "status" status: SignedFirmwareStatus,
        /// The request of SignedUpdateFirmware.req; absent only if the message was triggered and no update is going on.
        "requestId" request_id: Option<i64> [draft6()],
    }

    /// How an update with signed firmware goes on.
    enum SignedFirmwareStatus {
        /// The new firmware is on the charge point.
        "Downloaded" => Downloaded,
        /// It could not be fetched.
        "DownloadFailed" => DownloadFailed,
        /// It is being fetched.
        "Downloading" => Downloading,
        /// It will be fetched later.
        "DownloadScheduled" => DownloadScheduled,
        /// Fetching it pauses.
        "DownloadPaused" => DownloadPaused,
        /// Nothing is being done; only in answer to a trigger.
        "Idle" => Idle,
        /// It could not be installed.
        "InstallationFailed" => InstallationFailed,
        /// It is being installed.
        "Installing" => Installing,
        /// It is running.
        "Installed" => Installed,
        /// The charge point is about to restart into it.
        "InstallRebooting" => InstallRebooting,
        /// It will be installed later.
        "InstallScheduled" => InstallScheduled,
        /// It did not pass the checks before it was to be installed.
        "InstallVerificationFailed" => InstallVerificationFailed,
        /// Its signature does not match.
        "InvalidSignature" => InvalidSignature,
        /// Its signature matches.
        "SignatureVerified" => SignatureVerified,
    }

    /// Answers SignedFirmwareStatusNotification.req.
    struct SignedFirmwareStatusNotificationResponse {}

    /// Asks to fetch and install signed firmware (white paper §4.13).
    struct SignedUpdateFirmwareRequest<'a> {
        /// How often to try; absent leaves the choice to the charge point.
        "retries" retries: Option<i64> [draft6()],
        /// Seconds between attempts; absent leaves the choice to the charge point.
        "retryInterval" retry_interval: Option<i64> [draft6()],
        /// Id of the request, repeated in SignedFirmwareStatusNotification.req.
        "requestId" request_id: i64 [draft6()],
        /// The firmware.
        "firmware" firmware: Firmware<'a>,
    }

    /// Signed firmware and when to install it.
    struct Firmware<'a> {
        /// URI of the firmware.
        "location" location: Str<'a, 512>,
        /// Moment from which it is to be fetched.
        "retrieveDateTime" retrieve_date_time: DateTime<Utc>,
        /// Moment from which it is to be installed; absent means at once.
        "installDateTime" install_date_time: Option<DateTime<Utc>>,
        /// Certificate the firmware was signed with, PEM.
        "signingCertificate" signing_certificate: Str<'a, 5500>,
        /// Signature of the firmware, base64.
        "signature" signature: Str<'a, 800>,
    }

    /// Answers SignedUpdateFirmware.req.
    struct SignedUpdateFirmwareResponse {
        /// What comes of it.
        "status" status: UpdateFirmwareStatus,
    }

    /// What comes of a request for signed firmware.
    enum UpdateFirmwareStatus {
        /// It will be fetched.
        "Accepted" => Accepted,
        /// It will not.
        "Rejected" => Rejected,
        /// It will, instead of one that was on its way.
        "AcceptedCanceled" => AcceptedCanceled,
        /// The signing certificate is not valid.
        "InvalidCertificate" => InvalidCertificate,
        /// The signing certificate was revoked.
        "RevokedCertificate" => RevokedCertificate,
    }
}
