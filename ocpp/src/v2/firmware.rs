//! Block L, *Firmware management*: updates, and publishing firmware in a local network.

use super::types::{GenericStatus, StatusInfo};
use crate::list::List;
use crate::schema::Kind;
use crate::text::Str;
use crate::time::{DateTime, Utc};

messages! {
    /// Asks to fetch and install firmware (L01, L02).
    class UpdateFirmwareRequest<'a> {
        /// How often to try again; absent leaves the choice to the station.
        "retries" retries: Option<i64> [at_least(0), bounds_since_v21()],
        /// Seconds between attempts; absent leaves the choice to the station.
        "retryInterval" retry_interval: Option<i64>,
        /// Id of the request, repeated in the messages it leads to.
        "requestId" request_id: i64,
        /// The firmware.
        "firmware" firmware: Firmware<'a>,
    }

    /// Firmware, and when to install it.
    class Firmware<'a> {
        /// URI to fetch it from.
        "location" location: Str<'a, 2000> [before_v21(512)],
        /// Moment from which it is to be fetched.
        "retrieveDateTime" retrieve_date_time: DateTime<Utc>,
        /// Moment from which it is to be installed; absent means at once.
        "installDateTime" install_date_time: Option<DateTime<Utc>>,
        /// Certificate it was signed with, PEM.
        "signingCertificate" signing_certificate: Option<Str<'a, 5500>>,
        /// Its signature, base64.
        "signature" signature: Option<Str<'a, 800>>,
    }

    /// Answers UpdateFirmwareRequest.
    class UpdateFirmwareResponse<'a> {
        /// What comes of it.
        "status" status: UpdateFirmwareStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// What comes of a request for firmware.
    enum UpdateFirmwareStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
        /// It will be fetched, instead of one that was on its way.
        "AcceptedCanceled" => AcceptedCanceled,
        "InvalidCertificate" => InvalidCertificate,
        "RevokedCertificate" => RevokedCertificate,
    }

    /// How a firmware update goes on (L01, L02).
    class FirmwareStatusNotificationRequest<'a> {
        /// How.
        "status" status: FirmwareStatus,
        /// That of the UpdateFirmwareRequest; absent only if the message was triggered and no update is going
        /// on.
        "requestId" request_id: Option<i64>,
        /// More about the status.
        ///
        /// Since 2.1.
        "statusInfo" status_info: Option<StatusInfo<'a>> [since_v21()],
    }

    /// How a firmware update goes on.
    enum FirmwareStatus {
        "Downloaded" => Downloaded,
        "DownloadFailed" => DownloadFailed,
        "Downloading" => Downloading,
        "DownloadScheduled" => DownloadScheduled,
        "DownloadPaused" => DownloadPaused,
        "Idle" => Idle,
        "InstallationFailed" => InstallationFailed,
        "Installing" => Installing,
        "Installed" => Installed,
        "InstallRebooting" => InstallRebooting,
        "InstallScheduled" => InstallScheduled,
        "InstallVerificationFailed" => InstallVerificationFailed,
        "InvalidSignature" => InvalidSignature,
        "SignatureVerified" => SignatureVerified,
    }

    /// Answers FirmwareStatusNotificationRequest.
    class FirmwareStatusNotificationResponse<'a> {
    }

    /// Asks a local controller to fetch firmware and offer it in the local network (L03).
    class PublishFirmwareRequest<'a> {
        /// URI to fetch it from.
        "location" location: Str<'a, 2000> [before_v21(512)],
        /// How often to try again; absent leaves the choice to the station.
        "retries" retries: Option<i64> [at_least(0), bounds_since_v21()],
        /// MD5 checksum of the whole file, 32 hexadecimal digits.
        "checksum" checksum: Str<'a, 32>,
        /// Id of the request, repeated in the messages it leads to.
        "requestId" request_id: i64 [at_least(0), bounds_since_v21()],
        /// Seconds between attempts; absent leaves the choice to the station.
        "retryInterval" retry_interval: Option<i64> [at_least(0), bounds_since_v21()],
    }

    /// Answers PublishFirmwareRequest.
    class PublishFirmwareResponse<'a> {
        /// What comes of it.
        "status" status: GenericStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// How publishing firmware goes on (L03).
    class PublishFirmwareStatusNotificationRequest<'a> {
        /// How.
        "status" status: PublishFirmwareStatus,
        /// URIs it is offered at, once it is published.
        "location" location: Option<List<'a, Str<'a, 2000>>>
            [items(&Kind::Text { max: 2000, before_v21: 512 }), min_items(1)],
        /// That of the PublishFirmwareRequest.
        "requestId" request_id: Option<i64> [at_least(0), bounds_since_v21()],
        /// More about the status.
        ///
        /// Since 2.1.
        "statusInfo" status_info: Option<StatusInfo<'a>> [since_v21()],
    }

    /// How publishing firmware goes on.
    enum PublishFirmwareStatus {
        "Idle" => Idle,
        "DownloadScheduled" => DownloadScheduled,
        "Downloading" => Downloading,
        "Downloaded" => Downloaded,
        "Published" => Published,
        "DownloadFailed" => DownloadFailed,
        "DownloadPaused" => DownloadPaused,
        "InvalidChecksum" => InvalidChecksum,
        "ChecksumVerified" => ChecksumVerified,
        "PublishFailed" => PublishFailed,
    }

    /// Answers PublishFirmwareStatusNotificationRequest.
    class PublishFirmwareStatusNotificationResponse<'a> {
    }

    /// Asks a local controller to offer firmware no more (L04).
    class UnpublishFirmwareRequest<'a> {
        /// MD5 checksum of the whole file, 32 hexadecimal digits.
        "checksum" checksum: Str<'a, 32>,
    }

    /// Answers UnpublishFirmwareRequest.
    class UnpublishFirmwareResponse<'a> {
        /// What comes of it.
        "status" status: UnpublishFirmwareStatus,
    }

    /// Whether firmware is offered no more.
    enum UnpublishFirmwareStatus {
        "DownloadOngoing" => DownloadOngoing,
        "NoFirmware" => NoFirmware,
        "Unpublished" => Unpublished,
    }
}
