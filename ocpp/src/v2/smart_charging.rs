//! Block K, *Smart charging*: charging profiles, external limits, what the vehicle needs and has planned.

use super::charging_profile::{
    ChargingProfile, ChargingProfilePurpose, ChargingRateUnit, ChargingSchedule, ChargingSchedulePeriod,
};
use super::der::DerControl;
use super::types::{EnergyTransferMode, GenericStatus, StatusInfo};
use crate::list::List;
use crate::nested::Nested;
use crate::num::Decimal;
use crate::schema::{Kind, Texts, texts};
use crate::text::{CiStr, Str};
use crate::time::{DateTime, Utc};

/// Sources of charging limits that 2.0.1 knows.
pub const CHARGING_LIMIT_SOURCES: Texts = texts!["EMS", "Other", "SO", "CSO"];

messages! {
    /// Sets a charging profile (K01).
    class SetChargingProfileRequest<'a> {
        /// The EVSE; 0 for the station as a whole, or as default for all EVSEs.
        "evseId" evse_id: i64 [at_least(0), bounds_since_v21()],
        /// The profile.
        "chargingProfile" charging_profile: ChargingProfile<'a>,
    }

    /// Answers SetChargingProfileRequest.
    class SetChargingProfileResponse<'a> {
        /// What comes of it.
        "status" status: ChargingProfileStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Whether a profile was taken.
    enum ChargingProfileStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
    }

    /// Asks for the charging profiles that are set (K09).
    class GetChargingProfilesRequest<'a> {
        /// Id of the request, repeated in the messages it leads to.
        "requestId" request_id: i64,
        /// The EVSE; 0 for those of the station itself; absent means all.
        "evseId" evse_id: Option<i64> [at_least(0), bounds_since_v21()],
        /// Which ones.
        "chargingProfile" charging_profile: ChargingProfileCriterion<'a>,
    }

    /// Which charging profiles to report; all that is given has to match.
    class ChargingProfileCriterion<'a> {
        /// Those of this purpose.
        "chargingProfilePurpose" charging_profile_purpose: Option<ChargingProfilePurpose>,
        /// Those of this level.
        "stackLevel" stack_level: Option<i64> [at_least(0), bounds_since_v21()],
        /// Those with one of these ids; then nothing else may be given.
        "chargingProfileId" charging_profile_id: Option<List<'a, i64>>
            [items(&Kind::DRAFT6_INTEGER), min_items(1)],
        /// Those from one of these sources, at most four.
        "chargingLimitSource" charging_limit_source: Option<List<'a, Str<'a, 20>>>
            [items(&Kind::Opened { values: &CHARGING_LIMIT_SOURCES, max: 20 }), min_items(1), max_items(4)],
    }

    /// Answers GetChargingProfilesRequest.
    class GetChargingProfilesResponse<'a> {
        /// What comes of it.
        "status" status: GetChargingProfileStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Whether profiles will be reported.
    enum GetChargingProfileStatus {
        "Accepted" => Accepted,
        "NoProfiles" => NoProfiles,
    }

    /// Charging profiles that are set (K09).
    class ReportChargingProfilesRequest<'a> {
        /// That of the GetChargingProfilesRequest.
        "requestId" request_id: i64,
        /// Where the limit comes from, one of [`CHARGING_LIMIT_SOURCES`]; any text since 2.1.
        "chargingLimitSource" charging_limit_source: Str<'a, 20> [opened(&CHARGING_LIMIT_SOURCES)],
        /// The profiles.
        "chargingProfile" charging_profile: List<'a, ChargingProfile<'a>> [min_items(1)],
        /// Whether another part follows; absent means no.
        "tbc" tbc: Option<bool>,
        /// The EVSE; 0 for the station as a whole.
        "evseId" evse_id: i64 [at_least(0), bounds_since_v21()],
    }

    /// Answers ReportChargingProfilesRequest.
    class ReportChargingProfilesResponse<'a> {
    }

    /// Removes charging profiles (K10).
    class ClearChargingProfileRequest<'a> {
        /// The profile to remove.
        "chargingProfileId" charging_profile_id: Option<i64>,
        /// Or those that match.
        "chargingProfileCriteria" charging_profile_criteria: Option<ClearChargingProfile<'a>>,
    }

    /// Which charging profiles to remove; all that is given has to match.
    class ClearChargingProfile<'a> {
        /// Those of this EVSE; 0 for those of the station as a whole.
        "evseId" evse_id: Option<i64> [at_least(0), bounds_since_v21()],
        /// Those of this purpose.
        "chargingProfilePurpose" charging_profile_purpose: Option<ChargingProfilePurpose>,
        /// Those of this level.
        "stackLevel" stack_level: Option<i64> [at_least(0), bounds_since_v21()],
    }

    /// Answers ClearChargingProfileRequest.
    class ClearChargingProfileResponse<'a> {
        /// What comes of it.
        "status" status: ClearChargingProfileStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Whether a charging profile was removed.
    enum ClearChargingProfileStatus {
        "Accepted" => Accepted,
        "Unknown" => Unknown,
    }

    /// Asks for the limits that all profiles together make (K08).
    class GetCompositeScheduleRequest<'a> {
        /// Length of the time asked for, from now on, in seconds.
        "duration" duration: i64,
        /// Unit the limits are to be given in; absent leaves the choice to the station.
        "chargingRateUnit" charging_rate_unit: Option<ChargingRateUnit>,
        /// The EVSE; 0 for the expected consumption of the whole station at its grid connection.
        "evseId" evse_id: i64 [at_least(0), bounds_since_v21()],
    }

    /// Answers GetCompositeScheduleRequest.
    class GetCompositeScheduleResponse<'a> {
        /// What comes of it.
        "status" status: GenericStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
        /// The limits.
        "schedule" schedule: Option<CompositeSchedule<'a>>,
    }

    /// The limits that all profiles together make.
    class CompositeSchedule<'a> {
        /// The EVSE; 0 for the whole station.
        "evseId" evse_id: i64 [at_least(0), bounds_since_v21()],
        /// Length in seconds.
        "duration" duration: i64,
        /// Moment the periods count from.
        "scheduleStart" schedule_start: DateTime<Utc>,
        /// Unit of the limits.
        "chargingRateUnit" charging_rate_unit: ChargingRateUnit,
        /// The periods, by rising start.
        "chargingSchedulePeriod" charging_schedule_period: List<'a, ChargingSchedulePeriod<'a>>
            [min_items(1)],
    }

    /// Another system on site limits charging (K12).
    class NotifyChargingLimitRequest<'a> {
        /// The limits.
        "chargingSchedule" charging_schedule: Option<List<'a, ChargingSchedule<'a>>> [min_items(1)],
        /// The EVSE; absent or 0 means the whole station.
        "evseId" evse_id: Option<i64> [at_least(0), bounds_since_v21()],
        /// Where they come from.
        "chargingLimit" charging_limit: ChargingLimit<'a>,
    }

    /// Where a limit comes from.
    class ChargingLimit<'a> {
        /// Where the limit comes from, one of [`CHARGING_LIMIT_SOURCES`]; any text since 2.1.
        "chargingLimitSource" charging_limit_source: Str<'a, 20> [opened(&CHARGING_LIMIT_SOURCES)],
        /// Whether it is not a limit but what is generated on site.
        ///
        /// Since 2.1.
        "isLocalGeneration" is_local_generation: Option<bool> [since_v21()],
        /// Whether the grid depends on it.
        "isGridCritical" is_grid_critical: Option<bool>,
    }

    /// Answers NotifyChargingLimitRequest.
    class NotifyChargingLimitResponse<'a> {
    }

    /// Another system on site limits charging no more (K13).
    class ClearedChargingLimitRequest<'a> {
        /// Where the limit comes from, one of [`CHARGING_LIMIT_SOURCES`]; any text since 2.1.
        "chargingLimitSource" charging_limit_source: Str<'a, 20> [opened(&CHARGING_LIMIT_SOURCES)],
        /// The EVSE; absent or 0 means the whole station.
        "evseId" evse_id: Option<i64> [at_least(0), bounds_since_v21()],
    }

    /// Answers ClearedChargingLimitRequest.
    class ClearedChargingLimitResponse<'a> {
    }

    /// What a vehicle needs, as ISO 15118 tells it (K15).
    class NotifyEVChargingNeedsRequest<'a> {
        /// The EVSE, from 1 on.
        "evseId" evse_id: i64 [at_least(1), bounds_since_v21()],
        /// Most periods the vehicle takes in a schedule.
        "maxScheduleTuples" max_schedule_tuples: Option<i64> [at_least(0), bounds_since_v21()],
        /// What it needs.
        "chargingNeeds" charging_needs: Nested<'a, ChargingNeeds<'a>>,
        /// When it said so, if the station was offline then.
        ///
        /// Since 2.1.
        "timestamp" timestamp: Option<DateTime<Utc>> [since_v21()],
    }

    /// What a vehicle needs.
    class ChargingNeeds<'a> {
        /// For AC, ISO 15118-2.
        "acChargingParameters" ac_charging_parameters: Option<AcChargingParameters<'a>>,
        /// For feeding in with grid support functions, ISO 15118-20.
        ///
        /// Since 2.1.
        "derChargingParameters" der_charging_parameters: Option<Nested<'a, DerChargingParameters<'a>>>
            [since_v21()],
        /// What it would feed in, and at what price.
        ///
        /// Since 2.1.
        "evEnergyOffer" ev_energy_offer: Option<Nested<'a, EvEnergyOffer<'a>>> [since_v21()],
        /// How it wants to charge.
        "requestedEnergyTransfer" requested_energy_transfer: EnergyTransferMode,
        /// For DC, ISO 15118-2.
        "dcChargingParameters" dc_charging_parameters: Option<DcChargingParameters<'a>>,
        /// For ISO 15118-20.
        ///
        /// Since 2.1.
        "v2xChargingParameters" v2x_charging_parameters: Option<Nested<'a, V2XChargingParameters<'a>>>
            [since_v21()],
        /// All the ways it could charge.
        ///
        /// Since 2.1.
        "availableEnergyTransfer" available_energy_transfer: Option<List<'a, EnergyTransferMode>>
            [min_items(1), since_v21()],
        /// Whether it follows a schedule or setpoints; absent means a schedule.
        ///
        /// Since 2.1.
        "controlMode" control_mode: Option<ControlMode> [since_v21()],
        /// Who decides about departure and state of charge.
        ///
        /// Since 2.1.
        "mobilityNeedsMode" mobility_needs_mode: Option<MobilityNeedsMode> [since_v21()],
        /// When it wants to leave.
        "departureTime" departure_time: Option<DateTime<Utc>>,
    }

    /// What a vehicle needs for AC charging, ISO 15118-2.
    class AcChargingParameters<'a> {
        /// Energy it wants, Wh.
        "energyAmount" energy_amount: Decimal [decimal_since_v21()],
        /// Least current it charges with, A per phase.
        "evMinCurrent" ev_min_current: Decimal [decimal_since_v21()],
        /// Most current it charges with, A per phase, its cable included.
        "evMaxCurrent" ev_max_current: Decimal [decimal_since_v21()],
        /// Highest voltage it takes, V.
        "evMaxVoltage" ev_max_voltage: Decimal [decimal_since_v21()],
    }

    /// The inverter settings of a vehicle that feeds in with grid support functions, ISO 15118-20. Limits are
    /// those of vehicle and EVSE together; without values for L2 and L3 they are the sum of all phases.
    ///
    /// Since 2.1.
    class DerChargingParameters<'a> {
        /// The control functions it has.
        "evSupportedDERControl" ev_supported_der_control: Option<List<'a, DerControl>> [min_items(1)],
        /// Most active power it feeds in at the over-excited power factor below, W.
        "evOverExcitedMaxDischargePower" ev_over_excited_max_discharge_power: Option<Decimal>,
        /// Its power factor when it feeds in over-excited.
        "evOverExcitedPowerFactor" ev_over_excited_power_factor: Option<Decimal>,
        /// Most active power it feeds in at the under-excited power factor below, W.
        "evUnderExcitedMaxDischargePower" ev_under_excited_max_discharge_power: Option<Decimal>,
        /// Its power factor when it feeds in under-excited.
        "evUnderExcitedPowerFactor" ev_under_excited_power_factor: Option<Decimal>,
        /// Most apparent power, VA.
        "maxApparentPower" max_apparent_power: Option<Decimal>,
        /// Most apparent power it takes, VA.
        "maxChargeApparentPower" max_charge_apparent_power: Option<Decimal>,
        /// The same for phase L2.
        "maxChargeApparentPower_L2" max_charge_apparent_power_l2: Option<Decimal>,
        /// The same for phase L3.
        "maxChargeApparentPower_L3" max_charge_apparent_power_l3: Option<Decimal>,
        /// Most apparent power it feeds in, VA.
        "maxDischargeApparentPower" max_discharge_apparent_power: Option<Decimal>,
        /// The same for phase L2.
        "maxDischargeApparentPower_L2" max_discharge_apparent_power_l2: Option<Decimal>,
        /// The same for phase L3.
        "maxDischargeApparentPower_L3" max_discharge_apparent_power_l3: Option<Decimal>,
        /// Most reactive power it takes, var.
        "maxChargeReactivePower" max_charge_reactive_power: Option<Decimal>,
        /// The same for phase L2.
        "maxChargeReactivePower_L2" max_charge_reactive_power_l2: Option<Decimal>,
        /// The same for phase L3.
        "maxChargeReactivePower_L3" max_charge_reactive_power_l3: Option<Decimal>,
        /// Least reactive power it takes, var.
        "minChargeReactivePower" min_charge_reactive_power: Option<Decimal>,
        /// The same for phase L2.
        "minChargeReactivePower_L2" min_charge_reactive_power_l2: Option<Decimal>,
        /// The same for phase L3.
        "minChargeReactivePower_L3" min_charge_reactive_power_l3: Option<Decimal>,
        /// Most reactive power it feeds in, var.
        "maxDischargeReactivePower" max_discharge_reactive_power: Option<Decimal>,
        /// The same for phase L2.
        "maxDischargeReactivePower_L2" max_discharge_reactive_power_l2: Option<Decimal>,
        /// The same for phase L3.
        "maxDischargeReactivePower_L3" max_discharge_reactive_power_l3: Option<Decimal>,
        /// Least reactive power it feeds in, var.
        "minDischargeReactivePower" min_discharge_reactive_power: Option<Decimal>,
        /// The same for phase L2.
        "minDischargeReactivePower_L2" min_discharge_reactive_power_l2: Option<Decimal>,
        /// The same for phase L3.
        "minDischargeReactivePower_L3" min_discharge_reactive_power_l3: Option<Decimal>,
        /// Line voltage, V.
        "nominalVoltage" nominal_voltage: Option<Decimal>,
        /// Difference between the voltage at the station and at the grid's point of coupling, V.
        "nominalVoltageOffset" nominal_voltage_offset: Option<Decimal>,
        /// Highest voltage to operate at, V.
        "maxNominalVoltage" max_nominal_voltage: Option<Decimal>,
        /// Lowest voltage to operate at, V.
        "minNominalVoltage" min_nominal_voltage: Option<Decimal>,
        /// Who made the inverter.
        "evInverterManufacturer" ev_inverter_manufacturer: Option<Str<'a, 50>>,
        /// Its model.
        "evInverterModel" ev_inverter_model: Option<Str<'a, 50>>,
        /// Its serial number.
        "evInverterSerialNumber" ev_inverter_serial_number: Option<Str<'a, 50>>,
        /// Version of its software.
        "evInverterSwVersion" ev_inverter_sw_version: Option<Str<'a, 50>>,
        /// Version of its hardware.
        "evInverterHwVersion" ev_inverter_hw_version: Option<Str<'a, 50>>,
        /// How it detects that the grid is gone.
        "evIslandingDetectionMethod" ev_islanding_detection_method: Option<List<'a, IslandingDetection>>
            [min_items(1)],
        /// Seconds after which it switches off then.
        "evIslandingTripTime" ev_islanding_trip_time: Option<Decimal>,
        /// Most DC current it injects at level 1, A.
        "evMaximumLevel1DCInjection" ev_maximum_level1_dc_injection: Option<Decimal>,
        /// How long it may, seconds.
        "evDurationLevel1DCInjection" ev_duration_level1_dc_injection: Option<Decimal>,
        /// Most DC current it injects at level 2, A.
        "evMaximumLevel2DCInjection" ev_maximum_level2_dc_injection: Option<Decimal>,
        /// How long it may, seconds.
        "evDurationLevel2DCInjection" ev_duration_level2_dc_injection: Option<Decimal>,
        /// Its susceptance, S.
        "evReactiveSusceptance" ev_reactive_susceptance: Option<Decimal>,
        /// Energy it may feed in during the whole session, Wh.
        "evSessionTotalDischargeEnergyAvailable" ev_session_total_discharge_energy_available: Option<Decimal>,
    }

    /// How a vehicle detects that the grid is gone.
    ///
    /// Since 2.1.
    enum IslandingDetection {
        "NoAntiIslandingSupport" => NoAntiIslandingSupport,
        "RoCoF" => RoCoF,
        "UVP_OVP" => UvpOvp,
        "UFP_OFP" => UfpOfp,
        "VoltageVectorShift" => VoltageVectorShift,
        "ZeroCrossingDetection" => ZeroCrossingDetection,
        "OtherPassive" => OtherPassive,
        "ImpedanceMeasurement" => ImpedanceMeasurement,
        "ImpedanceAtFrequency" => ImpedanceAtFrequency,
        "SlipModeFrequencyShift" => SlipModeFrequencyShift,
        "SandiaFrequencyShift" => SandiaFrequencyShift,
        "SandiaVoltageShift" => SandiaVoltageShift,
        "FrequencyJump" => FrequencyJump,
        "RCLQFactor" => RCLQFactor,
        "OtherActive" => OtherActive,
    }

    /// What a vehicle would feed in, and at what price.
    ///
    /// Since 2.1.
    class EvEnergyOffer<'a> {
        /// The price.
        "evAbsolutePriceSchedule" ev_absolute_price_schedule: Option<EvAbsolutePriceSchedule<'a>>,
        /// The power.
        "evPowerSchedule" ev_power_schedule: EvPowerSchedule<'a>,
    }

    /// What a vehicle wants for feeding in over time.
    ///
    /// Since 2.1.
    class EvAbsolutePriceSchedule<'a> {
        /// Moment the schedule counts from.
        "timeAnchor" time_anchor: DateTime<Utc>,
        /// Currency, ISO 4217, three letters.
        "currency" currency: Str<'a, 3>,
        /// The prices, at most 1024 stretches of time.
        "evAbsolutePriceScheduleEntries" ev_absolute_price_schedule_entries: List<'a, EvAbsolutePriceScheduleEntry<'a>>
            [min_items(1), max_items(1024)],
        /// How the fee of a power profile is computed: `Power`, `PeakPower` or `StackedEnergy` as a URN of
        /// ISO 15118-20.
        "priceAlgorithm" price_algorithm: Str<'a, 2000>,
    }

    /// What a vehicle wants for feeding in during a stretch of time.
    ///
    /// Since 2.1.
    class EvAbsolutePriceScheduleEntry<'a> {
        /// Length in seconds.
        "duration" duration: i64,
        /// The prices, by power, at most eight.
        "evPriceRule" ev_price_rule: List<'a, EvPriceRule<'a>> [min_items(1), max_items(8)],
    }

    /// A price from a power on.
    ///
    /// Since 2.1.
    class EvPriceRule<'a> {
        /// Price of a kWh.
        "energyFee" energy_fee: Decimal,
        /// The power from which on the price counts.
        "powerRangeStart" power_range_start: Decimal,
    }

    /// Power a vehicle would feed in over time.
    ///
    /// Since 2.1.
    class EvPowerSchedule<'a> {
        /// The power, at most 1024 stretches of time.
        "evPowerScheduleEntries" ev_power_schedule_entries: List<'a, EvPowerScheduleEntry<'a>>
            [min_items(1), max_items(1024)],
        /// Moment the schedule counts from.
        "timeAnchor" time_anchor: DateTime<Utc>,
    }

    /// Power a vehicle would feed in during a stretch of time.
    ///
    /// Since 2.1.
    class EvPowerScheduleEntry<'a> {
        /// Length in seconds.
        "duration" duration: i64,
        /// Most power, W, as a negative number.
        "power" power: Decimal,
    }

    /// What a vehicle needs for DC charging, ISO 15118-2.
    class DcChargingParameters<'a> {
        /// Most current it charges with, A, its cable included.
        "evMaxCurrent" ev_max_current: Decimal [decimal_since_v21()],
        /// Highest voltage it takes, V.
        "evMaxVoltage" ev_max_voltage: Decimal [decimal_since_v21()],
        /// Most power it charges with, W.
        "evMaxPower" ev_max_power: Option<Decimal> [decimal_since_v21()],
        /// Capacity of its battery, Wh.
        "evEnergyCapacity" ev_energy_capacity: Option<Decimal> [decimal_since_v21()],
        /// Energy it wants, Wh.
        "energyAmount" energy_amount: Option<Decimal> [decimal_since_v21()],
        /// Its state of charge, 0 to 100 percent.
        "stateOfCharge" state_of_charge: Option<i64> [at_least(0), at_most(100)],
        /// State of charge at which it is full, 0 to 100 percent.
        "fullSoC" full_soc: Option<i64> [at_least(0), at_most(100)],
        /// State of charge at which fast charging ends, 0 to 100 percent.
        "bulkSoC" bulk_soc: Option<i64> [at_least(0), at_most(100)],
    }

    /// What a vehicle needs, ISO 15118-20. Limits are those of vehicle and EVSE together; without values for
    /// L2 and L3 they are the sum of all phases.
    ///
    /// Since 2.1.
    class V2XChargingParameters<'a> {
        /// Least power to charge with, W.
        "minChargePower" min_charge_power: Option<Decimal>,
        /// The same for phase L2.
        "minChargePower_L2" min_charge_power_l2: Option<Decimal>,
        /// The same for phase L3.
        "minChargePower_L3" min_charge_power_l3: Option<Decimal>,
        /// Most power to charge with, W.
        "maxChargePower" max_charge_power: Option<Decimal>,
        /// The same for phase L2.
        "maxChargePower_L2" max_charge_power_l2: Option<Decimal>,
        /// The same for phase L3.
        "maxChargePower_L3" max_charge_power_l3: Option<Decimal>,
        /// Least power to discharge with, W.
        "minDischargePower" min_discharge_power: Option<Decimal>,
        /// The same for phase L2.
        "minDischargePower_L2" min_discharge_power_l2: Option<Decimal>,
        /// The same for phase L3.
        "minDischargePower_L3" min_discharge_power_l3: Option<Decimal>,
        /// Most power to discharge with, W.
        "maxDischargePower" max_discharge_power: Option<Decimal>,
        /// The same for phase L2.
        "maxDischargePower_L2" max_discharge_power_l2: Option<Decimal>,
        /// The same for phase L3.
        "maxDischargePower_L3" max_discharge_power_l3: Option<Decimal>,
        /// Least current to charge with, A.
        "minChargeCurrent" min_charge_current: Option<Decimal>,
        /// Most current to charge with, A.
        "maxChargeCurrent" max_charge_current: Option<Decimal>,
        /// Least current to discharge with, A.
        "minDischargeCurrent" min_discharge_current: Option<Decimal>,
        /// Most current to discharge with, A.
        "maxDischargeCurrent" max_discharge_current: Option<Decimal>,
        /// Lowest voltage, V.
        "minVoltage" min_voltage: Option<Decimal>,
        /// Highest voltage, V.
        "maxVoltage" max_voltage: Option<Decimal>,
        /// Energy to the state of charge wanted, Wh.
        "evTargetEnergyRequest" ev_target_energy_request: Option<Decimal>,
        /// Energy to the least state of charge allowed, Wh.
        "evMinEnergyRequest" ev_min_energy_request: Option<Decimal>,
        /// Energy to the highest state of charge, Wh.
        "evMaxEnergyRequest" ev_max_energy_request: Option<Decimal>,
        /// Energy to the least state of charge for feeding in, Wh; positive while it is below.
        "evMinV2XEnergyRequest" ev_min_v2x_energy_request: Option<Decimal>,
        /// Energy to the highest state of charge for feeding in, Wh; negative while it is above.
        "evMaxV2XEnergyRequest" ev_max_v2x_energy_request: Option<Decimal>,
        /// State of charge wanted at departure, 0 to 100 percent.
        "targetSoC" target_soc: Option<i64> [at_least(0), at_most(100)],
    }

    /// Whether a vehicle follows a schedule or setpoints.
    ///
    /// Since 2.1.
    enum ControlMode {
        "ScheduledControl" => ScheduledControl,
        "DynamicControl" => DynamicControl,
    }

    /// Who decides about departure and state of charge.
    ///
    /// Since 2.1.
    enum MobilityNeedsMode {
        /// The vehicle.
        "EVCC" => Evcc,
        /// The vehicle, and the station or the CSMS may change it.
        "EVCC_SECC" => EvccSecc,
    }

    /// Answers NotifyEVChargingNeedsRequest.
    class NotifyEVChargingNeedsResponse<'a> {
        /// What comes of it.
        "status" status: NotifyEvChargingNeedsStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// What comes of a vehicle's needs.
    ///
    /// Since 2.1: `NoChargingProfile`.
    enum NotifyEvChargingNeedsStatus(3) {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
        "Processing" => Processing,
        "NoChargingProfile" => NoChargingProfile,
    }

    /// What a vehicle has planned, as ISO 15118 tells it (K16, K17).
    class NotifyEVChargingScheduleRequest<'a> {
        /// Moment the periods count from.
        "timeBase" time_base: DateTime<Utc>,
        /// Its plan.
        "chargingSchedule" charging_schedule: Nested<'a, ChargingSchedule<'a>>,
        /// The EVSE, from 1 on.
        "evseId" evse_id: i64 [at_least(1), bounds_since_v21()],
        /// Id of the schedule it chose.
        ///
        /// Since 2.1.
        "selectedChargingScheduleId" selected_charging_schedule_id: Option<i64> [at_least(0), since_v21()],
        /// Whether it accepts the power tolerance.
        ///
        /// Since 2.1.
        "powerToleranceAcceptance" power_tolerance_acceptance: Option<bool> [since_v21()],
    }

    /// Answers NotifyEVChargingScheduleRequest.
    class NotifyEVChargingScheduleResponse<'a> {
        /// What comes of it.
        "status" status: GenericStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Charging with priority has begun or ended on site.
    ///
    /// Since 2.1.
    class NotifyPriorityChargingRequest<'a> {
        /// The transaction.
        "transactionId" transaction_id: CiStr<'a, 36>,
        /// Whether it has begun.
        "activated" activated: bool,
    }

    /// Answers NotifyPriorityChargingRequest.
    ///
    /// Since 2.1.
    class NotifyPriorityChargingResponse<'a> {
    }

    /// Asks for charging with priority, or for its end.
    ///
    /// Since 2.1.
    class UsePriorityChargingRequest<'a> {
        /// The transaction.
        "transactionId" transaction_id: CiStr<'a, 36>,
        /// Whether to begin.
        "activate" activate: bool,
    }

    /// Answers UsePriorityChargingRequest.
    ///
    /// Since 2.1.
    class UsePriorityChargingResponse<'a> {
        /// What comes of it.
        "status" status: PriorityChargingStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Whether charging with priority has begun or ended.
    ///
    /// Since 2.1.
    enum PriorityChargingStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
        "NoProfile" => NoProfile,
    }

    /// The station asks for new values of a dynamic profile.
    ///
    /// Since 2.1.
    class PullDynamicScheduleUpdateRequest<'a> {
        /// Id of the profile.
        "chargingProfileId" charging_profile_id: i64,
    }

    /// Answers PullDynamicScheduleUpdateRequest.
    ///
    /// Since 2.1.
    class PullDynamicScheduleUpdateResponse<'a> {
        /// The new values.
        "scheduleUpdate" schedule_update: Option<Nested<'a, ChargingScheduleUpdate<'a>>>,
        /// What comes of it.
        "status" status: ChargingProfileStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// New values for the one period of a dynamic profile, in its unit.
    ///
    /// Since 2.1.
    class ChargingScheduleUpdate<'a> {
        /// Most the vehicle may charge with; the sum of all phases, or phase L1 if L2 and L3 are given.
        "limit" limit: Option<Decimal>,
        /// The same for phase L2.
        "limit_L2" limit_l2: Option<Decimal>,
        /// The same for phase L3.
        "limit_L3" limit_l3: Option<Decimal>,
        /// Most the vehicle may discharge with, as a negative number.
        "dischargeLimit" discharge_limit: Option<Decimal> [at_most(0)],
        /// The same for phase L2.
        "dischargeLimit_L2" discharge_limit_l2: Option<Decimal> [at_most(0)],
        /// The same for phase L3.
        "dischargeLimit_L3" discharge_limit_l3: Option<Decimal> [at_most(0)],
        /// What the vehicle should follow as closely as it can; negative for discharging.
        "setpoint" setpoint: Option<Decimal>,
        /// The same for phase L2.
        "setpoint_L2" setpoint_l2: Option<Decimal>,
        /// The same for phase L3.
        "setpoint_L3" setpoint_l3: Option<Decimal>,
        /// Reactive power or current the vehicle should follow; positive for inductive, negative for
        /// capacitive.
        "setpointReactive" setpoint_reactive: Option<Decimal>,
        /// The same for phase L2.
        "setpointReactive_L2" setpoint_reactive_l2: Option<Decimal>,
        /// The same for phase L3.
        "setpointReactive_L3" setpoint_reactive_l3: Option<Decimal>,
    }

    /// The CSMS sets new values of a dynamic profile.
    ///
    /// Since 2.1.
    class UpdateDynamicScheduleRequest<'a> {
        /// Id of the profile.
        "chargingProfileId" charging_profile_id: i64,
        /// The new values.
        "scheduleUpdate" schedule_update: Nested<'a, ChargingScheduleUpdate<'a>>,
    }

    /// Answers UpdateDynamicScheduleRequest.
    ///
    /// Since 2.1.
    class UpdateDynamicScheduleResponse<'a> {
        /// What comes of it.
        "status" status: ChargingProfileStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }
}
