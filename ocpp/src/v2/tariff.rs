//! Block I, *Tariff and cost*: running cost and, since 2.1, tariffs the station calculates with.

use super::types::{MessageContent, StatusInfo};
use crate::list::List;
use crate::nested::Nested;
use crate::num::Decimal;
use crate::schema::Kind;
use crate::text::{CiStr, Str};
use crate::time::{DateTime, Utc};

messages! {
    /// Prices, each with the conditions under which it is valid.
    ///
    /// Since 2.1.
    class Tariff<'a> {
        /// Its id.
        "tariffId" tariff_id: Str<'a, 60>,
        /// What it is called, in several languages.
        "description" description: Option<List<'a, MessageContent<'a>>> [min_items(1), max_items(10)],
        /// Currency, ISO 4217, three letters.
        "currency" currency: Str<'a, 3>,
        /// Prices of energy.
        "energy" energy: Option<TariffEnergy<'a>>,
        /// When it becomes valid; absent means it is.
        "validFrom" valid_from: Option<DateTime<Utc>>,
        /// Prices of time while charging.
        "chargingTime" charging_time: Option<TariffTime<'a>>,
        /// Prices of time while not charging.
        "idleTime" idle_time: Option<TariffTime<'a>>,
        /// Fees for a session.
        "fixedFee" fixed_fee: Option<TariffFixed<'a>>,
        /// Prices of time of reservation.
        "reservationTime" reservation_time: Option<TariffTime<'a>>,
        /// Fees for a reservation.
        "reservationFixed" reservation_fixed: Option<TariffFixed<'a>>,
        /// Least cost of a session.
        "minCost" min_cost: Option<Price<'a>>,
        /// Most cost of a session.
        "maxCost" max_cost: Option<Price<'a>>,
    }

    /// Prices of energy, and their taxes.
    ///
    /// Since 2.1.
    class TariffEnergy<'a> {
        /// The prices; the first one whose conditions are met counts.
        "prices" prices: List<'a, TariffEnergyPrice<'a>> [min_items(1)],
        /// Taxes on them.
        "taxRates" tax_rates: Option<List<'a, TaxRate<'a>>> [min_items(1), max_items(5)],
    }

    /// A price of energy.
    ///
    /// Since 2.1.
    class TariffEnergyPrice<'a> {
        /// Price of a kWh without tax.
        "priceKwh" price_kwh: Decimal,
        /// When it is valid; absent means always.
        "conditions" conditions: Option<Nested<'a, TariffConditions<'a>>>,
    }

    /// When a price is valid; all conditions given have to be met.
    ///
    /// Since 2.1.
    class TariffConditions<'a> {
        /// From which time of day, local time, `hh:mm`.
        "startTimeOfDay" start_time_of_day: Option<Str<'a>>,
        /// Until which time of day, local time, `hh:mm`; before the start it is that of the next day.
        "endTimeOfDay" end_time_of_day: Option<Str<'a>>,
        /// On which days of the week.
        "dayOfWeek" day_of_week: Option<List<'a, DayOfWeek>> [min_items(1), max_items(7)],
        /// From which day on, local time, `yyyy-mm-dd`, inclusive.
        "validFromDate" valid_from_date: Option<Str<'a>>,
        /// Until which day, local time, `yyyy-mm-dd`, exclusive.
        "validToDate" valid_to_date: Option<Str<'a>>,
        /// Whether it is for AC or DC charging; absent means both.
        "evseKind" evse_kind: Option<EvseKind>,
        /// From how much energy on, Wh, inclusive.
        "minEnergy" min_energy: Option<Decimal>,
        /// Up to how much energy, Wh, exclusive.
        "maxEnergy" max_energy: Option<Decimal>,
        /// From which current on, A over all phases, inclusive.
        "minCurrent" min_current: Option<Decimal>,
        /// Up to which current, A over all phases, exclusive.
        "maxCurrent" max_current: Option<Decimal>,
        /// From which power on, W, inclusive.
        "minPower" min_power: Option<Decimal>,
        /// Up to which power, W, exclusive.
        "maxPower" max_power: Option<Decimal>,
        /// From which duration of the transaction on, seconds, inclusive.
        "minTime" min_time: Option<i64>,
        /// Up to which duration of the transaction, seconds, exclusive.
        "maxTime" max_time: Option<i64>,
        /// From which time of charging on, seconds, inclusive.
        "minChargingTime" min_charging_time: Option<i64>,
        /// Up to which time of charging, seconds, exclusive.
        "maxChargingTime" max_charging_time: Option<i64>,
        /// From which time without charging on, seconds, inclusive.
        "minIdleTime" min_idle_time: Option<i64>,
        /// Up to which time without charging, seconds, exclusive.
        "maxIdleTime" max_idle_time: Option<i64>,
    }

    /// A day of the week.
    ///
    /// Since 2.1.
    enum DayOfWeek {
        "Monday" => Monday,
        "Tuesday" => Tuesday,
        "Wednesday" => Wednesday,
        "Thursday" => Thursday,
        "Friday" => Friday,
        "Saturday" => Saturday,
        "Sunday" => Sunday,
    }

    /// Whether an EVSE is for AC or DC charging.
    ///
    /// Since 2.1.
    enum EvseKind {
        "AC" => Ac,
        "DC" => Dc,
    }

    /// A tax.
    ///
    /// Since 2.1.
    class TaxRate<'a> {
        /// Its name, for the receipt.
        "type" kind: Str<'a, 20>,
        /// Its rate in percent.
        "tax" tax: Decimal,
        /// 0 (the default) for a tax on the net price, 1 for one on top of that, and so on.
        "stack" stack: Option<i64> [at_least(0)],
    }

    /// Prices of time, and their taxes.
    ///
    /// Since 2.1.
    class TariffTime<'a> {
        /// The prices; the first one whose conditions are met counts.
        "prices" prices: List<'a, TariffTimePrice<'a>> [min_items(1)],
        /// Taxes on them.
        "taxRates" tax_rates: Option<List<'a, TaxRate<'a>>> [min_items(1), max_items(5)],
    }

    /// A price of time.
    ///
    /// Since 2.1.
    class TariffTimePrice<'a> {
        /// Price of a minute without tax.
        "priceMinute" price_minute: Decimal,
        /// When it is valid; absent means always.
        "conditions" conditions: Option<Nested<'a, TariffConditions<'a>>>,
    }

    /// Fees, and their taxes.
    ///
    /// Since 2.1.
    class TariffFixed<'a> {
        /// The prices; the first one whose conditions are met counts.
        "prices" prices: List<'a, TariffFixedPrice<'a>> [min_items(1)],
        /// Taxes on them.
        "taxRates" tax_rates: Option<List<'a, TaxRate<'a>>> [min_items(1), max_items(5)],
    }

    /// A fee.
    ///
    /// Since 2.1.
    class TariffFixedPrice<'a> {
        /// When it is valid; absent means always.
        "conditions" conditions: Option<Nested<'a, TariffConditionsFixed<'a>>>,
        /// The fee without tax.
        "priceFixed" price_fixed: Decimal,
    }

    /// When a fee is due; all conditions given have to be met at the start of the session.
    ///
    /// Since 2.1.
    class TariffConditionsFixed<'a> {
        /// From which time of day, local time, `hh:mm`.
        "startTimeOfDay" start_time_of_day: Option<Str<'a>>,
        /// Until which time of day, local time, `hh:mm`; before the start it is that of the next day.
        "endTimeOfDay" end_time_of_day: Option<Str<'a>>,
        /// On which days of the week.
        "dayOfWeek" day_of_week: Option<List<'a, DayOfWeek>> [min_items(1), max_items(7)],
        /// From which day on, local time, `yyyy-mm-dd`, inclusive.
        "validFromDate" valid_from_date: Option<Str<'a>>,
        /// Until which day, local time, `yyyy-mm-dd`, exclusive.
        "validToDate" valid_to_date: Option<Str<'a>>,
        /// Whether it is for AC or DC charging; absent means both.
        "evseKind" evse_kind: Option<EvseKind>,
        /// For which brand of payment card, when paid on the spot.
        "paymentBrand" payment_brand: Option<Str<'a, 20>>,
        /// For which kind of payment, when paid on the spot.
        "paymentRecognition" payment_recognition: Option<Str<'a, 20>>,
    }

    /// A price with and without tax, at least one of them.
    ///
    /// Since 2.1.
    class Price<'a> {
        /// Without tax.
        "exclTax" excl_tax: Option<Decimal>,
        /// With tax.
        "inclTax" incl_tax: Option<Decimal>,
        /// The taxes in it.
        "taxRates" tax_rates: Option<List<'a, TaxRate<'a>>> [min_items(1), max_items(5)],
    }

    /// Cost of a transaction so far, to be shown (I02).
    class CostUpdatedRequest<'a> {
        /// The cost including tax, in the currency of the station's variable `Currency`.
        "totalCost" total_cost: Decimal,
        /// The transaction.
        "transactionId" transaction_id: CiStr<'a, 36>,
    }

    /// Answers CostUpdatedRequest.
    class CostUpdatedResponse<'a> {
    }

    /// Sets the tariff for drivers without one of their own.
    ///
    /// Since 2.1.
    class SetDefaultTariffRequest<'a> {
        /// The EVSE; 0 means all.
        "evseId" evse_id: i64 [at_least(0)],
        /// The tariff.
        "tariff" tariff: Nested<'a, Tariff<'a>>,
    }

    /// Answers SetDefaultTariffRequest.
    ///
    /// Since 2.1.
    class SetDefaultTariffResponse<'a> {
        /// What comes of it.
        "status" status: TariffSetStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Whether a default tariff is set.
    ///
    /// Since 2.1.
    enum TariffSetStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
        "TooManyElements" => TooManyElements,
        "ConditionNotSupported" => ConditionNotSupported,
        "DuplicateTariffId" => DuplicateTariffId,
    }

    /// Asks which tariffs are set.
    ///
    /// Since 2.1.
    class GetTariffsRequest<'a> {
        /// The EVSE; 0 means all.
        "evseId" evse_id: i64 [at_least(0)],
    }

    /// Answers GetTariffsRequest.
    ///
    /// Since 2.1.
    class GetTariffsResponse<'a> {
        /// What comes of it.
        "status" status: TariffGetStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
        /// The tariffs and what they are for.
        "tariffAssignments" tariff_assignments: Option<List<'a, TariffAssignment<'a>>> [min_items(1)],
    }

    /// Whether there are tariffs.
    ///
    /// Since 2.1.
    enum TariffGetStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
        "NoTariff" => NoTariff,
    }

    /// A tariff and what it is for.
    ///
    /// Since 2.1.
    class TariffAssignment<'a> {
        /// Id of the tariff.
        "tariffId" tariff_id: Str<'a, 60>,
        /// Whether it is a default or a driver's.
        "tariffKind" tariff_kind: TariffKind,
        /// When it becomes valid; absent means it is.
        "validFrom" valid_from: Option<DateTime<Utc>>,
        /// The EVSEs it is for.
        "evseIds" evse_ids: Option<List<'a, i64>> [items(&Kind::NATURAL), min_items(1)],
        /// The identifiers it is for.
        "idTokens" id_tokens: Option<List<'a, Str<'a, 255>>> [min_items(1)],
    }

    /// Whether a tariff is a default or a driver's.
    ///
    /// Since 2.1.
    enum TariffKind {
        "DefaultTariff" => DefaultTariff,
        "DriverTariff" => DriverTariff,
    }

    /// Removes tariffs.
    ///
    /// Since 2.1.
    class ClearTariffsRequest<'a> {
        /// Which ones; absent means all.
        "tariffIds" tariff_ids: Option<List<'a, Str<'a, 60>>> [min_items(1)],
        /// At which EVSE; absent means everywhere.
        "evseId" evse_id: Option<i64> [at_least(0)],
    }

    /// Answers ClearTariffsRequest.
    ///
    /// Since 2.1.
    class ClearTariffsResponse<'a> {
        /// The results, one for each tariff.
        "clearTariffsResult" clear_tariffs_result: List<'a, ClearTariffsResult<'a>> [min_items(1)],
    }

    /// What removing a tariff came to.
    ///
    /// Since 2.1.
    class ClearTariffsResult<'a> {
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
        /// Id of the tariff; absent if there was none.
        "tariffId" tariff_id: Option<Str<'a, 60>>,
        /// What comes of it.
        "status" status: TariffClearStatus,
    }

    /// Whether a tariff was removed.
    ///
    /// Since 2.1.
    enum TariffClearStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
        "NoTariff" => NoTariff,
    }

    /// Changes the tariff of a running transaction.
    ///
    /// Since 2.1.
    class ChangeTransactionTariffRequest<'a> {
        /// The tariff.
        "tariff" tariff: Nested<'a, Tariff<'a>>,
        /// The transaction.
        "transactionId" transaction_id: CiStr<'a, 36>,
    }

    /// Answers ChangeTransactionTariffRequest.
    ///
    /// Since 2.1.
    class ChangeTransactionTariffResponse<'a> {
        /// What comes of it.
        "status" status: TariffChangeStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Whether the tariff of a transaction was changed.
    ///
    /// Since 2.1.
    enum TariffChangeStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
        "TooManyElements" => TooManyElements,
        "ConditionNotSupported" => ConditionNotSupported,
        "TxNotFound" => TxNotFound,
        "NoCurrencyChange" => NoCurrencyChange,
    }
}
