//! The settings of an EVlink station (commissioning guide, tabs "Configuration" and "Supervision").

use core::time::Duration;

use super::words::{Words, number, switch, word};
use super::{CardUse, Others, Policy, Report, Rule, SettingError, StopMode, TokenSource};
use crate::token::IdTag;

/// Authentication settings of an EVlink station. The default is the factory setting of a station with a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvlinkSettings {
    /// `authenticationMode`: whether a badge is needed at all.
    pub authentication: bool,
    /// `authenticationManager`: whether the supervision authenticates instead of the station.
    pub supervision: bool,
    /// `ControlChargeByRemoteCommand`: whether a remote system other than an OCPP supervision permits each charge.
    pub remote: bool,
    /// What the station does with badges it does not know, where the station authenticates.
    pub unknown: EvlinkUnknown,
    /// What holds when the link to the supervision is lost.
    pub lost_link: EvlinkLostLink,
    /// `rfidStatusTimeout`: how long to wait for the supervision, 0 to 999 seconds.
    pub timeout_s: u16,
    /// `cacheListEnabled`: whether the last 500 authorised identifiers are kept.
    pub cache: bool,
    /// `defaultIdTag`: the token of every session when authentication is disabled.
    pub default_tag: Option<IdTag>,
}

/// Who authenticates, as the web interface offers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EvlinkAuthority {
    /// The station, with its badge list.
    Station,
    /// The supervision, over OCPP.
    Supervision,
    /// A remote system other than an OCPP supervision; the reader is not used.
    Remote,
    /// Nobody; access is free.
    Disabled,
}

/// What the station does with badges it does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EvlinkUnknown {
    /// They are rejected.
    Reject,
    /// All badges may charge.
    AllowAll,
}

/// What holds when the link to the supervision is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EvlinkLostLink {
    /// All badges are rejected but those in the cache.
    RejectAllButCached,
    /// All badges may charge.
    AllowAll,
    /// Access is free and the reader off.
    ReaderOff,
}

impl Default for EvlinkSettings {
    fn default() -> Self {
        Self {
            authentication: true,
            supervision: false,
            remote: false,
            unknown: EvlinkUnknown::AllowAll,
            lost_link: EvlinkLostLink::AllowAll,
            timeout_s: 10,
            cache: false,
            default_tag: None,
        }
    }
}

impl EvlinkSettings {
    /// Takes over one key of the configuration file, in any letter case (the OCPP names are the same in lower case);
    /// `false` if it is not one about authentication.
    ///
    /// The numbers of `authenticationMode` (0 off, 1 on) and `authenticationManager` (0 station, 2 supervision) are
    /// inferred from exports; the choice for a lost link has no known key and is set in [`EvlinkSettings::lost_link`].
    ///
    /// # Errors
    ///
    /// [`SettingError`] with the values the key may have; the settings are then unchanged.
    pub fn set(&mut self, key: &str, value: &str) -> Result<bool, SettingError> {
        const MANAGER: &Words<bool> = &[("0", false), ("2", true)];
        let is = |known: &str| key.eq_ignore_ascii_case(known);
        if is("enableUnknownUser") {
            let allow = switch("enableUnknownUser", value)?;
            self.unknown = if allow { EvlinkUnknown::AllowAll } else { EvlinkUnknown::Reject };
        } else if is("authenticationManager") {
            self.supervision = word(MANAGER, "authenticationManager", "0 (station), 2 (supervision)", value)?;
        } else if is("authenticationMode") {
            self.authentication = switch("authenticationMode", value)?;
        } else if is("ControlChargeByRemoteCommand") {
            self.remote = switch("ControlChargeByRemoteCommand", value)?;
        } else if is("rfidStatusTimeout") {
            self.timeout_s = number("rfidStatusTimeout", "0 to 999 seconds", 999, value)?;
        } else if is("cacheListEnabled") {
            self.cache = switch("cacheListEnabled", value)?;
        } else if is("defaultIdTag") {
            let expected = "UNDEFINED or at most 20 printable ASCII characters";
            let token = IdTag::new(value).map_err(|_| SettingError { key: "defaultIdTag", expected })?;
            self.default_tag = (value != "UNDEFINED").then_some(token);
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// Who authenticates. That a remote system comes before the other two settings is inferred: it is the choice that
    /// starts nothing by itself.
    pub fn authority(&self) -> EvlinkAuthority {
        match self {
            Self { remote: true, .. } => EvlinkAuthority::Remote,
            Self { authentication: false, .. } => EvlinkAuthority::Disabled,
            Self { supervision: true, .. } => EvlinkAuthority::Supervision,
            _ => EvlinkAuthority::Station,
        }
    }

    /// What holds without the supervision. The guide calls access free in both of the last cases; that "all badges"
    /// still asks for a badge is inferred from its name.
    fn lost_link_rule(&self) -> Rule {
        match self.lost_link {
            EvlinkLostLink::RejectAllButCached => {
                Rule { cache: self.cache, ..Rule::without_lists(CardUse::Required, Others::Reject) }
            }
            EvlinkLostLink::AllowAll => Rule::without_lists(CardUse::Required, Others::Accept),
            EvlinkLostLink::ReaderOff => Rule::without_lists(CardUse::Ignored, Others::Accept),
        }
    }
}

impl From<&EvlinkSettings> for Policy {
    fn from(settings: &EvlinkSettings) -> Self {
        let everywhere = |rule: Rule| (rule, rule, rule);
        let (online, late, offline) = match settings.authority() {
            EvlinkAuthority::Station => {
                let others = match settings.unknown {
                    EvlinkUnknown::Reject => Others::Reject,
                    EvlinkUnknown::AllowAll => Others::Accept,
                };
                everywhere(Rule { local_list: true, ..Rule::without_lists(CardUse::Required, others) })
            }
            EvlinkAuthority::Supervision => (
                Rule::without_lists(CardUse::Required, Others::AskBackEnd),
                // The guide rejects after the time-out, and has the cache serve a very slow link as well.
                Rule { cache: settings.cache, ..Rule::without_lists(CardUse::Required, Others::Reject) },
                settings.lost_link_rule(),
            ),
            EvlinkAuthority::Remote => {
                everywhere(Rule::without_lists(CardUse::Ignored, Others::AwaitPermission))
            }
            EvlinkAuthority::Disabled => everywhere(Rule::without_lists(CardUse::Ignored, Others::Accept)),
        };
        Self {
            online,
            late,
            offline,
            // Supervision without a supervision is a broken configuration; it is treated as a lost link: inferred.
            alone: offline,
            token: match settings.authority() {
                EvlinkAuthority::Disabled => TokenSource::Predefined,
                _ => TokenSource::Own,
            },
            predefined_token: settings.default_tag.is_some(),
            authorize_remote: false,
            stop_on_invalid: true,
            enable_input: false,
            secure_cards_only: false,
            stop: StopMode::Normal,
            lock_only_if_authorized: false,
            connection_timeout: None,
            answer_timeout: Some(Duration::from_secs(u64::from(settings.timeout_s))),
            report: Report::Transaction,
        }
    }
}
