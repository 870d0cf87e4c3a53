//! Block S, *Battery swap*. Since 2.1.

use super::types::{GenericStatus, IdToken, StatusInfo};
use crate::list::List;
use crate::num::Decimal;
use crate::text::Str;
use crate::time::{DateTime, Utc};

messages! {
    /// Batteries were put in or taken out.
    ///
    /// Since 2.1.
    class BatterySwapRequest<'a> {
        /// The batteries.
        "batteryData" battery_data: List<'a, BatteryData<'a>> [min_items(1)],
        /// In or out.
        "eventType" event_type: BatterySwapEvent,
        /// The identifier.
        "idToken" id_token: IdToken<'a>,
        /// Ties batteries in to batteries out, and both to a RequestBatterySwapRequest.
        "requestId" request_id: i64,
    }

    /// A battery.
    ///
    /// Since 2.1.
    class BatteryData<'a> {
        /// The slot.
        "evseId" evse_id: i64 [at_least(0)],
        /// Its serial number.
        "serialNumber" serial_number: Str<'a, 50>,
        /// State of charge, 0 to 100 percent.
        "soC" soc: Decimal [at_least(0), at_most(100)],
        /// State of health, 0 to 100 percent.
        "soH" soh: Decimal [at_least(0), at_most(100)],
        /// When it was made.
        "productionDate" production_date: Option<DateTime<Utc>>,
        /// More about it, as its maker sees fit.
        "vendorInfo" vendor_info: Option<Str<'a, 500>>,
    }

    /// Batteries in or out.
    ///
    /// Since 2.1.
    enum BatterySwapEvent {
        "BatteryIn" => BatteryIn,
        "BatteryOut" => BatteryOut,
        "BatteryOutTimeout" => BatteryOutTimeout,
    }

    /// Answers BatterySwapRequest.
    ///
    /// Since 2.1.
    class BatterySwapResponse<'a> {
    }

    /// Asks the station to offer a battery swap.
    ///
    /// Since 2.1.
    class RequestBatterySwapRequest<'a> {
        /// The identifier.
        "idToken" id_token: IdToken<'a>,
        /// Id of the request, repeated in BatterySwapRequest.
        "requestId" request_id: i64,
    }

    /// Answers RequestBatterySwapRequest.
    ///
    /// Since 2.1.
    class RequestBatterySwapResponse<'a> {
        /// What comes of it.
        "status" status: GenericStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }
}
