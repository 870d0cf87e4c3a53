//! The settings of a KEBA station (configuration manual 5.2; key names of the OCPP configuration).

use super::words::{Words, switch, word};
use super::{CardUse, Others, Policy, Report, Rule, SettingError, StopMode, TokenSource};
use crate::token::IdTag;

/// Authorization settings of a KEBA station. The default is the one of firmware 1.18.
///
/// ```
/// use evkit_rfid::{KebaOnline, KebaSettings};
///
/// let mut settings = KebaSettings::default();
/// for (key, value) in [("AuthorizationEnabled", "true"), ("AuthorizationModeOnline", "FirstOnline")] {
///     assert!(settings.set(key, value)?, "a key about authorization");
/// }
/// assert_eq!(settings.online, KebaOnline::FirstOnline);
/// assert!(!settings.set("LocalPort", "80")?, "not one of these keys");
/// # Ok::<(), evkit_rfid::SettingError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KebaSettings {
    /// `AuthorizationEnabled`: whether a card is needed.
    pub authorization: bool,
    /// `AuthorizationModeOnline`.
    pub online: KebaOnline,
    /// `AuthorizationModeOffline`.
    pub offline: KebaOffline,
    /// `DefaultTokenID`: the predefined token, without which nothing starts when authorization is off and there is a
    /// back end.
    pub default_token: Option<IdTag>,
    /// `StopTransactionOnInvalidId` (OCPP 1.6 §9.1).
    pub stop_on_invalid: bool,
    /// Whether the DIP switch for the enable input X1 is on; no key of the configuration.
    pub enable_input: bool,
}

/// Where a card is looked up while the back end is reachable (manual 5.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KebaOnline {
    /// The list of the station first, the back end for cards that are not in it. The only choice without back end.
    FirstLocal,
    /// The back end always; the list of the station is not used.
    FirstOnline,
    /// The list of the station only.
    OnlyLocal,
}

/// What holds while the back end is not reachable (manual 5.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KebaOffline {
    /// All cards but those in the list with a status other than ACCEPTED.
    LocalUnknownAuthorization,
    /// Only cards in the list with the status ACCEPTED.
    LocalAuthorization,
    /// All cards for now; checked, and the session ended if invalid, when the back end is back.
    NoAuthorization,
    /// Nobody charges.
    NoCharging,
    /// Authorization is switched off.
    FreeCharging,
}

impl KebaOnline {
    const WORDS: &'static Words<Self> = &[
        ("FirstLocal", Self::FirstLocal),
        ("FirstOnline", Self::FirstOnline),
        ("OnlyLocal", Self::OnlyLocal),
    ];
    const EXPECTED: &'static str = "FirstLocal, FirstOnline, OnlyLocal";
}

impl KebaOffline {
    const WORDS: &'static Words<Self> = &[
        ("OfflineLocalUnknownAuthorization", Self::LocalUnknownAuthorization),
        ("OfflineLocalAuthorization", Self::LocalAuthorization),
        ("OfflineNoAuthorization", Self::NoAuthorization),
        ("OfflineNoCharging", Self::NoCharging),
        ("OfflineFreeCharging", Self::FreeCharging),
    ];
    const EXPECTED: &'static str = "OfflineLocalUnknownAuthorization, OfflineLocalAuthorization, \
        OfflineNoAuthorization, OfflineNoCharging, OfflineFreeCharging";
}

impl Default for KebaSettings {
    fn default() -> Self {
        Self {
            authorization: false,
            online: KebaOnline::FirstLocal,
            offline: KebaOffline::LocalAuthorization,
            default_token: None,
            stop_on_invalid: true,
            enable_input: false,
        }
    }
}

impl KebaSettings {
    /// Takes over one key of the configuration; `false` if it is not one about authorization.
    ///
    /// # Errors
    ///
    /// [`SettingError`] with the values the key may have; the settings are then unchanged.
    pub fn set(&mut self, key: &str, value: &str) -> Result<bool, SettingError> {
        match key {
            "AuthorizationEnabled" => self.authorization = switch("AuthorizationEnabled", value)?,
            "AuthorizationModeOnline" => {
                self.online =
                    word(KebaOnline::WORDS, "AuthorizationModeOnline", KebaOnline::EXPECTED, value)?;
            }
            "AuthorizationModeOffline" => {
                self.offline =
                    word(KebaOffline::WORDS, "AuthorizationModeOffline", KebaOffline::EXPECTED, value)?;
            }
            "DefaultTokenID" if value.is_empty() => self.default_token = None,
            "DefaultTokenID" => {
                let token = IdTag::new(value);
                let expected = "at most 20 printable ASCII characters";
                self.default_token =
                    Some(token.map_err(|_| SettingError { key: "DefaultTokenID", expected })?);
            }
            "StopTransactionOnInvalidId" => {
                self.stop_on_invalid = switch("StopTransactionOnInvalidId", value)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The offline mode as a rule.
    fn offline_rule(&self) -> Rule {
        let listed = |others| Rule { local_list: true, ..Rule::without_lists(CardUse::Required, others) };
        match self.offline {
            KebaOffline::LocalUnknownAuthorization => listed(Others::Accept),
            KebaOffline::LocalAuthorization => listed(Others::Reject),
            KebaOffline::NoAuthorization => {
                Rule::without_lists(CardUse::Required, Others::AcceptUntilChecked)
            }
            KebaOffline::NoCharging => Rule::without_lists(CardUse::Required, Others::NoCharging),
            KebaOffline::FreeCharging => Rule::without_lists(CardUse::Optional, Others::Accept),
        }
    }
}

impl From<&KebaSettings> for Policy {
    fn from(settings: &KebaSettings) -> Self {
        let (online, late, offline, alone) = if settings.authorization {
            let local_list = settings.online != KebaOnline::FirstOnline;
            let others = match settings.online {
                KebaOnline::FirstLocal | KebaOnline::FirstOnline => Others::AskBackEnd,
                KebaOnline::OnlyLocal => Others::Reject,
            };
            let online = Rule { local_list, ..Rule::without_lists(CardUse::Required, others) };
            let offline = settings.offline_rule();
            // That a late answer counts as a failed connection is inferred.
            (online, offline, offline, Rule { others: Others::Reject, ..online })
        } else {
            // With a back end, only its acceptance of the predefined token starts a session (manual 5.2.4); that
            // nothing starts while it cannot be asked is inferred.
            let without = |others| Rule::without_lists(CardUse::Optional, others);
            let ask = if settings.default_token.is_some() { Others::AskBackEnd } else { Others::Reject };
            (without(ask), without(Others::Reject), without(Others::Reject), without(Others::Accept))
        };
        Self {
            online,
            late,
            offline,
            alone,
            token: if settings.authorization { TokenSource::Own } else { TokenSource::Predefined },
            predefined_token: settings.default_token.is_some(),
            authorize_remote: true,
            stop_on_invalid: settings.stop_on_invalid,
            enable_input: settings.enable_input,
            secure_cards_only: false,
            stop: StopMode::Normal,
            lock_only_if_authorized: false,
            connection_timeout: None,
            answer_timeout: None,
            report: Report::Transaction,
        }
    }
}
