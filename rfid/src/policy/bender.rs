//! The settings of a Bender charge controller (manual 5.1 to 5.4).
//!
//! Only the labels of the web interface are public, not the parameter names, and labels are translated; so there is
//! no `set(key, value)` here. Each setting reads the English words of its menu.

use core::time::Duration;

use super::words::{Words, word};
use super::{CardUse, Others, Policy, Report, Rule, SettingError, StopEvent, TokenSource};
use crate::token::IdTag;
use crate::uid::UidFormat;

/// Authorization settings of a Bender charge controller. The default is the factory setting as far as the manual shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BenderSettings {
    /// "Free charging" and its mode; `None` when off.
    pub free_charging: Option<FreeCharging>,
    /// "If in doubt allow charging".
    pub in_doubt: InDoubt,
    /// "Vehicle connection timeout", 45 seconds by default.
    pub connection_timeout_s: u16,
    /// "Send Authorize for RemoteStart".
    pub authorize_remote: bool,
    /// "Stop Transaction Mode".
    pub stop: StopMode,
    /// "Lock actuator only if authorized".
    pub lock_only_if_authorized: bool,
    /// "RFID tag letter case": the form in which cards are sent and listed.
    pub letter_case: UidFormat,
    /// "Enforce using secure RFID".
    pub secure_cards_only: bool,
    /// "Enable local whitelist".
    pub local_whitelist: bool,
    /// "Enable OCPP whitelist": the cache of the back end's answers.
    pub ocpp_whitelist: bool,
    /// "Local Pre Authorize": whether the cache is believed while the back end is reachable.
    pub local_pre_authorize: bool,
    /// "Local Authorize Offline": whether the cache is believed while it is not.
    pub local_authorize_offline: bool,
    /// "RFID tag for free charging with OCPP full, fixed RFID modes".
    pub fixed_tag: Option<IdTag>,
}

/// "If in doubt allow charging" (manual 5.1): the lists are silent and the back end does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InDoubt {
    /// No session without an answer.
    Off,
    /// The session starts and is checked later.
    On,
    /// The session starts at plug-in, without a card, and is checked later.
    ImmediatelyOnPlug,
}

/// The six modes of "Free charging" (manual 5.2), in the order of the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FreeCharging {
    /// No OCPP.
    NoOcpp,
    /// StatusNotification only, without a card.
    StatusOnlyWithoutCard,
    /// StatusNotification only, any card.
    StatusOnlyWithCard,
    /// A transaction under the fixed tag, any card.
    FixedTagWithCard,
    /// A transaction under the fixed tag, without a card.
    FixedTagWithoutCard,
    /// A transaction under the card's own UID, any card.
    AnyCard,
}

/// "Stop Transaction Mode" (manual 5.1). The other two vendors stop like [`StopMode::Normal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StopMode {
    /// The cable is pulled out at the car, or the same card is shown again.
    Normal,
    /// Only pulling the cable out at the station.
    OnlyUnplug,
    /// Only the same card or the back end.
    OnlyCardOrRemote,
    /// As `Normal`, and also state D and the residual current device.
    NormalStateDResidualCurrent,
}

impl StopMode {
    const WORDS: &'static Words<Self> = &[
        ("Normal", Self::Normal),
        ("Stop only by unplug", Self::OnlyUnplug),
        ("Stop only by RFID/RemoteStop", Self::OnlyCardOrRemote),
        ("Normal + Mode D + RCD detected", Self::NormalStateDResidualCurrent),
    ];

    /// Reads the menu word.
    ///
    /// # Errors
    ///
    /// [`SettingError`] with the words of the menu; their exact English spelling is inferred from translations.
    pub fn from_word(text: &str) -> Result<Self, SettingError> {
        let expected =
            "Normal, Stop only by unplug, Stop only by RFID/RemoteStop, Normal + Mode D + RCD detected";
        word(Self::WORDS, "Stop Transaction Mode", expected, text)
    }

    /// Whether `event` ends a session. That a remote stop does nothing in [`StopMode::OnlyUnplug`] follows the letter
    /// of the manual, not an observation.
    pub fn stops_on(self, event: StopEvent) -> bool {
        match event {
            StopEvent::UnpluggedAtStation => self != Self::OnlyCardOrRemote,
            StopEvent::UnpluggedAtCar => matches!(self, Self::Normal | Self::NormalStateDResidualCurrent),
            StopEvent::SameCard | StopEvent::RemoteStop => self != Self::OnlyUnplug,
            StopEvent::StateD | StopEvent::ResidualCurrent => self == Self::NormalStateDResidualCurrent,
        }
    }
}

impl InDoubt {
    const WORDS: &'static Words<Self> =
        &[("Off", Self::Off), ("On", Self::On), ("Immediately on plug", Self::ImmediatelyOnPlug)];

    /// Reads the menu word.
    ///
    /// # Errors
    ///
    /// [`SettingError`] with the words of the menu; the third is inferred from a translation.
    pub fn from_word(text: &str) -> Result<Self, SettingError> {
        word(Self::WORDS, "If in doubt allow charging", "Off, On, Immediately on plug", text)
    }
}

impl FreeCharging {
    /// The modes by their number in the manual, 1 to 6.
    pub const MODES: [Self; 6] = [
        Self::NoOcpp,
        Self::StatusOnlyWithoutCard,
        Self::StatusOnlyWithCard,
        Self::FixedTagWithCard,
        Self::FixedTagWithoutCard,
        Self::AnyCard,
    ];

    fn needs_card(self) -> bool {
        matches!(self, Self::StatusOnlyWithCard | Self::FixedTagWithCard | Self::AnyCard)
    }

    fn report(self) -> Report {
        match self {
            Self::NoOcpp => Report::Nothing,
            Self::StatusOnlyWithoutCard | Self::StatusOnlyWithCard => Report::StatusOnly,
            Self::FixedTagWithCard | Self::FixedTagWithoutCard | Self::AnyCard => Report::Transaction,
        }
    }
}

impl BenderSettings {
    /// Reads the menu word of "RFID tag letter case" into [`BenderSettings::letter_case`].
    ///
    /// # Errors
    ///
    /// [`SettingError`] with the words of the menu; the two reversed ones are inferred from a translation.
    pub fn set_letter_case(&mut self, text: &str) -> Result<(), SettingError> {
        const WORDS: &Words<UidFormat> = &[
            ("Lower Case", UidFormat::LOWER),
            ("Upper Case", UidFormat::UPPER),
            ("Lower Case Reversed Byte Order", UidFormat::LOWER_REVERSED),
            ("Upper Case Reversed Byte Order", UidFormat::UPPER_REVERSED),
        ];
        let expected =
            "Lower Case, Upper Case, Lower Case Reversed Byte Order, Upper Case Reversed Byte Order";
        self.letter_case = word(WORDS, "RFID tag letter case", expected, text)?;
        Ok(())
    }
}

impl Default for BenderSettings {
    fn default() -> Self {
        Self {
            free_charging: None,
            in_doubt: InDoubt::Off,
            connection_timeout_s: 45,
            authorize_remote: true,
            stop: StopMode::Normal,
            lock_only_if_authorized: false,
            letter_case: UidFormat::LOWER,
            secure_cards_only: false,
            local_whitelist: true,
            ocpp_whitelist: true,
            local_pre_authorize: true,
            local_authorize_offline: true,
            fixed_tag: None,
        }
    }
}

impl From<&BenderSettings> for Policy {
    fn from(settings: &BenderSettings) -> Self {
        let (online, offline) = match settings.free_charging {
            Some(mode) => {
                let card = if mode.needs_card() { CardUse::Required } else { CardUse::Ignored };
                let rule = Rule::without_lists(card, Others::Accept);
                (rule, rule)
            }
            None => checked(settings),
        };
        let fixed = matches!(
            settings.free_charging,
            Some(FreeCharging::FixedTagWithCard | FreeCharging::FixedTagWithoutCard)
        );
        Self {
            online,
            // An answer that does not come and a link that is down are the same doubt (manual 5.1), and so is a back end
            // that does not exist; the manual warns of the last.
            late: offline,
            offline,
            alone: offline,
            token: if fixed { TokenSource::Predefined } else { TokenSource::Own },
            predefined_token: settings.fixed_tag.is_some(),
            authorize_remote: settings.authorize_remote,
            stop_on_invalid: true,
            enable_input: false,
            secure_cards_only: settings.secure_cards_only,
            stop: settings.stop,
            lock_only_if_authorized: settings.lock_only_if_authorized,
            connection_timeout: Some(Duration::from_secs(u64::from(settings.connection_timeout_s))),
            answer_timeout: None,
            report: settings.free_charging.map_or(Report::Transaction, FreeCharging::report),
        }
    }
}

/// The rules with and without the back end when charging is not free.
fn checked(settings: &BenderSettings) -> (Rule, Rule) {
    let (card, doubt) = match settings.in_doubt {
        InDoubt::Off => (CardUse::Required, Others::Reject),
        InDoubt::On => (CardUse::Required, Others::AcceptUntilChecked),
        InDoubt::ImmediatelyOnPlug => (CardUse::Optional, Others::AcceptUntilChecked),
    };
    let rule = |card, pre, others| Rule {
        card,
        local_list: settings.local_whitelist,
        cache: settings.ocpp_whitelist && pre,
        others,
    };
    (
        rule(CardUse::Required, settings.local_pre_authorize, Others::AskBackEnd),
        rule(card, settings.local_authorize_offline, doubt),
    )
}
