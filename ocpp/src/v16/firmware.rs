//! Block *Firmware management*: firmware updates and diagnostics files (OCPP 1.6 chapters 4.4, 4.5, 5.9, 5.19).

use crate::text::{CiStr, Str};
use crate::time::{DateTime, Utc};

messages! {
    /// How an upload of diagnostics goes on (OCPP 1.6 §4.4).
    struct DiagnosticsStatusNotificationRequest {
        /// How.
        "status" status: DiagnosticsStatus,
    }

    /// How an upload of diagnostics goes on (OCPP 1.6 §7.24).
    enum DiagnosticsStatus {
        /// Nothing is being done; only in answer to a trigger.
        "Idle" => Idle,
        /// The file is there.
        "Uploaded" => Uploaded,
        /// The upload failed.
        "UploadFailed" => UploadFailed,
        /// The file is being uploaded.
        "Uploading" => Uploading,
    }

    /// Answers DiagnosticsStatusNotification.req.
    struct DiagnosticsStatusNotificationResponse {}

    /// How a firmware update goes on (OCPP 1.6 §4.5).
    struct FirmwareStatusNotificationRequest {
        /// How.
        "status" status: FirmwareStatus,
    }

    /// How a firmware update goes on (OCPP 1.6 §7.25).
    enum FirmwareStatus {
        /// The new firmware is on the charge point.
        "Downloaded" => Downloaded,
        /// It could not be fetched.
        "DownloadFailed" => DownloadFailed,
        /// It is being fetched.
        "Downloading" => Downloading,
        /// Nothing is being done; only in answer to a trigger.
        "Idle" => Idle,
        /// It could not be installed.
        "InstallationFailed" => InstallationFailed,
        /// It is being installed.
        "Installing" => Installing,
        /// It is running.
        "Installed" => Installed,
    }

    /// Answers FirmwareStatusNotification.req.
    struct FirmwareStatusNotificationResponse {}

    /// Asks for a file with diagnostics (OCPP 1.6 §5.9).
    struct GetDiagnosticsRequest<'a> {
        /// URI of the directory to put it in. The schema's `format: uri` is an annotation and not checked.
        "location" location: Str<'a>,
        /// How often to try; absent leaves the choice to the charge point.
        "retries" retries: Option<i64>,
        /// Seconds between attempts; absent leaves the choice to the charge point.
        "retryInterval" retry_interval: Option<i64>,
        /// Oldest moment of interest.
        "startTime" start_time: Option<DateTime<Utc>>,
        /// Latest moment of interest.
        "stopTime" stop_time: Option<DateTime<Utc>>,
    }

    /// Answers GetDiagnostics.req.
    struct GetDiagnosticsResponse<'a> {
        /// Name of the file; absent if there is nothing to upload.
        "fileName" file_name: Option<CiStr<'a, 255>>,
    }

    /// Asks to fetch and install firmware (OCPP 1.6 §5.19).
    struct UpdateFirmwareRequest<'a> {
        /// URI of the firmware. The schema's `format: uri` is an annotation and not checked.
        "location" location: Str<'a>,
        /// How often to try; absent leaves the choice to the charge point.
        "retries" retries: Option<i64>,
        /// Moment from which it is to be fetched.
        "retrieveDate" retrieve_date: DateTime<Utc>,
        /// Seconds between attempts; absent leaves the choice to the charge point.
        "retryInterval" retry_interval: Option<i64>,
    }

    /// Answers UpdateFirmware.req.
    struct UpdateFirmwareResponse {}
}
