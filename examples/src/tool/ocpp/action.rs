//! The actions of every version under one roof: the library has one type for 1.6 and one for 2.x.

use evkit_ocpp::message::Message;
use evkit_ocpp::schema::{Object, Version};
use evkit_ocpp::{v2, v16};

/// The one message that is sent without being answered, since 2.1; it is not among the actions, which are.
pub(super) const UNANSWERED: &str = "NotifyPeriodicEventStream";
pub(super) const UNANSWERED_SCHEMA: &Object = <v2::NotifyPeriodicEventStream<'_> as Message<'_>>::SCHEMA;

/// An action of one version or another.
#[derive(Debug, Clone, Copy)]
pub(super) enum Action {
    V16(v16::Action),
    V2(v2::Action),
}

/// Runs the same call on the library's type of either version.
macro_rules! either {
    ($action:expr, $inner:ident => $call:expr) => {
        match $action {
            Action::V16($inner) => $call,
            Action::V2($inner) => $call,
        }
    };
}

impl Action {
    /// The actions of `version`, by name.
    pub(super) fn all(version: Version) -> Box<dyn Iterator<Item = Self>> {
        match version {
            Version::V16 => Box::new(v16::Action::ALL.iter().copied().map(Self::V16)),
            _ => {
                let all = v2::Action::ALL.iter().copied();
                Box::new(all.filter(move |action| action.is_in(version)).map(Self::V2))
            }
        }
    }

    /// The action of that name, if `version` has it; the case of letters matters.
    pub(super) fn from_text(name: &str, version: Version) -> Option<Self> {
        match version {
            Version::V16 => v16::Action::from_text(name).map(Self::V16),
            _ => v2::Action::from_text(name).filter(|action| action.is_in(version)).map(Self::V2),
        }
    }

    pub(super) const fn as_str(self) -> &'static str {
        either!(self, action => action.as_str())
    }

    pub(super) const fn request_schema(self) -> &'static Object {
        either!(self, action => action.request_schema())
    }

    pub(super) const fn response_schema(self) -> &'static Object {
        either!(self, action => action.response_schema())
    }

    /// Its functional block, and who sends its request.
    pub(super) fn block_and_sender(self) -> (&'static str, &'static str) {
        let summary = either!(self, action => action.summary());
        let (block, rest) = summary.split_once(", from ").unwrap_or((summary, ""));
        let sender = rest.split([';', '.']).next().unwrap_or_default();
        (block, sender.strip_prefix("the ").unwrap_or(sender))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_block_and_a_sender() {
        let senders = ["charge point", "central system", "station", "CSMS", "either side"];
        for version in [Version::V16, Version::V201, Version::V21] {
            for action in Action::all(version) {
                let (block, sender) = action.block_and_sender();
                assert!(!block.is_empty() && !block.contains([',', '.']), "{action:?}: {block}");
                assert!(senders.contains(&sender), "{action:?}: {sender}");
            }
        }
    }

    #[test]
    fn every_version_has_its_own_actions() {
        let count = |version| Action::all(version).count();
        assert_eq!((count(Version::V16), count(Version::V201)), (39, 64));
        assert!(Action::from_text("SetVariables", Version::V16).is_none());
        assert!(Action::from_text("BatterySwap", Version::V201).is_none());
        assert!(Action::from_text("BatterySwap", Version::V21).is_some());
    }
}
