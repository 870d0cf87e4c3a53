//! Block P, *Data transfer*.

use super::types::StatusInfo;
use crate::json::JsonText;
use crate::text::Str;

messages! {
    /// Carries something OCPP does not define, in either direction (P01, P02).
    class DataTransferRequest<'a> {
        /// Which of the vendor's messages it is.
        "messageId" message_id: Option<Str<'a, 50>>,
        /// The data, any JSON value.
        "data" data: Option<JsonText<'a>>,
        /// Who defines the meaning; the reversed domain name is recommended.
        "vendorId" vendor_id: Str<'a, 255>,
    }

    /// Answers DataTransferRequest.
    class DataTransferResponse<'a> {
        /// What comes of it.
        "status" status: DataTransferStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
        /// The answering data, any JSON value.
        "data" data: Option<JsonText<'a>>,
    }

    /// Whether a data transfer was understood.
    enum DataTransferStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
        "UnknownMessageId" => UnknownMessageId,
        "UnknownVendorId" => UnknownVendorId,
    }
}
