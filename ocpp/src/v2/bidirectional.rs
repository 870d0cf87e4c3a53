//! Block Q, *Bidirectional power transfer*: what a vehicle may do, and the signal of the grid operator. Since
//! 2.1.

use super::types::{EnergyTransferMode, GenericStatus, StatusInfo};
use crate::list::List;
use crate::text::CiStr;
use crate::time::{DateTime, Utc};

messages! {
    /// Changes how a vehicle may transfer energy.
    ///
    /// Since 2.1.
    class NotifyAllowedEnergyTransferRequest<'a> {
        /// The transaction.
        "transactionId" transaction_id: CiStr<'a, 36>,
        /// The modes it may choose from.
        "allowedEnergyTransfer" allowed_energy_transfer: List<'a, EnergyTransferMode> [min_items(1)],
    }

    /// Answers NotifyAllowedEnergyTransferRequest.
    ///
    /// Since 2.1.
    class NotifyAllowedEnergyTransferResponse<'a> {
        /// What comes of it.
        "status" status: NotifyAllowedEnergyTransferStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Whether the modes could be changed.
    ///
    /// Since 2.1.
    enum NotifyAllowedEnergyTransferStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
    }

    /// The grid operator's signal for automatic frequency restoration (aFRR).
    ///
    /// Since 2.1.
    class AFRRSignalRequest<'a> {
        /// From when on it counts.
        "timestamp" timestamp: DateTime<Utc>,
        /// Its value, looked up in `v2xSignalWattCurve`.
        "signal" signal: i64,
    }

    /// Answers AFRRSignalRequest.
    ///
    /// Since 2.1.
    class AFRRSignalResponse<'a> {
        /// What comes of it.
        "status" status: GenericStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }
}
