//! A station's settings as card rules of `evkit-rfid` (feature `rfid`).
//!
//! KEBA and EVlink files have the words that `evkit-rfid` reads itself; Bender's parameters come through the neutral
//! model, because their names are inferred and their meanings are not.

use evkit_rfid::{BenderSettings, EvlinkSettings, FreeCharging as Free, InDoubt};
use evkit_rfid::{IdTag, KebaSettings, SettingError, UidFormat};

use crate::file::File;
use crate::station::{FreeCharging, OfflineMode, Setting, UidForm};
use crate::{bender, evlink, keba};

impl keba::Config<'_> {
    /// Who may charge, for `evkit_rfid::Policy`; what the file does not say is as `evkit-rfid` has it.
    ///
    /// # Errors
    /// [`SettingError`] names the key and what it takes.
    pub fn card_settings(&self) -> Result<KebaSettings, SettingError> {
        let mut settings = KebaSettings::default();
        each(self.file(), |key, value| settings.set(key, value))?;
        Ok(settings)
    }
}

impl evlink::Config<'_> {
    /// Who may charge, for `evkit_rfid::Policy`; what the file does not say is as `evkit-rfid` has it.
    ///
    /// # Errors
    /// [`SettingError`] names the key and what it takes.
    pub fn card_settings(&self) -> Result<EvlinkSettings, SettingError> {
        let mut settings = EvlinkSettings::default();
        each(self.file(), |key, value| settings.set(key, value))?;
        Ok(settings)
    }
}

/// Hands every entry on under the profile's name of its key.
fn each(
    file: &File<'_>,
    mut set: impl FnMut(&str, &str) -> Result<bool, SettingError>,
) -> Result<(), SettingError> {
    for (entry, known) in file.entries() {
        let key = known.map_or_else(|| entry.key.decode(), |known| known.key.name.into());
        let _known = set(&key, &entry.value.decode())?;
    }
    Ok(())
}

impl bender::Folder<'_> {
    /// Who may charge, for `evkit_rfid::Policy`; what the files do not say is as `evkit-rfid` has it.
    #[must_use]
    pub fn card_settings(&self) -> BenderSettings {
        let model = self.station();
        let (rules, defaults) = (&model.authorization, BenderSettings::default());
        let seconds = |setting: &Option<Setting<u32>>| u16::try_from(setting.as_ref()?.value).ok();
        let flag = |setting: &Option<Setting<bool>>, default| setting.as_ref().map_or(default, |s| s.value);
        BenderSettings {
            free_charging: rules.free_charging.as_ref().and_then(|free| mode(free.value)),
            in_doubt: match rules.offline.as_ref().map(|offline| offline.value) {
                Some(OfflineMode::AllForNow) => InDoubt::On,
                Some(OfflineMode::FreeOnPlug) => InDoubt::ImmediatelyOnPlug,
                _ => InDoubt::Off,
            },
            connection_timeout_s: seconds(&model.timings.connection).unwrap_or(defaults.connection_timeout_s),
            local_whitelist: flag(&rules.local_list, defaults.local_whitelist),
            ocpp_whitelist: flag(&rules.cache, defaults.ocpp_whitelist),
            local_pre_authorize: flag(&rules.local_pre_authorize, defaults.local_pre_authorize),
            local_authorize_offline: flag(&rules.local_authorize_offline, defaults.local_authorize_offline),
            letter_case: rules.uid_form.as_ref().map_or(defaults.letter_case, |form| form.value.into()),
            fixed_tag: rules.default_token.as_ref().and_then(|token| IdTag::new(&token.value).ok()),
            ..defaults
        }
    }
}

const fn mode(free: FreeCharging) -> Option<Free> {
    match free {
        FreeCharging::Off => None,
        FreeCharging::NoOcpp => Some(Free::NoOcpp),
        FreeCharging::StatusOnly { card: false } => Some(Free::StatusOnlyWithoutCard),
        FreeCharging::StatusOnly { card: true } => Some(Free::StatusOnlyWithCard),
        FreeCharging::FixedToken { card: false } => Some(Free::FixedTagWithoutCard),
        FreeCharging::FixedToken { card: true } => Some(Free::FixedTagWithCard),
        FreeCharging::On | FreeCharging::AnyCard => Some(Free::AnyCard),
    }
}

impl From<UidForm> for UidFormat {
    fn from(form: UidForm) -> Self {
        match (form.upper_case, form.reversed) {
            (false, false) => Self::LOWER,
            (true, false) => Self::UPPER,
            (false, true) => Self::LOWER_REVERSED,
            (true, true) => Self::UPPER_REVERSED,
        }
    }
}
