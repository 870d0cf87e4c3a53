//! Types that several blocks of OCPP 1.6 share (chapter 7).

use crate::list::List;
use crate::num::Decimal;
use crate::text::{CiStr, Str};
use crate::time::{DateTime, Utc};

/// An identifier of a card or user (`IdToken`, OCPP 1.6 §7.28): at most 20 characters, compared without case.
pub type IdToken<'a> = CiStr<'a, 20>;

messages! {
    /// What the central system says about an identifier (OCPP 1.6 §7.27).
    struct IdTagInfo<'a> {
        /// Moment from which the identifier is to be dropped from the authorization cache; without it the entry does not
        /// expire by itself.
        "expiryDate" expiry_date: Option<DateTime<Utc>>,
        /// Group the identifier belongs to: members may stop each other's transactions.
        "parentIdTag" parent_id_tag: Option<IdToken<'a>>,
        /// Whether the identifier may charge.
        "status" status: AuthorizationStatus,
    }

    /// Whether an identifier may charge (OCPP 1.6 §7.2).
    enum AuthorizationStatus {
        /// It may.
        "Accepted" => Accepted,
        /// It was locked.
        "Blocked" => Blocked,
        /// Its time is over.
        "Expired" => Expired,
        /// It is not known.
        "Invalid" => Invalid,
        /// It already takes part in another transaction and may have only one.
        "ConcurrentTx" => ConcurrentTx,
    }

    /// Meter values taken at one moment (OCPP 1.6 §7.33).
    struct MeterValue<'a> {
        /// Moment of measurement.
        "timestamp" timestamp: DateTime<Utc>,
        /// The values: at least one in MeterValues.req; StopTransaction.req sets no minimum.
        "sampledValue" sampled_value: List<'a, SampledValue<'a>> [min_items(1)],
    }

    /// One measured value and what it is (OCPP 1.6 §7.43).
    struct SampledValue<'a> {
        /// The value in the given unit and format: a decimal number for `Raw`, signed data for `SignedData`.
        "value" value: Str<'a>,
        /// Why it was taken; absent means `Sample.Periodic`.
        "context" context: Option<ReadingContext>,
        /// How `value` is to be read; absent means `Raw`.
        "format" format: Option<ValueFormat>,
        /// What was measured; absent means `Energy.Active.Import.Register`.
        "measurand" measurand: Option<Measurand>,
        /// Phase it belongs to; absent means the sum or the average over all phases.
        "phase" phase: Option<Phase>,
        /// Where it was measured; absent means `Outlet`.
        "location" location: Option<Location>,
        /// Its unit; absent means `Wh`, for energies.
        "unit" unit: Option<UnitOfMeasure>,
    }

    /// Why a value was taken (OCPP 1.6 §7.36).
    open enum ReadingContext {
        /// At the start of an interruption.
        "Interruption.Begin" => InterruptionBegin,
        /// At the end of an interruption.
        "Interruption.End" => InterruptionEnd,
        /// At a moment aligned with the clock.
        "Sample.Clock" => SampleClock,
        /// Periodically since the start of the transaction.
        "Sample.Periodic" => SamplePeriodic,
        /// At the start of the transaction.
        "Transaction.Begin" => TransactionBegin,
        /// At the end of the transaction.
        "Transaction.End" => TransactionEnd,
        /// Because a TriggerMessage.req asked for it.
        "Trigger" => Trigger,
        /// Anything else.
        "Other" => Other,
    }

    /// How a sampled value is written (OCPP 1.6 §7.50).
    open enum ValueFormat {
        /// A decimal number.
        "Raw" => Raw,
        /// Data with a signature, as hexadecimal text.
        "SignedData" => SignedData,
    }

    /// What was measured (OCPP 1.6 §7.31). Import is energy towards the vehicle, export away from it.
    open enum Measurand {
        /// Active energy from the vehicle to the grid since the meter began to count, Wh or kWh.
        "Energy.Active.Export.Register" => EnergyActiveExportRegister,
        /// Active energy from the grid to the vehicle since the meter began to count, Wh or kWh.
        "Energy.Active.Import.Register" => EnergyActiveImportRegister,
        /// Reactive energy exported since the meter began to count, varh or kvarh.
        "Energy.Reactive.Export.Register" => EnergyReactiveExportRegister,
        /// Reactive energy imported since the meter began to count, varh or kvarh.
        "Energy.Reactive.Import.Register" => EnergyReactiveImportRegister,
        /// Active energy exported during the interval before the value, Wh or kWh.
        "Energy.Active.Export.Interval" => EnergyActiveExportInterval,
        /// Active energy imported during the interval before the value, Wh or kWh.
        "Energy.Active.Import.Interval" => EnergyActiveImportInterval,
        /// Reactive energy exported during the interval before the value, varh or kvarh.
        "Energy.Reactive.Export.Interval" => EnergyReactiveExportInterval,
        /// Reactive energy imported during the interval before the value, varh or kvarh.
        "Energy.Reactive.Import.Interval" => EnergyReactiveImportInterval,
        /// Active power exported at the moment, W or kW.
        "Power.Active.Export" => PowerActiveExport,
        /// Active power imported at the moment, W or kW.
        "Power.Active.Import" => PowerActiveImport,
        /// Most power offered to the vehicle, W or kW.
        "Power.Offered" => PowerOffered,
        /// Reactive power exported at the moment, var or kvar.
        "Power.Reactive.Export" => PowerReactiveExport,
        /// Reactive power imported at the moment, var or kvar.
        "Power.Reactive.Import" => PowerReactiveImport,
        /// Power factor of the total flow, without unit.
        "Power.Factor" => PowerFactor,
        /// Current to the vehicle at the moment, A.
        "Current.Import" => CurrentImport,
        /// Current from the vehicle at the moment, A.
        "Current.Export" => CurrentExport,
        /// Most current offered to the vehicle, A.
        "Current.Offered" => CurrentOffered,
        /// Voltage at the moment (root mean square), V.
        "Voltage" => Voltage,
        /// Mains frequency, Hz.
        "Frequency" => Frequency,
        /// Temperature inside the charge point.
        "Temperature" => Temperature,
        /// State of charge of the vehicle, percent.
        "SoC" => StateOfCharge,
        /// Speed of a fan, revolutions per minute.
        "RPM" => Rpm,
    }

    /// Between which conductors was measured (OCPP 1.6 §7.34).
    open enum Phase {
        /// Phase 1.
        "L1" => L1,
        /// Phase 2.
        "L2" => L2,
        /// Phase 3.
        "L3" => L3,
        /// Neutral.
        "N" => N,
        /// Phase 1 against neutral.
        "L1-N" => L1N,
        /// Phase 2 against neutral.
        "L2-N" => L2N,
        /// Phase 3 against neutral.
        "L3-N" => L3N,
        /// Phase 1 against phase 2.
        "L1-L2" => L1L2,
        /// Phase 2 against phase 3.
        "L2-L3" => L2L3,
        /// Phase 3 against phase 1.
        "L3-L1" => L3L1,
    }

    /// Where was measured (OCPP 1.6 §7.30).
    open enum Location {
        /// In the cable.
        "Cable" => Cable,
        /// In the vehicle.
        "EV" => Ev,
        /// At the grid side of the charge point.
        "Inlet" => Inlet,
        /// At the vehicle side of the charge point.
        "Outlet" => Outlet,
        /// Inside the charge point, for instance its temperature.
        "Body" => Body,
    }

    /// The unit of a sampled value (OCPP 1.6 §7.47).
    open enum UnitOfMeasure {
        /// Watt hours, the default for energies.
        "Wh" => Wh,
        /// Kilowatt hours.
        "kWh" => KWh,
        /// Var hours (reactive energy).
        "varh" => Varh,
        /// Kilovar hours (reactive energy).
        "kvarh" => Kvarh,
        /// Watts.
        "W" => W,
        /// Kilowatts.
        "kW" => KW,
        /// Volt-amperes (apparent power).
        "VA" => Va,
        /// Kilovolt-amperes (apparent power).
        "kVA" => KVa,
        /// Vars (reactive power).
        "var" => Var,
        /// Kilovars (reactive power).
        "kvar" => Kvar,
        /// Amperes.
        "A" => A,
        /// Volts.
        "V" => V,
        /// Kelvin.
        "K" => K,
        /// Degrees Celsius as the first schemas misspelled them; stations still send it, receivers take both.
        "Celcius" => Celcius,
        /// Degrees Celsius.
        "Celsius" => Celsius,
        /// Degrees Fahrenheit.
        "Fahrenheit" => Fahrenheit,
        /// Percent.
        "Percent" => Percent,
        /// Hertz (errata v4.0, 3.84). Listed for MeterValues.req; not for StopTransaction.req, where receiving it takes
        /// [`Leniency::LISTED_ELSEWHERE`](crate::schema::Leniency::LISTED_ELSEWHERE).
        "Hertz" => Hertz,
    }
}

messages! {
    /// Limits over time, and for what (OCPP 1.6 §7.8).
    struct ChargingProfile<'a> {
        /// Id of the profile; a new one with the same id replaces it.
        "chargingProfileId" charging_profile_id: i64,
        /// For a `TxProfile`: the transaction it is meant for.
        "transactionId" transaction_id: Option<i64>,
        /// Rank among profiles of the same purpose, from 0 on; the highest one valid at a moment wins.
        "stackLevel" stack_level: i64,
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
        /// The limits.
        "chargingSchedule" charging_schedule: ChargingSchedule<'a>,
    }

    /// What a profile limits (OCPP 1.6 §7.10).
    enum ChargingProfilePurpose {
        /// The charge point as a whole.
        "ChargePointMaxProfile" => ChargePointMaxProfile,
        /// Every transaction that has no profile of its own.
        "TxDefaultProfile" => TxDefaultProfile,
        /// One transaction.
        "TxProfile" => TxProfile,
    }

    /// What the periods of a profile count from (OCPP 1.6 §7.9).
    enum ChargingProfileKind {
        /// A moment the schedule names.
        "Absolute" => Absolute,
        /// A moment the schedule names, and again every day or week.
        "Recurring" => Recurring,
        /// A moment only the charge point knows, usually the start of the transaction.
        "Relative" => Relative,
    }

    /// How often a recurring profile starts anew (OCPP 1.6 §7.38).
    enum RecurrencyKind {
        /// Every day.
        "Daily" => Daily,
        /// Every week.
        "Weekly" => Weekly,
    }

    /// Periods with a limit each (OCPP 1.6 §7.13).
    struct ChargingSchedule<'a> {
        /// Length in seconds; absent means the last period goes on for ever.
        "duration" duration: Option<i64>,
        /// Moment the periods count from, for absolute and recurring profiles.
        "startSchedule" start_schedule: Option<DateTime<Utc>>,
        /// Unit of the limits.
        "chargingRateUnit" charging_rate_unit: ChargingRateUnit,
        /// The periods, by rising start; the first starts at 0.
        "chargingSchedulePeriod" charging_schedule_period: List<'a, ChargingSchedulePeriod>,
        /// Least rate at which the vehicle charges well, in the unit of the limits, multiples of 0.1.
        "minChargingRate" min_charging_rate: Option<Decimal> [tenths()],
    }

    /// Unit of charging limits (OCPP 1.6 §7.12).
    enum ChargingRateUnit {
        /// Amperes per phase.
        "A" => A,
        /// Watts over all phases.
        "W" => W,
    }

    /// A limit from a moment on (OCPP 1.6 §7.14).
    struct ChargingSchedulePeriod {
        /// Start in seconds after the start of the schedule.
        "startPeriod" start_period: i64,
        /// Limit in the unit of the schedule, multiples of 0.1.
        "limit" limit: Decimal [tenths()],
        /// Number of phases to use; absent means 3.
        "numberPhases" number_phases: Option<i64>,
    }
}
