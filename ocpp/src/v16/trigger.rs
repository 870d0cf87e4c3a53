//! Block *Remote trigger*: the central system asks for a message the charge point sends on its own (OCPP 1.6 §5.17).

messages! {
    /// Asks for a message (OCPP 1.6 §5.17).
    struct TriggerMessageRequest {
        /// Which one.
        "requestedMessage" requested_message: MessageTrigger,
        /// Connector from 1 on it is to be about, where that makes sense.
        "connectorId" connector_id: Option<i64>,
    }

    /// A message that can be asked for (OCPP 1.6 §7.32).
    enum MessageTrigger {
        /// BootNotification.req.
        "BootNotification" => BootNotification,
        /// DiagnosticsStatusNotification.req.
        "DiagnosticsStatusNotification" => DiagnosticsStatusNotification,
        /// FirmwareStatusNotification.req.
        "FirmwareStatusNotification" => FirmwareStatusNotification,
        /// Heartbeat.req.
        "Heartbeat" => Heartbeat,
        /// MeterValues.req.
        "MeterValues" => MeterValues,
        /// StatusNotification.req.
        "StatusNotification" => StatusNotification,
    }

    /// Answers TriggerMessage.req.
    struct TriggerMessageResponse {
        /// Whether the message will come.
        "status" status: TriggerMessageStatus,
    }

    /// Whether a message asked for will come (OCPP 1.6 §7.44).
    enum TriggerMessageStatus {
        /// It will.
        "Accepted" => Accepted,
        /// It will not.
        "Rejected" => Rejected,
        /// The charge point does not have that message.
        "NotImplemented" => NotImplemented,
    }
}
