//! Who may charge: the settings of the three vendors side by side.

use alloc::string::String;

use super::Setting;

/// Who may charge.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Authorization {
    /// Whether a card or a remote start is needed at all.
    pub required: Option<Setting<bool>>,
    /// Lookup order while the back end answers.
    pub online: Option<Setting<OnlineMode>>,
    /// Rule while the back end cannot be reached.
    pub offline: Option<Setting<OfflineMode>>,
    /// Whether a listed card starts before the back end has answered.
    pub local_pre_authorize: Option<Setting<bool>>,
    /// Whether listed cards start offline.
    pub local_authorize_offline: Option<Setting<bool>>,
    /// Whether cards in no list start offline.
    pub unknown_offline: Option<Setting<bool>>,
    /// Whether the station's own list is used.
    pub local_list: Option<Setting<bool>>,
    /// Whether answers of the back end are kept.
    pub cache: Option<Setting<bool>>,
    /// The token sent where no card is shown.
    pub default_token: Option<Setting<String>>,
    /// Bender's mode of charging without authorization.
    pub free_charging: Option<Setting<FreeCharging>>,
    /// How the station writes UIDs.
    pub uid_form: Option<Setting<UidForm>>,
    /// Time to plug in after showing a card, or to answer; s.
    pub timeout: Option<Setting<u32>>,
    /// Whether a session goes on after a power failure.
    pub resume_after_power_cut: Option<Setting<bool>>,
}

/// Lookup order while the back end answers (KEBA manual, authorization).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnlineMode {
    /// Local list first, then the back end.
    FirstLocal,
    /// Always the back end.
    FirstOnline,
    /// Local list only.
    OnlyLocal,
}

/// Rule while the back end cannot be reached. The scales of the vendors differ; these are the rules
/// themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OfflineMode {
    /// All cards but those stored with a status other than accepted.
    AllButBlocked,
    /// Only cards stored as accepted.
    ListedOnly,
    /// All cards; checked once the back end is there again.
    AllForNow,
    /// No charging.
    Nobody,
    /// Everybody, without a card.
    Free,
    /// Everybody, at once when the cable is plugged in.
    FreeOnPlug,
}

/// Charging without authorization, as Bender numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FreeCharging {
    /// A card is needed.
    Off,
    /// Free; the mode is another key or not known.
    On,
    /// Mode 1: no OCPP at all.
    NoOcpp,
    /// Modes 2 and 3: status messages only.
    StatusOnly {
        /// Whether any card must be shown.
        card: bool,
    },
    /// Modes 4 and 5: transactions under the fixed token.
    FixedToken {
        /// Whether any card must be shown.
        card: bool,
    },
    /// Mode 6: transactions under the shown card.
    AnyCard,
}

/// How a station writes UIDs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UidForm {
    /// Upper-case hex digits.
    pub upper_case: bool,
    /// Last byte first.
    pub reversed: bool,
}
