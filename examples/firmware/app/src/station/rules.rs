//! Who may charge: the configuration keys of OCPP 1.6 and the setting of free charging as a policy of `evkit-rfid`.

use evkit_ocpp::v16::charge_point::ChargePoint;
use evkit_ocpp::v16::keys::Key;
use evkit_rfid::{CardUse, Others, Policy, Report, Rule, StopMode, TokenSource};

use crate::board::SOCKETS;

/// Identifier of sessions without a card.
pub(super) const FREE: &str = "FREE";

/// The policy that holds now.
pub(super) fn policy(session: &ChargePoint<'_, SOCKETS>, free: bool) -> Policy {
    let is_set = |key| session.setting(key) != 0;
    let (online, offline) = if free {
        let everybody = Rule::without_lists(CardUse::Ignored, Others::Accept);
        (everybody, everybody)
    } else {
        // OCPP 1.6 §3.5, §4.8: unknown identifiers offline only by AllowOfflineTxForUnknownId. Local list and cache are
        // one to the policy: an entry of either saves the question only if it is accepted.
        let unknown = is_set(Key::AllowOfflineTxForUnknownId);
        let unknown = if unknown { Others::AcceptUntilChecked } else { Others::Reject };
        let required = |others| Rule::without_lists(CardUse::Required, others);
        (
            Rule { cache: is_set(Key::LocalPreAuthorize), ..required(Others::AskBackEnd) },
            Rule { cache: is_set(Key::LocalAuthorizeOffline), ..required(unknown) },
        )
    };
    Policy {
        online,
        // An answer that does not come is the same doubt as a connection that is down.
        late: offline,
        offline,
        alone: offline,
        token: if free { TokenSource::Predefined } else { TokenSource::Own },
        predefined_token: free,
        authorize_remote: is_set(Key::AuthorizeRemoteTxRequests),
        stop_on_invalid: is_set(Key::StopTransactionOnInvalidId),
        enable_input: false,
        secure_cards_only: false,
        stop: if is_set(Key::StopTransactionOnEVSideDisconnect) {
            StopMode::Normal
        } else {
            StopMode::OnlyCardOrRemote
        },
        lock_only_if_authorized: false,
        connection_timeout: None,
        answer_timeout: None,
        report: Report::Transaction,
    }
}
