//! Block J, *Meter values* outside of transactions.

use super::types::MeterValue;
use crate::list::List;

messages! {
    /// Values of a meter outside of a transaction (J01).
    class MeterValuesRequest<'a> {
        /// The EVSE; 0 for the main meter of the station.
        "evseId" evse_id: i64 [at_least(0), bounds_since_v21()],
        /// Values, one entry per moment of measurement.
        "meterValue" meter_value: List<'a, MeterValue<'a>> [min_items(1)],
    }

    /// Answers MeterValuesRequest.
    class MeterValuesResponse<'a> {
    }
}
