//! Block N, *Diagnostics*, second part: monitors of variables, events and, since 2.1, periodic event streams.

use super::types::{
    Component, ComponentVariable, GenericDeviceModelStatus, GenericStatus, StatusInfo, Variable,
};
use crate::list::List;
use crate::num::Decimal;
use crate::schema::{Kind, Version};
use crate::text::{CiStr, Str};
use crate::time::{DateTime, Utc};

messages! {
    /// Events of components (N07, N08).
    class NotifyEventRequest<'a> {
        /// When the message was made.
        "generatedAt" generated_at: DateTime<Utc>,
        /// Whether another part follows; absent means no.
        "tbc" tbc: Option<bool>,
        /// Number of this part, from 0 on.
        "seqNo" seq_no: i64 [at_least(0), bounds_since_v21()],
        /// The events.
        "eventData" event_data: List<'a, EventData<'a>> [min_items(1)],
    }

    /// An event of a variable.
    class EventData<'a> {
        /// Id of the event.
        "eventId" event_id: i64 [at_least(0), bounds_since_v21()],
        /// When it happened.
        "timestamp" timestamp: DateTime<Utc>,
        /// What set it off.
        "trigger" trigger: EventTrigger,
        /// Id of the event that caused it.
        "cause" cause: Option<i64> [at_least(0), bounds_since_v21()],
        /// Value of the variable, as text.
        "actualValue" actual_value: Str<'a, 2500>,
        /// The component's own error code.
        "techCode" tech_code: Option<Str<'a, 50>>,
        /// The component's own words.
        "techInfo" tech_info: Option<Str<'a, 500>>,
        /// Whether the situation is over; absent means no.
        "cleared" cleared: Option<bool>,
        /// The transaction it belongs to.
        "transactionId" transaction_id: Option<CiStr<'a, 36>>,
        /// The component.
        "component" component: Component<'a>,
        /// Id of the monitor that reports it.
        "variableMonitoringId" variable_monitoring_id: Option<i64> [at_least(0), bounds_since_v21()],
        /// What kind of monitor that is.
        "eventNotificationType" event_notification_type: EventNotification,
        /// The variable.
        "variable" variable: Variable<'a>,
        /// Its severity: 0 (danger) to 9 (debugging).
        ///
        /// Since 2.1.
        "severity" severity: Option<i64> [at_least(0), since_v21()],
    }

    /// What set an event off.
    enum EventTrigger {
        "Alerting" => Alerting,
        "Delta" => Delta,
        "Periodic" => Periodic,
    }

    /// What kind of monitor reports an event.
    enum EventNotification {
        "HardWiredNotification" => HardWiredNotification,
        "HardWiredMonitor" => HardWiredMonitor,
        "PreconfiguredMonitor" => PreconfiguredMonitor,
        "CustomMonitor" => CustomMonitor,
    }

    /// Answers NotifyEventRequest.
    class NotifyEventResponse<'a> {
    }

    /// Sets the monitors back to a base (N03).
    class SetMonitoringBaseRequest<'a> {
        /// Which one.
        "monitoringBase" monitoring_base: MonitoringBase,
    }

    /// A base of monitors.
    enum MonitoringBase {
        /// Those the maker has prepared, added to the ones set.
        "All" => All,
        /// Those the maker has prepared, instead of the ones set.
        "FactoryDefault" => FactoryDefault,
        /// Those that cannot be changed.
        "HardWiredOnly" => HardWiredOnly,
    }

    /// Answers SetMonitoringBaseRequest.
    class SetMonitoringBaseResponse<'a> {
        /// What comes of it.
        "status" status: GenericDeviceModelStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Sets which events are reported at once (N05).
    class SetMonitoringLevelRequest<'a> {
        /// Those of this severity and of lower numbers, 0 (danger) to 9 (debugging).
        "severity" severity: i64 [at_least(0), bounds_since_v21()],
    }

    /// Answers SetMonitoringLevelRequest.
    class SetMonitoringLevelResponse<'a> {
        /// What comes of it.
        "status" status: GenericStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Sets monitors (N04).
    class SetVariableMonitoringRequest<'a> {
        /// Which ones.
        "setMonitoringData" set_monitoring_data: List<'a, SetMonitoringData<'a>> [min_items(1)],
    }

    /// A monitor to be set.
    class SetMonitoringData<'a> {
        /// Id of the monitor it replaces; absent for a new one.
        "id" id: Option<i64> [at_least(0), bounds_since_v21()],
        /// For a periodic monitor: sends its values as a stream.
        ///
        /// Since 2.1.
        "periodicEventStream" periodic_event_stream: Option<PeriodicEventStreamParams<'a>> [since_v21()],
        /// Whether it is active during transactions only; absent means always.
        "transaction" transaction: Option<bool>,
        /// The threshold or the difference; for periodic ones the interval in seconds.
        "value" value: Decimal,
        /// What it watches for.
        "type" kind: Monitor,
        /// Severity of events from it: 0 (danger) to 9 (debugging).
        "severity" severity: i64 [at_least(0), bounds_since_v21()],
        /// The component.
        "component" component: Component<'a>,
        /// The variable.
        "variable" variable: Variable<'a>,
    }

    /// When values of a stream are sent.
    ///
    /// Since 2.1.
    class PeriodicEventStreamParams<'a> {
        /// After so many seconds.
        "interval" interval: Option<i64> [at_least(0)],
        /// Or once there are so many.
        "values" values: Option<i64> [at_least(0)],
    }

    /// What a monitor watches for.
    ///
    /// Since 2.1: `TargetDelta`, `TargetDeltaRelative`.
    enum Monitor(5) {
        /// A value above the threshold.
        "UpperThreshold" => UpperThreshold,
        /// A value below the threshold.
        "LowerThreshold" => LowerThreshold,
        /// A change by more than the difference.
        "Delta" => Delta,
        /// Nothing: it reports every so many seconds.
        "Periodic" => Periodic,
        /// The same, aligned with the clock.
        "PeriodicClockAligned" => PeriodicClockAligned,
        /// A difference from the target value.
        "TargetDelta" => TargetDelta,
        /// A difference from the target value, relative to it.
        "TargetDeltaRelative" => TargetDeltaRelative,
    }

    /// Answers SetVariableMonitoringRequest.
    class SetVariableMonitoringResponse<'a> {
        /// The results, one for each monitor.
        "setMonitoringResult" set_monitoring_result: List<'a, SetMonitoringResult<'a>> [min_items(1)],
    }

    /// What setting a monitor came to.
    class SetMonitoringResult<'a> {
        /// Its id, if it is set.
        "id" id: Option<i64> [at_least(0), bounds_since_v21()],
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
        /// What comes of it.
        "status" status: SetMonitoringStatus,
        /// What it watches for.
        "type" kind: Monitor,
        /// The component.
        "component" component: Component<'a>,
        /// The variable.
        "variable" variable: Variable<'a>,
        /// Severity of events from it: 0 (danger) to 9 (debugging).
        "severity" severity: i64 [at_least(0), bounds_since_v21()],
    }

    /// Whether a monitor is set.
    enum SetMonitoringStatus {
        "Accepted" => Accepted,
        "UnknownComponent" => UnknownComponent,
        "UnknownVariable" => UnknownVariable,
        "UnsupportedMonitorType" => UnsupportedMonitorType,
        "Rejected" => Rejected,
        "Duplicate" => Duplicate,
    }

    /// Removes monitors (N06).
    class ClearVariableMonitoringRequest<'a> {
        /// Ids of the monitors.
        "id" id: List<'a, i64> [items(&Kind::NATURAL_SINCE_V21), min_items(1)],
    }

    /// Answers ClearVariableMonitoringRequest.
    class ClearVariableMonitoringResponse<'a> {
        /// The results, one for each monitor.
        "clearMonitoringResult" clear_monitoring_result: List<'a, ClearMonitoringResult<'a>> [min_items(1)],
    }

    /// What removing a monitor came to.
    class ClearMonitoringResult<'a> {
        /// What comes of it.
        "status" status: ClearMonitoringStatus,
        /// Id of the monitor.
        "id" id: i64 [at_least(0), bounds_since_v21()],
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Whether a monitor was removed.
    enum ClearMonitoringStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
        "NotFound" => NotFound,
    }

    /// Asks which monitors are set (N02).
    class GetMonitoringReportRequest<'a> {
        /// The components and variables of interest; absent means all.
        "componentVariable" component_variable: Option<List<'a, ComponentVariable<'a>>> [min_items(1)],
        /// Id of the request, repeated in the messages it leads to.
        "requestId" request_id: i64,
        /// Those of one of these kinds; absent means all.
        "monitoringCriteria" monitoring_criteria: Option<List<'a, MonitoringCriterion>>
            [min_items(1), max_items(3)],
    }

    /// A kind of monitors.
    enum MonitoringCriterion {
        "ThresholdMonitoring" => ThresholdMonitoring,
        "DeltaMonitoring" => DeltaMonitoring,
        "PeriodicMonitoring" => PeriodicMonitoring,
    }

    /// Answers GetMonitoringReportRequest.
    class GetMonitoringReportResponse<'a> {
        /// What comes of it.
        "status" status: GenericDeviceModelStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Monitors that are set (N02).
    class NotifyMonitoringReportRequest<'a> {
        /// The monitors, by variable.
        "monitor" monitor: Option<List<'a, MonitoringData<'a>>> [min_items(1)],
        /// That of the GetMonitoringReportRequest.
        "requestId" request_id: i64,
        /// Whether another part follows; absent means no.
        "tbc" tbc: Option<bool>,
        /// Number of this part, from 0 on.
        "seqNo" seq_no: i64 [at_least(0), bounds_since_v21()],
        /// When the message was made.
        "generatedAt" generated_at: DateTime<Utc>,
    }

    /// A variable and its monitors.
    class MonitoringData<'a> {
        /// The component.
        "component" component: Component<'a>,
        /// The variable.
        "variable" variable: Variable<'a>,
        /// The monitors.
        "variableMonitoring" variable_monitoring: List<'a, VariableMonitoring<'a>> [min_items(1)],
    }

    /// A monitor that is set.
    class VariableMonitoring<'a> {
        /// Its id.
        "id" id: i64 [at_least(0), bounds_since_v21()],
        /// Whether it is active during transactions only.
        "transaction" transaction: bool,
        /// The threshold or the difference; for periodic ones the interval in seconds.
        "value" value: Decimal,
        /// What it watches for.
        "type" kind: Monitor,
        /// Severity of events from it: 0 (danger) to 9 (debugging).
        "severity" severity: i64 [at_least(0), bounds_since_v21()],
        /// What kind of monitor it is. Required since 2.1.
        ///
        /// Since 2.1.
        "eventNotificationType" event_notification_type: Option<EventNotification>
            [since_v21(), required_in(Version::V21)],
    }

    /// Answers NotifyMonitoringReportRequest.
    class NotifyMonitoringReportResponse<'a> {
    }

    /// Begins a stream of values of a monitor.
    ///
    /// Since 2.1.
    class OpenPeriodicEventStreamRequest<'a> {
        /// What is the same for all values of the stream.
        "constantStreamData" constant_stream_data: ConstantStreamData<'a>,
    }

    /// What is the same for all values of a stream.
    ///
    /// Since 2.1.
    class ConstantStreamData<'a> {
        /// Id of the stream.
        "id" id: i64 [at_least(0)],
        /// When values are sent.
        "params" params: PeriodicEventStreamParams<'a>,
        /// Id of the monitor.
        "variableMonitoringId" variable_monitoring_id: i64 [at_least(0)],
    }

    /// Answers OpenPeriodicEventStreamRequest.
    ///
    /// Since 2.1.
    class OpenPeriodicEventStreamResponse<'a> {
        /// What comes of it.
        "status" status: GenericStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Ends a stream.
    ///
    /// Since 2.1.
    class ClosePeriodicEventStreamRequest<'a> {
        /// Id of the stream.
        "id" id: i64 [at_least(0)],
    }

    /// Answers ClosePeriodicEventStreamRequest.
    ///
    /// Since 2.1.
    class ClosePeriodicEventStreamResponse<'a> {
    }

    /// Changes when values of a stream are sent.
    ///
    /// Since 2.1.
    class AdjustPeriodicEventStreamRequest<'a> {
        /// Id of the stream.
        "id" id: i64 [at_least(0)],
        /// When values are sent.
        "params" params: PeriodicEventStreamParams<'a>,
    }

    /// Answers AdjustPeriodicEventStreamRequest.
    ///
    /// Since 2.1.
    class AdjustPeriodicEventStreamResponse<'a> {
        /// What comes of it.
        "status" status: GenericStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Asks which streams are open.
    ///
    /// Since 2.1.
    class GetPeriodicEventStreamRequest<'a> {
    }

    /// Answers GetPeriodicEventStreamRequest.
    ///
    /// Since 2.1.
    class GetPeriodicEventStreamResponse<'a> {
        /// The streams.
        "constantStreamData" constant_stream_data: Option<List<'a, ConstantStreamData<'a>>> [min_items(1)],
    }

    /// Values of a stream. Sent as SEND, without an answer.
    ///
    /// Since 2.1.
    class NotifyPeriodicEventStream<'a> {
        /// The values.
        "data" data: List<'a, StreamDataElement<'a>> [min_items(1)],
        /// Id of the stream.
        "id" id: i64 [at_least(0)],
        /// Number of values that wait to be sent.
        "pending" pending: i64 [at_least(0)],
        /// Moment the values' times count from.
        "basetime" basetime: DateTime<Utc>,
    }

    /// A value of a stream.
    ///
    /// Since 2.1.
    class StreamDataElement<'a> {
        /// When it was taken, in seconds after `basetime`.
        "t" t: Decimal,
        /// The value, as text.
        "v" v: Str<'a, 2500>,
    }
}
