//! Block E, *Transactions*: one message for all that happens to a transaction.

use super::charging_profile::OperationMode;
use super::tariff::Price;
use super::types::{Evse, IdToken, IdTokenInfo, MessageContent, MeterValue};
use crate::list::List;
use crate::nested::Nested;
use crate::num::Decimal;
use crate::text::{CiStr, Str};
use crate::time::{DateTime, Utc};

messages! {
    /// Something happened to a transaction (E01 to E16).
    class TransactionEventRequest<'a> {
        /// Cost so far, as the station calculates it.
        ///
        /// Since 2.1.
        "costDetails" cost_details: Option<Nested<'a, CostDetails<'a>>> [since_v21()],
        /// Whether it begins, goes on or ends.
        "eventType" event_type: TransactionEvent,
        /// Values, one entry per moment of measurement.
        "meterValue" meter_value: Option<List<'a, MeterValue<'a>>> [min_items(1)],
        /// When it happened.
        "timestamp" timestamp: DateTime<Utc>,
        /// Why the message is sent.
        "triggerReason" trigger_reason: TriggerReason,
        /// Number of the message within the transaction, from 0 on without gaps.
        "seqNo" seq_no: i64 [at_least(0), bounds_since_v21()],
        /// Whether the station was offline when it happened; absent means no.
        "offline" offline: Option<bool>,
        /// Number of phases in use, 0 to 3.
        "numberOfPhasesUsed" number_of_phases_used: Option<i64> [at_least(0), at_most(3), bounds_since_v21()],
        /// Most current the cable allows, A.
        "cableMaxCurrent" cable_max_current: Option<i64>,
        /// The reservation it ends, if any.
        "reservationId" reservation_id: Option<i64> [at_least(0), bounds_since_v21()],
        /// Whether the vehicle's battery is ready for fast charging.
        ///
        /// Since 2.1.
        "preconditioningStatus" preconditioning_status: Option<PreconditioningStatus> [since_v21()],
        /// Whether the EVSE's electronics sleep; absent means no.
        ///
        /// Since 2.1.
        "evseSleep" evse_sleep: Option<bool> [since_v21()],
        /// The transaction.
        "transactionInfo" transaction_info: Transaction<'a>,
        /// The EVSE and connector; once they are known and when they change.
        "evse" evse: Option<Evse<'a>>,
        /// The identifier; once it is known and when it changes.
        "idToken" id_token: Option<IdToken<'a>>,
    }

    /// Cost of a transaction as the station calculates it.
    ///
    /// Since 2.1.
    class CostDetails<'a> {
        /// The periods it is made of.
        "chargingPeriods" charging_periods: Option<List<'a, ChargingPeriod<'a>>> [min_items(1)],
        /// The cost.
        "totalCost" total_cost: Nested<'a, TotalCost<'a>>,
        /// What was used.
        "totalUsage" total_usage: TotalUsage<'a>,
        /// Whether the cost could not be calculated; absent means it could.
        "failureToCalculate" failure_to_calculate: Option<bool>,
        /// Why not, free text.
        "failureReason" failure_reason: Option<Str<'a, 500>>,
    }

    /// A period with the same prices.
    ///
    /// Since 2.1.
    class ChargingPeriod<'a> {
        /// What was used during it.
        "dimensions" dimensions: Option<List<'a, CostDimension<'a>>> [min_items(1)],
        /// Id of the tariff it was calculated with; absent if it was done otherwise.
        "tariffId" tariff_id: Option<Str<'a, 60>>,
        /// When it began; it ends where the next one begins.
        "startPeriod" start_period: DateTime<Utc>,
    }

    /// Something that was used and costs.
    ///
    /// Since 2.1.
    class CostDimension<'a> {
        /// What.
        "type" kind: CostDimensionKind,
        /// How much.
        "volume" volume: Decimal,
    }

    /// Something that can cost.
    ///
    /// Since 2.1.
    enum CostDimensionKind {
        "Energy" => Energy,
        "MaxCurrent" => MaxCurrent,
        "MinCurrent" => MinCurrent,
        "MaxPower" => MaxPower,
        "MinPower" => MinPower,
        /// Spelled like that on the wire.
        "IdleTIme" => IdleTime,
        "ChargingTime" => ChargingTime,
    }

    /// Cost of a transaction, so far or in the end.
    ///
    /// Since 2.1.
    class TotalCost<'a> {
        /// Currency, ISO 4217, three letters.
        "currency" currency: Str<'a, 3>,
        /// Whether it is what was used, or a minimum or maximum that was agreed.
        "typeOfCost" type_of_cost: TariffCost,
        /// Fixed fees.
        "fixed" fixed: Option<Price<'a>>,
        /// Energy.
        "energy" energy: Option<Price<'a>>,
        /// Time while charging.
        "chargingTime" charging_time: Option<Price<'a>>,
        /// Time while not charging.
        "idleTime" idle_time: Option<Price<'a>>,
        /// Time of reservation.
        "reservationTime" reservation_time: Option<Price<'a>>,
        /// Fixed fees for the reservation.
        "reservationFixed" reservation_fixed: Option<Price<'a>>,
        /// All of it.
        "total" total: TotalPrice<'a>,
    }

    /// What a cost is.
    ///
    /// Since 2.1.
    enum TariffCost {
        "NormalCost" => NormalCost,
        "MinCost" => MinCost,
        "MaxCost" => MaxCost,
    }

    /// A sum with and without tax, at least one of them.
    ///
    /// Since 2.1.
    class TotalPrice<'a> {
        /// Without tax.
        "exclTax" excl_tax: Option<Decimal>,
        /// With tax.
        "inclTax" incl_tax: Option<Decimal>,
    }

    /// What was used in a transaction.
    ///
    /// Since 2.1.
    class TotalUsage<'a> {
        /// Energy, kWh.
        "energy" energy: Decimal,
        /// Seconds of the whole session, charging or not.
        "chargingTime" charging_time: i64,
        /// Seconds without energy flowing.
        "idleTime" idle_time: i64,
        /// Seconds of reservation.
        "reservationTime" reservation_time: Option<i64>,
    }

    /// Whether a transaction begins, goes on or ends.
    enum TransactionEvent {
        "Ended" => Ended,
        "Started" => Started,
        "Updated" => Updated,
    }

    /// Why a TransactionEventRequest is sent.
    ///
    /// Since 2.1: `CostLimitReached`, `LimitSet`, `OperationModeChanged`, `RunningCost`, `SoCLimitReached`,
    /// `TariffChanged`, `TariffNotAccepted`, `TxResumed`.
    enum TriggerReason(21) {
        "Authorized" => Authorized,
        "CablePluggedIn" => CablePluggedIn,
        "ChargingRateChanged" => ChargingRateChanged,
        "ChargingStateChanged" => ChargingStateChanged,
        "Deauthorized" => Deauthorized,
        "EnergyLimitReached" => EnergyLimitReached,
        "EVCommunicationLost" => EvCommunicationLost,
        "EVConnectTimeout" => EvConnectTimeout,
        "MeterValueClock" => MeterValueClock,
        "MeterValuePeriodic" => MeterValuePeriodic,
        "TimeLimitReached" => TimeLimitReached,
        "Trigger" => Trigger,
        "UnlockCommand" => UnlockCommand,
        "StopAuthorized" => StopAuthorized,
        "EVDeparted" => EvDeparted,
        "EVDetected" => EvDetected,
        "RemoteStop" => RemoteStop,
        "RemoteStart" => RemoteStart,
        "AbnormalCondition" => AbnormalCondition,
        "SignedDataReceived" => SignedDataReceived,
        "ResetCommand" => ResetCommand,
        "CostLimitReached" => CostLimitReached,
        "LimitSet" => LimitSet,
        "OperationModeChanged" => OperationModeChanged,
        "RunningCost" => RunningCost,
        "SoCLimitReached" => SoCLimitReached,
        "TariffChanged" => TariffChanged,
        "TariffNotAccepted" => TariffNotAccepted,
        "TxResumed" => TxResumed,
    }

    /// Whether the vehicle's battery is ready for fast charging.
    ///
    /// Since 2.1.
    enum PreconditioningStatus {
        "Unknown" => Unknown,
        "Ready" => Ready,
        "NotReady" => NotReady,
        "Preconditioning" => Preconditioning,
    }

    /// A transaction as the station sees it.
    class Transaction<'a> {
        /// Its id, made by the station.
        "transactionId" transaction_id: CiStr<'a, 36>,
        /// Its state; required when it changed.
        "chargingState" charging_state: Option<ChargingState>,
        /// Seconds during which energy flowed.
        "timeSpentCharging" time_spent_charging: Option<i64>,
        /// Why it ended; absent at the end means `Local`.
        "stoppedReason" stopped_reason: Option<Reason>,
        /// Id of the RequestStartTransactionRequest it was started by.
        "remoteStartId" remote_start_id: Option<i64>,
        /// How the vehicle is being charged or discharged.
        ///
        /// Since 2.1.
        "operationMode" operation_mode: Option<OperationMode> [since_v21()],
        /// Id of the tariff in use.
        ///
        /// Since 2.1.
        "tariffId" tariff_id: Option<Str<'a, 60>> [since_v21()],
        /// Limits of the transaction.
        ///
        /// Since 2.1.
        "transactionLimit" transaction_limit: Option<TransactionLimit<'a>> [since_v21()],
    }

    /// State of a transaction.
    enum ChargingState {
        /// Energy flows.
        "Charging" => Charging,
        /// A vehicle is connected and nobody has started yet.
        "EVConnected" => EvConnected,
        /// Energy is offered but the vehicle does not take it.
        "SuspendedEV" => SuspendedEv,
        /// The station does not offer energy.
        "SuspendedEVSE" => SuspendedEvse,
        /// No vehicle is connected.
        "Idle" => Idle,
    }

    /// Why a transaction ended.
    ///
    /// Since 2.1: `ReqEnergyTransferRejected`.
    enum Reason(19) {
        "DeAuthorized" => DeAuthorized,
        "EmergencyStop" => EmergencyStop,
        "EnergyLimitReached" => EnergyLimitReached,
        "EVDisconnected" => EvDisconnected,
        "GroundFault" => GroundFault,
        "ImmediateReset" => ImmediateReset,
        "Local" => Local,
        "LocalOutOfCredit" => LocalOutOfCredit,
        "MasterPass" => MasterPass,
        "Other" => Other,
        "OvercurrentFault" => OvercurrentFault,
        "PowerLoss" => PowerLoss,
        "PowerQuality" => PowerQuality,
        "Reboot" => Reboot,
        "Remote" => Remote,
        "SOCLimitReached" => SocLimitReached,
        "StoppedByEV" => StoppedByEv,
        "TimeLimitReached" => TimeLimitReached,
        "Timeout" => Timeout,
        "ReqEnergyTransferRejected" => ReqEnergyTransferRejected,
    }

    /// Limits of a transaction.
    ///
    /// Since 2.1.
    class TransactionLimit<'a> {
        /// Most cost, in the tariff's currency.
        "maxCost" max_cost: Option<Decimal>,
        /// Most energy, Wh.
        "maxEnergy" max_energy: Option<Decimal>,
        /// Longest duration, seconds.
        "maxTime" max_time: Option<i64>,
        /// Highest state of charge, 0 to 100 percent.
        "maxSoC" max_soc: Option<i64> [at_least(0), at_most(100)],
    }

    /// Answers TransactionEventRequest.
    class TransactionEventResponse<'a> {
        /// Cost including tax: so far, or in the end.
        "totalCost" total_cost: Option<Decimal>,
        /// Business priority of the transaction, -9 to 9, overruling the identifier's; 0 is normal, higher
        /// goes first.
        "chargingPriority" charging_priority: Option<i64>,
        /// Status of the identifier, if the request had one.
        "idTokenInfo" id_token_info: Option<IdTokenInfo<'a>>,
        /// Limits of the transaction.
        ///
        /// Since 2.1.
        "transactionLimit" transaction_limit: Option<TransactionLimit<'a>> [since_v21()],
        /// Message to show to the driver.
        "updatedPersonalMessage" updated_personal_message: Option<MessageContent<'a>>,
        /// The same in other languages, at most four.
        ///
        /// Since 2.1.
        "updatedPersonalMessageExtra" updated_personal_message_extra: Option<List<'a, MessageContent<'a>>>
            [min_items(1), max_items(4), since_v21()],
    }

    /// Asks whether a transaction is running and all its messages were sent (E14).
    class GetTransactionStatusRequest<'a> {
        /// The transaction; absent asks about messages of any.
        "transactionId" transaction_id: Option<CiStr<'a, 36>>,
    }

    /// Answers GetTransactionStatusRequest.
    class GetTransactionStatusResponse<'a> {
        /// Whether it is running.
        "ongoingIndicator" ongoing_indicator: Option<bool>,
        /// Whether messages are still to be sent.
        "messagesInQueue" messages_in_queue: bool,
    }
}
