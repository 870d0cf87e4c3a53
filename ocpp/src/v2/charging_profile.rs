//! Charging profiles and the schedules in them, with the price information ISO 15118 knows.

use crate::list::List;
use crate::nested::Nested;
use crate::num::Decimal;
use crate::schema::Version;
use crate::text::{CiStr, Str};
use crate::time::{DateTime, Utc};

messages! {
    /// Limits over time, and for what.
    class ChargingProfile<'a> {
        /// Id of the profile; a new one with the same id replaces it. May be negative for profiles of
        /// external systems.
        "id" id: i64,
        /// Rank among profiles of the same purpose, from 0 on; the highest one valid at a moment wins.
        "stackLevel" stack_level: i64 [at_least(0), bounds_since_v21()],
        /// What it limits.
        "chargingProfilePurpose" charging_profile_purpose: ChargingProfilePurpose,
        /// What its periods count from.
        "chargingProfileKind" charging_profile_kind: ChargingProfileKind,
        /// For recurring profiles: how often.
        "recurrencyKind" recurrency_kind: Option<RecurrencyKind>,
        /// Moment from which it is valid; absent means from now on.
        "validFrom" valid_from: Option<DateTime<Utc>>,
        /// Moment from which it is not valid any more; absent means until it is replaced.
        "validTo" valid_to: Option<DateTime<Utc>>,
        /// For a `TxProfile`: the transaction it is for.
        "transactionId" transaction_id: Option<CiStr<'a, 36>>,
        /// Seconds for which it stays valid while the station is offline.
        ///
        /// Since 2.1.
        "maxOfflineDuration" max_offline_duration: Option<i64> [since_v21()],
        /// One to three schedules; the vehicle chooses one where ISO 15118 is spoken.
        "chargingSchedule" charging_schedule: List<'a, ChargingSchedule<'a>> [min_items(1), max_items(3)],
        /// Whether it stays invalid for good once that time has passed; absent means no.
        ///
        /// Since 2.1.
        "invalidAfterOfflineDuration" invalid_after_offline_duration: Option<bool> [since_v21()],
        /// For dynamic profiles: seconds after which the station asks for an update; 0 or absent means never.
        ///
        /// Since 2.1.
        "dynUpdateInterval" dyn_update_interval: Option<i64> [since_v21()],
        /// For dynamic profiles: when it was updated last.
        ///
        /// Since 2.1.
        "dynUpdateTime" dyn_update_time: Option<DateTime<Utc>> [since_v21()],
        /// Signature over all price schedules (ISO 15118-20), base64.
        ///
        /// Since 2.1.
        "priceScheduleSignature" price_schedule_signature: Option<Str<'a, 256>> [since_v21()],
    }

    /// What a profile limits.
    ///
    /// Since 2.1: `PriorityCharging`, `LocalGeneration`.
    enum ChargingProfilePurpose(4) {
        /// Whatever another system on site limits; set by that system only.
        "ChargingStationExternalConstraints" => ChargingStationExternalConstraints,
        /// The station as a whole.
        "ChargingStationMaxProfile" => ChargingStationMaxProfile,
        /// Every transaction that has no profile of its own.
        "TxDefaultProfile" => TxDefaultProfile,
        /// One transaction.
        "TxProfile" => TxProfile,
        /// Transactions that may charge with priority.
        "PriorityCharging" => PriorityCharging,
        /// Nothing: it adds what is generated on site.
        "LocalGeneration" => LocalGeneration,
    }

    /// What the periods of a profile count from.
    ///
    /// Since 2.1: `Dynamic`.
    enum ChargingProfileKind(3) {
        /// A moment the schedule names.
        "Absolute" => Absolute,
        /// A moment the schedule names, and again every day or week.
        "Recurring" => Recurring,
        /// A moment only the station knows, usually the start of the transaction.
        "Relative" => Relative,
        /// Nothing: it has one period, which is updated when needed.
        "Dynamic" => Dynamic,
    }

    /// How often a recurring profile starts anew.
    enum RecurrencyKind {
        "Daily" => Daily,
        "Weekly" => Weekly,
    }

    /// Periods with limits or setpoints each.
    class ChargingSchedule<'a> {
        /// Id of the schedule.
        "id" id: i64,
        /// A lower limit from a state of charge on.
        ///
        /// Since 2.1.
        "limitAtSoC" limit_at_soc: Option<LimitAtSoC<'a>> [since_v21()],
        /// Moment the periods count from, for absolute and recurring profiles.
        "startSchedule" start_schedule: Option<DateTime<Utc>>,
        /// Length in seconds; absent means the last period goes on.
        "duration" duration: Option<i64>,
        /// Unit of the limits.
        "chargingRateUnit" charging_rate_unit: ChargingRateUnit,
        /// Least rate at which the vehicle charges well, in the unit of the limits.
        "minChargingRate" min_charging_rate: Option<Decimal>,
        /// How far the vehicle may deviate from its power profile.
        ///
        /// Since 2.1.
        "powerTolerance" power_tolerance: Option<Decimal> [since_v21()],
        /// Id of this element in the signature.
        ///
        /// Since 2.1.
        "signatureId" signature_id: Option<i64> [at_least(0), since_v21()],
        /// Hash of the price schedule as EXI, base64, for the signature.
        ///
        /// Since 2.1.
        "digestValue" digest_value: Option<Str<'a, 88>> [since_v21()],
        /// Whether time stamps are meant as the station's local time, their zones ignored; absent means no.
        ///
        /// Since 2.1.
        "useLocalTime" use_local_time: Option<bool> [since_v21()],
        /// The periods by rising start, at most 1024; the first starts at 0.
        "chargingSchedulePeriod" charging_schedule_period: List<'a, ChargingSchedulePeriod<'a>>
            [min_items(1), max_items(1024)],
        /// Longest random delay of every start, seconds, so that not all stations act at once; absent means
        /// 0.
        ///
        /// Since 2.1.
        "randomizedDelay" randomized_delay: Option<i64> [at_least(0), since_v21()],
        /// Prices as ISO 15118-2 has them.
        "salesTariff" sales_tariff: Option<Nested<'a, SalesTariff<'a>>>,
        /// Prices in money, as ISO 15118-20 has them.
        ///
        /// Since 2.1.
        "absolutePriceSchedule" absolute_price_schedule: Option<Nested<'a, AbsolutePriceSchedule<'a>>>
            [since_v21()],
        /// Prices as levels, as ISO 15118-20 has them.
        ///
        /// Since 2.1.
        "priceLevelSchedule" price_level_schedule: Option<Nested<'a, PriceLevelSchedule<'a>>> [since_v21()],
    }

    /// A lower limit from a state of charge on.
    ///
    /// Since 2.1.
    class LimitAtSoC<'a> {
        /// The state of charge, 0 to 100 percent.
        "soc" soc: i64 [at_least(0), at_most(100)],
        /// The limit from then on, in the unit of the schedule.
        "limit" limit: Decimal,
    }

    /// Unit of charging limits.
    enum ChargingRateUnit {
        /// Watts over all phases.
        "W" => W,
        /// Amperes per phase.
        "A" => A,
    }

    /// Limits and setpoints from a moment on, in the unit of the schedule.
    class ChargingSchedulePeriod<'a> {
        /// Start in seconds after the start of the schedule; the period ends where the next one begins.
        "startPeriod" start_period: i64,
        /// Most the vehicle may charge with; the sum of all phases, or phase L1 if L2 and L3 are given.
        ///
        /// Required in 2.0.1.
        "limit" limit: Option<Decimal> [required_in(Version::V201)],
        /// The same for phase L2.
        ///
        /// Since 2.1.
        "limit_L2" limit_l2: Option<Decimal> [since_v21()],
        /// The same for phase L3.
        ///
        /// Since 2.1.
        "limit_L3" limit_l3: Option<Decimal> [since_v21()],
        /// Number of phases to use, 0 to 3; absent means 3 for AC.
        "numberPhases" number_phases: Option<i64> [at_least(0), at_most(3), bounds_since_v21()],
        /// Which phase to use, 1 to 3, if one is used and the EVSE can choose.
        "phaseToUse" phase_to_use: Option<i64> [at_least(0), at_most(3), bounds_since_v21()],
        /// Most the vehicle may discharge with, as a negative number.
        ///
        /// Since 2.1.
        "dischargeLimit" discharge_limit: Option<Decimal> [at_most(0), since_v21()],
        /// The same for phase L2.
        ///
        /// Since 2.1.
        "dischargeLimit_L2" discharge_limit_l2: Option<Decimal> [at_most(0), since_v21()],
        /// The same for phase L3.
        ///
        /// Since 2.1.
        "dischargeLimit_L3" discharge_limit_l3: Option<Decimal> [at_most(0), since_v21()],
        /// What the vehicle should follow as closely as it can; negative for discharging.
        ///
        /// Since 2.1.
        "setpoint" setpoint: Option<Decimal> [since_v21()],
        /// The same for phase L2.
        ///
        /// Since 2.1.
        "setpoint_L2" setpoint_l2: Option<Decimal> [since_v21()],
        /// The same for phase L3.
        ///
        /// Since 2.1.
        "setpoint_L3" setpoint_l3: Option<Decimal> [since_v21()],
        /// Reactive power or current the vehicle should follow; positive for inductive, negative for
        /// capacitive.
        ///
        /// Since 2.1.
        "setpointReactive" setpoint_reactive: Option<Decimal> [since_v21()],
        /// The same for phase L2.
        ///
        /// Since 2.1.
        "setpointReactive_L2" setpoint_reactive_l2: Option<Decimal> [since_v21()],
        /// The same for phase L3.
        ///
        /// Since 2.1.
        "setpointReactive_L3" setpoint_reactive_l3: Option<Decimal> [since_v21()],
        /// Whether the vehicle should keep its battery ready.
        ///
        /// Since 2.1.
        "preconditioningRequest" preconditioning_request: Option<bool> [since_v21()],
        /// Whether the EVSE must switch off its power electronics; absent means no.
        ///
        /// Since 2.1.
        "evseSleep" evse_sleep: Option<bool> [since_v21()],
        /// Power the curves below are added to, W.
        ///
        /// Since 2.1.
        "v2xBaseline" v2x_baseline: Option<Decimal> [since_v21()],
        /// How to charge or discharge; absent means `ChargingOnly`.
        ///
        /// Since 2.1.
        "operationMode" operation_mode: Option<OperationMode> [since_v21()],
        /// Power over frequency, at most 20 points.
        ///
        /// Since 2.1.
        "v2xFreqWattCurve" v2x_freq_watt_curve: Option<List<'a, V2XFreqWattPoint<'a>>>
            [min_items(1), max_items(20), since_v21()],
        /// Power over the signal of an AFRRSignalRequest, at most 20 points.
        ///
        /// Since 2.1.
        "v2xSignalWattCurve" v2x_signal_watt_curve: Option<List<'a, V2XSignalWattPoint<'a>>>
            [min_items(1), max_items(20), since_v21()],
    }

    /// How a vehicle is charged or discharged during a period.
    ///
    /// Since 2.1.
    enum OperationMode {
        /// Not at all.
        "Idle" => Idle,
        /// Charged within limits, the default.
        "ChargingOnly" => ChargingOnly,
        /// After a setpoint of the CSMS.
        "CentralSetpoint" => CentralSetpoint,
        /// After a setpoint of another system on site.
        "ExternalSetpoint" => ExternalSetpoint,
        /// Within limits of another system on site.
        "ExternalLimits" => ExternalLimits,
        /// For the grid's frequency, led by the CSMS.
        "CentralFrequency" => CentralFrequency,
        /// For the grid's frequency, led by the station.
        "LocalFrequency" => LocalFrequency,
        /// For the load on site, led by the station.
        "LocalLoadBalancing" => LocalLoadBalancing,
    }

    /// A point of a curve of power over frequency.
    ///
    /// Since 2.1.
    class V2XFreqWattPoint<'a> {
        /// Frequency, Hz.
        "frequency" frequency: Decimal,
        /// Power, W; negative for discharging.
        "power" power: Decimal,
    }

    /// A point of a curve of power over a signal.
    ///
    /// Since 2.1.
    class V2XSignalWattPoint<'a> {
        /// The signal.
        "signal" signal: i64,
        /// Power, W; negative for discharging.
        "power" power: Decimal,
    }

    /// Prices as ISO 15118-2 has them.
    class SalesTariff<'a> {
        /// Id of the tariff.
        "id" id: i64 [at_least(0), bounds_since_v21()],
        /// What it is called.
        "salesTariffDescription" sales_tariff_description: Option<Str<'a, 32>>,
        /// Number of different price levels in it.
        "numEPriceLevels" num_e_price_levels: Option<i64> [at_least(0), bounds_since_v21()],
        /// The entries, at most 1024.
        "salesTariffEntry" sales_tariff_entry: List<'a, SalesTariffEntry<'a>> [min_items(1), max_items(1024)],
    }

    /// Prices during an interval.
    class SalesTariffEntry<'a> {
        /// The interval.
        "relativeTimeInterval" relative_time_interval: RelativeTimeInterval<'a>,
        /// Price level, a small number for a low price.
        "ePriceLevel" e_price_level: Option<i64> [at_least(0)],
        /// Costs by consumption, at most three.
        "consumptionCost" consumption_cost: Option<List<'a, ConsumptionCost<'a>>>
            [min_items(1), max_items(3)],
    }

    /// An interval from now on.
    class RelativeTimeInterval<'a> {
        /// Start in seconds from now.
        "start" start: i64,
        /// Length in seconds.
        "duration" duration: Option<i64>,
    }

    /// Costs from a consumption on.
    class ConsumptionCost<'a> {
        /// The consumption from which on they count.
        "startValue" start_value: Decimal,
        /// The costs, at most three.
        "cost" cost: List<'a, Cost<'a>> [min_items(1), max_items(3)],
    }

    /// A cost of a kWh.
    class Cost<'a> {
        /// In what sense.
        "costKind" cost_kind: CostKind,
        /// How much.
        "amount" amount: i64,
        /// Power of ten the amount is to be multiplied with, -3 to 3; absent means 0.
        "amountMultiplier" amount_multiplier: Option<i64>,
    }

    /// In what sense something costs.
    enum CostKind {
        "CarbonDioxideEmission" => CarbonDioxideEmission,
        "RelativePricePercentage" => RelativePricePercentage,
        "RenewableGenerationPercentage" => RenewableGenerationPercentage,
    }

    /// Prices in money, as ISO 15118-20 has them.
    ///
    /// Since 2.1.
    class AbsolutePriceSchedule<'a> {
        /// Moment the schedule counts from.
        "timeAnchor" time_anchor: DateTime<Utc>,
        /// Id of the schedule.
        "priceScheduleID" price_schedule_id: i64 [at_least(0)],
        /// What it is called.
        "priceScheduleDescription" price_schedule_description: Option<Str<'a, 160>>,
        /// Currency, ISO 4217, three letters.
        "currency" currency: Str<'a, 3>,
        /// Language of the texts in it (ISO 639).
        "language" language: Str<'a, 8>,
        /// How the fee of a power profile is computed: `Power`, `PeakPower` or `StackedEnergy` as a URN of
        /// ISO 15118-20.
        "priceAlgorithm" price_algorithm: Str<'a, 2000>,
        /// Least cost.
        "minimumCost" minimum_cost: Option<RationalNumber<'a>>,
        /// Most cost.
        "maximumCost" maximum_cost: Option<RationalNumber<'a>>,
        /// The prices, at most 1024 stretches of time.
        "priceRuleStacks" price_rule_stacks: List<'a, PriceRuleStack<'a>> [min_items(1), max_items(1024)],
        /// The taxes, at most ten.
        "taxRules" tax_rules: Option<List<'a, TaxRule<'a>>> [min_items(1), max_items(10)],
        /// What staying on costs.
        "overstayRuleList" overstay_rule_list: Option<OverstayRuleList<'a>>,
        /// Other services that cost, at most five.
        "additionalSelectedServices" additional_selected_services: Option<List<'a, AdditionalSelectedServices<'a>>>
            [min_items(1), max_items(5)],
    }

    /// A number as ISO 15118-20 has them: value times a power of ten.
    ///
    /// Since 2.1.
    class RationalNumber<'a> {
        /// The power of ten.
        "exponent" exponent: i64,
        /// The value.
        "value" value: i64,
    }

    /// Prices during a stretch of time.
    ///
    /// Since 2.1.
    class PriceRuleStack<'a> {
        /// Length in seconds.
        "duration" duration: i64,
        /// The prices, by power, at most eight.
        "priceRule" price_rule: List<'a, PriceRule<'a>> [min_items(1), max_items(8)],
    }

    /// A price from a power on.
    ///
    /// Since 2.1.
    class PriceRule<'a> {
        /// Seconds for which the parking fee is due once.
        "parkingFeePeriod" parking_fee_period: Option<i64>,
        /// Grams of carbon dioxide for a kWh.
        "carbonDioxideEmission" carbon_dioxide_emission: Option<i64> [at_least(0)],
        /// Share of renewable energy, 0 to 100 percent.
        "renewableGenerationPercentage" renewable_generation_percentage: Option<i64>
            [at_least(0), at_most(100)],
        /// Price of a kWh.
        "energyFee" energy_fee: RationalNumber<'a>,
        /// Price of a parking period.
        "parkingFee" parking_fee: Option<RationalNumber<'a>>,
        /// The power from which on the price counts.
        "powerRangeStart" power_range_start: RationalNumber<'a>,
    }

    /// A tax.
    ///
    /// Since 2.1.
    class TaxRule<'a> {
        /// Id of the tax.
        "taxRuleID" tax_rule_id: i64 [at_least(0)],
        /// What it is called.
        "taxRuleName" tax_rule_name: Option<Str<'a, 100>>,
        /// Whether prices include it.
        "taxIncludedInPrice" tax_included_in_price: Option<bool>,
        /// Whether it is due on energy.
        "appliesToEnergyFee" applies_to_energy_fee: bool,
        /// Whether it is due on parking.
        "appliesToParkingFee" applies_to_parking_fee: bool,
        /// Whether it is due on staying on.
        "appliesToOverstayFee" applies_to_overstay_fee: bool,
        /// Whether it is due on minimum and maximum costs.
        "appliesToMinimumMaximumCost" applies_to_minimum_maximum_cost: bool,
        /// Its rate in percent.
        "taxRate" tax_rate: RationalNumber<'a>,
    }

    /// What staying on costs.
    ///
    /// Since 2.1.
    class OverstayRuleList<'a> {
        /// Power below which the vehicle counts as staying on.
        "overstayPowerThreshold" overstay_power_threshold: Option<RationalNumber<'a>>,
        /// The fees, at most five.
        "overstayRule" overstay_rule: List<'a, OverstayRule<'a>> [min_items(1), max_items(5)],
        /// Seconds before the first fee is due.
        "overstayTimeThreshold" overstay_time_threshold: Option<i64>,
    }

    /// A fee for staying on.
    ///
    /// Since 2.1.
    class OverstayRule<'a> {
        /// The fee.
        "overstayFee" overstay_fee: RationalNumber<'a>,
        /// What it is called.
        "overstayRuleDescription" overstay_rule_description: Option<Str<'a, 32>>,
        /// Seconds after which it is due.
        "startTime" start_time: i64,
        /// Seconds after which it is due again.
        "overstayFeePeriod" overstay_fee_period: i64,
    }

    /// Another service that costs.
    ///
    /// Since 2.1.
    class AdditionalSelectedServices<'a> {
        /// What it costs.
        "serviceFee" service_fee: RationalNumber<'a>,
        /// What it is called.
        "serviceName" service_name: Str<'a, 80>,
    }

    /// Prices as levels, as ISO 15118-20 has them.
    ///
    /// Since 2.1.
    class PriceLevelSchedule<'a> {
        /// The levels, at most 100 stretches of time.
        "priceLevelScheduleEntries" price_level_schedule_entries: List<'a, PriceLevelScheduleEntry<'a>>
            [min_items(1), max_items(100)],
        /// Moment the schedule counts from.
        "timeAnchor" time_anchor: DateTime<Utc>,
        /// Id of the schedule.
        "priceScheduleId" price_schedule_id: i64 [at_least(0)],
        /// What it is called.
        "priceScheduleDescription" price_schedule_description: Option<Str<'a, 32>>,
        /// Number of different levels in it.
        "numberOfPriceLevels" number_of_price_levels: i64 [at_least(0)],
    }

    /// A price level during a stretch of time.
    ///
    /// Since 2.1.
    class PriceLevelScheduleEntry<'a> {
        /// Length in seconds.
        "duration" duration: i64,
        /// The level, a small number for a low price.
        "priceLevel" price_level: i64 [at_least(0)],
    }
}
