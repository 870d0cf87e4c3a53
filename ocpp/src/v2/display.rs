//! Block O, *Display message*.

use super::types::{Component, MessageContent, StatusInfo};
use crate::list::List;
use crate::schema::Kind;
use crate::text::CiStr;
use crate::time::{DateTime, Utc};

messages! {
    /// Shows a message (O01, O02, O06).
    class SetDisplayMessageRequest<'a> {
        /// The message.
        "message" message: MessageInfo<'a>,
    }

    /// A message, and when to show it.
    class MessageInfo<'a> {
        /// On which display; absent means the main one.
        "display" display: Option<Component<'a>>,
        /// Id of the message; an existing one with the same id is replaced.
        "id" id: i64 [at_least(0), bounds_since_v21()],
        /// How prominently.
        "priority" priority: MessagePriority,
        /// In which state of the station; absent means any.
        "state" state: Option<MessageState>,
        /// From when on; absent means at once.
        "startDateTime" start_date_time: Option<DateTime<Utc>>,
        /// Until when; it is removed then.
        "endDateTime" end_date_time: Option<DateTime<Utc>>,
        /// During which transaction; it is removed afterwards.
        "transactionId" transaction_id: Option<CiStr<'a, 36>>,
        /// The text.
        "message" message: MessageContent<'a>,
        /// The same in other languages, at most four.
        ///
        /// Since 2.1.
        "messageExtra" message_extra: Option<List<'a, MessageContent<'a>>>
            [min_items(1), max_items(4), since_v21()],
    }

    /// How prominently a message is shown.
    enum MessagePriority {
        /// Always, and alone.
        "AlwaysFront" => AlwaysFront,
        /// In front of the others.
        "InFront" => InFront,
        /// In turn with the others.
        "NormalCycle" => NormalCycle,
    }

    /// A state of the station in which a message is shown.
    ///
    /// Since 2.1: `Suspended`, `Discharging`.
    enum MessageState(4) {
        "Charging" => Charging,
        "Faulted" => Faulted,
        "Idle" => Idle,
        "Unavailable" => Unavailable,
        "Suspended" => Suspended,
        "Discharging" => Discharging,
    }

    /// Answers SetDisplayMessageRequest.
    class SetDisplayMessageResponse<'a> {
        /// What comes of it.
        "status" status: DisplayMessageStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Whether a message will be shown.
    ///
    /// Since 2.1: `LanguageNotSupported`.
    enum DisplayMessageStatus(6) {
        "Accepted" => Accepted,
        "NotSupportedMessageFormat" => NotSupportedMessageFormat,
        "Rejected" => Rejected,
        "NotSupportedPriority" => NotSupportedPriority,
        "NotSupportedState" => NotSupportedState,
        "UnknownTransaction" => UnknownTransaction,
        "LanguageNotSupported" => LanguageNotSupported,
    }

    /// Asks for the messages (O03, O04).
    class GetDisplayMessagesRequest<'a> {
        /// Those with one of these ids.
        "id" id: Option<List<'a, i64>> [items(&Kind::NATURAL_SINCE_V21), min_items(1)],
        /// Id of the request, repeated in the messages it leads to.
        "requestId" request_id: i64,
        /// Those of this priority.
        "priority" priority: Option<MessagePriority>,
        /// Those for this state.
        "state" state: Option<MessageState>,
    }

    /// Answers GetDisplayMessagesRequest.
    class GetDisplayMessagesResponse<'a> {
        /// What comes of it.
        "status" status: GetDisplayMessagesStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Whether messages will be reported.
    enum GetDisplayMessagesStatus {
        "Accepted" => Accepted,
        "Unknown" => Unknown,
    }

    /// Messages that are set (O03, O04).
    class NotifyDisplayMessagesRequest<'a> {
        /// The messages.
        "messageInfo" message_info: Option<List<'a, MessageInfo<'a>>> [min_items(1)],
        /// That of the GetDisplayMessagesRequest.
        "requestId" request_id: i64,
        /// Whether another part follows; absent means no.
        "tbc" tbc: Option<bool>,
    }

    /// Answers NotifyDisplayMessagesRequest.
    class NotifyDisplayMessagesResponse<'a> {
    }

    /// Removes a message (O05).
    class ClearDisplayMessageRequest<'a> {
        /// Id of the message.
        "id" id: i64 [at_least(0), bounds_since_v21()],
    }

    /// Answers ClearDisplayMessageRequest.
    class ClearDisplayMessageResponse<'a> {
        /// What comes of it.
        "status" status: ClearMessageStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Whether a message was removed.
    ///
    /// Since 2.1: `Rejected`.
    enum ClearMessageStatus(2) {
        "Accepted" => Accepted,
        "Unknown" => Unknown,
        "Rejected" => Rejected,
    }
}
