//! Block R, *DER control*: grid support functions of vehicles that feed in. Since 2.1.

use super::types::StatusInfo;
use crate::list::List;
use crate::nested::Nested;
use crate::num::Decimal;
use crate::text::Str;
use crate::time::{DateTime, Utc};

messages! {
    /// Sets a grid support function. Of its settings, the one that `controlType` needs is given.
    ///
    /// Since 2.1.
    class SetDERControlRequest<'a> {
        /// Whether it is the default, valid while nothing else is.
        "isDefault" is_default: bool,
        /// Its id.
        "controlId" control_id: Str<'a, 36>,
        /// Which function.
        "controlType" control_type: DerControl,
        /// A curve.
        "curve" curve: Option<Nested<'a, DerCurve<'a>>>,
        /// When to connect to the grid.
        "enterService" enter_service: Option<Nested<'a, EnterService<'a>>>,
        /// The power factor when charging.
        "fixedPFAbsorb" fixed_pf_absorb: Option<Nested<'a, FixedPF<'a>>>,
        /// The power factor when feeding in.
        "fixedPFInject" fixed_pf_inject: Option<Nested<'a, FixedPF<'a>>>,
        /// The reactive power.
        "fixedVar" fixed_var: Option<Nested<'a, FixedVar<'a>>>,
        /// How power follows the frequency.
        "freqDroop" freq_droop: Option<Nested<'a, FreqDroop<'a>>>,
        /// How fast power changes.
        "gradient" gradient: Option<Nested<'a, Gradient<'a>>>,
        /// How much may be fed in.
        "limitMaxDischarge" limit_max_discharge: Option<Nested<'a, LimitMaxDischarge<'a>>>,
    }

    /// A grid support function.
    ///
    /// Since 2.1.
    enum DerControl {
        "EnterService" => EnterService,
        "FreqDroop" => FreqDroop,
        "FreqWatt" => FreqWatt,
        "FixedPFAbsorb" => FixedPFAbsorb,
        "FixedPFInject" => FixedPFInject,
        "FixedVar" => FixedVar,
        "Gradients" => Gradients,
        "HFMustTrip" => HFMustTrip,
        "HFMayTrip" => HFMayTrip,
        "HVMustTrip" => HVMustTrip,
        "HVMomCess" => HVMomCess,
        "HVMayTrip" => HVMayTrip,
        "LimitMaxDischarge" => LimitMaxDischarge,
        "LFMustTrip" => LFMustTrip,
        "LVMustTrip" => LVMustTrip,
        "LVMomCess" => LVMomCess,
        "LVMayTrip" => LVMayTrip,
        "PowerMonitoringMustTrip" => PowerMonitoringMustTrip,
        "VoltVar" => VoltVar,
        "VoltWatt" => VoltWatt,
        "WattPF" => WattPF,
        "WattVar" => WattVar,
    }

    /// A setting that is a curve.
    ///
    /// Since 2.1.
    class DerCurve<'a> {
        /// Its points, at most ten.
        "curveData" curve_data: List<'a, DerCurvePoints<'a>> [min_items(1), max_items(10)],
        /// How to return to normal.
        "hysteresis" hysteresis: Option<Hysteresis<'a>>,
        /// Its priority, 0 being the highest.
        "priority" priority: i64 [at_least(0)],
        /// For volt-var curves.
        "reactivePowerParams" reactive_power_params: Option<ReactivePowerParams<'a>>,
        /// For voltage limits.
        "voltageParams" voltage_params: Option<VoltageParams<'a>>,
        /// Unit of its values.
        "yUnit" y_unit: DerUnit,
        /// Seconds until 90 percent of a change are done; 0 means no limit.
        "responseTime" response_time: Option<Decimal>,
        /// From when on it is valid; absent for a default.
        "startTime" start_time: Option<DateTime<Utc>>,
        /// Seconds for which it is valid; absent for a default.
        "duration" duration: Option<Decimal>,
    }

    /// A point of a curve.
    ///
    /// Since 2.1.
    class DerCurvePoints<'a> {
        /// What it depends on, by the type of curve.
        "x" x: Decimal,
        /// The value in the unit of the curve.
        "y" y: Decimal,
    }

    /// How to return to normal after a disturbance of the grid.
    ///
    /// Since 2.1.
    class Hysteresis<'a> {
        /// Upper value to return at, in the curve's unit.
        "hysteresisHigh" hysteresis_high: Option<Decimal>,
        /// Lower value to return at, in the curve's unit.
        "hysteresisLow" hysteresis_low: Option<Decimal>,
        /// Seconds to wait between them.
        "hysteresisDelay" hysteresis_delay: Option<Decimal>,
        /// Rate of change while returning, percent per second.
        "hysteresisGradient" hysteresis_gradient: Option<Decimal>,
    }

    /// What a volt-var curve needs besides.
    ///
    /// Since 2.1.
    class ReactivePowerParams<'a> {
        /// Adjustment of the reference voltage, percent.
        "vRef" v_ref: Option<Decimal>,
        /// Whether the reference voltage adjusts itself.
        "autonomousVRefEnable" autonomous_v_ref_enable: Option<bool>,
        /// Time constant of that.
        "autonomousVRefTimeConstant" autonomous_v_ref_time_constant: Option<Decimal>,
    }

    /// What voltage limits need besides (EN 50549-1, 4.9.3.4).
    ///
    /// Since 2.1.
    class VoltageParams<'a> {
        /// Limit of the voltage's mean over ten minutes.
        "hv10MinMeanValue" hv10_min_mean_value: Option<Decimal>,
        /// How long it may be exceeded.
        "hv10MinMeanTripDelay" hv10_min_mean_trip_delay: Option<Decimal>,
        /// What to feed in during a fault of the grid.
        "powerDuringCessation" power_during_cessation: Option<PowerDuringCessation>,
    }

    /// What to feed in during a fault of the grid.
    ///
    /// Since 2.1.
    enum PowerDuringCessation {
        "Active" => Active,
        "Reactive" => Reactive,
    }

    /// Unit of a setting's values.
    ///
    /// Since 2.1.
    enum DerUnit {
        "Not_Applicable" => NotApplicable,
        "PctMaxW" => PctMaxW,
        "PctMaxVar" => PctMaxVar,
        "PctWAvail" => PctWAvail,
        "PctVarAvail" => PctVarAvail,
        "PctEffectiveV" => PctEffectiveV,
    }

    /// When to connect to the grid.
    ///
    /// Since 2.1.
    class EnterService<'a> {
        /// Its priority, 0 being the highest.
        "priority" priority: i64 [at_least(0)],
        /// Highest voltage.
        "highVoltage" high_voltage: Decimal,
        /// Lowest voltage.
        "lowVoltage" low_voltage: Decimal,
        /// Highest frequency.
        "highFreq" high_freq: Decimal,
        /// Lowest frequency.
        "lowFreq" low_freq: Decimal,
        /// Time to wait before.
        "delay" delay: Option<Decimal>,
        /// Random time to wait besides.
        "randomDelay" random_delay: Option<Decimal>,
        /// Time to ramp up, seconds.
        "rampRate" ramp_rate: Option<Decimal>,
    }

    /// A fixed power factor.
    ///
    /// Since 2.1.
    class FixedPF<'a> {
        /// Its priority, 0 being the highest.
        "priority" priority: i64 [at_least(0)],
        /// The power factor (cos phi), 0 to 1.
        "displacement" displacement: Decimal,
        /// Whether it is under-excited (absorbs reactive power), otherwise over-excited.
        "excitation" excitation: bool,
        /// From when on it is valid; absent for a default.
        "startTime" start_time: Option<DateTime<Utc>>,
        /// Seconds for which it is valid; absent for a default.
        "duration" duration: Option<Decimal>,
    }

    /// A fixed reactive power.
    ///
    /// Since 2.1.
    class FixedVar<'a> {
        /// Its priority, 0 being the highest.
        "priority" priority: i64 [at_least(0)],
        /// The reactive power, -100 to 100 percent; negative for charging, positive for feeding in.
        "setpoint" setpoint: Decimal,
        /// Percent of what.
        "unit" unit: DerUnit,
        /// From when on it is valid; absent for a default.
        "startTime" start_time: Option<DateTime<Utc>>,
        /// Seconds for which it is valid; absent for a default.
        "duration" duration: Option<Decimal>,
    }

    /// How power follows the frequency.
    ///
    /// Since 2.1.
    class FreqDroop<'a> {
        /// Its priority, 0 being the highest.
        "priority" priority: i64 [at_least(0)],
        /// Frequency above which it does.
        "overFreq" over_freq: Decimal,
        /// Frequency below which it does.
        "underFreq" under_freq: Decimal,
        /// By how much above, per unit.
        "overDroop" over_droop: Decimal,
        /// By how much below, per unit.
        "underDroop" under_droop: Decimal,
        /// How fast, seconds.
        "responseTime" response_time: Decimal,
        /// From when on it is valid; absent for a default.
        "startTime" start_time: Option<DateTime<Utc>>,
        /// Seconds for which it is valid; absent for a default.
        "duration" duration: Option<Decimal>,
    }

    /// How fast power changes.
    ///
    /// Since 2.1.
    class Gradient<'a> {
        /// Its priority, 0 being the highest.
        "priority" priority: i64 [at_least(0)],
        /// Time of a change, seconds; 0 if not applicable.
        "gradient" gradient: Decimal,
        /// Time of the first change after connecting, seconds; 0 if not applicable.
        "softGradient" soft_gradient: Decimal,
    }

    /// How much may be fed in.
    ///
    /// Since 2.1.
    class LimitMaxDischarge<'a> {
        /// Its priority, 0 being the highest.
        "priority" priority: i64 [at_least(0)],
        /// Percent of the vehicle's greatest power, 0 to 100.
        "pctMaxDischargePower" pct_max_discharge_power: Option<Decimal>,
        /// The curve that switches off when the limit is exceeded.
        "powerMonitoringMustTrip" power_monitoring_must_trip: Option<Nested<'a, DerCurve<'a>>>,
        /// From when on it is valid; absent for a default.
        "startTime" start_time: Option<DateTime<Utc>>,
        /// Seconds for which it is valid; absent for a default.
        "duration" duration: Option<Decimal>,
    }

    /// Answers SetDERControlRequest.
    ///
    /// Since 2.1.
    class SetDERControlResponse<'a> {
        /// What comes of it.
        "status" status: DerControlStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
        /// Ids of the settings it supersedes, at most 24.
        "supersededIds" superseded_ids: Option<List<'a, Str<'a, 36>>> [min_items(1), max_items(24)],
    }

    /// What comes of a request about grid support functions.
    ///
    /// Since 2.1.
    enum DerControlStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
        "NotSupported" => NotSupported,
        "NotFound" => NotFound,
    }

    /// Asks which grid support functions are set.
    ///
    /// Since 2.1.
    class GetDERControlRequest<'a> {
        /// Id of the request, repeated in the messages it leads to.
        "requestId" request_id: i64,
        /// Whether defaults or scheduled ones are meant; absent means both.
        "isDefault" is_default: Option<bool>,
        /// Which function; absent means all.
        "controlType" control_type: Option<DerControl>,
        /// Which setting; absent means all of the function.
        "controlId" control_id: Option<Str<'a, 36>>,
    }

    /// Answers GetDERControlRequest.
    ///
    /// Since 2.1.
    class GetDERControlResponse<'a> {
        /// What comes of it.
        "status" status: DerControlStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Grid support functions that are set, at most 24 of each.
    ///
    /// Since 2.1.
    class ReportDERControlRequest<'a> {
        /// Curves.
        "curve" curve: Option<List<'a, DerCurveGet<'a>>> [min_items(1), max_items(24)],
        /// When to connect to the grid.
        "enterService" enter_service: Option<List<'a, EnterServiceGet<'a>>> [min_items(1), max_items(24)],
        /// Power factors when charging.
        "fixedPFAbsorb" fixed_pf_absorb: Option<List<'a, FixedPFGet<'a>>> [min_items(1), max_items(24)],
        /// Power factors when feeding in.
        "fixedPFInject" fixed_pf_inject: Option<List<'a, FixedPFGet<'a>>> [min_items(1), max_items(24)],
        /// Reactive powers.
        "fixedVar" fixed_var: Option<List<'a, FixedVarGet<'a>>> [min_items(1), max_items(24)],
        /// How power follows the frequency.
        "freqDroop" freq_droop: Option<List<'a, FreqDroopGet<'a>>> [min_items(1), max_items(24)],
        /// How fast power changes.
        "gradient" gradient: Option<List<'a, GradientGet<'a>>> [min_items(1), max_items(24)],
        /// How much may be fed in.
        "limitMaxDischarge" limit_max_discharge: Option<List<'a, LimitMaxDischargeGet<'a>>>
            [min_items(1), max_items(24)],
        /// That of the GetDERControlRequest.
        "requestId" request_id: i64,
        /// Whether another part follows; absent means no.
        "tbc" tbc: Option<bool>,
    }

    /// A curve that is set.
    ///
    /// Since 2.1.
    class DerCurveGet<'a> {
        /// A curve.
        "curve" curve: Nested<'a, DerCurve<'a>>,
        /// Its id.
        "id" id: Str<'a, 36>,
        /// Which function.
        "curveType" curve_type: DerControl,
        /// Whether it is the default, valid while nothing else is.
        "isDefault" is_default: bool,
        /// Whether another setting of higher priority supersedes it.
        "isSuperseded" is_superseded: bool,
    }

    /// A setting for connecting to the grid.
    ///
    /// Since 2.1.
    class EnterServiceGet<'a> {
        /// When to connect to the grid.
        "enterService" enter_service: Nested<'a, EnterService<'a>>,
        /// Its id.
        "id" id: Str<'a, 36>,
    }

    /// A power factor that is set.
    ///
    /// Since 2.1.
    class FixedPFGet<'a> {
        /// The power factor.
        "fixedPF" fixed_pf: Nested<'a, FixedPF<'a>>,
        /// Its id.
        "id" id: Str<'a, 36>,
        /// Whether it is the default, valid while nothing else is.
        "isDefault" is_default: bool,
        /// Whether another setting of higher priority supersedes it.
        "isSuperseded" is_superseded: bool,
    }

    /// A reactive power that is set.
    ///
    /// Since 2.1.
    class FixedVarGet<'a> {
        /// The reactive power.
        "fixedVar" fixed_var: Nested<'a, FixedVar<'a>>,
        /// Its id.
        "id" id: Str<'a, 36>,
        /// Whether it is the default, valid while nothing else is.
        "isDefault" is_default: bool,
        /// Whether another setting of higher priority supersedes it.
        "isSuperseded" is_superseded: bool,
    }

    /// A droop that is set.
    ///
    /// Since 2.1.
    class FreqDroopGet<'a> {
        /// How power follows the frequency.
        "freqDroop" freq_droop: Nested<'a, FreqDroop<'a>>,
        /// Its id.
        "id" id: Str<'a, 36>,
        /// Whether it is the default, valid while nothing else is.
        "isDefault" is_default: bool,
        /// Whether another setting of higher priority supersedes it.
        "isSuperseded" is_superseded: bool,
    }

    /// A gradient that is set.
    ///
    /// Since 2.1.
    class GradientGet<'a> {
        /// How fast power changes.
        "gradient" gradient: Nested<'a, Gradient<'a>>,
        /// Its id.
        "id" id: Str<'a, 36>,
    }

    /// A limit that is set.
    ///
    /// Since 2.1.
    class LimitMaxDischargeGet<'a> {
        /// Its id.
        "id" id: Str<'a, 36>,
        /// Whether it is the default, valid while nothing else is.
        "isDefault" is_default: bool,
        /// Whether another setting of higher priority supersedes it.
        "isSuperseded" is_superseded: bool,
        /// How much may be fed in.
        "limitMaxDischarge" limit_max_discharge: Nested<'a, LimitMaxDischarge<'a>>,
    }

    /// Answers ReportDERControlRequest.
    ///
    /// Since 2.1.
    class ReportDERControlResponse<'a> {
    }

    /// Removes grid support functions.
    ///
    /// Since 2.1.
    class ClearDERControlRequest<'a> {
        /// Whether defaults or scheduled ones are meant.
        "isDefault" is_default: bool,
        /// Which function; absent means all.
        "controlType" control_type: Option<DerControl>,
        /// Which setting; absent means all of the function.
        "controlId" control_id: Option<Str<'a, 36>>,
    }

    /// Answers ClearDERControlRequest.
    ///
    /// Since 2.1.
    class ClearDERControlResponse<'a> {
        /// What comes of it.
        "status" status: DerControlStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// The grid made a vehicle act.
    ///
    /// Since 2.1.
    class NotifyDERAlarmRequest<'a> {
        /// By which function.
        "controlType" control_type: DerControl,
        /// What was wrong with the grid.
        "gridEventFault" grid_event_fault: Option<GridEventFault>,
        /// Whether it is over; absent means no.
        "alarmEnded" alarm_ended: Option<bool>,
        /// When it began or ended.
        "timestamp" timestamp: DateTime<Utc>,
        /// More about it, from the vehicle.
        "extraInfo" extra_info: Option<Str<'a, 200>>,
    }

    /// What was wrong with the grid.
    ///
    /// Since 2.1.
    enum GridEventFault {
        "CurrentImbalance" => CurrentImbalance,
        "LocalEmergency" => LocalEmergency,
        "LowInputPower" => LowInputPower,
        "OverCurrent" => OverCurrent,
        "OverFrequency" => OverFrequency,
        "OverVoltage" => OverVoltage,
        "PhaseRotation" => PhaseRotation,
        "RemoteEmergency" => RemoteEmergency,
        "UnderFrequency" => UnderFrequency,
        "UnderVoltage" => UnderVoltage,
        "VoltageImbalance" => VoltageImbalance,
    }

    /// Answers NotifyDERAlarmRequest.
    ///
    /// Since 2.1.
    class NotifyDERAlarmResponse<'a> {
    }

    /// A scheduled grid support function has begun or ended.
    ///
    /// Since 2.1.
    class NotifyDERStartStopRequest<'a> {
        /// Id of the setting.
        "controlId" control_id: Str<'a, 36>,
        /// Whether it has begun.
        "started" started: bool,
        /// When.
        "timestamp" timestamp: DateTime<Utc>,
        /// Ids of the settings it supersedes, at most 24.
        "supersededIds" superseded_ids: Option<List<'a, Str<'a, 36>>> [min_items(1), max_items(24)],
    }

    /// Answers NotifyDERStartStopRequest.
    ///
    /// Since 2.1.
    class NotifyDERStartStopResponse<'a> {
    }
}
