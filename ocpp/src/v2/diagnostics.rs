//! Block N, *Diagnostics*, first part: logs and customer information.

use super::types::{CertificateHashData, IdToken, StatusInfo};
use crate::text::Str;
use crate::time::{DateTime, Utc};

messages! {
    /// Asks for a log file (N01).
    class GetLogRequest<'a> {
        /// Where to and from when.
        "log" log: LogParameters<'a>,
        /// Which log.
        "logType" log_type: Log,
        /// Id of the request, repeated in the messages it leads to.
        "requestId" request_id: i64,
        /// How often to try again; absent leaves the choice to the station.
        "retries" retries: Option<i64> [at_least(0), bounds_since_v21()],
        /// Seconds between attempts; absent leaves the choice to the station.
        "retryInterval" retry_interval: Option<i64>,
    }

    /// Where a log goes to and from when it is.
    class LogParameters<'a> {
        /// URL to upload it to.
        "remoteLocation" remote_location: Str<'a, 2000> [before_v21(512)],
        /// Oldest moment of interest.
        "oldestTimestamp" oldest_timestamp: Option<DateTime<Utc>>,
        /// Latest moment of interest.
        "latestTimestamp" latest_timestamp: Option<DateTime<Utc>>,
    }

    /// Which log.
    ///
    /// Since 2.1: `DataCollectorLog`.
    enum Log(2) {
        "DiagnosticsLog" => DiagnosticsLog,
        "SecurityLog" => SecurityLog,
        "DataCollectorLog" => DataCollectorLog,
    }

    /// Answers GetLogRequest.
    class GetLogResponse<'a> {
        /// What comes of it.
        "status" status: LogStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
        /// Name of the file; absent if there is nothing to upload.
        "filename" filename: Option<Str<'a, 255>>,
    }

    /// Whether a log will be uploaded.
    enum LogStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
        /// It will, instead of one that was on its way.
        "AcceptedCanceled" => AcceptedCanceled,
    }

    /// How an upload of a log goes on (N01).
    class LogStatusNotificationRequest<'a> {
        /// How.
        "status" status: UploadLogStatus,
        /// That of the GetLogRequest; absent only if the message was triggered and no upload is going on.
        "requestId" request_id: Option<i64>,
        /// More about the status.
        ///
        /// Since 2.1.
        "statusInfo" status_info: Option<StatusInfo<'a>> [since_v21()],
    }

    /// How an upload of a log goes on.
    enum UploadLogStatus {
        "BadMessage" => BadMessage,
        "Idle" => Idle,
        "NotSupportedOperation" => NotSupportedOperation,
        "PermissionDenied" => PermissionDenied,
        "Uploaded" => Uploaded,
        "UploadFailure" => UploadFailure,
        "Uploading" => Uploading,
        "AcceptedCanceled" => AcceptedCanceled,
    }

    /// Answers LogStatusNotificationRequest.
    class LogStatusNotificationResponse<'a> {
    }

    /// Asks for what the station knows about a customer, or to forget it (N09, N10).
    class CustomerInformationRequest<'a> {
        /// The customer, by certificate.
        "customerCertificate" customer_certificate: Option<CertificateHashData<'a>>,
        /// The customer, by identifier.
        "idToken" id_token: Option<IdToken<'a>>,
        /// Id of the request, repeated in the messages it leads to.
        "requestId" request_id: i64 [at_least(0), bounds_since_v21()],
        /// Whether to report it.
        "report" report: bool,
        /// Whether to forget it.
        "clear" clear: bool,
        /// The customer, by something else.
        "customerIdentifier" customer_identifier: Option<Str<'a, 64>>,
    }

    /// Answers CustomerInformationRequest.
    class CustomerInformationResponse<'a> {
        /// What comes of it.
        "status" status: CustomerInformationStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Whether a request about a customer is followed.
    enum CustomerInformationStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
        "Invalid" => Invalid,
    }

    /// What the station knows about a customer (N09, N10).
    class NotifyCustomerInformationRequest<'a> {
        /// A part of it, for people to read.
        "data" data: Str<'a, 512>,
        /// Whether another part follows; absent means no.
        "tbc" tbc: Option<bool>,
        /// Number of this part, from 0 on.
        "seqNo" seq_no: i64 [at_least(0), bounds_since_v21()],
        /// When the message was made.
        "generatedAt" generated_at: DateTime<Utc>,
        /// That of the CustomerInformationRequest.
        "requestId" request_id: i64 [at_least(0), bounds_since_v21()],
    }

    /// Answers NotifyCustomerInformationRequest.
    class NotifyCustomerInformationResponse<'a> {
    }
}
